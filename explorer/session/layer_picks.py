"""What a person can point at in the Layer view, and what lights up then."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.session.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Derivative:
    """The entry dP_t/dW_ij of DP, all counted from 0: row t of J meets column i, j of Dg."""

    t: int
    i: int
    j: int


@dataclass(frozen=True, slots=True)
class OfLogit:
    """The entry da_k/dW_ij of Dg."""

    k: int
    i: int
    j: int


@dataclass(frozen=True, slots=True)
class OfSoftmax:
    """The entry dP_t/da_k of the layer's J."""

    t: int
    k: int


@dataclass(frozen=True, slots=True)
class Weight:
    """The weight W_ij."""

    i: int
    j: int


@dataclass(frozen=True, slots=True)
class WeightSlope:
    """The entry dL/dW_ij of one sample's weight gradient."""

    i: int
    j: int


@dataclass(frozen=True, slots=True)
class Feature:
    """The feature x_j."""

    j: int


@dataclass(frozen=True, slots=True)
class Output:
    """The class t: its logit and probability."""

    t: int


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample of the batch; None for the whole batch."""

    index: int | None


@dataclass(frozen=True, slots=True)
class BatchSlope:
    """The entry dL/dW_ij of the batch's gradient, or of the chosen sample's."""

    i: int
    j: int


@dataclass(frozen=True, slots=True)
class Descent:
    """The step that a training repeats."""


LayerPick = Descent | Derivative | OfLogit | OfSoftmax | Weight | WeightSlope | Feature | Output | Sample | BatchSlope


def exists(pick: LayerPick, snapshot: "Snapshot") -> bool:
    """Tell whether the pick still points at something."""
    layer = snapshot.intent.layer
    match pick:
        case Descent():
            return True
        case Derivative(t, i, j) | OfLogit(t, i, j):
            return max(t, i) < layer.T and j < layer.N
        case OfSoftmax(t, k):
            return max(t, k) < layer.T
        case Weight(i, j) | WeightSlope(i, j):
            return i < layer.T and j < layer.N
        case Feature(j):
            return j < layer.N
        case Output(t):
            return t < layer.T
        case Sample(index):
            return snapshot.samples is not None and (index is None or index < snapshot.samples.m)
        case BatchSlope(i, j):
            return snapshot.batch is not None and i < snapshot.batch.layer.T and j < snapshot.batch.layer.N


@dataclass(frozen=True, slots=True)
class Lights:
    """What lights up in every picture: a row of J (class t), a column of it (class k), a weight (i, j), a feature j."""

    t: int | None = None
    k: int | None = None
    i: int | None = None
    j: int | None = None


def lights(pick: object) -> Lights:
    """Return what a pick lights up."""
    match pick:
        case Derivative(t, i, j):
            return Lights(t, i, i, j)
        case OfLogit(k, i, j):
            return Lights(None, k, i, j)
        case OfSoftmax(t, k):
            return Lights(t, k)
        case Weight(i, j) | WeightSlope(i, j):
            return Lights(None, i, i, j)
        case Feature(j):
            return Lights(j=j)
        case Output(t):
            return Lights(t)
    return Lights()
