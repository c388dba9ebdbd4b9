"""“Derivatives” of the softmax with one number per class, multiplied by the upstream gradient. All are wrong."""

import numpy as np

from explorer.model.specimens.specimen import Specimen, softmax


def row_sum(z):
    s = softmax(z)
    eye = np.eye(s.shape[-1])
    J = s[:, :, None] * (eye - s[:, None])
    return J.sum(axis=-1)


def rolled_products(z):
    s = softmax(z)
    d = s * (1 - s)
    for k in range(1, s.shape[-1]):
        d = d - s * np.roll(s, k, axis=-1)
    return d


def lost_minus(z):
    s = softmax(z)
    d = s * (1 - s)
    for k in range(1, s.shape[-1]):
        d = d + s * np.roll(s, k, axis=-1)
    return d


def ratio_form(z):
    e = np.exp(z)
    rest = e.sum(-1, keepdims=True) - e
    return 1 / (2 + e / rest + rest / e)


def sigmoid_rule(z):
    s = softmax(z)
    return s * (1 - s)


_KEEP = "Keep the whole matrix and multiply it by the upstream gradient: s∘dy − s·Σ(s∘dy)."

DERIVATIVES = (
    Specimen(
        "row-sum",
        "Sum of each Jacobian row",
        "derivative",
        row_sum,
        "J dy",
        why="Rows of J sum to 0 because probabilities sum to 1: it returns 0 up to round-off, whatever the logits.",
        mend=_KEEP,
        wrong=True,
        helpers=(softmax,),
    ),
    Specimen(
        "rolled-products",
        "Rolled products",
        "derivative",
        rolled_products,
        "J dy",
        why="S(1 − S) less every product SᵢSⱼ is the sum of a Jacobian row again: 0 up to round-off.",
        mend=_KEEP,
        wrong=True,
        helpers=(softmax,),
    ),
    Specimen(
        "lost-minus",
        "Rolled products, minus lost",
        "derivative",
        lost_minus,
        "J dy",
        why="With the minus lost the products add up to S(1 − S) once more: it returns 2S(1 − S).",
        mend="The off-diagonal terms are −SᵢSⱼ. " + _KEEP,
        wrong=True,
        helpers=(softmax,),
    ),
    Specimen(
        "ratio-form",
        "1/(2 + e/others + others/e)",
        "derivative",
        ratio_form,
        "J dy",
        why="A long way to write S(1 − S), the diagonal of J only; for large logits it is NaN.",
        mend="The off-diagonal terms were dropped. " + _KEEP,
        wrong=True,
    ),
    Specimen(
        "sigmoid-rule",
        "Sigmoid rule s(1 − s)",
        "derivative",
        sigmoid_rule,
        "J dy",
        why="Right for a sigmoid, whose output hangs on one input; each softmax output hangs on every logit.",
        mend=_KEEP,
        wrong=True,
        helpers=(softmax,),
    ),
)
