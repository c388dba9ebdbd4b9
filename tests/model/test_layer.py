"""The softmax layer: gradients against differences, the short formula against the product, batches against rows."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_oracle import TrueLoss, Truth, ulps

from explorer.model import LOSSES, Loss, SoftmaxLayer
from explorer.model.multiplications import multiplications

SHAPES = [(1, 1), (1, 4), (2, 1), (3, 2), (5, 7), (12, 12)]
each_loss = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
each_shape = pytest.mark.parametrize("shape", SHAPES, ids=str)
each_reduction = pytest.mark.parametrize("reduction", ["mean", "sum"])


def make(shape: tuple[int, int], m: int = 6, seed: int = 3) -> tuple[SoftmaxLayer, np.ndarray, np.ndarray]:
    """Return a layer, samples (m, N) and their labels."""
    rng = np.random.default_rng(seed)
    layer = SoftmaxLayer(rng.normal(size=shape), rng.normal(size=shape[0]))
    return layer, rng.normal(size=(m, shape[1])), rng.integers(shape[0], size=m)


def plain_loss(name: str, W: np.ndarray, b: np.ndarray, x: np.ndarray, y: np.ndarray) -> Any:
    """Return the sum over the samples of a loss for one-hot y (m, T), by its definition; W and b may be complex."""
    e = np.exp(x @ W.T + b)
    p = e / e.sum(axis=1, keepdims=True)
    if name == "label_smoothing":
        y = 0.9 * y + 0.1 / y.shape[1]
    if name == "squared_error":
        return 0.5 * ((p - y) ** 2).sum()
    if name == "focal":
        return -(y * (1.0 - p) ** 2 * np.log(p)).sum()
    return -(y * np.log(p)).sum()


def assert_close(ours: np.ndarray, true: np.ndarray, tolerance: float) -> None:
    assert ours.shape == true.shape
    assert np.abs(ours - true).max() <= tolerance * np.abs(true).max() + (1e-15 if true.size == 1 else 0.0)


@each_loss
@each_shape
@each_reduction
def test_gradients_equal_the_complex_step(loss: Loss, shape: tuple[int, int], reduction: Any) -> None:
    layer, x, y = make(shape)
    if shape[0] == 1 and loss.name != "label_smoothing":
        assert not layer.weight_gradient(x, y, loss, reduction).any()  # one class takes all, whatever W
        return
    one_hot, factor = np.eye(shape[0])[y], 1.0 / len(x) if reduction == "mean" else 1.0
    for_weights, for_biases = np.empty(shape), np.empty(shape[0])
    for i, j in np.ndindex(shape):
        W = layer.W.astype(complex)
        W[i, j] += 1e-30j
        for_weights[i, j] = plain_loss(loss.name, W, layer.b, x, one_hot).imag / 1e-30 * factor
    for i in range(shape[0]):
        b = layer.b.astype(complex)
        b[i] += 1e-30j
        for_biases[i] = plain_loss(loss.name, layer.W, b, x, one_hot).imag / 1e-30 * factor
    assert_close(layer.weight_gradient(x, y, loss, reduction), for_weights, 1e-12)
    assert_close(layer.bias_gradient(x, y, loss.name, reduction), for_biases, 1e-12)


@each_loss
@each_reduction
def test_gradients_equal_central_differences_of_the_layers_own_loss(loss: Loss, reduction: Any) -> None:
    layer, x, y = make((4, 3))
    true, h = np.empty((4, 3)), 1e-5
    for i, j in np.ndindex(4, 3):
        ends = []
        for step in (h, -h):
            W = layer.W.copy()
            W[i, j] += step
            ends.append(SoftmaxLayer(W, layer.b).loss(x, y, loss, reduction))
        true[i, j] = (ends[0] - ends[1]) / (2 * h)
    assert_close(layer.weight_gradient(x, y, loss, reduction), true, 1e-7)


@each_shape
def test_the_short_formula_is_the_long_product_to_the_bit(shape: tuple[int, int]) -> None:
    layer, x, _ = make(shape)
    for one in (*x, 40.0 * x[0], np.zeros(shape[1])):
        product = layer(one).jacobian() @ layer.jacobian_logits(one)
        assert np.array_equal(layer.jacobian_weights(one), product)


def test_the_jacobians_entries_are_where_the_formulas_put_them() -> None:
    layer, x, _ = make((3, 2))
    p, Dg, DP = layer(x[0]).p, layer.jacobian_logits(x[0]), layer.jacobian_weights(x[0])
    for t, i, j in np.ndindex(3, 3, 2):
        assert Dg[t, 2 * i + j] == (x[0, j] if t == i else 0.0)
        assert DP[t, 2 * i + j] == pytest.approx(p[t] * ((t == i) - p[i]) * x[0, j], rel=1e-14)


def test_the_jacobian_keeps_its_digits_where_the_softmax_is_saturated() -> None:
    layer = SoftmaxLayer([[20.0, 20.0], [0.0, 0.0], [0.0, 0.0]])
    truth = Truth([40.0, 0.0, 0.0])
    for t, i, j in np.ndindex(3, 3, 2):
        assert ulps(float(layer.jacobian_weights([1.0, 1.0])[t, 2 * i + j]), truth.jacobian(t, i)) <= 8.0


@each_loss
def test_one_samples_gradient_is_the_loss_gradient_times_x(loss: Loss) -> None:
    layer = SoftmaxLayer([[20.0, 20.0], [0.5, 0.0], [0.0, -0.25]])
    x = np.array([1.0, 2.0])
    true = TrueLoss(loss.name, Truth(layer.logits(x)), [1.0, 0.0, 0.0]).grad_logits
    ours = layer.weight_gradient(x, 0, loss)
    for i, j in np.ndindex(3, 2):
        assert ulps(float(ours[i, j]), true[i][0] * x[j], true[i][1]) <= 8.0
    assert np.array_equal(layer.bias_gradient(x, 0, loss), ours[:, 0])


@each_loss
@each_reduction
@given(seed=st.integers(0, 2**32 - 1), m=st.integers(1, 9))
def test_a_batch_is_the_mean_or_the_sum_of_its_samples(loss: Loss, reduction: Any, seed: int, m: int) -> None:
    layer, x, y = make((3, 4), m, seed)
    single = np.array([layer.weight_gradient(row, int(label), loss) for row, label in zip(x, y, strict=True)])
    whole = single.sum(axis=0) / (m if reduction == "mean" else 1)
    assert np.allclose(layer.weight_gradient(x, y, loss, reduction), whole, rtol=1e-13, atol=1e-15 * m)


@given(T=st.integers(1, 12), N=st.integers(1, 70), m=st.integers(1, 40), scale=st.sampled_from([1e-3, 1.0, 30.0]))
def test_a_batch_is_its_rows_to_the_bit(T: int, N: int, m: int, scale: float) -> None:
    rng = np.random.default_rng(T + 100 * N)
    layer = SoftmaxLayer(scale * rng.normal(size=(T, N)), rng.normal(size=T))
    x = rng.normal(size=(m, N))
    batch, gradient = layer(x), layer.logit_gradient(x, np.zeros(m, dtype=int), "cross_entropy")
    for row in range(m):
        assert np.array_equal(batch.p[row], layer(x[row]).p)
        assert np.array_equal(gradient[row], layer.logit_gradient(x[row], 0, "cross_entropy"))


def test_targets_may_be_distributions() -> None:
    layer, x, y = make((3, 2))
    one_hot = np.eye(3)[y]
    assert np.array_equal(layer.weight_gradient(x, one_hot, "focal"), layer.weight_gradient(x, y, "focal"))
    even = np.full(3, 1.0 / 3.0)
    true = (layer(x[0]).p - even)[:, None] * x[0]
    assert np.allclose(layer.weight_gradient(x[0], even, "cross_entropy"), true, rtol=1e-13)


@each_loss
def test_the_size_of_a_samples_gradient_goes_on_below_the_smallest_double(loss: Loss) -> None:
    layer, x, y = make((3, 4))
    true = [np.linalg.norm(layer.weight_gradient(row, int(label), loss)) for row, label in zip(x, y, strict=True)]
    assert np.allclose(10.0 ** layer.log10_gradient_norms(x, y, loss), true, rtol=1e-12)
    if loss.name in ("cross_entropy", "kl"):
        far = SoftmaxLayer([[1000.0], [0.0]])
        norm = float(far.log10_gradient_norms([[3.0]], [0], loss)[0])
        assert norm == pytest.approx((-3000.0 + 0.5 * math.log(2.0)) / math.log(10.0) + math.log10(3.0), rel=1e-12)
        assert not far.weight_gradient([3.0], 0, loss).any()


def test_a_zero_sample_contributes_exactly_nothing() -> None:
    layer, _, _ = make((3, 2))
    assert layer.log10_gradient_norms([[0.0, 0.0]], [1], "cross_entropy")[0] == -math.inf


def test_inputs_are_never_written_to_nor_shared() -> None:
    W, b, x, y = np.ones((2, 3)), np.zeros(2), np.ones((4, 3)), np.array([0, 1, 0, 1])
    before = [a.copy() for a in (W, b, x, y)]
    layer = SoftmaxLayer(W, b)
    layer(x), layer.weight_gradient(x, y, "focal"), layer.jacobian_weights(x[0]), layer.jacobian_logits(x[0])
    assert all(np.array_equal(a, c) for a, c in zip((W, b, x, y), before, strict=True))
    W[0, 0] = 5.0
    assert layer.W[0, 0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        layer.W[0, 0] = 2.0


@pytest.mark.parametrize(
    ("W", "b", "says"),
    [
        ([1.0, 2.0], None, r"shape \(2,\)"),
        (np.ones((0, 2)), None, r"shape \(0, 2\)"),
        ([[1.0, math.nan]], None, r"index \(0, 1\) is nan"),
        ([[1.0], [2.0]], [1.0], r"b has shape \(1,\)"),
        ([[1.0], [2.0]], [1.0, math.inf], r"bias at index \(1,\) is inf"),
        ([[1.0], [2.0, 3.0]], None, "differ in length"),
    ],
)
def test_weights_that_make_no_layer_are_refused(W: Any, b: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        SoftmaxLayer(W, b)


@pytest.mark.parametrize(
    ("x", "y", "reduction", "says"),
    [
        ([1.0, 2.0, 3.0], 0, "mean", r"W has 2 columns"),
        (np.ones((0, 2)), [], "mean", "at least one sample"),
        ([[1.0, 2.0], [3.0, math.nan]], [0, 1], "mean", r"feature at index \(1, 1\) is nan"),
        ([[1.0, 2.0], [3.0, 4.0]], [0, 3], "mean", "label 3 of sample 1 names no class: they are 0 to 2"),
        ([[1.0, 2.0], [3.0, 4.0]], [-1, 0], "sum", "label -1 of sample 0"),
        ([[1.0, 2.0], [3.0, 4.0]], [0, 1, 2], "mean", "y has 3 labels, but there are 2 samples"),
        ([1.0, 2.0], 5, "mean", "target class 5"),
        ([1.0, 2.0], [0.5, 0.5, 0.5], "mean", "must sum to 1"),
        ([1.0, 2.0], 0, "median", "no reduction 'median'"),
        ([1e308, 1e308], 0, "mean", "logit at index"),
    ],
)
def test_samples_and_labels_that_do_not_fit_are_refused(x: Any, y: Any, reduction: Any, says: str) -> None:
    layer = SoftmaxLayer([[10.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    with pytest.raises(ValueError, match=says):
        layer.weight_gradient(x, y, "cross_entropy", reduction)
    with pytest.raises(ValueError, match=says):
        layer.bias_gradient(x, y, "cross_entropy", reduction)


def test_other_refusals_name_what_is_wrong() -> None:
    layer, x, y = make((3, 2))
    with pytest.raises(ValueError, match="no loss 'hinge': choose cross_entropy"):
        layer.weight_gradient(x, y, "hinge")
    with pytest.raises(ValueError, match="of one sample"):
        layer.jacobian_weights(x)
    with pytest.raises(TypeError, match="feature at index"):
        layer(["one", "two"])


def test_multiplications_are_counted_as_the_loops_make_them() -> None:
    for T, N in SHAPES:
        count = multiplications(T, N)
        assert count.product == sum(1 for _ in np.ndindex(T, T * N, T))
        assert count.short == sum(1 for _ in np.ndindex(T, T)) + sum(1 for _ in np.ndindex(T, T, N))
        layer, x, _ = make((T, N))
        assert count.nonzero == np.count_nonzero(layer.jacobian_logits(x[0]))
        assert count.entries == layer.jacobian_logits(x[0]).size
        assert count.gradient == layer.W.size
    with pytest.raises(ValueError, match="not 0 and 3"):
        multiplications(0, 3)
