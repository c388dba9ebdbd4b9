"""The controls that panels and the window share: a flat button, and a list to choose from; painted, no style sheets."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QComboBox, QSizePolicy, QWidget

from explorer.panels.look import Look


def paint_box(painter: QPainter, widget: QWidget, look: Look, fill: QColor, lit: bool) -> None:
    """Paint the rounded box that all controls share; ``lit`` for keyboard focus."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(fill)
    painter.setPen(QPen(look.colour("accent" if lit else "border"), 2.0 if lit else 1.0))
    radius = look.px(5)
    painter.drawRoundedRect(QRectF(widget.rect()).adjusted(1.0, 1.0, -1.0, -1.0), radius, radius)


class Button(QAbstractButton):
    """A flat button with a text or a sign on it."""

    def __init__(self, text: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.look: Look | None = None

    def apply_look(self, look: Look) -> None:
        """Take over fonts and colours."""
        self.look = look
        self.setFont(look.font(12))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        if self.look is None:
            return QSize(30, 26)
        width = self.fontMetrics().horizontalAdvance(self.text()) + self.look.px(20)
        return QSize(max(width, self.look.px(30)), self.look.px(26))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.look is None:
            return
        painter = QPainter(self)
        pressed = self.isDown() or self.isChecked()
        fill = self.look.colour("track" if pressed else "hover" if self.underMouse() else "card")
        paint_box(painter, self, self.look, fill, self.hasFocus())
        painter.setPen(self.look.colour("text" if self.isEnabled() else "axis"))
        painter.setFont(self.font())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()

    def enterEvent(self, event: QEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()


class Choice(QComboBox):
    """A list to choose one value from; emits ``picked(value)`` only when a person chooses."""

    picked = Signal(str)
    reset_asked = Signal()

    def __init__(self, name: str, choices: tuple[tuple[str, str], ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(4)
        self.prefix = self.short_prefix = ""
        self.look: Look | None = None
        for value, text in choices:
            self.addItem(text, value)
        self.activated.connect(self._activated)

    def show_value(self, value: str) -> None:
        """Show a value; does not write back."""
        index = self.findData(value)
        if index != self.currentIndex():
            self.setCurrentIndex(index)

    def _activated(self, index: int) -> None:
        self.picked.emit(str(self.itemData(index)))

    def apply_look(self, look: Look) -> None:
        """Take over fonts and colours."""
        self.look = look
        self.setFont(look.font(12))
        self.setFixedHeight(look.px(26))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Home:
            self.reset_asked.emit()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # a lecturer who scrolls past must not change the loss

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.look is None:
            return
        painter = QPainter(self)
        paint_box(painter, self, self.look, self.look.colour("field"), self.hasFocus())
        edge, size = self.look.px(9), self.look.px(4)
        painter.setPen(self.look.colour("text"))
        painter.setFont(self.font())
        area = self.rect().adjusted(edge, 0, -edge - 3 * size, 0)
        text = self.prefix + self.currentText()
        if self.fontMetrics().horizontalAdvance(text) > area.width():
            text = self.short_prefix + self.currentText()
        text = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)
        painter.setPen(QPen(self.look.colour("muted"), 1.6))
        x, y = self.width() - edge - size, self.height() / 2
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(
            QPolygonF([QPointF(x - size, y - size / 2), QPointF(x, y + size / 2), QPointF(x + size, y - size / 2)])
        )
        painter.end()
