"""Your function in the Clinic: within reach, nothing clipped, nothing typed is lost, and its code is coloured."""

from collections.abc import Callable

import pytest
from hands import SIZES, clipped, press
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.panels.code_editor import CodeEditor
from explorer.panels.code_ink import _LONGEST
from explorer.panels.code_look import code_colours
from explorer.panels.look import Look
from explorer.session.clinic_choice import ClinicChoice
from explorer.session.intent import Intent
from explorer.window.clinic_view import ClinicView
from explorer.window.main_window import MainWindow
from explorer.window.theme import LIGHT

MakeWindow = Callable[..., MainWindow]
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def clinic(make_window: MakeWindow) -> ClinicView:
    return clinic_of(make_window(Intent(view="clinic", clinic=ClinicChoice(page="function"))))


def clinic_of(window: MainWindow) -> ClinicView:
    """Return the Clinic of a window that shows it."""
    assert isinstance(window.view, ClinicView)
    return window.view


def test_it_is_a_part_of_the_clinic(make_window: MakeWindow) -> None:
    clinic = clinic_of(make_window(Intent(view="clinic")))
    assert not clinic.function_panel.isVisible() and clinic.controls.isVisible()
    QTest.mouseClick(clinic.bar.page.segments["function"], Qt.MouseButton.LeftButton)
    assert clinic.function_panel.isVisible() and not clinic.list_panel.isVisible()
    assert not clinic.controls.isVisible() and clinic.reading.isVisible()
    QTest.mouseClick(clinic.bar.page.segments["check"], Qt.MouseButton.LeftButton)
    assert clinic.check_panel.isVisible() and not clinic.function_panel.isVisible()
    assert clinic.controls.isVisible()


def test_what_is_typed_outlasts_other_views_and_undo(clinic: ClinicView) -> None:
    window, editor = clinic.window(), clinic.function_panel.editor
    assert isinstance(window, MainWindow)
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, "x = 1")
    window.show_explore()
    window.undo()
    window.show_view("explore")
    window.reset()
    window.apply_look()
    window.session.set("There again", view="clinic", clinic=ClinicChoice(page="function"))
    assert clinic_of(window).function_panel.editor is editor
    assert editor.code == "x = 1"
    QTest.keyClick(editor, Qt.Key.Key_Z, CONTROL)
    assert editor.code != "x = 1" and window.session.intent.view == "clinic"


def test_tab_goes_through_it(clinic: ClinicView) -> None:
    window, reached = clinic.window(), []
    window.activateWindow()
    clinic.bar.page.segments["function"].setFocus()
    for _ in range(len(clinic.function_panel.tab_chain())):
        widget = QApplication.focusWidget()
        if isinstance(widget, CodeEditor):
            press(widget, Qt.Key.Key_Escape)
        press(widget, Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())
    assert reached == [widget for widget in clinic.function_panel.tab_chain() if widget.isEnabled()] + reached[-1:]
    assert reached[-1] not in clinic.function_panel.tab_chain()


def test_it_runs_in_the_window(clinic: ClinicView, qtbot: QtBot) -> None:
    panel = clinic.function_panel
    panel.editor.setFocus()
    with qtbot.waitSignal(panel.run.finished, timeout=30_000):
        press(panel.editor, Qt.Key.Key_Return, CONTROL)
    assert "row-sum" in panel.diagnosis.toPlainText()
    assert "0" in panel.diagnosis.toPlainText()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("size", "scale"), SIZES)
def test_nothing_is_clipped(make_window: MakeWindow, size: tuple[int, int], scale: float, theme: str) -> None:
    intent = Intent(view="clinic", clinic=ClinicChoice(page="function"))
    window = make_window(intent, size, theme=theme, scale=scale)
    assert clipped(window) == []
    panel = clinic_of(window).function_panel
    code = panel.editor.code.splitlines()
    assert panel.editor.viewport().height() >= len(code) * panel.editor.fontMetrics().height()
    assert panel.diagnosis.height() > 0.6 * panel.height()


# -- colours


@pytest.fixture
def editor(qtbot: QtBot) -> CodeEditor:
    editor = CodeEditor("code")
    qtbot.addWidget(editor)
    editor.apply_look(Look(LIGHT))
    return editor


def roles(editor: CodeEditor) -> list[str]:
    """Return the role of each letter of each line: its first letter, blank where it is plain."""
    names = {colour.name(): role for role, colour in code_colours(Look(LIGHT)).items() if role not in ("plain", "name")}
    found = []
    for number in range(editor.blockCount()):
        block = editor.document().findBlockByNumber(number)
        line = [" "] * len(block.text())
        for part in block.layout().formats():
            colour = QColor(part.format.foreground().color()).name()
            line[part.start : part.start + part.length] = names.get(colour, " ")[0] * part.length
        found.append("".join(line))
    return found


def test_code_is_coloured_as_it_is_typed(editor: CodeEditor) -> None:
    QTest.keyClicks(editor, "def f(z): # hm")
    assert roles(editor) == ["kkk       cccc"]
    press(editor, Qt.Key.Key_Return)
    QTest.keyClicks(editor, "return 12 + len('a')")
    assert roles(editor)[1].strip() == "kkkkkk nn   bbb sss"


def test_a_string_of_several_lines_is_coloured_when_it_is_closed(editor: CodeEditor) -> None:
    editor.replace_code("x = '''a\nb\nc\ny = 1")
    cursor = editor.textCursor()
    cursor.setPosition(len("x = '''a\nb\nc"))
    cursor.insertText("'''")
    assert roles(editor) == ["    ssss", "s", "ssss", "    n"]


def test_very_long_code_stays_plain(editor: CodeEditor) -> None:
    editor.replace_code("import numpy\n" + "#" * _LONGEST)
    assert set("".join(roles(editor))) == {" "}
