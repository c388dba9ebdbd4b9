"""Stepping a number with the arrow keys: Shift is fine, Ctrl is coarse, a key held down is one undo step."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from explorer.session.session import Session


def factor(event: QKeyEvent) -> float:
    """Return 0.1 with Shift, 10 with Ctrl, else 1."""
    modifiers = event.modifiers()
    if modifiers & Qt.KeyboardModifier.ShiftModifier:
        return 0.1
    return 10.0 if modifiers & Qt.KeyboardModifier.ControlModifier else 1.0


class Stepping:
    """The present run of key steps."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.gesture = session.new_gesture()

    def next_value(self, value: float, step: float, event: QKeyEvent) -> float:
        """Return the stepped value, on a clean decimal; a new key press begins a new undo step."""
        if not event.isAutoRepeat():
            self.gesture = self._session.new_gesture()
        return round(value + step * factor(event), 6) + 0.0  # no −0
