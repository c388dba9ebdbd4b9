"""Eigenvectors: orthonormal, belonging to their eigenvalues, also where these coincide or lie below any double."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_oracle import Truth, mp

from explorer.model import Softmax
from explorer.model.eigen import eigenvectors, log10_eigenvalues

CASES = {
    "one class": [3.0],
    "two": [1.0, 0.0],
    "all equal": [2.0] * 5,
    "a tie for first place": [2.0, 2.0, -1.0, 0.5],
    "tied losers": [4.0, 0.0, 0.0, 0.0, 1.0, 1.0],
    "confidently wrong": [20.0, 0.0, 0.0],
    "one part in 1e16 apart": [1.0, 1.0 + 2.0**-52, 1.0 - 2.0**-53, 3.0],
    "saturated": [50.0, 0.0, 0.0, 0.5, -20.0],
    "below the smallest double": [1000.0, 2000.0, 3000.0],
    "the ends of the range": [1.7e308, -1.7e308, 0.0],
    "far from 0": [1e8 + 1.0, 1e8, 1e8 + 1.0, 1e8 - 3.0],
    "a dozen": [round(2.4 * np.cos(1.7 * k), 2) for k in range(12)],
}
logits = st.lists(st.floats(-60.0, 60.0) | st.sampled_from([0.0, 1.0, 1.0 + 2.0**-52]), min_size=1, max_size=12)
scales = st.sampled_from([1.0, 1e-15, 1e-6, 100.0])
each_case = pytest.mark.parametrize("z", CASES.values(), ids=CASES)


def true_residual(z: list[float], vectors: np.ndarray) -> float:
    """Return the largest angle of ``J v`` to v, each in units of the precision of v's own eigenvalue's neighbours.

    ``J v - x v`` for the best x, over the largest probability that takes part in it: in 400 digits, with the true J.
    """
    truth, worst = Truth(z), 0.0
    for column in vectors.T[1:]:
        v = [mp.mpf(float(x)) for x in column]
        mean = mp.fsum(p * x for p, x in zip(truth.p, v, strict=True))
        image = [p * (x - mean) for p, x in zip(truth.p, v, strict=True)]
        rayleigh = mp.fsum(x * y for x, y in zip(v, image, strict=True))
        sizes = [p * abs(x) for p, x in zip(truth.p, v, strict=True)]
        rest = mp.sqrt(mp.fsum((y - rayleigh * x) ** 2 for x, y in zip(v, image, strict=True)))
        worst = max(worst, float(rest / max(*sizes, abs(rayleigh))))
    return worst


@each_case
def test_eigenvectors_are_orthonormal(z: list[float]) -> None:
    vectors = eigenvectors(Softmax(z))
    assert np.abs(vectors.T @ vectors - np.eye(len(z))).max() < 1e-12


@each_case
def test_eigenvectors_belong_to_the_eigenvalues_in_order(z: list[float]) -> None:
    s = Softmax(z)
    vectors = eigenvectors(s)
    residual = s.jacobian() @ vectors - vectors * s.eigenvalues()
    assert np.abs(residual).max() <= 1e-14 * s.spectral_norm


@each_case
def test_small_eigenvalues_have_their_eigenvectors_too(z: list[float]) -> None:
    assert true_residual(z, eigenvectors(Softmax(z))) < 1e-12


@given(z=logits, scale=scales)
def test_any_eigenvectors_are_orthonormal_and_belong(z: list[float], scale: float) -> None:
    scaled = [scale * x for x in z]
    vectors = eigenvectors(Softmax(scaled))
    assert np.abs(vectors.T @ vectors - np.eye(len(z))).max() < 1e-12
    assert true_residual(scaled, vectors) < 1e-12


@each_case
def test_the_first_is_the_null_vector(z: list[float]) -> None:
    assert np.allclose(eigenvectors(Softmax(z))[:, 0], 1.0 / np.sqrt(len(z)), rtol=1e-15, atol=0.0)


def test_classes_more_probable_than_the_eigenvalue_are_positive() -> None:
    s = Softmax(CASES["a dozen"])
    vectors, values = eigenvectors(s), s.eigenvalues()
    for k in range(1, s.n):
        assert np.array_equal(vectors[:, k] > 0.0, s.p > values[k])


def test_equal_classes_differ_from_one_another_in_their_vectors() -> None:
    vectors = eigenvectors(Softmax([5.0, 0.0, 0.0, 0.0]))
    assert np.allclose(vectors[:, 1], np.array([0.0, 1.0, -1.0, 0.0]) / np.sqrt(2.0))
    assert np.allclose(vectors[:, 2], np.array([0.0, 1.0, 1.0, -2.0]) / np.sqrt(6.0))


def test_many_classes() -> None:
    z = np.random.default_rng(3).normal(size=64) * 30.0
    vectors = eigenvectors(Softmax(z))
    assert np.abs(vectors.T @ vectors - np.eye(64)).max() < 1e-12


@pytest.mark.parametrize(
    ("a", "sentence"),
    [
        (np.zeros((2, 3)), r"one row of at most 64 logits, not for \(2, 3\)"),
        (np.zeros(65), "at most 64 logits"),
        ([0.0, -np.inf], "eigenvectors need finite logits"),
    ],
)
def test_what_has_no_eigenvectors_here_is_refused(a: np.ndarray, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        eigenvectors(Softmax(a))


@pytest.mark.parametrize("z", [(2.4, 1.0, 0.5, -0.5, -1.2), (0.0, 0.0, 0.0), (3.0, 3.0, -1.0, -1.0), (40.0, 1.0, 0.0)])
def test_logarithms_are_those_of_the_eigenvalues(z):
    s = Softmax(z)
    logs = log10_eigenvalues(s)
    assert logs[0] == -np.inf
    np.testing.assert_allclose(10.0 ** logs[1:], s.eigenvalues()[1:], rtol=1e-12)


def test_logarithms_go_on_below_the_smallest_double():
    near, far = (log10_eigenvalues(Softmax((gap, 0.5, 0.0))) for gap in (50.0, 2050.0))
    np.testing.assert_allclose(far[1:], near[1:] - 2000.0 / np.log(10.0), rtol=1e-13)
