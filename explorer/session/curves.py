"""The curves of the Vanishing view: what they are called, and how large each is at the present state."""

from dataclasses import dataclass

from explorer.model import LOSSES
from explorer.session.intent import CURVES, Intent
from explorer.session.snapshot import Snapshot

# What the losses are called where there is no room for more.
SHORT_TITLES = {
    "cross_entropy": "CE",
    "squared_error": "SE",
    "label_smoothing": "smoothed",
    "focal": "focal",
    "kl": "KL",
}
_TITLES = {
    "spectral_norm": "‖J‖₂",
    "frobenius": "‖J‖_F",
    "max_abs_jacobian": "max |Jᵢⱼ|",
    "entropy": "entropy",
    "one_minus_p_max": "1 − p_max",
}
_TINY = {
    "spectral_norm": "‖J‖₂",
    "frobenius": "‖J‖F",
    "max_abs_jacobian": "max",
    "entropy": "H",
    "one_minus_p_max": "1−p",
    "cross_entropy": "CE",
    "squared_error": "SE",
    "label_smoothing": "LS",
    "focal": "FL",
    "kl": "KL",
}


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve: its name in the Intent, its name in a sweep, and what it is called on screen."""

    key: str
    quantity: str
    title: str
    short: str
    tiny: str


def _curve(key: str) -> Curve:
    if key in _TITLES:
        return Curve(key, key, _TITLES[key], _TITLES[key], _TINY[key])
    return Curve(key, f"gradient_norm:{key}", f"‖∂L/∂a‖ {LOSSES[key].title}", f"∇ {SHORT_TITLES[key]}", _TINY[key])


KNOWN_CURVES = {key: _curve(key) for key in CURVES}


def shown_curves(intent: Intent) -> list[Curve]:
    """Return the curves that a person chose to see."""
    return [KNOWN_CURVES[key] for key in intent.shown_curves]


def size_here(snapshot: Snapshot, curve: Curve) -> float:
    """Return the decimal logarithm of a curve at the present state."""
    s = snapshot.softmax
    match curve.key:
        case "spectral_norm":
            return float(s.log10_spectral_norm)
        case "frobenius":
            return float(s.log10_frobenius)
        case "entropy":
            return float(s.log10_entropy)
        case "one_minus_p_max":
            return float(s.log10_one_minus_p_max)
        case "max_abs_jacobian":
            winner = int(s.log10_p.argmax())  # a diagonal entry of J is the largest, and the winner's of those
            return float(s.log10_p[winner] + s.log10_q[winner])
    return snapshot.readings[curve.key].log10_norm


def sizes_at(snapshot: Snapshot, index: int) -> tuple[float, list[tuple[Curve, float]]]:
    """Return the position at an index of the sweep, and each shown curve with its decimal logarithm there."""
    found = [(curve, float(snapshot.sweep.log10(curve.quantity)[index])) for curve in shown_curves(snapshot.intent)]
    return float(snapshot.sweep.x[index]), found


def gap(snapshot: Snapshot) -> float:
    """Return the lead of the largest effective logit over the next, 0 for a tie; infinite for one class."""
    return float(-max((g for g in sorted(snapshot.softmax.gaps.tolist())[:-1]), default=-float("inf")))
