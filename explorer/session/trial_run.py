"""TrialRun: a trial that runs beside the window, which stays alive meanwhile; a timer ticks only while it runs."""

import threading
import time

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.trial.outcome import Outcome
from explorer.trial.runner import Trial
from explorer.trial.source import Source

_TICK_MS = 50


class TrialRun(QObject):
    """Runs one trial at a time. A thread waits for the process and touches nothing of Qt; the timer looks after it."""

    ticked = Signal(float)  # the seconds that it has run
    finished = Signal(object)  # an Outcome

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work: _Work | None = None
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._look)

    @property
    def running(self) -> bool:
        """Whether a trial runs."""
        return self._work is not None

    def start(self, source: Source, function: str | None, kind: str | None, seconds: float, memory_mb: int) -> None:
        """Start a trial; one that still runs is stopped, and what comes of it is dropped."""
        self.stop()
        self._work = _Work(Trial(source, function, kind, seconds=seconds, memory_mb=memory_mb))
        self._work.start()
        self._timer.start()
        self.ticked.emit(0.0)

    def stop(self) -> None:
        """End the trial that runs, if one does; its outcome comes as that of any other."""
        if self._work is not None:
            self._work.trial.stop()

    def _look(self) -> None:
        work = self._work
        if work is None or work.is_alive():
            self.ticked.emit(0.0 if work is None else time.monotonic() - work.began)
            return
        self._work = None
        self._timer.stop()
        self.finished.emit(work.outcome)


class _Work(threading.Thread):
    """Waits for one trial."""

    def __init__(self, trial: Trial) -> None:
        super().__init__(name="trial", daemon=True)  # the app may end meanwhile; the keeper then ends the code
        self.trial, self.began = trial, time.monotonic()
        self.outcome = Outcome("your code", "", "The trial itself failed; there is no result.")

    def run(self) -> None:
        self.outcome = self.trial.run()
