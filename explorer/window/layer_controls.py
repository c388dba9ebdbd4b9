"""Controls of the Layer view: the one sample and its weights, or the batch; the training's own come from its part."""

from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from explorer.model.notation import subscript
from explorer.panels.look import Look
from explorer.panels.stepping import factor
from explorer.panels.widgets import ElidedLabel, Switch
from explorer.session.axes import LogAxis, SymmetricAxis
from explorer.session.intake import IntakeError
from explorer.session.layer_choice import MOST, SCALE_RANGE, LayerChoice
from explorer.session.layer_picks import weight_name
from explorer.session.layer_reading import drawn_weights, fits
from explorer.session.samples import PRESETS, Samples, about, known_names, samples_named
from explorer.session.session import Session
from explorer.session.snapshot import Snapshot
from explorer.window.column import Column
from explorer.window.controls import FieldRow
from explorer.window.slider import Slider
from explorer.window.training_controls import TrainingControls
from explorer.window.widgets import Button, Choice, NumberField

_AXIS = SymmetricAxis(50.0)
_LABELLINGS = (("auto", "labels: found by rule"), ("last", "labels: last column"), ("none", "no labels: all class 1"))


class FeatureRow(QWidget):
    """Name, slider and typed value of one feature."""

    def __init__(self, session: Session, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.index = session, index
        self.name = ElidedLabel(self)
        self.name.setText(f"x{subscript(index)}")
        self.slider = Slider(f"Feature {index + 1}", _AXIS, session.new_gesture, self)
        self.field = NumberField(f"Feature {index + 1}, typed", self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.name)
        self._row.addWidget(self.slider, 1)
        self._row.addWidget(self.field)
        self.slider.edited.connect(self._edit)
        self.slider.reset_asked.connect(self._reset)
        self.field.entered.connect(self._type)
        self.field.refused.connect(session.refused)
        self.field.stepped.connect(self._step)

    def show_choice(self, choice: LayerChoice) -> None:
        """Show the feature."""
        self.slider.show_number(choice.x[self.index])
        self.field.show_number(choice.x[self.index])

    def apply_look(self, look: Look) -> None:
        """Take over colours and sizes."""
        self._row.setSpacing(look.px(3))
        self.name.apply(look.font(12), look.colour("text"))
        self.name.setFixedWidth(look.px(26))
        self.slider.apply_look(look, look.colour("axis"))
        self.field.apply_look(look)
        self.field.setFixedWidth(look.px(66))

    def _edit(self, value: float, gesture: int | None) -> None:
        self.session.apply(
            f"Feature {self.index + 1}",
            lambda i: i.with_changes(layer=i.layer.with_feature(self.index, value)),
            gesture,
        )

    def _type(self, value: float) -> None:
        self._edit(value, None)
        self.field.show_number(self.session.intent.layer.x[self.index])

    def _step(self, direction: int, event: QKeyEvent) -> None:
        value = _AXIS.step(self.session.intent.layer.x[self.index], direction * factor(event))
        self._edit(value, self.session.new_gesture())

    def _reset(self) -> None:
        origin = self.session.origin.layer.x
        self._edit(origin[self.index] if self.index < len(origin) else 0.0, None)


class Counter(QWidget):
    """A number of things with a button less and a button more."""

    changed = Signal(int)

    def __init__(self, one: str, many: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = one, many
        self._shown = 0
        self.fewer, self.more = Button("−", f"One {one} less", self), Button("+", f"One {one} more", self)
        self._label = ElidedLabel(self)
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for widget, stretch in ((self.fewer, 0), (self._label, 1), (self.more, 0)):
            self._row.addWidget(widget, stretch)
        self.fewer.clicked.connect(self._less)
        self.more.clicked.connect(self._more)

    def show_number(self, number: int) -> None:
        """Show how many there are."""
        if number != self._shown:
            self._shown = number
            self._label.setText(f"{number} {self._names[0] if number == 1 else self._names[1]}")
            self.fewer.setEnabled(number > 1)
            self.more.setEnabled(number < MOST)

    def apply_look(self, look: Look) -> None:
        """Take over colours and sizes."""
        self._label.apply(look.font(12), look.colour("text"))
        self.fewer.apply_look(look)
        self.more.apply_look(look)

    def _less(self) -> None:
        self.changed.emit(self._shown - 1)

    def _more(self) -> None:
        self.changed.emit(self._shown + 1)


class Group(QWidget):
    """One page of the column: parts below each other, headings over some; what is not needed leaves its place free."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self._titles: list[ElidedLabel] = []
        self._headings: list[ElidedLabel] = []
        self._notes: list[ElidedLabel] = []

    def _label(self, text: str, kind: list[ElidedLabel]) -> ElidedLabel:
        label = ElidedLabel(self)
        label.setText(text)
        kind.append(label)
        self.column.addWidget(label)
        return label

    def title(self, text: str) -> ElidedLabel:
        """Add a title."""
        return self._label(text, self._titles)

    def heading(self, text: str) -> ElidedLabel:
        """Add a heading; it goes first where room is scarce."""
        return self._label(text, self._headings)

    def note(self, text: str = "") -> ElidedLabel:
        """Add a line of small text."""
        return self._label(text, self._notes)

    def apply_look(self, look: Look) -> None:
        """Take over colours, fonts and scale."""
        self.column.setSpacing(look.px(4))
        for label in self._titles:
            label.apply(look.font(13, bold=True), look.colour("text"))
        for label in self._headings:
            label.apply(look.font(10.5), look.colour("muted"))
        for label in self._notes:
            label.apply(look.font(11), look.colour("muted"))

    def set_note(self, label: ElidedLabel, text: str) -> None:
        """Show a text, whole in the tool tip."""
        if label.text() != text:
            label.setText(text)
            label.setToolTip(text)

    def show_headings(self, room: bool) -> None:
        """Show or hide the headings."""
        for label in self._headings:
            label.setVisible(room)


class SampleControls(Group):
    """x by slider and number, the weight at the cursor, their factor, classes and features."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(session, parent)
        self.rows: list[FeatureRow] = []
        self.weight_at = (0, 0)
        self.title("Sample x")
        self._scroll = QScrollArea(self)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list = QWidget(self._scroll)
        self._list_layout = QVBoxLayout(self._list)
        self._list_layout.setContentsMargins(0, 0, 0, 0)
        self._list_layout.setSpacing(0)
        self._scroll.setWidget(self._list)
        self.column.addWidget(self._scroll, 1000)
        self.features = Counter("feature", "features", self)
        self.column.addWidget(self.features)
        self.heading("WEIGHTS W")
        row = QWidget(self)
        self._weight_row = QHBoxLayout(row)
        self._weight_row.setContentsMargins(0, 0, 0, 0)
        self.weight_label = ElidedLabel(row)
        self.weight = NumberField("Weight at the cursor, typed", row)
        self._weight_row.addWidget(self.weight_label, 1)
        self._weight_row.addWidget(self.weight)
        self.column.addWidget(row)
        self.scale = FieldRow(session, "layer.scale", "Factor ×s", LogAxis(*SCALE_RANGE), self)
        self.column.addWidget(self.scale)
        self.classes = Counter("class", "classes", self)
        self.column.addWidget(self.classes)
        self.draw = Button("Draw other weights", "Draw other weights at random", self)
        self.column.addWidget(self.draw)
        self.features.changed.connect(self._set_features)
        self.classes.changed.connect(self._set_classes)
        self.draw.clicked.connect(self._draw)
        self.column.addStretch(1)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the sample and its weights."""
        choice = snapshot.intent.layer
        if sum(not row.isHidden() for row in self.rows) != choice.N:
            self._set_rows(choice.N)
        for row in self.rows[: choice.N]:
            row.show_choice(choice)
        self.features.show_number(choice.N)
        self.classes.show_number(choice.T)
        self.scale.show_snapshot(snapshot)
        i, j = self.weight_at = min(self.weight_at[0], choice.T - 1), min(self.weight_at[1], choice.N - 1)
        self.set_note(self.weight_label, f"{weight_name(i, j)}, typed:")
        self.weight.show_number(choice.scale * choice.weights[i][j])

    def _set_rows(self, n: int) -> None:
        while len(self.rows) < n:
            row = FeatureRow(self.session, len(self.rows), self._list)
            self._list_layout.addWidget(row)
            self.rows.append(row)
            if (look := self._look) is not None:
                row.apply_look(look)
        for k, row in enumerate(self.rows):
            row.setVisible(k < n)
        self.fit()
        for before, after in pairwise(self.tab_chain()):
            QWidget.setTabOrder(before, after)

    _look: Look | None = None

    def fit(self) -> None:
        """Give the rows the height there is, headings only where room is left."""
        if self._look is None:
            return
        n, px = sum(not row.isHidden() for row in self.rows), self._look.px
        self._scroll.setMaximumHeight(n * px(28))
        self._scroll.setMinimumHeight(min(n, 4) * px(23))
        self.show_headings(self.height() > n * px(26) + px(210))

    def apply_look(self, look: Look) -> None:
        super().apply_look(look)
        self._look = look
        for row in self.rows:
            row.apply_look(look)
        self.weight_label.apply(look.font(12), look.colour("text"))
        self.weight.apply_look(look)
        self.weight.setFixedWidth(look.px(66))
        self.scale.apply_look(look)
        for part in (self.features, self.classes, self.draw):
            part.apply_look(look)
        palette = self._scroll.palette()
        palette.setColor(palette.ColorRole.Window, look.colour("card"))
        self._scroll.setPalette(palette)
        self.fit()

    def fit_width(self, width: int) -> None:
        """Share the width out."""
        self.scale.fit_width(width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def tab_chain(self) -> list[QWidget]:
        """Return what Tab reaches, in order."""
        chain: list[QWidget] = []
        for row in self.rows:
            chain += [row.slider, row.field]
        chain += [self.features.fewer, self.features.more, self.weight, self.scale.slider, self.scale.field]
        return [*chain, self.classes.fewer, self.classes.more, self.draw]

    def _set_features(self, n: int) -> None:
        self.session.apply("Number of features", lambda i: i.with_changes(layer=i.layer.with_shape(i.layer.T, n)))

    def _set_classes(self, n: int) -> None:
        self.session.apply("Number of classes", lambda i: i.with_changes(layer=i.layer.with_shape(n, i.layer.N)))

    def _draw(self) -> None:
        choice = self.session.intent.layer
        rows = drawn_weights(choice.T, choice.N, choice.seed + 1).round(2).tolist()
        weights = tuple(tuple(row) for row in rows)
        self.session.choose("layer", "Draw other weights", weights=weights, seed=choice.seed + 1)


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


class LayerControls(Column):
    """One group at a time: that of the page shown."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.sample, self.batch = SampleControls(session, self), BatchControls(session, self)
        self.pages: dict[str, QWidget] = {"sample": self.sample, "batch": self.batch}
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.sample)
        self._column.addWidget(self.batch)
        for before, after in pairwise([*self.sample.tab_chain(), *self.batch.tab_chain()]):
            QWidget.setTabOrder(before, after)

    def add_training(self, widget: TrainingControls) -> None:
        """Add the settings of the training; its part shows them the state."""
        self.pages["training"] = self._training = widget
        self._column.addWidget(widget)

    _training: TrainingControls | None = None

    @property
    def last(self) -> QWidget:
        return self.batch.take if self._training is None else self._training.last

    def show_snapshot(self, snapshot: Snapshot) -> None:
        page = snapshot.intent.layer.page
        for name, widget in self.pages.items():
            widget.setVisible(name == page)
        if page == "sample":
            self.sample.show_snapshot(snapshot)
        elif page == "batch":
            self.batch.show_snapshot(snapshot)

    def apply_look(self, look: Look) -> None:
        self.look = look
        self._column.setContentsMargins(look.px(12), look.px(6), look.px(12), look.px(8))
        self.sample.apply_look(look)
        self.batch.apply_look(look)
        self.update()

    def fit_width(self, window_width: int) -> None:
        super().fit_width(window_width)
        self.sample.fit_width(self.width())
        self.batch.fit_width(self.width())
        if self._training is not None:
            self._training.fit_width(self.width() - 2 * self.look.px(12))  # type: ignore[union-attr]
