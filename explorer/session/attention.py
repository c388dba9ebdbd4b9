"""Attention: scores of random queries and keys of every width, and the bands of the Jacobian's norm they leave."""

from functools import cached_property

import numpy as np

from explorer.model import Softmax, attention
from explorer.model.exact import Floats
from explorer.session.vanishing_choice import WIDTHS

DRAWS, KEYS = 200, 10


class Attention:
    """What follows from a seed alone; parts are made on first use."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    @cached_property
    def plain(self) -> attention.Band:
        """The band of ‖J‖₂ against the width for scores q·k."""
        return attention.band(WIDTHS, draws=DRAWS, keys=KEYS, seed=self.seed, scaled=False)

    @cached_property
    def scaled(self) -> attention.Band:
        """The band of ‖J‖₂ against the width for scores q·k/√d."""
        return attention.band(WIDTHS, draws=DRAWS, keys=KEYS, seed=self.seed, scaled=True)

    def scores(self, width: int, scaled: bool) -> Floats:
        """Return the scores (KEYS,) of the draw whose norm is the median one of that width without 1/√d.

        Both kinds are shown for the same draw: they differ by the factor √d alone.
        """
        plain = attention.scores(width, draws=DRAWS, keys=KEYS, seed=self.seed, scaled=False)
        order = np.argsort(Softmax(plain).log10_spectral_norm, kind="stable")
        chosen = int(order[DRAWS // 2 - 1])
        return np.asarray(attention.scores(width, draws=DRAWS, keys=KEYS, seed=self.seed, scaled=scaled)[chosen])

    def medians(self, width: int) -> tuple[float, float]:
        """Return the decimal logarithms of the median norms at a width, without and with 1/√d."""
        index = WIDTHS.index(width)
        return float(self.plain.log10[1, index]), float(self.scaled.log10[1, index])
