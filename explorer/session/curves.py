"""The curves of the Vanishing view: what they are called, and how large each is at the present spread."""

from dataclasses import dataclass

from explorer.model import LOSSES
from explorer.session.intent import CURVES, Intent
from explorer.session.snapshot import SWEEP_SPREADS, Snapshot

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


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve: its name in the Intent, its name in a sweep, and what it is called on screen."""

    key: str
    quantity: str
    title: str
    short: str


def known_curves(intent: Intent) -> list[Curve]:
    """Return the curves that there are, in order; without a second loss there is no curve for it."""
    return [curve for curve in (_curve(intent, key) for key in CURVES) if curve is not None]


def shown_curves(intent: Intent) -> list[Curve]:
    """Return the curves that a person chose to see."""
    return [curve for curve in known_curves(intent) if curve.key in intent.shown_curves]


def _curve(intent: Intent, key: str) -> Curve | None:
    if key in _TITLES:
        return Curve(key, key, _TITLES[key], _TITLES[key])
    loss = intent.loss if key == "chosen" else intent.compared
    if loss is None or (key == "compared" and loss == intent.loss):
        return None
    return Curve(key, f"gradient_norm:{loss}", f"‖∂L/∂a‖ {LOSSES[loss].title}", f"∇ {SHORT_TITLES[loss]}")


def size_here(snapshot: Snapshot, curve: Curve) -> float:
    """Return the decimal logarithm of a curve at the present spread."""
    s = snapshot.softmax
    match curve.key:
        case "chosen":
            return snapshot.chosen.log10_norm
        case "compared":
            return snapshot.compared.log10_norm if snapshot.compared is not None else 0.0
        case "spectral_norm":
            return float(s.log10_spectral_norm)
        case "frobenius":
            return float(s.log10_frobenius)
        case "entropy":
            return float(s.log10_entropy)
        case "one_minus_p_max":
            return float(s.log10_one_minus_p_max)
    winner = int(s.log10_p.argmax())  # a diagonal entry of J is the largest, and the winner's of those
    return float(s.log10_p[winner] + s.log10_q[winner])


def sizes_at(snapshot: Snapshot, index: int) -> tuple[float, list[tuple[Curve, float]]]:
    """Return the spread at an index of the sweep, and each shown curve with its decimal logarithm there."""
    found = [(curve, float(snapshot.sweep.log10(curve.quantity)[index])) for curve in shown_curves(snapshot.intent)]
    return float(SWEEP_SPREADS[index]), found


def gap(snapshot: Snapshot) -> float:
    """Return the lead of the largest effective logit over the next, 0 for a tie; infinite for one class."""
    return float(-max((g for g in sorted(snapshot.softmax.gaps.tolist())[:-1]), default=-float("inf")))
