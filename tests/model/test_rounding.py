"""Rounding to a format happens once, to the nearest number, ties to even, and overflows as the format does."""

import ml_dtypes
import numpy as np
import pytest
from format_oracle import SPECS
from hypothesis import given
from hypothesis import strategies as st
from model_oracle import mp

from explorer.model.rounding import FORMATS, Format, stacked

NARROW = [form for form in FORMATS.values() if form.bits <= 16]
each_format = pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
each_narrow = pytest.mark.parametrize("form", NARROW, ids=[form.name for form in NARROW])


def numbers(form: Format) -> np.ndarray:
    """Return all finite numbers of a narrow format, from their bit patterns, ascending."""
    with np.errstate(invalid="ignore"):  # signalling NaNs
        patterns = np.arange(2**form.bits).astype(f"u{form.bits // 8}").view(form.dtype).astype(np.float64)
    return np.unique(patterns[np.isfinite(patterns)])


@each_format
def test_the_table_says_what_the_specification_says(form: Format) -> None:
    spec = SPECS[form.name]
    assert form.precision == spec.precision
    assert form.smallest_normal == 2.0**spec.least
    assert form.smallest_subnormal == float(spec.tiny)
    assert form.largest == spec.last
    assert form.has_infinity is spec.infinite
    assert form.dtype.itemsize * 8 == form.bits


@each_narrow
def test_every_number_of_a_format_rounds_to_itself(form: Format) -> None:
    every = numbers(form)
    assert np.array_equal(form.round(every), every)


@each_narrow
def test_between_neighbours_the_nearer_wins_and_the_even_one_in_the_middle(form: Format) -> None:
    every = numbers(form)
    low, high = every[:-1], every[1:]
    middle = 0.5 * low + 0.5 * high
    assert np.array_equal(form.round(np.nextafter(middle, -np.inf)), low)
    assert np.array_equal(form.round(np.nextafter(middle, np.inf)), high)
    bits = low.astype(form.dtype).view(f"u{form.bits // 8}")
    assert np.array_equal(form.round(middle), np.where(bits % 2 == 0, low, high))


@each_format
def test_a_number_just_above_the_middle_is_not_rounded_twice(form: Format) -> None:
    if form.precision < 53:
        x = 1.0 + 2.0**-form.precision + 2.0**-40
        assert form.round(np.array(x)) == 1.0 + 2.0 ** (1 - form.precision)


def test_the_casts_of_ml_dtypes_do_round_twice() -> None:
    """If this fails, they got better: rounding might be left to them."""
    assert float(ml_dtypes.bfloat16(1.0 + 2.0**-8 + 2.0**-40)) == 1.0


@each_format
@given(x=st.floats(width=32))
def test_numbers_that_float32_holds_round_as_the_dtype_casts_them(form: Format, x: float) -> None:
    with np.errstate(all="ignore"):
        cast = np.array(x).astype(form.dtype).astype(np.float64)
    assert np.array_equal(form.round(np.array(x)), cast, equal_nan=True)


@each_format
@given(x=st.floats(allow_nan=False))
def test_any_double_rounds_as_in_exact_arithmetic(form: Format, x: float) -> None:
    expected = float(SPECS[form.name].fl(mp.mpf(x)))
    assert np.array_equal(form.round(np.array([x])), [expected], equal_nan=True)


@each_format
@given(x=st.floats(allow_nan=False, allow_infinity=False))
def test_a_step_is_the_distance_between_neighbours(form: Format, x: float) -> None:
    spec = SPECS[form.name]
    assert float(form.step(np.array(x))) == float(spec.ulp(mp.mpf(x)))


@pytest.mark.parametrize(
    ("name", "last_kept", "beyond"),
    [("float8_e4m3fn", 464.0, np.nan), ("float8_e5m2", np.nextafter(61440.0, 0.0), np.inf)],
)
def test_overflow_is_infinite_where_there_is_an_infinity_and_nan_where_not(
    name: str, last_kept: float, beyond: float
) -> None:
    form = FORMATS[name]
    found = form.round(np.array([last_kept, -last_kept, np.nextafter(last_kept, np.inf), np.inf, np.nan]))
    assert np.array_equal(found, [form.largest, -form.largest, beyond, beyond, np.nan], equal_nan=True)


@given(x=st.floats())
def test_stacked_formats_round_as_each_alone(x: float) -> None:
    forms = tuple(FORMATS.values())
    with np.errstate(all="ignore"):
        together = stacked(forms).round(np.full((len(forms), 2), x))
    assert np.array_equal(together, [form.round(np.full(2, x)) for form in forms], equal_nan=True)
