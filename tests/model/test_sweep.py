"""Sweeps: true to the last digits at every position, far below the smallest double, and in one pass."""

import math
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_oracle import TrueLoss, Truth, log10_error, mp, ulps

from explorer.model import LOSSES, Softmax, sweep
from explorer.model.sweep import Sweep, along_gap, along_logit, along_spread, euclidean_norm

Z = (2.4, -0.31, -2.32, 0.9, 2.09, -1.44, -1.72, 1.88)
ALL = tuple(LOSSES)
SPREADS = (0.001, 0.3, 1.0, 7.0, 40.0, 300.0, 1000.0)
logits = st.lists(st.floats(-50.0, 50.0) | st.sampled_from([0.0, 1.0, -20.0]), min_size=2, max_size=7)


def true_values(a: np.ndarray, target: int) -> dict[str, tuple[Any, Any]]:
    """Return for every name the true value and its condition number."""
    truth = Truth(a)
    found: dict[str, tuple[Any, Any]] = {
        "frobenius": (truth.frobenius(), 1),
        "max_abs_jacobian": (max(abs(truth.jacobian(i, j)) for i in range(truth.n) for j in range(truth.n)), 1),
        "entropy": (truth.entropy(), 1),
        "one_minus_p_max": (truth.q[truth.winner], 1),
    }
    for name in ALL:
        y = [float(k == target) for k in range(truth.n)]
        loss = TrueLoss(name, truth, y)
        norm = mp.sqrt(mp.fsum(g * g for g, _ in loss.grad_logits))
        bent = mp.sqrt(mp.fsum((g * c) ** 2 for g, c in loss.grad_logits if g))
        found[f"gradient_norm:{name}"] = (norm, max(bent / norm, 1) if norm else 1)
    return found


def check(found: Sweep, target: int) -> None:
    for k, a in enumerate(found.softmax.logits):
        truth, tops = Truth(a), np.sort(a)
        assert truth.eigenvalue_error(float(found["spectral_norm"][k]), truth.n - 1) <= 8
        for name, (true, condition) in true_values(a, target).items():
            # For losses other than these the contract is 64 ulp wherever the terms cancel.
            most = 8 if name.split(":")[-1] != "label_smoothing" or condition < 2 else 64
            assert ulps(float(found[name][k]), true, condition) <= most, (name, a, tops)
            assert log10_error(float(found.log10(name)[k]), true, condition) <= 2, (name, a)


@pytest.mark.parametrize("target", [0, 2, 4])
def test_values_along_the_spread_are_true(target: int) -> None:
    check(along_spread(Z, SPREADS, shift=3.0, target=target, losses=ALL), target)


@given(z=logits, spread=st.floats(0.001, 1000.0), data=st.data())
def test_any_values_are_true(z: list[float], spread: float, data: st.DataObject) -> None:
    target = data.draw(st.integers(0, len(z) - 1))
    check(along_spread(z, [spread], target=target, losses=ALL), target)


def test_one_logit_alone() -> None:
    found = along_logit(Z, 3, (-900.0, 0.0, 2.4, 50.0), spread=2.0, shift=1.0, target=1, losses=ALL)
    expected = [[2.0 * (x if k == 3 else z) + 1.0 for k, z in enumerate(Z)] for x in (-900.0, 0.0, 2.4, 50.0)]
    assert np.array_equal(found.softmax.logits, expected)
    check(found, 1)


def test_the_gap_between_the_winner_and_equal_losers() -> None:
    found = along_gap(4, (0.0, 5.0, 20.0, 800.0), winner=2, shift=7.0, target=2, losses=ALL)
    assert np.array_equal(found.softmax.logits, [[7.0, 7.0, 7.0 + gap, 7.0] for gap in (0.0, 5.0, 20.0, 800.0)])
    check(found, 2)


def test_at_a_gap_of_800_the_curves_go_on() -> None:
    found = along_gap(2, [800.0], target=0, losses=("cross_entropy", "squared_error"))
    assert found["one_minus_p_max"][0] == 0.0
    assert found.log10("one_minus_p_max")[0] == pytest.approx(-800.0 / math.log(10.0), rel=1e-12)
    assert found.log10("gradient_norm:squared_error")[0] == pytest.approx(-1600.0 / math.log(10.0) + 0.45, abs=0.002)


def test_values_are_no_powers_of_logarithms() -> None:
    """At ‖J‖ near 1e−200 a value made from its logarithm would be 1e−14 off."""
    found = along_gap(3, [460.0])
    assert ulps(float(found["one_minus_p_max"][0]), Truth([460.0, 0.0, 0.0]).q[0]) <= 2
    assert ulps(10.0 ** float(found.log10("one_minus_p_max")[0]), Truth([460.0, 0.0, 0.0]).q[0]) > 2


def test_each_position_is_what_it_is_alone() -> None:
    together = along_spread(Z, SPREADS, target=1, losses=ALL)
    for k, spread in enumerate(SPREADS):
        alone = along_spread(Z, [spread], target=1, losses=ALL)
        for name in together:
            assert together[name][k] == alone[name][0]
            assert together.log10(name)[k] == alone.log10(name)[0]


@given(z=logits)
def test_the_largest_entry_of_the_jacobian_is_on_the_winners_diagonal(z: list[float]) -> None:
    largest = np.abs(Softmax(z).jacobian()).max()
    assert along_spread(z, 1.0)["max_abs_jacobian"][0] == pytest.approx(largest, rel=1e-15, abs=5e-324)


def test_a_sweep_is_a_mapping_of_arrays_made_once_and_read_only() -> None:
    found = along_spread(Z, SPREADS, target=1, losses=("focal", "focal"))
    plain = ("spectral_norm", "frobenius", "max_abs_jacobian", "entropy", "one_minus_p_max")
    assert found.names == tuple(found) == (*plain, "gradient_norm:focal")
    assert len(found) == 6
    assert isinstance(found, Mapping)
    assert found != along_spread(Z, SPREADS)
    assert {found: 1}[found] == 1
    for name in found:
        for values in (found[name], found.log10(name)):
            assert values.shape == (len(SPREADS),)
            assert not values.flags.writeable
        assert found[name] is found[name]
    assert np.array_equal(found.x, SPREADS)


def test_nothing_is_computed_that_nobody_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("computed")

    monkeypatch.setattr("explorer.model.spectrum.largest", never)
    monkeypatch.setattr("explorer.model.losses.Focal._grad_logits", never)
    found = along_spread(Z, SPREADS, target=1, losses=("focal",))
    assert found["entropy"].shape == (len(SPREADS),)
    with pytest.raises(AssertionError, match="computed"):
        found["spectral_norm"]


def test_inputs_are_left_alone() -> None:
    z, spreads = np.array(Z), np.array(SPREADS)
    along_spread(z, spreads, target=1, losses=ALL)["entropy"]
    along_logit(z, 1, spreads)
    assert np.array_equal(z, Z)
    assert np.array_equal(spreads, SPREADS)
    assert z.flags.writeable
    assert spreads.flags.writeable


def test_one_class_has_no_gradient() -> None:
    found = along_spread([3.0], SPREADS, target=0, losses=ALL)
    for name in found:
        assert not found[name].any()
        assert np.isneginf(found.log10(name)).all()


def test_equal_logits_stay_equal_at_every_spread() -> None:
    found = along_spread([2.5] * 4, SPREADS, target=0, losses=ALL)
    for name in found:
        assert np.ptp(found[name]) == 0.0
    assert found["entropy"][0] == pytest.approx(math.log(4.0))


def test_a_logit_of_minus_infinity_stays_there() -> None:
    found = along_spread([1.0, -np.inf, 0.0], [0.0, 1.0, 9.0], target=0, losses=ALL)
    assert np.array_equal(found.softmax.logits[:, 1], [-np.inf] * 3)
    two = along_spread([1.0, 0.0], [0.0, 1.0, 9.0])
    assert np.array_equal(found["one_minus_p_max"], two["one_minus_p_max"])


def test_effective_logits_beyond_the_largest_double_are_held_there() -> None:
    found = along_spread([1e300, 0.0, -1e300], [1e100])
    assert np.array_equal(found.softmax.logits, [[np.finfo(float).max, 0.0, -np.finfo(float).max]])
    assert found["spectral_norm"][0] == 0.0


@pytest.mark.parametrize("scale", [1e-320, 1e-300, 1.0, 1e300])
def test_a_norm_neither_overflows_nor_underflows(scale: float) -> None:
    expected = mp.sqrt(mp.mpf(3.0 * scale) ** 2 + mp.mpf(4.0 * scale) ** 2)
    assert ulps(float(euclidean_norm(np.array([3.0 * scale, -4.0 * scale, 0.0]))), expected) <= 2
    assert euclidean_norm(np.array([3e-320, -4e-320])) == pytest.approx(5e-320, abs=1e-323)


def test_a_norm_keeps_what_is_not_finite() -> None:
    found = euclidean_norm(np.array([[1.0, np.nan], [np.inf, 1.0], [0.0, 0.0]]))
    assert np.array_equal(found, [np.nan, np.inf, 0.0], equal_nan=True)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: along_spread([1.0, math.nan], SPREADS), ValueError, r"logit at index \(1,\) is nan"),
        (lambda: along_spread([], SPREADS), ValueError, "one row of logits"),
        (lambda: along_spread([[1.0, 2.0]], SPREADS), ValueError, r"one row of logits.*\(1, 2\)"),
        (lambda: along_spread(Z, []), ValueError, "a row of positions"),
        (lambda: along_spread(Z, [1.0, math.inf]), ValueError, r"spread at index \(1,\) is inf; it needs to be finite"),
        (lambda: along_spread(Z, ["a"]), TypeError, "spread at index"),
        (lambda: along_spread(Z, SPREADS, shift=math.nan), ValueError, "the shift is nan; it needs to be finite"),
        (lambda: along_spread(Z, SPREADS, target=8), ValueError, "target class 8 does not exist"),
        (
            lambda: along_spread(Z, SPREADS, target=0, losses=("hinge",)),
            ValueError,
            "no loss 'hinge'; choose from cross",
        ),
        (lambda: along_spread(Z, SPREADS, losses=("focal",)), ValueError, "needs a target class"),
        (lambda: along_spread(Z, SPREADS)["trace"], KeyError, "unknown quantity 'trace'; choose from spectral_norm"),
        (lambda: along_spread(Z, SPREADS).log10("trace"), KeyError, "unknown quantity 'trace'"),
        (lambda: along_logit(Z, 8, SPREADS), ValueError, "there is no logit 8: they are 0 to 7"),
        (lambda: along_logit(Z, 0, [math.nan]), ValueError, "value of the logit at index"),
        (lambda: along_logit(Z, 0, [1.0], spread=math.inf), ValueError, "the spread is inf"),
        (lambda: along_gap(0, [1.0]), ValueError, "at least one class"),
        (lambda: along_gap(2, [1.0], winner=2), ValueError, "not 2 of 2"),
        (lambda: along_gap(2, [math.nan]), ValueError, "gap at index"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(call: Any, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        call()


def test_the_model_does_without_the_package_for_narrow_formats() -> None:
    code = "import sys, explorer.model.sweep; sys.exit('ml_dtypes' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert sweep.__doc__
