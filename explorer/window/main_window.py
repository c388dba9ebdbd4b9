"""MainWindow: header, view, message bar. Layout only: state lives in the Session."""

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QPoint, QSettings, QSize, Qt
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLayout,
    QMenu,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from explorer.panels.look import Look
from explorer.panels.widgets import ElidedLabel
from explorer.session.session import Session
from explorer.session.snapshot import Snapshot
from explorer.window.commands import make_actions
from explorer.window.explore import ExploreView
from explorer.window.intake_window import IntakeWindow
from explorer.window.keys_page import KeysPage
from explorer.window.tabs import Tabs
from explorer.window.theme import colours_for, palette
from explorer.window.view import View
from explorer.window.widgets import Button, TextField

if TYPE_CHECKING:
    from explorer.session.recovery import Where
    from explorer.window.going_on import GoingOn
    from explorer.window.presenting.lectures import Lectures

SCALES = (0.75, 0.85, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0, 2.5, 3.0)
_VIEWS = (("explore", "Explore"), ("vanishing", "Vanishing"), ("clinic", "Clinic"), ("layer", "Layer"))
_PROJECTOR_SCALE = 1.5


class MainWindow(IntakeWindow):
    """The window around the views."""

    def __init__(
        self, session: Session, settings: QSettings, theme: str | None = None, scale: float | None = None
    ) -> None:
        super().__init__(session, settings)
        self._theme = theme or str(settings.value("theme", "system"))
        self._scale = scale or _stored_scale(settings)
        self._lectures: Lectures | None = None
        self._going_on: GoingOn | None = None
        self._place = ""  # where the settings for the present use lie; "presenting/" while presenting
        self.setWindowTitle("Softmax Explorer")
        self.actions_by_name = make_actions(self)
        self.addActions(list(self.actions_by_name.values()))
        self._build()
        session.changed.connect(self._show)
        session.refused.connect(self.messages.say)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_theme_changed)
        self.apply_look()
        self._show(session.snapshot)
        for before, after in pairwise(self._buttons):
            QWidget.setTabOrder(before, after)
        self.setFocus()  # no control is lit up before a person reaches for one

    def _build(self) -> None:
        self._title = ElidedLabel(self)
        self._title.setText("Softmax Explorer")
        self._buttons = [
            self._button("↶", "Undo", self.undo),
            self._button("↷", "Redo", self.redo),
            self._button("Freeze", "Freeze the ghost (F)", self.freeze),
            self._button("◐", "Light or dark (Ctrl+T)", self.next_theme),
            self._button("☰", "Menu", self.open_menu),
        ]
        self._undo, self._redo, self._freeze = self._buttons[:3]
        self._freeze.setCheckable(True)
        self.session.undo_stack.canUndoChanged.connect(self._undo.setEnabled)
        self.session.undo_stack.canRedoChanged.connect(self._redo.setEnabled)
        self._undo.setEnabled(False)
        self._redo.setEnabled(False)
        self._header = QHBoxLayout()
        self._header.addWidget(self._title)
        self.tabs = Tabs(_VIEWS, self)
        self.tabs.chosen.connect(self.show_view)
        self._header.addWidget(self.tabs)
        self._header.addStretch(1)
        for button in self._buttons:
            self._header.addWidget(button)
        self._views: dict[str, View] = {}
        self._stack = QStackedLayout()
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        self._column.addLayout(self._header)
        self._middle = QHBoxLayout()
        self._middle.addLayout(self._stack, 1)
        self._column.addLayout(self._middle, 1)
        self._keys = KeysPage(self.actions_by_name, self)

    def _button(self, text: str, name: str, run: object) -> Button:
        button = Button(text, name, self)
        button.clicked.connect(run)
        return button

    def _show(self, snapshot: Snapshot) -> None:
        self._go_to(snapshot.intent.view)
        self.view.show_snapshot(snapshot)
        self._freeze.setChecked(snapshot.intent.ghost is not None)

    # -- views

    @property
    def view(self) -> View:
        """The present view."""
        return self._views[self.tabs.value]

    def _go_to(self, name: str) -> None:
        """Bring a view to the front; it is made on the first visit."""
        if name == self.tabs.value and name in self._views:
            return
        if name not in self._views:
            view = self._views[name] = _make_view(name, self.session, self)
            self._stack.addWidget(view)
            view.apply_look(self.look)
            QWidget.setTabOrder(view.panels[-1].canvas, self.tabs.first)
            QWidget.setTabOrder(self.tabs.last, self._buttons[0])
        self.tabs.show_value(name)
        self._stack.setCurrentWidget(self._views[name])

    def show_view(self, name: str) -> None:
        """Show the view of that name."""
        self.session.set(f"Show {dict(_VIEWS)[name]}", view=name)

    def finish_typing(self) -> None:
        """Take over what is half typed somewhere, before a command replaces what it belongs to."""
        field = QApplication.focusWidget()
        if isinstance(field, TextField):
            field.finish()

    def show_explore(self) -> None:
        """Show the Explore view."""
        self.show_view("explore")

    def show_vanishing(self) -> None:
        """Show the Vanishing view."""
        self.show_view("vanishing")

    def show_clinic(self) -> None:
        """Show the Clinic."""
        self.show_view("clinic")

    def show_layer(self) -> None:
        """Show the Layer view."""
        self.show_view("layer")

    def play(self) -> None:
        """Play the spread, or pause, where the view has something to play."""
        self.view.toggle_play()

    # -- look

    def apply_look(self) -> None:
        """Make the look from theme and scale, and hand it to every part."""
        look = Look(colours_for(self._theme), self._scale, QApplication.font().family())
        self.look = look
        QApplication.setPalette(palette(look))
        self._column.setContentsMargins(0, 0, 0, 0)
        self._header.setContentsMargins(look.px(16), look.px(5), look.px(8), 0)
        self._header.setSpacing(look.px(5))
        self._title.apply(look.font(14, bold=True), look.colour("text"))
        for button in self._buttons:
            button.apply_look(look)
        self.tabs.apply_look(look)
        for view in self._views.values():
            view.apply_look(look)
        self.messages.apply_look(look)
        self._keys.apply_look(look)
        if self._lectures is not None:
            self._lectures.apply_look(look)
        self.update()

    def larger(self) -> None:
        """Make everything larger."""
        self._set_scale(next((s for s in SCALES if s > self._scale + 1e-9), SCALES[-1]))

    def smaller(self) -> None:
        """Make everything smaller."""
        self._set_scale(next((s for s in reversed(SCALES) if s < self._scale - 1e-9), SCALES[0]))

    def normal_size(self) -> None:
        """Go back to scale 1."""
        self._set_scale(_PROJECTOR_SCALE if self._place else 1.0)

    def _set_scale(self, scale: float) -> None:
        if scale != self._scale:
            self._scale = scale
            self._settings.setValue(f"{self._place}scale", scale)
            self.apply_look()

    def next_theme(self) -> None:
        """Switch between light and dark."""
        self._set_theme("light" if self.look.colours.name == "dark" else "dark")

    def follow_system(self) -> None:
        """Follow the desktop's theme from now on."""
        self._set_theme("system")

    def _set_theme(self, theme: str) -> None:
        self._theme = theme
        self._settings.setValue(f"{self._place}theme", theme)
        self.apply_look()

    def _system_theme_changed(self) -> None:
        if self._theme == "system":
            self.apply_look()

    def full_screen(self) -> None:
        """Go to full screen, or back."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    # -- lectures

    @property
    def lectures(self) -> "Lectures":
        """What there is of lectures; loaded with the first use."""
        if self._lectures is None:
            from explorer.window.presenting.lectures import Lectures

            self._lectures = Lectures(self, self._settings)
            if self._going_on is not None:
                self._lectures.changed.connect(self._going_on.touch)
        return self._lectures

    def keep_place(self, folder: Path, said: str = "") -> None:
        """Keep where the person is in a folder; offer what a hard end has left there, after what is said already."""
        from explorer.window.going_on import GoingOn

        self._going_on = GoingOn(self, folder)
        if self._lectures is not None:
            self._lectures.changed.connect(self._going_on.touch)
        self._going_on.begin(said)

    def where(self) -> "Where":
        """Return where the person is: the state, and the lecture and scene, if one is open."""
        from explorer.session.recovery import Where

        return Where(self.session.intent) if self._lectures is None else self._lectures.where()

    def views(self) -> list[View]:
        """Return the views made so far."""
        return list(self._views.values())

    def insert_below_header(self, widget: QWidget) -> None:
        """Put a widget above the view."""
        self._column.insertWidget(1, widget)
        widget.show()

    def insert_at_bottom(self, widget: QWidget) -> None:
        """Put a widget below the view."""
        self._column.addWidget(widget)

    def insert_at_right(self, widget: QWidget) -> None:
        """Put a widget beside the view."""
        self._middle.addWidget(widget)

    def begin_presenting(self) -> None:
        """Take the projector's scale and theme, and put the header away."""
        self._before_presenting = self._scale, self._theme
        self._place = "presenting/"
        self._stay_in_size()
        self._scale = _stored_scale(self._settings, "presenting/scale", _PROJECTOR_SCALE)
        self._theme = str(self._settings.value("presenting/theme", "light"))
        self._show_header(False)
        self.apply_look()

    def pose(self) -> None:
        """Put the header away for a picture."""
        self._before_presenting = self._scale, self._theme
        self._stay_in_size()
        self._show_header(False)

    def _stay_in_size(self) -> None:
        """Have no part ask for more room than there is: the screen is as large as it is."""
        self._column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setMinimumSize(0, 0)

    def end_presenting(self) -> None:
        """Go back to the scale and theme of before."""
        self._scale, self._theme = self._before_presenting
        self._place = ""
        self._column.setSizeConstraint(QLayout.SizeConstraint.SetDefaultConstraint)
        self._show_header(True)
        self.apply_look()

    def _show_header(self, shown: bool) -> None:
        for widget in (self._title, self.tabs, *self._buttons):
            widget.setVisible(shown)

    def menu_corner(self) -> QPoint:
        """Return where a menu opens, on the screen."""
        return self._buttons[-1].mapToGlobal(self._buttons[-1].rect().bottomRight())

    # -- edit

    def undo(self) -> None:
        """Take back the last change."""
        self.session.undo_stack.undo()

    def redo(self) -> None:
        """Make the last change taken back again."""
        self.session.undo_stack.redo()

    def reset(self) -> None:
        """Go back to the state started from."""
        self.session.reset()

    def freeze(self) -> None:
        """Keep the present probabilities as a ghost to compare with, or let it go."""
        intent = self.session.intent
        frozen = intent.ghost is not None
        self.session.set("Let the ghost go" if frozen else "Freeze", ghost=None if frozen else intent.effective)
        self._freeze.setChecked(not frozen)

    # -- help, menu, window

    def show_keys(self) -> None:
        """Show the key map."""
        self._keys.open()

    @property
    def helping(self) -> bool:
        """Is the key map shown?"""
        return self._keys.isVisible()

    def open_menu(self) -> None:
        """Open the menu of all commands."""
        menu = self.make_menu()
        corner = self.menu_corner()
        menu.popup(QPoint(corner.x() - menu.sizeHint().width(), corner.y()))

    def make_menu(self) -> QMenu:
        """Return the menu of all commands, by group."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setFont(self.look.font(13))
        group, lecture = None, None
        for action in self.actions_by_name.values():
            if group not in (None, action.command.group):
                menu.addSeparator()
            group = action.command.group
            if group == "Lecture":  # many, and of no use to most
                if lecture is None:
                    lecture = menu.addMenu("Lecture")
                    lecture.setFont(menu.font())
                lecture.addAction(action)
            else:
                menu.addAction(action)
        return menu

    def close_window(self) -> None:
        """Close the window, which ends the app."""
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.messages.isVisible():
                self.messages.hide()
            elif self.isFullScreen():
                self.showNormal()
        elif event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.play()  # whatever has the focus leaves Space to the window: nothing there can be pressed
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._lectures is not None:
            self._lectures.may_close(event)
            if not event.isAccepted():
                return
        if self._going_on is not None:
            self._going_on.end()
        self._settings.setValue("geometry", self.saveGeometry())
        super().closeEvent(event)

    def restore_geometry(self) -> None:
        """Go where the window was, or to a good size on a first start."""
        geometry = self._settings.value("geometry")
        if not isinstance(geometry, QByteArray) or not self.restoreGeometry(geometry):
            available = self.screen().availableGeometry().size()
            self.resize(QSize(1440, 900).boundedTo(available - QSize(24, 48)))  # less the window's frame

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.messages.place()
        if self._keys.isVisible():
            self._keys.setGeometry(self.rect())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.look.colour("ground"))
        painter.end()


def _make_view(name: str, session: Session, parent: QWidget) -> View:
    if name == "explore":
        return ExploreView(session, parent)
    if name == "clinic":
        from explorer.window.clinic_view import ClinicView  # only now: a start needs none of it

        return ClinicView(session, parent)
    if name == "layer":
        from explorer.window.layer_view import LayerView  # only now: a start needs none of it

        return LayerView(session, parent)
    from explorer.window.vanishing_view import VanishingView

    return VanishingView(session, parent)


def _stored_scale(settings: QSettings, name: str = "scale", usual: float = 1.0) -> float:
    try:
        scale = float(str(settings.value(name, usual)))
    except ValueError:
        return usual
    return scale if SCALES[0] <= scale <= SCALES[-1] else usual
