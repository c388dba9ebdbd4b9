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


def figure(value: float) -> str:
    """Return what a format returned: ``0`` and ``1`` only of what is exactly that, ``1 − 2.1e−9`` beside it."""
    size = abs(value)
    sign = MINUS if value < 0.0 else ""
    if size == 1.0:
        return f"{sign}1"
    if 0.9995 <= size < 1.0:
        rest = number(1.0 - size)
        return f"{MINUS}1 + {rest}" if sign else f"1 {MINUS} {rest}"
    return number(value)


def true_figure(reading: "Reading") -> str:
    """Return the true value; where it is no double any more, by its logarithm."""
    if abs(reading.true) > 1e-300:
        return figure(reading.true)
    return number(math.copysign(0.0, reading.true), reading.log10_true)


def verdict_text(reading: "Reading") -> str:
    """Return the verdict, and whose fault it is where that is known."""
    blame = ", as the logits were rounded first" if reading.logits_to_blame else ""
    return f"{reading.verdict}{blame}"


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
