"""Gradient check: the error of finite differences against the step, truncation on one side, round-off on the other."""

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.model import LOSSES
from explorer.model.notation import number
from explorer.panels import ticks
from explorer.panels.canvas import AXIS_WIDTH
from explorer.panels.panel import Panel
from explorer.panels.widgets import Toggle
from explorer.session.clinic_choice import METHODS
from explorer.session.clinic_words import METHOD_TITLES
from explorer.session.picks import Step
from explorer.session.session import Session

LEFT, RIGHT = -16.4, -0.6  # decimal logarithms of the step, with room for the ticks at 1e−16 and 0.1
_LOW, _HIGH = -17.0, 1.0  # and of the relative error
_SHORT = {"forward": "forward", "central": "central", "complex": "complex"}

# One colour (of the palette of classes) and one dash for each method, so that none hangs on colour alone.
_STYLES = {
    "forward": (1, Qt.PenStyle.SolidLine),
    "central": (5, Qt.PenStyle.DashLine),
    "complex": (2, Qt.PenStyle.DashDotLine),
}

# What theory says of each: in full, and in brief.
_THEORY = (
    ("forward: error h/2 · L″ + ε/h, least near √ε = 1.5e−8", "forward: least near √ε"),
    ("central: error h²/6 · L‴ + ε/h, least near ∛ε = 6.1e−6", "central: least near ∛ε"),
    ("complex step: error h²/6 · L‴ alone, for nothing is subtracted", "complex: nothing subtracted"),
)


class GradientCheckPanel(Panel):
    """Log-log curves, each with its best step marked and named; a cursor reads all of them out."""

    title = "Gradient check"
    axes = ("left", "bottom")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._hover: int | None = None
        self._cursor: int | None = None
        self.toggles = {key: Toggle(key, self) for key in METHODS}
        self._keys = QHBoxLayout()
        for toggle in self.toggles.values():
            self._keys.addWidget(toggle)
            toggle.clicked.connect(self._toggle_methods)
        self._layout.insertLayout(1, self._keys)
        canvas = self.canvas
        canvas.pressed.connect(self._press)
        canvas.hovered.connect(self._hover_at)
        canvas.left.connect(self._leave)
        canvas.stepped.connect(self._step)
        canvas.focused.connect(self._walk_begins)

    def tab_chain(self) -> list[QWidget]:
        return [*self.toggles.values(), self.canvas]

    # -- showing

    def restyle(self) -> None:
        assert self.look is not None
        look = self.look
        self.canvas.style_axis("left", look, AXIS_WIDTH)
        self.canvas.style_axis("bottom", look, 20)
        self._keys.setSpacing(look.px(4))
        self._text, self._muted = QPen(look.colour("text")), QPen(look.colour("muted"))
        self._grid, self._card = look.colour("grid"), look.colour("card")
        self._pens = {key: QPen(look.class_colour(c), 1.0, dash) for key, (c, dash) in _STYLES.items()}
        self._dots = {key: look.dot(pen.color(), self.devicePixelRatio()) for key, pen in self._pens.items()}
        for key, toggle in self.toggles.items():
            toggle.apply_look(look, self._pens[key])
        self._fit()

    def update_layout(self) -> None:
        self._fit()

    def _fit(self) -> None:
        w, h = self.canvas.plot_size
        self.canvas.set_range((LEFT, RIGHT), (_LOW, _HIGH))
        most = max(int(h / (2.2 * self.ink.height)), 2)
        self._rows = [t for t in ticks.decades(_LOW, _HIGH, most) if 0.5 * self.ink.height < self._y(t[0]) < h - 4.0]
        self.canvas.set_ticks("left", self._rows)
        columns = max(int(w / (1.6 * self.ink.width("1e−00"))), 2)
        self.canvas.set_ticks("bottom", ticks.decades(LEFT, RIGHT, columns))
        self.canvas.stale_backdrop()

    def update_picture(self) -> None:
        intent, check = self.snapshot.intent, self.snapshot.gradient_check
        loss = LOSSES[intent.loss].title
        full = f"{loss} · relative error of ∂L/∂a from finite differences, against the step h"
        self.set_subtitle(self.ink.first_that_fits(self.subtitle_room(), full, f"{loss} · against the step h", loss))
        for key, toggle in self.toggles.items():
            best = f"best h {number(float(check.steps[check.best[key]]))}" if check.defined else ""
            title = METHOD_TITLES[key]
            toggle.show_curve((title, _SHORT[key]), best, key in intent.clinic.methods)
        self.canvas.repaint_live()

    # -- geometry

    def _x(self, log10: float) -> float:
        return (log10 - LEFT) / (RIGHT - LEFT) * self.canvas.plot_size[0]

    def _y(self, log10: float) -> float:
        return (_HIGH - log10) / (_HIGH - _LOW) * self.canvas.plot_size[1]

    # -- painting

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        for value, _ in self._rows:
            painter.fillRect(QRectF(0.0, round(self._y(value)), w, 1.0), self._grid)
        painter.setFont(self.ink.font)
        painter.setPen(self._muted)
        y, edge = 0.7 * self.ink.height, 0.5 * self.ink.height
        self.ink.left(painter, edge, y, "← round-off, ε/h")
        self.ink.right(painter, w - edge, y, "truncation, h and h² →")
        room, left = self._x(-9.0) - self._x(-16.0), self._x(-16.0)
        for k, texts in enumerate(_THEORY):  # between the round-off of the two and the complex step's line
            y = self._y(-13.5) + 1.35 * (k - 1) * self.ink.height
            self.ink.left(painter, left, y, self.ink.first_that_fits(room, *texts))

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        check, shown = self.snapshot.gradient_check, self.snapshot.intent.clinic.methods
        painter.setFont(self.ink.font)
        sentence = self._sentence()
        if sentence:
            painter.setPen(self._muted)
            self.ink.centre(painter, 0.5 * w, 0.5 * h, self.ink.elided(sentence, w))
            return
        index = self._present()
        if index is not None:
            x = self._x(math.log10(float(check.steps[index])))
            painter.fillRect(QRectF(round(x), 0.0, 1.0, h), self._muted.color())
        xs = (np.log10(check.steps) - LEFT) * (w / (RIGHT - LEFT))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setClipRect(QRectF(0.0, 0.0, w, h))
        assert self.look is not None
        width = self.look.px(2)
        for key in shown:
            with np.errstate(divide="ignore"):
                logs = np.maximum(np.log10(check.errors[key]), _LOW)
            known = np.isfinite(logs)  # with logits of 1e308 differences overflow
            if not known.any():
                continue
            line = pg.functions.arrayToQPolygonF(xs[known], (_HIGH - logs[known]) * (h / (_HIGH - _LOW)))
            painter.setPen(self._pens[key])
            for k in range(width):  # hair lines side by side: faster than one antialiased line as wide
                offset = 0.7 * (k - 0.5 * (width - 1))
                painter.translate(0.0, offset)
                painter.drawPolyline(line)
                painter.translate(0.0, -offset)
        painter.setClipping(False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._draw_best(painter, shown, w, h)

    def _draw_best(self, painter: QPainter, shown: tuple[str, ...], w: float, h: float) -> None:
        """Mark each method's best step and name it beside the mark, where no other mark or name is."""
        assert self.look is not None
        check, ink, radius = self.snapshot.gradient_check, self.ink, self.look.px(4)
        full = w > 42.0 * ink.height
        marks, names = {}, {}
        for key in shown:
            step, error = float(check.steps[check.best[key]]), float(check.errors[key][check.best[key]])
            if not math.isfinite(error):
                continue
            x, y = self._x(math.log10(step)), self._y(max(math.log10(error) if error else _LOW, _LOW))
            marks[key] = QRectF(x - radius, y - radius, 2.0 * radius, 2.0 * radius)
            names[key] = f"{_SHORT[key]}: best h = {number(step)}" if full else f"best {number(step)}"
            painter.drawPixmap(QPointF(x - radius - 1.0, y - radius - 1.0), self._dots[key])
        taken = list(marks.values())
        painter.setPen(self._text)
        for key, name in names.items():
            place = _free_place(marks[key].center(), ink.width(name), ink.height, w, h, taken)
            taken.append(place)
            ink.left(painter, place.left(), place.center().y(), name)

    def _sentence(self) -> str:
        """Return what to say where there is nothing to draw."""
        if not self.snapshot.gradient_check.defined:
            return "The gradient is 0 here, so no error can be relative to it."
        if not any(np.isfinite(errors).any() for errors in self.snapshot.gradient_check.errors.values()):
            return "The differences overflow: the logits are too large for float64 to subtract losses."
        if not self.snapshot.intent.clinic.methods:
            return "No method is chosen; the names above switch them on."
        return ""

    # -- which methods, and reading out

    def _toggle_methods(self) -> None:
        chosen = tuple(key for key, toggle in self.toggles.items() if toggle.isChecked())
        self.session.choose("clinic", "Choose the methods", methods=chosen)

    def _present(self) -> int | None:
        return self._hover if self._hover is not None else self._cursor if self.canvas.hasFocus() else None

    def _point(self) -> None:
        index = self._present()
        self.canvas.repaint_live()
        self.point_at(None if index is None else Step(index))

    def _hover_at(self, place: QPointF) -> None:
        w, _ = self.canvas.plot_size
        log10 = LEFT + place.x() / max(w, 1.0) * (RIGHT - LEFT)
        index = int(np.abs(np.log10(self.snapshot.gradient_check.steps) - log10).argmin())
        if index != self._hover:
            self._hover = index
            self._point()

    def _press(self, place: QPointF) -> None:
        self._hover_at(place)
        self._cursor = self._hover

    def _leave(self) -> None:
        self._hover = None
        self._point()

    def _step(self, columns: int, rows: int, event: QKeyEvent) -> None:
        self._hover = None
        steps = len(self.snapshot.gradient_check.steps)
        self._cursor = min(max(self._start() - columns, 0), steps - 1)  # steps fall from right to left
        self._point()

    def _start(self) -> int:
        return self.snapshot.gradient_check.best["central"] if self._cursor is None else self._cursor

    def _walk_begins(self, focused: bool) -> None:
        if focused:
            self._cursor = self._start()
        self._point()

    # -- in words

    def description(self) -> str:
        sentence = self._sentence()
        if sentence:
            return sentence
        check = self.snapshot.gradient_check
        parts = []
        for key in self.snapshot.intent.clinic.methods:
            best = check.best[key]
            step, error = (number(float(values[best])) for values in (check.steps, check.errors[key]))
            parts.append(f"{METHOD_TITLES[key]}: best step {step}, relative error {error}")
        return f"Gradient check of {LOSSES[self.snapshot.intent.loss].title}: {'; '.join(parts)}."


def _free_place(mark: QPointF, width: float, line: float, w: float, h: float, taken: list[QRectF]) -> QRectF:
    """Return where a name fits beside a mark: below it if that is free, as the curves come from above."""
    right, left = mark.x() + 0.9 * line, mark.x() - width
    wanted = ((right, 0.55), (left - 0.5 * line, 1.1), (right, 1.6), (left, 2.2), (right, -1.1), (left, -1.1))
    places = [QRectF(x, mark.y() + (below - 0.5) * line, width, line) for x, below in wanted]
    inside = [place for place in places if place.left() >= 0.0 and place.right() <= w and place.bottom() <= h]
    free = (place for place in inside if not any(place.intersects(other) for other in taken))
    return next(free, inside[0] if inside else places[0])
