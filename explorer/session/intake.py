"""Logits that people bring along: typed or pasted text becomes a table of numbers.

Ambiguous commas are settled for the whole text at once. A comma is a decimal comma when there is no point
anywhere, something else (a semicolon, a tab, a blank) separates the numbers, and every comma stands between
two digits. In all other texts it separates numbers, so "1,5" alone is two numbers.
"""

import csv
import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

MAX_CLASSES = 12
MAX_ROWS = 100_000
MAX_CHARACTERS = 1_000_000
MAX_LABEL_LENGTH = 40

_MINUS_SIGNS = str.maketrans("\N{MINUS SIGN}\N{EN DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}", "----")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*|,[0-9]+)?|[.,][0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)
_NOT_FINITE = re.compile(r"([+-]?)(nan|inf|infinity|∞)", re.IGNORECASE)
_NUMBER_START = re.compile(r"[+-]?[.,]?[0-9]")
_LOOSE_COMMA = re.compile(r"(?<![0-9]),|,(?![0-9])")
_ARRAY_CALL = re.compile(r"\s*((np|numpy|torch|jnp)\.)?([Aa]rray|tensor)\(")
_KEYWORD = re.compile(r",\s*[a-z_]+=")
_BRACKET = re.compile(r"[\[\](){}]")
_STRAY = re.compile(r"[^\s,;\[\](){}]+")
_INNER_LIST = re.compile(r"\[[^\[\](){}]*\]|\([^\[\](){}]*\)|\{[^\[\](){}]*\}")


class IntakeError(ValueError):
    """One sentence for the person who brought the numbers: what is wrong, where, and what to do."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of logits, all of one length, and a name for each column if the source gave them."""

    rows: tuple[tuple[float, ...], ...]
    labels: tuple[str, ...] | None

    def row(self, index: int) -> tuple[float, ...]:
        """Return the row at `index`, counted from 0; outside the table is an `IntakeError`."""
        if not 0 <= index < len(self.rows):
            raise IntakeError(f"There is no row {index + 1}; the table has {count(len(self.rows), 'row')}.")
        return self.rows[index]


class _Piece(NamedTuple):
    """The text of one row, and where it stands."""

    place: str
    text: str


def parse_number(text: str) -> float:
    """Return the finite number that `text` spells.

    A decimal point or comma, an exponent, a typographic minus sign and blanks around are fine; a number too
    small for a double becomes 0.

    Raises
    ------
    IntakeError
        If it is not a number, not finite, or too large for a double.
    """
    plain = text.strip().translate(_MINUS_SIGNS)
    if not _NUMBER.fullmatch(plain):
        raise IntakeError(_why_not_a_number(plain))
    number = float(plain.replace(",", "."))
    if math.isinf(number):
        raise IntakeError(f"{quote(plain)} is too large for a double; stay within ±1.8e308.")
    return number


def parse_text(text: str, *, limit: int = MAX_CHARACTERS) -> Table:
    """Read logits from typed or pasted text of at most `limit` characters.

    Numbers are separated by commas, semicolons, tabs or blanks, one kind in a line; bracketed lists and the
    printed form of an array work too. Numbers one per line are one row. A first line of words names the
    columns; blank lines and lines that start with # are skipped.

    Raises
    ------
    IntakeError
        If there is no number, something is not a number, or the rows differ in length or are too long.
    """
    if len(text) > limit:
        raise IntakeError(f"The text has {len(text)} characters, but at most {limit} are read; keep fewer rows.")
    header, lines = _split_header(_without_array_call(_without_comments(text)).split("\n"))
    pieces = _pieces(lines)
    decimal_commas = _has_decimal_commas(pieces)
    rows = [_numbers(piece, decimal_commas) for piece in pieces]
    if header is not None and len(header) == 1 and len(rows) > 1:
        header = None  # one word above a column is its title, not the name of a class
    return make_table(rows, header, lambda index: pieces[index].place)


def make_table(
    rows: Sequence[Sequence[float]],
    labels: Sequence[str] | None,
    place: Callable[[int], str] = lambda index: f"Row {index + 1}",
) -> Table:
    """Check rows of numbers, whatever their source, and return them as a `Table`.

    A single column is one row of logits: the softmax of one class is always 1. Labels are cleaned. `place`
    says where the row at an index came from, for the sentences.

    Raises
    ------
    IntakeError
        If there is nothing, a number is not finite, the lengths differ, or a limit is passed.
    """
    if not rows or not any(rows):
        raise IntakeError("There are no numbers to read; give some, such as 2, 1, 0.1.")
    for index, row in enumerate(rows):
        _check_row(row, len(rows[0]), place, index)
    if len(rows[0]) == 1:
        rows = [[row[0] for row in rows]]
    width = len(rows[0])
    if width > MAX_CLASSES:
        raise IntakeError(f"There are {width} logits in a row, but at most {MAX_CLASSES} fit; leave some out.")
    _check_row_count(len(rows))
    return Table(tuple(tuple(row) for row in rows), None if labels is None else _clean_labels(labels, width))


def quote(text: str, limit: int = 20) -> str:
    """Return `text` in quotation marks, shortened and printable, fit for a sentence."""
    short = text if len(text) <= limit else text[: limit - 1] + "…"
    return "“" + "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in short) + "”"


def count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural if need be."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def not_finite(value: float) -> str:
    """Return the sentence that refuses NaN or an infinity."""
    if math.isnan(value):
        return "NaN is not a logit; give a finite number."
    if value > 0:
        return "+inf is not a logit; give a finite number, at most 1.8e308."
    return "-inf is not a logit; for a class that is ruled out give a very low number, such as -1e9."


def _why_not_a_number(text: str) -> str:
    if not text:
        return "No number is written here; write one like 2.5, -3 or 1e3."
    if word := _NOT_FINITE.fullmatch(text):
        return not_finite(math.nan if word[2].lower() == "nan" else float(word[1] + "inf"))
    return f"{quote(text)} is not a number; write it like 2.5, -3 or 1e3."


def _check_row_count(rows: int) -> None:
    if rows > MAX_ROWS:
        raise IntakeError(f"There are {rows} rows, but at most {MAX_ROWS} are read; leave some out.")


def _check_row(row: Sequence[float], expected: int, place: Callable[[int], str], index: int) -> None:
    if len(row) != expected:
        found, first = count(len(row), "number"), place(0)
        raise IntakeError(
            f"{place(index)} has {found}, but {first[0].lower()}{first[1:]} has {expected}; "
            "give every row the same count."
        )
    for column, number in enumerate(row, start=1):
        if not math.isfinite(number):
            raise IntakeError(f"{place(index)}, column {column}: {not_finite(number)}")


def _clean_labels(labels: Sequence[str], width: int) -> tuple[str, ...]:
    if len(labels) != width:
        found = count(len(labels), "name")
        raise IntakeError(f"There are {found} for {count(width, 'logit')} in a row; give one name for each.")
    clean = tuple(_clean_label(label) for label in labels)
    if "" in clean:
        raise IntakeError(
            f"Name {clean.index('') + 1} is empty; name every column, and leave out a column of row numbers."
        )
    return clean


def _clean_label(label: str) -> str:
    one_line = " ".join(label.split())
    # Format characters go too: one that reverses the writing direction would garble the text around it.
    visible = "".join(c for c in one_line if unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return visible.strip()[:MAX_LABEL_LENGTH].strip()


def _without_comments(text: str) -> str:
    lines = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").splitlines()
    return "\n".join("" if line.lstrip().startswith("#") else line for line in lines)


def _without_array_call(text: str) -> str:
    """Take "array(…, dtype=…)" away from around a list, as NumPy, PyTorch and JAX print it."""
    call = _ARRAY_CALL.match(text)
    if call is None or not text.rstrip().endswith(")"):
        return text
    line_breaks = "\n" * call[0].count("\n")  # the lines keep their numbers
    inside = text.rstrip()[call.end() : -1]
    keyword = _KEYWORD.search(inside)
    return line_breaks + (inside[: keyword.start()] if keyword else inside)


def _split_header(lines: list[str]) -> tuple[list[str] | None, list[str]]:
    """Return the names in the first line with content, if it holds any, and the lines without it."""
    filled = [index for index, line in enumerate(lines) if line.strip()]
    if len(filled) < 2 or _BRACKET.match(lines[filled[0]].strip()):
        return None, lines
    fields = _fields(lines[filled[0]].strip(), decimal_commas=False)
    names = [field for field in fields if field.strip()]
    if not names or not all(_is_word(name) for name in names):
        return None, lines
    return fields, [*lines[: filled[0]], "", *lines[filled[0] + 1 :]]


def _is_word(text: str) -> bool:
    plain = text.strip().translate(_MINUS_SIGNS)
    if _NUMBER_START.match(plain) or _NOT_FINITE.fullmatch(plain):
        return False
    return any(c.isalpha() or not c.isascii() for c in plain)


def _pieces(lines: list[str]) -> list[_Piece]:
    """Cut the text into rows: its innermost lists if it has brackets, else its lines."""
    if any(_BRACKET.search(line) for line in lines):
        return _lists("\n".join(lines))
    filled = [(number, line.strip()) for number, line in enumerate(lines, start=1) if line.strip()]
    _check_row_count(len(filled))
    return [_Piece(f"Line {number}", line) for number, line in filled]


def _lists(text: str) -> list[_Piece]:
    _check_row_count(sum(text.count(bracket) for bracket in "[({") - 1)  # one pair may be around the rows
    _check_brackets(text)
    found = list(_INNER_LIST.finditer(text))
    pieces, line, seen = [], 1, 0
    for number, match in enumerate(found, start=1):
        line += text.count("\n", seen, match.start())
        seen = match.start()
        place = f"Line {line}" if len(found) == 1 else f"List {number} (line {line})"
        pieces.append(_Piece(place, match[0][1:-1].replace("\n", " ").strip()))
    return pieces


def _check_brackets(text: str) -> None:
    """Refuse anything but lists, separators between them, and one pair of brackets around them."""
    outside = _INNER_LIST.sub(lambda match: " " + "\n" * match[0].count("\n"), text)
    if "".join(_BRACKET.findall(outside)) not in ("", "[]", "()", "{}"):
        raise IntakeError("The brackets do not match; write [1, 2], or [[1, 2], [3, 4]] for two rows.")
    if stray := _STRAY.search(outside):
        line = outside.count("\n", 0, stray.start()) + 1
        raise IntakeError(f"{quote(stray[0])} on line {line} is outside the brackets; put it into a list.")


def _has_decimal_commas(pieces: Sequence[_Piece]) -> bool:
    """Tell whether commas belong to the numbers; the module's docstring has the rule."""
    if any("." in piece.text for piece in pieces):
        return False
    if not any(";" in piece.text or len(piece.text.split(maxsplit=1)) > 1 for piece in pieces):
        return False
    return not any(_LOOSE_COMMA.search(piece.text) for piece in pieces)


def _numbers(piece: _Piece, decimal_commas: bool) -> list[float]:
    if ";" in piece.text and "," in piece.text and not decimal_commas:
        raise IntakeError(f"{piece.place} has both commas and semicolons; separate the numbers by one of them.")
    fields = _fields(piece.text, decimal_commas)
    if not fields:
        raise IntakeError(f"{piece.place} has an empty list; write numbers between the brackets.")
    if len(fields) > MAX_CLASSES:
        found = len(fields)
        raise IntakeError(f"{piece.place} has {found} entries, but at most {MAX_CLASSES} logits fit; leave some out.")
    return [_number(field, piece.place, position) for position, field in enumerate(fields, start=1)]


def _number(field: str, place: str, position: int) -> float:
    try:
        return parse_number(field)
    except IntakeError as error:
        raise IntakeError(f"{place}, entry {position}: {error}") from None


def _fields(line: str, decimal_commas: bool) -> list[str]:
    """Split a line at the first separator it has of: semicolon, comma, tab, blank."""
    for separator in (";", ",", "\t"):
        if separator in line and not (separator == "," and decimal_commas):
            return _csv_fields(line, separator)
    return line.split()


def _csv_fields(line: str, separator: str) -> list[str]:
    try:
        fields = next(csv.reader([line], delimiter=separator, skipinitialspace=True))
    except csv.Error:
        raise IntakeError(f"{quote(line)} has an entry too long to be a number; check its separators.") from None
    # Python and spreadsheets may end a list with a separator.
    return fields[:-1] if len(fields) > 1 and not fields[-1].strip() else fields
