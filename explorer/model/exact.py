"""Error-free building blocks: exact differences, and sums that keep the digits plain float64 drops.

Sources: Knuth's TwoSum (The Art of Computer Programming, vol. 2, 4.2.2) and the vector extraction of
Rump, Ogita and Oishi, "Accurate floating-point summation", SIAM J. Sci. Comput. 31 (2008).
"""

from collections.abc import Callable
from functools import wraps
from numbers import Real
from typing import ParamSpec, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

P = ParamSpec("P")
R = TypeVar("R")


def quiet(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate what meets the ends of the range on purpose: no NumPy warning leaves the model."""

    @wraps(function)
    def hushed(*args: P.args, **kwargs: P.kwargs) -> R:
        with np.errstate(all="ignore"):
            return function(*args, **kwargs)

    return hushed


def difference(a: Floats, b: Floats, spare: Floats | None = None) -> tuple[Floats, Floats]:
    """Return ``(hi, lo)`` with ``hi = fl(a - b)`` and ``hi + lo = a - b`` exactly; b broadcasts to a.

    Writes to nothing but ``spare``, an array like a to work in. Where ``a - b`` is infinite (an infinite
    operand, or overflow) ``lo`` is 0.
    """
    hi = a - b
    back = np.subtract(hi, a, out=spare)
    lo = hi - back
    np.subtract(a, lo, out=lo)
    back += b
    lo -= back
    finite = np.isfinite(hi)
    if not finite.all():
        lo[~finite] = 0.0
    return hi, lo


def total(x: Floats) -> Floats:
    """Sum the last axis of x (..., n), keeping it as length 1: within one rounding of the exact sum, n < 2**25.

    Pure. Each term is cut at a common step; the high parts add up without any rounding, whatever their
    order, and the low parts are too small for their rounding to show. Terms of mixed sign are allowed: the
    error is one rounding of the largest term then, not of the sum. Terms must stay below 1e290 in size.
    """
    if x.shape[-1] <= 2:
        return _sum(x)
    high, low = _cut(x, np.maximum.reduce(np.abs(x), axis=-1, keepdims=True))
    high += _sum(low)
    return high


def total_with_rest(x: Floats, correction: Floats, spare: Floats | None = None) -> tuple[Floats, Floats]:
    """Sum x >= 0 and much smaller corrections of its terms like ``total``; return the sum and its rounding error.

    Writes to nothing but ``spare``, an array like x to work in.
    """
    high, low = _cut(x, np.maximum.reduce(x, axis=-1, keepdims=True), spare)
    low += correction
    rest = _sum(low)
    sum_ = high + rest
    rest -= sum_ - high
    return sum_, rest


def _cut(x: Floats, largest: Floats, spare: Floats | None = None) -> tuple[Floats, Floats]:
    """Return the exact sum of the terms' high parts, (..., 1), and their low parts (..., n)."""
    step = largest * 2.0 ** (x.shape[-1] + 1).bit_length()
    part = np.add(x, step, out=spare)
    part -= step
    high = _sum(part)
    return high, np.subtract(x, part, out=part)


def _sum(x: Floats) -> Floats:
    return np.add.reduce(x, axis=-1, keepdims=True)


def places(index: Indices, n: int) -> Indices:
    """Turn class indices (..., 1) into positions in a flattened, C-ordered array (..., n), for ``take`` and ``put``."""
    if index.size == 1:
        return index
    return index + n * np.arange(index.size).reshape(index.shape)


def as_reals(values: ArrayLike, name: str) -> Floats:
    """Return values as a new C-ordered float64 array.

    Integers of any size and objects that are real numbers are rounded to float64. Raises TypeError for
    anything else, and ValueError for rows of unequal length or a number beyond float64; the message starts
    with ``name`` (a singular noun) and says where.
    """
    try:
        given = np.asarray(values)
    except ValueError:
        raise ValueError(f"each {name} needs its place in a full array, but the rows differ in length") from None
    if given.dtype.kind in "fiub":
        return np.array(given, dtype=np.float64, order="C")
    reals = np.empty(given.shape)
    for index, entry in np.ndenumerate(np.asarray(values, dtype=object)):
        if not isinstance(entry, Real):
            raise TypeError(f"{name} at index {index} is {entry!r}, not a real number")
        try:
            reals[index] = float(entry)
        except OverflowError:
            raise ValueError(f"{name} at index {index} is too large for a float64") from None
    return reals


def first_index(mask: NDArray[np.bool_]) -> tuple[int, ...]:
    """Return the index of the first true entry of mask, as plain integers."""
    return tuple(int(i) for i in np.argwhere(mask)[0])
