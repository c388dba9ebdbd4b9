"""Measures frames: a change, then the event loop until every watched part of the window has been painted."""

import gc
import time
from collections import Counter
from typing import Protocol

import numpy as np
from PySide6.QtCore import QAbstractEventDispatcher, QEvent, QEventLoop, QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

_TURNS = 20  # turns of the event loop after which a part counts as not painted


class Variant(Protocol):
    """A program to measure: a window, the parts that each frame must paint, and how to change its state."""

    @property
    def name(self) -> str:
        """What the table calls it."""

    @property
    def window(self) -> QWidget:
        """The window, made but not shown."""

    @property
    def parts(self) -> dict[str, QWidget]:
        """The widgets that every frame must paint, by name."""

    def change(self, k: int) -> None:
        """Make the change of frame k."""


class PaintCounter(QObject):
    """Counts the paint events of the parts of a window, and knows which are missing in the present frame."""

    def __init__(self, parts: dict[str, QWidget]) -> None:
        super().__init__()
        self._names: dict[QObject, str] = {part: name for name, part in parts.items()}
        self._paint = QEvent.Type.Paint
        self._missing: set[QObject] = set()
        self.counts: Counter[str] = Counter()
        for part in parts.values():
            part.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == self._paint:
            self._missing.discard(watched)
            self.counts[self._names[watched]] += 1
        return False

    def begin(self) -> None:
        """Begin a frame: every part is still to be painted."""
        self._missing = set(self._names)

    def finish(self) -> list[str]:
        """Run the event loop until every part has been painted; return the names of those that were not."""
        for _ in range(_TURNS):
            QApplication.processEvents()
            if not self._missing:
                return []
        return [self._names[part] for part in self._missing]


class Frames:
    """The frames of one variant: their times in ms, the paints of each part, and the frames that lack one."""

    def __init__(self, variant: Variant) -> None:
        self.variant = variant
        self.times: list[float] = []
        self.cpu: list[float] = []
        self.block_medians: list[float] = []
        self.paints: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self._counter = PaintCounter(variant.parts)
        self._k = 0

    def block(self, frames: int, warm_up: int = 10, hide: bool = True) -> None:
        """Show the window, warm up, collect garbage, time some frames, hide the window."""
        self.show()
        for _ in range(warm_up):
            self._frame()
        self._counter.counts.clear()
        gc.collect()
        for _ in range(frames):
            elapsed, cpu, missing = self._frame()
            self.times.append(elapsed)
            self.cpu.append(cpu)
            self.missed.update(missing)
        self.block_medians.append(float(np.median(self.times[-frames:])))
        self.paints.update(self._counter.counts)
        if hide:
            self.variant.window.hide()
            QApplication.processEvents()

    def lay_out(self) -> None:
        """Show the window once, so that its parts have their places."""
        self.show()
        self.variant.window.hide()

    def show(self) -> None:
        """Show the window, and wait until it stands on the screen, all of it painted."""
        window = self.variant.window
        self._counter.begin()
        window.show()
        for _ in range(200):
            missing = self._counter.finish()
            QGuiApplication.sync()
            if not missing and window.windowHandle().isExposed():
                return
            time.sleep(0.01)
        raise RuntimeError(f"the window of “{self.variant.name}” never painted {', '.join(missing) or 'anything'}")

    def _frame(self) -> tuple[float, float, list[str]]:
        """Make one change and paint it; return its ms by the clock and of CPU, and the names of parts not painted."""
        k, counter = self._k, self._counter
        self._k += 1
        counter.begin()
        start, cpu = time.perf_counter(), time.process_time()
        self.variant.change(k)
        missing = counter.finish()
        elapsed, cpu = time.perf_counter() - start, time.process_time() - cpu
        QGuiApplication.sync()  # the window system catches up outside the timed part: its work is no frame's
        return 1e3 * elapsed, 1e3 * cpu, missing

    @property
    def median(self) -> float:
        """Median frame in ms."""
        return float(np.median(self.times))

    def ratio(self, other: "Frames") -> float:
        """Return how long a frame takes beside the other's: the median over turns, so that drifting noise cancels."""
        pairs = zip(self.block_medians, other.block_medians, strict=True)
        return float(np.median([mine / theirs for mine, theirs in pairs]))

    @property
    def p99(self) -> float:
        """99th percentile in ms."""
        return float(np.percentile(self.times, 99.0))

    @property
    def longest(self) -> float:
        """Longest frame in ms."""
        return max(self.times)

    def paints_per_frame(self) -> str:
        """Return how often a frame painted each part, as text."""
        return ", ".join(f"{name} {self.paints[name] / len(self.times):.2f}" for name in self.variant.parts)


class Idle:
    """What the event loop does while nobody does anything: CPU time, and how often it wakes."""

    def __init__(self, seconds: float) -> None:
        self.wake_ups = 0
        dispatcher = QAbstractEventDispatcher.instance()
        dispatcher.awake.connect(self._count)
        loop = QEventLoop()
        QTimer.singleShot(round(1e3 * seconds), loop.quit)
        QApplication.processEvents()
        self.wake_ups, start = 0, time.process_time()
        loop.exec()
        self.cpu_ms = 1e3 * (time.process_time() - start)
        dispatcher.awake.disconnect(self._count)

    def _count(self) -> None:
        self.wake_ups += 1
