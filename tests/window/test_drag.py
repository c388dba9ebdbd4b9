"""Dragging: everything follows in every frame, a drag is one undo step, undo brings back the exact start."""

import math

import pytest
from hands import drag, in_plot, panel, picture
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.session.intent import Intent

START = Intent(logits=(0.3394572666491664, 1.0, -0.5), target=1)


def test_slider_from_end_to_end_changes_every_picture_in_every_frame(make_window):
    window = make_window(START)
    slider = window.view.controls.rows[0].slider
    places = [QPoint(x, slider.height() // 2) for x in range(4, slider.width() - 4, 6)]
    before = {p.title: picture(p) for p in window.view.panels}
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(slider, place)
        now = {p.title: picture(p) for p in window.view.panels}
        same = [title for title in now if now[title] == before[title]]
        assert not same, f"{same} stood still while the logit went to {window.session.intent.logits[0]}"
        before = now
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=places[-1])
    assert window.session.intent.logits[0] > 25.0
    assert window.session.undo_stack.count() == 1
    window.undo()
    assert window.session.intent == START


def test_a_state_not_touched_leaves_its_picture_alone(make_window):
    window = make_window(START)
    assert picture(window) == picture(window)


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_probability_follows_the_pointer(make_window, scale):
    window = make_window(Intent(logits=(2.0, 1.0, 0.0, -1.0), probability_scale=scale))
    bars = panel(window, "Probabilities")
    w, h = bars.canvas.plot_size
    x = (1.5 / 4) * w
    for share in (0.35, 0.5, 0.8):
        drag(bars.canvas, in_plot(bars, x, 0.9 * h), in_plot(bars, x, 0.7 * h), in_plot(bars, x, share * h))
        softmax = window.session.snapshot.softmax
        low, high = bars._low(), bars._high()
        value = float(softmax.log10_p[1] if scale == "log" else softmax.p[1])
        wanted = low + (1.0 - share) * (high - low)
        assert math.isclose(value, wanted, abs_tol=1.6 * (high - low) / h)
    assert window.session.undo_stack.count() == 3
    for _ in range(3):
        window.undo()
    assert window.session.intent.logits == (2.0, 1.0, 0.0, -1.0)


def test_the_only_bar_cannot_be_dragged_and_says_why(make_window):
    window = make_window(Intent(logits=(1.0,), target=0))
    bars = panel(window, "Probabilities")
    drag(bars.canvas, in_plot(bars, 200, 100), in_plot(bars, 200, 150))
    assert "always 1" in window.messages.text() and window.messages.isVisible()
    assert window.session.intent.logits == (1.0,)


def test_marker_sets_the_spread(window):
    curve = panel(window, "Vanishing")
    w, h = curve.canvas.plot_size
    drag(curve.canvas, *(in_plot(curve, share * w, 0.5 * h) for share in (0.4, 0.45, 0.6)))
    assert math.isclose(math.log10(window.session.intent.spread), -2.0 + 0.6 * 5.0, abs_tol=0.02)
    assert window.session.undo_stack.count() == 1


def test_a_slider_shows_what_it_cannot_reach_without_writing_back(make_window):
    window = make_window(Intent(logits=(1e300, 0.337, 0.0)))
    rows = window.view.controls.rows
    assert rows[0].slider.value() == rows[0].slider.maximum()
    assert window.session.intent.logits == (1e300, 0.337, 0.0)
    window.larger()
    QApplication.processEvents()
    assert window.session.intent.logits == (1e300, 0.337, 0.0)
    assert window.session.undo_stack.count() == 0


def test_set_value_from_outside_is_an_edit(window):
    slider = window.view.controls.rows[0].slider
    slider.setValue(slider.maximum())
    assert window.session.intent.logits[0] == 50.0
    slider.setValue(slider.minimum())
    assert window.session.intent.logits[0] == -50.0


def test_a_press_on_the_handle_does_not_move_it(window):
    slider = window.view.controls.rows[0].slider
    handle = slider._track().left() + slider.axis.place(2.4) * slider._track().width()
    place = QPointF(handle + 3.0, slider.height() / 2).toPoint()
    drag(slider, place, place)
    assert window.session.intent.logits[0] == 2.4
    assert window.session.undo_stack.count() == 0
