"""The curves of the small picture agree with the full sweep, far below the smallest double too."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.model import LOSSES, sweep
from explorer.model.outline import outline

SPREADS = np.logspace(-2.0, 3.0, 61)
NAMES = tuple(LOSSES)


def assert_agrees(z: list[float], target: int) -> None:
    found = outline(z, SPREADS, target, NAMES)
    full = sweep.along_spread(z, SPREADS, target=target, losses=NAMES)
    assert found.keys() == {"spectral_norm", *(f"gradient_norm:{name}" for name in NAMES)}
    for name, logs in found.items():
        np.testing.assert_allclose(logs, full.log10(name), rtol=1e-9, atol=1e-9, err_msg=name)


CASES = {
    "the winner is the target": ([3.0, 1.0, 0.0, -2.0], 0),
    "a loser is": ([3.0, 1.0, 0.0, -2.0], 3),
    "all alike": ([1.0, 1.0, 1.0], 1),
    "a tie, and a far loser as target": ([6.7, 1.0, 6.7, -50.0], 3),
    "two classes": ([20.0, 0.0], 1),
    "a gap of 800 at spread 1": ([800.0, 0.0, 0.0], 0),
    "twelve classes": ([float(k % 5) - 0.3 * k for k in range(12)], 7),
}


@pytest.mark.parametrize(("z", "target"), CASES.values(), ids=CASES)
def test_agrees_with_the_full_sweep(z: list[float], target: int) -> None:
    assert_agrees(z, target)


@given(
    st.lists(st.floats(-50.0, 50.0), min_size=2, max_size=12).flatmap(
        lambda z: st.tuples(st.just(z), st.integers(0, len(z) - 1))
    )
)
def test_agrees_wherever_the_sliders_go(state: tuple[list[float], int]) -> None:
    assert_agrees(*state)


def test_goes_on_below_the_smallest_double() -> None:
    logs = outline([800.0, 0.0], [1.0], 0, ("squared_error",))
    assert -695.0 < logs["gradient_norm:squared_error"][0] < -694.0
    assert -348.0 < logs["spectral_norm"][0] < -347.0


def test_one_class_has_no_gradient() -> None:
    assert all(np.isneginf(logs).all() for logs in outline([3.0], SPREADS, 0, NAMES).values())
