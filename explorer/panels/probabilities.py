"""Probabilities: a bar per class with its number, the target marked, the ghost outlined; bars can be dragged."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from explorer.model import Softmax
from explorer.model.notation import number
from explorer.panels import ticks
from explorer.panels.canvas import AXIS_WIDTH
from explorer.panels.panel import Panel
from explorer.panels.stepping import Stepping
from explorer.session.intent import SLIDER_LIMIT
from explorer.session.picks import Bar, p_text
from explorer.session.session import Session

_FLOORS = (-4.0, -8.0, -12.0, -20.0, -40.0, -80.0, -160.0, -320.0, -500.0, -1000.0)
_HEADROOM = 1.1  # room over the axis for the number on a bar of 1


class ProbabilitiesPanel(Panel):
    """Bars of p on a linear or a logarithmic axis."""

    title = "Probabilities"
    axes = ("left", "bottom")
    switch_field = "probability_scale"
    switch_choices = (("linear", "linear"), ("log", "log"))

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.set_subtitle("p = softmax(t·z + c)")
        self._hover: int | None = None
        self._cursor = 0
        self._stepping = Stepping(session)
        self._gesture: int | None = None
        self._axis_key: object = None
        canvas = self.canvas
        canvas.pressed.connect(self._press)
        canvas.dragged.connect(self._drag)
        canvas.released.connect(self._release)
        canvas.hovered.connect(self._hover_at)
        canvas.left.connect(self._leave)
        canvas.stepped.connect(self._step)
        canvas.key.connect(self._key)
        canvas.focused.connect(self._walk_begins)

    # -- showing

    def restyle(self) -> None:
        assert self.look is not None
        self.canvas.style_axis("left", self.look, AXIS_WIDTH)
        self.canvas.style_axis("bottom", self.look, 20)
        self._outline = QPen(self.look.colour("text"), 1.0)
        self._outline.setStyle(Qt.PenStyle.DashLine)
        self._number_pen = QPen(self.look.colour("text"))
        self._grid = self.look.colour("grid")
        self._hover_fill = self.look.colour("hover")
        self._axis_key = None

    def update_picture(self) -> None:
        self._update_axes()
        self.canvas.repaint_live()

    def update_layout(self) -> None:
        self._axis_key = None
        self._update_axes()

    def _update_axes(self) -> None:
        intent = self.snapshot.intent
        low = self._low()
        key = (intent.n, intent.labels, intent.target, low)
        if key == self._axis_key:
            return
        self._axis_key = key
        self.canvas.stale_backdrop()
        n = intent.n
        self.canvas.set_range((-0.5, n - 0.5), (low, self._high()))
        quarters = [(v, f"{v:.2f}") for v, _ in ticks.linear(0.0, 1.0, 4)]
        self.canvas.set_ticks("left", quarters if low == 0.0 else ticks.decades(low, 0.0, 7))
        slot = self.canvas.box.width() / n - 4.0
        names = [f"{label} ◎" if i == intent.target else label for i, label in enumerate(intent.labels)]
        self.canvas.set_ticks("bottom", [(float(i), self._name(name, i, slot)) for i, name in enumerate(names)])

    def _name(self, name: str, index: int, slot: float) -> str:
        """Return the class name if it fits into its slot, else its number."""
        if self.ink.width(name) <= slot:
            return name
        mark = "◎" if index == self.snapshot.intent.target else ""
        short = self.ink.elided(name, slot)
        return short if len(short) > 4 else f"{index + 1}{mark}"

    def _low(self) -> float:
        if self.snapshot.intent.probability_scale == "linear":
            return 0.0
        lowest = float(self.snapshot.softmax.log10_p.min())
        return ticks.floor_for(lowest, _FLOORS)

    def _high(self) -> float:
        """Return the top of the axis: above the tallest bar there is room for its number."""
        low, height = self._low(), max(self.canvas.box.height(), 1.0)
        headroom: float = max(_HEADROOM, 1.0 / (1.0 - min(1.4 * self.ink.height / height, 0.4)))
        return headroom if low == 0.0 else -low * (headroom - 1.0)

    def _heights(self, softmax: Softmax, h: float) -> list[float]:
        """Return bar heights in pixels."""
        low, high = self._low(), self._high()
        values = softmax.log10_p if low else softmax.p
        return [max((v - low) / (high - low) * h, 0.0) for v in values.tolist()]

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        low, high = self._low(), self._high()
        for value, _ in ticks.linear(0.0, 1.0, 4) if low == 0.0 else ticks.decades(low, 0.0, 7):
            painter.fillRect(QRectF(0.0, round(h - (value - low) / (high - low) * h), w, 1.0), self._grid)

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        assert self.look is not None
        snapshot, look = self.snapshot, self.look
        n = snapshot.intent.n
        slot = w / n
        pointed = self._hover if self._hover is not None else (self._cursor if self.canvas.hasFocus() else None)
        if pointed is not None and pointed < n:
            painter.fillRect(QRectF(pointed * slot, 0.0, slot, h), self._hover_fill)
        width = slot * 0.7
        heights = self._heights(snapshot.softmax, h)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = min(look.px(4), width / 4)
        for i, height in enumerate(heights):
            painter.setBrush(look.class_colours[i])
            x = i * slot + 0.5 * (slot - width)
            if height > 2 * radius:
                painter.drawRoundedRect(QRectF(x, h - height, width, height), radius, radius)
            else:
                painter.drawRect(QRectF(x, h - max(height, 1.0), width, max(height, 1.0)))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._draw_ghost(painter, slot, width, h)
        self._draw_numbers(painter, heights, slot, h)

    def _draw_ghost(self, painter: QPainter, slot: float, width: float, h: float) -> None:
        ghost = self.snapshot.ghost
        if ghost is None:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self._outline)
        for i, height in enumerate(self._heights(ghost, h)):
            x = i * slot + 0.5 * (slot - width)
            painter.drawRect(QRectF(round(x), round(h - height), round(width), round(height) + 2))

    def _draw_numbers(self, painter: QPainter, heights: list[float], slot: float, h: float) -> None:
        """Write the number on each bar: level where it fits or stands alone, else upright."""
        ink, w = self.ink, slot * len(heights)
        painter.setFont(ink.font)
        painter.setPen(self._number_pen)
        rise = 0.75 * ink.height
        bars = zip(heights, self.snapshot.softmax.p.tolist(), self.snapshot.p_texts, strict=True)
        for i, (height, p, text) in enumerate(bars):
            x = (i + 0.5) * slot
            width = ink.width(text)
            if width > slot and p <= 0.9995:
                text = number(p, float(self.snapshot.softmax.log10_p[i]), 2)
                width = ink.width(text)
            if width <= slot + 4.0 or p > 0.9995:  # next to such a bar all others are low
                x = min(max(x, 0.5 * width), w - 0.5 * width)
                ink.centre(painter, x, max(h - height - rise, rise), text)
            else:
                ink.upright(painter, x, max(h - height - 0.3 * rise, width), text)

    # -- pointing, dragging, stepping

    def _index_at(self, place: QPointF) -> int | None:
        n, w = self.snapshot.intent.n, self.canvas.box.width()
        index = math.floor(place.x() / w * n) if w > 0 else -1
        return index if 0 <= index < n and 0.0 <= place.y() <= self.canvas.box.height() else None

    def _hover_at(self, place: QPointF) -> None:
        index = self._index_at(place)
        if index != self._hover:
            self._hover = index
            self.canvas.setCursor(Qt.CursorShape.SizeVerCursor if index is not None else Qt.CursorShape.ArrowCursor)
            self.canvas.repaint_live()
            self.point_at(None if index is None else Bar(index))

    def _leave(self) -> None:
        if self._hover is not None:
            self._hover = None
            self.canvas.repaint_live()
            self.point_at(None)

    def _press(self, place: QPointF) -> None:
        index = self._index_at(place)
        if index is None:
            return
        self._cursor = index
        self._gesture = self.session.new_gesture()
        softmax, a = self.snapshot.softmax, self.snapshot.intent.effective[index]
        # The logarithm of the others' sum stays the same during the drag.
        self._others = a - float(softmax.log_p[index]) + float(softmax.log_q[index])

    def _drag(self, place: QPointF) -> None:
        if self._gesture is None:
            return
        if self.snapshot.intent.n == 1:
            self.session.refused.emit("With a single class p is always 1: add a class to have something to drag.")
            self._gesture = None
            return
        logit = self._logit_for(place)
        index = self._cursor
        self.session.apply(
            f"Drag {self.snapshot.intent.labels[index]}", lambda intent: intent.with_logit(index, logit), self._gesture
        )
        self.point_at(Bar(index))

    def _logit_for(self, place: QPointF) -> float:
        """Return the logit that puts the bar's top at the pointer."""
        h = self.canvas.box.height()
        low, high = self._low(), self._high()
        value = low + (1.0 - place.y() / h) * (high - low)
        pixel = (high - low) / h
        if low == 0.0:
            p = min(max(value, 0.25 * pixel), 1.0 - 0.25 * pixel)
            odds = math.log(p) - math.log1p(-p)
        else:
            log_p = min(max(value, low), -1e-9) * math.log(10.0)
            odds = log_p - math.log(-math.expm1(log_p))
        intent = self.snapshot.intent
        z = (odds + self._others - intent.shift) / intent.spread
        return round(min(max(z, -SLIDER_LIMIT), SLIDER_LIMIT), 3) + 0.0  # no −0

    def _release(self, _: QPointF) -> None:
        self._gesture = None

    def _walk_begins(self, focused: bool) -> None:
        self._cursor = min(self._cursor, self.snapshot.intent.n - 1)
        if focused and self._hover is None and self._gesture is None:
            self.point_at(Bar(self._cursor))
        self.canvas.repaint_live()

    def _step(self, columns: int, rows: int, event: QKeyEvent) -> None:
        n = self.snapshot.intent.n
        self._cursor = min(max(self._cursor + columns, 0), n - 1)
        if rows:
            index = self._cursor
            z = self._stepping.next_value(self.snapshot.intent.logits[index], -rows * 0.1, event)
            self.session.apply("Step a logit", lambda i: i.with_logit(index, z), self._stepping.gesture)
        self.canvas.repaint_live()
        self.point_at(Bar(self._cursor))

    def _key(self, key: int) -> None:
        if key == Qt.Key.Key_Home:
            self.session.reset_logit(self._cursor)

    def description(self) -> str:
        labels = self.snapshot.intent.labels
        bars = [f"{labels[i]} {p_text(self.snapshot, i)}" for i in range(len(labels))]
        return f"Probabilities: {', '.join(bars)}. Target: {labels[self.snapshot.intent.target]}."
