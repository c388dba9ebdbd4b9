"""The target of a loss: a class index or a distribution over the classes, checked and in one form."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.model.exact import Floats
from explorer.model.softmax import Softmax

TargetLike: TypeAlias = int | ArrayLike
_SUM_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Target:
    """A checked target: ``distribution`` (..., n), and for each row the class of a one-hot target.

    ``index`` (...) holds that class (0 where the row is no one-hot vector), ``one_hot`` (...) says which rows are.
    """

    distribution: Floats
    index: NDArray[np.intp]
    one_hot: NDArray[np.bool_]

    def at(self, values: Floats) -> Floats:
        """Return the entries of values (..., n) at the target class, keeping the last axis as length 1."""
        return np.take_along_axis(values, self.index[..., None], axis=-1)

    def is_class(self) -> NDArray[np.bool_]:
        """Return the mask (..., n) of the target class."""
        return np.arange(self.distribution.shape[-1]) == self.index[..., None]


def as_target(s: Softmax, y: TargetLike) -> Target:
    """Check y against s and bring it into one form.

    An integer scalar, or an integer array of the batch's shape, is a class index; an array (..., n) is a
    distribution. Raises ValueError when y does not fit, names no class, or is no distribution (entries >= 0, sum 1).
    """
    given = np.asarray(y)
    if given.dtype.kind in "iu" and given.ndim < max(len(s.shape), 1):
        return _from_index(s, given)
    if given.dtype.kind not in "fiub":
        raise ValueError(f"target must be a class index or a distribution, not {given.dtype}")
    return _from_distribution(s, given.astype(np.float64))


def _from_index(s: Softmax, given: NDArray[np.generic]) -> Target:
    batch = s.shape[:-1]
    try:
        index = np.broadcast_to(given, batch).astype(np.intp)
    except ValueError:
        raise ValueError(f"target indices have shape {given.shape}, but the batch has {batch}") from None
    outside = (index < 0) | (index >= s.n)
    if outside.any():
        raise ValueError(f"target class {int(index[outside].flat[0])} does not exist: classes are 0 to {s.n - 1}")
    distribution = (np.arange(s.n) == index[..., None]).astype(np.float64)
    return Target(distribution, index, np.ones(batch, dtype=bool))


def _from_distribution(s: Softmax, given: Floats) -> Target:
    try:
        distribution = np.array(np.broadcast_to(given, s.shape))
    except ValueError:
        raise ValueError(f"target distribution has shape {given.shape}, but p has {s.shape}") from None
    if not (np.isfinite(distribution).all() and (distribution >= 0.0).all()):
        raise ValueError("a target distribution needs finite entries, none below 0")
    sums = distribution.sum(axis=-1)
    off = np.abs(sums - 1.0) > _SUM_TOLERANCE
    if off.any():
        raise ValueError(f"a target distribution must sum to 1, not to {float(sums[off].flat[0])!r}")
    one_hot = (distribution == 1.0).any(axis=-1) & (np.count_nonzero(distribution, axis=-1) == 1)
    index = np.where(one_hot, distribution.argmax(axis=-1), 0)
    return Target(distribution, index, one_hot)
