"""What a function may have taken for the probabilities: the softmax, or one of the things people write instead."""

import numpy as np

from explorer.model.clinic.source import Source, softmax
from explorer.model.clinic.sources_growth import GROWTHS
from explorer.model.clinic.sources_logits import LOGITS
from explorer.model.clinic.sources_shifts import SHIFTS
from explorer.model.clinic.sources_sums import SUMS
from explorer.model.exact import Floats

TRUE = Source("softmax", "the softmax p of each row", "", 0.0, softmax)

SOURCES: tuple[Source, ...] = (TRUE, *SHIFTS, *LOGITS, *GROWTHS, *SUMS)  # at equal cost the first is named


def stack(z: Floats) -> Floats:
    """Return every source of the logits (m, n), shape (sources, m, n); NaN where one is undefined."""
    with np.errstate(all="ignore"):
        return np.stack([np.asarray(source.of(z), dtype=np.float64) for source in SOURCES])
