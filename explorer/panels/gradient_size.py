"""Gradient size, large: the curves a person chose against the spread, true and as a number format returns them."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.model.notation import number
from explorer.panels import ticks
from explorer.panels.canvas import AXIS_WIDTH
from explorer.panels.curve_layer import HIGH, LOW, CurveLayer, Frame, X, pens
from explorer.panels.panel import Panel
from explorer.panels.playing import Player
from explorer.panels.stepping import factor
from explorer.panels.widgets import Segment, Toggle
from explorer.session.curves import gap, known_curves, shown_curves, size_here
from explorer.session.format_words import SHORT_FORMATS
from explorer.session.intent import CURVES, NUMBER_FORMATS, SPREAD_RANGE
from explorer.session.picks import Along, norm_text
from explorer.session.session import Session
from explorer.session.snapshot import MARK_SPREADS

_FLOORS = (-20.0, -50.0, -100.0, -200.0, -400.0, -1000.0)
_LOWEST = -100_000.0  # below it the marker is an arrow at the edge
_STEP = 1.05  # one press of an arrow key multiplies the spread by this


class GradientSizePanel(Panel):
    """Log-log curves, marks of the chosen format, and the present spread as a marker to drag."""

    title = "Gradient size"
    axes = ("left", "bottom")
    switch_field = "number_format"
    switch_name = "number format"
    switch_choices = tuple((name, SHORT_FORMATS[name]) for name in NUMBER_FORMATS)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.player = Player(session, self)
        self.play_button = Segment("play", "▶ Play", self)
        self.play_button.setCheckable(False)
        self.play_button.setAccessibleName("Play the spread, or pause")
        self._header.addWidget(self.play_button)
        self.toggles = {key: Toggle(key, self) for key in CURVES}
        self._keys = QHBoxLayout()
        for toggle in self.toggles.values():
            self._keys.addWidget(toggle)
            toggle.clicked.connect(self._toggle_curves)
        self._layout.insertLayout(1, self._keys)
        self._gesture: int | None = None
        self._key_gesture: int | None = None
        self._frame = Frame(1.0, 1.0, -20.0, 1, 1.0)
        self._layer_key: object = None
        self._hover: int | None = None
        self.play_button.clicked.connect(self.player.toggle)
        self.player.changed.connect(self._show_playing)
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
        return [*segments, self.play_button, *self.toggles.values(), self.canvas]

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
        self.play_button.look = look
        self.play_button.setFont(look.font(11))
        self.play_button.updateGeometry()
        self._marker = QPen(look.colour("text"), 1.0, Qt.PenStyle.DotLine)
        self._text, self._muted = QPen(look.colour("text")), QPen(look.colour("muted"))
        self._colours = {key: pen.color() for key, pen in curve_pens.items()}
        self._dots = {key: look.dot(colour, self.devicePixelRatio()) for key, colour in self._colours.items()}
        self._painter = CurveLayer(look, self.ink, self.devicePixelRatio())
        self._layer_key = None

    def update_picture(self) -> None:
        intent = self.snapshot.intent
        how = "every operation rounded to it" + ("" if intent.arithmetic == "stable" else ", naive")
        full = f"against the spread t · lines: true · rings: what {intent.number_format} returns, {how}"
        self.set_subtitle(self.ink.first_that_fits(self.subtitle_room(), full, "against the spread t", ""))
        known = {curve.key: curve for curve in known_curves(intent)}
        for key, toggle in self.toggles.items():
            curve = known.get(key)
            if curve is not None:
                figure = norm_text(size_here(self.snapshot, curve))
                toggle.show_curve((curve.title, curve.short), figure, key in intent.shown_curves)
            if toggle.isHidden() != (curve is None):
                toggle.setHidden(curve is None)
        self._fit()
        self.canvas.repaint_live()

    def update_layout(self) -> None:
        self._fit()

    def _fit(self) -> None:
        """Give axes and grid their ranges; nothing is painted again if they are what they were."""
        curves = shown_curves(self.snapshot.intent)
        w, h = self.canvas.plot_size
        frame = Frame(w, h, self._floor(), len(curves), self.ink.height)
        if frame == self._frame and self._layer_key is not None:
            return
        self._frame, self._layer_key = frame, 0
        unit = (frame.high - frame.low) / max(frame.bottom, 1.0)
        self.canvas.set_range((LOW, HIGH), (frame.low - frame.strip * unit, frame.high))
        most = max(int(frame.bottom / (2.2 * self.ink.height)), 2)
        decades = [tick for tick in ticks.decades(frame.low, 0.0, most) if float(frame.y(tick[0])) < h - 22.0]
        self._decades = [tick for tick in decades if frame.bottom - float(frame.y(tick[0])) > 0.6 * self.ink.height]
        self.canvas.set_ticks("left", self._decades)
        self.canvas.set_ticks("bottom", [(float(d), f"×{ticks.plain(10.0**d)}") for d in range(-2, 4)])
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
            x = float(self._frame.x(float(X[self._hover])))
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
        place = float(self._frame.x(math.log10(self.snapshot.intent.spread)))
        return min(max(place, 0.0), self._frame.w)

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
        text = self._caption()
        width, y, room = self.ink.width(text), 0.62 * frame.bottom, self.look.px(8)
        left = x - room - width if x - 2 * room - width > 0.0 else x + room  # left of the marker hardly a curve runs
        box = QRectF(left - 3.0, y - 0.7 * self.ink.height, width + 6.0, 1.4 * self.ink.height)
        painter.fillRect(box, self._card)
        painter.setPen(self._text)
        self.ink.left(painter, left, y, text)

    def _caption(self) -> str:
        return f"t = {number(self.snapshot.intent.spread)} · gap {number(gap(self.snapshot))}"

    # -- which curves, and playing

    def _toggle_curves(self) -> None:
        chosen = tuple(key for key, toggle in self.toggles.items() if toggle.isChecked())
        self.session.set("Choose the curves", shown_curves=chosen)

    def _show_playing(self, playing: bool) -> None:
        self.play_button.setText("❚❚ Pause" if playing else "▶ Play")
        self.play_button.updateGeometry()
        self.play_button.update()

    def hideEvent(self, event: QHideEvent) -> None:
        self.player.pause()
        super().hideEvent(event)

    # -- the marker is dragged, and stepped with the keys

    def _press(self, place: QPointF) -> None:
        self.player.pause()
        self._gesture = self.session.new_gesture()
        self._drag(place)

    def _drag(self, place: QPointF) -> None:
        if self._gesture is not None:
            share = place.x() / max(self.canvas.box.width(), 1.0)
            spread = 10.0 ** (LOW + min(max(share, 0.0), 1.0) * (HIGH - LOW))
            self.session.set("Drag the spread", self._gesture, spread=float(f"{spread:.3g}"))

    def _release(self, _: QPointF) -> None:
        self._gesture = None

    def _step(self, columns: int, rows: int, event: QKeyEvent) -> None:
        self.player.pause()
        if not event.isAutoRepeat() or self._key_gesture is None:
            self._key_gesture = self.session.new_gesture()
        low, high = SPREAD_RANGE
        spread = self.snapshot.intent.spread * _STEP ** ((columns - rows) * factor(event))
        self.session.set("Step the spread", self._key_gesture, spread=float(f"{min(max(spread, low), high):.4g}"))

    def _key(self, key: int) -> None:
        if key == Qt.Key.Key_Home:
            self.session.reset_field("spread")
        elif key == Qt.Key.Key_Space:
            self.player.toggle()

    def _hover_at(self, place: QPointF) -> None:
        share = place.x() / max(self._frame.w, 1.0)
        index = round(share * (len(X) - 1)) if 0.0 <= share <= 1.0 and not self._sentence() else None
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
            f"Gradient sizes at spread {number(snapshot.intent.spread)}, gap {number(gap(snapshot))}: {sizes}. "
            f"{form.name}: normal numbers down to {number(form.smallest_normal)}, "
            f"subnormal ones down to {number(form.smallest_subnormal)}; {zeros}."
        )

    def _zero_text(self, title: str, quantity: str) -> str:
        """Return from which mark on the format returns an exact 0 for a quantity."""
        zeros = self.snapshot.marks[quantity] == 0.0
        if not zeros.any():
            return f"{title} never 0"
        return f"{title} returned as 0 first at spread {number(float(MARK_SPREADS[int(zeros.argmax())]))}"
