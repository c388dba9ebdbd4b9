"""Samples: the batch as a table of which only the visible rows are drawn; the first row stands for all of them."""

import math
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QWidget

from explorer.model.notation import number, subscript
from explorer.panels.layer_panel import LayerPanel
from explorer.panels.look import Ink
from explorer.session.intake import quote
from explorer.session.layer_picks import LayerPick, Sample
from explorer.session.layer_words import loss_text, p_text, size_text
from explorer.session.session import Session

_PENDING = "…"


class _Column(NamedTuple):
    """A column of the table, in pixels."""

    title: str
    left: float
    width: float


class SamplesPanel(LayerPanel):
    """A click, or the arrow keys, choose a sample; the same again, or Home, goes back to all."""

    title = "Samples"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.first = 0  # the first sample in sight
        self._held = False  # the scroll bar
        self._of: object = None
        canvas = self.canvas
        canvas.pressed.connect(self._press)
        canvas.dragged.connect(self._drag)
        canvas.released.connect(self._release)
        canvas.stepped.connect(self._step)
        canvas.key.connect(self._key)

    # -- showing

    def update_picture(self) -> None:
        samples = self.snapshot.samples
        if samples is None:
            self.set_subtitle("")
        else:
            self.set_subtitle("P, loss and ‖∂L/∂W‖ of each")
        if samples is not self._of:
            self._of, self.first = samples, 0
        if self.snapshot.sample is not None:
            self._bring(self.snapshot.sample)
        self.canvas.repaint_live()

    def advance(self) -> None:
        """Show what a pass has found."""
        self.canvas.repaint_live()

    def update_layout(self) -> None:
        self._bring(self.first)
        self.canvas.stale_backdrop()

    @property
    def _ink(self) -> Ink:
        return self.ink if self.canvas.plot_size[0] > 28.0 * self.ink.height else self.small

    @property
    def _row(self) -> float:
        roomy = self.canvas.plot_size[1] / (self._m() + 2)
        return min(max(roomy, 1.45 * self._ink.height), 2.2 * self._ink.height)

    @property
    def in_sight(self) -> int:
        """How many samples fit below the head and the row for all."""
        return max(int(self.canvas.plot_size[1] / self._row) - 2, 1)

    def _m(self) -> int:
        return 0 if self.snapshot.samples is None else self.snapshot.samples.m

    def _bring(self, sample: int) -> None:
        """Scroll as little as it takes to have a sample in sight."""
        lowest = max(self._m() - self.in_sight, 0)
        first = min(self.first, sample)
        self.first = min(max(first, sample - self.in_sight + 1, 0), lowest)

    def _columns(self, w: float) -> dict[str, _Column]:
        """Return the columns by name: those of features as far as there is room, the loss where there is more."""
        samples, ink = self.snapshot.samples, self._ink
        assert samples is not None
        gap = 0.8 * ink.height
        size = ink.width("0.0e−000") + gap
        chance, verdict = ink.width("1 − 0.0e−000") + gap, ink.width("silent") + gap
        widths = {"number": ink.width(f"{max(samples.m, 100)}") + gap, "y": ink.width("12") + 14.0 + gap}
        rest = {"P": chance, "loss": size, "size": size, "verdict": verdict}
        room, figure = w - 12.0 - sum(widths.values()) - sum(rest.values()), ink.width("−0.0e−00") + gap
        if room < 0.0:
            del rest["loss"]
        widths |= {f"x{j}": figure for j in range(min(max(int(room / figure), 0), samples.N))}
        titles = {"y": "y", "P": "P of y", "loss": "loss", "size": "‖∂L/∂W‖"}
        columns, x = {}, 0.0
        widths |= rest
        apart = min(max((w - 12.0) / sum(widths.values()), 1.0), 1.5)  # few columns need not stand close together
        for name, width in ((name, apart * width) for name, width in widths.items()):
            title = self._feature_name(int(name[1:])) if name[1:].isdecimal() else titles.get(name, "")
            columns[name] = _Column(title, x, width)
            x += width
        return columns

    def _feature_name(self, j: int) -> str:
        samples = self.snapshot.samples
        assert samples is not None
        return f"x{subscript(j)}" if samples.feature_names is None else samples.feature_names[j]

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        pass

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        samples, choice = self.snapshot.samples, self.snapshot.intent.layer
        painter.setFont(self._ink.font)
        if samples is None:
            painter.setPen(self.muted)
            name = quote(choice.samples, 30)
            texts = f"{name} is not loaded here: open the file (Ctrl+O).", f"{name} is not loaded: Ctrl+O."
            self.ink.left(painter, 0.0, self._row, self.ink.first_that_fits(w, *texts))
            return
        columns, row = self._columns(w), self._row
        painter.setPen(self.muted)
        for column in columns.values():
            self._ink.left(painter, column.left, 0.5 * row, self._ink.elided(column.title, column.width - 4.0))
        painter.fillRect(QRectF(0.0, round(row) - 1, w, 1.0), self.line)
        self._draw_all(painter, columns, w)
        stop = min(self.first + self.in_sight, samples.m)
        shown = sum(name[1:].isdecimal() for name in columns)
        features = samples.rows(self.first, stop)[:, :shown].tolist()
        for k, sample in enumerate(range(self.first, stop)):
            self._draw_sample(painter, columns, (2 + k) * row, sample, features[k], w)
        self._draw_bar(painter, w, h)

    def _lit_row(self, painter: QPainter, y: float, w: float, chosen: bool) -> None:
        assert self.look is not None
        if chosen:
            painter.fillRect(QRectF(0.0, round(y) + 1, w - 12.0, round(self._row) - 2), self.look.colour("track"))
            painter.fillRect(QRectF(0.0, round(y) + 1, 3.0, round(self._row) - 2), self.accent)
        if chosen and self.canvas.hasFocus():
            painter.setPen(self.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(0.0, round(y) + 1, w - 13.0, round(self._row) - 3))

    def _draw_all(self, painter: QPainter, columns: dict[str, _Column], w: float) -> None:
        """Draw the row that stands for the whole batch."""
        batch, choice = self.snapshot.batch, self.snapshot.intent.layer
        assert batch is not None
        ink, row = self._ink, self._row
        self._lit_row(painter, row, w, self.snapshot.sample is None)
        y = 1.5 * row
        painter.setPen(self.text)
        norm = math.hypot(*batch.weight_gradient(choice.reduction).ravel().tolist())  # no square overflows
        what = "mean" if choice.reduction == "mean" else "sum"
        room = columns["P"].left - 8.0
        seen = f"{batch.done} of {batch.m}" if not batch.finished else f"all {batch.m}"
        factor = f"1/{batch.done} · Σ" if choice.reduction == "mean" else "Σ, no factor"
        ink.left(painter, 8.0, y, ink.first_that_fits(room, f"{what} of {seen}: {factor}", f"{what} of {seen}", what))
        for name, text in (("loss", number(batch.value(choice.reduction))), ("size", number(norm))):
            if name in columns:
                ink.left(painter, columns[name].left, y, text)
        painter.setPen(self.muted)
        silent, left = f"{batch.done - batch.contributing}", columns["verdict"].left
        ink.left(painter, left, y, ink.first_that_fits(w - 14.0 - left, f"{silent} silent", silent))

    def _draw_sample(
        self, painter: QPainter, columns: dict[str, _Column], top: float, sample: int, x: list[float], w: float
    ) -> None:
        assert self.look is not None and self.snapshot.samples is not None and self.snapshot.batch is not None
        batch, ink, y = self.snapshot.batch, self._ink, top + 0.5 * self._row
        label = int(self.snapshot.samples.labels[sample])
        self._lit_row(painter, top, w, sample == self.snapshot.sample)
        painter.setPen(self.muted)
        ink.left(painter, 8.0, y, f"{sample + 1}")
        size = self.look.px(8)
        painter.fillRect(QRectF(columns["y"].left, round(y - size / 2), size, size), self.look.class_colour(label))
        painter.setPen(self.text)
        ink.left(painter, columns["y"].left + size + 4.0, y, f"{label + 1}")
        for j, value in enumerate(x):
            ink.left(painter, columns[f"x{j}"].left, y, number(value))
        if sample >= batch.done:
            ink.left(painter, columns["P"].left, y, _PENDING)
            return
        for name, text in zip(("P", "loss", "size"), self._texts(sample), strict=True):
            if name in columns:
                ink.left(painter, columns[name].left, y, text)
        if batch.lost[sample]:
            painter.setPen(self.look.colour("warning"))
            ink.left(painter, columns["verdict"].left, y, "silent")

    def _texts(self, sample: int) -> tuple[str, str, str]:
        """Return P of the class, loss and size of the gradient as they read."""
        batch = self.snapshot.batch
        assert batch is not None
        return (
            p_text(batch, sample),
            loss_text(batch, sample),
            size_text(float(batch.log10_norms[sample])),
        )

    def _draw_bar(self, painter: QPainter, w: float, h: float) -> None:
        assert self.look is not None
        m, top = self._m(), 2.0 * self._row
        if m <= self.in_sight:
            return
        painter.fillRect(QRectF(w - 7.0, top, 6.0, h - top), self.line)
        size, travel = self._thumb(h)
        place = top + travel * self.first / (m - self.in_sight)
        painter.fillRect(QRectF(w - 7.0, place, 6.0, size), self.look.colour("axis"))

    def _thumb(self, h: float) -> tuple[float, float]:
        """Return the length of the scroll bar's handle, and how far it can go."""
        room = max(h - 2.0 * self._row, 19.0)
        size = max(room * self.in_sight / max(self._m(), 1), 18.0)
        return size, max(room - size, 1.0)

    # -- choosing and scrolling

    def pick_at(self, place: QPointF) -> LayerPick | None:
        if self.snapshot.samples is None or not 0.0 <= place.x() < self.canvas.plot_size[0] - 10.0:
            return None
        k = int(place.y() // self._row) - 1
        if k == 0:
            return Sample(None)
        sample = self.first + k - 1
        return Sample(sample) if 0 < k <= self.in_sight and sample < self._m() else None

    def cursor_pick(self) -> LayerPick | None:
        return Sample(self.snapshot.sample)

    def _choose_sample(self, sample: int | None, gesture: int | None = None) -> None:
        self.session.apply("Choose a sample", lambda i: i.with_choice("layer", sample=sample), gesture)
        self.point_at(Sample(sample))

    def _press(self, place: QPointF) -> None:
        self._held = place.x() >= self.canvas.plot_size[0] - 10.0 and self._m() > self.in_sight
        if self._held:
            self._drag(place)
            return
        pick = self.pick_at(place)
        if isinstance(pick, Sample):
            same = pick.index == self.snapshot.sample
            self._choose_sample(None if same else pick.index)

    def _drag(self, place: QPointF) -> None:
        if self._held:
            size, travel = self._thumb(self.canvas.plot_size[1])
            share = (place.y() - 2.0 * self._row - 0.5 * size) / travel
            self._scroll_to(round(share * (self._m() - self.in_sight)))

    def _release(self, _: QPointF) -> None:
        self._held = False

    def _scroll_to(self, first: int) -> None:
        self.first = min(max(first, 0), max(self._m() - self.in_sight, 0))
        self.canvas.repaint_live()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._scroll_to(self.first - round(event.angleDelta().y() / 40))
        event.accept()

    def _walk(self, rows: int, gesture: int) -> None:
        sample = self.session.snapshot.sample
        place = (-1 if sample is None else sample) + rows
        self._choose_sample(None if place < 0 else min(place, self._m() - 1), gesture)

    def _step(self, columns: int, rows: int, event: QKeyEvent) -> None:
        if self._m():
            if not event.isAutoRepeat():
                self.stepping.gesture = self.session.new_gesture()
            self._walk(rows, self.stepping.gesture)

    def _key(self, key: int) -> None:
        if key == Qt.Key.Key_Home:
            self.first = 0
            self._choose_sample(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pages = {int(Qt.Key.Key_PageUp): -self.in_sight, int(Qt.Key.Key_PageDown): self.in_sight}
        pages[int(Qt.Key.Key_End)] = self._m()
        if event.key() in pages and self._m():
            self._walk(pages[event.key()], self.session.new_gesture())
        else:
            super().keyPressEvent(event)

    def description(self) -> str:
        samples, batch, choice = self.snapshot.samples, self.snapshot.batch, self.snapshot.intent.layer
        if samples is None or batch is None:
            return f"The samples {choice.samples} are not loaded here."
        lines = [
            f"{samples.m} samples of {samples.N} features. {choice.reduction} of {batch.done}: "
            f"loss {number(batch.value(choice.reduction))}; {batch.done - batch.contributing} contribute nothing "
            f"in {batch.number_format}."
        ]
        for k in range(self.first, min(self.first + self.in_sight, batch.done)):
            silent = ", contributes nothing" if batch.lost[k] else ""
            p, loss, size = self._texts(k)
            lines.append(
                f"Sample {k + 1}: class {int(samples.labels[k]) + 1}, P {p}, loss {loss}, gradient {size}{silent}."
            )
        return " ".join(lines)
