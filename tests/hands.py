"""Hands for the tests of the window: point, drag, press, look."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

from explorer.panels.panel import Panel
from explorer.window.main_window import MainWindow


def panel(window: MainWindow, title: str) -> Panel:
    """Return the panel with that title."""
    return next(p for p in window.view.panels if p.title == title)


def in_plot(p: Panel, x: float, y: float) -> QPoint:
    """Return the place on the canvas of a place in pixels of its plot."""
    return (p.canvas.box.mapToScene(QPointF(0.0, 0.0)) + QPointF(x, y)).toPoint()


def drag(widget: QWidget, *places: QPoint) -> None:
    """Press at the first place, move through the others, release at the last."""
    widget = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(widget, place)
        QApplication.processEvents()
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=places[-1])


def press(widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press and release a key."""
    QTest.keyClick(widget, key, modifiers)


def picture(widget: QWidget) -> QImage:
    """Return what a widget looks like."""
    QApplication.processEvents()
    return widget.grab().toImage()
