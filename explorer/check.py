"""``softmax-explorer check``: diagnoses a function in a file, for a terminal or for CI; needs no Qt and no screen."""

import json
import math
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.trial.functions import CodeError, best, list_functions
from explorer.trial.outcome import Outcome
from explorer.trial.report import readable, report_lines
from explorer.trial.runner import try_out
from explorer.trial.source import LARGEST, STDIN, Source, SourceError, decoded, read_source

CORRECT, WRONG, COULD_NOT = 0, 1, 2
_SHOWN_OUTPUT = 12  # lines
_NAMED = 8  # functions to choose from


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What ``check`` was asked for."""

    target: str
    kind: str | None = None
    seconds: float = 10.0
    memory: int = 1024
    json: bool = False


def run(words: list[str]) -> int:
    """Do what the words after ``check`` ask for; return the exit status. Raises UsageError."""
    from explorer.arguments import check_values

    request = CheckRequest(**check_values(words))
    try:
        outcome = _outcome(request)
    except KeyboardInterrupt:
        print("softmax-explorer: Stopped.", file=sys.stderr)
        return 130
    status = {"correct": CORRECT, "wrong": WRONG, "unknown": WRONG}.get(outcome.verdict, COULD_NOT)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without “−” still shows the rest
    try:
        _print(outcome, request.json)
        sys.stdout.flush()
    except BrokenPipeError:  # who read it has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return status


def _print(outcome: Outcome, as_json: bool) -> None:
    if as_json:
        print(json.dumps(_plain(outcome), ensure_ascii=False, indent=2, allow_nan=False))
    elif outcome.diagnosis is None:
        _print_output(outcome)
        print("\n".join(["softmax-explorer: " + outcome.sentence, *outcome.notes]), file=sys.stderr)
    else:
        _print_output(outcome)
        print("\n".join(report_lines(outcome)))


def split_target(target: str) -> tuple[str, str | None]:
    """Return file and function of ``file.py:function``; a colon that belongs to the path stays in it."""
    head, colon, tail = target.rpartition(":")
    names_function = bool(colon and head) and all(part.isidentifier() for part in tail.split("."))
    if not names_function or Path(target).exists():
        return target, None
    drive = len(head) == 1 and head.isalpha() and not Path(head).exists()  # C:softmax.py without its folder
    return (target, None) if drive else (head, tail)


def _outcome(request: CheckRequest) -> Outcome:
    file, function = split_target(request.target)
    try:
        source = _stdin() if file == STDIN else read_source(Path(file))
    except SourceError as error:
        return Outcome(Path(file).name, function or "", str(error))
    notes: tuple[str, ...] = ()
    if function is None:
        try:
            found = list_functions(source)
        except CodeError:
            found = ()  # the trial says it
        chosen = best(found)
        if chosen is not None:
            function = chosen.name
            others = [one.name for one in found if one.name != function]
            notes = (f"Not checked: {', '.join(others)}.",) if others else ()
        elif found:
            names = ", ".join(f"{request.target}:{one.name}" for one in found[:_NAMED])
            if len(found) > _NAMED:
                names += f", … ({len(found)} in all)"
            return Outcome(source.name, "", f"{source.name} has several functions; check one of {names}.")
    outcome = try_out(source, function, request.kind, seconds=request.seconds, memory_mb=request.memory)
    return outcome.with_notes(notes)


def _stdin() -> Source:
    if sys.stdin is None:
        raise SourceError("Standard input is closed; name a file of code instead.")
    data = sys.stdin.buffer.read(LARGEST + 1)
    return Source(decoded(data, "standard input"), None, "standard input")


def _print_output(outcome: Outcome) -> None:
    lines = readable(outcome.output).splitlines()
    if not lines:
        return
    print("The code printed:\n" + "\n".join(f"  | {line[:200]}" for line in lines[:_SHOWN_OUTPUT]))
    if len(lines) > _SHOWN_OUTPUT:
        print("  | …")
    print()


def _plain(outcome: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = {"file": outcome.name, "function": outcome.function, "verdict": outcome.verdict}
    if outcome.diagnosis is not None:
        found |= outcome.diagnosis
    if outcome.sentence:
        found["sentence"] = outcome.sentence
    found |= {"notes": list(outcome.notes), "output": outcome.output}
    return {name: _finite(value) for name, value in found.items()}


def _finite(value: Any) -> Any:
    """Return a value as strict JSON has it: NaN and infinities as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {str(name): _finite(each) for name, each in value.items()}
    return [_finite(each) for each in value] if isinstance(value, list | tuple) else value
