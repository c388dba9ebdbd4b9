"""Random scores have the distribution that random queries and keys have, and a band tells how J fares."""

from typing import Any

import numpy as np
import pytest

from explorer.model import Softmax, attention

WIDTHS = tuple(2**k for k in range(2, 13))


def explicit(width: int, draws: int, keys: int) -> np.ndarray:
    """Return scores (draws, keys) of queries and keys drawn entry by entry."""
    rng = np.random.default_rng(20240101)
    query = rng.standard_normal((draws, 1, width))
    return (query * rng.standard_normal((draws, keys, width))).sum(axis=-1)


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """Return the Kolmogorov-Smirnov distance of two samples, times sqrt(m/2): above 1.95 once in a thousand."""
    a, b = np.sort(a), np.sort(b)
    everywhere = np.concatenate((a, b))
    gap = np.searchsorted(a, everywhere, "right") / a.size - np.searchsorted(b, everywhere, "right") / b.size
    return float(np.abs(gap).max() * np.sqrt(a.size / 2.0))


@pytest.mark.parametrize("width", [1, 2, 4, 64])
@pytest.mark.parametrize(
    "statistic", [lambda x: x[:, 0], lambda x: x.max(axis=1) - x.min(axis=1), lambda x: x.std(axis=1)]
)
def test_scores_are_distributed_as_those_of_queries_and_keys(width: int, statistic: Any) -> None:
    ours = attention.scores(width, draws=20000, keys=3, seed=5, scaled=False)
    assert distance(statistic(ours), statistic(explicit(width, 20000, 3))) < 1.95


def test_the_comparison_tells_scores_with_queries_of_their_own_apart() -> None:
    """The twin of the test above: were the scores of a draw not to share their query, it would notice."""
    apart = explicit(1, 60000, 1).reshape(20000, 3)
    spread = [x.max(axis=1) - x.min(axis=1) for x in (apart, explicit(1, 20000, 3))]
    assert distance(*spread) > 4.0


@pytest.mark.parametrize(("scaled", "variance"), [(True, 1.0), (False, 256.0)])
def test_dividing_by_the_root_of_the_width_makes_the_variance_one(scaled: bool, variance: float) -> None:
    found = attention.scores(256, draws=20000, keys=10, scaled=scaled)
    assert np.var(found) == pytest.approx(variance, rel=0.02)


def test_scaled_scores_are_the_same_scores_divided() -> None:
    plain, scaled = (attention.scores(100, seed=4, scaled=scaled) for scaled in (False, True))
    assert plain.shape == (200, 10)
    assert np.allclose(plain / 10.0, scaled, rtol=1e-15, atol=0.0)


def test_a_seed_fixes_the_scores_and_another_gives_others() -> None:
    first = attention.scores(16, seed=1)
    assert np.array_equal(first, attention.scores(16, seed=1))
    assert not np.isclose(first, attention.scores(16, seed=2)).any()
    assert not np.isclose(first, attention.scores(17, seed=1)).any()


def test_the_band_holds_quantiles_of_the_norms() -> None:
    band = attention.band((8, 64), draws=50, keys=4, seed=9, scaled=False)
    assert band.widths == (8, 64)
    for k, width in enumerate(band.widths):
        found = attention.scores(width, draws=50, keys=4, seed=9, scaled=False)
        norms = sorted(Softmax(row).spectral_norm for row in found)
        assert list(band.values[:, k]) == [norms[4], norms[24], norms[44]]
    assert np.allclose(band.log10, np.log10(band.values), rtol=1e-13)


def test_a_single_draw_is_all_quantiles() -> None:
    band = attention.band((4,), draws=1)
    assert band.values.shape == (3, 1)
    assert len(set(band.values[:, 0])) == 1


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_without_the_division_the_jacobian_dies_as_the_width_grows(seed: int) -> None:
    with_division = attention.band(WIDTHS, seed=seed)
    without = attention.band(WIDTHS, seed=seed, scaled=False)
    assert with_division.values[1].min() > 0.2
    assert without.values[1, -1] < 1e-8
    assert without.values[1, 0] > 0.2


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"width": 0}, "the width is 0; it needs to be from 1 to 1048576"),
        ({"width": 2.5}, "the width is 2.5; it needs to be a whole number"),
        ({"width": 4, "draws": 0}, "the number of draws is 0"),
        ({"width": 4, "keys": -1}, "the number of keys is -1"),
        ({"width": 4, "seed": -1}, "the seed is -1; it needs to be from 0"),
        ({"width": 4, "seed": "7"}, "the seed is '7'; it needs to be a whole number"),
        ({"width": 4, "draws": 2**12, "keys": 2**12}, "4096 draws of 4096 keys are too many"),
    ],
)
def test_numbers_out_of_range_are_refused(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        attention.scores(**given)


def test_a_band_needs_a_width() -> None:
    with pytest.raises(ValueError, match="at least one width"):
        attention.band(())
