"""The Session: one signal per action, one undo step per drag, and every way back is exact."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from intents import sentence

from explorer.session.intent import Intent
from explorer.session.presets import START as FIRST
from explorer.session.session import Session
from explorer.session.snapshot import Snapshot

START = Intent(logits=(2.0, 1.0, 0.1), target=0)


class Listener:
    """Keeps what a session says; bound methods, as the panels use them."""

    def __init__(self, session: Session) -> None:
        self.shown: list[Snapshot] = []
        self.sentences: list[str] = []
        session.changed.connect(self._show)
        session.refused.connect(self._say)

    def _show(self, snapshot: Snapshot) -> None:
        self.shown.append(snapshot)

    def _say(self, text: str) -> None:
        self.sentences.append(text)


@pytest.fixture
def session() -> Session:
    return Session(START)


@pytest.fixture
def listener(session: Session) -> Listener:
    return Listener(session)


def drag(session: Session, *values: float, index: int = 0) -> None:
    """Drag a logit over some values, as one gesture."""
    gesture = session.new_gesture()
    for value in values:
        session.apply("Drag", lambda intent, value=value: intent.with_logit(index, value), gesture)


# -- signals


def test_a_change_is_shown_once(session: Session, listener: Listener) -> None:
    assert session.set("Shift", shift=5.0)
    assert [snapshot.intent for snapshot in listener.shown] == [replace(START, shift=5.0)]
    assert listener.shown[0] is session.snapshot
    assert session.intent == replace(START, shift=5.0)


def test_every_action_that_changes_something_is_shown_once(session: Session, listener: Listener) -> None:
    actions = (
        lambda: session.set("Spread", spread=2.0, loss="focal", target=2),
        lambda: session.apply("Classes", lambda intent: intent.with_classes(5)),
        lambda: session.load("Load", Intent()),
        lambda: session.set("Shift", shift=1.0),
        session.reset,
        session.undo_stack.undo,
        session.undo_stack.redo,
        lambda: session.set("Logit", logits=(9.0, 0.0, 0.0, 0.0, 0.0)),
        lambda: session.reset_logit(0),
        lambda: session.reset_field("logits"),
    )
    for shown, action in enumerate(actions, start=1):
        action()
        assert len(listener.shown) == shown
    assert session.undo_stack.count() == len(actions) - 2


def test_nothing_is_shown_or_remembered_where_nothing_changes(session: Session, listener: Listener) -> None:
    assert session.set("Shift", shift=0.0)
    assert session.apply("Nothing", lambda intent: intent.with_logit(0, 2.0))
    session.reset()
    session.reset_logit(1)
    session.reset_field("loss")
    session.load("The same", replace(START))
    session.undo_stack.undo()
    session.undo_stack.redo()
    assert (listener.shown, session.undo_stack.count()) == ([], 0)


def test_revisions_grow(session: Session, listener: Listener) -> None:
    first = session.snapshot.revision
    drag(session, 1.0, 3.0, 4.0)
    session.undo_stack.undo()
    session.undo_stack.redo()
    assert [snapshot.revision for snapshot in listener.shown] == [first + k for k in range(1, 6)]


def test_a_session_starts_with_the_usual_intent() -> None:
    assert Session().intent == FIRST == Session().origin


# -- drags


def test_a_drag_is_one_step_and_undo_restores_the_exact_start(session: Session, listener: Listener) -> None:
    path = [2.0 + k * 0.0837 for k in range(1, 100)]
    drag(session, *path)
    assert len(listener.shown) == len(path)
    assert session.undo_stack.count() == 1
    session.undo_stack.undo()
    assert repr(session.intent) == repr(START)
    session.undo_stack.redo()
    assert repr(session.intent) == repr(START.with_logit(0, path[-1]))
    assert len(listener.shown) == len(path) + 2


def test_a_drag_back_to_its_start_leaves_no_step(session: Session, listener: Listener) -> None:
    session.set("Shift", shift=1.0)
    drag(session, 3.0, 4.0, 2.0)
    assert [snapshot.intent.logits[0] for snapshot in listener.shown] == [2.0, 3.0, 4.0, 2.0]
    assert (session.undo_stack.count(), session.undo_stack.undoText()) == (1, "Shift")
    session.undo_stack.undo()
    assert session.intent == START


def test_a_drag_through_its_start_is_still_one_step(session: Session) -> None:
    drag(session, 3.0, 2.0, 1.5, 1.0)
    assert session.undo_stack.count() == 1
    session.undo_stack.undo()
    assert session.intent == START


def test_two_drags_are_two_steps(session: Session) -> None:
    drag(session, 3.0, 4.0)
    drag(session, 5.0, 6.0)
    assert session.undo_stack.count() == 2
    session.undo_stack.undo()
    assert session.intent == START.with_logit(0, 4.0)


def test_changes_without_a_gesture_stay_apart(session: Session) -> None:
    session.set("Shift", shift=1.0)
    session.set("Shift", shift=2.0)
    assert session.undo_stack.count() == 2


def test_a_change_between_cuts_a_drag_in_two(session: Session) -> None:
    gesture = session.new_gesture()
    session.set("Spread", gesture, spread=2.0)
    session.set("Loss", loss="focal")
    session.set("Spread", gesture, spread=3.0)
    assert session.undo_stack.count() == 3


# -- refusals


def test_a_refusal_is_one_sentence_and_changes_nothing(session: Session, listener: Listener) -> None:
    session.set("Shift", shift=1.0)
    session.set("Shift", shift=2.0)
    session.undo_stack.undo()
    before, shown = repr(session.intent), len(listener.shown)
    assert not session.set("Spread", spread=0.0)
    assert not session.apply("Classes", lambda intent: intent.with_classes(13))
    assert not session.set("Spread", session.new_gesture(), target=7)
    assert [sentence(text).split()[1] for text in listener.sentences] == ["spread", "are", "target"]
    assert (repr(session.intent), len(listener.shown)) == (before, shown)
    assert (session.undo_stack.count(), session.undo_stack.index()) == (2, 1)
    session.undo_stack.redo()
    assert session.intent.shift == 2.0


def test_a_drag_goes_on_after_a_refusal(session: Session, listener: Listener) -> None:
    session.set("Spread", spread=1000.0)
    drag(session, 3.0, 1e306, 4.0)
    assert (session.intent.logits[0], session.undo_stack.count(), len(listener.sentences)) == (4.0, 2, 1)


# -- resets


def test_a_logit_goes_back_alone(session: Session) -> None:
    session.set("Everything", logits=(9.0, 8.0, 7.0), spread=3.0)
    session.reset_logit(1)
    assert session.intent == replace(START, logits=(9.0, 1.0, 7.0), spread=3.0)


def test_a_class_added_since_goes_back_to_zero(session: Session) -> None:
    session.apply("Classes", lambda intent: intent.with_classes(5).with_logit(4, 7.0))
    session.reset_logit(4)
    assert session.intent.logits == (2.0, 1.0, 0.1, 0.0, 0.0)


@pytest.mark.parametrize(("field", "value"), [("spread", 3.0), ("loss", "focal"), ("compared", None), ("target", 2)])
def test_a_field_goes_back_alone(session: Session, field: str, value: object) -> None:
    session.set("Two", **{field: value, "shift": 7.0})
    session.reset_field(field)
    assert session.intent == replace(START, shift=7.0)


def test_a_field_that_no_longer_fits_is_refused(listener: Listener, session: Session) -> None:
    session.load("Load", replace(START, target=2))
    session.apply("Classes", lambda intent: intent.with_classes(2))
    session.reset_field("target")
    assert (session.intent.target, len(listener.sentences)) == (1, 1)


def test_reset_goes_back_to_what_was_loaded_last_and_undo_takes_that_back_too(session: Session) -> None:
    loaded = Intent(logits=(1.0, 2.0), target=1)
    session.load("Load", loaded)
    session.set("Shift", shift=4.0)
    session.reset()
    assert session.intent == session.origin == loaded
    for _ in range(3):
        session.undo_stack.undo()
    assert session.intent == session.origin == START
    session.set("Shift", shift=4.0)
    session.reset()
    assert session.intent == START


# -- long use


def test_the_undo_list_forgets_what_is_long_past(session: Session) -> None:
    for k in range(1, 1006):
        session.set("Shift", shift=k / 2)
    for _ in range(1100):
        session.undo_stack.undo()
    assert session.intent.shift == 2.5


# Some releases of PySide6 lose a reference at every emission and abort the interpreter after some hundred.
MANY_EMISSIONS = """
from explorer.session.intent import Intent
from explorer.session.session import Session

class Counter:
    shown = 0
    said = 0
    def show(self, snapshot):
        self.shown += 1
    def say(self, text):
        self.said += 1

session, counter = Session(Intent()), Counter()
session.changed.connect(counter.show)
session.refused.connect(counter.say)
gesture = session.new_gesture()
for k in range(20_000):
    session.set("Shift", gesture, shift=(k % 1000) + 0.5)
    session.set("Spread", spread=-1.0)
print(counter.shown, counter.said)
"""


def test_20_000_emissions_do_no_harm(root: Path) -> None:
    done = subprocess.run([sys.executable, "-c", MANY_EMISSIONS], cwd=root, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "20000 20000\n", "")
