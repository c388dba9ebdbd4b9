"""Samples from .csv and .txt files, from pasted text, and from memory-mapped .npy arrays."""

import io
import os
from pathlib import Path

import numpy as np

from explorer.session.intake import IntakeError, count, parse_number, quote
from explorer.session.intake_files import (
    check_dtype,
    check_file,
    check_npy_start,
    decode_text,
    file_name,
    npy_header,
    os_sentence,
)
from explorer.session.samples import Grid, check_finite

MAX_TEXT_BYTES = 64 * 2**20
MAX_SAMPLES, MAX_FEATURES = 1_000_000, 10_000

_PART = 500  # lines
_NPY_LIMIT = 2**40  # mapped, not read


def read_samples(path: str | os.PathLike[str]) -> Grid:
    """Read a table of samples from a .csv or .txt file of at most 64 MB, or map a .npy array into memory.

    An array has two dimensions of real numbers, a row per sample. Nothing in the file is ever executed.

    Raises
    ------
    IntakeError
        Whatever is wrong: the file, its kind or its content, with row and column.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind not in (".csv", ".txt", ".npy"):
        raise IntakeError(f"{file_name(path)} is of an unknown kind; save samples as .csv, .txt or .npy.")
    try:
        check_file(path, _NPY_LIMIT if kind == ".npy" else MAX_TEXT_BYTES)
        return _map(path) if kind == ".npy" else parse_samples(decode_text(path.read_bytes()))
    except OSError as error:
        raise IntakeError(os_sentence(path, error)) from error


def parse_samples(text: str) -> Grid:
    """Read a table of samples from text: a line per sample, numbers separated by semicolons, tabs, commas or blanks.

    A first line with a word in it names the columns; empty lines and lines that start with # are skipped. Where
    semicolons, tabs or blanks separate the numbers and no point occurs, commas are decimal commas.

    Raises
    ------
    IntakeError
        For what is no number, for rows of unequal length, and where there is no row, with line and column.
    """
    lines = [(k, line.strip()) for k, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1)]
    lines = [(k, line) for k, line in lines if line and not line.startswith("#")]
    separator = next((mark for mark in (";", "\t", ",") if lines and mark in lines[0][1]), None)
    names = _names(lines[0][1], separator) if lines else None
    if names is not None:
        lines = lines[1:]
    if not lines:
        raise IntakeError("There are no samples to read; give a line of numbers for each.")
    width = len(lines[0][1].split(separator))
    _check_size(len(lines), width)
    if separator != "," and not any("." in line for _, line in lines):
        lines = [(k, line.replace(",", ".")) for k, line in lines]
    grid = Grid(_numbers(lines, separator, width), names, "Line", [k for k, _ in lines])
    if names is not None and len(names) != grid.values.shape[1]:
        raise IntakeError(
            f"There are {count(len(names), 'name')} above {count(grid.values.shape[1], 'column')}; "
            "give one name for each."
        )
    check_finite(grid)
    grid.values.flags.writeable = False
    return grid


def _names(line: str, separator: str | None) -> tuple[str, ...] | None:
    """Return the names of the columns, if a field of the line begins like a word."""
    fields = tuple(field.strip().strip("\"'") for field in line.split(separator))
    words = [f for f in fields if f[:1].isalpha() and f.casefold() not in ("nan", "inf", "infinity")]
    return fields if words and len(words) >= len([f for f in fields if f]) / 2 else None


def _numbers(lines: list[tuple[int, str]], separator: str | None, width: int) -> np.ndarray:
    """Return the numbers of all lines; only the part of a large text that is odd is read field by field."""
    values = _fast(lines, separator, width)
    if values is not None:
        return values
    values, first = np.empty((len(lines), width)), lines[0][0]
    for start in range(0, len(lines), _PART):
        part = lines[start : start + _PART]
        found = _fast(part, separator, width)
        values[start : start + _PART] = _slow(part, separator, width, first) if found is None else found
    return values


def _fast(lines: list[tuple[int, str]], separator: str | None, width: int) -> np.ndarray | None:
    """Return the numbers by NumPy's reader, None where it does not understand every line."""
    try:
        rows = [line for _, line in lines]
        values = np.loadtxt(rows, dtype=np.float64, delimiter=separator, comments=None, ndmin=2)
    except (ValueError, IndexError):
        return None
    return values if values.shape == (len(lines), width) else None


def _slow(lines: list[tuple[int, str]], separator: str | None, width: int, first: int) -> np.ndarray:
    """Return the numbers field by field; says where one is wrong."""
    values = np.empty((len(lines), width))
    for row, (line, text) in enumerate(lines):
        fields = text.split(separator)
        if len(fields) != width:
            raise IntakeError(
                f"Line {line} has {count(len(fields), 'number')}, but line {first} has {width}; "
                "give every sample the same count."
            )
        for column, field in enumerate(fields):
            try:
                values[row, column] = parse_number(field)
            except IntakeError as error:
                sentence = str(error).replace("is not a logit", "is not a feature")
                raise IntakeError(f"Line {line}, column {column + 1}: {sentence}") from None
    return values


def _map(path: Path) -> Grid:
    with path.open("rb") as stream:
        check_npy_start(stream.read(8))
        stream.seek(0)
        shape, by_columns, dtype = npy_header(stream)
        offset = stream.tell()
        size = stream.seek(0, io.SEEK_END) - offset
    check_dtype(dtype)
    if len(shape) != 2:
        raise IntakeError(f"The array has {count(len(shape), 'dimension')}; samples need two, a row for each.")
    if 0 in shape:
        raise IntakeError(f"There are no samples to read: the array has {shape[0]} rows and {shape[1]} columns.")
    _check_size(*shape)
    if size < shape[0] * shape[1] * dtype.itemsize:
        raise IntakeError(f"The array ends after {count(size, 'byte')}, before its last row; copy it again.")
    order = "F" if by_columns else "C"
    values = np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=shape, order=order)  # type: ignore[call-overload]
    grid = Grid(values)
    check_finite(grid)
    return grid


def _check_size(rows: int, columns: int) -> None:
    if not 0 <= rows <= MAX_SAMPLES or not 0 <= columns <= MAX_FEATURES:
        found = f"{quote(str(rows))} rows of {quote(str(columns))} columns"
        raise IntakeError(f"There are {found}, but at most {MAX_SAMPLES} × {MAX_FEATURES} are read; leave some out.")
