"""The softmax and its gradients as a number format computes them: every single operation rounded to the format.

The steps are those of the usual programs, in this order:

* logits are rounded to the format; with the stable recipe ``d = a - max a``, with the naive one ``d = a``;
* ``e = exp d``, ``S = sum e`` one addition after the other, ``p = e / S``;
* ``log p = d - log S`` (stable) or ``log p`` itself (naive), with ``0 log 0 = 0`` in the entropy;
* ``J_ij = -(p_i p_j)``, on the diagonal ``p_i (1 - p_i)``;
* cross-entropy, KL and label smoothing: ``p - y``; squared error, through J: ``p (g - sum p g)`` with ``g = p - y``;
  focal: ``p - y`` times ``q q + 2 q p_y (-log p_y)``, ``q = 1 - p_y``.

Norms of vectors and matrices are taken outside, in float64, of the entries that the format returned: they measure
what arrived and cannot lose it themselves.
"""

from functools import cached_property

import numpy as np

from explorer.model.exact import Floats, quiet
from explorer.model.losses import LOSSES, LabelSmoothing
from explorer.model.rounding import Grid
from explorer.model.sweep import euclidean_norm

_EPSILON = LabelSmoothing().epsilon


class Arithmetic:
    """What comes out for logits (..., n) when every operation is rounded to the numbers of a grid.

    With a stacked grid the first axis of the logits counts its formats. Values are carried as float64;
    NaN and infinities are what the format gives. Pure; no NumPy warnings.
    """

    @quiet
    def __init__(self, logits: Floats, grid: Grid, stable: bool = True) -> None:
        self.grid, self.stable = grid, stable
        self.logits = grid.round(logits)
        top = self.logits.max(axis=-1, keepdims=True)
        self._shifted = grid.round(self.logits - top) if stable else self.logits
        powers = grid.round(np.exp(self._shifted))
        self._sum = self._running_sum(powers)
        self.p = grid.round(powers / self._sum)

    @property
    def p_max(self) -> Floats:
        """The largest probability, shape (...)."""
        return np.asarray(self.p.max(axis=-1))

    @property
    def p_min(self) -> Floats:
        """The smallest probability, shape (...)."""
        return np.asarray(self.p.min(axis=-1))

    @property
    @quiet
    def one_minus_p_max(self) -> Floats:
        """``1 - p_max``, shape (...)."""
        return self.grid.round(1.0 - self.p_max)

    @quiet
    def p_minus_one(self, target: int) -> Floats:
        """``p_y - 1`` at the target, shape (...)."""
        return self.grid.round(self.p[..., target] - 1.0)

    @cached_property
    @quiet
    def log_p(self) -> Floats:
        """Natural logarithm of p, shape (..., n)."""
        if not self.stable:
            return self.grid.round(np.log(self.p))
        return self.grid.round(self._shifted - self.grid.round(np.log(self._sum)))

    @cached_property
    @quiet
    def entropy(self) -> Floats:
        """``-sum p log p``, shape (...)."""
        terms = np.where(self.p == 0.0, 0.0, self.grid.round(self.p * self.log_p))
        return np.asarray(0.0 - self._running_sum(terms)[..., 0])

    @cached_property
    @quiet
    def jacobian(self) -> Floats:
        """Entries of J, shape (..., n, n)."""
        p, fl = self.p, self.grid.round
        entries = -fl(p[..., :, None] * p[..., None, :])
        diagonal = np.arange(p.shape[-1])
        entries[..., diagonal, diagonal] = fl(p * fl(1.0 - p))
        return entries

    @quiet
    def gradient(self, loss: str, target: int) -> Floats:
        """dL/da for a class index, shape (..., n)."""
        fl, p = self.grid.round, self.p
        error = p.copy()
        error[..., target] = self.p_minus_one(target)
        if loss in ("cross_entropy", "kl"):
            return error
        if loss == "label_smoothing":
            y = np.full(p.shape, _EPSILON / p.shape[-1])
            y[..., target] = 1.0 - _EPSILON + _EPSILON / p.shape[-1]
            return fl(p - fl(y))
        if loss == "squared_error":
            return fl(p * fl(error - self._running_sum(fl(p * error))))
        if loss == "focal":
            q = fl(1.0 - p[..., target])
            steep = fl(fl(fl(2.0 * q) * p[..., target]) * -self.log_p[..., target])
            return fl(error * fl(fl(q * q) + steep)[..., None])
        raise ValueError(f"there is no loss {loss!r}; choose from {', '.join(LOSSES)}")

    def gradient_norm(self, loss: str, target: int) -> Floats:
        """Euclidean norm of the gradient's entries, shape (...)."""
        return euclidean_norm(self.gradient(loss, target))

    @property
    def max_abs_jacobian(self) -> Floats:
        """Largest |J_ij|, shape (...)."""
        return np.asarray(np.abs(self.jacobian).max(axis=(-2, -1)))

    @property
    def frobenius(self) -> Floats:
        """Frobenius norm of J's entries, shape (...)."""
        return euclidean_norm(self.jacobian.reshape(*self.p.shape[:-1], -1))

    @property
    def spectral_norm(self) -> Floats:
        """Spectral norm of the matrix of J's entries, shape (...)."""
        sound = np.asarray(np.isfinite(self.jacobian).all(axis=(-2, -1)))
        entries = np.where(sound[..., None, None], self.jacobian, 0.0)
        return np.where(sound, np.abs(np.linalg.eigvalsh(entries)).max(axis=-1), np.nan)

    def _running_sum(self, terms: Floats) -> Floats:
        """Return the sum (..., 1) of terms (..., n) in index order, rounded after each addition."""
        sum_ = terms[..., 0]
        for k in range(1, terms.shape[-1]):
            sum_ = self.grid.round(sum_ + terms[..., k])
        return sum_[..., None]
