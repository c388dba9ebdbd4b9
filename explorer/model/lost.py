"""Where a number format loses the winner's gradient, and where its naive exponential overflows."""

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.model.arithmetic import Arithmetic
from explorer.model.exact import Floats, quiet
from explorer.model.rounding import Format, format_named
from explorer.model.sweep import along_spread, effective_logits, row_of_logits

_BLOCK = 512  # spreads tried at once
_OCTAVE = 64  # spreads tried first in each octave, in a format of more than 16 bits
_FINER = 64  # how much finer each further search is
_BACK = 16  # strides that it begins before the place found so far
_GUARD = 1024  # spreads tried one by one, at the lower bound and before the place found
_FARTHEST = 2.0**1000


def gradient_lost_at(
    z: ArrayLike, target: int, *, format: str, stable: bool = True, shift: float = 0.0
) -> float | None:
    """Return the spread at which a format first loses the winner's gradient, or None if it never does.

    With the winner as target, that gradient is cross-entropy's ``p_y - 1``; it is lost where the arithmetic (see
    ``arithmetic``) returns exactly 0 for it, as p_winner rounds to 1. With another target cross-entropy's gradient
    survives; what is lost at this spread is then the winner's own ``1 - p``, and with it the winner's diagonal
    entry of J. So the target need only exist.

    Parameters
    ----------
    z : (n,)
        Logits at spread 1 and shift 0.
    target : int
        Target class.
    format : str
        A name in ``FORMATS``.
    stable : bool
        Whether the maximum is subtracted first.

    Returns
    -------
    float or None
        The smallest spread t, among the numbers with as many significant bits as the format has, at which the
        logits ``t z + shift``, rounded to the format, lose it. None for a tie for first place, for a class without
        rivals, and where the logits or the naive exponentials overflow first.

    Notes
    -----
    Far from 0 the rounding of the logits can make the loss come and go near its onset. For formats of at most 16
    bits all spreads in question are tried; for wider ones the onset is bracketed and narrowed down, and only a
    thousand numbers before it are tried one by one: an earlier loss that comes and goes can be missed there.
    Pure. Raises ValueError or TypeError, with a sentence, for what does not fit.
    """
    form = format_named(format)
    row = row_of_logits(z)
    if not (0 <= class_index(target) < row.size and math.isfinite(shift)):
        along_spread(z, 1.0, shift=shift, target=target)  # names what does not fit
    best, second = np.sort(row)[::-1][:2] if row.size > 1 else (row[0], -math.inf)
    if best == second or second == -math.inf:
        return None
    precision, grid = form.precision, form.grid

    def lost(ranks: NDArray[np.int64]) -> NDArray[np.bool_]:
        spreads = _number(ranks, precision)
        logits = effective_logits(row, spreads[:, None], shift)
        return np.asarray(Arithmetic(logits, grid, stable).one_minus_p_max == 0.0)

    low, high = _bounds(float(best), float(second), form, stable, shift)
    first, last = _rank(low, precision), _rank(high, precision) + 1
    stride = 1 if form.bits <= 16 else 2 ** (precision - 1) // _OCTAVE
    found = _search(lost, first, min(first + _GUARD, last), 1) if stride > 1 else None
    if found is None:
        found = _search(lost, first, last, stride)
        while found is not None and stride > 1:
            behind, stride = _BACK * stride, max(stride // _FINER, 1)
            nearer = _search(lost, max(first, found - max(behind, _GUARD)), found, stride)
            found = found if nearer is None else nearer
    return None if found is None else float(_number(np.array(found), precision))


@quiet
def naive_overflows_at(format: str) -> float:
    """Return the logit beyond which the exponential of a single logit overflows the format.

    It is where ``exp`` reaches the largest number plus half a step: every logit above overflows, none below.
    ValueError for an unknown format.
    """
    form = format_named(format)
    # Half the last step is lost to rounding in float64, where the logarithm cannot tell.
    return float(np.log(form.largest) + np.log1p(0.5 * form.step(np.array(form.largest)) / form.largest))


def class_index(target: Any) -> int:
    """Return a target class as an integer; TypeError for anything else, a distribution for example."""
    try:
        return operator.index(target)
    except TypeError:
        raise TypeError(f"a number format needs a target class, an integer, not {target!r}") from None


def _bounds(best: float, second: float, form: Format, stable: bool, shift: float) -> tuple[float, float]:
    """Return spreads between which the winner's gradient is first lost, if it is lost at all.

    A format of p bits drops the runner-up only from ``exp(-gap) <= 2**-p`` on. Rounding both logits and their
    difference can feign a gap larger than the true one by ``2**-p`` of the sizes of the logits; the naive recipe
    drops it also where its exponential is subnormal.
    """
    unit, size = 2.0**-form.precision, max(abs(best), abs(second))
    needed = form.precision * math.log(2.0) * (1.0 - 4.0 * unit) - 2.0 * unit * abs(shift)
    low = needed / (best - second + 2.0 * unit * size)
    bottom, top = -form.largest, form.largest
    if not stable:
        bottom, top = math.log(form.smallest_subnormal) - 1.0, naive_overflows_at(form.name)
        subnormal = math.log(form.smallest_normal) * (1.0 - 4.0 * unit) + 1.0
        low = min(low, _reaches(subnormal, second, shift))
    slack = 1.0 + 2.0 * unit
    if best == 0.0:
        high = _FARTHEST if bottom * slack <= shift <= top * slack else 0.0
    else:
        high = (slack * (top if best > 0.0 else bottom) - shift) / best
    low = max(low, _nothing_moves(shift, form) / size, 1.0 / _FARTHEST)
    return min(low, _FARTHEST), min(max(high, 1.0 / _FARTHEST), _FARTHEST)


def _nothing_moves(shift: float, form: Format) -> float:
    """Return how far, at least, a logit must be from the shift before it rounds to another number of the format."""
    step = float(form.step(np.array(shift)))
    to_boundary = min(abs(shift / step % 1.0 - 0.5), 0.25) * step
    return max(to_boundary, 2.0**-54 * abs(shift))


def _reaches(logit: float, slope: float, shift: float) -> float:
    """Return the spread t >= 0 at which ``t slope + shift`` falls to the logit, infinity if it never does."""
    if shift <= logit:
        return 0.0
    return (logit - shift) / slope if slope < 0.0 else math.inf


def _search(lost: Callable[[NDArray[np.int64]], NDArray[np.bool_]], first: int, last: int, stride: int) -> int | None:
    """Return the first rank from first to last, in strides, that is lost; None if there is none."""
    for start in range(first, last + 1, _BLOCK * stride):
        ranks = np.arange(start, min(start + _BLOCK * stride, last + 1), stride)
        hits = lost(ranks)
        if hits.any():
            return int(ranks[hits.argmax()])
    return None


def _number(rank: NDArray[np.int64], precision: int) -> Floats:
    """Return the positive numbers with that many significant bits, in order; rank 0 is 1."""
    octave, place = np.divmod(rank, 2 ** (precision - 1))
    return np.asarray(np.ldexp(1.0 + np.ldexp(place.astype(np.float64), 1 - precision), octave))


def _rank(x: float, precision: int) -> int:
    """Return the rank of the largest such number that is at most x > 0."""
    fraction, exponent = math.frexp(x)
    octave: int = 2 ** (precision - 1)
    return (exponent - 1) * octave + math.floor((2.0 * fraction - 1.0) * octave)
