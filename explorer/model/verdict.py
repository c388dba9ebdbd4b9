"""Why a training run does not go on: it converged, it saturated, or the number format lost its gradient."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from explorer.model.exact import quiet
from explorer.model.notation import number
from explorer.model.training import Measured, Training

SMALL_GRADIENT = 1e-3
"""A norm of dL/dW below this is small."""

SMALL_JACOBIAN = 0.01
"""A mean norm of J below this lets next to nothing through; an undecided softmax has 0.5 to 0.33."""

RIGHT = 0.9
"""An accuracy from this on counts as right."""


class Outcome(StrEnum):
    """What became of a run, decided on all samples at its present weights, in this order.

    * *lost in the format*: a weight, the loss or the gradient is not finite any more;
    * where the gradient, computed in float64 without cancellation, is small (SMALL_GRADIENT): *saturated* if fewer
      than RIGHT are right and the mean norm of J is small too (SMALL_JACOBIAN), else *converged*;
    * where it is not small: *lost in the format* if the last step changed no weight, or if of at least half of the
      samples that are wrong the format returns a gradient of exactly 0; else *learning*.
    """

    CONVERGED = "converged"
    SATURATED = "saturated"
    LOST = "lost in the format"
    LEARNING = "learning"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome, the sentence that gives the numbers it was decided from, and these numbers."""

    outcome: Outcome
    sentence: str
    measured: Measured
    true_gradient_norm: float


@quiet
def verdict(run: Training) -> Verdict:
    """Return what became of a run, see ``Outcome``. Pure: no step is taken."""
    found = run.measured()
    true = run.true_gradient_norm() if np.isfinite(found).all() else float("nan")
    outcome, why = _decided(run, found, true)
    return Verdict(outcome, f"{str(outcome).capitalize()}: {why}.", found, true)


def _decided(run: Training, found: Measured, true: float) -> tuple[Outcome, str]:
    right = f"{percent(found.accuracy)} are right"
    gradient = f"‖∂L/∂W‖ is {number(true)}"
    jacobian = f"mean ‖J‖₂ {number(found.jacobian_norm)}"
    if not np.isfinite(true):
        return Outcome.LOST, f"after {_steps(run.step)} a number left the range of {run.format}; choose a lower rate"
    if true < SMALL_GRADIENT:
        if found.accuracy >= RIGHT:
            return Outcome.CONVERGED, f"{gradient} because p is right: {right}, the loss is {number(found.loss)}"
        if found.jacobian_norm < SMALL_JACOBIAN:
            return Outcome.SATURATED, f"{gradient} though only {right}: J lets nothing through, {jacobian}"
        return Outcome.CONVERGED, f"{gradient} while J is alive, {jacobian}: nothing pulls at W any more; {right}"
    if run.step and run.moved == 0.0:
        return Outcome.LOST, f"{gradient}, yet every update of the weights rounds to nothing in {run.format}; {right}"
    samples = run.whole_pass()
    wrong = ~samples.rightly()
    if wrong.any() and np.count_nonzero(samples.lost() & wrong) >= 0.5 * np.count_nonzero(wrong):
        share = percent(np.count_nonzero(samples.lost() & wrong) / np.count_nonzero(wrong))
        return Outcome.LOST, f"{gradient}, yet of {share} of the wrong samples {run.format} returns exactly 0; {right}"
    return Outcome.LEARNING, f"{gradient}, {right}, {jacobian}"


def percent(share: float) -> str:
    """Return a share in percent; 100 and 0 only where it is all or none."""
    if share in (0.0, 1.0):
        return f"{share:.0%}".replace("%", " %")
    return f"{min(max(100.0 * share, 0.1), 99.9):.1f} %"


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count} steps"
