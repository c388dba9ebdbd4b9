"""Slider: a QSlider whose axis need not be linear; it shows any value and writes back only what a person does."""

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from explorer.panels.look import Look
from explorer.panels.stepping import factor
from explorer.session.axes import Axis

_STEPS = 10_000  # positions of the underlying QSlider


class Slider(QSlider):
    """Drag, click, arrows (Shift fine, Ctrl coarse), PageUp and PageDown; Home asks for a reset.

    ``edited(value, gesture)``: a person changed it; all changes of one drag or one key held down share the gesture.
    """

    edited = Signal(float, int)
    reset_asked = Signal()

    def __init__(self, name: str, axis: Axis, new_gesture: Callable[[], int], parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setAccessibleName(name)
        self.setRange(0, _STEPS)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.axis = axis
        self.colour = QColor()
        self._value = math.nan
        self._new_gesture, self._gesture = new_gesture, 0
        self._held = False
        self._look: Look | None = None
        self.valueChanged.connect(self._moved_from_outside)

    def show_number(self, value: float) -> None:
        """Show a value; does not write back, and keeps the exact value for the next key step."""
        if value == self._value:
            return
        self._value = value
        place = min(max(self.axis.place(value), 0.0), 1.0)
        with QSignalBlocker(self):
            self.setValue(round(place * _STEPS))
        self.update()

    def apply_look(self, look: Look, colour: QColor) -> None:
        """Take over colours and sizes."""
        self._look, self.colour = look, colour
        self.setFixedHeight(look.px(22))
        self.update()

    def _moved_from_outside(self, position: int) -> None:
        """Take a position set by assistive technology, or by a script, as an edit of its own."""
        if not self._held:
            self._gesture = self._new_gesture()
        self._edit(self._tidy(position / _STEPS))

    def _edit(self, value: float) -> None:
        self.edited.emit(value, self._gesture)

    def _tidy(self, place: float) -> float:
        """Return the value at a place with no more decimals than a pixel can tell apart."""
        value, pixel = self.axis.value(place), 1.0 / max(self._track().width(), 50.0)
        apart = abs(self.axis.value(min(place + pixel, 1.0)) - self.axis.value(max(place - pixel, 0.0)))
        decimals = min(max(1 - math.floor(math.log10(apart)), 0), 6)
        return round(value, decimals) + 0.0

    def _track(self) -> QRectF:
        edge = 8.0 if self._look is None else self._look.px(8)
        return QRectF(edge, self.height() / 2, self.width() - 2.0 * edge, 0.0)

    def _place_at(self, x: float) -> float:
        track = self._track()
        return min(max((x - track.left()) / max(track.width(), 1.0), 0.0), 1.0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._held, self._gesture = True, self._new_gesture()
        handle = self._track().left() + min(max(self.axis.place(self._value), 0.0), 1.0) * self._track().width()
        # A press on the handle picks it up where it is; a press beside it brings it there.
        near = abs(event.position().x() - handle) <= self._track().left()
        self._offset = handle - event.position().x() if near else 0.0
        if not near:
            self._edit(self._tidy(self._place_at(event.position().x())))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held:
            self._edit(self._tidy(self._place_at(event.position().x() + self._offset)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = False

    _offset = 0.0

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the controls scroll; a slider under the pointer must not move

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = _KEY_STEPS.get(event.key())
        if event.key() == Qt.Key.Key_Home:
            self.reset_asked.emit()
        elif steps is None:
            event.ignore()
        else:
            if not event.isAutoRepeat():
                self._gesture = self._new_gesture()
            self._edit(self.axis.step(self._value, steps * factor(event)))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(40, 18)

    def sizeHint(self) -> QSize:
        return QSize(100, 22)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._look is None:
            return
        look, track = self._look, self._track()
        place = min(max(self.axis.place(self._value), 0.0), 1.0) if self._value == self._value else self.axis.origin
        y, x = track.top(), track.left() + place * track.width()
        start = track.left() + self.axis.origin * track.width()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.colour("track"), look.px(3), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(track.topLeft(), track.topRight())
        painter.setPen(QPen(self.colour, look.px(3), Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(QPointF(start, y), QPointF(x, y))
        radius = look.px(6)
        painter.setPen(QPen(look.colour("card"), 1.5))
        painter.setBrush(look.colour("text"))
        painter.drawEllipse(QPointF(x, y), radius, radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(look.colour("accent"), 2.0))
            painter.drawEllipse(QPointF(x, y), radius + 1.0, radius + 1.0)
        painter.end()


_KEY_STEPS = {
    int(Qt.Key.Key_Left): -1.0,
    int(Qt.Key.Key_Down): -1.0,
    int(Qt.Key.Key_Right): 1.0,
    int(Qt.Key.Key_Up): 1.0,
    int(Qt.Key.Key_PageDown): -10.0,
    int(Qt.Key.Key_PageUp): 10.0,
}
