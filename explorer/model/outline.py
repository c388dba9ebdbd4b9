"""Gradient sizes along the spread for a picture: one pass for all curves, at a third of the cost of a full sweep.

The formulas are those of softmax.py and losses.py in the losers' shares ``s_j = p_j / q``, with powers of the
winner's complement q taken out as a logarithm, so nothing cancels and nothing underflows. What is left out is the
last digits: logit differences are rounded, and Newton's method stops early. The logarithms agree with
``sweep.along_spread`` to 1e-9.
"""

import numpy as np
from numpy.typing import ArrayLike

from explorer.model.exact import Floats, quiet
from explorer.model.losses import LOSSES
from explorer.model.softmax import Softmax
from explorer.model.spectrum import largest

_NEWTON_STEPS = 3
_TINY = 1e-290
_LOG10_E = 0.4342944819032518


@quiet
def outline(z: ArrayLike, spreads: ArrayLike, target: int, losses: tuple[str, ...]) -> dict[str, Floats]:
    """Return decimal logarithms (m,) of ``spectral_norm`` and ``gradient_norm:<loss>`` at spreads (m,) > 0.

    Pure. z holds finite logits (n,); a shift of all of them changes nothing. One class gives -inf throughout.
    """
    row, t = np.asarray(z, dtype=np.float64), np.asarray(spreads, dtype=np.float64)[:, None]
    curves = _Curves(row, t, target)
    found = {"spectral_norm": curves.spectral_norm()}
    for name in losses:
        if name in ("cross_entropy", "kl"):
            log = curves.cross_entropy()
        elif name == "squared_error":
            log = curves.squared_error()
        else:
            log = None
        if log is None or (len(row) > 1 and np.isneginf(log).any()):
            # Asked for seldom, or a loser beyond the smallest double next to a tie: take the full path.
            log = LOSSES[name].log10_grad_norm(Softmax(t * (row - row.max())), target)
        found[f"gradient_norm:{name}"] = log
    return found


class _Curves:
    """What the curves share: shares (m, n), complement q and top probability (m, 1), and their moments."""

    def __init__(self, z: Floats, t: Floats, target: int) -> None:
        winner = int(z.argmax())
        others = z.copy()
        others[winner] = -np.inf
        runner = others.max() if len(z) > 1 else -np.inf
        relative = np.exp(t * (others - runner)) if len(z) > 1 else np.zeros((len(t), 1))
        base = np.add.reduce(relative, axis=-1, keepdims=True)
        log_odds = t * (runner - z[winner]) + np.log(base)
        odds = np.exp(log_odds)
        self.top = 1.0 / (1.0 + odds)
        self.q = odds * self.top
        self.log_q = (log_odds - np.log1p(odds))[:, 0]
        self.shares = relative / base if len(z) > 1 else relative
        self.second = np.add.reduce(self.shares * self.shares, axis=-1, keepdims=True)
        self.gaps = t * (z - z[winner])
        self.target, self.won = target, winner == target
        self.winner = winner
        share = self.shares[:, target : target + 1]
        self.share = share
        # For a target that loses: q_y^2 and the sum of the others' p^2.
        self.missing = (1.0 - self.q * share) ** 2
        self.rest = self.top**2 + self.q**2 * (self.second - share**2)

    def spectral_norm(self) -> Floats:
        scaled = largest(self.shares, self.top, self.q, _NEWTON_STEPS)[:, 0]
        return np.asarray((self.log_q + np.log(scaled)) * _LOG10_E)

    def cross_entropy(self) -> Floats:
        if self.won:
            return np.asarray((self.log_q + 0.5 * np.log1p(self.second[:, 0])) * _LOG10_E)
        return np.asarray(np.log10(self.rest + self.missing)[:, 0] * 0.5)

    def squared_error(self) -> Floats:
        """Return the norm of ``p B`` over q (over q^2 where the target wins), B as in losses.SquaredError."""
        steps = np.expm1(self.gaps)
        spread = -self.top * np.add.reduce(self.shares * steps, axis=-1, keepdims=True)
        if self.won:
            entries = self.shares * (self.shares + spread)
            entries[:, self.target] = self.top[:, 0] * (1.0 + self.second[:, 0])
        else:
            behind = self.top * np.maximum(steps, steps[:, self.target : self.target + 1])
            entries = self.shares * (self.q * (np.minimum(self.shares, self.share) + spread) + behind)
            entries[:, self.winner] = (self.top * (self.share + spread))[:, 0]
            entries[:, self.target] = (self.share * (self.missing + self.rest))[:, 0]
        largest_entry = np.abs(entries).max(axis=-1, keepdims=True)
        largest_entry[largest_entry < _TINY] = 0.0  # too small to be told from what was lost
        size = 0.5 * np.log(np.add.reduce((entries / largest_entry) ** 2, axis=-1)) + np.log(largest_entry[:, 0])
        logs = ((2.0 if self.won else 1.0) * self.log_q + size) * _LOG10_E
        logs[largest_entry[:, 0] == 0.0] = -np.inf
        return np.asarray(logs)
