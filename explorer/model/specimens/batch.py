"""Batch: the logits on which a specimen is tried, at one spread or at many, with the truth for every task."""

from functools import cached_property

import numpy as np

from explorer.model import LOSSES, Softmax
from explorer.model.exact import Floats, Indices

ROWS = 4
_LARGEST = np.finfo(np.float64).max
_MOST = 12  # neighbours are drawn for as many classes, so that they stay what they are when a class is added


def neighbours(logits: Floats, seed: int) -> Floats:
    """Return the row of logits (n,) and three rows near it, (4, n): each number moved by a normal one of size 1."""
    rows = np.tile(logits, (ROWS, 1))
    rows[1:] += _normal(len(logits), seed)[1:]
    return rows


def _normal(n: int, seed: int) -> Floats:
    return np.random.default_rng(seed).normal(size=(max(n, _MOST), ROWS))[:n].T


class Batch:
    """Effective logits a = spread · z + shift of K spreads at once, (K, 4, n), and what is true there.

    Row 0 is the present row, the others its seeded neighbours; ``target`` is every row's class. Pure: arrays are
    computed on first use and must not be written to. ``a`` is kept within the range of a double.
    """

    def __init__(
        self, logits: Floats, target: int, spreads: Floats, shift: float = 0.0, seed: int = 0, whole: bool = False
    ) -> None:
        with np.errstate(over="ignore"):
            a = spreads[:, None, None] * neighbours(logits, seed) + shift
        a = np.clip(a, -_LARGEST, _LARGEST)
        self.a: Floats = np.rint(a) if whole else a
        self.target, self._seed = target, seed

    @cached_property
    def softmax(self) -> Softmax:
        """The softmax of every row."""
        return Softmax(self.a)

    @cached_property
    def _targets(self) -> Indices:
        return np.full(self.a.shape[:-1], self.target)

    @cached_property
    def one_hot(self) -> Floats:
        """The targets as rows (4, n) of 0 and 1."""
        y = np.zeros(self.a.shape[1:])
        y[:, self.target] = 1.0
        return y

    @cached_property
    def upstream(self) -> Floats:
        """The upstream gradient dy (4, n) for backward passes: seeded normal numbers, like nobody's loss."""
        return _normal(self.a.shape[-1], self._seed + 1)

    @cached_property
    def _truths(self) -> dict[str, Floats]:
        return {}

    def truth(self, task: str) -> Floats:
        """Return the true result (K, 4, n) of a task of TASKS; for J it is (K, 4, n, n)."""
        found = self._truths.get(task)
        if found is None:
            found = self._truths[task] = self._compute(task)
        return found

    def _compute(self, task: str) -> Floats:
        match task:
            case "p":
                return self.softmax.p
            case "J":
                return self.softmax.jacobian()
            case "J dy":
                return self.softmax.vjp(self.upstream)
            case "p − y":
                return LOSSES["cross_entropy"].grad_logits(self.softmax, self._targets)
            case "J (p − y)":
                return LOSSES["squared_error"].grad_logits(self.softmax, self._targets)
        raise KeyError(task)

    def log10_truth(self, task: str) -> Floats:
        """Return the decimal logarithms of the true result's size, which go on below the smallest double."""
        match task:
            case "p":
                return self.softmax.log10_p
            case "J":
                return self.softmax.log10_abs_jacobian()
            case "J dy":
                return self.softmax.log10_abs_vjp(self.upstream)
            case "p − y":
                return LOSSES["cross_entropy"].log10_abs_grad_logits(self.softmax, self._targets)
            case "J (p − y)":
                return LOSSES["squared_error"].log10_abs_grad_logits(self.softmax, self._targets)
        raise KeyError(task)
