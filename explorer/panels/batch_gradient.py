"""Batch gradient: dL/dW of the chosen sample, or the mean or sum over the batch with its factor in sight."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from explorer.model.exact import Floats
from explorer.model.notation import number, subscript
from explorer.panels.layer_panel import LayerPanel
from explorer.panels.matrix import Cells, cuts, outline, reduced, scale_for
from explorer.session.layer_picks import BatchSlope, LayerPick
from explorer.session.session import Session


class BatchGradientPanel(LayerPanel):
    """Row i is class i, column j feature j; of many features, the largest of each block."""

    title = "Gradient"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._cursor = (0, 0)
        self._hover: tuple[int, int] | None = None
        self.canvas.stepped.connect(self._step)

    def update_picture(self) -> None:
        batch, choice = self.snapshot.batch, self.snapshot.intent.layer
        if batch is not None and self.snapshot.sample is not None:
            self.set_subtitle(f"∂L/∂W of sample {self.snapshot.sample + 1} alone")
        elif batch is not None:
            factor = f"1/{batch.done} · " if choice.reduction == "mean" else ""
            self.set_subtitle(f"∂L/∂W = {factor}Σᵣ ∂L/∂aᵣ xᵣᵀ")
        super().update_picture()

    def advance(self) -> None:
        """Show what a pass has found."""
        self.update_picture()

    def values(self) -> Floats | None:
        """Return the gradient shown (T, N), None where it is not known."""
        batch, samples, choice = self.snapshot.batch, self.snapshot.samples, self.snapshot.intent.layer
        if batch is None or samples is None or not batch.done:
            return None
        if self.snapshot.sample is None:
            return batch.weight_gradient(choice.reduction)
        if self.snapshot.sample >= batch.done:
            return None
        x = samples.rows(self.snapshot.sample, self.snapshot.sample + 1)[0]
        alone: Floats = np.multiply.outer(batch.logit_gradients[self.snapshot.sample], x)
        return alone

    def _cells(self) -> Cells:
        batch, (w, h) = self.snapshot.batch, self.canvas.plot_size
        assert batch is not None
        left, top = self.name_room(batch.layer.T), 1.3 * self.ink.height
        area = QRectF(left, top, max(w - left, 1.0), max(h - top, 1.0))
        return Cells(area, batch.layer.T, max(min(batch.layer.N, int(area.width())), 1))

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        assert self.look is not None
        values = self.values()
        if values is None:
            return
        cells, n = self._cells(), values.shape[1]
        shown = reduced(values, cells.rows, cells.columns)
        logs = self._logs(shown)
        self.matrices.draw(painter, cells, shown, logs, scale_for(shown, logs, log=False))
        painter.setFont(self.ink.font)
        each = cells.area.width() / cells.columns
        painter.setPen(self.muted)
        every = max(round(3.0 * self.ink.height / each), 1)
        for column in range(0, cells.columns, every):
            j = cuts(n, cells.columns)[column]
            x = cells.area.left() + (column + 0.5) * each
            if x + 0.5 * self.ink.width(f"x{j}") <= w:
                self.ink.centre(painter, x, 0.55 * self.ink.height, f"x{subscript(j)}")
        self.write_rows(painter, cells)

    def _logs(self, shown: Floats) -> Floats:
        """Return the logarithms of what is shown; of a sample alone also those below the smallest double."""
        batch, samples, sample = self.snapshot.batch, self.snapshot.samples, self.snapshot.sample
        assert batch is not None and samples is not None
        with np.errstate(divide="ignore"):
            if sample is None or shown.shape != batch.layer.W.shape:
                return np.asarray(np.log10(np.abs(shown)))
            of_logits = batch.log10_logit_gradients(sample, sample + 1)[0]
            return np.asarray(np.add.outer(of_logits, np.log10(np.abs(samples.rows(sample, sample + 1)[0]))))

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        place = self._hover if self._hover is not None else self._cursor if self.canvas.hasFocus() else None
        if place is not None and self.values() is not None:
            cells = self._cells()
            rect = cells.cell(min(place[0], cells.rows - 1), min(place[1], cells.columns - 1))
            outline(painter, rect.adjusted(-1.0, 0.0, 1.0, 0.0) if rect.width() < 4.0 else rect, self.accent, 2)

    def _slope(self, row: int, column: int) -> BatchSlope:
        """Return the entry that a cell shows: of a block, its largest."""
        values, cells = self.values(), self._cells()
        if values is None:
            return BatchSlope(row, column)
        places = cuts(values.shape[1], cells.columns)
        block = np.abs(values[row, places[column] : places[column + 1]])
        return BatchSlope(row, places[column] + int(block.argmax()))

    def pick_at(self, place: QPointF) -> LayerPick | None:
        found = self._cells().at(place) if self.snapshot.batch is not None else None
        if found != self._hover:
            self._hover = found
            self.canvas.repaint_live()
        return None if found is None else self._slope(*found)

    def cursor_pick(self) -> LayerPick | None:
        if self.snapshot.batch is None:
            return None
        cells = self._cells()
        self._cursor = min(self._cursor[0], cells.rows - 1), min(self._cursor[1], cells.columns - 1)
        return self._slope(*self._cursor)

    def _step(self, columns: int, rows: int, event: QKeyEvent) -> None:
        self._cursor = max(self._cursor[0] + rows, 0), max(self._cursor[1] + columns, 0)
        self.point_at(self.cursor_pick())
        self.canvas.repaint_live()

    def description(self) -> str:
        values = self.values()
        if values is None:
            return "Not computed yet."
        if values.size > 144:
            return f"{values.shape[0]} × {values.shape[1]} entries, the largest {number(float(np.abs(values).max()))}."
        rows = [f"class {i + 1}: {', '.join(number(v) for v in row)}" for i, row in enumerate(values.tolist())]
        return f"Gradient: {'; '.join(rows)}."
