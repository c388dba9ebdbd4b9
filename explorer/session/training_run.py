"""A run of a training choice: computed as far as it is looked at, with moments to come back to."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from explorer.model import datasets
from explorer.model.datasets import DataSet
from explorer.model.exact import Indices
from explorer.model.recording import Recording
from explorer.model.training import Checkpoint, Training, start_layer
from explorer.model.verdict import Verdict, verdict
from explorer.session.intake import IntakeError, quote
from explorer.session.samples import samples_named
from explorer.session.training_choice import LOADED, Change, TrainingChoice

MOST_SAMPLES, MOST_FEATURES = 10_000, 256  # of loaded samples; the first are taken
Flags = NDArray[np.bool_]
_EVERY = 500  # steps between two moments kept


def data_of(choice: TrainingChoice) -> DataSet:
    """Return the data to train on; the last few are kept. IntakeError, with a sentence, for samples of no use here."""
    if choice.data == LOADED:
        return _loaded(choice.samples, choice.labelling)
    return _made(choice.data, choice.points, choice.seed)


@lru_cache(maxsize=4)
def _made(name: str, points: int, seed: int) -> DataSet:
    return datasets.make(name, points, seed)


@lru_cache(maxsize=2)
def _loaded(name: str, labelling: str) -> DataSet:
    samples = samples_named(name, labelling)
    if samples is None:
        raise IntakeError(f"The samples {quote(name)} are not loaded here: open their file on the page A batch.")
    if samples.N > MOST_FEATURES:
        raise IntakeError(f"The samples have {samples.N} features; training takes at most {MOST_FEATURES}.")
    X, y = samples.rows(0, MOST_SAMPLES).copy(), samples.labels[:MOST_SAMPLES].copy()
    return DataSet(name, X, y, samples.T)


class Run:
    """One training run and what was measured on its way. ``choice`` is the second run's where it is that."""

    def __init__(self, choice: TrainingChoice, keeps_format: bool = False) -> None:
        self.choice = choice.run
        self._keeps_format = keeps_format  # a second run in another format does not follow changes of it
        self.data = data_of(choice)
        self.recording = Recording()
        self._changes: tuple[Change, ...] = ()
        self.training = self._training()
        self._marks: list[Checkpoint] = [self.training.checkpoint()]
        self._verdict: tuple[int, Verdict] | None = None
        self._states: tuple[int, tuple[Flags, Flags]] | None = None

    def _training(self) -> Training:
        choice = self.choice
        return Training(
            start_layer(self.data.classes, self.data.X.shape[1], choice.scale, choice.seed),
            self.data.X,
            self.data.y,
            loss=choice.loss,
            optimizer=choice.optimizer,
            rate=choice.rate,
            batch=choice.batch or None,
            seed=choice.seed,
            format=choice.format,
            changes=self._changes,
        )

    @property
    def step(self) -> int:
        """The steps done."""
        return self.training.step

    def take_changes(self, changes: tuple[Change, ...]) -> None:
        """Make these the changes on the way; what was computed before the first that differs is kept."""
        if self._keeps_format:
            changes = tuple(change for change in changes if change[1] != "format")
        if changes == self._changes:
            return
        only_added = set(changes) > set(self._changes)
        first = min(c[0] for c in set(changes) ^ set(self._changes))
        self._changes = changes
        self.recording.cut(first)
        self._marks = [mark for mark in self._marks if mark.step < first or mark.step == 0]
        here = self.training.checkpoint()
        self.training = self._training()
        self._verdict = self._states = None
        goes_on = here.step < first or (here.step == first and only_added)
        self.training.restore(here if goes_on else self._marks[-1])

    def go_back(self, step: int) -> None:
        """Go to the last moment kept that is not after a step."""
        if step < self.step:
            self.training.restore([mark for mark in self._marks if mark.step <= step][-1])
            self._verdict = self._states = None

    def advance(self) -> None:
        """Take a step."""
        self.recording.append(next(self.training))
        if self.step % _EVERY == 0 and self.step > self._marks[-1].step:
            self._marks.append(self.training.checkpoint())

    def go_to(self, step: int, may_go_on: Callable[[], bool]) -> bool:
        """Go to a step as long as one may; return whether it is reached."""
        self.go_back(step)
        while self.step < step:
            if not may_go_on():
                return False
            self.advance()
        return True

    @property
    def verdict(self) -> Verdict:
        """What became of it, at the present step."""
        if self._verdict is None or self._verdict[0] != self.step:
            self._verdict = self.step, verdict(self.training)
        return self._verdict[1]

    @property
    def given(self) -> Indices:
        """The class that the layer gives each sample, (m,); the first where logits are not finite."""
        with np.errstate(all="ignore"):
            return np.asarray(self.training.whole_pass().logits.argmax(axis=0))

    @property
    def states(self) -> tuple[Flags, Flags]:
        """Of which points the class is right, and of which the gradient is exactly 0, both (m,)."""
        if self._states is None or self._states[0] != self.step:
            with np.errstate(all="ignore"):
                found = self.training.whole_pass()
                self._states = self.step, (found.rightly(), found.lost())
        return self._states[1]
