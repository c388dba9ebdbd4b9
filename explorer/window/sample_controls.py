"""Controls of one sample: x by slider and number, the weights, the layer's shape."""

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from explorer.model.notation import subscript
from explorer.panels.look import Look
from explorer.panels.widgets import ElidedLabel
from explorer.session.axes import LogAxis, SymmetricAxis
from explorer.session.layer_choice import SCALE_RANGE, LayerChoice
from explorer.session.layer_reading import drawn_weights
from explorer.session.layer_words import weight_name
from explorer.session.session import Session
from explorer.session.snapshot import Snapshot
from explorer.window.control_group import Counter, Group
from explorer.window.controls import FieldRow
from explorer.window.number_row import NumberRow
from explorer.window.widgets import Button, NumberField

_AXIS = SymmetricAxis(50.0)


class FeatureRow(NumberRow):
    """One feature of the sample."""

    def __init__(self, session: Session, index: int, parent: QWidget | None = None) -> None:
        super().__init__(session, f"x{subscript(index)}", _AXIS, parent, spoken=f"Feature {index + 1}")
        self.index = index

    def value(self) -> float:
        return self.session.intent.layer.x[self.index]

    def show_choice(self, choice: LayerChoice) -> None:
        """Show the feature."""
        self.show_value(choice.x[self.index])

    def apply_look(self, look: Look) -> None:
        super().apply_look(look)
        self.name.setFixedWidth(look.px(26))
        self.field.setFixedWidth(look.px(66))

    def _edit(self, value: float, gesture: int | None) -> None:
        self.session.apply(
            f"Feature {self.index + 1}",
            lambda i: i.with_changes(layer=i.layer.with_feature(self.index, value)),
            gesture,
        )

    def _reset(self) -> None:
        origin = self.session.origin.layer.x
        self._edit(origin[self.index] if self.index < len(origin) else 0.0, None)


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
