"""The softmax and its derivative, to the last digits that float64 can hold.

Three ideas carry the accuracy (each O(n)):

* the complement of the largest probability is the *sum of the others*, never ``1 - p``;
* logit differences are kept exactly, as a rounded difference and its rounding error;
* whatever falls below the smallest double is kept as a share of the losers' sum times a logarithm.

With the winner k (the first largest logit) and ``e_j = exp(a_j - a_k)``, the *odds* against the winner are
``R = sum of e_j over j != k``: then ``p_k = 1 / (1 + R)``, ``1 - p_k = R / (1 + R)``, ``p_j = e_j / (1 + R)``.
"""

from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.model import spectrum
from explorer.model.exact import (
    Floats,
    Indices,
    as_reals,
    difference,
    first_index,
    places,
    quiet,
    total,
    total_with_rest,
)

LOG10_E = 0.4342944819032518
_MAX = np.finfo(np.float64).max
_TINY_ODDS = 1e-260  # below it the losers' exponentials may be subnormal: sum them relative to the runner-up
_ROOM = 2.0**-60  # room for a subtraction and a sum at the upper end of the range
_Number = TypeVar("_Number", bound=np.number)
_LONGEST_GAP = 1e285  # far enough: the entropy has underflowed long before, and its log10 cannot tell the difference


class Softmax:
    """The softmax of effective logits, with everything that derives from it computed once, on first use.

    Parameters
    ----------
    a : array-like (..., n), n >= 1
        Effective logits, dimensionless. Integers and narrower floats are converted to float64 exactly (those
        that do not fit are rounded); the input is never written to. ``-inf`` is allowed and gives a
        probability of exactly 0.

    Raises
    ------
    ValueError
        For an empty array or a scalar, for ``nan`` or ``+inf`` (the index is named), and for a row of only ``-inf``.
    TypeError
        For complex numbers, text and other objects.

    Notes
    -----
    For finite logits p, q, log p, log q, the Jacobian, its Frobenius and spectral norms and the entropy are
    within 8 units in the last place wherever the true value is a normal double, and no value is 0 there.
    Row r of a batch is bit for bit what ``Softmax(a[r])`` gives. Arrays are read-only or new. ``winner_place``,
    ``p_top`` and ``q_top`` are columns (..., 1): the winner's position in a flattened array (..., n), its p, its q.
    """

    @quiet
    def __init__(self, a: ArrayLike) -> None:
        self.logits = _as_logits(a)
        self.shape, self.n = self.logits.shape, self.logits.shape[-1]
        self._winner: Indices = self.logits.argmax(axis=-1, keepdims=True)
        self.winner_place = places(self._winner, self.n)
        spare = np.empty(self.shape)  # large arrays cost most when they are new
        gap, correction = difference(self.logits, self.logits.take(self.winner_place), spare)
        e = np.exp(gap, out=gap)
        e.put(self.winner_place, 0.0)
        correction *= e
        self._base, self._rest = total_with_rest(e, correction, spare)
        e += correction
        self._unscaled = e  # shares are unscaled / base
        self._odds = self._base
        self._tail: NDArray[np.bool_] | None = None
        tail = self._base < _TINY_ODDS
        if tail.any():
            self._solve_tail(tail)
        sum_ = 1.0 + self._odds
        self.p_top, self.q_top = 1.0 / sum_, self._odds / sum_
        self.p = np.divide(e, sum_, out=spare)
        self.p.put(self.winner_place, self.p_top)
        for values in (self.winner_place, self.p_top, self.q_top, self.p):
            _freeze(values)

    def _solve_tail(self, tail: NDArray[np.bool_]) -> None:
        """Redo the odds of rows whose losers may all underflow, relative to the runner-up.

        There ``odds = half * base * half`` and ``log odds = behind + log base``.
        """
        top = self.logits.take(self.winner_place)
        others = np.where(tail, self.logits, 0.0)
        others.put(self.winner_place, -np.inf)
        runner = others.max(axis=-1, keepdims=True)
        tail = tail & np.isfinite(runner)  # a winner without any rival keeps odds of exactly 0
        gap, correction = difference(others, np.where(tail, runner, 0.0))
        relative = np.exp(gap)
        correction *= relative
        base, rest = total_with_rest(relative, correction)
        behind, error = difference(runner, top)
        half = np.exp(0.5 * behind)
        half += half * (0.5 * error)
        self._unscaled = np.where(tail, relative + correction, self._unscaled)
        self._base, self._rest = np.where(tail, base, self._base), np.where(tail, rest, self._rest)
        self._half, self._behind, self._tail = half, behind, tail
        self._odds = np.where(tail, half * self._base * half, self._odds)

    @cached_property
    @quiet
    def q(self) -> Floats:
        """Complements ``1 - p`` (..., n), the winner's without cancellation."""
        q = 1.0 - self.p
        q.put(self.winner_place, self.q_top)
        return _freeze(q)

    @cached_property
    def winner(self) -> Indices:
        """Index of the (first) largest logit, shape (...)."""
        return _per_row(self._winner)

    @cached_property
    @quiet
    def shares(self) -> Floats:
        """Each loser's share of the winner's complement, ``p_j / q_winner``; 0 at the winner. Shape (..., n)."""
        return _freeze(self._unscaled / np.maximum(self._base, _TINY_ODDS))

    @cached_property
    @quiet
    def q_rest(self) -> Floats:
        """What rounding took from the winner's q, as a fraction of it, (..., 1): ``q_top (1 + q_rest)`` is closer."""
        odds, sum_ = self._odds, 1.0 + self._odds
        lost = np.minimum(odds, 1.0) - (sum_ - np.maximum(odds, 1.0))
        rest = self._rest / np.maximum(self._base, _TINY_ODDS)
        return _freeze(rest - (lost + rest * odds) / sum_)

    @cached_property
    @quiet
    def gaps(self) -> Floats:
        """Rounded ``a_j - a_winner`` (<= 0), shape (..., n)."""
        return _freeze(self.logits - self.logits.take(self.winner_place))

    @cached_property
    @quiet
    def log_p(self) -> Floats:
        """Natural logarithm of p, shape (..., n); ``-inf`` only for a logit of ``-inf``.

        Values beyond the largest double (a gap of more than 1.8e308) stop there.
        """
        log_p = self.gaps - np.log1p(self._odds)
        beyond = np.isneginf(log_p)
        if beyond.any():
            log_p[beyond & np.isfinite(self.logits)] = -_MAX
        return _freeze(log_p)

    @cached_property
    @quiet
    def log_q(self) -> Floats:
        """Natural logarithm of ``q = 1 - p``, shape (..., n); ``-inf`` only where p is exactly 1."""
        log_q = np.log1p(-self.p)
        winner = -np.log1p(1.0 / self._odds)
        if self._tail is not None:
            far = np.maximum(self._behind + np.log(self._base), -_MAX)
            winner = np.where(self._tail, far, winner)
        log_q.put(self.winner_place, winner)
        return _freeze(log_q)

    @cached_property
    @quiet
    def log10_p(self) -> Floats:
        """Decimal logarithm of p, shape (..., n); goes on where p itself is below the smallest double."""
        log10_p = self.log_p * LOG10_E
        beyond = self.log_p == -_MAX
        if beyond.any():
            half = 0.5 * self.logits - 0.5 * self.logits.max(axis=-1, keepdims=True)
            log10_p = np.where(beyond, half * (2.0 * LOG10_E), log10_p)
        return _freeze(log10_p)

    @cached_property
    @quiet
    def log10_q(self) -> Floats:
        """Decimal logarithm of ``1 - p``, shape (..., n)."""
        log10_q = self.log_q * LOG10_E
        beyond = self.log_q == -_MAX  # at a winner whose gap to the runner-up overflows
        if beyond.any():
            others = np.where(beyond, -np.inf, self.log10_p)
            log10_q = np.where(beyond, others.max(axis=-1, keepdims=True), log10_q)
        return _freeze(log10_q)

    @quiet
    def jacobian(self) -> Floats:
        """Jacobian ``J[..., i, j] = dp_i/da_j = p_i (delta_ij - p_j)``, shape (..., n, n); a new array at each call."""
        p = self.p
        jacobian = -p[..., :, None] * p[..., None, :]
        diagonal = np.arange(self.n)
        jacobian[..., diagonal, diagonal] = p * self.q
        return jacobian

    @quiet
    def log10_abs_jacobian(self) -> Floats:
        """Decimal logarithm of ``|J|``, shape (..., n, n).

        It is ``log p_i + log p_j``, on the diagonal ``log p_i + log q_i``: finite wherever the true value is not 0,
        however far below the smallest double; ``-inf`` marks an exact 0 (n = 1, or a logit of ``-inf``).
        Logarithms beyond the largest double stop there.
        """
        log10_p = self.log10_p
        logs = log10_p[..., :, None] + log10_p[..., None, :]
        diagonal = np.arange(self.n)
        logs[..., diagonal, diagonal] = log10_p + self.log10_q
        beyond = np.isneginf(logs)
        if beyond.any():
            possible = np.isfinite(log10_p)
            beyond &= possible[..., :, None] & possible[..., None, :]
            beyond[..., diagonal, diagonal] &= np.isfinite(self.log10_q)
            logs[beyond] = -_MAX
        return logs

    @quiet
    def vjp(self, g: ArrayLike) -> Floats:
        """Vector-Jacobian product ``J g = p * (g - p.g)``, shape (..., n), for an upstream gradient g (..., n).

        Pure. As ``J 1 = 0``, g is first shifted by its entry at a winner that takes more than half: nothing is left to
        cancel there. Each entry is as accurate as the terms ``J_ij g_j`` of its own sum allow, where p_i is a normal
        double. g broadcasts against p. Raises ValueError for a g that does not fit or is not finite.
        """
        p, factor, _, scale, _ = self._pulled(g)
        return p * factor / scale

    @quiet
    def log10_abs_vjp(self, g: ArrayLike) -> Floats:
        """Decimal logarithm of ``|J g|``, shape (..., n); goes on below the smallest double."""
        _, factor, at_winner, scale, place = self._pulled(g)
        logs = np.log10(np.abs(factor))
        logs.put(place, np.log10(np.abs(at_winner)) + self.log10_q.take(self.winner_place))
        return logs + (self.log10_p - np.log10(scale))

    def _pulled(self, g: ArrayLike) -> tuple[Floats, Floats, Floats, Floats | float, Indices]:
        """Return p, ``g - p.g``, the same at the winner over its q, the scale of both, the winners' places."""
        upstream, p, place = as_reals(g, "upstream gradient"), self.p, self.winner_place
        if upstream.shape != self.shape:
            try:
                upstream, p = np.broadcast_arrays(upstream, p)
            except ValueError:
                fit = f"upstream gradient has shape {upstream.shape}, but p has {self.shape}"
                raise ValueError(fit) from None
            place = places(np.broadcast_to(self._winner, (*p.shape[:-1], 1)), self.n)
        sizes = np.abs(upstream)
        finite = np.isfinite(sizes)
        if not finite.all():
            raise ValueError(f"upstream gradient is not finite at index {first_index(~finite)}")
        scale: Floats | float = 1.0
        huge = np.maximum.reduce(sizes, axis=-1, keepdims=True) > 1e285
        if huge.any():
            scale = np.where(huge, _ROOM, 1.0)
            upstream = upstream * scale
        at_winner = upstream.take(place)
        shift = np.where(self.p_top > 0.5, at_winner, 0.0)
        shifted = upstream - shift
        at_winner = at_winner - shift
        mean = total(self.shares * shifted)
        factor = shifted - (self.p_top * at_winner + self.q_top * mean)
        return p, factor, at_winner - mean, scale, place

    @cached_property
    @quiet
    def entropy(self) -> Floats:
        """Entropy ``-sum p log p`` in nats, shape (...): ``log1p(R) + q * sum of shares * |gaps|``, all terms >= 0."""
        entropy = np.log1p(self._odds) + self.q_top * self._mean_gap
        if self._tail is not None:
            far = self._half * (self._base * (1.0 + self._mean_gap)) * self._half
            entropy = np.where(self._tail, far, entropy)
        return _per_row(entropy)

    @cached_property
    def _mean_gap(self) -> Floats:
        """Mean ``a_winner - a_j`` of the losers, weighted by their shares, (..., 1)."""
        return total(self.shares * np.minimum(-self.gaps, _LONGEST_GAP))

    @cached_property
    @quiet
    def trace(self) -> Floats:
        """Trace of J, ``1 - sum p^2 = sum p q``, shape (...)."""
        return _per_row(self.q_top * (self.p_top + total(self.shares * self.q)))

    @cached_property
    @quiet
    def moments(self) -> tuple[Floats, Floats]:
        """The sum of the squared shares, and how far the losers' p lag behind p_top, weighted by shares; (..., 1).

        ``sum p^2 = p_top^2 + q_top^2 * squares = p_top - q_top * lag``. Differences of p come from exact logit
        gaps, as ``-p_top expm1(gap)``.
        """
        terms = np.empty((2, *self.shape))
        np.multiply(self.shares, self.shares, out=terms[0])
        np.multiply(self.shares, -np.expm1(self.gaps), out=terms[1])
        squares, lag = total(terms)
        return _freeze(squares), _freeze(lag * self.p_top)

    @cached_property
    def _scaled_frobenius(self) -> Floats:
        """Frobenius norm of J over q_winner, (..., 1): with the winner apart, every term of its square is >= 0."""
        shares, p_top, q_top, second = self.shares, self.p_top, self.q_top, self.moments[0]
        mixed = total(shares * shares * (1.0 - 2.0 * (q_top * shares)))
        norm: Floats = np.sqrt(p_top * p_top * (1.0 + 2.0 * second) + mixed + (q_top * second) ** 2)
        return norm

    @cached_property
    @quiet
    def frobenius(self) -> Floats:
        """Frobenius norm of J, shape (...)."""
        return _per_row(self.q_top * self._scaled_frobenius)

    @cached_property
    def _scaled_norm(self) -> Floats:
        """Largest eigenvalue of J over q_winner, (..., 1)."""
        return spectrum.largest(self.shares, self.p_top, self.q_top)

    @cached_property
    @quiet
    def spectral_norm(self) -> Floats:
        """Spectral norm of J, its largest eigenvalue (at most 1/2), shape (...); from the secular equation."""
        return _per_row(self.q_top * self._scaled_norm)

    @quiet
    def eigenvalues(self) -> Floats:
        """Eigenvalues of J in ascending order, shape (..., n): the first is exactly 0, the last is the spectral norm.

        Roots of the secular equation, one between each two neighbouring probabilities, so small ones are as
        accurate as large ones. Raises ValueError for n > 2048.
        """
        if self.n > 2048:
            raise ValueError(f"all eigenvalues are computed for at most 2048 classes, not {self.n}")
        values = np.zeros(self.shape)
        if self.n > 1:
            top = np.asarray(self.spectral_norm)[..., None]
            values[..., -1:] = top
            values[..., 1:-1] = np.minimum(self.q_top * spectrum.inner(self.shares, self.p_top, self.q_top), top)
        return values

    @cached_property
    def log10_one_minus_p_max(self) -> Floats:
        """Decimal logarithm of ``1 - p_max``, shape (...)."""
        return _per_row(self.log10_q.take(self.winner_place))

    @cached_property
    @quiet
    def log10_spectral_norm(self) -> Floats:
        """Decimal logarithm of the spectral norm, shape (...), far below the smallest double too."""
        return _per_row(self.log10_q.take(self.winner_place) + np.log10(self._scaled_norm))

    @cached_property
    @quiet
    def log10_frobenius(self) -> Floats:
        """Decimal logarithm of the Frobenius norm, shape (...), far below the smallest double too."""
        return _per_row(self.log10_q.take(self.winner_place) + np.log10(self._scaled_frobenius))

    @cached_property
    @quiet
    def log10_entropy(self) -> Floats:
        """Decimal logarithm of the entropy, shape (...), far below the smallest double too."""
        logs = np.asarray(np.log10(self.entropy))
        if self._tail is not None:
            far = self.log10_q.take(self.winner_place) + np.log10(1.0 + self._mean_gap)
            logs = np.where(self._tail[..., 0], far[..., 0], logs)
        return _freeze(logs)


def _as_logits(a: ArrayLike) -> Floats:
    """Return a read-only, contiguous float64 copy of a, or raise with a sentence that names the place."""
    logits = as_reals(a, "logit")
    if logits.ndim == 0 or logits.shape[-1] == 0:
        raise ValueError(f"logits need shape (..., n) with n >= 1, not {logits.shape}")
    if not np.isfinite(logits).all():
        bad = np.isnan(logits) | np.isposinf(logits)
        if bad.any():
            index = first_index(bad)
            raise ValueError(f"logit at index {index} is {logits[index]}; softmax needs finite logits or -inf")
        empty = np.asarray(np.isneginf(logits).all(axis=-1))
        if empty.any():
            row = f" in row {first_index(empty)}" if logits.ndim > 1 else ""
            raise ValueError(f"all logits{row} are -inf; at least one must be finite")
    return _freeze(logits)


def _per_row(column: NDArray[_Number]) -> NDArray[_Number]:
    """Give a column (..., 1) the shape of the batch, read-only; a single value becomes a NumPy scalar."""
    return _freeze(column[..., 0])


def _freeze(values: NDArray[_Number]) -> NDArray[_Number]:
    """Make values read-only; a single value becomes a NumPy scalar, which is."""
    if values.ndim == 0:
        return values[()]
    values.flags.writeable = False
    return values
