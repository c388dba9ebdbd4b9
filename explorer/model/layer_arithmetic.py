"""A softmax layer and its gradients on a batch, as a number format computes them: fast enough for thousands of steps.

Every operation is rounded to the format, in the order of ``arithmetic`` (stable recipe). What a layer adds to it:

* a logit is the sum of its products ``W_ij x_j`` in the order of the features, the bias last;
* ``dL/dW`` sums the products over the batch in pairs, then pairs of pairs (a sum one after the other would stop
  growing early in a narrow format), and is divided by the number of samples last; the bias has the feature 1.

In float64 both sums are left to a matrix product. Arrays have a row per class and a column per sample, so that each
operation is one pass over memory.
"""

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import numpy as np

from explorer.model.descent import Rounding, unrounded
from explorer.model.exact import Floats, Indices
from explorer.model.losses import LOSSES, LabelSmoothing
from explorer.model.rounding import Format, Grid, format_named
from explorer.model.softmax import Softmax

_EPSILON = LabelSmoothing().epsilon
_EXPONENT = np.int64(0x7FF0_0000_0000_0000)


class Batch(NamedTuple):
    """Samples and targets, laid out for the passes.

    ``features`` (N + 1, m) has a last row of ones for the bias; ``hot`` (T, m) is 1 at the targets; ``place`` (m,)
    are the targets' positions in a flattened (T, m).
    """

    features: Floats
    hot: Floats
    place: Indices

    @property
    def size(self) -> int:
        """The number of samples."""
        return len(self.place)


def batch_of(X: Floats, y: Indices, classes: int, fl: Rounding = unrounded) -> Batch:
    """Return samples (m, N) and classes (m,) as a Batch; features are rounded."""
    m = len(X)
    features = np.ones((X.shape[1] + 1, m))
    features[:-1] = X.T
    hot = np.zeros((classes, m))
    place = y * m + np.arange(m)
    hot.put(place, 1.0)
    return Batch(fl(features), hot, place)


def rounding_to(format: Format) -> Rounding:
    """Return the function that rounds to a format; run it within ``quiet``. Values are carried as float64."""
    if format.name == "float64":
        return unrounded
    return _to_float32 if format.name == "float32" else _rounding_fast(format.grid)


def _rounding_fast(grid: Grid) -> Rounding:
    """Return ``grid.round`` in fewer passes over memory; overflow and NaN are left to it."""
    epsilon, smallest, largest = grid.epsilon, grid.smallest, grid.largest

    def fl(x: Floats) -> Floats:
        step: Floats = (x.view(np.int64) & _EXPONENT).view(np.float64)
        step *= epsilon
        np.maximum(step, smallest, out=step)
        rounded: Floats = x / step
        np.rint(rounded, out=rounded)
        rounded *= step
        if np.minimum.reduce(rounded, axis=None) >= -largest and np.maximum.reduce(rounded, axis=None) <= largest:
            return rounded
        return grid.round(x)

    return fl


def _to_float32(x: Floats) -> Floats:
    return x.astype(np.float32).astype(np.float64)


class Pass:
    """One forward and backward pass: the p of a batch, its losses, its gradients. Run it within ``quiet``.

    Parameters
    ----------
    weights : (T, N + 1)
        W, and the biases as last column; numbers of the format.
    batch : Batch
        Samples; numbers of the format.
    loss : str
        A name in ``LOSSES``.
    fl : function
        Rounds to the format, see ``rounding_to``.
    """

    def __init__(self, weights: Floats, batch: Batch, loss: str, fl: Rounding) -> None:
        self.batch, self.fl = batch, fl
        self._loss = loss
        self.logits = self._products(weights)
        self.top = np.maximum.reduce(self.logits, axis=0)
        shifted = self._shifted = fl(self.logits - self.top)
        powers = fl(np.exp(shifted))
        self._sum = self._over_classes(powers)
        self.p = fl(np.divide(powers, self._sum, out=powers))

    def _products(self, weights: Floats) -> Floats:
        fl, features = self.fl, self.batch.features
        if fl is unrounded:
            return weights @ features
        sum_ = fl(weights[:, :1] * features[0])
        for k in range(1, len(features)):
            sum_ = fl(sum_ + fl(weights[:, k : k + 1] * features[k]))
        return sum_

    @cached_property
    def logit_gradient(self) -> Floats:
        """dL/da of each sample, (T, m)."""
        return _GRADIENTS[self._loss](self)

    def weight_gradient(self) -> Floats:
        """Return the mean of dL/dW and dL/db over the batch, (T, N + 1)."""
        fl, features, m = self.fl, self.batch.features, self.batch.size
        if fl is unrounded:
            mean: Floats = self.logit_gradient @ features.T
            mean /= m
            return mean
        terms = fl(self.logit_gradient[:, None, :] * features)
        while terms.shape[-1] > 1:
            half = terms.shape[-1] // 2
            pairs = fl(terms[..., :half] + terms[..., half : 2 * half])
            terms = pairs if terms.shape[-1] == 2 * half else np.concatenate([pairs, terms[..., -1:]], axis=-1)
        return fl(terms[..., 0] / fl(np.array([float(m)])))

    # -- what is measured

    def losses(self) -> Floats:
        """Return the loss of each sample, (m,)."""
        return _LOSSES[self._loss](self)

    def right(self) -> int:
        """Return how many samples have their class as the first largest logit."""
        at_target = self._shifted.take(self.batch.place)
        if np.count_nonzero(self._shifted == 0.0) == self.batch.size:  # no ties
            return int(np.count_nonzero(at_target == 0.0))
        return int(np.count_nonzero(self.rightly()))

    def rightly(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Return which samples have their class as the first largest logit, (m,); none where logits are NaN."""
        m = self.batch.size
        sound = self._sum == self._sum
        return np.asarray(sound & (self.logits.argmax(axis=0) * m + np.arange(m) == self.batch.place))

    def lost(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Return of which samples every dL/da_i is exactly 0, and so dL/dW, (m,)."""
        return np.asarray(~self.logit_gradient.any(axis=0))

    def top_p(self) -> Floats:
        """Return the largest probability of each sample, (m,)."""
        return np.asarray(np.maximum.reduce(self.p, axis=0))

    def spectral_norms(self) -> Floats:
        """Return the spectral norm of each sample's J, (m,), in float64.

        Up to three classes of the p that the format returned, by a closed form; for more, of the softmax of the
        logits that it returned, by the secular equation. NaN where a logit is.
        """
        p = self.p
        if len(p) == 1:
            return np.zeros(self.batch.size)
        if len(p) == 2:
            return np.asarray(2.0 * p[0] * p[1])
        if len(p) == 3:
            # lambda^2 - 2 e lambda + 3 p_1 p_2 p_3 = 0, its discriminant as a sum of squares: nothing cancels
            ab, bc, ca = p[0] * p[1], p[1] * p[2], p[2] * p[0]
            u, v, w = ab - bc, bc - ca, ca - ab
            return np.asarray(ab + bc + ca + np.sqrt(0.5 * (u * u + v * v + w * w)))
        sound = np.isfinite(self.logits).all(axis=0)
        norms = np.asarray(Softmax(np.where(sound, self.logits, 0.0).T).spectral_norm)
        return np.where(sound, norms, np.nan)

    # -- the losses, each in the order of ``arithmetic``

    def _at_target(self, values: Floats) -> Floats:
        return np.asarray(values.take(self.batch.place))

    def _over_classes(self, terms: Floats) -> Floats:
        """Return the sum (m,) of terms (T, m) in the order of the classes."""
        fl = self.fl
        if fl is unrounded:
            return np.asarray(np.add.reduce(terms, axis=0))
        sum_: Floats = terms[0]
        for term in terms[1:]:
            sum_ = fl(sum_ + term)
        return sum_

    def _log_p(self) -> Floats:
        return self.fl(self._shifted - self.fl(np.log(self._sum)))

    def _error(self) -> Floats:
        return self.fl(self.p - self.batch.hot)

    def _smoothed_target(self) -> Floats:
        even = _EPSILON / len(self.p)
        return self.fl(np.where(self.batch.hot == 1.0, 1.0 - _EPSILON + even, even))

    def _smoothed_error(self) -> Floats:
        return self.fl(self.p - self._smoothed_target())

    def _through_jacobian(self) -> Floats:
        fl, error = self.fl, self._error()
        return fl(self.p * fl(error - self._over_classes(fl(self.p * error))))

    def _focused(self) -> Floats:
        fl, p = self.fl, self._at_target(self.p)
        q = fl(1.0 - p)
        steep = fl(fl(fl(2.0 * q) * p) * -self._at_target(self._log_p()))
        return fl(self._error() * fl(fl(q * q) + steep))

    def _surprise(self) -> Floats:
        return -self.fl(self._at_target(self._shifted) - self.fl(np.log(self._sum)))

    def _smoothed_surprise(self) -> Floats:
        return -self._over_classes(self.fl(self._smoothed_target() * self._log_p()))

    def _half_square(self) -> Floats:
        error = self._error()
        return self.fl(0.5 * self._over_classes(self.fl(error * error)))

    def _focal(self) -> Floats:
        fl = self.fl
        q = fl(1.0 - self._at_target(self.p))
        return fl(fl(q * q) * self._surprise())


_GRADIENTS: dict[str, Callable[[Pass], Floats]] = {
    "cross_entropy": Pass._error,
    "squared_error": Pass._through_jacobian,
    "label_smoothing": Pass._smoothed_error,
    "focal": Pass._focused,
    "kl": Pass._error,
}
_LOSSES: dict[str, Callable[[Pass], Floats]] = {
    "cross_entropy": Pass._surprise,
    "squared_error": Pass._half_square,
    "label_smoothing": Pass._smoothed_surprise,
    "focal": Pass._focal,
    "kl": Pass._surprise,
}


def loss_named(name: str) -> str:
    """Return the name of a loss; ValueError names the choices."""
    if name not in _GRADIENTS:
        raise ValueError(f"there is no loss {name!r}; choose from {', '.join(LOSSES)}")
    return name


def format_rounding(name: str) -> tuple[Format, Rounding]:
    """Return a format and its rounding by name; ValueError names the choices."""
    format = format_named(name)
    return format, rounding_to(format)
