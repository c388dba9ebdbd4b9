"""Canvas: a pyqtgraph plot made for many frames a second: its axes are painted once, its live part in every frame."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QWheelEvent
from PySide6.QtWidgets import QWidget

from explorer.panels.look import Look
from explorer.panels.ticks import Tick

AXIS_WIDTH = 52  # holds 1e−1000
Draw: TypeAlias = Callable[[QPainter, float, float], None]
FAILED = "This picture failed; the rest goes on."


class Painter(QPainter):
    """A painter that can be brought back to where it was, however a drawing that failed has left it."""

    depth = 0

    def save(self) -> None:
        self.depth += 1
        super().save()

    def restore(self) -> None:
        self.depth -= 1
        super().restore()

    def unwind(self) -> None:
        """Take back all that was saved."""
        while self.depth > 0:
            self.restore()


class QuietAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis of labels only: no line, no ticks (pyqtgraph draws a dot for a tick of length 0)."""

    def generateDrawSpecs(self, p: QPainter) -> Any:
        specs = super().generateDrawSpecs(p)
        return specs and (specs[0], [], specs[2])


class Canvas(pg.GraphicsView):  # type: ignore[misc]
    """A plot with fixed ranges whose picture has two parts, both drawn in pixels of the view box (painter, w, h).

    The *backdrop* (pyqtgraph's axes, and what ``draw_backdrop`` adds: grid, labels) is painted into a pixmap, again
    only after ``stale_backdrop`` or a new size. ``draw_live`` paints the rest in every frame, straight onto the
    viewport: a frame costs no walk through the graphics scene. What pointer and keys do goes out as signals.
    """

    pressed = Signal(QPointF)
    dragged = Signal(QPointF)
    released = Signal(QPointF)
    hovered = Signal(QPointF)
    left = Signal()
    focused = Signal(bool)
    resized = Signal()
    stepped = Signal(int, int, object)  # columns, rows, and the key event they come from
    key = Signal(int)
    broke = Signal(object)  # the exception that a drawing raised

    def __init__(
        self, name: str, axes: tuple[str, ...], draw_live: Draw, draw_backdrop: Draw, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._draw_live, self._draw_backdrop = draw_live, draw_backdrop
        self._backdrop: QPixmap | None = None
        self._origin = QPointF()
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        # A view box and axes on demand: pyqtgraph's PlotItem would bring menus and forms that nobody opens.
        self._layout = pg.GraphicsLayout()
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self.setCentralItem(self._layout)
        self.box = pg.ViewBox(enableMenu=False, enableMouse=False)
        self.box.disableAutoRange()
        self._layout.addItem(self.box, 0, 1)
        self._axes = {side: QuietAxis(side) for side in axes}
        for side, axis in self._axes.items():
            axis.linkToView(self.box)
            self._layout.addItem(axis, *_AXIS_PLACES[side])
        self.box.sigResized.connect(self._box_resized)
        self._ticks: dict[str, list[Tick]] = {}
        self._dragging = False
        self.failed = False  # a picture that failed is not tried again before the next snapshot
        self._look: Look | None = None

    @property
    def plot_size(self) -> tuple[float, float]:
        """Width and height of the view box in pixels."""
        return self.box.width(), self.box.height()

    def repaint_live(self) -> None:
        """Have the live part painted with the next frame."""
        self.viewport().update()

    def stale_backdrop(self) -> None:
        """Have the backdrop painted again, too."""
        self._backdrop = None
        self.viewport().update()

    def touch_up(self, draw: Draw) -> None:
        """Draw over a part of the backdrop; where there is none, ``draw_backdrop`` will paint all of it anyway."""
        if self._backdrop is not None:
            painter = QPainter(self._backdrop)
            painter.translate(self._origin)
            draw(painter, *self.plot_size)
            painter.end()
        self.viewport().update()

    def _box_resized(self) -> None:
        self._backdrop = None
        self.resized.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        viewport = self.viewport()
        if not self.failed and (
            self._backdrop is None or self._backdrop.devicePixelRatio() != viewport.devicePixelRatio()
        ):
            self._backdrop = self._paint_backdrop(viewport.devicePixelRatio())
        painter = Painter(viewport)
        if not self.failed and self._backdrop is not None:
            painter.drawPixmap(0, 0, self._backdrop)
            painter.translate(self._origin)
            try:
                self._draw_live(painter, *self.plot_size)
            except Exception as error:
                self._break(painter, error)
        if self.failed:
            self._paint_failure(painter)
        painter.end()

    def _break(self, painter: Painter, error: Exception) -> None:
        """Note that a drawing failed: one that raises must not take the others with it."""
        self.failed = True
        painter.unwind()
        painter.resetTransform()
        painter.setOpacity(1.0)
        painter.setClipping(False)
        self.broke.emit(error)

    def _paint_failure(self, painter: QPainter) -> None:
        area = self.viewport().rect()
        painter.fillRect(area, self.backgroundBrush())
        if self._look is not None:
            painter.setFont(self._look.font(13))
            painter.setPen(self._look.colour("muted"))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), FAILED)

    def _paint_backdrop(self, ratio: float) -> QPixmap | None:
        size = self.viewport().size()
        pixmap = QPixmap(size * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(self.backgroundBrush().color())
        painter = Painter(pixmap)
        if self._axes:
            self.scene().prepareForPaint()
            self.render(painter, QRectF(0.0, 0.0, size.width(), size.height()), self.viewport().rect())
        self._origin = self._corner()
        painter.translate(self._origin)
        try:
            self._draw_backdrop(painter, *self.plot_size)
        except Exception as error:
            self._break(painter, error)
        painter.end()
        return None if self.failed else pixmap

    def _corner(self) -> QPointF:
        """Return the upper left corner of the view box on the viewport."""
        corner: QPointF = self.box.mapToScene(QPointF(0.0, 0.0))
        return corner

    def set_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Fix the visible ranges."""
        self.box.setRange(xRange=x, yRange=y, padding=0.0, update=True, disableAutoRange=True)
        self.stale_backdrop()

    def set_ticks(self, side: str, ticks: list[Tick]) -> None:
        """Set the ticks of an axis; nothing is redrawn if they are what they were."""
        if self._ticks.get(side) != ticks:
            self._ticks[side] = list(ticks)
            self._axes[side].setTicks([ticks])
            self.stale_backdrop()

    def style_axis(self, side: str, look: Look, size: int) -> None:
        """Give an axis the quiet look: text only, a fixed width or height (for scale 1)."""
        axis = self._axes[side]
        axis.setStyle(tickLength=0, tickFont=look.font(11), tickTextOffset=look.px(5), hideOverlappingLabels=False)
        axis.setPen(pg.mkPen(None))
        axis.setTextPen(look.colour("muted"))
        if side == "left":
            axis.setWidth(look.px(size))
        else:
            axis.setHeight(look.px(size))

    def apply_look(self, look: Look) -> None:
        """Take over the ground colour."""
        self._look = look
        self.setBackground(look.colours.card)
        self.stale_backdrop()

    def local(self, event: QMouseEvent) -> QPointF:
        """Return the pointer's place in pixels of the view box."""
        return event.position() - self._corner()

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

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the window: pictures have fixed ranges."""
        event.ignore()

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


_AXIS_PLACES = {"left": (0, 0), "bottom": (1, 1)}
_ARROWS = {
    int(Qt.Key.Key_Left): (-1, 0),
    int(Qt.Key.Key_Right): (1, 0),
    int(Qt.Key.Key_Up): (0, -1),
    int(Qt.Key.Key_Down): (0, 1),
}
_KEYS = (int(Qt.Key.Key_Home), int(Qt.Key.Key_Return), int(Qt.Key.Key_Enter), int(Qt.Key.Key_Space))
