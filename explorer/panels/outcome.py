"""Outcome: what became of each training run, in words and numbers."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from explorer.model.verdict import Outcome
from explorer.panels.panel import Panel
from explorer.session.session import Session
from explorer.session.training_presets import preset_of
from explorer.session.training_runner import TrainingRunner
from explorer.session.training_words import run_title

_SIGNS = {Outcome.CONVERGED: "✓", Outcome.SATURATED: "■", Outcome.LOST: "×", Outcome.LEARNING: "…"}
_EVERY = 12  # frames between two verdicts while it runs: a sentence that changes faster cannot be read


class OutcomePanel(Panel):
    """A line for each run: sign, name, verdict; below them what to look at in a preset."""

    title = "What became of it"

    def __init__(self, session: Session, runner: TrainingRunner, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.runner = runner
        self._frames = 0
        self._lines: list[tuple[str, str, str]] = []  # sign, name, sentence
        runner.advanced.connect(self._advance)
        runner.changed.connect(self._changed)

    def restyle(self) -> None:
        assert self.look is not None
        self._text, self._muted = self.look.colour("text"), self.look.colour("muted")
        self._signs = {"✓": self.look.colour("accent"), "×": self.look.colour("warning")}

    def update_picture(self) -> None:
        self.runner.follow(self.snapshot.intent.training)
        preset = preset_of(self.snapshot.intent.training)
        self.set_subtitle(preset.look_at if preset is not None else "decided on all samples, from the numbers given")
        self._judge()

    def _advance(self) -> None:
        self._frames += 1
        if self.isVisible() and self.look is not None and (self._frames % _EVERY == 0 or not self.runner.running):
            self._judge()

    def _changed(self) -> None:
        if self.isVisible() and self.look is not None:
            self._judge()

    def _judge(self) -> None:
        choice = self.snapshot.intent.training
        if not self.runner.runs:
            self._lines = [("×", "", self.runner.complaint)]
        elif self.runner.busy:
            self._lines = [("…", "", f"Computing: step {self.runner.step} of {choice.step}.")]
        else:
            self._lines = [
                (_SIGNS[run.verdict.outcome], run_title(run, choice), run.verdict.sentence) for run in self.runner.runs
            ]
        self._describe.start()
        self.canvas.repaint_live()

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        """Nothing stays the same."""

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        assert self.look is not None
        ink, px = self.ink, self.look.px
        painter.setFont(ink.font)
        rows = max(len(self._lines), 1)
        each = h / rows
        names = max((ink.width(name) for _, name, _ in self._lines), default=0.0) if rows > 1 else 0.0
        names = min(names, 0.25 * w)
        for k, (sign, name, sentence) in enumerate(self._lines):
            top = k * each
            y = top + 0.6 * ink.height
            painter.setPen(QPen(self._signs.get(sign, self._muted)))
            ink.left(painter, 0.0, y, sign)
            left = float(px(16))
            if rows > 1:
                painter.setPen(QPen(self._muted, 2.0, Qt.PenStyle.SolidLine if k == 0 else Qt.PenStyle.DashLine))
                painter.drawLine(round(left), round(y), round(left) + px(20), round(y))
                left += px(26)
                painter.setPen(self._muted)
                ink.left(painter, left, y, ink.elided(name, names))
                left += names + px(10)
            painter.setPen(self._text)
            area = QRectF(left, top, w - left, each)
            painter.drawText(area, int(Qt.TextFlag.TextWordWrap), sentence)

    def description(self) -> str:
        return " ".join(f"{name}: {sentence}" if name else sentence for _, name, sentence in self._lines)
