"""Which screen shows what: a pure function of the screens' places."""

from typing import NamedTuple

from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication


class Places(NamedTuple):
    """Where the audience's window goes, and the lecturer's, if there is a screen for it."""

    audience: QRect
    lecturer: QRect | None


def places(screens: list[QRect], primary: int = 0, swapped: bool = False) -> Places:
    """Return where the windows go: the lecturer's on the primary screen, the audience's on the first other one.

    Screens that show the same part of the desktop are one. With one screen there is no window of the lecturer's.
    """
    apart: list[QRect] = [screens[primary]]
    apart += [screen for screen in screens if not any(screen.intersects(other) for other in apart)]
    others = apart[1:]
    if not others:
        return Places(apart[0], None)
    return Places(apart[0], others[0]) if swapped else Places(others[0], apart[0])


def screen_places() -> tuple[list[QRect], int]:
    """Return the places of the screens there are, and which of them is the primary one."""
    screens = QGuiApplication.screens()
    return [screen.geometry() for screen in screens], screens.index(QGuiApplication.primaryScreen())
