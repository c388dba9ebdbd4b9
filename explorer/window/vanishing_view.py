"""Vanishing: the second view, made on its first visit; how gradients die as the logits diverge, and who killed them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from explorer.panels.attention import AttentionPanel
from explorer.panels.formats import FormatsPanel
from explorer.panels.gradient_size import GradientSizePanel
from explorer.panels.look import Look
from explorer.panels.panel import Panel
from explorer.panels.spectrum import SpectrumPanel
from explorer.panels.two_losses import TwoLossesPanel
from explorer.session.session import Session
from explorer.session.snapshot import Snapshot
from explorer.window.sweep_bar import SweepBar
from explorer.window.view import View

_NARROW = 760  # pixels for scale 1: below it the pictures stand one below the other


class VanishingView(View):
    """Gradient size, large, and below it number formats and two losses, or the spectrum; or attention alone."""

    wide = ("gradient_size", "formats", "attention")
    _stacked: bool | None = None

    def make_panels(self, session: Session) -> tuple[Panel, ...]:
        self.bar = SweepBar(session, self)
        self.size_panel = GradientSizePanel(session, self)
        self.formats_panel = FormatsPanel(session, self)
        self.losses_panel = TwoLossesPanel(session, self)
        self.spectrum_panel = SpectrumPanel(session, self)
        self.attention_panel = AttentionPanel(session, self)
        panels = (
            self.size_panel,
            self.formats_panel,
            self.losses_panel,
            self.spectrum_panel,
            self.attention_panel,
        )
        for panel in panels:
            panel.canvas.key.connect(self._key)
        self.size_panel.moved.connect(self.bar.player.pause)
        return panels

    def arrange(self) -> None:
        self.pictures.addWidget(self.bar, 0, 0, 1, 2)
        self.pictures.addWidget(self.attention_panel, 3, 0, 1, 2)
        self._place(stacked=False)
        self._show_page(self.size_panel.snapshot)

    def _place(self, stacked: bool) -> None:
        """Put the table beside the losses, or above them where the window is narrow."""
        if stacked == self._stacked or self.shown is not None:
            return
        self._stacked = stacked
        grid = self.pictures
        for panel in (self.size_panel, self.formats_panel, self.losses_panel, self.spectrum_panel):
            grid.removeWidget(panel)
        grid.addWidget(self.size_panel, 1, 0, 1, 2)
        if stacked:
            grid.addWidget(self.formats_panel, 2, 0, 1, 2)
            grid.addWidget(self.losses_panel, 4, 0, 1, 2)
        else:
            grid.addWidget(self.formats_panel, 2, 0)
            grid.addWidget(self.losses_panel, 2, 1)
        grid.addWidget(self.spectrum_panel, 5, 0, 1, 2)
        grid.setColumnStretch(0, 62)
        grid.setColumnStretch(1, 38)
        self._share_rows()

    def rearrange(self) -> None:
        self._stacked = None
        super().rearrange()
        self._fit(self.controls.look)

    def _show_page(self, snapshot: Snapshot) -> None:
        if self.shown is not None:
            return
        page = snapshot.intent.vanishing.page
        self.size_panel.setVisible(page != "attention")
        self.formats_panel.setVisible(page == "formats")
        self.losses_panel.setVisible(page == "formats")
        self.spectrum_panel.setVisible(page == "spectrum")
        self.attention_panel.setVisible(page == "attention")
        self._share_rows()

    def _share_rows(self) -> None:
        """Share the height out among the rows that show something: bar, sizes, formats, attention, losses, spectrum."""
        page = self.size_panel.snapshot.intent.vanishing.page
        stretches = {
            "formats": (0, 77, 71, 0, 52, 0) if self._stacked else (0, 54, 46, 0, 0, 0),
            "spectrum": (0, 40, 0, 0, 0, 60) if self._stacked else (0, 54, 0, 0, 0, 46),
            "attention": (0, 0, 0, 1, 0, 0),
        }[page]
        for row, stretch in enumerate(stretches):
            self.pictures.setRowStretch(row, stretch)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        before = self.size_panel.snapshot.intent.vanishing.page
        self.bar.show_snapshot(snapshot)
        super().show_snapshot(snapshot)
        if snapshot.intent.vanishing.page != before:
            self._show_page(snapshot)

    def tab_chain(self) -> list[QWidget]:
        return self.bar.tab_chain()

    def toggle_play(self) -> None:
        if self.size_panel.isVisible():
            self.bar.player.toggle()

    def hideEvent(self, event: QHideEvent) -> None:
        self.bar.player.pause()
        super().hideEvent(event)

    def _key(self, key: int) -> None:
        if key == Qt.Key.Key_Space:
            self.toggle_play()

    def _fit(self, look: Look | None) -> None:
        if look is not None:
            self._place(stacked=self.width() < look.px(_NARROW))

    def apply_look(self, look: Look) -> None:
        self._fit(look)
        self.bar.apply_look(look)
        super().apply_look(look)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(self.controls.look)
