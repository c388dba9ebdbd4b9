"""SceneList: the scenes of a lecture beside the pictures: go to them, reorder, edit in place, capture, save."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListWidget, QPlainTextEdit, QVBoxLayout, QWidget

from explorer.panels.look import Look
from explorer.panels.panel import paint_card
from explorer.panels.widgets import ElidedLabel, Switch
from explorer.session.lecture import editing
from explorer.session.lecture.pictures import PICTURES
from explorer.session.lecture.scene import LectureError, Question, Scene
from explorer.session.lecture.show import Show
from explorer.window.widgets import Button, TextField

if TYPE_CHECKING:
    from explorer.window.presenting.lectures import Lectures

_PAGES = (("scene", "Scene"), ("question", "Question"))
_MARK = "*"  # before the right answer


class TextArea(QPlainTextEdit):
    """Some lines of text; emits ``committed(text)`` when a person has changed them and goes elsewhere."""

    committed = Signal(str)

    def __init__(self, name: str, hint: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)
        self._shown = ""

    def show_text(self, text: str) -> None:
        """Show a text; does not write back."""
        if text != self._shown or not self.hasFocus():
            self._shown = text
            if self.toPlainText() != text:
                self.setPlainText(text)

    def commit(self) -> None:
        """Emit the text, if a person has changed it."""
        text = self.toPlainText()
        if text != self._shown:
            self._shown = text
            self.committed.emit(text)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.commit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.setPlainText(self._shown)
        else:
            super().keyPressEvent(event)


class Titles(QListWidget):
    """The titles; the present scene is the selected one. They can be dragged, and moved with Ctrl and an arrow."""

    moved = Signal(int, int)  # from, to
    removed = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Scenes")
        self.setToolTip("Drag a scene, or move it with Ctrl and an arrow; Delete removes it")
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.model().rowsMoved.connect(self._rows_moved)

    def _rows_moved(self, _: QModelIndex, start: int, end: int, __: QModelIndex, row: int) -> None:
        self.moved.emit(start, row if row < start else row - 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        row = self.currentRow()
        if by is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if 0 <= row + by < self.count():
                self.moved.emit(row, row + by)
        elif event.key() == Qt.Key.Key_Delete:
            self.removed.emit(row)
        else:
            super().keyPressEvent(event)


class SceneList(QWidget):
    """Shows the lecture of a Show, and what is changed goes to Lectures."""

    def __init__(self, lectures: "Lectures", show: Show, parent: QWidget) -> None:
        super().__init__(parent)
        self._lectures, self._of = lectures, show
        self.look: Look | None = None
        self.setAccessibleName("Lecture")
        self.name = TextField("Title of the lecture", self)
        self.titles = Titles(self)
        self.page = Switch("Edit", _PAGES, self)
        self.title = TextField("Title of the scene", self)
        self.title.setPlaceholderText("Title")
        self.caption = TextArea("Caption", "Caption, shown to the room", self)
        self.notes = TextArea("Notes", "Notes for the lecturer", self)
        self.question = TextArea("Question", "Question to predict the answer of; none if empty", self)
        self.answers = TextArea("Answers", f"2 to 5 answers, one a line;\n{_MARK} before the right one", self)
        self.explanation = TextArea("Explanation", "Why it is right", self)
        self.hides = TextField("Pictures hidden until the reveal", self)
        self.hides.setPlaceholderText("Hides, for example: jacobian, gradient")
        self.way = TextField("Seconds of the way from the scene before", self)
        self.way.setPlaceholderText("Seconds to get here; 0 cuts")
        self.buttons = [
            self._button("Capture", "Capture the present state as a new scene (Ctrl+Shift+N)", lectures.capture),
            self._button("Take state", "Make the present state that of this scene", self._take_state),
            self._button("Save", "Save the lecture (Ctrl+Shift+S)", lectures.save),
        ]
        self._build()
        self._connect()
        self.page.show_value("scene")
        self._show_page("scene")
        self.refresh()

    def _button(self, text: str, name: str, run: object) -> Button:
        button = Button(text, name, self)
        button.clicked.connect(run)
        return button

    def _build(self) -> None:
        self.of_scene: tuple[QWidget, ...] = (self.title, self.caption, self.notes, self.way)
        self.of_question: tuple[QWidget, ...] = (self.question, self.answers, self.explanation, self.hides)
        self._heading = ElidedLabel(self)
        self._heading.setText("Lecture")
        self._column = QVBoxLayout(self)
        self._column.addWidget(self._heading)
        self._column.addWidget(self.name)
        self._column.addWidget(self.titles, 5)
        row = QHBoxLayout()
        row.addWidget(self.page)
        row.addStretch(1)
        self._column.addLayout(row)
        for widget in (*self.of_scene, *self.of_question):
            self._column.addWidget(widget, 2 if isinstance(widget, TextArea) else 0)
        self._foot = QHBoxLayout()
        for button in self.buttons:
            self._foot.addWidget(button)
        self._column.addLayout(self._foot)

    def _connect(self) -> None:
        self._of.changed.connect(self.refresh)
        self.titles.currentRowChanged.connect(self._go)
        self.titles.moved.connect(self._move)
        self.titles.removed.connect(self._remove)
        self.page.chosen.connect(self._show_page)
        self.name.committed.connect(self._rename)
        self.title.committed.connect(self._set_title)
        self.caption.committed.connect(self._set_caption)
        self.notes.committed.connect(self._set_notes)
        self.way.committed.connect(self._set_way)
        for widget in (self.question, self.answers, self.explanation, self.hides):
            widget.committed.connect(self._set_question)

    # -- showing

    def refresh(self) -> None:
        """Show the lecture; never writes back."""
        lecture, scene = self._of.lecture, self._of.scene
        with QSignalBlocker(self.titles), QSignalBlocker(self.titles.model()):
            wanted = [f"{k}  {each.title}" for k, each in enumerate(lecture.scenes, start=1)]
            if [self.titles.item(k).text() for k in range(self.titles.count())] != wanted:
                self.titles.clear()
                self.titles.addItems(wanted)
            self.titles.setCurrentRow(self._of.index)
        self.titles.viewport().update()
        self._show_scene(lecture.title, scene)

    def _show_scene(self, name: str, scene: Scene) -> None:
        question = scene.question
        self.name.show_text(name)
        self.title.show_text(scene.title)
        self.caption.show_text(scene.caption)
        self.notes.show_text(scene.notes)
        self.way.show_text(f"{scene.seconds:g}" if scene.seconds else "")
        self.question.show_text(question.text if question else "")
        self.answers.show_text(_lines(question) if question else "")
        self.explanation.show_text(question.explanation if question else "")
        self.hides.show_text(", ".join(question.hidden) if question else "")

    def _show_page(self, page: str) -> None:
        for widget in self.of_scene:
            widget.setVisible(page == "scene")
        for widget in self.of_question:
            widget.setVisible(page == "question")

    # -- what people do

    def _go(self, row: int) -> None:
        if row >= 0 and row != self._of.index:
            self._of.jump(row)

    def _move(self, start: int, to: int) -> None:
        self._change(editing.moved(self._of.lecture, start, to), to)

    def _remove(self, row: int) -> None:
        try:
            self._change(editing.removed(self._of.lecture, row), row)
        except LectureError as error:
            self._say(error)

    def _rename(self, text: str) -> None:
        try:
            self._change(self._of.lecture.with_changes(title=text), self._of.index)
        except LectureError as error:
            self._say(error)

    def _take_state(self) -> None:
        self._edit(intent=self._of.session.intent)

    def _set_title(self, text: str) -> None:
        self._edit(title=text)

    def _set_caption(self, text: str) -> None:
        self._edit(caption=text)

    def _set_notes(self, text: str) -> None:
        self._edit(notes=text)

    def _set_way(self, text: str) -> None:
        try:
            seconds = float(text.replace(",", ".") or "0")
        except ValueError:
            self._lectures.window.messages.say(f"“{text[:20]}” is no number of seconds; type 0, which is a cut, to 30.")
            self.refresh()
            return
        self._edit(seconds=seconds)

    def _set_question(self, _: str) -> None:
        """Take the question over once it is whole: until it has a text and two answers, it is no question."""
        text = self.question.toPlainText().strip()
        lines = [line.strip() for line in self.answers.toPlainText().splitlines() if line.strip()]
        if not text or len(lines) < 2:
            if not text and not lines:
                self._edit(question=None)
            return
        right = next((k for k, line in enumerate(lines) if line.startswith(_MARK)), 0)
        names = tuple(name.strip() for name in self.hides.text().split(",") if name.strip())
        try:
            question = Question(
                text, tuple(line.lstrip(_MARK).strip() for line in lines), right, self.explanation.toPlainText(), names
            )
        except LectureError as error:
            self._say(error)
            return
        outside = [n for n in question.hidden if n not in PICTURES.get(self._of.scene.intent.view, ())]
        if outside:
            self._lectures.window.messages.say(f"The scene’s view has no picture {outside[0]}; it hides nothing.")
        self._edit(question=question)

    def _edit(self, **fields: Any) -> None:
        index = self._of.index
        try:
            self._change(editing.edited(self._of.lecture, index, **fields), index)
        except LectureError as error:
            self._say(error)

    def _change(self, lecture: Any, index: int) -> None:
        self._lectures.change(lecture, index)

    def _say(self, error: LectureError) -> None:
        self._lectures.window.messages.say(str(error))
        self.refresh()

    # -- look

    def apply_look(self, look: Look) -> None:
        """Take over colours, fonts and scale."""
        self.look = look
        self._column.setContentsMargins(look.px(12), look.px(14), look.px(19), look.px(16))
        self._column.setSpacing(look.px(5))
        self._foot.setSpacing(look.px(4))
        self._heading.apply(look.font(13, bold=True), look.colour("text"))
        for field in (self.name, self.title, self.way, self.hides):
            field.framed = True
            field.apply_look(look)
            field.setFixedHeight(look.px(26))
        for area in (self.caption, self.notes, self.question, self.answers, self.explanation):
            area.setFont(look.font(12))
        self.titles.setFont(look.font(12))
        self.page.apply_look(look)
        for button in self.buttons:
            button.apply_look(look)
        self.setFixedWidth(look.px(270))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(270, 400)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.look is not None:
            painter = QPainter(self)
            painter.fillRect(self.rect(), self.look.colour("ground"))
            painter.end()
            gap = self.look.px(7)
            paint_card(self, self.look, self.rect().adjusted(0, gap, -gap, -gap))


def _lines(question: Question) -> str:
    marks = (f"{_MARK} " if k == question.right else "" for k in range(len(question.answers)))
    return "\n".join(mark + answer for mark, answer in zip(marks, question.answers, strict=True))
