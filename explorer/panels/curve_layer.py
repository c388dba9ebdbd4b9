"""Curves along a direction as one pixmap: true values as lines, a number format's as marks, its range as a band."""

import math
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from explorer.model.exact import Floats
from explorer.model.notation import number
from explorer.panels.look import Ink, Look
from explorer.session.curves import Curve
from explorer.session.intent import CURVES
from explorer.session.snapshot import MARK_EVERY, SWEEP_PLACES, Snapshot

# One colour (of the palette of classes) and one dash for each curve, so that none hangs on colour alone.
_STYLES = {
    "spectral_norm": (0, Qt.PenStyle.SolidLine),
    "frobenius": (2, Qt.PenStyle.DashDotLine),
    "max_abs_jacobian": (5, Qt.PenStyle.DotLine),
    "entropy": (7, Qt.PenStyle.DashDotDotLine),
    "one_minus_p_max": (6, Qt.PenStyle.DashLine),
    "cross_entropy": (1, Qt.PenStyle.SolidLine),
    "squared_error": (3, Qt.PenStyle.DashLine),
    "label_smoothing": (4, Qt.PenStyle.DashDotLine),
    "focal": (8, Qt.PenStyle.DotLine),
    "kl": (9, Qt.PenStyle.DashDotDotLine),
}


def pens(look: Look) -> dict[str, QPen]:
    """Return a pen of 1 px for each curve."""
    return {key: QPen(look.class_colour(_STYLES[key][0]), 1.0, _STYLES[key][1]) for key in CURVES}


@dataclass(frozen=True, slots=True)
class Frame:
    """Where decimal logarithms lie in the plot: from ``high`` at the top to ``low``, below it the strip of zeros."""

    w: float
    h: float
    low: float
    rows: int
    line: float

    @property
    def strip(self) -> float:
        """The height of the strip of zeros."""
        return self.step * (max(self.rows, 2) + 0.6)

    @property
    def step(self) -> float:
        """From one curve's row of zeros to the next."""
        return (0.45 if self.h > 12.0 * self.line else 0.33) * self.line

    def zero(self, row: int) -> float:
        """Return where a curve's zeros lie."""
        spare = max(2 - self.rows, 0) * 0.5
        return self.bottom + (row + 0.8 + spare) * self.step

    @property
    def high(self) -> float:
        """The logarithm at the top: a little above 1, with room for half a line of text."""
        share = min(max(0.056, 0.65 * self.line / max(self.bottom, 1.0)), 0.4)
        return -self.low * share / (1.0 - share)

    @property
    def bottom(self) -> float:
        """Where the lowest logarithm lies."""
        return self.h - self.strip

    def x(self, place: Floats | float) -> Floats | float:
        """Return the pixel of a place from 0 to 1 on the axis below."""
        return place * self.w

    def y(self, log10: Floats | float) -> Floats | float:
        """Return the place of a size."""
        return (self.high - log10) / (self.high - self.low) * max(self.bottom, 1.0)


class CurveLayer:
    """Paints what does not move with the spread."""

    def __init__(self, look: Look, ink: Ink, ratio: float) -> None:
        self._look, self._ink, self._ratio = look, ink, ratio
        self._pens = pens(look)
        self._rings = {key: self._ring(pen.color()) for key, pen in self._pens.items()}

    def paint(self, snapshot: Snapshot, curves: list[Curve], frame: Frame) -> QPixmap:
        """Return the picture of the curves."""
        pixmap = self._blank(frame.w, frame.h)
        painter = QPainter(pixmap)
        painter.setFont(self._ink.font)
        self._draw_band(painter, snapshot, frame)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        self._draw_lines(painter, snapshot, curves, frame)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._draw_marks(painter, snapshot, curves, frame)
        painter.end()
        return pixmap

    def _blank(self, w: float, h: float) -> QPixmap:
        pixmap = QPixmap(max(math.ceil(w * self._ratio), 1), max(math.ceil(h * self._ratio), 1))
        pixmap.setDevicePixelRatio(self._ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        return pixmap

    def _ring(self, colour: QColor) -> QPixmap:
        radius = 0.5 * self._look.px(5)
        pixmap = self._blank(2.0 * radius + 3.0, 2.0 * radius + 3.0)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self._look.colour("card"))
        painter.setPen(QPen(colour, 1.4))
        painter.drawEllipse(QPointF(radius + 1.5, radius + 1.5), radius, radius)
        painter.end()
        return pixmap

    # -- the range of the number format

    def _draw_band(self, painter: QPainter, snapshot: Snapshot, frame: Frame) -> None:
        look, ink, form = self._look, self._ink, snapshot.marks.format
        normal, least = (math.log10(x) for x in (form.smallest_normal, form.smallest_subnormal))
        edges = [min(max(float(frame.y(x)), 0.0), frame.bottom) for x in (normal, least)]
        tint = look.colour("warning")
        for top, bottom, alpha in ((edges[0], edges[1], 22), (edges[1], frame.bottom, 44)):
            tint.setAlpha(alpha)
            painter.fillRect(QRectF(0.0, top, frame.w, bottom - top), tint)
        painter.fillRect(QRectF(0.0, frame.bottom, frame.w, frame.strip), look.colour("hover"))
        painter.fillRect(QRectF(0.0, frame.bottom, frame.w, 1.0), look.colour("axis"))
        painter.setPen(look.colour("muted"))
        for top, bottom, text in (
            (0.0, edges[0], f"{form.name} normal ≥ {number(form.smallest_normal)}"),
            (edges[0], edges[1], f"subnormal ≥ {number(form.smallest_subnormal)}"),
            (edges[1], frame.bottom, f"too small for {form.name}"),
        ):
            if bottom - top > 3.0 * ink.height and frame.bottom > 5.0 * ink.height:
                ink.left(painter, look.px(6), bottom - 0.55 * ink.height, text)

    # -- true values and returned values

    def _draw_lines(self, painter: QPainter, snapshot: Snapshot, curves: list[Curve], frame: Frame) -> None:
        """Draw each curve as hair lines side by side: ten times faster than one antialiased line as wide."""
        xs, width = frame.x(SWEEP_PLACES), self._look.px(2)
        painter.setClipRect(QRectF(0.0, 0.0, frame.w, frame.bottom))
        for curve in curves:
            ys = np.minimum(frame.y(snapshot.sweep.log10(curve.quantity)), 3.0 * frame.h)
            line = pg.functions.arrayToQPolygonF(xs, ys)
            painter.setPen(self._pens[curve.key])
            for k in range(width):
                offset = 0.7 * (k - 0.5 * (width - 1))
                painter.translate(offset, -offset)
                painter.drawPolyline(line)
                painter.translate(-offset, offset)
        painter.setClipping(False)

    def _name_broken(self, painter: QPainter, frame: Frame) -> None:
        """Say above the strip, at its end, what the crosses in it are."""
        painter.setPen(self._look.colour("muted"))
        y = frame.bottom - 0.55 * self._ink.height
        self._ink.right(painter, frame.w - self._look.px(6), y, "× NaN or overflow")

    def _draw_marks(self, painter: QPainter, snapshot: Snapshot, curves: list[Curve], frame: Frame) -> None:
        look = self._look
        xs = frame.x(SWEEP_PLACES[::MARK_EVERY])
        size, broken = min(look.px(4), frame.step - 1.0), look.colour("warning")
        broken_somewhere = False
        for row, curve in enumerate(curves):
            returned = snapshot.marks.log10(curve.quantity)
            true = snapshot.sweep.log10(curve.quantity)[::MARK_EVERY]
            ring, colour = self._rings[curve.key], self._pens[curve.key].color()
            half = 0.5 * ring.width() / ring.devicePixelRatio()
            y_zero = frame.zero(row)
            broken_somewhere |= bool((np.isnan(returned) | np.isposinf(returned)).any())
            places = xs.tolist(), frame.y(returned).tolist()  # type: ignore[union-attr]
            for x, y, value, truth in zip(*places, returned.tolist(), true.tolist(), strict=True):
                if value == -math.inf:
                    if truth > -math.inf:
                        painter.fillRect(QRectF(x - 0.5 * size, y_zero - 0.5 * size, size, size), colour)
                elif not math.isfinite(value):
                    painter.setPen(QPen(broken, 1.5))
                    reach = 0.5 * size
                    painter.drawLine(QPointF(x - reach, y_zero - reach), QPointF(x + reach, y_zero + reach))
                    painter.drawLine(QPointF(x - reach, y_zero + reach), QPointF(x + reach, y_zero - reach))
                elif -half <= y <= frame.bottom:
                    painter.drawPixmap(QPointF(x - half, y - half), ring)
        if broken_somewhere:
            self._name_broken(painter, frame)
