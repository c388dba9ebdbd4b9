"""Show: a lecture as it is given: the present scene, its question, what the room thinks, and the exact way back."""

from PySide6.QtCore import QObject, Signal

from explorer.session.lecture.motion import Motion
from explorer.session.lecture.scene import Lecture, Scene
from explorer.session.session import Session

_REVEAL_SECONDS = 1.0  # for a scene that gives no time of its own
MOST_HANDS = 9999

ASKED, ANSWERED, REVEALED, NONE = "asked", "answered", "revealed", ""


class Show(QObject):
    """Goes through the scenes of a lecture. It knows no widget.

    Going to a scene loads its state into the Session as one undo step, whatever happened before. A scene with a
    question is ``asked`` first, ``answered`` once the room has chosen, and ``revealed`` last. ``changed`` is emitted
    after anything of it has changed: the scene, the phase, what the room thinks, whether the state is the scene's.
    """

    changed = Signal()

    def __init__(self, session: Session, lecture: Lecture, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.motion = Motion(session, self)
        self._lecture = lecture
        self._index = 0
        self._visit = 0
        self._phase = NONE
        self._choice: int | None = None
        self._hands: tuple[int | None, ...] = ()
        self._differs = True
        session.changed.connect(self._look_again)
        self.motion.ended.connect(self._look_again)

    # -- what there is

    @property
    def lecture(self) -> Lecture:
        """The lecture."""
        return self._lecture

    @property
    def index(self) -> int:
        """The place of the present scene, counted from 0."""
        return self._index

    @property
    def scene(self) -> Scene:
        """The present scene."""
        return self._lecture.scenes[self._index]

    @property
    def following(self) -> Scene | None:
        """The scene after the present one."""
        return self._lecture.scenes[self._index + 1] if self._index + 1 < len(self._lecture.scenes) else None

    @property
    def visit(self) -> int:
        """Grows whenever a scene is entered."""
        return self._visit

    @property
    def phase(self) -> str:
        """How far the question is: "asked", "answered" or "revealed"; "" where there is none."""
        return self._phase

    @property
    def asking(self) -> bool:
        """Is there a question that waits for its reveal?"""
        return self._phase in (ASKED, ANSWERED)

    @property
    def choice(self) -> int | None:
        """The answer that the room has chosen, counted from 0."""
        return self._choice

    @property
    def hands(self) -> tuple[int | None, ...]:
        """How many hands were raised for each answer; None where nobody counted."""
        return self._hands

    @property
    def hidden(self) -> tuple[str, ...]:
        """The pictures that wait for the reveal."""
        return self.scene.question.hidden if self.asking and self.scene.question else ()

    @property
    def differs(self) -> bool:
        """Has the state been changed since the scene was entered or returned to?"""
        return self._differs

    # -- going through the scenes

    def next(self) -> bool:
        """Reveal what is asked, else go to the next scene; return False at the end."""
        if self.asking:
            self.reveal()
        elif self._index + 1 < len(self._lecture.scenes):
            self._enter(self._index + 1, follow=True)
        else:
            return False
        return True

    def previous(self) -> bool:
        """Go to the scene before; return False at the beginning."""
        return self.jump(self._index - 1)

    def first(self) -> None:
        """Go to the first scene."""
        self.jump(0)

    def last(self) -> None:
        """Go to the last scene."""
        self.jump(len(self._lecture.scenes) - 1)

    def jump(self, index: int) -> bool:
        """Go to a scene, counted from 0, at once; return whether there is one."""
        if not 0 <= index < len(self._lecture.scenes):
            return False
        self._enter(index)
        return True

    def resume(self, index: int) -> bool:
        """Be in a scene without touching the state, which may differ from the scene's; a question stays revealed."""
        if not 0 <= index < len(self._lecture.scenes):
            return False
        self.motion.finish()
        self._arrive(index, REVEALED)
        self._look_again()
        self.changed.emit()
        return True

    def _enter(self, index: int, follow: bool = False) -> None:
        self.motion.finish()
        self._arrive(index, ASKED)
        scene = self.scene
        # A question is asked of the new state; its way there is shown at the reveal.
        seconds = scene.seconds if follow and not self.asking else 0.0
        self._differs = False
        self.motion.go(f"Scene: {scene.title}", self.session.intent, scene.intent, seconds)
        self.changed.emit()

    def _arrive(self, index: int, phase: str) -> None:
        self._index = index
        self._visit += 1
        question = self.scene.question
        self._phase = NONE if question is None else phase
        self._choice, self._hands = None, (None,) * len(question.answers if question else ())

    def restore(self) -> None:
        """Go back to the scene's own state, bit for bit."""
        self.motion.finish()
        self.session.load(f"Back to the scene: {self.scene.title}", self.scene.intent)
        self._look_again()

    def finish(self) -> None:
        """Be at the end of what moves now."""
        self.motion.finish()

    # -- predict, then reveal

    def answer(self, index: int) -> bool:
        """Note the answer that the room has chosen; the same one once more takes it back."""
        if not self.asking or not 0 <= index < len(self._hands):
            return False
        self._choice = None if self._choice == index else index
        self._phase = ASKED if self._choice is None else ANSWERED
        self.changed.emit()
        return True

    def count_hands(self, index: int, count: int | None) -> bool:
        """Note how many hands were raised for an answer, 0 to 9999; None for not counted."""
        if not 0 <= index < len(self._hands) or not (count is None or 0 <= count <= MOST_HANDS):
            return False
        self._hands = (*self._hands[:index], count, *self._hands[index + 1 :])
        self.changed.emit()
        return True

    def reveal(self) -> None:
        """Show what was hidden: the state goes from the scene before to this one's, whatever was tried meanwhile."""
        if not self.asking:
            return
        self._phase, self._differs = REVEALED, False
        scene, before = self.scene, self._lecture.scenes[self._index - 1] if self._index else None
        if before is None or before.intent.labels != scene.intent.labels:
            self.motion.go("Reveal", scene.intent, scene.intent, 0.0)
        else:
            seconds = scene.seconds or _REVEAL_SECONDS
            self.motion.go("Reveal", before.intent, scene.intent, seconds, before.intent.effective)
        self.changed.emit()

    # -- changing the lecture

    def change(self, lecture: Lecture, index: int) -> None:
        """Go on with a changed lecture, in the scene at index; the state and what is revealed stay."""
        before = self.scene
        self._lecture, self._index = lecture, min(max(index, 0), len(lecture.scenes) - 1)
        question = self.scene.question
        if question is None or before.question is None or len(question.answers) != len(self._hands):
            self._phase = NONE if question is None else REVEALED
            self._choice, self._hands = None, (None,) * len(question.answers if question else ())
        self._differs = not self.motion.moving and self.session.intent != self.scene.intent
        self.changed.emit()

    def _look_again(self, _: object = None) -> None:
        differs = not self.motion.moving and self.session.intent != self.scene.intent
        if differs != self._differs:
            self._differs = differs
            self.changed.emit()
