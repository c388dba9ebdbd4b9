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


def test_the_largest_batch_is_painted_and_a_larger_one_refused(make_window, qtbot):
    weights = ((1e100, -1e100), (-1e100, 1e100))
    layer = LayerChoice(page="batch", weights=weights, x=(1e100, 1e100), scale=1000.0)
    with qtbot.captureExceptions() as faults:
        window = make_window(Intent(logits=(1.0, 0.0), target=0, view="layer", layer=layer))
        window.load_text("a,b,y\n1e100,-1e100,1\n-1e100,1e100,0\n", "large")
        assert window.session.snapshot.samples.m == 2
        QApplication.processEvents()
        window.grab()
        before = window.session.intent
        window.load_text("a,b,y\n1,2,1\n1,-1e101,0\n", "larger")
    assert not faults
    assert window.session.intent == before
    assert window.messages.text() == "Line 3, column 2: −1e101 is too large; give features between −1e100 and 1e100."


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
        self.session = session
        session.changed.connect(self._show)

    def _show(self, snapshot):
        self.session.set("Write back", shift=5.0)


def test_a_change_made_while_a_state_is_shown_is_the_step_after_it(qapp):
    session = Session(Intent(logits=(1.0, 0.0), target=0))
    writer = Writer(session)
    stack = session.undo_stack
    session.set("Target", target=1)
    assert [stack.text(k) for k in range(stack.count())] == ["Target", "Write back"]
    assert (session.intent.target, session.intent.shift) == (1, 5.0)
    session.changed.disconnect(writer._show)
    stack.undo()
    assert (session.intent.target, session.intent.shift) == (1, 0.0)
    stack.undo()
    assert (session.intent.target, session.intent.shift) == (0, 0.0)
    stack.redo()
    stack.redo()
    assert (session.intent.target, session.intent.shift) == (1, 5.0)


@pytest.mark.parametrize("redo", [False, True])
def test_undo_while_a_training_runs_keeps_the_way_back(make_window, redo):
    window = make_window(Intent(logits=(1.0, 0.0), target=0, view="layer"))
    start, stack = window.session.intent, window.session.undo_stack
    window.session.choose("layer", "Page", page="training")
    if redo:
        window.session.choose("layer", "Page", page="sample")
        window.undo()
    runner = window.view.training.runner
    runner.run()
    runner.tick()
    (window.redo if redo else window.undo)()
    assert not runner.running
    assert window.session.intent.layer.page == "sample"
    assert window.session.intent.training.step == runner.step > 0
    while stack.canUndo():
        window.undo()
    assert window.session.intent == start


def test_the_row_of_a_table_that_is_gone_cannot_be_chosen(window, qtbot):
    window.load_text("1, 2, 3\n4, 5, 6\n7, 8, 9\n", "table")
    row = window.messages._row
    assert row.isVisible()
    window.load_text("1, 2", "one row")
    assert not row.isVisible()
    assert not window.messages.isVisible()
    with qtbot.captureExceptions() as faults:
        row.setValue(3)
    assert not faults
    assert window.session.intent.logits == (1.0, 2.0)
