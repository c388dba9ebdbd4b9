"""Controls: a row per class, spread, shift, losses, classes, presets. They show the state and ask for changes."""

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)

from explorer.model import LOSSES
from explorer.model.notation import number
from explorer.panels.look import Look
from explorer.panels.stepping import factor
from explorer.panels.widgets import ElidedLabel
from explorer.session.axes import Axis, LogAxis, SymmetricAxis
from explorer.session.intake import MAX_CLASSES
from explorer.session.intent import SHIFT_RANGE, SLIDER_LIMIT, SPREAD_RANGE, Intent
from explorer.session.presets import PRESETS, preset_of
from explorer.session.session import Session
from explorer.session.snapshot import Snapshot
from explorer.window.column import Column
from explorer.window.number_row import NumberRow
from explorer.window.slider import Slider
from explorer.window.widgets import Button, Choice, NumberField, TargetMark, TextField

_HEADED = ({"spread", "shift"}, {"loss", "compared"}, {"presets"})  # the controls below each heading
_LOSS_CHOICES = tuple((name, loss.title) for name, loss in LOSSES.items())


class ClassRow(QWidget):
    """Colour, label, slider, typed value and target mark of one class."""

    def __init__(self, session: Session, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.index = session, index
        self.look: Look | None = None
        name = f"class {index + 1}"
        self.label = TextField(f"Name of {name}", self)
        self.slider = Slider(f"Logit of {name}", SymmetricAxis(SLIDER_LIMIT), session.new_gesture, self)
        self.field = NumberField(f"Logit of {name}, typed", self)
        self.mark = TargetMark(f"Make {name} the target", self)
        self._shown: object = None
        self._layout = QHBoxLayout(self)
        self._indent = QSpacerItem(14, 1)  # the coloured square is painted there
        self._layout.addItem(self._indent)
        self._layout.addWidget(self.label)
        self._layout.addWidget(self.slider, 1)
        self._layout.addWidget(self.field)
        self._layout.addWidget(self.mark)
        self.label.committed.connect(self._rename)
        self.slider.edited.connect(self._edit)
        self.slider.reset_asked.connect(self._reset)
        self.field.entered.connect(self._type)
        self.field.refused.connect(session.refused)
        self.field.stepped.connect(self._step)
        self.mark.clicked.connect(self._make_target)

    def show_intent(self, intent: Intent) -> None:
        """Show one class, if anything of it has changed."""
        shown = (intent.logits[self.index], intent.labels[self.index], intent.target == self.index)
        if shown == self._shown:
            return
        self._shown = shown
        self.label.show_text(intent.labels[self.index])
        self.slider.show_number(intent.logits[self.index])
        self.field.show_number(intent.logits[self.index])
        if intent.target == self.index:
            self.mark.setChecked(True)

    def apply_look(self, look: Look) -> None:
        """Take over colours and sizes."""
        self.look = look
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(look.px(3))
        self._indent.changeSize(look.px(13), 1, QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Minimum)
        self.label.apply_look(look)
        self.label.setTextMargins(0, 0, 0, 0)
        self.field.apply_look(look)
        self.slider.apply_look(look, look.class_colour(self.index))
        self.mark.apply_look(look)
        self._layout.invalidate()
        self.update()

    def fit_width(self, width: int) -> None:
        """Share the width between label, slider and number."""
        self.label.setFixedWidth(round(0.245 * width))
        self.field.setFixedWidth(round(0.235 * width))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.look is None:
            return
        painter = QPainter(self)
        size = self.look.px(9)
        painter.fillRect(0, (self.height() - size) // 2, size, size, self.look.class_colour(self.index))
        painter.end()

    def _edit(self, value: float, gesture: int) -> None:
        self.session.apply(f"Logit {self.index + 1}", lambda i: i.with_logit(self.index, value), gesture)

    def _type(self, value: float) -> None:
        self.session.apply(f"Type logit {self.index + 1}", lambda i: i.with_logit(self.index, value))
        self.field.show_number(self.session.intent.logits[self.index])

    def _step(self, direction: int, event: QKeyEvent) -> None:
        value = self.slider.axis.step(self.session.intent.logits[self.index], direction * factor(event))
        self._edit(value, self.session.new_gesture())

    def _reset(self) -> None:
        self.session.reset_logit(self.index)

    def _rename(self, text: str) -> None:
        self.session.apply("Rename a class", lambda i: i.with_label(self.index, text))
        self.label.show_text(self.session.intent.labels[self.index])

    def _make_target(self) -> None:
        self.session.set("Choose the target", target=self.index)


class FieldRow(NumberRow):
    """One number of the Intent, by the name of its field."""

    def __init__(self, session: Session, field: str, name: str, axis: Axis, parent: QWidget | None = None) -> None:
        super().__init__(session, name, axis, parent)
        self.of = field

    def value(self) -> float:
        return float(self.session.intent.value_of(self.of))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the number."""
        self.show_value(snapshot.intent.value_of(self.of))

    def _edit(self, value: float, gesture: int | None) -> None:
        self.session.apply(f"Change the {self.of}", lambda i: i.with_value(self.of, value), gesture)

    def _reset(self) -> None:
        self.session.reset_field(self.of)


class Controls(Column):
    """Logits and what acts on all of them, losses, presets."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.rows: list[ClassRow] = []
        self._targets = QButtonGroup(self)
        self._wanted: tuple[str, ...] | None = None
        self._build()
        self.loss.picked.connect(self._choose_loss)
        self.compared.picked.connect(self._choose_compared)
        self.loss.reset_asked.connect(self._reset_loss)
        self.compared.reset_asked.connect(self._reset_compared)
        self.presets.picked.connect(self._load_preset)
        self.fewer.clicked.connect(self._remove_class)
        self.more.clicked.connect(self._add_class)

    def _build(self) -> None:
        self._title = self._label("Logits")
        self._scroll = QScrollArea(self)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list = QWidget(self._scroll)
        self._rows_layout = QVBoxLayout(self._list)
        self._rows_layout.setContentsMargins(0, 0, 0, 0)
        self._scroll.setWidget(self._list)
        self.spread = FieldRow(self.session, "spread", "Spread ×t", LogAxis(*SPREAD_RANGE), self)
        self.shift = FieldRow(self.session, "shift", "Shift +c", SymmetricAxis(SHIFT_RANGE[1], 10.0, 1.0), self)
        self.temperature = self._label("")
        self.loss = Choice("Loss", _LOSS_CHOICES, self)
        self.compared = Choice("Loss to compare with", (("none", "nothing"), *_LOSS_CHOICES), self)
        self.compared.prefix, self.compared.short_prefix = "compare with: ", "vs. "
        presets = tuple((preset.name, preset.title) for preset in PRESETS)
        self.presets = Choice("Presets", (("", "choose a preset"), *presets), self)
        self.fewer = Button("−", "One class less", self)
        self.more = Button("+", "One class more", self)
        self.count = self._label("")
        self.count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        classes = QWidget(self)
        self._classes_box = classes
        self._classes = QHBoxLayout(classes)
        self._classes.addWidget(self.fewer)
        self._classes.addWidget(self.count, 1)
        self._classes.addWidget(self.more)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self._title)
        self._column.addWidget(self._scroll)
        self._column.addWidget(classes)
        self.groups: dict[str, tuple[QWidget, ...]] = {
            "logits": (self._title, self._scroll),
            "classes": (self._classes_box,),
            "spread": (self.spread, self.temperature),
            "shift": (self.shift,),
            "loss": (self.loss,),
            "compared": (self.compared,),
            "presets": (self.presets,),
        }
        self._headings: list[ElidedLabel] = []
        self._gaps: list[QSpacerItem] = []
        groups: tuple[tuple[str, tuple[QWidget, ...]], ...] = (
            ("ALL LOGITS AT ONCE", (self.spread, self.temperature, self.shift)),
            ("LOSS", (self.loss, self.compared)),
            ("START FROM", (self.presets,)),
        )
        for heading, group in groups:
            self._gaps.append(QSpacerItem(1, 6))
            self._column.addItem(self._gaps[-1])
            self._headings.append(self._label(heading))
            self._column.addWidget(self._headings[-1])
            for widget in group:
                self._column.addWidget(widget)
        self._column.addStretch(1)
        self._column.setStretchFactor(self._scroll, 1000)

    @property
    def last(self) -> QWidget:
        return self.presets

    def _label(self, text: str) -> ElidedLabel:
        label = ElidedLabel(self)
        label.setText(text)
        return label

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the state; never writes back."""
        intent = snapshot.intent
        if len(self.rows) < intent.n or self.rows[intent.n - 1].isHidden() or self._visible_rows() != intent.n:
            self._set_rows(intent.n)
        for row in self.rows[: intent.n]:
            row.show_intent(intent)
        self.rows[intent.target].mark.setChecked(True)  # a row hidden meanwhile may have lost it to another
        self.spread.show_snapshot(snapshot)
        self.shift.show_snapshot(snapshot)
        self.loss.show_value(intent.loss)
        self.compared.show_value(intent.compared or "none")
        self._set(self.temperature, f"temperature τ = 1/t = {number(1.0 / intent.spread)}")
        self._set(self.count, "1 class" if intent.n == 1 else f"{intent.n} classes")
        self.fewer.setEnabled(intent.n > 1)
        self.more.setEnabled(intent.n < MAX_CLASSES)
        preset = preset_of(intent)
        self.presets.show_value(preset.name if preset else "")

    @staticmethod
    def _set(label: ElidedLabel, text: str) -> None:
        if label.text() != text:
            label.setText(text)

    def _visible_rows(self) -> int:
        return sum(not row.isHidden() for row in self.rows)

    def _set_rows(self, n: int) -> None:
        """Make rows that are missing, hide those not needed."""
        while len(self.rows) < n:
            row = ClassRow(self.session, len(self.rows), self._list)
            self._targets.addButton(row.mark)
            self._rows_layout.addWidget(row)
            self.rows.append(row)
            if self.look is not None:
                row.apply_look(self.look)
                row.fit_width(self.width())
        for k, row in enumerate(self.rows):
            row.setVisible(k < n)
        self._fit_rows()
        self._order_tabs()

    def _order_tabs(self) -> None:
        chain: list[QWidget] = []
        for row in self.rows:
            chain += [row.label, row.slider, row.field, row.mark]
        chain += [self.fewer, self.more, self.spread.slider, self.spread.field, self.shift.slider, self.shift.field]
        chain += [self.loss, self.compared, self.presets]
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)

    def _fit_rows(self) -> None:
        """Give the rows the height there is: roomy if all fits, close together next, scrolled at last."""
        if self.look is None:
            return
        n, px = self._visible_rows(), self.look.px
        self._scroll.setMaximumHeight(n * px(30))
        # Headings are a luxury: with them the whole column is as high as the rows and 16 lines more.
        roomy = self.height() >= n * px(26) + px(400)
        for heading, of in zip(self._headings, _HEADED, strict=True):
            heading.setVisible(roomy and (self._wanted is None or not of.isdisjoint(self._wanted)))
        for gap in self._gaps:
            gap.changeSize(1, px(14 if roomy else 4))
        self._give_way(min(n, 5) * px(23))

    def _give_way(self, rows: int) -> None:
        """Give the rows the height they want at least; in a very low window what is needed least goes first."""
        least = (("spread", self.temperature), ("presets", self.presets), ("classes", self._classes_box))
        for name, widget in least:
            widget.setVisible(self._wanted is None or name in self._wanted)
        for _, widget in least:
            if self._spare() >= rows:
                break
            widget.hide()
        assert self.look is not None
        self._scroll.setMinimumHeight(max(min(rows, self._spare()), self.look.px(46)))

    def _spare(self) -> int:
        """Return the height that is left for the rows."""
        self._scroll.setMinimumHeight(1)
        self._column.invalidate()
        return self.height() - self._column.minimumSize().height()

    def fit_width(self, window_width: int) -> None:
        super().fit_width(window_width)
        for row in self.rows:
            row.fit_width(self.width())
        for field in (self.spread, self.shift):
            field.fit_width(self.width())

    def show_only(self, names: tuple[str, ...] | None) -> None:
        """Show only the controls of those names, None shows all; with none of them the column goes away."""
        if names == self._wanted:
            return
        self._wanted = names
        for name, widgets in self.groups.items():
            for widget in widgets:
                widget.setVisible(names is None or name in names)
        self.setVisible(names != ())
        self._fit_rows()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_rows()

    def apply_look(self, look: Look) -> None:
        """Take over colours, fonts and scale."""
        self.look = look
        self._column.setContentsMargins(look.px(12), look.px(6), look.px(12), look.px(8))
        self._column.setSpacing(look.px(3))
        self._classes.setContentsMargins(0, 0, 0, 0)
        for heading in self._headings:
            heading.apply(look.font(10.5), look.colour("muted"))
        self._title.apply(look.font(13, bold=True), look.colour("text"))
        self.temperature.apply(look.font(11), look.colour("muted"))
        self.count.apply(look.font(12), look.colour("text"))
        for row in self.rows:
            row.apply_look(look)
        for field in (self.spread, self.shift):
            field.apply_look(look)
        for choice in (self.loss, self.compared, self.presets):
            choice.apply_look(look)
        for button in (self.fewer, self.more):
            button.apply_look(look)
        self._rows_layout.setSpacing(0)
        palette = self._scroll.palette()
        palette.setColor(palette.ColorRole.Window, look.colour("card"))
        self._scroll.setPalette(palette)
        self._fit_rows()
        self.update()

    def _choose_loss(self, value: str) -> None:
        self.session.set("Choose the loss", loss=value)

    def _choose_compared(self, value: str) -> None:
        self.session.set("Choose the compared loss", compared=None if value == "none" else value)

    def _reset_loss(self) -> None:
        self.session.reset_field("loss")

    def _reset_compared(self) -> None:
        self.session.reset_field("compared")

    def _load_preset(self, name: str) -> None:
        for preset in PRESETS:
            if preset.name == name:
                now = self.session.intent
                intent = preset.intent.with_changes(view=now.view, layer=now.layer, training=now.training)
                self.session.load(f"Preset: {preset.title}", intent)

    def _remove_class(self) -> None:
        self.session.apply("Remove a class", lambda i: i.with_classes(i.n - 1))

    def _add_class(self) -> None:
        self.session.apply("Add a class", lambda i: i.with_classes(i.n + 1))
