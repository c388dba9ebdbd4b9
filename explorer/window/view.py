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

_CROWDED = 1100  # pixels for scale 1


class View(QWidget):
    """Lays out the controls, the panels and the reading, and hands each snapshot on."""

    wide: tuple[str, ...] = ()  # the panels that need the whole width where there is little

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controls = self.make_controls(session)
        self.panels = self.make_panels(session)
        self.reading = Reading(session, self)
        self.pictures = QGridLayout()
        self.shown: tuple[str, ...] | None = None
        self._crowded = False
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

    def rearrange(self) -> None:
        """Go back to the view's own arrangement after ``show_only``."""
        for panel in self.panels:
            panel.show()
        self.arrange()

    def show_only(self, names: tuple[str, ...] | None) -> None:
        """Show only the panels of those names, as large as there is room; None shows the view as it is made.

        While some are named, ``shown`` is not None and the view must leave its panels where they are.
        """
        if names == self.shown:
            return
        self.shown = names
        bars = [w for w in self._grid_widgets() if w not in self.panels]
        for widget in (*self.panels, *(bars if names is not None else ())):
            self.pictures.removeWidget(widget)
        for k in range(max(self.pictures.rowCount(), self.pictures.columnCount())):
            self.pictures.setRowStretch(k, 0)
            self.pictures.setColumnStretch(k, 0)
        if names is None:
            self.rearrange()
            return
        for panel in self.panels:
            panel.setVisible(panel.name in names)
        for k, bar in enumerate(bars):
            self.pictures.addWidget(bar, k, 0, 1, 2)
        self._place_shown(len(bars))

    def _place_shown(self, row: int) -> None:
        """Put the panels shown two in a row; one that needs the width, or is left over, has a row of its own."""
        self._crowded = self.controls.look is not None and self.width() < self.controls.look.px(_CROWDED)
        waiting: Panel | None = None
        shown = [panel for panel in self.panels if panel.name in (self.shown or ())]
        for panel in shown:
            if self._crowded and panel.name in self.wide:
                self.pictures.addWidget(panel, row, 0, 1, 2)
            elif waiting is None:
                waiting = panel
                continue
            else:
                self.pictures.addWidget(waiting, row, 0)
                self.pictures.addWidget(panel, row, 1)
                waiting = None
            self.pictures.setRowStretch(row, 1)
            row += 1
        if waiting is not None:
            self.pictures.addWidget(waiting, row, 0, 1, 2)
            self.pictures.setRowStretch(row, 1)
        self.pictures.setColumnStretch(0, 1)
        self.pictures.setColumnStretch(1, 1)

    def _grid_widgets(self) -> list[QWidget]:
        items = (self.pictures.itemAt(k) for k in range(self.pictures.count()))
        return [widget for item in items if item is not None and (widget := item.widget()) is not None]

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
        look = self.controls.look
        if self.shown is not None and look is not None and self._crowded != (self.width() < look.px(_CROWDED)):
            shown, self.shown = self.shown, ()
            self.show_only(shown)
        if self.controls.look is not None:
            self.controls.fit_width(self.width())
