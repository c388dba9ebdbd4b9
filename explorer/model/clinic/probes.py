"""The inputs on which a function is tried: seeded batches, and the truth on them."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from explorer.model.clinic.diagnosis import Kind
from explorer.model.exact import Floats, Indices
from explorer.model.losses import LOSSES
from explorer.model.softmax import Softmax

SHAPES = ((3, 5), (4, 7), (4, 4), (1, 5))


@dataclass(frozen=True, eq=False)
class Probe:
    """One batch: logits z (m, n), an upstream gradient dy (m, n), a target class y for every row (m,)."""

    name: str
    z: Floats
    dy: Floats
    y: Indices

    @property
    def m(self) -> int:
        """The number of rows."""
        return int(self.z.shape[0])

    @property
    def n(self) -> int:
        """The number of classes."""
        return int(self.z.shape[1])

    @cached_property
    def softmax(self) -> Softmax:
        """The true softmax of the rows."""
        return Softmax(self.z)

    @property
    def p(self) -> Floats:
        """The true probabilities (m, n)."""
        return self.softmax.p

    @cached_property
    def one_hot(self) -> Floats:
        """The targets as rows of 0 and 1, (m, n)."""
        return np.eye(self.n)[self.y]

    def truth(self, kind: Kind) -> Floats:
        """Return what a right function of this kind gives; for "elementwise" the diagonal of the Jacobian."""
        if kind not in self._truths:
            self._truths[kind] = self._truth(kind)
        return self._truths[kind]

    @cached_property
    def _truths(self) -> dict[str, Floats]:
        return {}

    def size(self, kind: Kind) -> Floats:
        """Return for each row the size of the terms whose difference a right result is; their errors stay in it."""
        if kind != "vjp":
            return np.full(self.m, 0.1)
        return np.asarray(np.maximum(np.abs(self.p * self.dy).max(axis=1), 0.1))

    def _truth(self, kind: Kind) -> Floats:
        if kind == "forward":
            return self.p
        if kind == "elementwise":
            return self.p * self.softmax.q
        if kind == "jacobian":
            return self.softmax.jacobian()
        if kind == "vjp":
            return self.softmax.vjp(self.dy)
        return LOSSES[kind].grad_logits(self.softmax, self.y)


@lru_cache(maxsize=32)
def main_probes(seed: int) -> tuple[Probe, ...]:
    """Return the four batches on which results are explained; logits of either sign, one small p in every row."""
    random = np.random.default_rng([2024, seed])
    return tuple(_moderate(random, f"{m}×{n}", m, n) for m, n in SHAPES)


@lru_cache(maxsize=32)
def more_probes(seed: int) -> tuple[Probe, ...]:
    """Return the batches on which a correct function must be right, too: other shapes, and logits less tame."""
    random = np.random.default_rng([2025, seed])
    again, tall, two = (_moderate(random, f"{m}×{n}", m, n) for m, n in ((3, 5), (6, 3), (3, 2)))
    spread = random.permuted(np.tile([20.0, 3.0, 1.0, -1.0, -4.0], (5, 1)), axis=1)
    spread[np.arange(5), np.arange(5)], spread[np.arange(5), spread.argmax(axis=1)] = (
        spread.max(axis=1),
        spread[np.arange(5), np.arange(5)],
    )  # every class wins once
    tied = np.array([[0.0, 0.0, 0.0, 0.0], [1.5, 1.5, -0.5, -0.5], [-1.0, 2.0, -1.0, 2.0]])
    zeros = np.array([[0.0, 1.5, -0.5, 0.25], [2.0, 0.0, 0.5, -1.0], [-1.5, 1.0, 0.75, 0.0]])
    wide = _moderate(random, "2×13", 2, 13)
    single = random.normal(size=(3, 4))
    upstream = random.normal(size=(4, 4))
    upstream[0], upstream[1] = [0.0, 1.0, 0.0, 0.0], 0.0
    upstream[2], upstream[3] = 20.0 * upstream[2], -np.abs(upstream[3])
    other = Probe("other dy", random.normal(size=(4, 4)), upstream, np.array([3, 1, 1, 0]))
    return (
        _named(again, "another 3×5"),
        tall,
        two,
        wide,
        other,
        _with(random, "logits about 30", 30.0 + single),
        _with(random, "logits about −30", -30.0 + single),
        _with(random, "a winner 17 ahead", spread),
        _with(random, "only positive logits", np.abs(single) + 0.1),
        _with(random, "only negative logits", -np.abs(single) - 0.1),
        _with(random, "equal logits", tied),
        _with(random, "a logit of 0", zeros),
    )


def _moderate(random: np.random.Generator, name: str, m: int, n: int) -> Probe:
    z = random.uniform(-2.5, 2.5, size=(m, n))
    low = random.integers(n, size=m)
    z[np.arange(m), low] = random.uniform(-6.0, -4.5, size=m)  # p near or below 1e-3, where clipping shows
    high = (low + 1 + random.integers(n - 1, size=m)) % n
    z[np.arange(m), high] = random.uniform(1.5, 3.5, size=m)
    if (z < 0).all(axis=1).any():
        z[:, 0] = np.abs(z[:, 0])
    return _with(random, name, z)


def _with(random: np.random.Generator, name: str, z: Floats) -> Probe:
    m, n = z.shape
    dy = random.normal(size=(m, n)) + 0.5 * random.normal(size=(m, 1))
    y = (np.arange(m) * 2 + random.integers(n)) % n  # classes differ from row to row
    if n > 2:
        y[m // 2] = 1 + (y[m // 2] % (n - 2))  # never only first and last classes
        if m > 1:
            y[0] = n - 1 if n > m else y[0]  # a class number that is no row number
    return Probe(name, z, dy, y)


def _named(probe: Probe, name: str) -> Probe:
    return Probe(name, probe.z, probe.dy, probe.y)


def relative_error(result: Floats, truth: Floats, floor: Floats | float = 0.0) -> float:
    """Return the largest error, relative to the largest true entry of its row; infinite where result is not finite.

    ``floor`` is the least size that a row counts as having, one number or one for each row.
    """
    if result.shape != truth.shape or not np.isfinite(result).all():
        return float("inf")
    axes = tuple(range(1, truth.ndim))
    least = np.reshape(floor, (-1,) + (1,) * len(axes))
    scale = np.maximum(np.abs(truth).max(axis=axes, keepdims=True), least)
    return float((np.abs(result - truth) / np.where(scale > 0.0, scale, 1.0)).max())
