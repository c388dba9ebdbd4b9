"""Show: walking through a lecture, predicting and revealing, the exact way back; changing a lecture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication

from explorer.session.intent import Intent
from explorer.session.lecture import editing
from explorer.session.lecture.scene import Lecture, LectureError, Question, Scene
from explorer.session.lecture.show import ANSWERED, ASKED, REVEALED, Show
from explorer.session.session import Session

QUESTION = Question("Which?", ("this", "that", "neither"), 1, "Because.", ("jacobian",))
PLAIN, ASKING, SLOW, WIDE = range(4)


@pytest.fixture
def show(qapp: QCoreApplication) -> Show:
    return Show(Session(), made())


def made() -> Lecture:
    scenes = (
        Scene("Plain", Intent(logits=(1.0, 2.0))),
        Scene("Asking", Intent(logits=(3.0, 2.0), spread=2.0), question=QUESTION),
        Scene("Slow", Intent(logits=(-1.0, 0.3), shift=7.0), seconds=2.0),
        Scene("Wide", Intent(logits=(1.0, 2.0, 3.0)), seconds=2.0),
    )
    return Lecture("Made", scenes)


class Count:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self, *_: object) -> None:
        self.times += 1


def test_going_to_a_scene_is_one_undo_step_and_one_signal(show):
    told, states = Count(), Count()
    show.changed.connect(told)
    show.session.changed.connect(states)
    before = show.session.intent
    assert show.jump(PLAIN)
    assert show.session.intent == show.scene.intent == made().scenes[0].intent
    assert (told.times, states.times) == (1, 1)
    show.session.undo_stack.undo()
    assert show.session.intent == before and show.differs
    show.session.undo_stack.redo()
    assert not show.differs


def test_the_ends_are_ends(show):
    show.first()
    assert not show.previous() and show.index == PLAIN
    show.last()
    assert not show.next() and show.index == WIDE
    assert not show.jump(99) and not show.jump(-1) and show.index == WIDE


def test_an_animation_is_one_undo_step_and_ends_at_the_very_state(show):
    show.jump(ASKING)
    show.reveal()
    show.finish()
    steps, before = show.session.undo_stack.count(), show.session.intent
    assert show.next() and show.motion.moving
    states = [show.session.intent]
    while show.motion.moving:
        show.motion.advance(0.05)
        states.append(show.session.intent)
        assert not show.differs
    assert len(states) == 41 and states[0].logits == before.logits
    assert [s.logits[0] for s in states] == sorted((s.logits[0] for s in states), reverse=True)
    assert show.session.intent == made().scenes[SLOW].intent and not show.differs
    assert show.session.undo_stack.count() == steps + 1
    show.session.undo_stack.undo()
    assert show.session.intent == before


def test_a_change_during_an_animation_wins(show):
    show.jump(ASKING)
    show.reveal()
    show.next()
    show.motion.advance(0.5)
    show.session.set("t", spread=5.0)
    show.motion.advance(0.5)
    assert not show.motion.moving and show.session.intent.spread == 5.0 and show.differs


def test_another_number_of_classes_is_a_cut(show):
    show.jump(SLOW)
    show.next()
    assert not show.motion.moving and show.session.intent == made().scenes[WIDE].intent


def test_the_clock_moves_it_and_stops(show, qtbot):
    fast = Lecture("Fast", (made().scenes[0], made().scenes[SLOW].with_changes(seconds=0.1)))
    other = Show(show.session, fast)
    other.first()
    with qtbot.waitSignal(other.motion.ended, timeout=5000):
        other.next()
    assert other.session.intent == fast.scenes[1].intent
    assert not other.motion._timer.isActive()


def test_a_question_is_asked_answered_and_revealed(show):
    show.first()
    assert show.phase == "" and not show.asking and not show.answer(0)
    assert show.next() and (show.index, show.phase, show.hidden) == (ASKING, ASKED, ("jacobian",))
    assert show.session.intent == made().scenes[ASKING].intent
    assert show.answer(2) and (show.phase, show.choice) == (ANSWERED, 2)
    assert show.answer(2) and (show.phase, show.choice) == (ASKED, None)
    assert not show.answer(3) and not show.answer(-1)
    assert show.answer(0) and show.count_hands(0, 12) and show.hands == (12, None, None)
    assert not show.count_hands(3, 1) and not show.count_hands(0, -1) and not show.count_hands(0, 10_000)
    show.session.set("what if", spread=9.0)
    assert show.next() and (show.index, show.phase, show.hidden) == (ASKING, REVEALED, ())
    # From the scene before, kept as a ghost meanwhile, to this scene's own state.
    assert show.session.intent.logits == (1.0, 2.0) and show.session.intent.ghost == (1.0, 2.0)
    show.finish()
    assert show.session.intent == made().scenes[ASKING].intent and not show.differs
    assert (show.choice, show.hands) == (0, (12, None, None))
    assert show.next() and show.index == SLOW


def test_a_scene_entered_again_is_as_it_was_the_first_time(show):
    show.jump(ASKING)
    show.answer(1)
    show.count_hands(1, 3)
    show.reveal()
    show.finish()
    show.jump(ASKING)
    assert (show.phase, show.choice, show.hands) == (ASKED, None, (None, None, None))


CHANGES = st.one_of(
    st.tuples(st.just("spread"), st.floats(0.001, 1000.0)),
    st.tuples(st.just("shift"), st.floats(-1000.0, 1000.0)),
    st.tuples(st.just("logits"), st.lists(st.floats(-50.0, 50.0), min_size=1, max_size=12).map(tuple)),
    st.tuples(st.just("loss"), st.sampled_from(["focal", "kl", "squared_error"])),
    st.tuples(st.just("view"), st.sampled_from(["explore", "vanishing"])),
    st.tuples(st.just("ghost"), st.none()),
)
WALKS = st.lists(
    st.one_of(
        CHANGES,
        st.tuples(st.sampled_from(["next", "previous", "first", "last", "reveal", "restore", "finish"]), st.none()),
        st.tuples(st.just("advance"), st.floats(0.0, 3.0)),
        st.tuples(st.sampled_from(["undo", "redo", "freeze"]), st.none()),
        st.tuples(st.sampled_from(["answer", "jump"]), st.integers(-1, 5)),
    ),
    max_size=25,
)


def step(show: Show, what: str, value: object) -> None:
    session = show.session
    if what in ("undo", "redo"):
        getattr(session.undo_stack, what)()
    elif what == "freeze":
        session.set("Freeze", ghost=session.intent.effective)
    elif what == "advance":
        show.motion.advance(value)
    elif what == "logits":
        session.apply("t", lambda intent: intent.with_logits(value))
    elif what in ("answer", "jump"):
        getattr(show, what)(value)
    elif hasattr(Intent, what):
        session.set("t", **{what: value})
    else:
        getattr(show, what)()


@pytest.fixture(scope="module")
def walked(qapp: QCoreApplication) -> Show:
    """Return one Show for all examples: sessions by the hundred keep the collector busy."""
    return Show(Session(), made())


@given(walk=WALKS)
def test_whatever_happened_r_restores_and_the_next_scene_is_its_own(walked, walk):
    show = walked
    show.first()
    show.session.undo_stack.clear()
    moving = False
    for what, value in walk:
        step(show, what, value)
        moving = show.motion.moving
        assert moving or show.differs == (show.session.intent != show.scene.intent)
    before = show.session.intent
    show.restore()
    assert show.session.intent == show.scene.intent == made().scenes[show.index].intent
    assert bits(show.session.intent) == bits(made().scenes[show.index].intent)
    if not moving:
        if before != show.session.intent:
            show.session.undo_stack.undo()
        assert show.session.intent == before
    index = show.index
    if show.asking:
        show.next()
    if show.next():
        show.finish()
        assert show.index == index + 1
        assert bits(show.session.intent) == bits(made().scenes[index + 1].intent)


def bits(intent: Intent) -> list[str]:
    return [float(value).hex() for value in (*intent.logits, intent.spread, intent.shift)]


def test_resume_leaves_the_state_alone(show):
    before = show.session.intent
    assert show.resume(ASKING) and show.session.intent == before
    assert show.differs and show.phase == REVEALED and show.session.undo_stack.count() == 0
    assert not show.resume(9)


# -- changing


def test_scenes_are_captured_edited_moved_and_removed():
    lecture = made()
    one = editing.captured(lecture, 0, Intent(logits=(5.0,)))
    assert [s.title for s in one.scenes] == ["Plain", "Scene 5", "Asking", "Slow", "Wide"]
    assert one.scenes[1].intent == Intent(logits=(5.0,))
    assert [s.title for s in editing.moved(one, 4, 0).scenes][:2] == ["Wide", "Plain"]
    assert editing.removed(one, 1) == lecture
    assert editing.edited(lecture, 2, title="New").scenes[2].title == "New"
    with pytest.raises(LectureError):
        editing.edited(lecture, 2, title="")
    with pytest.raises(LectureError):
        editing.removed(editing.started(Intent()), 0)


def test_a_changed_lecture_goes_on_where_it_was(show):
    show.jump(ASKING)
    show.answer(1)
    show.change(editing.edited(show.lecture, ASKING, caption="More"), ASKING)
    assert (show.phase, show.choice, show.scene.caption) == (ANSWERED, 1, "More")
    show.change(editing.edited(show.lecture, ASKING, question=None), ASKING)
    assert show.phase == "" and not show.hidden
    show.change(editing.edited(show.lecture, ASKING, intent=Intent()), ASKING)
    assert show.differs
