"""Jacobian: the matrix as a heatmap with its numbers, the sums in the margin, a colour bar with real values."""

import math
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from explorer.model.exact import Floats
from explorer.model.notation import number, numbers, subscript
from explorer.panels.look import Ink
from explorer.panels.panel import Panel
from explorer.panels.ticks import Tick, decade, floor_for
from explorer.session.picks import Cell, Pick, Sum
from explorer.session.session import Session

_SPANS = (-4.0, -8.0, -16.0, -32.0, -64.0, -128.0, -256.0, -512.0, -1024.0)
_TYPICAL = {3: "−0.123", 2: "−0.12"}  # what an ordinary number needs, by its decimals
_FAINTEST = 0.10  # share of the colour that the smallest value other than 0 still gets on the log scale


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the cells lie, in pixels."""

    left: float
    top: float
    width: float
    height: float
    n: int

    def cell(self, row: int, column: int) -> QRectF:
        x, y = self.left + column * self.width, self.top + row * self.height
        return QRectF(round(x), round(y), round(x + self.width) - round(x) - 1, round(y + self.height) - round(y) - 1)

    def columns(self) -> tuple[list[int], list[int]]:
        """Return left edges and widths of the columns in whole pixels."""
        return _cut(self.left, self.width, self.n)

    def rows(self) -> tuple[list[int], list[int]]:
        """Return top edges and heights of the rows in whole pixels."""
        return _cut(self.top, self.height, self.n)

    @property
    def right(self) -> float:
        return self.left + self.n * self.width

    @property
    def bottom(self) -> float:
        return self.top + self.n * self.height


def _cut(start: float, size: float, n: int) -> tuple[list[int], list[int]]:
    """Return starts and lengths of n pieces, on whole pixels and one pixel apart."""
    edges = [round(start + k * size) for k in range(n + 1)]
    return edges[:-1], [b - a - 1 for a, b in pairwise(edges)]


@dataclass(frozen=True, slots=True)
class Scale:
    """How a value becomes a colour: linear up to ``top``, or by decades from ``floor`` to ``top`` (logarithms)."""

    log: bool
    top: float
    floor: float

    def places(self, values: Floats, log10: Floats) -> Any:
        """Return the indices, 0 to 512, into the diverging colours, as nested lists; 256 is neutral."""
        if self.log:
            share = np.clip((log10 - self.floor) * (1.0 / (self.top - self.floor)), 0.0, 1.0)
            share = (_FAINTEST + (1.0 - _FAINTEST) * share) * (log10 > -math.inf)
        else:
            share = np.minimum(np.abs(values) * (1.0 / self.top), 1.0) if self.top > 0.0 else np.zeros_like(values)
        return (256 + np.rint(np.copysign(256.0 * share, values)).astype(np.int64)).tolist()


class JacobianPanel(Panel):
    """The heatmap of ``∂p_i/∂a_j``: row i is the output, column j the input."""

    title = "Jacobian"
    switch_field = "jacobian_scale"
    switch_choices = (("fixed", "±¼"), ("auto", "auto"), ("log", "log"))

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.set_subtitle("∂pᵢ/∂aⱼ = pᵢ(δᵢⱼ − pⱼ) · rows and columns sum to 0")
        canvas = self.canvas
        self._hover: Pick | None = None
        self._cursor: tuple[int, int] | None = None
        self._bar: QImage | None = None
        self._backdrop_key: object = None
        self._cells_ink: Ink | None = None  # what the backdrop shows: the ink, and each cell's colour and number
        self._cells_shown: dict[tuple[int, int], tuple[int, str]] = {}
        canvas.pressed.connect(self._press)
        canvas.hovered.connect(self._hover_at)
        canvas.left.connect(self._leave)
        canvas.stepped.connect(self._step)
        canvas.key.connect(self._key)
        canvas.focused.connect(self._walk_begins)

    # -- showing

    def restyle(self) -> None:
        assert self.look is not None
        self._muted = QPen(self.look.colour("muted"))
        self._pin = QPen(self.look.colour("text"), self.look.px(2))
        self._point = QPen(self.look.colour("accent"), self.look.px(2))
        pens = {c.rgb(): QPen(c) for c in self.look.on_diverging}
        self._on = [pens[c.rgb()] for c in self.look.on_diverging]
        self._fine = Ink(self.look.font(8.5))
        self._bar = self._colour_bar()

    def _colour_bar(self) -> QImage:
        assert self.look is not None
        image = QImage(1, 513, QImage.Format.Format_RGB32)
        for y, colour in enumerate(reversed(self.look.diverging)):
            image.setPixelColor(0, y, colour)
        return image

    def update_picture(self) -> None:
        key = (self.snapshot.intent.n, self.snapshot.intent.jacobian_scale, self.scale())
        if key != self._backdrop_key:
            self._backdrop_key = key
            self.canvas.stale_backdrop()
        self.canvas.touch_up(self._draw_changed_cells)

    def _grid(self, w: float, h: float) -> Grid:
        assert self.look is not None
        px, n = self.look.px, self.snapshot.intent.n
        left, right, top = self.ink.width("∂p₁₂") + px(10), self.ink.width("Σ = 0+¼ 1e−16") + px(36), px(4)
        if w < px(300):  # the numbers go before the sums of the rows, which the columns repeat
            longest = {"fixed": "+¼", "auto": "+0.0e−00", "log": "+1e−000"}[self.snapshot.intent.jacobian_scale]
            right = self.ink.width(longest) + px(24)
            if (w - left - right) / n < self.ink.width("−0.0e−00") + px(4):  # the cells' numbers go before the bar's
                right = self.ink.width("+¼ ") + px(22)
        bottom = self.ink.height * 2 + px(6)
        width, height = (w - left - right) / n, (h - top - bottom) / n
        width, height = min(width, 1.9 * height, px(140)), min(height, 1.3 * width, px(105))
        slack = (w - left - right - n * width) / 2
        return Grid(
            left + slack, top + max((h - top - bottom - n * height) / 2, 0.0), max(width, 2.0), max(height, 2.0), n
        )

    def scale(self) -> Scale:
        """Return the present scale."""
        kind = self.snapshot.intent.jacobian_scale
        if kind == "fixed":
            return Scale(False, 0.25, 0.0)
        if kind == "auto":
            return Scale(False, float(abs(self.snapshot.jacobian).max()), 0.0)
        logs = [v for v in self.snapshot.log10_jacobian.ravel().tolist() if v > -math.inf]
        if not logs:
            return Scale(True, 0.0, _SPANS[0])
        top = float(math.ceil(max(logs))) if max(logs) > -1e15 else max(logs)
        floor = top + floor_for(min(logs) - top, _SPANS)
        return Scale(True, top, min(floor, math.nextafter(top, -math.inf)))  # at −1e307 a few decades are no step

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        self._draw_marks(painter, self._grid(w, h))

    def _draw_changed_cells(self, painter: QPainter, w: float, h: float) -> None:
        """Draw the cells whose colour or number is not what the backdrop shows."""
        grid, snapshot = self._grid(w, h), self.snapshot
        places = self.scale().places(snapshot.jacobian, snapshot.log10_jacobian)
        texts, ink = self._texts(snapshot.jacobian.tolist(), snapshot.log10_jacobian.tolist(), grid)
        if ink is not self._cells_ink:
            self._cells_ink, self._cells_shown = ink, {}
        changed = []
        for i, row in enumerate(places):
            for j, place in enumerate(row[: i + 1]):  # J is symmetric
                cell = (place, texts[i][j] if texts is not None else "")
                if self._cells_shown.get((i, j)) != cell:
                    self._cells_shown[i, j] = cell
                    changed.append((i, j, *cell))
        if changed:
            self._draw_cells(painter, changed, grid, ink)

    def _draw_cells(self, painter: QPainter, changed: list[tuple[int, int, int, str]], grid: Grid, ink: Ink) -> None:
        """Draw cells of the lower triangle, and their mirror images, with their numbers."""
        assert self.look is not None
        colours, pens, n = self.look.diverging, self._on, grid.n
        (lefts, widths), (tops, heights) = grid.columns(), grid.rows()
        xs = [grid.left + (k + 0.5) * grid.width for k in range(n)]
        ys = [grid.top + (k + 0.5) * grid.height for k in range(n)]
        painter.setFont(ink.font)
        fill, centre, pen = painter.fillRect, ink.centre, None
        for i, j, place, text in changed:
            if pens[place] is not pen:
                pen = pens[place]
                painter.setPen(pen)
            for row, column in ((i, j), (j, i)) if i != j else ((i, j),):
                fill(lefts[column], tops[row], widths[column], heights[row], colours[place])
                if text:
                    centre(painter, xs[column], ys[row], text)

    def _texts(
        self, values: list[list[float]], logs: list[list[float]], grid: Grid
    ) -> tuple[list[list[str]] | None, Ink]:
        """Return the lower triangle as text (J is symmetric) and its ink: shorter or smaller where it must be.

        None where nothing legible fits.
        """
        for digits, ink in ((3, self.ink), (2, self.ink), (3, self._fine), (2, self._fine)):
            if grid.height < ink.height * 0.85 or ink.width(_TYPICAL[digits]) > grid.width - 3.0:
                continue  # most variants fail already here
            texts = [numbers(values[i][: i + 1], logs[i][: i + 1], digits) for i in range(grid.n)]
            if max(map(len, chain.from_iterable(texts))) * ink.width("0") <= grid.width - 3.0:
                return texts, ink
        return None, self.ink

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        """Draw cells, labels, sums (0 by mathematics; the reading line tells the round-off) and the colour bar."""
        assert self.look is not None
        grid, gap = self._grid(w, h), self.look.px(8)
        painter.setPen(self._muted)
        painter.setFont(self.ink.font)
        low = grid.bottom + 0.65 * self.ink.height
        for k in range(grid.n):
            y, x = grid.top + (k + 0.5) * grid.height, grid.left + (k + 0.5) * grid.width
            self.ink.right(painter, grid.left - gap, y, f"∂p{subscript(k)}")
            column = self.ink.first_that_fits(grid.width, f"∂a{subscript(k)}", f"{k + 1}")
            self.ink.centre(painter, x, low, column)
            self.ink.centre(
                painter, x, low + self.ink.height, self.ink.first_that_fits(grid.width, "Σ = 0", "= 0", "0")
            )
            if w >= self.look.px(300):
                self.ink.left(painter, grid.right + gap, y, "Σ = 0")
        self._draw_colour_bar(painter, grid, self.scale(), w)
        self._cells_shown = {}
        self._draw_changed_cells(painter, w, h)

    def _draw_colour_bar(self, painter: QPainter, grid: Grid, scale: Scale, w: float) -> None:
        assert self.look is not None and self._bar is not None
        sums = self.ink.width("Σ = 0") + self.look.px(8) if w >= self.look.px(300) else 0.0
        x = grid.right + self.look.px(8) + sums
        area = QRectF(round(x), round(grid.top), self.look.px(9), round(grid.bottom - grid.top))
        painter.drawImage(area, self._bar)
        painter.setPen(self._muted)
        found = self._bar_ticks(scale)
        start = area.right() + self.look.px(4)
        if start + max(self.ink.width(text) for _, text in found) > w:
            return  # the numbers in the cells matter more
        for height, text in found:
            y = area.bottom() - height * area.height()
            y = min(max(y, area.top() + 0.4 * self.ink.rise), area.bottom() - 0.4 * self.ink.rise)
            self.ink.left(painter, start, y, text)

    def _bar_ticks(self, scale: Scale) -> list[Tick]:
        if not scale.log:
            top = "¼" if scale.top == 0.25 else number(scale.top, None, 2)
            return [(1.0, f"+{top}"), (0.5, "0"), (0.0, f"−{top}")]
        found: list[Tick] = [(0.5, "0")]
        for share in (1.0, 0.5, 0.0):
            exponent = round(scale.floor + share * (scale.top - scale.floor))
            offset = 0.5 * (_FAINTEST + (1.0 - _FAINTEST) * share)
            if share == 0.0:
                continue
            found += [(0.5 + offset, decade(exponent, "+")), (0.5 - offset, decade(exponent, "−"))]
        return found

    def _draw_marks(self, painter: QPainter, grid: Grid) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self._mark_zeros(painter, grid)
        cursor = Cell(*self._cursor) if self._cursor is not None and self.canvas.hasFocus() else None
        for pick, pen in ((self._pinned(), self._pin), (cursor, self._point), (self._hover, self._point)):
            if isinstance(pick, Cell) and max(pick.row, pick.column) < grid.n:
                painter.setPen(pen)
                painter.drawRect(grid.cell(pick.row, pick.column).adjusted(0.0, 0.0, -1.0, -1.0))

    def _mark_zeros(self, painter: QPainter, grid: Grid) -> None:
        """Cross out exact zeros, so that a tiny value is never taken for one."""
        logs = self.snapshot.log10_jacobian
        if math.isfinite(logs.min()):
            return
        painter.setPen(self._muted)
        for i, j in zip(*(logs == -math.inf).nonzero(), strict=True):
            cell = grid.cell(int(i), int(j))
            painter.drawLine(cell.bottomLeft(), cell.topRight())

    def _pinned(self) -> Cell | None:
        picked = self.snapshot.intent.picked
        return None if picked is None else Cell(*picked)

    # -- pointing and picking

    def _pick_at(self, place: QPointF) -> Pick | None:
        grid = self._grid(self.canvas.box.width(), self.canvas.box.height())
        row = math.floor((place.y() - grid.top) / grid.height)
        column = math.floor((place.x() - grid.left) / grid.width)
        rows, columns = 0 <= row < grid.n, 0 <= column < grid.n
        if rows and columns:
            return Cell(row, column)
        if rows and 0.0 < place.x() - grid.right < self.ink.width("  Σ = 0  "):
            return Sum(row, of_row=True)
        if columns and self.ink.height < place.y() - grid.bottom < 2.4 * self.ink.height:
            return Sum(column, of_row=False)
        return None

    def _hover_at(self, place: QPointF) -> None:
        pick = self._pick_at(place)
        if pick != self._hover:
            self._hover = pick
            self.canvas.repaint_live()
            self.point_at(pick)

    def _leave(self) -> None:
        self._hover = None
        self.canvas.repaint_live()
        self.point_at(None)

    def _press(self, place: QPointF) -> None:
        pick = self._pick_at(place)
        if isinstance(pick, Cell):
            self._pin_cell(pick.row, pick.column)
        else:
            self.session.set("Unpin the cell", picked=None)

    def _pin_cell(self, row: int, column: int) -> None:
        self._cursor = (row, column)
        same = self.session.intent.picked == (row, column)
        self.session.set("Unpin the cell" if same else "Pin a cell", picked=None if same else (row, column))

    def _walk_begins(self, focused: bool) -> None:
        if focused:
            self._cursor = self._inside(self._cursor or self.snapshot.intent.picked or (0, 0))
            if self._hover is None:
                self.point_at(Cell(*self._cursor))
        else:
            self.point_at(None)
        self.canvas.repaint_live()

    def _inside(self, cell: tuple[int, int]) -> tuple[int, int]:
        last = self.snapshot.intent.n - 1
        return min(max(cell[0], 0), last), min(max(cell[1], 0), last)

    def _step(self, columns: int, rows: int, event: QKeyEvent) -> None:
        self._walk(columns, rows)

    def _walk(self, columns: int, rows: int) -> None:
        row, column = self._inside(self._cursor or (0, 0))
        self._cursor = self._inside((row + rows, column + columns))
        self._hover = None
        self.canvas.repaint_live()
        self.point_at(Cell(*self._cursor))

    def _key(self, key: int) -> None:
        if key == Qt.Key.Key_Home:
            self._cursor = (0, 0)
            self._walk(0, 0)
        elif self._cursor is not None:
            self._pin_cell(*self._inside(self._cursor))

    def description(self) -> str:
        values, logs = self.snapshot.jacobian.tolist(), self.snapshot.log10_jacobian.tolist()
        rows = [
            f"row {i + 1}: {', '.join(number(v, g) for v, g in zip(*pair, strict=True))}"
            for i, pair in enumerate(zip(values, logs, strict=True))
        ]
        return f"Jacobian of p with respect to the effective logits; {'; '.join(rows)}. Rows and columns sum to 0."
