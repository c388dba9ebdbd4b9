"""Losses on top of the softmax: value, gradient at p, gradient at the logits, each without cancellation.

Every gradient with respect to the logits is a closed form in p, q = 1 - p and exact logit differences
(derived from ``J g`` with ``sum p = 1``); for a one-hot target its terms hardly cancel. Next to the values
stand decimal logarithms of their magnitudes, which go on below the smallest double.
"""

from abc import ABC, abstractmethod
from types import MappingProxyType

import numpy as np

from explorer.model.exact import Floats, total
from explorer.model.softmax import LOG10_E, Softmax
from explorer.model.targets import Target, TargetLike, as_target


class Loss(ABC):
    """A loss L(p, y). ``s`` is a Softmax of shape (..., n); y a class index (...) or a distribution (..., n).

    All methods are pure, and raise ValueError for a target that does not fit.
    """

    name: str
    title: str

    def value(self, s: Softmax, y: TargetLike) -> Floats:
        """Return the loss, shape (...), in nats where it is a logarithm."""
        with np.errstate(all="ignore"):
            return self._value(s, as_target(s, y))

    def grad_p(self, s: Softmax, y: TargetLike) -> Floats:
        """Return the upstream gradient dL/dp, shape (..., n); infinite where it exceeds the largest double."""
        with np.errstate(all="ignore"):
            return self._grad_p(s, as_target(s, y))

    def grad_logits(self, s: Softmax, y: TargetLike) -> Floats:
        """Return dL/da = J dL/dp, shape (..., n)."""
        with np.errstate(all="ignore"):
            return self._grad_logits(s, as_target(s, y))

    def log10_abs_grad_p(self, s: Softmax, y: TargetLike) -> Floats:
        """Return the decimal logarithm of |dL/dp|, shape (..., n); finite beyond the range of a double too."""
        with np.errstate(all="ignore"):
            return self._log10_abs_grad_p(s, as_target(s, y))

    def log10_abs_grad_logits(self, s: Softmax, y: TargetLike) -> Floats:
        """Return the decimal logarithm of |dL/da|, shape (..., n); goes on below the smallest double."""
        with np.errstate(all="ignore"):
            return self._log10_abs_grad_logits(s, as_target(s, y))

    def log10_grad_norm(self, s: Softmax, y: TargetLike) -> Floats:
        """Return the decimal logarithm of the Euclidean norm of dL/da, shape (...)."""
        return log10_norm(self.log10_abs_grad_logits(s, y))

    @abstractmethod
    def _value(self, s: Softmax, t: Target) -> Floats: ...

    @abstractmethod
    def _grad_p(self, s: Softmax, t: Target) -> Floats: ...

    @abstractmethod
    def _grad_logits(self, s: Softmax, t: Target) -> Floats: ...

    def _log10_abs_grad_p(self, s: Softmax, t: Target) -> Floats:
        return np.log10(np.abs(self._grad_p(s, t)))

    @abstractmethod
    def _log10_abs_grad_logits(self, s: Softmax, t: Target) -> Floats: ...


class CrossEntropy(Loss):
    """``-sum y log p``; its gradient at the logits is ``p - y``: the 1/p cancels the p in J."""

    name, title = "cross_entropy", "Cross-entropy"

    def _value(self, s: Softmax, t: Target) -> Floats:
        return _weighted_sum(t.distribution, -s.log_p)

    def _grad_p(self, s: Softmax, t: Target) -> Floats:
        return np.where(t.distribution > 0.0, -t.distribution / s.p, 0.0)

    def _grad_logits(self, s: Softmax, t: Target) -> Floats:
        return _p_minus(s, t.distribution)

    def _log10_abs_grad_p(self, s: Softmax, t: Target) -> Floats:
        return np.where(t.distribution > 0.0, np.log10(t.distribution) - s.log10_p, -np.inf)

    def _log10_abs_grad_logits(self, s: Softmax, t: Target) -> Floats:
        return _log10_abs_p_minus(s, t.distribution)


class KullbackLeibler(CrossEntropy):
    """``KL(y || p) = sum y log(y / p)``: cross-entropy less the entropy of y, so with the same gradients."""

    name, title = "kl", "KL divergence"

    def _value(self, s: Softmax, t: Target) -> Floats:
        y = t.distribution
        # As sum (p - y) = 0, each term is y * (x - log1p(x)) >= 0 with x = (p - y) / y: nothing cancels near p = y.
        x = _p_minus(s, y) / y
        terms = np.where(y > 0.0, np.where(np.abs(x) < 0.1, y * _log1p_remainder(x), 0.0), s.p)
        far = y > 0.0
        far &= np.abs(x) >= 0.1
        terms = np.where(far, y * (x + (np.log(y) - s.log_p)), terms)
        soft = total(terms)[..., 0]
        return np.where(t.one_hot, t.at(-s.log_p)[..., 0], soft)


class LabelSmoothing(CrossEntropy):
    """Cross-entropy against ``(1 - epsilon) y + epsilon / n``."""

    name, title = "label_smoothing", "Label smoothing 0.1"

    def __init__(self, epsilon: float = 0.1) -> None:
        self.epsilon = epsilon

    def _value(self, s: Softmax, t: Target) -> Floats:
        kept = _weighted_sum(t.distribution, -s.log_p)
        return (1.0 - self.epsilon) * kept + self.epsilon / s.n * total(-s.log_p)[..., 0]

    def _grad_p(self, s: Softmax, t: Target) -> Floats:
        return -self._smoothed(s, t) / s.p

    def _grad_logits(self, s: Softmax, t: Target) -> Floats:
        even, y = self.epsilon / s.n, t.distribution
        # Near the target: p - t = (epsilon - epsilon / n) - q without forming 1 - epsilon.
        near = self.epsilon * ((s.n - 1) / s.n) - s.q
        plain = np.where(y == 0.0, s.p - even, _p_minus(s, y) + self.epsilon * (y - 1.0 / s.n))
        return np.where(y == 1.0, near, plain)

    def _log10_abs_grad_p(self, s: Softmax, t: Target) -> Floats:
        return np.log10(self._smoothed(s, t)) - s.log10_p

    def _log10_abs_grad_logits(self, s: Softmax, t: Target) -> Floats:
        return np.log10(np.abs(self._grad_logits(s, t)))

    def _smoothed(self, s: Softmax, t: Target) -> Floats:
        return (1.0 - self.epsilon) * t.distribution + self.epsilon / s.n


class SquaredError(Loss):
    """``half the sum of (p - y)^2``; its gradient p - y still has to pass through J, which is where it dies."""

    name, title = "squared_error", "Squared error"

    def _value(self, s: Softmax, t: Target) -> Floats:
        error = _p_minus(s, t.distribution)
        return 0.5 * total(error * error)[..., 0]

    def _grad_p(self, s: Softmax, t: Target) -> Floats:
        return _p_minus(s, t.distribution)

    def _grad_logits(self, s: Softmax, t: Target) -> Floats:
        hot, slope = t.one_hot[..., None], np.zeros(s.shape)
        if t.one_hot.any():
            slope = s.p * self._factor(s, t)
        return slope if t.one_hot.all() else np.where(hot, slope, s.vjp(_p_minus(s, t.distribution)))

    def _factor(self, s: Softmax, t: Target) -> Floats:
        """B with dL/da = p B for a one-hot target: of one sign at the target, hardly cancelling elsewhere.

        ``B_y = -(q_y^2 + sum of the others' p^2)`` and ``B_i = min(p_i, p_y) + D - (p_top - max(p_i, p_y))``
        with ``D = sum p_j (p_top - p_j) >= 0`` and differences of p from exact logit gaps, ``-p_top expm1(gap)``.
        """
        p_top = _at_winner(s, s.p)
        spread = total(s.p * -(p_top * np.expm1(s.gaps)))
        p_y = t.at(s.p)
        behind = p_top * np.expm1(np.maximum(s.gaps, t.at(s.gaps)))
        others = np.minimum(s.p, p_y) + (spread + behind)
        error = _p_minus(s, t.distribution)
        return np.where(t.is_class(), -total(error * error), others)

    def _log10_abs_grad_logits(self, s: Softmax, t: Target) -> Floats:
        plain = np.log10(np.abs(self._grad_logits(s, t)))
        if not t.one_hot.any():
            return plain
        return np.where(t.one_hot[..., None], s.log10_p + self._log10_factor(s, t), plain)

    def _log10_factor(self, s: Softmax, t: Target) -> Floats:
        """Decimal logarithm of |B|, with the winner's complement taken out where every term is of its size."""
        p_top = _at_winner(s, s.p)
        log10_q = s.log10_one_minus_p_max[..., None]
        gaps = np.expm1(s.gaps)
        spread = total(s.shares * -(p_top * gaps))  # D over q
        won = t.index[..., None] == s.winner[..., None]
        near = np.log10(s.shares + spread) + log10_q  # target is the winner: B_i = p_i + D
        at_won = np.log10(1.0 + total(s.shares * s.shares)) + 2.0 * log10_q
        at_top = np.log10(t.at(s.shares) + spread) + log10_q  # another is the winner: B_top = p_y + D
        plain = np.log10(np.abs(self._factor(s, t)))
        top = np.arange(s.n) == s.winner[..., None]
        losing = np.where(top, at_top, plain)
        return np.where(won, np.where(t.is_class(), at_won, near), losing)


class Focal(Loss):
    """``-sum y (1 - p)^2 log p`` (gamma = 2; Lin et al. 2017): its gradient is cross-entropy's times ``q (q - 2 p log p)``."""

    name, title = "focal", "Focal, gamma 2"

    def _value(self, s: Softmax, t: Target) -> Floats:
        return _weighted_sum(t.distribution * s.q * s.q, -s.log_p)

    def _grad_p(self, s: Softmax, t: Target) -> Floats:
        gradient = t.distribution * (2.0 * s.q * s.log_p - s.q * s.q / s.p)
        return np.where(t.distribution > 0.0, gradient, 0.0)

    def _grad_logits(self, s: Softmax, t: Target) -> Floats:
        q_y = t.at(s.q)
        strength = q_y * (q_y - 2.0 * _product(t.at(s.p), t.at(s.log_p)))
        hot = strength * np.where(t.is_class(), -s.q, s.p)
        if t.one_hot.all():
            return hot
        # w = p dL/dp per class; (J g)_i = w_i q_i - p_i * (sum of the other w).
        w = t.distribution * (2.0 * s.q * _product(s.p, s.log_p) - s.q * s.q)
        soft = w * s.q - s.p * (total(w) - w)
        return np.where(t.one_hot[..., None], hot, soft)

    def _log10_abs_grad_p(self, s: Softmax, t: Target) -> Floats:
        plain = np.log10(np.abs(self._grad_p(s, t)))
        far = np.log10(t.distribution) + 2.0 * s.log10_q - s.log10_p  # q^2 / p leads by far where p underflows
        return np.where((s.p < 1e-290) & (t.distribution > 0.0), far, plain)

    def _log10_abs_grad_logits(self, s: Softmax, t: Target) -> Floats:
        plain = np.log10(np.abs(self._grad_logits(s, t)))
        if not t.one_hot.any():
            return plain
        q_y, log10_q = t.at(s.q), t.at(s.log10_q)
        steepness = np.where(q_y > 1e-290, -t.at(s.log_p) / q_y, 1.0)  # -log p / q tends to 1
        strength = 2.0 * log10_q + np.log1p(2.0 * _product(t.at(s.p), steepness)) * LOG10_E
        logs = strength + np.where(t.is_class(), log10_q, s.log10_p)
        return np.where(t.one_hot[..., None], logs, plain)


def log10_norm(log10_abs: Floats) -> Floats:
    """Return the decimal logarithm of the Euclidean norm of entries (..., n) given by their decimal logarithms."""
    largest = log10_abs.max(axis=-1, keepdims=True)
    anchor = np.where(np.isfinite(largest), largest, 0.0)
    with np.errstate(all="ignore"):
        squares = total(10.0 ** (2.0 * (log10_abs - anchor)))
        return np.asarray((anchor + 0.5 * np.log10(squares))[..., 0])


def _at_winner(s: Softmax, values: Floats) -> Floats:
    return np.take_along_axis(values, s.winner[..., None], axis=-1)


def _p_minus(s: Softmax, y: Floats) -> Floats:
    """Return p - y, by way of q where y is at least one half: ``(1 - y) - q`` is exact in its first step."""
    return np.where(y >= 0.5, (1.0 - y) - s.q, s.p - y)


def _log10_abs_p_minus(s: Softmax, y: Floats) -> Floats:
    soft = np.log10(np.abs(_p_minus(s, y)))
    return np.where(y == 0.0, s.log10_p, np.where(y == 1.0, s.log10_q, soft))


def _product(a: Floats, b: Floats) -> Floats:
    """Return a * b with 0 * inf = 0, the limit of p log p."""
    return np.where(a == 0.0, 0.0, a * b)


def _weighted_sum(weights: Floats, values: Floats) -> Floats:
    return total(_product(weights, values))[..., 0]


def _log1p_remainder(x: Floats) -> Floats:
    """Return ``x - log1p(x)`` for |x| < 0.1 by its series x^2/2 - x^3/3 + ..., which does not cancel."""
    power, result = x * x, np.zeros_like(x)
    for k in range(2, 22):
        result += power / k if k % 2 == 0 else -power / k
        power = power * x
    return result


_ALL = (CrossEntropy(), SquaredError(), LabelSmoothing(), Focal(), KullbackLeibler())
LOSSES = MappingProxyType({loss.name: loss for loss in _ALL})
