"""Loss gradient: what the loss sends back (dL/dp), and what is left of it behind the Jacobian (dL/da)."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from explorer.model.notation import MINUS, number, scientific
from explorer.panels import ticks
from explorer.panels.canvas import AXIS_WIDTH
from explorer.panels.panel import Panel
from explorer.session.picks import SHORT_TITLES, Slope, arriving_text, norm_text, upstream_text
from explorer.session.session import Session

_FLOORS = (-4.0, -8.0, -12.0, -20.0, -40.0, -80.0, -160.0, -320.0, -500.0, -1000.0, -2000.0)
_UPRIGHT = 6  # more classes than this have no upright numbers: the reading line tells what is pointed at
_CEILINGS = (0, 1, 2, 4, 8, 12, 20, 40, 80, 160, 320, 500, 1000, 2000)


@dataclass(frozen=True, slots=True)
class Scale:
    """A signed axis from ``-below`` to ``above``: linear, or decades over a floor (then in units of decades)."""

    below: float
    above: float
    floor: float | None = None

    def length(self, value: float, log10: float) -> float:
        """Return the signed length of a bar in units of the axis."""
        if self.floor is None:
            return value
        if log10 == -math.inf:
            return 0.0
        return math.copysign(max(log10 - self.floor, 0.0), value)


@dataclass(frozen=True, slots=True)
class Band:
    """One of the small plots: a stage of a loss in its rectangle, with its scale."""

    upstream: bool
    compared: bool
    area: QRectF
    edge: float
    scale: Scale

    def zero(self) -> float:
        """Return the y of the line of zero."""
        return self.area.top() + self.edge + self.scale.above * self.unit()

    def unit(self) -> float:
        """Return pixels for one unit of the axis; ``edge`` pixels on both sides are left for the numbers."""
        return max(self.area.height() - 2.0 * self.edge, 1.0) / (self.scale.below + self.scale.above)


class GradientPanel(Panel):
    """Two columns, the chosen and the compared loss; two rows, upstream and arriving."""

    title = "Loss gradient"
    switch_field = "gradient_scale"
    switch_choices = (("linear", "linear"), ("log", "± log"))

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        canvas = self.canvas
        self._backdrop_key: object = None
        self._hover: Slope | None = None
        self._cursor = Slope(0, upstream=False, compared=False)
        self._bands: list[Band] = []
        self._value_places: list[QPointF] = []  # where the numbers in the captions go
        self._norm_places: list[QPointF] = []
        self._roomy = True  # is there room for the labels of the axes?
        canvas.hovered.connect(self._hover_at)
        canvas.dragged.connect(self._hover_at)
        canvas.left.connect(self._leave)
        canvas.stepped.connect(self._step)
        canvas.focused.connect(self._walk_begins)

    def restyle(self) -> None:
        assert self.look is not None
        self._text = QPen(self.look.colour("text"))
        self._muted = QPen(self.look.colour("muted"))
        self._grid = self.look.colour("grid")
        self._axis = self.look.colour("axis")
        self._hover_fill = self.look.colour("hover")
        self._backdrop_key = None

    def update_picture(self) -> None:
        intent = self.snapshot.intent
        self.set_subtitle(f"∂L/∂a = J · ∂L/∂p · target: {intent.labels[intent.target]}")
        self._place_bands()
        self.canvas.repaint_live()

    def update_layout(self) -> None:
        self._place_bands()

    def _place_bands(self) -> None:
        """Lay the small plots out anew if a scale has changed; else the last layout and the backdrop still hold."""
        losses, intent = self.snapshot.losses, self.snapshot.intent
        scales = [self._scale([v.arriving.tolist() for v in losses], [v.log10_arriving.tolist() for v in losses])]
        scales += [self._scale([v.upstream.tolist()], [v.log10_upstream.tolist()]) for v in losses]
        names = [loss.loss.name for loss in losses]
        key = (scales, names, intent.labels, intent.target, self.canvas.plot_size, self.look)
        if key != self._backdrop_key:
            self._backdrop_key = key
            self._bands = self._layout_bands(scales, *self.canvas.plot_size)
            self.canvas.stale_backdrop()

    # -- layout of the four small plots

    def _layout_bands(self, scales: list[Scale], w: float, h: float) -> list[Band]:
        assert self.look is not None
        arriving, *upstream = scales
        px, line, count = self.look.px, self.ink.height, len(upstream)
        self._roomy = w >= px(300)
        axis, gap = (px(AXIS_WIDTH) if self._roomy else px(4)), px(10)
        column = (w - gap * (count - 1)) / count
        head, middle, foot = line * 1.2, line * 1.1, line * 1.2
        height = (h - head - middle - foot) / 2
        bands = []
        for k in range(count):
            x = k * (column + gap) + axis
            for row, scale in enumerate((upstream[k], arriving)):
                area = QRectF(x, head + row * (height + middle), column - axis, max(height, 1.0))
                bands.append(Band(row == 0, k == 1, area, line, scale))
        return bands

    def _scale(self, values: list[list[float]], logs: list[list[float]]) -> Scale:
        """Return an axis that holds all the values and stays the same while they change a little."""
        largest, smallest = max(map(max, values)), min(map(min, values))
        if self.snapshot.intent.gradient_scale == "linear":
            size = ticks.nice_limit(min(max(largest, -smallest), 1e300))
            above = size if largest > 0.05 * size else 0.25 * size
            below = size if -smallest > 0.05 * size else 0.25 * size
            return Scale(below, above)
        finite = [g for log in logs for g in log if math.isfinite(g)]
        lowest, highest = (min(finite), max(finite)) if finite else (0.0, 0.0)
        floor = ticks.floor_for(lowest, _FLOORS)
        top = next((c for c in _CEILINGS if highest <= c), math.ceil(highest))
        span = top - floor
        return Scale(span if smallest < 0.0 else 0.12 * span, span if largest > 0.0 else 0.12 * span, floor)

    # -- painting

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        ink, losses = self.ink, self.snapshot.losses
        painter.setFont(ink.font)
        painter.setPen(self._text)
        for band in self._bands:
            self._draw_bars(painter, band)
        for loss, value, norm in zip(losses, self._value_places, self._norm_places, strict=True):
            ink.figure(painter, value.x(), value.y(), number(loss.value))
            ink.figure(painter, norm.x(), norm.y(), norm_text(loss.log10_norm))

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        painter.setFont(self.ink.font)
        for band in self._bands:
            self._draw_axis(painter, band)
        self._draw_captions(painter)
        self._draw_names(painter, h)

    def _draw_axis(self, painter: QPainter, band: Band) -> None:
        assert self.look is not None
        area, zero, unit = band.area, band.zero(), band.unit()
        painter.setPen(self._muted)
        for length, text in self._axis_ticks(band):
            y = zero - length * unit
            painter.fillRect(
                QRectF(area.left(), round(y), area.width(), 1.0), self._axis if length == 0.0 else self._grid
            )
            if self._roomy:
                self.ink.right(painter, area.left() - self.look.px(5), y, text)

    def _axis_ticks(self, band: Band) -> list[ticks.Tick]:
        scale, room = band.scale, 1.3 * self.ink.height / max(band.unit(), 1e-300)
        if scale.floor is None:
            found = [(scale.above, ticks.plain(scale.above)), (-scale.below, ticks.plain(-scale.below))]
            # A side with hardly anything in it has no tick of its own.
            size = max(scale.above, scale.below)
            return [(0.0, "0"), *(t for t in found if abs(t[0]) == size and size > room)]
        span = max(scale.above, scale.below)
        found = [(0.0, ticks.decade(round(scale.floor)))]
        for sign, side, mark in ((1.0, scale.above, ""), (-1.0, scale.below, MINUS)):
            if side == span and span > room:
                found.append((sign * span, ticks.decade(round(scale.floor + span), mark)))
                if span > 3.0 * room:
                    half = round(span / 2)
                    found.append((sign * half, ticks.decade(round(scale.floor + half), mark)))
        return found

    def _draw_bars(self, painter: QPainter, band: Band) -> None:
        assert self.look is not None
        loss = self.snapshot.losses[band.compared]
        if band.upstream:
            values, logs = loss.upstream.tolist(), loss.log10_upstream.tolist()
        else:
            values, logs = loss.arriving.tolist(), loss.log10_arriving.tolist()
        area, zero, unit, colours = band.area, band.zero(), band.unit(), self.look.class_colours
        slot = area.width() / len(values)
        width, highest, lowest = round(slot * 0.7), zero - area.top(), zero - area.bottom()
        pointed = self._hover or (self._cursor if self.canvas.hasFocus() else None)
        if pointed is not None and (pointed.upstream, pointed.compared) == (band.upstream, band.compared):
            painter.fillRect(
                QRectF(area.left() + pointed.index * slot, area.top(), slot, area.height()), self._hover_fill
            )
        ends = []
        for i, (value, log10) in enumerate(zip(values, logs, strict=True)):
            length = min(max(band.scale.length(value, log10) * unit, lowest), highest)
            ends.append(zero - length)
            if log10 != -math.inf:
                size = max(round(abs(length)), 1)
                top = round(zero) - size if math.copysign(1.0, value) > 0.0 else round(zero)
                painter.fillRect(round(area.left() + i * slot + 0.5 * (slot - width)), top, width, size, colours[i])
        self._draw_numbers(painter, band, list(zip(values, logs, ends, strict=True)), slot)

    def _draw_numbers(self, painter: QPainter, band: Band, bars: list[tuple[float, float, float]], slot: float) -> None:
        """Write each number beyond the end of its bar: level, shorter, or upright.

        Where many bars stand too close for that, only the longest has its number; the reading line has the others.
        """
        ink, area, rise = self.ink, band.area, 0.62 * self.ink.height
        high, low = area.top() + 0.5 * rise, area.bottom() - 0.5 * rise
        crowded = len(bars) > _UPRIGHT and ink.width("−0.12") > slot
        if crowded:
            longest = max(range(len(bars)), key=lambda i: bars[i][1])
            shown = [(longest, number(bars[longest][0], bars[longest][1], 2))]
        else:
            texts = [number(value, log10) for value, log10, _ in bars]
            if max(map(ink.width, texts)) > slot + 1.0:
                texts = [self._short(value, log10, slot) for value, log10, _ in bars]
            shown = list(enumerate(texts))
        for i, text in shown:
            value, log10, end = bars[i]
            up = math.copysign(1.0, value) > 0.0 or log10 == -math.inf
            x, width = area.left() + (i + 0.5) * slot, ink.width(text)
            if width <= slot + 1.0 or crowded:
                x = min(max(x, area.left() + 0.5 * width), area.right() - 0.5 * width)
                ink.centre(painter, x, min(max(end - rise if up else end + rise, high), low), text)
            elif slot >= 0.8 * ink.height:
                y = end - 3.0 if up else end + width + 3.0
                ink.upright(painter, x, min(max(y, area.top() + width), area.bottom()), text)

    def _short(self, value: float, log10: float, slot: float) -> str:
        text = number(value, log10, 2)
        shorter = "e" in text and 0.0 < abs(value) < math.inf and self.ink.width(text) > slot + 1.0
        return scientific(value, 0) if shorter else text

    def _draw_captions(self, painter: QPainter) -> None:
        """Write the words over the columns and between the rows, and note where their numbers go."""
        ink, self._value_places, self._norm_places = self.ink, [], []
        for loss, upper, lower in zip(self.snapshot.losses, self._bands[::2], self._bands[1::2], strict=True):
            title, short = loss.loss.title, SHORT_TITLES[loss.loss.name]
            left, room = upper.area.left(), upper.area.width() - ink.width("−0.000")
            painter.setPen(self._text)
            words = ink.first_that_fits(room, f"upstream ∂L/∂p · {title} ", f"∂L/∂p · {title} ", f"∂L/∂p · {short} ")
            y = 0.5 * ink.height
            self._value_places.append(QPointF(ink.words(painter, left, y, words), y))
            painter.setPen(self._muted)
            words = ink.first_that_fits(room, "↓ through J: ‖∂L/∂a‖ = ", "↓ ‖∂L/∂a‖ = ", "↓ ")
            y = 0.5 * (upper.area.bottom() + lower.area.top())
            self._norm_places.append(QPointF(ink.words(painter, left, y, words), y))

    def _draw_names(self, painter: QPainter, h: float) -> None:
        intent = self.snapshot.intent
        painter.setPen(self._muted)
        for band in self._bands[1::2]:
            slot = band.area.width() / intent.n
            names = [f"{label} ◎" if i == intent.target else label for i, label in enumerate(intent.labels)]
            fits = all(self.ink.width(name) <= slot - 2.0 for name in names)
            for i, name in enumerate(names):
                text = name if fits else f"{i + 1}◎" if i == intent.target else f"{i + 1}"
                self.ink.centre(painter, band.area.left() + (i + 0.5) * slot, h - 0.45 * self.ink.height, text)

    # -- pointing

    def _slope_at(self, place: QPointF) -> Slope | None:
        for band in self._bands:
            area = band.area.adjusted(0.0, -self.ink.height * 0.4, 0.0, self.ink.height * 0.4)
            if area.contains(place):
                index = int((place.x() - area.left()) / area.width() * self.snapshot.intent.n)
                return Slope(min(index, self.snapshot.intent.n - 1), band.upstream, band.compared)
        return None

    def _hover_at(self, place: QPointF) -> None:
        slope = self._slope_at(place)
        if slope != self._hover:
            self._hover = slope
            self.canvas.repaint_live()
            self.point_at(slope)

    def _leave(self) -> None:
        self._hover = None
        self.canvas.repaint_live()
        self.point_at(None)

    def _walk_begins(self, focused: bool) -> None:
        self._move(0, 0)
        if not focused:
            self.point_at(None)

    def _step(self, columns: int, rows: int, event: QKeyEvent) -> None:
        self._hover = None
        self._move(columns, rows)

    def _move(self, columns: int, rows: int) -> None:
        """Walk over all bars: left and right through both columns, up and down between the stages."""
        n, losses = self.snapshot.intent.n, len(self.snapshot.losses)
        place = self._cursor.index + (n if self._cursor.compared else 0) + columns
        place = min(max(place, 0), n * losses - 1)
        upstream = self._cursor.upstream if rows == 0 else rows < 0
        self._cursor = Slope(place % n, upstream, place >= n)
        self.canvas.repaint_live()
        self.point_at(self._cursor)

    def description(self) -> str:
        labels = self.snapshot.intent.labels
        parts = []
        for loss in self.snapshot.losses:
            upstream = ", ".join(f"{label} {upstream_text(loss, i)}" for i, label in enumerate(labels))
            arriving = ", ".join(f"{label} {arriving_text(loss, i)}" for i, label in enumerate(labels))
            parts.append(
                f"{loss.loss.title} {number(loss.value)}. Upstream gradient: {upstream}. "
                f"Gradient at the logits: {arriving}; norm {norm_text(loss.log10_norm)}."
            )
        return " ".join(parts)
