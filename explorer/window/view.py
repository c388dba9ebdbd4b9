"""View: a tab of the window; the controls left, its pictures in the middle, the reading line below."""

from abc import abstractmethod
from pathlib import Path

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.panels.look import Look
from explorer.panels.panel import Panel
from explorer.session.session import Session
from explorer.session.snapshot import Snapshot
from explorer.window.column import Column
from explorer.window.controls import Controls
from explorer.window.reading import Reading


class View(QWidget):
    """Lays out the controls, the panels and the reading, and hands each snapshot on."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controls = self.make_controls(session)
        self.panels = self.make_panels(session)
        self.reading = Reading(session, self)
        self.pictures = QGridLayout()
        for panel in self.panels:
            panel.pointed.connect(self.reading.point_at)
        self._top = QHBoxLayout()
        self._top.addWidget(self.controls)
        self._top.addLayout(self.pictures, 1)
        self._all = QVBoxLayout(self)
        self._all.addLayout(self._top, 1)
        self._all.addWidget(self.reading)
        self.arrange()
        self._order_tabs()

    def make_controls(self, session: Session) -> Column:
        """Return the column at the left; most views set the logits there."""
        return Controls(session, self)

    def take_file(self, path: Path) -> bool:
        """Load a file, in a view that takes other files than logits; IntakeError if it cannot be used."""
        return False

    def take_text(self, text: str, source: str) -> bool:
        """Load text as ``take_file`` does a file."""
        return False

    @abstractmethod
    def make_panels(self, session: Session) -> tuple[Panel, ...]:
        """Return the panels in the order in which Tab reaches them."""

    @abstractmethod
    def arrange(self) -> None:
        """Put the panels into the grid ``pictures``."""

    def settle(self) -> None:
        """Compute at once what is otherwise computed in slices between frames: for a picture that is saved."""

    def toggle_play(self) -> None:
        """Play or pause, in a view where something plays."""

    def tab_chain(self) -> list[QWidget]:
        """Return what Tab reaches between the controls and the panels."""
        return []

    def _order_tabs(self) -> None:
        before: QWidget = self.controls.last
        for widget in (*self.tab_chain(), *(widget for panel in self.panels for widget in panel.tab_chain())):
            QWidget.setTabOrder(before, widget)
            before = widget

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show a snapshot in every part."""
        self.controls.show_snapshot(snapshot)
        for panel in self.panels:
            panel.show_snapshot(snapshot)
        self.reading.show_snapshot(snapshot)

    def apply_look(self, look: Look) -> None:
        """Take over colours, fonts and scale."""
        gap = look.px(7)
        self._all.setContentsMargins(gap, gap, gap, gap)
        for layout in (self._all, self._top, self.pictures):
            layout.setSpacing(gap)
        self.controls.apply_look(look)
        for panel in self.panels:
            panel.apply_look(look)
        self.reading.apply_look(look)
        self.controls.fit_width(self.width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.controls.look is not None:
            self.controls.fit_width(self.width())
