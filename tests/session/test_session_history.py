"""Long random histories of a Session, against a plain list of states: restored bit for bit."""

from hypothesis import given
from hypothesis import strategies as st
from intents import MODERATE, intents

from explorer.session.intent import Intent
from explorer.session.session import Session

START = Intent(logits=(2.0, 1.0, 0.1), target=0)
SMALL = st.floats(-2.0, 2.0).map(lambda x: round(x) / 2.0 + 0.0)
CHANGES = st.one_of(
    st.builds(lambda k, z: lambda intent: intent.with_logit(k % intent.n, z), st.integers(0, 11), SMALL | MODERATE),
    st.integers(1, 12).map(lambda n: lambda intent: intent.with_classes(n)),
    st.sampled_from([1.0, 0.1, 1000.0]).map(lambda t: lambda intent: intent.with_changes(spread=t)),
    st.integers(0, 11).map(lambda k: lambda intent: intent.with_changes(target=k % intent.n)),
    st.booleans().map(lambda on: lambda intent: intent.with_changes(ghost=intent.effective if on else None)),
)
STEPS = st.one_of(
    st.tuples(st.just("change"), CHANGES),
    st.tuples(st.just("drag"), st.lists(SMALL, min_size=1, max_size=5)),
    st.tuples(st.just("load"), intents(MODERATE, largest=4)),
    st.tuples(st.sampled_from(["undo", "redo", "reset"]), st.none()),
)


class History:
    """What the session should do, by hand: states with the origin of each, and the place in them."""

    def __init__(self) -> None:
        self.states, self.place = [(START, START)], 0

    def push(self, state: tuple[Intent, Intent]) -> None:
        if state != self.states[self.place]:
            self.states[self.place + 1 :] = [state]
            self.place += 1

    def follow(self, kind: str, what: object) -> None:
        intent, origin = self.states[self.place]
        match kind:
            case "change":
                self.push((what(intent), origin))
            case "drag":
                path = [intent.with_logit(0, z) for z in what]
                if any(state != intent for state in path):
                    del self.states[self.place + 1 :]
                self.push((path[-1], origin))
            case "load":
                self.push((what, what))
            case "reset":
                self.push((origin.with_changes(view=intent.view), origin))
            case "undo":
                self.place = max(self.place - 1, 0)
            case "redo":
                self.place = min(self.place + 1, len(self.states) - 1)


def drag(session: Session, path: list[float]) -> None:
    """Drag the first logit along a path, as one gesture."""
    gesture = session.new_gesture()
    for value in path:
        session.apply("Drag", lambda intent, value=value: intent.with_logit(0, value), gesture)


@given(st.lists(STEPS, max_size=40))
def test_long_histories_are_restored_bit_for_bit(steps: list[tuple[str, object]]) -> None:
    session, history = Session(START), History()
    perform = {
        "change": lambda change: session.apply("Change", change),
        "drag": lambda path: drag(session, path),
        "load": lambda intent: session.load("Load", intent),
        "reset": lambda _: session.reset(),
        "undo": lambda _: session.undo_stack.undo(),
        "redo": lambda _: session.undo_stack.redo(),
    }
    for kind, what in steps:
        perform[kind](what)
        history.follow(kind, what)
        assert repr((session.intent, session.origin)) == repr(history.states[history.place])
    while session.undo_stack.canUndo():
        session.undo_stack.undo()
    assert repr(session.intent) == repr(START)
    for state in history.states[1:]:
        session.undo_stack.redo()
        assert repr((session.intent, session.origin)) == repr(state)
    assert not session.undo_stack.canRedo()
