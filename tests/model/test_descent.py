"""Gradient descent: the worked linear regression, and each rule against its own formulas written out."""

import math

import numpy as np
import pytest

from explorer.model.descent import OPTIMIZERS, descend, remember, rule_named
from explorer.model.rounding import FORMATS

X = np.array([[1.0, 5.0], [1.0, 2.0], [1.0, 4.0], [1.0, 5.0]])
Y = np.array([1.0, 6.0, 4.0, 2.0])


def regression(theta):
    return X.T @ (X @ theta - Y) / len(Y)


def test_linear_regression_after_1000_steps():
    theta = descend(regression, np.zeros(2), rate=0.01, steps=1000)
    np.testing.assert_allclose(theta, [5.2148, -0.5733], atol=5e-5, rtol=0)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_rule_reaches_the_least_squares_solution(optimizer):
    theta = descend(regression, np.zeros(2), rate=0.05, steps=20_000, optimizer=optimizer)
    np.testing.assert_allclose(theta, np.linalg.lstsq(X, Y, rcond=None)[0], atol=1e-6)


def test_three_steps_of_momentum_by_hand():
    theta = descend(lambda w: 2.0 * w, [1.0], rate=0.1, steps=3, optimizer="momentum")
    w, v = 1.0, 0.0
    for _ in range(3):
        v = 0.9 * v + 2.0 * w
        w -= 0.1 * v
    assert theta == pytest.approx([w], rel=1e-15)


def test_three_steps_of_adam_by_hand():
    theta = descend(lambda w: 2.0 * w, [1.0], rate=0.1, steps=3, optimizer="adam")
    w, m, v = 1.0, 0.0, 0.0
    for t in range(1, 4):
        g = 2.0 * w
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        w -= 0.1 * (m / (1.0 - 0.9**t)) / (math.sqrt(v / (1.0 - 0.999**t)) + 1e-8)
    assert theta == pytest.approx([w], rel=1e-14)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_rules_stay_in_the_format_and_write_to_nothing_they_were_given(optimizer):
    fl = FORMATS["bfloat16"].round
    weights, gradient = fl(np.array([1.0, -2.0, 0.3])), fl(np.array([0.1, 0.5, -3.0]))
    before = weights.copy(), gradient.copy()
    memory = remember(weights)
    after = weights
    for _ in range(3):
        after, memory = OPTIMIZERS[optimizer](after, gradient, memory, 0.03, fl)
    for values in (after, memory.mean, memory.square):
        np.testing.assert_array_equal(fl(values), values)
    assert memory.updates == 3
    assert (after != weights).any()
    np.testing.assert_array_equal(weights, before[0])
    np.testing.assert_array_equal(gradient, before[1])


def test_a_small_update_rounds_to_nothing_in_bfloat16_only():
    weights, gradient = np.array([1.0]), np.array([0.1])
    memory = remember(weights)
    assert OPTIMIZERS["sgd"](weights, gradient, memory, 0.01, FORMATS["bfloat16"].round)[0] == 1.0
    assert OPTIMIZERS["sgd"](weights, gradient, memory, 0.01, FORMATS["float32"].round)[0] < 1.0


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="no optimizer 'newton'; choose from sgd, momentum, adam"):
        rule_named("newton")
    for rate in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="positive, finite"):
            descend(regression, [0.0, 0.0], rate=rate, steps=1)
