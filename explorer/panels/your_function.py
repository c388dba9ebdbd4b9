"""YourFunctionPanel: code typed, pasted or opened; run when asked, in a process of its own, and diagnosed."""

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from explorer.panels.buttons import Button, Choice, paint_box
from explorer.panels.code_editor import CodeEditor
from explorer.panels.diagnosis_text import DiagnosisText
from explorer.panels.look import Look
from explorer.panels.panel import paint_card
from explorer.panels.widgets import ElidedLabel
from explorer.session.session import Session
from explorer.session.snapshot import Snapshot
from explorer.session.trial_run import TrialRun
from explorer.trial.functions import CodeError, Found, best, list_functions
from explorer.trial.limits import words
from explorer.trial.outcome import Outcome
from explorer.trial.source import KINDS, Source, SourceError, read_source

SECONDS, MEMORY_MB = 10.0, 1024
START = """\
# Why is this derivative always about 0?
# Change it, paste yours, or open a file.
import numpy as np

def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)

def softmax_grad(z):
    p, eye = softmax(z), np.eye(len(z[0]))
    jac = p[..., None] * (eye - p[:, None])
    return jac.sum(axis=2)
"""
_LIMITS = words(SECONDS, MEMORY_MB)
_WARNINGS = (  # the longest that there is room for is shown
    f"Runs your code with your rights, in a separate process held to {_LIMITS}.",
    f"Runs your code with your rights, held to {_LIMITS}.",
    f"Runs with your rights, {_LIMITS}.",
)
_HINT = "Run it (Ctrl+Return), and what it computes is told here."
_ITSELF = ""  # the kind that stands for: told from the function itself
_LISTING_MS = 300  # the functions are listed again once typing pauses


class YourFunctionPanel(QWidget):
    """An editor on one side, the diagnosis on the other. The code is no part of the state: its undo is the editor's."""

    pointed = Signal(object)  # as every panel has it; nothing here is pointed at
    title = "Your function"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.look: Look | None = None
        self.setAccessibleName(self.title)
        self.setAcceptDrops(True)
        self.run = TrialRun(self)
        self.run.ticked.connect(self._show_elapsed)
        self.run.finished.connect(self.show_outcome)
        self._path: Path | None = None
        self._loaded = ""  # the text of the file as it was read
        self._text = START
        self._picked = ""  # the function that a person picked
        self._tried = ""  # the text that runs
        self._build()
        self._listing = QTimer(self, singleShot=True, interval=_LISTING_MS)
        self._listing.timeout.connect(self.list_functions)
        self.editor.replace_code(START)
        self.editor.document().clearUndoRedoStacks()
        self.editor.textChanged.connect(self._edited)
        self.list_functions()

    def _build(self) -> None:
        self._left, self._right = _Card(self), _Card(self)
        self._title = ElidedLabel(self._left)
        self._title.setText(self.title)
        self._file = ElidedLabel(self._left)
        self.open_button = Button("Open…", "Open a file of code", self._left)
        self.open_button.clicked.connect(self.open_file)
        self._frame = _Frame(self._left)
        self.editor = CodeEditor("Your code", self._frame)
        self.editor.focused.connect(self._frame.light)
        self.function = Choice("Function to try", (), self._left)
        self.function.prefix = "Try "
        self.function.picked.connect(self._pick)
        kinds = ((_ITSELF, "told by itself"), *((kind, text.partition(",")[0]) for kind, text in KINDS.items()))
        self.kind = Choice("What it should be", kinds, self._left)
        self.kind.prefix, self.kind.short_prefix = "Kind: ", ""
        self.run_button = Button("Run it", "Run it (Ctrl+Return)", self._left)
        self.run_button.clicked.connect(self.start)
        self.stop_button = Button("Stop", "Stop the code that runs", self._left)
        self.stop_button.clicked.connect(self.run.stop)
        self.stop_button.setEnabled(False)
        self._warning = _Quiet(self._left)
        self._warning.say(_WARNINGS)
        self._warning.setToolTip(_WARNINGS[0])
        self.diagnosis = DiagnosisText(self._right)
        self.diagnosis.show_hint(_HINT)
        self._header, self._choices, self._buttons = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        self._controls = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._controls.addLayout(self._choices, 1)
        self._controls.addLayout(self._buttons)
        self._inside = QVBoxLayout(self._frame)
        self._inside.addWidget(self.editor)
        self._header.addWidget(self._title)
        self._header.addWidget(self._file, 1)
        self._header.addWidget(self.open_button)
        self._choices.addWidget(self.function, 1)
        self._choices.addWidget(self.kind, 1)
        self._buttons.addWidget(self.run_button)
        self._buttons.addWidget(self.stop_button)
        self._buttons.addStretch(1)
        column = self._column = QVBoxLayout(self._left)
        column.addLayout(self._header)
        column.addWidget(self._frame, 1)
        column.addLayout(self._controls)
        column.addWidget(self._warning)
        self._answer = QVBoxLayout(self._right)
        self._answer.addWidget(self.diagnosis)
        self._both = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._both.setContentsMargins(0, 0, 0, 0)
        self._both.addWidget(self._left, 11)
        self._both.addWidget(self._right, 9)

    # -- what every panel has

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take a snapshot; the code does not depend on the state."""

    def tab_chain(self) -> list[QWidget]:
        """Return what Tab reaches in the panel, in order."""
        controls = [self.function, self.kind, self.run_button, self.stop_button]
        return [self.open_button, self.editor, *controls, self.diagnosis]

    def apply_look(self, look: Look) -> None:
        """Take over colours, fonts and scale."""
        self.look = look
        edge, gap = look.px(10), look.px(7)
        for layout in (self._column, self._answer):
            layout.setContentsMargins(edge, look.px(8), edge, look.px(8))
            layout.setSpacing(gap)
        for row in (self._header, self._choices, self._buttons, self._controls):
            row.setSpacing(gap)
        rim = look.px(3)
        self._inside.setContentsMargins(rim, rim, rim, rim)
        self._both.setSpacing(gap)
        self._title.apply(look.font(13, bold=True), look.colour("text"))
        for label in (self._file, self._warning):
            label.apply(look.font(11), look.colour("muted"))
        for control in (self.open_button, self.run_button, self.stop_button, self.function, self.kind):
            control.apply_look(look)
        self.editor.apply_look(look)
        self.diagnosis.apply_look(look)
        self._left.look = self._right.look = self._frame.look = look
        self._arrange()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Put code and diagnosis side by side, or below each other where there is no room for lines of code."""
        if self.look is None:
            return
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        wide = self.width() >= self.look.px(620)
        self._both.setDirection(across if wide else down)
        self._controls.setDirection(down if wide else across)

    # -- the code

    def open_file(self) -> None:
        """Ask for a file of code and show it."""
        name, _ = QFileDialog.getOpenFileName(self, "Open code", str(self._path or ""), "Python (*.py);;All files (*)")
        if name:
            self.load(Path(name))

    def load(self, path: Path) -> None:
        """Show a file of code; Ctrl+Z in the editor brings back what was there. A problem is said beside it."""
        try:
            source = read_source(path)
        except SourceError as error:
            self.diagnosis.show_outcome(Outcome(path.name, "", str(error)))
            return
        self._path, self._loaded, self._picked = path, source.text, ""
        self.editor.replace_code(source.text)
        self.diagnosis.show_hint(_HINT)
        self.list_functions()

    def take(self, code: str, function: str) -> None:
        """Show code from elsewhere in the app, a function of it picked; Ctrl+Z in the editor brings back what was."""
        self._path, self._picked = None, function
        self.editor.replace_code(code)
        self.diagnosis.show_hint(_HINT)
        self.list_functions()

    def source(self) -> Source:
        """Return the code to run: that of the file as it is now, unless it was changed here."""
        code = self.editor.code
        if self._path is None:
            return Source(code)
        if code == self._loaded:
            fresh = read_source(self._path)
            if fresh.text != code:
                self._loaded = fresh.text
                self.editor.replace_code(fresh.text)
            return fresh
        return Source(code, self._path, self._path.name)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() and event.mimeData().urls()[0].toLocalFile().endswith(".py"):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.load(Path(event.mimeData().urls()[0].toLocalFile()))

    def _edited(self) -> None:
        code = self.editor.code
        if code == self._text:  # another font is a change of the document, too
            return
        self._text = code
        self.editor.mark_line(None)
        self._listing.start()
        self._show_file()

    def _show_file(self) -> None:
        if self._path is None:
            self._file.setText("")
            return
        changed = "" if self.editor.code == self._loaded else ", changed here"
        self._file.setText(f"{self._path.name}{changed}")

    # -- which function

    def list_functions(self) -> None:
        """List the functions in the code; code that is being typed and is no Python keeps the list."""
        self._listing.stop()
        self._show_file()
        try:
            found = list_functions(self.editor.code)
        except CodeError:
            return
        names = [one.name for one in found]
        if names != [self.function.itemData(index) for index in range(self.function.count())]:
            self.function.clear()
            for one in found:
                self.function.addItem(one.text, one.name)
        self.function.setEnabled(bool(names))
        wanted = self._picked if self._picked in names else _first(found)
        if wanted:
            self.function.show_value(wanted)

    def _pick(self, name: str) -> None:
        self._picked = name

    # -- running

    def start(self) -> None:
        """Run the function picked, and nothing else, unless something runs."""
        if self.run.running:
            return
        try:
            source = self.source()
        except SourceError as error:
            self.diagnosis.show_outcome(Outcome(self._path.name if self._path else "", "", str(error)))
            return
        self.list_functions()
        self.editor.mark_line(None)
        self._tried = self.editor.code
        kind = str(self.kind.currentData()) or None
        function = self.function.currentData() if self.function.isEnabled() else None
        self.run_button.setEnabled(False)
        self.stop_button.setEnabled(True)
        self.run.start(source, function, kind, SECONDS, MEMORY_MB)

    def _show_elapsed(self, seconds: float) -> None:
        self._warning.say((f"Running, {seconds:.1f} s",))

    def show_outcome(self, outcome: Outcome) -> None:
        """Show what came of a run."""
        self._warning.say(_WARNINGS)
        self.run_button.setEnabled(True)
        if self.stop_button.hasFocus():
            self.run_button.setFocus()
        self.stop_button.setEnabled(False)
        self.diagnosis.show_outcome(outcome)
        if self.editor.code == self._tried:  # else the line may be another one by now
            self.editor.mark_line(outcome.line)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.start()
        else:
            super().keyPressEvent(event)


def _first(found: tuple[Found, ...]) -> str:
    """Return the name of the function most likely meant, or of the first."""
    chosen = best(found) or (found[0] if found else None)
    return chosen.name if chosen is not None else ""


class _Quiet(ElidedLabel):
    """A line that is said in as many words as there is room for."""

    _texts: tuple[str, ...] = ("",)

    def say(self, texts: tuple[str, ...]) -> None:
        """Show the first of the texts that fits, else the last."""
        self._texts = texts
        width = self.fontMetrics().horizontalAdvance
        self.setText(next((text for text in texts if width(text) <= self.width()), texts[-1]))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.say(self._texts)


class _Card(QWidget):
    """The ground of one half."""

    look: Look | None = None

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.look is not None:
            paint_card(self, self.look, self.rect())


class _Frame(QWidget):
    """The box around the editor, lit while it has the focus."""

    look: Look | None = None
    _lit = False

    def light(self, on: bool) -> None:
        """Show that the editor has the focus, or has it no more."""
        self._lit = on
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.look is not None:
            painter = QPainter(self)
            paint_box(painter, self, self.look, self.look.colour("field"), self._lit)
            painter.end()
