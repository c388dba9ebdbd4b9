"""Lectures: opens, changes and saves the lecture of a window, and hands it to the Stage."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QSettings, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import QFileDialog, QMenu

from explorer.panels.look import Look
from explorer.resources import asset
from explorer.session.lecture import editing
from explorer.session.lecture.reading import parse_lecture, read_lecture
from explorer.session.lecture.scene import Lecture, LectureError
from explorer.session.lecture.show import Show
from explorer.session.lecture.writing import lecture_text, write_lecture
from explorer.session.recovery import Where
from explorer.session.state_line import summary
from explorer.window.presenting.stage import Stage

if TYPE_CHECKING:
    from explorer.window.main_window import MainWindow
    from explorer.window.presenting.scene_list import SceneList

_FILTER = "Lectures (*.toml)"
_MOST_RECENT = 8
_NO_LECTURE = "No lecture is open: open one, or begin one with “Capture this state as a scene”."


class Lectures(QObject):
    """Belongs to a MainWindow; made when the first command about lectures is given."""

    changed = Signal()  # anything about the lecture: another one, its scene, what it says

    def __init__(self, window: "MainWindow", settings: QSettings) -> None:
        super().__init__(window)
        self.window, self._settings = window, settings
        self.show: Show | None = None
        self.stage: Stage | None = None
        self.list: SceneList | None = None
        self._saved: Lecture | None = None
        self._waiting: object = None  # what to do once the unsaved changes are saved or given up

    # -- opening

    def open_path(self, path: Path) -> None:
        """Open a lecture file; what is wrong with it is said in the message bar."""
        try:
            lecture, complaints = read_lecture(path)
        except LectureError as error:
            self.window.messages.say(str(error))
            return
        if self._unsaved():
            self._waiting = path
            self._ask()
            return
        self.open(lecture)
        if complaints:
            self.window.messages.say(summary(complaints))
        if path != asset("lectures/softmax.toml"):
            self._remember(path)

    def open(self, lecture: Lecture, index: int = 0, enter: bool = True) -> None:
        """Open a lecture that has been read, in a scene of it; with ``enter`` the scene's state is loaded."""
        self.close()
        show = self.show = Show(self.window.session, lecture, self)
        self._saved = lecture
        if enter:
            show.jump(index)
        else:
            show.resume(index)
        self.stage = Stage(self.window, show, self._settings)
        show.changed.connect(self.changed)
        self.changed.emit()

    def open_read(self, lecture: Lecture, index: int) -> None:
        """Open a lecture that was named at the start."""
        self.open(lecture, index)
        if lecture.path is not None and lecture.path != asset("lectures/softmax.toml"):
            self._remember(lecture.path)

    def pose(self, lecture: Lecture, index: int) -> None:
        """Show a scene as the room sees it, in the window as it is: for a picture."""
        if self.show is None or self.show.lecture is not lecture:
            self.open(lecture, index)
        if self.stage is not None:
            self.stage.pose(index)

    def go_on(self, left: Where) -> None:
        """Open the lecture that was open at a hard end, in its scene; the state is left to whoever asks."""
        path = Path(left.lecture) if left.lecture else None
        try:
            lecture = parse_lecture(left.text, path)[0] if left.text else read_lecture(Path(left.lecture))[0]
        except LectureError as error:
            self.window.messages.say(str(error))
            return
        self.open(lecture, min(left.scene, len(lecture.scenes) - 1), enter=False)
        if left.text:
            self._saved = None

    def where(self) -> Where:
        """Return where the person is."""
        intent = self.window.session.intent
        if self.show is None:
            return Where(intent)
        lecture = self.show.lecture
        path = "" if lecture.path is None else str(lecture.path.absolute())
        return Where(intent, path, self.show.index, lecture_text(lecture) if self._unsaved() else "")

    def close(self) -> None:
        """Put the lecture away; the state stays."""
        if self.list is not None:
            self.list.hide()
            self.list.deleteLater()
            self.list = None
        if self.stage is not None:
            self.stage.close()
            self.stage = None
        if self.show is not None:
            self.show.finish()
            self.show.deleteLater()
            self.show = None
        self._saved = None

    def close_lecture(self) -> None:
        """Put the lecture away, after asking about unsaved changes."""
        if self._unsaved():
            self._waiting = "close"
            self._ask()
        else:
            self.close()
            self.changed.emit()

    def open_shipped(self) -> None:
        """Open the lecture that comes with the app."""
        self.open_path(asset("lectures/softmax.toml"))

    def apply_look(self, look: Look) -> None:
        """Take over colours, fonts and scale."""
        for part in (self.stage, self.list):
            if part is not None:
                part.apply_look(look)

    # -- recent lectures

    def recent(self) -> list[Path]:
        """Return the lectures opened or saved lately, the last one first, as far as they still exist."""
        value = self._settings.value("lectures/recent", [])
        names = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return [path for path in map(Path, map(str, names)) if path.is_file()][:_MOST_RECENT]

    def open_recent_menu(self) -> None:
        """Open the list of recent lectures."""
        recent = self.recent()
        if not recent:
            self.window.messages.say("No lecture was opened lately; open one with Ctrl+O.")
            return
        menu = QMenu(self.window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setFont(self.window.look.font(13))
        for path in recent:
            menu.addAction(path.stem).setData(str(path))
        menu.triggered.connect(self._open_recent)
        corner = self.window.menu_corner()
        menu.popup(QPoint(corner.x() - menu.sizeHint().width(), corner.y()))

    def _open_recent(self, action: QAction) -> None:
        self.open_path(Path(str(action.data())))

    def _remember(self, path: Path) -> None:
        path = path.absolute()
        paths = [path, *(other for other in self.recent() if other != path)]
        self._settings.setValue("lectures/recent", [str(each) for each in paths[:_MOST_RECENT]])

    # -- presenting

    def present(self) -> None:
        """Present from the first scene; without a lecture, the one that comes with the app."""
        if self.show is None:
            self.open_shipped()
        if self.show is not None and self.stage is not None and not self.stage.presenting:
            self.show.first()
            self.stage.present()

    def present_here(self) -> None:
        """Present from the present scene."""
        if self.show is None:
            self.open_shipped()
        if self.stage is not None:
            self.stage.present()

    @property
    def presenting(self) -> bool:
        """Is a lecture being presented?"""
        return self.stage is not None and self.stage.presenting

    def next(self) -> None:
        """Reveal, or go to the next scene."""
        if (show := self._need()) is not None:
            show.next()

    def previous(self) -> None:
        """Go to the scene before."""
        if (show := self._need()) is not None:
            show.previous()

    def restore(self) -> None:
        """Go back to the scene's own state."""
        if (show := self._need()) is not None:
            show.restore()

    def spotlight(self) -> None:
        """Light the place of the pointer, or all; only while presenting."""
        if self.stage is not None:
            self.stage.toggle_spotlight()

    def swap_screens(self) -> None:
        """Let the lecturer's and the audience's window change places."""
        if (self._need()) is not None and self.stage is not None:
            self.stage.swap_screens()

    def _need(self) -> Show | None:
        if self.show is None:
            self.window.messages.say(_NO_LECTURE)
        return self.show

    # -- changing

    def change(self, lecture: Lecture, index: int) -> None:
        """Take over a changed lecture."""
        if self.show is not None:
            self.show.change(lecture, index)

    def capture(self) -> None:
        """Put the present state behind the present scene as a new one; without a lecture, begin one."""
        intent = self.window.session.intent
        if self.show is None:
            self.open(editing.started(intent))
            self._saved = None
            self.toggle_list()
            return
        index = self.show.index
        try:
            self.change(editing.captured(self.show.lecture, index, intent), index + 1)
        except LectureError as error:
            self.window.messages.say(str(error))
            return
        if self.list is None:
            self.toggle_list()

    def toggle_list(self) -> None:
        """Show the list of scenes, or hide it."""
        show = self._need()
        if show is None:
            return
        if self.list is None:
            from explorer.window.presenting.scene_list import SceneList

            self.list = SceneList(self, show, self.window)
            self.list.hide()
            self.window.insert_at_right(self.list)
            self.list.apply_look(self.window.look)
        shown = self.list.isHidden()
        if self.stage is not None:
            self.stage.listing = shown
            self.stage.apply()  # the controls may have to give way
        self.list.setVisible(shown)

    # -- saving

    def _unsaved(self) -> bool:
        return self.show is not None and self.show.lecture != self._saved

    def save(self) -> bool:
        """Save the lecture where it came from; return whether that worked."""
        show = self._need()
        if show is None:
            return False
        if show.lecture.path is None or show.lecture.path == asset("lectures/softmax.toml"):
            return self.save_as()
        return self.save_to(show.lecture.path)

    def save_as(self) -> bool:
        """Ask for a file name and save the lecture there."""
        show = self._need()
        if show is None:
            return False
        folder = Path(str(self._settings.value("folder", "")))
        start = folder / (show.lecture.path.name if show.lecture.path else "lecture.toml")
        name, _ = QFileDialog.getSaveFileName(self.window, "Save the lecture", str(start), _FILTER)
        return bool(name) and self.save_to(Path(name if name.endswith(".toml") else f"{name}.toml"))

    def save_to(self, path: Path) -> bool:
        """Save the lecture to a file; return whether that worked."""
        assert self.show is not None
        try:
            lecture = write_lecture(self.show.lecture, path)
        except LectureError as error:
            self.window.messages.say(str(error))
            return False
        self._saved = lecture
        self.show.change(lecture, self.show.index)
        self._remember(path)
        self.window.messages.say(f"The lecture is saved in {path.name}.")
        return True

    # -- unsaved changes ask once

    def may_close(self, event: QCloseEvent) -> None:
        """Leave presenting, and keep the window open for a question if there are unsaved changes."""
        if self.stage is not None:
            self.stage.leave()
        if self._unsaved():
            event.ignore()
            self._waiting = "quit"
            self._ask()

    def _ask(self) -> None:
        assert self.show is not None
        title = self.show.lecture.title or "The lecture"
        self.window.messages.ask(f"“{title}” has changes that are not saved.", ("Save", "Do not save", "Cancel"))
        self.window.messages.answered.connect(self._answer)

    def _answer(self, answer: str) -> None:
        self.window.messages.answered.disconnect(self._answer)
        waiting, self._waiting = self._waiting, None
        if answer == "Save":
            if not self.save():
                return
        elif answer != "Do not save":
            return
        elif self.show is not None:
            self._saved = self.show.lecture
        if isinstance(waiting, Path):
            self.open_path(waiting)
        elif waiting == "close":
            self.close_lecture()
        elif waiting == "quit":
            self.window.close()
