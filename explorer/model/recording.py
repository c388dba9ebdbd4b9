"""What was measured along a run, step by step, and its outline at the resolution of a picture."""

import numpy as np

from explorer.model.exact import Floats, Indices
from explorer.model.training import Measured, Step

NAMES = Measured._fields


class Recording:
    """The measured quantities of the steps 1 to ``count``, in arrays that grow."""

    def __init__(self) -> None:
        self.count = 0
        self._values: Floats = np.empty((len(NAMES), 1024))

    def append(self, step: Step) -> None:
        """Note a step, if it is the next one."""
        if step.step != self.count + 1:
            return
        if self.count == self._values.shape[1]:
            self._values = np.concatenate([self._values, np.empty_like(self._values)], axis=1)
        self._values[:, self.count] = step[1:7]
        self.count += 1

    def cut(self, count: int) -> None:
        """Forget what came after a number of steps."""
        self.count = min(self.count, count)

    def at(self, step: int) -> Measured:
        """Return what was measured in a step, counted from 1."""
        return Measured(*self._values[:, step - 1].tolist())

    def values(self, name: str, upto: int) -> Floats:
        """Return a quantity in the steps 1 to ``upto``, (upto,)."""
        return self._values[NAMES.index(name), : min(upto, self.count)]

    def outline(self, name: str, starts: Indices, upto: int) -> tuple[Floats, Floats, Floats]:
        """Return the least, the mean and the largest value between each two starts, and from the last start on.

        ``starts`` are ascending positions from 0 below ``upto``; a NaN within makes all three NaN.
        """
        values = self.values(name, upto)
        counts = np.diff(starts, append=len(values))
        mean = np.add.reduceat(values, starts) / counts
        return np.minimum.reduceat(values, starts), mean, np.maximum.reduceat(values, starts)
