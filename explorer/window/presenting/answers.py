"""A row of a question: an answer to click, keyed 1 to 5, and how many hands were raised for it."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from explorer.panels.look import Look
from explorer.session.lecture.show import MOST_HANDS
from explorer.window.widgets import TextField, paint_box

_SIDES = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap)


class AnswerRow(QAbstractButton):
    """One answer; its number is its key."""

    def __init__(self, index: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.index = index
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.look: Look | None = None

    def show_answer(self, text: str, chosen: bool) -> None:
        """Show an answer and whether the room has chosen it; does not write back."""
        self.setText(text)
        self.setAccessibleName(f"Answer {self.index + 1}: {text}")
        self.setChecked(chosen)
        self.update()

    def text_left(self) -> int:
        """Return where the text begins."""
        return self.fontMetrics().height() + (self.look.px(18) if self.look else 18)

    def nextCheckState(self) -> None:
        """Leave the mark to whoever keeps the answer."""

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.look is None:
            return
        look, painter = self.look, QPainter(self)
        fill = look.colour("track" if self.isChecked() else "hover" if self.underMouse() else "field")
        paint_box(painter, self, look, fill, self.hasFocus() or self.isChecked())
        painter.setFont(self.font())
        size = self.fontMetrics().height()
        disc = QRect(look.px(8), (self.height() - size) // 2, size, size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("accent" if self.isChecked() else "muted"))
        painter.drawEllipse(disc)
        painter.setPen(look.colour("on_accent" if self.isChecked() else "card"))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(self.index + 1))
        painter.setPen(look.colour("text"))
        painter.drawText(self.rect().adjusted(self.text_left(), 0, -look.px(8), 0), _SIDES, self.text())
        painter.end()


class HandsField(TextField):
    """How many hands were raised: a whole number typed, or nothing."""

    counted = Signal(int, object)  # the answer, and the number or None
    stepped = Signal(int, int)  # the answer, and +1 or −1: to the field below or above

    def __init__(self, index: int, parent: QWidget) -> None:
        super().__init__(f"Hands raised for answer {index + 1}", parent)
        self.index = index
        self.framed = True
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setPlaceholderText("hands")
        self.setToolTip("How many hands were raised for it (H)")

    def show_count(self, count: int | None) -> None:
        """Show a number; does not write back."""
        if not (self.hasFocus() and self.isModified()):
            self.show_text("" if count is None else str(count))

    def commit(self) -> None:
        text = self.text().strip()
        if text.isascii() and text.isdecimal() and int(text[:9]) <= MOST_HANDS:
            self.counted.emit(self.index, int(text))
        elif not text:
            self.counted.emit(self.index, None)
        else:
            self.show_text(self._shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.stepped.emit(self.index, 1 if event.key() == Qt.Key.Key_Down else -1)
            return
        super().keyPressEvent(event)
