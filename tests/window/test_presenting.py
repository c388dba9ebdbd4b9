"""Presenting: the whole lecture by keys alone, every key, what a scene hides and leaves out, and the way back."""

import pytest
from hands import clipped, hover, panel, press
from hands import picture as grabbed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QSettings, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QSlider, QWidget

from explorer.resources import asset
from explorer.session.lecture.pictures import CONTROLS, PICTURES
from explorer.session.lecture.reading import read_lecture
from explorer.window.controls import Controls
from explorer.window.main_window import MainWindow
from explorer.window.presenting.screens import places
from explorer.window.theme import DARK, LIGHT
from explorer.window.widgets import Button, NumberField, TextField

K = Qt.Key
LECTURE = read_lecture(asset("lectures/softmax.toml"))[0]


@pytest.fixture
def presented(window: MainWindow) -> MainWindow:
    """Return a window that presents the shipped lecture from its first scene."""
    window.activateWindow()
    press(window, K.Key_F5)
    assert window.lectures.presenting
    QApplication.processEvents()
    return window


def picture(widget: QWidget) -> QImage:
    """Return what a widget looks like once it has come to rest."""
    for _ in range(4):
        QApplication.processEvents()
    return grabbed(widget)


def focused(window: MainWindow, what: str) -> QWidget:
    """Give the focus to a control, shown or not, and return it."""
    view = window.view
    view.controls.show_only(None)
    QApplication.processEvents()
    kind = {"number field": NumberField, "slider": QSlider, "combo box": QComboBox, "button": Button}
    if what == "nothing":
        widget: QWidget = window
    elif what == "picture":
        widget = next((p.canvas for p in view.panels if p.isVisible() and p.isEnabled()), window)
    elif what == "name":
        fields = [w for w in view.findChildren(TextField) if w.isVisible() and not isinstance(w, NumberField)]
        widget = fields[0] if fields else window
    else:
        found = [w for w in view.findChildren(kind[what]) if w.isVisible() and w.isEnabled()]
        widget = found[0] if found else window
    window.activateWindow()
    widget.setFocus()
    QApplication.processEvents()
    return widget


@pytest.mark.parametrize("key", [K.Key_PageDown, K.Key_Space], ids=str)
@pytest.mark.parametrize("what", ["number field", "slider", "combo box", "picture", "name", "button", "nothing"])
def test_the_whole_lecture_by_keys_alone(presented, what, key):
    show = presented.lectures.show
    for k, scene in enumerate(LECTURE.scenes):
        assert show.index == k
        if scene.question is not None:
            assert show.asking
            assert presented.session.intent == scene.intent
            press(focused(presented, what), key)
        show.finish()
        assert presented.session.intent == scene.intent and not show.differs
        QApplication.processEvents()
        press(focused(presented, what), key)
    assert show.index == len(LECTURE.scenes) - 1
    for k in range(len(LECTURE.scenes) - 1, 0, -1):
        assert show.index == k
        press(focused(presented, what), K.Key_PageUp)
    assert show.index == 0 and presented.session.intent == LECTURE.scenes[0].intent


def test_a_key_during_an_animation_first_ends_it(presented):
    show = presented.lectures.show
    show.jump(2)
    press(presented, K.Key_PageDown)  # reveals
    press(presented, K.Key_PageDown)
    assert show.index == 3 and show.motion.moving
    press(presented, K.Key_B)
    assert not show.motion.moving and presented.session.intent == LECTURE.scenes[3].intent


@pytest.mark.parametrize("what", ["number field", "slider", "combo box", "picture", "button", "nothing"])
@pytest.mark.parametrize(
    ("key", "colour"), [(K.Key_B, "#000000"), (K.Key_W, "#ffffff"), (K.Key_Period, "#000000")], ids=str
)
def test_blank_and_back_whatever_has_the_focus(presented, what, key, colour):
    stage = presented.lectures.stage
    before = presented.session.intent
    press(focused(presented, what), key)
    assert stage.blanked
    image = picture(presented)
    assert {image.pixelColor(x, y).name() for x in (3, 300, 700) for y in (3, 300, 500)} == {colour}
    press(focused(presented, what), K.Key_PageDown)
    assert not stage.blanked and presented.lectures.show.index == 0  # it returns, and does nothing else
    assert presented.session.intent == before
    press(presented, key)
    QTest.mouseClick(stage.blank, Qt.MouseButton.LeftButton)
    assert not stage.blanked


def test_r_restores_bit_for_bit(presented):
    presented.session.set("t", spread=0.1 + 0.2, shift=1e-3)
    assert presented.lectures.show.differs and "changed" in presented.lectures.stage.bar.state.text()
    press(focused(presented, "number field"), K.Key_R)
    assert presented.session.intent == LECTURE.scenes[0].intent
    assert presented.lectures.stage.bar.state.text() == ""
    presented.undo()
    assert presented.session.intent.spread == 0.1 + 0.2


def test_what_if_that_one_were_ten(presented):
    field = focused(presented, "number field")
    QTest.keyClicks(field, "10")
    press(field, K.Key_Return)
    assert presented.session.intent.logits[0] == 10.0 and presented.lectures.show.index == 0
    field.selectAll()
    QTest.keyClicks(field, "-1.5")
    assert field.text() == "-1.5" and not presented.lectures.stage.blanked
    press(field, K.Key_Return)
    assert presented.session.intent.logits[0] == -1.5
    QTest.keyClicks(field, "9")
    press(field, K.Key_Escape)  # gives up what was typed, and does not leave
    assert presented.lectures.presenting and presented.session.intent.logits[0] == -1.5
    press(field, K.Key_PageDown)
    assert presented.session.intent == LECTURE.scenes[1].intent


def test_a_name_clicked_into_takes_letters(presented):
    label = presented.view.controls.rows[0].label
    QTest.mouseClick(label, Qt.MouseButton.LeftButton)
    label.selectAll()
    QTest.keyClicks(label, "Bird w. F R Z")
    assert label.text() == "Bird w. F R Z" and not presented.lectures.stage.blanked
    press(label, K.Key_PageDown)
    assert presented.lectures.show.index == 1


def test_arrows_turn_pages_unless_something_steps_with_them(presented):
    show = presented.lectures.show
    for what in ("slider", "picture", "number field"):
        before = presented.lectures.show.index
        press(focused(presented, what), K.Key_Right)
        assert show.index == before
    press(focused(presented, "nothing"), K.Key_Right)
    assert show.index == 1
    press(focused(presented, "button"), K.Key_Left)
    assert show.index == 0


def test_home_end_and_typed_numbers(presented):
    show, stage = presented.lectures.show, presented.lectures.stage
    press(presented, K.Key_End)
    assert show.index == len(LECTURE.scenes) - 1
    press(presented, K.Key_Home)
    assert show.index == 0
    QTest.keyClicks(presented, "13")
    assert stage.typed.isVisible() and stage.keys.number == "13" and show.index == 0
    press(presented, K.Key_Return)
    assert show.index == 12 and not stage.typed.isVisible()
    QTest.keyClicks(presented, "99")
    press(presented, K.Key_Enter)
    assert show.index == 12 and "99" in presented.messages.text()
    QTest.keyClicks(presented, "12")
    press(presented, K.Key_Backspace)
    press(presented, K.Key_Escape)
    assert stage.keys.number == "" and show.index == 12 and presented.lectures.presenting
    press(presented, K.Key_Escape)
    press(presented, K.Key_Escape)
    assert not presented.lectures.presenting


def test_predict_then_reveal(presented):
    show, bar = presented.lectures.show, presented.lectures.stage.bar
    show.jump(11)
    hidden = [p for p in presented.view.panels if p.name in LECTURE.scenes[11].question.hidden]
    assert [p.covered for p in hidden] == [True, True] and not panel(presented, "Probabilities").covered
    sizes = [p.size() for p in hidden]
    assert [row.text() for row in bar.rows if row.isVisible()] == list(LECTURE.scenes[11].question.answers)
    assert bar.words.text() == LECTURE.scenes[11].question.text
    press(presented, K.Key_3)
    assert show.choice == 2 and bar.rows[2].isChecked()
    QTest.mouseClick(bar.rows[1], Qt.MouseButton.LeftButton)
    assert show.choice == 1 and bar.rows[1].isChecked() and not bar.rows[2].isChecked()
    presented.activateWindow()
    press(presented, K.Key_H)
    for field, count in zip(bar.hands, ("3", "12"), strict=False):
        assert field.hasFocus(), (count, QApplication.focusWidget())
        QTest.keyClicks(field, count)
        press(field, K.Key_Return)
        press(field, K.Key_Down)
    assert show.hands == (3, 12, None, None)
    press(QApplication.focusWidget(), K.Key_Return)
    assert show.phase == "revealed" and show.motion.moving
    assert not any(p.covered for p in hidden)
    show.finish()
    QApplication.processEvents()
    assert presented.session.intent == LECTURE.scenes[11].intent
    assert "Only cross-entropy" in bar.right.text() and "12 of 15 hands" in bar.right.text()
    assert bar.explanation.text() == LECTURE.scenes[11].question.explanation
    assert bar.words.text() == LECTURE.scenes[11].caption
    assert [p.width() for p in hidden] == [size.width() for size in sizes]


def test_without_presenting_what_the_scene_leaves_out_gives_nothing_away(window):
    window.lectures.open_shipped()
    window.lectures.show.jump(11)
    covered = {p.name for p in window.view.panels if p.covered}
    assert covered == {"probabilities", "jacobian", "gradient", "vanishing"}
    window.lectures.show.reveal()
    assert not any(p.covered for p in window.view.panels)


def test_a_hidden_picture_tells_nothing(presented):
    show = presented.lectures.show
    show.jump(11)
    gradient, reading = panel(presented, "Loss gradient"), presented.view.reading
    before = picture(gradient), picture(reading)
    presented.session.set("t", logits=(3.0, 0.0, 1.0))
    reading._update_description()
    gradient._update_description()
    assert (picture(gradient), picture(reading)) == before
    assert not any(c.isdigit() for c in gradient.canvas.accessibleDescription() + reading.accessibleDescription())
    assert not gradient.isEnabled()  # the keys do not reach into it


def test_a_scene_shows_only_what_it_asks_for(presented):
    for scene in LECTURE.scenes:
        presented.lectures.show.jump(LECTURE.scenes.index(scene))
        QApplication.processEvents()
        shown = {p.name for p in presented.view.panels if p.isVisible()}
        assert shown == set(scene.pictures if scene.panels else shown)
        controls = presented.view.controls
        if not isinstance(controls, Controls):
            assert controls.isVisible() == (scene.controls != ())
            continue
        visible = {name for name in CONTROLS if controls.groups[name][0].isVisible()}
        wanted = set(CONTROLS if scene.controls is None else scene.controls)
        assert visible <= wanted and wanted - visible <= {"classes", "presets"}  # these give way in a low window


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (1024, 768)], ids=str)
def test_nothing_is_clipped_while_presenting(presented, size):
    presented.setWindowState(Qt.WindowState.WindowNoState)
    presented.resize(*size)
    stage = presented.lectures.stage
    for k in range(len(LECTURE.scenes)):
        stage.jump(k)
        for _ in range(1 + stage.show_model.asking):
            QApplication.processEvents()
            assert (presented.width(), presented.height()) == size
            assert clipped(presented) == [], LECTURE.scenes[k].title
            for label in (stage.bar.words, stage.bar.right, stage.bar.explanation):
                assert not label.text() or label.heightForWidth(label.width()) <= label.height() + 1
            assert stage.bar.height() <= 0.47 * size[1]
            stage.reveal()
            stage.show_model.finish()


def test_the_same_scene_is_the_same_picture(presented):
    show = presented.lectures.show
    show.jump(4)
    first = picture(presented)
    presented.session.set("t", spread=3.0)
    press(presented, K.Key_Z)
    presented.view.panels[0].canvas.setFocus()  # the reading line follows its cursor
    show.jump(15)
    show.next()
    show.next()
    show.jump(4)
    assert picture(presented) == first
    presented.session.set("t", spread=3.0)
    assert picture(presented) != first


def test_zoom_and_back(presented):
    show = presented.lectures.show
    show.jump(4)
    QApplication.processEvents()
    jacobian = panel(presented, "Jacobian")
    before = jacobian.width()
    jacobian.canvas.setFocus()
    press(jacobian.canvas, K.Key_Z)
    QApplication.processEvents()
    assert jacobian.width() > 1.6 * before and not panel(presented, "Probabilities").isVisible()
    press(jacobian.canvas, K.Key_Z)
    QApplication.processEvents()
    assert jacobian.width() == before and panel(presented, "Probabilities").isVisible()
    QTest.mouseDClick(jacobian.canvas.viewport(), Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert jacobian.width() > 1.6 * before
    press(presented, K.Key_Escape)
    QApplication.processEvents()
    assert jacobian.width() == before and presented.lectures.presenting


def test_spotlight_follows_the_pointer(presented):
    plain = picture(presented)
    QTest.keyClick(presented, K.Key_L, Qt.KeyboardModifier.ControlModifier)
    spotlight = presented.lectures.stage.spotlight
    assert spotlight.isVisible() and picture(presented) != plain
    hover(presented.view.reading, QPoint(200, 20))
    QApplication.processEvents()
    lit = picture(presented)
    at = spotlight.place
    assert lit.pixelColor(at.x(), at.y()) == plain.pixelColor(at.x(), at.y())
    assert lit.pixelColor(2, 2).lightness() < 0.6 * plain.pixelColor(2, 2).lightness()
    QTest.keyClick(presented, K.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert picture(presented) == plain


def test_presenting_and_leaving_restores_the_window(make_window):
    window = make_window(theme="dark", scale=0.85, size=(790, 780))
    window.activateWindow()
    window.lectures.open_shipped()
    window.lectures.show.jump(6)
    QApplication.processEvents()
    before, geometry = picture(window), window.geometry()
    QTest.keyClick(window, K.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    picture(window)
    assert window.isFullScreen() and window.look.scale == 1.5 and window.look.colours is LIGHT
    assert window.lectures.show.index == 6 and not window.tabs.isVisible()
    QTest.keyClick(window, K.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(window, K.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert window.look.scale == 1.75 and window.look.colours is DARK
    press(window, K.Key_Escape)
    picture(window)
    assert not window.isFullScreen() and window.look.scale == 0.85 and window.look.colours is DARK
    assert window.geometry() == geometry and picture(window) == before
    press(window, K.Key_F5)  # remembered apart
    assert window.look.scale == 1.75 and window.lectures.show.index == 0
    press(window, K.Key_F5)  # a remote's second press does no harm
    assert window.lectures.presenting
    press(window, K.Key_Escape)
    assert QSettings().value("scale") is None
    window.session.set("t", spread=2.0)
    window.undo()
    assert window.session.intent == LECTURE.scenes[0].intent


def test_freeze_play_and_notes(presented):
    press(presented, K.Key_F)
    assert presented.session.intent.ghost == presented.session.intent.effective
    press(presented, K.Key_N)
    notes = presented.lectures.stage.lecturer
    assert notes.isVisible() and LECTURE.scenes[0].notes in notes.notes.toPlainText()
    press(presented, K.Key_PageDown)
    assert LECTURE.scenes[1].notes in notes.notes.toPlainText() and notes.next_title.text() == "Next: reveal"
    press(presented, K.Key_N)
    assert presented.lectures.stage.lecturer is None
    presented.lectures.show.jump(12)
    press(presented, K.Key_P)
    assert presented.view.bar.player.playing
    press(presented, K.Key_P)
    assert not presented.view.bar.player.playing


def test_the_key_map_closes_with_any_key(presented):
    press(presented, K.Key_F1)
    assert presented.helping
    press(QApplication.focusWidget(), K.Key_Escape)
    assert not presented.helping and presented.lectures.presenting


def test_an_open_list_gives_way_to_the_remote(presented):
    presented.lectures.show.jump(11)
    presented.lectures.stage.reveal()
    presented.view.controls.loss.showPopup()
    QApplication.processEvents()
    popup = QApplication.activePopupWidget()
    press(popup.focusWidget() or popup, K.Key_PageDown)
    assert presented.lectures.show.index == 12 and QApplication.activePopupWidget() is None


def test_closing_while_presenting(presented):
    presented.close()
    assert not presented.isVisible() and not presented.lectures.presenting
    assert presented.lectures.stage.keys.number == ""


@given(changes=st.lists(st.tuples(st.integers(0, 2), st.floats(-50.0, 50.0), st.floats(0.001, 1000.0)), max_size=6))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_r_restores_whatever_was_done_to_the_controls(presented, changes):
    presented.lectures.show.jump(9)
    scene = LECTURE.scenes[9].intent
    view = presented.view
    for index, logit, spread in changes:
        view.controls.rows[index].field.entered.emit(logit)
        view.controls.spread.slider.edited.emit(spread, presented.session.new_gesture())
        view.controls.rows[index].mark.click()
        view.controls.more.click()
    press(presented, K.Key_R)
    state = presented.session.intent
    assert state == scene
    assert [z.hex() for z in state.logits] == [z.hex() for z in scene.logits]


def test_closing_the_lecture_leaves_the_window_as_it_was(make_window):
    window = make_window()
    before = picture(window)
    state = window.session.intent
    window.lectures.open_shipped()
    window.lectures.show.jump(11)
    window.lectures.close_lecture()
    window.session.load("t", state)
    window.session.undo_stack.clear()
    assert picture(window) == before
    assert {p.name for p in window.view.panels} == set(PICTURES["explore"])


# -- two screens

LAPTOP, PROJECTOR = QRect(0, 0, 1440, 900), QRect(1440, 0, 1024, 768)


@pytest.mark.parametrize(
    ("screens", "primary", "swapped", "wanted"),
    [
        ([LAPTOP], 0, False, (LAPTOP, None)),
        ([LAPTOP], 0, True, (LAPTOP, None)),
        ([LAPTOP, PROJECTOR], 0, False, (PROJECTOR, LAPTOP)),
        ([PROJECTOR, LAPTOP], 1, False, (PROJECTOR, LAPTOP)),
        ([LAPTOP, PROJECTOR], 0, True, (LAPTOP, PROJECTOR)),
        ([LAPTOP, QRect(LAPTOP)], 0, False, (LAPTOP, None)),  # both show the same
        ([LAPTOP, PROJECTOR, QRect(5000, 0, 800, 600)], 0, False, (PROJECTOR, LAPTOP)),
    ],
)
def test_which_screen_shows_what(screens, primary, swapped, wanted):
    assert places(screens, primary, swapped) == wanted


def test_the_lecturers_window(presented, monkeypatch):
    stage, show = presented.lectures.stage, presented.lectures.show
    stage.leave()
    monkeypatch.setattr("explorer.window.presenting.stage.screen_places", lambda: ([LAPTOP, PROJECTOR], 0))
    stage.present()
    window = stage.lecturer
    assert window.isVisible() and window.isWindow() and LAPTOP.contains(window.geometry())
    assert not presented.view.controls.isVisible()  # the audience sees pictures only
    assert window.controls.isVisible() and window._timer.isActive()
    show.jump(0)
    assert LECTURE.scenes[0].notes in window.notes.toPlainText()
    assert window.next_title.text() == f"Next: {LECTURE.scenes[1].title}"
    assert window.next_caption.text() == LECTURE.scenes[1].question.text
    window.controls.rows[0].field.entered.emit(7.0)
    assert presented.session.intent.logits[0] == 7.0 and "changed" in window.title.text()
    press(window.controls.rows[0].slider, K.Key_PageDown)
    assert show.index == 1
    picture(window)
    press(window, K.Key_Escape)
    assert not stage.presenting and stage.lecturer is None and not window._timer.isActive()
