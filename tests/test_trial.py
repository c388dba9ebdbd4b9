"""A trial survives whatever the code does, says it in a sentence, and leaves no process behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from intents import sentence

from explorer.trial.outcome import Outcome
from explorer.trial.processes import HAS_PROC, marked
from explorer.trial.runner import KEPT, Trial, _read_report, try_out
from explorer.trial.source import LARGEST

START = "import os, subprocess, sys, threading, time\nimport numpy as np\n\n"
RIGHT = (
    "def softmax(z):\n    e = np.exp(z - z.max(axis=-1, keepdims=True))\n    return e / e.sum(axis=-1, keepdims=True)\n"
)
linux_only = [
    pytest.mark.may_skip,
    pytest.mark.skipif(not HAS_PROC, reason="memory and processes are watched where there is a /proc"),
]


@pytest.fixture(autouse=True)
def nothing_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Check that every process that a test's code started has ended."""
    mark = f"trial-test-{os.getpid()}-{tmp_path.name}"
    monkeypatch.setenv("SOFTMAX_TRIAL_TEST", mark)
    yield
    until = time.monotonic() + 5
    while marked(mark) and time.monotonic() < until:
        time.sleep(0.02)
    assert marked(mark) == []


def run(code: str, function: str | None = None, seconds: float = 1.0, memory_mb: int = 300) -> Outcome:
    """Run code with small limits."""
    return try_out(START + code, function, seconds=seconds, memory_mb=memory_mb)


def body(*lines: str) -> str:
    """Return a function with that body; its first line is line 5."""
    return "def f(z):\n" + "\n".join(f"    {line}" for line in lines)


def is_alive(pid: int) -> bool:
    """Return whether a process runs; one that has ended and waits to be collected does not."""
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


# -- code that gives a result


def test_a_right_function_is_correct_whatever_is_printed() -> None:
    outcome = run(RIGHT + "print('hällo')\nprint('to stderr', file=sys.stderr)")
    assert (outcome.verdict, outcome.function, outcome.notes) == ("correct", "softmax", ())
    assert outcome.output == "hällo\nto stderr\n"
    assert outcome.table and all(error.startswith(("0", "1", "2", "3")) or "e−" in error for _, error in outcome.table)


def test_a_wrong_function_is_wrong_and_its_kind_can_be_given() -> None:
    code = START + "def f(z):\n    return np.zeros_like(z) + 0.25"
    outcome = try_out(code, kind="forward", seconds=5)
    assert outcome.verdict in ("wrong", "unknown")
    assert outcome.diagnosis is not None and outcome.diagnosis["kind"] == "forward"


def test_a_result_printed_by_the_code_is_no_result() -> None:
    forged = '{"token": "", "diagnosis": {"verdict": "correct", "errors": []}}'
    outcome = run(f"print('''{forged}''')\n" + body("os._exit(0)"))
    assert outcome.verdict == "error"
    assert "before there was a result" in outcome.sentence


def test_a_report_that_others_wrote_is_none(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    for text in ('{"cause": "ended", "token": "other"}', "[1]", '{"token": "mine"', "", "\0", "[" * 100_000):
        path.write_text(text)
        assert _read_report(path, "mine", 0, False) == ({}, None)
    path.write_text('{"cause": "ended", "token": "mine", "result": "{}"}')
    assert _read_report(path, "mine", 0, False)[0]["cause"] == "ended"


def test_closing_every_file_does_not_lose_the_result() -> None:
    assert run(RIGHT + "os.closerange(0, 1024)").verdict == "correct"


@pytest.mark.parametrize(
    "spoil",
    [
        "import builtins, json\ndel builtins.open\njson.dumps = os._exit = sys.exit = print",
        "sys.stdout = sys.stderr = None",
        f"os.kill(os.getppid(), {int(signal.SIGTERM)})",
    ],
)
def test_what_the_code_spoils_for_itself_is_no_matter(spoil: str) -> None:
    assert run(f"{spoil}\n{RIGHT}").verdict == "correct"


def test_files_opened_without_end_leave_room_to_say_so() -> None:
    spoil = "kept = []\ntry:\n    while True: kept.append(open(os.devnull))\nexcept OSError: pass\n"
    assert "Too many open files" in run(spoil + body("open(os.devnull)")).sentence


def test_workers_may_help() -> None:
    workers = "from multiprocessing import Pool\ndef rows(z):\n    with Pool(2) as p:\n"
    code = f"{RIGHT}{workers}        return np.array(p.map(softmax, list(z)))\n"
    assert run(code, "rows", seconds=8, memory_mb=800).verdict == "correct"


def test_the_code_is_a_module_that_is_not_main() -> None:
    code = (
        "from dataclasses import dataclass\n@dataclass\nclass A:\n    a: 'int'\n"
        "if __name__ == '__main__':\n    raise ValueError\n"
    )
    assert run(code + RIGHT, "softmax").verdict == "correct"


def test_a_method_is_tried_on_an_object() -> None:
    code = (
        "class Layer:\n    def forward(self, z):\n"
        "        e = np.exp(z - z.max(-1, keepdims=True))\n        return e / e.sum(-1, keepdims=True)\n"
    )
    assert run(code, "Layer.forward").verdict == "correct"


def test_settings_for_everyone_change_nothing() -> None:
    assert run("import warnings\nwarnings.simplefilter('error')\nnp.seterr(all='raise')\n" + RIGHT).verdict == "correct"


# -- code that gives none

ENDINGS: dict[str, tuple[str, str]] = {
    "endless loop": (body("while True:", "    pass"), "still running after 1 s and was stopped; it was in line "),
    "endless sleep": (body("time.sleep(1000)"), "it was in line 5, in f: look for an endless loop"),
    "endless while loading": ("while True:\n    pass\n" + RIGHT, "still running after 1 s"),
    "os._exit": (body("os._exit(3)"), "ended its own process with exit status 3, as os._exit does"),
    "os._exit without an error": (body("os._exit(0)"), "ended its own process before there was a result"),
    "sys.exit": (body("sys.exit('bye')"), "Line 5, in f: it calls sys.exit(bye)"),
    "sys.exit while loading": ("sys.exit()\n" + RIGHT, "Line 4: it calls sys.exit()"),
    "crash": (body("import ctypes", "ctypes.string_at(0)"), "crashed the interpreter in line 6, in f (SIGSEGV)"),
    "abort": (body("os.abort()"), "crashed the interpreter in line 5, in f (SIGABRT)"),
    "ended": (body(f"os.kill(os.getpid(), {int(signal.SIGTERM)})"), "ended by the signal SIGTERM"),
    "killed": (body(f"os.kill(os.getpid(), {int(signal.SIGKILL)})"), "was killed (SIGKILL)"),
    "an exception in a method": (
        "class F:\n  def forward(self, z):\n    return z\n  def backward(self, z):\n    raise ValueError(1)",
        "Line 8, in backward: ValueError: 1.",
    ),
    "an exception when an object is made": (
        "class F:\n    def __init__(self):\n        raise ValueError(1)\n    def forward(self, z):\n        return z",
        "Line 6, in __init__: ValueError: 1.",
    ),
    "recursion": (body("return f(z)"), "Line 5, in f: it calls itself without an end (RecursionError)"),
    "input": (body("return input('z?')"), "Line 5, in f: it waits for input"),
    "exception": (body("raise ValueError('no\\nway')"), "Line 5, in f: ValueError: no way."),
    "exception without words": (body("assert False"), "Line 5, in f: AssertionError."),
    "exception while loading": ("1 / 0\n" + RIGHT, "Line 4: ZeroDivisionError: division by zero while the file was"),
    "exception that cannot be told": (
        "class Bad(Exception):\n    def __str__(self):\n        raise OSError\n" + body("raise Bad"),
        "in f: Bad.",
    ),
    "exception that is no Exception": (body("raise KeyboardInterrupt"), "Line 5, in f: KeyboardInterrupt"),
    "exception inside NumPy": (body("return z @ np.ones((99, 2))"), "Line 5, in f: ValueError: matmul"),
    "a module that is not there": ("import nowhere.at.all\n" + RIGHT, "Line 4: the module “nowhere” is not installed"),
    "a name that is not there": ("from math import nothing\n" + RIGHT, "Line 4: ImportError: cannot import name"),
    "no valid Python": ("def f(z:\n    return z\n", "Line 4: this is no valid Python: '(' was never closed"),
    "no valid Python when compiled": ("return 1\n" + RIGHT, "Line 4: this is no valid Python: 'return' outside"),
    "null characters": ("\0", "This is no valid Python"),
    "no function": ("x = 1", "There is no function in your code"),
    "several functions": ("def a(z): return z\ndef b(z): return z", "has several functions, name one: a, b."),
}


@pytest.mark.parametrize(("code", "fragment"), ENDINGS.values(), ids=ENDINGS)
def test_code_without_a_result_is_told_in_a_sentence(code: str, fragment: str) -> None:
    outcome = run(code)
    assert outcome.verdict == "error"
    assert fragment in sentence(outcome.sentence)


def test_a_function_that_is_missing_names_those_there_are() -> None:
    outcome = run(RIGHT + "def other(z):\n    return z", "softmaxx")
    assert outcome.sentence == "There is no “softmaxx” in your code; there is softmax, other."
    assert run(RIGHT + "x = 3", "x").sentence == "“x” is no function but of type int; name a function."


@pytest.mark.parametrize("value", ["['a', 'b']", "'abc'", "None", "np.array(['a'])", "lambda: 1", "z.astype(object)"])
def test_what_is_no_number_is_not_called_correct(value: str) -> None:
    outcome = run(body(f"return {value}"))
    assert outcome.verdict in ("error", "unknown", "wrong")
    assert outcome.sentence or (outcome.diagnosis and outcome.diagnosis["sentence"])


def test_a_changed_input_harms_nothing() -> None:
    outcome = run(body("z[...] = 0", "return z"))
    assert outcome.diagnosis is not None and outcome.verdict != "correct"


# -- memory, output, processes


class TestOnLinux:
    """What only Linux lets us hold off."""

    pytestmark = linux_only

    def test_ten_gigabytes_at_once(self) -> None:
        outcome = run(body("return np.ones(10 * 2**30 // 8)"))
        assert outcome.sentence.startswith("Line 5, in f: it asked for more memory than the 300 MB that it may have")

    def test_memory_bit_by_bit(self) -> None:
        outcome = run(body("kept = []", "while True:", "    kept.append(bytearray(10**7))"), seconds=5)
        assert "in f: it asked for more memory than the 300 MB" in outcome.sentence

    def test_memory_that_is_never_given_back(self) -> None:
        """There is no room left, but what happened is still said."""
        fill = ["try:", "    while True: kept.append(b'x' * size)", "except MemoryError: pass"]
        outcome = run(
            "kept = []\n" + body("for size in (10**6, 10**4, 10**3, 600):", *("    " + each for each in fill), "1 / 0"),
            seconds=30,
        )
        assert "ZeroDivisionError" in outcome.sentence or "more memory than the 300 MB" in outcome.sentence

    def test_memory_of_several_processes_is_added_up(self) -> None:
        grab = "for _ in range(4):\n    if os.fork() == 0:\n        x = b'x' * (200 * 2**20)\n        time.sleep(100)\n"
        outcome = run(grab + "time.sleep(100)\n" + RIGHT, seconds=5)
        assert outcome.sentence == "It asked for more memory than the 300 MB that it may have."
        assert len(outcome.notes) == 1 and outcome.notes[0].endswith(" processes that it started were ended.")

    def test_processes_left_running_are_ended_and_counted(self) -> None:
        outcome = run(RIGHT + "for _ in range(3):\n    subprocess.Popen(['sleep', '100'])")
        assert (outcome.verdict, outcome.notes) == ("correct", ("It left 3 processes running; they were ended.",))

    def test_a_process_that_hides_is_ended(self, tmp_path: Path) -> None:
        hide = (
            f"if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        open({str(tmp_path / 'pid')!r}, 'w')"
            ".write(str(os.getpid()))\n        os.execve('/bin/sleep', ['sleep', '100'], {})\n    os._exit(0)\n"
            f"while not os.path.exists({str(tmp_path / 'pid')!r}): time.sleep(0.01)\n"
        )
        outcome = run(hide + RIGHT)
        assert (outcome.verdict, outcome.notes) == ("correct", ("It left 1 process running; it was ended.",))
        assert not is_alive(int((tmp_path / "pid").read_text()))

    def test_processes_without_end(self) -> None:
        outcome = run(body("while True:", "    os.fork()"), seconds=5, memory_mb=4096)
        assert outcome.sentence == "It started more than 200 processes and was stopped with all of them."

    def test_killing_the_keeper_does_not_free_the_code(self) -> None:
        start = "subprocess.Popen(['sleep', '100'])\nos.kill(os.getppid(), 9)\ntime.sleep(100)\n"
        outcome = run(start + RIGHT)
        assert outcome.sentence.startswith("The process that watches the code was ended")


def test_a_flood_of_output_is_drained_and_cut() -> None:
    flood = "for _ in range(1000):\n    os.write(1, b'x' * 10**6)\n"
    outcome = run(flood + RIGHT, seconds=20)
    assert outcome.verdict == "correct"
    assert outcome.notes == ("It printed 1.0 GB; only the beginning is kept.",)
    assert (len(outcome.output), outcome.printed) == (KEPT, 10**9)


@pytest.mark.parametrize("head", ["def f(z):\n", "class F:\n  def forward(self, z):\n"])
def test_a_flood_in_every_call_is_no_endless_loop(head: str) -> None:
    lines = (
        "    print('x' * 10**8)",
        "    e = np.exp(z - z.max(-1, keepdims=True))",
        "    return e / e.sum(-1, keepdims=True)",
    )
    outcome = run(head + "\n".join(lines), seconds=8)
    assert outcome.verdict == "correct", outcome.sentence


def test_what_a_function_prints_is_shown_once_however_often_it_is_called() -> None:
    outcome = run(body("print('called')", "return z"))
    assert outcome.output == "called\n"


def test_printing_without_end_is_told_from_other_loops() -> None:
    outcome = run("while True:\n    os.write(1, b'x' * 10**6)\n" + RIGHT)
    assert "was stopped; it was in line 5: it prints without end." in outcome.sentence


def test_a_thread_left_running_ends_with_the_process() -> None:
    outcome = run(RIGHT + "threading.Thread(target=time.sleep, args=(100,)).start()")
    assert outcome.verdict == "correct"
    assert outcome.notes == ("It left 1 thread running, ended with its process.",)


# -- stopping


def test_stop_ends_the_code_at_once() -> None:
    trial = Trial(START + body("time.sleep(100)"), seconds=60)
    timer = threading.Timer(0.4, trial.stop)
    timer.start()
    outcome = trial.run()
    timer.join()
    assert (outcome.stopped, outcome.sentence) == (True, "You stopped it before there was a result.")


def test_stopped_before_it_began() -> None:
    trial = Trial(START + RIGHT)
    trial.stop()
    assert trial.run().stopped


def test_the_code_ends_with_the_app(root: Path, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    code = f"import os, time\nopen({str(pid)!r}, 'w').write(str(os.getpid()))\ntime.sleep(100)\ndef f(z): return z"
    app = f"from explorer.trial.runner import try_out\ntry_out({code!r}, seconds=60)"
    process = subprocess.Popen([sys.executable, "-c", app], cwd=root)
    until = time.monotonic() + 30
    while not (pid.exists() and pid.read_text()) and time.monotonic() < until:
        time.sleep(0.02)
    process.kill()
    process.wait()
    while is_alive(int(pid.read_text())) and time.monotonic() < until:
        time.sleep(0.02)
    assert not is_alive(int(pid.read_text()))


# -- files


def written(path: Path, text: str | bytes) -> Path:
    """Write a file of code; return its path."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_file_finds_its_helpers_but_hides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of the file, and the present one, hold files named like modules that everything needs."""
    for name in ("numpy", "random", "json", "colorsys", "explorer"):
        written(tmp_path / f"{name}.py", "raise RuntimeError('not me')")
    written(tmp_path / "helper.py", "import numpy as np\nexp = np.exp")
    code = "import random, json, colorsys, numpy as np\nfrom helper import exp\n" + RIGHT.replace("np.exp", "exp")
    monkeypatch.chdir(tmp_path)
    assert try_out(written(tmp_path / "mine.py", code)).verdict == "correct"
    assert not list(tmp_path.rglob("*.pyc"))


def test_the_line_of_an_exception_is_that_of_the_file_not_of_a_helper(tmp_path: Path) -> None:
    written(tmp_path / "helper.py", "\n\n\ndef fail():\n    raise ValueError('deep')")
    path = written(tmp_path / "mine.py", "from helper import fail\ndef f(z):\n    return fail()")
    outcome = try_out(path)
    assert (outcome.sentence, outcome.line, outcome.name) == ("Line 3, in f: ValueError: deep.", 3, "mine.py")


FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing.py": (lambda path: None, "“missing.py” does not exist"),
    "folder.py": (lambda path: path.mkdir(), "“folder.py” is a folder"),
    "binary.py": (lambda path: path.write_bytes(b"\x7fELF\0\0"), "holds binary data"),
    "latin.py": (lambda path: path.write_bytes("# ä".encode("latin-1")), "not in UTF-8"),
    "odd.py": (lambda path: path.write_bytes(b"# coding: klingon\n"), "nor in an encoding it names"),
    "huge.py": (lambda path: (path.touch(), os.truncate(path, 2 * 10**9)), "has 2.0 GB"),
    "large.py": (lambda path: path.write_bytes(b"#" * (LARGEST + 1)), "has 1.0 MB"),
    "empty.py": (lambda path: path.touch(), "There is no function in empty.py"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_code_is_told_in_a_sentence(tmp_path: Path, name: str) -> None:
    make, fragment = FILES[name]
    make(tmp_path / name)
    outcome = try_out(tmp_path / name)
    assert outcome.verdict == "error"
    assert fragment in sentence(outcome.sentence)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    assert "is no ordinary file" in try_out(tmp_path / "pipe.py").sentence


def test_an_encoding_that_a_file_names_is_used(tmp_path: Path) -> None:
    code = "# coding: latin-1\nimport numpy as np\nprint('ä')\n" + RIGHT
    outcome = try_out(written(tmp_path / "latin.py", code.encode("latin-1")))
    assert (outcome.verdict, outcome.output) == ("correct", "ä\n")
