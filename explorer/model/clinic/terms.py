"""What formulas are made of: sums, outer products, the Jacobian, for stacks s of shape (..., m, n); and advice."""

import numpy as np

from explorer.model.exact import Floats

USE_VJP = "Use p * (dy - (p * dy).sum(axis=-1, keepdims=True))."
USE_MATRIX = "Keep the matrix J = diag(p) − p pᵀ, and multiply it by the upstream gradient. " + USE_VJP
USE_OFF = "Every output depends on every logit: add the off-diagonal terms −p_i p_j. For a backward pass: " + USE_VJP
USE_JACOBIAN = "Use J_ij = p_i(δ_ij − p_j), for a batch: p[:, :, None] * (np.eye(n) - p[:, None, :])."
USE_CE = "The gradient of cross-entropy at the logits is p − y, with y one-hot."
USE_SE = "Multiply p − y by the softmax's Jacobian: with g = p - y, p * (g - (p * g).sum(axis=-1, keepdims=True))."


def total(x: Floats, axis: int | tuple[int, int] = -1) -> Floats:
    return np.asarray(x.sum(axis=axis, keepdims=True))


def through(s: Floats, g: Floats) -> Floats:
    """J g, row by row."""
    return s * (g - total(s * g))


def outer(s: Floats) -> Floats:
    return s[..., :, None] * s[..., None, :]


def diag(s: Floats) -> Floats:
    return s[..., :, None] * np.eye(s.shape[-1])


def eye(s: Floats) -> Floats:
    return np.broadcast_to(np.eye(s.shape[-1]), (*s.shape, s.shape[-1]))


def jacobian(s: Floats) -> Floats:
    return diag(s) - outer(s)


def as_columns(s: Floats) -> Floats:
    return np.broadcast_to(s[..., :, None], (*s.shape, s.shape[-1]))


def as_rows(s: Floats) -> Floats:
    return np.broadcast_to(s[..., None, :], (*s.shape, s.shape[-1]))


def pick(s: Floats, v: Floats) -> Floats:
    return total(s * v)


def hard(v: Floats) -> Floats:
    return np.asarray(np.eye(v.shape[-1])[v.argmax(axis=-1)])


def again(s: Floats) -> Floats:
    e = np.exp(s)
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def apply(matrix: Floats, v: Floats) -> Floats:
    return np.asarray((matrix * v[..., None, :]).sum(axis=-1))
