"""Gradient sizes while the logits diverge: along the spread, along one logit, along the winner's lead.

Every sweep is one batch of a ``Softmax``: one vectorised pass, whatever the number of positions.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from explorer.model.exact import Floats, as_reals, first_index, quiet, total
from explorer.model.losses import LOSSES
from explorer.model.softmax import Softmax
from explorer.model.targets import TargetLike, as_target

_GRADIENT = "gradient_norm:"
_LARGEST = np.finfo(np.float64).max
_VALUES: dict[str, Callable[[Softmax], Floats]] = {
    "spectral_norm": lambda s: s.spectral_norm,
    "frobenius": lambda s: s.frobenius,
    # p (1 - p) rises up to 1/2, and no loser exceeds 1 - p_max; a diagonal entry dominates its row.
    "max_abs_jacobian": lambda s: (s.p_top * s.q_top)[..., 0],
    "entropy": lambda s: s.entropy,
    "one_minus_p_max": lambda s: s.q_top[..., 0],
}
_LOG10: dict[str, Callable[[Softmax], Floats]] = {
    "spectral_norm": lambda s: s.log10_spectral_norm,
    "frobenius": lambda s: s.log10_frobenius,
    "max_abs_jacobian": lambda s: (s.log10_p.take(s.winner_place) + s.log10_q.take(s.winner_place))[..., 0],
    "entropy": lambda s: s.log10_entropy,
    "one_minus_p_max": lambda s: s.log10_one_minus_p_max,
}


class Sweep(Mapping[str, Floats]):
    """Quantities along a sweep of m positions: a mapping from names to read-only values (m,), each made on first use.

    Names: ``spectral_norm``, ``frobenius``, ``max_abs_jacobian`` (the largest |J_ij|, which is ``p_max (1 - p_max)``),
    ``entropy``, ``one_minus_p_max``, and ``gradient_norm:<loss>``, the Euclidean norm of dL/da, for each loss asked
    for. Values are as accurate as those of ``Softmax`` and ``Loss``: within 8 units in the last place where the
    true value is a normal double. ``log10(name)`` goes on below the smallest double.

    Attributes
    ----------
    x : (m,)
        The positions: what the sweep varies.
    softmax : Softmax (m, n)
        The softmax at every position; ``softmax.logits`` are the effective logits.
    target : class index or distribution, or None
    losses : tuple of str
    """

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __init__(self, x: Floats, logits: Floats, target: TargetLike | None, losses: tuple[str, ...]) -> None:
        self.x, self.softmax = x, Softmax(logits)
        self.target, self.losses = target, (losses,) if isinstance(losses, str) else tuple(losses)
        self._known: dict[tuple[str, bool], Floats] = {}
        unknown = [name for name in self.losses if name not in LOSSES]
        if unknown:
            raise ValueError(f"there is no loss {unknown[0]!r}; choose from {', '.join(LOSSES)}")
        if target is not None:
            as_target(self.softmax, target)
        elif losses:
            raise ValueError("the gradient of a loss needs a target class")

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the quantities."""
        return (*_VALUES, *dict.fromkeys(_GRADIENT + loss for loss in self.losses))

    def __getitem__(self, name: str) -> Floats:
        return self._get(name, log10=False)

    def log10(self, name: str) -> Floats:
        """Return decimal logarithms (m,), ``-inf`` only for an exact 0. KeyError for an unknown name."""
        return self._get(name, log10=True)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def _get(self, name: str, log10: bool) -> Floats:
        if (name, log10) not in self._known:
            if name not in self.names:
                raise KeyError(f"unknown quantity {name!r}; choose from {', '.join(self.names)}")
            values = self._make(name, log10)
            values.flags.writeable = False
            self._known[name, log10] = values
        return self._known[name, log10]

    def _make(self, name: str, log10: bool) -> Floats:
        if name in _VALUES:
            return (_LOG10 if log10 else _VALUES)[name](self.softmax)
        loss = LOSSES[name.removeprefix(_GRADIENT)]
        assert self.target is not None
        if log10:
            return loss.log10_grad_norm(self.softmax, self.target)
        return euclidean_norm(loss.grad_logits(self.softmax, self.target))


def along_spread(
    z: ArrayLike,
    spreads: ArrayLike,
    *,
    shift: float = 0.0,
    target: TargetLike | None = None,
    losses: tuple[str, ...] = (),
) -> Sweep:
    """Sweep the spread t: effective logits ``t z + shift`` for logits z (n,) at the spreads t (m,).

    Pure. Effective logits are rounded as ``spread * z + shift`` is in Python; those that overflow are taken at
    the largest double, and a logit of ``-inf`` stays there at any spread.

    Raises ValueError or TypeError, with a sentence, for logits, spreads, a target or losses that do not fit.
    """
    t = _positions(spreads, "spread")
    return Sweep(t, effective_logits(row_of_logits(z), t[:, None], shift), target, losses)


def along_logit(
    z: ArrayLike,
    index: int,
    values: ArrayLike,
    *,
    spread: float = 1.0,
    shift: float = 0.0,
    target: TargetLike | None = None,
    losses: tuple[str, ...] = (),
) -> Sweep:
    """Sweep one logit alone: z (n,) with ``z[index]`` at each of the values (m,), at one spread and shift.

    Pure. Effective logits and errors as in ``along_spread``; ValueError also for an index out of range.
    """
    row, x = row_of_logits(z), _positions(values, "value of the logit")
    if not 0 <= index < row.size:
        raise ValueError(f"there is no logit {index}: they are 0 to {row.size - 1}")
    rows = np.tile(row, (x.size, 1))
    rows[:, index] = x
    return Sweep(x, effective_logits(rows, _finite(spread, "spread"), shift), target, losses)


def along_gap(
    n: int,
    gaps: ArrayLike,
    *,
    winner: int = 0,
    shift: float = 0.0,
    target: TargetLike | None = None,
    losses: tuple[str, ...] = (),
) -> Sweep:
    """Sweep the gap (m,) between the winner's effective logit and n - 1 equal losers, whose logits are the shift.

    Pure. Errors as in ``along_spread``; ValueError also for n < 1 or a winner out of range.
    """
    x = _positions(gaps, "gap")
    if n < 1 or not 0 <= winner < n:
        raise ValueError(f"a gap needs at least one class and one of them as the winner, not {winner} of {n}")
    rows = np.zeros((x.size, n))
    rows[:, winner] = x
    return Sweep(x, effective_logits(rows, 1.0, shift), target, losses)


@quiet
def euclidean_norm(vectors: Floats) -> Floats:
    """Return the Euclidean norms (...) of vectors (..., n): no square overflows or underflows, NaN and inf stay."""
    largest = np.max(np.abs(vectors), axis=-1, keepdims=True)
    _, exponent = np.frexp(largest)
    scaled = np.ldexp(vectors, -exponent)
    norms = np.ldexp(np.sqrt(total(scaled * scaled)), exponent)
    return np.asarray(np.where(np.isfinite(largest), norms, largest)[..., 0])


@quiet
def effective_logits(z: Floats, spread: Floats | float, shift: float) -> Floats:
    """Return ``spread * z + shift``, held at the largest double; a logit of -inf stays."""
    gone = np.isneginf(z)
    logits = np.clip(spread * np.where(gone, 0.0, z) + _finite(shift, "shift"), -_LARGEST, _LARGEST)
    logits[np.broadcast_to(gone, logits.shape)] = -np.inf
    return logits


def row_of_logits(z: ArrayLike) -> Floats:
    """Return one row of logits (n,) as float64; ValueError or TypeError, with a sentence, for anything else."""
    row = as_reals(z, "logit")
    if row.ndim != 1 or row.size == 0:
        raise ValueError(f"a sweep needs one row of logits, shape (n,) with n >= 1, not {row.shape}")
    if not np.isfinite(row).all():
        Softmax(row)  # names what it cannot take
    return row


def _positions(values: ArrayLike, name: str) -> Floats:
    x = np.atleast_1d(as_reals(values, name))
    if x.ndim != 1 or x.size == 0:
        raise ValueError(f"a sweep needs a row of positions, shape (m,) with m >= 1, not {x.shape}")
    if not np.isfinite(x).all():
        index = first_index(~np.isfinite(x))
        raise ValueError(f"{name} at index {index} is {x[index]}; it needs to be finite")
    x.flags.writeable = False
    return x


def _finite(value: float, name: str) -> float:
    if not np.isfinite(value):
        raise ValueError(f"the {name} is {value}; it needs to be finite")
    return float(value)
