"""Canvas: a pyqtgraph plot without its own mouse, made to be updated in place; Layer: a plot item painted in pixels."""

from collections.abc import Callable
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from explorer.panels.look import Look
from explorer.panels.ticks import Tick

AXIS_WIDTH = 52  # holds 1e−1000


class Layer(pg.GraphicsObject):  # type: ignore[misc]
    """A plot item as large as the view box, painted in its pixels by the given function."""

    def __init__(self, box: pg.ViewBox, draw: Callable[[QPainter, float, float], None]) -> None:
        super().__init__()
        self._box, self._draw = box, draw
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemClipsToShape, False)
        self.setParentItem(box)
        self._rect = QRectF(0.0, 0.0, 1.0, 1.0)
        box.sigResized.connect(self._resize)

    def _resize(self) -> None:
        self.prepareGeometryChange()
        self._rect = QRectF(0.0, 0.0, self._box.width(), self._box.height())

    def boundingRect(self) -> QRectF:
        return self._rect

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        self._draw(painter, self._rect.width(), self._rect.height())


class QuietAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis of labels only: no line, no ticks (pyqtgraph draws a dot for a tick of length 0)."""

    def generateDrawSpecs(self, p: QPainter) -> Any:
        specs = super().generateDrawSpecs(p)
        return specs and (specs[0], [], specs[2])


class Canvas(pg.PlotWidget):  # type: ignore[misc]
    """A plot with fixed ranges. What the pointer and the keys do goes out as signals, in pixels of the view box."""

    pressed = Signal(QPointF)
    dragged = Signal(QPointF)
    released = Signal(QPointF)
    hovered = Signal(QPointF)
    left = Signal()
    focused = Signal(bool)
    stepped = Signal(int, int, object)  # columns, rows, and the key event they come from
    key = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        axes = {side: QuietAxis(side) for side in ("left", "bottom")}
        super().__init__(parent, enableMenu=False, axisItems=axes)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setFrameShape(pg.PlotWidget.Shape.NoFrame)
        self.plot_item = self.getPlotItem()
        self.plot_item.hideButtons()
        self.box = self.plot_item.getViewBox()
        self.box.setMouseEnabled(False, False)
        self.box.disableAutoRange()
        self.box.setBorder(None)
        self.plot_item.setContentsMargins(0, 0, 0, 0)
        self._ticks: dict[str, list[Tick]] = {}
        self._dragging = False

    def set_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Fix the visible ranges."""
        self.box.setRange(xRange=x, yRange=y, padding=0.0, update=True, disableAutoRange=True)

    def set_ticks(self, side: str, ticks: list[Tick]) -> None:
        """Set the ticks of an axis; nothing is redrawn if they are what they were."""
        if self._ticks.get(side) != ticks:
            self._ticks[side] = list(ticks)
            self.plot_item.getAxis(side).setTicks([ticks])

    def style_axis(self, side: str, look: Look, size: int) -> None:
        """Give an axis the quiet look: text only, a fixed width or height (for scale 1)."""
        axis = self.plot_item.getAxis(side)
        self.plot_item.showAxis(side)
        axis.setStyle(tickLength=0, tickFont=look.font(11), tickTextOffset=look.px(5), hideOverlappingLabels=False)
        axis.setPen(pg.mkPen(None))
        axis.setTextPen(look.colour("muted"))
        if side in ("left", "right"):
            axis.setWidth(look.px(size))
        else:
            axis.setHeight(look.px(size))

    def apply_look(self, look: Look) -> None:
        """Take over the ground colour."""
        self.setBackground(look.colours.card)

    def local(self, event: QMouseEvent) -> QPointF:
        """Return the pointer's place in pixels of the view box."""
        corner: QPointF = self.box.mapToScene(QPointF(0.0, 0.0))
        return event.position() - corner

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragging = True
            self.pressed.emit(self.local(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        (self.dragged if self._dragging else self.hovered).emit(self.local(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._dragging:
            self._dragging = False
            self.released.emit(self.local(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def wheelEvent(self, event: object) -> None:
        """Leave the wheel to the window: pictures have fixed ranges."""
        event.ignore()  # type: ignore[attr-defined]

    def leaveEvent(self, event: object) -> None:
        self.left.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.focused.emit(True)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.focused.emit(False)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        move = _ARROWS.get(event.key())
        if move is not None:
            self.stepped.emit(*move, event)
        elif event.key() in _KEYS:
            self.key.emit(event.key())
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        event.ignore()


_ARROWS = {
    int(Qt.Key.Key_Left): (-1, 0),
    int(Qt.Key.Key_Right): (1, 0),
    int(Qt.Key.Key_Up): (0, -1),
    int(Qt.Key.Key_Down): (0, 1),
}
_KEYS = (int(Qt.Key.Key_Home), int(Qt.Key.Key_Return), int(Qt.Key.Key_Enter), int(Qt.Key.Key_Space))
