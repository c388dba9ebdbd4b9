"""The processes below this one, from Linux's /proc: to watch them, and to end all of them."""

import ctypes
import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_PROC = Path("/proc")
HAS_PROC = (_PROC / "self" / "stat").exists()


@dataclass(frozen=True, slots=True)
class Seen:
    """A process as /proc shows it; ``resident`` is its memory in bytes."""

    pid: int
    parent: int
    zombie: bool
    resident: int


def adopt_orphans() -> None:
    """Have processes whose parent ends become children of this one, even if they called setsid. Linux only."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def end_with_parent() -> None:
    """Have the system end this process when its parent ends. Linux only."""
    _prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))


def _prctl(option: int, value: int) -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def descendants(of: int) -> list[Seen]:
    """Return the processes below the given one, at any depth; none where there is no /proc."""
    every = [seen for seen in map(_look, _pids()) if seen is not None]
    children: dict[int, list[Seen]] = {}
    for seen in every:
        children.setdefault(seen.parent, []).append(seen)
    found, queue = [], [of]
    while queue:
        for seen in children.get(queue.pop(), ()):
            found.append(seen)
            queue.append(seen.pid)
    return found


def marked(token: str) -> list[int]:
    """Return the processes that have inherited a token in their environment."""
    found = []
    for pid in _pids():
        with suppress(OSError):
            if token.encode() in (_PROC / str(pid) / "environ").read_bytes():
                found.append(pid)
    return found


def _pids() -> list[int]:
    return [int(name) for name in os.listdir(_PROC) if name.isdecimal()] if HAS_PROC else []  # noqa: PTH208


def _look(pid: int) -> Seen | None:
    try:
        text = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()  # the name in brackets may hold blanks and brackets
    return Seen(pid, int(fields[1]), fields[0] in "ZX", int(fields[21]) * _page())


def _page() -> int:
    return int(os.sysconf("SC_PAGE_SIZE"))


def end(pids: list[int]) -> None:
    """Kill processes; they are stopped first, so that none can start another meanwhile."""
    if not pids:
        return
    for sent in (signal.SIGSTOP, signal.SIGKILL):
        for pid in pids:
            with suppress(OSError):
                os.kill(pid, sent)


def end_below(seconds: float = 3.0) -> int:
    """Kill every process below this one and collect them; return how many there were."""
    killed: set[int] = set()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        alive = [seen.pid for seen in descendants(os.getpid()) if not seen.zombie]
        end(alive)
        killed.update(alive)
        if not alive and not collect():
            break
        time.sleep(0.002)
    return len(killed)


def collect() -> bool:
    """Take the exit status of every child that has ended; return whether children are left."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                return True
        except ChildProcessError:
            return False
