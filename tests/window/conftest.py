"""The window under test."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.session.intent import Intent
from explorer.session.session import Session
from explorer.window.main_window import MainWindow

MakeWindow = Callable[..., MainWindow]


@pytest.fixture
def make_window(qtbot: QtBot) -> MakeWindow:
    """Return a function that opens a window on a state."""

    def make(intent: Intent | None = None, size: tuple[int, int] = (1280, 720), **look: object) -> MainWindow:
        look = {"theme": "light", "scale": 1.0} | look
        window = MainWindow(Session(intent), QSettings(), **look)  # type: ignore[arg-type]
        qtbot.addWidget(window)
        window.resize(*size)
        window.show()
        qtbot.waitExposed(window)
        QApplication.processEvents()
        return window

    return make


@pytest.fixture
def window(make_window: MakeWindow) -> MainWindow:
    """Return a window on the state that the app starts with."""
    return make_window()
