"""The bar above the Layer view's pictures: what they show, the loss, the number format."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.model import LOSSES
from explorer.panels.look import Look
from explorer.panels.widgets import Switch
from explorer.session.intent import NUMBER_FORMATS
from explorer.session.session import Session
from explorer.session.snapshot import Snapshot
from explorer.window.widgets import Choice

_PAGES = (("sample", "One sample"), ("batch", "A batch"), ("training", "Training"))
_LOSSES = tuple((name, loss.title) for name, loss in LOSSES.items())


class LayerBar(QWidget):
    """Shows the choices and hands them to the Session."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setAccessibleName("Layer")
        self.page = Switch("Show", _PAGES, self)
        self.loss = Choice("Loss", _LOSSES, self)
        self.format = Choice("Number format", tuple((name, name) for name in NUMBER_FORMATS), self)
        self.format.prefix, self.format.short_prefix = "gradients in ", ""
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.page)
        self._row.addStretch(1)
        self._row.addWidget(self.format, 4)
        self._row.addWidget(self.loss, 4)
        self.page.chosen.connect(self._choose_page)
        self.loss.picked.connect(self._choose_loss)
        self.loss.reset_asked.connect(self._reset_loss)
        self.format.picked.connect(self._choose_format)
        self.format.reset_asked.connect(self._reset_format)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the choices; does not write back."""
        intent = snapshot.intent
        self.page.show_value(intent.layer.page)
        self.loss.show_value(intent.loss)
        self.format.show_value(intent.number_format)
        self.loss.setVisible(intent.layer.page != "training")  # a training has its own
        self.format.setVisible(intent.layer.page == "batch")

    def apply_look(self, look: Look) -> None:
        """Take over colours, fonts and scale."""
        self._row.setContentsMargins(look.px(4), 0, look.px(4), 0)
        self._row.setSpacing(look.px(8))
        self.setFixedHeight(look.px(27))  # on every page alike
        self.page.apply_look(look)
        for choice in (self.loss, self.format):
            choice.apply_look(look)
            choice.setMaximumWidth(look.px(220))

    def tab_chain(self) -> list[QWidget]:
        """Return what Tab reaches, in order."""
        return [*self.page.segments.values(), self.format, self.loss]

    def _choose_page(self, page: str) -> None:
        self.session.choose("layer", "Choose what to show", page=page)

    def _choose_loss(self, value: str) -> None:
        self.session.set("Choose the loss", loss=value)

    def _reset_loss(self) -> None:
        self.session.reset_field("loss")

    def _choose_format(self, value: str) -> None:
        self.session.set("Choose the number format", number_format=value)

    def _reset_format(self) -> None:
        self.session.reset_field("number_format")
