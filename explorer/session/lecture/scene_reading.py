"""A table of a lecture file to a scene: each field by itself, so that a wrong one takes no other with it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from explorer.session.intake import count, quote
from explorer.session.intent import Intent
from explorer.session.lecture.complaints import Complaints
from explorer.session.lecture.fields import convert, described, from_toml, state_fields
from explorer.session.lecture.pictures import CONTROLS, PICTURES, all_pictures
from explorer.session.lecture.scene import Question, Scene, unknown
from explorer.session.state_line import from_line

_QUESTION_FIELDS = ("text", "answers", "right", "explanation", "hides")
_LEFT_OUT = "The scene is left out."


class SceneReader:
    """Reads the table of scene k, counted from 0."""

    def __init__(self, k: int, complaints: Complaints) -> None:
        self._k, self._complaints = k, complaints
        self._place = f"scene {k + 1}"
        self._pictures: tuple[str, ...] = ()  # of the scene's view

    def read(self, table: object) -> Scene | None:
        """Return the scene; None, and a complaint, if its state cannot be used."""
        usual = f"Scene {self._k + 1}"
        if not isinstance(table, dict):
            self._complaints.say(f"It is {described(table)}; start each scene with a line [[scene]].", self._place)
            return None
        fields: dict[str, Any] = dict(table)
        title = fields.get("title")
        if isinstance(title, str) and title.strip():
            self._place += f" {quote(title.strip(), 40)}"
        intent = self._state(fields)
        if intent is None:
            self._complaints.add(_LEFT_OUT)
            return None
        self._pictures = PICTURES.get(intent.view, all_pictures())
        if title is None:
            self._complaints.say(f"It has no title; it is called {quote(usual)}.", self._place)
        scene = self._with_fields(Scene(usual, intent, origin=self._k), fields)
        if "question" in fields:
            scene = scene.with_changes(question=self._question(fields.pop("question")))
        for key in fields:
            self._complaints.say(
                f"The field {quote(key)} is unknown; leave it out, or see the README for the names.", self._place
            )
        self._check_view(scene)
        return scene

    def _tried(self, make: Callable[[], Any], field: str) -> Any:
        return self._complaints.tried(make, self._place, f"field {field}")

    def _with_fields(self, scene: Scene, fields: dict[str, Any]) -> Scene:
        readers: dict[str, tuple[str, Callable[[Any], Any]]] = {
            "title": ("title", _text),
            "caption": ("caption", _text),
            "notes": ("notes", _text),
            "panels": ("panels", partial(self._names, "panels", "picture", all_pictures(), self._pictures)),
            "controls": ("controls", partial(self._names, "controls", "control", CONTROLS, CONTROLS)),
            "transition": ("seconds", _seconds),
        }
        for key, (field, read) in readers.items():
            if key in fields:
                scene = self._tried(partial(_with, scene, field, read, fields.pop(key)), key) or scene
        return scene

    def _names(
        self, field: str, what: str, all_names: tuple[str, ...], fitting: tuple[str, ...], value: object
    ) -> tuple[str, ...]:
        """Return the names that are known, and complain of each other one."""
        found: tuple[str, ...] = convert(value, tuple[str, ...])
        for name in found:
            if name not in all_names:
                self._complaints.say(unknown(what, name, fitting), self._place, f"field {field}")
        return tuple(name for name in found if name in all_names)

    def _check_view(self, scene: Scene) -> None:
        view, there = scene.intent.view, ", ".join(self._pictures)
        named = {"panels": scene.panels or (), "hides": scene.question.hidden if scene.question else ()}
        for field, names in named.items():
            for name in names:
                if name not in self._pictures:
                    sentence = f"The view {view} has no picture {quote(name)}; it has {there}."
                    self._complaints.say(sentence, self._place, f"field {field}")

    # -- its state

    def _state(self, fields: dict[str, Any]) -> Intent | None:
        """Take the fields of the state out of the table, and return the state; None if it cannot be used."""
        intent: Intent | None = Intent()
        if "state" in fields:
            intent = self._tried(partial(self._from_line, fields.pop("state")), "state")
        if intent is not None and "logits" in fields:
            intent = self._tried(partial(_with_logits, intent, fields.pop("logits")), "logits")
        if intent is None:
            return None
        hints = dict(state_fields())
        for name in sorted(hints, key="labels".__ne__):  # names first, since a target may be one
            if (found := _take(fields, name)) is not None:
                intent = self._with_state_field(intent, name, found[0], hints[name])
        return intent

    def _from_line(self, text: object) -> Intent:
        intent, complaints = from_line(_text(text))
        for complaint in complaints:
            self._complaints.say(complaint, self._place, "field state")
        return intent

    def _with_state_field(self, intent: Intent, name: str, value: object, hint: Any) -> Intent:
        if name == "labels" and isinstance(value, list) and len(value) != intent.n:
            names, logits = count(len(value), "name"), count(intent.n, "logit")
            sentence = f"There are {names} for {logits}; give one for each."
            self._complaints.say(sentence, self._place, "field labels")
        return self._tried(lambda: intent.with_value(name, from_toml(intent, name, value, hint)), name) or intent

    # -- its question

    def _question(self, table: Any) -> Question | None:
        if not isinstance(table, dict):
            sentence = f"It is {described(table)}; start it with a line [scene.question]."
            self._complaints.say(sentence, self._place, "question")
            return None
        self._place += ", question"
        for key in table:
            if key not in _QUESTION_FIELDS:
                known = ", ".join(_QUESTION_FIELDS)
                self._complaints.say(f"The field {quote(key)} is unknown; it has {known}.", self._place)
        question = self._asked(table)
        if question is not None and "explanation" in table:
            explained = partial(_with, question, "explanation", _text, table["explanation"])
            question = self._tried(explained, "explanation") or question
        hides = partial(self._names, "hides", "picture", all_pictures(), self._pictures)
        if question is not None and "hides" in table:
            question = self._tried(partial(_with, question, "hidden", hides, table["hides"]), "hides") or question
        self._place = self._place.removesuffix(", question")
        return question

    def _asked(self, table: dict[str, Any]) -> Question | None:
        """Return the question with what it cannot do without."""
        needed: list[Any] = []
        for key, hint in (("text", str), ("answers", tuple[str, ...]), ("right", int)):
            if key not in table:
                self._complaints.say(f"It has no {key}; a question needs text, answers and right.", self._place)
                return None
            needed.append(self._tried(partial(convert, table[key], hint), key))
        if None in needed:
            return None
        text, answers, right = needed
        return self._complaints.tried(lambda: Question(text, answers, right - 1), self._place)


def _with(record: Any, field: str, read: Callable[[Any], Any], value: object) -> Any:
    return record.with_changes(**{field: read(value)})


def _with_logits(intent: Intent, given: object) -> Intent:
    logits: tuple[float, ...] = convert(given, tuple[float, ...])
    return intent.with_logits(logits) if logits else intent.with_changes(logits=logits)


def _text(value: object) -> str:
    return str(convert(value, str))


def _seconds(value: object) -> float:
    return 0.0 if value == "cut" else float(convert(value, float))


def _take(fields: dict[str, Any], name: str) -> tuple[Any] | None:
    """Take a field of the state out of a scene's table, ``group.field`` out of the table of its group."""
    group, dot, last = name.rpartition(".")
    table = fields.get(group) if dot else fields
    if not isinstance(table, dict) or last not in table:
        return None
    if dot:  # a copy, since the table that was read stays as it is
        table = fields[group] = dict(table)
    value = table.pop(last)
    if dot and not table:
        del fields[group]
    return (value,)
