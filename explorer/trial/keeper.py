"""Keeper: the process between the app and the code. It starts the child, watches it, and ends all that it left.

Run as a script by explorer.trial.runner, with a job as one line of JSON on its standard input, which stays open: when
it closes, the app has ended or wants the trial stopped. Only the standard library is loaded here. Without ``fork``
(Windows) there is no keeper: this process is the child itself, and its parent watches the time alone.
"""

import json
import os
import select
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

if not __package__:  # run by its path: the interpreter has been told to look nowhere but in its own library
    _root = Path(__file__).resolve().parents[2]
    _place = next((i for i, entry in enumerate(sys.path) if entry.endswith("-packages")), len(sys.path))
    sys.path.insert(_place, str(_root))

from explorer.trial import processes

_TICK = 0.1  # seconds between two looks at the memory
_START = 60.0  # seconds for Python and NumPy to load, on a slow disk
_GRACE = 0.15  # seconds for processes to end by themselves when the child has
_PROCESSES = 200  # more than any pool of workers
_TRACE = 8192  # bytes


def main() -> None:
    """Read the job and do it."""
    line = sys.stdin.buffer.readline()
    if not line:  # stopped before it began
        return
    job = json.loads(line)
    if hasattr(os, "fork"):
        _Keeper(job).run()
    else:
        _child(job, None, -1)


def _child(job: dict[str, Any], ready: int | None, trace: int) -> None:
    from explorer.trial.child import run

    run(job, ready, trace)


_exit = os._exit  # as it was before the code could put something else in its place


class _Keeper:
    """Watches one child."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._job = job
        self._seconds = float(job["seconds"])
        self._memory = int(job["memory_mb"]) * 2**20
        self._trace = os.memfd_create("trace") if hasattr(os, "memfd_create") else -1

    def run(self) -> None:
        """Start the child, watch it, end what it left, and write the report."""
        processes.adopt_orphans()
        ready, told = os.pipe()
        sys.stdout.flush()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(ready)
            self._become_child(told)
        os.close(told)
        self._ready, self._status = ready, 0
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # the end of our input is what stops us
            signal.signal(name, signal.SIG_IGN)
        cause = self._watch()
        if cause == "time":
            self._ask_where()
        left = self._end_all(cause)
        self._report(cause, left)

    def _become_child(self, told: int) -> None:
        processes.end_with_parent()
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        try:
            _child(self._job, told, self._trace)
        finally:
            _exit(0)

    def _watch(self) -> str:
        """Wait until the child ends or has to be ended; return why."""
        until, started, base = time.monotonic() + _START, False, 0
        handle = os.pidfd_open(self._pid) if hasattr(os, "pidfd_open") else None
        ends = [0, self._ready] + ([handle] if handle is not None else [])
        tick = _TICK if handle is not None else 0.01
        while True:
            wait = min(tick, max(until - time.monotonic(), 0.0))
            readable, _, _ = select.select(ends, [], [], wait)
            if self._ended():
                return "ended"
            if 0 in readable:  # closed; nothing else is ever sent
                return "stopped"
            if self._ready in readable:
                ends.remove(self._ready)
                if os.read(self._ready, 1):
                    until, started = time.monotonic() + self._seconds, True
            if time.monotonic() >= until:
                return "time" if started else "start"
            below = processes.descendants(os.getpid())
            resident = sum(seen.resident for seen in below)
            if not started:
                base = resident
            elif len(below) > _PROCESSES:
                return "processes"
            elif resident > self._memory + max(base, 100 * 2**20):
                return "memory"

    def _ended(self) -> bool:
        pid, status = os.waitpid(self._pid, os.WNOHANG)
        if pid:
            self._status = os.waitstatus_to_exitcode(status)
        return pid != 0

    def _ask_where(self) -> None:
        """Have the child's fault handler write down the line that it is in."""
        with suppress(OSError):
            os.kill(self._pid, signal.SIGUSR1)
            time.sleep(0.05)

    def _end_all(self, cause: str) -> int:
        """End the child and everything below; return how many processes the child had left running."""
        if cause == "ended" and processes.HAS_PROC:
            until = time.monotonic() + _GRACE
            while processes.collect() and time.monotonic() < until:
                time.sleep(0.005)
            return processes.end_below()
        with suppress(OSError):
            os.killpg(self._pid, signal.SIGKILL)
        return max(0, processes.end_below() - 1)

    def _report(self, cause: str, left: int) -> None:
        path = Path(self._job["result"])
        text = path.read_text(encoding="utf-8", errors="replace") if cause == "ended" else ""
        report = {
            "token": self._job["token"],
            "cause": cause,
            "status": self._status,
            "left": left,
            "trace": self._traced(),
            "result": text,
        }
        path.write_text(json.dumps(report), encoding="utf-8")

    def _traced(self) -> str:
        if self._trace < 0:
            return ""
        return os.pread(self._trace, _TRACE, 0).decode("utf-8", "replace")


if __name__ == "__main__":
    main()
