"""The bar above the training's pictures: run, pause, one step, back to the start, how fast, how many steps."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.panels.look import Look
from explorer.panels.widgets import ElidedLabel, Switch
from explorer.session.session import Session
from explorer.session.snapshot import Snapshot
from explorer.session.training_runner import TrainingRunner
from explorer.window.widgets import Button

_SPEEDS = (("1", "×1"), ("10", "×10"), ("100", "×100"), ("most", "max"))


class TrainingBar(QWidget):
    """Shows how far the runs are, and drives the runner."""

    def __init__(self, session: Session, runner: TrainingRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.runner = session, runner
        self.setAccessibleName("Run the training")
        self.run_button = Button("▶ Run", "Run, or pause (Space)", self)
        self.step_button = Button("Step", "Take one step", self)
        self.back_button = Button("To start", "Back to the same start", self)
        self.speed = Switch("Steps a frame", _SPEEDS, self)
        self.steps = ElidedLabel(self)
        self._row = QHBoxLayout(self)
        self.look: Look | None = None
        for widget in (self.run_button, self.step_button, self.back_button):
            self._row.addWidget(widget)
        self._row.addWidget(self.steps, 1)
        self._name = ElidedLabel(self)
        self._name.setText("steps a frame")
        self._row.addWidget(self._name)
        self._row.addWidget(self.speed)
        self.run_button.clicked.connect(runner.toggle)
        self.step_button.clicked.connect(runner.step_once)
        self.back_button.clicked.connect(runner.back)
        self.speed.chosen.connect(self._choose_speed)
        runner.changed.connect(self._show_running)
        runner.advanced.connect(self._show_steps)
        runner.followed.connect(self._show_steps)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the choice; does not write back."""
        self.speed.show_value(snapshot.intent.training.speed)
        self._show_steps()

    def _show_steps(self) -> None:
        runner = self.runner
        count = f"{runner.step:,}".replace(",", "\u2009")
        wanted = f"{runner.choice.step:,}".replace(",", "\u2009")
        done = f"{count} of {wanted} steps …" if runner.busy else f"{count} {'step' if runner.step == 1 else 'steps'}"
        self.steps.setText(done)

    def _show_running(self) -> None:
        self.run_button.setText("❚❚ Pause" if self.runner.running else "▶ Run")
        self.run_button.updateGeometry()
        self.run_button.update()
        self._show_steps()

    def apply_look(self, look: Look) -> None:
        """Take over colours, fonts and scale."""
        self.look = look
        self._row.setContentsMargins(look.px(4), 0, look.px(4), 0)
        self._row.setSpacing(look.px(6))
        for button in (self.run_button, self.step_button, self.back_button):
            button.apply_look(look)
        self.speed.apply_look(look)
        self.steps.apply(look.font(12), look.colour("text"))
        self._name.apply(look.font(11), look.colour("muted"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.look is not None:
            self._name.setVisible(self.width() >= self.look.px(620))

    def tab_chain(self) -> list[QWidget]:
        """Return what Tab reaches, in order."""
        return [self.run_button, self.step_button, self.back_button, *self.speed.segments.values()]

    def _choose_speed(self, speed: str) -> None:
        self.session.choose("training", "Choose the speed of training", speed=speed)
