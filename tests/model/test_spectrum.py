"""Eigenvalues of J: against the secular equation in 400 digits, against LAPACK, bounds and exact cases."""

import math

import numpy as np
import pytest
from model_oracle import Truth, log10_error, mp, ulps

from explorer.model import Softmax

RANDOM = np.random.default_rng(7)
NEXT = np.nextafter

ROWS: dict[str, list[float]] = {
    "alone": [3.0],
    "pair": [1.0, 2.0],
    "uniform": [0.5] * 6,
    "saturated": [40.0, 0.0, -1.0, -3.0],
    "saturated, one rival": [0.0, 300.0, -700.0, -699.0],
    "below the smallest double": [0.0, -800.0, -801.0],
    "tie for the first place": [1.0, 1.0, 0.0, -2.0],
    "near tie for the first place": [1.0, NEXT(1.0, 0.0), NEXT(1.0, 2.0), -2.0, -3.0],
    "near tie of two": [1e-9, 0.0, -5.0],
    "ties lower down": [2.0, 0.0, 0.0, 0.0, -1.0, -1.0],
    "cluster": [0.0, 1e-12, 3e-12, 4e-9, -1e-5, -1e-16],
    "clusters at three heights": [0.0, 1e-13, -20.0, -20.0 - 1e-13, -20.0 + 4e-15, -300.0, -300.0 - 1e-12],
    "steep": list(-30.0 * np.arange(12.0)),
    "ramp": list(np.linspace(0.0, -3.0, 12)),
    "two halves": [0.0] * 5 + [-36.0] * 5,
    "hidden crowd": [0.0] + [-37.0] * 11,
    **{f"random {i}": list(RANDOM.normal(size=8) * 10.0 ** (i / 2 - 2)) for i in range(10)},
}
each_row = pytest.mark.parametrize("logits", ROWS.values(), ids=ROWS)


@each_row
def test_every_eigenvalue_to_the_last_digits(logits: list[float]) -> None:
    s, true = Softmax(logits), Truth(logits)
    values = s.eigenvalues()
    assert values.shape == (s.n,)
    assert values[0] == 0.0
    assert values[-1] == s.spectral_norm
    assert (np.diff(values) >= 0.0).all()
    for rank, value in enumerate(values):
        assert true.eigenvalue_error(value, rank) <= 8.0, rank


@each_row
def test_they_fit_trace_and_frobenius_norm(logits: list[float]) -> None:
    s = Softmax(logits)
    values = s.eigenvalues()
    assert values.sum() == pytest.approx(float(s.trace), rel=1e-14, abs=0.0)
    assert math.hypot(*values) == pytest.approx(float(s.frobenius), rel=1e-14, abs=0.0)
    bound = 2.0 * s.p_top[0] * s.q_top[0]
    assert s.spectral_norm <= min(s.p_top[0], bound) * (1 + 1e-15)


def test_the_oracle_agrees_with_a_dense_solver() -> None:
    """The secular equation against LAPACK, and against the very definition of an eigenvalue in 400 digits."""
    for logits in (ROWS["random 4"], ROWS["ramp"], ROWS["pair"]):
        s = Softmax(logits)
        np.testing.assert_allclose(s.eigenvalues(), np.linalg.eigvalsh(s.jacobian()), atol=1e-15)
    true = Truth([1.0, 0.0, -1.5])
    matrix = mp.matrix([[true.jacobian(i, j) for j in range(3)] for i in range(3)])
    dense = sorted(mp.eigsy(matrix, eigvals_only=True))
    for rank in (1, 2):
        assert true.eigenvalue_error(float(dense[rank]), rank) <= 1.0
        assert true.eigenvalue_error(float(dense[rank]) * (1 + 2e-14), rank) > 50.0


@pytest.mark.parametrize("gap", [1.0, 36.0, 400.0, 700.0, 1e3, 1e5, 1e300])
@pytest.mark.parametrize("losers", [1, 2, 11])
def test_equal_losers_in_closed_form(gap: float, losers: int) -> None:
    """With m equal losers the largest eigenvalue is ``p q (1 + 1 / m)``."""
    s, true = Softmax([gap] + [0.0] * losers), Truth([gap] + [0.0] * losers)
    value = true.jacobian(0, 0) * (1 + mp.mpf(1) / losers)
    assert ulps(s.spectral_norm, value) <= 4.0
    assert log10_error(s.log10_spectral_norm, value) <= 1.0


def test_uniform_and_tied_tops() -> None:
    for n in (2, 3, 10, 1000):
        assert ulps(Softmax(np.zeros(n)).spectral_norm, mp.mpf(1) / n) <= 2.0
    s = Softmax([4.0, 4.0, 1.0])
    assert ulps(s.spectral_norm, Truth([4.0, 4.0, 1.0]).p[0]) <= 2.0


def test_nobody_beside_the_winner() -> None:
    for logits in ([2.0], [2.0, -np.inf], [-np.inf, 2.0, -np.inf]):
        s = Softmax(logits)
        assert s.spectral_norm == 0.0
        assert s.log10_spectral_norm == -np.inf
        assert (s.eigenvalues() == 0.0).all()


def test_zero_probabilities_give_zero_eigenvalues() -> None:
    with_zeros, without = Softmax([1.0, -np.inf, 0.0, -1.0, -np.inf]), Softmax([1.0, 0.0, -1.0])
    np.testing.assert_array_equal(with_zeros.eigenvalues(), np.r_[0.0, 0.0, without.eigenvalues()])


@pytest.mark.parametrize("spread", [1e-3, 3.0, 1e3])
def test_many_classes(spread: float) -> None:
    logits = RANDOM.normal(size=8000) * spread
    with mp.workdps(50):
        assert Truth(logits).eigenvalue_error(float(Softmax(logits).spectral_norm), 7999) <= 8.0


def test_all_eigenvalues_at_the_limit() -> None:
    s = Softmax(RANDOM.normal(size=2048) * 3.0)
    values = s.eigenvalues()
    assert (np.diff(values) >= 0.0).all()
    inner, poles = values[1:], np.sort(s.p)
    assert (inner >= poles[:-1]).all()
    assert (inner <= poles[1:]).all()
    assert values.sum() == pytest.approx(float(s.trace), rel=1e-13)
    with pytest.raises(ValueError, match="2048 classes, not 2049"):
        Softmax(np.zeros(2049)).eigenvalues()
