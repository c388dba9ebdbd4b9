"""A lecture in the window: open, list, change, save, unsaved changes, recent ones; what a hard end leaves."""

import json
from pathlib import Path

import pytest
from hands import clipped, press
from PySide6.QtCore import QMimeData, QPoint, QSettings, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.resources import asset
from explorer.session.lecture.reading import read_lecture
from explorer.session.recovery import Recovery

K = Qt.Key
SHIPPED = asset("lectures/softmax.toml")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(
        'format = 1\ntitle = "Mine"\n'
        '[[scene]]\ntitle = "One"\nlogits = [1, 2]\n'
        '[[scene]]\ntitle = "Two"\nlogits = [3, 4]\ncaption = "Second"\n'
        '[[scene]]\ntitle = "Three"\nlogits = [5, 6]\n',
        encoding="utf-8",
    )
    return path


@pytest.fixture
def opened(window, mine):
    """Return a window with the lecture open, and its list shown."""
    window.activateWindow()
    window.load_file(mine)
    window.lectures.toggle_list()
    QApplication.processEvents()
    return window


def titles(window) -> list[str]:
    return [scene.title for scene in window.lectures.show.lecture.scenes]


def answer(window, text: str) -> None:
    button = next(button for button in window.messages.buttons if button.text() == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def type_into(area, text: str) -> None:
    area.setFocus()
    area.selectAll()
    QTest.keyClicks(area, text)


def test_dropped(window, mine):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(mine))])
    action, button, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPoint(9, 9), action, data, button, none))
    assert titles(window) == ["One", "Two", "Three"]
    assert window.session.intent.logits == (1.0, 2.0)
    assert window.lectures.list is None and window.lectures.stage.bar.isVisible()


def test_mistakes_are_said_and_hide_nothing(window, mine):
    mine.write_text(
        mine.read_text().replace(
            "logits = [3, 4]", 'logits = [3, 4]\nspread = "x"\nloss = "none"\ntarget = 9\nwhat = 1'
        )
    )
    window.load_file(mine)
    assert titles(window) == ["One", "Two", "Three"]
    assert "mine.toml" in window.messages.text() and "more" in window.messages.text()


def test_a_file_of_no_use_changes_nothing(opened, tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text("format = 1\n")
    opened.load_file(path)
    assert titles(opened) == ["One", "Two", "Three"] and "bad.toml" in opened.messages.text()
    opened.load_file(tmp_path / "gone.toml")
    assert "gone.toml" in opened.messages.text()


def test_commands_without_a_lecture_say_so(window):
    for name in ("next_scene", "previous_scene", "restore", "scenes", "save_lecture", "save_lecture_as", "swap"):
        window.messages.hide()
        window.actions_by_name[name].trigger()
        assert "No lecture is open" in window.messages.text() and window.messages.isVisible()
    for name in ("spotlight", "close_lecture"):
        window.actions_by_name[name].trigger()


def test_walking_without_presenting(opened):
    opened.actions_by_name["next_scene"].trigger()
    assert opened.session.intent.logits == (3.0, 4.0)
    assert opened.lectures.stage.bar.words.text() == "Second"
    opened.session.set("t", spread=4.0)
    opened.actions_by_name["restore"].trigger()
    assert opened.session.intent.spread == 1.0
    opened.actions_by_name["previous_scene"].trigger()
    assert opened.session.intent.logits == (1.0, 2.0)
    opened.lectures.list.titles.setCurrentRow(2)
    assert opened.session.intent.logits == (5.0, 6.0)


def test_walking_with_the_pointer(opened):
    bar = opened.lectures.stage.bar
    assert not bar.back.isEnabled() and bar.on.isVisible()
    for expected in (1, 2):
        QTest.mouseClick(bar.on, Qt.MouseButton.LeftButton)
        assert opened.lectures.show.index == expected
    assert not bar.on.isEnabled()
    QTest.mouseClick(bar.back, Qt.MouseButton.LeftButton)
    assert opened.lectures.show.index == 1
    opened.lectures.stage.present()
    assert not bar.on.isVisible()
    opened.lectures.stage.leave()


def test_capture_reorder_remove(opened):
    opened.session.set("t", spread=7.0)
    QTest.keyClick(opened, K.Key_N, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert titles(opened) == ["One", "Scene 4", "Two", "Three"]
    assert opened.lectures.show.index == 1 and opened.lectures.show.scene.intent.spread == 7.0
    listed = opened.lectures.list.titles
    listed.setFocus()
    QTest.keyClick(listed, K.Key_Down, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(listed, K.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert titles(opened) == ["One", "Two", "Three", "Scene 4"] and listed.currentRow() == 3
    QTest.keyClick(listed, K.Key_Down, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(listed, K.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert titles(opened) == ["One", "Two", "Scene 4", "Three"]
    QTest.keyClick(listed, K.Key_Delete)
    assert titles(opened) == ["One", "Two", "Three"]
    # A drag moves rows in the list's own model.
    assert listed.model().moveRow(listed.model().index(-1, -1), 0, listed.model().index(-1, -1), 3)
    assert titles(opened) == ["Two", "Three", "One"]
    for _ in range(3):
        listed.removed.emit(0)
    assert titles(opened) == ["One"] and "no scene" in opened.messages.text()


def test_editing_in_place_and_saving(opened, mine):
    edit = opened.lectures.list
    type_into(edit.title, "First")
    press(edit.title, K.Key_Return)
    type_into(edit.caption, "What the room sees")
    type_into(edit.notes, "What I say")
    type_into(edit.way, "2.5")
    press(edit.way, K.Key_Return)
    edit.page.segments["question"].click()
    type_into(edit.question, "Which?")
    type_into(edit.explanation, "Since so")
    edit.answers.setFocus()
    edit.answers.setPlainText("this\n* that")
    edit.hides.setFocus()
    type_into(edit.hides, "jacobian, gradient")
    press(edit.hides, K.Key_Return)
    scene = opened.lectures.show.scene
    assert (scene.title, scene.caption, scene.notes, scene.seconds) == (
        "First",
        "What the room sees",
        "What I say",
        2.5,
    )
    question = scene.question
    assert (question.text, question.answers, question.right) == ("Which?", ("this", "that"), 1)
    assert question.explanation == "Since so" and set(question.hidden) == {"jacobian", "gradient"}
    opened.session.set("t", spread=3.0)
    edit.buttons[1].click()
    assert opened.lectures.show.scene.intent.spread == 3.0 and not opened.lectures.show.differs
    opened.actions_by_name["save_lecture"].trigger()
    assert read_lecture(mine)[0] == opened.lectures.show.lecture
    assert "saved" in opened.messages.text()


@pytest.mark.parametrize(
    ("field", "text"), [("title", "x" * 90), ("way", "soon"), ("way", "99"), ("name", "y" * 99)], ids=str
)
def test_what_cannot_be_is_said_and_put_back(opened, field, text):
    edit = getattr(opened.lectures.list, field)
    before, lecture = edit.text(), opened.lectures.show.lecture
    type_into(edit, text)
    press(edit, K.Key_Return)
    assert opened.messages.isVisible() and opened.messages.text().endswith(".")
    assert opened.lectures.show.lecture == lecture and edit.text() == before


def test_a_half_written_question_is_none(opened):
    edit = opened.lectures.list
    edit.page.segments["question"].click()
    type_into(edit.question, "Which?")
    edit.answers.setFocus()
    assert opened.lectures.show.scene.question is None and edit.question.toPlainText() == "Which?"
    edit.answers.setPlainText("same\nsame")
    edit.hides.setFocus()
    assert "same" in opened.messages.text()


@pytest.mark.parametrize(("size", "scale"), [((1280, 720), 1.0), ((1920, 1080), 1.0), ((1024, 768), 1.5)], ids=str)
def test_the_list_fits(make_window, mine, size, scale):
    window = make_window(size=size, scale=scale)
    window.load_file(SHIPPED)
    window.lectures.toggle_list()
    for page in ("scene", "question"):
        window.lectures.list.page.segments[page].click()
        for _ in range(4):
            QApplication.processEvents()
        assert (window.width(), window.height()) == size
        assert [found for found in clipped(window) if found[0] != "ElidedLabel"] == []  # titles may give way
    window.lectures.toggle_list()
    assert not window.lectures.list.isVisible()


def test_unsaved_changes_ask_once(opened, mine):
    opened.lectures.capture()
    opened.close()
    assert opened.isVisible() and "not saved" in opened.messages.text()
    answer(opened, "Cancel")
    assert opened.isVisible() and len(titles(opened)) == 4
    opened.load_file(SHIPPED)
    assert len(titles(opened)) == 4
    answer(opened, "Save")
    assert len(titles(opened)) == len(read_lecture(SHIPPED)[0].scenes)
    assert len(read_lecture(mine)[0].scenes) == 4
    opened.lectures.capture()
    opened.lectures.close_lecture()
    answer(opened, "Do not save")
    assert opened.lectures.show is None and not opened.messages.isVisible()
    opened.close()
    assert not opened.isVisible()


def test_the_lecture_of_the_app_is_never_written_over(opened, monkeypatch, tmp_path):
    opened.load_file(SHIPPED)
    opened.lectures.capture()
    asked = []
    monkeypatch.setattr(
        "explorer.window.presenting.lectures.QFileDialog.getSaveFileName",
        lambda *words: (asked.append(words), (str(tmp_path / "copy"), ""))[1],
    )
    opened.lectures.save()
    assert asked and read_lecture(tmp_path / "copy.toml")[0] == opened.lectures.show.lecture
    assert opened.lectures.show.lecture.path == tmp_path / "copy.toml"


def test_recent_lectures(opened, mine):
    assert opened.lectures.recent() == [mine]
    opened.lectures.open_recent_menu()
    menu = QApplication.activePopupWidget()
    assert [action.text() for action in menu.actions()] == ["mine"]
    menu.actions()[0].trigger()
    menu.close()
    mine.unlink()
    assert opened.lectures.recent() == []
    opened.lectures.open_recent_menu()
    assert "No lecture" in opened.messages.text()
    QSettings().setValue("lectures/recent", 7)
    assert opened.lectures.recent() == []


# -- after a hard end


def where(folder: Path) -> dict:
    return json.loads((folder / "where.json").read_text(encoding="utf-8"))


def test_where_one_is_is_kept_and_offered(make_window, mine, tmp_path):
    folder = tmp_path / "data"
    window = make_window()
    window.keep_place(folder)
    assert not window.messages.isVisible() and not (folder / "where.json").exists()
    window.load_file(mine)
    window.lectures.next()
    window.session.set("t", spread=0.1 + 0.2)
    window._going_on._recovery.write()
    assert where(folder)["lecture"] == str(mine) and where(folder)["scene"] == 1
    window._going_on._recovery._lock.unlock()  # as the end of the process would

    other = make_window()
    other.keep_place(folder, "A note.")
    assert other.messages.text().startswith("A note. ") and "mine.toml" in other.messages.text()
    answer(other, "Go on")
    assert other.session.intent == window.session.intent and other.session.intent.spread == 0.1 + 0.2
    assert other.lectures.show.index == 1 and other.lectures.show.differs
    other.close()
    assert not (folder / "where.json").exists()


def test_unsaved_changes_survive_a_hard_end(make_window, mine, tmp_path):
    window = make_window()
    window.keep_place(tmp_path / "data")
    window.load_file(mine)
    window.lectures.capture()
    window._going_on._recovery.write()
    window._going_on._recovery._lock.unlock()
    other = make_window()
    other.keep_place(tmp_path / "data")
    answer(other, "Go on")
    assert titles(other) == ["One", "Scene 4", "Two", "Three"]
    other.close()
    assert other.isVisible() and "not saved" in other.messages.text()
    answer(other, "Do not save")
    window.lectures.close()


def test_no_thanks_and_two_apps_at_once(make_window, tmp_path):
    window = make_window()
    window.keep_place(tmp_path)
    window.session.set("t", spread=2.0)
    window._going_on._recovery.write()
    second = make_window()
    second.keep_place(tmp_path)  # the first one lives
    assert not second.messages.isVisible()
    second.close()
    assert (tmp_path / "where.json").exists()
    window._going_on._recovery._lock.unlock()
    third = make_window()
    state = third.session.intent
    third.keep_place(tmp_path)
    answer(third, "No, thanks")
    assert third.session.intent == state


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"state": 7}', '{"state": "softmax1?z="}', '{"state": "softmax1?z=1&t=1&c=0", "scene": []}'],
)
def test_a_broken_file_is_no_offer(window, tmp_path, text):
    (tmp_path / "where.json").write_text(text)
    window.keep_place(tmp_path)
    assert not window.messages.isVisible()


def test_nothing_is_written_while_nothing_changes(window, tmp_path, qtbot):
    recovery = Recovery(tmp_path, window.session, window)
    recovery.begin()
    assert not recovery._timer.isActive()
    window.session.set("t", spread=2.0)
    assert recovery._timer.isActive()
    qtbot.waitUntil(lambda: (tmp_path / "where.json").exists(), timeout=5000)
    assert not recovery._timer.isActive()
    recovery.end()
    assert [path.name for path in tmp_path.iterdir()] == []


def test_a_folder_that_cannot_be_is_no_harm(window, tmp_path):
    (tmp_path / "file").write_text("")
    window.keep_place(tmp_path / "file")
    window.session.set("t", spread=2.0)
    window.close()


def test_a_new_lecture_begins_with_a_capture(window):
    window.lectures.capture()
    assert titles(window) == ["Scene 1"] and window.lectures.list.isVisible()
    assert window.lectures.show.scene.intent == window.session.intent
    window.lectures.close()
