"""Motion: takes the Session from one state to another in some seconds; a timer runs only meanwhile."""

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from explorer.session.intent import Intent
from explorer.session.lecture.transition import between
from explorer.session.session import Session

_FRAME_MS = 16
_LONGEST_STEP = 0.1  # seconds: after a stall the picture goes on, it does not leap


class Motion(QObject):
    """Moves as one gesture, so one undo step, and ends at the very state asked for.

    Gives way at once when anything else changes the state.
    """

    ended = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._timer = QTimer(self, interval=_FRAME_MS)
        self._timer.timeout.connect(self._tick)
        self._clock = QElapsedTimer()

    @property
    def moving(self) -> bool:
        """Is the state on its way?"""
        return self._timer.isActive()

    def go(self, text: str, start: Intent, end: Intent, seconds: float, ghost: tuple[float, ...] | None = None) -> None:
        """Go from start to end, or cut to end where 0 seconds are given or there is no way.

        On the way, ``ghost`` is shown where the end has none of its own.
        """
        self._timer.stop()
        if seconds <= 0.0 or between(start, end, 0.0) == end:
            self._session.load(text, end)
            return
        self._text, self._start, self._end, self._seconds, self._ghost = text, start, end, seconds, ghost
        self._gesture, self._done = self._session.new_gesture(), 0.0
        self._clock.start()
        self._timer.start()
        self._show()

    def finish(self) -> None:
        """Be at the end now."""
        if self.moving and self._session.intent == self._set:
            self._done = self._seconds
            self._show()
        self._stop()

    def _tick(self) -> None:
        self.advance(min(self._clock.restart() / 1000.0, _LONGEST_STEP))

    def advance(self, seconds: float) -> None:
        """Move on by a time."""
        if not self.moving:
            return
        if self._session.intent != self._set:
            self._stop()
            return
        self._done += seconds
        self._show()
        if self._done >= self._seconds:
            self._stop()

    def _show(self) -> None:
        f = min(self._done / self._seconds, 1.0)
        intent = between(self._start, self._end, f * f * (3.0 - 2.0 * f))  # starts and arrives gently
        if f < 1.0 and self._ghost is not None and intent.ghost is None and len(self._ghost) == intent.n:
            intent = intent.with_changes(ghost=self._ghost)
        self._session.load(self._text, intent, self._gesture, self._end)
        self._set = self._session.intent

    def _stop(self) -> None:
        if self.moving:
            self._timer.stop()
            self.ended.emit()
