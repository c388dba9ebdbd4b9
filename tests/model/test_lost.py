"""The spread at which a format loses the winner's gradient, and the logit at which its naive exponential overflows."""

import itertools
import math

import numpy as np
import pytest
from format_oracle import SPECS, Computed
from hypothesis import assume, given
from hypothesis import strategies as st

from explorer.model import formats
from explorer.model.formats import FORMATS, gradient_lost_at, marks, naive_overflows_at
from explorer.model.sweep import along_spread

# Two classes, gap t; the figures of PyTorch's cross-entropy, measured, are 5.5625, 7.625, 16.64 and 36.74.
LOST = {
    "float64": 53.0 * math.log(2.0),
    "float32": 24.0 * math.log(2.0),
    "float16": 7.625,
    "bfloat16": 5.5625,
    "float8_e4m3fn": 2.75,
    "float8_e5m2": 2.0,
}
OVERFLOWS = {
    "float64": 709.78,
    "float32": 88.72,
    "float16": 11.09,
    "bfloat16": 88.72,
    "float8_e4m3fn": 6.14,
    "float8_e5m2": 11.03,
}
logits = st.lists(st.floats(-8.0, 8.0, width=16), min_size=2, max_size=5, unique=True)


def spreads(precision: int, low: float, high: float) -> np.ndarray:
    """Return all numbers with that many significant bits in an interval."""
    octaves = range(math.frexp(low)[1] - 1, math.frexp(high)[1] + 1)
    steps = 1.0 + np.arange(2 ** (precision - 1)) / 2.0 ** (precision - 1)
    every = np.concatenate([steps * 2.0**octave for octave in octaves])
    return every[(every >= low) & (every <= high)]


def one_minus_p(z: list[float], spread: float, name: str, stable: bool = True, shift: float = 0.0) -> float:
    a = [spread * x + shift for x in z]
    return Computed(a, 0, SPECS[name], stable).values(())["one_minus_p_max"]


@pytest.mark.parametrize(("name", "threshold"), LOST.items())
@pytest.mark.parametrize("stable", [True, False], ids=["stable", "naive"])
def test_two_classes_lose_it_at_the_known_gap(name: str, threshold: float, stable: bool) -> None:
    found = gradient_lost_at((1.0, 0.0), 0, format=name, stable=stable)
    step = float(FORMATS[name].step(np.array(threshold)))
    slack = (
        step if stable or name != "float64" else 1e-5
    )  # which way ties go in e^t + 1 is NumPy's exponential's secret
    assert found == pytest.approx(threshold, abs=slack)


@pytest.mark.parametrize(("name", "threshold"), LOST.items())
def test_just_before_it_is_not_lost(name: str, threshold: float) -> None:
    found = gradient_lost_at((1.0, 0.0), 0, format=name)
    before = found - float(FORMATS[name].step(np.array(0.99 * found)))
    assert one_minus_p([1.0, 0.0], found, name) == 0.0
    assert one_minus_p([1.0, 0.0], before, name) > 0.0


@pytest.mark.parametrize("name", ["float16", "bfloat16", "float8_e4m3fn", "float8_e5m2"])
@pytest.mark.parametrize("stable", [True, False], ids=["stable", "naive"])
@pytest.mark.parametrize("shift", [0.0, -9.0, 100.0])
@given(z=logits)
def test_a_narrow_format_loses_it_at_no_smaller_spread(name: str, stable: bool, shift: float, z: list[float]) -> None:
    """By trying every spread; from 2^-6 on, as the search leaves out those at which no logit moves."""
    found = gradient_lost_at(z, 0, format=name, stable=stable, shift=shift)
    every = spreads(SPECS[name].precision, 2.0**-6, 2.0**9)
    tried = marks(along_spread(z, every, shift=shift), format=name, stable=stable)["one_minus_p_max"] == 0.0
    if found is None or found > every[-1]:
        assert not tried.any()
    elif found >= every[0]:
        assert every[tried.argmax()] == found
        assert tried.any()
    else:
        assert one_minus_p(z, found, name, stable, shift) == 0.0


@pytest.mark.parametrize("name", ["float32", "float64"])
@given(z=logits, shift=st.sampled_from([0.0, 3.0, -40.0]))
def test_a_wide_format_loses_it_there_and_not_before(name: str, z: list[float], shift: float) -> None:
    top, second = sorted(z, reverse=True)[:2]
    assume(top - second > 1e-3)
    found = gradient_lost_at(z, 0, format=name, shift=shift)
    step = float(FORMATS[name].step(np.array(found)))
    near = found + step * np.arange(-300, 301)
    lost = marks(along_spread(z, near, shift=shift), format=name)["one_minus_p_max"] == 0.0
    assert lost[300]
    assert not lost[:300].any()
    far = np.linspace(0.0, found, 4000, endpoint=False)
    assert not (marks(along_spread(z, far, shift=shift), format=name)["one_minus_p_max"] == 0.0).any()
    assert one_minus_p(z, found, name, shift=shift) == 0.0


@given(z=logits, name=st.sampled_from(list(SPECS)), target=st.integers(0, 1))
def test_the_table_agrees(z: list[float], name: str, target: int) -> None:
    found = gradient_lost_at(z, target, format=name)
    if found is None:
        assert name.startswith("float8") or max(z) - sorted(z)[-2] < 0.01
        return
    reading = formats.compute(z, target, format=name, spread=found)["one_minus_p_max"]
    assert reading.value == 0.0 < 10.0**reading.log10_true
    assert reading.verdict in (formats.Verdict.CANCELLED, formats.Verdict.UNDERFLOWED)


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("z", [(1.0,), (2.0, 2.0), (0.0,) * 4, (3.0, 1.0, 3.0), (1.0, -math.inf)], ids=str)
def test_without_a_single_leader_over_a_rival_it_is_never_lost(name: str, z: tuple[float, ...]) -> None:
    assert gradient_lost_at(z, 0, format=name) is None
    assert gradient_lost_at(z, 0, format=name, stable=False) is None


def test_logits_that_overflow_first_lose_nothing() -> None:
    assert gradient_lost_at((1.0, 0.0), 0, format="float8_e4m3fn", shift=500.0) is None
    assert gradient_lost_at((1.0, 0.0), 0, format="float32", stable=False, shift=100.0) is None
    assert gradient_lost_at((1.0, 0.0), 0, format="float32", shift=100.0) == pytest.approx(LOST["float32"], abs=1e-4)


def test_rounded_logits_can_feign_a_gap() -> None:
    """62.5 and 61.9 are 64 and 60 in e4m3fn; and 100 is just between two of its numbers, so that any spread will do."""
    assert gradient_lost_at((100.0, 99.0), 0, format="float8_e4m3fn") == 0.625
    assert gradient_lost_at((1.0, -1.0), 0, format="float8_e4m3fn", shift=100.0) < 1e-12


def test_ten_classes_lose_it_later_the_winner_being_added_last() -> None:
    first, last = ((1.0, *(0.0,) * 9), (*(0.0,) * 9, 1.0))
    for name, z in itertools.product(("float32", "float64"), (first, last)):
        expected = LOST[name] + (math.log(9.0) if z is last else 0.0)
        assert gradient_lost_at(z, 0, format=name) == pytest.approx(expected, abs=1e-5)


def test_a_larger_gap_at_spread_one_is_lost_at_a_smaller_spread() -> None:
    assert gradient_lost_at((400.0, 0.0), 1, format="float8_e4m3fn") == pytest.approx(2.75 / 400.0, rel=0.1)
    assert gradient_lost_at((1e300, 0.0), 1, format="float64") == pytest.approx(LOST["float64"] / 1e300)


@pytest.mark.parametrize(("name", "expected"), OVERFLOWS.items())
def test_the_naive_exponential_overflows_just_beyond(name: str, expected: float) -> None:
    found = naive_overflows_at(name)
    assert found == pytest.approx(expected, abs=0.005)
    e = np.exp(
        np.array([found * (1.0 - 1e-14), found * (1.0 + 1e-14)]),
        where=[True, name != "float64"],
        out=np.full(2, np.inf),
    )
    assert np.array_equal(np.isfinite(FORMATS[name].round(e)), [True, False])


@pytest.mark.parametrize("name", ["float32", "float16", "float64", "float8_e5m2"])
def test_the_naive_recipe_breaks_at_the_next_logit_of_the_format(name: str) -> None:
    edge, form = naive_overflows_at(name), FORMATS[name]
    step = float(form.step(np.array(edge)))
    below = step * math.floor(edge / step)
    for logit, broken in ((below, False), (below + step, True)):
        found = formats.compute((logit, -3.0), 0, format=name, stable=False)["p_max"]
        assert (found.verdict is formats.Verdict.BROKEN) == broken


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="no number format 'float7'"):
        gradient_lost_at((1.0, 0.0), 0, format="float7")
    with pytest.raises(ValueError, match="target class 2 does not exist"):
        gradient_lost_at((1.0, 0.0), 2, format="float16")
    with pytest.raises(ValueError, match="is nan"):
        gradient_lost_at((1.0, math.nan), 0, format="float16")
    with pytest.raises(ValueError, match="no number format 'x'"):
        naive_overflows_at("x")
