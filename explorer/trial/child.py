"""Child: the process that runs the code, under limits, and writes down what came of it."""

import builtins
import faulthandler
import functools
import inspect
import json
import os
import signal
import sys
import threading
import types
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from explorer.trial.limits import lift_limits, set_limits

_MODULE = "__your_code__"
_LONGEST = 400  # characters of a message
_KEPT = 8  # exceptions; a function may be called in several ways until one fits


# As they were before the code could put something else in their place.
_open, _dumps, _exit = open, json.dumps, os._exit


class _UnusableError(Exception):
    """There is nothing to diagnose; the text says why."""


def run(job: dict[str, Any], ready: int | None, trace: int) -> None:
    """Do the job, write the result, and end this process at once, whatever threads are left."""
    trial = _Trial(job)
    trial.prepare(ready, trace)
    result = trial.result()
    lift_limits()
    result["token"] = job["token"]
    result["threads"] = threading.active_count() - 1
    with suppress(Exception):
        sys.stdout.flush()
    with suppress(Exception):
        sys.stderr.flush()
    with _open(job["result"], "w", encoding="utf-8") as file:
        file.write(_dumps(result))
    _exit(0)


class _Trial:
    """One piece of code: loaded, its function found and diagnosed."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._job = job
        self._file = job["path"] or "<your code>"
        self._raised: list[BaseException] = []
        self._stage = "load"

    def prepare(self, ready: int | None, trace: int) -> None:
        """Load what a diagnosis needs, say so, and put up the limits."""
        from explorer.model.clinic import diagnose
        from explorer.model.notation import number

        self._diagnose, self._number = diagnose, number
        self._look_for_helpers()
        sys.argv = [self._file]
        sys.dont_write_bytecode = True  # no litter beside the user's files
        if trace >= 0:
            faulthandler.enable(trace, all_threads=False)
            faulthandler.register(signal.SIGUSR1, trace, all_threads=False)
        if ready is not None:
            os.write(ready, b".")
            os.close(ready)
        set_limits(self._job["seconds"], self._job["memory_mb"])

    def _look_for_helpers(self) -> None:
        """Put the file's own folder behind the standard library, which its names then cannot hide."""
        root = str(Path(__file__).resolve().parents[2])
        place = next((i for i, entry in enumerate(sys.path) if entry.endswith("-packages")), len(sys.path))
        if root in sys.path[:place]:
            sys.path.remove(root)
            place -= 1
        if self._job["folder"]:
            sys.path.insert(place, self._job["folder"])
        sys.path.extend(entry for entry in self._job["path_entries"] if entry not in sys.path)

    def result(self) -> dict[str, Any]:
        """Return a diagnosis or a problem as plain values."""
        try:
            function = self._function()
            self._stage = "call"
            diagnosis = self._diagnose(self._recorded(function), self._job["kind"]).to_dict()
        except _UnusableError as error:
            return {"problem": {"what": "unusable", "message": str(error)}}
        except BaseException as error:
            return {"problem": self._problem(self._first_raised() or error)}
        found: dict[str, Any] = {"diagnosis": diagnosis, "table": self._table(diagnosis["errors"])}
        raised = self._first_raised()
        if raised is not None and diagnosis["verdict"] == "error":
            found["problem"] = self._problem(raised)  # it knows the line
        return found

    def _first_raised(self) -> BaseException | None:
        """Return the first exception of the function's that has a line in the user's file."""
        return next((error for error in self._raised if self._place(error) is not None), None)

    def _table(self, errors: list[tuple[str, float | None]]) -> list[tuple[str, str]]:
        """Return the errors as they are shown; the app's side has no NumPy, which the words for numbers come with."""
        return [(name, "no number" if error is None else self._number(error)) for name, error in errors]

    def _function(self) -> Any:
        module = types.ModuleType(_MODULE)
        module.__file__ = self._file
        sys.modules[_MODULE] = module
        code = compile(self._job["text"], self._file, "exec", dont_inherit=True)
        exec(code, module.__dict__)
        found: Any = module
        for part in self._job["function"].split("."):
            owner = found
            try:
                found = getattr(found, part)
            except AttributeError:
                raise _UnusableError(self._missing(module)) from None
            if inspect.isclass(owner) and inspect.isfunction(found):
                found = getattr(owner(), part)  # a method is tried on an object made without arguments
        if not callable(found):
            kind = type(found).__name__
            raise _UnusableError(f"“{self._job['function']}” is no function but of type {kind}; name a function.")
        return found

    def _missing(self, module: types.ModuleType) -> str:
        names = [
            name
            for name, value in vars(module).items()
            if getattr(value, "__module__", None) == _MODULE and callable(value) and not name.startswith("_")
        ]
        there = f"there is {', '.join(names)}" if names else "there is no function at all"
        return f"There is no “{self._job['function']}” in {self._job['name']}; {there}."

    def _recorded(self, function: Any) -> Any:
        """Return the function so that what it raises is kept; a diagnosis swallows it."""
        streams = [(sys.stdout, sys.stderr)]
        if isinstance(function, types.FunctionType | types.MethodType):
            return _recording(function, self._raised, streams)
        for part in getattr(function, "__mro__", ()):
            for name, method in list(vars(part).items()) if part.__module__ == _MODULE else ():
                if isinstance(method, types.FunctionType):
                    setattr(part, name, _recording(method, self._raised, streams))
        return function

    def _problem(self, error: BaseException) -> dict[str, Any]:
        place, message = self._place(error), _message(error)
        if isinstance(error, SyntaxError) and error.filename == self._file and error.lineno is not None:
            place, message = (error.lineno, ""), str(error.msg)
        return {
            "what": _what(error, self._stage),
            "stage": self._stage,
            "type": type(error).__name__,
            "message": message,
            "line": place[0] if place else None,
            "where": place[1] if place else "",
            "missing": error.name if isinstance(error, ModuleNotFoundError) else None,
        }

    def _place(self, error: BaseException) -> tuple[int, str] | None:
        """Return the last line of the user's own file that the error went through, and the function it is in."""
        place = None
        trace = error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            if code.co_filename == self._file:
                place = trace.tb_lineno, code.co_name
            trace = trace.tb_next
        return place


def _recording(
    function: Callable[..., Any], raised: list[BaseException], streams: list[tuple[TextIO, TextIO]]
) -> Callable[..., Any]:
    @functools.wraps(function)
    def recorded(*args: Any, **named: Any) -> Any:
        swallowed = sys.stdout, sys.stderr  # a diagnosis keeps its many calls quiet; people want to see one of them
        if streams:
            sys.stdout, sys.stderr = streams.pop()
        try:
            return function(*args, **named)
        except builtins.BaseException as error:
            if len(raised) < _KEPT:
                raised.append(error)
            raise
        finally:
            sys.stdout, sys.stderr = swallowed

    return recorded


def _what(error: BaseException, stage: str) -> str:
    for kind, word in (
        (SystemExit, "exit"),
        (KeyboardInterrupt, "interrupt"),
        (MemoryError, "memory"),
        (RecursionError, "recursion"),
        (EOFError, "input"),
        (ModuleNotFoundError, "module"),
        (ImportError, "import"),
    ):
        if isinstance(error, kind):
            return word
    return "syntax" if isinstance(error, SyntaxError) and stage == "load" else "exception"


def _message(error: BaseException) -> str:
    try:
        text = str(error)
    except BaseException:  # its __str__ is the user's, too
        text = ""
    return " ".join(text.split())[:_LONGEST]
