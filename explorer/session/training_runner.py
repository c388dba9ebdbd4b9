"""TrainingRunner: computes training runs in slices between frames; a timer runs only while there is something to do."""

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from explorer.session.intake import IntakeError
from explorer.session.session import Session
from explorer.session.training_choice import FORMATS, MOST_STEPS, TrainingChoice
from explorer.session.training_run import Run

_FRAME_MS = 16
_SLICE_NS = 6_000_000  # of computing in a frame; the rest of it is for painting
_AT_ONCE_NS = 100_000_000  # of computing before a new state is shown unfinished


class TrainingRunner(QObject):
    """Holds the runs of the present choice. While it runs, the step is its own; a pause hands it to the Session.

    ``advanced`` is emitted when the runs have gone on by themselves, ``followed`` when they were brought to another
    state, ``changed`` when it starts or stops running. The runs' state
    follows from the choice and the step alone, so a paused picture depends on the Intent alone.
    """

    advanced = Signal()
    followed = Signal()
    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.runs: tuple[Run, ...] = ()
        self.complaint = ""  # why there is no run
        self.slice_ns = _SLICE_NS
        self._run_of: TrainingChoice | None = None
        self._shown: TrainingChoice | None = None
        self._wanted = 0
        self._gesture = 0
        self.running = False
        self._timer = QTimer(self, interval=_FRAME_MS)
        self._timer.timeout.connect(self.tick)
        self._clock = QElapsedTimer()
        self._limit = 0

    @property
    def step(self) -> int:
        """The steps that all runs have done."""
        return min((run.step for run in self.runs), default=0)

    @property
    def busy(self) -> bool:
        """Is there something left to compute before the state is shown?"""
        return not self.running and bool(self.runs) and self.step != self._wanted

    @property
    def choice(self) -> TrainingChoice:
        """The choice with the step as it is now."""
        choice = self._session.intent.training
        return choice.with_setting(step=self.step) if self.running else choice

    def follow(self, choice: TrainingChoice) -> None:
        """Bring the runs to a choice, in slices where it takes long; again and again the same costs nothing."""
        if choice == self._shown:
            return
        self._shown = choice
        if choice.run != self._run_of:
            self._run_of = choice.run
            second = choice.second
            try:
                self.runs = (Run(choice),)
                if second is not None:
                    self.runs = (Run(choice), Run(second, keeps_format=choice.compared in FORMATS))
                self.complaint = ""
            except IntakeError as error:  # samples that may yet be loaded
                self.runs, self.complaint = (), str(error)
                self._run_of = self._shown = None
        for run in self.runs:
            run.take_changes(choice.changes)
        if not self.running:
            self._wanted = choice.step
            self._catch_up(_AT_ONCE_NS)
            if self.busy:
                self._timer.start()
        self.followed.emit()

    def settle(self) -> None:
        """Compute what is left at once."""
        if not self.busy:
            return
        while self.busy:
            self._catch_up(_AT_ONCE_NS)
        self._timer.stop()
        self.advanced.emit()

    def _may_go_on(self) -> bool:
        return self._clock.nsecsElapsed() < self._limit

    def _catch_up(self, nanoseconds: int) -> None:
        self._clock.start()
        self._limit = nanoseconds
        for run in self.runs:
            if not run.go_to(self._wanted, self._may_go_on):
                return

    # -- running

    def toggle(self) -> None:
        """Run, or pause."""
        if self.running:
            self.pause()
        else:
            self.run()

    def run(self) -> None:
        """Go on from here until paused, or until there are MOST_STEPS."""
        self.follow(self._session.intent.training)
        self.settle()
        if self.runs and self.step < MOST_STEPS and not self.running:
            self._gesture = self._session.new_gesture()
            self.running = True
            self._timer.start()
            self.changed.emit()

    def pause(self) -> None:
        """Stay at the present step, and make it the state's."""
        self._timer.stop()
        if self.running:
            step = self.step if self.runs else self._session.intent.training.step
            self.running = False
            self._wanted = step
            self._session.choose("training", "Run the training", self._gesture, step=step)
            self.changed.emit()

    def rest(self) -> None:
        """Stop computing, as nobody looks; what is left is taken up with the next state shown."""
        self.pause()
        if self.busy:
            self._shown = None

    def step_once(self) -> None:
        """Take one step."""
        self.pause()
        self.settle()
        step = self._session.intent.training.step
        if self.runs and step < MOST_STEPS:
            self._session.choose("training", "One training step", step=step + 1)

    def back(self) -> None:
        """Go back to the start, where nothing is changed on the way yet."""
        self.pause()
        self._session.choose("training", "Back to the start of training", step=0, changes=())

    def change(self, what: str, value: float | str, gesture: int | None = None) -> bool:
        """Change rate or format from here on."""
        step = self.choice.step
        return self._session.apply(
            f"Change the {what} of training",
            lambda intent: intent.with_changes(
                training=intent.training.with_setting(step=step).with_change(what, value)
            ),
            gesture,
        )

    def set(self, text: str, gesture: int | None = None, /, **fields: object) -> bool:
        """Change other settings; the run starts anew."""
        return self._session.apply(
            text, lambda intent: intent.with_changes(training=intent.training.with_setting(**fields)), gesture
        )

    def tick(self) -> None:
        """Compute what fits between two frames, and have it painted."""
        if not self.running:
            self._catch_up(self.slice_ns)
            if not self.busy:
                self._timer.stop()
            self.advanced.emit()
            return
        self._clock.start()
        self._limit = self.slice_ns
        speed = self._session.intent.training.speed
        goal = 0 if not self.runs else MOST_STEPS if speed == "most" else min(self.step + int(speed), MOST_STEPS)
        while self.step < goal:
            for run in self.runs:
                if run.step <= self.step:
                    run.advance()
            if not self._may_go_on():  # on a busy machine, too, each frame goes on
                break
        self.advanced.emit()
        if self.step == MOST_STEPS or not self.runs:
            self.pause()
