"""Explains a result: the simplest source and formula of which it is a multiple, on every probe by one law."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from explorer.model.clinic import sources
from explorer.model.clinic.diagnosis import Kind
from explorer.model.clinic.formula import Form, Formula
from explorer.model.clinic.formulas import FORMULAS
from explorer.model.clinic.probes import Probe, main_probes
from explorer.model.clinic.source import Source
from explorer.model.clinic.sources import SOURCES
from explorer.model.exact import Floats

EXACT = 1e-8
_TRIED = 60  # candidates looked at closely
_LN2, _LN10 = float(np.log(2.0)), float(np.log(10.0))

# Name, what it is for a batch (m, n), and how far-fetched it is.
_LAWS: tuple[tuple[str, float, tuple[int, int], float], ...] = (
    ("1", 1.0, (0, 0), 0.0),
    ("−1", -1.0, (0, 0), 0.15),
    ("1/m", 1.0, (-1, 0), 0.15),
    ("1/n", 1.0, (0, -1), 0.2),
    ("1/(mn)", 1.0, (-1, -1), 0.2),
    ("2", 2.0, (0, 0), 0.2),
    ("½", 0.5, (0, 0), 0.2),
    ("−1/m", -1.0, (-1, 0), 0.3),
    ("−2", -2.0, (0, 0), 0.3),
    ("−½", -0.5, (0, 0), 0.3),
    ("2/m", 2.0, (-1, 0), 0.3),
    ("2/n", 2.0, (0, -1), 0.3),
    ("2/(mn)", 2.0, (-1, -1), 0.3),
    ("−1/n", -1.0, (0, -1), 0.4),
    ("−1/(mn)", -1.0, (-1, -1), 0.4),
    ("−2/n", -2.0, (0, -1), 0.4),
    ("−2/m", -2.0, (-1, 0), 0.4),
    ("−2/(mn)", -2.0, (-1, -1), 0.4),
    ("m", 1.0, (1, 0), 0.4),
    ("n", 1.0, (0, 1), 0.4),
    ("mn", 1.0, (1, 1), 0.4),
    ("1/m²", 1.0, (-2, 0), 0.4),
    ("1/n²", 1.0, (0, -2), 0.4),
    ("4", 4.0, (0, 0), 0.4),
    ("ln 2", _LN2, (0, 0), 0.3),
    ("1/ln 2", 1.0 / _LN2, (0, 0), 0.3),
    ("ln 10", _LN10, (0, 0), 0.3),
    ("1/ln 10", 1.0 / _LN10, (0, 0), 0.3),
    ("−1/ln 2", -1.0 / _LN2, (0, 0), 0.4),
)
_CONSTANT = 0.9  # how far-fetched any other constant is


@dataclass(frozen=True)
class Match:
    """A result explained: factor × formula(source), with the largest relative residual left."""

    source: Source
    formula: Formula
    factor: str
    cost: float
    residual: float

    def is_right_for(self, kind: Kind) -> bool:
        """Whether this is the right formula of a kind, with a factor that it may have."""
        factors = ("1", "1/m") if kind in ("cross_entropy", "squared_error") else ("1",)
        right = self.formula.right and self.formula.kind == kind and self.source is sources.TRUE
        return right and self.factor in factors


@dataclass(frozen=True, eq=False)
class _Dictionary:
    atoms: tuple[Floats, ...]  # for each probe (formulas * sources, entries)
    norms: tuple[Floats, ...]
    costs: Floats


@lru_cache(maxsize=8)  # up to 12 MB each
def _dictionary(form: Form, seed: int) -> _Dictionary:
    atoms, norms = [], []
    with np.errstate(all="ignore"):
        for probe in main_probes(seed):
            rows = _rows_of(form, probe)
            atoms.append(rows)
            norms.append(np.sqrt(np.einsum("ij,ij->i", rows, rows)))
    costs = np.array([formula.cost + source.cost for formula in FORMULAS[form] for source in SOURCES])
    return _Dictionary(tuple(atoms), tuple(norms), costs)


def _rows_of(form: Form, probe: Probe) -> Floats:
    stack = sources.stack(probe.z)
    v = probe.one_hot if form == "target" else probe.dy
    shape = (len(SOURCES), probe.m, probe.n, probe.n) if form == "matrix" else stack.shape
    values = [np.broadcast_to(formula.of(stack, v), shape).reshape(len(SOURCES), -1) for formula in FORMULAS[form]]
    return np.concatenate(values)


def explain(form: Form, results: tuple[Floats, ...], seed: int, tolerance: float = EXACT) -> list[Match]:
    """Return the matches of the results on the main probes, the simplest first; none is a constant 0.

    A result matches where ``|result − c·atom| <= tolerance·|result|`` on every probe, with factors c that
    follow one law: a constant, or one of 1/m, 1/n, 1/(mn) and the like.
    """
    book = _dictionary(form, seed)
    kept = np.arange(len(book.costs))  # the atoms that fit every probe so far
    factors: list[Floats] = []
    with np.errstate(all="ignore"):
        for atoms, norms, result, probe in zip(book.atoms, book.norms, results, main_probes(seed), strict=True):
            flat = result.reshape(-1)
            size = float(np.sqrt(flat @ flat))
            rows, norm = (atoms, norms) if len(kept) == len(norms) else (atoms[kept], norms[kept])
            tiny = norm <= 1e-13 * probe.z.size
            factor = (rows @ flat) / norm**2
            left = size**2 - (factor * norm) ** 2
            fits = np.where(tiny, size <= 1e-12, np.abs(left) <= max(tolerance**2, 1e-13) * 4 * size**2)
            fits &= tiny | np.isfinite(factor)
            factors = [f[fits] for f in (*factors, np.where(tiny, np.nan, factor))]
            kept = kept[fits]
        order = np.argsort(book.costs[kept], kind="stable")[:_TRIED]
        found = [
            match
            for k in order
            if (match := _match(form, book, int(kept[k]), np.array([f[k] for f in factors]), results, seed, tolerance))
        ]
    return sorted(found, key=lambda match: match.cost)


def _match(
    form: Form,
    book: _Dictionary,
    k: int,
    factors: Floats,
    results: tuple[Floats, ...],
    seed: int,
    tolerance: float,
) -> Match | None:
    known = np.isfinite(factors)
    if known.sum() < 2:
        return None
    law = _law(factors, known, seed, tolerance)
    if law is None:
        return None
    name, expected, cost = law
    residual = 0.0
    for atoms, result, factor in zip(book.atoms, results, expected, strict=True):
        flat = result.reshape(-1)
        left = np.abs(flat - factor * atoms[k]).max()
        residual = max(residual, float(left / max(np.abs(flat).max(), 1e-300)))
    if not residual <= tolerance:
        return None
    formula, source = FORMULAS[form][k // len(SOURCES)], SOURCES[k % len(SOURCES)]
    return Match(source, formula, name, float(book.costs[k]) + cost, residual)


def _law(factors: Floats, known: NDArray[np.bool_], seed: int, tolerance: float) -> tuple[str, Floats, float] | None:
    m = np.array([probe.m for probe in main_probes(seed)], dtype=np.float64)
    n = np.array([probe.n for probe in main_probes(seed)], dtype=np.float64)
    close = max(10 * tolerance, 1e-8)
    for name, constant, (of_m, of_n), cost in _LAWS:
        expected = constant * m**of_m * n**of_n
        if (np.abs(factors - expected)[known] <= close * np.abs(expected)[known]).all():
            return name, expected, cost
    constant = float(np.median(factors[known]))
    if abs(constant) > 1e-9 and (np.abs(factors - constant)[known] <= close * abs(constant)).all():
        return f"{constant:.6g}".replace("-", "−"), np.full(len(m), constant), _CONSTANT
    return None
