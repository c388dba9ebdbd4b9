"""What the pages of the Layer view's column are made of: a group of controls, and a counter."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.panels.look import Look
from explorer.panels.widgets import ElidedLabel
from explorer.session.layer_choice import MOST
from explorer.session.session import Session
from explorer.window.widgets import Button


class Counter(QWidget):
    """A number of things with a button less and a button more."""

    changed = Signal(int)

    def __init__(self, one: str, many: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = one, many
        self._shown = 0
        self.fewer, self.more = Button("−", f"One {one} less", self), Button("+", f"One {one} more", self)
        self._label = ElidedLabel(self)
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for widget, stretch in ((self.fewer, 0), (self._label, 1), (self.more, 0)):
            self._row.addWidget(widget, stretch)
        self.fewer.clicked.connect(self._less)
        self.more.clicked.connect(self._more)

    def show_number(self, number: int) -> None:
        """Show how many there are."""
        if number != self._shown:
            self._shown = number
            self._label.setText(f"{number} {self._names[0] if number == 1 else self._names[1]}")
            self.fewer.setEnabled(number > 1)
            self.more.setEnabled(number < MOST)

    def apply_look(self, look: Look) -> None:
        """Take over colours and sizes."""
        self._label.apply(look.font(12), look.colour("text"))
        self.fewer.apply_look(look)
        self.more.apply_look(look)

    def _less(self) -> None:
        self.changed.emit(self._shown - 1)

    def _more(self) -> None:
        self.changed.emit(self._shown + 1)


class Group(QWidget):
    """One page of the column: parts below each other, headings over some; what is not needed leaves its place free."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self._titles: list[ElidedLabel] = []
        self._headings: list[ElidedLabel] = []
        self._notes: list[ElidedLabel] = []

    def _label(self, text: str, kind: list[ElidedLabel]) -> ElidedLabel:
        label = ElidedLabel(self)
        label.setText(text)
        kind.append(label)
        self.column.addWidget(label)
        return label

    def title(self, text: str) -> ElidedLabel:
        """Add a title."""
        return self._label(text, self._titles)

    def heading(self, text: str) -> ElidedLabel:
        """Add a heading; it goes first where room is scarce."""
        return self._label(text, self._headings)

    def note(self, text: str = "") -> ElidedLabel:
        """Add a line of small text."""
        return self._label(text, self._notes)

    def apply_look(self, look: Look) -> None:
        """Take over colours, fonts and scale."""
        self.column.setSpacing(look.px(4))
        for label in self._titles:
            label.apply(look.font(13, bold=True), look.colour("text"))
        for label in self._headings:
            label.apply(look.font(10.5), look.colour("muted"))
        for label in self._notes:
            label.apply(look.font(11), look.colour("muted"))

    def set_note(self, label: ElidedLabel, text: str) -> None:
        """Show a text, whole in the tool tip."""
        if label.text() != text:
            label.setText(text)
            label.setToolTip(text)

    def show_headings(self, room: bool) -> None:
        """Show or hide the headings."""
        for label in self._headings:
            label.setVisible(room)
