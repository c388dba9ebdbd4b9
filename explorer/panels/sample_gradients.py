"""Gradients of the samples: a row per sample, a column per weight; of many, the largest entry of each block."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from explorer.model.exact import Floats
from explorer.model.gradient_picture import GradientPicture
from explorer.model.notation import number
from explorer.panels.layer_panel import LayerPanel
from explorer.panels.matrix import Cells, ColourScale, outline
from explorer.panels.ticks import decade
from explorer.session.layer_picks import LayerPick, Sample
from explorer.session.session import Session

_DECADES = 8.0


class SampleGradientsPanel(LayerPanel):
    """Colours by decades; the strip at the left marks samples that contribute nothing."""

    title = "Sample gradients"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._picture: GradientPicture | None = None
        self.canvas.pressed.connect(self._press)
        self.canvas.stepped.connect(self._step)

    def _area(self) -> QRectF:
        w, h = self.canvas.plot_size
        left, top, bottom = 12.0, 1.3 * self.ink.height, 1.4 * self.ink.height
        return QRectF(left, top, max(w - left, 1.0), max(h - top - bottom, 1.0))

    def picture(self) -> GradientPicture | None:
        """Return the picture of the present batch at the present size, with all that the batch has seen."""
        batch, area = self.snapshot.batch, self._area()
        if batch is None:
            return None
        rows, columns = max(int(area.height()), 1), max(int(area.width() / batch.layer.T), 1)
        found = self._picture
        if found is None or found.batch is not batch or found.rows != min(rows, batch.m):
            found = self._picture = GradientPicture(batch, rows, columns)
        found.follow()
        return found

    def follow(self) -> None:
        """Take in what a pass has found; nothing is drawn."""
        if self._picture is not None and self._picture.batch is self.snapshot.batch:
            self._picture.follow()

    def update_layout(self) -> None:
        self._picture = None
        super().update_layout()

    def advance(self) -> None:
        """Show what a pass has found."""
        self.canvas.stale_backdrop()

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        assert self.look is not None
        picture = self.picture()
        if picture is None:
            return
        T = picture.batch.layer.T
        cells = Cells(self._area(), picture.rows, picture.values.shape[1])
        logs = self._logs(picture)
        found = logs[np.isfinite(logs)]
        top = float(math.ceil(found.max())) if found.size else 0.0
        self.matrices.draw(painter, cells, picture.values, logs, ColourScale(True, top, top - _DECADES))
        for row in np.flatnonzero(picture.silent).tolist():
            place = cells.block(row, 0, 1, 1)
            painter.fillRect(QRectF(0.0, place.top(), 7.0, max(place.height(), 1.0)), self.silence)
        painter.setFont(self.ink.font)
        each = cells.area.width() / T
        for i in range(T):
            size, x = self.look.px(8), cells.area.left() + i * each
            painter.fillRect(
                QRectF(round(x) + 1, round(0.55 * self.ink.height - size / 2), size, size), self.look.class_colour(i)
            )
            painter.setPen(self.muted)
            name = self.ink.first_that_fits(each - size - 6.0, f"class {i + 1}", f"{i + 1}")
            self.ink.left(painter, x + size + 5.0, 0.55 * self.ink.height, name)
            if i:
                painter.fillRect(
                    QRectF(round(x) - 1, cells.area.top(), 1.0, cells.area.height()), self.look.colour("card")
                )
        self._draw_legend(painter, picture, top, w, h)

    def _logs(self, picture: GradientPicture) -> Floats:
        """Return the logarithms of the picture; of few samples also those below the smallest double."""
        batch, samples = picture.batch, self.snapshot.samples
        with np.errstate(divide="ignore"):
            if samples is None or picture.values.shape != (batch.done, batch.layer.W.size):
                return np.asarray(np.log10(np.abs(picture.values)))
            of_logits = batch.log10_logit_gradients(0, batch.done)[:, :, None]
            logs: Floats = of_logits + np.log10(np.abs(samples.rows(0, batch.done)))[:, None, :]
            return logs.reshape(picture.values.shape)

    def restyle(self) -> None:
        super().restyle()
        assert self.look is not None
        self.silence = self.look.colour("warning")

    def _draw_legend(self, painter: QPainter, picture: GradientPicture, top: float, w: float, h: float) -> None:
        silent, done = int(picture.silent.sum()), picture.batch.done
        colours = f"colours: {decade(round(top - _DECADES))} to {decade(round(top))}"
        short = f"{silent} of {done} silent"
        lost = f"{short}: they contribute nothing"
        texts = f"{lost} in {picture.batch.number_format} · {colours}", f"{lost} · {colours}", short
        y = h - 0.6 * self.ink.height
        painter.fillRect(QRectF(0.0, round(y - 0.4 * self.ink.height), 7.0, round(0.8 * self.ink.height)), self.silence)
        painter.setPen(self.muted)
        self.ink.left(painter, 12.0, y, self.ink.first_that_fits(w - 12.0, *texts))

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        sample, picture = self.snapshot.sample, self._picture
        if sample is None or picture is None or sample >= picture.batch.m:
            return
        block = int(np.searchsorted(picture.starts, sample, side="right")) - 1
        rect = Cells(self._area(), picture.rows, 1).cell(block, 0)
        outline(painter, rect.adjusted(0.0, -2.0, 0.0, 2.0) if rect.height() < 6.0 else rect, self.accent, 2)

    def pick_at(self, place: QPointF) -> LayerPick | None:
        picture = self._picture
        found = None if picture is None else Cells(self._area(), picture.rows, 1).at(place)
        return None if found is None or picture is None else Sample(int(picture.starts[found[0]]))

    def cursor_pick(self) -> LayerPick | None:
        return Sample(self.snapshot.sample)

    def _press(self, place: QPointF) -> None:
        pick = self.pick_at(place)
        if isinstance(pick, Sample):
            same = pick.index == self.snapshot.sample
            self._choose_sample(None if same else pick.index)

    def _choose_sample(self, sample: int | None, gesture: int | None = None) -> None:
        self.session.apply("Choose a sample", lambda i: i.with_choice("layer", sample=sample), gesture)
        self.point_at(Sample(sample))

    def _step(self, columns: int, rows: int, event: QKeyEvent) -> None:
        """Walk by the rows of the picture."""
        picture = self._picture
        if picture is None:
            return
        sample = self.session.snapshot.sample
        block = -1 if sample is None else int(np.searchsorted(picture.starts, sample, side="right")) - 1
        block += rows
        if not event.isAutoRepeat():
            self.stepping.gesture = self.session.new_gesture()
        start = None if block < 0 else int(picture.starts[min(block, picture.rows - 1)])
        self._choose_sample(start, self.stepping.gesture)

    def description(self) -> str:
        picture = self.picture()
        if picture is None:
            return "No samples."
        largest = float(np.abs(picture.values).max())
        return (
            f"{picture.batch.done} samples by {picture.batch.layer.W.size} weights; largest entry {number(largest)}; "
            f"{int(picture.silent.sum())} samples contribute nothing in {picture.batch.number_format}."
        )
