"""How long it takes to start: from spawning the process to the first painted frame, and the memory then.

Run ``python tests/benchmarks/startup.py`` (matplotlib and psutil are in the ``bench`` extra). The programs take turns
within one run, so that noise of the machine hits all alike: compare the ratios, not the milliseconds.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psutil
from _table import table, verdict

_CHILD = Path(__file__).with_name("_startup_child.py")
_ROOT = Path(__file__).resolve().parents[2]
_REFERENCE = "pyqtgraph"
_NAMES = {
    "bare": "QApplication and an empty QWidget",
    "pyqtgraph": "NumPy, pyqtgraph, one PlotWidget",
    "matplotlib": "matplotlib QtAgg, four axes",
    "app": "the app",
}
_GOAL_RATIO, _LIMIT_RATIO = 1.0, 1.1
_LIMIT_MEMORY_MB = 130.0


@dataclass
class Starts:
    """The starts of one program: ms until the first frame, and MB of resident memory at it."""

    times: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return median(self.times)


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=15, help="starts of each program (default 15)")
    parser.add_argument("--importtime", action="store_true", help="list the app's slowest imports instead")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = _environment(folder)
        if wanted.importtime:
            _print_imports(environment)
        else:
            _report(_measure(wanted.times, environment))
    return 0


def _environment(folder: str) -> dict[str, str]:
    """Return the environment of the programs: this checkout's app, without remembered settings."""
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "XDG_CONFIG_HOME": folder}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed app has its bytecode, so the checkout gets it too
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    return environment


def _spawn(program: str, environment: dict[str, str], *options: str) -> "subprocess.Popen[str]":
    command = [sys.executable, *options, str(_CHILD), program]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment)


def _start(program: str, environment: dict[str, str]) -> tuple[float, float, str]:
    """Start a program; return ms until its first frame, MB of memory then, and Qt's platform."""
    start = time.monotonic_ns()
    with _spawn(program, environment) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        memory = psutil.Process(process.pid).memory_info().rss / 1e6 if said else 0.0
        _, errors = process.communicate("")
    if not said:
        raise SystemExit(f"{_NAMES[program]} did not start:\n{errors}")
    painted, screen = said.split()
    return (int(painted) - start) / 1e6, memory, screen


def _measure(times: int, environment: dict[str, str]) -> dict[str, Starts]:
    """Let all programs take turns; a first turn, which fills the caches, does not count."""
    starts = {program: Starts() for program in _NAMES}
    for turn in range(times + 1):
        for program, each in starts.items():
            elapsed, memory, screen = _start(program, environment)
            if turn:
                each.times.append(elapsed)
                each.memory.append(memory)
    print(f"Qt platform “{screen}”, Python {platform.python_version()}, {os.cpu_count()} processors\n")
    return starts


def _report(starts: dict[str, Starts]) -> None:
    reference = starts[_REFERENCE].median
    rows = [
        (
            _NAMES[program],
            f"{each.median:.0f}",
            f"{min(each.times):.0f}",
            f"{max(each.times):.0f}",
            f"{each.median / reference:.2f}",
            f"{median(each.memory):.0f}",
            str(len(each.times)),
        )
        for program, each in starts.items()
    ]
    print(table(("program", "median ms", "min", "max", "ratio", "RSS MB", "starts"), rows))
    app, ratio = starts["app"], starts["app"].median / reference
    print()
    print(verdict("app ÷ pyqtgraph with one plot", ratio, _LIMIT_RATIO))
    print(verdict("the goal beyond it", ratio, _GOAL_RATIO))
    print(verdict("app's memory", median(app.memory), _LIMIT_MEMORY_MB, " MB"))


def _print_imports(environment: dict[str, str]) -> None:
    """Print the app's slowest imports, by their own time and with all that they import."""
    _start("app", environment)  # fills the caches
    with _spawn("app", environment, "-X", "importtime") as process:
        _, said = process.communicate("")
    found = []
    for line in said.splitlines():
        own, _, rest = line.removeprefix("import time:").partition("|")
        whole, _, name = rest.partition("|")
        if line.startswith("import time:") and own.strip().isdecimal():
            found.append((int(own) / 1e3, int(whole) / 1e3, name.strip()))
    print(f"{len(found)} modules, {sum(own for own, _, _ in found):.0f} ms in all (measuring slows them down)\n")
    for what, column in (("by own time", 0), ("with what they import", 1)):
        slowest = sorted(found, key=lambda each: -each[column])[:30]
        print(
            table((what, "own ms", "whole ms"), [(name, f"{own:.1f}", f"{whole:.1f}") for own, whole, name in slowest])
        )
        print()


if __name__ == "__main__":
    raise SystemExit(main())
