"""What one frame costs: a slider moves, the model follows, everything is painted.

Run ``python tests/benchmarks/frame.py`` (matplotlib is in the ``bench`` extra). All programs take turns in short
blocks within one run, so that noise of the machine hits all alike: compare the ratios, not the milliseconds.
Times end when Qt has handed the picture to the window system. Ratios are medians over the turns. CPU time is
shown too, as other programs disturb it less: where the floor's 99th percentile is high, the machine was busy.
"""

import argparse
import cProfile
import gc
import os
import platform
import pstats
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _timing import Frames

_BLOCK = 25  # frames in one turn
_SLOW_SHARE = 10  # matplotlib's draw() gets this share of the frames, as each takes long
_GOAL_MEDIAN_MS = 2.0
_GOAL_P99_MS = 8.0
_GOAL_PLAYING_MS = 4.0


def main() -> int:
    """Run the benchmark; return 1 if some part of a program was not painted in some frame, else 0."""
    wanted = _parse()
    _prepare()
    from _variants import make_qt_application

    application = make_qt_application()
    _print_setting(application.platformName())
    if wanted.profile:
        _profile(max(wanted.n), wanted.frames)
        return 0
    complete = True
    for n in wanted.n:
        frames = _measure(n, wanted.frames, wanted.more)
        _report(n, frames)
        complete &= _report_paints(frames)
        _report_idle(frames[0])
    return 0 if complete else 1


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=1000, help="frames of each program (default 1000)")
    parser.add_argument("--n", type=int, nargs="+", default=[3, 10], help="numbers of classes (default 3 10)")
    parser.add_argument("--quick", action="store_true", help="200 frames")
    parser.add_argument("--more", action="store_true", help="also drag with the mouse, drag the spread, type")
    parser.add_argument("--profile", action="store_true", help="profile the app's frames instead, at the largest n")
    wanted = parser.parse_args()
    if wanted.quick:
        wanted.frames = 200
    return wanted


def _prepare() -> None:
    """Set what must be set before NumPy is imported, and find this checkout's app."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def _print_setting(screen: str) -> None:
    from importlib.metadata import version

    names = ("numpy", "PySide6-Essentials", "pyqtgraph", "matplotlib")
    packages = ", ".join(f"{name} {version(name)}" for name in names)
    print(f"Qt platform “{screen}”, Python {platform.python_version()}, {packages}, {os.cpu_count()} processors")


def _measure(n: int, count: int, more: bool) -> "list[Frames]":
    """Let all programs take turns; return their frames, the app's first."""
    from _matplotlib_variants import MatplotlibBare, MatplotlibBlit, MatplotlibDraw
    from _timing import Frames, Variant
    from _variants import (
        App,
        AppDragged,
        AppSpread,
        AppTyped,
        Floor,
        Pyqtgraph,
        SceneAnimated,
        VanishingApp,
        VanishingPlayed,
    )

    app = App(n)
    frames = [Frames(app)]
    frames[0].lay_out()  # the floor takes over where the app has its parts
    variants: list[Variant] = [Floor(n, app), Pyqtgraph(n), MatplotlibBlit(n), MatplotlibDraw(n), VanishingPlayed(n)]
    variants += [SceneAnimated(n), MatplotlibBare(n), VanishingApp(n)]
    if more:
        variants += [AppDragged(n), AppSpread(n), AppTyped(n)]
    frames += [Frames(variant) for variant in variants]
    gc.collect()
    gc.freeze()
    done = 0
    while done < count:
        block = min(_BLOCK, count - done)
        for each in frames:
            slow = type(each.variant) is MatplotlibDraw
            each.block(max(block // _SLOW_SHARE, 1) if slow else block)
        done += block
        _tell(f"n = {n}: {done} of {count} frames")
    _tell("")
    return frames


def _tell(progress: str) -> None:
    """Show on a terminal how far the run is."""
    if sys.stderr.isatty():
        print(f"\r{progress:<40}\r", end="", file=sys.stderr, flush=True)


def _report(n: int, frames: "list[Frames]") -> None:
    import numpy as np
    from _table import table, verdict
    from _variants import SIZE

    app, floor, plots, blit, draw, played, animated = frames[:7]
    print(f"\nn = {n}, window {SIZE[0]}×{SIZE[1]}, one frame in ms\n")
    heads = ("program", "median", "p99", "max", "CPU median", "CPU p99", "app ÷ this", "by CPU", "frames")
    rows = [
        (
            each.variant.name,
            f"{each.median:.2f}",
            f"{each.p99:.2f}",
            f"{each.longest:.2f}",
            f"{np.median(each.cpu):.2f}",
            f"{np.percentile(each.cpu, 99.0):.2f}",
            f"{app.ratio(each):.2f}",
            f"{np.median(app.cpu) / np.median(each.cpu):.2f}",
            str(len(each.times)),
        )
        for each in frames
    ]
    print(table(heads, rows))
    print()
    print(verdict("app ÷ four bare pyqtgraph plots", app.ratio(plots), 1.0))
    print(verdict("app ÷ matplotlib blitting", app.ratio(blit), 1.0 / 3.0))
    print(verdict("app's median", app.median, _GOAL_MEDIAN_MS, " ms"))
    print(verdict("app's 99th percentile", app.p99, _GOAL_P99_MS, " ms"))
    print(verdict("Vanishing view playing, median", played.median, _GOAL_PLAYING_MS, " ms"))
    print(verdict("between two scenes, 99th percentile", animated.p99, _GOAL_P99_MS, " ms"))
    print(f"         app ÷ floor: {app.ratio(floor):.1f}")
    print(f"         matplotlib draw() ÷ app: {draw.ratio(app):.0f}")


def _report_paints(frames: "list[Frames]") -> bool:
    """Print how often each part was painted in a frame; return whether none was ever missing."""
    print("\npaints of each part in a frame (1.00: exactly once)")
    for each in frames:
        print(f"  {each.variant.name}: {each.paints_per_frame()}")
        for part, count in each.missed.items():
            print(f"  NOT PAINTED in {count} of {len(each.times)} frames: {part}")
    return not any(each.missed for each in frames)


def _report_idle(app: "Frames") -> None:
    """Say what the app does in the two seconds after its last frame."""
    from _timing import Idle

    app.block(_BLOCK, hide=False)
    for name in ("first", "second"):
        idle = Idle(1.0)
        print(f"idle, {name} second after the last frame: {idle.cpu_ms:.1f} ms of CPU, {idle.wake_ups} wake-ups")
    app.variant.window.hide()


def _profile(n: int, count: int) -> None:
    """Print where the app's frames spend their time."""
    from _timing import Frames
    from _variants import App

    frames = Frames(App(n))
    frames.block(_BLOCK)
    profiler = cProfile.Profile()
    profiler.enable()
    frames.block(count)
    profiler.disable()
    print(f"n = {n}, {count} frames; the profiler itself slows Python code down about twofold")
    for order in ("tottime", "cumulative"):
        pstats.Stats(profiler).strip_dirs().sort_stats(order).print_stats(40)


if __name__ == "__main__":
    raise SystemExit(main())
