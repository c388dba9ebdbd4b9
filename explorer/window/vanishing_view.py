"""Vanishing: the second view, made on its first visit; how gradients die as the logits diverge, and who killed them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent

from explorer.panels.formats import FormatsPanel
from explorer.panels.gradient_size import GradientSizePanel
from explorer.panels.look import Look
from explorer.panels.panel import Panel
from explorer.panels.two_losses import TwoLossesPanel
from explorer.session.session import Session
from explorer.window.view import View

_NARROW = 760  # pixels for scale 1: below it the three pictures stand one below the other


class VanishingView(View):
    """Gradient size, large; below it number formats and two losses."""

    _stacked: bool | None = None

    def make_panels(self, session: Session) -> tuple[Panel, ...]:
        self.size_panel = GradientSizePanel(session, self)
        self.formats_panel = FormatsPanel(session, self)
        self.losses_panel = TwoLossesPanel(session, self)
        for panel in (self.formats_panel, self.losses_panel):
            panel.canvas.key.connect(self._key)
        return self.size_panel, self.formats_panel, self.losses_panel

    def arrange(self) -> None:
        self._place(stacked=False)

    def _place(self, stacked: bool) -> None:
        """Put the table beside the losses, or above them where the window is narrow."""
        if stacked == self._stacked:
            return
        self._stacked = stacked
        grid = self.pictures
        for panel in self.panels:
            grid.removeWidget(panel)
        grid.addWidget(self.size_panel, 0, 0, 1, 2)
        if stacked:
            grid.addWidget(self.formats_panel, 1, 0, 1, 2)
            grid.addWidget(self.losses_panel, 2, 0, 1, 2)
        else:
            grid.addWidget(self.formats_panel, 1, 0)
            grid.addWidget(self.losses_panel, 1, 1)
        for row, stretch in enumerate((77, 71, 52) if stacked else (54, 46, 0)):
            grid.setRowStretch(row, stretch)
        grid.setColumnStretch(0, 62)
        grid.setColumnStretch(1, 38)

    def toggle_play(self) -> None:
        self.size_panel.player.toggle()

    def _key(self, key: int) -> None:
        if key == Qt.Key.Key_Space:
            self.toggle_play()

    def _fit(self, look: Look | None) -> None:
        if look is not None:
            self._place(stacked=self.width() < look.px(_NARROW))

    def apply_look(self, look: Look) -> None:
        self._fit(look)
        super().apply_look(look)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(self.controls.look)
