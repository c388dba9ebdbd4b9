"""Settings of a training run, for the column at the left: they show the choice and ask the runner for changes."""

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.model import LOSSES
from explorer.model.notation import exact
from explorer.panels.look import Look
from explorer.panels.stepping import factor
from explorer.panels.widgets import ElidedLabel
from explorer.session.axes import LogAxis
from explorer.session.samples import PRESETS
from explorer.session.session import Session
from explorer.session.snapshot import Snapshot
from explorer.session.training_choice import (
    DATA,
    FORMATS,
    LOADED,
    OPTIMIZERS,
    SCALE_RANGE,
    TrainingChoice,
)
from explorer.session.training_presets import TRAINING_PRESETS, preset_of
from explorer.session.training_runner import TrainingRunner
from explorer.session.training_words import DATA_TITLES, OPTIMIZER_TITLES, compared_choices
from explorer.window.number_row import NumberRow
from explorer.window.widgets import Choice, NumberField

_RATES = LogAxis(0.0001, 100.0)  # rates beyond it can be typed
_NONE = "—"


class TidyField(NumberField):
    """A number typed; a whole one reads without decimals."""

    def show_text(self, text: str) -> None:
        super().show_text(text.removesuffix(".00"))


class Amount(NumberRow):
    """The rate, or the scale of the first weights."""

    field_type = TidyField

    def __init__(
        self, session: Session, runner: TrainingRunner, field: str, name: str, axis: LogAxis, parent: QWidget
    ) -> None:
        super().__init__(session, name, axis, parent)
        self.runner, self.of, self.full_name = runner, field, name

    def value(self) -> float:
        return float(self.runner.choice.now("rate") if self.of == "rate" else self.session.intent.training.scale)

    def show_choice(self) -> None:
        """Show the present value; one beyond the slider stands at its end."""
        value, axis = self.value(), self.slider.axis
        self.slider.show_number(min(max(value, axis.value(0.0)), axis.value(1.0)))
        self.field.show_number(value)

    def _edit(self, value: float, gesture: int | None) -> None:
        self._set(float(f"{value:.4g}"), gesture)

    def _type(self, value: float) -> None:
        self._set(value, None)
        self.show_choice()

    def _set(self, value: float, gesture: int | None) -> None:
        if self.of == "rate":
            self.runner.change("rate", value, gesture)
        else:
            self.runner.set("Change the scale of the first weights", gesture, scale=value)

    def _reset(self) -> None:
        origin = self.session.origin.training
        self._edit(origin.rate if self.of == "rate" else origin.scale, None)


class Count(QWidget):
    """Name and typed value of a whole number."""

    def __init__(self, session: Session, runner: TrainingRunner, field: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.session, self.runner, self.of = session, runner, field
        self.name = ElidedLabel(self)
        self.name.setText(name)
        self.field = TidyField(f"{name} of the training", self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.name)
        self._row.addWidget(self.field, 1)
        self.field.entered.connect(self._type)
        self.field.refused.connect(session.refused)
        self.field.stepped.connect(self._step)

    def show_choice(self, choice: TrainingChoice) -> None:
        """Show the number."""
        self.field.show_number(float(getattr(choice, self.of)))

    def apply_look(self, look: Look) -> None:
        """Take over colours and sizes."""
        self._row.setSpacing(look.px(4))
        self.name.apply(look.font(12), look.colour("text"))
        self.field.apply_look(look)
        self.name.setMinimumWidth(self.name.sizeHint().width())
        self.field.setMinimumWidth(look.px(40))

    def _type(self, value: float) -> None:
        if value.is_integer():
            self.runner.set(f"Type the {self.of} of training", **{self.of: int(value)})
        else:
            self.session.refused.emit(f"{exact(value)} is no whole number; type one for the {self.of} of training.")
        self.show_choice(self.session.intent.training)

    def _step(self, direction: int, event: QKeyEvent) -> None:
        here = getattr(self.session.intent.training, self.of)
        move = max(round(factor(event)), 1) * direction
        self.runner.set(f"Step the {self.of} of training", **{self.of: max(here + move, 0)})


class TrainingControls(QWidget):
    """The column: preset, data, layer and loss, descent."""

    def __init__(self, session: Session, runner: TrainingRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.runner = session, runner
        self.setAccessibleName("Settings of the training")
        self.look: Look | None = None
        runner.followed.connect(self._count_samples)
        self._headings: list[ElidedLabel] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.preset = self._choice("Preset", [(_NONE, "a run of your own"), *_presets()], "preset: ")
        self._heading("DATA")
        self.data = self._choice("Data set", [(name, DATA_TITLES[name]) for name in DATA])
        self.points = Count(session, runner, "points", "points", self)
        self.seed = Count(session, runner, "seed", "seed", self)
        pair = QWidget(self)
        self._pair = QHBoxLayout(pair)
        self._pair.setContentsMargins(0, 0, 0, 0)
        self._pair.addWidget(self.points, 1)
        self._pair.addWidget(self.seed, 1)
        self._column.addWidget(pair)
        self._heading("LAYER AND LOSS")
        self.scale = Amount(session, runner, "scale", "first weights ×", LogAxis(*SCALE_RANGE), self)
        self._column.addWidget(self.scale)
        self.loss = self._choice("Loss to train with", [(name, loss.title) for name, loss in LOSSES.items()])
        self.compared = self._choice("Second run from the same start, dashed", compared_choices(), "second: ")
        self._heading("DESCENT")
        self.optimizer = self._choice("Optimizer", [(name, OPTIMIZER_TITLES[name]) for name in OPTIMIZERS])
        self.rate = Amount(session, runner, "rate", "rate", _RATES, self)
        self._column.addWidget(self.rate)
        self.format = self._choice("Number format to train in", [(name, name) for name in FORMATS], "computed in ")
        self.batch = Count(session, runner, "batch", "batch (0: all)", self)
        self._column.addWidget(self.batch)
        self._column.addStretch(1)
        for name in ("preset", "data", "loss", "compared", "optimizer", "format"):
            getattr(self, name).picked.connect(getattr(self, f"_choose_{name}"))
            getattr(self, name).reset_asked.connect(getattr(self, f"_reset_{name}"))

    def _heading(self, text: str) -> None:
        label = ElidedLabel(self)
        label.setText(text)
        self._headings.append(label)
        self._column.addWidget(label)

    def _choice(self, name: str, choices: list[tuple[str, str]], prefix: str = "") -> Choice:
        made = Choice(name, tuple(choices), self)
        made.prefix = prefix
        made.setToolTip(name)
        self._column.addWidget(made)
        return made

    @property
    def last(self) -> QWidget:
        """The last control that Tab reaches."""
        return self.batch.field

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the choice; does not write back."""
        choice = snapshot.intent.training
        preset = preset_of(choice)
        self.preset.show_value(_NONE if preset is None else preset.name)
        self._name_samples(snapshot)
        self.data.show_value(choice.data)
        made = choice.data != LOADED
        self.points.setEnabled(made)
        self.loss.show_value(choice.loss)
        self.compared.show_value(choice.compared or "none")
        self.optimizer.show_value(choice.optimizer)
        self.format.show_value(str(self.runner.choice.now("format")))
        for amount in (self.scale, self.rate):
            amount.show_choice()
        for count in (self.points, self.seed, self.batch):
            count.show_choice(choice)
        self._count_samples()

    def _count_samples(self) -> None:
        """Show how many samples were loaded, where they were."""
        if self.session.intent.training.data == LOADED and self.runner.runs:
            self.points.field.show_number(float(len(self.runner.runs[0].data.y)))

    def _name_samples(self, snapshot: Snapshot) -> None:
        """Offer the samples of the page A batch beside the data made here."""
        choice, layer = snapshot.intent.training, snapshot.intent.layer
        self._samples = (
            (choice.samples, choice.labelling) if choice.data == LOADED else (layer.samples, layer.labelling)
        )
        title = f"samples: {PRESETS.get(self._samples[0], self._samples[0])}"
        index = self.data.findData(LOADED)
        if index < 0:
            self.data.addItem(title, LOADED)
        elif self.data.itemText(index) != title:
            self.data.setItemText(index, title)

    def apply_look(self, look: Look) -> None:
        """Take over colours, fonts and scale."""
        self.look = look
        self._column.setSpacing(look.px(5))
        self._pair.setSpacing(look.px(8))
        for label in self._headings:
            label.apply(look.font(10.5), look.colour("muted"))
        for choice in (self.preset, self.data, self.loss, self.compared, self.optimizer, self.format):
            choice.apply_look(look)
        for part in (self.points, self.seed, self.batch, self.scale, self.rate):
            part.apply_look(look)

    def fit_width(self, width: int) -> None:
        """Share the column's width."""
        for amount in (self.scale, self.rate):
            amount.fit_width(width)

    # -- choosing

    def _choose_preset(self, name: str) -> None:
        found = next((preset for preset in TRAINING_PRESETS if preset.name == name), None)
        if found is None:
            self.show_snapshot(self.session.snapshot)
            return
        self.runner.pause()
        self.session.apply(
            f"Training: {found.title}", lambda intent: intent.with_changes(training=found.for_watching(intent.training))
        )

    def _choose_data(self, value: str) -> None:
        if value == LOADED:
            samples, labelling = self._samples
            self.runner.set("Choose the data set", data=value, samples=samples, labelling=labelling)
        else:
            self.runner.set("Choose the data set", data=value)

    def _choose_loss(self, value: str) -> None:
        self.runner.set("Choose the loss to train with", loss=value)

    def _choose_compared(self, value: str) -> None:
        self.runner.set("Choose the second run", compared=None if value == "none" else value)

    def _choose_optimizer(self, value: str) -> None:
        self.runner.set("Choose the optimizer", optimizer=value)

    def _choose_format(self, value: str) -> None:
        self.runner.change("format", value)

    def _reset_preset(self) -> None:
        self._choose_preset(_NONE)

    def _reset_data(self) -> None:
        self._choose_data(self.session.origin.training.data)

    def _reset_loss(self) -> None:
        self._choose_loss(self.session.origin.training.loss)

    def _reset_compared(self) -> None:
        self._choose_compared(self.session.origin.training.compared or "none")

    def _reset_optimizer(self) -> None:
        self._choose_optimizer(self.session.origin.training.optimizer)

    def _reset_format(self) -> None:
        self._choose_format(self.session.origin.training.format)


def _presets() -> list[tuple[str, str]]:
    return [(preset.name, preset.title) for preset in TRAINING_PRESETS]
