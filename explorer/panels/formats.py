"""Number formats: a table of what each format returns at the present logits, and who killed what is not right."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from explorer.model.notation import number
from explorer.panels.panel import Panel
from explorer.session.format_words import (
    SHORT_FORMATS,
    SHORT_VERDICTS,
    SIGNS,
    TRUE,
    figures,
    lost_text,
    quantities,
    reachable,
    true_figures,
    verdict_text,
)
from explorer.session.intent import NUMBER_FORMATS
from explorer.session.picks import Returned
from explorer.session.session import Session

if TYPE_CHECKING:
    from explorer.model.formats import Reading

# Index into the palette of classes and strength of the tint of each verdict; the words say the same.
_TINTS = {
    "right": (9, 40),
    "inaccurate": (1, 55),
    "lost by cancellation": (6, 110),
    "lost by underflow": (5, 120),
    "overflow/NaN": (3, 120),
}
_LOST = ("loses the winner’s gradient at", "gradient lost at", "lost at")


@dataclass(frozen=True, slots=True)
class Grid:
    """The places of the table: a narrow name, equal figures, and the spread at which the gradient is lost."""

    lefts: tuple[float, ...]
    head: float
    row: float

    def cell(self, row: int, column: int) -> QRectF:
        """Return a cell; rows count the true values as 0, columns the names as 0."""
        left, right = self.lefts[column], self.lefts[column + 1]
        return QRectF(left, self.head + row * self.row, right - left, self.row)

    def at(self, place: QPointF) -> tuple[int, int] | None:
        """Return row and column under a place."""
        row = math.floor((place.y() - self.head) / self.row)
        columns = [k for k, left in enumerate(self.lefts[:-1]) if left <= place.x() < self.lefts[k + 1]]
        return (row, columns[0]) if columns and 0 <= row <= len(NUMBER_FORMATS) else None


class FormatsPanel(Panel):
    """A row per format under the row of true values; a click on a spread goes there, on a name takes the format."""

    title = "Number formats"
    switch_field = "arithmetic"
    switch_name = "arithmetic"
    switch_choices = (("stable", "stable"), ("naive", "naive"))

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.set_subtitle("every operation rounded to the format")
        self._grid = Grid((0.0,) * 8, 1.0, 1.0)
        self._hover: tuple[int, int] | None = None
        self._cursor = (1, 6)
        canvas = self.canvas
        canvas.pressed.connect(self._press)
        canvas.hovered.connect(self._hover_at)
        canvas.left.connect(self._leave)
        canvas.stepped.connect(self._step)
        canvas.key.connect(self._key)
        canvas.focused.connect(self._walk_begins)

    def restyle(self) -> None:
        assert self.look is not None
        look = self.look
        self._text, self._muted, self._accent = look.colour("text"), look.colour("muted"), look.colour("accent")
        self._line, self._lit = look.colour("grid"), look.colour("hover")
        self._tints: dict[str, QColor] = {}
        for verdict, (index, alpha) in _TINTS.items():
            tint = look.class_colour(index)
            tint.setAlpha(alpha)
            self._tints[verdict] = tint
        self._lay_out()

    def update_layout(self) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        w, h = self.canvas.plot_size
        ink = self.ink
        rows, head = len(NUMBER_FORMATS) + 1, 1.2 * ink.height if h < 12.0 * ink.height else 1.5 * ink.height
        self._narrow = w < 40.0 * ink.height
        self._pad = (0.2 if self._narrow else 0.35) * ink.height
        names = SHORT_FORMATS.values() if self._narrow else SHORT_FORMATS
        name = max(map(ink.width, names)) + 0.9 * ink.height
        last = max(ink.width(_LOST[2 if self._narrow else 1]), ink.width("a tie: never")) + 2.0 * self._pad
        each = (w - name - last) / 5.0
        lefts = (0.0, *(name + k * each for k in range(6)), w)
        self._grid = Grid(lefts, head, max((h - head) / rows, 1.0))
        words = max(map(ink.width, SHORT_VERDICTS.values()))
        self._level = each >= ink.width("1 − 0.0e−000") + words + 1.6 * ink.height
        self._two_lines = self._grid.row > 2.1 * ink.height and words <= each - 0.6 * ink.height
        self.canvas.stale_backdrop()

    def update_picture(self) -> None:
        self.canvas.repaint_live()

    # -- painting

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        painter.setFont(self.ink.font)
        grid = self._grid
        for row in range(1, len(NUMBER_FORMATS) + 1):
            painter.fillRect(QRectF(0.0, round(grid.cell(row, 0).top()), w, 1.0), self._line)

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        ink, grid, intent = self.ink, self._grid, self.snapshot.intent
        columns = quantities(self.snapshot)
        painter.setFont(ink.font)
        painter.setPen(self._muted)
        last = ink.first_that_fits(grid.cell(0, 6).width(), *_LOST)
        for k, text in enumerate((*columns.values(), last)):
            left = grid.cell(0, k + 1).left() + self._pad
            ink.words(painter, left, 0.5 * grid.head, ink.elided(text, grid.cell(0, k + 1).width()))
        found = self.snapshot.format_table
        self._draw_true(painter, [true_figures(self.snapshot, quantity) for quantity in columns])
        for row, name in enumerate(NUMBER_FORMATS, start=1):
            chosen = name == intent.number_format
            cell = grid.cell(row, 0)
            if chosen:
                painter.fillRect(QRectF(0.0, cell.top() + 3.0, 3.0, cell.height() - 5.0), self._accent)
            painter.setPen(self._text if chosen else self._muted)
            shown = SHORT_FORMATS[name] if self._narrow else name
            ink.words(painter, 0.55 * ink.height, cell.center().y(), shown)
            for k, quantity in enumerate(columns):
                self._draw_cell(painter, grid.cell(row, k + 1), found[name][quantity])
            self._draw_spread(painter, grid.cell(row, 6), name)
        if self.canvas.hasFocus():
            painter.setPen(QPen(self._accent, 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(grid.cell(*self._cursor).adjusted(2.0, 2.0, -2.0, -1.0))

    def _draw_true(self, painter: QPainter, columns: list[tuple[str, ...]]) -> None:
        ink, grid = self.ink, self._grid
        painter.setPen(self._text)
        y = grid.cell(0, 0).center().y()
        ink.words(painter, 0.55 * ink.height, y, "true" if self._narrow else TRUE)
        for k, texts in enumerate(columns):
            cell = grid.cell(0, k + 1)
            ink.figure(painter, cell.left() + self._pad, y, ink.first_that_fits(cell.width() - self._pad, *texts))

    def _draw_cell(self, painter: QPainter, cell: QRectF, reading: "Reading") -> None:
        """Tint a cell by its verdict; write value and verdict: side by side, one below the other, or with a sign."""
        ink, verdict = self.ink, str(reading.verdict)
        painter.fillRect(cell.adjusted(1.0, 2.0, -1.0, -1.0), self._tints[verdict])
        texts, word = figures(reading.value), SHORT_VERDICTS[verdict]
        left, y = cell.left() + self._pad, cell.center().y()
        painter.setPen(self._text)
        room = cell.width() - self._pad - 2.0
        if self._level:
            ink.figure(painter, left, y, texts[0])
            painter.setPen(self._muted if verdict == "right" else self._text)
            ink.words(painter, cell.right() - 0.35 * ink.height - ink.width(word), y, word)
        elif self._two_lines:
            ink.figure(painter, left, y - 0.48 * ink.height, ink.first_that_fits(room, *texts))
            painter.setPen(self._muted if verdict == "right" else self._text)
            ink.words(painter, left, y + 0.52 * ink.height, word)
        else:
            end = ink.words(painter, left, y, f"{SIGNS[verdict]} ")
            ink.figure(painter, end, y, ink.first_that_fits(cell.right() - end - 2.0, *texts))

    def _draw_spread(self, painter: QPainter, cell: QRectF, name: str) -> None:
        ink, text, there = self.ink, lost_text(self.snapshot, name), reachable(self.snapshot, name)
        painter.setPen(self._accent if there else self._muted)
        text = f"{text} →" if there else text
        ink.words(painter, cell.left() + self._pad, cell.center().y(), ink.elided(text, cell.width()))

    # -- pointing, choosing a format, going to a spread

    def _point(self, place: tuple[int, int] | None) -> None:
        names = tuple(quantities(self.snapshot))
        if place is None:
            self.point_at(None)
            return
        row, column = place
        name = NUMBER_FORMATS[max(row - 1, 0)]
        self.point_at(Returned(name, names[column - 1] if 1 <= column <= len(names) else "one_minus_p_max"))

    def _hover_at(self, place: QPointF) -> None:
        found = self._grid.at(place)
        if found != self._hover:
            self._hover = found
            self._point(found)

    def _leave(self) -> None:
        self._hover = None
        self.point_at(None)

    def _press(self, place: QPointF) -> None:
        found = self._grid.at(place)
        if found is not None and found[0] >= 1:
            self._cursor = found
            self._use(found)
            self.canvas.repaint_live()

    def _use(self, place: tuple[int, int]) -> None:
        """Go to the spread of the last column; elsewhere take the row's format."""
        name = NUMBER_FORMATS[place[0] - 1]
        if place[1] < 6:
            self.session.set("Choose the number format", number_format=name)
        elif self.snapshot.lost_at[name] is not None:
            self.session.set(f"Go where {name} loses the gradient", spread=self.snapshot.lost_at[name])

    def _step(self, columns: int, rows: int, event: QKeyEvent) -> None:
        row, column = self._cursor
        self._cursor = (min(max(row + rows, 1), len(NUMBER_FORMATS)), min(max(column + columns, 0), 6))
        self.canvas.repaint_live()
        self._point(self._cursor)

    def _walk_begins(self, focused: bool) -> None:
        self._point(self._cursor if focused else None)

    def _key(self, key: int) -> None:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._use(self._cursor)
        elif key == Qt.Key.Key_Home:
            self.session.reset_field("number_format")

    def description(self) -> str:
        columns = quantities(self.snapshot)
        found = self.snapshot.format_table
        true = ", ".join(f"{text} {true_figures(self.snapshot, name)[0]}" for name, text in columns.items())
        lines = [f"True values: {true}."]
        for name in NUMBER_FORMATS:
            cells = (
                f"{text} {figures(found[name][quantity].value)[0]} {verdict_text(found[name][quantity])}"
                for quantity, text in columns.items()
            )
            lost = self.snapshot.lost_at[name]
            where = lost_text(self.snapshot, name) if lost is None else f"spread {number(lost)}"
            lines.append(f"{name}: {', '.join(cells)}; loses the winner's gradient at: {where}.")
        return " ".join(lines)
