"""Forward passes that people write. Their code is shown on screen, as they would write it: bare and narrow."""

import numpy as np

from explorer.model.specimens.specimen import Specimen, softmax


def naive(z):
    e = np.exp(z)
    return e / e.sum(-1, keepdims=True)


def stable(z):
    top = z.max(-1, keepdims=True)
    e = np.exp(z - top)
    return e / e.sum(-1, keepdims=True)


def batch_maximum(z):
    e = np.exp(z - z.max())
    return e / e.sum(-1, keepdims=True)


def batch_sum(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def wrong_axis(z):
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=0)


def softmax_twice(z):
    p = softmax(z)
    return softmax(p)


FORWARD_PASSES = (
    Specimen(
        "naive",
        "Naive: exp over sum",
        "forward pass",
        naive,
        "p",
        why="The formula as it stands in the book; exp(a) must fit into a double.",
        mend="Subtract each row’s own maximum first: p stays the same, and exp never exceeds 1.",
        breaks="beyond a = 709.78 exp(a) overflows and ∞/∞ is NaN; so is 0/0 where a whole row underflows",
    ),
    Specimen(
        "stable",
        "Stable: row maximum",
        "forward pass",
        stable,
        "p",
        why="The largest exponential is exp(0) = 1, so nothing overflows and no sum is 0.",
        mend="Nothing to mend.",
    ),
    Specimen(
        "batch-maximum",
        "Maximum of the batch",
        "forward pass",
        batch_maximum,
        "p",
        why="One maximum for all rows: a row that lies far below it has only exponentials that underflow.",
        mend="z.max(-1, keepdims=True): each row needs its own maximum.",
        breaks="a row more than about 700 below the batch’s maximum loses its digits, then becomes 0/0",
    ),
    Specimen(
        "batch-sum",
        "Sum of the batch",
        "forward pass",
        batch_sum,
        "p",
        why="It divides by the sum over all rows: the batch sums to 1, each row to less.",
        mend="e.sum(-1, keepdims=True): the axis is missing.",
        wrong=True,
    ),
    Specimen(
        "wrong-axis",
        "Along the wrong axis",
        "forward pass",
        wrong_axis,
        "p",
        why="It normalises down the batch: columns sum to 1, rows do not; each class competes across samples.",
        mend="axis=-1, with keepdims=True: the classes of one row compete.",
        wrong=True,
    ),
    Specimen(
        "softmax-twice",
        "Softmax twice",
        "forward pass",
        softmax_twice,
        "p",
        why="Probabilities went in as logits: they differ by less than 1, so all that comes out is almost uniform.",
        mend="Apply the softmax once; a loss that takes logits applies it by itself.",
        wrong=True,
        helpers=(softmax,),
    ),
)
