"""One source of the dictionary: what a function may have taken for the probabilities, and words that they share."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explorer.model.exact import Floats

NORMALISE = "Divide by each row's own sum: e / e.sum(axis=-1, keepdims=True)."
PLAIN = "Take the exponential of the logits as they are (less each row's maximum), and divide by its sum."
ONCE = "Apply the softmax once: p = e / e.sum(axis=-1, keepdims=True), and nothing after it."


@dataclass(frozen=True)
class Source:
    """A stand-in for the probabilities; ``of`` maps logits (m, n) to it, (m, n). The lower ``cost``, the likelier."""

    label: str
    text: str
    remedy: str
    cost: float
    of: Callable[[Floats], Floats]


def softmax(x: Floats, axis: int | None = -1) -> Floats:
    """Return the plain softmax along an axis, or over the whole array."""
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return np.asarray(e / e.sum(axis=axis, keepdims=True))


def exponentials(z: Floats) -> Floats:
    """Return exp(z − max of the row)."""
    return np.asarray(np.exp(z - z.max(axis=-1, keepdims=True)))


def total(x: Floats, axis: int | None = -1) -> Floats:
    """Return the sum along an axis that is kept, or over the whole array."""
    return np.asarray(x.sum(axis=axis, keepdims=True))


def min_max(z: Floats) -> Floats:
    """Return each row scaled to 0…1."""
    low, high = z.min(axis=-1, keepdims=True), z.max(axis=-1, keepdims=True)
    return np.asarray((z - low) / (high - low))


def sigmoid(z: Floats) -> Floats:
    """Return the sigmoid of each logit."""
    return 1.0 / (1.0 + np.exp(-z))
