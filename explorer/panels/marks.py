"""Marks of a verdict, told apart by shape and colour: a tick, a half-filled ring, a cross."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from explorer.panels.look import Look

_COLOURS = {"right": 9, "until": 1, "wrong": 6}  # of the palette of classes


def colour_of(look: Look, standing: str) -> QColor:
    """Return the colour of right, until or wrong."""
    return look.class_colour(_COLOURS[standing])


def mark(look: Look, standing: str, ratio: float, size: float = 11.0) -> QPixmap:
    """Return the mark of right, until or wrong as a picture."""
    side = look.px(size)
    pixmap = QPixmap(math.ceil(side * ratio), math.ceil(side * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = colour_of(look, standing)
    pen = QPen(colour, 0.17 * side, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    if standing == "right":
        path = QPainterPath(QPointF(0.14 * side, 0.55 * side))
        path.lineTo(0.40 * side, 0.80 * side)
        path.lineTo(0.86 * side, 0.22 * side)
        painter.drawPath(path)
    elif standing == "wrong":
        painter.drawLine(QPointF(0.2 * side, 0.2 * side), QPointF(0.8 * side, 0.8 * side))
        painter.drawLine(QPointF(0.2 * side, 0.8 * side), QPointF(0.8 * side, 0.2 * side))
    else:
        ring = QRectF(0.14 * side, 0.14 * side, 0.72 * side, 0.72 * side)
        pen.setWidthF(0.12 * side)
        painter.setPen(pen)
        painter.drawEllipse(ring)
        painter.setBrush(colour)
        painter.drawPie(ring, 90 * 16, 180 * 16)
    painter.end()
    return pixmap
