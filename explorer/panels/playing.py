"""Player: moves the spread by itself, there and back, until paused; a timer runs only meanwhile."""

import math

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from explorer.session.session import Session

_FRAME_MS = 16
_DECADES_PER_SECOND = 0.7
_LOW, _HIGH = -2.0, 3.0  # decimal logarithms of the spread: what the curves show


class Player(QObject):
    """Plays the spread as one gesture, so one undo step. Pauses when anything else moves the spread."""

    changed = Signal(bool)  # does it play?

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._timer = QTimer(self, interval=_FRAME_MS)
        self._timer.timeout.connect(self._tick)
        self._clock = QElapsedTimer()
        self._gesture = 0
        self._direction = 1.0
        self._place = 0.0
        self._set: float | None = None

    @property
    def playing(self) -> bool:
        """Is the spread being moved?"""
        return self._timer.isActive()

    def toggle(self) -> None:
        """Play, or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def play(self) -> None:
        """Go on from the present spread, in the direction of before if nothing else has moved it."""
        self._gesture = self._session.new_gesture()
        spread = self._session.intent.spread
        if spread != self._set:
            self._direction = 1.0
        self._place = min(max(math.log10(spread), _LOW), _HIGH)
        self._set = spread
        self._clock.start()
        self._timer.start()
        self.changed.emit(True)

    def pause(self) -> None:
        """Stay where the spread is."""
        if self.playing:
            self._timer.stop()
            self.changed.emit(False)

    def _tick(self) -> None:
        self.advance(min(self._clock.restart(), 100) / 1000.0)

    def advance(self, seconds: float) -> None:
        """Move on by a time; turn round at the ends."""
        if self._session.intent.spread != self._set:
            self.pause()
            return
        self._place += self._direction * _DECADES_PER_SECOND * seconds
        for end, inward in ((_LOW, 1.0), (_HIGH, -1.0)):
            if (self._place - end) * inward < 0.0:
                self._place, self._direction = end, inward
        self._set = float(f"{10.0**self._place:.4g}")
        if not self._session.set("Play the spread", self._gesture, spread=self._set):
            self.pause()
