"""Vanishing, small: gradient sizes against the spread, log-log, with "you are here" to drag."""

import math
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget

from explorer.model.notation import number
from explorer.panels import ticks
from explorer.panels.canvas import AXIS_WIDTH
from explorer.panels.panel import Panel
from explorer.panels.stepping import factor
from explorer.session.intent import SPREAD_RANGE
from explorer.session.picks import SHORT_TITLES, norm_text
from explorer.session.session import Session
from explorer.session.snapshot import CURVE_SPREADS

_FLOORS = (-20.0, -50.0, -100.0, -200.0, -400.0, -1000.0)
_X = np.log10(CURVE_SPREADS)
_STEP = 1.05  # one press of an arrow key multiplies the spread by this


class VanishingPanel(Panel):
    """``‖J‖₂`` and ``‖∂L/∂a‖`` of both losses against the spread."""

    title = "Vanishing"
    axes = ("left", "bottom")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.set_subtitle("gradient size against the spread t, log–log")
        canvas = self.canvas
        self._gesture: int | None = None
        self._legend, self._legend_ends = QPixmap(), [0.0]
        self._legend_key: object = None
        self._low = 0.0
        canvas.pressed.connect(self._press)
        canvas.dragged.connect(self._drag)
        canvas.released.connect(self._release)
        canvas.stepped.connect(self._step)
        canvas.key.connect(self._key)

    # -- showing

    def update_layout(self) -> None:
        self._set_spread_ticks()

    def restyle(self) -> None:
        assert self.look is not None
        self.canvas.style_axis("left", self.look, AXIS_WIDTH)
        self.canvas.style_axis("bottom", self.look, 20)
        self._grid, self._card = self.look.colour("grid"), self.look.colour("card")
        colours = self._colours = (self.look.class_colour(0), self.look.class_colour(1), self.look.class_colour(3))
        dashes = (Qt.PenStyle.SolidLine, Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine)
        self._pens = [QPen(c, 1.0, s) for c, s in zip(colours, dashes, strict=True)]
        self._marker = QPen(self.look.colour("text"), 1.0, Qt.PenStyle.DotLine)
        self._text, self._muted = QPen(self.look.colour("text")), QPen(self.look.colour("muted"))
        self._dots = [self.look.dot(c, self.devicePixelRatio()) for c in colours]
        self._low = 0.0

    def update_picture(self) -> None:
        low = self._floor()
        if low != self._low:
            self._low = low
            self.canvas.set_range((float(_X[0]), float(_X[-1])), (low, -0.06 * low))
            self.canvas.set_ticks("left", ticks.decades(low, 0.0, 7))
            self._set_spread_ticks()
            self.canvas.stale_backdrop()
        self.canvas.repaint_live()

    def _set_spread_ticks(self) -> None:
        """Label every decade of the spread, or every second one where there is little room."""
        step = 1 if self.canvas.box.width() > 5.0 * self.ink.width("×0.01 ×0.1") * 0.9 else 2
        self.canvas.set_ticks("bottom", [(float(d), f"×{ticks.plain(10.0**d)}") for d in range(-2, 4, step)])

    def _floor(self) -> float:
        """Return the bottom of the axis: it gives way in steps, so that the marker stays in the picture."""
        present = [log for *_, log in self._present() if log > -math.inf]
        return ticks.floor_for(min(present, default=0.0) * 1.1, _FLOORS) if present else _FLOORS[0]

    def _present(self) -> list[tuple[str, str, float]]:
        """Return long names, short names and decimal logarithms of the curves at the present spread."""
        found = [("‖J‖₂", "‖J‖₂", float(self.snapshot.softmax.log10_spectral_norm))]
        for loss in self.snapshot.losses:
            entry = (f"‖∂L/∂a‖ {loss.loss.title}", SHORT_TITLES[loss.loss.name], loss.log10_norm)
            if entry not in found:
                found.append(entry)
        return found

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        for value, _ in ticks.decades(self._low, 0.0, 7):
            painter.fillRect(QRectF(0.0, round(self._y(value, h)), w, 1.0), self._grid)

    def _x(self, w: float) -> float:
        place = (math.log10(self.snapshot.intent.spread) - float(_X[0])) / float(_X[-1] - _X[0])
        return min(max(place, 0.0), 1.0) * w

    def _y(self, log10: Any, h: float) -> Any:
        high = -0.06 * self._low
        return (high - log10) / (high - self._low) * h

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        present = self._present()
        if all(log == -math.inf for *_, log in present):
            painter.setFont(self.ink.font)
            painter.setPen(self._muted)
            self.ink.centre(painter, 0.5 * w, 0.5 * h, self._nothing())
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        self._draw_curves(painter, w, h)
        self._draw_marker(painter, present, w, h)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._draw_legend(painter, present, w, h)

    def _draw_curves(self, painter: QPainter, w: float, h: float) -> None:
        """Draw each curve as hair lines side by side: ten times faster than one antialiased line as wide."""
        assert self.look is not None
        xs = (_X - _X[0]) * (w / (_X[-1] - _X[0]))
        width = self.look.px(2)
        painter.setClipRect(QRectF(0.0, 0.0, w, h))
        for logs, pen in zip(self.snapshot.curves.values(), self._pens, strict=False):
            line = pg.functions.arrayToQPolygonF(xs, np.minimum(self._y(logs, h), 3.0 * h))
            painter.setPen(pen)
            for k in range(width):
                offset = k - 0.5 * (width - 1)
                painter.translate(0.7 * offset, -0.7 * offset)
                painter.drawPolyline(line)
                painter.translate(-0.7 * offset, 0.7 * offset)
        painter.setClipping(False)

    def _draw_marker(self, painter: QPainter, present: list[tuple[str, str, float]], w: float, h: float) -> None:
        assert self.look is not None
        x, radius = self._x(w), self.look.px(4)
        painter.setPen(self._marker)
        painter.drawLine(QPointF(round(x) + 0.5, 0.0), QPointF(round(x) + 0.5, h))
        for (*_, log), colour, dot in zip(present, self._colours, self._dots, strict=False):
            y = self._y(log, h)
            if y <= h:
                painter.drawPixmap(QPointF(x - radius - 1.0, y - radius - 1.0), dot)
            else:  # below the axis: an arrow at the edge
                painter.setBrush(colour)
                corners = (x - radius, h - 2 * radius), (x + radius, h - 2 * radius), (x, h)
                painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))

    def _nothing(self) -> str:
        if self.snapshot.intent.n == 1:
            return "One class: p is always 1, J is 0, nothing can vanish."
        return "Every gradient is exactly 0 here."

    def _draw_legend(self, painter: QPainter, present: list[tuple[str, str, float]], w: float, h: float) -> None:
        """Name the curves with their present values, where the fewest of them run."""
        line, figures = 1.35 * self.ink.height, [norm_text(log) for *_, log in present]
        figure_room = max(self.ink.width(text) for text in ("0.000", *figures))
        names = [f"{name} = " for name, *_ in present]
        if max(map(self.ink.width, names)) + figure_room > 0.5 * w:
            names = [f"{short} " for _, short, _ in present]
        legend = self._legend_of(tuple(names), line, figure_room)
        room = legend.deviceIndependentSize()
        area = self._legend_area(room.width(), room.height(), w, h)
        painter.drawPixmap(area.topLeft(), legend)
        painter.setFont(self.ink.font)
        painter.setPen(self._text)
        for k, figure in enumerate(figures):
            x, y = area.left() + self._legend_ends[k], area.top() + (k + 0.6) * line
            self.ink.figure(painter, x, y, figure)

    def _legend_of(self, names: tuple[str, ...], line: float, figure_room: float) -> QPixmap:
        """Return the legend without its numbers, painted once, and note where the numbers go."""
        assert self.look is not None
        key = (names, figure_room, self.look, self.devicePixelRatio())
        if key == self._legend_key:
            return self._legend
        px, ink, ratio = self.look.px, self.ink, self.devicePixelRatio()
        self._legend_key = key
        self._legend_ends = [px(30) + ink.width(name) for name in names]
        size = QSize(math.ceil(max(self._legend_ends) + figure_room + px(3)), math.ceil(line * (len(names) + 0.2)))
        self._legend = QPixmap(size * ratio)
        self._legend.setDevicePixelRatio(ratio)
        self._legend.fill(self._card)
        painter = QPainter(self._legend)
        painter.setFont(ink.font)
        for k, (name, pen) in enumerate(zip(names, self._pens, strict=False)):
            y = (k + 0.6) * line
            painter.setPen(pen)
            for offset in range(px(2)):
                painter.drawLine(QPointF(px(2), round(y) + offset), QPointF(px(24), round(y) + offset))
            painter.setPen(self._text)
            ink.left(painter, px(30), y, name)
        painter.end()
        return self._legend

    def _legend_area(self, width: float, height: float, w: float, h: float) -> QRectF:
        """Return the place where the legend hides least; the first of equals."""
        places = [
            QRectF(round(w - width), round(0.2 * h), width, height),
            QRectF(0.0, round(h - height - 2.0), width, height),
            QRectF(round(w - width), round(h - height - 2.0), width, height),
        ]
        xs = (_X - _X[0]) / (_X[-1] - _X[0]) * w
        ys = self._y(np.array(list(self.snapshot.curves.values())), h)
        hidden = []
        for place in places:
            covered = (xs > place.left()) & (xs < place.right()) & (ys > place.top()) & (ys < place.bottom())
            marker = place.left() - 6.0 < self._x(w) < place.right() + 6.0
            hidden.append(np.count_nonzero(covered) + 1.0 * marker)
        return places[hidden.index(min(hidden))]

    # -- the marker is dragged, and stepped with the keys

    def _spread_at(self, place: QPointF) -> float:
        share = place.x() / max(self.canvas.box.width(), 1.0)
        spread = 10.0 ** (float(_X[0]) + share * float(_X[-1] - _X[0]))
        low, high = 10.0 ** float(_X[0]), SPREAD_RANGE[1]
        return float(f"{min(max(spread, low), high):.3g}")

    def _press(self, place: QPointF) -> None:
        self._gesture = self.session.new_gesture()
        self._drag(place)

    def _drag(self, place: QPointF) -> None:
        if self._gesture is not None:
            self.session.set("Drag the spread", self._gesture, spread=self._spread_at(place))

    def _release(self, _: QPointF) -> None:
        self._gesture = None

    def _step(self, columns: int, rows: int, event: QKeyEvent) -> None:
        if not event.isAutoRepeat() or self._key_gesture is None:
            self._key_gesture = self.session.new_gesture()
        low, high = SPREAD_RANGE
        spread = self.snapshot.intent.spread * _STEP ** ((columns - rows) * factor(event))
        self.session.set("Step the spread", self._key_gesture, spread=float(f"{min(max(spread, low), high):.4g}"))

    _key_gesture: int | None = None

    def _key(self, key: int) -> None:
        if key == Qt.Key.Key_Home:
            self.session.reset_field("spread")

    def description(self) -> str:
        sizes = ", ".join(f"{name} {norm_text(log)}" for name, _, log in self._present())
        return f"Gradient sizes at spread {number(self.snapshot.intent.spread)}: {sizes}."
