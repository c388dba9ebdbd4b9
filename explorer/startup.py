"""What can wait until the first frame is on the screen."""

import gc
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QWidget

from explorer.resources import asset


class AfterFirstFrame(QObject):
    """Waits for the first paint of a window, then loads the icon and turns the garbage collector on."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.then: Callable[[], None] | None = None  # done last
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            QTimer.singleShot(0, self._finish)
        return False

    def _finish(self) -> None:
        gc.enable()
        gc.freeze()
        QApplication.setWindowIcon(QIcon(str(asset("icon.svg"))))
        if self.then is not None:
            self.then()
