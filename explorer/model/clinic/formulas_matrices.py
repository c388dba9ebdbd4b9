"""What f(z) of shape (m, n, n) may compute: the Jacobian, or another matrix."""

from collections.abc import Callable

import numpy as np

from explorer.model.clinic.formula import Formula
from explorer.model.clinic.terms import USE_JACOBIAN, again, as_columns, as_rows, diag, eye, jacobian, outer
from explorer.model.exact import Floats


def matrices() -> tuple[Formula, ...]:
    """Return the formulas of Jacobians."""

    def make(label: str, text: str, cost: float, of: Callable[[Floats], Floats], remedy: str = USE_JACOBIAN) -> Formula:
        return Formula(label, text, remedy, cost, lambda s, v: of(s), "jacobian")

    def only(s: Floats, mask: Floats) -> Floats:
        return jacobian(s) * mask

    return (
        Formula("jacobian", "J = diag(p) − p pᵀ", "", 0.0, lambda s, v: jacobian(s), "jacobian", True),
        make("outer-only", "p pᵀ alone: diag(p) is missing", 0.5, outer, "Add diag(p): J = diag(p) − p pᵀ."),
        make("diag-p", "diag(p) alone: − p pᵀ is missing", 0.5, diag, "Subtract p pᵀ: J = diag(p) − p pᵀ."),
        make(
            "diagonal-only",
            "the diagonal p(1 − p) alone: the off-diagonal terms are zero",
            0.5,
            lambda s: diag(s * (1 - s)),
            "Fill in the off-diagonal terms −p_i p_j: J = diag(p) − p pᵀ.",
        ),
        make(
            "off-diagonal-only",
            "the off-diagonal terms alone: the diagonal is zero",
            0.5,
            lambda s: only(s, 1 - np.eye(s.shape[-1])),
            "Fill in the diagonal p_i(1 − p_i).",
        ),
        make("plus-sign", "diag(p) + p pᵀ", 0.5, lambda s: diag(s) + outer(s), "Subtract p pᵀ, do not add it."),
        make(
            "sign-lost",
            "J with its off-diagonal terms positive, +p_i p_j",
            0.6,
            lambda s: np.abs(jacobian(s)),
            "The off-diagonal terms are −p_i p_j, with a minus sign.",
        ),
        make(
            "diagonal-sign",
            "J with a negative diagonal",
            0.7,
            lambda s: -np.abs(jacobian(s)),
            "The diagonal is +p_i(1 − p_i).",
        ),
        make(
            "diagonal-twice",
            "diag(p(1 − p)) − p pᵀ: p² is taken from the diagonal twice",
            0.7,
            lambda s: diag(s * (1 - s)) - outer(s),
            "Use diag(p) − p pᵀ, or set the diagonal after the outer product.",
        ),
        make(
            "diagonal-added",
            "−p_i p_j with p_i(1 − p_i) + p_i² missing or added on the diagonal: diag(p(1 + p)) − p pᵀ",
            1.2,
            lambda s: diag(s * (1 + s)) - outer(s),
        ),
        make("identity-for-diag", "I − p pᵀ: the identity in place of diag(p)", 0.7, lambda s: eye(s) - outer(s)),
        make(
            "diagonal-is-p",
            "p_i on the diagonal and −p_i p_j elsewhere",
            0.7,
            lambda s: diag(s) - outer(s) + diag(s * s),
        ),
        make(
            "diagonal-is-1-p",
            "1 − p_i on the diagonal and −p_i p_j elsewhere",
            0.9,
            lambda s: eye(s) - outer(s) + diag(s * s - s),
        ),
        make(
            "log-softmax-jacobian",
            "δ_ij − p_j, the Jacobian of log p",
            0.6,
            lambda s: eye(s) - as_rows(s),
            "Multiply row i by p_i: J_ij = p_i(δ_ij − p_j).",
        ),
        make("transposed", "δ_ij − p_i, the transposed Jacobian of log p", 0.8, lambda s: eye(s) - as_columns(s)),
        make(
            "wrong-index",
            "p_i(δ_ij − p_i): the last index is i, not j",
            0.7,
            lambda s: as_columns(s) * (eye(s) - as_columns(s)),
        ),
        make(
            "wrong-index",
            "p_j(δ_ij − p_j): the first index is j, not i",
            0.7,
            lambda s: as_rows(s) * (eye(s) - as_rows(s)),
        ),
        make(
            "delta-missing",
            "p_i(1 − p_j) everywhere: 1 in place of δ_ij",
            0.7,
            lambda s: as_columns(s) * (1 - as_rows(s)),
            "The 1 belongs on the diagonal only: p_i(δ_ij − p_j).",
        ),
        make(
            "delta-missing",
            "p_j(1 − p_i) everywhere: 1 in place of δ_ij",
            0.8,
            lambda s: as_rows(s) * (1 - as_columns(s)),
            "The 1 belongs on the diagonal only: p_i(δ_ij − p_j).",
        ),
        make(
            "delta-missing",
            "p_i(1 − p_i) in the whole row",
            0.9,
            lambda s: as_columns(s * (1 - s)),
            "Fill in the off-diagonal terms −p_i p_j.",
        ),
        make("delta-missing", "p_j(1 − p_j) in the whole column", 0.9, lambda s: as_rows(s * (1 - s))),
        make("diagonal-missing-square", "diag(p) − p_j: the second p is missing", 0.9, lambda s: diag(s) - as_rows(s)),
        make(
            "diagonal-missing-square", "diag(p) − p_i: the second p is missing", 0.9, lambda s: diag(s) - as_columns(s)
        ),
        make("differences", "p_i − p_j", 1.0, lambda s: as_columns(s) - as_rows(s)),
        make("differences", "p_i + p_j", 1.2, lambda s: as_columns(s) + as_rows(s)),
        make("copies", "p_i in the whole row", 1.0, as_columns),
        make("copies", "p_j in the whole column", 1.0, as_rows),
        make(
            "lower-triangle",
            "the lower triangle of J: the terms above the diagonal are zero",
            0.8,
            lambda s: np.tril(jacobian(s)),
            "Let the inner loop run over all classes.",
        ),
        make(
            "upper-triangle",
            "the upper triangle of J: the terms below the diagonal are zero",
            0.8,
            lambda s: np.triu(jacobian(s)),
            "Let the inner loop run over all classes.",
        ),
        make(
            "lower-triangle",
            "the part of J below the diagonal",
            0.9,
            lambda s: np.tril(jacobian(s), -1),
            "Let the inner loop run over all classes.",
        ),
        make(
            "upper-triangle",
            "the part of J above the diagonal",
            0.9,
            lambda s: np.triu(jacobian(s), 1),
            "Let the inner loop run over all classes.",
        ),
        make(
            "twice-applied",
            "J·J: the Jacobian applied twice",
            0.6,
            lambda s: jacobian(s) @ jacobian(s),
            "Apply the Jacobian once.",
        ),
        make("elementwise-square", "J squared entry by entry", 0.9, lambda s: jacobian(s) ** 2),
        make("identity", "the identity matrix", 1.0, eye),
        make("ones", "1 − p_i p_j", 1.2, lambda s: 1 - outer(s)),
        make("identity-minus-diag", "diag(1 − p)", 1.0, lambda s: diag(1 - s)),
        make("squares", "diag(p²)", 1.0, lambda s: diag(s * s)),
        make("squares", "diag(p²) − p pᵀ: the off-diagonal terms alone", 1.2, lambda s: diag(s * s) - outer(s)),
        make("squares", "diag(p) − p² in every row", 1.2, lambda s: diag(s) - as_rows(s * s)),
        make("squares", "diag(p) − p² in every column", 1.2, lambda s: diag(s) - as_columns(s * s)),
        make(
            "mirrored",
            "J with its columns in reverse order",
            1.0,
            lambda s: jacobian(s)[..., ::-1],
            "Keep the order of the classes.",
        ),
        make(
            "mirrored",
            "J with its rows in reverse order",
            1.0,
            lambda s: jacobian(s)[..., ::-1, :],
            "Keep the order of the classes.",
        ),
        make(
            "batch-mean",
            "the batch's mean Jacobian, for every row",
            1.0,
            lambda s: jacobian(s).mean(axis=-3, keepdims=True) + 0 * outer(s),
            "Compute one Jacobian for each row.",
        ),
        make(
            "batch-mixed",
            "diag(p) − pᵀp with pᵀp summed over the batch",
            0.9,
            lambda s: diag(s) - (np.swapaxes(s, -1, -2) @ s)[..., None, :, :],
            "Take the outer product of each row by itself: p[:, :, None] * p[:, None, :].",
        ),
        make(
            "first-row",
            "the first row's Jacobian, for every row",
            1.0,
            lambda s: jacobian(s)[..., :1, :, :] + 0 * outer(s),
            "Compute one Jacobian for each row.",
        ),
        make(
            "last-row",
            "the last row's Jacobian, for every row",
            1.0,
            lambda s: jacobian(s)[..., -1:, :, :] + 0 * outer(s),
            "Compute one Jacobian for each row.",
        ),
        make(
            "double-softmax",
            "the Jacobian of the softmax of the softmax",
            1.0,
            lambda s: jacobian(again(s)) @ jacobian(s),
            "Apply the softmax once.",
        ),
        make("ratio", "p_i / p_j", 1.4, lambda s: as_columns(s) / as_rows(s)),
    )
