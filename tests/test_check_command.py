"""``softmax-explorer check``: verdict, sentence and exit status, on a terminal and as JSON."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.check import split_target
from explorer.cli import main

RIGHT = (
    "import numpy as np\n\n"
    "def softmax(z):\n"
    "    e = np.exp(z - z.max(axis=-1, keepdims=True))\n"
    "    return e / e.sum(axis=-1, keepdims=True)\n"
)
ZERO = "\ndef softmax_grad(z):\n    return 0 * softmax(z)\n"
Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(RIGHT + ZERO)
    return path


def test_correct_is_exit_status_0(file: Path, capsys: Capsys) -> None:
    assert main(["check", f"{file}:softmax"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    lines = said.out.splitlines()
    assert lines[0] == "mine.py: softmax, taken as the softmax"
    assert lines[2].startswith("✓ Correct")
    assert "Largest relative error:" in lines


def test_wrong_is_exit_status_1_and_says_how_to_mend_it(file: Path, capsys: Capsys) -> None:
    assert main(["check", str(file)]) == 1
    said = capsys.readouterr().out
    assert said.startswith("mine.py: softmax_grad")
    assert "✗ Wrong" in said or "? Unknown" in said
    assert "\nMend it: " in said
    assert said.endswith("Not checked: softmax.\n")


def test_json_is_strict_and_whole(file: Path, capsys: Capsys) -> None:
    assert main(["check", str(file), "--json", "--kind", "elementwise"]) == 1
    found = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert (found["file"], found["function"], found["verdict"]) == ("mine.py", "softmax_grad", "wrong")
    assert {"label", "sentence", "remedy", "evidence", "factor", "stress", "kind", "errors", "notes"} <= set(found)
    assert found["kind"] == "elementwise"


CANNOT = {
    "raises": ("def f(z):\n    raise ValueError('no')", (), "Line 2, in f: ValueError: no."),
    "no Python": ("def f(:", (), "Line 1: this is no valid Python"),
    "endless": ("def f(z):\n    while True: pass", ("--seconds", "0.5"), "still running after 0.5 s"),
    "ends itself": ("import os\ndef f(z): os._exit(1)", (), "as os._exit does"),
    "several": ("def f(z): return z\ndef g(z): return z", (), "has several functions; check one of "),
    "many": ("".join(f"def f{k}(z): return z\n" for k in range(30)), (), ":f7, … (30 in all)."),
    "none": ("x = 1", (), "There is no function in code.py"),
}


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize(("code", "words", "fragment"), CANNOT.values(), ids=CANNOT)
def test_what_cannot_be_run_is_exit_status_2(
    tmp_path: Path, capsys: Capsys, code: str, words: tuple[str, ...], fragment: str, as_json: bool
) -> None:
    path = tmp_path / "code.py"
    path.write_text(code)
    assert main(["check", str(path), *words, *(["--json"] if as_json else [])]) == 2
    said = capsys.readouterr()
    if as_json:
        found = json.loads(said.out)
        assert (found["verdict"], said.err) == ("error", "")
        assert fragment in found["sentence"]
    else:
        assert fragment in said.out + said.err
        assert "Traceback" not in said.out + said.err


def test_memory_is_limited(tmp_path: Path, capsys: Capsys) -> None:
    path = tmp_path / "big.py"
    path.write_text("import numpy as np\ndef f(z): return np.ones(10**9)")
    assert main(["check", str(path), "--memory", "300"]) == 2
    assert "more memory than the 300 MB" in capsys.readouterr().out


@pytest.mark.parametrize(("target", "status"), [("-:softmax", 0), ("-", 1)])
def test_code_from_standard_input(target: str, status: int, monkeypatch: pytest.MonkeyPatch, capsys: Capsys) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((RIGHT + ZERO).encode())))
    assert main(["check", target]) == status
    assert capsys.readouterr().out.startswith("standard input: softmax")


def test_what_the_code_prints_cannot_move_the_cursor(tmp_path: Path, capsys: Capsys) -> None:
    path = tmp_path / "loud.py"
    path.write_text(RIGHT + "print('\\x1b[2J' + 'x' * 999)\n" + "print(1)\n" * 99)
    assert main(["check", f"{path}:softmax"]) == 0
    said = capsys.readouterr().out
    assert "\x1b" not in said and "  | \ufffd[2Jxxx" in said
    assert said.count("  | ") == 13


TARGETS = {
    "a.py": ("a.py", None),
    "a.py:softmax": ("a.py", "softmax"),
    "a.py:Layer.forward": ("a.py", "Layer.forward"),
    "folder:x/a.py": ("folder:x/a.py", None),
    "folder:x/a.py:f": ("folder:x/a.py", "f"),
    r"C:\work\a.py": (r"C:\work\a.py", None),
    r"C:\work\a.py:f": (r"C:\work\a.py", "f"),
    "C:softmax": ("C:softmax", None),
    "C:a.py:f": ("C:a.py", "f"),
    "-": ("-", None),
    "-:f": ("-", "f"),
    ":f": (":f", None),
    "a.py:": ("a.py:", None),
    "a.py:größe": ("a.py", "größe"),
}


@pytest.mark.parametrize(("target", "expected"), TARGETS.items(), ids=TARGETS)
def test_a_colon_may_belong_to_the_path(target: str, expected: tuple[str, str | None]) -> None:
    assert split_target(target) == expected


def test_a_file_with_a_colon_in_its_name_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a:softmax"
    path.touch()
    assert split_target(str(path)) == (str(path), None)


USAGE = {
    "nothing": ((), "file.py[:function]"),
    "two files": (("a.py", "b.py"), "b.py"),
    "a kind": (("a.py", "--kind", "x"), "invalid choice: 'x'"),
    "no time": (("a.py", "--seconds", "0"), "from 0.1 to 3600, not “0”"),
    "a time in words": (("a.py", "--seconds", "nan"), "not “nan”"),
    "too little memory": (("a.py", "--memory", "1"), "from 16 to 1048576, not “1”"),
    "memory in words": (("a.py", "--memory", "1GB"), "not “1GB”"),
    "another option": (("a.py", "--theme", "dark"), "--theme"),
}


@pytest.mark.parametrize(("words", "fragment"), USAGE.values(), ids=USAGE)
def test_wrong_usage_is_exit_status_2(words: tuple[str, ...], fragment: str, capsys: Capsys) -> None:
    assert main(["check", *words]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("softmax-explorer: ") and said.err.count("\n") == 1
    assert fragment in said.err


def test_help_says_whose_rights_the_code_has(capsys: Capsys) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["check", "--help"])
    assert caught.value.code == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "RUNS the code, with your rights" in said
    assert "exit status: 0 correct, 1 wrong or unknown, 2 could not be run" in said


def test_a_reader_that_goes_away_is_no_error(root: Path, file: Path) -> None:
    command = [sys.executable, "-m", "explorer", "check", f"{file}:softmax"]
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(command, cwd=root, stdout=writer, stderr=subprocess.PIPE, timeout=60)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_standard_input_that_is_closed(monkeypatch: pytest.MonkeyPatch, capsys: Capsys) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["check", "-"]) == 2
    assert "Standard input is closed" in capsys.readouterr().err


LIGHT = """
import sys
from explorer.cli import main
status = main(["check", sys.argv[1]])
heavy = {name.partition(".")[0] for name in sys.modules} & {"numpy", "PySide6", "pyqtgraph"}
print("status:", status, "heavy:", sorted(heavy), file=sys.stderr)
"""


def test_check_loads_neither_qt_nor_numpy(root: Path, file: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", LIGHT, str(file)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60)
    assert done.stderr == "status: 1 heavy: []\n"


def test_a_start_without_check_loads_nothing_of_it(root: Path) -> None:
    code = "import sys; from explorer.cli import main, parse; parse(['--theme', 'light'])\n"
    code += "print([name for name in sys.modules if name.startswith(('explorer.trial', 'explorer.check'))])"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=60)
    assert done.stdout == "[]\n"


def test_the_kinds_are_those_of_the_diagnosis() -> None:
    from explorer.model.clinic.diagnosis import KINDS as DIAGNOSED
    from explorer.trial.source import KINDS

    assert tuple(KINDS) == DIAGNOSED
