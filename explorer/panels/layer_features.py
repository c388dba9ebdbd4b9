"""Sample: the features x of the layer's one sample as bars on an axis that is finer around 0; bars are dragged."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from explorer.model.notation import number, subscript
from explorer.panels.canvas import AXIS_WIDTH
from explorer.panels.layer_panel import LayerPanel
from explorer.panels.ticks import plain
from explorer.session.axes import SymmetricAxis
from explorer.session.layer_picks import Feature, LayerPick
from explorer.session.session import Session

FEATURE_AXIS = SymmetricAxis(50.0)
_EDGE = 0.05
_TICKS = (-50.0, -10.0, -3.0, -1.0, 0.0, 1.0, 3.0, 10.0, 50.0)


class FeaturesPanel(LayerPanel):
    """Bars of x; the arrow keys choose one and step it."""

    title = "Sample x"
    axes = ("left",)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.set_subtitle("features, drag the bars")
        self._cursor = 0
        self._gesture: int | None = None
        canvas = self.canvas
        canvas.pressed.connect(self._press)
        canvas.dragged.connect(self._drag)
        canvas.released.connect(self._release)
        canvas.stepped.connect(self._step)
        canvas.key.connect(self._key)

    def restyle(self) -> None:
        super().restyle()
        assert self.look is not None
        self.canvas.style_axis("left", self.look, AXIS_WIDTH - 16)
        self.canvas.set_range((0.0, 1.0), (0.0, 1.0))
        self.update_layout()

    def update_layout(self) -> None:
        few = self.canvas.plot_size[1] < 9.0 * self.ink.height
        values = _TICKS[::2] if few else _TICKS
        self.canvas.set_ticks("left", [(_height(value), plain(value)) for value in values])
        self.canvas.stale_backdrop()

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        assert self.look is not None
        choice = self.snapshot.intent.layer
        for value in _TICKS:
            colour = self.look.colour("axis") if value == 0.0 else self.line
            painter.fillRect(QRectF(0.0, round(h - _height(value) * h), w, 1.0), colour)
        slot, zero = w / choice.N, h - _height(0.0) * h
        for j, value in enumerate(choice.x):
            top = h - _height(value) * h
            bar = QRectF(j * slot + 0.18 * slot, min(top, zero), 0.64 * slot, max(abs(top - zero), 1.0))
            painter.fillRect(bar, self.look.diverging[448 if value >= 0.0 else 64])
            painter.setFont(self.ink.font)
            painter.setPen(self.text)
            text = self.ink.first_that_fits(slot - 2.0, number(value), number(value, None, 2))
            y = top - 0.7 * self.ink.height if value >= 0.0 else top + 0.7 * self.ink.height
            self.ink.centre(
                painter, (j + 0.5) * slot, min(max(y, 0.5 * self.ink.height), h - 0.5 * self.ink.height), text
            )
            painter.setPen(self.muted)
            below = value >= 0.0  # the name stands on the other side of 0
            name, y = f"x{subscript(j)}", zero + (0.7 if below else -0.7) * self.ink.height
            if self.ink.width(name) < slot:
                self.ink.centre(painter, (j + 0.5) * slot, y, name)

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        n, lit = self.snapshot.intent.layer.N, self.lights.j
        slot = w / n
        if lit is not None and lit < n:
            painter.setPen(self.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(round(lit * slot) + 1, 1.0, round(slot) - 2, h - 2.0))

    def pick_at(self, place: QPointF) -> LayerPick | None:
        j = self._index_at(place)
        return None if j is None else Feature(j)

    def cursor_pick(self) -> LayerPick | None:
        self._cursor = min(self._cursor, self.snapshot.intent.layer.N - 1)
        return Feature(self._cursor)

    def _index_at(self, place: QPointF) -> int | None:
        w, h = self.canvas.plot_size
        n = self.snapshot.intent.layer.N
        return int(place.x() / w * n) if 0.0 <= place.x() < w and 0.0 <= place.y() <= h else None

    def _press(self, place: QPointF) -> None:
        j = self._index_at(place)
        if j is not None:
            self._cursor, self._gesture = j, self.session.new_gesture()

    def _drag(self, place: QPointF) -> None:
        if self._gesture is None:
            return
        h = self.canvas.plot_size[1]
        share = min(max((1.0 - place.y() / h - _EDGE) / (1.0 - 2.0 * _EDGE), 0.0), 1.0)
        pixel = FEATURE_AXIS.value(min(share + 1.0 / h, 1.0)) - FEATURE_AXIS.value(max(share - 1.0 / h, 0.0))
        decimals = 2 if pixel < 0.2 else 1 if pixel < 2.0 else 0
        self._set(round(FEATURE_AXIS.value(share), decimals) + 0.0, self._gesture)

    def _set(self, value: float, gesture: int) -> None:
        j = self._cursor
        layer = self.session.intent.layer.with_feature(j, value)
        self.session.set(f"Feature {j + 1}", gesture, layer=layer)
        self.point_at(Feature(j))

    def _release(self, _: QPointF) -> None:
        self._gesture = None

    def _step(self, columns: int, rows: int, event: QKeyEvent) -> None:
        choice = self.session.intent.layer
        self._cursor = min(max(self._cursor + columns, 0), choice.N - 1)
        if rows:
            value = self.stepping.next_value(choice.x[self._cursor], -rows * 0.1, event)
            self._set(value, self.stepping.gesture)
        self.point_at(Feature(self._cursor))

    def _key(self, key: int) -> None:
        if key == Qt.Key.Key_Home:
            origin = self.session.origin.layer.x
            self._set(origin[self._cursor] if self._cursor < len(origin) else 0.0, self.session.new_gesture())

    def description(self) -> str:
        return "Sample: " + ", ".join(f"x{j + 1} {number(v)}" for j, v in enumerate(self.snapshot.intent.layer.x)) + "."


def _height(value: float) -> float:
    """Return the height of a value as a share of the picture; the ends keep room for their ticks."""
    return _EDGE + (1.0 - 2.0 * _EDGE) * min(max(FEATURE_AXIS.place(value), 0.0), 1.0)
