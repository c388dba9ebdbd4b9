"""Your function: typed or opened, run when asked, diagnosed; the window stays alive and nothing typed is lost."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hands import press
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from explorer.panels import your_function
from explorer.panels.buttons import Button
from explorer.panels.look import Look
from explorer.panels.your_function import START, YourFunctionPanel
from explorer.session.session import Session
from explorer.trial.outcome import Outcome
from explorer.window.theme import DARK, LIGHT

RIGHT = (
    "import numpy as np\n\n\n"
    "def softmax(z):\n"
    "    e = np.exp(z - z.max(axis=-1, keepdims=True))\n"
    "    return e / e.sum(axis=-1, keepdims=True)\n"
)
MakePanel = Callable[..., YourFunctionPanel]


@pytest.fixture
def make_panel(qtbot: QtBot) -> MakePanel:
    def make(size: tuple[int, int] = (960, 560), scale: float = 1.0, dark: bool = False) -> YourFunctionPanel:
        panel = YourFunctionPanel(Session())
        qtbot.addWidget(panel)
        panel.apply_look(Look(DARK if dark else LIGHT, scale, QApplication.font().family()))
        panel.resize(*size)
        panel.show()
        qtbot.waitExposed(panel)
        QApplication.processEvents()
        return panel

    return make


@pytest.fixture
def panel(make_panel: MakePanel) -> YourFunctionPanel:
    return make_panel()


def run(panel: YourFunctionPanel, qtbot: QtBot) -> str:
    """Press Run it, wait for the outcome, and return the text shown."""
    with qtbot.waitSignal(panel.run.finished, timeout=30_000):
        QTest.mouseClick(panel.run_button, Qt.MouseButton.LeftButton)
    return panel.diagnosis.toPlainText()


def functions(panel: YourFunctionPanel) -> list[str]:
    """Return the functions that can be picked."""
    return [panel.function.itemText(index) for index in range(panel.function.count())]


# -- running


def test_the_text_to_start_with_runs_and_is_wrong(panel: YourFunctionPanel, qtbot: QtBot) -> None:
    assert panel.editor.code == START
    assert (functions(panel), panel.function.currentData()) == (["softmax(z)", "softmax_grad(z)"], "softmax_grad")
    shown = run(panel, qtbot)
    assert shown.startswith("✗ Wrong\nsoftmax_grad, taken as ")
    assert "Mend it\n" in shown and "Largest relative error\n" in shown
    assert panel.diagnosis.accessibleDescription() == shown


def test_ctrl_return_runs_from_every_control(panel: YourFunctionPanel, qtbot: QtBot) -> None:
    panel.editor.replace_code(RIGHT)
    for widget in (panel.editor, panel.function, panel.run_button, panel.diagnosis):
        with qtbot.waitSignal(panel.run.finished, timeout=30_000):
            press(widget, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert panel.diagnosis.toPlainText().startswith("✓ Correct\nsoftmax, taken as the softmax\n")
    assert panel.editor.code == RIGHT


def test_the_kind_is_handed_on(panel: YourFunctionPanel, qtbot: QtBot) -> None:
    panel.kind.show_value("elementwise")
    assert "taken as a derivative per entry" in run(panel, qtbot)


def test_the_window_stays_alive_and_stop_stops(panel: YourFunctionPanel, qtbot: QtBot) -> None:
    panel.editor.replace_code("def f(z):\n    while True:\n        pass\n")
    panel.start()
    assert (panel.run_button.isEnabled(), panel.stop_button.isEnabled()) == (False, True)
    panel.start()  # nothing: it runs already
    ticks: list[float] = []
    panel.run.ticked.connect(ticks.append)
    qtbot.waitUntil(lambda: len(ticks) >= 5 and ticks[-1] > 0.3, timeout=10_000)
    assert panel._warning.text().startswith("Running, 0.")
    panel.stop_button.setFocus()
    with qtbot.waitSignal(panel.run.finished, timeout=10_000):
        press(panel.stop_button, Qt.Key.Key_Space)
    assert "You stopped it before there was a result." in panel.diagnosis.toPlainText()
    assert (panel.run_button.isEnabled(), panel.stop_button.isEnabled()) == (True, False)
    assert panel._warning.text().startswith("Runs your code with your rights, in a separate process")


def test_no_timer_runs_but_while_the_code_does(panel: YourFunctionPanel, qtbot: QtBot) -> None:
    timers = (panel.run._timer, panel._listing)
    assert not any(timer.isActive() for timer in timers)
    panel.start()
    assert panel.run._timer.isActive()
    qtbot.waitUntil(lambda: not panel.run.running, timeout=30_000)
    assert not any(timer.isActive() for timer in timers)


def test_a_second_run_replaces_the_first(panel: YourFunctionPanel, qtbot: QtBot) -> None:
    seen: list[Outcome] = []
    panel.run.finished.connect(seen.append)
    panel.editor.replace_code("import time\ndef f(z):\n    time.sleep(100)\n")
    panel.start()
    first = panel.run._work
    assert first is not None
    source = your_function.Source(RIGHT)
    panel.run.start(source, "softmax", None, 10.0, 1024)
    qtbot.waitUntil(lambda: bool(seen), timeout=30_000)
    first.join(5)
    assert not first.is_alive()  # it was stopped long before its time
    QTest.qWait(100)
    assert [outcome.verdict for outcome in seen] == ["correct"]


def test_an_exception_marks_its_line(panel: YourFunctionPanel, qtbot: QtBot) -> None:
    panel.editor.replace_code("def f(z):\n    x = 1\n    raise ValueError('<b>no</b>')\n")
    shown = run(panel, qtbot)
    assert "Line 3, in f: ValueError: <b>no</b>." in shown
    assert panel.editor._marked == 3
    assert panel.editor.textCursor().blockNumber() == 2
    QTest.keyClicks(panel.editor, "#")
    assert panel.editor._marked is None and panel.editor.extraSelections() == []


def test_code_that_is_no_python_is_told(panel: YourFunctionPanel, qtbot: QtBot) -> None:
    panel.editor.replace_code("x = 1\ndef f(:\n")
    assert "Line 2: this is no valid Python" in run(panel, qtbot)
    assert panel.editor._marked == 2


def test_what_was_printed_is_shown_cut(panel: YourFunctionPanel, qtbot: QtBot) -> None:
    panel.editor.replace_code(RIGHT + "for k in range(50):\n    print('<i>', k)\n")
    shown = run(panel, qtbot)
    assert "It printed\n<i> 0\n" in shown.replace("\u2028", "\n") and "…" in shown and "<i> 40" not in shown


# -- the code and the functions in it


def test_typing_lists_the_functions_and_keeps_the_one_picked(panel: YourFunctionPanel, qtbot: QtBot) -> None:
    panel.function.setCurrentIndex(0)
    panel.function.activated.emit(0)
    panel.editor.moveCursor(panel.editor.textCursor().MoveOperation.End)
    QTest.keyClicks(panel.editor, "def another(z): return z")
    qtbot.waitUntil(lambda: len(functions(panel)) == 3, timeout=5000)
    assert panel.function.currentData() == "softmax"
    QTest.keyClicks(panel.editor, "(")  # no Python at the moment: the list stays
    panel.list_functions()
    assert len(functions(panel)) == 3


def test_code_without_functions_says_so(panel: YourFunctionPanel, qtbot: QtBot) -> None:
    panel.editor.replace_code("x = 1")
    panel.list_functions()
    assert not panel.function.isEnabled()
    assert "There is no function in your code" in run(panel, qtbot)


def test_tab_indents_and_leaves_after_escape(panel: YourFunctionPanel) -> None:
    editor = panel.editor
    editor.setFocus()
    editor.replace_code("ab\nc")
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.code == "    ab\nc"
    editor.selectAll()
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.code == "        ab\n    c"
    editor.selectAll()
    for _ in range(3):
        QTest.keyClick(editor, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert editor.code == "ab\nc"
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert (editor.code, editor.hasFocus()) == ("ab\nc", False)
    editor.setFocus()
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.code != "ab\nc"


def test_a_new_line_is_indented_like_the_last(panel: YourFunctionPanel) -> None:
    panel.editor.replace_code("")
    QTest.keyClicks(panel.editor, "def f(z):")
    QTest.keyClick(panel.editor, Qt.Key.Key_Return)
    QTest.keyClicks(panel.editor, "x = 1")
    QTest.keyClick(panel.editor, Qt.Key.Key_Return)
    QTest.keyClicks(panel.editor, "return x")
    assert panel.editor.code == "def f(z):\n    x = 1\n    return x"


def test_undo_is_the_editors_own(panel: YourFunctionPanel) -> None:
    QTest.keyClick(panel.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.editor.code == START
    panel.editor.replace_code("x = 1")
    QTest.keyClick(panel.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.editor.code == START
    assert not panel.session.undo_stack.canUndo()


# -- files


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "helper.py").write_text("from numpy import exp")
    path = tmp_path / "mine.py"
    path.write_text(RIGHT.replace("np.exp", "exp") + "from helper import exp\n")
    return path


def test_a_file_is_opened_and_finds_its_helpers(
    panel: YourFunctionPanel, qtbot: QtBot, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    QTest.mouseClick(panel.open_button, Qt.MouseButton.LeftButton)
    assert panel.editor.code == file.read_text()
    assert panel._file.text() == "mine.py"
    assert functions(panel) == ["softmax(z)"]
    assert run(panel, qtbot).startswith("✓ Correct")
    QTest.keyClicks(panel.editor, "#")
    assert panel._file.text() == "mine.py, changed here"
    assert run(panel, qtbot).startswith("✓ Correct")  # still with its helpers


def test_a_file_changed_elsewhere_is_read_again(panel: YourFunctionPanel, qtbot: QtBot, file: Path) -> None:
    panel.load(file)
    file.write_text("def other(z):\n    raise ValueError\n")
    assert "Line 2, in other: ValueError." in run(panel, qtbot)
    assert panel.editor.code == file.read_text()
    file.unlink()
    QTest.mouseClick(panel.run_button, Qt.MouseButton.LeftButton)
    assert "“mine.py” does not exist" in panel.diagnosis.toPlainText()
    assert panel.editor.code == "def other(z):\n    raise ValueError\n"


def test_a_file_that_cannot_be_read_changes_nothing(panel: YourFunctionPanel, tmp_path: Path) -> None:
    (tmp_path / "binary.py").write_bytes(b"\0\1")
    panel.load(tmp_path / "binary.py")
    assert "“binary.py” is no text of Python code" in panel.diagnosis.toPlainText()
    assert panel.editor.code == START


def test_a_file_can_be_dropped(panel: YourFunctionPanel, file: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    action, buttons, modifiers = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    panel.dropEvent(QDropEvent(QPoint(5, 5), action, data, buttons, modifiers))
    assert panel.editor.code == file.read_text()
    assert not panel.editor.canInsertFromMimeData(data)
    data = QMimeData()
    data.setText("x = 1")
    assert panel.editor.canInsertFromMimeData(data)


# -- the look


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("size", "scale"), [((960, 560), 1.0), ((1024, 560), 1.5), ((660, 560), 1.5)])
def test_everything_has_its_place(
    make_panel: MakePanel, qtbot: QtBot, size: tuple[int, int], scale: float, dark: bool
) -> None:
    panel = make_panel(size, scale, dark)
    for widget in panel.findChildren(QWidget):
        parent = widget.parentWidget()
        if widget.isVisible() and not widget.objectName().startswith("qt_"):
            assert parent is not None and parent.rect().contains(widget.geometry()), widget
        if isinstance(widget, Button):
            assert widget.fontMetrics().horizontalAdvance(widget.text()) <= widget.width()
    assert panel.editor.height() >= panel.look.px(90)  # type: ignore[union-attr]
    assert panel._warning.width() >= panel._warning.sizeHint().width() - 2
    assert panel._warning.text().startswith("Runs your code with your rights")


def test_every_control_has_a_name_and_tab_reaches_it(panel: YourFunctionPanel) -> None:
    for widget in panel.tab_chain():
        assert widget.accessibleName()
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert "Esc" in panel.editor.accessibleDescription()
