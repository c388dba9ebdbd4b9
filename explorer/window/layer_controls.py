"""Controls of the Layer view: those of the page shown; the training's own come from its part."""

from itertools import pairwise

from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.panels.look import Look
from explorer.session.session import Session
from explorer.session.snapshot import Snapshot
from explorer.window.batch_controls import BatchControls
from explorer.window.column import Column
from explorer.window.sample_controls import SampleControls
from explorer.window.training_controls import TrainingControls


class LayerControls(Column):
    """One group at a time: that of the page shown."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.sample, self.batch = SampleControls(session, self), BatchControls(session, self)
        self.pages: dict[str, QWidget] = {"sample": self.sample, "batch": self.batch}
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.sample)
        self._column.addWidget(self.batch)
        for before, after in pairwise([*self.sample.tab_chain(), *self.batch.tab_chain()]):
            QWidget.setTabOrder(before, after)

    def add_training(self, widget: TrainingControls) -> None:
        """Add the settings of the training; its part shows them the state."""
        self.pages["training"] = self._training = widget
        self._column.addWidget(widget)

    _training: TrainingControls | None = None

    @property
    def last(self) -> QWidget:
        return self.batch.take if self._training is None else self._training.last

    def show_snapshot(self, snapshot: Snapshot) -> None:
        page = snapshot.intent.layer.page
        for name, widget in self.pages.items():
            widget.setVisible(name == page)
        if page == "sample":
            self.sample.show_snapshot(snapshot)
        elif page == "batch":
            self.batch.show_snapshot(snapshot)

    def apply_look(self, look: Look) -> None:
        self.look = look
        self._column.setContentsMargins(look.px(12), look.px(6), look.px(12), look.px(8))
        self.sample.apply_look(look)
        self.batch.apply_look(look)
        self.update()

    def fit_width(self, window_width: int) -> None:
        super().fit_width(window_width)
        self.sample.fit_width(self.width())
        self.batch.fit_width(self.width())
        if self._training is not None:
            self._training.fit_width(self.width() - 2 * self.look.px(12))  # type: ignore[union-attr]
