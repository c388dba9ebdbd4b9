"""What the compared programs compute: the textbook formulas in plain NumPy, as anyone would write them."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEPS = 10_000  # positions of a slider
SPREADS: Floats = np.logspace(-2.0, 3.0, 101)
FLOOR = 1e-20  # bottom of the log-log plot


@dataclass(frozen=True)
class Pictures:
    """The data of the four pictures for one set of logits."""

    p: Floats  # (n,)
    jacobian: Floats  # (n, n)
    gradients: tuple[Floats, Floats]  # of cross-entropy and squared error at the logits, each (n,)
    curves: tuple[Floats, Floats, Floats]  # size of J and of both gradients at SPREADS, each (101,)


def softmax(a: Floats) -> Floats:
    """Return the softmax along the last axis."""
    e = np.exp(a - a.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def jacobian(p: Floats) -> Floats:
    """Return the Jacobian (..., n, n) of the softmax with probabilities p (..., n)."""
    return p[..., None] * (np.eye(p.shape[-1]) - p[..., None, :])


def pictures(z: Floats, target: int) -> Pictures:
    """Return all that the four pictures show, for logits z (n,).

    The size of J along the spreads is its Frobenius norm: eigenvalues of 101 matrices would slow the compared
    programs down for a reason that has nothing to do with drawing.
    """
    y = np.zeros(len(z))
    y[target] = 1.0
    p = softmax(z)
    matrix = jacobian(p)
    along = softmax(SPREADS[:, None] * z)
    matrices, errors = jacobian(along), along - y
    sizes = (
        np.linalg.norm(matrices, axis=(1, 2)),
        np.linalg.norm(errors, axis=1),
        np.linalg.norm((matrices @ errors[:, :, None])[:, :, 0], axis=1),
    )
    curves = (np.maximum(sizes[0], FLOOR), np.maximum(sizes[1], FLOOR), np.maximum(sizes[2], FLOOR))
    return Pictures(p, matrix, (p - y, matrix @ (p - y)), curves)


def start_logits(n: int) -> tuple[float, ...]:
    """Return the logits that all programs start from."""
    return tuple(round(2.4 * math.cos(1.7 * k), 2) for k in range(n))


def logit_at(position: int) -> float:
    """Return the logit at a slider position: -50 to 50, finer around 0, as on the app's sliders."""
    return math.sinh((2.0 * position / STEPS - 1.0) * math.asinh(50.0))


def position_of(logit: float) -> int:
    """Return the slider position nearest to a logit."""
    return round((0.5 + 0.5 * math.asinh(logit) / math.asinh(50.0)) * STEPS)


def sweep_position(k: int) -> int:
    """Return the position of the dragged slider in frame k: from end to end and back in steps of about a pixel."""
    return STEPS - abs(STEPS - 80 * k % (2 * STEPS))
