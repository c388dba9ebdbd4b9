"""The spread at which a right specimen breaks: found on a grid, then by bisection."""

import numpy as np
from numpy.typing import ArrayLike

from explorer.model.exact import Floats
from explorer.model.specimens.batch import Batch
from explorer.model.specimens.running import run
from explorer.model.specimens.specimen import Specimen

LOW, HIGH = 0.001, 1000.0
_GRID = np.geomspace(LOW, HIGH, 13)
_HALVINGS = 22


def breaking_point(
    specimen: Specimen, logits: ArrayLike, target: int, *, shift: float = 0.0, seed: int = 0
) -> float | None:
    """Return a spread in 0.001 … 1000 at which the specimen is wrong, and right just before, within a relative 3e−7.

    Where round-off decides, right and wrong mix within some per cent of it.
    None if it is right at all of them, or wrong whatever the spread (``specimen.wrong``); 0.001 if it is broken
    from there on. ``logits`` (n,) and ``shift`` as in ``examine``. Pure; 36 runs of the specimen at most.
    """
    if specimen.wrong or not specimen.breaks:
        return None
    z = np.asarray(logits, dtype=np.float64)

    def batch(spreads: Floats) -> Batch:
        return Batch(z, target, spreads, shift, seed, whole=specimen.integers)

    grid = batch(_GRID)
    broken = next((k for k in range(len(_GRID)) if not run(specimen, grid, k).right), None)
    if broken is None:
        return None
    if broken == 0:
        return LOW
    low, high = float(_GRID[broken - 1]), float(_GRID[broken])
    for _ in range(_HALVINGS):
        middle = (low * high) ** 0.5
        if run(specimen, batch(np.array([middle]))).right:
            low = middle
        else:
            high = middle
    return high
