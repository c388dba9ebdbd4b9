"""GoingOn: offers, after a hard end, to go on where the person was; nothing of it pops up."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from explorer.session.recovery import Recovery, Where

if TYPE_CHECKING:
    from explorer.window.main_window import MainWindow

_YES, _NO = "Go on", "No, thanks"


class GoingOn(QObject):
    """Belongs to a MainWindow that is used by a person; a window for a picture or a test has none."""

    def __init__(self, window: "MainWindow", folder: Path) -> None:
        super().__init__(window)
        self._window = window
        self._recovery = Recovery(folder, window.session, self)
        self._recovery.keep_with(self._where)
        self._left: Where | None = None

    def begin(self, said: str = "") -> None:
        """Start to keep where the person is; offer what was left, after what is said already."""
        left = self._recovery.begin()
        if left is None or (left.intent == self._window.session.intent and not left.lecture and not left.text):
            return
        self._left = left
        scene = f" in scene {left.scene + 1} of {Path(left.lecture).name}" if left.lecture else ""
        messages = self._window.messages
        messages.answered.connect(self._answer)
        messages.ask(f"{said} The app did not end as it should: go on where you were{scene}?".strip(), (_YES, _NO))

    def touch(self) -> None:
        """Something of the lecture has changed."""
        self._recovery.touch()

    def end(self) -> None:
        """The window closes as it should."""
        self._recovery.end()

    def _where(self) -> Where:
        return self._window.where()

    def _answer(self, answer: str) -> None:
        self._window.messages.answered.disconnect(self._answer)
        left, self._left = self._left, None
        if left is None or answer != _YES:
            return
        if left.lecture or left.text:
            self._window.lectures.go_on(left)
        self._window.session.load("Go on where you were", left.intent)
