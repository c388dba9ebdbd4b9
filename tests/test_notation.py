"""What is shown as a number is true: within half a unit of its last figure, and 0 or 1 only for exactly that."""

import math
import struct
from decimal import Decimal, localcontext

import mpmath
import pytest
from figures import read
from hypothesis import example, given
from hypothesis import strategies as st

from explorer.model.notation import MINUS, exact, number, numbers, power, probability, scientific, subscript
from explorer.session.intake import parse_number

DOUBLES = st.floats(allow_nan=False, allow_infinity=False)
SMALLEST, LARGEST = 2.2250738585072014e-308, 1.7976931348623157e308
EDGES = (0.001, 0.0009999, 0.00095, 0.9995, 99.95, 99.949999, 99999.5, 99999.49, 2.3e-308, 2.2e-308, 5e-324, 1.75e308)

SHOWN = {
    "an ordinary number": (0.15, "0.150"),
    "a negative one": (-12.4, "−12.40"),
    "hundreds": (1000.0, "1000.0"),
    "many thousands": (123456.0, "1.2e5"),
    "a tiny one": (8.496708638498396e-18, "8.5e−18"),
    "rounded up to a power of ten": (9.99e-10, "1.0e−9"),
    "just below a thousandth": (0.0009, "9.0e−4"),
    "a thousandth": (0.001, "0.001"),
    "zero": (0.0, "0"),
    "minus zero": (-0.0, "0"),
    "the smallest double": (5e-324, "4.9e−324"),
    "the largest double": (LARGEST, "1.8e308"),
    "infinity": (math.inf, "∞"),
    "minus infinity": (-math.inf, "−∞"),
    "not a number": (math.nan, "NaN"),
}


@pytest.mark.parametrize(("x", "text"), SHOWN.values(), ids=SHOWN)
def test_a_number_reads(x: float, text: str) -> None:
    assert number(x) == text


UNDERFLOWN = {
    "below the smallest double": (0.0, -433.99, "1e−434"),
    "with two figures": (0.0, -868.5889, "2.6e−869"),
    "negative": (-0.0, -434.2945, "−5.1e−435"),
    "subnormal: the logarithm knows more": (5e-324, -323.6, "2.5e−324"),
    "rounded up to the next power": (0.0, -400.00001, "1e−400"),
    "overflown": (math.inf, 434.2945, "2.0e434"),
    "overflown and negative": (-math.inf, 434.2945, "−2.0e434"),
    "really zero": (0.0, -math.inf, "0"),
    "really infinite": (math.inf, math.inf, "∞"),
    "unimaginably small": (0.0, -4.3429e299, "10^−4.34e299"),
}


@pytest.mark.parametrize(("x", "log10", "text"), UNDERFLOWN.values(), ids=UNDERFLOWN)
def test_a_number_beyond_the_range_reads_by_its_logarithm(x: float, log10: float, text: str) -> None:
    assert number(x, log10) == text


@given(DOUBLES | st.sampled_from(EDGES), st.integers(3, 6))
def test_what_is_read_is_within_half_a_unit_of_the_truth(x: float, digits: int) -> None:
    text = number(x, digits=digits)
    with localcontext(prec=50):
        assert read(text).shows(Decimal(x)), text


@given(DOUBLES | st.floats(-1e6, 1e6) | st.floats(-1e-3, 1e-3))
@example(-0.0)
def test_zero_and_the_sign_are_said_of_nothing_else(x: float) -> None:
    text = number(x)
    assert (text == "0") == (x == 0.0)
    assert text.startswith(MINUS) == (x < 0.0)
    assert "-" not in text
    assert (read(text).value == 0) == (x == 0.0)


@given(st.floats(-1e6, 1e6, exclude_max=True), st.booleans())
@example(-1e-20, False)
@example(-434.0, True)
def test_a_power_of_ten_is_within_half_a_unit(log10: float, negative: bool) -> None:
    x = 0.0 if log10 < -308 else math.inf if log10 > 308 else 10.0**log10
    text = number(-x if negative else x, log10)
    assert text.startswith(MINUS) == negative
    figure = read(text.removeprefix(MINUS))
    with mpmath.workdps(40):
        truth, value = mpmath.mpf(10) ** mpmath.mpf(log10), mpmath.mpf(str(figure.value))
        assert abs(value - truth) <= mpmath.mpf(str(figure.half_unit)) * 1.000001, text


@given(st.floats(max_value=0.0, allow_infinity=False))
def test_no_finite_logarithm_reads_as_zero(log10: float) -> None:
    assert number(0.0, log10) not in ("0", "")
    assert number(0.0, log10).startswith("1" if abs(log10) > 1e15 else tuple("123456789"))


@given(st.floats(0.0, 1.0) | st.floats(0.9985, 0.9999) | st.floats(0.0, 1e-300), st.booleans())
@example(0.9995, False)
@example(0.9995, True)
@example(math.nextafter(0.9995, 0.0), False)
@example(0.0005, True)
def test_a_probability_tells_the_truth(small: float, swapped: bool) -> None:
    """The doubles nearest to a probability and its complement, either of them the small one."""
    q, p = small, 1.0 - small
    p, q = (q, p) if swapped else (p, q)
    log_p, log_q = (math.log10(x) if x else -math.inf for x in (p, q))
    text = probability(p, q, log_p, log_q)
    assert text not in ("0.000", "1.000")
    assert (text == "1") == (q == 0.0)
    assert (text == "0") == (p == 0.0)
    if text.startswith(f"1 {MINUS} "):
        assert p >= 0.9995
        assert read(text.removeprefix(f"1 {MINUS} ")).shows(Decimal(q)), text
    else:
        assert read(text).shows(Decimal(p)), text


def test_a_probability_goes_on_where_doubles_end() -> None:
    assert probability(1.0, 0.0, 0.0, -433.99) == "1 − 1e−434"
    assert probability(0.0, 1.0, -433.99, 0.0) == "1e−434"
    assert probability(1.0, 0.0, 0.0, -math.inf) == "1"
    assert probability(0.0, 1.0, -math.inf, 0.0) == "0"


@given(DOUBLES | st.integers(-(10**9), 10**9).map(lambda k: k / 100))
@example(-0.0)
@example(1e22)
@example(-1e-5)
def test_an_exact_text_is_the_same_double_bit_for_bit(x: float) -> None:
    text = exact(x)
    assert "-" not in text
    assert struct.pack("d", parse_number(text)) == struct.pack("d", x)


def test_an_exact_text_is_short_where_that_is_enough() -> None:
    texts = [exact(x) for x in (2.0, -1.2, 0.1, 0.337, 1e-5, 1e22, 123456.78)]
    assert texts == ["2.00", "−1.20", "0.10", "0.337", "1e−05", "1e22", "123456.78"]


@given(st.floats(SMALLEST, LARGEST) | st.floats(1e-5, 1e5))
def test_scientific_and_power_agree(x: float) -> None:
    ours, other = read(scientific(x)), read(power(math.log10(x)))
    with localcontext(prec=50):
        assert abs(ours.value - other.value) <= 2 * ours.half_unit


def test_subscripts_count_from_one() -> None:
    assert [subscript(i) for i in (0, 8, 9, 11)] == ["₁", "₉", "₁₀", "₁₂"]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=8), st.integers(2, 3))
def test_many_numbers_read_as_each_alone(values: list[float], digits: int) -> None:
    logs = [math.log10(abs(x)) if x else -math.inf for x in values]
    assert numbers(values, logs, digits) == [number(x, log, digits) for x, log in zip(values, logs, strict=True)]
