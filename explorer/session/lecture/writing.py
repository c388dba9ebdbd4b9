"""Scenes to a lecture file, fit to be read and changed by hand; what was written by hand stays where it still holds.

A scene that was read from a file keeps its lines, comments included; only the fields that have changed are written
anew. Blocks that could not be read stay, too. What comes of it is read once more, and where that does not give the
lecture, it is written afresh: the file always says what is on the screen.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

from explorer.session.intent import Intent
from explorer.session.lecture import source
from explorer.session.lecture.fields import state_fields, to_toml
from explorer.session.lecture.reading import FORMAT, parse_lecture
from explorer.session.lecture.scene import Lecture, LectureError, Scene
from explorer.session.lecture.toml_text import setting

_ALWAYS = ("logits", "target")  # fields of the state that are written even where they are the usual
_HEAD = f"format = {FORMAT}\n"
_Fields = dict[str, Any]  # by name, those of a table as "table.name"


def write_lecture(lecture: Lecture, path: Path) -> Lecture:
    """Save a lecture, all of it or nothing; return it as it lies in the file. Raises LectureError if it cannot be."""
    text = lecture_text(lecture)
    try:
        _replace_file(path, text)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise LectureError(f"{path.name} cannot be written ({reason}); choose another folder or name.") from None
    return parse_lecture(text, path)[0]


def _replace_file(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode())
            stream.flush()
            os.fsync(stream.fileno())
        if path.exists():
            Path(name).chmod(path.stat().st_mode)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def lecture_text(lecture: Lecture) -> str:
    """Return the text of a lecture file; reading it gives the same lecture, bit for bit."""
    text = _with_the_old(lecture) if lecture.source else ""
    if text and parse_lecture(text, lecture.path)[0] == lecture:
        return text
    return _joined([_fresh_head(lecture.title), *map(_fresh, lecture.scenes)])


def _joined(pieces: list[str]) -> str:
    return "\n\n".join(piece.strip("\n") for piece in pieces) + "\n"


def _fresh_head(title: str) -> str:
    return _HEAD + setting("title", title)


def _fresh(scene: Scene) -> str:
    own, asked = [], []
    for name, value in _fields(scene).items():
        if name.startswith("question."):
            asked.append(setting(name.removeprefix("question."), value))
        else:
            own.append(setting(name, value))
    return "".join(["[[scene]]\n", *own, *(["\n[scene.question]\n"] if asked else []), *asked])


def _fields(scene: Scene) -> _Fields:
    """Return what a file says of a scene; the usual stays unsaid."""
    usual = Intent(logits=scene.intent.logits, target=0)
    fields: _Fields = {"title": scene.title}
    if scene.caption:
        fields["caption"] = scene.caption
    if scene.notes:
        fields["notes"] = scene.notes
    for name, _ in state_fields():
        value = scene.intent.value_of(name)
        if name in _ALWAYS or value != usual.value_of(name):
            fields[name] = to_toml(name, value)
    for name, names in (("panels", scene.panels), ("controls", scene.controls)):
        if names is not None:
            fields[name] = names
    if scene.seconds:
        fields["transition"] = scene.seconds
    if (question := scene.question) is not None:
        fields["question.text"] = question.text
        fields["question.answers"] = question.answers
        fields["question.right"] = question.right + 1
        if question.explanation:
            fields["question.explanation"] = question.explanation
        if question.hidden:
            fields["question.hides"] = question.hidden
    return fields


# -- keeping what was there


def _with_the_old(lecture: Lecture) -> str:
    """Return the text with as much of the old one as holds; "" if the old one is not made of blocks."""
    head, blocks = source.blocks(lecture.source)
    before = parse_lecture(lecture.source)[0]
    if {scene.origin for scene in before.scenes} | set(before.left_out) != set(range(len(blocks))):
        return ""
    originals = {scene.origin: scene for scene in before.scenes}
    waiting = list(before.left_out)
    pieces = [_head(lecture.title, head.text)]
    for scene in lecture.scenes:
        original = originals.get(scene.origin)
        if original is None or original.origin is None:
            pieces.append(_fresh(scene))
            continue
        while waiting and waiting[0] < original.origin:
            pieces.append(blocks[waiting.pop(0)].text)
        block = blocks[original.origin].text
        pieces.append(block if original == scene else _edited(block, original, scene))
    return _joined(pieces + [blocks[k].text for k in waiting])


def _head(title: str, text: str) -> str:
    try:
        found = source.loads(text)
    except ValueError:
        return _fresh_head(title)
    if "format" not in found:
        text = _HEAD + text
    if found.get("title") == title:
        return text
    pieces = source.statements(text) or []
    for k, piece in enumerate(pieces):
        if piece.key == "title":
            lines = [each.comments + each.text for each in pieces]
            lines[k] = piece.comments + setting("title", title)
            return "".join(lines)
    return text.rstrip("\n") + "\n" + setting("title", title)


def _edited(block: str, before: Scene, after: Scene) -> str:
    """Return the block of a scene with the fields that have changed; the scene written afresh if that fails."""
    pieces = source.statements(block)
    text = "" if pieces is None else _with_changes(pieces, _fields(before), _fields(after))
    try:
        read = parse_lecture(_HEAD + text)[0].scenes
    except LectureError:
        read = ()
    return text if read == (after,) else _fresh(after)


def _with_changes(pieces: list[source.Statement], old: _Fields, new: _Fields) -> str:
    changed = {name for name in {*old, *new} if old.get(name) != new.get(name)}
    of_state = {name for name, _ in state_fields()}
    if changed & of_state and any(piece.name == "state" for piece in pieces):
        changed |= {"state", *(of_state & new.keys())}  # a state line is given up for fields
    tables: dict[str, list[str]] = {}
    for piece in pieces:
        lines = tables.setdefault(piece.table, [])
        covered = {name for name in {*old, *new, "state"} if name == piece.name or name.startswith(f"{piece.name}.")}
        if piece.key is None or not covered & changed:
            lines.append(piece.comments + piece.text)
        elif piece.name in new:
            lines.append(piece.comments + piece.indent + setting(piece.key, new[piece.name]))
            changed.discard(piece.name)
        else:
            lines.append(piece.comments)
    for name in new:
        if name not in changed:
            continue
        table, _, key = name.rpartition(".")
        if table not in tables and table != "question":
            tables[""].append(setting(name, new[name]))
        else:
            tables.setdefault(table, ["\n[scene.question]\n"]).append(setting(key, new[name]))
    if not any(name.startswith("question.") for name in new):
        tables.pop("question", None)
    return "".join(line for lines in tables.values() for line in lines)
