"""Numbers that tell the truth: an exact 0 reads ``0``, nothing else does, and no probability rounds up to 1."""

import math
from collections.abc import Sequence

MINUS = "−"


def number(x: float, log10: float | None = None, digits: int = 3) -> str:
    """Return x in few figures: ``0.150``, ``−12.4``, ``8.5e−18``, ``0`` for an exact zero only.

    ``log10`` is the decimal logarithm of |x|, used where x itself has underflowed (``1e−434``) or overflowed.
    ``digits`` is the number of decimals of an ordinary number, rounded at the last; a power of ten has one
    figure less than that before it.
    """
    if x != x:
        return "NaN"
    size = abs(x)
    if 0.95 * 10.0**-digits <= size < 9.995:
        return f"{x:.{digits}f}".replace("-", MINUS)
    if 9.995 <= size < 99.95:
        return f"{x:.{digits - 1}f}".replace("-", MINUS)
    if 99.95 <= size < 99999.5:
        return f"{x:.{max(digits - 2, 0)}f}".replace("-", MINUS)
    if 2.3e-308 <= size <= 1.7e308:
        return scientific(x, digits - 2)
    if log10 is None:
        log10 = math.log10(size) if 0.0 < size < math.inf else -math.inf if size == 0.0 else math.inf
    sign = MINUS if x < 0.0 or math.copysign(1.0, x) < 0.0 else ""
    if log10 == -math.inf:
        return "0"
    if log10 == math.inf:
        return f"{sign}∞"
    return sign + power(log10, digits - 2)


def numbers(values: Sequence[float], log10: Sequence[float], digits: int = 3) -> list[str]:
    """Return what ``number`` gives for each value; made for many at once."""
    low, style = 0.95 * 10.0**-digits, f".{digits}f"
    texts = [
        format(x, style) if low <= abs(x) < 9.995 else number(x, log, digits)
        for x, log in zip(values, log10, strict=True)
    ]
    return "|".join(texts).replace("-", MINUS).split("|")


def scientific(x: float, decimals: int = 1) -> str:
    """Return x as a decimal and a power of ten: ``8.5e−18``."""
    mantissa, exponent = f"{x:.{decimals}e}".split("e")
    return f"{mantissa}e{int(exponent)}".replace("-", MINUS)


def power(log10: float, decimals: int = 1) -> str:
    """Return 10**log10 for any finite logarithm: ``8.5e−18``, ``1e−434``, and beyond 1e12 decades ``10^−4.34e299``."""
    exponent = math.floor(log10)
    if abs(log10) > 1e12:  # a double holds no mantissa beside such an exponent
        return f"10^{scientific(log10, 2)}"
    mantissa = f"{10.0 ** (log10 - exponent):.{decimals}f}"
    if float(mantissa) == 10.0:
        mantissa, exponent = "1", exponent + 1
    mantissa = "1" if float(mantissa) == 1.0 else mantissa
    return f"{mantissa}e{exponent}".replace("-", MINUS)


def probability(p: float, q: float, log10_p: float, log10_q: float) -> str:
    """Return a probability; one that would print as 1.000 prints by its complement: ``1 − 8.5e−18``."""
    if p >= 0.9995:
        return "1" if log10_q == -math.inf else f"1 {MINUS} {number(q, log10_q)}"
    return number(p, log10_p)


def exact(x: float) -> str:
    """Return x as a person would type it: two decimals if that is all there is, else the shortest that is exact."""
    short = f"{x:.2f}"
    return (short if abs(x) < 1e6 and float(short) == x else repr(float(x))).replace("e+", "e").replace("-", MINUS)


def subscript(index: int) -> str:
    """Return a class number, counted from 1, as subscript figures: ``subscript(0)`` is ``₁``."""
    return "".join(chr(0x2080 + int(figure)) for figure in str(index + 1))
