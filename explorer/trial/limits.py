"""Limits that the system puts on the child, as far as it has them."""

import os
import sys
from contextlib import suppress
from pathlib import Path

if sys.platform != "win32":
    import resource

LARGEST_FILE = 100 * 2**20  # bytes that the code may write to one file


def words(seconds: float, memory_mb: int) -> str:
    """Return the limits that this system enforces: ``10 s and 1 GB``; only Linux holds the memory."""
    time = f"{seconds:g} s"
    if not sys.platform.startswith("linux"):
        return time
    return f"{time} and {memory_mb / 1024:g} GB" if memory_mb >= 1024 else f"{time} and {memory_mb} MB"


def set_limits(seconds: float, memory_mb: int) -> None:
    """Limit this process, beyond what it has taken already. Does what the system can; Windows can none of it."""
    if sys.platform == "win32":
        return
    used = _address_space()
    if used:
        _limit(resource.RLIMIT_AS, used + memory_mb * 2**20)
    _limit(resource.RLIMIT_CPU, int(seconds) + 2)  # the clock on the wall comes first, but for many threads
    _limit(resource.RLIMIT_FSIZE, LARGEST_FILE)
    _limit(resource.RLIMIT_CORE, 0)
    with suppress(OSError, ValueError):
        files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(files, most - 8), most))  # some are left for the result


def lift_limits() -> None:
    """Give the process room again to say what happened."""
    if sys.platform != "win32":
        for what in (resource.RLIMIT_AS, resource.RLIMIT_NOFILE):
            with suppress(OSError, ValueError):
                _, most = resource.getrlimit(what)
                resource.setrlimit(what, (most, most))


def _limit(what: int, value: int) -> None:
    if sys.platform != "win32":
        with suppress(OSError, ValueError):  # a lower limit may hold already
            _, most = resource.getrlimit(what)
            capped = value if most == resource.RLIM_INFINITY else min(value, most)
            resource.setrlimit(what, (capped, most))


def _address_space() -> int:
    """Return the bytes of address space that are taken, or 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0
    return pages * int(os.sysconf("SC_PAGE_SIZE"))
