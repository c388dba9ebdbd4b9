"""Attention: why scores of queries and keys are divided by √d: what is left of J without it as the width grows."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from explorer.model import Softmax
from explorer.model.attention import Band
from explorer.model.notation import MINUS, number, probability
from explorer.panels import ticks
from explorer.panels.canvas import AXIS_WIDTH
from explorer.panels.panel import Panel
from explorer.session.attention import DRAWS, KEYS
from explorer.session.picks import Heads, norm_text
from explorer.session.session import Session
from explorer.session.vanishing_choice import WIDTHS

_LOW, _HIGH = math.log2(WIDTHS[0]), math.log2(WIDTHS[-1])
_FLOORS = (-10.0, -20.0, -30.0, -40.0, -50.0, -100.0)
_CEILING = 0.4


class AttentionPanel(Panel):
    """Left the bands of ‖J‖₂ over the draws against the width d; right the probabilities of one draw, both ways."""

    title = "Attention"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._gesture: int | None = None
        self._floor = _FLOORS[0]
        canvas = self.canvas
        canvas.pressed.connect(self._press)
        canvas.dragged.connect(self._drag)
        canvas.released.connect(self._release)
        canvas.hovered.connect(self._hover_at)
        canvas.left.connect(self._leave)
        canvas.stepped.connect(self._step)
        canvas.key.connect(self._key)

    def restyle(self) -> None:
        assert self.look is not None
        look = self.look
        self._text, self._muted = QPen(look.colour("text")), QPen(look.colour("muted"))
        self._grid, self._card = look.colour("grid"), look.colour("card")
        self._plain, self._scaled = look.class_colour(1), look.class_colour(0)
        self._marker = QPen(look.colour("text"), 1.0, Qt.PenStyle.DotLine)
        self._dots = {c.name(): look.dot(c, self.devicePixelRatio()) for c in (self._plain, self._scaled)}

    def update_picture(self) -> None:
        seed = self.snapshot.intent.vanishing.seed
        full = (
            f"‖J‖₂ against the width d of queries and keys, entries of variance 1 · {KEYS} keys · "
            f"10 to 90 % of {DRAWS} draws · seed {seed}"
        )
        brief = f"‖J‖₂ against the width d · 80 % of {DRAWS} draws · seed {seed}"
        self.set_subtitle(self.ink.first_that_fits(self.subtitle_room(), full, brief, f"seed {seed}"))
        self._floor = ticks.floor_for(float(self.snapshot.attention.plain.log10.min()), _FLOORS)
        self.canvas.stale_backdrop()

    def update_layout(self) -> None:
        self.canvas.stale_backdrop()

    # -- geometry

    def _box(self) -> QRectF:
        """Return the area of the curves."""
        assert self.look is not None
        w, h = self.canvas.plot_size
        left, below = float(self.look.px(AXIS_WIDTH)), 2.6 * self.ink.height
        return QRectF(left, 0.0, 0.6 * w - left, max(h - below - 2.6 * self.ink.height, 10.0))

    def _x(self, width: int) -> float:
        box = self._box()
        return box.left() + (math.log2(width) - _LOW) / (_HIGH - _LOW) * box.width()

    def _y(self, log10: float) -> float:
        box = self._box()
        return box.top() + (_CEILING - log10) / (_CEILING - self._floor) * box.height()

    # -- painting

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        ink, box = self.ink, self._box()
        painter.setFont(ink.font)
        painter.setPen(self._muted)
        for value, text in ticks.decades(self._floor, 0.0, max(int(box.height() / (2.2 * ink.height)), 2)):
            painter.fillRect(QRectF(box.left(), round(self._y(value)), box.width(), 1.0), self._grid)
            ink.right(painter, box.left() - 5.0, self._y(value), text)
        for k, width in enumerate(WIDTHS):
            if k % 2 == 0 or box.width() > 40.0 * ink.height:
                ink.centre(painter, self._x(width), box.bottom() + 0.8 * ink.height, str(width))
        ink.centre(painter, box.center().x(), box.bottom() + 2.0 * ink.height, "width d of queries and keys")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        found = self.snapshot.attention
        self._draw_band(painter, found.plain, self._plain, Qt.PenStyle.DashLine)
        self._draw_band(painter, found.scaled, self._scaled, Qt.PenStyle.SolidLine)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._draw_key(painter)

    def _draw_key(self, painter: QPainter) -> None:
        """Name the two kinds of scores in the corner that no band reaches."""
        assert self.look is not None
        ink, box, x = self.ink, self._box(), self._box().left() + self.look.px(12)
        keys = (
            ("scores q·k/√d", self._scaled, Qt.PenStyle.SolidLine),
            ("scores q·k", self._plain, Qt.PenStyle.DashLine),
        )
        for k, (text, colour, dash) in enumerate(keys):
            y = box.bottom() - (2.4 - 1.4 * k) * ink.height
            painter.setPen(QPen(colour, self.look.px(2), dash))
            painter.drawLine(QPointF(x, y), QPointF(x + 2.0 * ink.height, y))
            painter.setPen(self._text)
            ink.left(painter, x + 2.6 * ink.height, y, text)

    def _draw_band(self, painter: QPainter, band: Band, colour: QColor, dash: Qt.PenStyle) -> None:
        assert self.look is not None
        xs = [self._x(width) for width in band.widths]
        low, middle, high = ([self._y(log) for log in row] for row in band.log10.tolist())
        outline = [*zip(xs, low, strict=True), *reversed(list(zip(xs, high, strict=True)))]
        tint = QColor(colour)
        tint.setAlpha(60)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        painter.drawPolygon(QPolygonF([QPointF(*point) for point in outline]))
        painter.setPen(QPen(colour, self.look.px(2), dash))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([QPointF(*point) for point in zip(xs, middle, strict=True)]))

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        assert self.look is not None
        box, width, radius = self._box(), self.snapshot.intent.vanishing.width, self.look.px(4)
        x = round(self._x(width)) + 0.5
        painter.setPen(self._marker)
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        for log, colour in zip(self.snapshot.attention.medians(width), (self._plain, self._scaled), strict=True):
            painter.drawPixmap(QPointF(x - radius - 1.0, self._y(log) - radius - 1.0), self._dots[colour.name()])
        painter.setFont(self.ink.font)
        painter.setPen(self._text)
        area = QRectF(box.left(), h - 2.2 * self.ink.height, w - box.left(), 2.2 * self.ink.height)
        painter.drawText(area, int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignBottom), self._story())
        self._draw_one(painter, False, "p of one draw, scores q·k", self._plain)
        self._draw_one(painter, True, "p of the same, q·k/√d", self._scaled)

    def _draw_one(self, painter: QPainter, scaled: bool, title: str, colour: QColor) -> None:
        """Draw the probabilities of the draw shown, above without and below with 1/√d."""
        assert self.look is not None
        ink, look, found = self.ink, self.look, self.snapshot.attention
        w, _ = self.canvas.plot_size
        box, gap = self._box(), 1.6 * ink.height
        left, height = 0.6 * w + 2.0 * gap, 0.5 * (self._box().height() + gap)
        top = box.top() + (height if scaled else 0.0)
        width = self.snapshot.intent.vanishing.width
        s = Softmax(found.scores(width, scaled))
        painter.setPen(self._text)
        ink.left(painter, left, top + 0.6 * ink.height, ink.elided(title, w - left))
        figure = f"‖J‖₂ {norm_text(float(s.log10_spectral_norm))}"
        if ink.width(title) + ink.width(figure) + gap < w - left:
            ink.right(painter, w - 2.0, top + 0.6 * ink.height, figure)
        base, tall = top + height - gap, height - 2.9 * gap
        painter.fillRect(QRectF(left, base, w - left, 1.0), look.colour("axis"))
        each = (w - left) / KEYS
        painter.setPen(self._muted)
        written = [_short(score) for score in s.logits.tolist()]
        if max(map(ink.width, written)) < each - 2.0:
            for k, score in enumerate(written):
                ink.centre(painter, left + (k + 0.5) * each, base + 0.7 * ink.height, score)
        for k, p in enumerate(s.p.tolist()):
            bar = QRectF(left + (k + 0.15) * each, base - p * tall, 0.7 * each, max(p * tall, 1.0))
            painter.fillRect(bar, colour)
            text = probability(p, float(s.q[k]), float(s.log10_p[k]), float(s.log10_q[k]))
            if ink.width(text) < each:
                ink.centre(painter, bar.center().x(), bar.top() - 0.6 * ink.height, text)
            elif p > 0.5:
                ink.left(painter, min(bar.left(), w - ink.width(text)), bar.top() - 0.6 * ink.height, text)

    def _story(self) -> str:
        width = self.snapshot.intent.vanishing.width
        plain, scaled = self.snapshot.attention.medians(width)
        return (
            f"At d = {width} scores q·k have the standard deviation √d = {norm_text(0.5 * math.log10(width))}: "
            f"the median ‖J‖₂ is {norm_text(plain)}. Divided by √d they keep 1, and ‖J‖₂ is {norm_text(scaled)}."
        )

    # -- the marker

    def _width_at(self, place: QPointF) -> int:
        box = self._box()
        share = (place.x() - box.left()) / max(box.width(), 1.0)
        index = round(min(max(share, 0.0), 1.0) * (len(WIDTHS) - 1))
        return WIDTHS[index]

    def _press(self, place: QPointF) -> None:
        if place.x() <= self._box().right() + self.ink.height:
            self._gesture = self.session.new_gesture()
            self._drag(place)

    def _drag(self, place: QPointF) -> None:
        if self._gesture is not None:
            self.session.choose("vanishing", "Drag the width", self._gesture, width=self._width_at(place))

    def _release(self, _: QPointF) -> None:
        self._gesture = None

    def _hover_at(self, _: QPointF) -> None:
        self.point_at(Heads())

    def _leave(self) -> None:
        self.point_at(None)

    def _step(self, columns: int, rows: int, event: QKeyEvent) -> None:
        index = WIDTHS.index(self.snapshot.intent.vanishing.width) + columns - rows
        self.session.choose("vanishing", "Step the width", width=WIDTHS[min(max(index, 0), len(WIDTHS) - 1)])

    def _key(self, key: int) -> None:
        if key == Qt.Key.Key_Home:
            self.session.reset_field("vanishing.width")

    def description(self) -> str:
        found, seed = self.snapshot.attention, self.snapshot.intent.vanishing.seed
        medians = "; ".join(
            f"width {width}: {norm_text(plain)} and {norm_text(scaled)}"
            for width, plain, scaled in zip(
                WIDTHS, found.plain.log10[1].tolist(), found.scaled.log10[1].tolist(), strict=True
            )
        )
        width = self.snapshot.intent.vanishing.width
        scores = (", ".join(map(_short, found.scores(width, scaled).tolist())) for scaled in (False, True))
        one = "Scores q·k of one draw: {}; divided by √d: {}.".format(*scores)
        return f"{self._story()} {one} Medians over {DRAWS} draws, seed {seed}, without and with 1/√d: {medians}."


def _short(score: float) -> str:
    """Return a score as short as it can be told apart from its neighbours: ``−6.8``, ``52``."""
    if abs(score) < 0.06:
        return number(score, None, 2)
    return f"{score:.{0 if abs(score) >= 10.0 else 1}f}".replace("-", MINUS)
