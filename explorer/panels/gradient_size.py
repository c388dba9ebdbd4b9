"""Gradient size, large: the curves a person chose, true and as a number format returns them, as the logits diverge."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.model.notation import number
from explorer.panels import ticks
from explorer.panels.canvas import AXIS_WIDTH
from explorer.panels.curve_layer import CurveLayer, Frame, pens
from explorer.panels.panel import Panel
from explorer.panels.stepping import factor
from explorer.panels.widgets import Toggle
from explorer.session.curves import KNOWN_CURVES, gap, shown_curves, size_here
from explorer.session.direction import AlongSpread, Direction, direction_of
from explorer.session.format_words import SHORT_FORMATS
from explorer.session.intent import CURVES, NUMBER_FORMATS
from explorer.session.picks import Along, norm_text
from explorer.session.session import Session
from explorer.session.snapshot import MARK_EVERY, SWEEP_PLACES

_FLOORS = (-20.0, -50.0, -100.0, -200.0, -400.0, -1000.0)
_LOWEST = -100_000.0  # below it the marker is an arrow at the edge


class GradientSizePanel(Panel):
    """Curves along the chosen direction, marks of the chosen format, and the present state as a marker to drag."""

    moved = Signal()  # a person moved the marker

    title = "Gradient size"
    axes = ("left", "bottom")
    switch_field = "number_format"
    switch_name = "number format"
    switch_choices = tuple((name, SHORT_FORMATS[name]) for name in NUMBER_FORMATS)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.toggles = {key: Toggle(key, self) for key in CURVES}
        self._keys = QHBoxLayout()
        for toggle in self.toggles.values():
            self._keys.addWidget(toggle)
            toggle.clicked.connect(self._toggle_curves)
        self._layout.insertLayout(1, self._keys)
        self._gesture: int | None = None
        self._key_gesture: int | None = None
        self._frame = Frame(1.0, 1.0, -20.0, 1, 1.0)
        self._way: Direction = AlongSpread()
        self._layer_key: object = None
        self._hover: int | None = None
        canvas = self.canvas
        canvas.pressed.connect(self._press)
        canvas.dragged.connect(self._drag)
        canvas.released.connect(self._release)
        canvas.hovered.connect(self._hover_at)
        canvas.left.connect(self._leave)
        canvas.stepped.connect(self._step)
        canvas.key.connect(self._key)

    def tab_chain(self) -> list[QWidget]:
        segments = self.switch.segments.values() if self.switch else ()
        return [*segments, *self.toggles.values(), self.canvas]

    # -- showing

    def restyle(self) -> None:
        assert self.look is not None
        look = self.look
        self.canvas.style_axis("left", look, AXIS_WIDTH)
        self.canvas.style_axis("bottom", look, 20)
        self._keys.setSpacing(look.px(4))
        self._grid, self._card = look.colour("grid"), look.colour("card")
        curve_pens = pens(look)
        for key, toggle in self.toggles.items():
            toggle.apply_look(look, curve_pens[key])
        self._marker = QPen(look.colour("text"), 1.0, Qt.PenStyle.DotLine)
        self._text, self._muted = QPen(look.colour("text")), QPen(look.colour("muted"))
        self._colours = {key: pen.color() for key, pen in curve_pens.items()}
        self._dots = {key: look.dot(colour, self.devicePixelRatio()) for key, colour in self._colours.items()}
        self._painter = CurveLayer(look, self.ink, self.devicePixelRatio())
        self._layer_key = None

    def update_picture(self) -> None:
        intent = self.snapshot.intent
        how = "every operation rounded to it" + ("" if intent.arithmetic == "stable" else ", naive")
        axis = f"against the {direction_of(intent).title(intent)}"
        full = f"{axis} · lines: true · rings: what {intent.number_format} returns, {how}"
        brief = f"{axis} · lines: true · rings: {SHORT_FORMATS[intent.number_format]}"
        self.set_subtitle(self.ink.first_that_fits(self.subtitle_room(), full, brief, axis))
        for key, toggle in self.toggles.items():
            curve, on = KNOWN_CURVES[key], key in intent.shown_curves
            figure = norm_text(size_here(self.snapshot, curve)) if on else ""
            toggle.show_curve((curve.title, curve.short, curve.tiny), figure, on)
        self._fit()
        self.canvas.repaint_live()

    def update_layout(self) -> None:
        self._fit()

    def _fit(self) -> None:
        """Give axes and grid their ranges; nothing is painted again if they are what they were."""
        curves = shown_curves(self.snapshot.intent)
        w, h = self.canvas.plot_size
        frame, way = Frame(w, h, self._floor(), len(curves), self.ink.height), direction_of(self.snapshot.intent)
        if frame == self._frame and way == self._way and self._layer_key is not None:
            return
        self._frame, self._layer_key = frame, 0
        self._way = way
        unit = (frame.high - frame.low) / max(frame.bottom, 1.0)
        self.canvas.set_range((0.0, 1.0), (frame.low - frame.strip * unit, frame.high))
        most = max(int(frame.bottom / (2.2 * self.ink.height)), 2)
        decades = [tick for tick in ticks.decades(frame.low, 0.0, most) if float(frame.y(tick[0])) < h - 22.0]
        self._decades = [tick for tick in decades if frame.bottom - float(frame.y(tick[0])) > 0.6 * self.ink.height]
        self.canvas.set_ticks("left", self._decades)
        self.canvas.set_ticks("bottom", [(way.axis.place(value), way.tick(value)) for value in way.ticks])
        self.canvas.stale_backdrop()

    def _floor(self) -> float:
        """Return the bottom of the axis: it gives way in steps, so that the marker stays in the picture."""
        present = [log for _, log in self._present() if log > -math.inf]
        return max(ticks.floor_for(min(present, default=0.0) * 1.1, _FLOORS), _LOWEST)

    def _present(self) -> list[tuple[str, float]]:
        return [(curve.title, size_here(self.snapshot, curve)) for curve in shown_curves(self.snapshot.intent)]

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        for value, _ in self._decades:
            painter.fillRect(QRectF(0.0, round(float(self._frame.y(value))), w, 1.0), self._grid)
        if not self._sentence():
            assert self.look is not None
            painter.setFont(self.ink.font)
            painter.setPen(self._muted)
            self.ink.right(painter, -self.look.px(5), h - 0.5 * self._frame.strip, "exact 0")

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        sentence = self._sentence()
        painter.setFont(self.ink.font)
        if sentence:
            painter.setPen(self._muted)
            self.ink.centre(painter, 0.5 * w, 0.5 * h, self.ink.elided(sentence, w))
            return
        painter.drawPixmap(0, 0, self._layer())
        if self._hover is not None:
            x = float(self._frame.x(float(SWEEP_PLACES[self._hover])))
            painter.fillRect(QRectF(round(x), 0.0, 1.0, h), self._muted.color())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        self._draw_marker(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _layer(self) -> QPixmap:
        """Return the curves, painted again only when they or their frame changed: never while the spread moves."""
        snapshot = self.snapshot
        shown = shown_curves(snapshot.intent)
        key = (snapshot.sweep, snapshot.marks, shown, self._frame)
        if self._layer_key != key:
            self._layer_key = key
            self._layer_pixmap = self._painter.paint(snapshot, shown, self._frame)
        return self._layer_pixmap

    def _sentence(self) -> str:
        """Return what to say where there is nothing to draw."""
        if self.snapshot.intent.n == 1:
            return "One class: p is always 1, J is 0, nothing can vanish. Add a class."
        if not shown_curves(self.snapshot.intent):
            return "No curve is chosen; the names above switch them on."
        if all(log == -math.inf for _, log in self._present()):
            return "Every size chosen is exactly 0 here."
        return ""

    def _x_here(self) -> float:
        return float(self._frame.x(self._way.place(self.snapshot.intent)))

    def _draw_marker(self, painter: QPainter) -> None:
        assert self.look is not None
        x, frame, radius = self._x_here(), self._frame, self.look.px(4)
        painter.setPen(self._marker)
        painter.drawLine(QPointF(round(x) + 0.5, 0.0), QPointF(round(x) + 0.5, frame.h))
        for curve in shown_curves(self.snapshot.intent):
            y = float(frame.y(size_here(self.snapshot, curve)))
            if y <= frame.bottom:
                painter.drawPixmap(QPointF(x - radius - 1.0, y - radius - 1.0), self._dots[curve.key])
            else:  # below the axis: an arrow at the edge
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._colours[curve.key])
                top = frame.bottom - 2 * radius
                corners = (x - radius, top), (x + radius, top), (x, frame.bottom)
                painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
        text = self._here()
        width, y, room = self.ink.width(text), 0.62 * frame.bottom, self.look.px(8)
        left = x - room - width if x - 2 * room - width > 0.0 else x + room  # left of the marker hardly a curve runs
        box = QRectF(left - 3.0, y - 0.7 * self.ink.height, width + 6.0, 1.4 * self.ink.height)
        painter.fillRect(box, self._card)
        painter.setPen(self._text)
        self.ink.left(painter, left, y, text)

    def _here(self) -> str:
        """Return where the marker stands, and the gap."""
        here, lead = self._way.text(self._way.value(self.snapshot.intent)), f"gap {number(gap(self.snapshot))}"
        return here if here == lead else f"{here} · {lead}"

    # -- which curves, and playing

    def _toggle_curves(self) -> None:
        chosen = tuple(key for key, toggle in self.toggles.items() if toggle.isChecked())
        self.session.set("Choose the curves", shown_curves=chosen)

    # -- the marker is dragged, and stepped with the keys

    def _press(self, place: QPointF) -> None:
        self.moved.emit()
        self._gesture = self.session.new_gesture()
        self._drag(place)

    def _drag(self, place: QPointF) -> None:
        if self._gesture is not None:
            share, way = place.x() / max(self._frame.w, 1.0), self._way
            self.session.apply(f"Drag {way.step}", lambda intent: way.at(intent, share), self._gesture)

    def _release(self, _: QPointF) -> None:
        self._gesture = None

    def _step(self, columns: int, rows: int, event: QKeyEvent) -> None:
        self.moved.emit()
        if not event.isAutoRepeat() or self._key_gesture is None:
            self._key_gesture = self.session.new_gesture()
        steps, way = (columns - rows) * factor(event), self._way
        self.session.apply(f"Step {way.step}", lambda intent: way.stepped(intent, steps), self._key_gesture)

    def _key(self, key: int) -> None:
        if key != Qt.Key.Key_Home:
            return
        self.moved.emit()
        if isinstance(self._way, AlongSpread):
            self.session.reset_field("spread")
        else:
            start = self._way.value(self.session.origin) if self.session.origin.n == self.snapshot.intent.n else 1.0
            self.session.apply(f"Reset {self._way.step}", lambda intent: self._way.moved(intent, start))

    def _hover_at(self, place: QPointF) -> None:
        share = place.x() / max(self._frame.w, 1.0)
        index = round(share * (len(SWEEP_PLACES) - 1)) if 0.0 <= share <= 1.0 and not self._sentence() else None
        if index != self._hover:
            self._hover = index
            self.canvas.repaint_live()
            self.point_at(None if index is None else Along(index))

    def _leave(self) -> None:
        self._hover = None
        self.canvas.repaint_live()
        self.point_at(None)

    # -- in words

    def description(self) -> str:
        sentence = self._sentence()
        if sentence:
            return sentence
        snapshot, form = self.snapshot, self.snapshot.marks.format
        sizes = ", ".join(f"{name} {norm_text(log)}" for name, log in self._present())
        zeros = "; ".join(self._zero_text(curve.title, curve.quantity) for curve in shown_curves(snapshot.intent))
        return (
            f"Gradient sizes against the {self._way.title(snapshot.intent)}, at {self._here()}: {sizes}. "
            f"{form.name}: normal numbers down to {number(form.smallest_normal)}, "
            f"subnormal ones down to {number(form.smallest_subnormal)}; {zeros}."
        )

    def _zero_text(self, title: str, quantity: str) -> str:
        """Return from which mark on the format returns an exact 0 for a quantity."""
        zeros = self.snapshot.marks[quantity] == 0.0
        if not zeros.any():
            return f"{title} never 0"
        value = float(self.snapshot.sweep.x[::MARK_EVERY][int(zeros.argmax())])
        return f"{title} returned as 0 first at {self._way.text(value)}"
