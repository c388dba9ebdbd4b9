"""Jacobians that people write, of one row or of a batch. Their code is shown on screen."""

import numpy as np

from explorer.model.specimens.specimen import Specimen, softmax


def double_loop(z):
    s = softmax(z)
    n = len(s)
    J = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            d = 1.0 if i == j else 0.0
            J[i, j] = s[i] * (d - s[j])
    return J


def diagonal_minus_outer(z):
    s = softmax(z)
    return np.diag(s) - np.outer(s, s)


def broadcast_batch(z):
    s = softmax(z)
    eye = np.eye(s.shape[-1])
    rest = eye - s[:, None]
    return s[:, :, None] * rest


def einsum_batch(z):
    s = softmax(z)
    eye = np.eye(s.shape[-1])
    outer = np.einsum("ij,ik->ijk", s, s)
    full = np.einsum("ij,jk->ijk", s, eye)
    return full - outer


def sum_of_the_others(z):
    e = np.exp(z - z.max())
    s, top = e / e.sum(), z.argmax()
    q = 1.0 - s
    others = np.delete(e, top)
    q[top] = others.sum() / e.sum()
    J = -np.outer(s, s)
    np.fill_diagonal(J, s * q)
    return J


def off_diagonal_only(z):
    s = softmax(z)
    return -np.outer(s, s)


def plus_sign(z):
    s = softmax(z)
    return np.diag(s) + np.outer(s, s)


_LOST = "the winner’s 1 − p loses digits, and is 0 from a gap of 36.7 on: lost, not vanished"
_SUM = "Take the winner’s 1 − p as the sum of the others, as “1 − p from the others” does."

JACOBIANS = (
    Specimen(
        "double-loop",
        "Double loop",
        "Jacobian",
        double_loop,
        "J",
        why="Sᵢ(δᵢⱼ − Sⱼ), entry by entry.",
        mend=_SUM,
        breaks=_LOST,
        one_row=True,
        helpers=(softmax,),
    ),
    Specimen(
        "diagonal-minus-outer",
        "diag(s) − s sᵀ",
        "Jacobian",
        diagonal_minus_outer,
        "J",
        why="The same matrix at once: s on the diagonal, less the outer product.",
        mend=_SUM,
        breaks=_LOST,
        one_row=True,
        helpers=(softmax,),
    ),
    Specimen(
        "broadcast-batch",
        "Batch by broadcasting",
        "Jacobian",
        broadcast_batch,
        "J",
        why="A matrix for each row of the batch: Sᵢ times row i of (1 − S).",
        mend=_SUM,
        breaks=_LOST,
        helpers=(softmax,),
    ),
    Specimen(
        "einsum-batch",
        "Batch by einsum",
        "Jacobian",
        einsum_batch,
        "J",
        why="ij,jk→ijk puts each row on a diagonal; ij,ik→ijk is its outer product.",
        mend=_SUM,
        breaks=_LOST,
        helpers=(softmax,),
    ),
    Specimen(
        "sum-of-the-others",
        "1 − p from the others",
        "Jacobian",
        sum_of_the_others,
        "J",
        why="The winner’s 1 − p is the sum of the others, so nothing cancels however far the logits are apart.",
        mend="Nothing to mend.",
        one_row=True,
    ),
    Specimen(
        "off-diagonal-only",
        "Off-diagonal part only",
        "Jacobian",
        off_diagonal_only,
        "J",
        why="−SᵢSⱼ is right off the diagonal; on it δ is missing, so it reads −Sᵢ² instead of Sᵢ(1 − Sᵢ).",
        mend="Add s on the diagonal: np.diag(s) − np.outer(s, s).",
        wrong=True,
        one_row=True,
        helpers=(softmax,),
    ),
    Specimen(
        "plus-sign",
        "Plus instead of minus",
        "Jacobian",
        plus_sign,
        "J",
        why="diag(s) + s sᵀ: every entry has the wrong off-diagonal sign, and rows sum to 2Sᵢ instead of 0.",
        mend="np.diag(s) − np.outer(s, s): a class that grows takes from the others.",
        wrong=True,
        one_row=True,
        helpers=(softmax,),
    ),
)
