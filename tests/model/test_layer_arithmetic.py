"""The fast passes of a layer: bit for bit the arithmetic of a format, and within rounding of the exact gradients."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.model.arithmetic import Arithmetic
from explorer.model.layer import SoftmaxLayer
from explorer.model.layer_arithmetic import _GRADIENTS, Pass, batch_of, rounding_to
from explorer.model.losses import LOSSES
from explorer.model.rounding import FORMATS


def passed(form, loss, *, classes=3, m=17, features=2, scale=1.0, seed=0):
    rng = np.random.default_rng(seed)
    fl = rounding_to(FORMATS[form])
    with np.errstate(all="ignore"):
        weights = fl(scale * rng.standard_normal((classes, features + 1)))
        X, y = rng.standard_normal((m, features)), rng.integers(0, classes, m)
        return weights, X, y, Pass(weights, batch_of(X, y, classes, fl), loss, fl)


@given(st.sampled_from(sorted(FORMATS)), st.lists(st.floats(), min_size=1, max_size=9))
def test_rounding_is_that_of_the_format(name, values):
    x = np.array(values)
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(rounding_to(FORMATS[name])(x), FORMATS[name].round(x))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("scale", [0.3, 4.0, 40.0])
def test_p_and_gradients_are_bit_for_bit_those_of_the_arithmetic(form, loss, scale):
    _, _, y, found = passed(form, loss, scale=scale)
    for k, target in enumerate(y):
        one = Arithmetic(found.logits[:, k], FORMATS[form].grid)
        np.testing.assert_array_equal(found.p[:, k], one.p)
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(found.logit_gradient[:, k], one.gradient(loss, int(target)))


@pytest.mark.parametrize("form", ["float32", "float16", "bfloat16", "float8_e5m2"])
def test_the_weight_gradient_is_summed_in_pairs_each_addition_rounded(form):
    _, X, _, found = passed(form, "cross_entropy", m=7)
    fl = FORMATS[form].round

    def in_pairs(terms):
        while len(terms) > 1:
            half = len(terms) // 2
            pairs = [fl(terms[i] + terms[half + i]) for i in range(half)]
            terms = pairs + terms[2 * half :]
        return terms[0]

    with np.errstate(all="ignore"):
        gradient = found.weight_gradient()
    features = np.column_stack([fl(X), np.ones(7)])
    for i in range(3):
        for j in range(3):
            terms = [fl(found.logit_gradient[i, k] * features[k, j]) for k in range(7)]
            assert gradient[i, j] == fl(in_pairs(terms) / 7.0)


def test_logits_are_sums_in_the_order_of_the_features():
    weights, X, _, found = passed("bfloat16", "cross_entropy", features=3)
    fl = FORMATS["bfloat16"].round
    for k, x in enumerate(fl(X)):
        sum_ = fl(fl(weights[:, 0] * x[0]) + fl(weights[:, 1] * x[1]))
        expected = fl(fl(sum_ + fl(weights[:, 2] * x[2])) + weights[:, 3])
        np.testing.assert_array_equal(found.logits[:, k], expected)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("classes", [1, 2, 3, 7])
def test_float64_agrees_with_the_layer_within_rounding(loss, classes):
    weights, X, y, found = passed("float64", loss, classes=classes, m=50, features=4)
    layer = SoftmaxLayer(weights[:, :-1], weights[:, -1])
    gradient = found.weight_gradient()
    np.testing.assert_allclose(gradient[:, :-1], layer.weight_gradient(X, y, loss), atol=2e-15)
    np.testing.assert_allclose(gradient[:, -1], layer.bias_gradient(X, y, loss), atol=2e-15)
    np.testing.assert_allclose(found.losses(), LOSSES[loss].value(layer(X), y), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("classes", [1, 2, 3, 5])
@pytest.mark.parametrize("scale", [0.0, 1e-6, 1.0, 10.0])
def test_norms_of_j_are_its_largest_eigenvalues(classes, scale):
    _, _, _, found = passed("float64", "cross_entropy", classes=classes, scale=scale)
    for p, norm in zip(found.p.T, found.spectral_norms(), strict=True):
        assert norm == pytest.approx(np.linalg.eigvalsh(np.diag(p) - np.outer(p, p))[-1], rel=1e-12, abs=1e-15)


def test_norms_of_j_do_not_vanish_early():
    weights = np.array([[40.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    found = Pass(
        weights, batch_of(np.array([[1.0]]), np.array([0]), 3), "cross_entropy", rounding_to(FORMATS["float64"])
    )
    p = np.exp(-40.0)
    assert found.spectral_norms()[0] == pytest.approx(3.0 * p, rel=1e-12)


def test_ties_count_as_the_first_class():
    found = Pass(
        np.zeros((2, 2)), batch_of(np.ones((4, 1)), np.array([0, 1, 1, 1]), 2), "kl", rounding_to(FORMATS["float64"])
    )
    assert found.right() == 1
    np.testing.assert_array_equal(found.rightly(), [True, False, False, False])


def test_broken_logits_are_right_about_nothing():
    with np.errstate(all="ignore"):
        weights = np.array([[np.inf, 0.0], [0.0, 0.0]])
        batch = batch_of(np.array([[1.0], [1.0]]), np.array([0, 1]), 2)
        found = Pass(weights, batch, "kl", rounding_to(FORMATS["float64"]))
        assert found.right() == 0
        assert np.isnan(found.losses()).all()


@pytest.mark.parametrize(
    ("form", "expected"),
    [("float64", [False, False, False]), ("float16", [True, False, False]), ("bfloat16", [False, False, False])],
)
def test_lost_are_samples_whose_gradient_is_all_zero(form, expected):
    """At a gap of 20 the loser's p, 2e-9, is no number of float16, but one of bfloat16."""
    weights, fl = np.array([[1.0, 0.0], [0.0, 0.0]]), rounding_to(FORMATS[form])
    with np.errstate(all="ignore"):
        batch = batch_of(np.array([[20.0], [1.0], [-20.0]]), np.array([0, 0, 0]), 2, fl)
        assert Pass(weights, batch, "cross_entropy", fl).lost().tolist() == expected


def test_every_loss_has_its_pass():
    assert set(_GRADIENTS) == set(LOSSES)
