"""Weight gradient: dL/dW = dL/da xᵀ of the one sample as a heatmap."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from explorer.model.notation import numbers
from explorer.panels.layer_panel import LayerPanel
from explorer.panels.matrix import Cells, outline, scale_for
from explorer.session.intake import count
from explorer.session.layer_picks import LayerPick, WeightSlope
from explorer.session.layer_words import size_text
from explorer.session.session import Session


class WeightGradientPanel(LayerPanel):
    """Row i is class i, column j is feature j."""

    title = "Weight gradient"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._cursor = (0, 0)
        self.canvas.stepped.connect(self._step)

    def update_picture(self) -> None:
        short = self.snapshot.intent.loss in ("cross_entropy", "kl")
        self.set_subtitle("∂L/∂W = (P − y) xᵀ" if short else "∂L/∂W = ∂L/∂a xᵀ")
        super().update_picture()

    def _cells(self) -> Cells:
        choice, (w, h) = self.snapshot.intent.layer, self.canvas.plot_size
        left, top, bottom = self.name_room(choice.T), 1.3 * self.ink.height, 1.5 * self.ink.height
        return Cells(QRectF(left, top, max(w - left, 1.0), max(h - top - bottom, 1.0)), choice.T, choice.N)

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        assert self.look is not None
        reading, cells = self.snapshot.layer, self._cells()
        values, logs = reading.weight_gradient
        scale = scale_for(values, logs, reading.choice.chain_scale == "log")
        self.matrices.draw(painter, cells, values, logs, scale)
        self.write_columns(painter, cells, 0.55 * self.ink.height)
        self.write_rows(painter, cells)
        painter.setFont(self.ink.font)
        painter.setPen(self.muted)
        short = count(reading.counts.gradient, "multiplication")
        text = f"{short}, J and Dg never formed"
        self.ink.left(painter, cells.area.left(), h - 0.6 * self.ink.height, self.ink.first_that_fits(w, text, short))

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        lit, cells = self.lights, self._cells()
        if lit.i is not None and lit.j is not None and lit.i < cells.rows and lit.j < cells.columns:
            outline(painter, cells.cell(lit.i, lit.j), self.accent, 2)

    def pick_at(self, place: QPointF) -> LayerPick | None:
        found = self._cells().at(place)
        return None if found is None else WeightSlope(*found)

    def cursor_pick(self) -> LayerPick | None:
        choice = self.snapshot.intent.layer
        self._cursor = min(self._cursor[0], choice.T - 1), min(self._cursor[1], choice.N - 1)
        return WeightSlope(*self._cursor)

    def _step(self, columns: int, rows: int, event: QKeyEvent) -> None:
        self._cursor = max(self._cursor[0] + rows, 0), max(self._cursor[1] + columns, 0)
        self.point_at(self.cursor_pick())

    def description(self) -> str:
        values, logs = self.snapshot.layer.weight_gradient
        rows = [
            f"class {i + 1}: {', '.join(numbers(*row))}"
            for i, row in enumerate(zip(values.tolist(), logs.tolist(), strict=True))
        ]
        return f"Weight gradient: {'; '.join(rows)}. Size {size_text(self.snapshot.layer.log10_norm)}."
