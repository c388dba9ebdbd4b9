"""What lies over the window while presenting: a blank screen, a spotlight, the number being typed."""

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QCursor, QMouseEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from explorer.panels.look import Look

_SPOT = 90  # radius, for scale 1


class Overlay(QWidget):
    """Covers its parent, whatever size that has."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.under = parent
        self.setAccessibleName(name)
        self.look: Look | None = None
        self.hide()

    def lay_over(self) -> None:
        """Cover the parent now."""
        self.under.installEventFilter(self)
        self.setGeometry(self.under.rect())
        self.show()
        self.raise_()

    def lift(self) -> None:
        """Go away."""
        self.under.removeEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self.under.rect())
        return False


class Blank(Overlay):
    """One colour, so that the room looks at the lecturer."""

    clicked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Blank screen; any key returns", parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.colour = QColor("black")

    def blank(self, name: str) -> None:
        """Cover the window with a colour."""
        self.colour = QColor(name)
        self.lay_over()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.colour)
        painter.end()


class Spotlight(Overlay):
    """Dims all but a disc at the pointer; the pointer works through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Spotlight", parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.place = QPoint()

    def begin(self) -> None:
        """Light the place of the pointer."""
        self.place = self.under.mapFromGlobal(QCursor.pos())
        self.lay_over()

    def follow(self, place: QPoint) -> None:
        """Light another place, given on the screen."""
        place = self.under.mapFromGlobal(place)
        if place != self.place:
            self.place = place
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        radius = _SPOT if self.look is None else self.look.px(_SPOT)
        dark = QPainterPath()
        dark.addRect(QRectF(self.rect()))
        disc = QPainterPath()
        disc.addEllipse(QPointF(self.place), radius, radius)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(dark.subtracted(disc), QColor(0, 0, 0, 150))
        painter.end()


class Typed(QWidget):
    """The number of a scene while it is typed, small, in a corner."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.under = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Scene to go to")
        self.look: Look | None = None
        self._text = ""
        self.hide()

    def show_number(self, text: str) -> None:
        """Show what is typed; nothing hides it."""
        self._text = text
        self.setAccessibleDescription(text)
        if not text or self.look is None:
            self.hide()
            return
        parent, px = self.under, self.look.px
        self.setGeometry(parent.width() - px(230), parent.height() - px(60), px(214), px(44))
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.look is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self.look.colour("card"))
        painter.setPen(self.look.colour("border"))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), self.look.px(6), self.look.px(6))
        painter.setPen(self.look.colour("muted"))
        painter.setFont(self.look.font(15))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, f"to scene {self._text} · Enter")
        painter.end()
