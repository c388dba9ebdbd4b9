"""PresenterKeys: while presenting, the keys of a lecturer and of a remote work whatever has the focus.

It is an event filter of the application, there only meanwhile: a focused spin box would swallow PageDown and B. What
a person types into a field on purpose stays there: digits in a number field, everything in a text being edited.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSlider,
    QWidget,
)

from explorer.panels.canvas import Canvas
from explorer.panels.panel import Panel
from explorer.window.presenting.answers import HandsField
from explorer.window.widgets import NumberField

if TYPE_CHECKING:
    from explorer.window.presenting.stage import Stage

_NUMBER_STAYS_MS = 5000
_K = Qt.Key
_MODIFIERS = {_K.Key_Shift, _K.Key_Control, _K.Key_Alt, _K.Key_Meta, _K.Key_AltGr, _K.Key_CapsLock, _K.Key_NumLock}
_PAGES = {_K.Key_PageDown: 1, _K.Key_PageUp: -1}
_TURNS = {_K.Key_Right: 1, _K.Key_Left: -1}
_Run = Callable[[], object]


class PresenterKeys(QObject):
    """Sees every event of the application while presenting."""

    def __init__(self, stage: "Stage") -> None:
        super().__init__(stage)
        self._stage = stage
        self._clicked: QWidget | None = None  # the field that was clicked into
        self._passed: QWidget | None = None  # what the present key press was left to
        self.number = ""  # the scene being typed
        self._forget = QTimer(self, singleShot=True, interval=_NUMBER_STAYS_MS)
        self._forget.timeout.connect(self.forget_number)
        self._letters: dict[int, _Run] = {
            int(_K.Key_B): stage.black,
            int(_K.Key_W): stage.white,
            int(_K.Key_R): stage.restore,
            int(_K.Key_F): stage.freeze,
            int(_K.Key_Z): stage.zoom,
            int(_K.Key_N): stage.toggle_notes,
            int(_K.Key_P): stage.play,
            int(_K.Key_H): stage.count_hands,
        }

    def install(self) -> None:
        """Begin to listen."""
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]

    def remove(self) -> None:
        """Stop listening."""
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        self._clicked = None
        self.forget_number()

    def forget_number(self) -> None:
        """Drop the number being typed."""
        self._forget.stop()
        if self.number:
            self.number = ""
            self._stage.show_number("")

    # -- events

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.KeyPress or kind == QEvent.Type.ShortcutOverride:
            return isinstance(event, QKeyEvent) and self._on_key(watched, event, kind == QEvent.Type.KeyPress)
        if kind == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._stage.pointer_moved(event.globalPosition().toPoint())
        elif kind == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            self._stage.show_model.finish()
            self._clicked = watched
        elif kind == QEvent.Type.MouseButtonDblClick and isinstance(watched, QWidget):
            return self._double_click(watched)
        return False

    def _on_key(self, watched: QObject, event: QKeyEvent, pressed: bool) -> bool:
        if not isinstance(watched, QWidget) or event.key() in _MODIFIERS or not self._stage.owns(watched):
            return False
        if not pressed:
            self._passed = None
        elif self._passed is not None and watched.isAncestorOf(self._passed):
            return False  # a field has had it, and has handed it on
        run = self._action(event)
        if run is None:
            if pressed:
                self._passed = watched
                self._stage.show_model.finish()
            return False
        event.accept()  # as an override: no shortcut takes it, it comes back as a press
        if pressed and not event.isAutoRepeat():
            self._stage.show_model.finish()
            run()
        return True

    def _double_click(self, watched: QWidget) -> bool:
        """Zoom the panel whose picture or title was clicked twice."""
        if not self._stage.owns(watched):
            return False
        parent = watched.parentWidget()
        picture = isinstance(parent, Canvas) or isinstance(watched, QLabel | Panel)
        panel: QWidget | None = watched
        while panel is not None and not isinstance(panel, Panel):
            panel = panel.parentWidget()
        if panel is None or not picture:
            return False
        self._stage.zoom_panel(panel)
        return True

    # -- what a key does

    def _action(self, event: QKeyEvent) -> _Run | None:
        stage, key = self._stage, event.key()
        if stage.blanked:
            return stage.unblank
        if QApplication.activeModalWidget() is not None or stage.window.helping:
            return None
        popup = QApplication.activePopupWidget()
        if popup is not None:
            return self._out_of(popup, key)
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if modifiers not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
            return None
        if key == _K.Key_F5:
            return _nothing
        if key in _PAGES:
            return stage.next if _PAGES[_K(key)] > 0 else stage.previous
        focus = QApplication.focusWidget()
        if key == _K.Key_Escape:
            return self._escape(focus)
        if key in (_K.Key_Return, _K.Key_Enter):
            return self._enter(focus)
        return self._plain(key, focus)

    def _out_of(self, popup: QWidget, key: int) -> _Run | None:
        """A list that is open keeps its keys, but not those of a remote."""
        if key not in _PAGES:
            return None
        popup.close()
        return self._stage.next if _PAGES[_K(key)] > 0 else self._stage.previous

    def _plain(self, key: int, focus: QWidget | None) -> _Run | None:
        stage, typing = self._stage, self._typing(focus)
        number = isinstance(focus, NumberField | HandsField | QAbstractSpinBox)
        if key == _K.Key_Space:
            return None if typing and not number else stage.next
        if key == _K.Key_Period:
            return None if typing else stage.black
        if key in self._letters:
            return None if typing and not number else self._letters[key]
        if _K.Key_0 <= key <= _K.Key_9:
            return None if isinstance(focus, QLineEdit | QPlainTextEdit | QAbstractSpinBox) else self._digit(key)
        if key == _K.Key_Backspace and self.number:
            return self._shorten
        if isinstance(focus, QSlider | Canvas | QLineEdit | QPlainTextEdit | QAbstractSpinBox):
            return None
        if key in _TURNS:
            return stage.next if _TURNS[_K(key)] > 0 else stage.previous
        return {int(_K.Key_Home): stage.first, int(_K.Key_End): stage.last}.get(key)

    def _typing(self, focus: QWidget | None) -> bool:
        """Is a field being edited: clicked into, or something typed already?"""
        if isinstance(focus, QPlainTextEdit):
            return True
        if isinstance(focus, QAbstractSpinBox):
            return focus is self._clicked
        return isinstance(focus, QLineEdit) and (focus.isModified() or focus is self._clicked)

    def _digit(self, key: int) -> _Run:
        digit = key - int(_K.Key_0)
        if not self.number and self._stage.takes_answer(digit):
            return _Answer(self._stage, digit)
        return _Digit(self, digit)

    def type_digit(self, digit: int) -> None:
        """Add a figure to the number of the scene to go to."""
        self.number = (self.number + str(digit))[-3:]
        self._stage.show_number(self.number)
        self._forget.start()

    def _shorten(self) -> None:
        self.number = self.number[:-1]
        self._stage.show_number(self.number)

    def _enter(self, focus: QWidget | None) -> _Run | None:
        if self.number:
            return self._jump
        if isinstance(focus, QPlainTextEdit) or (isinstance(focus, QLineEdit) and focus.isModified()):
            return None
        return self._stage.reveal if self._stage.show_model.asking else None

    def _jump(self) -> None:
        number = int(self.number)
        self.forget_number()
        self._stage.jump(number - 1)

    def _escape(self, focus: QWidget | None) -> _Run | None:
        if self.number:
            return self.forget_number
        if isinstance(focus, QLineEdit) and focus.isModified():
            return None
        return self._stage.escape


class _Answer:
    def __init__(self, stage: "Stage", digit: int) -> None:
        self._stage, self._digit = stage, digit

    def __call__(self) -> None:
        self._stage.show_model.answer(self._digit - 1)


class _Digit:
    def __init__(self, keys: PresenterKeys, digit: int) -> None:
        self._keys, self._value = keys, digit

    def __call__(self) -> None:
        self._keys.type_digit(self._value)


def _nothing() -> None:
    """Take a key and do nothing."""
