"""Decision regions: the class and the p of the layer at each place, in float32."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.model import SoftmaxLayer
from explorer.model.regions import Regions

X, Y = np.linspace(-2.0, 2.0, 23), np.linspace(2.0, -2.0, 17)


@given(st.integers(0, 999), st.integers(1, 6), st.sampled_from([0.01, 1.0, 30.0, 1e4]))
def test_codes_are_winner_and_level_of_p(seed, classes, scale):
    rng = np.random.default_rng(seed)
    W, b = scale * rng.standard_normal((classes, 2)), rng.standard_normal(classes)
    codes = Regions(len(X), len(Y), classes).codes(W, b, X, Y, 64)
    places = np.stack(np.meshgrid(X, Y), axis=-1)
    s = SoftmaxLayer(W, b)(places.reshape(-1, 2))
    top_two = np.sort(s.logits, axis=-1)[:, -2:]
    clear = top_two[:, -1] - top_two[:, 0] > 1e-4 * scale if classes > 1 else np.ones(len(s.logits), bool)
    assert clear.mean() > 0.9
    np.testing.assert_array_equal((codes.ravel() // 64)[clear], s.winner[clear])
    assert np.abs(codes.ravel() % 64 - 63.0 * s.p_top[:, 0])[clear].max() <= 0.5 + 0.1 * scale**0.5


def test_the_same_memory_serves_again_and_forgets():
    regions = Regions(len(X), len(Y), 2)
    W = np.array([[1.0, 0.0], [-1.0, 0.0]])
    first = regions.codes(W, np.zeros(2), X, Y, 64).copy()
    regions.codes(-W, np.zeros(2), X, Y, 64)
    np.testing.assert_array_equal(regions.codes(W, np.zeros(2), X, Y, 64), first)
    assert (first[:, 0] // 64 == 1).all()
    assert (first[:, -1] // 64 == 0).all()


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf, 1e300])
def test_broken_weights_are_drawn_without_a_warning(broken):
    codes = Regions(len(X), len(Y), 3).codes(np.full((3, 2), broken), np.zeros(3), X, Y, 64)
    assert ((codes >= 0) & (codes < 3 * 64)).all()
