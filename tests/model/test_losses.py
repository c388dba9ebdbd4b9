"""Each loss: value, gradients, logarithms and norm against its definition; gradients against differences."""

import math
from typing import Any

import numpy as np
import pytest
from model_oracle import Number, TrueLoss, Truth, log10_error, mp, ulps

from explorer.model import LOSSES, Loss, Softmax
from explorer.model.losses import log10_norm

ROWS: dict[str, list[float]] = {
    "alone": [3.0],
    "pair": [1.0, 2.0],
    "mild": [2.0, 1.0, 0.1, -1.0],
    "ahead": [20.0, 0.0, 0.5, -3.0],
    "saturated": [40.0, 0.0, -1.0, -1.0],
    "far": [-355.0, 1.0, -354.0],
    "near the smallest normal": [0.0, -707.0, -709.0, -740.0],
    "below the smallest double": [0.0, -1000.0, -1001.0, -3000.0],
    "tie": [2.0, 2.0, -1.0],
    "tie, the rest below the smallest double": [1000.0, 1000.0, 0.0, -1.0, -1.0],
    "near tie": [1.0, np.nextafter(1.0, 2.0), -60.0],
    "near tie of losers": [30.0, 1.0, 1.0 + 1e-12, 0.0],
    "far out": [1e8 + 0.3, 1e8, 1e8 - 2.7],
    "uniform": [0.0] * 6,
    "ends of the range": [1.7e308, -1.7e308, 0.0],
}
each_row = pytest.mark.parametrize("logits", ROWS.values(), ids=ROWS)
each_loss = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)


def soft_targets(s: Softmax) -> dict[str, np.ndarray]:
    """Return distributions over s.n classes: even, uneven, with zeros, p itself and its neighbourhood."""
    rising = np.arange(1.0, s.n + 1.0)
    near = s.p * (1.0 + 1e-6 * np.cos(rising))
    zeros = np.where(np.arange(s.n) < 2, 0.5, 0.0) if s.n > 1 else np.ones(1)
    normal = np.where(s.p > 1e-290, s.p, 0.0)
    targets = {"even": np.full(s.n, 1.0 / s.n), "rising": rising, "zeros": zeros, "p": normal, "near p": near}
    targets = {name: y / y.sum() for name, y in targets.items()}
    return {name: y for name, y in targets.items() if (y > 1e-290).sum() == np.count_nonzero(y) > 1 and y.max() < 1.0}


def check(loss: Loss, s: Softmax, y: Any, true: TrueLoss, flat: tuple[int, ...] = ()) -> None:
    """Compare everything; at the ``flat`` entries the condition number does not count."""
    value, condition = true.value
    assert ulps(float(loss.value(s, y)), value, condition) <= 8.0
    subnormal = s.p < np.finfo(np.float64).tiny
    for ours, logs, entries, allowed in (
        (loss.grad_p(s, y), loss.log10_abs_grad_p(s, y), true.grad_p, np.where(subnormal, 4e3, 8.0)),
        (loss.grad_logits(s, y), loss.log10_abs_grad_logits(s, y), true.grad_logits, np.full(s.n, 8.0)),
    ):
        for i, (entry, condition) in enumerate(entries):
            if i in flat and condition < 1e30:
                condition = mp.mpf(1)
            assert ulps(ours[i], entry, condition) <= allowed[i], (i, ours[i], mp.nstr(entry, 20))
            assert log10_error(logs[i], entry, 100 * condition) <= 1.0, (i, logs[i], mp.nstr(entry, 20))
            if entry and condition < 1e3:
                assert math.copysign(1.0, ours[i]) == mp.sign(entry), (i, "even a zero keeps the sign of the truth")
    norm, condition = true.norm
    assert log10_error(float(loss.log10_grad_norm(s, y)), norm, condition) <= 1.0


@each_row
@each_loss
def test_target_class(loss: Loss, logits: list[float]) -> None:
    s, truth = Softmax(logits), Truth(logits)
    for y in range(s.n):
        flat = () if loss.name == "label_smoothing" else (y, truth.winner)
        check(loss, s, y, TrueLoss(loss.name, truth, np.eye(s.n)[y]), flat)


@each_row
@each_loss
def test_target_distribution(loss: Loss, logits: list[float]) -> None:
    s, truth = Softmax(logits), Truth(logits)
    for y in soft_targets(s).values():
        check(loss, s, y, TrueLoss(loss.name, truth, y))


def test_there_are_soft_targets() -> None:
    assert set(soft_targets(Softmax(ROWS["mild"]))) == {"even", "rising", "zeros", "p", "near p"}


@each_row
@each_loss
def test_one_hot_distribution_means_the_class(loss: Loss, logits: list[float]) -> None:
    s = Softmax(logits)
    for y in range(s.n):
        for name in ("value", "grad_p", "grad_logits", "log10_abs_grad_p", "log10_abs_grad_logits", "log10_grad_norm"):
            by_class, by_row = getattr(loss, name)(s, y), getattr(loss, name)(s, np.eye(s.n, dtype=int)[y])
            np.testing.assert_array_equal(by_class, by_row, strict=True)


def difference_quotient(loss: Loss, logits: np.ndarray, y: Any, i: int) -> float:
    step = np.zeros_like(logits)
    step[i] = 1e-5
    return float(loss.value(Softmax(logits + step), y) - loss.value(Softmax(logits - step), y)) / 2e-5


@each_loss
@pytest.mark.parametrize("y", [0, 2, [0.2, 0.3, 0.4, 0.1]], ids=str)
def test_gradient_is_the_derivative_of_the_value(loss: Loss, y: Any) -> None:
    logits = np.array([0.3, -1.0, 1.2, 0.0])
    s = Softmax(logits)
    quotients = [difference_quotient(loss, logits, y, i) for i in range(4)]
    np.testing.assert_allclose(loss.grad_logits(s, y), quotients, atol=1e-9)
    np.testing.assert_allclose(loss.grad_logits(s, y), s.vjp(loss.grad_p(s, y)), atol=1e-15)
    assert abs(loss.grad_logits(s, y).sum()) < 1e-15


def test_confidently_wrong() -> None:
    """Target at gap 20: cross-entropy's gradient stays 1.41, squared error's dies at 7.7e-9 (issue's preset)."""
    s = Softmax([20.0, 0.0, 0.0])
    assert 10 ** LOSSES["cross_entropy"].log10_grad_norm(s, 1) == pytest.approx(1.41, abs=0.005)
    assert 10 ** LOSSES["squared_error"].log10_grad_norm(s, 1) == pytest.approx(7.7e-9, rel=0.01)


def test_relations() -> None:
    s, y = Softmax([0.3, -1.0, 1.2]), np.array([0.5, 0.25, 0.25])
    entropy = -float((y * np.log(y)).sum())
    assert LOSSES["cross_entropy"].value(s, y) - LOSSES["kl"].value(s, y) == pytest.approx(entropy, rel=1e-14)
    np.testing.assert_array_equal(LOSSES["cross_entropy"].grad_logits(s, y), LOSSES["kl"].grad_logits(s, y))
    smoothed = 0.9 * y + 0.1 / 3
    assert LOSSES["label_smoothing"].value(s, y) == pytest.approx(float(LOSSES["cross_entropy"].value(s, smoothed)))
    assert LOSSES["squared_error"].value(s, y) == pytest.approx(0.5 * float(((s.p - y) ** 2).sum()), rel=1e-14)


def test_kl_near_its_minimum() -> None:
    """The value there is half of sum (p - y)^2 / p: no digits are lost, and it is never negative."""
    s = Softmax([0.5, 0.0, -1.0])
    assert LOSSES["kl"].value(s, s.p) < 1e-30
    for size in (1e-3, 1e-6, 1e-9, 1e-12):
        y = s.p + size * np.array([1.0, -0.5, -0.5])
        value = float(LOSSES["kl"].value(s, y))
        assert value == pytest.approx(0.5 * float(((s.p - y) ** 2 / s.p).sum()), rel=20 * size + 1e-12)
        assert value > 0.0


@each_loss
def test_impossible_target(loss: Loss) -> None:
    """A class whose logit is -inf: an infinite loss is inf, not NaN, and the gradient stays finite."""
    s = Softmax([0.0, -np.inf, 1.0])
    finite = loss.name == "squared_error"
    assert np.isfinite(loss.value(s, 1)) == finite
    assert np.isfinite(loss.grad_logits(s, 1)).all()
    assert np.isfinite(loss.grad_p(s, 1)).all() == finite
    assert not np.isnan(loss.log10_abs_grad_logits(s, 1)).any()
    assert not np.isnan(loss.log10_abs_grad_p(s, 1)).any()


def test_values_beyond_the_largest_double() -> None:
    s = Softmax([1.7e308, -1.7e308])
    assert LOSSES["cross_entropy"].value(s, 1) == np.inf
    assert LOSSES["cross_entropy"].value(s, [0.9, 0.1]) == pytest.approx(3.4e307)
    assert LOSSES["kl"].value(s, [0.9, 0.1]) == pytest.approx(3.4e307)
    assert LOSSES["cross_entropy"].grad_p(s, 1)[1] == -np.inf
    assert LOSSES["cross_entropy"].log10_abs_grad_p(s, 1)[1] == pytest.approx(3.4 * math.log10(math.e) * 1e308)


def test_norm_of_logarithms() -> None:
    assert log10_norm(np.log10([3.0, 4.0])) == pytest.approx(math.log10(5.0))
    assert log10_norm(np.array([-1e6, -1e6])) == pytest.approx(-1e6 + math.log10(math.sqrt(2.0)), rel=1e-15)
    assert log10_norm(np.array([-np.inf, -np.inf])) == -np.inf
    np.testing.assert_allclose(log10_norm(np.array([[0.0, -np.inf], [-400.0, -400.0]])), [0.0, -400.0 + math.log10(2) / 2])


def test_the_oracle_knows_the_worked_numbers() -> None:
    truth: Number = TrueLoss("squared_error", Truth([1.0, 2.0]), [0.0, 1.0]).value[0]
    assert float(truth) == pytest.approx(0.26894142**2, rel=1e-7)
