"""LayerPanel: what the pictures of the Layer view share: they light up together, and write matrices alike."""

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QWidget

from explorer.panels.look import Ink
from explorer.panels.matrix import MatrixPainter
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
