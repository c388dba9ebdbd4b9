"""Snapshot: all that can be derived from an Intent, by a pure function, each part on first use."""

import math
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from explorer.model import LOSSES, Loss, Softmax
from explorer.model import sweep as sweeps
from explorer.model.exact import Floats
from explorer.model.losses import log10_norm
from explorer.model.notation import probability
from explorer.model.outline import outline
from explorer.session.direction import direction_of
from explorer.session.intent import NUMBER_FORMATS, Intent

if TYPE_CHECKING:
    from explorer.model.batch import Batch
    from explorer.model.formats import Computed, Marks
    from explorer.model.gradient_check import GradientCheck
    from explorer.model.specimens import Examination
    from explorer.session.attention import Attention
    from explorer.session.layer_reading import LayerReading
    from explorer.session.samples import Samples

CURVE_SPREADS = np.logspace(-2.0, 3.0, 49)
SWEEP_PLACES = np.linspace(0.0, 1.0, 251)  # along the axis of the direction
MARK_EVERY = 5
for _fixed in (CURVE_SPREADS, SWEEP_PLACES):
    _fixed.flags.writeable = False

_SAFE = 1e-290  # above it nothing has underflowed, and values tell their own logarithms


class LossReading:
    """A loss at a snapshot: value, upstream gradient and what arrives at the logits, with decimal logarithms."""

    def __init__(self, loss: Loss, softmax: Softmax, target: int) -> None:
        self.loss, self._softmax, self._target = loss, softmax, target

    @cached_property
    def value(self) -> float:
        """The loss."""
        return float(self.loss.value(self._softmax, self._target))

    @cached_property
    def upstream(self) -> Floats:
        """dL/dp (n,)."""
        return self.loss.grad_p(self._softmax, self._target)

    @cached_property
    def arriving(self) -> Floats:
        """dL/da (n,)."""
        return self.loss.grad_logits(self._softmax, self._target)

    @cached_property
    def log10_upstream(self) -> Floats:
        """Decimal logarithms of |dL/dp| (n,)."""
        return self.loss.log10_abs_grad_p(self._softmax, self._target)

    @cached_property
    def log10_arriving(self) -> Floats:
        """Decimal logarithms of |dL/da| (n,)."""
        size = np.abs(self.arriving)
        if size.min() > _SAFE:
            return np.log10(size)
        return self.loss.log10_abs_grad_logits(self._softmax, self._target)

    @cached_property
    def log10_upstream_norm(self) -> float:
        """Decimal logarithm of the Euclidean norm of dL/dp."""
        return float(log10_norm(self.log10_upstream))

    @cached_property
    def log10_norm(self) -> float:
        """Decimal logarithm of the Euclidean norm of dL/da; goes on below the smallest double."""
        norm = math.hypot(*self.arriving.tolist())
        if norm > _SAFE:
            return math.log10(norm)
        return float(self.loss.log10_grad_norm(self._softmax, self._target))


class Snapshot:
    """Everything derived from one Intent. Compare snapshots by ``revision``, never by their arrays."""

    def __init__(self, intent: Intent, revision: int, previous: "Snapshot | None" = None) -> None:
        self.intent, self.revision = intent, revision
        if previous is not None:
            self._take_over(previous)

    def _take_over(self, previous: "Snapshot") -> None:
        """Keep the parts of the previous snapshot that the change did not touch."""
        now, then, parts = self.intent, previous.intent, vars(previous)
        same_softmax = now.effective == then.effective
        same_target = now.target == then.target
        way, way_then = direction_of(now), direction_of(then)
        same_sweep = same_target and way == way_then and way.rest(now) == way.rest(then)
        same_arithmetic = now.arithmetic == then.arithmetic
        same_batch = same_target and (now.logits, now.shift, now.clinic.seed) == (
            (then.logits, then.shift, then.clinic.seed)
        )
        same_specimen = now.clinic.specimen == then.clinic.specimen
        kept = {
            "softmax": same_softmax,
            "p_texts": same_softmax,
            "jacobian": same_softmax,
            "log10_jacobian": same_softmax,
            "jacobian_sums": same_softmax,
            "log10_eigenvalues": same_softmax,
            "eigenvectors": same_softmax,
            "readings": same_softmax and same_target,
            "curves": (now.logits, now.target, now.loss, now.compared)
            == (then.logits, then.target, then.loss, then.compared),
            "sweep": same_sweep,
            "marks": same_sweep and same_arithmetic and now.number_format == then.number_format,
            "format_table": same_softmax and same_target and same_arithmetic and now.loss == then.loss,
            "lost_at": same_arithmetic and (now.logits, now.shift) == (then.logits, then.shift),
            "ghost": now.ghost == then.ghost,
            "attention": now.vanishing.seed == then.vanishing.seed,
            "right_here": same_batch and now.spread == then.spread,
            "breaks_at": same_batch and same_specimen,
            "examination": same_batch and now.spread == then.spread and same_specimen,
            "gradient_check": same_softmax and same_target and now.loss == then.loss,
        }
        if now.layer is then.layer or now.layer == then.layer:
            kept |= {"layer": now.loss == then.loss, "samples": True}
        else:
            kept |= _kept_of_layer(now, then)
        kept["batch"] = kept["samples"] and _batch_key(now) == _batch_key(then)
        for name, keep in kept.items():
            if keep and name in parts:
                vars(self)[name] = parts[name]

    @cached_property
    def softmax(self) -> Softmax:
        """The softmax of the effective logits."""
        return Softmax(self.intent.effective)

    @cached_property
    def p_texts(self) -> list[str]:
        """The probabilities as they read on screen."""
        s = self.softmax
        columns = s.p.tolist(), s.q.tolist(), s.log10_p.tolist(), s.log10_q.tolist()
        return [probability(*numbers) for numbers in zip(*columns, strict=True)]

    @cached_property
    def ghost(self) -> Softmax | None:
        """The frozen softmax to compare with."""
        return None if self.intent.ghost is None else Softmax(self.intent.ghost)

    @cached_property
    def jacobian(self) -> Floats:
        """J (n, n)."""
        return self.softmax.jacobian()

    @cached_property
    def log10_jacobian(self) -> Floats:
        """Decimal logarithms of |J| (n, n)."""
        return self.softmax.log10_abs_jacobian()

    @cached_property
    def jacobian_sums(self) -> list[float]:
        """What the float64 entries of each row (and column, by symmetry) add up to: round-off, the truth is 0."""
        return [math.fsum(row) for row in self.jacobian.tolist()]

    @cached_property
    def log10_eigenvalues(self) -> Floats:
        """Decimal logarithms of the eigenvalues of J (n,), ascending; the first is -inf."""
        from explorer.model import eigen

        return eigen.log10_eigenvalues(self.softmax)

    @cached_property
    def eigenvectors(self) -> Floats:
        """The eigenvectors of J as columns (n, n), in the same order."""
        from explorer.model import eigen

        return eigen.eigenvectors(self.softmax)

    @cached_property
    def attention(self) -> "Attention":
        """Random queries and keys of every width, and what is left of J."""
        from explorer.session.attention import Attention

        return Attention(self.intent.vanishing.seed)

    @cached_property
    def layer(self) -> "LayerReading":
        """The softmax layer at its one sample."""
        from explorer.session.layer_reading import LayerReading

        return LayerReading(self.intent.layer, self.intent.loss)

    @cached_property
    def samples(self) -> "Samples | None":
        """The samples of the batch, None if they are not known here."""
        from explorer.session.layer_reading import samples_of

        return samples_of(self.intent.layer)

    @property
    def sample(self) -> int | None:
        """The sample of the batch that is looked at, None for all, also where it has gone."""
        sample = self.intent.layer.sample
        return sample if sample is not None and self.samples is not None and sample < self.samples.m else None

    @cached_property
    def batch(self) -> "Batch | None":
        """The layer on the samples; whoever shows it runs its passes."""
        from explorer.session.layer_reading import batch_of

        return None if self.samples is None else batch_of(self.intent, self.samples)

    @cached_property
    def readings(self) -> dict[str, LossReading]:
        """Every loss by its name; none computes anything before it is asked."""
        return {name: LossReading(loss, self.softmax, self.intent.target) for name, loss in LOSSES.items()}

    @property
    def chosen(self) -> LossReading:
        """The chosen loss."""
        return self.readings[self.intent.loss]

    @property
    def compared(self) -> LossReading | None:
        """The loss to compare with, if there is one."""
        name = self.intent.compared
        return None if name is None else self.readings[name]

    @property
    def losses(self) -> tuple[LossReading, ...]:
        """The chosen loss and, if there is one, the compared."""
        return (self.chosen,) if self.compared is None else (self.chosen, self.compared)

    def _along(self, places: Floats) -> sweeps.Sweep:
        way = direction_of(self.intent)
        values = np.array([way.axis.value(place) for place in places.tolist()])
        return way.sweep(self.intent, values, tuple(LOSSES))

    @cached_property
    def sweep(self) -> sweeps.Sweep:
        """Gradient sizes along the chosen direction, at SWEEP_PLACES of its axis."""
        return self._along(SWEEP_PLACES)

    @cached_property
    def marks(self) -> "Marks":
        """What the chosen number format returns for them, at every MARK_EVERY-th of the places."""
        from explorer.model import formats  # only now: it brings in ml_dtypes

        intent = self.intent
        found = self._along(SWEEP_PLACES[::MARK_EVERY])
        return formats.marks(found, format=intent.number_format, stable=intent.arithmetic == "stable")

    @cached_property
    def format_table(self) -> "dict[str, Computed]":
        """What every number format returns at the effective logits, by its name."""
        from explorer.model import formats

        intent = self.intent
        return formats.table(
            intent.logits,
            intent.target,
            stable=intent.arithmetic == "stable",
            spread=intent.spread,
            shift=intent.shift,
            losses=(intent.loss,),
        )

    @cached_property
    def lost_at(self) -> dict[str, float | None]:
        """The spread at which each number format loses the winner's gradient, None if it never does."""
        from explorer.model import formats

        intent = self.intent
        stable = intent.arithmetic == "stable"
        return {
            name: formats.gradient_lost_at(intent.logits, 0, format=name, stable=stable, shift=intent.shift)
            for name in NUMBER_FORMATS
        }

    @cached_property
    def curves(self) -> dict[str, Floats]:
        """Decimal logarithms of gradient sizes at CURVE_SPREADS, by name (see model/outline.py)."""
        intent = self.intent
        names = dict.fromkeys(name for name in (intent.loss, intent.compared) if name is not None)
        return outline(intent.logits, CURVE_SPREADS, intent.target, tuple(names))

    @cached_property
    def right_here(self) -> dict[str, bool]:
        """Which specimens are right at the present logits, by name."""
        from explorer.model import specimens  # only now: a start needs none of them

        intent = self.intent
        return specimens.right_here(
            tuple(specimens.SPECIMENS.values()),
            intent.logits,
            intent.target,
            spread=intent.spread,
            shift=intent.shift,
            seed=intent.clinic.seed,
        )

    @cached_property
    def breaks_at(self) -> float | None:
        """The spread at which the chosen specimen breaks, None if it never does or is wrong anyway."""
        from explorer.model import specimens

        intent = self.intent
        chosen = specimens.SPECIMENS[intent.clinic.specimen]
        return specimens.breaking_point(
            chosen, intent.logits, intent.target, shift=intent.shift, seed=intent.clinic.seed
        )

    @cached_property
    def examination(self) -> "Examination":
        """What the chosen specimen returns at the present logits, beside the truth."""
        from explorer.model import specimens

        intent = self.intent
        return specimens.examine(
            specimens.SPECIMENS[intent.clinic.specimen],
            intent.logits,
            intent.target,
            spread=intent.spread,
            shift=intent.shift,
            seed=intent.clinic.seed,
            breaks_at=self.breaks_at,
        )

    @cached_property
    def gradient_check(self) -> "GradientCheck":
        """Finite differences of the chosen loss against its gradient, over the step."""
        from explorer.model.gradient_check import gradient_check

        return gradient_check(self.intent.loss, self.intent.effective, self.intent.target)


def _kept_of_layer(now: Intent, then: Intent) -> dict[str, bool]:
    layer, old = now.layer, then.layer
    return {
        "layer": (layer.weights, layer.x, layer.scale, layer.target, now.loss)
        == (old.weights, old.x, old.scale, old.target, then.loss),
        "samples": (layer.samples, layer.labelling) == (old.samples, old.labelling),
    }


def _batch_key(intent: Intent) -> tuple[object, ...]:
    layer = intent.layer
    return layer.weights, layer.scale, layer.seed, intent.loss, intent.number_format


def resolve(intent: Intent, previous: Snapshot | None = None) -> Snapshot:
    """Return the Snapshot of an Intent. Pure: the previous snapshot only lends parts that stay the same."""
    return Snapshot(intent, 1 if previous is None else previous.revision + 1, previous)
