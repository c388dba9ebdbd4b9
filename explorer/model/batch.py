"""A batch in passes: each sample's loss and gradient, what a number format returns for it, and the batch's gradient.

A pass takes as many samples as there is time for; after the last one the sums are those of the whole batch, in the
order of the samples, whatever the passes were.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from explorer.model.exact import Floats, Indices, quiet
from explorer.model.layer import SoftmaxLayer, as_loss, log10_length
from explorer.model.losses import Loss
from explorer.model.softmax import Softmax

Rows = Callable[[int, int], Floats]
_BLOCK = 250  # samples summed at once: the sums do not depend on the passes


class Batch:
    """The samples of a batch under a layer and a loss; arrays are filled from the front, ``done`` samples so far.

    Parameters
    ----------
    layer : SoftmaxLayer
    rows : callable
        ``rows(start, stop)`` returns some samples (stop - start, N), float64.
    labels : (m,)
        Class indices, each below ``layer.T``.
    loss : Loss or str
    number_format : str
        A name in ``formats.FORMATS``: where every operation is rounded to it, which gradients are exactly 0?

    Attributes
    ----------
    p_target, q_target, log10_p_target, log10_q_target : (m,)
        The target's probability, its complement, and their decimal logarithms.
    loss_values, log10_losses, log10_norms : (m,)
        The loss, its decimal logarithm, log10 of ``‖dL/dW‖_F`` (-inf for an exact 0).
    logit_gradients : (m, T)
        dL/da.
    lost : (m,)
        Whether the number format returns exactly 0 for the whole gradient.

    Notes
    -----
    Raises ValueError for a label that names no class.
    """

    def __init__(
        self, layer: SoftmaxLayer, rows: Rows, labels: Indices, loss: Loss | str, number_format: str = "float64"
    ) -> None:
        self.layer, self.loss, self.number_format = layer, as_loss(loss), number_format
        self.rows, self._labels = rows, labels
        self.m, self.done = len(labels), 0
        outside: NDArray[np.bool_] = (labels < 0) | (labels >= layer.T)
        if outside.any():
            row = int(outside.argmax())
            raise ValueError(f"label {int(labels[row])} of sample {row} names no class: they are 0 to {layer.T - 1}")
        self.p_target, self.q_target = np.empty(self.m), np.empty(self.m)
        self.log10_p_target, self.log10_q_target = np.empty(self.m), np.empty(self.m)
        self.loss_values, self.log10_losses, self.log10_norms = (np.empty(self.m) for _ in range(3))
        self.logit_gradients = np.empty((self.m, layer.T))
        self.lost = np.zeros(self.m, dtype=bool)
        self._sum, self._loss_sum = np.zeros(layer.W.shape), 0.0

    @property
    def finished(self) -> bool:
        """Whether every sample was seen."""
        return self.done == self.m

    def run(self, samples: int | None = None) -> "Batch":
        """See that many further samples, or all; rounded up to whole blocks. Returns itself."""
        stop = self.m if samples is None else min(self.done + samples, self.m)
        while self.done < stop:
            self._see(self.done, min(self.done + _BLOCK, self.m))
        return self

    @quiet
    def _see(self, start: int, stop: int) -> None:
        here = slice(start, stop)
        x, y = self.rows(start, stop), self._labels[here]
        s = self.layer(x)
        each = np.arange(len(y))
        self.p_target[here], self.q_target[here] = s.p[each, y], s.q[each, y]
        self.log10_p_target[here], self.log10_q_target[here] = s.log10_p[each, y], s.log10_q[each, y]
        self.loss_values[here] = self.loss.value(s, y)
        self.log10_losses[here] = log10_loss(self.loss, s, y)
        gradients = self.logit_gradients[here] = self.loss.grad_logits(s, y)
        self.log10_norms[here] = self.loss.log10_grad_norm(s, y) + log10_length(x)
        self.lost[here] = lost_samples(s.logits, y, self.loss.name, self.number_format) | ~x.any(axis=1)
        self._sum += gradients.T @ x
        self._loss_sum += float(np.add.reduce(self.loss_values[here]))
        self.done = stop

    @quiet
    def log10_logit_gradients(self, start: int, stop: int) -> Floats:
        """Return log10 |dL/da| of some samples (stop - start, T); goes on below the smallest double."""
        return self.loss.log10_abs_grad_logits(self.layer(self.rows(start, stop)), self._labels[start:stop])

    def weight_gradient(self, reduction: str = "mean") -> Floats:
        """Return dL/dW (T, N) of the samples seen so far."""
        return self._sum / max(self.done, 1) if reduction == "mean" else self._sum.copy()

    def value(self, reduction: str = "mean") -> float:
        """Return the loss of the samples seen so far."""
        return self._loss_sum / max(self.done, 1) if reduction == "mean" else self._loss_sum

    @property
    def contributing(self) -> int:
        """How many of the samples seen so far contribute anything in the number format."""
        return self.done - int(np.count_nonzero(self.lost[: self.done]))


@quiet
def log10_loss(loss: Loss, s: Softmax, labels: Indices | int) -> Floats:
    """Return log10 of a loss of target classes, shape (...); -inf for an exact 0. It goes on below the smallest double.

    There the target has nearly everything, and with q = 1 - p at the target ``-log p = q``, so that cross-entropy is
    q, focal ``q^3``, and squared error ``q^2 (1 + sum of the squared shares) / 2``.
    """
    logs = np.log10(loss.value(s, labels))
    place = np.asarray(labels)[..., None]
    log10_q = np.take_along_axis(s.log10_q, place, axis=-1)[..., 0]
    far = (logs < -290.0) & (log10_q > -np.inf)
    if not far.any():
        return np.asarray(logs)
    if loss.name == "focal":
        log10_q = 3.0 * log10_q
    elif loss.name == "squared_error":
        log10_q = 2.0 * log10_q + np.log10(0.5 + 0.5 * s.moments[0][..., 0])
    return np.where(far, log10_q, logs)


@quiet
def lost_samples(logits: Floats, labels: Indices, loss: str, number_format: str) -> NDArray[np.bool_]:
    """Return for each sample (m,) whether dL/da is exactly 0 in a number format, every operation rounded to it.

    Logits (m, T) are rounded to the format first. The steps are those of ``arithmetic``.
    """
    from explorer.model.arithmetic import Arithmetic
    from explorer.model.rounding import format_named

    grid = format_named(number_format).grid
    lost = np.zeros(len(logits), dtype=bool)
    for label in np.unique(labels):
        rows = labels == label
        lost[rows] = ~Arithmetic(logits[rows], grid).gradient(loss, int(label)).any(axis=-1)
    return lost
