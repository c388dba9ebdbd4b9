"""Training a softmax layer, step by step, in any number format, with what tells why it stops learning.

>>> import numpy as np
>>> from explorer.model import SoftmaxLayer, Training
>>> run = Training(SoftmaxLayer(np.zeros((2, 1))), [[-1.0], [1.0]], [0, 1], rate=1.0)
>>> round(next(run).loss, 4), run.step
(0.6931, 1)
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from explorer.model.descent import Memory, checked_rate, remember, rule_named
from explorer.model.exact import Floats, Indices, as_reals, first_index, quiet
from explorer.model.layer import SoftmaxLayer
from explorer.model.layer_arithmetic import Batch, Pass, batch_of, format_rounding, loss_named

Change: TypeAlias = tuple[int, str, float | str]
"""After how many steps, ``"rate"`` or ``"format"``, and the new value."""


class Measured(NamedTuple):
    """What was measured on some samples with the weights of one moment.

    Losses, probabilities and gradients are what the number format returned; means, shares and norms of them are
    taken outside, in float64. Shares and accuracy run from 0 to 1.

    * ``loss``: the mean loss; ``accuracy``: the share of samples whose class has the first largest logit;
    * ``gradient_norm``: the Euclidean norm of dL/dW, the biases not counted;
    * ``jacobian_norm``: the mean spectral norm of J; ``p_max``: the mean of the largest probabilities;
    * ``lost``: the share of samples whose gradient is exactly 0 (every dL/da_i is).
    """

    loss: float
    accuracy: float
    gradient_norm: float
    jacobian_norm: float
    p_max: float
    lost: float


class Step(NamedTuple):
    """One step: its number, counted from 1; what was measured on its batch before the update; what the update did.

    ``moved`` is the share of weights and biases that the update changed: 0 when all of it rounded to nothing.
    Fields are those of ``Measured``.
    """

    step: int
    loss: float
    accuracy: float
    gradient_norm: float
    jacobian_norm: float
    p_max: float
    lost: float
    moved: float


class Checkpoint(NamedTuple):
    """A moment of a run, to come back to: steps taken, weights with the biases as last column, the rule's memory."""

    step: int
    weights: Floats
    memory: Memory
    moved: float


class Training:
    """A training run: an iterator over its steps, which never ends by itself.

    Parameters
    ----------
    layer : SoftmaxLayer
        Where to start; it is not changed. W and b are both trained.
    X : array-like (m, N)
        Samples.
    y : array-like of int (m,)
        The class of each, from 0.
    loss : str
        A name in ``LOSSES``; the gradient is its mean over the batch.
    optimizer : str
        ``"sgd"``, ``"momentum"`` or ``"adam"``.
    rate : float
        The learning rate, > 0.
    batch : int, optional
        Samples per step, drawn without replacement, anew each time all had their turn (the last batch of a turn
        may be smaller); without it, or from m on, each step takes all samples.
    seed : int
        Of the order of the samples; two runs with equal arguments are equal bit for bit.
    format : str
        A name in ``FORMATS``: samples, weights and every operation are rounded to it, see ``layer_arithmetic``.
        In ``"float64"`` these are the usual formulas, not the exact ones of ``Softmax``.
    changes : iterable of (step, "rate" or "format", value)
        Changes that take place by themselves once so many steps are done.

    ``rate`` and ``format`` may be set between steps; such a change is noted in ``changes``, so that
    ``Training(..., changes=run.changes)`` is the same run. Raises ValueError or TypeError for what does not fit.
    """

    def __init__(
        self,
        layer: SoftmaxLayer,
        X: ArrayLike,
        y: ArrayLike,
        *,
        loss: str = "cross_entropy",
        optimizer: str = "sgd",
        rate: float = 0.1,
        batch: int | None = None,
        seed: int = 0,
        format: str = "float64",
        changes: Iterable[Change] = (),
    ) -> None:
        self._X, self._y = _samples(layer, X, y)
        self.loss, self.optimizer, self.seed = loss_named(loss), optimizer, seed
        self._rule = rule_named(optimizer)
        _check_whole("seed", seed)
        if seed < 0:
            raise ValueError(f"the seed is {seed}; it must not be negative")
        if batch is not None:
            _check_whole("batch", batch)
        if batch is not None and batch < 1:
            raise ValueError(f"the batch has {batch} samples; it needs at least 1")
        m = len(self._X)
        self.batch = m if batch is None else min(batch, m)
        self._start = np.column_stack([layer.W, layer.b])
        self._given = checked_rate(rate), format, tuple(_checked_change(*change) for change in changes)
        self.reset()

    def reset(self) -> None:
        """Go back to the start: its weights, rate, format and changes."""
        self._rate, format, self.changes = self._given
        self._steps_of_changes = {step for step, _, _ in self.changes}
        self.step = 0
        self.last: Step | None = None
        self.moved = 1.0
        self._weights = self._start
        self._memory = remember(self._start)
        self._take_format(format)
        self._change_now()

    # -- where it is

    @property
    def W(self) -> Floats:
        """The present weights (T, N), a copy."""
        return self._weights[:, :-1].copy()

    @property
    def b(self) -> Floats:
        """The present biases (T,), a copy."""
        return self._weights[:, -1].copy()

    @property
    def layer(self) -> SoftmaxLayer:
        """The layer as it is now; ValueError once its weights are no longer finite."""
        return SoftmaxLayer(self.W, self.b)

    @property
    def rate(self) -> float:
        """The learning rate."""
        return self._rate

    @rate.setter
    def rate(self, rate: float) -> None:
        self._note("rate", checked_rate(rate))

    @property
    def format(self) -> str:
        """The name of the number format."""
        return self._format

    @format.setter
    def format(self, format: str) -> None:
        format_rounding(format)
        self._note("format", format)

    def _note(self, what: str, value: float | str) -> None:
        self.changes = (*(c for c in self.changes if c[:2] != (self.step, what)), (self.step, what, value))
        self._steps_of_changes = {step for step, _, _ in self.changes}
        self._change_now()

    def _change_now(self) -> None:
        if self.step not in self._steps_of_changes:
            return
        for step, what, value in self.changes:
            if step == self.step:
                self._change(what, value)

    def _change(self, what: str, value: float | str) -> None:
        if what == "rate":
            self._rate = float(value)
        elif value != self._format:
            self._take_format(str(value))

    @quiet
    def _take_format(self, name: str) -> None:
        """Round all that the run holds to a format."""
        _, self._fl = format_rounding(name)
        self._format = name
        self._weights = self._fl(self._weights)
        updates, mean, square = self._memory
        self._memory = Memory(updates, self._fl(mean), self._fl(square))
        self._batches: dict[int, Batch] = {}
        self._turn = -1

    def checkpoint(self) -> Checkpoint:
        """Return what ``restore`` needs to come back to this moment."""
        return Checkpoint(self.step, self._weights, self._memory, self.moved)

    def restore(self, to: Checkpoint) -> None:
        """Go to a moment of this run, forwards or back; the changes noted stay."""
        self._rate, format, _ = self._given
        for step, what, value in sorted(self.changes, key=_when):
            if step <= to.step:
                if what == "rate":
                    self._rate = float(value)
                else:
                    format = str(value)
        self.step, self._weights, self._memory, self.moved = to
        self.last = None
        self._take_format(format)

    # -- going on

    def __iter__(self) -> "Training":
        return self

    def __next__(self) -> Step:
        with np.errstate(all="ignore"):
            batch = self._next_batch()
            found = Pass(self._weights, batch, self.loss, self._fl)
            gradient = found.weight_gradient()
            measured = _measured(found, gradient)
            before = self._weights
            self._weights, self._memory = self._rule(before, gradient, self._memory, self._rate, self._fl)
            self.moved = int(np.count_nonzero(self._weights != before)) / before.size
        self.step += 1
        self._change_now()
        self.last = Step(self.step, *measured, self.moved)
        return self.last

    def _next_batch(self) -> Batch:
        m = len(self._y)
        if self.batch == m:
            return self._all()
        per_turn = -(-m // self.batch)
        turn, place = divmod(self.step, per_turn)
        if turn != self._turn:
            self._turn, self._batches = turn, {}
            self._order = _order(self.seed, turn, m)
        rows = self._order[place * self.batch : (place + 1) * self.batch]
        return batch_of(self._X[rows], self._y[rows], len(self._start), self._fl)

    def _all(self) -> Batch:
        if -1 not in self._batches:
            self._batches[-1] = batch_of(self._X, self._y, len(self._start), self._fl)
        return self._batches[-1]

    # -- looking

    @quiet
    def measured(self) -> Measured:
        """Return what the present weights give on all samples; no step is taken."""
        found = self.whole_pass()
        return _measured(found, found.weight_gradient())

    @quiet
    def whole_pass(self) -> Pass:
        """Return the forward pass of all samples with the present weights."""
        return Pass(self._weights, self._all(), self.loss, self._fl)

    @quiet
    def true_gradient_norm(self) -> float:
        """Return the norm of dL/dW on all samples as float64 arithmetic finds it at the present weights."""
        if not np.isfinite(self._weights).all():
            return float("nan")
        gradient = self.layer.weight_gradient(self._X, self._y, self.loss)
        return float(np.sqrt(np.vdot(gradient, gradient)))


def start_layer(classes: int, features: int, scale: float, seed: int) -> SoftmaxLayer:
    """Return a layer to start from: weights drawn from a normal distribution, times the scale; biases 0."""
    weights = np.random.default_rng([seed, 1]).standard_normal((classes, features))
    return SoftmaxLayer(scale * weights)


def _measured(found: Pass, gradient: Floats) -> Measured:
    m = found.batch.size
    of_weights = gradient[:, :-1]
    return Measured(
        float(np.add.reduce(found.losses())) / m,
        found.right() / m,
        float(np.sqrt(np.add.reduce((of_weights * of_weights).ravel()))),
        float(np.add.reduce(found.spectral_norms())) / m,
        float(np.add.reduce(found.top_p())) / m,
        int(np.count_nonzero(found.lost())) / m,
    )


@lru_cache(maxsize=4)
def _order(seed: int, turn: int, m: int) -> Indices:
    return np.random.default_rng([seed, 2, turn]).permutation(m)


def _when(change: Change) -> int:
    return change[0]


def _checked_change(step: int, what: str, value: Any) -> Change:
    if step < 0 or what not in ("rate", "format"):
        raise ValueError(f"a run has no change of {what!r} after {step} steps; rate and format can change")
    if what == "rate":
        return step, what, checked_rate(value)
    format_rounding(value)
    return step, what, value


def _samples(layer: SoftmaxLayer, X: ArrayLike, y: ArrayLike) -> tuple[Floats, Indices]:
    samples, labels = as_reals(X, "feature"), np.asarray(y)
    if samples.ndim != 2 or samples.shape[1] != layer.N or not len(samples):
        raise ValueError(f"X has shape {samples.shape}; the layer needs (m, {layer.N}) with at least one sample")
    if not np.isfinite(samples).all():
        raise ValueError(f"the feature at index {first_index(~np.isfinite(samples))} is not finite")
    if labels.shape != samples.shape[:1] or labels.dtype.kind not in "iu":
        raise ValueError(f"y needs {len(samples)} whole numbers, one class for each sample")
    outside = (labels < 0) | (labels >= layer.T)
    if outside.any():
        row = first_index(outside)[0]
        raise ValueError(f"label {int(labels[row])} of sample {row} names no class: they are 0 to {layer.T - 1}")
    return samples, labels.astype(np.intp)


def _check_whole(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"the {name} must be a whole number, not {value!r}")
