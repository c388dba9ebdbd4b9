"""Intent to one line of text and back: ``softmax1?z=2,1,0.1&t=1&c=0&y=0&loss=cross_entropy``.

The line is versioned by its first word. The five parts above always stand there, the others only where they
differ from the usual. A class counts from 0. Numbers are written with the fewest digits that give the same double.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote as escape
from urllib.parse import unquote as unescape

from explorer.session.checks import IntentError
from explorer.session.intake import IntakeError, parse_number, quote
from explorer.session.intent import Intent
from explorer.session.training_choice import FORMATS, Change

VERSION = "softmax1"
_LONGEST = 20_000
_BROKEN_LOGITS = "Left out of the state line, part “z”: "


@dataclass(frozen=True, slots=True)
class _Part:
    field: str  # "group.field" for a field in a group of choices
    write: Callable[[Any], str]
    read: Callable[[str], Any]
    always: bool = False


def _number(value: float) -> str:
    text = repr(float(value))
    return text[:-2] if text.endswith(".0") else text


def _numbers(values: tuple[float, ...]) -> str:
    return ",".join(map(_number, values))


def _read_numbers(text: str) -> tuple[float, ...]:
    return tuple(parse_number(piece) for piece in text.split(","))


def _labels(values: tuple[str, ...]) -> str:
    return ",".join(escape(label, safe=" ") for label in values)


def _text(value: str) -> str:
    return escape(value, safe=" ")


def _read_labels(text: str) -> tuple[str, ...]:
    return tuple(unescape(piece) for piece in text.split(","))


def _read_class(text: str) -> int:
    if len(text) > 9:
        raise ValueError  # int() takes thousands of digits, which no sentence can hold
    return int(text)


def _read_seed(text: str) -> int:
    if len(text) > 20:
        raise ValueError
    return int(text)


def _cell(value: tuple[int, int]) -> str:
    return f"{value[0]},{value[1]}"


def _read_cell(text: str) -> tuple[int, int]:
    row, column = text.split(",")
    return _read_class(row), _read_class(column)


def _matrix(rows: tuple[tuple[float, ...], ...]) -> str:
    return ";".join(map(_numbers, rows))


def _read_matrix(text: str) -> tuple[tuple[float, ...], ...]:
    return tuple(_read_numbers(row) for row in text.split(";"))


def _entry(value: tuple[int, ...]) -> str:
    return ",".join(map(str, value))


def _read_entry(text: str) -> tuple[int, int, int]:
    t, i, j = text.split(",")
    return _read_class(t), _read_class(i), _read_class(j)


def _compared(value: str | None) -> str:
    return value or "none"


def _read_compared(text: str) -> str | None:
    return None if text == "none" else text


def _curves(names: tuple[str, ...]) -> str:
    return ",".join(names) or "none"


def _read_curves(text: str) -> tuple[str, ...]:
    return () if text == "none" else tuple(text.split(","))


def _changes(values: tuple[Change, ...]) -> str:
    return ",".join(f"{step}:{_number(x) if isinstance(x, float) else x}" for step, _, x in values) or "none"


def _read_changes(text: str) -> tuple[Change, ...]:
    return () if text == "none" else tuple(_read_change(piece) for piece in text.split(","))


def _read_change(text: str) -> Change:
    step, _, value = text.partition(":")
    if value in FORMATS:
        return _read_class(step), "format", value
    return _read_class(step), "rate", parse_number(value)


_PARTS = {
    "z": _Part("logits", _numbers, _read_numbers, always=True),
    "t": _Part("spread", _number, parse_number, always=True),
    "c": _Part("shift", _number, parse_number, always=True),
    "y": _Part("target", str, _read_class, always=True),
    "loss": _Part("loss", str, str, always=True),
    "vs": _Part("compared", _compared, _read_compared),
    "labels": _Part("labels", _labels, _read_labels),
    "pick": _Part("picked", _cell, _read_cell),
    "ghost": _Part("ghost", _numbers, _read_numbers),
    "view": _Part("view", str, str),
    "p": _Part("probability_scale", str, str),
    "J": _Part("jacobian_scale", str, str),
    "g": _Part("gradient_scale", str, str),
    "format": _Part("number_format", str, str),
    "arithmetic": _Part("arithmetic", str, str),
    "curves": _Part("shown_curves", _curves, _read_curves),
    "page": _Part("vanishing.page", str, str),
    "along": _Part("vanishing.direction", str, str),
    "pull": _Part("vanishing.logit", str, _read_class),
    "speed": _Part("vanishing.speed", str, str),
    "spectrum": _Part("vanishing.spectrum_scale", str, str),
    "eigenvector": _Part("vanishing.eigenvector", str, _read_class),
    "width": _Part("vanishing.width", str, _read_class),
    "seed": _Part("vanishing.seed", str, _read_seed),
    "clinic": _Part("clinic.page", str, str),
    "specimen": _Part("clinic.specimen", str, str),
    "rows": _Part("clinic.seed", str, _read_seed),
    "methods": _Part("clinic.methods", _curves, _read_curves),
    "train.samples": _Part("training.samples", _text, unescape),
    "train.labels": _Part("training.labelling", str, str),
    "train.data": _Part("training.data", str, str),
    "train.points": _Part("training.points", str, _read_class),
    "train.seed": _Part("training.seed", str, _read_seed),
    "train.loss": _Part("training.loss", str, str),
    "train.vs": _Part("training.compared", _compared, _read_compared),
    "train.scale": _Part("training.scale", _number, parse_number),
    "train.rate": _Part("training.rate", _number, parse_number),
    "train.optimizer": _Part("training.optimizer", str, str),
    "train.format": _Part("training.format", str, str),
    "train.batch": _Part("training.batch", str, _read_class),
    "train.step": _Part("training.step", str, _read_class),
    "train.changes": _Part("training.changes", _changes, _read_changes),
    "train.speed": _Part("training.speed", str, str),
    "train.axis": _Part("training.axis", str, str),
    "train.curves": _Part("training.curves", _curves, _read_curves),
    "layer": _Part("layer.page", str, str),
    "W": _Part("layer.weights", _matrix, _read_matrix),  # before what must fit it
    "x": _Part("layer.x", _numbers, _read_numbers),
    "factor": _Part("layer.scale", _number, parse_number),
    "class": _Part("layer.target", str, _read_class),
    "chain": _Part("layer.chain_scale", str, str),
    "entry": _Part("layer.picked", _entry, _read_entry),
    "samples": _Part("layer.samples", _text, unescape),
    "last": _Part("layer.labelling", str, str),
    "sample": _Part("layer.sample", str, _read_class),
    "reduction": _Part("layer.reduction", str, str),
    "draw": _Part("layer.seed", str, _read_seed),
}


def to_line(intent: Intent) -> str:
    """Return the state as one line; ``from_line(to_line(intent))`` gives the same intent, bit for bit."""
    usual = Intent(logits=intent.logits, target=0)
    pieces = []
    for key, part in _PARTS.items():
        value = intent.value_of(part.field)
        if part.always or (value is not None and value != usual.value_of(part.field)):
            pieces.append(f"{key}={part.write(value)}")
        elif part.field == "compared" and value is None:
            pieces.append(f"{key}=none")
    return f"{VERSION}?{'&'.join(pieces)}"


def from_line(line: str) -> tuple[Intent, list[str]]:
    """Read a state line; return the intent and a sentence for each part that was left out.

    Broken or unknown parts are named and skipped, the rest is kept; a missing part has its usual value.
    Raises IntentError when nothing can be kept: another kind of text, another version, or no usable logits.
    """
    text = line.strip()
    word, mark, rest = text.partition("?")
    if len(text) > _LONGEST:
        raise IntentError(f"This is no state line: it has {len(text)} characters, and at most {_LONGEST} are read.")
    if not mark or not word.startswith("softmax") or len(text.splitlines()) > 1:
        raise IntentError(f"This is no state line: it must be one line that starts with “{VERSION}?z=”.")
    if word != VERSION:
        raise IntentError(f"This state line has the version {quote(word)}; this app reads “{VERSION}”.")
    fields, complaints = _read_parts(rest)
    if "logits" not in fields:
        broken = (c.removeprefix(_BROKEN_LOGITS) for c in complaints if c.startswith(_BROKEN_LOGITS))
        raise IntentError(f"The state line has no usable logits: {next(broken, 'it needs a part such as z=2,1,0.1.')}")
    intent = Intent(logits=fields.pop("logits"), target=0)
    for field, value in fields.items():
        try:
            intent = intent.with_value(field, value)
        except IntentError as error:
            complaints.append(f"Left out of the state line: {error}")
    return intent, complaints


def _read_parts(rest: str) -> tuple[dict[str, Any], list[str]]:
    fields: dict[str, Any] = {}
    complaints = []
    for piece in filter(None, rest.split("&")):
        key, _, value = piece.partition("=")
        part = _PARTS.get(key)
        if part is None:
            complaints.append(f"Left out of the state line: {quote(key)} is no known part.")
            continue
        if part.field in fields:
            complaints.append(f"Left out of the state line: a second “{key}”.")
            continue
        try:
            fields[part.field] = part.read(value)
        except IntakeError as error:
            complaints.append(f"Left out of the state line, part “{key}”: {error}")
        except ValueError:
            complaints.append(f"Left out of the state line: {quote(value)} is no value for “{key}”.")
    return fields, complaints


def summary(complaints: list[str], most: int = 3) -> str:
    """Return the first complaints as one text, and how many more there are."""
    more = len(complaints) - most
    shown = " ".join(complaints[:most])
    return f"{shown} And {more} more." if more > 0 else shown
