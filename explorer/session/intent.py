"""Intent: everything a person chose, and nothing that follows from it."""

import math
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

from explorer.model import LOSSES
from explorer.model.notation import exact
from explorer.session.checks import IntentError, one_of
from explorer.session.clinic_choice import ClinicChoice
from explorer.session.intake import MAX_CLASSES
from explorer.session.layer_choice import LayerChoice
from explorer.session.training_choice import TrainingChoice
from explorer.session.vanishing_choice import VanishingChoice

SLIDER_LIMIT = 50.0  # logits beyond it can be typed
SPREAD_RANGE = (0.001, 1000.0)
SHIFT_RANGE = (-1000.0, 1000.0)
LABEL_LENGTH = 40

VIEWS = ("explore", "vanishing", "clinic", "layer")
PROBABILITY_SCALES = ("linear", "log")
JACOBIAN_SCALES = ("fixed", "auto", "log")
GRADIENT_SCALES = ("linear", "log")
NUMBER_FORMATS = ("float64", "float32", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2")
ARITHMETICS = ("stable", "naive")  # is the maximum subtracted before the exponentials?
CURVES = ("spectral_norm", "frobenius", "max_abs_jacobian", "entropy", "one_minus_p_max", *LOSSES)  # a loss: ‖∂L/∂a‖

_CHOICES: tuple[tuple[str, str, tuple[str | None, ...]], ...] = (
    ("loss", "loss", tuple(LOSSES)),
    ("compared loss", "compared", (None, *LOSSES)),
    ("view", "view", VIEWS),
    ("probability axis", "probability_scale", PROBABILITY_SCALES),
    ("Jacobian scale", "jacobian_scale", JACOBIAN_SCALES),
    ("gradient scale", "gradient_scale", GRADIENT_SCALES),
    ("number format", "number_format", NUMBER_FORMATS),
    ("arithmetic", "arithmetic", ARITHMETICS),
)


@dataclass(frozen=True, slots=True)
class Intent:
    """A frozen record of plain values; checked on creation, so that every Intent can be resolved.

    ``logits`` are z (n,), the effective logits are ``a = spread * z + shift``. ``ghost`` holds effective logits
    frozen for comparison, ``picked`` the pinned Jacobian cell (row, column), counted from 0, ``shown_curves`` the
    curves of the Vanishing view, put in the order of CURVES, ``vanishing`` what else was chosen there, ``clinic``,
    ``layer`` and ``training`` what was chosen in those views. Labels are cleaned; missing and empty ones become
    ``class 1``, ``class 2`` and so on.
    Raises IntentError for values outside the limits above.
    """

    logits: tuple[float, ...] = (2.4, 1.0, 0.5, -0.5, -1.2)
    spread: float = 1.0
    shift: float = 0.0
    target: int = 0
    loss: str = "cross_entropy"
    compared: str | None = "squared_error"
    labels: tuple[str, ...] = ()
    picked: tuple[int, int] | None = None
    ghost: tuple[float, ...] | None = None
    view: str = "explore"
    probability_scale: str = "linear"
    jacobian_scale: str = "fixed"
    gradient_scale: str = "linear"
    number_format: str = "float64"
    arithmetic: str = "stable"
    shown_curves: tuple[str, ...] = ("spectral_norm", "one_minus_p_max", "cross_entropy", "squared_error")
    vanishing: VanishingChoice = field(default_factory=VanishingChoice)
    clinic: ClinicChoice = field(default_factory=ClinicChoice)
    training: TrainingChoice = field(default_factory=TrainingChoice)
    layer: LayerChoice = field(default_factory=LayerChoice)

    def __post_init__(self) -> None:
        self._check_classes()
        self._check_numbers()
        self._check_choices()

    def _check_classes(self) -> None:
        if not 1 <= self.n <= MAX_CLASSES:
            raise IntentError(f"There are {self.n} classes, but 1 to {MAX_CLASSES} can be set by hand.")
        given = self.labels[: self.n] + ("",) * (self.n - len(self.labels))
        labels = tuple(clean_label(label) or f"class {i + 1}" for i, label in enumerate(given))
        object.__setattr__(self, "labels", labels)
        if not 0 <= self.target < self.n:
            raise IntentError(f"The target is class {self.target + 1}, but there are {self.n} classes.")
        if self.picked is not None and not all(0 <= k < self.n for k in self.picked):
            raise IntentError(f"The picked cell lies outside the {self.n}×{self.n} Jacobian.")
        if self.ghost is not None and len(self.ghost) != self.n:
            raise IntentError(f"The frozen ghost has {len(self.ghost)} classes, but there are {self.n}.")
        for what, index in (("logit to pull", self.vanishing.logit), ("eigenvector", self.vanishing.eigenvector)):
            if not 0 <= index < self.n:
                raise IntentError(f"The {what} is number {index + 1}, but there are {self.n} classes.")

    def _check_numbers(self) -> None:
        # No minus zero: it equals 0, so a drag there and back would leave it behind unnoticed.
        object.__setattr__(self, "logits", tuple(z + 0.0 for z in self.logits))
        object.__setattr__(self, "shift", self.shift + 0.0)
        if self.ghost is not None:
            object.__setattr__(self, "ghost", tuple(a + 0.0 for a in self.ghost))
        for i, z in enumerate(self.logits):
            if not math.isfinite(z):
                raise IntentError(f"Logit {i + 1} is {z}; type a finite number.")
        if not SPREAD_RANGE[0] <= self.spread <= SPREAD_RANGE[1]:
            raise IntentError(f"The spread is {exact(self.spread)}; it must lie between 0.001 and 1000.")
        if not SHIFT_RANGE[0] <= self.shift <= SHIFT_RANGE[1]:
            raise IntentError(f"The shift is {exact(self.shift)}; it must lie between −1000 and 1000.")
        for i, a in enumerate(self.effective):
            if not math.isfinite(a):
                raise IntentError(f"Effective logit {i + 1}, spread × logit + shift, is beyond ±1.8e308; choose less.")
        if self.ghost is not None and not all(map(math.isfinite, self.ghost)):
            raise IntentError("The frozen ghost holds a number that is not finite.")

    def _check_choices(self) -> None:
        for what, name, values in _CHOICES:
            one_of(what, getattr(self, name), values)
        for name in self.shown_curves:
            one_of("curve", name, CURVES)
        object.__setattr__(self, "shown_curves", tuple(name for name in CURVES if name in self.shown_curves))

    @property
    def n(self) -> int:
        """Number of classes."""
        return len(self.logits)

    @property
    def effective(self) -> tuple[float, ...]:
        """Effective logits ``a = t z + c``, the input of the softmax."""
        return tuple(self.spread * z + self.shift for z in self.logits)

    def with_changes(self, **fields: Any) -> "Intent":
        """Return a copy with some fields changed, checked again."""
        return replace(self, **fields)

    def with_page_of(self, other: "Intent") -> "Intent":
        """Return a copy that shows the view, and the page of the Layer view, that the other shows."""
        return replace(self, view=other.view, layer=replace(self.layer, page=other.layer.page))

    def value_of(self, field: str) -> Any:
        """Return a field; ``group.field`` names one in a group of choices."""
        return reduce(getattr, field.split("."), self)

    def with_value(self, field: str, value: Any) -> "Intent":
        """Return a copy with one field changed; ``group.field`` names one in a group of choices."""
        group, _, name = field.rpartition(".")
        return self.with_choice(group, **{name: value}) if group else self.with_changes(**{name: value})

    def with_choice(self, group: str, **fields: Any) -> "Intent":
        """Return a copy with some fields changed in a group of choices, such as ``vanishing``."""
        return replace(self, **{group: replace(getattr(self, group), **fields)})

    def with_logit(self, index: int, value: float) -> "Intent":
        """Return a copy with one logit set."""
        return replace(self, logits=_with(self.logits, index, value))

    def with_label(self, index: int, text: str) -> "Intent":
        """Return a copy with one class renamed; an empty name becomes the standard one."""
        return replace(self, labels=_with(self.labels, index, text))

    def with_logits(self, logits: tuple[float, ...], labels: tuple[str, ...] | None = None) -> "Intent":
        """Return a copy with all logits set; what no longer fits (target, pick, ghost) falls back."""
        n = len(logits)
        return replace(
            self,
            logits=logits,
            labels=labels if labels is not None else self.labels[:n],
            target=min(self.target, max(n - 1, 0)),
            picked=None if self.picked is None or max(self.picked) >= n else self.picked,
            ghost=self.ghost if self.ghost is not None and len(self.ghost) == n else None,
            vanishing=self.vanishing.for_classes(n),
        )

    def with_classes(self, n: int) -> "Intent":
        """Return a copy with n classes: the last ones are dropped, or new ones with logit 0 added."""
        return self.with_logits((self.logits + (0.0,) * n)[:n])


def clean_label(text: str) -> str:
    """Return a label without control characters and surrounding blanks, at most 40 characters long."""
    printable = text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
    return printable.strip()[:LABEL_LENGTH].rstrip()


def _with(values: tuple[Any, ...], index: int, value: Any) -> tuple[Any, ...]:
    return (*values[:index], value, *values[index + 1 :])
