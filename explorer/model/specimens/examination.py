"""Examination: what a specimen returns at the present logits, beside the truth, with a verdict."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from explorer.model.exact import Floats
from explorer.model.notation import number
from explorer.model.specimens.batch import Batch
from explorer.model.specimens.breaking import LOW, breaking_point
from explorer.model.specimens.running import TOLERANCE, run
from explorer.model.specimens.specimen import Specimen

VERDICTS = ("right", "right until", "wrong")
_FIND = -1.0  # no spread: find it


@dataclass(frozen=True, eq=False)
class Examination:
    """A specimen's result, (n,), (4, n), (n, n) or (4, n, n), the truth and the relative errors in the same shape.

    ``batch`` has the logits tried, the present row first. Errors are relative to the largest true number of
    their row; ``largest`` is infinite where something is NaN, missing or of another shape, as ``failure`` says.
    ``breaks_at`` is the spread at which a right specimen breaks, None if it does not within 0.001 … 1000.
    """

    specimen: Specimen
    batch: Batch
    result: Floats | None
    truth: Floats
    error: Floats | None
    largest: float
    failure: str
    breaks_at: float | None

    @property
    def rows(self) -> Floats:
        """The effective logits tried (4, n)."""
        rows: Floats = self.batch.a[0]
        return rows

    @cached_property
    def log10_truth(self) -> Floats:
        """Decimal logarithms of the size of the truth, in its shape; they go on below the smallest double."""
        logs: Floats = self.batch.log10_truth(self.specimen.task)[0, 0 if self.specimen.one_row else slice(None)]
        return logs

    @cached_property
    def true_complement(self) -> tuple[Floats, Floats]:
        """1 − p of the rows tried (4, n) and its decimal logarithm, for a truth that is p."""
        softmax = self.batch.softmax
        return softmax.q[0], softmax.log10_q[0]

    @property
    def right_here(self) -> bool:
        """Is it right at the present logits?"""
        return self.largest <= TOLERANCE

    @property
    def verdict(self) -> str:
        """One of VERDICTS: right at any spread, up to ``breaks_at``, or wrong."""
        if self.specimen.wrong:
            return "right" if self.right_here else "wrong"
        if self.breaks_at is not None and self.breaks_at > LOW:
            return "right until"
        return "right" if self.right_here else "wrong"

    @property
    def symptom(self) -> str:
        """What is the matter with the result here, as a sentence; empty where it is right."""
        if self.failure or self.result is None:
            return self.failure
        size, bad = self.result.size, np.count_nonzero(np.isnan(self.result))
        if bad:
            return f"{bad} of {size} numbers are NaN."
        bad = np.count_nonzero(np.isinf(self.result))
        if bad:
            return f"{bad} of {size} numbers are infinite."
        if self.right_here:
            return ""
        most, true = float(np.abs(self.result).max()), float(np.abs(self.truth).max())
        if most < 1e-14 * true:
            return f"Only round-off, the truth reaches {number(true)}."
        return f"The largest error is {number(self.largest)} × its row’s largest true number."


def examine(
    specimen: Specimen,
    logits: ArrayLike,
    target: int,
    *,
    spread: float = 1.0,
    shift: float = 0.0,
    seed: int = 0,
    breaks_at: float | None = _FIND,
) -> Examination:
    """Run a specimen on ``spread · logits + shift`` and three seeded neighbours; compare it with the truth.

    ``logits`` (n,) finite, ``target`` the class of every row. Pure, and never raises for what a specimen does.
    ``breaks_at``, where it is known already, saves the search for it (``breaking_point``).
    """
    z = np.asarray(logits, dtype=np.float64)
    batch = Batch(z, target, np.array([spread]), shift, seed, whole=specimen.integers)
    found = run(specimen, batch)
    if breaks_at == _FIND:
        breaks_at = breaking_point(specimen, z, target, shift=shift, seed=seed)
    return Examination(specimen, batch, found.result, found.truth, found.error, found.largest, found.failure, breaks_at)


def right_here(
    specimens: "tuple[Specimen, ...]", logits: ArrayLike, target: int, *, spread: float, shift: float, seed: int
) -> dict[str, bool]:
    """Tell of each specimen, by name, whether it is right at these logits; the truth is computed once for all."""
    z, at = np.asarray(logits, dtype=np.float64), np.array([spread])
    batches = {whole: Batch(z, target, at, shift, seed, whole=whole) for whole in (False, True)}
    return {specimen.name: run(specimen, batches[specimen.integers]).right for specimen in specimens}
