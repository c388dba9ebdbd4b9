"""The training as a part of a view: its runner, bar, settings and panels, made together."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from explorer.panels.look import Look
from explorer.panels.outcome import OutcomePanel
from explorer.panels.panel import Panel
from explorer.panels.regions import RegionsPanel
from explorer.panels.training_curves import TrainingCurvesPanel
from explorer.session.session import Session
from explorer.session.snapshot import Snapshot
from explorer.session.training_runner import TrainingRunner
from explorer.window.training_bar import TrainingBar
from explorer.window.training_controls import TrainingControls


class TrainingPart(QObject):
    """What a view lays out: ``bar`` above ``regions`` and ``curves``, ``outcome`` below; ``controls`` in its column."""

    def __init__(self, session: Session, view: QWidget) -> None:
        super().__init__(view)
        self._session = session
        self.runner = TrainingRunner(session, self)
        self.bar = TrainingBar(session, self.runner, view)
        self.controls = TrainingControls(session, self.runner, view)
        self.regions = RegionsPanel(session, self.runner, view)
        self.curves = TrainingCurvesPanel(session, self.runner, view)
        self.outcome = OutcomePanel(session, self.runner, view)
        self.panels: tuple[Panel, ...] = (self.regions, self.curves, self.outcome)
        for panel in self.panels:
            panel.canvas.key.connect(self._key)

    def arrange(self, grid: QGridLayout, row: int, columns: int = 12) -> None:
        """Put bar and panels into three rows of a grid, from a row on."""
        half = columns // 2
        grid.addWidget(self.bar, row, 0, 1, columns)
        grid.addWidget(self.regions, row + 1, 0, 1, half)
        grid.addWidget(self.curves, row + 1, half, 1, columns - half)
        grid.addWidget(self.outcome, row + 2, 0, 1, columns)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show a snapshot in bar and settings; panels are shown theirs by the view. Hidden, it computes nothing."""
        if self.bar.isVisible():
            self.runner.follow(snapshot.intent.training)
        self.bar.show_snapshot(snapshot)
        self.controls.show_snapshot(snapshot)

    def apply_look(self, look: Look) -> None:
        """Take over colours, fonts and scale, in bar and settings."""
        self.bar.apply_look(look)
        self.controls.apply_look(look)
        self.outcome.setFixedHeight(look.px(96))

    def set_visible(self, visible: bool) -> None:
        """Show or hide all of it; hidden, nothing is computed and no timer runs."""
        for panel in self.panels:
            panel.setVisible(visible)
        self.show_settings(visible)

    def show_settings(self, visible: bool) -> None:
        """Show or hide bar and settings alone, where somebody else places the panels."""
        for widget in (self.bar, self.controls):
            widget.setVisible(visible)
        if visible:
            self.show_snapshot(self._session.snapshot)
        else:
            self.runner.rest()

    def _key(self, key: int) -> None:
        if key == Qt.Key.Key_Space:
            self.runner.toggle()
        elif key == Qt.Key.Key_Home:
            self.runner.back()
