"""Mistakes that people make in softmaxes, their derivatives and loss gradients, each with the label it should get.

Every function is written from the description of the mistake; none uses the package under test.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Mistake:
    """A wrong function, what it is meant to be, and the label a diagnosis should give."""

    name: str
    kind: str | None
    function: Any
    label: str


MISTAKES: list[Mistake] = []


def mistake(kind: str | None, label: str, name: str = "") -> Callable[[Any], Any]:
    """Put a function into the collection."""

    def put(function: Any) -> Any:
        MISTAKES.append(Mistake(name or function.__name__, kind, function, label))
        return function

    return put


def soft(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def hot(y, n):
    return np.eye(n)[y] if np.ndim(y) < 2 else y


# Forward passes


@mistake("forward", "whole-array")
def sum_of_the_batch(z):
    e = np.exp(z - np.max(z))
    return e / np.sum(e)


@mistake(None, "whole-array")
def row_maximum_batch_sum(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum()


@mistake("forward", "wrong-axis")
def builtin_sum(z):
    e = np.exp(z)
    return e / sum(e)


@mistake("forward", "wrong-axis")
def columns(z):
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=0)


@mistake("forward", "column-maximum")
def maximum_of_the_column(z):
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=1, keepdims=True)


@mistake("forward", "unnormalised")
def exponential_alone(z):
    return np.exp(z - z.max(axis=1, keepdims=True))


@mistake("forward", "unnormalised")
def plain_exponential(x):
    return np.exp(x)


@mistake("forward", "double-softmax")
def softmax_twice(z):
    return soft(soft(z))


@mistake("forward", "log-softmax")
def log_softmax(z):
    z = z - z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


@mistake("forward", "base-2")
def powers_of_two(z):
    e = 2.0**z
    return e / e.sum(axis=1, keepdims=True)


@mistake("forward", "base-10")
def powers_of_ten(z):
    e = 10.0**z
    return e / e.sum(axis=1, keepdims=True)


@mistake("forward", "temperature")
def temperature_left_in(z):
    return soft(z / 0.7)


@mistake("forward", "temperature")
def scaled_like_attention(z):
    return soft(z / np.sqrt(z.shape[-1]))


@mistake("forward", "temperature")
def powers_of_27(z):
    e = 2.7**z
    return e / e.sum(axis=1, keepdims=True)


@mistake("forward", "sign-of-logits")
def maximum_minus_z(z):
    e = np.exp(z.max(axis=1, keepdims=True) - z)
    return e / e.sum(axis=1, keepdims=True)


@mistake("forward", "relu-first")
def relu_first(z):
    return soft(np.maximum(z, 0))


@mistake("forward", "absolute-logits")
def absolute_first(z):
    return soft(np.abs(z))


@mistake("forward", "no-exponential")
def linear(z):
    return z / z.sum(axis=1, keepdims=True)


@mistake("forward", "no-exponential")
def shifted_linear(z):
    d = z - z.min(axis=1, keepdims=True)
    return d / d.sum(axis=1, keepdims=True)


@mistake("forward", "square")
def squares(z):
    return z**2 / (z**2).sum(axis=1, keepdims=True)


@mistake("forward", "sigmoid")
def sigmoids(z):
    return 1 / (1 + np.exp(-z))


@mistake("forward", "sigmoid")
def sigmoids_over_their_sum(z):
    s = 1 / (1 + np.exp(-z))
    return s / s.sum(axis=1, keepdims=True)


@mistake("forward", "argmax")
def hard_maximum(z):
    return (z == z.max(axis=1, keepdims=True)).astype(float)


@mistake("forward", "extra-one")
def one_in_the_sum(z):
    e = np.exp(z)
    return e / (1 + e.sum(axis=1, keepdims=True))


@mistake("forward", "sum-of-others")
def others_below(z):
    e = np.exp(z)
    return e / (e.sum(axis=1, keepdims=True) - e)


@mistake("forward", "l2-norm")
def unit_length(z):
    e = np.exp(z)
    return e / np.linalg.norm(e, axis=1, keepdims=True)


@mistake("forward", "last-class-dropped")
def sum_stops_early(z):
    e = np.exp(z)
    total = np.zeros(len(z))
    for k in range(z.shape[1] - 1):
        total += e[:, k]
    return e / total[:, None]


@mistake("forward", "cumulative")
def running_sum(z):
    e = np.exp(z)
    return e / np.cumsum(e, axis=1)


@mistake("forward", "half-shifted")
def only_numerator_shifted(z):
    return np.exp(z - z.max(axis=1, keepdims=True)) / np.exp(z).sum(axis=1, keepdims=True)


@mistake("forward", "clipped")
def clipped(z):
    return np.clip(soft(z), 1e-3, 1)


@mistake("forward", "small-probabilities")
def clipped_far_down(z):
    return np.clip(soft(z), 1e-7, 1 - 1e-7)


@mistake("forward", "epsilon")
def epsilon_in_the_sum(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / (e.sum(axis=1, keepdims=True) + 1e-3)


@mistake("forward", "epsilon")
def small_epsilon_in_the_sum(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / (e.sum(axis=1, keepdims=True) + 1e-7)


@mistake("forward", "epsilon")
def epsilon_added(z):
    return soft(z) + 1e-6


@mistake("forward", "rounded")
def rounded(z):
    return np.round(soft(z), 4)


@mistake("forward", "integer-logits")
def whole_logits(z):
    return soft(z.astype(int).astype(float))


@mistake("forward", "float16")
def half_precision(z):
    z = z.astype(np.float16)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@mistake("forward", "large-logits")
def clipped_logits(z):
    return soft(np.clip(z, -10, 10))


@mistake("forward", "last-row-zero")
def loop_forgets_the_last_row(z):
    p = np.zeros(z.shape)
    for i in range(len(z) - 1 if len(z) > 1 else 1):
        p[i] = soft(z[i])
    return p


@mistake("forward", "last-class-zero")
def loop_forgets_the_last_class(z):
    p = np.zeros(z.shape)
    for k in range(z.shape[1] - 1):
        p[:, k] = soft(z)[:, k]
    return p


@mistake("forward", "keepdims-missing")
def keepdims_missing(z):
    e = np.exp(z)
    return e / e.sum(axis=1)


@mistake("forward", "keepdims-missing")
def keepdims_missing_from_the_maximum(z):
    e = np.exp(z - np.max(z, axis=-1))
    return e / np.sum(e, axis=-1, keepdims=True)


@mistake("forward", "transposed")
def transposed(z):
    return soft(z).T


@mistake("forward", "flattened")
def flattened(z):
    return soft(z).ravel()


@mistake("forward", "one-number-per-row")
def winner_index(z):
    return soft(z).argmax(axis=1)


@mistake("forward", "class-order")
def sorted_probabilities(z):
    return np.sort(soft(z))


@mistake("forward", "changes-input")
def writes_to_its_input(z):
    z -= z.max(axis=1, keepdims=True)
    np.exp(z, out=z)
    z /= z.sum(axis=1, keepdims=True)
    return z


@mistake("forward", "not-deterministic")
def noisy(z):
    return soft(z) + 1e-6 * np.random.default_rng().normal(size=z.shape)


@mistake("forward", "no-numbers")
def forgets_to_return(z):
    soft(z)


@mistake("forward", "no-numbers")
def returns_text(z):
    return str(soft(z))


@mistake("forward", "not-finite")
def logarithm_of_logits(z):
    return np.log(z) / np.log(z).sum(axis=1, keepdims=True)


@mistake("forward", "raises")
def unfinished(z):
    raise NotImplementedError


@mistake("forward", "complement")
def complements(z):
    return 1 - soft(z)


@mistake("forward", "batch-mean")
def averaged_over_the_batch(z):
    return np.tile(soft(z).mean(axis=0), (len(z), 1))


@mistake("forward", "scaled-logits")
def standardised(z):
    return soft((z - z.mean(axis=1, keepdims=True)) / z.std(axis=1, keepdims=True))


# "Derivatives" of shape (m, n)


@mistake("elementwise", "row-sum")
def jacobian_row_sums(z):
    s = soft(z)
    return np.array([(np.diag(r) - np.outer(r, r)).sum(axis=1) for r in s])


@mistake(None, "row-sum")
def softmax_grad_rolled(z):
    s = soft(z)
    total = s * (1 - s)
    for k in range(1, s.shape[1]):
        total -= s * np.roll(s, k, axis=1)
    return total


@mistake("elementwise", "sign-lost")
def minus_sign_lost(z):
    s = soft(z)
    total = s * (1 - s)
    for k in range(1, s.shape[1]):
        total += s * np.roll(s, k, axis=1)
    return total


@mistake("elementwise", "diagonal-only")
def fraction_of_the_others(z):
    e = np.exp(z)
    others = e.sum(axis=1, keepdims=True) - e
    return 1 / (2 + e / others + others / e)


@mistake(None, "diagonal-only")
def sigmoid_rule(z):
    s = soft(z)
    return s * (1 - s)


@mistake("elementwise", "sigmoid-rule")
def derivative_of_sigmoid(z):
    s = 1 / (1 + np.exp(-z))
    return s * (1 - s)


@mistake("elementwise", "returns-p")
def softmax_in_place_of_derivative(z):
    return soft(z)


@mistake("elementwise", "diagonal-only")
def minus_diagonal(z):
    s = soft(z)
    return s * (s - 1)


@mistake("elementwise", "whole-array+diagonal-only")
def whole_batch_diagonal(z):
    e = np.exp(z)
    s = e / e.sum()
    return s * (1 - s)


@mistake("elementwise", "tanh-rule")
def tanh_rule(z):
    return 1 - soft(z) ** 2


@mistake("elementwise", "complement")
def log_rule(z):
    return 1 - soft(z)


@mistake("elementwise", "class-difference")
def derivative_along_the_classes(z):
    return np.gradient(soft(z), axis=1)


@mistake("jacobian", "diagonal-only")
def diagonal_for_a_matrix(z):
    s = soft(z)
    return s - s * s


# Jacobians


@mistake("jacobian", "diagonal-only")
def diagonal_matrix(z):
    s = soft(z)
    return np.array([np.diag(r * (1 - r)) for r in s])


@mistake("jacobian", "off-diagonal-only")
def off_diagonal_part(z):
    s = soft(z)
    n = s.shape[1]
    jac = np.zeros((len(s), n, n))
    for i in range(n):
        for j in range(n):
            if i != j:
                jac[:, i, j] = -s[:, i] * s[:, j]
    return jac


@mistake(None, "plus-sign")
def plus_sign(z):
    s = soft(z)
    return np.array([np.diag(r) + np.outer(r, r) for r in s])


@mistake("jacobian", "sign-lost")
def positive_off_diagonal(z):
    s = soft(z)
    n = s.shape[1]
    jac = np.empty((len(s), n, n))
    for i in range(n):
        for j in range(n):
            jac[:, i, j] = s[:, i] * (1 - s[:, i]) if i == j else s[:, i] * s[:, j]
    return jac


@mistake("jacobian", "outer-only")
def outer_product(z):
    s = soft(z)
    return -s[:, :, None] * s[:, None, :]


@mistake("jacobian", "sign")
def outer_minus_diagonal(z):
    s = soft(z)
    return s[:, :, None] * s[:, None, :] - s[:, :, None] * np.eye(s.shape[1])


@mistake("jacobian", "log-softmax-jacobian")
def factor_missing(z):
    s = soft(z)
    return np.eye(s.shape[1]) - s[:, None, :]


@mistake("jacobian", "delta-missing")
def one_for_delta(z):
    s = soft(z)
    return s[:, :, None] * (1 - s[:, None, :])


@mistake("jacobian", "wrong-index")
def wrong_index(z):
    s = soft(z)
    return s[:, :, None] * (np.eye(s.shape[1]) - s[:, :, None])


@mistake("jacobian", "diagonal-twice")
def diagonal_twice(z):
    s = soft(z)
    return np.array([np.diag(r * (1 - r)) - np.outer(r, r) for r in s])


@mistake("jacobian", "identity-for-diag")
def identity_for_diagonal(z):
    s = soft(z)
    return np.array([np.eye(len(r)) - np.outer(r, r) for r in s])


@mistake("jacobian", "lower-triangle")
def inner_loop_stops(z):
    s = soft(z)
    n = s.shape[1]
    jac = np.zeros((len(s), n, n))
    for i in range(n):
        for j in range(i + 1):
            jac[:, i, j] = s[:, i] * ((i == j) - s[:, j])
    return jac


@mistake("jacobian", "last-class-edges-zero")
def loops_end_early(z):
    s = soft(z)
    n = s.shape[1]
    jac = np.zeros((len(s), n, n))
    for i in range(n - 1):
        for j in range(n - 1):
            jac[:, i, j] = s[:, i] * ((i == j) - s[:, j])
    return jac


@mistake("jacobian", "unnormalised")
def jacobian_of_exponentials(z):
    s = np.exp(z)
    return s[:, :, None] * (np.eye(s.shape[1]) - s[:, None, :])


@mistake("jacobian", "raw-logits")
def jacobian_of_raw_logits(z):
    return z[:, :, None] * (np.eye(z.shape[1]) - z[:, None, :])


@mistake("jacobian", "batch-mixed")
def outer_product_over_the_batch(z):
    s = soft(z)
    return np.array([np.diag(r) for r in s]) - s.T @ s


@mistake("jacobian", "twice-applied")
def jacobian_squared(z):
    s = soft(z)
    jac = s[:, :, None] * (np.eye(s.shape[1]) - s[:, None, :])
    return jac @ jac


@mistake("jacobian", "double-softmax")
def jacobian_at_p(z):
    s = soft(soft(z))
    return s[:, :, None] * (np.eye(s.shape[1]) - s[:, None, :])


@mistake("jacobian", "batch-summed")
def summed_jacobian(z):
    s = soft(z)
    return np.diag(s.sum(axis=0)) - s.T @ s


@mistake("jacobian", "combination")
def odd_mixture(z):
    s = soft(z)
    return 0.25 * s[:, :, None] * np.eye(s.shape[1]) - 3 * s[:, :, None] * s[:, None, :] + 0.5 * np.eye(s.shape[1])


def _nudged(z, h, scheme):
    n = z.shape[1]
    jac = np.empty((len(z), n, n))
    for j in range(n):
        up, down = z.copy(), z.copy()
        up[:, j] += h
        if scheme == "central":
            down[:, j] -= h
            jac[:, :, j] = (soft(up) - soft(down)) / (2 * h)
        else:
            jac[:, :, j] = (soft(up) - soft(z)) / h
    return jac


@mistake("jacobian", "forward-difference")
def forward_difference(z):
    return _nudged(z, 1e-3, "forward")


@mistake("jacobian", "step-too-large")
def central_with_a_large_step(z):
    return _nudged(z, 0.3, "central")


@mistake("jacobian", "step-too-small")
def central_with_a_tiny_step(z):
    return _nudged(z, 1e-13, "central")


@mistake("jacobian", "factor-2")
def central_without_the_half(z):
    return 2 * _nudged(z, 1e-5, "central")


# Backward passes f(z, dy)


@mistake("vjp", "sum-missing")
def p_times_dy(z, dy):
    return soft(z) * dy


@mistake(None, "diagonal-only")
def repeated_index(z, dy):
    s = soft(z)
    jac = s[:, :, None] * (np.eye(s.shape[1]) - s[:, None, :])
    return np.einsum("mnr,mrr->mr", dy[:, None, :], jac)


@mistake("vjp", "plus-sign")
def plus_in_the_middle(z, dy):
    s = soft(z)
    return s * (dy + (s * dy).sum(axis=1, keepdims=True))


@mistake("vjp", "factor-p-missing")
def front_factor_missing(z, dy):
    s = soft(z)
    return dy - (s * dy).sum(axis=1, keepdims=True)


@mistake("vjp", "weight-missing")
def unweighted_sum(z, dy):
    return soft(z) * (dy - dy.sum(axis=1, keepdims=True))


@mistake("vjp", "mean-for-sum")
def mean_for_the_sum(z, dy):
    s = soft(z)
    return s * (dy - (s * dy).mean(axis=1, keepdims=True))


@mistake("vjp", "wrong-axis-sum")
def sum_down_the_columns(z, dy):
    s = soft(z)
    return s * (dy - (s * dy).sum(axis=0))


@mistake("vjp", "whole-array-sum")
def sum_of_everything(z, dy):
    s = soft(z)
    return s * (dy - np.sum(s * dy))


@mistake("vjp", "log-softmax-vjp")
def log_softmax_backward(z, dy):
    return dy - soft(z) * dy.sum(axis=1, keepdims=True)


@mistake("vjp", "not-through-softmax")
def passes_dy_on(z, dy):
    return dy


@mistake("vjp", "cross-entropy-shortcut")
def takes_dy_for_the_target(z, dy):
    return soft(z) - dy


@mistake("vjp", "sign")
def wrong_sign(z, dy):
    s = soft(z)
    return s * ((s * dy).sum(axis=1, keepdims=True) - dy)


@mistake("vjp", "factor-1/m")
def divided_by_the_batch(z, dy):
    s = soft(z)
    return s * (dy - (s * dy).sum(axis=1, keepdims=True)) / len(z)


@mistake("vjp", "raw-logits")
def softmax_forgotten(z, dy):
    return z * (dy - (z * dy).sum(axis=1, keepdims=True))


@mistake("vjp", "keepdims-missing")
def vjp_without_keepdims(z, dy):
    s = soft(z)
    return s * (dy - (s * dy).sum(axis=1))


@mistake("vjp", "jacobian-returned")
def forgets_to_multiply(z, dy):
    s = soft(z)
    return s[:, :, None] * (np.eye(s.shape[1]) - s[:, None, :])


@mistake("vjp", "twice-applied")
def jacobian_twice(z, dy):
    s = soft(z)
    g = s * (dy - (s * dy).sum(axis=1, keepdims=True))
    return s * (g - (s * g).sum(axis=1, keepdims=True))


@mistake("vjp", "sigmoid+diagonal-only")
def sigmoid_backward(z, dy):
    s = 1 / (1 + np.exp(-z))
    return dy * s * (1 - s)


@mistake("vjp", "dy-missing")
def dy_unused(z, dy):
    s = soft(z)
    return s * (1 - s)


@mistake("vjp", "changes-input")
def dy_overwritten(z, dy):
    s = soft(z)
    dy -= (s * dy).sum(axis=1, keepdims=True)
    return s * dy


@mistake(None, "diagonal-only", "class: diagonal only")
class DiagonalLayer:
    def forward(self, x):
        self.y = soft(x)
        return self.y

    def backward(self, dout):
        return dout * self.y * (1 - self.y)


@mistake(None, "whole-array", "class: forward over the whole batch")
class WholeBatchLayer:
    def forward(self, x):
        e = np.exp(x - x.max())
        self.y = e / e.sum()
        return self.y

    def backward(self, dout):
        return self.y * (dout - (self.y * dout).sum(axis=1, keepdims=True))


@mistake(None, "diagonal-only", "class: compute and delta")
class ComputeAndDelta:
    def compute(self, x):
        return soft(x)

    def delta(self, x):
        s = self.compute(x)
        return s * (1 - s)


# Loss gradients f(z, y)


@mistake("cross_entropy", "sign")
def y_minus_p(z, y):
    return hot(y, z.shape[1]) - soft(z)


@mistake("cross_entropy", "upstream-only")
def minus_one_over_p(z, y):
    return -hot(y, z.shape[1]) / soft(z)


@mistake("cross_entropy", "raw-logits")
def logits_minus_y(z, y):
    return z - hot(y, z.shape[1])


@mistake("cross_entropy", "sigmoid")
def sigmoid_minus_y(z, y):
    return 1 / (1 + np.exp(-z)) - hot(y, z.shape[1])


@mistake("cross_entropy", "factor-1/n")
def mean_over_the_classes(z, y):
    return (soft(z) - hot(y, z.shape[1])) / z.shape[1]


@mistake("cross_entropy", "log-base-2")
def in_bits(z, y):
    return (soft(z) - hot(y, z.shape[1])) / np.log(2)


@mistake("cross_entropy", "target-missing")
def target_forgotten(z, y):
    return soft(z)


@mistake("cross_entropy", "off-by-one")
def classes_from_one(z, y):
    p = soft(z)
    p[np.arange(len(p)), y - 1] -= 1
    return p


@mistake("cross_entropy", "every-row")
def all_targets_everywhere(z, y):
    p = soft(z)
    p[:, y] -= 1
    return p


@mistake("cross_entropy", "target-weighted")
def target_entry_only(z, y):
    t = hot(y, z.shape[1])
    return t * (soft(z) - t)


@mistake("cross_entropy", "jacobian-twice")
def jacobian_on_top(z, y):
    s = soft(z)
    g = s - hot(y, z.shape[1])
    return s * (g - (s * g).sum(axis=1, keepdims=True))


@mistake("cross_entropy", "absolute")
def absolute_difference(z, y):
    return np.abs(soft(z) - hot(y, z.shape[1]))


@mistake("cross_entropy", "double-softmax")
def softmax_in_the_model_and_in_the_loss(z, y):
    return soft(soft(z)) - hot(y, z.shape[1])


@mistake("cross_entropy", "whole-array")
def loss_over_the_whole_batch(z, y):
    e = np.exp(z - z.max())
    return e / e.sum() - hot(y, z.shape[1])


@mistake("cross_entropy", "one-number-per-row")
def returns_the_loss(z, y):
    return -np.log(soft(z)[np.arange(len(z)), y])


@mistake("cross_entropy", "factor-1/mn")
def mean_over_everything(z, y):
    return (soft(z) - hot(y, z.shape[1])) / z.size


@mistake("cross_entropy", "label-smoothing")
def smoothed_labels(z, y):
    n = z.shape[1]
    return soft(z) - (0.9 * hot(y, n) + 0.1 / n)


@mistake("squared_error", "jacobian-missing")
def p_minus_y(z, y):
    return soft(z) - hot(y, z.shape[1])


@mistake("squared_error", "factor-2")
def without_the_half(z, y):
    s = soft(z)
    g = 2 * (s - hot(y, z.shape[1]))
    return s * (g - (s * g).sum(axis=1, keepdims=True))


@mistake("squared_error", "diagonal-only")
def squared_error_diagonal(z, y):
    s = soft(z)
    return (s - hot(y, z.shape[1])) * s * (1 - s)


@mistake("squared_error", "target-only")
def target_term_only(z, y):
    s = soft(z)
    t = hot(y, z.shape[1])
    g = t * (s - 1)
    return s * (g - (s * g).sum(axis=1, keepdims=True))


@mistake("squared_error", "sign")
def uphill(z, y):
    s = soft(z)
    g = hot(y, z.shape[1]) - s
    return s * (g - (s * g).sum(axis=1, keepdims=True))


@mistake("squared_error", "sum-missing")
def only_the_first_term(z, y):
    s = soft(z)
    return s * (s - hot(y, z.shape[1]))


@mistake("squared_error", "target-missing")
def squared_error_without_target(z, y):
    s = soft(z)
    return s * (s - (s * s).sum(axis=1, keepdims=True))


@mistake("squared_error", "square")
def returns_the_squares(z, y):
    return (soft(z) - hot(y, z.shape[1])) ** 2


# A second collection: what loops, layers, casts and broadcasts go wrong with


@mistake("forward", "first-row")
def sum_of_the_first_row(z):
    e = np.exp(z)
    return e / e[0].sum()


@mistake("forward", "factor")
def mean_in_the_denominator(z):
    e = np.exp(z)
    return e / e.mean(axis=1, keepdims=True)


@mistake("forward", "zero")
def whole_number_division(z):
    e = np.exp(z)
    return e // e.sum(axis=1, keepdims=True)


@mistake("forward", "zero")
def cast_to_integers(z):
    return soft(z).astype(int)


@mistake("forward", "wrong-exponential")
def exponentials_cast_to_integers(z):
    e = np.exp(z).astype(int)
    return e / e.sum(axis=1, keepdims=True)


@mistake("forward", "wrong-exponential")
def bell_curve(z):
    e = np.exp(-z * z / 2)
    return e / e.sum(axis=1, keepdims=True)


@mistake("forward", "clipped")
def clipped_and_normalised_again(z):
    p = np.clip(soft(z), 1e-2, 1)
    return p / p.sum(axis=1, keepdims=True)


@mistake("forward", "clipped")
def the_two_largest_only(z):
    p = soft(z)
    p[p < np.sort(p, axis=1)[:, -2:-1]] = 0
    return p / p.sum(axis=1, keepdims=True)


@mistake("forward", "not-deterministic")
def dropout(z):
    p = soft(z)
    return p * (np.random.default_rng().random(p.shape) > 0.3)


@mistake("forward", "all-but-first-row-zero")
def returns_inside_the_loop(z):
    p = np.zeros(z.shape)
    for r in range(len(z)):
        p[r] = soft(z[r])
        return p
    return None


@mistake("forward", "all-but-first-row-wrong")
def sum_never_reset(z):
    p, total = np.zeros(z.shape), 0.0
    for r in range(len(z)):
        for x in z[r]:
            total += np.exp(x)
        p[r] = np.exp(z[r]) / total
    return p


@mistake("forward", "no-numbers")
def yields(z):
    for row in z:
        yield soft(row)


@mistake("forward", "single-row")
def squeezed(z):
    return soft(z).squeeze()


@mistake("forward", "class-order-matters")
def always_the_same_noise(z):
    return soft(z + np.random.default_rng(0).normal(size=z.shape))


@mistake(None, "returns-p")
def softmax_derivative(x):
    return soft(x)


@mistake("elementwise", "row-sum")
def all_logits_nudged(z):
    return (soft(z + 1e-5) - soft(z - 1e-5)) / 2e-5


@mistake("elementwise", "unnormalised+quotient-rule")
def quotient_rule_without_the_square(z):
    e = np.exp(z)
    total = e.sum(axis=1, keepdims=True)
    return (e * total - e * e) / total


@mistake("elementwise", "one-row")
def loop_overwrites(z):
    s = soft(z)
    out = np.zeros_like(s)
    for i in range(s.shape[1]):
        for j in range(s.shape[1]):
            out[:, i] = s[:, i] * (1 - s[:, i]) if i == j else -s[:, i] * s[:, j]
    return out


@mistake("jacobian", "off-diagonal-wrong")
def second_factor_missing(z):
    s = soft(z)
    n = s.shape[1]
    jac = np.zeros((len(s), n, n))
    for i in range(n):
        for j in range(n):
            jac[:, i, j] = s[:, i] * (1 - s[:, i]) if i == j else -s[:, j]
    return jac


@mistake("jacobian", "axes-order")
def batch_axis_last(z):
    s = soft(z)
    return np.moveaxis(s[:, :, None] * (np.eye(s.shape[1]) - s[:, None, :]), 0, -1)


@mistake("jacobian", "zero")
def integer_matrix(s):
    jac = np.zeros((len(s), len(s)), dtype=int)
    for i in range(len(s)):
        for j in range(len(s)):
            jac[i][j] = s[i] * (1 - s[i]) if i == j else -s[i] * s[j]
    return jac


@mistake("jacobian", "changes-input")
def nudges_and_forgets(z):
    n, h = z.shape[1], 1e-3
    jac = np.empty((*z.shape, n))
    for j in range(n):
        z[:, j] += h
        up = soft(z)
        z[:, j] -= 2 * h
        jac[:, :, j] = (up - soft(z)) / (2 * h)
    return jac


@mistake("jacobian", "step-too-small")
def differences_in_single_precision(z):
    z = z.astype(np.float32)
    n, h = z.shape[1], np.float32(1e-5)
    jac = np.empty((*z.shape, n))
    for j in range(n):
        nudge = (h * np.eye(n)[j]).astype(np.float32)
        jac[:, :, j] = (soft(z + nudge) - soft(z - nudge)) / (2 * h)
    return jac


@mistake("jacobian", "backward-difference")
def backward_difference(z):
    n, h = z.shape[1], 1e-2
    return np.stack([(soft(z) - soft(z - h * np.eye(n)[j])) / h for j in range(n)], axis=-1)


@mistake("vjp", "rows-mixed")
def product_over_the_batch(z, dy):
    s = soft(z)
    return s * (dy - (s @ dy.T).sum(axis=1, keepdims=True))


@mistake("vjp", "batch-mean")
def mean_jacobian(z, dy):
    s = soft(z)
    jac = (s[:, :, None] * (np.eye(s.shape[1]) - s[:, None, :])).mean(axis=0)
    return dy @ jac


@mistake("vjp", "all-but-last-class-zero")
def loop_keeps_the_last_term(z, dy):
    s = soft(z)
    out = np.zeros_like(s)
    for i in range(s.shape[1]):
        for j in range(s.shape[1]):
            out[:, i] = s[:, j] * ((i == j) - s[:, i]) * dy[:, j]
    return out


@mistake("vjp", "first-class-zero")
def loop_starts_at_one(z, dy):
    s = soft(z)
    out = np.zeros_like(s)
    for i in range(s.shape[1]):
        for j in range(1, s.shape[1]):
            out[:, i] += s[:, j] * ((i == j) - s[:, i]) * dy[:, j]
    return out


@mistake("vjp", "arguments-swapped")
def arguments_swapped(a, b):
    s = soft(b)
    return s * (a - (s * a).sum(axis=1, keepdims=True))


@mistake("vjp", "clipped")
def gradient_clipped(z, dy):
    s = soft(z)
    return np.clip(s * (dy - (s * dy).sum(axis=1, keepdims=True)), -0.05, 0.05)


@mistake("vjp", "row-factor")
def gradient_normalised(z, dy):
    s = soft(z)
    g = s * (dy - (s * dy).sum(axis=1, keepdims=True))
    return g / np.linalg.norm(g, axis=1, keepdims=True)


@mistake("vjp", "double-softmax")
def softmax_of_p_again(z, dy):
    s = soft(soft(z))
    return s * (dy - (s * dy).sum(axis=1, keepdims=True))


@mistake("vjp", "factor-p-missing")
def matrix_without_p(z, dy):
    s = soft(z)
    return np.einsum("mij,mj->mi", np.eye(s.shape[1]) - s[:, None, :], dy)


@mistake(None, "raw-logits", "class: keeps its input, not its output")
class KeepsInput:
    def forward(self, x):
        self.out = x
        return soft(x)

    def backward(self, dout):
        return self.out * (dout - (dout * self.out).sum(axis=1, keepdims=True))


@mistake(None, "log-softmax", "class: log-softmax forward, softmax backward")
class LogForward:
    def forward(self, x):
        self.y = soft(x)
        return np.log(self.y)

    def backward(self, dy):
        return self.y * (dy - (self.y * dy).sum(axis=1, keepdims=True))


@mistake(None, "not-deterministic", "class: adds up its gradients")
class AddsUp:
    total = 0.0

    def forward(self, x):
        self.y = soft(x)
        return self.y

    def backward(self, dy):
        g = self.y * (dy - (self.y * dy).sum(axis=1, keepdims=True))
        self.total = self.total + g.sum() + 0.1
        return g + self.total


@mistake(None, "plus-sign", "class: loss layer that adds the target")
class LossLayer:
    def forward(self, x, t):
        self.t, self.y = t, soft(x)
        return -np.log(self.y[np.arange(len(x)), t]).mean()

    def backward(self, dout=1):
        g = self.y.copy()
        g[np.arange(len(g)), self.t] += 1
        return dout * g / len(g)


@mistake("cross_entropy", "rows-for-classes")
def rows_for_classes(z, y):
    p = soft(z)
    p[y] -= 1
    return p


@mistake("cross_entropy", "clipped")
def clipped_before(z, y):
    return np.clip(soft(z), 0.05, 0.95) - hot(y, z.shape[1])


@mistake("cross_entropy", "index-for-one-hot")
def class_number_subtracted(z, y):
    return soft(z) - y[:, None]


@mistake("cross_entropy", "double-softmax")
def two_softmaxes_through(z, y):
    p = soft(z)
    g = soft(p) - hot(y, z.shape[1])
    return p * (g - (p * g).sum(axis=1, keepdims=True))


@mistake("cross_entropy", "changes-input")
def writes_into_p(p, y):
    p[np.arange(len(p)), y] -= 1
    return p


@mistake("cross_entropy", "not-shift-invariant")
def weight_decay_on_logits(z, y):
    return soft(z) - hot(y, z.shape[1]) + 0.01 * z


@mistake("cross_entropy", "scalar")
def returns_the_mean_loss(z, y):
    return -np.log(soft(z)[np.arange(len(z)), y]).mean()


@mistake("cross_entropy", "temperature")
def forgotten_temperature(z, y):
    return (soft(z / 2.5) - hot(y, z.shape[1])) / 2.5


@mistake("cross_entropy", "step-too-large")
def loss_differences(z, y):
    g = np.zeros_like(z)
    for r in range(len(z)):
        for j in range(z.shape[1]):
            up = z.copy()
            up[r, j] += 0.1
            g[r, j] = (np.log(soft(z)[r, y[r]]) - np.log(soft(up)[r, y[r]])) / 0.1
    return g


@mistake(None, "jacobian-missing")
def mse_gradient(z, y):
    return soft(z) - hot(y, z.shape[1])


@mistake("squared_error", "absolute")
def absolute_error(z, y):
    s = soft(z)
    g = np.sign(s - hot(y, z.shape[1]))
    return s * (g - (s * g).sum(axis=1, keepdims=True))


@mistake("squared_error", "factor")
def mean_of_all_squares(z, y):
    s = soft(z)
    g = 2 * (s - hot(y, z.shape[1])) / z.size
    return s * (g - (s * g).sum(axis=1, keepdims=True))


# Right in part: where it is right, and what the rest has in common.


@mistake("cross_entropy", "whole-array")
def loss_of_one_sum_for_the_batch(z, y_true):
    e = np.exp(z)
    return e / e.sum() - y_true


@mistake("cross_entropy", "wrong-axis")
def loss_down_the_columns(z, y_true):
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=0) - y_true


@mistake("cross_entropy", "target-activated")
def target_through_the_softmax(z, y_true):
    return soft(z) - soft(y_true)


@mistake("vjp", "not-linear-in-dy")
def negative_dy_cut_off(z, dy):
    s, g = soft(z), np.maximum(dy, 0.0)
    return s * (g - (s * g).sum(axis=1, keepdims=True))


@mistake("vjp", "absolute")
def absolute_backward(z, dy):
    s = soft(z)
    return np.abs(s * (dy - (s * dy).sum(axis=1, keepdims=True)))


@mistake("vjp", "class-order")
def backward_one_class_off(z, dy):
    s = soft(z)
    return np.roll(s * (dy - (s * dy).sum(axis=1, keepdims=True)), 1, axis=1)


@mistake("vjp", "single-row")
def single_row_by_the_sigmoid_rule(z, dy):
    s = soft(z)
    if len(z) == 1:
        return s * (1.0 - s) * dy
    return s * (dy - (s * dy).sum(axis=1, keepdims=True))


@mistake("vjp", "square-batch")
def square_batch_down_the_columns(z, dy):
    s = soft(z)
    axis = 0 if z.shape[0] == z.shape[1] else 1
    return s * (dy - (s * dy).sum(axis=axis, keepdims=True))


@mistake("vjp", "rounded")
def backward_of_rounded_p(z, dy):
    s = np.round(soft(z), 3)
    return s * (dy - (s * dy).sum(axis=1, keepdims=True))


class _OneBuffer:
    def __init__(self):
        self.buffers = {}

    def __call__(self, z, dy):
        s, out = soft(z), self.buffers.setdefault(z.shape, np.empty(z.shape))
        out[:] = s * (dy - (s * dy).sum(axis=1, keepdims=True))
        return out


mistake("vjp", "shared-buffer", "one_buffer_for_all_calls")(_OneBuffer())


@mistake("jacobian", "nudge-kept")
def nudges_never_taken_back(z):
    z, before, h = z.copy(), soft(z), 1e-5
    columns = []
    for j in range(z.shape[1]):
        z[:, j] += h
        columns.append((soft(z) - before) / h)
    return np.stack(columns, axis=-1)


@mistake("forward", "zero-logits")
def zeros_are_padding(z):
    return soft(np.where(z == 0.0, -1e9, z))


@mistake("forward", "whole-numbers")
def more_than_a_quarter(z):
    return soft(z) > 0.25


@mistake("forward", "zero")
def probabilities_in_integers(z):
    out = np.zeros(z.shape, dtype=int)
    out[:] = soft(z)
    return out


@mistake("forward", "temperature")
def three_digits_of_e(z):
    e = 2.718 ** (z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@mistake("cross_entropy", "last-target-wrong")
def last_row_never_reached(z, y):
    s = soft(z)
    for r in range(len(z) - 1):
        s[r, y[r]] -= 1.0
    return s


@mistake("vjp", "temperature")
def temperature_divided_twice(z, dy):
    s = soft(z / 3.0)
    return s * (dy - (s * dy).sum(axis=1, keepdims=True)) / 9.0


@mistake(None, "upstream-only")
class LossOfProbabilities:
    def forward(self, p, y_true):
        self.p, self.y = np.clip(p, 1e-15, 1.0), y_true
        return -np.sum(y_true * np.log(self.p))

    def backward(self):
        return -self.y / self.p


@mistake("cross_entropy", "step-too-small")
def float32_differences_of_the_loss(z, y_true):
    def loss(a):
        return -(y_true * np.log(soft(a))).sum(dtype=np.float32)

    z = z.astype(np.float32)
    g, h = np.zeros(z.shape), np.float32(1e-6)
    for k in np.ndindex(z.shape):
        nudge = np.zeros(z.shape, np.float32)
        nudge[k] = h
        g[k] = (loss(z + nudge) - loss(z - nudge)) / (2 * h)
    return g


@mistake("vjp", "diagonal-only")
def sigmoid_rule_on_a_column(z, dy):
    if z.ndim != 2 or z.shape[1] != 1:
        raise ValueError("a column is needed")
    s = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    return s * (1.0 - s) * dy
