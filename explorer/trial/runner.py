"""The app's side of a trial: starts the keeper, drains what is printed, waits, and turns the report into an Outcome.

What it holds off: endless loops, crashes, exits, floods of output, too much memory, processes left behind - also those
that called setsid. What it does not: the code has the user's rights and may read, write and delete the user's files,
use the network, kill processes of the user, or ask another program (systemd, cron, at) to start some later.
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from explorer.trial import outcome as outcomes
from explorer.trial import processes
from explorer.trial.functions import CodeError, best, list_functions
from explorer.trial.outcome import Asked, Outcome
from explorer.trial.source import Source, SourceError, read_source

KEPT = 20_000  # bytes of output that are kept
_RESULT = 2_000_000  # bytes of a report at most
_CHUNK = 1 << 20
_START, _SLACK = 65.0, 10.0  # seconds: the keeper's own limits come first
_TOKEN = "SOFTMAX_EXPLORER_TRIAL"


def try_out(
    source: Source | Path | str,
    function: str | None = None,
    kind: str | None = None,
    *,
    seconds: float = 10.0,
    memory_mb: int = 1024,
) -> Outcome:
    """Run a function of some code in a process of its own and diagnose it; never raises for what the code does.

    ``source`` is code as text, or the path of a file; ``function`` None stands for the one that is most likely meant.
    """
    return Trial(source, function, kind, seconds=seconds, memory_mb=memory_mb).run()


class Trial:
    """One trial; ``run`` blocks, ``stop`` may be called from another thread meanwhile."""

    def __init__(
        self,
        source: Source | Path | str,
        function: str | None = None,
        kind: str | None = None,
        *,
        seconds: float = 10.0,
        memory_mb: int = 1024,
    ) -> None:
        self._source, self._function, self._kind = source, function, kind
        self._seconds, self._memory = seconds, memory_mb
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def stop(self) -> None:
        """End the code now, with everything it started."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                _hang_up(self._process)

    def run(self) -> Outcome:
        """Run the code and return what came of it."""
        try:
            source = _as_source(self._source)
        except SourceError as error:
            return outcomes.problem(Path(str(self._source)).name, str(error))
        try:
            found = list_functions(source)
        except CodeError as error:
            place = f"Line {error.line}: " if error.line is not None else ""
            start = "this is" if place else "This is"
            return outcomes.problem(source.name, f"{place}{start} no valid Python: {error}.", line=error.line)
        name = self._function
        if name is None:
            chosen = best(found)
            if chosen is None:
                return outcomes.problem(source.name, choose(source.name, [one.name for one in found]))
            name = chosen.name
        return self._try(source, name)

    def _try(self, source: Source, function: str) -> Outcome:
        file = str(source.path) if source.path is not None else "<your code>"
        asked = Asked(source.name, function, self._seconds, self._memory, file)
        token = secrets.token_hex(16)
        handle, result = tempfile.mkstemp(prefix="softmax-explorer-", suffix=".json")
        os.close(handle)
        job = {
            "text": source.text,
            "path": str(source.path) if source.path is not None else None,
            "name": source.name,
            "folder": source.folder,
            "function": function,
            "kind": self._kind,
            "seconds": self._seconds,
            "memory_mb": self._memory,
            "token": token,
            "result": result,
            "path_entries": [entry for entry in sys.path if os.path.isabs(entry)],  # noqa: PTH117
        }
        try:
            drain, status = self._attend(job, token)
            report, found = _read_report(Path(result), token, status, self._stopped)
        except OSError as error:
            return outcomes.problem(source.name, f"No process can be started for the code: {error.strerror}.", function)
        finally:
            with suppress(OSError):
                os.unlink(result)  # noqa: PTH108
        return outcomes.outcome(asked, report, found, drain.text, drain.count)

    def _attend(self, job: dict[str, Any], token: str) -> tuple["_Drain", int | None]:
        """Start the keeper and stay with it to its end; return what was printed and its exit status."""
        with self._lock:
            process = self._process = _start_keeper(token)
            if self._stopped:
                _hang_up(process)
        drain = _Drain(process.stdout)
        status: int | None = None
        try:
            with suppress(OSError, ValueError):  # stopped before it was told
                assert process.stdin is not None
                process.stdin.write(json.dumps(job).encode() + b"\n")
                process.stdin.flush()
            status = _wait(process, self._seconds)
        finally:
            with self._lock:
                self._process = None
            _hang_up(process)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_SLACK)  # the keeper ends what is below it
            process.kill()
            process.wait()
            processes.end(processes.marked(token))  # what outlived a keeper that the code killed
            drain.finish()
        return drain, status


def choose(name: str, names: list[str]) -> str:
    """Return the sentence that asks for one of several functions."""
    if not names:
        return f"There is no function in {name}; write one such as “def softmax_grad(z, dy):”."
    return f"{name} has several functions, name one: {', '.join(names)}."


def _as_source(given: Source | Path | str) -> Source:
    if isinstance(given, Path):
        return read_source(given)
    return Source(given) if isinstance(given, str) else given


def _start_keeper(token: str) -> subprocess.Popen[bytes]:
    around = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "MPLBACKEND": "Agg"}
    options: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        options = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return subprocess.Popen(
        # Isolated: neither the present folder nor PYTHON* variables decide what is imported.
        [sys.executable, "-I", "-u", "-X", "utf8", str(Path(__file__).with_name("keeper.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
        env=os.environ | around | {_TOKEN: token},
        **options,
    )


def _hang_up(process: subprocess.Popen[bytes]) -> None:
    """Tell the keeper to end everything: its input closes. Without a keeper the child itself is ended."""
    if sys.platform == "win32":
        process.kill()
    elif process.stdin is not None:
        with suppress(OSError, ValueError):
            process.stdin.close()


def _wait(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    """Wait for the keeper; return its exit status, or None if it had to be given up."""
    whole = seconds + (_SLACK if sys.platform == "win32" else _START + _SLACK)
    with suppress(subprocess.TimeoutExpired):
        return process.wait(whole)
    return None


class _Drain(threading.Thread):
    """Reads all that is printed, so that nothing waits for it, and keeps the beginning."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        super().__init__(name="drain", daemon=True)
        assert stream is not None
        self._stream, self._kept, self.count = stream, b"", 0
        self.start()

    def run(self) -> None:
        buffer = bytearray(_CHUNK)
        with suppress(OSError, ValueError):
            while count := self._stream.readinto(buffer):  # type: ignore[attr-defined]
                if len(self._kept) < KEPT:
                    self._kept += bytes(buffer[: min(count, KEPT - len(self._kept))])
                self.count += count

    def finish(self) -> None:
        """Wait for the rest; a process out of reach that holds the pipe open is not waited for."""
        self.join(1.0)
        if not self.is_alive():
            self._stream.close()

    @property
    def text(self) -> str:
        """The beginning of what was printed."""
        return self._kept.decode("utf-8", "ignore" if self.count > KEPT else "replace")


def _read_report(path: Path, token: str, status: int | None, stopped: bool) -> tuple[dict[str, Any], Any]:
    """Return the keeper's report and the child's result; empty ones when they are not what was written for us."""
    with path.open("rb") as file:
        text = file.read(_RESULT).decode("utf-8", "replace")
    report = _object(text, token)
    if sys.platform == "win32":  # there is no keeper: the result is all
        cause = "stopped" if stopped else "time" if status is None else "ended"
        return {"cause": cause, "status": status or 0}, report or None
    if stopped and not report:
        report = {"cause": "stopped"}
    return report, _object(str(report.get("result", "")), token) or None


def _object(text: str, token: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) and found.get("token") == token else {}
