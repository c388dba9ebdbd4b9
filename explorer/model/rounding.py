"""Number formats, and rounding to them: once, to nearest, ties to even.

Values are carried as float64, which holds every number of every format here. An operation on numbers of a
narrow format (at most 24 bits), done in float64 and then rounded once to that format, is correctly rounded for
``+ - * /`` (Figueroa, "When is double rounding innocuous?", SIGNUM Newsletter 30 (1995): 53 >= 2 * 24 + 2). Casting to
the dtypes of ml_dtypes would not do: they go through float32 and round twice.
"""

from dataclasses import dataclass
from types import MappingProxyType

import ml_dtypes
import numpy as np

from explorer.model.exact import Floats, quiet

_EXPONENT = np.int64(0x7FF0_0000_0000_0000)


@dataclass(frozen=True, eq=False)
class Grid:
    """The numbers of one format, or of several stacked along a first axis; fields are numbers or arrays (f,).

    Parameters
    ----------
    epsilon : the step between 1 and the next number
    smallest : the smallest subnormal number, which is the step below the normal range
    largest : the largest finite number
    overflow : what a number that rounds beyond it becomes, infinity or NaN
    """

    epsilon: Floats | float
    smallest: Floats | float
    largest: Floats | float
    overflow: Floats | float

    def round(self, x: Floats) -> Floats:
        """Return x (...) or (f, ...) rounded to the nearest number, ties to even. Pure; run it within ``quiet``."""
        epsilon, smallest, largest, overflow = self._facing(x)
        rounded = _nearest(x, _step(x, epsilon, smallest))
        beyond = ~(np.abs(rounded) <= largest)
        if beyond.any():
            rounded = np.where(beyond, x * overflow, rounded)
        return rounded

    def step(self, x: Floats) -> Floats:
        """Return the distance between neighbouring numbers at x, one unit in the last place; x as in ``round``."""
        epsilon, smallest, _, _ = self._facing(x)
        return _step(x, epsilon, smallest)

    def widened(self) -> "Grid":
        """The same precision with the exponents of float64."""
        like = np.zeros_like(self.epsilon)
        return Grid(self.epsilon, WIDE.smallest + like, WIDE.largest + like, WIDE.overflow + like)

    def _facing(self, x: Floats) -> list[Floats | float]:
        """Return the four fields in a shape that broadcasts along the first axis of x."""
        fields = [self.epsilon, self.smallest, self.largest, self.overflow]
        if isinstance(self.epsilon, float):
            return fields
        shape = (-1,) + (1,) * (x.ndim - 1)
        return [np.reshape(field, shape) for field in fields]


def _step(x: Floats, epsilon: Floats | float, smallest: Floats | float) -> Floats:
    power = (np.asarray(x).view(np.int64) & _EXPONENT).view(np.float64)  # of two, at most |x|
    return np.asarray(np.maximum(power * epsilon, smallest))


def _nearest(x: Floats, step: Floats) -> Floats:
    return np.asarray(np.rint(x / step) * step)


@dataclass(frozen=True)
class Format:
    """A binary floating-point format. ``precision`` counts the bits of the significand, the hidden one included."""

    name: str
    dtype: np.dtype[np.generic]
    bits: int
    precision: int
    smallest_normal: float
    smallest_subnormal: float
    largest: float
    has_infinity: bool

    @property
    def grid(self) -> Grid:
        """The numbers of the format."""
        overflow = np.inf if self.has_infinity else np.nan
        return Grid(2.0 ** (1 - self.precision), self.smallest_subnormal, self.largest, overflow)

    @quiet
    def round(self, x: Floats) -> Floats:
        """Return x (...) rounded once to the format, as float64: to nearest, ties to even. Pure."""
        return self.grid.round(np.asarray(x, dtype=np.float64))

    @quiet
    def step(self, x: Floats) -> Floats:
        """Return one unit in the last place at x (...): the format's spacing there, also in the subnormal range."""
        return self.grid.step(np.asarray(x, dtype=np.float64))


def _format(name: str) -> Format:
    dtype: np.dtype[np.generic] = np.dtype(getattr(ml_dtypes, name, name))
    facts = ml_dtypes.finfo(dtype)  # type: ignore[no-untyped-call]
    with np.errstate(all="ignore"):
        has_infinity = bool(np.isinf(np.array(np.inf).astype(dtype).astype(np.float64)))
    return Format(
        name,
        dtype,
        int(facts.bits),
        int(facts.nmant) + 1,
        float(facts.smallest_normal),
        float(facts.smallest_subnormal),
        float(facts.max),
        has_infinity,
    )


_NAMES = ("float64", "float32", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2")
FORMATS = MappingProxyType({name: _format(name) for name in _NAMES})
WIDE = FORMATS["float64"].grid


def stacked(formats: tuple[Format, ...]) -> Grid:
    """Return the grids of several formats as one, stacked along a first axis."""
    grids = [chosen.grid for chosen in formats]
    fields = ("epsilon", "smallest", "largest", "overflow")
    return Grid(*(np.array([getattr(grid, field) for grid in grids]) for field in fields))


def format_named(name: str) -> Format:
    """Return the format of that name; ValueError names the choices."""
    if name not in FORMATS:
        raise ValueError(f"there is no number format {name!r}; choose from {', '.join(FORMATS)}")
    return FORMATS[name]
