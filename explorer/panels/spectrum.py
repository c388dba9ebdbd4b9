"""Spectrum: each eigenvalue of J between the two probabilities that hold it, the bound ½, and the vector of one."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from explorer.model.notation import number, subscript
from explorer.panels import ticks
from explorer.panels.panel import Panel
from explorer.session.picks import Eigen, eigenvalue_text, p_text
from explorer.session.session import Session

_FLOORS = (-4.0, -8.0, -20.0, -50.0, -100.0, -200.0, -400.0, -1000.0)
_FARTHEST = -100_000.0
_NULL = "null direction (1, …, 1)"


class SpectrumPanel(Panel):
    """Left a row for each eigenvalue, the largest on top; right the entries of the eigenvector picked."""

    title = "Spectrum of J"
    switch_field = "vanishing.spectrum_scale"
    switch_choices = (("linear", "linear"), ("log", "log"))

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._range = (0.0, 1.0)
        self._hover: int | None = None
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
        self._text, self._muted = QPen(look.colour("text")), QPen(look.colour("muted"))
        self._grid, self._lit, self._track = look.colour("grid"), look.colour("hover"), look.colour("track")
        self._accent = look.colour("accent")
        self._dot = look.dot(look.colour("text"), self.devicePixelRatio())
        self._picked_dot = look.dot(self._accent, self.devicePixelRatio())

    def update_picture(self) -> None:
        full = "each eigenvalue ● lies between two neighbouring p’s ┃ · none exceeds ½ · a click shows its eigenvector"
        brief = "● eigenvalues between the p’s ┃"
        self.set_subtitle(self.ink.first_that_fits(self.subtitle_room(), full, brief, ""))
        found = self._find_range()
        if found != self._range:
            self._range = found
        self.canvas.stale_backdrop()

    def update_layout(self) -> None:
        self.canvas.stale_backdrop()

    # -- geometry

    def _find_range(self) -> tuple[float, float]:
        """Return the ends of the axis: of values, or of their decimal logarithms."""
        s, n = self.snapshot.softmax, self.snapshot.intent.n
        if self._log:
            lowest = float(min(s.log10_p.min(), *self.snapshot.log10_eigenvalues[1:])) if n > 1 else 0.0
            return max(ticks.floor_for(lowest, _FLOORS), _FARTHEST), 0.0
        return 0.0, 0.5 if float(s.p.max()) <= 0.5 else 1.0

    @property
    def _log(self) -> bool:
        return self.snapshot.intent.vanishing.spectrum_scale == "log"

    def _split(self, w: float) -> tuple[float, float, float]:
        """Return where the axis of the eigenvalues begins and ends, and where the eigenvector's part begins."""
        names = self.ink.width("λ₁₂ = 0.0000e−0000 ")
        vector = 0.62 * w
        return min(names, 0.3 * w), vector - 1.8 * self.ink.height, vector

    def _row(self) -> float:
        _, h = self.canvas.plot_size
        return (h - 1.5 * self.ink.height) / max(self.snapshot.intent.n, 3)

    def _x(self, log10: float, w: float) -> float:
        left, right, _ = self._split(w)
        low, high = self._range
        value = log10 if self._log else 10.0 ** max(log10, -400.0)
        return left + (min(max(value, low), high) - low) / (high - low) * (right - left)

    def _rank_at(self, place: QPointF) -> int | None:
        rank = math.floor(place.y() / max(self._row(), 1.0))
        return rank if 0 <= rank < self.snapshot.intent.n > 1 else None

    # -- painting

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        painter.setFont(self.ink.font)
        if self.snapshot.intent.n == 1:
            return
        left, right, vector = self._split(w)
        low, high = self._range
        bottom, y = self._row() * self.snapshot.intent.n, h - 0.6 * self.ink.height
        most = max(int((right - left) / (1.8 * self.ink.width("1e−000"))), 2)
        found = ticks.decades(low, high, most) if self._log else ticks.linear(low, high, 4)
        painter.setPen(self._muted)
        for value, text in found:
            x = left + (value - low) / (high - low) * (right - left)
            painter.fillRect(QRectF(round(x), 0.0, 1.0, bottom), self._grid)
            self.ink.centre(painter, x, y, text)
        half = self._x(math.log10(0.5), w)
        painter.setPen(QPen(self._muted.color(), 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(round(half) + 0.5, 0.0), QPointF(round(half) + 0.5, bottom))
        painter.fillRect(QRectF(round(vector), 0.0, 1.0, h), self._grid)

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        painter.setFont(self.ink.font)
        n = self.snapshot.intent.n
        if n == 1:
            painter.setPen(self._muted)
            sentence = "One class: J is the number 0, and so is its only eigenvalue. Add a class."
            self.ink.centre(painter, 0.5 * w, 0.5 * h, self.ink.elided(sentence, w))
            return
        order = sorted(range(n), key=lambda k: -float(self.snapshot.softmax.log10_p[k]))
        for rank in range(n):
            self._draw_eigenvalue(painter, w, rank, order)
        self._draw_vector(painter, w)

    def _draw_eigenvalue(self, painter: QPainter, w: float, rank: int, order: list[int]) -> None:
        assert self.look is not None
        look, ink, row, s = self.look, self.ink, self._row(), self.snapshot.softmax
        y, picked = (rank + 0.5) * row, rank == self.snapshot.intent.vanishing.eigenvector
        left, right, vector = self._split(w)
        if picked or rank == self._hover:
            painter.fillRect(QRectF(0.0, rank * row + 1.0, vector - 1.0, row - 2.0), self._lit)
        if picked:
            painter.fillRect(QRectF(0.0, rank * row + 1.0, look.px(3), row - 2.0), self._accent)
        painter.setPen(self._text if picked else self._muted)
        name = ink.words(painter, look.px(7), y, f"λ{subscript(rank)} ")
        painter.setPen(self._text)
        ink.figure(painter, name, y, eigenvalue_text(self.snapshot, rank))
        radius, tall = look.px(4), min(0.32 * row, look.px(9))
        if rank == len(order) - 1:
            painter.setPen(self._muted)
            x = left + radius + look.px(8)
            ink.words(painter, x, y, ink.elided(_NULL, right - x))
            place = left
        else:
            ends = [self._x(float(s.log10_p[order[k]]), w) for k in (rank + 1, rank)]
            painter.fillRect(QRectF(ends[0], y - look.px(1), ends[1] - ends[0], 2 * look.px(1)), self._track)
            for k, x in zip((rank + 1, rank), ends, strict=True):
                mark = QRectF(x - look.px(1.5), y - tall, 2 * look.px(1.5), 2.0 * tall)
                painter.fillRect(mark, look.class_colours[order[k] % len(look.class_colours)])
            place = self._x(float(self.snapshot.log10_eigenvalues[-1 - rank]), w)
        dot = self._picked_dot if picked else self._dot
        painter.drawPixmap(QPointF(place - radius - 1.0, y - radius - 1.0), dot)

    def _draw_vector(self, painter: QPainter, w: float) -> None:
        assert self.look is not None
        look, ink, row, intent = self.look, self.ink, self._row(), self.snapshot.intent
        _, _, start = self._split(w)
        rank = intent.vanishing.eigenvector
        entries = self.snapshot.eigenvectors[:, -1 - rank].tolist()
        start += look.px(8)
        names = min(max(map(ink.width, intent.labels)), 0.3 * (w - start)) + look.px(8)
        figures = max(ink.width(number(entry)) for entry in entries)
        left, right = start + names, w - figures - look.px(4)
        middle, reach = 0.5 * (left + right), 0.5 * (right - left)
        painter.fillRect(QRectF(round(middle), 0.0, 1.0, row * intent.n), self._grid)
        for k, entry in enumerate(entries):
            y, length = (k + 0.5) * row, abs(entry) * reach
            painter.setPen(self._text)
            ink.words(painter, start, y, ink.elided(intent.labels[k], names - look.px(6)))
            tall = min(0.6 * row, look.px(16))
            x = middle if entry > 0.0 else middle - length
            colour = look.class_colours[k % len(look.class_colours)]
            painter.fillRect(QRectF(x, y - 0.5 * tall, max(length, 1.0), tall), colour)
            ink.right(painter, w - 2.0, y, number(entry))
        painter.setPen(self._muted)
        text = f"eigenvector of λ{subscript(rank)}, length 1"
        ink.centre(painter, middle, self.canvas.plot_size[1] - 0.6 * ink.height, ink.elided(text, w - start))

    # -- picking

    def _use(self, rank: int) -> None:
        self.session.choose("vanishing", "Choose an eigenvector", eigenvector=rank)

    def _press(self, place: QPointF) -> None:
        rank = self._rank_at(place)
        if rank is not None and place.x() < self._split(self.canvas.plot_size[0])[2]:
            self._use(rank)
            self.point_at(Eigen(rank))

    def _hover_at(self, place: QPointF) -> None:
        rank = self._rank_at(place)
        if rank != self._hover:
            self._hover = rank
            self.canvas.repaint_live()
            self.point_at(None if rank is None else Eigen(rank))

    def _leave(self) -> None:
        self._hover = None
        self.canvas.repaint_live()
        self.point_at(None)

    def _step(self, columns: int, rows: int, event: QKeyEvent) -> None:
        rank = self.snapshot.intent.vanishing.eigenvector + columns + rows
        rank = min(max(rank, 0), self.snapshot.intent.n - 1)
        self._use(rank)
        self.point_at(Eigen(rank))

    def _key(self, key: int) -> None:
        if key == Qt.Key.Key_Home:
            self.session.reset_field("vanishing.eigenvector")

    def _walk_begins(self, focused: bool) -> None:
        self.point_at(Eigen(self.snapshot.intent.vanishing.eigenvector) if focused else None)

    # -- in words

    def description(self) -> str:
        intent = self.snapshot.intent
        if intent.n == 1:
            return "One class: J is the number 0, and so is its only eigenvalue."
        values = ", ".join(eigenvalue_text(self.snapshot, rank) for rank in range(intent.n))
        between = ", ".join(p_text(self.snapshot, k) for k in range(intent.n))
        rank = intent.vanishing.eigenvector
        entries = self.snapshot.eigenvectors[:, -1 - rank].tolist()
        vector = ", ".join(f"{label} {number(x)}" for label, x in zip(intent.labels, entries, strict=True))
        return (
            f"Eigenvalues of J, the largest first, each between two neighbouring probabilities: {values}. "
            f"Probabilities: {between}. The last is 0, with the null direction of ones. "
            f"Eigenvector number {rank + 1}: {vector}."
        )
