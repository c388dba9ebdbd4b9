"""A matrix drawn as a heatmap: rectangles with numbers while they are large, an image once they are many."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from explorer.model.exact import Floats
from explorer.model.notation import number
from explorer.panels.look import Ink, Look
from explorer.panels.ticks import floor_for

_SPANS = (-4.0, -8.0, -16.0, -32.0, -64.0, -128.0, -256.0, -512.0, -1024.0)
_FAINTEST = 0.10  # share of the colour that the smallest value other than 0 still gets on the log scale
_SMALL = 9.0  # pixels: below it a matrix is an image
_TYPICAL = {3: "−0.123", 2: "−0.12", 1: "−0.1"}


@dataclass(frozen=True, slots=True)
class ColourScale:
    """How a value becomes a colour: linear up to ``top``, or by decades from ``floor`` to ``top`` (logarithms)."""

    log: bool
    top: float
    floor: float = 0.0

    def places(self, values: Floats, logs: Floats) -> NDArray[np.int64]:
        """Return indices, 0 to 512, into the diverging colours; 256 is neutral."""
        if self.log:
            share = np.clip((logs - self.floor) / max(self.top - self.floor, 1.0), 0.0, 1.0)
            share = (_FAINTEST + (1.0 - _FAINTEST) * share) * (logs > -math.inf)
        elif self.top > 0.0:
            share = np.minimum(np.abs(values) / self.top, 1.0)
        else:
            share = np.zeros_like(values)
        return 256 + np.rint(np.copysign(256.0 * share, values)).astype(np.int64)


def scale_for(values: Floats, logs: Floats, log: bool) -> ColourScale:
    """Return the scale on which the largest value has the strongest colour."""
    if not log:
        return ColourScale(False, float(np.abs(values).max(initial=0.0)))
    finite = logs[np.isfinite(logs)]
    if not finite.size:
        return ColourScale(True, 0.0, _SPANS[0])
    top = float(math.ceil(finite.max()))
    floor = top + floor_for(float(finite.min()) - top, _SPANS)
    return ColourScale(True, top, min(floor, math.nextafter(top, -math.inf)))  # at −1e307 a few decades are no step


@dataclass(frozen=True, slots=True)
class Cells:
    """Where the cells of a matrix lie, in pixels."""

    area: QRectF
    rows: int
    columns: int

    def cell(self, row: int, column: int) -> QRectF:
        """Return the place of a cell on whole pixels."""
        return self.block(row, column, 1, 1)

    def block(self, row: int, column: int, rows: int, columns: int) -> QRectF:
        """Return the place of a block of cells on whole pixels."""
        a, w, h = self.area, self.area.width() / self.columns, self.area.height() / self.rows
        left, right = round(a.left() + column * w), round(a.left() + (column + columns) * w)
        top, bottom = round(a.top() + row * h), round(a.top() + (row + rows) * h)
        gap = 1 if min(w, h) >= _SMALL else 0
        return QRectF(left, top, max(right - left - gap, 1), max(bottom - top - gap, 1))

    def at(self, place: QPointF) -> tuple[int, int] | None:
        """Return the cell at a place."""
        if not self.area.contains(place):
            return None
        row = int((place.y() - self.area.top()) / self.area.height() * self.rows)
        column = int((place.x() - self.area.left()) / self.area.width() * self.columns)
        return min(row, self.rows - 1), min(column, self.columns - 1)


class MatrixPainter:
    """Draws matrices in one look; ``inks`` are tried in turn until the numbers fit."""

    def __init__(self, look: Look, inks: tuple[Ink, ...]) -> None:
        self._look, self._inks = look, inks
        self._palette = np.array([colour.rgb() for colour in look.diverging], dtype=np.uint32)

    def draw(
        self,
        painter: QPainter,
        cells: Cells,
        values: Floats,
        logs: Floats,
        scale: ColourScale,
        empty: NDArray[np.bool_] | None = None,
    ) -> None:
        """Draw a matrix; where ``empty`` is true nothing is drawn: those entries are 0 by construction."""
        w, h = cells.area.width() / cells.columns, cells.area.height() / cells.rows
        places = scale.places(values, logs)
        if min(w, h) < _SMALL:
            self._draw_image(painter, cells, places, empty)
            return
        texts, ink = self._texts(values, logs, w, h)
        colours, pens = self._look.diverging, self._look.on_diverging
        painter.setFont(ink.font)
        for (row, column), place in np.ndenumerate(places):
            if empty is not None and empty[row, column]:
                continue
            rect = cells.cell(row, column)
            painter.fillRect(rect, colours[place])
            exact_zero = values[row, column] == 0.0 and logs[row, column] == -math.inf
            painter.setPen(pens[place])
            if texts is not None:
                ink.centre(painter, rect.center().x(), rect.center().y(), texts[row][column])
            elif exact_zero:
                painter.drawLine(rect.bottomLeft(), rect.topRight())

    def _draw_image(
        self, painter: QPainter, cells: Cells, places: NDArray[np.int64], empty: NDArray[np.bool_] | None
    ) -> None:
        pixels = self._palette[places]
        if empty is not None:
            pixels[empty] = self._look.colour("card").rgb()
        pixels = np.ascontiguousarray(pixels)
        image = QImage(pixels.data, places.shape[1], places.shape[0], 4 * places.shape[1], QImage.Format.Format_RGB32)
        painter.drawImage(cells.area, image)

    def _texts(self, values: Floats, logs: Floats, w: float, h: float) -> tuple[list[list[str]] | None, Ink]:
        for ink in self._inks:
            for digits in (3, 2):
                if h < 0.9 * ink.height or ink.width(_TYPICAL[digits]) > w - 3.0:
                    continue
                texts = [
                    [number(v, g, digits) for v, g in zip(row, log, strict=True)]
                    for row, log in zip(values.tolist(), logs.tolist(), strict=True)
                ]
                if max(ink.width(text) for row in texts for text in row) <= w - 2.0:
                    return texts, ink
        return None, self._inks[0]


def reduced(values: Floats, rows: int, columns: int) -> Floats:
    """Return a matrix of at most that many rows and columns, of each block its entry of the largest size."""
    for axis, most in ((0, rows), (1, columns)):
        n = values.shape[axis]
        if n > most:
            starts = cuts(n, most)[:-1]
            high, low = np.maximum.reduceat(values, starts, axis=axis), np.minimum.reduceat(values, starts, axis=axis)
            values = np.where(-low > high, low, high)
    return values


@lru_cache(maxsize=32)
def cuts(n: int, pieces: int) -> list[int]:
    """Return where n things are cut into pieces of nearly one length: pieces + 1 places."""
    pieces = min(n, pieces)
    return [k * n // pieces for k in range(pieces + 1)]


def outline(painter: QPainter, rect: QRectF, colour: QColor, width: int) -> None:
    """Draw a frame just inside a rectangle, without antialiasing."""
    x, y, w, h = round(rect.left()), round(rect.top()), round(rect.width()), round(rect.height())
    for part in ((x, y, w, width), (x, y + h - width, w, width), (x, y, width, h), (x + w - width, y, width, h)):
        painter.fillRect(*part, colour)
