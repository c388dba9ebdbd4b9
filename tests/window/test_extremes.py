"""What only a monkey does: the largest numbers in every view, and texts left half typed."""

import pytest
from hands import press
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.session.intent import Intent
from explorer.session.layer_choice import LayerChoice
from explorer.session.session import Session
from explorer.session.state_line import from_line

PAGES = ["explore", "vanishing", "vanishing&page=spectrum", "clinic", "clinic&clinic=check", "layer"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("scales", ["J=log&p=log&g=log", "J=auto&g=linear"])
@pytest.mark.parametrize("logits", ["1e308,-1e308", "1e308,1e307,0,-1e308", "47,-1e308", "0,1e308,-1e308,1"])
def test_the_largest_logits_are_painted(make_window, qtbot, logits, scales, page):
    with qtbot.captureExceptions() as faults:
        for target in (0, 1):
            for loss in ("cross_entropy", "squared_error", "label_smoothing"):
                line = f"softmax1?z={logits}&y={target}&loss={loss}&vs=squared_error&view={page}&{scales}"
                intent, complaints = from_line(line)
                assert not complaints
                if (target, loss) == (0, "cross_entropy"):
                    window = make_window(intent)
                window.session.load("Load", intent)
                QApplication.processEvents()
                window.grab()
    assert not faults


def test_the_largest_batch_has_a_finite_gradient(make_window, qtbot):
    weights = ((1e90, -1e90), (-1e90, 1e90))
    layer = LayerChoice(page="batch", weights=weights, x=(1e100, 1e100), samples="large", scale=1000.0)
    with qtbot.captureExceptions() as faults:
        window = make_window(Intent(logits=(1.0, 0.0), target=0, view="layer", layer=layer))
        window.load_text("a,b,y\n1e200,-1e200,1\n-1e200,1e200,0\n", "large")
        QApplication.processEvents()
        window.view.settle()
        window.grab()
    assert not faults
    reading = {name: text for text, name in window.view.reading.sizes()}
    assert "e200" in reading["‖∂L/∂W‖"]


def half_type(field, text):
    """Type without an end."""
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


def test_a_field_that_goes_while_it_is_typed_in_changes_nothing(make_window, qtbot):
    window = make_window(Intent(logits=(1.0, 2.0, 3.0), target=0))
    half_type(window.view.controls.rows[2].field, "7")
    with qtbot.captureExceptions() as faults:
        window.load_text("5, 6", "The text dropped")
    assert not faults
    assert window.session.intent.logits == (5.0, 6.0)
    assert window.session.undo_stack.count() == 1
    window.undo()
    assert window.session.intent.logits == (1.0, 2.0, 3.0)
    assert window.view.controls.rows[2].field.text() == "3.00"


def test_a_half_typed_number_counts_before_the_view_changes(make_window, qtbot):
    window = make_window(Intent(logits=(1.0, 2.0, 3.0), target=0))
    half_type(window.view.controls.rows[2].field, "7")
    press(window.view.controls.rows[2].field, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.session.intent.view == "vanishing"
    assert window.session.intent.logits == (1.0, 2.0, 7.0)
    stack = window.session.undo_stack
    assert [stack.text(k) for k in range(stack.count())] == ["Type logit 3", "Show Vanishing"]


class Writer:
    """A widget that writes back while it shows."""

    def __init__(self, session):
        self.session, self.answers = session, []
        session.changed.connect(self._show)

    def _show(self, snapshot):
        self.answers.append(self.session.set("Write back", shift=5.0))


def test_while_a_state_is_shown_none_is_taken(qapp):
    session = Session(Intent(logits=(1.0, 0.0), target=0))
    writer = Writer(session)
    session.set("Target", target=1)
    session.undo_stack.undo()
    session.undo_stack.redo()
    assert writer.answers == [False, False, False]
    assert (session.intent.shift, session.intent.target) == (0.0, 1)
    assert session.undo_stack.count() == 1
