"""Backward passes that people write: from an upstream gradient dy, or from one-hot targets y."""

import numpy as np

from explorer.model.specimens.specimen import Specimen, softmax


def vjp(z, dy):
    y = softmax(z)
    dot = (y * dy).sum(-1, keepdims=True)
    return y * dy - y * dot


def column_loop(z, dy):
    s = softmax(z)
    dz = np.zeros_like(s)
    for j in range(s.shape[-1]):
        column = -s * s[:, [j]]
        column[:, j] += s[:, j]
        dz[:, j] = (dy * column).sum(-1)
    return dz


def repeated_index(z, dy):
    s = softmax(z)
    eye = np.eye(s.shape[-1])
    J = s[:, :, None] * (eye - s[:, None])
    dy = dy[:, None, :]
    return np.einsum("mnr,mrr->mr", dy, J)


def without_the_sum(z, dy):
    y = softmax(z)
    return y * dy


def fused_cross_entropy(z, y):
    return softmax(z) - y


def fused_from_the_others(z, y):
    top = z.max(-1, keepdims=True)
    e = np.exp(z - top)
    dz = e / e.sum(-1, keepdims=True)
    for row, k in enumerate(y.argmax(-1)):
        rest = np.delete(e[row], k).sum()
        dz[row, k] = -rest / e[row].sum()
    return dz


def minus_one_over_p(z, y):
    p = softmax(z)
    dp = -y / p
    dot = (p * dp).sum(-1, keepdims=True)
    return p * (dp - dot)


def target_entry_only(z, y):
    p = softmax(z)
    p_y = (p * y).sum(-1, keepdims=True)
    return (p_y - 1) * p_y * (y - p)


_CANCELS = "where the winner has almost all, y∘dy and y·Σ are equal but for round-off"
_ONE = "the target’s p − 1 is rounded to units of 1e−16, and is 0 from a gap of 36.7 on"

BACKWARD_PASSES = (
    Specimen(
        "vjp",
        "VJP y∘dy − yΣ",
        "backward pass",
        vjp,
        "J dy",
        why="J dy without the matrix: y∘dy − y·Σ(y∘dy), in O(n).",
        mend="Shift dy by its entry at the winner first: J·1 = 0, so nothing changes, and nothing cancels.",
        breaks=_CANCELS,
        helpers=(softmax,),
    ),
    Specimen(
        "column-loop",
        "Column by column",
        "backward pass",
        column_loop,
        "J dy",
        why="One column of J at a time, multiplied by dy and summed.",
        mend="Shift dy by its entry at the winner first, and take the winner’s 1 − p as the sum of the others.",
        breaks="the column’s −s² + s cancels for the winner, and so do the terms of the sum",
        helpers=(softmax,),
    ),
    Specimen(
        "repeated-index",
        "einsum, repeated index",
        "backward pass",
        repeated_index,
        "J dy",
        why="mnr,mrr→mr: the repeated r takes the diagonal of J, so this is dy∘diag(J), not dy·J.",
        mend='np.einsum("mni,mij->mj", dy, J): two different letters for row and column.',
        wrong=True,
        helpers=(softmax,),
    ),
    Specimen(
        "without-the-sum",
        "y∘dy, the sum forgotten",
        "backward pass",
        without_the_sum,
        "J dy",
        why="Only the first term of the product: what the classes take from one another is missing.",
        mend="Subtract y·Σ(y∘dy), the sum over the classes of each row.",
        wrong=True,
        helpers=(softmax,),
    ),
    Specimen(
        "fused-cross-entropy",
        "Cross-entropy as p − y",
        "backward pass",
        fused_cross_entropy,
        "p − y",
        why="The 1/p of cross-entropy cancels the p in J: what is left is p − y.",
        mend="For the target take −(sum of the others) instead of p − 1.",
        breaks=_ONE,
        helpers=(softmax,),
    ),
    Specimen(
        "fused-from-the-others",
        "p − y from the others",
        "backward pass",
        fused_from_the_others,
        "p − y",
        why="The target’s p − 1 is minus the sum of the others, so a confident row keeps its gradient.",
        mend="Nothing to mend.",
    ),
    Specimen(
        "minus-one-over-p",
        "−1/p, then J",
        "backward pass",
        minus_one_over_p,
        "p − y",
        why="Cross-entropy’s gradient −1/p first, then the Jacobian: right, as long as p is not 0.",
        mend="Fold cross-entropy into the softmax: p − y, without any division.",
        breaks="1/p overflows from a gap of 709.78 on, and ∞ · p − ∞ is NaN; a winning target’s −1 + p cancels before",
        helpers=(softmax,),
    ),
    Specimen(
        "target-entry-only",
        "Squared error, target only",
        "backward pass",
        target_entry_only,
        "J (p − y)",
        why="The gradient of ½(p_y − 1)², not of ½Σ(p − y)²: what the other classes’ p contribute is missing.",
        mend="Send p − y back for every class: g = p − y, then p∘g − p·Σ(p∘g).",
        wrong=True,
        helpers=(softmax,),
    ),
)
