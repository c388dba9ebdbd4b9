"""What a format returns and the verdicts on it, against the same arithmetic done number by number in 400 digits."""

import math
from typing import Any

import numpy as np
import pytest
from format_oracle import SPECS, Computed, Spec, true_values, verdict
from hypothesis import given
from hypothesis import strategies as st
from model_oracle import TrueLoss, Truth, mp

from explorer.model import LOSSES, formats
from explorer.model.formats import Verdict
from explorer.model.sweep import along_gap, along_spread

ALL = tuple(LOSSES)
NARROW = [name for name in SPECS if name != "float64"]
RIGHT, INACCURATE, CANCELLED, UNDERFLOWED, BROKEN = Verdict
logits = st.lists(st.floats(-30.0, 30.0, width=32) | st.sampled_from([0.0, -20.0, 90.0]), min_size=1, max_size=5)
each_format = pytest.mark.parametrize("name", SPECS)
each_narrow = pytest.mark.parametrize("name", NARROW)
both_recipes = pytest.mark.parametrize("stable", [True, False], ids=["stable", "naive"])


def wide(spec: Spec) -> Spec:
    return Spec(spec.precision, min(spec.least, -1022), 1e300)


def true_norms(truth: Truth, target: int) -> dict[str, Any]:
    y = [float(k == target) for k in range(truth.n)]
    gradients = {loss: TrueLoss(loss, truth, y).grad_logits for loss in ALL}
    return {f"gradient_norm:{loss}": mp.sqrt(mp.fsum(g * g for g, _ in found)) for loss, found in gradients.items()}


def expected_verdicts(a: list[float], target: int, spec: Spec, stable: bool) -> dict[str, str]:
    truth = Truth(a)
    found = Computed(a, target, spec, stable).values(ALL)
    true = true_values(truth, target) | true_norms(truth, target)
    return {
        name: verdict(found[name], x, spec, lambda name=name: Computed(a, target, wide(spec), stable).values(ALL)[name])
        for name, x in true.items()
    }


def agree(a: float, b: float) -> bool:
    """Whether norms, taken in float64 outside the format, are the same but for the last digits."""
    return (math.isnan(a) and math.isnan(b)) or a == b or math.isclose(a, b, rel_tol=1e-15)


@each_narrow
@both_recipes
@given(z=logits, data=st.data())
def test_values_and_verdicts_are_those_of_the_arithmetic_done_by_hand(
    name: str, stable: bool, z: list[float], data: st.DataObject
) -> None:
    target = data.draw(st.integers(0, len(z) - 1))
    ours = formats.compute(z, target, format=name, stable=stable, losses=ALL)
    by_hand = Computed(z, target, SPECS[name], stable)
    values = by_hand.values(ALL)
    for quantity, reading in ours.items():
        assert agree(reading.value, values[quantity]), quantity
    assert np.array_equal(ours.p, [float(x) for x in by_hand.p], equal_nan=True)
    assert np.array_equal(ours.logits, [float(x) for x in by_hand.a], equal_nan=True)
    assert {key: str(reading.verdict) for key, reading in ours.items()} == expected_verdicts(
        z, target, SPECS[name], stable
    )


@both_recipes
@given(z=logits, data=st.data())
def test_float64_is_judged_as_by_hand_up_to_the_rounding_of_exp(
    stable: bool, z: list[float], data: st.DataObject
) -> None:
    """NumPy's exponential is not correctly rounded, so neither are the last digits and the verdicts on the brink."""
    target = data.draw(st.integers(0, len(z) - 1))
    ours = formats.compute(z, target, format="float64", stable=stable)
    by_hand = Computed(z, target, SPECS["float64"], stable)
    assert np.allclose(ours.p, [float(x) for x in by_hand.p], rtol=4e-15, atol=0.0)
    expected = expected_verdicts(z, target, SPECS["float64"], stable)
    for quantity, reading in ours.items():
        if not 2.0 < reading.ulps < 2.0**12:
            assert str(reading.verdict) == expected[quantity], quantity


@each_narrow
@both_recipes
@given(z=logits)
def test_marks_are_those_of_the_arithmetic_done_by_hand(name: str, stable: bool, z: list[float]) -> None:
    found = along_spread(z, [0.1, 1.0, 3.0], target=0, losses=ALL)
    marks = formats.marks(found, format=name, stable=stable)
    for k, a in enumerate(found.softmax.logits):
        by_hand = Computed(a, 0, SPECS[name], stable).values(ALL)
        for quantity in marks.names[1:]:
            assert agree(marks[quantity][k], by_hand[quantity]), quantity


@each_format
@both_recipes
def test_marks_are_what_the_table_says(name: str, stable: bool) -> None:
    z, spreads = (2.4, 1.0, 0.5, -0.5, -1.2), np.logspace(-3, 3, 50)
    found = along_spread(z, spreads, shift=2.0, target=3, losses=ALL)
    marks = formats.marks(found, format=name, stable=stable)
    assert marks.names == found.names == tuple(marks)
    assert len(marks) == len(found)
    for k, spread in enumerate(spreads):
        row = formats.compute(z, 3, format=name, stable=stable, spread=spread, shift=2.0, losses=ALL)
        for quantity in ("one_minus_p_max", *(f"gradient_norm:{loss}" for loss in ALL)):
            assert agree(marks[quantity][k], row[quantity].value), quantity


@each_format
def test_where_nothing_is_lost_the_marks_lie_on_the_curves(name: str) -> None:
    found = along_gap(3, [0.5, 1.0, 1.5], target=1, losses=("cross_entropy", "squared_error"))
    marks, step = formats.marks(found, format=name), 2.0 ** (1 - SPECS[name].precision)
    for quantity in marks:
        assert np.allclose(marks[quantity], found[quantity], rtol=4 * step, atol=step if step > 0.1 else 0.0), quantity


def test_the_norm_of_j_is_that_of_its_entries() -> None:
    marks = formats.marks(along_spread([2.0, 1.0, 0.0], [1.0]), format="float8_e5m2")
    p = [float(x) for x in Computed([2.0, 1.0, 0.0], 0, SPECS["float8_e5m2"]).p]
    fl = formats.FORMATS["float8_e5m2"].round
    entries = -fl(np.outer(p, p))
    np.fill_diagonal(entries, fl(p * fl(1.0 - np.array(p))))
    assert marks["spectral_norm"][0] == pytest.approx(np.linalg.norm(entries, 2), rel=1e-14)


def test_marks_say_nan_and_minus_infinity_where_they_must() -> None:
    found = along_gap(2, [1.0, 50.0, 100.0], target=0, losses=ALL)
    naive = formats.marks(found, format="float32", stable=False)
    for quantity in naive:
        assert np.isnan(naive[quantity][2]), quantity
    assert np.isneginf(naive.log10("one_minus_p_max")[1])
    assert naive.log10("entropy")[0] == pytest.approx(math.log10(naive["entropy"][0]))
    assert not naive["entropy"].flags.writeable
    assert naive != found


VERDICTS = {
    "float64 loses 1 − p to underflow at a gap of 800": ("float64", (800.0, 0.0), "one_minus_p_max", UNDERFLOWED),
    "to cancellation at 720, where it is subnormal": ("float64", (720.0, 0.0), "one_minus_p_max", CANCELLED),
    "and at 40, where it is not": ("float64", (40.0, 0.0), "p_target_minus_1", CANCELLED),
    "its p of 5e−313 is right": ("float64", (720.0, 0.0), "p_min", RIGHT),
    "its 1 − p is inaccurate at 20": ("float64", (20.0, 0.0), "one_minus_p_max", INACCURATE),
    "bfloat16 at 20": ("bfloat16", (20.0, 0.0), "one_minus_p_max", CANCELLED),
    "float16 at 20": ("float16", (20.0, 0.0), "one_minus_p_max", UNDERFLOWED),
    "float16 at 16: subnormal, and right": ("float16", (16.0, 0.0), "p_min", RIGHT),
    "float16 cannot hold the logits": ("float16", (70000.0, 0.0), "p_max", BROKEN),
    "e4m3fn cannot even subtract": ("float8_e4m3fn", (400.0, -400.0), "p_max", BROKEN),
    "a winner that is 1": ("float8_e5m2", (20.0, 0.0), "p_max", RIGHT),
    "n = 1": ("bfloat16", (3.0,), "one_minus_p_max", RIGHT),
    "all equal": ("float16", (5.0,) * 10, "one_minus_p_max", RIGHT),
}


@pytest.mark.parametrize(("name", "z", "quantity", "expected"), VERDICTS.values(), ids=VERDICTS)
def test_verdicts_worth_knowing(name: str, z: tuple[float, ...], quantity: str, expected: Verdict) -> None:
    assert formats.compute(z, 0, format=name)[quantity].verdict is expected


def test_confidently_wrong_cross_entropy_arrives_where_squared_error_is_lost() -> None:
    for name, row in formats.table((20.0, 0.0, 0.0), 1).items():
        assert row["gradient_norm:cross_entropy"].verdict is RIGHT
        assert row["gradient_norm:cross_entropy"].true == pytest.approx(1.41421356)
        assert row["gradient_norm:squared_error"].verdict is not RIGHT, name
        assert row["gradient_norm:squared_error"].true == pytest.approx(7.7121306e-9, rel=1e-7)


@both_recipes
@pytest.mark.parametrize("z", [(3.0,), (0.0,) * 5, (1.0, -math.inf, 0.0), (1e308, -1e308), (1e-320, 0.0)])
@pytest.mark.parametrize("spread", [0.001, 1.0, 1e3, 1e300])
def test_odd_states_give_verdicts_and_no_warning(z: tuple[float, ...], spread: float, stable: bool) -> None:
    for row in formats.table(z, 0, spread=spread, stable=stable, losses=ALL).values():
        for reading in row.values():
            assert math.isfinite(reading.value) or reading.verdict is BROKEN
            assert not math.isnan(reading.true)


def test_one_class_and_equal_logits_are_right_in_every_format() -> None:
    for z in ((3.0,), (0.5, 0.5), (0.25,) * 4):
        for row in formats.table(z, 0, losses=("cross_entropy", "squared_error")).values():
            assert {reading.verdict for reading in row.values()} == {RIGHT}


@pytest.mark.parametrize("shift", [-100.0, 0.0, 100.0])
def test_the_shift_breaks_the_naive_recipe_only(shift: float) -> None:
    for stable, broken in ((True, False), (False, abs(shift) == 100.0)):
        for name in ("float32", "float16"):
            found = formats.compute((2.0, 1.0, 0.0), 0, format=name, stable=stable, shift=shift)
            assert (found["p_max"].verdict is BROKEN) == (broken and (name, shift) != ("float32", -100.0))


def test_logits_are_to_blame_when_rounding_them_did_it() -> None:
    rounded = formats.compute((40.1, 0.0), 0, format="bfloat16")["p_min"]
    assert rounded.verdict is INACCURATE
    assert rounded.logits_to_blame
    cancelled = formats.compute((5.0, 0.0), 0, format="bfloat16")["one_minus_p_max"]
    assert cancelled.verdict is not RIGHT
    assert not cancelled.logits_to_blame


def test_naive_exponentials_that_underflow_are_blamed_for_the_loss() -> None:
    """The runner-up's exponential is 0 in float16, though 1 − p is nearly one half."""
    found = formats.compute((-17.2, -17.375), 0, format="float16", stable=False)["one_minus_p_max"]
    assert found.true == pytest.approx(0.456, abs=0.001)
    assert (found.value, found.verdict) == (0.0, UNDERFLOWED)


def test_a_reading_tells_the_truth_below_the_smallest_double() -> None:
    found = formats.compute((800.0, 0.0), 1, format="float32")
    assert found["p_min"].log10_true == pytest.approx(-347.4355855)
    assert found["p_target_minus_1"].true == -1.0
    assert (found.format.name, found.stable, len(found)) == ("float32", True, 6)
    assert tuple(found)[:4] == ("p_max", "one_minus_p_max", "p_target_minus_1", "p_min")


def test_four_units_are_measured_by_the_spacing_there() -> None:
    """Of p = 2^-24 * 1.7 float16 has one unit only: 2^-24."""
    gap = -math.log(1.7 * 2.0**-24)
    reading = formats.compute((gap, 0.0), 0, format="float16")["p_min"]
    assert reading.ulps == pytest.approx(abs(reading.value - reading.true) * 2.0**24)
    assert reading.verdict is RIGHT


def test_the_truth_about_the_table_is_the_oracles() -> None:
    truth = Truth([12.0, 1.0, 0.5])
    for row in formats.table((12.0, 1.0, 0.5), 1, losses=ALL).values():
        for quantity, true in (true_values(truth, 1) | true_norms(truth, 1)).items():
            assert row[quantity].true == pytest.approx(float(true), rel=1e-14)
            assert row[quantity].log10_true == pytest.approx(float(mp.log10(abs(true))), rel=1e-13)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda: formats.compute((1.0, 2.0), 0, format="float7"),
            ValueError,
            "no number format 'float7'; choose from float64",
        ),
        (lambda: formats.compute((1.0, 2.0), 2), ValueError, "target class 2 does not exist"),
        (lambda: formats.compute((1.0, 2.0), 0.5), TypeError, "needs a target class, an integer, not 0.5"),
        (lambda: formats.compute((1.0, math.nan), 0), ValueError, "is nan"),
        (lambda: formats.compute((1.0, 2.0), 0, losses=("hinge",)), ValueError, "no loss 'hinge'"),
        (lambda: formats.marks(along_spread((1.0, 2.0), [1.0]), format="half"), ValueError, "no number format 'half'"),
        (
            lambda: formats.marks(along_spread((1.0, 2.0), [1.0], target=(0.5, 0.5)), format="float16"),
            TypeError,
            "needs a target class",
        ),
        (
            lambda: formats.marks(along_spread((1.0, 2.0), [1.0]), format="float16")["x"],
            KeyError,
            "unknown quantity 'x'",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(call: Any, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        call()
