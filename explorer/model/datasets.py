"""Small data sets in the plane, made on the spot: the same name, number of points and seed give the same points."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.random import Generator

from explorer.model.exact import Floats, Indices

POINTS_RANGE = (6, 10_000)
SEED_RANGE = (0, 999_999)
MARGIN = 0.2
"""Half the width of the empty strip between the classes of ``separable``, in the units of the axes."""


@dataclass(frozen=True, eq=False)
class DataSet:
    """Points with a class each.

    Parameters
    ----------
    name : str
        A name in ``DATASETS``.
    X : (m, N)
        Points; those made here lie in the plane, within about ±2. Read-only.
    y : (m,)
        The class of each point, from 0; read-only.
    classes : int
        How many classes there are.
    mislabelled : tuple of int
        Points whose class is wrong on purpose.
    """

    name: str
    X: Floats
    y: Indices
    classes: int
    mislabelled: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        self.X.flags.writeable = self.y.flags.writeable = False


_Made: TypeAlias = tuple[Floats, Indices]


def _blobs(classes: int, spread: float) -> Callable[[int, Generator], _Made]:
    """Return a maker of round clouds whose middles lie on a circle of radius 1."""

    def make(points: int, rng: Generator) -> _Made:
        y = _classes(points, classes)
        angle = 2.0 * math.pi * y / classes + 0.5
        middles = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        return middles + spread * rng.standard_normal((points, 2)), y

    return make


def _rings(points: int, rng: Generator) -> _Made:
    """Two rings around the origin: no straight line parts them."""
    y = _classes(points, 2)
    angle = rng.uniform(0.0, 2.0 * math.pi, points)
    radius = 0.5 + 0.9 * y + 0.12 * rng.standard_normal(points)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), y


def _spirals(points: int, rng: Generator) -> _Made:
    """Three arms, each half a turn long."""
    y = _classes(points, 3)
    along = rng.uniform(0.1, 1.0, points)
    angle = 2.0 * math.pi * y / 3.0 + 3.5 * along + 0.12 * rng.standard_normal(points)
    return 1.6 * along[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1), y


def _separable(points: int, rng: Generator) -> _Made:
    """Two classes on the two sides of a line, at least MARGIN away from it."""
    y = _classes(points, 2)
    turn = rng.uniform(0.0, 2.0 * math.pi)
    across = np.where(y == 0, -1.0, 1.0) * rng.uniform(MARGIN, 1.4, points)
    along = rng.uniform(-1.4, 1.4, points)
    cos, sin = math.cos(turn), math.sin(turn)
    return np.stack([across * cos - along * sin, across * sin + along * cos], axis=1), y


def _mislabelled(points: int, rng: Generator) -> _Made:
    """Two clouds far apart; the first point lies in the other class's cloud."""
    X, y = _blobs(2, 0.2)(points, rng)
    X[0] *= -1.0
    return X, y


def _classes(points: int, classes: int) -> Indices:
    """Return classes in turn, so that their numbers differ by one at most."""
    return np.arange(points, dtype=np.intp) % classes


@dataclass(frozen=True, slots=True)
class Maker:
    """How a data set is made: what it is called, how many classes, the points, and which are mislabelled."""

    title: str
    classes: int
    make: Callable[[int, Generator], _Made]
    mislabelled: tuple[int, ...] = ()


DATASETS = MappingProxyType(
    {
        "two_blobs": Maker("Two blobs", 2, _blobs(2, 0.45)),
        "three_blobs": Maker("Three blobs", 3, _blobs(3, 0.25)),
        "rings": Maker("Rings", 2, _rings),
        "spirals": Maker("Spirals", 3, _spirals),
        "separable": Maker("Separable, with a margin", 2, _separable),
        "mislabelled": Maker("One mislabelled point", 2, _mislabelled, (0,)),
    }
)


def make(name: str, points: int = 300, seed: int = 0) -> DataSet:
    """Return a data set of that name; the classes take turns, so each has ``points / classes`` points, rounded.

    Pure: it depends on its arguments alone. Raises ValueError for an unknown name, and for a number of points or a
    seed outside of POINTS_RANGE and SEED_RANGE.
    """
    if name not in DATASETS:
        raise ValueError(f"there is no data set {name!r}; choose from {', '.join(DATASETS)}")
    for what, value, (low, high) in (("number of points", points, POINTS_RANGE), ("seed", seed, SEED_RANGE)):
        if not low <= value <= high:
            raise ValueError(f"the {what} is {value}; it must lie between {low} and {high}")
    maker = DATASETS[name]
    X, y = maker.make(points, np.random.default_rng([seed, 0]))
    return DataSet(name, X, y, maker.classes, maker.mislabelled)
