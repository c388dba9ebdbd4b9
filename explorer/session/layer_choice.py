"""What a person chose in the Layer view: one sample and its weights, the batch by name, what is looked at."""

import math
from dataclasses import dataclass, replace

from explorer.model.notation import exact
from explorer.session.checks import IntentError, between, one_of

PAGES = ("sample", "batch", "training")
REDUCTIONS = ("mean", "sum")
LABELLINGS = ("auto", "last", "none")  # is the last column the label? "auto" lets the samples tell
CHAIN_SCALES = ("linear", "log")
SCALE_RANGE = (0.01, 1000.0)
MOST = 12  # classes, and features, that can be set by hand
LARGEST = 1e100  # of a feature or a weight: no product of two overflows
MOST_SEED = 2**32 - 1

Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class LayerChoice:
    """A frozen record; checked on creation.

    ``x`` is one sample (N,), ``weights`` (T, N) are multiplied by ``scale``, ``target`` is the sample's class.
    ``samples`` names the batch (see ``samples``), ``sample`` the row of it that is looked at, None for all of them;
    a batch that the weights do not fit gets weights of its own, drawn with ``seed``. ``picked`` is the pinned
    derivative (t, i, j). A sample longer or shorter than the weights is cut, or filled up with 0.
    Raises IntentError for what lies outside the limits.
    """

    page: str = "sample"
    weights: Matrix = ((1.0, -0.5, 0.25), (-0.5, 0.75, 0.5), (0.25, 0.5, -1.0))
    x: tuple[float, ...] = (1.0, -0.5, 2.0)
    scale: float = 1.0
    target: int = 0
    chain_scale: str = "linear"
    picked: tuple[int, int, int] | None = None
    samples: str = "three_rows"
    labelling: str = "auto"
    sample: int | None = None
    reduction: str = "mean"
    seed: int = 1

    def __post_init__(self) -> None:
        self._check_weights()
        x = (self.x + (0.0,) * self.N)[: self.N]
        for j, value in enumerate(x):
            _check_number(f"Feature {j + 1}", value)
        object.__setattr__(self, "x", tuple(value + 0.0 for value in x))  # no minus zero
        one_of("page", self.page, PAGES)
        one_of("reduction", self.reduction, REDUCTIONS)
        one_of("reading of the last column", self.labelling, LABELLINGS)
        one_of("scale", self.chain_scale, CHAIN_SCALES)
        if not SCALE_RANGE[0] <= self.scale <= SCALE_RANGE[1]:
            raise IntentError(f"The weights’ factor is {exact(self.scale)}; it must lie between 0.01 and 1000.")
        if not 0 <= self.target < self.T:
            raise IntentError(f"The sample’s class is {self.target + 1}, but the layer has {self.T} classes.")
        if self.picked is not None and not self._has(self.picked):
            raise IntentError(f"The picked derivative lies outside the {self.T} classes and {self.N} features.")
        if self.sample is not None and self.sample < 0:
            raise IntentError("A sample counts from 1.")
        between("seed of the weights", self.seed, 0, MOST_SEED)

    def _check_weights(self) -> None:
        if not 1 <= self.T <= MOST or not 1 <= self.N <= MOST:
            raise IntentError(f"There are {self.T} × {self.N} weights, but 1 to {MOST} classes and features fit.")
        for i, row in enumerate(self.weights):
            if len(row) != self.N:
                raise IntentError(f"Row {i + 1} of the weights has {len(row)} numbers, but the first has {self.N}.")
            for j, value in enumerate(row):
                _check_number(f"Weight {i + 1}, {j + 1}", value)
        object.__setattr__(self, "weights", tuple(tuple(w + 0.0 for w in row) for row in self.weights))

    def _has(self, pick: tuple[int, int, int]) -> bool:
        t, i, j = pick
        return 0 <= t < self.T and 0 <= i < self.T and 0 <= j < self.N

    @property
    def T(self) -> int:
        """Number of classes."""
        return len(self.weights)

    @property
    def N(self) -> int:
        """Number of features."""
        return len(self.weights[0]) if self.weights else 0

    def with_feature(self, j: int, value: float) -> "LayerChoice":
        """Return a copy with one feature of the sample set."""
        return replace(self, x=(*self.x[:j], value, *self.x[j + 1 :]))

    def with_weight(self, i: int, j: int, value: float) -> "LayerChoice":
        """Return a copy in which one weight, factor included, has the value."""
        row = self.weights[i]
        row = (*row[:j], value / self.scale, *row[j + 1 :])
        return replace(self, weights=(*self.weights[:i], row, *self.weights[i + 1 :]))

    def with_shape(self, classes: int, features: int) -> "LayerChoice":
        """Return a copy with other numbers of classes and features; new weights and features are 0."""
        kept = [(row + (0.0,) * features)[:features] for row in self.weights[:classes]]
        weights = (*kept, *[(0.0,) * features] * (classes - len(kept)))
        pick = self.picked
        if pick is not None and (max(pick[:2]) >= classes or pick[2] >= features):
            pick = None
        return replace(self, weights=weights, x=self.x, target=max(min(self.target, classes - 1), 0), picked=pick)


def _check_number(what: str, value: float) -> None:
    if not math.isfinite(value) or abs(value) > LARGEST:
        found = exact(value) if math.isfinite(value) else str(value)
        raise IntentError(f"{what} is {found}; it must lie between −1e100 and 1e100.")
