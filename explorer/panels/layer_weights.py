"""Weights: W as a heatmap; a drag up or down changes a weight, arrow keys walk, typing sets the one at the cursor."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from explorer.model.notation import number
from explorer.panels.layer_panel import LayerPanel
from explorer.panels.matrix import Cells, outline, scale_for
from explorer.panels.stepping import factor
from explorer.session.axes import SymmetricAxis
from explorer.session.layer_picks import LayerPick, Weight
from explorer.session.session import Session

_AXIS = SymmetricAxis(50.0)
_TRAVEL = 500.0  # pixels, for scale 1, from −50 to 50


class WeightsPanel(LayerPanel):
    """Row i of W belongs to class i."""

    title = "Weights W"
    typed = Signal(str)  # a person began to type at the cursor
    moved = Signal(int, int)  # the cursor went to a weight

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.set_subtitle("drag up or down, or type")
        self.cursor_cell = (0, 0)
        self._gesture: int | None = None
        canvas = self.canvas
        canvas.pressed.connect(self._press)
        canvas.dragged.connect(self._drag)
        canvas.released.connect(self._release)
        canvas.stepped.connect(self._step)
        canvas.key.connect(self._key)

    def _cells(self) -> Cells:
        choice, (w, h) = self.snapshot.intent.layer, self.canvas.plot_size
        left, top = self.name_room(choice.T), 1.3 * self.ink.height
        return Cells(QRectF(left, top, max(w - left, 1.0), max(h - top, 1.0)), choice.T, choice.N)

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        assert self.look is not None
        reading, cells = self.snapshot.layer, self._cells()
        W = reading.layer.W
        with np.errstate(divide="ignore"):
            logs = np.log10(np.abs(W))
        self.matrices.draw(painter, cells, W, logs, scale_for(W, logs, log=False))
        self.write_columns(painter, cells, 0.55 * self.ink.height)
        self.write_rows(painter, cells)

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        lit, cells = self.lights, self._cells()
        if lit.i is not None and lit.j is not None and lit.i < cells.rows and lit.j < cells.columns:
            outline(painter, cells.cell(lit.i, lit.j), self.accent, 2)
        elif lit.j is not None and lit.j < cells.columns:
            outline(painter, cells.block(0, lit.j, cells.rows, 1), self.accent, 2)
        elif lit.t is not None and lit.t < cells.rows:
            outline(painter, cells.block(lit.t, 0, 1, cells.columns), self.accent, 2)

    def pick_at(self, place: QPointF) -> LayerPick | None:
        found = self._cells().at(place)
        return None if found is None else Weight(*found)

    def cursor_pick(self) -> LayerPick | None:
        choice = self.snapshot.intent.layer
        self._go(min(self.cursor_cell[0], choice.T - 1), min(self.cursor_cell[1], choice.N - 1))
        return Weight(*self.cursor_cell)

    def _go(self, i: int, j: int) -> None:
        if (i, j) != self.cursor_cell:
            self.cursor_cell = (i, j)
            self.moved.emit(i, j)

    def _press(self, place: QPointF) -> None:
        found = self._cells().at(place)
        if found is not None:
            self._go(*found)
            self._gesture = self.session.new_gesture()
            value = float(self.snapshot.layer.layer.W[found])
            self._start = place.y(), min(max(_AXIS.place(value), 0.0), 1.0)
            self.point_at(Weight(*found))

    def _drag(self, place: QPointF) -> None:
        if self._gesture is None or self.look is None:
            return
        y, share = self._start
        share = min(max(share + (y - place.y()) / self.look.px(_TRAVEL), 0.0), 1.0)
        value = _AXIS.value(share)
        self.set_weight(round(value, 2 if abs(value) < 10.0 else 1) + 0.0, self._gesture)

    def set_weight(self, value: float, gesture: int | None = None) -> None:
        """Set the weight at the cursor."""
        i, j = self.cursor_cell
        self.session.apply(
            f"Weight {i + 1}, {j + 1}",
            lambda intent: intent.with_changes(layer=intent.layer.with_weight(i, j, value)),
            gesture,
        )
        self.point_at(Weight(i, j))

    def step_weight(self, steps: float, event: QKeyEvent) -> None:
        """Step the weight at the cursor; a key held down is one undo step."""
        value = float(self.snapshot.layer.layer.W[self.cursor_cell])
        value = self.stepping.next_value(value, 0.1 * steps, event)
        self.set_weight(value, self.stepping.gesture)

    def reset_weight(self) -> None:
        """Set the weight at the cursor back to where it started."""
        i, j = self.cursor_cell
        origin = self.session.origin.layer
        self.set_weight(origin.scale * origin.weights[i][j] if i < origin.T and j < origin.N else 0.0)

    def _release(self, _: QPointF) -> None:
        self._gesture = None

    def _step(self, columns: int, rows: int, event: QKeyEvent) -> None:
        """Walk with the arrow keys; with Shift or Ctrl, up and down step the weight."""
        choice = self.snapshot.intent.layer
        if rows and factor(event) != 1.0:
            self.step_weight(-rows, event)
            return
        i, j = self.cursor_cell
        self._go(min(max(i + rows, 0), choice.T - 1), min(max(j + columns, 0), choice.N - 1))
        self.point_at(Weight(*self.cursor_cell))

    def _key(self, key: int) -> None:
        if key == Qt.Key.Key_Home:
            self.reset_weight()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.typed.emit("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A figure or a sign begins to type the weight at the cursor."""
        if event.text() and event.text() in "0123456789-+.,":
            self.typed.emit(event.text())
        elif event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.step_weight(1.0 if event.key() == Qt.Key.Key_PageUp else -1.0, event)
        else:
            super().keyPressEvent(event)

    def description(self) -> str:
        rows = self.snapshot.layer.layer.W.tolist()
        return "Weights: " + "; ".join(
            f"class {i + 1}: {', '.join(number(v) for v in row)}" for i, row in enumerate(rows)
        ) + "."  # fmt: skip
