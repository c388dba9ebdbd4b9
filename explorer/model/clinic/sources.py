"""What a function may have taken for the probabilities: the softmax, or one of the things people write instead."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explorer.model.exact import Floats


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


def _e(z: Floats) -> Floats:
    return np.asarray(np.exp(z - z.max(axis=-1, keepdims=True)))


def _sum(x: Floats, axis: int | None = -1) -> Floats:
    return np.asarray(x.sum(axis=axis, keepdims=True))


def _standard(z: Floats) -> Floats:
    return np.asarray((z - z.mean(axis=-1, keepdims=True)) / z.std(axis=-1, keepdims=True))


def _min_max(z: Floats) -> Floats:
    low, high = z.min(axis=-1, keepdims=True), z.max(axis=-1, keepdims=True)
    return np.asarray((z - low) / (high - low))


def _sigmoid(z: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-z))


def _hard(z: Floats) -> Floats:
    return np.asarray(np.eye(z.shape[-1])[z.argmax(axis=-1)])


def _row(z: Floats, k: int) -> Floats:
    return np.broadcast_to(softmax(z)[k], z.shape)


def _sum_of_row(z: Floats, k: int) -> Floats:
    return np.asarray(np.exp(z) / np.exp(z[k]).sum())


def _but(z: Floats, k: int) -> Floats:
    e = np.exp(z)
    return np.asarray(e / (_sum(e) - e[:, k : k + 1] if k >= 0 else _sum(e[:, :k])))


_AXIS = "Sum over the classes of each row: axis=-1 (or 1) with keepdims=True."
_MAX = "Subtract each row's own maximum: z - z.max(axis=-1, keepdims=True), the same in numerator and denominator."
_NORMALISE = "Divide by each row's own sum: e / e.sum(axis=-1, keepdims=True)."
_PLAIN = "Take the exponential of the logits as they are (less each row's maximum), and divide by its sum."
_ONCE = "Apply the softmax once: p = e / e.sum(axis=-1, keepdims=True), and nothing after it."

TRUE = Source("softmax", "the softmax p of each row", "", 0.0, softmax)

SOURCES: tuple[Source, ...] = (
    TRUE,
    Source("raw-logits", "the raw logits", "Pass the logits through the softmax first.", 1.0, lambda z: z),
    Source("unnormalised", "exp(z), never normalised", _NORMALISE, 1.0, np.exp),
    Source("unnormalised", "exp(z − max of the row), never normalised", _NORMALISE, 1.1, _e),
    Source(
        "unnormalised", "exp(z − max of the batch), never normalised", _NORMALISE, 1.2, lambda z: np.exp(z - z.max())
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
        lambda z: _e(z) / _e(z).sum(),
    ),
    Source(
        "wrong-axis",
        "exp(z − max of the row) over the sum of each column",
        _AXIS,
        1.2,
        lambda z: _e(z) / _sum(_e(z), 0),
    ),
    Source(
        "column-maximum",
        "exp(z − max of the column) over the sum of the row: the maxima do not cancel",
        _MAX,
        1.3,
        lambda z: np.exp(z - z.max(axis=0)) / _sum(np.exp(z - z.max(axis=0))),
    ),
    Source(
        "half-shifted",
        "exp(z − max) over the sum of exp(z): only the numerator is shifted",
        _MAX,
        1.3,
        lambda z: _e(z) / _sum(np.exp(z)),
    ),
    Source(
        "half-shifted",
        "exp(z) over the sum of exp(z − max): only the denominator is shifted",
        _MAX,
        1.3,
        lambda z: np.exp(z) / _sum(_e(z)),
    ),
    Source(
        "half-shifted",
        "exp(z − max of the batch) over the sum of exp(z): only the numerator is shifted",
        _MAX,
        1.4,
        lambda z: np.exp(z - z.max()) / _sum(np.exp(z)),
    ),
    Source("double-softmax", "the softmax of the softmax", _ONCE, 1.0, lambda z: softmax(softmax(z))),
    Source("triple-softmax", "the softmax applied three times", _ONCE, 1.5, lambda z: softmax(softmax(softmax(z)))),
    Source(
        "log-softmax",
        "the logarithm of the softmax, log p",
        "Take exp of it, or leave the logarithm out.",
        1.0,
        lambda z: z - z.max(axis=-1, keepdims=True) - np.log(_sum(_e(z))),
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
    Source("temperature", "a softmax of 2z (temperature ½), or p² normalised", _PLAIN, 1.2, lambda z: softmax(2.0 * z)),
    Source("temperature", "a softmax of z/2 (temperature 2)", _PLAIN, 1.2, lambda z: softmax(0.5 * z)),
    Source("temperature", "a softmax of z/√n", _PLAIN, 1.3, lambda z: softmax(z / np.sqrt(z.shape[-1]))),
    Source("temperature", "a softmax of z/n", _PLAIN, 1.3, lambda z: softmax(z / z.shape[-1])),
    Source("temperature", "a softmax of z/m", _PLAIN, 1.4, lambda z: softmax(z / z.shape[0])),
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
        _NORMALISE,
        1.6,
        lambda z: np.exp(z.max(axis=-1, keepdims=True) - z),
    ),
    Source(
        "relu-first",
        "a softmax of max(z, 0): negative logits are cut off",
        _PLAIN,
        1.2,
        lambda z: softmax(np.maximum(z, 0)),
    ),
    Source("absolute-logits", "a softmax of |z|", _PLAIN, 1.2, lambda z: softmax(np.abs(z))),
    Source("square", "a softmax of z²", _PLAIN, 1.4, lambda z: softmax(z * z)),
    Source("squashed-logits", "a softmax of tanh z", _PLAIN, 1.4, lambda z: softmax(np.tanh(z))),
    Source("squashed-logits", "a softmax of the sigmoid of z", _PLAIN, 1.4, lambda z: softmax(_sigmoid(z))),
    Source(
        "scaled-logits",
        "a softmax of z divided by its length",
        _PLAIN,
        1.4,
        lambda z: softmax(z / np.sqrt(_sum(z * z))),
    ),
    Source("scaled-logits", "a softmax of z divided by its sum", _PLAIN, 1.4, lambda z: softmax(z / _sum(z))),
    Source(
        "scaled-logits",
        "a softmax of z divided by its maximum",
        _PLAIN,
        1.4,
        lambda z: softmax(z / z.max(axis=-1, keepdims=True)),
    ),
    Source(
        "scaled-logits", "a softmax of z divided by the batch's maximum", _PLAIN, 1.4, lambda z: softmax(z / z.max())
    ),
    Source(
        "scaled-logits", "a softmax of standardised logits (z − mean)/std", _PLAIN, 1.4, lambda z: softmax(_standard(z))
    ),
    Source("scaled-logits", "a softmax of logits scaled to 0…1", _PLAIN, 1.4, lambda z: softmax(_min_max(z))),
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
    Source("no-exponential", "z / Σ z: no exponential", _PLAIN, 1.0, lambda z: z / _sum(z)),
    Source("no-exponential", "|z| / Σ |z|: no exponential", _PLAIN, 1.1, lambda z: np.abs(z) / _sum(np.abs(z))),
    Source("no-exponential", "z / Σ |z|: no exponential", _PLAIN, 1.2, lambda z: z / _sum(np.abs(z))),
    Source(
        "no-exponential",
        "max(z, 0) / Σ max(z, 0): no exponential",
        _PLAIN,
        1.2,
        lambda z: np.maximum(z, 0) / _sum(np.maximum(z, 0)),
    ),
    Source("square", "z² / Σ z²: a square in place of the exponential", _PLAIN, 1.0, lambda z: z * z / _sum(z * z)),
    Source(
        "no-exponential",
        "(z − min) / Σ (z − min): no exponential",
        _PLAIN,
        1.2,
        lambda z: (z - z.min(axis=-1, keepdims=True)) / _sum(z - z.min(axis=-1, keepdims=True)),
    ),
    Source("no-exponential", "z scaled to 0…1: no exponential", _PLAIN, 1.4, _min_max),
    Source("no-exponential", "z / max z: no exponential", _PLAIN, 1.4, lambda z: z / z.max(axis=-1, keepdims=True)),
    Source(
        "no-exponential",
        "max(z − mean, 0): no exponential",
        _PLAIN,
        1.4,
        lambda z: np.maximum(z - z.mean(axis=-1, keepdims=True), 0),
    ),
    Source("no-exponential", "z − mean: no exponential", _PLAIN, 1.4, lambda z: z - z.mean(axis=-1, keepdims=True)),
    Source("no-exponential", "z − max: no exponential", _PLAIN, 1.2, lambda z: z - z.max(axis=-1, keepdims=True)),
    Source(
        "no-exponential", "z divided by its length: no exponential", _PLAIN, 1.4, lambda z: z / np.sqrt(_sum(z * z))
    ),
    Source(
        "taylor-exponential",
        "1 + z over its sum: a series cut after one term",
        _PLAIN,
        1.4,
        lambda z: (1 + z) / _sum(1 + z),
    ),
    Source(
        "taylor-exponential",
        "1 + z + z²/2 over its sum: the exponential's series cut short",
        _PLAIN,
        1.4,
        lambda z: (1 + z + z * z / 2) / _sum(1 + z + z * z / 2),
    ),
    Source(
        "wrong-exponential",
        "exp(z) − 1 over its sum",
        "Use np.exp, not np.expm1.",
        1.4,
        lambda z: np.expm1(z) / _sum(np.expm1(z)),
    ),
    Source(
        "wrong-exponential",
        "log(1 + exp z) over its sum",
        _PLAIN,
        1.4,
        lambda z: np.log1p(np.exp(z)) / _sum(np.log1p(np.exp(z))),
    ),
    Source("wrong-exponential", "exp(z²)-like growth: exp(z²), never normalised", _PLAIN, 2.0, lambda z: np.exp(z * z)),
    Source(
        "sigmoid",
        "the sigmoid of each logit on its own",
        "Use the softmax: every class competes with all others.",
        1.0,
        _sigmoid,
    ),
    Source("sigmoid", "the sigmoid of −z", "Use the softmax of z.", 1.6, lambda z: _sigmoid(-z)),
    Source("sigmoid", "sigmoids divided by their sum", _PLAIN, 1.2, lambda z: _sigmoid(z) / _sum(_sigmoid(z))),
    Source("tanh", "the hyperbolic tangent of each logit", "Use the softmax.", 1.3, np.tanh),
    Source("argmax", "a hard maximum: 1 for the largest logit, 0 elsewhere", "Keep the soft values.", 1.0, _hard),
    Source(
        "extra-one",
        "exp(z) / (1 + Σ exp(z)): one class too many",
        _NORMALISE,
        1.1,
        lambda z: np.exp(z) / (1 + _sum(np.exp(z))),
    ),
    Source("extra-one", "exp(z − max) / (1 + Σ exp(z − max))", _NORMALISE, 1.2, lambda z: _e(z) / (1 + _sum(_e(z)))),
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
        _NORMALISE,
        1.2,
        lambda z: _e(z) / np.sqrt(_sum(_e(z) ** 2)),
    ),
    Source(
        "l2-norm",
        "p divided by its Euclidean length",
        _ONCE,
        1.3,
        lambda z: softmax(z) / np.sqrt(_sum(softmax(z) ** 2)),
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
    Source("root", "the square root of p", _ONCE, 1.4, lambda z: np.sqrt(softmax(z))),
    Source("square", "p²", _ONCE, 1.4, lambda z: softmax(z) ** 2),
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
    Source("first-row", "exp(z) over the first row's sum", _NORMALISE, 1.4, lambda z: _sum_of_row(z, 0)),
    Source("last-row", "exp(z) over the last row's sum", _NORMALISE, 1.4, lambda z: _sum_of_row(z, -1)),
    Source(
        "no-sum",
        "exp(z) divided by exp(z)'s largest entry in the batch",
        _NORMALISE,
        1.9,
        lambda z: np.exp(z) / np.exp(z).max(),
    ),
    Source("ones", "1 in every place", "Use the probabilities.", 1.9, np.ones_like),
)


def stack(z: Floats) -> Floats:
    """Return every source of the logits (m, n), shape (sources, m, n); NaN where one is undefined."""
    with np.errstate(all="ignore"):
        return np.stack([np.asarray(source.of(z), dtype=np.float64) for source in SOURCES])
