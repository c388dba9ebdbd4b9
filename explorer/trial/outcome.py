"""Outcome: what came of a trial, in sentences and plain values."""

import signal
from dataclasses import dataclass, replace
from typing import Any

from explorer.trial.limits import LARGEST_FILE

Report = dict[str, Any]

_CRASHES = ("SIGSEGV", "SIGBUS", "SIGABRT", "SIGFPE", "SIGILL", "SIGSYS", "SIGTRAP")
_FLOOD = 50_000_000  # bytes printed that nobody reads


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a trial.

    ``diagnosis`` holds what ``Diagnosis.to_dict`` gives, or None when the code could not be run to its end; then
    ``sentence`` says why. ``notes`` are sentences about what else the code did; ``output`` is what it printed, cut.
    """

    name: str
    function: str = ""
    sentence: str = ""
    diagnosis: dict[str, Any] | None = None
    notes: tuple[str, ...] = ()
    table: tuple[tuple[str, str], ...] = ()  # the largest relative error on each probe, in words
    output: str = ""
    printed: int = 0  # bytes
    line: int | None = None
    stopped: bool = False  # a person stopped it

    @property
    def verdict(self) -> str:
        """``correct``, ``wrong``, ``unknown``, or ``error`` where there was nothing to judge."""
        return str(self.diagnosis["verdict"]) if self.diagnosis is not None else "error"

    def with_notes(self, notes: tuple[str, ...]) -> "Outcome":
        """Return the same with more notes."""
        return replace(self, notes=(*self.notes, *notes))


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of a trial, as far as the sentences need it."""

    name: str
    function: str
    seconds: float
    memory_mb: int
    file: str = "<your code>"


def outcome(asked: Asked, report: Report, result: Report | None, output: str, printed: int) -> Outcome:
    """Return the outcome that a keeper's report, and the child's result in it, amount to."""
    notes = _notes(report, result, printed, output)
    problem = result.get("problem") if result is not None else None
    diagnosis = result.get("diagnosis") if result is not None else None
    line: int | None = None
    table: tuple[tuple[str, str], ...] = ()
    if diagnosis is not None:
        table = tuple((str(name), str(error)) for name, error in (result or {}).get("table", ()))
        sentence = _capital(_problem_sentence(problem, asked)) if problem else ""
    elif problem is not None:
        sentence = _capital(_problem_sentence(problem, asked))
    else:
        line = _traced(report.get("trace", ""), asked.file)[0]
        sentence = _ending(asked, report, printed)
    if problem is not None:
        line = problem.get("line")
    return Outcome(
        asked.name,
        asked.function,
        sentence,
        diagnosis,
        notes,
        table,
        output,
        printed,
        line,
        stopped=report.get("cause") == "stopped",
    )


def problem(name: str, sentence: str, function: str = "", line: int | None = None) -> Outcome:
    """Return the outcome of code that was never started."""
    return Outcome(name, function, sentence, line=line)


def _ending(asked: Asked, report: Report, printed: int) -> str:
    """Say why there is no result: the child was ended, or ended itself."""
    place = _place(*_traced(report.get("trace", ""), asked.file))
    status = int(report.get("status", 0))
    match report.get("cause"):
        case "stopped":
            return "You stopped it before there was a result."
        case "time":
            at = f"; it was in {place}" if place else ""
            cause = "it prints without end" if printed > _FLOOD else "look for an endless loop"
            return f"It was still running after {asked.seconds:g} s and was stopped{at}: {cause}."
        case "start":
            return "Python and NumPy took more than a minute to load; try again when the machine is less busy."
        case "memory":
            return _capital(_too_much(asked, ""))
        case "processes":
            return "It started more than 200 processes and was stopped with all of them."
        case "ended" if status < 0:
            return _signalled(asked, -status, place)
        case "ended":
            how = f"its own process with exit status {status}, as os._exit does," if status else "its own process"
            return f"It ended {how} before there was a result; let the function return instead."
    return "The process that watches the code was ended, perhaps by the code itself; there is no result."


def _signalled(asked: Asked, number: int, place: str) -> str:
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    at = f" in {place}" if place else ""
    if name == "SIGXCPU":
        return f"It used more than {asked.seconds:g} s of processor time and was stopped."
    if name == "SIGKILL":
        return "Its process was killed (SIGKILL), by itself or by the system because memory ran out."
    if name == "SIGXFSZ":
        return f"It wrote a file of more than {LARGEST_FILE // 2**20} MB and was stopped."
    if name not in _CRASHES:
        return f"Its process was ended by the signal {name}, which it sent itself or asked for."
    return f"It crashed the interpreter{at} ({name}): compiled code that it calls went wrong."


def _problem_sentence(found: Report, asked: Asked) -> str:
    """Say what the code raised, and where."""
    place = _place(found.get("line"), str(found.get("where", "")))
    kind, message = str(found.get("type", "")), str(found.get("message", ""))
    said = f"{kind}: {message}" if message else kind
    start = f"{_capital(place)}: " if place else ""
    match found["what"]:
        case "unusable":
            return message
        case "syntax":
            return f"{start}this is no valid Python: {message}."
        case "exit":
            status = f"({message})" if message else "()"
            return f"{start}it calls sys.exit{status}, which ends a program; let the function return instead."
        case "memory":
            return _too_much(asked, start) + (f" ({said})" if message else "")
        case "recursion":
            return f"{start}it calls itself without an end ({kind})."
        case "input":
            return f"{start}it waits for input, and there is nobody to type it here ({kind})."
        case "module":
            missing = found.get("missing") or message
            return f"{start}the module “{missing}” is not installed beside Softmax Explorer, nor in the file's folder."
    when = " while the file was loaded" if found.get("stage") == "load" else ""
    return f"{start}{said}{when}".rstrip(".") + "."


def _too_much(asked: Asked, start: str) -> str:
    amount = f"{asked.memory_mb / 1024:g} GB" if asked.memory_mb >= 1024 else f"{asked.memory_mb} MB"
    return f"{start}it asked for more memory than the {amount} that it may have."


def _notes(report: Report, result: Report | None, printed: int, output: str) -> tuple[str, ...]:
    notes = []
    left = int(report.get("left", 0))
    if left and report.get("cause") == "ended":
        processes = "1 process running; it was" if left == 1 else f"{left} processes running; they were"
        notes.append(f"It left {processes} ended.")
    elif left:
        processes = "The process that it started was" if left == 1 else f"All {left} processes that it started were"
        notes.append(f"{processes} ended.")
    threads = int(result.get("threads", 0)) if result is not None else 0
    if threads > 0:
        notes.append(f"It left {'1 thread' if threads == 1 else f'{threads} threads'} running, ended with its process.")
    if printed > len(output.encode()):
        notes.append(f"It printed {_size(printed)}; only the beginning is kept.")
    return tuple(notes)


def _size(count: int) -> str:
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"


def _place(line: int | None, where: str) -> str:
    """Return ``line 7, in my_softmax``, or as much of it as is known."""
    if line is None:
        return ""
    inside = where if where and not where.startswith("<") else ""
    return f"line {line}, in {inside}" if inside else f"line {line}"


def _traced(trace: str, file: str) -> tuple[int | None, str]:
    """Return the innermost line of the user's own file in what the fault handler wrote, and the function it is in."""
    start = f'  File "{file}", line '
    for line in trace.splitlines():  # the innermost call comes first
        if line.startswith(start):
            number, _, where = line.removeprefix(start).partition(" in ")
            if number.isdecimal():
                return int(number), where
    return None, ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
