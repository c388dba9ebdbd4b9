"""Stage: a lecture in the window: the caption above, what a scene hides or leaves out, and presenting full screen."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, QPoint, QRect, QSettings, Qt
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from explorer.panels.look import Look
from explorer.panels.panel import Panel
from explorer.session.lecture.pictures import PICTURES
from explorer.session.lecture.show import Show
from explorer.window.controls import Controls
from explorer.window.presenting.caption import CaptionBar
from explorer.window.presenting.keys import PresenterKeys
from explorer.window.presenting.overlays import Blank, Spotlight, Typed
from explorer.window.presenting.screens import places, screen_places

if TYPE_CHECKING:
    from explorer.window.main_window import MainWindow
    from explorer.window.presenting.lecturer import LecturerWindow

_HIDDEN = "What will it show? Predict first."


class Stage(QObject):
    """Belongs to a MainWindow; made when the first lecture is opened in it, and again for each other one."""

    def __init__(self, window: "MainWindow", show: Show, settings: QSettings) -> None:
        super().__init__(window)
        self.window, self.show_model, self._settings = window, show, settings
        self.presenting = False
        self.clock = QElapsedTimer()  # since when it is presented
        self.listing = False  # does the list of scenes stand beside the pictures?
        self._zoomed: str | None = None
        self._visit = -1
        self._view = ""
        self.bar = CaptionBar(show, window)
        self.keys = PresenterKeys(self)
        self.blank, self.spotlight, self.typed = Blank(window), Spotlight(window), Typed(window)
        self.blank.clicked.connect(self.unblank)
        self.lecturer: LecturerWindow | None = None
        window.insert_below_header(self.bar)
        show.changed.connect(self.apply)
        show.session.changed.connect(self._state_changed)
        self.apply_look(window.look)
        self.apply()

    def close(self) -> None:
        """Take everything of the lecture out of the window."""
        self.leave()
        self.show_model.changed.disconnect(self.apply)
        self.show_model.session.changed.disconnect(self._state_changed)
        self._zoomed = None
        for view in self.window.views():
            view.show_only(None)
            view.controls.show_only(None)
            for panel in view.panels:
                panel.cover("")
            view.reading.cover("")
            view.reading.show()
        for widget in (self.bar, self.blank, self.spotlight, self.typed):
            widget.hide()
            widget.deleteLater()
        self.deleteLater()

    def apply_look(self, look: Look) -> None:
        """Take over colours, fonts and scale."""
        self.bar.apply_look(look)
        for widget in (self.spotlight, self.typed):
            widget.look = look
        if self.lecturer is not None:
            self.lecturer.apply_look(look)

    # -- what the scene asks for

    def apply(self) -> None:
        """Show what the scene shows, hide what it hides."""
        show, view = self.show_model, self.window.view
        if show.visit != self._visit:
            self._visit = show.visit
            self._zoomed = None
            view.reading.point_at(None)  # what was pointed at belongs to the scene before
            if self.presenting:
                self.window.setFocus()  # the arrows turn the pages again
        self._view = self.window.tabs.value
        if self._zoomed is not None and self._zoomed not in {panel.name for panel in view.panels}:
            self._zoomed = None
        hidden = set(show.hidden)
        if hidden and not self.presenting:  # nor may a picture that the scene leaves out give the answer away
            hidden |= {panel.name for panel in view.panels} - set(show.scene.pictures)
        for panel in view.panels:
            panel.cover(_HIDDEN if panel.name in hidden else "")
        view.reading.cover(_HIDDEN if hidden else "")
        view.reading.setVisible(self.lecturer is None or self.lecturer.apart)  # the notes take its place
        if self._zoomed is not None:
            view.show_only((self._zoomed,))
            view.controls.show_only(())
        elif self.presenting:
            view.show_only(self._pictures())
            at_lecturer = self._two_screens() and isinstance(view.controls, Controls)
            view.controls.show_only(() if at_lecturer else show.scene.controls)
        else:
            view.show_only(None)
            view.controls.show_only(() if self._crowded() else None)
            if (layout := view.layout()) is not None:
                layout.activate()  # before the window asks how much it needs

    def _crowded(self) -> bool:
        """Does the list of scenes need the place of the controls?"""
        return self.listing and self.window.width() < self.window.look.px(1000)

    def _pictures(self) -> tuple[str, ...] | None:
        """Return the pictures that the scene shows of the present view; None for all of them."""
        scene, of_view = self.show_model.scene, PICTURES.get(self.window.session.intent.view, ())
        named = tuple(name for name in of_view if scene.panels is not None and name in scene.panels)
        return named or None

    def _two_screens(self) -> bool:
        return self.lecturer is not None and self.lecturer.apart

    def _state_changed(self, _: object) -> None:
        if self.window.tabs.value != self._view:  # undo, or a tab
            self.apply()

    # -- presenting

    def present(self) -> None:
        """Fill the screen: projector scale, light ground, only what the scene asks for."""
        if self.presenting:
            return
        self.presenting = True
        self.clock.start()
        window = self.window
        self._before = (window.geometry(), window.windowState())
        if window.lectures.list is not None:
            window.lectures.list.hide()
        self.listing = False
        window.begin_presenting()
        self.bar.large = True
        self._place_windows()
        self.keys.install()
        window.setFocus()
        self.apply()
        self.bar.refresh()

    def pose(self, index: int) -> None:
        """Show a scene as the room sees it in the end, in the window as it is: for a picture."""
        if not self.presenting:
            self.presenting = True
            self._before = (self.window.geometry(), self.window.windowState())
            self.window.pose()
            self.bar.large = True
        self.show_model.jump(index)
        self.show_model.reveal()
        self.show_model.finish()
        self.bar.refresh()

    def _place_windows(self) -> None:
        screens, primary = screen_places()
        place = places(screens, primary, self._swapped())
        if place.lecturer is not None:
            self.window.setWindowState(Qt.WindowState.WindowNoState)
            _put(self.window, place.audience)
            self._make_lecturer(apart=True)
            assert self.lecturer is not None
            _put(self.lecturer, place.lecturer)
            self.lecturer.setGeometry(place.lecturer.adjusted(40, 40, -40, -40))
            self.lecturer.show()
        self.window.showFullScreen()
        self.window.raise_()
        self.window.activateWindow()

    def _swapped(self) -> bool:
        return str(self._settings.value("presenting/swapped", "false")) == "true"

    def swap_screens(self) -> None:
        """Let the two windows change places."""
        self._settings.setValue("presenting/swapped", "false" if self._swapped() else "true")
        if self.presenting:
            self._close_lecturer()
            self._place_windows()
            self.apply()

    def leave(self) -> None:
        """Go back to the window as it was; the state stays."""
        if not self.presenting:
            return
        self.keys.remove()
        self.show_model.finish()
        self.presenting = False
        self._zoomed = None
        self.blank.lift()
        self.spotlight.lift()
        self._close_lecturer()
        self.bar.large = False
        self.window.end_presenting()
        self.apply()
        self.bar.refresh()
        if (layout := self.window.layout()) is not None:
            layout.activate()  # what it needs at least is less again
        geometry, state = self._before
        self.window.setWindowState(state)
        if not state & Qt.WindowState.WindowFullScreen:
            self.window.setGeometry(geometry)

    def _make_lecturer(self, apart: bool) -> None:
        from explorer.window.presenting.lecturer import LecturerWindow

        self.lecturer = LecturerWindow(self, apart)
        self.lecturer.apply_look(self.window.look)

    def _close_lecturer(self) -> None:
        if self.lecturer is not None:
            self.lecturer.stop()
            self.lecturer.hide()
            self.lecturer.deleteLater()
            self.lecturer = None

    def owns(self, widget: QWidget) -> bool:
        """Does a widget belong to the windows of the lecture, or to a list opened from them?"""
        window = widget.window()
        if window in (self.window, self.lecturer):
            return True
        return bool(window.windowFlags() & Qt.WindowType.Popup == Qt.WindowType.Popup)

    # -- what the keys do

    def next(self) -> None:
        """Reveal, or go to the next scene."""
        self.show_model.next()

    def previous(self) -> None:
        """Go to the scene before."""
        self.show_model.previous()

    def first(self) -> None:
        """Go to the first scene."""
        self.show_model.first()

    def last(self) -> None:
        """Go to the last scene."""
        self.show_model.last()

    def jump(self, index: int) -> None:
        """Go to a scene, counted from 0."""
        if not self.show_model.jump(index):
            count = len(self.show_model.lecture.scenes)
            self.window.messages.say(f"There is no scene {index + 1}; type a number from 1 to {count}.")

    def reveal(self) -> None:
        """Show what was hidden."""
        self.show_model.reveal()

    def restore(self) -> None:
        """Go back to the scene's own state."""
        self.show_model.restore()

    def freeze(self) -> None:
        """Freeze a ghost, or let it go."""
        self.window.freeze()

    def play(self) -> None:
        """Play the spread, or pause."""
        self.window.play()

    def takes_answer(self, number: int) -> bool:
        """Is there an answer of that number to be chosen?"""
        show = self.show_model
        return show.asking and 1 <= number <= len(show.hands)

    def count_hands(self) -> None:
        """Begin to type the hands raised for the first answer."""
        if self.show_model.asking:
            self.bar.hands[0].setFocus()

    def show_number(self, text: str) -> None:
        """Show the number being typed."""
        self.typed.show_number(text)

    @property
    def blanked(self) -> bool:
        """Is the screen blank?"""
        return not self.blank.isHidden()

    def black(self) -> None:
        """Make the screen black."""
        self.blank.blank("black")

    def white(self) -> None:
        """Make the screen white."""
        self.blank.blank("white")

    def unblank(self) -> None:
        """Show the pictures again."""
        self.blank.lift()

    def toggle_spotlight(self) -> None:
        """Light the place of the pointer, or all."""
        if not self.presenting:
            return
        if self.spotlight.isHidden():
            self.spotlight.begin()
        else:
            self.spotlight.lift()

    def pointer_moved(self, place: QPoint) -> None:
        """Have the spotlight follow."""
        if not self.spotlight.isHidden():
            self.spotlight.follow(place)

    def zoom(self) -> None:
        """Zoom the panel that has the focus, or that is under the pointer, or the first one; or go back."""
        if self._zoomed is not None:
            self._zoom_to(None)
            return
        for widget in (QApplication.focusWidget(), QApplication.widgetAt(QCursor.pos())):
            while widget is not None and not isinstance(widget, Panel):
                widget = widget.parentWidget()
            if isinstance(widget, Panel) and widget.isVisible() and widget in self.window.view.panels:
                self._zoom_to(widget.name)
                return
        shown = [panel for panel in self.window.view.panels if panel.isVisible()]
        if shown:
            self._zoom_to(shown[0].name)

    def zoom_panel(self, panel: Panel) -> None:
        """Zoom a panel, or go back."""
        self._zoom_to(panel.name if self._zoomed is None else None)

    def _zoom_to(self, name: str | None) -> None:
        self._zoomed = name
        self.apply()

    def toggle_notes(self) -> None:
        """Show the lecturer's notes below the pictures, or hide them; with a second screen they stand there."""
        if self.lecturer is None:
            self._make_lecturer(apart=False)
            assert self.lecturer is not None
            self.window.insert_at_bottom(self.lecturer)
            self.lecturer.show()
        elif not self.lecturer.apart:
            self._close_lecturer()
        self.apply()

    def escape(self) -> None:
        """Step out of what is open; at last out of presenting."""
        if not self.spotlight.isHidden():
            self.spotlight.lift()
        elif self._zoomed is not None:
            self._zoom_to(None)
        elif self.window.messages.isVisible():
            self.window.messages.hide()
        else:
            self.leave()


def _put(window: QWidget, place: QRect) -> None:
    """Put a window on the screen of that place; some systems look at the screen only, some at the place only."""
    for screen in QGuiApplication.screens():
        if screen.geometry() == place:
            window.setScreen(screen)
    window.setGeometry(place)
