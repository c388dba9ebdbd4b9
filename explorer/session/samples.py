"""Samples: many rows of features with a class each, too large for an Intent, which holds only their name.

What is known by a name never changes: another file of the same name gets another one. So an Intent means the same
for ever, and undo finds what was there. Samples that are not known here, as after pasting a state line from
elsewhere, are None.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.model.datasets import make
from explorer.model.exact import Floats, Indices
from explorer.model.notation import exact
from explorer.session.intake import MAX_CLASSES, IntakeError, count, quote
from explorer.session.layer_choice import LARGEST

LABEL_NAMES = ("y", "label", "labels", "target", "class")

_BLOCK = 4_000_000  # numbers looked at in one go


@dataclass(frozen=True, eq=False)
class Grid:
    """A table of finite real numbers (m, k), perhaps memory-mapped, with names of its columns if the source had some.

    ``rows_are`` is what a row is called where it came from, and ``lines`` its number there.
    """

    values: NDArray[Any]
    names: tuple[str, ...] | None = None
    rows_are: str = "Row"
    lines: Sequence[int] | None = None

    def place(self, row: int, column: int) -> str:
        """Return where a number stands, for a sentence."""
        line = row + 1 if self.lines is None else self.lines[row]
        return f"{self.rows_are} {line}, column {column + 1}"


@dataclass(frozen=True, eq=False)
class Samples:
    """Features (m, N) and labels (m,), classes counted from 0; read-only."""

    name: str
    title: str
    features: NDArray[Any]
    labels: Indices
    feature_names: tuple[str, ...] | None = None
    labelled: bool = True

    @property
    def m(self) -> int:
        """Number of samples."""
        return len(self.labels)

    @property
    def N(self) -> int:
        """Number of features."""
        return int(self.features.shape[1])

    @cached_property
    def T(self) -> int:
        """Number of classes that the labels need, at least 2."""
        return max(int(self.labels.max()) + 1, 2)

    def rows(self, start: int, stop: int) -> Floats:
        """Return some samples as float64 (stop - start, N)."""
        return np.asarray(self.features[start:stop], dtype=np.float64)

    def row(self, index: int) -> tuple[float, ...]:
        """Return one sample as plain numbers."""
        return tuple(self.rows(index, index + 1)[0].tolist())


def make_samples(name: str, title: str, grid: Grid, labelling: str = "auto") -> Samples:
    """Return the samples of a table.

    With ``auto`` a column called y, label, labels, target or class holds the labels, or, where no column has a
    name, the last of several columns if it holds only whole numbers from 0 to 11; otherwise every sample is of
    class 1. ``last`` and ``none`` settle it.

    Raises
    ------
    IntakeError
        For a label that names no class, with its place, and when nothing but the labels is left.
    """
    column = _label_column(grid, labelling)
    if column is None:
        labels = np.zeros(len(grid.values), dtype=np.intp)
        return Samples(name, title, grid.values, _frozen(labels), grid.names, labelled=False)
    if grid.values.shape[1] < 2:
        raise IntakeError("There is a column of labels but none of features; give at least one feature a sample.")
    labels = _labels(grid, column)
    last = column == grid.values.shape[1] - 1
    features = grid.values[:, :-1] if last else np.delete(grid.values, column, axis=1)
    names = None if grid.names is None else (*grid.names[:column], *grid.names[column + 1 :])
    return Samples(name, title, features, _frozen(labels), names)


def check_finite(grid: Grid) -> None:
    """Refuse NaN, infinities and what would make a logit overflow, with their place."""
    values, largest = grid.values, np.float64(LARGEST)
    step = max(_BLOCK // values.shape[1], 1)
    for start in range(0, len(values), step):
        block = values[start : start + step]
        finite = np.isfinite(block)
        if not finite.all():
            row, column = (int(k) for k in np.argwhere(~finite)[0])
            found = values[start + row, column]
            what = "NaN" if np.isnan(found) else "+inf" if found > 0 else "-inf"
            place = grid.place(start + row, column)
            raise IntakeError(f"{place}: {what} is not a feature; give a finite number, or leave the sample out.")
        outside = (block > largest) | (block < -largest)
        if outside.any():
            row, column = (int(k) for k in np.argwhere(outside)[0])
            found, place = exact(float(block[row, column])), grid.place(start + row, column)
            raise IntakeError(f"{place}: {found} is too large; give features between −1e100 and 1e100.")


def _label_column(grid: Grid, labelling: str) -> int | None:
    width = grid.values.shape[1]
    if labelling != "auto":
        return width - 1 if labelling == "last" else None
    if grid.names is not None:
        plain = [name.strip().casefold() for name in grid.names]
        return next((k for k in reversed(range(width)) if plain[k] in LABEL_NAMES), None)
    return width - 1 if width > 1 and not _no_class(grid.values[:, -1]).any() else None


def _no_class(column: NDArray[Any]) -> NDArray[np.bool_]:
    values = np.asarray(column, dtype=np.float64)
    return np.asarray((values != np.rint(values)) | (values < 0.0) | (values >= MAX_CLASSES))


def _labels(grid: Grid, column: int) -> Indices:
    values = np.asarray(grid.values[:, column], dtype=np.float64)
    wrong = _no_class(values)
    if wrong.any():
        row = int(wrong.argmax())
        raise IntakeError(
            f"{grid.place(row, column)}: the label {values[row]:g} names no class; "
            f"write whole numbers from 0 to {MAX_CLASSES - 1}."
        )
    return values.astype(np.intp)


def _frozen(labels: Indices) -> Indices:
    labels.flags.writeable = False
    return labels


# -- what is known by name

_THREE = (
    (0.3394572666491664, 0.3089068053925853, 0.3516359279582483, 0.0),
    (0.33932706934615525, 0.3094755563319447, 0.3511973743219001, 1.0),
    (0.3394407172182317, 0.30889042266755573, 0.35166886011421256, 2.0),
)
_FOUR = ((1.0, 5.0, 0.0), (1.0, 2.0, 1.0), (1.0, 4.0, 1.0), (1.0, 5.0, 0.0))  # class 2 where y = 1, 6, 4, 2 exceeds 3


def _made(name: str) -> Grid:
    """Return a data set of the training as a table."""
    data = make(name)
    return Grid(np.c_[data.X, data.y])


PRESETS = {
    "three_rows": "3 samples of 3 features",
    "four_rows": "4 samples of 2 features",
    "three_blobs": "three blobs, 300 points",
    "spirals": "three spirals, 300 points",
}
_grids: dict[str, Grid] = {
    "three_rows": Grid(np.array(_THREE), None),
    "four_rows": Grid(np.array(_FOUR), ("one", "x", "y")),
    "three_blobs": _made("three_blobs"),
    "spirals": _made("spirals"),
}
_known: dict[tuple[str, str], Samples] = {}


def samples_named(name: str, labelling: str = "auto") -> Samples | None:
    """Return the samples known by that name, None if there are none. Raises IntakeError as ``make_samples``."""
    key = name, labelling
    if key not in _known and name in _grids:
        _known[key] = make_samples(name, PRESETS.get(name, name), _grids[name], labelling)
    return _known.get(key)


def known_names() -> tuple[str, ...]:
    """Return all names, presets first."""
    return tuple(_grids)


def register(name: str, grid: Grid) -> Samples:
    """Make a table known by that name, or by the next free one like it, and return its samples."""
    name = "".join(c if c.isprintable() else " " for c in name).strip()[:60] or "samples"
    made = make_samples(name, name, grid)  # before anything changes: it may be refused
    free, number = name, 2
    while free in _grids:
        free, number = f"{name} ({number})", number + 1
    _grids[free] = grid
    if free != name:
        made = make_samples(free, free, grid)
    return _known.setdefault((free, "auto"), made)


def about(samples: Samples) -> str:
    """Return what samples are, in a few words."""
    kind = count(samples.T, "class") if samples.labelled else "no labels"
    kind = kind.replace("classs", "classes")
    return f"{quote(samples.title, 40)}: {count(samples.m, 'sample')} × {count(samples.N, 'feature')}, {kind}"
