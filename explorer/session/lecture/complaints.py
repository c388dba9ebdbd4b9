"""What is wrong with a lecture file, and where."""

from collections.abc import Callable
from typing import TypeVar

from explorer.session.checks import IntentError
from explorer.session.intake import IntakeError
from explorer.session.lecture.scene import LectureError

_MOST = 500  # sentences; nobody reads more
_Made = TypeVar("_Made")


class Complaints:
    """Collects sentences, each behind its place: ``my.toml, scene 3 “Tie”, field spread: It is …``."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sentences: list[str] = []
        self._dropped = False

    def say(self, sentence: str, *place: str) -> None:
        """Note a sentence about a place in the file."""
        self._dropped = len(self.sentences) >= _MOST
        if not self._dropped:
            self.sentences.append(f"{', '.join((self.name, *filter(None, place)))}: {sentence}")

    def add(self, sentence: str) -> None:
        """Add to the last sentence what comes of it."""
        if not self._dropped:
            self.sentences[-1] += f" {sentence}"

    def tried(self, make: Callable[[], _Made], *place: str) -> _Made | None:
        """Return what make returns; None, and a complaint, if it cannot be."""
        try:
            return make()
        except (LectureError, IntentError, IntakeError) as error:
            self.say(str(error), *place)
        return None
