"""The softmax and its derivative, to the last digits that float64 can hold.

Three ideas carry the accuracy (each O(n)):

* the complement of the largest probability is the *sum of the others*, never ``1 - p``;
* logit differences are kept exactly, as a rounded difference and its rounding error;
* whatever falls below the smallest double is kept as a share of the losers' sum times a logarithm.

With the winner k (the first largest logit) and ``e_j = exp(a_j - a_k)``, the *odds* against the winner are
``R = sum of e_j over j != k``; then ``p_k = 1 / (1 + R)``, ``1 - p_k = R / (1 + R)`` and ``p_j = e_j / (1 + R)``.
"""

from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.model import spectrum
from explorer.model.exact import Floats, difference, total

LOG10_E = 0.4342944819032518
_MAX = np.finfo(np.float64).max
_TINY_ODDS = 1e-260  # below it the losers' exponentials may be subnormal: sum them relative to the runner-up


class Softmax:
    """The softmax of effective logits, with everything that derives from it computed once, on first use.

    Parameters
    ----------
    a : array-like (..., n), n >= 1
        Effective logits, dimensionless. Integers and narrower floats are converted to float64 exactly (64-bit
        integers are rounded); the input is never written to. ``-inf`` is allowed and gives a probability of
        exactly 0.

    Raises
    ------
    ValueError
        For an empty array or a scalar, for ``nan`` or ``+inf`` (the index is named), and for a row of only ``-inf``.
    TypeError
        For complex numbers, text and objects.

    Notes
    -----
    For finite logits p, q, log p, log q, the Jacobian, its Frobenius and spectral norms and the entropy are
    within 8 units in the last place wherever the true value is a normal double, and no value is 0 there.
    Row r of a batch is bit for bit what ``Softmax(a[r])`` gives. Arrays are read-only. Formulas: module docstring.
    """

    def __init__(self, a: ArrayLike) -> None:
        self.logits = _as_logits(a)
        self.shape = self.logits.shape
        self.n = self.shape[-1]
        rows = self.logits.reshape(-1, self.n)
        self._index = np.arange(len(rows))
        self._winner = rows.argmax(axis=-1)
        with np.errstate(all="ignore"):
            self._solve(rows)

    def _solve(self, rows: Floats) -> None:
        """Fill the row-wise (m, n) core: differences to the winner, odds, shares, p and q."""
        at_winner = (self._index, self._winner)
        top = rows[at_winner][:, None]
        self._gap, self._gap_error = difference(rows, top)
        e = np.exp(self._gap)
        e += e * self._gap_error
        e[at_winner] = 0.0
        self._base = total(e)  # odds = half * base * half; half is 1 except in the far tail
        self._half = np.ones_like(self._base)
        self._log_odds = np.log(self._base)
        self._tail = self._base[:, 0] < _TINY_ODDS
        shares_from = e
        if self._tail.any():
            shares_from = self._solve_tail(rows, e)
        self._odds = self._half * self._base * self._half
        sum_ = 1.0 + self._odds
        p = e / sum_
        q = 1.0 - p
        p[at_winner] = 1.0 / sum_[:, 0]
        q[at_winner] = (self._odds / sum_)[:, 0]
        self._p, self._q = p, q
        self._p_top, self._q_top = p[at_winner][:, None], q[at_winner][:, None]
        self._shares_from = shares_from
        self.p, self.q = self._per_class(p), self._per_class(q)

    def _solve_tail(self, rows: Floats, e: Floats) -> Floats:
        """Redo the odds of rows whose losers all underflow, relative to the runner-up; return what shares come from."""
        tail = self._tail
        others = rows[tail].copy()
        count = np.arange(len(others))
        others[count, self._winner[tail]] = -np.inf
        runner = others.max(axis=-1, keepdims=True)
        alive = np.isfinite(runner)
        gap, gap_error = difference(others, np.where(alive, runner, 0.0))
        relative = np.exp(gap)
        relative += relative * gap_error
        behind, behind_error = difference(runner, rows[tail, self._winner[tail]][:, None])
        half = np.exp(0.5 * behind)
        half += half * (0.5 * behind_error)
        self._base[tail] = np.where(alive, total(relative), 0.0)
        self._half[tail] = np.where(alive, half, 1.0)
        log_odds = behind + (behind_error + np.log(self._base[tail]))
        self._log_odds[tail] = np.where(alive, np.maximum(log_odds, -_MAX), -np.inf)
        shares_from = e.copy()
        shares_from[tail] = relative
        return shares_from

    def _per_class(self, rows: Floats) -> Floats:
        """Give an (m, n) core array the shape of the input."""
        return _frozen(rows.reshape(self.shape))

    def _per_row(self, column: Floats) -> Floats:
        """Give an (m, 1) core column the shape of the batch."""
        return _frozen(column.reshape(self.shape[:-1]))

    @cached_property
    def winner(self) -> NDArray[np.intp]:
        """Index of the (first) largest logit, shape (...)."""
        index = self._winner.reshape(self.shape[:-1])
        index.flags.writeable = False
        return index

    @cached_property
    def shares(self) -> Floats:
        """Each loser's share of the winner's complement, ``p_j / q_winner``; 0 at the winner. Shape (..., n)."""
        with np.errstate(all="ignore"):
            shares = self._shares_from / self._base
        shares[self._base[:, 0] == 0.0] = 0.0
        return self._per_class(shares)

    @cached_property
    def _shares(self) -> Floats:
        return self.shares.reshape(-1, self.n)

    @cached_property
    def gaps(self) -> Floats:
        """Rounded ``a_j - a_winner`` (<= 0), shape (..., n)."""
        return self._per_class(self._gap)

    @cached_property
    def log_p(self) -> Floats:
        """Natural logarithm of p, shape (..., n); ``-inf`` only for a logit of ``-inf``.

        Values beyond the largest double (a gap of more than 1.8e308) stop there.
        """
        log_p = self._gap + (self._gap_error - np.log1p(self._odds))
        return self._per_class(self._limited(log_p))

    @cached_property
    def log_q(self) -> Floats:
        """Natural logarithm of ``q = 1 - p``, shape (..., n); ``-inf`` only where p is exactly 1."""
        with np.errstate(all="ignore"):
            log_q = np.log1p(-self._p)
            winner = np.where(self._tail[:, None], self._log_odds, -np.log1p(1.0 / self._odds))
        log_q[self._index, self._winner] = winner[:, 0]
        return self._per_class(log_q)

    @cached_property
    def log10_p(self) -> Floats:
        """Decimal logarithm of p, shape (..., n); goes on where p itself is below the smallest double."""
        log10_p = self.log_p * LOG10_E
        beyond = self.log_p == -_MAX
        if beyond.any():
            half = 0.5 * self.logits - 0.5 * self.logits.max(axis=-1, keepdims=True)
            log10_p = np.where(beyond, half * (2.0 * LOG10_E), log10_p)
        return _frozen(log10_p)

    @cached_property
    def log10_q(self) -> Floats:
        """Decimal logarithm of ``1 - p``, shape (..., n)."""
        log10_q = self.log_q * LOG10_E
        beyond = self.log_q == -_MAX  # at a winner whose gap to the runner-up overflows
        if beyond.any():
            others = np.where(beyond, -np.inf, self.log10_p)
            log10_q = np.where(beyond, others.max(axis=-1, keepdims=True), log10_q)
        return _frozen(log10_q)

    def _limited(self, logs: Floats) -> Floats:
        """Stop logarithms of finite logits at the largest double, so that ``-inf`` always means an exact 0."""
        rows = self.logits.reshape(-1, self.n)
        if np.isneginf(logs).any():
            return np.where(np.isneginf(logs) & np.isfinite(rows), -_MAX, logs)
        return logs

    def jacobian(self) -> Floats:
        """Jacobian ``J[..., i, j] = dp_i/da_j = p_i (delta_ij - p_j)``, shape (..., n, n); a new array at each call."""
        p = self.p
        jacobian = -(p[..., :, None] * p[..., None, :])
        diagonal = np.arange(self.n)
        jacobian[..., diagonal, diagonal] = p * self.q
        return jacobian

    def log10_abs_jacobian(self) -> Floats:
        """Decimal logarithm of ``|J|``, shape (..., n, n): ``log p_i + log p_j``, on the diagonal ``log p_i + log q_i``.

        Finite wherever the true value is not 0, however far below the smallest double; ``-inf`` marks an exact 0
        (n = 1, or a logit of ``-inf``).
        """
        log10_p = self.log10_p
        with np.errstate(all="ignore"):
            logs = log10_p[..., :, None] + log10_p[..., None, :]
            diagonal = np.arange(self.n)
            logs[..., diagonal, diagonal] = log10_p + self.log10_q
        possible = np.isfinite(log10_p)
        overflowed = np.isneginf(logs) & possible[..., :, None] & possible[..., None, :]
        if overflowed.any():
            overflowed[..., diagonal, diagonal] &= np.isfinite(self.log10_q)
            logs[overflowed] = -_MAX
        return logs

    def vjp(self, g: ArrayLike) -> Floats:
        """Vector-Jacobian product ``J g = p * (g - p.g)``, shape (..., n), for an upstream gradient g (..., n).

        Pure. As ``J 1 = 0``, g is first shifted by its entry at the winner: where the winner takes nearly all,
        nothing is left to cancel. g broadcasts against p. Raises ValueError for a g that does not fit or is not finite.
        """
        upstream = np.asarray(g, dtype=np.float64)
        try:
            upstream, p = np.broadcast_arrays(upstream, self.p)
        except ValueError:
            raise ValueError(f"upstream gradient has shape {upstream.shape}, but p has {self.shape}") from None
        if not np.isfinite(upstream).all():
            raise ValueError(f"upstream gradient is not finite at index {_first_index(~np.isfinite(upstream))}")
        scale = 1.0
        if upstream.size and np.abs(upstream).max() > 1e290:
            scale = 2.0**-60  # room for one subtraction and n additions
            upstream = upstream * scale
        winner = np.broadcast_to(self.winner[..., None], (*upstream.shape[:-1], 1))
        shifted = upstream - np.take_along_axis(upstream, winner, -1)
        product = p * (shifted - total(p * shifted))
        return product / scale

    @cached_property
    def entropy(self) -> Floats:
        """Entropy ``-sum p log p`` in nats, shape (...): ``log1p(R) + q_winner * sum of shares * |gaps|``, all terms >= 0."""
        tail = self._half * self._base * (1.0 + self._mean_gap) * self._half
        entropy = np.where(self._tail[:, None], tail, np.log1p(self._odds) + self._q_top * self._mean_gap)
        return self._per_row(entropy)

    @cached_property
    def _mean_gap(self) -> Floats:
        """Mean ``|a_j - a_winner|`` of the losers, weighted by their shares, (m, 1)."""
        with np.errstate(all="ignore"):
            terms = self._shares * np.minimum(-self._gap, _MAX)
        terms[self._shares == 0.0] = 0.0
        return total(terms)

    @cached_property
    def trace(self) -> Floats:
        """Trace of J, ``1 - sum p^2 = sum p q``, shape (...)."""
        return self._per_row(total(self._p * self._q))

    @cached_property
    def _scaled_frobenius(self) -> Floats:
        """Frobenius norm of J over q_winner, (m, 1): every term of its square is >= 0 (NUMERICS: largest class apart)."""
        shares, p_top, q_top = self._shares, self._p_top, self._q_top
        square = shares * shares
        second = total(square)
        mixed = total(square * (1.0 - 2.0 * (q_top * shares)))
        inner = p_top * p_top * (1.0 + 2.0 * second) + mixed + (q_top * second) ** 2
        return self._alive * np.sqrt(inner)

    @cached_property
    def _alive(self) -> Floats:
        """1 where there is anybody beside the winner, else 0 (n = 1, or all others at ``-inf``), (m, 1)."""
        return np.isfinite(self._log_odds).astype(np.float64)

    @cached_property
    def frobenius(self) -> Floats:
        """Frobenius norm of J, shape (...)."""
        return self._per_row(self._q_top * self._scaled_frobenius)

    @cached_property
    def _scaled_norm(self) -> Floats:
        """Largest eigenvalue of J over q_winner, (m, 1)."""
        return spectrum.largest(self._shares, self._p_top, self._q_top) * self._alive

    @cached_property
    def spectral_norm(self) -> Floats:
        """Spectral norm of J, its largest eigenvalue (at most 1/2), shape (...); from the secular equation."""
        return self._per_row(self._q_top * self._scaled_norm)

    def eigenvalues(self) -> Floats:
        """Eigenvalues of J in ascending order, shape (..., n): the first is exactly 0, the last is the spectral norm.

        Roots of the secular equation, one between each two neighbouring probabilities, so small ones are as
        accurate as large ones. Raises ValueError for n > 2048.
        """
        if self.n > 2048:
            raise ValueError(f"all eigenvalues are computed for at most 2048 classes, not {self.n}")
        rows = np.concatenate(
            [np.zeros_like(self._q_top), spectrum.all_scaled(self._shares, self._p_top, self._q_top)], axis=-1
        )
        rows = rows * self._q_top
        if self.n > 1:
            rows[:, -1] = self.spectral_norm.reshape(-1)
        return rows.reshape(self.shape)

    @cached_property
    def log10_one_minus_p_max(self) -> Floats:
        """Decimal logarithm of ``1 - p_max``, shape (...)."""
        return _frozen(np.take_along_axis(self.log10_q, self.winner[..., None], -1)[..., 0])

    @cached_property
    def log10_spectral_norm(self) -> Floats:
        """Decimal logarithm of the spectral norm, shape (...), far below the smallest double too."""
        return self._log10_scaled(self._scaled_norm)

    @cached_property
    def log10_frobenius(self) -> Floats:
        """Decimal logarithm of the Frobenius norm, shape (...), far below the smallest double too."""
        return self._log10_scaled(self._scaled_frobenius)

    @cached_property
    def log10_entropy(self) -> Floats:
        """Decimal logarithm of the entropy, shape (...), far below the smallest double too."""
        with np.errstate(all="ignore"):
            tail = self._log_odds * LOG10_E + np.log10(1.0 + self._mean_gap)
            logs = np.where(self._tail[:, None], tail, np.log10(self.entropy.reshape(-1, 1)))
        return self._per_row(logs)

    def _log10_scaled(self, scaled: Floats) -> Floats:
        with np.errstate(all="ignore"):
            return _frozen(self.log10_one_minus_p_max + np.log10(scaled.reshape(self.shape[:-1])))


def _as_logits(a: ArrayLike) -> Floats:
    """Return a read-only, contiguous float64 copy of a, or raise with a sentence that names the place."""
    given = np.asarray(a)
    if given.dtype.kind not in "fiub":
        raise TypeError(f"logits must be real numbers, not {given.dtype}")
    if given.ndim == 0 or given.shape[-1] == 0:
        raise ValueError(f"logits need shape (..., n) with n >= 1, not {given.shape}")
    logits = np.array(given, dtype=np.float64, order="C")
    if not np.isfinite(logits).all():
        bad = np.isnan(logits) | np.isposinf(logits)
        if bad.any():
            index = _first_index(bad)
            raise ValueError(f"logit at index {index} is {logits[index]}; softmax needs finite logits or -inf")
        empty = np.isneginf(logits).all(axis=-1)
        if empty.any():
            row = f" in row {_first_index(empty)}" if logits.ndim > 1 else ""
            raise ValueError(f"all logits{row} are -inf; at least one must be finite")
    return _frozen(logits)


def _first_index(mask: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argwhere(mask)[0])


def _frozen(values: Floats) -> Floats:
    """Make values read-only; a single value becomes a NumPy scalar, which is."""
    if values.ndim == 0:
        return values[()]
    values.flags.writeable = False
    return values
