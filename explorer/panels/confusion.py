"""Which class a layer gives the samples of each class, counted: the picture where there is no plane to draw."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from explorer.panels.look import Ink, Look


def confusion(y: NDArray[np.intp], given: NDArray[np.intp], classes: int) -> NDArray[np.intp]:
    """Return how many samples of class i (row) the layer gives class j (column), (T, T)."""
    counts = np.bincount(y * classes + given, minlength=classes * classes)
    return counts.reshape(classes, classes)


def draw_confusion(painter: QPainter, area: QRectF, counts: NDArray[np.intp], look: Look, ink: Ink) -> None:
    """Draw the counts as a table: a row for each class, shaded by its share; right ones stand on the diagonal."""
    classes = len(counts)
    line, margin = 1.5 * ink.height, ink.width("class 00 ")
    side = min((area.width() - margin) / classes, (area.height() - 2.0 * line) / classes, 6.0 * line)
    left = area.left() + margin + 0.5 * max(area.width() - margin - classes * side, 0.0)
    top = area.top() + 2.0 * line
    text, muted = look.colour("text"), look.colour("muted")
    painter.setPen(muted)
    ink.centre(painter, left + 0.5 * classes * side, area.top() + 0.6 * line, "the layer says class")
    for k in range(classes):
        middle = (k + 0.5) * side
        ink.centre(painter, left + middle, area.top() + 1.5 * line, str(k + 1))
        ink.right(painter, left - 0.4 * ink.height, top + middle, f"class {k + 1}")
    for i, row in enumerate(counts.tolist()):
        whole = max(sum(row), 1)
        for j, number in enumerate(row):
            cell = QRectF(left + j * side, top + i * side, side, side).adjusted(1.0, 1.0, -1.0, -1.0)
            painter.fillRect(cell, look.colour("track"))
            tint = QColor(look.class_colour(j))
            tint.setAlphaF(0.75 * number / whole)
            painter.fillRect(cell, tint)
            if i == j:
                painter.setPen(text)
                painter.drawRect(cell)
            painter.setPen(text if number else muted)
            ink.centre(painter, cell.center().x(), cell.center().y(), str(number))
