"""LayerPanel: what the pictures of the Layer view share: they light up together, and write matrices alike."""

import math

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from explorer.model.notation import subscript
from explorer.panels.look import Ink
from explorer.panels.matrix import Cells, MatrixPainter
from explorer.panels.panel import Panel
from explorer.panels.stepping import Stepping
from explorer.session.layer_picks import Derivative, LayerPick, Lights, lights
from explorer.session.session import Session


class LayerPanel(Panel):
    """A picture whose cursor and pointer are told apart from what is pinned."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._lit: LayerPick | None = None
        self.stepping = Stepping(session)
        canvas = self.canvas
        canvas.hovered.connect(self._hover_at)
        canvas.left.connect(self._leave)
        canvas.focused.connect(self._focus_came)

    def show_lit(self, pick: LayerPick | None) -> None:
        """Light up what a pick, perhaps in another picture, has to do with."""
        if pick != self._lit:
            self._lit = pick
            self.canvas.repaint_live()

    @property
    def lights(self) -> Lights:
        """What is lit up: what is pointed at, else the pinned derivative."""
        picked = self.snapshot.intent.layer.picked
        return lights(self._lit if self._lit is not None else Derivative(*picked) if picked is not None else None)

    def restyle(self) -> None:
        assert self.look is not None
        self.small = Ink(self.look.font(9))
        self.matrices = MatrixPainter(self.look, (self.ink, self.small, Ink(self.look.font(8))))
        self.muted, self.text = self.look.colour("muted"), self.look.colour("text")
        self.accent, self.line = self.look.colour("accent"), self.look.colour("grid")

    def update_picture(self) -> None:
        self.canvas.stale_backdrop()

    def update_layout(self) -> None:
        self.canvas.stale_backdrop()

    def name_room(self, classes: int) -> float:
        """Return the width that the colours and numbers of the classes take beside a matrix."""
        assert self.look is not None
        return self.look.px(8) + 5.0 + self.ink.width("12 " if classes > 9 else "9 ")

    def write_columns(self, painter: QPainter, cells: Cells, y: float) -> None:
        """Write x₁, x₂ and so on above a matrix: smaller, and not every one, where they must be."""
        each = cells.area.width() / cells.columns
        names = [f"x{subscript(j)}" for j in range(cells.columns)]
        widest = self.small.width(names[-1]) + 2.0
        ink = self.ink if self.ink.width(names[-1]) + 2.0 <= each else self.small
        painter.setFont(ink.font)
        painter.setPen(self.muted)
        for j in range(0, cells.columns, max(math.ceil(widest / each), 1)):
            ink.centre(painter, cells.area.left() + (j + 0.5) * each, y, names[j])

    def write_rows(self, painter: QPainter, cells: Cells) -> None:
        """Write colour and number of each class beside a matrix."""
        assert self.look is not None
        height = cells.area.height() / cells.rows
        ink, size = self.ink if height >= self.ink.height else self.small, min(self.look.px(8), height - 2.0)
        painter.setFont(ink.font)
        painter.setPen(self.muted)
        for i in range(cells.rows):
            y = cells.cell(i, 0).center().y()
            painter.fillRect(QRectF(0.0, round(y - size / 2), size, size), self.look.class_colour(i))
            ink.left(painter, self.look.px(8) + 5.0, y, f"{i + 1}")

    def pick_at(self, place: QPointF) -> LayerPick | None:
        """Return what is at a place."""
        return None

    def cursor_pick(self) -> LayerPick | None:
        """Return what the keys' cursor is at."""
        return None

    def _hover_at(self, place: QPointF) -> None:
        self.point_at(self.pick_at(place))

    def _leave(self) -> None:
        self.point_at(None)

    def _focus_came(self, focused: bool) -> None:
        self.point_at(self.cursor_pick() if focused else None)
        self.canvas.repaint_live()
