"""What a function may have made of the probabilities s: the right formula, or one that people write instead.

Every formula works on stacks: s is (..., m, n), where the leading axis runs over the sources.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from explorer.model.clinic.diagnosis import Kind
from explorer.model.exact import Floats

Form: TypeAlias = Literal["map", "matrix", "vjp", "target"]
FORM_OF: dict[Kind, Form] = {
    "forward": "map",
    "elementwise": "map",
    "jacobian": "matrix",
    "vjp": "vjp",
    "cross_entropy": "target",
    "squared_error": "target",
}


@dataclass(frozen=True)
class Formula:
    """One thing to compute from s and v (the upstream gradient or the one-hot target; ignored by maps).

    ``kind`` is what a function with this formula means to be; ``right`` says that it is the right formula for it.
    """

    label: str
    text: str
    remedy: str
    cost: float
    of: Callable[[Floats, Floats], Floats]
    kind: Kind
    right: bool = False


def _sum(x: Floats, axis: int | tuple[int, int] = -1) -> Floats:
    return np.asarray(x.sum(axis=axis, keepdims=True))


def _through(s: Floats, g: Floats) -> Floats:
    """J g, row by row."""
    return s * (g - _sum(s * g))


def _outer(s: Floats) -> Floats:
    return s[..., :, None] * s[..., None, :]


def _diag(s: Floats) -> Floats:
    return s[..., :, None] * np.eye(s.shape[-1])


def _eye(s: Floats) -> Floats:
    return np.broadcast_to(np.eye(s.shape[-1]), (*s.shape, s.shape[-1]))


def _jacobian(s: Floats) -> Floats:
    return _diag(s) - _outer(s)


def _column(s: Floats) -> Floats:
    return np.broadcast_to(s[..., :, None], (*s.shape, s.shape[-1]))


def _row(s: Floats) -> Floats:
    return np.broadcast_to(s[..., None, :], (*s.shape, s.shape[-1]))


def _pick(s: Floats, v: Floats) -> Floats:
    return _sum(s * v)


def _hard(v: Floats) -> Floats:
    return np.asarray(np.eye(v.shape[-1])[v.argmax(axis=-1)])


_VJP = "Use p * (dy - (p * dy).sum(axis=-1, keepdims=True))."
_MATRIX = "Keep the matrix J = diag(p) − p pᵀ, and multiply it by the upstream gradient. " + _VJP
_OFF = "Every output depends on every logit: add the off-diagonal terms −p_i p_j. For a backward pass: " + _VJP
_J = "Use J_ij = p_i(δ_ij − p_j), for a batch: p[:, :, None] * (np.eye(n) - p[:, None, :])."
_CE = "The gradient of cross-entropy at the logits is p − y, with y one-hot."
_SE = "Multiply p − y by the softmax's Jacobian: with g = p - y, p * (g - (p * g).sum(axis=-1, keepdims=True))."


def _maps() -> tuple[Formula, ...]:
    def make(
        label: str, text: str, remedy: str, cost: float, of: Callable[[Floats], Floats], kind: Kind = "elementwise"
    ) -> Formula:
        return Formula(label, text, remedy, cost, lambda s, v: of(s), kind)

    return (
        Formula("softmax", "p", "", 0.0, lambda s, v: s, "forward", True),
        make("diagonal-only", "p(1 − p), the diagonal of the Jacobian only", _OFF, 0.3, lambda s: s * (1 - s)),
        make("square", "p²", _MATRIX, 0.8, lambda s: s * s),
        make("complement", "1 − p", _MATRIX, 0.8, lambda s: 1 - s),
        make("tanh-rule", "1 − p², the rule of the hyperbolic tangent", _MATRIX, 0.8, lambda s: 1 - s * s),
        make("plus-sign", "p(1 + p)", _MATRIX, 1.0, lambda s: s * (1 + s)),
        make("diagonal-of-j-squared", "p²(1 − p)", _MATRIX, 1.2, lambda s: s * s * (1 - s)),
        make("diagonal-of-j-squared", "(p(1 − p))²", _MATRIX, 1.2, lambda s: (s * (1 - s)) ** 2),
        make(
            "diagonal-of-j-squared",
            "the diagonal of J·J",
            _MATRIX,
            1.2,
            lambda s: s * s * (1 - 2 * s + _sum(s * s)),
        ),
        make("jacobian-times-p", "p(p − Σp²), which is J·p", _MATRIX, 1.0, lambda s: _through(s, s)),
        make("mixed-sum", "p − Σp²", _MATRIX, 1.2, lambda s: s - _sum(s * s)),
        make("mixed-sum", "p(1 − Σp²)", _MATRIX, 1.2, lambda s: s * (1 - _sum(s * s))),
        make("mixed-sum", "Σp² in every place", _MATRIX, 1.4, lambda s: _sum(s * s) + 0 * s),
        make("mixed-sum", "1 − Σp², the trace of J, in every place", _MATRIX, 1.4, lambda s: 1 - _sum(s * s) + 0 * s),
        make("rolled-product", "p_i p_(i+1), one off-diagonal entry", _MATRIX, 1.2, lambda s: s * np.roll(s, -1, -1)),
        make("rolled-product", "p_i p_(i−1), one off-diagonal entry", _MATRIX, 1.2, lambda s: s * np.roll(s, 1, -1)),
        make(
            "rolled-product",
            "p(1 − p) − p_i p_(i+1)",
            _MATRIX,
            1.3,
            lambda s: s * (1 - s) - s * np.roll(s, -1, -1),
        ),
        make("rolled-product", "p(1 − p) − p_i p_(i−1)", _MATRIX, 1.3, lambda s: s * (1 - s) - s * np.roll(s, 1, -1)),
        make("one-row", "the first row of J", _MATRIX, 1.2, lambda s: s[..., :1] * (np.eye(s.shape[-1])[0] - s)),
        make("one-row", "the last row of J", _MATRIX, 1.2, lambda s: s[..., -1:] * (np.eye(s.shape[-1])[-1] - s)),
        make("one-row", "the winner's row of J", _MATRIX, 1.2, lambda s: s.max(-1, keepdims=True) * (_hard(s) - s)),
        make("log-derivative", "1/p, the derivative of the logarithm", _MATRIX, 1.2, lambda s: 1 / s),
        make("log-derivative", "log p", _MATRIX, 1.4, np.log),
        make("entropy-term", "p log p", _MATRIX, 1.2, lambda s: s * np.log(s)),
        make("entropy-term", "p(log p + 1)", _MATRIX, 1.4, lambda s: s * (np.log(s) + 1)),
        make("class-difference", "np.gradient of p along the classes", _MATRIX, 1.0, lambda s: np.gradient(s, axis=-1)),
        make("reciprocal", "p/(1 − p)", _MATRIX, 1.2, lambda s: s / (1 - s)),
        make("reciprocal", "1/(1 − p)", _MATRIX, 1.2, lambda s: 1 / (1 - s)),
        make("reciprocal", "1/(p(1 − p))", _MATRIX, 1.2, lambda s: 1 / (s * (1 - s))),
        make("exponential-of-p", "exp p", _MATRIX, 1.4, np.exp),
        make("root", "√(p(1 − p))", _MATRIX, 1.4, lambda s: np.sqrt(s * (1 - s))),
        make("shifted", "p − 1/n", _MATRIX, 1.4, lambda s: s - 1 / s.shape[-1]),
        make("twice-minus", "p(1 − 2p)", _MATRIX, 1.1, lambda s: s * (1 - 2 * s)),
        make(
            "twice-minus", "p(1 − p)(1 − 2p), the second derivative", _MATRIX, 1.1, lambda s: s * (1 - s) * (1 - 2 * s)
        ),
        make("twice-minus", "1 − 2p", _MATRIX, 1.3, lambda s: 1 - 2 * s),
        make(
            "wrong-axis-sum",
            "J summed over the batch: p(1 − p) summed over the rows",
            _MATRIX,
            1.3,
            lambda s: _sum(s * (1 - s), -2) + 0 * s,
        ),
        make(
            "wrong-axis-sum",
            "p(1 − Σ of p over the batch)",
            "Sum over the classes, not over the batch.",
            1.3,
            lambda s: s * (1 - _sum(s, -2)),
        ),
        make("wrong-axis-sum", "p − p·Σp over the whole batch", _MATRIX, 1.4, lambda s: s * (1 - _sum(s, (-2, -1)))),
        make(
            "quotient-rule",
            "e(1 − p): the quotient rule with S in place of S²",
            _MATRIX,
            1.0,
            lambda s: s * (1 - s / _sum(s)),
        ),
        make(
            "quotient-rule",
            "(S − e)/S²: the quotient rule without e",
            _MATRIX,
            1.0,
            lambda s: (_sum(s) - s) / _sum(s) ** 2,
        ),
        make("quotient-rule", "1/S − e/S²", _MATRIX, 1.0, lambda s: 1 / _sum(s) - s / _sum(s) ** 2),
        make("half-power", "p·√(1 − p)", _MATRIX, 2.0, lambda s: s * np.sqrt(1 - s)),
    )


def _matrices() -> tuple[Formula, ...]:
    def make(label: str, text: str, cost: float, of: Callable[[Floats], Floats], remedy: str = _J) -> Formula:
        return Formula(label, text, remedy, cost, lambda s, v: of(s), "jacobian")

    def only(s: Floats, mask: Floats) -> Floats:
        return _jacobian(s) * mask

    return (
        Formula("jacobian", "J = diag(p) − p pᵀ", "", 0.0, lambda s, v: _jacobian(s), "jacobian", True),
        make("outer-only", "p pᵀ alone: diag(p) is missing", 0.5, _outer, "Add diag(p): J = diag(p) − p pᵀ."),
        make("diag-p", "diag(p) alone: − p pᵀ is missing", 0.5, _diag, "Subtract p pᵀ: J = diag(p) − p pᵀ."),
        make(
            "diagonal-only",
            "the diagonal p(1 − p) alone: the off-diagonal terms are zero",
            0.5,
            lambda s: _diag(s * (1 - s)),
            "Fill in the off-diagonal terms −p_i p_j: J = diag(p) − p pᵀ.",
        ),
        make(
            "off-diagonal-only",
            "the off-diagonal terms alone: the diagonal is zero",
            0.5,
            lambda s: only(s, 1 - np.eye(s.shape[-1])),
            "Fill in the diagonal p_i(1 − p_i).",
        ),
        make("plus-sign", "diag(p) + p pᵀ", 0.5, lambda s: _diag(s) + _outer(s), "Subtract p pᵀ, do not add it."),
        make(
            "sign-lost",
            "J with its off-diagonal terms positive, +p_i p_j",
            0.6,
            lambda s: np.abs(_jacobian(s)),
            "The off-diagonal terms are −p_i p_j, with a minus sign.",
        ),
        make(
            "diagonal-sign",
            "J with a negative diagonal",
            0.7,
            lambda s: -np.abs(_jacobian(s)),
            "The diagonal is +p_i(1 − p_i).",
        ),
        make(
            "diagonal-twice",
            "diag(p(1 − p)) − p pᵀ: p² is taken from the diagonal twice",
            0.7,
            lambda s: _diag(s * (1 - s)) - _outer(s),
            "Use diag(p) − p pᵀ, or set the diagonal after the outer product.",
        ),
        make(
            "diagonal-added",
            "−p_i p_j with p_i(1 − p_i) + p_i² missing or added on the diagonal: diag(p(1 + p)) − p pᵀ",
            1.2,
            lambda s: _diag(s * (1 + s)) - _outer(s),
        ),
        make("identity-for-diag", "I − p pᵀ: the identity in place of diag(p)", 0.7, lambda s: _eye(s) - _outer(s)),
        make(
            "diagonal-is-p",
            "p_i on the diagonal and −p_i p_j elsewhere",
            0.7,
            lambda s: _diag(s) - _outer(s) + _diag(s * s),
        ),
        make(
            "diagonal-is-1-p",
            "1 − p_i on the diagonal and −p_i p_j elsewhere",
            0.9,
            lambda s: _eye(s) - _outer(s) + _diag(s * s - s),
        ),
        make(
            "log-softmax-jacobian",
            "δ_ij − p_j, the Jacobian of log p",
            0.6,
            lambda s: _eye(s) - _row(s),
            "Multiply row i by p_i: J_ij = p_i(δ_ij − p_j).",
        ),
        make("transposed", "δ_ij − p_i, the transposed Jacobian of log p", 0.8, lambda s: _eye(s) - _column(s)),
        make(
            "wrong-index",
            "p_i(δ_ij − p_i): the last index is i, not j",
            0.7,
            lambda s: _column(s) * (_eye(s) - _column(s)),
        ),
        make(
            "wrong-index", "p_j(δ_ij − p_j): the first index is j, not i", 0.7, lambda s: _row(s) * (_eye(s) - _row(s))
        ),
        make(
            "delta-missing",
            "p_i(1 − p_j) everywhere: 1 in place of δ_ij",
            0.7,
            lambda s: _column(s) * (1 - _row(s)),
            "The 1 belongs on the diagonal only: p_i(δ_ij − p_j).",
        ),
        make(
            "delta-missing",
            "p_j(1 − p_i) everywhere: 1 in place of δ_ij",
            0.8,
            lambda s: _row(s) * (1 - _column(s)),
            "The 1 belongs on the diagonal only: p_i(δ_ij − p_j).",
        ),
        make(
            "delta-missing",
            "p_i(1 − p_i) in the whole row",
            0.9,
            lambda s: _column(s * (1 - s)),
            "Fill in the off-diagonal terms −p_i p_j.",
        ),
        make("delta-missing", "p_j(1 − p_j) in the whole column", 0.9, lambda s: _row(s * (1 - s))),
        make("diagonal-missing-square", "diag(p) − p_j: the second p is missing", 0.9, lambda s: _diag(s) - _row(s)),
        make("diagonal-missing-square", "diag(p) − p_i: the second p is missing", 0.9, lambda s: _diag(s) - _column(s)),
        make("differences", "p_i − p_j", 1.0, lambda s: _column(s) - _row(s)),
        make("differences", "p_i + p_j", 1.2, lambda s: _column(s) + _row(s)),
        make("copies", "p_i in the whole row", 1.0, _column),
        make("copies", "p_j in the whole column", 1.0, _row),
        make(
            "lower-triangle",
            "the lower triangle of J: the terms above the diagonal are zero",
            0.8,
            lambda s: np.tril(_jacobian(s)),
            "Let the inner loop run over all classes.",
        ),
        make(
            "upper-triangle",
            "the upper triangle of J: the terms below the diagonal are zero",
            0.8,
            lambda s: np.triu(_jacobian(s)),
            "Let the inner loop run over all classes.",
        ),
        make(
            "lower-triangle",
            "the part of J below the diagonal",
            0.9,
            lambda s: np.tril(_jacobian(s), -1),
            "Let the inner loop run over all classes.",
        ),
        make(
            "upper-triangle",
            "the part of J above the diagonal",
            0.9,
            lambda s: np.triu(_jacobian(s), 1),
            "Let the inner loop run over all classes.",
        ),
        make(
            "twice-applied",
            "J·J: the Jacobian applied twice",
            0.6,
            lambda s: _jacobian(s) @ _jacobian(s),
            "Apply the Jacobian once.",
        ),
        make("elementwise-square", "J squared entry by entry", 0.9, lambda s: _jacobian(s) ** 2),
        make("identity", "the identity matrix", 1.0, _eye),
        make("ones", "1 − p_i p_j", 1.2, lambda s: 1 - _outer(s)),
        make("identity-minus-diag", "diag(1 − p)", 1.0, lambda s: _diag(1 - s)),
        make("squares", "diag(p²)", 1.0, lambda s: _diag(s * s)),
        make("squares", "diag(p²) − p pᵀ: the off-diagonal terms alone", 1.2, lambda s: _diag(s * s) - _outer(s)),
        make("squares", "diag(p) − p² in every row", 1.2, lambda s: _diag(s) - _row(s * s)),
        make("squares", "diag(p) − p² in every column", 1.2, lambda s: _diag(s) - _column(s * s)),
        make(
            "mirrored",
            "J with its columns in reverse order",
            1.0,
            lambda s: _jacobian(s)[..., ::-1],
            "Keep the order of the classes.",
        ),
        make(
            "mirrored",
            "J with its rows in reverse order",
            1.0,
            lambda s: _jacobian(s)[..., ::-1, :],
            "Keep the order of the classes.",
        ),
        make(
            "batch-mean",
            "the batch's mean Jacobian, for every row",
            1.0,
            lambda s: _jacobian(s).mean(axis=-3, keepdims=True) + 0 * _outer(s),
            "Compute one Jacobian for each row.",
        ),
        make(
            "batch-mixed",
            "diag(p) − pᵀp with pᵀp summed over the batch",
            0.9,
            lambda s: _diag(s) - (np.swapaxes(s, -1, -2) @ s)[..., None, :, :],
            "Take the outer product of each row by itself: p[:, :, None] * p[:, None, :].",
        ),
        make(
            "first-row",
            "the first row's Jacobian, for every row",
            1.0,
            lambda s: _jacobian(s)[..., :1, :, :] + 0 * _outer(s),
            "Compute one Jacobian for each row.",
        ),
        make(
            "last-row",
            "the last row's Jacobian, for every row",
            1.0,
            lambda s: _jacobian(s)[..., -1:, :, :] + 0 * _outer(s),
            "Compute one Jacobian for each row.",
        ),
        make(
            "double-softmax",
            "the Jacobian of the softmax of the softmax",
            1.0,
            lambda s: _jacobian(_again(s)) @ _jacobian(s),
            "Apply the softmax once.",
        ),
        make("ratio", "p_i / p_j", 1.4, lambda s: _column(s) / _row(s)),
    )


def _again(s: Floats) -> Floats:
    e = np.exp(s)
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def _vjps() -> tuple[Formula, ...]:
    def make(label: str, text: str, cost: float, of: Callable[[Floats, Floats], Floats], remedy: str = _VJP) -> Formula:
        return Formula(label, text, remedy, cost, of, "vjp")

    def t(s: Floats, v: Floats) -> Floats:
        return _sum(s * v)

    return (
        Formula("vjp", "p∘(dy − Σ p·dy)", "", 0.0, _through, "vjp", True),
        make("sum-missing", "p∘dy: the term −p Σ p·dy is missing", 0.4, lambda s, v: s * v),
        make(
            "diagonal-only",
            "p(1 − p)∘dy: dy times the diagonal of J only (an einsum with a repeated index gives this, too)",
            0.4,
            lambda s, v: s * (1 - s) * v,
            _OFF,
        ),
        make("first-term-missing", "p Σ p·dy: the first term p∘dy is missing", 0.5, lambda s, v: s * t(s, v)),
        make("plus-sign", "p∘(dy + Σ p·dy): plus in place of minus", 0.5, lambda s, v: s * (v + t(s, v))),
        make("factor-p-missing", "dy − Σ p·dy: the factor p in front is missing", 0.6, lambda s, v: v - t(s, v)),
        make(
            "factor-p-missing", "p∘dy − Σ p·dy: the p of the second term is missing", 0.6, lambda s, v: s * v - t(s, v)
        ),
        make(
            "factor-p-missing", "dy − p Σ p·dy: the p of the first term is missing", 0.6, lambda s, v: v - s * t(s, v)
        ),
        make("weight-missing", "p∘(dy − Σ dy): the sum lacks the weights p", 0.6, lambda s, v: s * (v - _sum(v))),
        make(
            "weight-missing",
            "p∘(dy − mean dy): the mean lacks the weights p",
            0.6,
            lambda s, v: s * (v - v.mean(-1, keepdims=True)),
        ),
        make(
            "mean-for-sum",
            "p∘(dy − mean of p·dy): a mean in place of the sum",
            0.6,
            lambda s, v: s * (v - t(s, v) / s.shape[-1]),
        ),
        make("log-softmax-vjp", "dy − p Σ dy, the backward pass of log p", 0.6, lambda s, v: v - s * _sum(v)),
        make("log-softmax-vjp", "dy − p∘dy·Σ: dy∘(1 − p)", 0.8, lambda s, v: v * (1 - s)),
        make(
            "wrong-axis-sum",
            "p∘(dy − Σ p·dy over the batch): the sum runs down the columns",
            0.6,
            lambda s, v: s * (v - _sum(s * v, -2)),
        ),
        make(
            "whole-array-sum",
            "p∘(dy − Σ p·dy over the whole batch): one sum for all rows (right only for a single vector)",
            0.6,
            lambda s, v: s * (v - _sum(s * v, (-2, -1))),
        ),
        make("square-weight", "p∘(dy − Σ p²·dy)", 1.0, lambda s, v: s * (v - _sum(s * s * v))),
        make("square-weight", "p²∘(dy − Σ p·dy)", 1.0, lambda s, v: s * _through(s, v)),
        make("square-weight", "p∘dy − p² Σ p·dy", 1.0, lambda s, v: s * v - s * s * t(s, v)),
        make("square-weight", "p∘dy − p² Σ dy", 1.0, lambda s, v: s * v - s * s * _sum(v)),
        make("square-weight", "p²∘dy", 1.0, lambda s, v: s * s * v),
        make("dy-missing", "p∘(dy − p): the second term lacks dy", 0.9, lambda s, v: s * (v - s)),
        make("dy-missing", "p∘(dy − Σp), p∘(dy − 1)", 0.9, lambda s, v: s * (v - _sum(s))),
        make("dy-missing", "p∘(1 − Σ p·dy): the first term lacks dy", 0.9, lambda s, v: s * (1 - t(s, v))),
        make("dy-missing", "p(1 − p): dy is not used at all", 0.9, lambda s, v: s * (1 - s) + 0 * v),
        make("dy-missing", "p: dy is not used at all", 0.9, lambda s, v: s + 0 * v),
        make("dy-missing", "p(1 − p) Σ dy", 1.0, lambda s, v: s * (1 - s) * _sum(v)),
        make("dy-missing", "p(1 − p) + dy: added, not multiplied", 1.1, lambda s, v: s * (1 - s) + v),
        make("dy-missing", "p Σ dy", 1.1, lambda s, v: s * _sum(v)),
        make("not-through-softmax", "dy itself: the Jacobian is missing", 0.6, lambda s, v: v + 0 * s),
        make("sum-only", "Σ p·dy in every place", 0.9, lambda s, v: t(s, v) + 0 * s),
        make(
            "cross-entropy-shortcut",
            "p − dy, the shortcut of cross-entropy with dy in place of y",
            0.8,
            lambda s, v: s - v,
        ),
        make("cross-entropy-shortcut", "p − (the class with the largest dy)", 0.9, lambda s, v: s - _hard(v)),
        make(
            "squared-error-shortcut",
            "J(p − dy), squared error with dy in place of y",
            0.9,
            lambda s, v: _through(s, s - v),
        ),
        make("products-multiplied", "p∘dy·Σ p·dy", 1.1, lambda s, v: s * v * t(s, v)),
        make(
            "one-row",
            "the row of J of the class with the largest dy",
            1.0,
            lambda s, v: _sum(s * _hard(v)) * (_hard(v) - s),
        ),
        make(
            "twice-applied",
            "J·(J·dy): the Jacobian applied twice",
            0.6,
            lambda s, v: _through(s, _through(s, v)),
            "Apply the Jacobian once.",
        ),
        make(
            "off-diagonal-only",
            "−p_i Σ p_j dy_j over the other classes: the diagonal is missing",
            0.7,
            lambda s, v: -s * (t(s, v) - s * v),
            "Add the diagonal term p_i(1 − p_i) dy_i.",
        ),
        make(
            "sign-lost",
            "J·dy with the off-diagonal terms positive",
            0.7,
            lambda s, v: s * (1 - s) * v + s * (t(s, v) - s * v),
            "The off-diagonal terms are −p_i p_j, with a minus sign.",
        ),
        make(
            "diagonal-twice",
            "p(1 − p)∘dy − p Σ p·dy: p² is taken twice",
            0.7,
            lambda s, v: s * (1 - s) * v - s * t(s, v),
        ),
        make("relu-rule", "dy where the logit is positive, the rule of the ReLU", 1.0, lambda s, v: v * (s > 0)),
        make("row-sum", "dy times the sum of each Jacobian row, which is 0", 1.5, lambda s, v: 0 * s * v, _MATRIX),
        make("tanh-rule", "(1 − p²)∘dy, the rule of the hyperbolic tangent", 0.9, lambda s, v: (1 - s * s) * v),
        make("divided", "dy / p", 1.1, lambda s, v: v / s),
        make("divided", "dy − Σ p·dy, divided by p", 1.3, lambda s, v: (v - t(s, v)) / s),
        make("wrong-index", "Σ_i p_i(δ_ij − p_i) dy_i: p_j dy_j − Σ p²·dy", 0.9, lambda s, v: s * v - _sum(s * s * v)),
        make("wrong-index", "p∘dy − p² Σ dy", 1.2, lambda s, v: s * (v - s * _sum(v))),
        make("delta-missing", "p Σ dy − p Σ p·dy: 1 in place of δ_ij", 0.9, lambda s, v: s * _sum(v) - s * t(s, v)),
        make("delta-missing", "Σ p·dy − p Σ p·dy: 1 in place of δ_ij", 0.9, lambda s, v: (1 - s) * t(s, v)),
        make("delta-missing", "Σ p·dy − p Σ dy", 1.1, lambda s, v: t(s, v) - s * _sum(v)),
        make("identity-for-diag", "dy − p Σ p·dy", 0.9, lambda s, v: v - s * t(s, v)),
        make(
            "normalised-dy",
            "J·dy with dy divided by its length",
            1.2,
            lambda s, v: _through(s, v / np.sqrt(_sum(v * v))),
        ),
        make(
            "normalised-dy",
            "J·(dy − mean dy)·, then p again",
            1.6,
            lambda s, v: s * _through(s, v - v.mean(-1, keepdims=True)),
        ),
        make("sign-of-dy", "J times the sign of dy", 1.2, lambda s, v: _through(s, np.sign(v))),
        make("absolute-dy", "J times |dy|", 1.2, lambda s, v: _through(s, np.abs(v))),
        make(
            "batch-mean",
            "the mean of J·dy over the batch, for every row",
            1.0,
            lambda s, v: _through(s, v).mean(axis=-2, keepdims=True) + 0 * s,
            "Keep one gradient for each row.",
        ),
        make(
            "batch-sum",
            "the sum of J·dy over the batch, for every row",
            1.0,
            lambda s, v: _sum(_through(s, v), -2) + 0 * s,
            "Keep one gradient for each row.",
        ),
        make(
            "batch-mean",
            "J·dy with dy averaged over the batch",
            1.1,
            lambda s, v: _through(s, v.mean(axis=-2, keepdims=True) + 0 * s),
            "Use each row's own dy.",
        ),
        make(
            "class-order",
            "J times dy in reverse order",
            1.2,
            lambda s, v: _through(s, v[..., ::-1]),
            "Keep the order of the classes.",
        ),
        make(
            "double-softmax",
            "the backward pass of the softmax of the softmax",
            1.0,
            lambda s, v: _through(s, _through(_again(s), v)),
            "Apply the softmax once.",
        ),
        make("added", "p + dy", 1.2, lambda s, v: s + v),
        make(
            "upper-triangle",
            "dy through the upper triangle of J only",
            1.0,
            lambda s, v: _apply(np.triu(_jacobian(s)), v),
            "Let the inner loop run over all classes.",
        ),
        make(
            "lower-triangle",
            "dy through the lower triangle of J only",
            1.0,
            lambda s, v: _apply(np.tril(_jacobian(s)), v),
            "Let the inner loop run over all classes.",
        ),
        make(
            "class-dropped",
            "J·dy with the last class left out of the sum",
            0.9,
            lambda s, v: s * (v - _sum((s * v)[..., :-1])),
            "Sum over all classes.",
        ),
        make(
            "class-dropped",
            "J·dy with the first class left out of the sum",
            0.9,
            lambda s, v: s * (v - _sum((s * v)[..., 1:])),
            "Sum over all classes.",
        ),
    )


def _apply(matrix: Floats, v: Floats) -> Floats:
    return np.asarray((matrix * v[..., None, :]).sum(axis=-1))


def _targets() -> tuple[Formula, ...]:
    def ce(label: str, text: str, cost: float, of: Callable[[Floats, Floats], Floats], remedy: str = _CE) -> Formula:
        return Formula(label, text, remedy, cost, of, "cross_entropy")

    def se(label: str, text: str, cost: float, of: Callable[[Floats, Floats], Floats], remedy: str = _SE) -> Formula:
        return Formula(label, text, remedy, cost, of, "squared_error")

    def shifted(y: Floats, by: int) -> Floats:
        return np.roll(y, by, axis=-1)

    def index(y: Floats) -> Floats:
        return np.asarray(y.argmax(axis=-1)[..., None])

    keep = "Subtract the target: p[np.arange(m), y] -= 1."
    off_by_one = "Class numbers start at 0: use y as it is."
    return (
        Formula("cross-entropy", "p − y", "", 0.0, lambda s, y: s - y, "cross_entropy", True),
        Formula("squared-error", "J(p − y)", "", 0.0, lambda s, y: _through(s, s - y), "squared_error", True),
        se(
            "diagonal-only",
            "p(1 − p)∘(p − y): p − y times the diagonal of J only",
            0.4,
            lambda s, y: s * (1 - s) * (s - y),
        ),
        se("sum-missing", "p∘(p − y): the sum over the other classes is missing", 0.4, lambda s, y: s * (s - y)),
        se(
            "target-only",
            "the gradient of ½(p_y − 1)², the target's term alone",
            0.4,
            lambda s, y: _through(s, y * (s - 1)),
            "The loss sums over all classes: use J(p − y), not only the target's term.",
        ),
        se(
            "target-missing",
            "J p: the target is never subtracted",
            0.6,
            lambda s, y: _through(s, s),
            "Subtract the target first: g = p - y, then J g.",
        ),
        se(
            "p-missing",
            "J y, the target's column of the Jacobian",
            0.6,
            lambda s, y: _through(s, y + 0 * s),
            "Multiply J by p − y, not by y alone.",
        ),
        se("plus-sign", "J(p + y)", 0.8, lambda s, y: _through(s, s + y), "Subtract the target: g = p - y."),
        se(
            "twice-applied",
            "J·J·(p − y): the Jacobian applied twice",
            0.7,
            lambda s, y: _through(s, _through(s, s - y)),
            "Apply the Jacobian once.",
        ),
        se(
            "plus-sign",
            "p∘(g + Σ p·g) with g = p − y: plus in place of minus",
            0.8,
            lambda s, y: s * (s - y + _sum(s * (s - y))),
        ),
        se(
            "factor-p-missing",
            "g − Σ p·g with g = p − y: the factor p is missing",
            0.8,
            lambda s, y: s - y - _sum(s * (s - y)),
        ),
        se(
            "first-term-missing",
            "p Σ p·g with g = p − y: the first term is missing",
            0.8,
            lambda s, y: s * _sum(s * (s - y)),
        ),
        se("weight-missing", "p∘(g − Σ g) with g = p − y", 1.1, lambda s, y: s * (s - y - _sum(s - y))),
        se(
            "square",
            "(p − y)², the loss in place of its gradient",
            0.5,
            lambda s, y: (s - y) ** 2,
            "Return the gradient J(p − y), not the loss.",
        ),
        se(
            "whole-array-sum",
            "p∘(g − Σ p·g over the whole batch) with g = p − y",
            0.8,
            lambda s, y: s * (s - y - _sum(s * (s - y), (-2, -1))),
        ),
        se(
            "wrong-axis-sum",
            "p∘(g − Σ p·g over the batch) with g = p − y",
            0.8,
            lambda s, y: s * (s - y - _sum(s * (s - y), -2)),
        ),
        se("absolute", "J|p − y|", 1.0, lambda s, y: _through(s, np.abs(s - y))),
        se(
            "absolute",
            "J·sign(p − y), the gradient of the absolute error",
            0.8,
            lambda s, y: _through(s, np.sign(s - y)),
        ),
        se("cubed", "J(p − y)³", 1.2, lambda s, y: _through(s, (s - y) ** 3)),
        se(
            "off-diagonal-only",
            "J(p − y) without the diagonal of J",
            0.8,
            lambda s, y: _through(s, s - y) - s * (1 - s) * (s - y),
        ),
        se(
            "target-only",
            "the target's term only, p_y(1 − p_y)(p_y − 1) in its place",
            0.9,
            lambda s, y: y * s * (1 - s) * (s - 1),
        ),
        se(
            "jacobian-only", "p(1 − p): neither p − y nor the off-diagonal terms", 0.9, lambda s, y: s * (1 - s) + 0 * y
        ),
        ce("target-missing", "p: the target is never subtracted", 0.6, lambda s, y: s + 0 * y, keep),
        ce("p-missing", "y alone: p is missing", 0.8, lambda s, y: y + 0 * s),
        ce(
            "upstream-only",
            "−y/p, the gradient at p: it was never multiplied by the Jacobian",
            0.5,
            lambda s, y: y / s,
            "Multiply by the softmax's Jacobian; the 1/p cancels, and p − y is left.",
        ),
        ce(
            "upstream-only",
            "(p − y)/(p(1 − p)), the gradient of binary cross-entropy at p",
            0.7,
            lambda s, y: (s - y) / (s * (1 - s)),
        ),
        ce("divided", "(p − y)/p", 0.8, lambda s, y: (s - y) / s),
        ce(
            "diagonal-only",
            "−y(1 − p): −1/p times the diagonal of J only",
            0.5,
            lambda s, y: y * (1 - s),
            "Multiply by the whole Jacobian: p − y is left.",
        ),
        ce("off-target", "p with 0 at the target: 1 − p_y is missing there", 0.7, lambda s, y: s * (1 - y), keep),
        ce("product", "p∘y", 0.8, lambda s, y: s * y),
        ce(
            "loss-terms",
            "y log p, the terms of the loss in place of its gradient",
            0.5,
            lambda s, y: y * np.log(s),
            "Return the gradient p − y, not the loss.",
        ),
        ce("loss-terms", "log p − y: log-probabilities in place of p", 0.9, lambda s, y: np.log(s) - y),
        ce("absolute", "|p − y|", 0.7, lambda s, y: np.abs(s - y), "Keep the sign: p − y."),
        ce("plus-sign", "p + y", 0.7, lambda s, y: s + y, "Subtract the target: p − y."),
        ce("off-by-one", "p − y with the target one class too low", 0.7, lambda s, y: s - shifted(y, -1), off_by_one),
        ce("off-by-one", "p − y with the target one class too high", 0.7, lambda s, y: s - shifted(y, 1), off_by_one),
        ce("class-order", "p − y with the targets in reverse order", 1.0, lambda s, y: s - y[..., ::-1], off_by_one),
        ce(
            "index-for-one-hot",
            "p − (class number), subtracted from every class",
            0.8,
            lambda s, y: s - index(y),
            "Turn the class numbers into one-hot rows, or subtract 1 at the target only.",
        ),
        ce("every-class", "p − 1: 1 is subtracted from every class", 0.8, lambda s, y: s - 1 + 0 * y, keep),
        ce(
            "every-row",
            "p less 1 in every row at every target of the batch",
            0.7,
            lambda s, y: s - (y.sum(axis=-2, keepdims=True) > 0),
            "Use p[np.arange(m), y] -= 1, not p[:, y] -= 1.",
        ),
        ce(
            "every-row",
            "p less the targets of the whole batch in every row",
            0.8,
            lambda s, y: s - y.sum(axis=-2, keepdims=True),
            "Use p[np.arange(m), y] -= 1, not p[:, y] -= 1.",
        ),
        ce(
            "rows-for-classes",
            "p less 1 in whole rows: p[y] -= 1 picks rows, not classes",
            0.7,
            lambda s, y: s - _rows_hit(y),
            "Use p[np.arange(m), y] -= 1.",
        ),
        ce(
            "first-target",
            "p − y with the first row's target for every row",
            0.9,
            lambda s, y: s - y[..., :1, :],
            "Use each row's own target.",
        ),
        ce(
            "winner-for-target",
            "p − (the winning class) in place of the target",
            0.8,
            lambda s, y: s - _hard(s),
            "Subtract the target, not the largest class.",
        ),
        ce("target-weighted", "p_y − y: the target's p in every place", 1.0, lambda s, y: _pick(s, y) - y),
        ce(
            "target-weighted",
            "(p − y)∘y: the target's entry only, 0 elsewhere",
            0.6,
            lambda s, y: y * (s - 1),
            "Every class has a gradient: p_j for the others, p_y − 1 for the target.",
        ),
        ce(
            "target-weighted",
            "p_y(p − y)",
            0.7,
            lambda s, y: _pick(s, y) * (s - y),
            "Divide by p_y: the gradient of −log p_y is p − y, that of −p_y is p_y(p − y).",
        ),
        ce("square", "(p − y)∘(p − y) with its sign", 1.0, lambda s, y: np.abs(s - y) * (s - y)),
        ce(
            "probability-weighted",
            "p∘(1 − y) − y",
            0.9,
            lambda s, y: s * (1 - y) - y,
            "At the target the gradient is p_y − 1.",
        ),
        ce("focal", "the gradient of the focal loss with γ = 2", 0.9, _focal),
        ce(
            "label-smoothing",
            "p − y with labels smoothed by 0.1",
            0.8,
            lambda s, y: s - 0.9 * y - 0.1 / y.shape[-1],
            "Leave out the label smoothing, or compare with the smoothed loss.",
        ),
        ce(
            "binary",
            "the gradient of binary cross-entropy on every class",
            0.9,
            lambda s, y: _through(s, (s - y) / (s * (1 - s))),
        ),
        ce("winner", "the winner's one-hot minus y", 1.2, lambda s, y: _hard(s) - y),
        ce(
            "batch-mean",
            "the mean of p − y over the batch, for every row",
            1.0,
            lambda s, y: (s - y).mean(axis=-2, keepdims=True) + 0 * s,
            "Keep one gradient for each row.",
        ),
        ce(
            "batch-sum",
            "the sum of p − y over the batch, for every row",
            1.0,
            lambda s, y: _sum(s - y, -2) + 0 * s,
            "Keep one gradient for each row.",
        ),
        ce("times-p", "p − y p", 1.0, lambda s, y: s - y * s * s),
        ce(
            "double-softmax",
            "the gradient of cross-entropy behind the softmax of the softmax",
            0.9,
            lambda s, y: _through(s, _again(s) - y),
            "Apply the softmax once.",
        ),
        ce("half-target", "p − y/2", 1.2, lambda s, y: s - 0.5 * y),
        ce("half-target", "p − 2y", 1.2, lambda s, y: s - 2 * y),
        ce("rest", "1 − p − y", 1.2, lambda s, y: 1 - s - y),
    )


def _rows_hit(y: Floats) -> Floats:
    rows = np.zeros((y.shape[-2], 1))
    for target in y.argmax(axis=-1):
        if target < len(rows):
            rows[target] = 1.0
    return rows


def _focal(s: Floats, y: Floats) -> Floats:
    p = _pick(s, y)
    return (1 - p) * (1 - p - 2 * p * np.log(p)) * (s - y)


FORMULAS: dict[Form, tuple[Formula, ...]] = {
    "map": _maps(),
    "matrix": _matrices(),
    "vjp": _vjps(),
    "target": _targets(),
}
