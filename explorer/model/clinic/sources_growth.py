"""What stands for the probabilities where something else takes the exponential's place."""

import numpy as np

from explorer.model.clinic.source import PLAIN, Source, min_max, sigmoid, total
from explorer.model.exact import Floats


def _hard(z: Floats) -> Floats:
    return np.asarray(np.eye(z.shape[-1])[z.argmax(axis=-1)])


GROWTHS: tuple[Source, ...] = (
    Source("no-exponential", "z / Σ z: no exponential", PLAIN, 1.0, lambda z: z / total(z)),
    Source("no-exponential", "|z| / Σ |z|: no exponential", PLAIN, 1.1, lambda z: np.abs(z) / total(np.abs(z))),
    Source("no-exponential", "z / Σ |z|: no exponential", PLAIN, 1.2, lambda z: z / total(np.abs(z))),
    Source(
        "no-exponential",
        "max(z, 0) / Σ max(z, 0): no exponential",
        PLAIN,
        1.2,
        lambda z: np.maximum(z, 0) / total(np.maximum(z, 0)),
    ),
    Source("square", "z² / Σ z²: a square in place of the exponential", PLAIN, 1.0, lambda z: z * z / total(z * z)),
    Source(
        "no-exponential",
        "(z − min) / Σ (z − min): no exponential",
        PLAIN,
        1.2,
        lambda z: (z - z.min(axis=-1, keepdims=True)) / total(z - z.min(axis=-1, keepdims=True)),
    ),
    Source("no-exponential", "z scaled to 0…1: no exponential", PLAIN, 1.4, min_max),
    Source("no-exponential", "z / max z: no exponential", PLAIN, 1.4, lambda z: z / z.max(axis=-1, keepdims=True)),
    Source(
        "no-exponential",
        "max(z − mean, 0): no exponential",
        PLAIN,
        1.4,
        lambda z: np.maximum(z - z.mean(axis=-1, keepdims=True), 0),
    ),
    Source("no-exponential", "z − mean: no exponential", PLAIN, 1.4, lambda z: z - z.mean(axis=-1, keepdims=True)),
    Source("no-exponential", "z − max: no exponential", PLAIN, 1.2, lambda z: z - z.max(axis=-1, keepdims=True)),
    Source(
        "no-exponential", "z divided by its length: no exponential", PLAIN, 1.4, lambda z: z / np.sqrt(total(z * z))
    ),
    Source(
        "taylor-exponential",
        "1 + z over its sum: a series cut after one term",
        PLAIN,
        1.4,
        lambda z: (1 + z) / total(1 + z),
    ),
    Source(
        "taylor-exponential",
        "1 + z + z²/2 over its sum: the exponential's series cut short",
        PLAIN,
        1.4,
        lambda z: (1 + z + z * z / 2) / total(1 + z + z * z / 2),
    ),
    Source(
        "wrong-exponential",
        "exp(z) − 1 over its sum",
        "Use np.exp, not np.expm1.",
        1.4,
        lambda z: np.expm1(z) / total(np.expm1(z)),
    ),
    Source(
        "wrong-exponential",
        "log(1 + exp z) over its sum",
        PLAIN,
        1.4,
        lambda z: np.log1p(np.exp(z)) / total(np.log1p(np.exp(z))),
    ),
    Source("wrong-exponential", "exp(z²)-like growth: exp(z²), never normalised", PLAIN, 2.0, lambda z: np.exp(z * z)),
    Source(
        "sigmoid",
        "the sigmoid of each logit on its own",
        "Use the softmax: every class competes with all others.",
        1.0,
        sigmoid,
    ),
    Source("sigmoid", "the sigmoid of −z", "Use the softmax of z.", 1.6, lambda z: sigmoid(-z)),
    Source("sigmoid", "sigmoids divided by their sum", PLAIN, 1.2, lambda z: sigmoid(z) / total(sigmoid(z))),
    Source("tanh", "the hyperbolic tangent of each logit", "Use the softmax.", 1.3, np.tanh),
    Source("argmax", "a hard maximum: 1 for the largest logit, 0 elsewhere", "Keep the soft values.", 1.0, _hard),
)
