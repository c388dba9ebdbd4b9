"""What a person chose for training: data, layer, descent, and how many steps of it are done."""

from dataclasses import dataclass, replace
from typing import Any

from explorer.model.losses import LOSSES
from explorer.model.notation import MINUS
from explorer.session.checks import IntentError, between, one_of

DATA = ("two_blobs", "three_blobs", "rings", "spirals", "separable", "mislabelled")
LOADED = "samples"  # as data set: those of a name, see ``samples``
LABELLINGS = ("auto", "last", "none")
OPTIMIZERS = ("sgd", "momentum", "adam")
FORMATS = ("float64", "float32", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2")
SPEEDS = ("1", "10", "100", "most")  # steps a frame
AXES = ("log", "linear")
CURVES = ("loss", "accuracy", "gradient_norm", "jacobian_norm", "p_max", "lost")

POINTS_RANGE = (6, 5000)
SCALE_RANGE = (0.01, 100.0)
RATE_RANGE = (1e-6, 1e6)
MOST_SEED = 999_999
MOST_STEPS = 100_000
MOST_CHANGES = 500

Change = tuple[int, str, float | str]


@dataclass(frozen=True, slots=True)
class TrainingChoice:
    """A frozen record; checked on creation.

    ``data`` names a data set made on the spot, or is "samples": the table known as ``samples``, its labels found as
    ``labelling`` says (see ``session/samples.py``). ``seed`` makes the points, the weights to start from (normal,
    times ``scale``) and the order of the batches; ``batch`` 0 means all samples. ``compared`` names a loss or a number
    format: a second run from the same start that differs in it alone. ``step`` is how many steps are done, ``changes``
    what was changed on the way: after how many steps, "rate" or "format", the new value. So everything on screen
    follows from this record. Raises IntentError for what lies outside the limits above.
    """

    data: str = "three_blobs"
    points: int = 300
    seed: int = 1
    loss: str = "cross_entropy"
    compared: str | None = None
    scale: float = 1.0
    rate: float = 0.5
    optimizer: str = "sgd"
    format: str = "float64"
    batch: int = 0
    step: int = 0
    changes: tuple[Change, ...] = ()
    samples: str = ""
    labelling: str = "auto"
    speed: str = "10"
    axis: str = "log"
    curves: tuple[str, ...] = ("loss", "accuracy", "gradient_norm", "jacobian_norm")

    def __post_init__(self) -> None:
        one_of("data set", self.data, (*DATA, LOADED))
        one_of("reading of the last column", self.labelling, LABELLINGS)
        one_of("loss to train with", self.loss, tuple(LOSSES))
        one_of("second loss or format", self.compared, (None, *LOSSES, *FORMATS))
        one_of("optimizer", self.optimizer, OPTIMIZERS)
        one_of("format to train in", self.format, FORMATS)
        one_of("speed of training", self.speed, SPEEDS)
        one_of("axis of steps", self.axis, AXES)
        between("number of points", self.points, *POINTS_RANGE)
        between("seed of training", self.seed, 0, MOST_SEED)
        _check_amount("scale of the first weights", self.scale, SCALE_RANGE)
        _check_amount("learning rate", self.rate, RATE_RANGE)
        between("batch", self.batch, 0, POINTS_RANGE[1])
        between("number of steps", self.step, 0, MOST_STEPS)
        for name in self.curves:
            one_of("training curve", name, CURVES)
        object.__setattr__(self, "curves", tuple(name for name in CURVES if name in self.curves))
        self._check_changes()

    def _check_changes(self) -> None:
        if len(self.changes) > MOST_CHANGES:
            raise IntentError(f"Rate and format were changed {len(self.changes)} times; {MOST_CHANGES} changes fit.")
        for step, what, value in self.changes:
            between("step of a change", step, 1, MOST_STEPS)
            one_of("changed thing", what, ("rate", "format"))
            if what == "rate":
                _check_amount("learning rate", float(value), RATE_RANGE)
            else:
                one_of("format to train in", value, FORMATS)
        if list(self.changes) != sorted(self.changes, key=_place) or len({c[:2] for c in self.changes}) < len(
            self.changes
        ):
            raise IntentError("The changes on the way of a training run must be in the order of their steps.")

    @property
    def run(self) -> "TrainingChoice":
        """What the runs depend on, apart from changes on the way: two choices with equal ones have the same start."""
        return replace(self, speed="10", axis="log", curves=CURVES, step=0, changes=())

    @property
    def second(self) -> "TrainingChoice | None":
        """The choice of the second run, if there is one."""
        if self.compared is None:
            return None
        other: dict[str, Any] = {"loss" if self.compared in LOSSES else "format": self.compared, "compared": None}
        return replace(self, **other)

    def now(self, what: str) -> Any:
        """Return the rate or the format as it is after the steps done."""
        values = [value for step, name, value in self.changes if name == what and step <= self.step]
        return values[-1] if values else getattr(self, what)

    def with_setting(self, **fields: Any) -> "TrainingChoice":
        """Return a copy with some fields changed; what makes another run starts anew, at step 0."""
        changed = replace(self, **fields)
        return changed if changed.run == self.run else replace(changed, **{"step": 0, "changes": (), **fields})

    def with_change(self, what: str, value: float | str) -> "TrainingChoice":
        """Return a copy in which rate or format change at the present step; what was changed later is forgotten.

        Where nothing is done yet the run starts with the value. A second run in another format keeps its format.
        """
        if self.step == 0:
            start: dict[str, Any] = {"changes": (), what: value}
            return replace(self, **start)
        kept = tuple(c for c in self.changes if c[0] <= self.step and c[:2] != (self.step, what))
        before = replace(self, changes=kept)
        if before.now(what) == value:
            return before
        return replace(self, changes=tuple(sorted((*kept, (self.step, what, value)), key=_place)))


def _check_amount(what: str, value: float, limits: tuple[float, float]) -> None:
    """Raise IntentError for a number out of range; it reads as it is typed."""
    if not limits[0] <= value <= limits[1]:
        found, low, high = (f"{x:g}".replace("-", MINUS) for x in (value, *limits))
        raise IntentError(f"The {what} is {found}; it must lie between {low} and {high}.")


def _place(change: Change) -> tuple[int, str]:
    return change[0], change[1]
