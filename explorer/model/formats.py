"""Number formats: what each one returns at the present logits, whether that is right, and who killed what is not.

Needs the package ml_dtypes, so it is imported on demand: ``from explorer.model import formats``.
How a format computes: see ``arithmetic``. The logits of the app enter a format as ``spread * z + shift``, computed in
float64 and then rounded once to the format.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from explorer.model.arithmetic import Arithmetic
from explorer.model.exact import Floats, quiet
from explorer.model.lost import class_index, gradient_lost_at, naive_overflows_at
from explorer.model.rounding import FORMATS, Format, format_named, stacked
from explorer.model.sweep import Sweep, along_spread

__all__ = [
    "FORMATS",
    "RIGHT_WITHIN",
    "Computed",
    "Format",
    "Marks",
    "Reading",
    "Verdict",
    "compute",
    "gradient_lost_at",
    "marks",
    "naive_overflows_at",
    "table",
]

RIGHT_WITHIN = 4.0
"""Units in the last place of the format."""

_GRADIENT = "gradient_norm:"
_DEFAULT_LOSSES = ("cross_entropy", "squared_error")


class Verdict(StrEnum):
    """What became of a quantity, with v what the arithmetic returned and T the true value.

    * *overflow/NaN*: v is not finite.
    * *right*: v is within 4 units in the last place of T. A unit is the format's spacing at T, in the subnormal
      range too; a v of exactly 0 is right only for a T of exactly 0.
    * *inaccurate*: v is neither right nor 0.
    * *lost by underflow*: v = 0, and either T is below the format's smallest subnormal, or the same precision with
      the exponents of float64 would not return 0, so that a number on the way was too small for the format.
    * *lost by cancellation*: v = 0 otherwise; the format could hold T.
    """

    RIGHT = "right"
    INACCURATE = "inaccurate"
    CANCELLED = "lost by cancellation"
    UNDERFLOWED = "lost by underflow"
    BROKEN = "overflow/NaN"


@dataclass(frozen=True, slots=True)
class Reading:
    """One quantity in one format.

    ``value`` is what the arithmetic returned, ``true`` and ``log10_true`` (of the size) the true value at the logits
    before they were rounded to the format, ``ulps`` the error in the format's units in the last place.
    ``logits_to_blame`` says of an inaccurate value that it is right for the rounded logits: the rounding on the way
    in did it, not the arithmetic.
    """

    value: float
    true: float
    log10_true: float
    verdict: Verdict
    ulps: float
    logits_to_blame: bool


@dataclass(frozen=True, eq=False)
class Computed(Mapping[str, Reading]):
    """What one format returns: the rounded logits (n,), p (n,), and readings by name.

    Names: ``p_max``, ``one_minus_p_max``, ``p_target_minus_1``, ``p_min`` and ``gradient_norm:<loss>``.
    """

    __hash__ = object.__hash__

    format: Format
    stable: bool
    logits: Floats
    p: Floats
    readings: Mapping[str, Reading]

    def __getitem__(self, name: str) -> Reading:
        return self.readings[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.readings)

    def __len__(self) -> int:
        return len(self.readings)


def compute(
    z: ArrayLike,
    target: int,
    *,
    format: str = "bfloat16",
    stable: bool = True,
    spread: float = 1.0,
    shift: float = 0.0,
    losses: tuple[str, ...] = _DEFAULT_LOSSES,
) -> Computed:
    """Return what one format returns at effective logits ``spread * z + shift``, with a verdict per quantity.

    Parameters
    ----------
    z : (n,)
        Logits.
    target : int
        Target class.
    format : str
        A name in ``FORMATS``.
    stable : bool
        Whether the maximum is subtracted first.
    losses : tuple of str
        Whose gradients at the logits are measured.

    Pure. Raises ValueError or TypeError, with a sentence, for what does not fit. The truth about float64 is itself
    known to about 3 units in the last place only.
    """
    return table(z, target, stable=stable, spread=spread, shift=shift, losses=losses, formats=(format,))[format]


@quiet
def table(
    z: ArrayLike,
    target: int,
    *,
    stable: bool = True,
    spread: float = 1.0,
    shift: float = 0.0,
    losses: tuple[str, ...] = _DEFAULT_LOSSES,
    formats: tuple[str, ...] = tuple(FORMATS),
) -> dict[str, Computed]:
    """Return what each of the formats returns, by name, as ``compute`` does; all of them in one pass."""
    chosen = tuple(format_named(name) for name in formats)
    y = class_index(target)
    truth = along_spread(z, spread, shift=shift, target=y, losses=losses)
    logits = np.repeat(truth.softmax.logits, len(chosen), axis=0)
    found = Arithmetic(logits, stacked(chosen), stable)
    columns = {name: _judged(name, found, logits, truth, y) for name in _names(losses)}
    _blame_logits(columns, found, y, losses)
    return {
        form.name: Computed(
            form, stable, found.logits[k], found.p[k], {name: column[k] for name, column in columns.items()}
        )
        for k, form in enumerate(chosen)
    }


def marks(found: Sweep, *, format: str, stable: bool = True) -> "Marks":
    """Return what a format returns at the positions of a sweep.

    ValueError for an unknown format, and where the sweep's target is no class index but a distribution.
    """
    return Marks(found, format_named(format), stable)


class Marks(Mapping[str, Floats]):
    """What a format returns along a sweep: a mapping with the names of the sweep, values (m,), each made on first use.

    An exact 0 has the ``log10`` ``-inf``; what the format breaks is NaN or infinite in both.
    """

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __init__(self, found: Sweep, format: Format, stable: bool) -> None:
        self.format, self.stable, self.names = format, stable, found.names
        self._target = None if found.target is None else class_index(found.target)
        self._arithmetic = Arithmetic(found.softmax.logits, format.grid, stable)
        self._known: dict[str, Floats] = {}

    def __getitem__(self, name: str) -> Floats:
        if name not in self._known:
            if name not in self.names:
                raise KeyError(f"unknown quantity {name!r}; choose from {', '.join(self.names)}")
            self._known[name] = _returned(name, self._arithmetic, self._target or 0)
            self._known[name].flags.writeable = False
        return self._known[name]

    @quiet
    def log10(self, name: str) -> Floats:
        """Return decimal logarithms (m,) of the sizes of the values."""
        return np.asarray(np.log10(np.abs(self[name])))

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def _names(losses: tuple[str, ...]) -> tuple[str, ...]:
    return ("p_max", "one_minus_p_max", "p_target_minus_1", "p_min", *(_GRADIENT + loss for loss in losses))


def _returned(name: str, found: Arithmetic, target: int) -> Floats:
    """Return what the arithmetic makes of a quantity, shape (...)."""
    if name.startswith(_GRADIENT):
        return found.gradient_norm(name.removeprefix(_GRADIENT), target)
    if name == "p_target_minus_1":
        return found.p_minus_one(target)
    values: Floats = getattr(found, name)
    return values


def _true(name: str, truth: Sweep, target: int) -> tuple[Floats, Floats]:
    """Return the true values (m,) and the decimal logarithms of their sizes."""
    s = truth.softmax
    if name == "p_max":
        return s.p_top[..., 0], s.log10_p.max(axis=-1)
    if name == "p_min":
        return s.p.min(axis=-1), s.log10_p.min(axis=-1)
    if name == "p_target_minus_1":
        return -s.q[..., target], s.log10_q[..., target]
    return truth[name], truth.log10(name)


def _judged(name: str, found: Arithmetic, logits: Floats, truth: Sweep, target: int) -> list[Reading]:
    """Return the readings of one quantity, one per format."""
    values = _returned(name, found, target)
    true, log10_true = (float(x[0]) for x in _true(name, truth, target))
    ulps = np.abs(values - true) / found.grid.step(np.full(values.shape, true))
    broken, zero = ~np.isfinite(values), values == 0.0
    lost = zero & (log10_true > -np.inf)
    small = lost & (log10_true < np.log10(found.grid.smallest))
    if (lost & ~small).any():
        wide = Arithmetic(logits, found.grid.widened(), found.stable)
        small |= lost & (_returned(name, wide, target) != 0.0)
    right = (zero & ~lost) | (~zero & (ulps <= RIGHT_WITHIN))
    cases = [broken, right, small, lost]
    verdicts = [Verdict.BROKEN, Verdict.RIGHT, Verdict.UNDERFLOWED, Verdict.CANCELLED]
    picked = np.select(cases, np.arange(len(cases)), len(cases))
    return [
        Reading(value, true, log10_true, (*verdicts, Verdict.INACCURATE)[case], error, False)
        for value, case, error in zip(values.tolist(), picked.tolist(), ulps.tolist(), strict=True)
    ]


def _blame_logits(columns: dict[str, list[Reading]], found: Arithmetic, target: int, losses: tuple[str, ...]) -> None:
    """Mark, in place, the inaccurate readings that are right for the rounded logits."""
    if not any(reading.verdict is Verdict.INACCURATE for column in columns.values() for reading in column):
        return
    sound = np.asarray(np.isfinite(found.p).all(axis=-1, keepdims=True))
    rounded = Sweep(np.zeros(len(sound)), np.where(sound, found.logits, 0.0), target, losses)
    for name, column in columns.items():
        values = np.array([reading.value for reading in column])
        true = _true(name, rounded, target)[0]
        right = np.abs(values - true) <= RIGHT_WITHIN * found.grid.step(true)
        for k, reading in enumerate(column):
            if reading.verdict is Verdict.INACCURATE and right[k]:
                column[k] = replace(reading, logits_to_blame=True)
