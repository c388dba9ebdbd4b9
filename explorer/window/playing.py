"""Player: moves the state along the chosen direction, there and back, until paused; a timer runs only meanwhile."""

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from explorer.session.direction import direction_of
from explorer.session.session import Session

_FRAME_MS = 16
_AXES_PER_SECOND = 0.14  # at speed 1


class Player(QObject):
    """Plays as one gesture, so one undo step. Pauses when anything else moves the state along the direction."""

    changed = Signal(bool)  # does it play?

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._timer = QTimer(self, interval=_FRAME_MS)
        self._timer.timeout.connect(self._tick)
        self._clock = QElapsedTimer()
        self._gesture = 0
        self._forwards = True
        self._place = 0.0
        self._set: object = None

    @property
    def playing(self) -> bool:
        """Is the state being moved?"""
        return self._timer.isActive()

    def toggle(self) -> None:
        """Play, or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def play(self) -> None:
        """Go on from the present state, the same way as before if nothing else has moved it."""
        self._gesture = self._session.new_gesture()
        here = self._here()
        if here != self._set:
            self._forwards = True
        self._place = direction_of(self._session.intent).place(self._session.intent)
        self._set = here
        self._clock.start()
        self._timer.start()
        self.changed.emit(True)

    def pause(self) -> None:
        """Stay where the state is."""
        if self.playing:
            self._timer.stop()
            self.changed.emit(False)

    def _here(self) -> object:
        intent = self._session.intent
        way = direction_of(intent)
        return way, way.value(intent)

    def _tick(self) -> None:
        self.advance(min(self._clock.restart(), 100) / 1000.0)

    def advance(self, seconds: float) -> None:
        """Move on by a time; turn round at the ends."""
        if self._here() != self._set:
            self.pause()
            return
        intent = self._session.intent
        way, step = direction_of(intent), _AXES_PER_SECOND * float(intent.vanishing.speed) * seconds
        self._place += step if self._forwards else -step
        if not 0.0 <= self._place <= 1.0:
            self._forwards = self._place < 0.0
            self._place = min(max(self._place, 0.0), 1.0)
        value = float(f"{way.axis.value(self._place):.4g}") + 0.0
        if self._session.apply(f"Play {way.step}", lambda before: way.moved(before, value), self._gesture):
            self._set = self._here()
        else:
            self.pause()
