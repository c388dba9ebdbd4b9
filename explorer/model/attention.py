"""Why attention divides by sqrt(d): scores of random queries and keys, and what is left of the softmax's Jacobian.

Queries and keys have d independent standard normal entries, so a score ``q . k`` has variance d: the logits drift
apart as d grows (Vaswani et al., "Attention is all you need", 2017, footnote 4).

Of a key only its component along the query counts, and since a standard normal key has no preferred direction, that
component is standard normal whatever the query is. So ``q . k = |q| g``, with ``|q|^2`` from the chi-square
distribution with d degrees of freedom and g standard normal: exactly the distribution of the scores, those of one
draw sharing their query, without drawing d numbers for each.
"""

import operator
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.model.exact import Floats
from explorer.model.softmax import Softmax

QUANTILES = (0.1, 0.5, 0.9)
_LARGEST_WIDTH = 2**20
_MOST_SCORES = 2**22


@dataclass(frozen=True, eq=False)
class Band:
    """Quantiles of the spectral norm of J over the draws, against the width.

    ``widths`` (m,), ``values`` (3, m) and their decimal logarithms ``log10`` (3, m); the rows are ``QUANTILES``. Each
    is the norm of one of the draws: the smallest that at least this share of the draws does not exceed.
    """

    widths: tuple[int, ...]
    values: Floats
    log10: Floats


def scores(width: int, *, draws: int = 200, keys: int = 10, seed: int = 0, scaled: bool = True) -> Floats:
    """Return the scores (draws, keys) of one query with each of its keys, in each draw.

    Parameters
    ----------
    width : int
        Number of entries of a query and of a key, 1 to 2**20.
    draws, keys : int
        Independent draws, and keys for the one query of each draw; their product is at most 2**22.
    seed : int
        0 to 2**64 - 1. The same seed gives the same numbers, and different widths independent ones: seed and width
        start NumPy's PCG64. NumPy may change its distributions in a later version.
    scaled : bool
        Whether scores are divided by sqrt(width).

    Pure; a new array. Raises ValueError for numbers that are not whole or out of range.
    """
    d, m, n = _whole(width, "width", _LARGEST_WIDTH), _whole(draws, "number of draws"), _whole(keys, "number of keys")
    if m * n > _MOST_SCORES:
        raise ValueError(f"{m} draws of {n} keys are too many; choose at most {_MOST_SCORES} scores in all")
    start = np.random.SeedSequence((_whole(seed, "seed", 2**64 - 1, 0), d))
    rng = np.random.Generator(np.random.PCG64(start))
    squared_length = rng.chisquare(d, (m, 1))
    return np.sqrt(squared_length / d if scaled else squared_length) * rng.standard_normal((m, n))


def band(widths: Sequence[int], *, draws: int = 200, keys: int = 10, seed: int = 0, scaled: bool = True) -> Band:
    """Return quantiles of the spectral norm of J over the draws, for the scores of each width.

    Parameters, errors and numbers as in ``scores``; ValueError also for no width at all.
    """
    chosen = tuple(widths)
    if not chosen:
        raise ValueError("a band needs at least one width")
    found = [scores(width, draws=draws, keys=keys, seed=seed, scaled=scaled) for width in chosen]
    s = Softmax(np.array(found))
    order = np.argsort(s.log10_spectral_norm, axis=-1, kind="stable")
    picked = order[:, [max(int(np.ceil(share * draws)) - 1, 0) for share in QUANTILES]]
    values, logs = (np.take_along_axis(x, picked, axis=-1).T for x in (s.spectral_norm, s.log10_spectral_norm))
    return Band(tuple(map(int, chosen)), values, logs)


def _whole(value: int, name: str, most: int = _MOST_SCORES, least: int = 1) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"the {name} is {value!r}; it needs to be a whole number") from None
    if not least <= number <= most:
        raise ValueError(f"the {name} is {number}; it needs to be from {least} to {most}")
    return number
