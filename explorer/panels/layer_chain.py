"""Chain of Jacobians: J, Dg and their product DP laid out so that a row of J meets a column of Dg at its product."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from explorer.model.notation import number, numbers, subscript
from explorer.panels.layer_panel import LayerPanel
from explorer.panels.matrix import Cells, ColourScale, outline, scale_for
from explorer.panels.ticks import decade
from explorer.session.layer_picks import Derivative, LayerPick, OfLogit, OfSoftmax
from explorer.session.session import Session

_MATRICES = (("J", "∂P/∂a"), ("Dg", "∂a/∂W"), ("DP", "J·Dg = ∂P/∂W"))


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the three matrices lie."""

    of_softmax: Cells
    of_logits: Cells
    of_weights: Cells


class ChainPanel(LayerPanel):
    """J at the left, Dg above, DP where they meet; a click pins an entry of DP."""

    title = "Chain of Jacobians"
    switch_field = "layer.chain_scale"
    switch_choices = (("linear", "linear"), ("log", "log"))

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.set_subtitle("∂P/∂W = J · Dg, short: Pₜ(δₜᵢ − Pᵢ)xⱼ")
        self._cursor = (0, 0, 0)
        self.canvas.pressed.connect(self._press)
        self.canvas.stepped.connect(self._step)
        self.canvas.key.connect(self._key)

    def _places(self) -> _Places:
        choice, (w, h) = self.snapshot.intent.layer, self.canvas.plot_size
        ink, T, N = self.ink, choice.T, choice.N
        names, head, gap = ink.width("P₁₂ ") + 4.0, 2.3 * ink.height, 1.6 * ink.height
        row = max((h - head - gap) / (2 * T), 1.0)
        room = w - 2.0 * names - 4.0
        left = min(max(0.27 * room, 10.0 * ink.height), T * max(1.6 * row, 4.4 * ink.height))
        left = min(left, 0.42 * room)
        wide = max(room - left, 1.0)
        x = names + left + names + 4.0
        top, low = QRectF(x, head, wide, T * row), QRectF(x, head + T * row + gap, wide, T * row)
        beside = QRectF(names, low.top(), left, T * row)
        return _Places(Cells(beside, T, T), Cells(top, T, T * N), Cells(low, T, T * N))

    def _scales(self) -> tuple[ColourScale, ColourScale, ColourScale]:
        reading = self.snapshot.layer
        log = reading.choice.chain_scale == "log"
        return (
            scale_for(*reading.jacobian, log),
            scale_for(*reading.of_logits, log),
            scale_for(*reading.of_weights, log),
        )

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        reading, places = self.snapshot.layer, self._places()
        T, N = reading.choice.T, reading.choice.N
        of_softmax, of_logits, of_weights = self._scales()
        empty = np.repeat(~np.eye(T, dtype=bool), N, axis=1)
        self._draw_frames(painter, places, T, N)
        draw = self.matrices.draw
        draw(painter, places.of_softmax, *reading.jacobian, of_softmax)
        draw(painter, places.of_logits, *reading.of_logits, of_logits, empty)
        draw(painter, places.of_weights, *reading.of_weights, of_weights)
        self._draw_names(painter, places, T, N)
        self._draw_counts(painter, places)

    def _draw_frames(self, painter: QPainter, places: _Places, T: int, N: int) -> None:
        """Frame the matrices and their blocks: an empty block of Dg is seen as a place where nothing is."""
        for cells in (places.of_logits, places.of_weights):
            for i in range(T):
                outline(painter, cells.block(0, i * N, T, N).adjusted(-1.0, -1.0, 1.0, 1.0), self.line, 1)
        outline(painter, places.of_softmax.block(0, 0, T, T).adjusted(-1.0, -1.0, 1.0, 1.0), self.line, 1)

    def _draw_names(self, painter: QPainter, places: _Places, T: int, N: int) -> None:
        ink, top = self.ink, places.of_logits
        painter.setFont(ink.font)
        painter.setPen(self.text)
        low = places.of_weights.area.top() - 0.7 * ink.height
        matrices = places.of_softmax, top, places.of_weights
        for cells, y, titles in zip(matrices, (low, 0.5 * ink.height, low), self._titles(), strict=True):
            ink.left(painter, cells.area.left(), y, ink.first_that_fits(cells.area.width(), *titles))
        painter.setPen(self.muted)
        above = top.area.top() - 0.7 * ink.height
        for i in range(T):
            block = top.block(0, i * N, 1, N)
            each = block.width() / N
            if each >= ink.width("W₁₁") + 2.0 and max(T, N) < 10:
                for j in range(N):
                    ink.centre(painter, block.left() + (j + 0.5) * each, above, f"W{subscript(i)}{subscript(j)}")
            else:
                name = ink.first_that_fits(block.width(), f"W{subscript(i)}ⱼ", f"{i + 1}")
                if not name.endswith("…"):
                    ink.centre(painter, block.center().x(), above, name)
        row = places.of_weights.area.height() / T
        if row < 0.8 * ink.height:
            return
        for t in range(T):
            ink.right(painter, top.area.left() - 5.0, top.cell(t, 0).center().y(), f"a{subscript(t)}")
            for cells in (places.of_softmax, places.of_weights):
                ink.right(painter, cells.area.left() - 5.0, cells.cell(t, 0).center().y(), f"P{subscript(t)}")

    def _draw_counts(self, painter: QPainter, places: _Places) -> None:
        """Write into the free corner what the product and the short formula cost."""
        counts, ink = self.snapshot.layer.counts, self.ink
        room = places.of_logits.area.left() - ink.width("a₁₂") - 14.0
        zeros = counts.entries - counts.nonzero
        lines = [
            (("multiplications:", "×:"), self.muted),
            ((f"product J·Dg  {counts.product}", f"J·Dg  {counts.product}"), self.text),
            ((f"short formula  {counts.short}", f"short  {counts.short}"), self.text),
            (
                (f"{zeros} of {counts.entries} in Dg empty: 0 as built", f"{zeros} of {counts.entries} empty"),
                self.muted,
            ),
        ]
        step = min(1.25 * ink.height, (places.of_softmax.area.top() - 1.4 * ink.height) / len(lines))
        painter.setFont(ink.font)
        for k, (texts, colour) in enumerate(lines):
            painter.setPen(colour)
            ink.left(painter, 0.0, (k + 0.5) * step, ink.first_that_fits(room, *texts))

    def _titles(self) -> list[tuple[str, ...]]:
        """Return for J, Dg and DP what they are and what their strongest colour means, longest first."""
        titles: list[tuple[str, ...]] = []
        for (name, what), scale in zip(_MATRICES, self._scales(), strict=True):
            top = f"to {decade(round(scale.top))}" if scale.log else f"±{number(scale.top, None, 2)}"
            titles.append((f"{name} = {what}   {top}", f"{name} = {what} {top}", f"{name} {top}", name))
        return titles

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        lit, places, choice = self.lights, self._places(), self.snapshot.intent.layer
        T, N = choice.T, choice.N
        inside = [k is None or k < most for k, most in ((lit.t, T), (lit.k, T), (lit.i, T), (lit.j, N))]
        if not all(inside):
            return
        if lit.t is not None:
            outline(painter, places.of_softmax.block(lit.t, 0, 1, T), self.accent, 1)
            outline(painter, places.of_weights.block(lit.t, 0, 1, T * N), self.accent, 1)
            if lit.k is not None:
                outline(painter, places.of_softmax.cell(lit.t, lit.k), self.accent, 2)
        if lit.i is not None and lit.j is not None:
            column = lit.i * N + lit.j
            outline(painter, places.of_logits.block(0, column, T, 1), self.accent, 1)
            outline(painter, places.of_weights.block(0, column, T, 1), self.accent, 1)
            if lit.k is not None:
                outline(painter, places.of_logits.cell(lit.k, column), self.accent, 2)
            if lit.t is not None:
                outline(painter, places.of_weights.cell(lit.t, column), self.accent, 3)
        if choice.picked is not None:
            t, i, j = choice.picked
            outline(painter, places.of_weights.cell(t, i * N + j), self.text, 2)

    # -- pointing and pinning

    def pick_at(self, place: QPointF) -> LayerPick | None:
        places, N = self._places(), self.snapshot.intent.layer.N
        if (found := places.of_weights.at(place)) is not None:
            return Derivative(found[0], *divmod(found[1], N))
        if (found := places.of_logits.at(place)) is not None:
            return OfLogit(found[0], *divmod(found[1], N))
        found = places.of_softmax.at(place)
        return None if found is None else OfSoftmax(*found)

    def cursor_pick(self) -> LayerPick | None:
        choice = self.snapshot.intent.layer
        t, i, j = self._cursor
        self._cursor = min(t, choice.T - 1), min(i, choice.T - 1), min(j, choice.N - 1)
        return Derivative(*self._cursor)

    def _press(self, place: QPointF) -> None:
        pick = self.pick_at(place)
        if isinstance(pick, Derivative):
            self._cursor = (pick.t, pick.i, pick.j)
            self._pin()
        elif pick is None:
            self.session.choose("layer", "Unpin the derivative", picked=None)

    def _pin(self) -> None:
        same = self.session.intent.layer.picked == self._cursor
        text = "Unpin the derivative" if same else "Pin a derivative"
        self.session.choose("layer", text, picked=None if same else self._cursor)

    def _step(self, columns: int, rows: int, event: QKeyEvent) -> None:
        choice = self.snapshot.intent.layer
        t, i, j = self._cursor
        place = min(max(i * choice.N + j + columns, 0), choice.T * choice.N - 1)
        self._cursor = (min(max(t + rows, 0), choice.T - 1), *divmod(place, choice.N))
        self.point_at(Derivative(*self._cursor))

    def _key(self, key: int) -> None:
        if key == Qt.Key.Key_Home:
            self._cursor = (0, 0, 0)
            self.point_at(Derivative(0, 0, 0))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.cursor_pick()
            self._pin()

    def description(self) -> str:
        reading, counts = self.snapshot.layer, self.snapshot.layer.counts
        parts = []
        for name, (values, logs) in (("J", reading.jacobian), ("DP", reading.of_weights)):
            rows = (
                f"row {k + 1}: {', '.join(numbers(*row))}"
                for k, row in enumerate(zip(values.tolist(), logs.tolist(), strict=True))
            )
            parts.append(f"{name}: {'; '.join(rows)}.")
        return (
            f"{' '.join(parts)} Dg holds x in block t of row t, and nothing else. Multiplications: product "
            f"{counts.product}, short formula {counts.short}."
        )
