"""What a number format returned, in words and figures: for the table, the reading line and screen readers."""

import math
from typing import TYPE_CHECKING

from explorer.model.notation import MINUS, number
from explorer.session.intent import SPREAD_RANGE
from explorer.session.snapshot import Snapshot

if TYPE_CHECKING:
    from explorer.model.formats import Reading

TRUE = "true value"  # the first row of the table
SHORT_FORMATS = {
    "float64": "f64",
    "float32": "f32",
    "float16": "f16",
    "bfloat16": "bf16",
    "float8_e4m3fn": "e4m3",
    "float8_e5m2": "e5m2",
}
SIGNS = {
    "right": "✓",
    "inaccurate": "≈",
    "lost by cancellation": "✂",
    "lost by underflow": "↓",
    "overflow/NaN": "×",
}
SHORT_VERDICTS = {
    "right": "right",
    "inaccurate": "inaccurate",
    "lost by cancellation": "cancelled",
    "lost by underflow": "underflow",
    "overflow/NaN": "overflow",
}


def quantities(snapshot: Snapshot) -> dict[str, str]:
    """Return the columns of the table: names in the model, and what they are called."""
    return {
        "p_max": "p_max",
        "one_minus_p_max": f"1 {MINUS} p_max",
        "p_target_minus_1": f"p_y {MINUS} 1",
        "p_min": "smallest p",
        f"gradient_norm:{snapshot.intent.loss}": "‖∂L/∂a‖",
    }


def figures(value: float) -> tuple[str, ...]:
    """Return what a format returned, in fewer and fewer figures; ``0`` and ``1`` only of what is exactly that."""
    size = abs(value)
    sign = MINUS if value < 0.0 else ""
    if size == 1.0:
        return (f"{sign}1",)
    if 0.9995 <= size < 1.0:
        return _beside_one(1.0 - size, math.log10(1.0 - size), bool(sign))
    if 1e-3 <= size < 1e5 or size in (0.0, math.inf) or size != size:
        return (number(value),)
    return number(value), sign + _one_figure(math.log10(size))


def true_figures(snapshot: Snapshot, quantity: str) -> tuple[str, ...]:
    """Return the true value likewise: by its complement beside 1, by its logarithm where it is no double."""
    reading, s, y = snapshot.format_table["float64"][quantity], snapshot.softmax, snapshot.intent.target
    if quantity == "p_max" and reading.true >= 0.9995:
        winner = int(s.log10_p.argmax())
        return _beside_one(float(s.q[winner]), float(s.log10_q[winner]), negative=False)
    if quantity == "p_target_minus_1" and reading.true <= -0.9995:
        return _beside_one(float(s.p[y]), float(s.log10_p[y]), negative=True)
    if abs(reading.true) > 1e-300 or not math.isfinite(reading.log10_true):
        return figures(reading.true)
    sign = MINUS if math.copysign(1.0, reading.true) < 0.0 else ""
    text = number(math.copysign(0.0, reading.true), reading.log10_true)
    return text, sign + _one_figure(reading.log10_true)


def _beside_one(rest: float, log10_rest: float, negative: bool) -> tuple[str, ...]:
    """Return 1 less a small rest, or −1 and the rest."""
    if log10_rest == -math.inf:
        return (f"{MINUS}1" if negative else "1",)
    start = f"{MINUS}1 + " if negative else f"1 {MINUS} "
    rough = f"> {MINUS}1" if negative else "< 1"
    return start + number(rest, log10_rest), start + _one_figure(log10_rest), rough


def _one_figure(log10: float) -> str:
    """Return a small or large size in one figure, rounded once: ``4e−348``."""
    if abs(log10) > 1e6:
        return number(0.0, log10)
    exponent = math.floor(log10)
    figure = round(10.0 ** (log10 - exponent))
    if figure == 10:
        figure, exponent = 1, exponent + 1
    return f"{figure}e{exponent}".replace("-", MINUS)


def verdict_text(reading: "Reading") -> str:
    """Return the verdict; of what is inaccurate also by how much, and whose fault it is where that is known."""
    if reading.verdict != "inaccurate":
        return str(reading.verdict)
    blame = ", as the logits were rounded first" if reading.logits_to_blame else ""
    return f"inaccurate, {number(reading.ulps, digits=2)} ulp off{blame}"


def lost_text(snapshot: Snapshot, name: str) -> str:
    """Return the spread at which a format loses the winner's gradient."""
    lost = snapshot.lost_at[name]
    if lost is not None:
        return f"×{number(lost)}"
    intent = snapshot.intent
    if intent.n == 1:
        return "one class"
    if sorted(intent.logits)[-1] == sorted(intent.logits)[-2]:
        return "a tie: never"
    return "never"


def reachable(snapshot: Snapshot, name: str) -> bool:
    """Tell whether there is such a spread, and the app can go there."""
    lost = snapshot.lost_at[name]
    return lost is not None and SPREAD_RANGE[0] <= lost <= SPREAD_RANGE[1]
