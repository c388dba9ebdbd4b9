"""What stands for the probabilities where the sum is not the row's, or p is changed afterwards."""

import numpy as np

from explorer.model.clinic.source import NORMALISE, ONCE, Source, exponentials, softmax, total
from explorer.model.exact import Floats


def _row(z: Floats, k: int) -> Floats:
    return np.broadcast_to(softmax(z)[k], z.shape)


def _sum_of_row(z: Floats, k: int) -> Floats:
    return np.asarray(np.exp(z) / np.exp(z[k]).sum())


def _but(z: Floats, k: int) -> Floats:
    e = np.exp(z)
    return np.asarray(e / (total(e) - e[:, k : k + 1] if k >= 0 else total(e[:, :k])))


SUMS: tuple[Source, ...] = (
    Source(
        "extra-one",
        "exp(z) / (1 + Σ exp(z)): one class too many",
        NORMALISE,
        1.1,
        lambda z: np.exp(z) / (1 + total(np.exp(z))),
    ),
    Source(
        "extra-one",
        "exp(z − max) / (1 + Σ exp(z − max))",
        NORMALISE,
        1.2,
        lambda z: exponentials(z) / (1 + total(exponentials(z))),
    ),
    Source(
        "sum-of-others",
        "e over the sum of the other classes, p/(1 − p)",
        "The sum in the denominator includes the class itself.",
        1.1,
        lambda z: softmax(z) / (1 - softmax(z)),
    ),
    Source(
        "l2-norm",
        "e divided by its Euclidean length, not by its sum",
        NORMALISE,
        1.2,
        lambda z: exponentials(z) / np.sqrt(total(exponentials(z) ** 2)),
    ),
    Source(
        "l2-norm",
        "p divided by its Euclidean length",
        ONCE,
        1.3,
        lambda z: softmax(z) / np.sqrt(total(softmax(z) ** 2)),
    ),
    Source(
        "last-class-dropped",
        "a sum that stops before the last class",
        "Sum over all classes.",
        1.2,
        lambda z: _but(z, -1),
    ),
    Source(
        "first-class-dropped",
        "a sum that leaves out the first class",
        "Sum over all classes.",
        1.2,
        lambda z: _but(z, 0),
    ),
    Source(
        "cumulative",
        "e over the running sum",
        "Use sum, not cumsum.",
        1.3,
        lambda z: np.exp(z) / np.cumsum(np.exp(z), axis=-1),
    ),
    Source("cumulative", "the running sum of p", "Leave out cumsum.", 1.3, lambda z: np.cumsum(softmax(z), axis=-1)),
    Source("complement", "1 − p", "Return p itself.", 1.2, lambda z: 1 - softmax(z)),
    Source(
        "class-order",
        "p with its classes in reverse order",
        "Keep the order of the classes.",
        1.3,
        lambda z: softmax(z)[:, ::-1],
    ),
    Source(
        "class-order",
        "p sorted, smallest first",
        "Keep the order of the classes: do not sort.",
        1.3,
        lambda z: np.sort(softmax(z)),
    ),
    Source(
        "class-order",
        "p sorted, largest first",
        "Keep the order of the classes: do not sort.",
        1.3,
        lambda z: np.sort(softmax(z))[:, ::-1],
    ),
    Source(
        "class-order",
        "p shifted by one class",
        "Keep the order of the classes.",
        1.3,
        lambda z: np.roll(softmax(z), 1, axis=-1),
    ),
    Source(
        "class-order",
        "p shifted by one class",
        "Keep the order of the classes.",
        1.3,
        lambda z: np.roll(softmax(z), -1, axis=-1),
    ),
    Source(
        "row-order", "the rows of p in reverse order", "Keep the order of the rows.", 1.5, lambda z: softmax(z)[::-1]
    ),
    Source("root", "the square root of p", ONCE, 1.4, lambda z: np.sqrt(softmax(z))),
    Source("square", "p²", ONCE, 1.4, lambda z: softmax(z) ** 2),
    Source(
        "first-row", "the first row's softmax, for every row", "Compute each row by itself.", 1.4, lambda z: _row(z, 0)
    ),
    Source(
        "last-row", "the last row's softmax, for every row", "Compute each row by itself.", 1.4, lambda z: _row(z, -1)
    ),
    Source(
        "batch-mean",
        "the batch's mean of p, for every row",
        "Do not average over the batch.",
        1.4,
        lambda z: np.broadcast_to(softmax(z).mean(axis=0), z.shape),
    ),
    Source("first-row", "exp(z) over the first row's sum", NORMALISE, 1.4, lambda z: _sum_of_row(z, 0)),
    Source("last-row", "exp(z) over the last row's sum", NORMALISE, 1.4, lambda z: _sum_of_row(z, -1)),
    Source(
        "no-sum",
        "exp(z) divided by exp(z)'s largest entry in the batch",
        NORMALISE,
        1.9,
        lambda z: np.exp(z) / np.exp(z).max(),
    ),
    Source("ones", "1 in every place", "Use the probabilities.", 1.9, np.ones_like),
)
