"""The state of a scene as fields of a TOML table, by the names and types of the Intent's own fields.

A field added to Intent, or a new group of them nested in it, can be written in a lecture at once. Classes count
from 1 there; ``"none"`` stands for nothing.
"""

import types
from collections.abc import Iterator
from dataclasses import is_dataclass
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from explorer.model.notation import MINUS
from explorer.session.intake import quote
from explorer.session.intent import Intent
from explorer.session.lecture.scene import LectureError

_FROM_ONE = (
    "target",
    "picked",
    "vanishing.logit",
    "vanishing.eigenvector",
    "layer.target",
    "layer.picked",
    "layer.sample",
)  # classes: from 0 in an Intent, from 1 in a file
_SAMPLES = {float: "a number", int: "a whole number", str: "text in quotation marks", bool: "true or false"}


def convert(value: object, hint: Any, subject: str = "It") -> Any:
    """Return a TOML value as the type of a field. Raises LectureError with what was expected."""
    if get_origin(hint) in (Union, types.UnionType):
        kinds = get_args(hint)
        if value == "none" and type(None) in kinds:
            return None
        kinds = tuple(kind for kind in kinds if kind is not type(None))
        hint = str if str in kinds and isinstance(value, str) else kinds[0]
    if get_origin(hint) is tuple:
        return _convert_list(value, get_args(hint))
    wanted = (int, float) if hint is float else hint
    if not isinstance(value, wanted) or (isinstance(value, bool) and hint is not bool):
        raise LectureError(f"{subject} is {described(value)}; give {_SAMPLES[hint]}.")
    if hint is not float:
        return value
    try:
        return float(value)
    except OverflowError:
        raise LectureError(f"{subject} is too large for a double; stay within ±1.8e308.") from None


def _convert_list(value: object, kinds: tuple[Any, ...]) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise LectureError(f"It is {described(value)}; give a list in brackets.")
    if kinds[-1] is Ellipsis:
        kinds = (kinds[0],) * len(value)
    if len(kinds) != len(value):
        raise LectureError(f"It is a list of {len(value)}; give {len(kinds)}.")
    pairs = enumerate(zip(value, kinds, strict=True), start=1)
    return tuple(convert(entry, kind, f"Entry {number}") for number, (entry, kind) in pairs)


def described(value: object) -> str:
    """Return what kind of thing a TOML value is, and what it says where that is short."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f"the text {quote(value)}"
        case int() | float():
            return f"the number {value:g}".replace("-", MINUS) if abs(value) < 1e9 else "a number"
        case list():
            return "a list"
        case dict():
            return "a table"
    return "a date or time"


def state_fields(kind: type = Intent, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the name and type of every field of a state; those of a nested group as ``group.field``."""
    for name, hint in _hints(kind).items():
        if is_dataclass(hint):
            yield from state_fields(hint, f"{prefix}{name}.")  # type: ignore[arg-type]
        else:
            yield prefix + name, hint


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def from_toml(intent: Intent, name: str, value: object, hint: Any) -> Any:
    """Return a field's value as an Intent holds it. Raises LectureError."""
    if name == "target" and isinstance(value, str):
        return _class_named(intent, value)
    converted = convert(value, hint)
    if name not in _FROM_ONE or converted is None:
        return converted
    return _shifted(converted, -1)


def to_toml(name: str, value: Any) -> Any:
    """Return a field's value as it stands in a file: a text, a number, true or false, or a list of these."""
    if value is None:
        return "none"
    return _shifted(value, 1) if name in _FROM_ONE else value


def _shifted(value: Any, by: int) -> Any:
    return tuple(k + by for k in value) if isinstance(value, tuple) else value + by


def _class_named(intent: Intent, name: str) -> int:
    if name in intent.labels:
        return intent.labels.index(name)
    names = ", ".join(quote(label) for label in intent.labels)
    raise LectureError(f"{quote(name)} is no class; choose one of {names}, or a number from 1 to {intent.n}.")
