"""Losses on top of the softmax: value, gradient at p, gradient at the logits, each without cancellation.

Every gradient with respect to the logits is a closed form in p, q = 1 - p and exact logit differences
(derived from ``J g`` with ``sum p = 1``); for a one-hot target its terms hardly cancel. Next to the values
stand decimal logarithms of their magnitudes, which go on below the smallest double.
"""

from abc import ABC, abstractmethod
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from explorer.model.exact import Floats, quiet, total
from explorer.model.softmax import LOG10_E, Softmax
from explorer.model.targets import Target, TargetLike, as_target


class Loss(ABC):
    """A loss L(p, y). ``s`` is a Softmax of shape (..., n); y a class index (...) or a distribution (..., n).

    All methods are pure and return new arrays (a NumPy scalar for a single value); they raise ValueError or
    TypeError for a target that does not fit.
    """

    name: str
    title: str

    @quiet
    def value(self, s: Softmax, y: TargetLike) -> Floats:
        """Return the loss, shape (...), in nats where it is a logarithm."""
        return self._value(s, as_target(s, y))[..., 0][()]

    @quiet
    def grad_p(self, s: Softmax, y: TargetLike) -> Floats:
        """Return the upstream gradient dL/dp, shape (..., n); infinite where it exceeds the largest double.

        Where p is below the smallest normal double, and this finite all the same, it has no more digits than p.
        """
        return self._grad_p(s, as_target(s, y))

    @quiet
    def grad_logits(self, s: Softmax, y: TargetLike) -> Floats:
        """Return dL/da = J dL/dp, shape (..., n); a zero keeps the sign of what underflowed."""
        return self._grad_logits(s, as_target(s, y))

    @quiet
    def log10_abs_grad_p(self, s: Softmax, y: TargetLike) -> Floats:
        """Return the decimal logarithm of |dL/dp|, shape (..., n); finite beyond the range of a double too."""
        return self._log10_abs_grad_p(s, as_target(s, y))

    @quiet
    def log10_abs_grad_logits(self, s: Softmax, y: TargetLike) -> Floats:
        """Return the decimal logarithm of |dL/da|, shape (..., n); goes on below the smallest double."""
        return self._log10_abs_grad_logits(s, as_target(s, y))

    @quiet
    def log10_grad_norm(self, s: Softmax, y: TargetLike) -> Floats:
        """Return the decimal logarithm of the Euclidean norm of dL/da, shape (...)."""
        return log10_norm(self._log10_abs_grad_logits(s, as_target(s, y)))

    @abstractmethod
    def _value(self, s: Softmax, t: Target) -> Floats:
        """Return the loss, shape (..., 1)."""

    @abstractmethod
    def _grad_p(self, s: Softmax, t: Target) -> Floats: ...

    @abstractmethod
    def _grad_logits(self, s: Softmax, t: Target) -> Floats: ...

    @abstractmethod
    def _log10_abs_grad_p(self, s: Softmax, t: Target) -> Floats: ...

    @abstractmethod
    def _log10_abs_grad_logits(self, s: Softmax, t: Target) -> Floats: ...


class CrossEntropy(Loss):
    """``-sum y log p``; its gradient at the logits is ``p - y``: the 1/p cancels the p in J.

    A distribution y is taken to sum to exactly 1.
    """

    name, title = "cross_entropy", "Cross-entropy"

    def _value(self, s: Softmax, t: Target) -> Floats:
        return _surprise(t.distribution, s)

    def _grad_p(self, s: Softmax, t: Target) -> Floats:
        return _over(-t.distribution, t.distribution, s)

    def _grad_logits(self, s: Softmax, t: Target) -> Floats:
        return _p_minus_y(s, t)

    def _log10_abs_grad_p(self, s: Softmax, t: Target) -> Floats:
        return np.where(t.distribution > 0.0, np.log10(t.distribution) - s.log10_p, -np.inf)

    def _log10_abs_grad_logits(self, s: Softmax, t: Target) -> Floats:
        return _log10_abs_p_minus_y(s, t)


class KullbackLeibler(CrossEntropy):
    """``KL(y || p) = sum y log(y / p)``: cross-entropy less the entropy of y, so with the same gradients."""

    name, title = "kl", "KL divergence"

    def _value(self, s: Softmax, t: Target) -> Floats:
        surprise = super()._value(s, t)
        if t.soft is None:
            return surprise
        # As sum (p - y) = 0, a term may be y * (x - log1p(x)) >= 0 with x = (p - y) / y: nothing cancels near p = y.
        y, error = t.distribution, _p_minus_y(s, t)
        x, ratio = error / y, s.p / y
        plain = (s.p > 2.3e-308) & (ratio > 1e-300) & (ratio < 1e300)
        log_ratio = np.where(plain, np.log(ratio), s.log_p - np.log(y))
        terms = np.where(np.abs(x) < 0.1, y * _log1p_remainder(x), error - y * log_ratio)
        value = _sum(np.where(y > 0.0, terms, s.p))
        far = surprise + total(_product(y, np.log(y)))
        return np.where(t.soft, np.where(_beyond(s, y), far, value), surprise)


class LabelSmoothing(CrossEntropy):
    """Cross-entropy against ``(1 - epsilon) y + epsilon / n``."""

    name, title = "label_smoothing", "Label smoothing 0.1"

    def __init__(self, epsilon: float = 0.1) -> None:
        self.epsilon = epsilon

    def _value(self, s: Softmax, t: Target) -> Floats:
        return _surprise(self._smoothed(s, t), s)

    def _grad_p(self, s: Softmax, t: Target) -> Floats:
        smoothed = self._smoothed(s, t)
        return _over(-smoothed, smoothed, s)

    def _grad_logits(self, s: Softmax, t: Target) -> Floats:
        even = self.epsilon / s.n
        # At the target p - (1 - epsilon + epsilon / n) is epsilon (n - 1) / n - q, without forming 1 - epsilon.
        one_hot: Floats = s.p - even
        one_hot.put(t.place, self.epsilon * ((s.n - 1) / s.n) - s.q.take(t.place))
        if t.soft is None:
            return one_hot
        soft = _p_minus_y(s, t) + self.epsilon * (t.distribution - 1.0 / s.n)
        return np.where(t.soft, soft, one_hot)

    def _log10_abs_grad_p(self, s: Softmax, t: Target) -> Floats:
        logs: Floats = np.log10(self._smoothed(s, t)) - s.log10_p
        return logs

    def _log10_abs_grad_logits(self, s: Softmax, t: Target) -> Floats:
        return np.log10(np.abs(self._grad_logits(s, t)))

    def _smoothed(self, s: Softmax, t: Target) -> Floats:
        smoothed: Floats = (1.0 - self.epsilon) * t.distribution + self.epsilon / s.n
        return smoothed


class SquaredError(Loss):
    """``half the sum of (p - y)^2``; its gradient p - y still has to pass through J, which is where it dies."""

    name, title = "squared_error", "Squared error"

    def _value(self, s: Softmax, t: Target) -> Floats:
        size, order = _squares(s, t)
        one_hot = _times_power(_restored(0.5 * size, s, order), s, order)
        if t.soft is None:
            return one_hot
        error = _p_minus_y(s, t)
        return np.where(t.soft, 0.5 * total(error * error), one_hot)

    def _grad_p(self, s: Softmax, t: Target) -> Floats:
        return _p_minus_y(s, t)

    def _grad_logits(self, s: Softmax, t: Target) -> Floats:
        factor, order = self._factor(s, t)
        one_hot = _times_power(_restored(factor, s, order) * s.p, s, order)
        return one_hot if t.soft is None else np.where(t.soft, s.vjp(_p_minus_y(s, t)), one_hot)

    def _log10_abs_grad_p(self, s: Softmax, t: Target) -> Floats:
        return _log10_abs_p_minus_y(s, t)

    def _log10_abs_grad_logits(self, s: Softmax, t: Target) -> Floats:
        factor, order = self._factor(s, t)
        logs = np.log10(np.abs(factor)) + np.where(order == 0.0, 0.0, order * s.log10_q.take(s.winner_place))
        vanished = (factor == 0.0) & (s.gaps.take(t.place) == 0.0) & np.isfinite(s.log10_p)
        if vanished.any():
            logs = np.where(vanished, self._log10_beside_tie(s), logs)
        one_hot = s.log10_p + logs
        return one_hot if t.soft is None else np.where(t.soft, s.log10_abs_vjp(_p_minus_y(s, t)), one_hot)

    def _factor(self, s: Softmax, t: Target) -> tuple[Floats, Floats]:
        """Return b and k, both (..., n), with dL/da = p b q_top^k for a target class y.

        dL/da_i = p_i B_i with ``B_y = -(q_y^2 + sum of the others' p^2)``, of one sign, and elsewhere
        ``B_i = min(p_i, p_y) + D - (p_top - max(p_i, p_y))``, where ``D = q_top lag = p_top - sum p^2 >= 0``
        and the last difference, from the exact logit gap, is 0 unless winner, target and i are three classes.
        """
        won, lag = t.place == s.winner_place, s.moments[1]
        p_y, gap_y = s.p.take(t.place), s.gaps.take(t.place)
        others = np.minimum(s.p, p_y) + (s.q_top * lag + s.p_top * np.expm1(np.maximum(s.gaps, gap_y)))
        factor = np.where(won, s.shares + lag, others)
        factor.put(s.winner_place, s.shares.take(t.place) + lag)
        order = np.zeros(s.shape)
        order += won
        order.put(s.winner_place, 1.0)
        size, power = _squares(s, t)
        factor.put(t.place, -size)
        order.put(t.place, power)
        return factor, order

    def _log10_beside_tie(self, s: Softmax) -> Floats:
        """Return log10 of B where target and winner tie and the others underflow: ``p_i + p_top * their sum``."""
        others = np.where(s.gaps < 0.0, s.log10_p, -np.inf)
        largest = others.max(axis=-1, keepdims=True)
        scaled = np.exp((others - largest) / LOG10_E)
        logs: Floats = largest + np.log10(scaled + s.p_top * total(scaled))
        return logs


class Focal(Loss):
    """``-sum y (1 - p)^2 log p`` (gamma = 2; Lin et al. 2017).

    Its gradient for a target class is cross-entropy's times ``q_y (q_y - 2 p_y log p_y)``.
    """

    name, title = "focal", "Focal, gamma 2"

    def _value(self, s: Softmax, t: Target) -> Floats:
        return _surprise(t.distribution * s.q * s.q, s)

    def _grad_p(self, s: Softmax, t: Target) -> Floats:
        return _over(self._slope(s, t), t.distribution, s)

    def _grad_logits(self, s: Softmax, t: Target) -> Floats:
        q_y = s.q.take(t.place)
        order = np.full(s.shape, 2.0)
        order.put(t.place, 3.0)
        strength = _restored(self._focus(s).take(t.place), s, np.where(t.place == s.winner_place, order, 0.0))
        one_hot = _p_minus_y(s, t) * (q_y * q_y) * strength
        if t.soft is None:
            return one_hot
        slope = self._slope(s, t)
        return np.where(t.soft, slope * s.q - s.p * self._others(s, slope), one_hot)

    def _log10_abs_grad_p(self, s: Softmax, t: Target) -> Floats:
        y = t.distribution
        logs = np.log10(y) + (2.0 * s.log10_q + np.log10(self._focus(s)) - s.log10_p)
        return np.where(y > 0.0, logs, -np.inf)

    def _log10_abs_grad_logits(self, s: Softmax, t: Target) -> Floats:
        strength = 2.0 * s.log10_q.take(t.place) + np.log10(self._focus(s).take(t.place))
        one_hot = _log10_abs_p_minus_y(s, t) + strength
        if t.soft is None:
            return one_hot
        others = np.log10(np.abs(self._others(s, self._slope(s, t))))
        plain = np.log10(np.abs(self._grad_logits(s, t)))
        return np.where(t.soft, np.where(t.distribution == 0.0, s.log10_p + others, plain), one_hot)

    def _focus(self, s: Softmax) -> Floats:
        """Return ``1 - 2 p log p / q``, from 1 to 3: what makes the slope steeper than ``-y q^2 / p``."""
        steepness = np.where(s.q > 1e-290, -s.log_p / s.q, 1.0)  # tends to 1
        return 1.0 + 2.0 * _product(s.p, steepness)

    def _slope(self, s: Softmax, t: Target) -> Floats:
        """Return p dL/dp, which is finite everywhere."""
        slope: Floats = -t.distribution * s.q * s.q * self._focus(s)
        return slope

    def _others(self, s: Softmax, slope: Floats) -> Floats:
        """Return for each class the sum of the other classes' slopes."""
        losers = slope.copy()
        losers.put(s.winner_place, 0.0)
        sum_ = total(losers)
        others = (sum_ + slope.take(s.winner_place)) - losers
        others.put(s.winner_place, sum_)
        return others


def log10_norm(log10_abs: Floats) -> Floats:
    """Return the decimal logarithm of the Euclidean norm of entries (..., n) given by their decimal logarithms."""
    largest = log10_abs.max(axis=-1, keepdims=True)
    anchor = np.where(np.isfinite(largest), largest, 0.0)
    with np.errstate(all="ignore"):
        squares = total(np.exp((2.0 / LOG10_E) * (log10_abs - anchor)))
        return (anchor + 0.5 * np.log10(squares))[..., 0][()]


def _p_minus_y(s: Softmax, t: Target) -> Floats:
    """Return p - y, by way of q where y is at least one half: ``(1 - y) - q`` is exact in its first step."""
    one_hot = s.p.copy()
    one_hot.put(t.place, -s.q.take(t.place))
    if t.soft is None:
        return one_hot
    y = t.distribution
    return np.where(t.soft, np.where(y >= 0.5, (1.0 - y) - s.q, s.p - y), one_hot)


def _log10_abs_p_minus_y(s: Softmax, t: Target) -> Floats:
    one_hot = s.log10_p.copy()
    one_hot.put(t.place, s.log10_q.take(t.place))
    if t.soft is None:
        return one_hot
    y = t.distribution
    soft = np.where(y == 0.0, s.log10_p, np.log10(np.abs(_p_minus_y(s, t))))
    return np.where(t.soft, np.where(y == 1.0, s.log10_q, soft), one_hot)


def _squares(s: Softmax, t: Target) -> tuple[Floats, Floats]:
    """Return c and k, both (..., 1), with ``sum (p - y)^2 = c q_top^k`` for a target class y."""
    won, squares = t.place == s.winner_place, s.moments[0]
    # Where y lost, q_y^2 + (sum p^2 - p_y^2) = (q_y - p_y) + sum p^2.
    lost = (s.q.take(t.place) - s.p.take(t.place)) + (s.p_top * s.p_top + s.q_top * s.q_top * squares)
    return np.where(won, 1.0 + squares, lost), np.where(won, 2.0, 0.0)


def _times_power(values: Floats, s: Softmax, order: Floats) -> Floats:
    """Return ``values * q^order`` for the winner's q and orders 0, 1 and 2, without early underflow."""
    power = np.where(order >= 1.0, s.q_top, 1.0), np.where(order >= 2.0, s.q_top, 1.0)
    return values * power[0] * power[1]


def _restored(values: Floats, s: Softmax, order: Floats) -> Floats:
    """Give values, to be multiplied by ``q_top^order``, what rounding took from those factors."""
    return values + values * (order * s.q_rest)


def _over(slope: Floats, weights: Floats, s: Softmax) -> Floats:
    """Return slope / p, and 0 where the weight is 0."""
    return np.where(weights > 0.0, slope / s.p, 0.0)


def _product(a: Floats, b: Floats) -> Floats:
    """Return a * b with 0 * inf = 0, the limit of p log p."""
    return np.where(a == 0.0, 0.0, a * b)


def _surprise(weights: Floats, s: Softmax) -> Floats:
    """Return ``-sum weights * log p``, (..., 1), also where log p itself exceeds the largest double."""
    sum_, beyond = _sum(_product(weights, -s.log_p)), _beyond(s, weights)
    if not beyond.any():
        return sum_
    return np.where(beyond, _sum(_product(weights, -s.log10_p)) / LOG10_E, sum_)


def _beyond(s: Softmax, weights: Floats) -> NDArray[np.bool_]:
    """Return the rows, (..., 1), in which a log p of some weight stopped at the largest double."""
    rows: NDArray[np.bool_] = ((s.log_p == -_LARGEST) & (weights > 0.0)).any(axis=-1, keepdims=True)
    return rows


def _sum(terms: Floats) -> Floats:
    """Sum terms (..., n) >= 0 that may reach the largest double or be infinite, (..., 1)."""
    with_care = total(terms)
    return np.where(np.isfinite(with_care), with_care, np.add.reduce(terms, axis=-1, keepdims=True))


def _log1p_remainder(x: Floats) -> Floats:
    """Return ``x - log1p(x)`` for |x| < 0.1, which does not cancel.

    With ``r = x / (2 + x)``, ``log1p(x) = 2 atanh(r)`` and ``x - 2 r = x r``.
    """
    r = x / (2.0 + x)
    square = r * r
    series = np.zeros_like(x)
    for k in range(15, 1, -2):
        series = series * square + 1.0 / k
    return r * (x - 2.0 * square * series)


_LARGEST = np.finfo(np.float64).max
_ALL = (CrossEntropy(), SquaredError(), LabelSmoothing(), Focal(), KullbackLeibler())
LOSSES = MappingProxyType({loss.name: loss for loss in _ALL})
