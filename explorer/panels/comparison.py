"""Result, truth and error of the chosen specimen side by side, as heatmaps, or as bars where it is one row."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from explorer.model.exact import Floats
from explorer.model.notation import MINUS
from explorer.panels.bar_row import Scale, draw_bars
from explorer.panels.look import Ink
from explorer.panels.panel import Panel
from explorer.session.clinic_words import column_names, error_texts, returned_texts, row_names, table, true_texts
from explorer.session.picks import Entry
from explorer.session.session import Session

_EXACT, _FULL = -16.0, 0.0  # decimal logarithms of an error without, and with full, colour
_LEAST = -17.0  # and where its bar begins


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
        self._accent, self._warning, self._tint = look.colour("accent"), look.colour("warning"), look.colour("warning")
        self._tint.setAlpha(36)
        self._inks = [Ink(look.font(size)) for size in (13, 12, 11, 10, 9)]
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
        most = rows * max(4.4 * ink.height, each / table(found.truth).shape[1])
        if self._has_bars():
            most, names, each = h, 0.0, (w - 2.0 * gap) / 3.0
        height = max(min(h - head - foot, most), 1.0)
        return [QRectF(names + k * (each + gap), head, each, height) for k in range(3)], names, head, foot

    def _has_bars(self) -> bool:
        """Tell whether one row of numbers has the height to be bars."""
        _, h = self.canvas.plot_size
        return len(table(self.snapshot.examination.truth)) == 1 and h > 9.0 * self.ink.height

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
        if self._has_bars():
            pass
        elif areas[0].height() / len(truth) >= 0.9 * ink.height:
            for k, name in enumerate(row_names(found)):
                y = self._cell(areas[0], truth.shape, k, 0).center().y()
                ink.right(painter, names - 0.5 * ink.height, y, name)
        elif len(truth) == truth.shape[1]:
            self._draw_row_colours(painter, areas[0], names, len(truth))
        columns = column_names(found)
        for area in areas:
            self._draw_columns(painter, area, columns, area.bottom() + 0.62 * foot)
        painter.setPen(self._text)
        for area, titles in zip(areas, (("returned",), ("true",), ("relative error", "error")), strict=True):
            ink.words(painter, area.left(), 0.45 * head, ink.first_that_fits(area.width(), *titles))
        size = areas[0].width() / truth.shape[1], areas[0].height() / truth.shape[0]
        fitting, texts = self._fitting(*size)
        if found.result is None or found.error is None:
            for area in (areas[0], areas[2]):
                painter.drawText(area, int(Qt.TextFlag.TextWordWrap), found.failure)
        if self._has_bars():
            self._draw_rows(painter, areas, fitting, texts)
        else:
            self._draw_tables(painter, areas, fitting, texts)
        self._draw_cursor(painter, areas, truth.shape)

    def _draw_tables(self, painter: QPainter, areas: list[QRectF], ink: Ink | None, texts: list[list[str]]) -> None:
        found = self.snapshot.examination
        truth = table(found.truth)
        scale = float(np.abs(truth).max()) or 1.0
        self._draw_values(painter, areas[1], truth, scale, ink, texts[1])
        if found.result is not None and found.error is not None:
            self._draw_values(painter, areas[0], table(found.result), scale, ink, texts[0])
            self._draw_errors(painter, areas[2], table(found.error), ink, texts[2])

    def _draw_rows(self, painter: QPainter, areas: list[QRectF], ink: Ink | None, texts: list[list[str]]) -> None:
        """Draw one row of numbers as bars: what was returned and the truth on the same scale, errors on a log one."""
        assert self.look is not None
        look, found = self.look, self.snapshot.examination
        truth = table(found.truth)[0].tolist()
        result = [] if found.result is None else table(found.result)[0].tolist()
        errors = [] if found.error is None else table(found.error)[0].tolist()
        scale, colours = Scale.of(result, truth), [look.class_colour(k) for k in range(len(truth))]
        logs = [math.log10(error) - _LEAST if error > 0.0 else 0.0 for error in errors]
        rows = (result, scale), (truth, scale), ([max(log, 0.0) for log in logs], Scale.of(logs, [-_LEAST]))
        for area, (values, its_scale), its_texts in zip(areas, rows, texts, strict=True):
            if values:
                shown = its_texts if ink is not None else [""] * len(values)
                draw_bars(painter, area, values, its_scale, shown, colours, look, ink or self.ink)

    def _draw_row_colours(self, painter: QPainter, area: QRectF, right: float, rows: int) -> None:
        """Name the rows of a Jacobian by the colours of their classes, where letters have no room."""
        assert self.look is not None
        for k in range(rows):
            cell, side = self._cell(area, (rows, 1), k, 0), self.look.px(7)
            place = QRectF(right - 2.0 * side, cell.top() + 1.0, side, max(cell.height() - 2.0, 1.0))
            painter.fillRect(place, self.look.class_colour(k))

    def _draw_columns(self, painter: QPainter, area: QRectF, names: list[str], y: float) -> None:
        """Name the columns below a table by the colours of their classes, and in letters where there is room."""
        assert self.look is not None
        ink, side = self.ink, min(self.look.px(7), 0.7 * area.width() / len(names))
        named = max(map(ink.width, names)) + 1.6 * side < area.width() / len(names)
        for k, name in enumerate(names):
            x = self._cell(area, (1, len(names)), 0, k).center().x()
            left = x - 0.5 * (side + (ink.width(name) + 0.5 * side if named else 0.0))
            painter.fillRect(QRectF(round(left), round(y - 0.5 * side), side, side), self.look.class_colour(k))
            if named:
                ink.words(painter, left + 1.5 * side, y, name)

    def _fitting(self, width: float, height: float) -> tuple[Ink | None, list[list[str]]]:
        """Return the font for the cells and their numbers, each with as many figures as fit; None if no font does.

        The font hangs on how long exponents are and on signs alone, so it keeps its size while a logit is dragged.
        """
        found = self.snapshot.examination
        sign, smallest = MINUS if found.specimen.task != "p" else "", self._inks[-1]
        if smallest.width(f"{sign}0e{MINUS}00") + 2.0 > width or smallest.height > height:
            return None, [[""] * table(found.truth).size] * 3
        full, short = (
            [
                [text for row in texts(found, digits) for text in row]
                for texts in (returned_texts, true_texts, error_texts)
            ]
            for digits in (3, 2)
        )
        exponent = max((len(text.partition(f"e{MINUS}")[2]) for texts in short for text in texts), default=0)
        widest = f"{sign}0e{MINUS}" + "0" * max(exponent, 2)
        for ink in self._inks:
            if ink.width(widest) + 2.0 <= width and ink.height <= height:
                room = width - 6.0  # full figures need air between neighbours
                return ink, [
                    [text if ink.width(text) <= room else brief for text, brief in zip(*pair, strict=True)]
                    for pair in zip(full, short, strict=True)
                ]
        return None, short

    def _draw_values(
        self, painter: QPainter, area: QRectF, values: Floats, scale: float, ink: Ink | None, texts: list[str]
    ) -> None:
        with np.errstate(over="ignore", invalid="ignore"):
            self._draw_table(painter, area, values, np.clip(values / scale, -1.0, 1.0), ink, texts)

    def _draw_errors(self, painter: QPainter, area: QRectF, errors: Floats, ink: Ink | None, texts: list[str]) -> None:
        with np.errstate(divide="ignore"):
            shares = np.clip((np.log10(errors) - _EXACT) / (_FULL - _EXACT), 0.0, 1.0)
        self._draw_table(painter, area, errors, shares, ink, texts)

    def _draw_table(
        self, painter: QPainter, area: QRectF, values: Floats, shares: Floats, ink: Ink | None, texts: list[str]
    ) -> None:
        """Colour each cell by its share from −1 to 1, and write its number; hatch those that hold none."""
        assert self.look is not None
        diverging, on = self.look.diverging, self.look.on_diverging
        shades = np.rint(256.0 + 256.0 * np.nan_to_num(shares)).astype(int).ravel().tolist()
        finite = np.isfinite(values).ravel().tolist()
        if ink is not None:
            painter.setFont(ink.font)
        columns = values.shape[1]
        for k, (text, shade) in enumerate(zip(texts, shades, strict=True)):
            cell = self._cell(area, values.shape, k // columns, k % columns)
            inner = cell.adjusted(0.0, 0.0, -1.0, -1.0)
            if finite[k]:
                painter.fillRect(inner, diverging[shade])
                painter.setPen(on[shade])
            else:
                self._hatch(painter, inner, crossed=ink is None)
            if ink is not None:
                ink.centre(painter, cell.center().x(), cell.center().y(), text)

    def _hatch(self, painter: QPainter, inner: QRectF, crossed: bool) -> None:
        painter.fillRect(inner, self._tint)
        painter.setPen(self._warning)
        painter.drawRect(inner.adjusted(0.5, 0.5, -0.5, -0.5))
        if crossed:
            painter.drawLine(inner.topLeft(), inner.bottomRight())
            painter.drawLine(inner.bottomLeft(), inner.topRight())

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
        parts = []
        for title, texts in (("returned", returned_texts(found)), ("true", true_texts(found))):
            rows = [f"{name} {', '.join(row)}" for name, row in zip(row_names(found), texts, strict=False)]
            if rows:
                parts.append(f"{title}: {'; '.join(rows)}")
        return ". ".join(parts) + "."
