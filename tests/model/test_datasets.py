"""Data sets: the same from the same seed, sized as asked, and shaped as their names say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.model.datasets import DATASETS, MARGIN, POINTS_RANGE, SEED_RANGE, make


@given(st.sampled_from(sorted(DATASETS)), st.integers(6, 500), st.integers(*SEED_RANGE))
def test_every_set_is_reproducible_bounded_and_has_all_its_classes(name, points, seed):
    data, again = make(name, points, seed), make(name, points, seed)
    np.testing.assert_array_equal(data.X, again.X)
    np.testing.assert_array_equal(data.y, again.y)
    assert data.X.shape == (points, 2)
    assert np.isfinite(data.X).all()
    assert np.abs(data.X).max() < 4.0
    counts = np.bincount(data.y, minlength=data.classes)
    assert len(counts) == data.classes == DATASETS[name].classes
    assert counts.max() - counts.min() <= 1
    assert not data.X.flags.writeable


@pytest.mark.parametrize("name", DATASETS)
def test_another_seed_gives_other_points(name):
    assert (make(name, 50, 1).X != make(name, 50, 2).X).all()


def least_distance(angle, data):
    """Return how far the classes are apart along a direction."""
    along = data.X @ [np.cos(angle), np.sin(angle)]
    return along[data.y == 1].min() - along[data.y == 0].max()


@pytest.mark.parametrize("seed", range(10))
def test_separable_has_its_margin_and_no_more(seed):
    data = make("separable", 2000, seed)
    widest = max(least_distance(angle, data) for angle in np.linspace(0.0, 2.0 * np.pi, 2001))
    assert 2.0 * MARGIN - 0.01 <= widest < 2.0 * MARGIN + 0.05


@pytest.mark.parametrize("seed", range(10))
def test_no_line_parts_rings_or_spirals(seed):
    rings = make("rings", 300, seed)
    radius = np.hypot(*rings.X.T)
    assert radius[rings.y == 0].max() < radius[rings.y == 1].min()
    for name in ("rings", "spirals"):
        data = make(name, 300, seed)
        assert max(least_distance(angle, data) for angle in np.linspace(0.0, 2.0 * np.pi, 361)) < 0.0


def test_the_mislabelled_point_lies_among_the_others():
    data = make("mislabelled", 100, 3)
    assert data.mislabelled == (0,)
    middles = np.array([data.X[1:][data.y[1:] == k].mean(axis=0) for k in (0, 1)])
    nearest = np.linalg.norm(data.X[:, None] - middles, axis=-1).argmin(axis=1)
    np.testing.assert_array_equal(np.flatnonzero(nearest != data.y), [0])
    assert make("two_blobs", 100, 3).mislabelled == ()


@pytest.mark.parametrize("points", [POINTS_RANGE[0] - 1, POINTS_RANGE[1] + 1])
def test_the_number_of_points_is_bounded(points):
    with pytest.raises(ValueError, match=f"number of points is {points}; it must lie between 6 and 10000"):
        make("rings", points, 0)


def test_unknown_names_and_seeds_are_refused():
    with pytest.raises(ValueError, match="no data set 'moons'; choose from two_blobs"):
        make("moons")
    with pytest.raises(ValueError, match="seed is -1"):
        make("rings", 100, -1)
