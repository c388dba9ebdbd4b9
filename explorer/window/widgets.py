"""Painted controls: a flat button, a choice, a text field, a target mark. They show values and emit what people do."""

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QLineEdit, QRadioButton, QWidget

from explorer.model.notation import MINUS, exact
from explorer.panels.buttons import Button as Button
from explorer.panels.buttons import Choice as Choice
from explorer.panels.buttons import paint_box as paint_box
from explorer.panels.look import Look
from explorer.session.intake import IntakeError, parse_number


class TextField(QLineEdit):
    """A line of text with a quiet frame; emits ``committed(text)`` once, when a person has finished a change."""

    committed = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFrame(False)
        self.framed = False
        self.look: Look | None = None
        self._shown = ""
        self.editingFinished.connect(self._finished)

    def show_text(self, text: str) -> None:
        """Show a text; does not write back."""
        self._shown = text
        if self.text() != text:
            self.setText(text)
            self.setCursorPosition(0)

    def apply_look(self, look: Look) -> None:
        """Take over fonts and colours."""
        self.look = look
        self.setFont(look.font(12))
        self.setFixedHeight(look.px(22))
        self.setTextMargins(look.px(2), 0, look.px(2), 0)
        clear = self.palette()
        clear.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)  # paintEvent paints the ground
        clear.setColor(QPalette.ColorRole.Text, look.colour("text"))
        self.setPalette(clear)
        self.update()

    def _finished(self) -> None:
        if self.isModified():
            self.setModified(False)
            if self.isVisibleTo(self.window()):
                self.commit()
            else:  # it was taken away while a person typed in it: what it stood for may be gone
                self.show_text(self._shown)

    def finish(self) -> None:
        """Take what is typed as if Enter had been pressed."""
        self._finished()

    def commit(self) -> None:
        """Emit the text typed."""
        self.committed.emit(self.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """With nothing typed there is nothing to undo here: leave Ctrl+Z to the window."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and not self.isModified():
            undo, redo = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo
            if event.matches(undo) or event.matches(redo):
                event.ignore()
                return True
        return False

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.installEventFilter(self)  # only while it is needed: it sees every event

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.removeEventFilter(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.setText(self._shown)
            self.setModified(False)
            self.selectAll()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.look is not None and (self.framed or self.hasFocus()):
            painter = QPainter(self)
            paint_box(painter, self, self.look, self.look.colour("field"), self.hasFocus())
            painter.end()
        super().paintEvent(event)


class NumberField(TextField):
    """A number typed: any finite double. Shows it short, and exactly while it has the focus; Up and Down step it."""

    entered = Signal(float)
    refused = Signal(str)
    stepped = Signal(int, object)  # +1 or -1, and the key event

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.framed = True
        self._value: float | None = None
        self.setAlignment(Qt.AlignmentFlag.AlignRight)

    def show_number(self, value: float) -> None:
        """Show a number; does not write back. A text being typed is left alone."""
        if value == self._value or (self.hasFocus() and self.isModified()):
            self._value = value
            return
        self._value = value
        self._refresh()

    @staticmethod
    def whole_text(value: float) -> str:
        """Return a number as it is typed."""
        return exact(value)

    @staticmethod
    def short_text(value: float) -> str:
        """Return a number as it is shown."""
        return short(value)

    def _refresh(self) -> None:
        if self._value is None:
            return
        self.show_text(self.whole_text(self._value) if self.hasFocus() else self.short_text(self._value))
        if self.hasFocus():
            self.selectAll()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Make the tool tip, the whole number, when the pointer comes: it is not worth making with every change."""
        if self._value is not None:
            self.setToolTip(self.whole_text(self._value))
        super().enterEvent(event)

    def commit(self) -> None:
        try:
            value = parse_number(self.text())
        except IntakeError as error:
            self._refresh()
            self.refused.emit(str(error))
            return
        self._value = None  # whatever the session makes of it is shown afresh
        self.entered.emit(value)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._refresh()
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Up else -1, event)
            return
        super().keyPressEvent(event)


def short(value: float) -> str:
    """Return a number in at most seven characters or so; the tool tip and the focused field tell it whole."""
    full = exact(value)
    if abs(value) >= 1000.0 and len(full) <= 9 and full.endswith(".00"):
        return full[:-3]
    if len(full) <= 7:
        return full
    text = f"{value:.4f}" if 1e-3 <= abs(value) < 1e4 else f"{value:.2e}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    return text.replace("-", MINUS)


class WholeField(NumberField):
    """A whole number typed."""

    @staticmethod
    def whole_text(value: float) -> str:
        return str(int(value))

    short_text = whole_text


class SeedField(WholeField):
    """A seed, typed or stepped: emits ``chosen(seed)``; what is no whole number is refused in a sentence."""

    chosen = Signal(object)  # an int, of any size: the state knows its limits

    def __init__(self, name: str, most: int, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._most, self._seed = most, 0
        self.entered.connect(self._take)
        self.stepped.connect(self._step)

    def show_number(self, value: float) -> None:
        self._seed = int(value)
        super().show_number(value)

    def _take(self, value: float) -> None:
        if value.is_integer():
            self.chosen.emit(int(value))
        else:
            self.refused.emit(f"The seed {exact(value)} is no whole number; type one from 0 to {self._most}.")
        self.show_number(float(self._seed))  # what was typed may have been refused

    def _step(self, steps: int, _: object) -> None:
        self.chosen.emit(min(max(self._seed + steps, 0), self._most))


class TargetMark(QRadioButton):
    """The mark that makes a class the target."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.look: Look | None = None

    def apply_look(self, look: Look) -> None:
        """Take over fonts and colours."""
        self.look = look
        self.setFixedSize(look.px(20), look.px(20))
        self.update()

    def hitButton(self, place: object) -> bool:
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.look is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre, radius = QPointF(self.width() / 2, self.height() / 2), self.look.px(6)
        on = self.isChecked()
        painter.setPen(QPen(self.look.colour("accent" if on or self.hasFocus() else "axis"), 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(centre, radius, radius)
        if self.hasFocus():
            painter.drawEllipse(centre, radius + 2.5, radius + 2.5)
        if on:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.look.colour("accent"))
            painter.drawEllipse(centre, 0.55 * radius, 0.55 * radius)
        painter.end()
