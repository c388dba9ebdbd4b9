"""Hands for the tests of the window: point, drag, press, look."""

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

from explorer.panels.panel import Panel
from explorer.panels.widgets import ElidedLabel
from explorer.window.main_window import MainWindow
from explorer.window.widgets import Button, NumberField

SIZES = [((1280, 720), 1.0), ((1920, 1080), 1.0), ((1024, 768), 1.5)]


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


def hover(widget: QWidget, place: QPoint) -> None:
    """Move the pointer over a widget; sent to it alone, whatever window the last test left under the pointer."""
    widget = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
    none, where = Qt.MouseButton.NoButton, QPointF(place)
    there = QPointF(widget.mapToGlobal(place))
    move = QMouseEvent(QEvent.Type.MouseMove, where, there, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, move)


def press(widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press and release a key."""
    QTest.keyClick(widget, key, modifiers)


def picture(widget: QWidget) -> QImage:
    """Return what a widget looks like."""
    QApplication.processEvents()
    return widget.grab().toImage()


def clipped(window: MainWindow) -> list[tuple[str, str, str]]:
    """Return what is not wholly inside its parent, or too narrow for its text."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or widget.window() is not window:
            continue
        parent = widget.parentWidget()
        inside = parent is None or parent.rect().contains(widget.geometry())
        if not inside and parent.objectName() != "qt_scrollarea_viewport":
            found.append((type(widget).__name__, widget.accessibleName(), "outside"))
        text = widget.text() if isinstance(widget, Button | ElidedLabel | NumberField) else ""
        optional = (isinstance(widget, ElidedLabel) and "·" in text) or "log–log" in text
        if text and not optional and widget.fontMetrics().horizontalAdvance(text) > widget.width():
            found.append((type(widget).__name__, text, "too narrow"))
    return found
