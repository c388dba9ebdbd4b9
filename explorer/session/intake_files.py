"""Logits from files: .csv, .txt, .json and .npy, read with suspicion."""

import codecs
import io
import json
import math
import os
import stat
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy_format

from explorer.session.intake import (
    MAX_CLASSES,
    MAX_ROWS,
    IntakeError,
    Table,
    count,
    make_table,
    parse_text,
    quote,
)

MAX_FILE_BYTES = 10 * 2**20

_MAX_NAME_LENGTH = 60
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_REFUSED_KINDS = {
    "b": "booleans",
    "c": "complex numbers",
    "S": "bytes",
    "U": "text",
    "V": "records or raw bytes",
    "M": "dates",
    "m": "time spans",
}


def read_file(path: str | os.PathLike[str]) -> Table:
    """Read logits from a .csv, .txt, .json or .npy file of at most 10 MB.

    Text is UTF-8, or UTF-16 with a byte order mark, and follows `parse_text`. JSON holds a list of numbers, a
    list of such lists, an object with "logits" and perhaps "labels", or an object with a number for each
    name. An array has at most two dimensions of real numbers. Nothing in the file is ever executed.

    Raises
    ------
    IntakeError
        Whatever is wrong: the file, its kind or its content.
    """
    path = Path(path)
    try:
        check_file(path)
        reader = _reader(path)
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise IntakeError(os_sentence(path, error)) from error
    _check_size(path, len(data), MAX_FILE_BYTES)  # it may have grown since
    return reader(data)


def read_text(path: Path, limit: int) -> str:
    """Return the text of an ordinary file of at most ``limit`` bytes. Raises IntakeError."""
    try:
        check_file(path, limit)
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise IntakeError(os_sentence(path, error)) from error
    _check_size(path, len(data), limit)
    return decode_text(data)


def about_file(path: Path, error: IntakeError) -> str:
    """Return the sentence of an error with the file's name in front, where it is not in it already."""
    sentence = str(error)
    return sentence if path.name in sentence else f"{path.name}: {sentence}"


def check_file(path: Path, limit: int = MAX_FILE_BYTES) -> None:
    """Refuse what is no ordinary file of at most that many bytes."""
    try:
        status = path.stat()
    except ValueError as error:  # a NUL or a lone surrogate in the name
        raise IntakeError(f"{file_name(path)} is not a possible file name; check it.") from error
    if stat.S_ISDIR(status.st_mode):
        raise IntakeError(f"{file_name(path)} is a folder; choose a file in it.")
    if not stat.S_ISREG(status.st_mode):
        raise IntakeError(f"{file_name(path)} is a device or a pipe; choose an ordinary file.")
    _check_size(path, status.st_size, limit)


def _check_size(path: Path, size: int, limit: int) -> None:
    if size > limit:
        most = limit // 2**20
        raise IntakeError(f"{file_name(path)} is {size_text(size)}; at most {most} MB are read, save fewer rows.")


def size_text(size: int) -> str:
    """Return a size in MB or GB."""
    unit, letter = (2**30, "G") if size >= 2**30 else (2**20, "M")
    # Rounded up, so that a file just above the limit does not seem to fit.
    return f"{math.ceil(size / unit * 10) / 10:.1f} {letter}B"


def _reader(path: Path) -> Callable[[bytes], Table]:
    readers = {".csv": _read_text, ".txt": _read_text, ".json": _read_json, ".npy": _read_npy}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise IntakeError(f"{file_name(path)} is of an unknown kind; save it as .csv, .txt, .json or .npy.")
    return reader


def os_sentence(path: Path, error: OSError) -> str:
    """Return why the system would not give the file."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return f"{file_name(path)} does not exist; check its name and folder."
    if isinstance(error, PermissionError):
        return f"You may not read {file_name(path)}; change its permissions, or copy it elsewhere."
    reason = quote(error.strerror or type(error).__name__, _MAX_NAME_LENGTH)
    return f"{file_name(path)} cannot be read, the system says {reason}; try a copy of it."


def file_name(path: Path) -> str:
    """Return the name of a file, fit for a sentence."""
    return quote(path.name or str(path), _MAX_NAME_LENGTH)


def _read_text(data: bytes) -> Table:
    return parse_text(decode_text(data), limit=MAX_FILE_BYTES)


def decode_text(data: bytes) -> str:
    """Return the text of a file: UTF-8, or UTF-16 with a byte order mark."""
    try:
        return data.decode("utf-16" if data.startswith(_UTF_16_MARKS) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise IntakeError(f"Line {line} is not readable as text; save the file as UTF-8.") from error


def _read_json(data: bytes) -> Table:
    text = decode_text(data)
    try:
        # Every number becomes a float, so that an integer of any length is one; true and false stay apart.
        content: object = json.loads(text, object_pairs_hook=_object, parse_int=float)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise IntakeError(f"The JSON breaks off or has a mistake at {place}; correct it there.") from error
    except RecursionError as error:
        raise IntakeError("The JSON is nested too deep; give a list of numbers, or a list of such lists.") from error
    if not isinstance(content, dict):
        return make_table(_json_rows(content), None)
    if isinstance(content.get("logits"), list):
        return make_table(_json_rows(content["logits"]), _json_labels(content.get("labels")))
    for name, value in content.items():
        if not isinstance(value, float):
            held = _json_kind(value)
            raise IntakeError(f"{quote(name)} holds {held}; give a number for each name, or a list called “logits”.")
    return make_table([list(content.values())], list(content) or None)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    content: dict[str, object] = {}
    for name, value in pairs:
        if name in content:
            raise IntakeError(f"The name {quote(name)} stands twice in the same object; keep one of them.")
        content[name] = value
    return content


def _json_rows(content: object) -> list[list[float]]:
    items = content if isinstance(content, list) else [content]
    if not any(isinstance(item, list) for item in items):
        return [[_json_number(item, 1, column) for column, item in enumerate(items, start=1)]]
    for number, item in enumerate(items, start=1):
        if not isinstance(item, list):
            raise IntakeError(f"Row {number} is {_json_kind(item)}, others are lists; make every row a list.")
    return [
        [_json_number(item, number, column) for column, item in enumerate(row, start=1)]
        for number, row in enumerate(items, start=1)
    ]


def _json_number(item: object, row: int, column: int) -> float:
    if isinstance(item, float):
        return item
    raise IntakeError(f"Row {row}, column {column} is {_json_kind(item)}; put a plain number there.")


def _json_labels(labels: object) -> list[str] | None:
    if labels is None:
        return None
    if not isinstance(labels, list):
        raise IntakeError(f"“labels” holds {_json_kind(labels)}; give a list of names.")
    for number, label in enumerate(labels, start=1):
        if not isinstance(label, str):
            raise IntakeError(f"Label {number} is {_json_kind(label)}; write it as text, in quotes.")
    return labels


def _json_kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f"the text {quote(value)}"
        case list():
            return "a list"
        case dict():
            return "an object"
    return "a number"


def _read_npy(data: bytes) -> Table:
    check_npy_start(data)
    stream = io.BytesIO(data)
    shape, by_columns, dtype = npy_header(stream)
    check_dtype(dtype)
    _check_shape(shape)
    size = math.prod(shape) * dtype.itemsize
    body = stream.read(size)
    if len(body) < size:
        raise IntakeError(f"The array ends after {count(len(body), 'byte')} of {size}; copy it again.")
    # A wider float may overflow to inf, which is refused later with its place.
    with np.errstate(all="ignore"):
        values = np.frombuffer(body, dtype).astype(np.float64)
    table = values.reshape(shape, order="F" if by_columns else "C").reshape(-1, shape[-1] if shape else 1)
    return make_table(table.tolist(), None)


def check_npy_start(data: bytes) -> None:
    """Refuse archives and pickles named .npy."""
    if data.startswith(b"PK"):
        raise IntakeError("This is an archive of arrays (.npz) named .npy; save one array with numpy.save.")
    if data.startswith(b"\x80"):
        raise IntakeError(_pickle_sentence())
    if not data.startswith(npy_format.MAGIC_PREFIX):
        raise IntakeError("This is not a NumPy array, whatever its name says; save it with numpy.save.")


def _pickle_sentence() -> str:
    return "The file holds a pickle, and opening one could run code; save the array with a numeric dtype."


def npy_header(stream: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Return shape, order (is it by columns?) and dtype; the stream stands at the data then."""
    readers = {(1, 0): npy_format.read_array_header_1_0, (2, 0): npy_format.read_array_header_2_0}
    try:
        # NumPy warns about headers that Python 2 wrote; they are fine here.
        with warnings.catch_warnings(action="ignore"):
            version = npy_format.read_magic(stream)
            return readers[version](stream)
    except Exception as error:  # a forged header makes NumPy raise nearly anything
        raise IntakeError("The header of the array is damaged or unknown; save it again with numpy.save.") from error


def check_dtype(dtype: np.dtype[Any]) -> None:
    """Refuse what holds no real numbers, and above all pickles."""
    if dtype.hasobject:
        raise IntakeError(_pickle_sentence())
    if dtype.kind not in "fiu":
        kind = _REFUSED_KINDS.get(dtype.kind, "something else")
        raise IntakeError(f"The array holds {kind}, its dtype is {quote(str(dtype))}; save real numbers.")


def _check_shape(shape: tuple[int, ...]) -> None:
    """Refuse by its shape an array that cannot be a table, before its data is looked at."""
    if len(shape) > 2 or any(length < 0 for length in shape):
        raise IntakeError(f"The array has the shape {_shape_text(shape)}; give one row, or rows and columns.")
    if 0 in shape:
        raise IntakeError(f"The array is empty, its shape is {_shape_text(shape)}; give at least one number.")
    is_one_row = shape[1:] in ((), (1,))  # a column counts as a row, as everywhere
    rows, width = (1, math.prod(shape)) if is_one_row else shape
    if width > MAX_CLASSES or rows > MAX_ROWS:
        limit = f"{MAX_ROWS} rows of {MAX_CLASSES} logits"
        raise IntakeError(f"The array has the shape {_shape_text(shape)}; at most {limit} are read.")


def _shape_text(shape: tuple[int, ...]) -> str:
    # A forged length may have more digits than Python is willing to print.
    lengths = [str(length) if abs(length) < 10**12 else "…" for length in shape[:8]]
    return " × ".join([*lengths, "…"] if len(shape) > 8 else lengths)
