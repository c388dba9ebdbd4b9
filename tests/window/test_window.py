"""The window: sizes and scales, theme, commands, files and pastes, what is remembered."""

import json

import numpy as np
import pytest
from hands import SIZES, clipped, panel, picture, press
from PySide6.QtCore import QMimeData, QPoint, QSettings, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from explorer.session.presets import START
from explorer.session.state_line import to_line
from explorer.window.commands import OTHER_KEYS
from explorer.window.theme import DARK, LIGHT


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("size", "scale"), SIZES, ids=str)
def test_nothing_is_clipped_or_scrolled(make_window, size, scale, theme):
    window = make_window(size=size, scale=scale, theme=theme)
    assert (window.width(), window.height()) == size
    assert clipped(window) == []
    assert window.view.controls._scroll.verticalScrollBar().maximum() == 0
    assert all(min(p.canvas.plot_size) > 60 for p in window.view.panels)


def test_the_check_for_clipping_can_fail(make_window):
    window = make_window(size=(640, 420), scale=2.5)
    assert clipped(window) or window.width() > 640


def test_scale_is_remembered(make_window):
    window = make_window(scale=None)
    height = window.view.controls.rows[0].height()
    QTest.keyClick(window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    QApplication.processEvents()
    assert window.look.scale == 1.15
    assert window.view.controls.loss.font().pixelSize() == 14
    other = make_window(scale=None)
    assert other.look.scale == 1.15
    other.normal_size()
    assert other.look.scale == 1.0 and other.view.controls.rows[0].height() <= height + 1


def test_theme_switches_and_is_remembered(make_window):
    window = make_window()
    light = picture(window)
    window.next_theme()
    assert window.look.colours is DARK
    dark = picture(window)
    assert dark != light
    assert dark.pixelColor(2, 2).lightness() < 60 < 200 < light.pixelColor(2, 2).lightness()
    assert make_window(theme=None).look.colours is DARK
    window.next_theme()
    assert window.look.colours is LIGHT and picture(window) == light


def test_broken_settings_do_no_harm(make_window):
    QSettings().setValue("scale", "enormous")
    QSettings().setValue("theme", "plaid")
    QSettings().setValue("geometry", "nowhere")
    window = make_window(theme=None, scale=None)
    window.restore_geometry()
    assert window.look.scale == 1.0 and window.look.colours in (LIGHT, DARK)


def test_commands_are_told_apart(window):
    commands = [action.command for action in window.actions_by_name.values()]
    keys = [key for command in commands for key in command.keys]
    assert len(set(keys)) == len(keys)
    assert all(not QKeySequence(key).isEmpty() for key in keys)
    assert len({command.text for command in commands}) == len(commands)


def test_help_page_and_menu_are_made_from_the_table(window):
    window.show_keys()
    page = window._keys
    assert page.isVisible()
    shown = {text: keys for keys, text in page.lines}
    for action in window.actions_by_name.values():
        for key in action.command.keys:
            assert (
                QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
                in shown[action.command.text.rstrip("…")]
            )
    assert all(line in page.lines for line in OTHER_KEYS)
    press(page, Qt.Key.Key_Escape)
    assert not page.isVisible()
    menu = window.make_menu()
    entries = [entry for action in menu.actions() for entry in (action.menu().actions() if action.menu() else [action])]
    texts = [action.text() for action in entries if action.text()]
    assert texts == [action.command.text for action in window.actions_by_name.values()]


@pytest.mark.parametrize(
    ("key", "modifiers", "effect"),
    [
        (Qt.Key.Key_F, Qt.KeyboardModifier.NoModifier, lambda w: w.session.intent.ghost is not None),
        (Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier, lambda w: w.session.intent == START),
        (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier, lambda w: w.session.intent == START),
        (Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier, lambda w: w._keys.isVisible()),
        (Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier, lambda w: w.look.colours is DARK),
    ],
)
def test_keys_work_wherever_the_focus_is(window, key, modifiers, effect):
    window.activateWindow()
    window.view.controls.loss.setFocus()
    window.session.set("t", spread=2.0)
    QTest.keyClick(window.view.controls.loss, key, modifiers)
    assert effect(window)


def test_tab_reaches_everything_and_everything_has_a_name(window):
    window.activateWindow()
    reached, widget = set(), window.view.controls.rows[0].label
    widget.setFocus()
    for _ in range(120):
        reached.add(QApplication.focusWidget())
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    wanted = {p.canvas for p in window.view.panels} | {row.slider for row in window.view.controls.rows}
    wanted |= {window.view.controls.presets, window.view.controls.spread.slider, *window._buttons[2:]}
    assert wanted <= reached
    assert all(w.accessibleName() for w in reached)


def test_files_dropped_and_loaded(window, tmp_path):
    path = tmp_path / "row.json"
    path.write_text(json.dumps({"logits": [1, 2, 5], "labels": ["a", "b", "c"]}))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    action, button, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPoint(9, 9), action, data, button, none))
    assert window.session.intent.logits == (1.0, 2.0, 5.0)
    assert window.session.intent.labels == ("a", "b", "c")
    assert not window.messages.isVisible()


def test_a_table_asks_for_its_row(window, tmp_path):
    np.save(tmp_path / "table.npy", np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]]))
    window.load_file(tmp_path / "table.npy")
    assert window.session.intent.logits == (1.0, 2.0)
    assert "3 rows" in window.messages.text()
    window.messages._row.setValue(3)
    assert window.session.intent.logits == (5.0, 7.0)
    window.undo()
    window.undo()
    assert window.session.intent == START


@pytest.mark.parametrize("text", ["", "cat dog", "nan 1", "softmax9?z=1", "softmax1?z=", "1 " * 13])
def test_a_bad_paste_is_a_sentence(window, text):
    QGuiApplication.clipboard().setText(text)
    window.paste()
    assert window.session.intent == START
    assert window.messages.isVisible() and window.messages.text().endswith(".")
    press(window, Qt.Key.Key_Escape)
    assert not window.messages.isVisible()


def test_state_line_goes_out_and_comes_back(window):
    window.session.set("t", spread=3.5, loss="focal")
    window.copy_state()
    line = QGuiApplication.clipboard().text()
    assert line == to_line(window.session.intent)
    window.reset()
    window.paste()
    assert (window.session.intent.spread, window.session.intent.loss) == (3.5, "focal")


def test_a_missing_file_is_named(window, tmp_path):
    window.load_file(tmp_path / "gone.csv")
    assert "gone.csv" in window.messages.text()
    assert window.session.intent == START


def test_message_lies_over_the_window_and_moves_nothing(window):
    before = [p.geometry() for p in window.view.panels]
    window.messages.say("A sentence of some length that says what happened, where, and what can be done about it.")
    QApplication.processEvents()
    assert [p.geometry() for p in window.view.panels] == before
    assert window.rect().contains(window.messages.geometry())


def test_paste_into_a_field_stays_in_the_field(window):
    field = window.view.controls.rows[0].label
    assert isinstance(field, QLineEdit)
    window.activateWindow()
    field.setFocus()
    QGuiApplication.clipboard().setText("7 8 9")
    QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert "7 8 9" in field.text()
    assert window.session.intent == START


def test_panels_keep_their_numbers_in_step_with_the_picture(window):
    for title in ("Probabilities", "Jacobian", "Loss gradient", "Vanishing"):
        assert panel(window, title).canvas.accessibleName() == title
