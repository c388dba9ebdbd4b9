"""The true values, by their definitions, in 400-digit arithmetic, and the distance of a float64 from them.

400 digits leave 90 of them for exp(-3.5e308). The only liberty taken with the definitions is that the
complement of the winner's probability is the sum of the others', which no finite precision could replace.
"""

import math
from collections.abc import Iterator, Sequence

import mpmath
import numpy as np
from numpy.typing import ArrayLike

mp = mpmath.MPContext()
mp.dps = 400
Number = mpmath.mpf
ZERO, ONE = mp.mpf(0), mp.mpf(1)
SMALLEST, LARGEST = mp.mpf(2) ** -1022, mp.mpf(np.finfo(np.float64).max)


def ulps(ours: float, true: Number, condition: Number | float = 1) -> float:
    """Return the error of ours in units in the last place of true, divided by the condition number of true.

    A wrong infinity is infinitely wrong, a false zero 2^52 ulp or more; where true is no normal double the
    answer is 0 if ours is none either.
    """
    size = abs(true)
    if condition > 1e30:
        return 0.0  # a tie: nothing is left of the true value either
    if not size:
        return 0.0 if ours == 0.0 or mp.isinf(condition) else math.inf
    if size > LARGEST:
        return 0.0 if math.isinf(ours) or abs(ours) > 1.79e308 else math.inf
    if not math.isfinite(ours):
        return math.inf
    if size < SMALLEST:
        return 0.0 if abs(ours) <= 2.3e-308 else math.inf
    _, exponent = mp.frexp(size)
    return float(abs(mp.mpf(ours) - true) / mp.ldexp(1, exponent - 53) / condition)


def log10_error(ours: float, true: Number, condition: Number | float = 1) -> float:
    """Return the error of a decimal logarithm of |true| in units of 1e-12 relative.

    Near |true| = 1, where a logarithm has no relative accuracy, 8 ulp of true times its condition make one unit.
    """
    if not true or condition > 1e14:
        return 0.0 if ours == -math.inf or condition > 1e14 else math.inf
    if math.isnan(ours):
        return math.inf
    log10 = mp.log10(abs(true))
    if abs(log10) > LARGEST:
        return 0.0 if abs(ours) > 1.79e308 else math.inf
    if not math.isfinite(ours):
        return math.inf
    unit = max(abs(log10) * mp.mpf("1e-12"), mp.mpf(8e-16) * condition)
    return float(abs(mp.mpf(ours) - log10) / unit)


class Truth:
    """Everything about one row of logits; class indices count as in the logits."""

    def __init__(self, logits: ArrayLike) -> None:
        a = [mp.mpf(float(x)) for x in np.asarray(logits, dtype=np.float64)]
        self.n, self.winner = len(a), max(range(len(a)), key=a.__getitem__)
        gaps = [x - a[self.winner] for x in a]
        e = [mp.exp(gap) if mp.isfinite(gap) else mp.mpf(0) for gap in gaps]
        self.odds = mp.fsum(x for i, x in enumerate(e) if i != self.winner)
        self.p = [x / (1 + self.odds) for x in e]
        self.q = [1 - p for p in self.p]
        self.q[self.winner] = self.odds / (1 + self.odds)
        self.log_p = [gap - mp.log1p(self.odds) for gap in gaps]
        self.log_q = [mp.log1p(-p) for p in self.p]
        self.log_q[self.winner] = mp.log(self.q[self.winner])

    def jacobian(self, i: int, j: int) -> Number:
        return self.p[i] * self.q[i] if i == j else -self.p[i] * self.p[j]

    def entropy(self) -> Number:
        return mp.fsum(-p * log for p, log in zip(self.p, self.log_p, strict=True) if p)

    def trace(self) -> Number:
        return mp.fsum(p * q for p, q in zip(self.p, self.q, strict=True))

    def frobenius(self) -> Number:
        """By the sums over rows: ``sum_j p_j^2`` over j other than i, computed without the diagonal's share."""
        squares = mp.fsum(p * p for i, p in enumerate(self.p) if i != self.winner)
        top, rest = self.p[self.winner] ** 2, mp.mpf(0)
        for i, (p, q) in enumerate(zip(self.p, self.q, strict=True)):
            others = squares if i == self.winner else top + squares - p * p
            rest += p * p * (q * q + others)
        return mp.sqrt(rest)

    def times_jacobian(self, g: Sequence[Number]) -> Iterator[tuple[Number, Number]]:
        """Yield each entry of J g with its condition number, the sum of the sizes of its terms over its own."""
        for i in range(self.n):
            terms = [self.jacobian(i, j) * g[j] for j in range(self.n)]
            yield _with_condition(terms)

    def eigenvalue_error(self, ours: float, rank: int) -> float:
        """Return the ulps between ours and the eigenvalue of that rank (0 is the smallest, which is 0).

        It is sought around ours first, between its two neighbouring probabilities if it is not there.
        """
        poles = sorted(self.p)
        if rank == 0:
            return ulps(ours, mp.mpf(0))
        low, high = poles[rank - 1], poles[rank]
        if low == high or not low:
            return ulps(ours, low)
        slack = mp.mpf(2) ** -30
        around = max(low, ours * (1 - slack)), min(high, ours * (1 + slack))
        above = around[0] == low or (around[0] < high and self._secular(around[0]) < 0)
        below = around[1] == high or (around[1] > low and self._secular(around[1]) > 0)
        if above and below:
            low, high = around
        while high - low > mp.ldexp(high, -70) and high > SMALLEST / 2:
            middle = mp.sqrt(low * high)
            low, high = (middle, high) if self._secular(middle) < 0 else (low, middle)
        return ulps(ours, (low + high) / 2)

    def _secular(self, x: Number) -> Number:
        """Rises from -inf to inf between neighbouring probabilities; its roots are the eigenvalues of J but 0."""
        return mp.fsum(p / (p - x) for p in self.p)


class TrueLoss:
    """A loss by its definition, for a distribution y: value, gradients, norm, each with its condition number.

    ``grad_p`` is empty if some p is 0, where it has no value.
    """

    def __init__(self, name: str, truth: Truth, y: ArrayLike) -> None:
        self._truth, self._y = truth, [mp.mpf(float(x)) for x in np.asarray(y, dtype=np.float64)]
        self.value: tuple[Number, Number]
        self.grad_p: list[tuple[Number, Number]]
        self.grad_logits: list[tuple[Number, Number]]
        getattr(self, f"_{name}")()
        if not all(truth.p):
            self.grad_p = []
        norm = mp.sqrt(mp.fsum(g * g for g, _ in self.grad_logits))
        terms = mp.sqrt(mp.fsum((g * c) ** 2 for g, c in self.grad_logits if g))
        self.norm = (norm, terms / norm if norm else ONE)

    def _classes(self) -> list[tuple[Number, Number, Number, Number]]:
        """Return p, q, log p and y of each class."""
        t = self._truth
        return list(zip(t.p, t.q, t.log_p, self._y, strict=True))

    def _errors(self) -> list[tuple[Number, Number]]:
        """Return p - y with its condition number; from one half up it is the difference of their complements."""
        return [_with_condition([1 - y, -q] if 2 * y >= 1 else [p, -y]) for p, q, _, y in self._classes()]

    def _cross_entropy(self) -> None:
        self.value = mp.fsum(-y * log for _, _, log, y in self._classes() if y), ONE
        self.grad_p = [(-y / p if p else ZERO, ONE) for p, _, _, y in self._classes()]
        self.grad_logits = self._errors()

    def _kl(self) -> None:
        self._cross_entropy()
        if max(self._y) < 1:  # as sum p = sum y = 1, p - y may be added: near p = y rounding shows the least then
            errors = [p - y for p, _, _, y in self._classes()]
            logs = [y * (mp.log(y) - log) if y else ZERO for _, _, log, y in self._classes()]
            sum_ = mp.fsum(errors) + mp.fsum(logs)
            self.value = sum_, 1 + mp.fsum(abs(e) for e in errors) / sum_ if sum_ else mp.inf

    def _label_smoothing(self) -> None:
        epsilon = mp.mpf(0.1)
        self._y = [(1 - epsilon) * y + epsilon / self._truth.n for y in self._y]
        self._cross_entropy()

    def _squared_error(self) -> None:
        t, self.grad_p = self._truth, self._errors()
        self.value = mp.fsum(e * e for e, _ in self.grad_p) / 2, max(c for _, c in self.grad_p)
        sizes = [abs(e) if max(self._y) == 1 else t.p[j] + self._y[j] for j, (e, _) in enumerate(self.grad_p)]
        self.grad_logits = []
        for i in range(t.n):  # the cancellation in p - y counts too
            sum_ = mp.fsum(t.jacobian(i, j) * e for j, (e, _) in enumerate(self.grad_p))
            size = mp.fsum(abs(t.jacobian(i, j)) * size for j, size in enumerate(sizes))
            self.grad_logits.append((sum_, size / abs(sum_) if sum_ else mp.inf if size else ONE))

    def _focal(self) -> None:
        t = self._truth
        self.value = mp.fsum(-y * q * q * log for _, q, log, y in self._classes() if y), ONE
        slopes = [-y * q * (q - 2 * (p * log if p else 0)) for p, q, log, y in self._classes()]  # p dL/dp
        self.grad_p = [(slope / p if p else ZERO, ONE) for slope, p in zip(slopes, t.p, strict=True)]
        self.grad_logits = []
        for i in range(t.n):
            terms = [slope * (t.q[i] if i == j else -t.p[i]) for j, slope in enumerate(slopes)]
            self.grad_logits.append(_with_condition(terms))


def _with_condition(terms: Sequence[Number]) -> tuple[Number, Number]:
    """Return the sum of terms, and the sum of their sizes over its own."""
    sum_, size = mp.fsum(terms), mp.fsum(abs(x) for x in terms)
    return sum_, size / abs(sum_) if sum_ else mp.inf if size else ONE
