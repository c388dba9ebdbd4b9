"""What f(z, y) may compute: a loss gradient, or something near it."""

from collections.abc import Callable

import numpy as np

from explorer.model.clinic.formula import Formula
from explorer.model.clinic.terms import USE_CE, USE_SE, again, hard, pick, through, total
from explorer.model.exact import Floats


def losses() -> tuple[Formula, ...]:
    """Return the formulas of loss gradients."""

    def ce(label: str, text: str, cost: float, of: Callable[[Floats, Floats], Floats], remedy: str = USE_CE) -> Formula:
        return Formula(label, text, remedy, cost, of, "cross_entropy")

    def se(label: str, text: str, cost: float, of: Callable[[Floats, Floats], Floats], remedy: str = USE_SE) -> Formula:
        return Formula(label, text, remedy, cost, of, "squared_error")

    def shifted(y: Floats, by: int) -> Floats:
        return np.roll(y, by, axis=-1)

    def index(y: Floats) -> Floats:
        return np.asarray(y.argmax(axis=-1)[..., None])

    keep = "Subtract the target: p[np.arange(m), y] -= 1."
    off_by_one = "Class numbers start at 0: use y as it is."
    return (
        Formula("cross-entropy", "p − y", "", 0.0, lambda s, y: s - y, "cross_entropy", True),
        Formula("squared-error", "J(p − y)", "", 0.0, lambda s, y: through(s, s - y), "squared_error", True),
        ce(
            "target-activated",
            "p − softmax(y): the target goes through a softmax, too",
            0.8,
            lambda s, y: s - np.exp(y) / total(np.exp(y)),
            "Leave the target as it is: one-hot rows are probabilities already.",
        ),
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
            lambda s, y: through(s, y * (s - 1)),
            "The loss sums over all classes: use J(p − y), not only the target's term.",
        ),
        se(
            "target-missing",
            "J p: the target is never subtracted",
            0.6,
            lambda s, y: through(s, s),
            "Subtract the target first: g = p - y, then J g.",
        ),
        se(
            "p-missing",
            "J y, the target's column of the Jacobian",
            0.6,
            lambda s, y: through(s, y + 0 * s),
            "Multiply J by p − y, not by y alone.",
        ),
        se("plus-sign", "J(p + y)", 0.8, lambda s, y: through(s, s + y), "Subtract the target: g = p - y."),
        se(
            "twice-applied",
            "J·J·(p − y): the Jacobian applied twice",
            0.7,
            lambda s, y: through(s, through(s, s - y)),
            "Apply the Jacobian once.",
        ),
        se(
            "plus-sign",
            "p∘(g + Σ p·g) with g = p − y: plus in place of minus",
            0.8,
            lambda s, y: s * (s - y + total(s * (s - y))),
        ),
        se(
            "factor-p-missing",
            "g − Σ p·g with g = p − y: the factor p is missing",
            0.8,
            lambda s, y: s - y - total(s * (s - y)),
        ),
        se(
            "first-term-missing",
            "p Σ p·g with g = p − y: the first term is missing",
            0.8,
            lambda s, y: s * total(s * (s - y)),
        ),
        se("weight-missing", "p∘(g − Σ g) with g = p − y", 1.1, lambda s, y: s * (s - y - total(s - y))),
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
            lambda s, y: s * (s - y - total(s * (s - y), (-2, -1))),
        ),
        se(
            "wrong-axis-sum",
            "p∘(g − Σ p·g over the batch) with g = p − y",
            0.8,
            lambda s, y: s * (s - y - total(s * (s - y), -2)),
        ),
        se("absolute", "J|p − y|", 1.0, lambda s, y: through(s, np.abs(s - y))),
        se(
            "absolute",
            "J·sign(p − y), the gradient of the absolute error",
            0.8,
            lambda s, y: through(s, np.sign(s - y)),
        ),
        se("cubed", "J(p − y)³", 1.2, lambda s, y: through(s, (s - y) ** 3)),
        se(
            "off-diagonal-only",
            "J(p − y) without the diagonal of J",
            0.8,
            lambda s, y: through(s, s - y) - s * (1 - s) * (s - y),
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
            lambda s, y: s - hard(s),
            "Subtract the target, not the largest class.",
        ),
        ce("target-weighted", "p_y − y: the target's p in every place", 1.0, lambda s, y: pick(s, y) - y),
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
            lambda s, y: pick(s, y) * (s - y),
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
            lambda s, y: through(s, (s - y) / (s * (1 - s))),
        ),
        ce("winner", "the winner's one-hot minus y", 1.2, lambda s, y: hard(s) - y),
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
            lambda s, y: total(s - y, -2) + 0 * s,
            "Keep one gradient for each row.",
        ),
        ce("times-p", "p − y p", 1.0, lambda s, y: s - y * s * s),
        ce(
            "double-softmax",
            "the gradient of cross-entropy behind the softmax of the softmax",
            0.9,
            lambda s, y: through(s, again(s) - y),
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
    p = pick(s, y)
    return (1 - p) * (1 - p - 2 * p * np.log(p)) * (s - y)
