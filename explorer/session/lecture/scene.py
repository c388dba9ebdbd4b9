"""Scene and Lecture: frozen records of plain values, checked on creation."""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from explorer.session.intake import count, quote
from explorer.session.intent import Intent
from explorer.session.lecture.pictures import CONTROLS, PICTURES, all_pictures

_USUAL = Intent()
MAX_SCENES = 200
MAX_SECONDS = 30.0
MIN_ANSWERS, MAX_ANSWERS = 2, 5
LENGTHS = {  # characters
    "title": 80,
    "caption": 400,
    "notes": 5000,
    "question": 300,
    "answer": 160,
    "explanation": 600,
}


class LectureError(ValueError):
    """What of a lecture cannot be used: one sentence."""


@dataclass(frozen=True, slots=True)
class Question:
    """Predict, then reveal: 2 to 5 answers, the right one counted from 0, and the pictures hidden until then.

    Text is cleaned. Raises LectureError for a missing text, a wrong number of answers, two alike, and unknown names.
    """

    text: str
    answers: tuple[str, ...]
    right: int
    explanation: str = ""
    hidden: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _set(self, text=line(self.text, "question"), explanation=line(self.explanation, "explanation"))
        _set(self, answers=tuple(line(answer, "answer") for answer in self.answers))
        if not self.text:
            raise LectureError("The question has no text; write what to ask.")
        if not MIN_ANSWERS <= len(self.answers) <= MAX_ANSWERS:
            raise LectureError(f"It has {count(len(self.answers), 'answer')}; give 2 to 5.")
        if not all(self.answers):
            raise LectureError(f"Answer {self.answers.index('') + 1} is empty; write it, or leave it out.")
        if len(set(self.answers)) < len(self.answers):
            raise LectureError("Two answers are the same; make them differ.")
        if not 0 <= self.right < len(self.answers):
            raise LectureError(f"The right answer is {self.right + 1}, but there are {len(self.answers)} answers.")
        _set(self, hidden=known("picture", self.hidden, all_pictures()))

    def with_changes(self, **fields: Any) -> "Question":
        """Return a copy with some fields changed, checked again."""
        return replace(self, **fields)


@dataclass(frozen=True, slots=True)
class Scene:
    """A named state with what is said about it.

    ``panels`` and ``controls`` are the names of those that show, None for all of them; ``seconds`` is how long the
    way from the scene before takes, 0 for a cut. ``origin`` is the block of the file that it was read from, counted
    from 0; it takes no part in comparison. Text is cleaned. Raises LectureError for what is outside the limits.
    """

    title: str
    intent: Intent = _USUAL
    caption: str = ""
    notes: str = ""
    question: Question | None = None
    panels: tuple[str, ...] | None = None
    controls: tuple[str, ...] | None = None
    seconds: float = 0.0
    origin: int | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        _set(self, title=line(self.title, "title"), caption=line(self.caption, "caption"), notes=notes(self.notes))
        if not self.title:
            raise LectureError("The scene has no title; give it one.")
        if self.panels is not None:
            _set(self, panels=known("picture", self.panels, all_pictures()))
            if not self.panels:
                raise LectureError("No picture would show; name at least one, or leave the field out to show all.")
        if self.controls is not None:
            _set(self, controls=known("control", self.controls, CONTROLS))
        if not 0.0 <= self.seconds <= MAX_SECONDS:
            raise LectureError(f"The way here takes {self.seconds:g} seconds; give 0, which is a cut, to 30.")
        _set(self, seconds=self.seconds + 0.0)

    @property
    def pictures(self) -> tuple[str, ...]:
        """The pictures of its view that show; all of them if it names none of that view."""
        of_view = PICTURES.get(self.intent.view, ())
        return tuple(name for name in of_view if self.panels is None or name in self.panels) or of_view

    @property
    def file_name(self) -> str:
        """The title as part of a file name: ``what-softmax-does``."""
        parts = unicodedata.normalize("NFKD", self.title.lower())
        plain = "".join(c for c in parts if not unicodedata.combining(c))
        return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "scene"

    def with_changes(self, **fields: Any) -> "Scene":
        """Return a copy with some fields changed, checked again."""
        return replace(self, **fields)


@dataclass(frozen=True, slots=True)
class Lecture:
    """Scenes in order. ``path`` is the file it was read from.

    ``source`` is the text it was read from, and ``left_out`` the blocks of it that made no scene, counted from 0:
    both only help to keep comments when it is saved, and take no part in comparison.
    """

    title: str
    scenes: tuple[Scene, ...]
    path: Path | None = None
    source: str = field(default="", compare=False, repr=False)
    left_out: tuple[int, ...] = field(default=(), compare=False, repr=False)

    def __post_init__(self) -> None:
        _set(self, title=line(self.title, "title"))
        if not self.scenes:
            raise LectureError("The lecture has no scene; capture one, or start one with [[scene]].")
        if len(self.scenes) > MAX_SCENES:
            raise LectureError(f"The lecture has {len(self.scenes)} scenes; at most {MAX_SCENES} fit into one file.")

    def index(self, name: str) -> int:
        """Return the place, counted from 0, of the scene with that title or number counted from 1.

        Capitals make no difference. Raises LectureError when there is none.
        """
        wanted = name.strip().casefold()
        for i, scene in enumerate(self.scenes):
            if scene.title.casefold() == wanted:
                return i
        if wanted.isascii() and wanted.isdecimal() and len(wanted) < 9 and 1 <= int(wanted) <= len(self.scenes):
            return int(wanted) - 1
        most = len(self.scenes)
        raise LectureError(f"There is no scene {quote(name, 60)}; give its title, or a number from 1 to {most}.")

    def with_changes(self, **fields: Any) -> "Lecture":
        """Return a copy with some fields changed, checked again."""
        return replace(self, **fields)


def line(text: str, kind: str) -> str:
    """Return text as one line without control characters. Raises LectureError if it is too long."""
    return _bounded(" ".join(_printable(text).split()), kind)


def notes(text: str) -> str:
    """Return notes: lines as they are, without control characters and blanks at the end."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _bounded("\n".join(_printable(each).rstrip() for each in lines).strip("\n"), "notes")


def known(what: str, names: tuple[str, ...], all_names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names in their usual order, once each. Raises LectureError for one that is unknown."""
    for name in names:
        if name not in all_names:
            raise LectureError(unknown(what, name, all_names))
    return tuple(name for name in all_names if name in names)


def unknown(what: str, name: str, all_names: tuple[str, ...]) -> str:
    """Return the sentence that says so."""
    return f"The {what} {quote(name)} is unknown; choose from {', '.join(all_names)}."


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _bounded(text: str, kind: str) -> str:
    if len(text) > LENGTHS[kind]:
        raise LectureError(f"There are {len(text)} characters of {kind}; at most {LENGTHS[kind]} fit, say it in fewer.")
    return text


def _set(record: object, **fields: Any) -> None:
    for name, value in fields.items():
        object.__setattr__(record, name, value)
