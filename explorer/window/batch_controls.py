"""Controls of a batch: its samples, what their labels are, reduction and weights."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.panels.look import Look
from explorer.panels.widgets import Switch
from explorer.session.axes import LogAxis
from explorer.session.intake import IntakeError
from explorer.session.layer_choice import MOST, SCALE_RANGE, LayerChoice
from explorer.session.layer_reading import drawn_weights, fits
from explorer.session.samples import PRESETS, Samples, about, known_names, samples_named
from explorer.session.session import Session
from explorer.session.snapshot import Snapshot
from explorer.window.control_group import Group
from explorer.window.controls import FieldRow
from explorer.window.widgets import Button, Choice

_LABELLINGS = (("auto", "labels: found by rule"), ("last", "labels: last column"), ("none", "no labels: all class 1"))


class BatchControls(Group):
    """The samples, what their labels are, reduction, weights."""

    open_asked = Signal()
    paste_asked = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(session, parent)
        self.title("Samples")
        self.samples = Choice("Samples", (), self)
        self.column.addWidget(self.samples)
        self._about = self.note()
        self._shape = self.note()
        self.labelling = Choice("Labels", _LABELLINGS, self)
        self.column.addWidget(self.labelling)
        row = QWidget(self)
        self._buttons = QHBoxLayout(row)
        self._buttons.setContentsMargins(0, 0, 0, 0)
        self.open = Button("Open…", "Open a file of samples (Ctrl+O)", row)
        self.paste = Button("Paste", "Paste samples (Ctrl+V)", row)
        for button in (self.open, self.paste):
            self._buttons.addWidget(button, 1)
        self.column.addWidget(row)
        self.heading("REDUCTION OVER THE BATCH")
        self.reduction = Switch("Reduction", (("mean", "mean"), ("sum", "sum")), self)
        self.column.addWidget(self.reduction)
        self._factor = self.note()
        self.heading("WEIGHTS W")
        self._weights = self.note()
        self.draw = Button("Draw other weights", "Draw other weights at random", self)
        self.column.addWidget(self.draw)
        self.scale = FieldRow(session, "layer.scale", "Factor ×s", LogAxis(*SCALE_RANGE), self)
        self.column.addWidget(self.scale)
        self.heading("CHOSEN SAMPLE")
        self.take = Button("Show as one sample", "Take the chosen sample to the page One sample", self)
        self.column.addWidget(self.take)
        self.column.addStretch(1)
        self._names: tuple[str, ...] = ()
        self.samples.picked.connect(self._choose_samples)
        self.samples.reset_asked.connect(self._reset_samples)
        self.labelling.picked.connect(self._choose_labelling)
        self.labelling.reset_asked.connect(self._reset_labelling)
        self.open.clicked.connect(self.open_asked)
        self.paste.clicked.connect(self.paste_asked)
        self.reduction.chosen.connect(self._choose_reduction)
        self.draw.clicked.connect(self._draw)
        self.take.clicked.connect(self._take)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the batch."""
        choice, samples = snapshot.intent.layer, snapshot.samples
        names = known_names()
        if choice.samples not in names:
            names = (*names, choice.samples)
        if names != self._names:
            self._names = names
            self.samples.clear()
            for name in names:
                self.samples.addItem(PRESETS.get(name, name), name)
        self.samples.show_value(choice.samples)
        self.labelling.show_value(choice.labelling)
        self.reduction.show_value(choice.reduction)
        self.scale.show_snapshot(snapshot)
        if samples is None:
            self.set_note(self._about, "not loaded here: open the file")
            self.set_note(self._shape, "")
            self.set_note(self._weights, "")
            self.set_note(self._factor, "")
            self.take.setEnabled(False)
            return
        first, _, rest = about(samples).partition(": ")[2].partition(", ")
        self.set_note(self._about, first)
        self.set_note(self._shape, rest)
        mine = fits(choice, samples)
        self.set_note(self._weights, "as on the page One sample" if mine else f"drawn with seed {choice.seed}")
        mean = "the sum times 1/m" if choice.reduction == "mean" else "no factor 1/m"
        self.set_note(self._factor, f"m = {samples.m}: {mean}")
        self.take.setEnabled(samples.N <= MOST and samples.T <= MOST)

    def apply_look(self, look: Look) -> None:
        super().apply_look(look)
        self._buttons.setSpacing(look.px(4))
        parts = (self.samples, self.labelling, self.open, self.paste, self.reduction, self.draw, self.scale, self.take)
        for part in parts:
            part.apply_look(look)
        self._look = look

    _look: Look | None = None

    def fit_width(self, width: int) -> None:
        """Share the width out."""
        self.scale.fit_width(width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._look is not None:
            self.show_headings(self.height() > self._look.px(360))

    def tab_chain(self) -> list[QWidget]:
        """Return what Tab reaches, in order."""
        reduction = self.reduction.segments.values()
        chain = [self.samples, self.labelling, self.open, self.paste, *reduction, self.draw]
        return [*chain, self.scale.slider, self.scale.field, self.take]

    def _choose_samples(self, name: str) -> None:
        self.session.choose("layer", "Choose the samples", samples=name, labelling="auto", sample=None)

    def _reset_samples(self) -> None:
        self._choose_samples(self.session.origin.layer.samples)

    def _choose_labelling(self, labelling: str) -> None:
        name = self.session.intent.layer.samples
        try:
            samples_named(name, labelling)
        except IntakeError as error:
            self.session.refused.emit(str(error))
            self.labelling.show_value(self.session.intent.layer.labelling)
            return
        self.session.choose("layer", "Choose the labels", labelling=labelling, sample=None)

    def _reset_labelling(self) -> None:
        self._choose_labelling("auto")

    def _choose_reduction(self, reduction: str) -> None:
        self.session.choose("layer", "Choose the reduction", reduction=reduction)

    def _draw(self) -> None:
        choice, samples = self.session.intent.layer, self.session.snapshot.samples
        if samples is not None and fits(choice, samples):
            rows = drawn_weights(choice.T, choice.N, choice.seed + 1).round(2).tolist()
            weights = tuple(tuple(row) for row in rows)
            self.session.choose("layer", "Draw other weights", weights=weights, seed=choice.seed + 1)
        else:
            self.session.choose("layer", "Draw other weights", seed=choice.seed + 1)

    def _take(self) -> None:
        samples = self.session.snapshot.samples
        if samples is not None:
            row = min(self.session.snapshot.sample or 0, samples.m - 1)
            self.session.apply("Show as one sample", lambda i: i.with_changes(layer=_taken(i.layer, samples, row)))


def _taken(choice: LayerChoice, samples: Samples, row: int) -> LayerChoice:
    """Return the layer at a sample of the batch, with the batch's weights."""
    x, target = samples.row(row), int(samples.labels[row])
    if fits(choice, samples):
        return replace(choice, page="sample", x=x, target=target)
    weights = tuple(tuple(r) for r in drawn_weights(samples.T, samples.N, choice.seed).tolist())
    return replace(choice, page="sample", weights=weights, x=x, target=target, picked=None)
