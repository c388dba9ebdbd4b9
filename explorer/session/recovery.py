"""Recovery: where a person was, kept in a file while the app runs, so that a hard end loses nothing.

The file is replaced as a whole, so it is never half written; it is written only when something has changed, at most
once a second, and removed at a clean end. One app at a time keeps it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QIODevice, QLockFile, QObject, QSaveFile, QTimer

from explorer.session.checks import IntentError
from explorer.session.intent import Intent
from explorer.session.session import Session
from explorer.session.state_line import from_line, to_line

_FORMAT = 1
_PAUSE_MS = 700
_MAX_BYTES = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Where:
    """A state, and the lecture and scene it belongs to; ``text`` is the lecture's, where it is not saved as it is."""

    intent: Intent
    lecture: str = ""
    scene: int = 0
    text: str = ""


class Recovery(QObject):
    """Keeps the file ``where.json`` in a folder."""

    def __init__(self, folder: Path, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder, self._session = folder, session
        self._path = folder / "where.json"
        self._lock: QLockFile | None = None
        self._place: Callable[[], Where] = self._only_state
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._timer.timeout.connect(self.write)

    def begin(self) -> Where | None:
        """Start to keep the file; return what an app that ended hard has left in it.

        Does nothing where another app keeps it, or where nothing can be written.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return None
        lock = QLockFile(str(self._folder / "lock"))
        lock.setStaleLockTime(0)  # only the end of its process makes it stale
        if not lock.tryLock(0):
            return None
        self._lock = lock
        left = self._read()
        self._session.changed.connect(self.touch)
        return left

    def keep_with(self, place: Callable[[], Where]) -> None:
        """Ask a bound method where the person is, instead of keeping the state alone."""
        self._place = place

    def _only_state(self) -> Where:
        return Where(self._session.intent)

    def touch(self, _: object = None) -> None:
        """Have the file written soon."""
        if self._lock is not None and not self._timer.isActive():
            self._timer.start()

    def write(self) -> None:
        """Write the file now; where that cannot be, the old one stays."""
        if self._lock is None:
            return
        import json  # only now: a start needs none of it

        self._timer.stop()
        where = self._place()
        fields = {"format": _FORMAT, "state": to_line(where.intent), "lecture": where.lecture, "scene": where.scene}
        data = json.dumps(fields | ({"text": where.text} if where.text else {}), ensure_ascii=False).encode()
        file = QSaveFile(str(self._path))
        if len(data) <= _MAX_BYTES and file.open(QIODevice.OpenModeFlag.WriteOnly):
            file.write(data)
            file.commit()

    def end(self) -> None:
        """Remove the file: the app ends as it should."""
        self._timer.stop()
        if self._lock is not None:
            self._path.unlink(missing_ok=True)
            self._lock.unlock()
            self._lock = None

    def _read(self) -> Where | None:
        if not self._path.is_file():
            return None
        import json

        try:
            if self._path.stat().st_size > _MAX_BYTES:
                return None
            fields = json.loads(self._path.read_text(encoding="utf-8"))
            intent, _ = from_line(str(fields["state"]))
            scene = int(fields.get("scene", 0))
            return Where(intent, str(fields.get("lecture", "")), scene, str(fields.get("text", "")))
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError, IntentError):
            return None  # of no use; it is written over
