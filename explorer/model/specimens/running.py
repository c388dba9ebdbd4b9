"""Running a specimen on a batch, and measuring its result against the truth."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from explorer.model.exact import Floats
from explorer.model.specimens.batch import Batch
from explorer.model.specimens.gradient_checks import cross_entropy
from explorer.model.specimens.specimen import Specimen

TOLERANCE = 1e-6  # of a strict gradient check: a larger relative error is wrong
_SMALLEST = 2.3e-308  # below it a double has no full digits


@dataclass(frozen=True)
class Run:
    """A result, or what went wrong instead; relative errors are of the largest true number of their row."""

    result: Floats | None
    truth: Floats
    error: Floats | None
    largest: float
    failure: str = ""

    @property
    def right(self) -> bool:
        """Is every relative error within the tolerance of a gradient check?"""
        return self.largest <= TOLERANCE


def run(specimen: Specimen, batch: Batch, k: int = 0) -> Run:
    """Run a specimen at the k-th spread of a batch. Never raises; the specimen works on copies."""
    truth = batch.truth(specimen.task)[k]
    if specimen.one_row:
        truth = truth[0]
    with np.errstate(all="ignore"):
        try:
            result = np.asarray(_call(specimen, batch, k), dtype=np.float64)
        except Exception as raised:  # whatever people's code does is a result
            return Run(None, truth, None, np.inf, f"It raised {type(raised).__name__}: {raised}".rstrip(".") + ".")
        if result.shape != truth.shape:
            return Run(None, truth, None, np.inf, f"It returned shape {result.shape}, not {truth.shape}.")
        scale = np.maximum(np.abs(truth).max(axis=-1, keepdims=True), _SMALLEST)
        error = np.abs(result - truth) / scale
        error = np.where(np.isnan(error), np.inf, error)
    return Run(result, truth, error, float(error.max()))


def _call(specimen: Specimen, batch: Batch, k: int) -> Any:
    a, function = batch.a[k].copy(), specimen.function
    if specimen.kind == "gradient check":
        return function(partial(cross_entropy, y=batch.target), a[0])
    if specimen.one_row:
        return function(a[0])
    if specimen.kind == "backward pass":
        given = batch.upstream if specimen.task == "J dy" else batch.one_hot
        return function(a, given.copy())
    result = function(a)
    return batch.upstream * result if specimen.kind == "derivative" else result
