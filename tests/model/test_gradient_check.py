"""Gradient checks: truncation and round-off lie where theory puts them, and the complex step has no round-off."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.model import LOSSES, Softmax
from explorer.model.gradient_check import METHODS, STEPS, gradient_check

START = (2.4, 1.0, 0.5, -0.5, -1.2)
EPSILON = np.finfo(np.float64).eps
CASES = [(name, target) for name in LOSSES for target in (0, 3)]


def at(check, method, step):
    """Return a method's error at a step."""
    return float(check.errors[method][np.abs(np.log10(check.steps) - math.log10(step)).argmin()])


def slope(check, method, first, last):
    """Return the slope of a curve between two steps in the log-log picture."""
    return math.log10(at(check, method, first) / at(check, method, last)) / math.log10(first / last)


@pytest.mark.parametrize(("loss", "target"), CASES, ids=str)
def test_truncation_and_round_off_have_the_slopes_of_theory(loss, target):
    check = gradient_check(loss, START, target)
    assert slope(check, "forward", 1e-2, 1e-5) == pytest.approx(1.0, abs=0.03)
    assert slope(check, "central", 1e-1, 1e-3) == pytest.approx(2.0, abs=0.03)
    assert slope(check, "complex", 1e-1, 1e-6) == pytest.approx(2.0, abs=0.03)
    for method in ("forward", "central"):
        tail = (check.steps < 1e-9) & (check.steps > 1e-15)
        fit = np.polyfit(np.log10(check.steps[tail]), np.log10(check.errors[method][tail]), 1)
        assert fit[0] == pytest.approx(-1.0, abs=0.15)
        units = check.errors[method][tail] * check.steps[tail] * np.abs(check.analytic).max() / EPSILON
        assert 0.01 < np.median(units) < 20.0


@pytest.mark.parametrize(("loss", "target"), CASES, ids=str)
def test_the_best_steps_are_those_of_theory(loss, target):
    check = gradient_check(loss, START, target)
    best = {name: float(check.steps[check.best[name]]) for name in METHODS}
    assert 1e-9 < best["forward"] < 1e-6, "near the square root of ε, 1.5e−8"
    assert 1e-6 < best["central"] < 1e-4, "near the cube root of ε, 6e−6"
    assert 1e-9 < best["complex"] < 1e-6, "where h² falls below ε"
    for name in METHODS:
        assert check.errors[name][check.best[name]] <= max(check.errors[name].min(), 4.0 * EPSILON)


def test_the_truncation_is_that_of_the_next_derivative():
    check, p = gradient_check("cross_entropy", START, 0), Softmax(START).p
    size, second, third = np.abs(check.analytic).max(), p * (1 - p), p * (1 - p) * (1 - 2 * p)
    assert at(check, "forward", 1e-4) == pytest.approx(0.5e-4 * second.max() / size, rel=1e-3)
    for method in ("central", "complex"):
        assert at(check, method, 1e-2) == pytest.approx(1e-4 / 6.0 * np.abs(third).max() / size, rel=1e-3)


@given(
    st.lists(st.floats(-4.0, 4.0), min_size=2, max_size=8),
    st.sampled_from(tuple(LOSSES)),
    st.integers(0, 1),
)
def test_the_complex_step_is_exact(logits, loss, target):
    check = gradient_check(loss, logits, target)
    size = np.abs(check.analytic).max()
    assert size > 0.0
    assert (check.errors["complex"][STEPS < 1e-9] * size).max() < 1e-15  # what terms near 1 leave when they cancel


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("target", [0, 1])
def test_it_stays_exact_where_p_saturates(loss, target):
    check = gradient_check(loss, (60.0, 0.0, 1.0), target)
    assert check.errors["complex"][-1] < 1e-14


def test_the_analytic_gradient_is_that_of_the_loss():
    with mpmath.workdps(40):
        e = [mpmath.exp(mpmath.mpf(a)) for a in START]
        wanted = [float(x / mpmath.fsum(e) - (i == 2)) for i, x in enumerate(e)]
    assert gradient_check("cross_entropy", START, 2).analytic == pytest.approx(wanted, rel=1e-14)


def test_a_step_below_the_spacing_of_the_logits_moves_nothing():
    check = gradient_check("cross_entropy", (2.0, 1.5), 0)
    assert at(check, "forward", 1e-16) == at(check, "central", 1e-16) == 1.0


@pytest.mark.parametrize(("logits", "target"), [((0.0,), 0), ((800.0, 0.0), 0)], ids=str)
def test_no_gradient_is_no_check(logits, target):
    check = gradient_check("cross_entropy", logits, target)
    assert not check.defined and all(np.isnan(errors).all() for errors in check.errors.values())


@pytest.mark.parametrize("logits", [(1e300, -1e300), (1e308, 0.0, 1.0), (5e-324, 0.0), (9.0, 9.0)], ids=str)
@pytest.mark.parametrize("loss", LOSSES)
def test_extreme_logits_bring_no_warning(logits, loss):
    for target in (0, 1):
        check = gradient_check(loss, logits, target)
        assert all(errors.shape == STEPS.shape for errors in check.errors.values())


def test_what_cannot_be_checked_is_refused():
    with pytest.raises(ValueError, match="finite"):
        gradient_check("focal", (math.nan, 0.0), 0)
    with pytest.raises(KeyError):
        gradient_check("hinge", (1.0, 0.0), 0)
