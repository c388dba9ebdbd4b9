"""The way from one scene to the next: a pure function of both states and how far it has come."""

import math

from explorer.session.intent import Intent


def between(start: Intent, end: Intent, fraction: float) -> Intent:
    """Return the state at a fraction of the way, 0 to 1.

    Logits and shift move in a straight line, the spread by equal factors in equal times; all else is ``end``'s from
    the beginning. At 0 the three are ``start``'s bit for bit, at 1 the state is ``end``. Where there is no such way,
    since the numbers of classes differ or an effective logit might pass the largest double, it is a cut: ``end``.
    """
    if fraction >= 1.0 or start.n != end.n or not _all_finite(start, end):
        return end
    f = max(fraction, 0.0)
    logits = tuple(_mixed(a, b, f) for a, b in zip(start.logits, end.logits, strict=True))
    spread, shift = _mixed_factor(start.spread, end.spread, f), _mixed(start.shift, end.shift, f)
    return end.with_changes(logits=logits, spread=spread, shift=shift)


def _all_finite(start: Intent, end: Intent) -> bool:
    """Tell whether the largest spread, logit and shift of both give a double even together."""
    logit, shift = max(map(abs, start.logits + end.logits)), max(abs(start.shift), abs(end.shift))
    return math.isfinite(max(start.spread, end.spread) * logit + shift)


def _mixed(a: float, b: float, f: float) -> float:
    # Never b − a, which may exceed the largest double; rounding must not leave the span.
    return a if a == b or f == 0.0 else min(max((1.0 - f) * a + f * b, min(a, b)), max(a, b))


def _mixed_factor(a: float, b: float, f: float) -> float:
    return a if a == b or f == 0.0 else min(max(math.exp(_mixed(math.log(a), math.log(b), f)), min(a, b)), max(a, b))
