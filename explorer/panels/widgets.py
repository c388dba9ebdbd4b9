"""Small painted widgets shared by panels and controls: an eliding label, a switch of a few choices, a curve's key."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QLabel, QSizePolicy, QWidget

from explorer.panels.look import Look


class ElidedLabel(QLabel):
    """A label of one line that gives way: it never asks for more width than there is, and never re-lays out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = QColor()
        self.setTextFormat(Qt.TextFormat.PlainText)

    def apply(self, font: QFont, colour: QColor) -> None:
        """Set font and colour."""
        self._colour = colour
        self.setFont(font)
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, QFontMetrics(self.font()).height() + 2)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self.text()) + 2, metrics.height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self._colour)
        text = QFontMetrics(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), text)
        painter.end()


class Segment(QAbstractButton):
    """One choice of a switch."""

    def __init__(self, value: str, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.value = value
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.look: Look | None = None

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        room = 14 if self.look is None else self.look.px(12)
        return QSize(metrics.horizontalAdvance(self.text()) + room, metrics.height() + room // 3)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.look is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1.0, 1.0, -1.0, -1.0)
        radius = self.look.px(4)
        on = self.isChecked()
        painter.setBrush(self.look.colour("track") if on else Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.look.colour("accent"), 1.5) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(area, radius, radius)
        painter.setPen(self.look.colour("text" if on or self.underMouse() else "muted"))
        painter.setFont(self.font())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()


class Toggle(QAbstractButton):
    """A curve's key that switches the curve: its line, its name, and its present size where there is room."""

    def __init__(self, value: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.value = value
        self.figure = ""
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.look: Look | None = None
        self._names: tuple[str, ...] = ("",)
        self._pen = QPen()

    def apply_look(self, look: Look, pen: QPen) -> None:
        """Take over colours and fonts; the pen is the curve's."""
        self.look, self._pen = look, pen
        self.setFont(look.font(11))
        self.setFixedHeight(look.px(20))
        self.update()

    def show_curve(self, names: tuple[str, ...], figure: str, on: bool) -> None:
        """Show the curve's names, the longest first, its size, and whether it is drawn; does not write back."""
        if names != self._names:
            self._names = names
            self.setText(names[0])
            self.setAccessibleName(f"Show {names[0]}")
            self.setToolTip(names[0])
            self.updateGeometry()
        if figure != self.figure:
            self.figure = figure
            self.update()
        if on != self.isChecked():
            self.setChecked(on)

    def sizeHint(self) -> QSize:
        return self._size(f"{self._names[min(1, len(self._names) - 1)]} 0.0e−000")

    def minimumSizeHint(self) -> QSize:
        return self._size(self._names[-1])

    def _size(self, text: str) -> QSize:
        px = self.look.px if self.look is not None else round
        return QSize(self.fontMetrics().horizontalAdvance(text) + px(20), px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.look is None:
            return
        px, on = self.look.px, self.isChecked()
        painter = QPainter(self)
        if self.hasFocus() or self.underMouse():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.look.colour("accent"), 1.5) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(self.look.colour("hover"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.0, 1.0, -1.0, -1.0), px(4), px(4))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        line = px(14 if self.width() > self.minimumSizeHint().width() + px(8) else 9)
        wide = QPen(self._pen if on else QPen(self.look.colour("track")))
        wide.setWidth(px(2))
        painter.setPen(wide)
        painter.drawLine(px(3), self.height() // 2, px(3) + line, self.height() // 2)
        painter.setFont(self.font())
        painter.setPen(self.look.colour("text" if on else "muted"))
        left = px(7) + line
        room, metrics = self.width() - left - px(2), self.fontMetrics()
        names = self._names[1:] or self._names  # the first, the longest, is the tool tip
        wanted = (*(f"{name} {self.figure}".rstrip() for name in names), *names)
        text = next((text for text in wanted if metrics.horizontalAdvance(text) <= room), wanted[-1])
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(self.rect().adjusted(left, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), text)
        painter.end()


class Switch(QWidget):
    """A few exclusive choices side by side; Tab reaches it, the arrow keys move in it."""

    chosen = Signal(str)

    def __init__(self, name: str, choices: tuple[tuple[str, str], ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._group = QButtonGroup(self)
        self.segments: dict[str, Segment] = {}
        for value, text in choices:
            segment = Segment(value, text, self)
            segment.setAccessibleName(f"{name}: {text}")
            self._group.addButton(segment)
            row.addWidget(segment)
            self.segments[value] = segment
        self._group.buttonToggled.connect(self._toggled)
        self._shown = ""

    def show_value(self, value: str) -> None:
        """Show a choice; does not write back."""
        if value != self._shown:
            self._shown = value
            self.segments[value].setChecked(True)

    def _toggled(self, segment: Segment, on: bool) -> None:
        if on and segment.value != self._shown:
            self._shown = segment.value
            self.chosen.emit(segment.value)

    def apply_look(self, look: Look) -> None:
        """Take over fonts and colours."""
        for segment in self.segments.values():
            segment.look = look
            segment.setFont(look.font(11))
            segment.updateGeometry()
            segment.update()
