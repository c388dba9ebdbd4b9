"""A lecture file to scenes: TOML, ``format = 1``, documented in the README. Nothing in it is ever executed.

What is wrong never hides what is right. A field that cannot be used is named and has its usual value; a question
without usable text, answers or right answer is left out; so is a scene whose logits or state line cannot be used.
"""

import re
from pathlib import Path
from typing import Any

from explorer.session.intake import IntakeError, quote
from explorer.session.intake_files import read_text
from explorer.session.lecture import source
from explorer.session.lecture.complaints import Complaints
from explorer.session.lecture.fields import convert, described
from explorer.session.lecture.scene import LENGTHS, MAX_SCENES, Lecture, LectureError, Scene, line
from explorer.session.lecture.scene_reading import SceneReader

FORMAT = 1
MAX_FILE_BYTES = 2**20
_SYNTAX = re.compile(r"(.*?) \(at (?:line (\d+), column \d+|end of document)\)", re.DOTALL)
_HEAD_FIELDS = ("format", "title")


def read_lecture(path: Path) -> tuple[Lecture, list[str]]:
    """Read a lecture file of at most 1 MB; return the lecture and a sentence for each thing in it that is wrong.

    Raises LectureError when nothing of it can be shown: no such file, no text, another format, no usable scene.
    """
    try:
        text = read_text(path, MAX_FILE_BYTES)
    except IntakeError as error:
        sentence = str(error)
        raise LectureError(sentence if path.name in sentence else f"{path.name}: {sentence}") from None
    return parse_lecture(text, path)


def parse_lecture(text: str, path: Path | None = None) -> tuple[Lecture, list[str]]:
    """Read a lecture from the text of a file, as ``read_lecture`` does."""
    complaints = Complaints("The lecture" if path is None else quote(path.name, 60)[1:-1])
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    head, tables = _tables(text, complaints)
    _check_head(head, complaints)
    title = _title(head, path, complaints)
    scenes: list[Scene] = []
    left_out: list[int] = []
    for k, table in enumerate(tables[:MAX_SCENES]):
        scene = SceneReader(k, complaints).read(table) if table is not None else None
        if scene is None:
            left_out.append(k)
        else:
            scenes.append(scene)
    if len(tables) > MAX_SCENES:
        sentence = f"It has {len(tables)} scenes; the first {MAX_SCENES} are kept, put the rest into another file."
        complaints.say(sentence)
        left_out += range(MAX_SCENES, len(tables))
    if not scenes:
        raise LectureError(_why_nothing(complaints, "scene" in text))
    return Lecture(title, tuple(scenes), path, text, tuple(left_out)), complaints.sentences


def _why_nothing(complaints: Complaints, tried: bool) -> str:
    if not (complaints.sentences and tried):
        complaints.sentences.clear()
        complaints.say("There is no scene; start each with a line [[scene]].")
    more = len(complaints.sentences) - 1
    return complaints.sentences[0] + (f" And {more} more." if more else "")


def _tables(text: str, complaints: Complaints) -> tuple[dict[str, Any], list[Any]]:
    """Return the fields before the first scene, and a table for each scene; None for one that cannot be read."""
    try:
        head = source.loads(text)
    except ValueError:
        return _tables_apart(text, complaints)
    tables = head.pop("scene", [])
    if isinstance(tables, list):
        return head, tables
    if isinstance(tables, dict):
        complaints.say("The line [scene] has one pair of brackets; start each scene with [[scene]].")
    return head, [tables]


def _tables_apart(text: str, complaints: Complaints) -> tuple[dict[str, Any], list[Any]]:
    """Read each block by itself, since one of them is no TOML."""
    head_block, blocks = source.blocks(text)
    head = _parse(head_block, "", complaints)
    tables: list[Any] = []
    for k, block in enumerate(blocks):
        found = _parse(block, f"scene {k + 1}", complaints) if k < MAX_SCENES else None
        tables.append(None if found is None else found["scene"][0])
    return {"format": FORMAT} if head is None else head, tables


def _parse(block: source.Block, place: str, complaints: Complaints) -> dict[str, Any] | None:
    try:
        return source.loads(block.text)
    except source.TooDeepError as error:
        number, reason = block.first + error.lines_above, "it is nested too deep"
    except ValueError as error:
        match = _SYNTAX.fullmatch(str(error))
        reason, at = (match[1], match[2]) if match else (str(error), None)
        last = block.first + block.text.rstrip("\n").count("\n")
        number = last if at is None else block.first + int(at) - 1
        reason = "a number has too many figures" if "set_int_max_str_digits" in reason else _as_clause(reason)
    complaints.say(f"This is no TOML, {reason}; correct it there.", place, f"line {number}")
    if place:
        complaints.add("The scene is left out.")
    return None


def _as_clause(reason: str) -> str:
    """Return a reason of tomllib's as the clause of a sentence."""
    reason = quote(reason.rstrip("."), 120)[1:-1]
    return reason[:1].lower() + reason[1:]


def _check_head(head: dict[str, Any], complaints: Complaints) -> None:
    found = head.get("format")
    if type(found) is int and found != FORMAT:
        raise LectureError(f"{complaints.name}, field format: It is {str(found)[:9]}; this app reads format {FORMAT}.")
    if found is None:
        complaints.say(f"It has no line format = {FORMAT}; put it at the top, before the first scene.")
    elif type(found) is not int:
        complaints.say(f"It is {described(found)}; write format = {FORMAT}.", "field format")
    for key, value in head.items():
        if key not in _HEAD_FIELDS:
            what = "table" if isinstance(value, dict | list) else "field"
            sentence = f"The {what} {quote(key)} is unknown; before the scenes stand format and title."
            complaints.say(sentence)


def _title(head: dict[str, Any], path: Path | None, complaints: Complaints) -> str:
    usual = "" if path is None else line(path.stem[: LENGTHS["title"]], "title")
    if "title" not in head:
        return usual
    title = complaints.tried(lambda: line(convert(head["title"], str), "title"), "field title")
    return usual if title is None else title
