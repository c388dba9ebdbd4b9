"""Session: the only place where state changes. It knows no widget."""

from collections.abc import Callable
from itertools import count
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from explorer.session.checks import IntentError
from explorer.session.intent import Intent
from explorer.session.presets import START
from explorer.session.snapshot import Snapshot, resolve


class Session(QObject):
    """Holds the present Intent and its Snapshot; every change is one undo step, every drag too.

    ``changed(snapshot)`` is emitted once per user action, and only when something changed.
    ``refused(sentence)`` is emitted when a change cannot be; the state stays as it was.
    A change that comes while a state is being shown is made right after it, as a step of its own.
    """

    changed = Signal(object)
    refused = Signal(str)

    def __init__(self, intent: Intent | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(1000)
        self._origin = intent or START
        self._snapshot = resolve(self._origin)
        self._gestures = count(1)
        self._showing = False
        self._late: list[tuple[str, Callable[[Intent], Intent], Intent, int | None]] = []
        self.undo_stack.indexChanged.connect(self._take_late)

    @property
    def snapshot(self) -> Snapshot:
        """The present Snapshot."""
        return self._snapshot

    @property
    def intent(self) -> Intent:
        """The present Intent."""
        return self._snapshot.intent

    @property
    def origin(self) -> Intent:
        """The state that a reset goes back to: the last one started from or loaded whole."""
        return self._origin

    def new_gesture(self) -> int:
        """Return a number for a drag or a key held down: changes that carry it make one undo step."""
        return next(self._gestures)

    def apply(self, text: str, change: Callable[[Intent], Intent], gesture: int | None = None) -> bool:
        """Change the state; text names the step in the undo list. Return whether the change could be made."""
        return self._push(text, change, self._origin, gesture)

    def _push(self, text: str, change: Callable[[Intent], Intent], origin: Intent, gesture: int | None = None) -> bool:
        if self._showing:  # by a training that pauses as its page goes: a step within a step breaks the undo list
            self._late.append((text, change, origin, gesture))
            return True
        try:
            after = change(self.intent)
        except IntentError as error:
            self.refused.emit(str(error))
            return False
        if after == self.intent:
            self._origin = origin
        else:
            self.undo_stack.push(_Step(self, text, (self.intent, self._origin), (after, origin), gesture))
        return True

    def _take_late(self) -> None:
        while self._late and not self._showing:
            self._push(*self._late.pop(0))

    def set(self, text: str, gesture: int | None = None, /, **fields: Any) -> bool:
        """Change some fields of the Intent."""
        return self.apply(text, lambda intent: intent.with_changes(**fields), gesture)

    def choose(self, group: str, text: str, gesture: int | None = None, /, **fields: Any) -> bool:
        """Change some fields in a group of choices of the Intent, such as ``vanishing``."""
        return self.apply(text, lambda intent: intent.with_choice(group, **fields), gesture)

    def load(self, text: str, intent: Intent, gesture: int | None = None, origin: Intent | None = None) -> None:
        """Take over a whole state (a preset, a file, a scene) and make it, or origin, the one a reset returns to."""
        self._push(text, lambda _: intent, intent if origin is None else origin, gesture)

    def reset(self) -> None:
        """Go back to the state started from, as one undo step; the view stays."""
        self.apply("Reset all", lambda intent: self._origin.with_page_of(intent))

    def reset_logit(self, index: int) -> None:
        """Set one logit back to where it started; a class added since starts at 0."""
        start = self._origin.logits[index] if index < self._origin.n else 0.0
        self.apply("Reset a logit", lambda intent: intent.with_logit(index, start))

    def reset_field(self, field: str) -> None:
        """Set one field of the Intent back to where it started."""
        value = self._origin.value_of(field)
        self.apply(f"Reset the {field}", lambda intent: intent.with_value(field, value))

    def _show(self, state: tuple[Intent, Intent]) -> None:
        intent, self._origin = state
        if intent != self.intent:
            self._snapshot = resolve(intent, self._snapshot)
            self._showing = True
            try:
                self.changed.emit(self._snapshot)
            finally:
                self._showing = False


class _Step(QUndoCommand):
    """One step of the undo list: the Intent and the one a reset returns to, before and after."""

    def __init__(
        self,
        session: Session,
        text: str,
        before: tuple[Intent, Intent],
        after: tuple[Intent, Intent],
        gesture: int | None,
    ) -> None:
        super().__init__(text)
        self._session, self._before, self._after, self._gesture = session, before, after, gesture

    def id(self) -> int:
        return -1 if self._gesture is None else 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Step) or other._gesture != self._gesture:
            return False
        self._after = other._after
        self.setObsolete(self._after == self._before)
        return True

    def redo(self) -> None:
        self._session._show(self._after)

    def undo(self) -> None:
        self._session._show(self._before)
