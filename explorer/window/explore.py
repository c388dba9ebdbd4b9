"""Explore: the first view, controls left, four pictures, the reading line below."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.panels.gradient import GradientPanel
from explorer.panels.jacobian import JacobianPanel
from explorer.panels.look import Look
from explorer.panels.panel import Panel
from explorer.panels.probabilities import ProbabilitiesPanel
from explorer.panels.vanishing import VanishingPanel
from explorer.session.session import Session
from explorer.session.snapshot import Snapshot
from explorer.window.controls import Controls
from explorer.window.reading import Reading


class ExploreView(QWidget):
    """Lays out the controls, the panels and the reading, and hands each snapshot on."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controls = Controls(session, self)
        self.panels: tuple[Panel, ...] = (
            ProbabilitiesPanel(session, self),
            JacobianPanel(session, self),
            GradientPanel(session, self),
            VanishingPanel(session, self),
        )
        self.reading = Reading(session, self)
        self._pictures = QGridLayout()
        for k, panel in enumerate(self.panels):
            self._pictures.addWidget(panel, k // 2, k % 2)
            panel.pointed.connect(self.reading.point_at)
        for k in (0, 1):
            self._pictures.setRowStretch(k, 1)
            self._pictures.setColumnStretch(k, 1)
        self._top = QHBoxLayout()
        self._top.addWidget(self.controls)
        self._top.addLayout(self._pictures, 1)
        self._all = QVBoxLayout(self)
        self._all.addLayout(self._top, 1)
        self._all.addWidget(self.reading)
        self._order_tabs()

    def _order_tabs(self) -> None:
        before: QWidget = self.controls.presets
        for panel in self.panels:
            for widget in (*(panel.switch.segments.values() if panel.switch else ()), panel.canvas):
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
        for layout in (self._all, self._top, self._pictures):
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
