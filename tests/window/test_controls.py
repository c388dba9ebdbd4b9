"""Controls: typing, keys, choices; what cannot be is said and changes nothing."""

import pytest
from hands import press
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from explorer.session.intent import Intent
from explorer.session.presets import PRESETS, START

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def type_into(field, text):
    field.setFocus()
    field.selectAll()
    field.insert(text)
    press(field, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("text", "value"),
    [("40", 40.0), ("-2,5", -2.5), ("1e300", 1e300), ("−7", -7.0), (" 0.3394572666491664 ", 0.3394572666491664)],
)
def test_typed_logit(window, text, value):
    type_into(window.view.controls.rows[1].field, text)
    assert window.session.intent.logits[1] == value
    assert window.session.undo_stack.count() == 1


@pytest.mark.parametrize("text", ["", "abc", "nan", "inf", "1e999", "2 3"])
def test_rubbish_is_named_and_changes_nothing(window, text):
    field = window.view.controls.rows[1].field
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    field.insert(text)
    press(field, Qt.Key.Key_Return)
    assert window.session.intent == START
    assert window.messages.isVisible()
    assert window.messages.text().endswith(".")
    assert field.text() == "1.00"


def test_a_spread_out_of_range_is_refused(window):
    type_into(window.view.controls.spread.field, "5000")
    assert window.session.intent.spread == 1.0
    assert "between 0.001 and 1000" in window.messages.text()
    assert window.view.controls.spread.field.text() == "1.00"


def test_looking_at_a_long_number_does_not_shorten_it(make_window):
    window = make_window(Intent(logits=(0.3394572666491664, 0.0)))
    field = window.view.controls.rows[0].field
    assert field.text() == "0.3395"
    field.setFocus()
    assert field.text() == "0.3394572666491664"
    window.view.controls.rows[1].field.setFocus()
    assert field.text() == "0.3395"
    assert window.session.undo_stack.count() == 0


@pytest.mark.parametrize(
    ("key", "modifier", "value"),
    [
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 1.1),
        (Qt.Key.Key_Right, SHIFT, 1.01),
        (Qt.Key.Key_Left, CONTROL, 0.0),
        (Qt.Key.Key_PageUp, Qt.KeyboardModifier.NoModifier, 2.0),
    ],
)
def test_slider_keys(window, key, modifier, value):
    press(window.view.controls.rows[1].slider, key, modifier)
    assert window.session.intent.logits[1] == pytest.approx(value, abs=1e-12)


def test_home_resets_one_control(window):
    rows = window.view.controls.rows
    rows[0].slider.setValue(9000)
    window.session.set("spread", spread=5.0)
    press(rows[0].slider, Qt.Key.Key_Home)
    assert window.session.intent.logits[0] == 2.4
    press(window.view.controls.spread.slider, Qt.Key.Key_Home)
    assert window.session.intent == START


def test_home_resets_a_choice(window):
    window.session.set("loss", loss="kl")
    press(window.view.controls.loss, Qt.Key.Key_Home)
    assert window.session.intent.loss == "cross_entropy"


def test_field_steps_with_the_arrow_keys(window):
    field = window.view.controls.rows[2].field
    field.setFocus()
    press(field, Qt.Key.Key_Up)
    press(field, Qt.Key.Key_Down, CONTROL)
    assert window.session.intent.logits[2] == pytest.approx(-0.4)


def test_undo_key_in_a_field_undoes_the_state_not_the_text(window):
    field = window.view.controls.rows[1].field
    type_into(field, "9")
    QTest.keyClick(field, Qt.Key.Key_Z, CONTROL)
    assert window.session.intent == START
    assert field.text() == "1.00"


def test_rename_and_target(window):
    row = window.view.controls.rows[2]
    type_into(row.label, "fox")
    assert window.session.intent.labels[2] == "fox"
    row.mark.click()
    assert window.session.intent.target == 2
    assert [r.mark.isChecked() for r in window.view.controls.rows] == [False, False, True, False, False]


def test_classes_come_and_go(window):
    controls = window.view.controls
    for _ in range(20):
        controls.more.click()
    assert window.session.intent.n == 12 and not controls.more.isEnabled()
    assert sum(row.isVisible() for row in controls.rows) == 12
    for _ in range(20):
        controls.fewer.click()
    assert window.session.intent.n == 1 and not controls.fewer.isEnabled()
    assert "dull" in window.view.reading._note()
    for _ in range(22):
        window.undo()
    assert window.session.intent == START


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: p.name)
def test_presets_load_and_are_recognised(window, preset):
    presets = window.view.controls.presets
    presets.activated.emit(presets.findData(preset.name))
    assert window.session.intent == preset.intent
    assert presets.currentText() == preset.title
    assert window.view.reading._note() == preset.look_at
    window.session.set("spread", spread=2.5)
    assert presets.currentData() == ""


def test_losses(window):
    controls = window.view.controls
    controls.loss.activated.emit(controls.loss.findData("focal"))
    controls.compared.activated.emit(controls.compared.findData("none"))
    assert (window.session.intent.loss, window.session.intent.compared) == ("focal", None)
    assert len(window.session.snapshot.losses) == 1
