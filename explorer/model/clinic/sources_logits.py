"""What stands for the probabilities where the softmax is one of other logits, or is applied again."""

import numpy as np

from explorer.model.clinic.source import NORMALISE, ONCE, PLAIN, Source, exponentials, min_max, sigmoid, softmax, total
from explorer.model.exact import Floats


def _standard(z: Floats) -> Floats:
    return np.asarray((z - z.mean(axis=-1, keepdims=True)) / z.std(axis=-1, keepdims=True))


LOGITS: tuple[Source, ...] = (
    Source("double-softmax", "the softmax of the softmax", ONCE, 1.0, lambda z: softmax(softmax(z))),
    Source("triple-softmax", "the softmax applied three times", ONCE, 1.5, lambda z: softmax(softmax(softmax(z)))),
    Source(
        "log-softmax",
        "the logarithm of the softmax, log p",
        "Take exp of it, or leave the logarithm out.",
        1.0,
        lambda z: z - z.max(axis=-1, keepdims=True) - np.log(total(exponentials(z))),
    ),
    Source(
        "base-2",
        "a softmax to the base 2, 2^z / Σ 2^z",
        "Use np.exp, not 2**z.",
        1.0,
        lambda z: softmax(z * np.log(2.0)),
    ),
    Source(
        "base-10",
        "a softmax to the base 10, 10^z / Σ 10^z",
        "Use np.exp, not 10**z.",
        1.0,
        lambda z: softmax(z * np.log(10.0)),
    ),
    Source("temperature", "a softmax of 2z (temperature ½), or p² normalised", PLAIN, 1.2, lambda z: softmax(2.0 * z)),
    Source("temperature", "a softmax of z/2 (temperature 2)", PLAIN, 1.2, lambda z: softmax(0.5 * z)),
    Source("temperature", "a softmax of z/√n", PLAIN, 1.3, lambda z: softmax(z / np.sqrt(z.shape[-1]))),
    Source("temperature", "a softmax of z/n", PLAIN, 1.3, lambda z: softmax(z / z.shape[-1])),
    Source("temperature", "a softmax of z/m", PLAIN, 1.4, lambda z: softmax(z / z.shape[0])),
    Source(
        "sign-of-logits",
        "a softmax of −z: the largest logit gets the smallest probability",
        "Use exp(z − max), not exp(max − z) or exp(−z).",
        1.0,
        lambda z: softmax(-z),
    ),
    Source(
        "unnormalised",
        "exp(max − z), never normalised and of the wrong sign",
        NORMALISE,
        1.6,
        lambda z: np.exp(z.max(axis=-1, keepdims=True) - z),
    ),
    Source(
        "relu-first",
        "a softmax of max(z, 0): negative logits are cut off",
        PLAIN,
        1.2,
        lambda z: softmax(np.maximum(z, 0)),
    ),
    Source("absolute-logits", "a softmax of |z|", PLAIN, 1.2, lambda z: softmax(np.abs(z))),
    Source("square", "a softmax of z²", PLAIN, 1.4, lambda z: softmax(z * z)),
    Source("squashed-logits", "a softmax of tanh z", PLAIN, 1.4, lambda z: softmax(np.tanh(z))),
    Source("squashed-logits", "a softmax of the sigmoid of z", PLAIN, 1.4, lambda z: softmax(sigmoid(z))),
    Source(
        "scaled-logits",
        "a softmax of z divided by its length",
        PLAIN,
        1.4,
        lambda z: softmax(z / np.sqrt(total(z * z))),
    ),
    Source("scaled-logits", "a softmax of z divided by its sum", PLAIN, 1.4, lambda z: softmax(z / total(z))),
    Source(
        "scaled-logits",
        "a softmax of z divided by its maximum",
        PLAIN,
        1.4,
        lambda z: softmax(z / z.max(axis=-1, keepdims=True)),
    ),
    Source(
        "scaled-logits", "a softmax of z divided by the batch's maximum", PLAIN, 1.4, lambda z: softmax(z / z.max())
    ),
    Source(
        "scaled-logits", "a softmax of standardised logits (z − mean)/std", PLAIN, 1.4, lambda z: softmax(_standard(z))
    ),
    Source("scaled-logits", "a softmax of logits scaled to 0…1", PLAIN, 1.4, lambda z: softmax(min_max(z))),
    Source(
        "integer-logits",
        "a softmax of logits cut to whole numbers",
        "Keep the logits as floats: no astype(int), no //.",
        1.4,
        lambda z: softmax(np.trunc(z)),
    ),
    Source(
        "integer-logits", "a softmax of rounded logits", "Do not round the logits.", 1.4, lambda z: softmax(np.round(z))
    ),
    Source(
        "integer-logits", "a softmax of floored logits", "Do not round the logits.", 1.5, lambda z: softmax(np.floor(z))
    ),
)
