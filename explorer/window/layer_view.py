"""Layer: the fourth view, made on its first visit; a softmax layer at one sample, on a batch, and in training."""

from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QTimer
from PySide6.QtGui import QGuiApplication, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.panels.batch_gradient import BatchGradientPanel
from explorer.panels.layer_chain import ChainPanel
from explorer.panels.layer_features import FeaturesPanel
from explorer.panels.layer_gradient import WeightGradientPanel
from explorer.panels.layer_output import OutputPanel
from explorer.panels.layer_panel import LayerPanel
from explorer.panels.layer_weights import WeightsPanel
from explorer.panels.look import Look
from explorer.panels.panel import Panel
from explorer.panels.sample_gradients import SampleGradientsPanel
from explorer.panels.samples_table import SamplesPanel
from explorer.session.intake import IntakeError
from explorer.session.intake_files import about_file
from explorer.session.samples import Samples, register
from explorer.session.samples_files import parse_samples, read_samples
from explorer.session.session import Session
from explorer.session.snapshot import Snapshot
from explorer.window.column import Column
from explorer.window.layer_bar import LayerBar
from explorer.window.layer_controls import LayerControls
from explorer.window.training_part import TrainingPart
from explorer.window.view import View

# How bar, the two rows of one sample, batch and training share the height.
_ROWS = {"sample": (0, 42, 58, 0, 0), "batch": (0, 0, 0, 1, 0), "training": (0, 0, 0, 0, 1)}
_MANY = (0, 50, 50, 0, 0)  # of one sample with many classes, each a row of the output
_AT_ONCE = 60_000  # numbers worked through without asking
_PASS_MS, _LOOK_MS = 5, 100  # of work at a time, and between two looks at what it has found
_NARROW = 900  # pixels, for scale 1


class LayerView(View):
    """Three pages; only the panels of the one shown compute anything."""

    controls: LayerControls

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.session = session
        self._passes = QTimer(interval=0)
        self._last_look = QElapsedTimer()
        self._last_look.start()
        super().__init__(session, parent)
        self._passes.setParent(self)
        self._passes.timeout.connect(self._pass)

    def make_controls(self, session: Session) -> Column:
        return LayerControls(session, self)

    def make_panels(self, session: Session) -> tuple[Panel, ...]:
        self.bar = LayerBar(session, self)
        self.features, self.weights = FeaturesPanel(session, self), WeightsPanel(session, self)
        self.output, self.chain = OutputPanel(session, self), ChainPanel(session, self)
        self.gradient = WeightGradientPanel(session, self)
        self.table, self.each = SamplesPanel(session, self), SampleGradientsPanel(session, self)
        self.whole = BatchGradientPanel(session, self)
        self.training = TrainingPart(session, self)
        self.controls.add_training(self.training.controls)
        self.pages: dict[str, tuple[Panel, ...]] = {
            "sample": (self.features, self.weights, self.output, self.chain, self.gradient),
            "batch": (self.table, self.each, self.whole),
            "training": self.training.panels,
        }
        panels = tuple(panel for page in self.pages.values() for panel in page)
        for panel in panels:
            panel.pointed.connect(self._light_up)
        fields = self.controls.sample
        self.weights.moved.connect(self._weight_chosen)
        self.weights.typed.connect(self._type_weight)
        fields.weight.entered.connect(self._weight_typed)
        fields.weight.refused.connect(session.refused)
        fields.weight.stepped.connect(self._weight_stepped)
        self.controls.batch.open_asked.connect(self._open_samples)
        self.controls.batch.paste_asked.connect(self._paste_samples)
        return panels

    def arrange(self) -> None:
        self._upper, lower, batch, right = QHBoxLayout(), QHBoxLayout(), QHBoxLayout(), QVBoxLayout()
        for panel in (self.features, self.weights, self.output):
            self._upper.addWidget(panel)
        lower.addWidget(self.chain, 8)
        lower.addWidget(self.gradient, 4)
        right.addWidget(self.each, 1)
        right.addWidget(self.whole, 1)
        batch.addWidget(self.table, 7)
        batch.addLayout(right, 5)
        grid = self.pictures
        grid.addWidget(self.bar, 0, 0, 1, 2)  # of the two columns that a scene of a lecture may need
        training = QGridLayout()
        self.training.arrange(training, 0)
        training.setRowStretch(1, 1)
        for column in range(12):
            training.setColumnStretch(column, 1)
        for row, layout in enumerate((self._upper, lower, batch, training), start=1):
            grid.addLayout(layout, row, 0, 1, 2)
        self._share(narrow=False)
        self._show_page(self.features.snapshot)

    def _share(self, narrow: bool) -> None:
        """Share the upper row out; in a narrow window the bars, whose numbers stand at the left too, give way."""
        for k, stretch in enumerate((28, 38, 54) if narrow else (30, 40, 50)):
            self._upper.setStretch(k, stretch)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(self.controls.look)

    def _fit(self, look: Look | None) -> None:
        if look is not None:
            self._share(narrow=self.width() < look.px(_NARROW))

    def _show_page(self, snapshot: Snapshot) -> None:
        page = snapshot.intent.layer.page
        self._arrangement = page, snapshot.intent.layer.T > 8
        if self.shown is not None:  # whoever chose them has placed the panels
            self.training.show_settings(page == "training")
            return
        for name, panels in self.pages.items():
            for panel in panels:
                panel.setVisible(name == page)
        self.training.set_visible(page == "training")
        rows = _MANY if page == "sample" and snapshot.intent.layer.T > 8 else _ROWS[page]
        for row, stretch in enumerate(rows):
            self.pictures.setRowStretch(row, stretch)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        before = self._arrangement
        self.bar.show_snapshot(snapshot)
        self._begin_passes(snapshot)
        self.training.show_snapshot(snapshot)
        super().show_snapshot(snapshot)
        if (snapshot.intent.layer.page, snapshot.intent.layer.T > 8) != before:
            self._show_page(snapshot)

    # -- a batch is worked through in passes, so that the window never blocks

    def _begin_passes(self, snapshot: Snapshot) -> None:
        batch = snapshot.batch if snapshot.intent.layer.page == "batch" else None
        if batch is not None and batch.m * (batch.layer.N + 8 * batch.layer.T) <= _AT_ONCE:
            batch.run()
        if batch is not None and not batch.finished and self.isVisible():
            self._passes.start()
        else:
            self._passes.stop()

    def _pass(self) -> None:
        snapshot = self.table.snapshot
        batch = snapshot.batch
        if batch is None or batch.finished or not self.table.isVisible():
            self._passes.stop()
            return
        clock = QElapsedTimer()
        clock.start()
        while not batch.finished and clock.elapsed() < _PASS_MS:
            batch.run(1)
        self.each.follow()
        if batch.finished or self._last_look.elapsed() > _LOOK_MS:
            self._last_look.start()
            for panel in (self.table, self.each, self.whole):
                panel.advance()
            self.reading.show_snapshot(snapshot)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._begin_passes(self.table.snapshot)

    def hideEvent(self, event: QHideEvent) -> None:
        self.training.runner.rest()
        self._passes.stop()
        super().hideEvent(event)

    def apply_look(self, look: Look) -> None:
        self._fit(look)
        self.bar.apply_look(look)
        self.training.apply_look(look)
        super().apply_look(look)

    def tab_chain(self) -> list[QWidget]:
        return [*self.bar.tab_chain(), *self.training.bar.tab_chain()]

    def settle(self) -> None:
        self.training.runner.settle()
        while self._passes.isActive():
            self._pass()

    def toggle_play(self) -> None:
        if self.session.intent.layer.page == "training":
            self.training.runner.toggle()

    def _light_up(self, pick: object) -> None:
        for panel in self.panels:
            if isinstance(panel, LayerPanel):
                panel.show_lit(pick)  # type: ignore[arg-type]

    # -- samples from outside

    def take_file(self, path: Path) -> bool:
        if self.session.intent.layer.page != "batch":
            return False
        self._use(register(path.name, read_samples(path)))
        return True

    def take_text(self, text: str, source: str) -> bool:
        if self.session.intent.layer.page != "batch":
            return False
        self._use(register("pasted", parse_samples(text)))
        return True

    def _use(self, samples: Samples) -> None:
        self.session.choose("layer", f"Load {samples.title}", samples=samples.name, labelling="auto", sample=None)

    def _open_samples(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Open samples", "", "Samples (*.csv *.txt *.npy);;All files (*)")
        if name:
            try:
                self.take_file(Path(name))
            except IntakeError as error:
                self.session.refused.emit(about_file(Path(name), error))

    def _paste_samples(self) -> None:
        try:
            self.take_text(QGuiApplication.clipboard().text(), "The clipboard")
        except IntakeError as error:
            self.session.refused.emit(str(error))

    # -- the weight at the heatmap's cursor, typed

    def _weight_chosen(self, i: int, j: int) -> None:
        fields = self.controls.sample
        fields.weight_at = (i, j)
        fields.show_snapshot(self.features.snapshot)

    def _type_weight(self, text: str) -> None:
        field = self.controls.sample.weight
        field.setFocus()
        if text:
            field.setText(text)
            field.setModified(True)
            field.deselect()

    def _weight_typed(self, value: float) -> None:
        self.weights.cursor_cell = self.controls.sample.weight_at
        self.weights.set_weight(value)
        self.controls.sample.show_snapshot(self.features.snapshot)

    def _weight_stepped(self, direction: int, event: object) -> None:
        self.weights.cursor_cell = self.controls.sample.weight_at
        self.weights.step_weight(direction, event)  # type: ignore[arg-type]
