"""Eigenvalues of the softmax Jacobian, from its secular equation.

J = diag(p) - p p^T has the eigenvalue 0 (eigenvector of ones) and, between each two neighbouring
probabilities, one root of ``sum p_j / (p_j - x) = 0`` (Golub, "Some modified matrix eigenvalue problems",
SIAM Review 15 (1973), with sum p = 1 used to divide out the root 0). Everything here is divided by
``q = 1 - p_top``: with the losers' shares ``s_j = p_j / q`` and ``x = q * mu`` the equation reads

    1 / (1 - slope * mu) = sum over losers of s_j / (mu - s_j),    slope = q / p_top

which neither cancels nor underflows, however saturated the softmax is. Shares have shape (..., n) with 0 at
the winner; ``p_top`` and ``q`` have shape (..., 1). Each root stops by itself, so a row of a batch takes
exactly the steps it would take alone.
"""

import numpy as np

from explorer.model.exact import Floats

_STEPS = 200  # never reached: a root takes 2 to 8, and 80 if it had to bisect all the way
_BLOCK = 2**17  # entries worked on at a time
_NEAR = 1e-9  # a step this small beside the distance to the poles squares to nothing
_ROUNDING = 4.0 * np.finfo(np.float64).eps


def largest(shares: Floats, p_top: Floats, q: Floats, steps: int = _STEPS) -> Floats:
    """Return the largest eigenvalue over q, shape (..., 1); any number where all shares are 0.

    With B the sum on the right, ``1 / B + slope * mu - 1`` rises and is concave above the last pole, so
    Newton's method climbs to its root from any lower bound. Two bounds start it, the Rayleigh quotients of
    the winner's column of J and of the difference between winner and runner-up.
    """
    slope = q / p_top
    square = shares * shares
    second = np.add.reduce(square, axis=-1, keepdims=True)
    square *= shares
    third = np.add.reduce(square, axis=-1, keepdims=True)
    runner = np.maximum.reduce(shares, axis=-1, keepdims=True)
    column = (p_top + 2.0 * p_top * second + (third - q * second * second)) / (1.0 + second)
    pair = 0.5 * (p_top + runner * (1.0 + 2.0 * p_top - q * runner))
    x = np.maximum(np.maximum(column, pair), np.nextafter(runner, np.inf))
    running = runner > 0.0
    for _ in range(steps):
        away = x - shares
        terms = shares / away
        pull = np.add.reduce(terms, axis=-1, keepdims=True)
        terms /= away
        bend = np.add.reduce(terms, axis=-1, keepdims=True)
        step = pull * ((1.0 - slope * x) * pull - 1.0) / (bend + slope * pull * pull)
        following = np.where(running, x + step, x)
        running &= step > np.maximum(_NEAR * (x - runner), _ROUNDING * x)
        x = following
        if not running.any():
            break
    return x


def inner(shares: Floats, p_top: Floats, q: Floats) -> Floats:
    """Return the eigenvalues over q that lie between the losers, ascending, shape (..., n - 2)."""
    poles = np.sort(shares, axis=-1)[..., 1:, None]  # the smallest entry is the winner's own 0
    low, high = poles[..., :-1, :], poles[..., 1:, :]
    roots, slope = low.copy(), (q / p_top)[..., None]
    count = max(1, _BLOCK // max(shares.size, 1))
    for start in range(0, roots.shape[-2], count):
        part = np.s_[..., start : start + count, :]
        roots[part] = _between(shares[..., None, :], slope, low[part], high[part])
    return roots[..., 0]


def _between(shares: Floats, slope: Floats, below: Floats, above: Floats) -> Floats:
    """Return the root between each two neighbouring poles, both (..., k, 1), for shares (..., 1, n).

    Newton's method on the equation multiplied by both poles, guarded by a bracket. Where the poles
    coincide, the root is the pole; a share of 0 has the root 0.
    """
    running = (above > below) & (below > 0.0)
    low, high = below, above
    x = np.where(running, _middle(low, high), below)
    for _ in range(_STEPS):
        if not running.any():
            break
        away, ahead = x - shares, x - below
        terms = shares / away
        rest = 1.0 - slope * x
        value = 1.0 / rest - np.add.reduce(terms, axis=-1, keepdims=True)
        terms *= ahead / away
        rise = slope * ahead / (rest * rest) + np.add.reduce(terms, axis=-1, keepdims=True)  # times ahead: no overflow
        low = np.where(value <= 0.0, x, low)
        high = np.where(value >= 0.0, x, high)
        step = -ahead * value / (rise + value * (1.0 - ahead / (above - x)))
        guess = x + step
        inside = (guess > low) & (guess < high)
        near = np.maximum(_NEAR * np.minimum(ahead, above - x), _ROUNDING * x)
        done = (np.abs(step) <= near) | (high <= np.nextafter(low, np.inf))
        x = np.where(running, np.where(inside, guess, np.where(done, x, _middle(low, high))), x)
        running = running & ~done
    return x


def _middle(low: Floats, high: Floats) -> Floats:
    """Midpoint; the geometric one while the bracket spans more than an octave, so small roots are found as fast."""
    return np.where(high > 2.0 * low, np.sqrt(low) * np.sqrt(high), low + 0.5 * (high - low))
