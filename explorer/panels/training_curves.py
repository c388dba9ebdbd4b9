"""Training curves: what was measured step by step, in decades; a second run is dashed."""

import math

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QGridLayout, QWidget

from explorer.model.exact import Floats, Indices
from explorer.model.notation import exact, number, probability
from explorer.panels import ticks
from explorer.panels.canvas import AXIS_WIDTH
from explorer.panels.panel import Panel
from explorer.panels.step_frame import BIN, Frame, joined
from explorer.panels.widgets import Toggle
from explorer.session.session import Session
from explorer.session.training_choice import CURVES
from explorer.session.training_run import Run
from explorer.session.training_runner import TrainingRunner
from explorer.session.training_words import CURVE_TITLES, short_run_title

_COLOURS = {"loss": 1, "accuracy": 2, "gradient_norm": 0, "jacobian_norm": 3, "p_max": 5, "lost": 6}
_FLOORS = (-2.0, -4.0, -6.0, -9.0, -12.0, -16.0, -20.0, -50.0, -100.0, -320.0)
_FEWEST = 100  # steps on the axis
_KEYS_IN_ROW = 3
_PALE = 0.4  # how much of a curve's colour its range has
_WIDE = 3.0  # pixels from the least to the largest value of a stretch that are worth showing
_SHARES = ("accuracy", "p_max", "lost")


class TrainingCurvesPanel(Panel):
    """Six quantities on one logarithmic axis, against the steps; keys above switch them."""

    title = "Training curves"
    axes = ("left", "bottom")
    switch_name = "axis of steps"
    switch_field = "training.axis"
    switch_choices = (("log", "log"), ("linear", "linear"))

    def __init__(self, session: Session, runner: TrainingRunner, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.runner = runner
        self.toggles = {key: Toggle(key, self) for key in CURVES}
        self._keys = QGridLayout()
        for k, toggle in enumerate(self.toggles.values()):
            self._keys.addWidget(toggle, k // _KEYS_IN_ROW, k % _KEYS_IN_ROW)
            toggle.clicked.connect(self._choose_curves)
        self._layout.insertLayout(1, self._keys)
        self._frame = Frame(1.0, 1.0, -4.0, 0.0, _FEWEST, True, 1.0)
        self._pointed: int | None = None
        runner.advanced.connect(self._advance)
        self.canvas.hovered.connect(self._hover_at)
        self.canvas.left.connect(self._leave)
        self.canvas.stepped.connect(self._step)

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
        self._grid, self._hover, self._card = look.colour("grid"), look.colour("hover"), look.colour("card")
        self._text, self._muted, self._axis = look.colour("text"), look.colour("muted"), look.colour("axis")
        self._colours: dict[str, QColor] = {key: look.class_colour(_COLOURS[key]) for key in CURVES}
        self._pale = {key: _mixed(colour, self._card, _PALE) for key, colour in self._colours.items()}
        for key, toggle in self.toggles.items():
            toggle.apply_look(look, QPen(self._colours[key], 1.0))
        self._frame = Frame(1.0, 1.0, -4.0, 0.0, _FEWEST, True, 1.0)

    def update_picture(self) -> None:
        self.runner.follow(self.snapshot.intent.training)
        self._pointed = None
        self._refresh()

    def update_layout(self) -> None:
        self._fit()

    def _advance(self) -> None:
        if self.isVisible() and self.look is not None:
            self._describe.start()
            self._refresh()

    def _refresh(self) -> None:
        self._fit()
        self._show_figures()
        self.canvas.repaint_live()

    def _show_figures(self) -> None:
        """Write the values at the step pointed at, or the last, into the keys."""
        choice, step = self.snapshot.intent.training, self._step_shown()
        if not self.runner.runs:
            self.set_subtitle("")
            return
        found = self.runner.runs[0].recording.at(step) if step else None
        for key, toggle in self.toggles.items():
            figure = "" if found is None else figure_of(key, getattr(found, key))
            toggle.show_curve(CURVE_TITLES[key], figure, key in choice.curves)
        batch = (
            "of all samples"
            if not 0 < choice.batch < len(self.runner.runs[0].data.y)
            else f"of the batch of {choice.batch}"
        )
        where = f"step {step}" if step else "no step is taken yet"
        second = ""
        if len(self.runner.runs) > 1:
            names = [short_run_title(run, choice) for run in self.runner.runs]
            second = f" · ━ {names[0]} ┅ {names[1]}"
        full = f"{where} · measured before each update, {batch}{second}"
        self.set_subtitle(self.ink.first_that_fits(self.subtitle_room(), full, f"{where}{second}", where))

    def _step_shown(self) -> int:
        return min(self._pointed or self.runner.step, self.runner.step)

    # -- geometry

    def _fit(self) -> None:
        """Give the axes their ranges; nothing is painted again if they are what they were."""
        w, h = self.canvas.plot_size
        choice, (low, high) = self.snapshot.intent.training, self._range()
        frame = Frame(w, h, low, high, self._last_step(), choice.axis == "log", self.ink.height)
        if frame == self._frame:
            return
        self._frame = frame
        unit = (high - low) / frame.bottom
        end = math.log10(frame.last) if frame.log else float(frame.last)
        start = 0.0 if frame.log else 1.0
        self.canvas.set_range((start, end), (low - frame.strip * unit, high))
        most = max(int(frame.bottom / (2.0 * self.ink.height)), 2)
        found = ticks.decades(low, high, most)
        self._decades = [t for t in found if float(frame.y(np.array(t[0]))) > 0.4 * self.ink.height]
        self.canvas.set_ticks("left", [t for t in self._decades if t[0] > low])
        self.canvas.set_ticks("bottom", [])
        self.canvas.stale_backdrop()

    @staticmethod
    def _step_ticks(frame: Frame) -> list[tuple[float, str]]:
        """Return steps and how they read; they are drawn by hand, as the last stands at the edge."""
        if frame.log:
            steps = [10**d for d in range(math.floor(math.log10(frame.last)) + 1)]
            if frame.last > 2 * steps[-1]:
                steps.append(frame.last)
        else:
            parts = 4 if frame.w > 20 * frame.line else 2
            steps = [1, *(frame.last * k // parts for k in range(1, parts + 1))]
        return [(frame.x(step), f"{step:,}".replace(",", "\u2009")) for step in steps]

    def _last_step(self) -> int:
        """Return the step at the right end: 1, 2 or 5 times a power of ten."""
        step = max(self.runner.step, self.snapshot.intent.training.step, _FEWEST)
        decade = 10 ** (len(str(step)) - 1)
        return int(next(f * decade for f in (1, 2, 5, 10) if f * decade >= step))

    def _range(self) -> tuple[float, float]:
        """Return the decimal logarithms at the bottom and at the top."""
        least, largest = 1.0, 1.0
        for run in self.runner.runs:
            for key in self.snapshot.intent.training.curves:
                values = run.recording.values(key, self.runner.step)
                sound = values[(values > 0.0) & (values < math.inf)] if len(values) else values
                if len(sound):
                    least, largest = min(least, float(sound.min())), max(largest, float(sound.max()))
        high = math.ceil(math.log10(largest) - 1e-9) + 0.12
        return ticks.floor_for(math.log10(least), _FLOORS), high

    # -- painting

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        frame = self._frame
        for value, _ in self._decades:
            painter.fillRect(QRectF(0.0, round(float(frame.y(np.array(value)))), w, 1.0), self._grid)
        painter.fillRect(QRectF(0.0, frame.bottom, w, frame.strip), self._hover)
        painter.fillRect(QRectF(0.0, frame.bottom, w, 1.0), self._axis)
        painter.setFont(self.ink.font)
        painter.setPen(self._muted)
        assert self.look is not None
        self.ink.right(painter, -self.look.px(5), frame.bottom + 0.5 * frame.strip, "exact 0")
        for x, text in self._step_ticks(frame):
            painter.fillRect(QRectF(min(round(x), w - 1.0), 0.0, 1.0, frame.bottom), self._grid)
            half = 0.5 * self.ink.width(text)
            self.ink.centre(painter, min(max(x, half), w - half), h + 0.75 * self.ink.height, text)

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        curves, step = self.snapshot.intent.training.curves, self.runner.step
        painter.setFont(self.ink.font)
        if not curves or not step:
            painter.setPen(self._muted)
            text = (
                "Run the training, or take one step."
                if curves
                else "No curve is chosen; the names above switch them on."
            )
            self.ink.centre(painter, 0.5 * w, 0.45 * h, self.ink.elided(text, w))
            return
        self._draw_changes(painter)
        starts = self._frame.starts(step)
        xs = self._frame.places(np.asarray(starts + 1, dtype=np.float64))
        found = [(k, key, self._outline(run, key, starts)) for k, run in enumerate(self.runner.runs) for key in curves]
        for rank, (_, key, (low, _, high)) in enumerate(found):
            self._draw_range(painter, xs, low, high, self._pale[key], rank % round(BIN))
        for k, key, (_, mean, _) in found:
            self._draw_line(painter, joined(xs, mean, dashed=k > 0), self._colours[key])
        self._draw_pointed(painter)

    def _outline(self, run: Run, key: str, starts: Indices) -> Floats:
        """Return the places of the least, the mean and the largest value of each stretch, (3, k)."""
        found = np.stack(run.recording.outline(key, starts, self.runner.step))
        with np.errstate(all="ignore"):
            return self._frame.y(np.log10(found))

    @staticmethod
    def _draw_range(painter: QPainter, xs: Floats, low: Floats, high: Floats, pale: QColor, column: int) -> None:
        """Draw from the least to the largest value where they are apart: one opaque column of pixels of each stretch.

        Blending would cost ten times as much, and what lies behind shows between the columns.
        """
        wide = np.flatnonzero(low - high > _WIDE)
        if not len(wide):
            return
        left, top = np.rint(xs[wide]).astype(int) + column, np.rint(high[wide]).astype(int)
        tall = np.rint(low[wide]).astype(int) - top
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pale)
        places = zip(left.tolist(), top.tolist(), tall.tolist(), strict=True)
        painter.drawRects([QRect(x, y, 1, t) for x, y, t in places])

    def _draw_line(self, painter: QPainter, lines: list[QLineF], colour: QColor) -> None:
        """Draw lines as hair lines side by side: wide ones take many times as long."""
        assert self.look is not None
        painter.setPen(colour)
        width = self.look.px(1.5)
        for offset in range(width):
            painter.translate(0.0, float(offset > 0))
            painter.drawLines(lines)
        painter.translate(0.0, float(1 - width))

    def _draw_changes(self, painter: QPainter) -> None:
        """Mark where rate or format changed."""
        painter.setPen(QPen(self._muted, 1.0, Qt.PenStyle.DotLine))
        for step, what, value in self.snapshot.intent.training.changes:
            if step > self.runner.step:
                continue
            x = self._frame.x(step)
            painter.drawLine(QPointF(round(x) + 0.5, 0.0), QPointF(round(x) + 0.5, self._frame.bottom))
            text = f"rate {exact(float(value))}" if what == "rate" else str(value)
            y = self._frame.bottom - (0.7 if what == "rate" else 1.8) * self.ink.height
            if x + self.ink.width(text) + 4.0 < self._frame.w:
                self.ink.left(painter, x + 4.0, y, text)
            else:
                self.ink.right(painter, x - 4.0, y, text)

    def _draw_pointed(self, painter: QPainter) -> None:
        if self._pointed is not None:
            x = self._frame.x(self._step_shown())
            painter.fillRect(QRectF(round(x), 0.0, 1.0, self._frame.h), self._muted)

    # -- pointing, and keys

    def _choose_curves(self) -> None:
        chosen = tuple(key for key, toggle in self.toggles.items() if toggle.isChecked())
        self.session.choose("training", "Choose the training curves", curves=chosen)

    def _point(self, step: int | None) -> None:
        if step is not None:
            step = min(max(step, 1), self.runner.step) if self.runner.step else None
        if step != self._pointed:
            self._pointed = step
            self._show_figures()
            self.canvas.repaint_live()

    def _hover_at(self, place: QPointF) -> None:
        self._point(round(self._frame.step(place.x())))

    def _leave(self) -> None:
        self._point(None)

    def _step(self, columns: int, rows: int, event: QKeyEvent) -> None:
        here = self._step_shown()
        move = (columns - rows) * (10 if event.modifiers() & Qt.KeyboardModifier.ControlModifier else 1)
        self._point(here + move)

    # -- in words

    def description(self) -> str:
        step, choice = self._step_shown(), self.snapshot.intent.training
        if not step:
            return "No step is taken yet."
        parts = [f"After {step} steps:"]
        for run in self.runner.runs:
            found = run.recording.at(step)
            figures = ", ".join(f"{CURVE_TITLES[key][0]} {figure_of(key, getattr(found, key))}" for key in CURVES)
            parts.append(f"{short_run_title(run, choice)}: {figures}.")
        return " ".join(parts)


def _mixed(colour: QColor, ground: QColor, share: float) -> QColor:
    """Return so much of a colour on a ground."""
    one, other = colour.getRgb(), ground.getRgb()
    return QColor(*(round(share * a + (1.0 - share) * b) for a, b in zip(one[:3], other[:3], strict=True)))  # type: ignore[index]


def figure_of(key: str, value: float) -> str:
    """Return a measured value as text; a share that is nearly 1 reads ``1 − 3.3e−7``."""
    if key in _SHARES and 0.0 < value <= 1.0:
        rest = 1.0 - value
        return probability(value, rest, math.log10(value), math.log10(rest) if rest else -math.inf)
    return number(value)
