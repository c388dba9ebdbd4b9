"""Two losses: what cross-entropy and squared error send, what J makes of it, and a sentence that says what happened."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from explorer.panels import ticks
from explorer.panels.panel import Panel
from explorer.session.picks import norm_text
from explorer.session.session import Session
from explorer.session.two_losses import chain, story

_FLOORS = (-4.0, -12.0, -20.0, -50.0, -100.0, -200.0, -400.0, -1000.0)
_FARTHEST = 100_000.0
_CEILINGS = (2, 6, 12, 20, 50, 100, 200, 400, 1000)


class TwoLossesPanel(Panel):
    """An arrow for each loss, from the size of dL/dp (a ring) through J to the size of dL/da (a dot), in log scale."""

    title = "Two losses"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.set_subtitle("○ ‖∂L/∂p‖ → through J → ● ‖∂L/∂a‖, log")
        self._range: tuple[float, float] | None = None

    def restyle(self) -> None:
        assert self.look is not None
        look = self.look
        self._colours = (look.class_colour(1), look.class_colour(3))
        self._text, self._muted = look.colour("text"), look.colour("muted")
        self._grid, self._card = look.colour("grid"), look.colour("card")
        self._range = None

    def update_picture(self) -> None:
        logs = [log for _, *sizes in chain(self.snapshot) for log in sizes if math.isfinite(log)]
        low = max(ticks.floor_for(min(logs, default=0.0), _FLOORS), -_FARTHEST)
        high = min(max(logs, default=0.0), _FARTHEST)
        found = low, float(next((c for c in _CEILINGS if high <= c), math.ceil(high)))
        if found != self._range:
            self._range = found
            self.canvas.stale_backdrop()
        self.canvas.repaint_live()

    def update_layout(self) -> None:
        self.canvas.stale_backdrop()

    # -- geometry

    def _story_height(self) -> float:
        """The sentence takes up to four lines, fewer where there is little room."""
        _, h = self.canvas.plot_size
        return min(4.6 * self.ink.height, max(h - 2.0 * 1.08 * self.ink.height, 2.4 * self.ink.height))

    def _rows(self, h: float) -> tuple[float, float, float]:
        """Return top, row height and bottom of the arrows."""
        bottom = h - self._story_height()
        axis = 1.3 * self.ink.height if bottom > 5.5 * self.ink.height else 0.0
        row = min((bottom - axis) / 2.0, 5.0 * self.ink.height)
        return 0.0, row, 2.0 * row

    def _named_above(self, row: float) -> bool:
        return row > 2.2 * self.ink.height

    def _span(self, w: float) -> tuple[float, float]:
        """Return where the axis begins and ends: numbers stand outside of it."""
        _, row, _ = self._rows(self.canvas.plot_size[1])
        far = self._range is not None and _FARTHEST in (-self._range[0], self._range[1])
        number = self.ink.width("10^−0.00e000 " if far else "0.0e−000 ")
        names = 0.0 if self._named_above(row) else self.ink.width("Cross-entropy ")
        return names + number, w - number

    def _x(self, log10: float, w: float) -> float:
        assert self._range is not None
        left, right = self._span(w)
        low, high = self._range
        return left + (min(max(log10, low), high) - low) / (high - low) * (right - left)

    # -- painting

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        if self._range is None:
            return
        top, row, bottom = self._rows(h)
        ink = self.ink
        left, right = self._span(w)
        painter.setFont(ink.font)
        most = max(int((right - left) / (1.6 * ink.width("1e−000"))), 1)
        if self._named_above(row):
            painter.setPen(self._muted)
            low, high = self._range
            found = ticks.decades(low, high, most)
            if len(found) < 2:
                found = [(value, ticks.decade(round(value))) for value in (low, 0.0, high)]
            for value, text in found:
                x = self._x(value, w)
                painter.fillRect(QRectF(round(x), top, 1.0, bottom - top), self._grid)
                ink.centre(painter, x, bottom + 0.65 * ink.height, text)
        painter.setPen(self._text)
        for k, (title, *_) in enumerate(chain(self.snapshot)):
            middle = self._middle(k, row)
            if self._named_above(row):
                ink.left(painter, left, middle - 1.1 * ink.height, title)
            else:
                ink.left(painter, 0.0, middle, title)

    def _middle(self, k: int, row: float) -> float:
        return (k + 0.5) * row + (0.5 * self.ink.height if self._named_above(row) else 0.0)

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        painter.setFont(self.ink.font)
        _, row, bottom = self._rows(h)
        for k, (_, upstream, arriving) in enumerate(chain(self.snapshot)):
            self._draw_arrow(painter, w, self._middle(k, row), (upstream, arriving), self._colours[k])
        painter.setPen(self._text)
        below = (1.5 if self._named_above(row) else 0.15) * self.ink.height
        area = QRectF(0.0, bottom + below, w, h - bottom - below)
        painter.drawText(area, int(Qt.TextFlag.TextWordWrap), story(self.snapshot))

    def _draw_arrow(self, painter: QPainter, w: float, y: float, sizes: tuple[float, float], colour: QColor) -> None:
        assert self.look is not None
        px, ink = self.look.px, self.ink
        start, end = (self._x(log, w) for log in sizes)
        radius = float(px(4))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(colour, px(2)))
        painter.setBrush(self._card)
        if abs(end - start) > 4.0 * radius:
            sign = math.copysign(1.0, end - start)
            head = end - sign * radius
            painter.drawLine(QPointF(start + sign * radius, y), QPointF(head - sign * radius, y))
            painter.setBrush(colour)
            wing = sign * 1.6 * radius
            points = (head, y), (head - wing, y - radius), (head - wing, y + radius)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawPolygon(QPolygonF([QPointF(*point) for point in points]))
        painter.setPen(QPen(colour, px(2)))
        painter.setBrush(self._card)
        if sizes[0] > -math.inf:
            painter.drawEllipse(QPointF(start, y), radius, radius)
        painter.setBrush(colour)
        if sizes[1] > -math.inf:
            painter.drawEllipse(QPointF(end, y), 0.8 * radius, 0.8 * radius)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(self._text)
        texts = [norm_text(log) for log in sizes]
        if max(sizes) == -math.inf:
            texts[1] = ""
        first, last = (0, 1) if start <= end else (1, 0)
        gap = radius + px(5)
        ink.right(painter, min(start, end) - gap, y, texts[first])
        ink.left(painter, max(start, end) + gap, y, texts[last])

    def description(self) -> str:
        parts = [
            f"{title}: upstream {norm_text(upstream)}, arriving {norm_text(arriving)}."
            for title, upstream, arriving in chain(self.snapshot)
        ]
        return " ".join([*parts, story(self.snapshot)])
