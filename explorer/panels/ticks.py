"""Axis ticks with real values, for linear and for logarithmic axes."""

import math

from explorer.model.notation import MINUS, scientific

Tick = tuple[float, str]
_LOWEST = -1e307  # of an axis of logarithms: twice its span is still a double


def nice_limit(largest: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that is not below ``largest``."""
    if not 0.0 < largest < math.inf:
        return 1.0
    decade = 10.0 ** math.floor(math.log10(largest))
    for step in (1.0, 2.0, 5.0, 10.0):
        if largest <= step * decade * (1.0 + 1e-12):
            return step * decade
    return 10.0 * decade


def plain(x: float) -> str:
    """Return a round tick value as short as it can be: ``0.25``, ``−1``, ``2e−5``."""
    size = abs(x)
    text = f"{x:g}" if size == 0.0 or 1e-3 <= size < 1e5 else f"{x:.0e}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa}e{int(exponent)}"
    return text.replace("-", MINUS)


def linear(low: float, high: float, parts: int) -> list[Tick]:
    """Return evenly spaced ticks from low to high."""
    return [(v, plain(v)) for v in (low + (high - low) * k / parts for k in range(parts + 1))]


def decade_step(span: float, most: int) -> int:
    """Return a step in decades that gives at most ``most`` ticks over the span."""
    for step in (1, 2, 3, 4, 5, 10, 20, 50, 100, 200, 500):
        if span / step <= most:
            return step
    return int(10 ** math.ceil(math.log10(span / most)))


def decades(low: float, high: float, most: int, sign: str = "") -> list[Tick]:
    """Return ticks at whole decades between the decimal logarithms low and high."""
    step = decade_step(high - low, most)
    first = math.ceil(low / step) * step
    return [(float(d), decade(d, sign)) for d in range(first, math.floor(high) + 1, step)]


def decade(exponent: int, sign: str = "") -> str:
    """Return 10**exponent as it reads on an axis: ``1``, ``0.1``, ``1e−8``."""
    if exponent == 0:
        return f"{sign}1"
    if abs(exponent) >= 10**5:
        return f"{sign}10^{scientific(exponent, 0)}"
    return f"{sign}1e{exponent}".replace("-", MINUS)


def floor_for(lowest: float, floors: tuple[float, ...]) -> float:
    """Return the first of the descending floors that lies at or below ``lowest``; beyond them, the next 1000."""
    for floor in floors:
        if lowest >= floor:
            return floor
    return -1000.0 * math.ceil(-lowest / 1000.0) if lowest > -1e300 else max(lowest, _LOWEST)
