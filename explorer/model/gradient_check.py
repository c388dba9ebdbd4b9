"""Gradient check: finite differences of a loss against its analytic gradient, over the size of the step.

Theory, for a step h and round-off ε = 2.2e−16 of the loss: the forward difference errs by ``h/2 · L'' + ε/h``, the
central one by ``h²/6 · L''' + ε/h``, the complex step ``Im L(a + ih) / h`` by ``h²/6 · L'''`` only, for it subtracts
nothing (Squire and Trapp, "Using complex variables to estimate derivatives of real functions", SIAM Rev. 40, 1998).
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.model import LOSSES, Softmax
from explorer.model.exact import Floats, quiet

METHODS = ("forward", "central", "complex")
STEPS = np.logspace(-1.0, -16.0, 46)
STEPS.flags.writeable = False
_EXACT = 4.0 * np.finfo(np.float64).eps  # an error below it is round-off of the result itself

Complexes = NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class GradientCheck:
    """Relative errors ``max |numeric − analytic| / max |analytic|`` of each of METHODS at each of ``steps``, (K,).

    ``best`` has the index of each method's best step: the largest one that no other beats by more than round-off.
    Where the analytic gradient is 0, ``defined`` is False and errors are NaN.
    """

    steps: Floats
    errors: dict[str, Floats]
    best: dict[str, int]
    analytic: Floats

    @property
    def defined(self) -> bool:
        """Is there a gradient to be relative to?"""
        return bool(np.abs(self.analytic).max() > 0.0)


@quiet
def gradient_check(loss: str, a: ArrayLike, target: int, steps: Floats = STEPS) -> GradientCheck:
    """Check the gradient of a loss (a name in LOSSES) at effective logits a (n,) with three kinds of differences.

    Pure and vectorised: one softmax over all steps, so O(K n²). Raises KeyError for an unknown loss, ValueError
    for logits or a target that the softmax and the loss refuse.
    """
    point, found = Softmax(a), LOSSES[loss]
    analytic = found.grad_logits(point, target)
    z, n = point.logits, point.n
    nudges = steps[:, None, None] * np.eye(n)
    moved = Softmax(np.stack([z + nudges, z - nudges]))
    up, down = found.value(moved, np.full(moved.shape[:-1], target))
    h = steps[:, None]
    numeric = {
        "forward": (up - found.value(point, target)) / h,
        "central": (up - down) / (2.0 * h),
        "complex": _COMPLEX[loss](z + 1j * nudges, target).imag / h,
    }
    size = np.abs(analytic).max()
    errors = {name: np.abs(values - analytic).max(axis=-1) / size for name, values in numeric.items()}
    errors = {name: np.where(np.isfinite(analytic).all() & (size > 0.0), e, np.nan) for name, e in errors.items()}
    best = {name: int(np.argmin(np.maximum(np.nan_to_num(e, nan=np.inf), _EXACT))) for name, e in errors.items()}
    return GradientCheck(steps, errors, best, analytic)


# -- the losses for complex logits (..., n), target y: analytic formulas, which need no |·| and no comparison but one


def _odds(a: Complexes) -> tuple[Complexes, int]:
    """Return R = sum of exp(a_j − a_k) over the others than the winner k, (...), and k, the same for all rows."""
    k = int(a.real.reshape(-1, a.shape[-1])[0].argmax())
    e = np.exp(a - a[..., [k]])
    e[..., k] = 0.0
    return e.sum(axis=-1), k


def _log1p(x: Complexes) -> Complexes:
    """Return log(1 + x) with every digit of both parts; NumPy's loses those of the real part."""
    real, imag = x.real, x.imag
    return 0.5 * np.log1p(real * (2.0 + real) + imag * imag) + 1j * np.arctan2(imag, 1.0 + real)


def _log_p(a: Complexes) -> Complexes:
    odds, k = _odds(a)
    log_p: Complexes = a - a[..., [k]] - _log1p(odds)[..., None]
    return log_p


def _q(a: Complexes, y: int) -> Complexes:
    """Return 1 − p of the target, (...)."""
    odds, k = _odds(a)
    if k == y:
        q: Complexes = odds / (1.0 + odds)
    else:
        q = np.subtract(1.0, np.exp(_log_p(a)[..., y]))
    return q


def _cross_entropy(a: Complexes, y: int) -> Complexes:
    loss: Complexes = -_log_p(a)[..., y]
    return loss


def _squared_error(a: Complexes, y: int) -> Complexes:
    p = np.exp(_log_p(a))
    p[..., y] = _q(a, y)
    loss: Complexes = 0.5 * (p * p).sum(axis=-1)
    return loss


def _label_smoothing(a: Complexes, y: int) -> Complexes:
    weights, epsilon = np.zeros(a.shape[-1]), 0.1
    weights[y] = 1.0 - epsilon
    loss: Complexes = -((weights + epsilon / a.shape[-1]) * _log_p(a)).sum(axis=-1)
    return loss


def _focal(a: Complexes, y: int) -> Complexes:
    loss: Complexes = -(_q(a, y) ** 2) * _log_p(a)[..., y]
    return loss


_COMPLEX: MappingProxyType[str, Callable[[Complexes, int], Complexes]] = MappingProxyType(
    {
        "cross_entropy": _cross_entropy,
        "squared_error": _squared_error,
        "label_smoothing": _label_smoothing,
        "focal": _focal,
        "kl": _cross_entropy,
    }
)
