"""Column: what stands left of the pictures in every view."""

from abc import abstractmethod

from PySide6.QtCore import QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from explorer.panels.look import Look
from explorer.panels.panel import paint_card
from explorer.session.session import Session
from explorer.session.snapshot import Snapshot


class Column(QWidget):
    """Controls that show the state and ask for changes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setAccessibleName("Controls")
        self.look: Look | None = None

    @property
    @abstractmethod
    def last(self) -> QWidget:
        """The last control that Tab reaches."""

    @abstractmethod
    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the state; never writes back."""

    @abstractmethod
    def apply_look(self, look: Look) -> None:
        """Take over colours, fonts and scale."""

    def fit_width(self, window_width: int) -> None:
        """Take a fair share of the window's width."""
        assert self.look is not None
        px = self.look.px
        self.setFixedWidth(min(max(round(0.21 * window_width), px(208)), px(310)))

    def show_only(self, names: tuple[str, ...] | None) -> None:
        """Show only the controls of those names; a column that does not tell them apart shows all or none."""
        self.setVisible(names != ())

    def sizeHint(self) -> QSize:
        return QSize(270, 400)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.look is not None:
            paint_card(self, self.look, self.rect())
