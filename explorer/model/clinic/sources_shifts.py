"""What stands for the probabilities where sums run along another axis, or maxima do not cancel."""

import numpy as np

from explorer.model.clinic.source import NORMALISE, Source, exponentials, softmax, total

_AXIS = "Sum over the classes of each row: axis=-1 (or 1) with keepdims=True."
_MAX = "Subtract each row's own maximum: z - z.max(axis=-1, keepdims=True), the same in numerator and denominator."

SHIFTS: tuple[Source, ...] = (
    Source("raw-logits", "the raw logits", "Pass the logits through the softmax first.", 1.0, lambda z: z),
    Source("unnormalised", "exp(z), never normalised", NORMALISE, 1.0, np.exp),
    Source("unnormalised", "exp(z − max of the row), never normalised", NORMALISE, 1.1, exponentials),
    Source(
        "unnormalised", "exp(z − max of the batch), never normalised", NORMALISE, 1.2, lambda z: np.exp(z - z.max())
    ),
    Source("wrong-axis", "a softmax down the columns, across the batch", _AXIS, 1.0, lambda z: softmax(z, 0)),
    Source(
        "whole-array",
        "a softmax over the whole batch, normalised by one sum (right only for a single vector)",
        _AXIS,
        1.0,
        lambda z: softmax(z, None),
    ),
    Source(
        "whole-array",
        "exp(z − max of the row) over the sum of the whole batch",
        _AXIS,
        1.2,
        lambda z: exponentials(z) / exponentials(z).sum(),
    ),
    Source(
        "wrong-axis",
        "exp(z − max of the row) over the sum of each column",
        _AXIS,
        1.2,
        lambda z: exponentials(z) / total(exponentials(z), 0),
    ),
    Source(
        "column-maximum",
        "exp(z − max of the column) over the sum of the row: the maxima do not cancel",
        _MAX,
        1.3,
        lambda z: np.exp(z - z.max(axis=0)) / total(np.exp(z - z.max(axis=0))),
    ),
    Source(
        "half-shifted",
        "exp(z − max) over the sum of exp(z): only the numerator is shifted",
        _MAX,
        1.3,
        lambda z: exponentials(z) / total(np.exp(z)),
    ),
    Source(
        "half-shifted",
        "exp(z) over the sum of exp(z − max): only the denominator is shifted",
        _MAX,
        1.3,
        lambda z: np.exp(z) / total(exponentials(z)),
    ),
    Source(
        "half-shifted",
        "exp(z − max of the batch) over the sum of exp(z): only the numerator is shifted",
        _MAX,
        1.4,
        lambda z: np.exp(z - z.max()) / total(np.exp(z)),
    ),
)
