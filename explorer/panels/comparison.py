"""Result, truth and error of the chosen specimen side by side, as heatmaps with numbers where they fit."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from explorer.model.exact import Floats
from explorer.panels.look import Ink
from explorer.panels.panel import Panel
from explorer.session.clinic_words import column_names, relative_text, row_names, table, value_text
from explorer.session.picks import Entry
from explorer.session.session import Session

_EXACT, _FULL = -16.0, 0.0  # decimal logarithms of an error without, and with full, colour


class ComparisonPanel(Panel):
    """Three tables of the same cells; a cursor walks in all of them at once."""

    title = "Result and truth"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._cursor = (0, 0)
        self._hover: tuple[int, int] | None = None
        canvas = self.canvas
        canvas.pressed.connect(self._press)
        canvas.hovered.connect(self._hover_at)
        canvas.left.connect(self._leave)
        canvas.stepped.connect(self._step)
        canvas.focused.connect(self._walk_begins)

    def restyle(self) -> None:
        assert self.look is not None
        look = self.look
        self._text, self._muted = QPen(look.colour("text")), QPen(look.colour("muted"))
        self._accent, self._warning = look.colour("accent"), look.colour("warning")
        self._inks = [Ink(look.font(size)) for size in (13, 12, 11, 10, 9)]
        self._dark, self._light = QColor("#10141b"), QColor("#ffffff")
        self.canvas.stale_backdrop()

    def update_layout(self) -> None:
        self.canvas.stale_backdrop()

    def update_picture(self) -> None:
        from explorer.model.specimens import TASKS

        found = self.snapshot.examination
        what = TASKS[found.specimen.task]
        of = f"{what} · present row"
        if found.truth.ndim == 3:
            of = f"{what} · present row, first of {len(found.truth)}"
        elif not found.specimen.one_row:
            of = f"{what} · present row and its neighbours"
        self.set_subtitle(self.ink.first_that_fits(self.subtitle_room(), of, what, ""))
        self.canvas.repaint_live()

    # -- geometry

    def _tiles(self) -> tuple[list[QRectF], float, float, float]:
        """Return the three tables' areas, and the width of row names, the heights of titles and column names."""
        w, h = self.canvas.plot_size
        ink, found = self.ink, self.snapshot.examination
        names = max(map(ink.width, row_names(found))) + 0.6 * ink.height
        head, foot = 1.35 * ink.height, 1.2 * ink.height
        gap = 0.9 * ink.height
        each = (w - names - 2.0 * gap) / 3.0
        rows = len(table(found.truth))
        height = min(h - head - foot, rows * max(3.2 * ink.height, 0.0) if rows > 1 else 4.0 * ink.height)
        return [QRectF(names + k * (each + gap), head, each, height) for k in range(3)], names, head, foot

    def _cell(self, area: QRectF, shape: tuple[int, ...], row: int, column: int) -> QRectF:
        lefts = [round(area.left() + area.width() * k / shape[1]) for k in (column, column + 1)]
        tops = [round(area.top() + area.height() * k / shape[0]) for k in (row, row + 1)]
        return QRectF(lefts[0], tops[0], lefts[1] - lefts[0], tops[1] - tops[0])

    def _at(self, place: QPointF) -> tuple[int, int] | None:
        shape = table(self.snapshot.examination.truth).shape
        for area in self._tiles()[0]:
            if area.contains(place):
                row = int((place.y() - area.top()) / area.height() * shape[0])
                column = int((place.x() - area.left()) / area.width() * shape[1])
                return min(row, shape[0] - 1), min(column, shape[1] - 1)
        return None

    # -- painting

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        """Leave it all to the live part: even the number of cells changes with the specimen."""

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        found, ink = self.snapshot.examination, self.ink
        areas, names, head, foot = self._tiles()
        truth = table(found.truth)
        painter.setFont(ink.font)
        painter.setPen(self._muted)
        for k, name in enumerate(row_names(found)):
            y = self._cell(areas[0], truth.shape, k, 0).center().y()
            ink.right(painter, names - 0.5 * ink.height, y, name)
        columns = column_names(found)
        for area in areas:
            for k, name in enumerate(columns):
                x = self._cell(area, truth.shape, 0, k).center().x()
                if ink.width(name) < area.width() / len(columns):
                    ink.centre(painter, x, area.bottom() + 0.62 * foot, name)
        painter.setPen(self._text)
        for area, title in zip(areas, ("returned", "true", "relative error"), strict=True):
            ink.words(painter, area.left(), 0.45 * head, ink.elided(title, area.width()))
        scale = float(np.abs(truth).max()) or 1.0
        ink_used = self._ink_for(areas[0].width() / truth.shape[1], areas[0].height() / truth.shape[0])
        self._draw_values(painter, areas[1], truth, scale, ink_used)
        if found.result is None or found.error is None:
            painter.setFont(ink.font)
            for area in (areas[0], areas[2]):
                painter.drawText(area, int(Qt.TextFlag.TextWordWrap), found.failure)
        else:
            self._draw_values(painter, areas[0], table(found.result), scale, ink_used)
            self._draw_errors(painter, areas[2], table(found.error), ink_used)
        self._draw_cursor(painter, areas, truth.shape)

    def _ink_for(self, width: float, height: float) -> Ink | None:
        """Return the largest font in which numbers fit into the cells, None if none does."""
        for ink in self._inks:
            if ink.width("−0.000") + 4.0 <= width and ink.height <= height:
                return ink
        return None

    def _draw_values(self, painter: QPainter, area: QRectF, values: Floats, scale: float, ink: Ink | None) -> None:
        assert self.look is not None
        diverging, on = self.look.diverging, self.look.on_diverging
        shares = np.clip(values / scale, -1.0, 1.0)
        shades = np.where(np.isnan(shares), 256.0, np.rint(256.0 + 256.0 * shares)).astype(int)
        texts = [value_text(value) for value in values.ravel().tolist()]
        k = 0
        for row in range(values.shape[0]):
            for column in range(values.shape[1]):
                cell = self._cell(area, values.shape, row, column)
                shade, value = int(shades[row, column]), values[row, column]
                if math.isfinite(value):
                    painter.fillRect(cell.adjusted(0.0, 0.0, -1.0, -1.0), diverging[shade])
                    self._write(painter, cell, texts[k], ink, on[shade])
                else:
                    self._draw_broken(painter, cell, texts[k], ink)
                k += 1

    def _draw_broken(self, painter: QPainter, cell: QRectF, text: str, ink: Ink | None) -> None:
        """Hatch a cell that holds no number."""
        inner = cell.adjusted(0.0, 0.0, -1.0, -1.0)
        painter.fillRect(inner, QColor(self._warning.red(), self._warning.green(), self._warning.blue(), 36))
        painter.setPen(QPen(self._warning, 1.0))
        painter.drawRect(inner.adjusted(0.5, 0.5, -0.5, -0.5))
        if ink is None:
            painter.drawLine(inner.topLeft(), inner.bottomRight())
            painter.drawLine(inner.bottomLeft(), inner.topRight())
        else:
            self._write(painter, cell, text, ink, self._warning)

    def _draw_errors(self, painter: QPainter, area: QRectF, errors: Floats, ink: Ink | None) -> None:
        assert self.look is not None
        diverging, on = self.look.diverging, self.look.on_diverging
        with np.errstate(divide="ignore"):
            shares = np.clip((np.log10(errors) - _EXACT) / (_FULL - _EXACT), 0.0, 1.0)
        shades = np.rint(256.0 + 256.0 * shares).astype(int)
        for row in range(errors.shape[0]):
            for column in range(errors.shape[1]):
                cell = self._cell(area, errors.shape, row, column)
                error, shade = float(errors[row, column]), int(shades[row, column])
                if math.isinf(error):
                    self._draw_broken(painter, cell, "—", ink)
                    continue
                painter.fillRect(cell.adjusted(0.0, 0.0, -1.0, -1.0), diverging[shade])
                self._write(painter, cell, relative_text(error), ink, on[shade])

    def _write(self, painter: QPainter, cell: QRectF, text: str, ink: Ink | None, colour: QColor) -> None:
        """Write a number into its cell, with fewer figures or not at all where there is no room."""
        if ink is None:
            return
        if ink.width(text) + 2.0 > cell.width():
            mantissa, mark, exponent = text.partition("e")
            text = f"{mantissa.partition('.')[0]}e{exponent}" if mark else text[: text.find(".") + 2]
            if ink.width(text) + 2.0 > cell.width():
                return
        painter.setFont(ink.font)
        painter.setPen(colour)
        ink.centre(painter, cell.center().x(), cell.center().y(), text)

    def _draw_cursor(self, painter: QPainter, areas: list[QRectF], shape: tuple[int, ...]) -> None:
        place = self._hover or (self._present_cursor() if self.canvas.hasFocus() else None)
        if place is None or place[0] >= shape[0] or place[1] >= shape[1]:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._accent, 2.0))
        for area in areas:
            painter.drawRect(self._cell(area, shape, *place).adjusted(1.0, 1.0, -2.0, -2.0))

    # -- pointing

    def _present_cursor(self) -> tuple[int, int]:
        """Return the cursor, inside the present table."""
        rows, columns = table(self.snapshot.examination.truth).shape
        return min(self._cursor[0], rows - 1), min(self._cursor[1], columns - 1)

    def _point(self, place: tuple[int, int] | None) -> None:
        self.canvas.repaint_live()
        self.point_at(None if place is None else Entry(*place))

    def _press(self, place: QPointF) -> None:
        found = self._at(place)
        if found is not None:
            self._cursor = found
            self._point(found)

    def _hover_at(self, place: QPointF) -> None:
        found = self._at(place)
        if found != self._hover:
            self._hover = found
            self._point(found)

    def _leave(self) -> None:
        self._hover = None
        self._point(None)

    def _step(self, columns: int, rows: int, event: QKeyEvent) -> None:
        shape = table(self.snapshot.examination.truth).shape
        row, column = self._present_cursor()
        self._cursor = min(max(row + rows, 0), shape[0] - 1), min(max(column + columns, 0), shape[1] - 1)
        self._point(self._cursor)

    def _walk_begins(self, focused: bool) -> None:
        self._point(self._present_cursor() if focused else None)

    # -- in words

    def description(self) -> str:
        found = self.snapshot.examination
        tables = [("true", found.truth)]
        if found.result is not None:
            tables.insert(0, ("returned", found.result))
        parts = []
        for title, values in tables:
            rows = zip(row_names(found), table(values).tolist(), strict=True)
            parts.append(f"{title}: " + "; ".join(f"{name} " + ", ".join(map(value_text, row)) for name, row in rows))
        return ". ".join(parts) + "."
