"""What f(z, dy) may compute: the backward pass, or one with a term missing."""

from collections.abc import Callable

import numpy as np

from explorer.model.clinic.formula import Formula
from explorer.model.clinic.terms import USE_MATRIX, USE_OFF, USE_VJP, again, apply, hard, jacobian, through, total
from explorer.model.exact import Floats


def vjps() -> tuple[Formula, ...]:
    """Return the formulas of backward passes."""

    def make(
        label: str, text: str, cost: float, of: Callable[[Floats, Floats], Floats], remedy: str = USE_VJP
    ) -> Formula:
        return Formula(label, text, remedy, cost, of, "vjp")

    def t(s: Floats, v: Floats) -> Floats:
        return total(s * v)

    return (
        Formula("vjp", "p∘(dy − Σ p·dy)", "", 0.0, through, "vjp", True),
        make("sum-missing", "p∘dy: the term −p Σ p·dy is missing", 0.4, lambda s, v: s * v),
        make(
            "diagonal-only",
            "p(1 − p)∘dy: dy times the diagonal of J only (an einsum with a repeated index gives this, too)",
            0.4,
            lambda s, v: s * (1 - s) * v,
            USE_OFF,
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
        make("weight-missing", "p∘(dy − Σ dy): the sum lacks the weights p", 0.6, lambda s, v: s * (v - total(v))),
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
        make("log-softmax-vjp", "dy − p Σ dy, the backward pass of log p", 0.6, lambda s, v: v - s * total(v)),
        make("log-softmax-vjp", "dy∘(1 − p), the diagonal of log p's backward pass", 0.8, lambda s, v: v * (1 - s)),
        make(
            "wrong-axis-sum",
            "p∘(dy − Σ p·dy over the batch): the sum runs down the columns",
            0.6,
            lambda s, v: s * (v - total(s * v, -2)),
        ),
        make(
            "whole-array-sum",
            "p∘(dy − Σ p·dy over the whole batch): one sum for all rows (right only for a single vector)",
            0.6,
            lambda s, v: s * (v - total(s * v, (-2, -1))),
        ),
        make("square-weight", "p∘(dy − Σ p²·dy)", 1.0, lambda s, v: s * (v - total(s * s * v))),
        make("square-weight", "p²∘(dy − Σ p·dy)", 1.0, lambda s, v: s * through(s, v)),
        make("square-weight", "p∘dy − p² Σ p·dy", 1.0, lambda s, v: s * v - s * s * t(s, v)),
        make("square-weight", "p∘dy − p² Σ dy", 1.0, lambda s, v: s * v - s * s * total(v)),
        make("square-weight", "p²∘dy", 1.0, lambda s, v: s * s * v),
        make("dy-missing", "p∘(dy − p): the second term lacks dy", 0.9, lambda s, v: s * (v - s)),
        make("dy-missing", "p∘(dy − Σp), p∘(dy − 1)", 0.9, lambda s, v: s * (v - total(s))),
        make("dy-missing", "p∘(1 − Σ p·dy): the first term lacks dy", 0.9, lambda s, v: s * (1 - t(s, v))),
        make("dy-missing", "p(1 − p): dy is not used at all", 0.9, lambda s, v: s * (1 - s) + 0 * v),
        make("dy-missing", "p: dy is not used at all", 0.9, lambda s, v: s + 0 * v),
        make("dy-missing", "p(1 − p) Σ dy", 1.0, lambda s, v: s * (1 - s) * total(v)),
        make("dy-missing", "p(1 − p) + dy: added, not multiplied", 1.1, lambda s, v: s * (1 - s) + v),
        make("dy-missing", "p Σ dy", 1.1, lambda s, v: s * total(v)),
        make("not-through-softmax", "dy itself: the Jacobian is missing", 0.6, lambda s, v: v + 0 * s),
        make("sum-only", "Σ p·dy in every place", 0.9, lambda s, v: t(s, v) + 0 * s),
        make(
            "cross-entropy-shortcut",
            "p − dy, the shortcut of cross-entropy with dy in place of y",
            0.8,
            lambda s, v: s - v,
        ),
        make("cross-entropy-shortcut", "p − (the class with the largest dy)", 0.9, lambda s, v: s - hard(v)),
        make(
            "squared-error-shortcut",
            "J(p − dy), squared error with dy in place of y",
            0.9,
            lambda s, v: through(s, s - v),
        ),
        make("products-multiplied", "p∘dy·Σ p·dy", 1.1, lambda s, v: s * v * t(s, v)),
        make(
            "one-row",
            "the row of J of the class with the largest dy",
            1.0,
            lambda s, v: total(s * hard(v)) * (hard(v) - s),
        ),
        make(
            "twice-applied",
            "J·(J·dy): the Jacobian applied twice",
            0.6,
            lambda s, v: through(s, through(s, v)),
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
        make("row-sum", "dy times the sum of each Jacobian row, which is 0", 1.5, lambda s, v: 0 * s * v, USE_MATRIX),
        make("tanh-rule", "(1 − p²)∘dy, the rule of the hyperbolic tangent", 0.9, lambda s, v: (1 - s * s) * v),
        make("divided", "dy / p", 1.1, lambda s, v: v / s),
        make("divided", "dy − Σ p·dy, divided by p", 1.3, lambda s, v: (v - t(s, v)) / s),
        make("wrong-index", "Σ_i p_i(δ_ij − p_i) dy_i: p_j dy_j − Σ p²·dy", 0.9, lambda s, v: s * v - total(s * s * v)),
        make("wrong-index", "p∘dy − p² Σ dy", 1.2, lambda s, v: s * (v - s * total(v))),
        make("delta-missing", "p Σ dy − p Σ p·dy: 1 in place of δ_ij", 0.9, lambda s, v: s * total(v) - s * t(s, v)),
        make("delta-missing", "Σ p·dy − p Σ p·dy: 1 in place of δ_ij", 0.9, lambda s, v: (1 - s) * t(s, v)),
        make("delta-missing", "Σ p·dy − p Σ dy", 1.1, lambda s, v: t(s, v) - s * total(v)),
        make("identity-for-diag", "dy − p Σ p·dy", 0.9, lambda s, v: v - s * t(s, v)),
        make(
            "normalised-dy",
            "J·dy with dy divided by its length",
            1.2,
            lambda s, v: through(s, v / np.sqrt(total(v * v))),
        ),
        make(
            "normalised-dy",
            "J·(dy − mean dy)·, then p again",
            1.6,
            lambda s, v: s * through(s, v - v.mean(-1, keepdims=True)),
        ),
        make("sign-of-dy", "J times the sign of dy", 1.2, lambda s, v: through(s, np.sign(v))),
        make("absolute-dy", "J times |dy|", 1.2, lambda s, v: through(s, np.abs(v))),
        make(
            "batch-mean",
            "the mean of J·dy over the batch, for every row",
            1.0,
            lambda s, v: through(s, v).mean(axis=-2, keepdims=True) + 0 * s,
            "Keep one gradient for each row.",
        ),
        make(
            "batch-sum",
            "the sum of J·dy over the batch, for every row",
            1.0,
            lambda s, v: total(through(s, v), -2) + 0 * s,
            "Keep one gradient for each row.",
        ),
        make(
            "batch-mean",
            "J·dy with dy averaged over the batch",
            1.1,
            lambda s, v: through(s, v.mean(axis=-2, keepdims=True) + 0 * s),
            "Use each row's own dy.",
        ),
        make(
            "class-order",
            "J times dy in reverse order",
            1.2,
            lambda s, v: through(s, v[..., ::-1]),
            "Keep the order of the classes.",
        ),
        make(
            "double-softmax",
            "the backward pass of the softmax of the softmax",
            1.0,
            lambda s, v: through(s, through(again(s), v)),
            "Apply the softmax once.",
        ),
        make("added", "p + dy", 1.2, lambda s, v: s + v),
        make(
            "upper-triangle",
            "dy through the upper triangle of J only",
            1.0,
            lambda s, v: apply(np.triu(jacobian(s)), v),
            "Let the inner loop run over all classes.",
        ),
        make(
            "lower-triangle",
            "dy through the lower triangle of J only",
            1.0,
            lambda s, v: apply(np.tril(jacobian(s)), v),
            "Let the inner loop run over all classes.",
        ),
        make(
            "class-dropped",
            "J·dy with the last class left out of the sum",
            0.9,
            lambda s, v: s * (v - total((s * v)[..., :-1])),
            "Sum over all classes.",
        ),
        make(
            "class-dropped",
            "J·dy with the first class left out of the sum",
            0.9,
            lambda s, v: s * (v - total((s * v)[..., 1:])),
            "Sum over all classes.",
        ),
    )
