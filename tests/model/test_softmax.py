"""p, q, their logarithms, J, J g, entropy, norms and trace against the definitions in 400 digits."""

import math

import numpy as np
import pytest
from model_oracle import Truth, log10_error, mp, ulps

from explorer.model import Softmax
from explorer.model.exact import difference, quiet, total, total_with_rest

LADDER = np.array([1.0, 0.5, 0.0, -0.5, -1.0])
NEXT = np.nextafter

HARD: dict[str, list[float]] = {
    "alone": [3.0],
    "pair": [1.0, 2.0],
    "preset": [1.0, 2.0, 5.0],
    "saturated": [40.0, 0.0, 0.0],
    "saturated late winner": [0.0, 0.0, 37.0],
    **{f"ladder {t}": list(t * LADDER) for t in (1e-3, 1.0, 37.0, 74.0, 300.0, 700.0, 1400.0, 1500.0, 1e6)},
    "tie": [2.0, 2.0, -1.0],
    "all tied": [7.0] * 5,
    "near tie": [1.0, NEXT(1.0, 2.0), NEXT(1.0, 0.0)],
    "near tie far out": [1e8, NEXT(1e8, 0.0), 1e8 - 3.0],
    "near tie at 1e300": [1e300, NEXT(1e300, 0.0), -1e300],
    "one ulp around a gap": [0.1, 37.3, NEXT(37.3, 0.0), 0.3],
    "rounded differences": [1000.1, -0.3, 999.7, 12.34],
    "rounded differences, big": [12345678.9, 12345677.3, 12345670.1],
    "smallest normal": [0.0, -708.3, -708.4, -708.5],
    "below the smallest normal": [0.0, -744.0, -745.0, -746.0, -760.0],
    "losers of two sizes": [0.0, -1.0, -720.0, -721.5],
    "ends of the range": [1.7e308, -1.7e308, 0.0],
    "tie at the end": [1.7e308, 1.7e308, -1.7e308],
    "tiny": [5e-324, -5e-324, 0.0],
    "twelve": [0.3, -2.0, 11.0, 10.99, 4.0, 4.0, -30.0, 9.0, 1e-9, -1e-9, 0.0, -700.0],
}
each_hard = pytest.mark.parametrize("logits", HARD.values(), ids=HARD)


@each_hard
def test_classes(logits: list[float]) -> None:
    s, true = Softmax(logits), Truth(logits)
    for i in range(s.n):
        assert ulps(s.p[i], true.p[i]) <= 4.0
        assert ulps(s.q[i], true.q[i]) <= 4.0
        assert ulps(s.log_p[i], true.log_p[i]) <= 4.0
        assert ulps(s.log_q[i], true.log_q[i] if true.q[i] else -mp.inf) <= 4.0
        assert log10_error(s.log10_p[i], true.p[i]) <= 1.0
        assert log10_error(s.log10_q[i], true.q[i]) <= 1.0


@each_hard
def test_jacobian(logits: list[float]) -> None:
    s, true = Softmax(logits), Truth(logits)
    jacobian, logs = s.jacobian(), s.log10_abs_jacobian()
    assert (jacobian == jacobian.T).all()
    for i in range(s.n):
        for j in range(s.n):
            assert ulps(jacobian[i, j], true.jacobian(i, j)) <= 8.0
            assert log10_error(logs[i, j], true.jacobian(i, j)) <= 1.0


@each_hard
def test_sizes(logits: list[float]) -> None:
    s, true = Softmax(logits), Truth(logits)
    assert ulps(s.trace, true.trace()) <= 4.0
    for name in ("entropy", "frobenius"):
        value = getattr(true, name)()
        assert ulps(getattr(s, name), value) <= 4.0
        assert log10_error(getattr(s, f"log10_{name}"), value) <= 1.0
    assert log10_error(s.log10_one_minus_p_max, true.q[true.winner]) <= 1.0


@each_hard
def test_vjp(logits: list[float]) -> None:
    s, true = Softmax(logits), Truth(logits)
    n = s.n
    upstreams = {
        "spread": np.linspace(-1.0, 2.0, n),
        "far from 0": 1e6 + np.linspace(-1.0, 1.0, n),
        "at the winner only": np.eye(n)[true.winner],
        "beside the winner": 1.0 - np.eye(n)[true.winner],
    }
    for name, g in upstreams.items():
        ours, logs = s.vjp(g), s.log10_abs_vjp(g)
        for i, (value, condition) in enumerate(true.times_jacobian([mp.mpf(float(x)) for x in g])):
            assert ulps(ours[i], value, condition) <= 8.0, name
            assert log10_error(logs[i], value, condition) <= 1.0, name


def test_vjp_is_the_product() -> None:
    logits = np.array([[1.0, -2.0, 0.5], [30.0, 0.0, -1.0]])
    s, g = Softmax(logits), np.array([[3.0, -1.0, 2.0], [0.5, 0.25, -7.0]])
    np.testing.assert_allclose(s.vjp(g), np.einsum("mij,mj->mi", s.jacobian(), g), rtol=1e-13)
    assert (s.vjp(np.full(3, 123.456)) == 0.0).all()  # J 1 = 0
    both = s.vjp(g[:, None, :])  # one g for each softmax of the batch, and the other way round
    assert both.shape == (2, 2, 3)
    np.testing.assert_array_equal(both[1, 0], Softmax(logits[0]).vjp(g[1]))


def test_vjp_at_the_ends_of_the_range() -> None:
    s = Softmax([1.0, 0.0, -1.0])
    big = s.vjp([1.7e308, -1.7e308, 1e300])
    np.testing.assert_allclose(big, 2.0**200 * s.vjp(np.array([1.7e308, -1.7e308, 1e300]) / 2.0**200), rtol=1e-14)
    small = s.vjp([1e-300, -1e-300, 0.0])
    np.testing.assert_allclose(small, s.vjp([1.0, -1.0, 0.0]) * 1e-300, rtol=1e-14)


@pytest.mark.parametrize("n", [2, 3, 10, 1000])
def test_ties_are_exact(n: int) -> None:
    s = Softmax(np.full(n, 0.1))
    assert (s.p == s.p[0]).all()
    assert s.p[0] == 1.0 / n
    assert s.winner == 0
    assert Softmax([0.3, 5.0, 5.0]).winner == 1


def test_winner_beats_a_rounded_tie() -> None:
    s = Softmax([0.0, 1e-17, -1.0])  # the difference is below an ulp of 1, but it decides
    assert s.winner == 1
    assert s.p[1] >= s.p[0]


def test_shares_and_gaps() -> None:
    s = Softmax([0.0, -1000.0, -1001.0])
    np.testing.assert_allclose(s.shares, [0.0, 1.0 / (1.0 + math.exp(-1.0)), 1.0 / (1.0 + math.e)], rtol=1e-15)
    np.testing.assert_array_equal(s.gaps, [0.0, -1000.0, -1001.0])


def test_many_losers_whose_sum_alone_is_normal() -> None:
    for n, gap in ((1000, 712.0), (131072, 716.0)):
        logits = np.full(n, -gap)
        logits[n // 3] = 0.0
        s, count = Softmax(logits), n - 1
        odds = count * mp.exp(-gap)
        assert ulps(s.q[n // 3], odds) <= 4.0
        assert ulps(s.entropy, odds * (1 + gap)) <= 4.0
        assert ulps(s.trace, 2 * odds) <= 4.0
        assert ulps(s.frobenius, odds * mp.sqrt(1 + mp.mpf(3) / count)) <= 4.0
        assert ulps(s.spectral_norm, odds * (1 + mp.mpf(1) / count)) <= 4.0
        g = np.linspace(0.0, 1.0, n)
        g[n // 3] = 0.25
        mean = mp.fsum(mp.mpf(x) for i, x in enumerate(g.tolist()) if i != n // 3) / count
        assert ulps(s.vjp(g)[n // 3], -odds * (mean - mp.mpf(0.25)), 2) <= 8.0


def test_sums_keep_what_plain_float64_drops() -> None:
    terms = np.full(129, 1.0e-16)
    terms[0] = 1.0
    exact = math.fsum(terms)
    assert abs(np.add.reduce(terms) - exact) > 3 * np.spacing(exact)  # what is to be avoided
    assert total(terms)[0] == exact
    assert total(-terms)[0] == -exact
    corrections = terms * 1e-17
    sum_, rest = total_with_rest(terms, corrections)
    assert sum_[0] == exact
    assert rest[0] == pytest.approx(math.fsum([*terms, *corrections, -exact]), rel=1e-12)

    logits = np.full(130, math.log(1.0e-16))
    logits[:2] = 0.0
    assert ulps(Softmax(logits).q[0], Truth(logits).q[0]) <= 2.0


def test_differences_keep_their_error() -> None:
    a, b = np.array([0.1, 1e16, -np.inf, 1.7e308]), np.array([[0.3], [-1.7e308]])
    hi, lo = quiet(difference)(a + 0.0 * b, b)
    np.testing.assert_array_equal(hi, [[x - y for x in a.tolist()] for y in b[:, 0].tolist()])
    for i, row in enumerate(b[:, 0]):
        for j, x in enumerate(a):
            exact = mp.mpf(float(x)) - mp.mpf(float(row))
            assert lo[i, j] == 0.0 if not np.isfinite(hi[i, j]) else mp.mpf(hi[i, j]) + mp.mpf(lo[i, j]) == exact
    assert np.count_nonzero(lo) == 4


def test_worked_numbers() -> None:
    np.testing.assert_allclose(Softmax([1, 2]).p, [0.26894142, 0.73105858], atol=5e-9)
    np.testing.assert_allclose(abs(Softmax([1, 2]).jacobian()), 0.19661193, atol=5e-9)
    np.testing.assert_allclose(Softmax([1, 2, 3]).p, [0.09003057, 0.24472847, 0.66524096], atol=5e-9)
    np.testing.assert_allclose(Softmax([1000, 2000, 3000]).log10_p, [-868.589, -434.294, 0.0], atol=5e-4)
    s = Softmax([40, 0, 0])
    assert f"{s.q[0]:.2g}" == f"{s.jacobian()[0, 0]:.2g}" == "8.5e-18"
