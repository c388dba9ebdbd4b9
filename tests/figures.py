"""Reading back what the screen shows: the value of a text, and how far the truth may be from it."""

from decimal import Decimal
from typing import NamedTuple

from explorer.model.notation import MINUS


class Figure(NamedTuple):
    """A number as shown: its value and half a unit of its last figure."""

    value: Decimal
    half_unit: Decimal

    def shows(self, truth: Decimal, slack: Decimal = Decimal("1e-6")) -> bool:
        """Tell whether the truth, rounded, is what is shown; slack is a fraction of the half unit."""
        return abs(self.value - truth) <= self.half_unit * (1 + slack)


def read(text: str) -> Figure:
    """Return what a text says: ``0.150``, ``−8.5e−18``, ``1e−434``, ``1 − 8.5e−18``, or one of these in parentheses."""
    plain = text.strip().removeprefix("(").removesuffix(")")
    complement = plain.removeprefix(f"1 {MINUS} ")
    if complement != plain:
        inner = read(complement)
        return Figure(Decimal(1) - inner.value, inner.half_unit)
    value = Decimal(plain.replace(MINUS, "-"))
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    if value == 0 or plain == "1":
        return Figure(value, Decimal(0))  # 0 and 1 are only said of what is exactly that
    if "e" in plain and "." not in plain:
        exponent -= 1  # "1e−434" is short for 1.0e−434
    return Figure(value, Decimal((0, (5,), exponent - 1)))
