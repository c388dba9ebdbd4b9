"""A batch in passes: what each sample gives alone, whatever the passes; and who contributes nothing in a format."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_oracle import TrueLoss, Truth, log10_error

from explorer.model import LOSSES, Loss, Softmax, SoftmaxLayer
from explorer.model.batch import Batch, log10_loss
from explorer.model.formats import compute
from explorer.model.gradient_picture import GradientPicture

RNG = np.random.default_rng(5)
LAYER = SoftmaxLayer(RNG.normal(size=(3, 4)), RNG.normal(size=3))
X, Y = RNG.normal(size=(600, 4)), RNG.integers(3, size=600)


def batch(loss: Loss | str = "cross_entropy", number_format: str = "float64", layer: SoftmaxLayer = LAYER) -> Batch:
    return Batch(layer, lambda start, stop: X[start:stop], Y, loss, number_format)


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_each_sample_is_what_it_is_alone(loss: Loss) -> None:
    found = batch(loss).run()
    assert found.finished
    for row in (0, 249, 250, 599):
        s, y = LAYER(X[row]), int(Y[row])
        assert found.p_target[row] == s.p[y] and found.loss_values[row] == loss.value(s, y)
        assert np.array_equal(found.logit_gradients[row], loss.grad_logits(s, y))
        norm = np.linalg.norm(LAYER.weight_gradient(X[row], y, loss))
        assert 10.0 ** found.log10_norms[row] == pytest.approx(norm, rel=1e-12)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_whole_is_the_layers_gradient(reduction) -> None:
    found = batch("focal").run()
    true = LAYER.weight_gradient(X, Y, "focal", reduction)
    assert np.allclose(found.weight_gradient(reduction), true, rtol=1e-12, atol=1e-15)
    assert found.value(reduction) == pytest.approx(LAYER.loss(X, Y, "focal", reduction), rel=1e-12)


@given(passes=st.lists(st.integers(1, 400), max_size=8))
def test_passes_do_not_show(passes: list[int]) -> None:
    whole, parts = batch().run(), batch()
    for samples in passes:
        before = parts.done
        assert parts.run(samples).done >= min(before + samples, 600)
    parts.run()
    assert np.array_equal(parts.weight_gradient("sum"), whole.weight_gradient("sum"))
    assert np.array_equal(parts.log10_norms, whole.log10_norms) and parts.value() == whole.value()


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
@pytest.mark.parametrize("gap", [0.5, 30.0, 200.0, 240.0, 340.0, 700.0, 5000.0])
def test_the_logarithm_of_a_loss_goes_on_below_the_smallest_double(loss: Loss, gap: float) -> None:
    logits = [0.0, -gap, -gap - 1.0]
    s, truth = Softmax(logits), Truth(logits)
    value, _ = TrueLoss(loss.name, truth, [1.0, 0.0, 0.0]).value
    assert log10_error(float(log10_loss(loss, s, 0)), value) <= 1.0
    assert log10_loss(loss, Softmax([[3.0]]), np.array([0]))[0] == -np.inf
    batch_of = log10_loss(loss, Softmax([logits, logits]), np.array([0, 2]))
    assert batch_of[0] == log10_loss(loss, s, 0) and batch_of[1] == np.log10(loss.value(s, 2))


def test_half_a_batch_is_the_gradient_of_that_half() -> None:
    half = batch().run(300)
    assert half.done == 500 and not half.finished
    true = LAYER.weight_gradient(X[:500], Y[:500], "cross_entropy")
    assert np.allclose(half.weight_gradient(), true, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("number_format", ["float64", "float32", "bfloat16", "float8_e4m3fn"])
@pytest.mark.parametrize("loss", ["cross_entropy", "squared_error"])
def test_who_contributes_nothing_is_who_the_format_returns_zero_for(number_format: str, loss: str) -> None:
    steep = SoftmaxLayer(12.0 * LAYER.W)
    found = batch(loss, number_format, steep).run()
    for row in range(60):
        reading = compute(steep.logits(X[row]), int(Y[row]), format=number_format)[f"gradient_norm:{loss}"]
        assert found.lost[row] == (reading.value == 0.0)
    assert 0 < found.contributing < 600 if number_format != "float64" else found.contributing > 0
    assert found.contributing == 600 - np.count_nonzero(found.lost)


def test_a_sample_of_zeros_contributes_nothing_in_any_format() -> None:
    found = Batch(LAYER, lambda start, stop: np.zeros((stop - start, 4)), Y, "cross_entropy").run()
    assert found.lost.all() and found.contributing == 0 and (found.log10_norms == -np.inf).all()


def test_a_label_without_a_class_is_named() -> None:
    with pytest.raises(ValueError, match="label 3 of sample 1 names no class: they are 0 to 2"):
        Batch(LAYER, lambda start, stop: X[start:stop], np.array([0, 3]), "focal")


@pytest.mark.parametrize("shape", [(600, 4), (600, 1), (7, 3), (250, 2), (1, 1), (1000, 100)])
def test_a_pixel_of_the_picture_is_the_largest_entry_of_its_block(shape: tuple[int, int]) -> None:
    whole = batch("squared_error", "float8_e4m3fn", SoftmaxLayer(6.0 * LAYER.W))
    picture = GradientPicture(whole, *shape)
    while not whole.finished:
        whole.run(250)
        picture.follow()
    assert not picture.follow()
    every = (whole.logit_gradients[:, :, None] * X[:, None, :]).reshape(600, 3, 4)
    rows, columns = min(shape[0], 600), min(shape[1], 4)
    assert picture.values.shape == (rows, 3 * columns)
    for k, start in enumerate(range(rows)):
        samples = slice(start * 600 // rows, (start + 1) * 600 // rows)
        assert picture.silent[k] == np.count_nonzero(whole.lost[samples])
        for i in range(3):
            for c in range(columns):
                block = every[samples, i, c * 4 // columns : (c + 1) * 4 // columns]
                assert abs(picture.values[k, i * columns + c]) == np.abs(block).max()
                assert picture.values[k, i * columns + c] in block
    assert 0 < picture.silent.sum() < 600


def test_the_picture_waits_for_its_batch() -> None:
    parts = batch().run(250)
    picture = GradientPicture(parts, 10, 4)
    assert picture.follow() and picture.done == 4 and not picture.values[4:].any()
