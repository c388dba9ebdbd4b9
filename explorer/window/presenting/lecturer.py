"""LecturerWindow: notes, what comes next, clock and controls; on a screen of its own, or below the pictures."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTime, QTimer
from PySide6.QtGui import QCloseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from explorer.panels.look import Look
from explorer.panels.widgets import ElidedLabel
from explorer.session.snapshot import Snapshot
from explorer.window.controls import Controls
from explorer.window.widgets import Button

if TYPE_CHECKING:
    from explorer.window.presenting.stage import Stage


class LecturerWindow(QWidget):
    """Made while presenting; its timer ends with it."""

    def __init__(self, stage: "Stage", apart: bool) -> None:
        super().__init__(stage.window)
        self._stage, self.apart = stage, apart
        self.look: Look | None = None
        self.setAccessibleName("Lecturer’s notes")
        if apart:
            self.setWindowFlag(Qt.WindowType.Window)
            self.setWindowTitle("Lecturer – Softmax Explorer")
            self.addActions(list(stage.window.actions_by_name.values()))
        self.time, self.title, self.next_title = ElidedLabel(self), ElidedLabel(self), ElidedLabel(self)
        self.time.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.next_caption = QLabel(self)
        self.next_caption.setWordWrap(True)
        self.next_caption.setTextFormat(Qt.TextFormat.PlainText)
        self.notes = QPlainTextEdit(self)
        self.notes.setReadOnly(True)
        self.notes.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.notes.setAccessibleName("Notes")
        self.notes.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.buttons = [
            self._button("◀", "Previous scene (PageUp)", stage.previous),
            self._button("▶", "Next, or reveal (PageDown)", stage.next),
            self._button("Back to the scene", "Back to the scene’s exact state (R)", stage.restore),
            self._button("Freeze", "Freeze a ghost (F)", stage.freeze),
            self._button("Black", "Black screen (B)", stage.black),
            self._button("Leave", "Leave presenting (Esc)", stage.leave),
        ]
        self.controls: Controls | None = None
        self._build()
        self._timer = QTimer(self, interval=1000)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        stage.show_model.changed.connect(self.refresh)
        self.refresh()
        self._tick()

    def _button(self, text: str, name: str, run: object) -> Button:
        button = Button(text, name, self)
        button.clicked.connect(run)
        button.setVisible(self.apart)
        return button

    def _build(self) -> None:
        self._all = QVBoxLayout(self)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.time)
        self._all.addLayout(head)
        row = QHBoxLayout()
        if self.apart:
            self.controls = Controls(self._stage.window.session, self)
            self._stage.window.session.changed.connect(self._show)
            row.addWidget(self.controls)
        row.addWidget(self.notes, 1)
        self._all.addLayout(row, 1)
        self._all.addWidget(self.next_title)
        self._all.addWidget(self.next_caption)
        self._foot = QHBoxLayout()
        for button in self.buttons:
            self._foot.addWidget(button)
        self._foot.addStretch(1)
        self._all.addLayout(self._foot)

    def stop(self) -> None:
        """Stop the clock and listen no more."""
        self._timer.stop()
        self._stage.show_model.changed.disconnect(self.refresh)
        if self.controls is not None:
            self._stage.window.session.changed.disconnect(self._show)

    def _show(self, snapshot: Snapshot) -> None:
        if self.controls is not None:
            self.controls.show_snapshot(snapshot)

    def refresh(self) -> None:
        """Show the present scene and the next one."""
        show = self._stage.show_model
        changed = "   · changed" if show.differs else ""
        where = f"{show.index + 1} / {len(show.lecture.scenes)}   {show.scene.title}{changed}"
        text = show.scene.notes or "No notes."
        question = show.scene.question
        if question is not None:
            text += f"\n\nRight: {question.right + 1}  {question.answers[question.right]}"
        if self.notes.toPlainText() != text:
            self.notes.setPlainText(text)
        following = show.following
        if show.asking:
            self.next_title.setText("Next: reveal")
            self.next_caption.setText(show.scene.caption)
        else:
            self.next_title.setText("Next: the end" if following is None else f"Next: {following.title}")
            words = "" if following is None else following.question.text if following.question else following.caption
            self.next_caption.setText(words)
        self.title.setText(where if self.apart else f"{where}   → {self.next_title.text()}")
        if self.controls is not None:  # a view with controls of another kind keeps them
            self.controls.setVisible(isinstance(self._stage.window.view.controls, Controls))
        self._show(self._stage.window.session.snapshot)

    def _tick(self) -> None:
        seconds = self._stage.clock.elapsed() // 1000
        self.time.setText(f"{QTime.currentTime().toString('HH:mm')}   {seconds // 60}:{seconds % 60:02}")
        self.time.updateGeometry()

    def apply_look(self, look: Look) -> None:
        """Take over colours, fonts and scale."""
        self.look = look
        plain = Look(look.colours, 1.0, look.family) if self.apart else look  # it is read from near
        edge = plain.px(12)
        self._all.setContentsMargins(edge, plain.px(6), edge, plain.px(6))
        self._all.setSpacing(plain.px(4))
        self.title.apply(plain.font(15 if self.apart else 12, bold=True), plain.colour("text"))
        self.time.apply(plain.font(15 if self.apart else 12), plain.colour("muted"))
        self.next_title.apply(plain.font(13, bold=True), plain.colour("muted"))
        self.next_caption.setFont(plain.font(13))
        self.next_caption.setVisible(self.apart)
        self.next_title.setVisible(self.apart)
        self.notes.setFont(plain.font(20 if self.apart else 12))
        for button in self.buttons:
            button.apply_look(plain)
        if self.controls is not None:
            self.controls.apply_look(plain)
            self.controls.fit_width(1300)
        if not self.apart:
            self.setFixedHeight(look.px(100))
        self.update()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self._stage.leave()

    def sizeHint(self) -> QSize:
        return QSize(900, 600)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.look is not None:
            painter = QPainter(self)
            painter.fillRect(self.rect(), self.look.colour("card"))
            painter.end()
