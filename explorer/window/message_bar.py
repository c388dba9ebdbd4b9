"""MessageBar: a sentence over the pictures that never blocks and never moves anything."""

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QWidget

from explorer.panels.look import Look
from explorer.window.widgets import Button

_STAY_MS = 12_000
_MOST_BUTTONS = 3


class MessageBar(QWidget):
    """Shows one sentence until it is closed, replaced, or has stood for a while; can ask for a row of a table."""

    row_chosen = Signal(int)  # counted from 0
    answered = Signal(str)  # the text of the button, or "" when closed

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Message")
        self.look: Look | None = None
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._row = QSpinBox(self)
        self._row.setAccessibleName("Row of the table")
        self._row.valueChanged.connect(self._choose_row)
        self._close = Button("×", "Close the message", self)
        self._close.clicked.connect(self.hide)
        self._buttons = [Button("", "", self) for _ in range(_MOST_BUTTONS)]
        self._asking = False
        self._layout = QHBoxLayout(self)
        self._layout.addWidget(self._text, 1)
        self._layout.addWidget(self._row)
        for button in self._buttons:
            button.clicked.connect(self._answer)
            button.hide()
            self._layout.addWidget(button)
        self._layout.addWidget(self._close)
        self._timer = QTimer(self, singleShot=True, interval=_STAY_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def say(self, sentence: str) -> None:
        """Show a sentence."""
        self._row.hide()
        self._put_away()
        self._show(sentence)
        self._timer.start()

    def ask_row(self, sentence: str, rows: int) -> None:
        """Show a sentence with a field for the row of a table, which is 1 at first."""
        self._put_away()
        self._row.setRange(1, rows)
        self._row.setValue(1)
        self._row.show()
        self._timer.stop()
        self._show(sentence)

    def ask(self, sentence: str, answers: tuple[str, ...]) -> None:
        """Show a sentence with buttons, until one of them is pressed or the message is closed."""
        self._put_away()
        self._row.hide()
        self._timer.stop()
        self._asking = True
        for button, answer in zip(self._buttons, answers, strict=False):
            button.setText(answer)
            button.setAccessibleName(answer)
            button.setToolTip("")
            button.updateGeometry()
            button.show()
        self._show(sentence)

    @property
    def buttons(self) -> list[Button]:
        """The buttons of the present question."""
        return [button for button in self._buttons if not button.isHidden()]

    def _answer(self) -> None:
        button = self.sender()
        if isinstance(button, Button):
            self._asking = False
            self.hide()
            for each in self._buttons:
                each.hide()
            self.answered.emit(button.text())

    def _put_away(self) -> None:
        """End a question that was not answered."""
        for button in self._buttons:
            button.hide()
        if self._asking:
            self._asking = False
            self.answered.emit("")

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous() and self.isHidden():
            self._put_away()

    def forget_row(self) -> None:
        """Stop asking for a row: its table is gone."""
        if self._row.isVisible():
            self._row.hide()
            self.hide()

    def text(self) -> str:
        """Return the sentence shown."""
        return self._text.text()

    def _show(self, sentence: str) -> None:
        self._text.setText(sentence)
        self.setAccessibleDescription(sentence)
        self.place()
        self.show()
        self.raise_()

    def _choose_row(self, number: int) -> None:
        if self._row.isVisible():
            self.row_chosen.emit(number - 1)

    def place(self) -> None:
        """Lie over the top of the pictures, as wide as there is room, as high as the sentence needs."""
        parent = self.parentWidget()
        if parent is None or self.look is None:
            return
        width = min(parent.width() - 2 * self.look.px(20), self.look.px(820))
        self._layout.activate()
        height = max(self._layout.totalHeightForWidth(width), self.look.px(40))
        self.setGeometry(QRect((parent.width() - width) // 2, self.look.px(50), width, height))

    def apply_look(self, look: Look) -> None:
        """Take over colours and fonts."""
        self.look = look
        self._layout.setContentsMargins(look.px(16), look.px(8), look.px(8), look.px(8))
        self._text.setFont(look.font(13))
        self._row.setFont(look.font(13))
        for button in (*self._buttons, self._close):
            button.apply_look(look)
        self.place()

    def sizeHint(self) -> QSize:
        return QSize(500, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.look is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self.look.colour("card"))
        painter.setPen(QPen(self.look.colour("warning"), 2.0))
        radius = self.look.px(6)
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), radius, radius)
        painter.end()
