"""Axes: monotone maps between the values that a person sets and the places from 0 to 1 where they stand."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass


class Axis(ABC):
    """A monotone map between values and the places 0 to 1 on a slider or a picture."""

    @abstractmethod
    def place(self, value: float) -> float:
        """Return the place of a value; outside 0 to 1 it lies beyond it."""

    @abstractmethod
    def value(self, place: float) -> float:
        """Return the value at a place."""

    @abstractmethod
    def step(self, value: float, steps: float) -> float:
        """Return the value some key steps further on."""

    origin = 0.5  # the place where the coloured part of the track begins


@dataclass(frozen=True, slots=True)
class SymmetricAxis(Axis):
    """From -limit to limit, finer around 0: place ~ asinh(value / knee)."""

    limit: float
    knee: float = 1.0
    key_step: float = 0.1

    def place(self, value: float) -> float:
        return 0.5 + 0.5 * math.asinh(value / self.knee) / math.asinh(self.limit / self.knee)

    def value(self, place: float) -> float:
        return self.knee * math.sinh((2.0 * place - 1.0) * math.asinh(self.limit / self.knee))

    def step(self, value: float, steps: float) -> float:
        return round(value + steps * self.key_step, 6) + 0.0  # no −0


@dataclass(frozen=True, slots=True)
class LogAxis(Axis):
    """From low to high by equal ratios."""

    low: float
    high: float

    def place(self, value: float) -> float:
        return math.log(value / self.low) / math.log(self.high / self.low)

    def value(self, place: float) -> float:
        return float(self.low * (self.high / self.low) ** place)

    def step(self, value: float, steps: float) -> float:
        stepped = min(max(value * 10.0 ** (0.02 * steps), self.low), self.high)
        return float(f"{stepped:.4g}")
