"""Arithmetic in a number format done again, one number at a time, in 400 digits and rounded after every operation.

Formats are given by their bits, from their specifications; nothing here comes from the app. Numbers are mpmath's;
NaN and infinities too.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from model_oracle import Number, Truth, mp

RIGHT, INACCURATE, BROKEN = "right", "inaccurate", "overflow/NaN"
CANCELLED, UNDERFLOWED = "lost by cancellation", "lost by underflow"


@dataclass(frozen=True)
class Spec:
    """A format with that many significant bits and exponents from least to most; ``last`` is its largest number."""

    precision: int
    least: int
    last: float
    infinite: bool = True

    @property
    def tiny(self) -> Number:
        return mp.ldexp(1, self.least - self.precision + 1)

    def ulp(self, x: Number) -> Number:
        if not x:
            return self.tiny
        return mp.ldexp(1, max(mp.frexp(x)[1] - 1, self.least) - self.precision + 1)

    def fl(self, x: Number) -> Number:
        """Round to nearest, ties to even."""
        if mp.isnan(x) or (mp.isinf(x) and not self.infinite):
            return mp.nan
        if mp.isinf(x) or not x:
            return x
        ulp = self.ulp(x)
        steps, rest = divmod(abs(x), ulp)
        if 2 * rest > ulp or (2 * rest == ulp and int(steps) % 2):
            steps += 1
        if steps * ulp > self.last:
            return mp.sign(x) * mp.inf if self.infinite else mp.nan
        return mp.sign(x) * steps * ulp


SPECS = {
    "float64": Spec(53, -1022, 1.7976931348623157e308),
    "float32": Spec(24, -126, (2 - 2.0**-23) * 2.0**127),
    "float16": Spec(11, -14, 65504.0),
    "bfloat16": Spec(8, -126, (2 - 2.0**-7) * 2.0**127),
    "float8_e4m3fn": Spec(4, -6, 448.0, infinite=False),
    "float8_e5m2": Spec(3, -14, 57344.0),
}


class Computed:
    """What a format returns for one row of logits and a target."""

    def __init__(self, logits: Iterable[float], target: int, spec: Spec, stable: bool = True) -> None:
        self.spec, self.y, self.fl = spec, target, spec.fl
        fl = spec.fl
        self.a = a = [fl(mp.mpf(x)) for x in logits]
        broken = any(mp.isnan(x) for x in a)
        top = mp.nan if broken else max(a)
        self.d = d = [fl(x - top) for x in a] if stable else a
        e = [fl(_exp(x)) for x in d]
        self.S = self.sum(e)
        self.p = p = [fl(_over(x, self.S)) for x in e]
        logs = fl(_log(self.S))
        self.log_p = [fl(x - logs) if stable else fl(_log(q)) for x, q in zip(d, p, strict=True)]

    def sum(self, terms: Sequence[Number]) -> Number:
        total = terms[0]
        for term in terms[1:]:
            total = self.fl(total + term)
        return total

    def values(self, losses: Iterable[str]) -> dict[str, float]:
        """Everything the app gives, by the app's names."""
        fl, p, n = self.fl, self.p, len(self.p)
        broken = any(mp.isnan(x) for x in p)
        top = mp.nan if broken else max(p)
        entries = [[fl(p[i] * fl(1 - p[i])) if i == j else -fl(p[i] * p[j]) for j in range(n)] for i in range(n)]
        found = {
            "p_max": top,
            "one_minus_p_max": fl(1 - top),
            "p_target_minus_1": fl(p[self.y] - 1),
            "p_min": mp.nan if broken else min(p),
            "max_abs_jacobian": mp.nan if broken else max(abs(x) for row in entries for x in row),
            "frobenius": _norm(x for row in entries for x in row),
            "entropy": -self.sum([fl(q * log) if q else mp.mpf(0) for q, log in zip(p, self.log_p, strict=True)]),
        }
        found |= {f"gradient_norm:{loss}": _norm(self.gradient(loss)) for loss in losses}
        return {name: float(x) for name, x in found.items()}

    def gradient(self, loss: str) -> list[Number]:
        fl, p, y, n = self.fl, self.p, self.y, len(self.p)
        error = [fl(x - 1) if i == y else x for i, x in enumerate(p)]
        if loss == "squared_error":
            mean = self.sum([fl(x * g) for x, g in zip(p, error, strict=True)])
            return [fl(x * fl(g - mean)) for x, g in zip(p, error, strict=True)]
        if loss == "label_smoothing":
            return [fl(x - fl(mp.mpf(1.0 - 0.1 + 0.1 / n if i == y else 0.1 / n))) for i, x in enumerate(p)]
        if loss == "focal":
            q = fl(1 - p[y])
            factor = fl(fl(q * q) + fl(fl(fl(2 * q) * p[y]) * -self.log_p[y]))
            return [fl(factor * g) for g in error]
        return error


def verdict(value: float, true: Number, spec: Spec, with_more_exponents: Callable[[], float]) -> str:
    """Judge a value; ``with_more_exponents`` returns what the same precision without under- or overflow makes of it."""
    if not math.isfinite(value):
        return BROKEN
    if value == 0 and true:
        return UNDERFLOWED if abs(true) < spec.tiny or with_more_exponents() != 0 else CANCELLED
    return RIGHT if abs(mp.mpf(value) - true) <= 4 * spec.ulp(true) else INACCURATE


def true_values(truth: Truth, y: int) -> dict[str, Number]:
    return {
        "p_max": truth.p[truth.winner],
        "one_minus_p_max": truth.q[truth.winner],
        "p_target_minus_1": -truth.q[y],
        "p_min": min(truth.p),
    }


def _exp(x: Number) -> Number:
    return mp.mpf(0) if x == -mp.inf else mp.exp(x)


def _log(x: Number) -> Number:
    return -mp.inf if x == 0 else mp.log(x)


def _over(x: Number, by: Number) -> Number:
    if by == 0 or (mp.isinf(x) and mp.isinf(by)):
        return mp.nan if x == 0 or mp.isnan(x) or mp.isinf(x) else mp.inf
    return x / by


def _norm(entries: Iterable[Number]) -> Number:
    return mp.sqrt(mp.fsum(x * x for x in entries))
