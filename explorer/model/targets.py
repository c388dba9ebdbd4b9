"""The target of a loss: a class index or a distribution over the classes, checked and in one form."""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.model.exact import Floats, Indices, as_reals, first_index, places
from explorer.model.softmax import Softmax

TargetLike: TypeAlias = int | ArrayLike
_SUM_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Target:
    """A checked target for a softmax of shape (..., n).

    Parameters
    ----------
    shape : (..., n)
        The shape of the softmax.
    index : (..., 1)
        The target class of each row that has one, else 0.
    soft : (..., 1) or None
        Which rows have no single target class but a distribution proper; None if there are none.
    given : (..., n) or None
        The distribution given; None for class indices.
    """

    shape: tuple[int, ...]
    index: Indices
    soft: NDArray[np.bool_] | None = None
    given: Floats | None = None

    @cached_property
    def place(self) -> Indices:
        """Positions (..., 1) of the target classes in a flattened array (..., n)."""
        return places(self.index, self.shape[-1])

    @cached_property
    def distribution(self) -> Floats:
        """The target as a distribution (..., n)."""
        if self.given is not None:
            return self.given
        distribution = np.zeros(self.shape)
        distribution.put(self.place, 1.0)
        return distribution


def as_target(s: Softmax, y: TargetLike) -> Target:
    """Check y against s and bring it into one form.

    An integer, or an integer array of the batch's shape, is a class index; an array (..., n) is a
    distribution, in which a row with a single 1 means that class. Raises ValueError when y does not fit, names
    no class, or is no distribution (entries >= 0, sum 1), TypeError when it is no number.
    """
    if type(y) is int and len(s.shape) == 1 and 0 <= y < s.n:
        return Target(s.shape, np.array([y]))
    given = np.asarray(y)
    if given.dtype.kind in "iu" and given.ndim < len(s.shape):
        return _from_index(s, given)
    if given.ndim == 0:
        raise TypeError(f"a target class must be an integer, not {y!r}")
    return _from_distribution(s, as_reals(y, "target probability"))


def _from_index(s: Softmax, given: NDArray[np.integer]) -> Target:
    batch = s.shape[:-1]
    outside = (given < 0) | (given >= s.n)
    if outside.any():
        raise ValueError(f"target class {int(given[outside].flat[0])} does not exist: classes are 0 to {s.n - 1}")
    try:
        index = np.broadcast_to(given, batch)[..., None]
    except ValueError:
        raise ValueError(f"target indices have shape {given.shape}, but the batch has {batch}") from None
    return Target(s.shape, index.astype(np.intp))


def _from_distribution(s: Softmax, given: Floats) -> Target:
    if not (given >= 0.0).all() or np.isinf(given).any():
        index = first_index(~(given >= 0.0) | np.isinf(given))
        raise ValueError(f"target probability at index {index} is {given[index]}; it needs to be 0 or more, and finite")
    try:
        distribution = np.array(np.broadcast_to(given, s.shape), order="C")
    except ValueError:
        raise ValueError(f"target distribution has shape {given.shape}, but p has {s.shape}") from None
    sums = np.add.reduce(distribution, axis=-1)
    off = np.asarray(~(np.abs(sums - 1.0) <= _SUM_TOLERANCE))
    if off.any():
        raise ValueError(f"a target distribution must sum to 1, not to {float(sums[off].flat[0])!r}")
    index = distribution.argmax(axis=-1, keepdims=True)
    soft = np.count_nonzero(distribution, axis=-1, keepdims=True) > 1
    soft |= distribution.max(axis=-1, keepdims=True) != 1.0
    index[soft] = 0
    return Target(s.shape, index, soft if soft.any() else None, distribution)
