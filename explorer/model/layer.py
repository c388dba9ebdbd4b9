"""A softmax layer ``P = S(Wx + b)``: its Jacobians with respect to the weights, and the gradients of a loss.

Row i of W belongs to class i. Derivatives with respect to W have the columns of the row-major W: column
``i N + j`` is ``W_ij``. Sources: the chain rule through ``a = W x + b``, where ``da_t/dW_ij = delta_ti x_j``.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.model.exact import Floats, as_reals, first_index, quiet
from explorer.model.losses import LOSSES, Loss, log10_norm
from explorer.model.softmax import Softmax
from explorer.model.targets import TargetLike

REDUCTIONS = ("mean", "sum")


class SoftmaxLayer:
    """A linear map and the softmax on top of it.

    Parameters
    ----------
    W : array-like (T, N), T >= 1, N >= 1
        Weights: a row per class, a column per feature. Copied; never written to.
    b : array-like (T,), optional
        Biases; without them they are 0.

    Raises
    ------
    ValueError
        For weights or biases of another shape, or not finite (the place is named).
    TypeError
        For complex numbers, text and other objects.

    Notes
    -----
    The logits ``W x + b`` are float64 and rounded as a sum of N products is; what derives from them keeps the
    accuracy of ``Softmax``. Row r of a batch is bit for bit what that sample alone gives.
    """

    def __init__(self, W: ArrayLike, b: ArrayLike | None = None) -> None:
        self.W = _finite(as_reals(W, "weight"), "weight")
        if self.W.ndim != 2 or 0 in self.W.shape:
            raise ValueError(f"W has shape {self.W.shape}; it needs a row per class and a column per feature")
        self.T, self.N = self.W.shape
        self.b = _finite(as_reals(np.zeros(self.T) if b is None else b, "bias"), "bias")
        if self.b.shape != (self.T,):
            raise ValueError(f"b has shape {self.b.shape}; the {self.T} rows of W need ({self.T},)")
        self.W.flags.writeable = self.b.flags.writeable = False

    def __call__(self, x: ArrayLike) -> Softmax:
        """Return the softmax of the logits of x (N,) or a batch (m, N), of shape (T,) or (m, T).

        Pure. Raises ValueError for an x that does not fit or is not finite, or whose logits exceed the largest
        double; TypeError for what is no number.
        """
        return self._softmax(self._samples(x))

    @quiet
    def logits(self, x: ArrayLike) -> Floats:
        """Return ``W x + b`` of x (N,) or (m, N): (T,) or (m, T)."""
        return self._logits(self._samples(x))

    def jacobian_logits(self, x: ArrayLike) -> Floats:
        """Return Dg, the Jacobian of the logits with respect to W, (T, T N), for one x (N,).

        Row t holds x in its t-th block of N, and exact zeros elsewhere.
        """
        one = self._one(x)
        blocks = np.zeros((self.T, self.T, self.N))
        blocks[np.arange(self.T), np.arange(self.T)] = one
        return blocks.reshape(self.T, self.T * self.N)

    @quiet
    def jacobian_weights(self, x: ArrayLike) -> Floats:
        """Return DP, the Jacobian of P with respect to W, (T, T N), for one x (N,).

        By the short formula ``dP_t/dW_ij = P_t (delta_ti - P_i) x_j = J_ti x_j``, never by the product with Dg:
        of each sum over T terms only one is not 0.
        """
        one = self._one(x)
        jacobian = self._softmax(one).jacobian()
        return (jacobian[:, :, None] * one).reshape(self.T, self.T * self.N)

    @quiet
    def logit_gradient(self, x: ArrayLike, y: TargetLike, loss: Loss | str) -> Floats:
        """Return dL/da of each sample, (T,) or (m, T): what its gradients are made of. Arguments as below."""
        samples = self._samples(x)
        return self._gradient(samples, y, loss)

    @quiet
    def weight_gradient(self, x: ArrayLike, y: TargetLike, loss: Loss | str, reduction: str = "mean") -> Floats:
        """Return dL/dW, (T, N): of one sample ``dL/da x^T``, of a batch their mean or sum.

        Pure. x is (N,) or (m, N); y a class index, an array of them (m,), or target distributions (T,) or
        (m, T); loss one of LOSSES or its name. Raises ValueError or TypeError for what does not fit.
        """
        samples = self._samples(x)
        gradient = self._gradient(samples, y, loss)
        return _reduced(np.atleast_2d(gradient).T @ np.atleast_2d(samples), len(np.atleast_2d(samples)), reduction)

    @quiet
    def bias_gradient(self, x: ArrayLike, y: TargetLike, loss: Loss | str, reduction: str = "mean") -> Floats:
        """Return dL/db, (T,): of one sample ``dL/da``, of a batch their mean or sum. Arguments as above."""
        gradient = np.atleast_2d(self._gradient(self._samples(x), y, loss))
        return _reduced(np.add.reduce(gradient, axis=0), len(gradient), reduction)

    @quiet
    def loss(self, x: ArrayLike, y: TargetLike, loss: Loss | str, reduction: str = "mean") -> float:
        """Return the loss of one sample, or the mean or sum over a batch. Arguments as above."""
        s = self._softmax(self._samples(x))
        values = np.atleast_1d(as_loss(loss).value(s, self._target(s, y)))
        return float(_reduced(np.add.reduce(values), len(values), reduction))

    @quiet
    def log10_gradient_norms(self, x: ArrayLike, y: TargetLike, loss: Loss | str) -> Floats:
        """Return log10 of each sample's ``‖dL/dW‖_F = ‖dL/da‖ ‖x‖``, (): one sample, or (m,); -inf for an exact 0.

        It goes on below the smallest double.
        """
        samples = self._samples(x)
        s = self._softmax(samples)
        norms: Floats = as_loss(loss).log10_grad_norm(s, self._target(s, y)) + log10_length(samples)
        return norms

    def _samples(self, x: ArrayLike) -> Floats:
        samples = as_reals(x, "feature")
        if samples.ndim not in (1, 2) or samples.shape[-1] != self.N:
            fit = f"x has shape {samples.shape}, but W has {self.N} columns: x needs ({self.N},) or (m, {self.N})"
            raise ValueError(fit)
        if not len(samples):
            raise ValueError("a batch needs at least one sample")
        return _finite(samples, "feature")

    def _one(self, x: ArrayLike) -> Floats:
        one = self._samples(x)
        if one.ndim != 1:
            raise ValueError(f"the Jacobian is that of one sample: x has shape {one.shape}, it needs ({self.N},)")
        return one

    def _logits(self, samples: Floats) -> Floats:
        # A fixed order of each sum, whatever the number of samples: BLAS would round a batch otherwise than its rows.
        logits: Floats = np.einsum("...n,tn->...t", samples, self.W, optimize=False)
        logits += self.b
        return logits

    @quiet
    def _softmax(self, samples: Floats) -> Softmax:
        logits = self._logits(samples)
        if not np.isfinite(logits).all():
            index = first_index(~np.isfinite(logits))
            raise ValueError(f"the logit at index {index} exceeds the largest float64: make W or x smaller")
        return Softmax(logits)

    def _gradient(self, samples: Floats, y: TargetLike, loss: Loss | str) -> Floats:
        s = self._softmax(samples)
        return as_loss(loss).grad_logits(s, self._target(s, y))

    def _target(self, s: Softmax, y: TargetLike) -> TargetLike:
        """Return y; where it is a label that names no class, say of which sample."""
        labels = np.asarray(y)
        if labels.dtype.kind in "iu" and labels.ndim == 1 == len(s.shape) - 1:
            if len(labels) != s.shape[0]:
                raise ValueError(f"y has {len(labels)} labels, but there are {s.shape[0]} samples")
            outside: NDArray[np.bool_] = (labels < 0) | (labels >= self.T)
            if outside.any():
                row = first_index(outside)[0]
                raise ValueError(f"label {int(labels[row])} of sample {row} names no class: they are 0 to {self.T - 1}")
        return y


def as_loss(loss: Loss | str) -> Loss:
    """Return the loss of that name; raises ValueError with the names that exist."""
    if isinstance(loss, Loss):
        return loss
    if loss not in LOSSES:
        raise ValueError(f"there is no loss {loss!r}: choose {', '.join(LOSSES)}")
    return LOSSES[loss]


@quiet
def log10_length(x: Floats) -> Floats:
    """Return log10 of the Euclidean length of x (N,) or of each row (m, N): () or (m,); -inf for zeros."""
    squares: Floats = np.einsum("...n,...n->...", x, x)
    logs = 0.5 * np.log10(squares)
    if ((squares > 1e-280) & (squares < 1e300)).all():
        return logs
    return log10_norm(np.log10(np.abs(x)))  # squares would under- or overflow


def _reduced(sum_: Floats, m: int, reduction: str) -> Floats:
    if reduction not in REDUCTIONS:
        raise ValueError(f"there is no reduction {reduction!r}: choose mean or sum")
    return sum_ / m if reduction == "mean" else sum_


def _finite(values: Floats, name: str) -> Floats:
    finite = np.isfinite(values)
    if not finite.all():
        index = first_index(~finite)
        raise ValueError(f"{name} at index {index} is {values[index]}; it needs to be finite")
    return values
