"""Eigenvectors of the softmax Jacobian, and its eigenvalues however small, for the few classes that fit a picture.

With ``x`` an eigenvalue of ``J = diag(p) - p p^T`` that is not a probability, the eigenvector is
``v_j = p_j / (p_j - x)`` (Golub, "Some modified matrix eigenvalue problems", SIAM Review 15 (1973)), where x solves
``sum v_j = 0``; x = 0 gives the vector of ones, and m classes of equal p share m - 1 eigenvectors with eigenvalue p.
Eigenvalues are held as ``x = p_k (1 + y)`` with k the nearer neighbour, and ``p_j - p_k`` comes from the gap of the
logits: then neither near-ties nor classes far below the smallest double cost any digits.
"""

import numpy as np
from numpy.typing import NDArray

from explorer.model.exact import Floats, quiet
from explorer.model.softmax import Softmax

MAX_CLASSES = 64
_NOTHING = 1e-150  # logits below it are 0: nobody tells them apart, and no gap needs to be subnormal
_HALVINGS = 64  # a root keeps 1/(2n) of the way to the next pole, so this is more than all its bits


@quiet
def eigenvectors(s: Softmax) -> Floats:
    """Return the orthonormal eigenvectors of J as columns (n, n), in the order of ``s.eigenvalues()``.

    The first is the null vector, ones over sqrt(n). Signs: a class more probable than the eigenvalue has a positive
    entry, one less probable a negative; among classes of equal p the first is positive. Orthonormal to 1e-12.

    Pure; a new array. Raises ValueError for a batch, more than 64 classes, and logits of -inf.
    """
    levels, level, counts = _levels(s)
    columns = [np.ones(s.n)]
    roots, _, _ = _roots(levels, counts)
    for k in range(levels.size):
        columns += _among_equals(np.flatnonzero(level == k), s.n)
        if k + 1 < levels.size:
            columns.append(roots[k, level])
    vectors = np.array(columns).T
    vectors /= np.abs(vectors).max(axis=0)
    return np.asarray(vectors / np.sqrt(np.add.reduce(vectors * vectors, axis=0)))


@quiet
def log10_eigenvalues(s: Softmax) -> Floats:
    """Return decimal logarithms (n,) of the eigenvalues of J, ascending; the first is ``-inf``, the null vector's 0.

    They go on below the smallest double, where ``s.eigenvalues()`` is 0. Pure; a new array. Errors as ``eigenvectors``.
    """
    levels, level, counts = _levels(s)
    log10_p = np.array([s.log10_p[level == k][0] for k in range(levels.size)])
    _, lower, offsets = _roots(levels, counts)
    between = np.where(lower, log10_p[:-1], log10_p[1:]) + np.log1p(offsets) / np.log(10.0)
    found = [-np.inf]
    for k in range(levels.size):
        found += [log10_p[k]] * (int(counts[k]) - 1)
        found += between[k : k + 1].tolist()
    return np.array(found)


def _levels(s: Softmax) -> tuple[Floats, NDArray[np.intp], Floats]:
    """Return the distinct logits, ascending, which of them each class has, and how many classes share each."""
    if len(s.shape) != 1 or s.n > MAX_CLASSES:
        raise ValueError(f"eigenvectors are computed for one row of at most {MAX_CLASSES} logits, not for {s.shape}")
    if not np.isfinite(s.logits).all():
        raise ValueError("eigenvectors need finite logits")
    logits = np.where(np.abs(s.logits) < _NOTHING, 0.0, s.logits)
    levels, level, counts = np.unique(logits, return_inverse=True, return_counts=True)
    return levels, level, counts.astype(np.float64)


def _roots(levels: Floats, counts: Floats) -> tuple[Floats, NDArray[np.bool_], Floats]:
    """Return the entries (k, k + 1) of the eigenvectors whose eigenvalues lie between neighbouring levels.

    Also, for each (k,), whether the lower level is the base of its eigenvalue ``p_base (1 + offset)``, and the offset.
    ``levels`` are the distinct logits, ascending, ``counts`` how many classes share each.
    """
    below, above = levels[:-1, None], levels[1:, None]
    n = np.add.reduce(counts)
    # Up to n times the lower pole the classes above it outweigh the others: the root is there, however far the next.
    reach = np.minimum(0.5 * np.expm1(above - below), n)
    lower = np.add.reduce(counts * _Entries(levels, below).at(reach), axis=-1, keepdims=True) >= 0.0
    entries = _Entries(levels, np.where(lower, below, above))
    low, high = np.zeros_like(reach), np.where(lower, reach, -0.5 * np.expm1(below - above))
    side = np.where(lower, 1.0, -1.0)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        sum_ = np.add.reduce(counts * entries.at(side * middle), axis=-1, keepdims=True)
        beyond = side * sum_ > 0.0  # the middle is farther from the pole than the root
        low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
    return entries.at(side * high), lower[:, 0], (side * high)[:, 0]


class _Entries:
    """``p_j / (p_j - x)`` for each level j (..., k), as a function of the offset y in ``x = p_base (1 + y)``."""

    def __init__(self, levels: Floats, base: Floats) -> None:
        gap = levels - base
        over = gap >= 0.0
        near, apart = np.exp(-np.abs(gap)), -np.expm1(-np.abs(gap))
        self._top = np.where(over, 1.0, near)
        self._apart = np.where(over, apart, -apart)
        self._slope = np.where(over, near, 1.0)

    def at(self, offset: Floats) -> Floats:
        return np.asarray(self._top / (self._apart - self._slope * offset))


def _among_equals(classes: NDArray[np.intp], n: int) -> list[Floats]:
    """Return an orthogonal basis of what sums to 0 over the given classes and is 0 elsewhere."""
    vectors = []
    for k in range(1, classes.size):
        vector = np.zeros(n)
        vector[classes[:k]] = 1.0
        vector[classes[k]] = -k
        vectors.append(vector)
    return vectors
