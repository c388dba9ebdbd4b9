"""Where steps and sizes lie in a picture of training curves, and the lines through them, whole or dashed."""

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF

from explorer.model.exact import Floats, Indices

BIN = 2.0  # pixels that share a least and a largest value
_DASH = 5  # pixels drawn, and as many left out, of a dashed line


@dataclass(frozen=True, slots=True)
class Frame:
    """Where steps and decimal logarithms lie; below ``bottom`` is the strip of exact zeros."""

    w: float
    h: float
    low: float
    high: float
    last: int  # step at the right end
    log: bool
    line: float

    @property
    def strip(self) -> float:
        """The height of the strip of zeros."""
        return 1.4 * self.line

    @property
    def bottom(self) -> float:
        """Where the lowest logarithm lies."""
        return max(self.h - self.strip, 1.0)

    def x(self, step: float) -> float:
        """Return the place of a step."""
        if self.log:
            return self.w * math.log10(max(step, 1.0)) / math.log10(self.last)
        return self.w * (step - 1.0) / (self.last - 1.0)

    def places(self, steps: Floats) -> Floats:
        """Return the places of steps."""
        shares = np.log10(steps) / math.log10(self.last) if self.log else (steps - 1.0) / (self.last - 1.0)
        return np.asarray(self.w * shares, dtype=np.float64)

    def step(self, x: float) -> float:
        """Return the step at a place."""
        share = min(max(x / max(self.w, 1.0), 0.0), 1.0)
        return float(self.last**share) if self.log else 1.0 + share * (self.last - 1.0)

    def y(self, logs: Floats) -> Floats:
        """Return the places of logarithms; those of exact zeros lie in the strip."""
        places = (self.high - logs) / (self.high - self.low) * self.bottom
        return np.where(np.isneginf(logs), self.bottom + 0.5 * self.strip, np.minimum(places, self.bottom))

    def starts(self, upto: int) -> Indices:
        """Return positions (steps less 1) where a new stretch of pixels begins, ascending from 0."""
        edges = np.linspace(0.0, 1.0, max(round(self.w / BIN), 2))
        steps = self.last**edges if self.log else 1.0 + edges * (self.last - 1.0)
        found = np.unique(np.ceil(steps - 1e-9).astype(np.intp) - 1)
        return np.asarray(found[found < upto])


def joined(xs: Floats, ys: Floats, dashed: bool) -> list[QLineF]:
    """Return lines through the places; where one is not finite there is a gap."""
    lines: list[QLineF] = []
    previous: tuple[float, float] | None = None
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        if not math.isfinite(y):
            previous = None
            continue
        if previous is not None:
            lines += _dashes(*previous, x, y) if dashed else (QLineF(*previous, x, y),)
        elif not dashed or x % (2 * _DASH) < _DASH:
            lines.append(QLineF(x, y, x + 1.0, y))
        previous = (x, y)
    return lines


def _dashes(x0: float, y0: float, x1: float, y1: float) -> list[QLineF]:
    """Return the parts of a line where dashes lie; these have fixed places, so that lines in pieces fit together."""
    found = []
    k = math.floor(x0 / (2 * _DASH))
    while 2 * _DASH * k < x1:
        start, end = max(2.0 * _DASH * k, x0), min(2.0 * _DASH * k + _DASH, x1)
        if start < end:
            slope = (y1 - y0) / (x1 - x0)
            found.append(QLineF(start, y0 + slope * (start - x0), end, y0 + slope * (end - x0)))
        k += 1
    return found
