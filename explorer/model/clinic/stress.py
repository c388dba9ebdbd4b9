"""Where a correct function breaks: inputs that are less tame, each tried on a small batch."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from explorer.model.clinic.calling import Plan
from explorer.model.clinic.diagnosis import Kind
from explorer.model.clinic.probes import Probe
from explorer.model.clinic.shapes import whole_jacobian
from explorer.model.exact import Floats

_BASE: Floats = np.array([[0.5, -1.0, 1.5, 0.25], [1.0, 2.0, -0.5, 0.0]])
_NO_P = "an exponential is too large, or it divides by a p of 0"
_LIMITS = ((9.0, 12.0), (85.0, 105.0), (690.0, 760.0))  # where exp leaves float16, float32, float64
_DY = np.array([[0.7, -0.4, 1.1, 0.2], [-0.3, 0.9, 0.4, -1.2]])


@dataclass(frozen=True)
class Stress:
    """One place where a correct function breaks: a label and a sentence."""

    label: str
    sentence: str


def _probe(z: Floats) -> Probe:
    return Probe("stress", z, _DY, np.array([1, 2]))


def _symptom(plan: Plan, probe: Probe, truth: Floats, tolerance: float) -> str:
    """Return what goes wrong, as the end of a sentence, or nothing."""
    outcome = plan.run(probe)
    values = outcome.values
    if values is not None and not plan.second:
        blocks = whole_jacobian(values, probe)
        values = values if blocks is None else blocks
    if values is None:
        return f"it raises {outcome.detail}" if outcome.problem == "raises" else f"it {outcome.detail}"
    if outcome.changed:
        return "it writes to its input"
    if values.shape != truth.shape:
        return f"the shape is {values.shape}"
    if not np.isfinite(values).all():
        return "NaN" if np.isnan(values).any() else "∞"
    scale = np.abs(truth).max(axis=tuple(range(1, truth.ndim)), keepdims=True)
    error = float((np.abs(values - truth) / np.where(scale > 0.0, scale, 1.0)).max())
    if error <= tolerance:
        return ""
    return "only zeros" if not values.any() else f"wrong by {100 * error:.3g} %"


def where_it_breaks(plan: Plan, kind: Kind, scale: Callable[[Probe], float], tolerance: float) -> tuple[Stress, ...]:
    """Try a correct function on hard inputs; ``scale`` is the constant factor that its results carry."""

    def tried(z: Floats) -> str:
        probe = _probe(np.asarray(z, dtype=np.float64))
        truth = probe.truth(kind) * scale(probe)
        return _symptom(plan, probe, truth, 0.02)  # digits that large logits themselves lose do not count

    found = []
    over = next((offset for offset in (12.0, 90.0, 300.0, 712.0, 2000.0, 1e5) if tried(_BASE + offset)), 0.0)
    under = next((offset for offset in (90.0, 300.0, 760.0, 2000.0, 1e5) if tried(_BASE - offset)), 0.0)
    for name, offset, sign in (("overflow", over, 1.0), ("underflow", under, -1.0)):
        if not offset or plan.takes_p:
            continue

        def breaks(x: float, sign: float = sign) -> bool:
            return bool(tried(_BASE + sign * x))

        start = _bisected(breaks, offset)
        symptom = tried(_BASE + sign * offset)
        where = f"from logits of about {start:.3g} on" if sign > 0 else f"from logits of about −{start:.3g} down"
        cut = symptom.startswith("wrong") and not any(low < start < high for low, high in _LIMITS)
        if cut:
            found.append(Stress("large-logits", f"large logits: {where}: {symptom}. Do not clip the logits."))
        else:
            found.append(Stress(name, f"{name}: {where}: {symptom}. Subtract each row's maximum."))
    if not over and not plan.rows and not plan.takes_p:
        far = tried(_BASE + np.array([[800.0], [0.0]])) or tried(_BASE + np.array([[0.0], [-800.0]]))
        if far:
            found.append(
                Stress(
                    "far-rows",
                    f"far rows: when rows lie 800 apart: {far}. Subtract each row's own maximum, not the batch's.",
                )
            )
    if plan.rows:
        found += _batches(plan, kind)
    found += _saturated(plan, kind, scale, bool(over))
    found += _other_types(plan, kind, scale, tolerance)
    single = Probe("stress", np.array([[0.5], [2.0]]), np.array([[0.7], [-0.3]]), np.array([0, 0]))
    symptom = "" if plan.rows else _symptom(plan, single, single.truth(kind) * scale(single), tolerance)
    if symptom:
        found.append(Stress("one-class", f"one class: with a single class, where p is always 1: {symptom}."))
    return tuple(found)


def _batches(plan: Plan, kind: Kind) -> list[Stress]:
    """Batches that a function for one vector takes without complaint, and gets wrong."""
    whole = replace(plan, rows=False)
    for m in (1, 4):
        z = np.array([[0.5, -1.0, 1.5, 0.25], [1.0, 2.0, -0.5, 0.0], [0.1, 0.2, 0.9, -1.0], [0.0, 1.0, 0.0, 2.0]])[:m]
        probe = Probe("stress", z, np.cos(3.0 * z), np.arange(m) % 3)
        values, truth = whole.run(probe).values, probe.truth(kind)
        taken = values is not None and values.size == truth.size
        if values is not None and taken and not np.allclose(values.reshape(truth.shape), truth, rtol=1e-6, atol=1e-9):
            what = "a batch of one row" if m == 1 else "a square batch"
            return [
                Stress("batch", f"batches: {what} gives wrong numbers without complaint; pass one vector at a time.")
            ]
    return []


def _bisected(breaks: Callable[[float], bool], high: float) -> float:
    low = 0.0
    while high - low > 0.01 * high and high > 1.0:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if breaks(middle) else (middle, high)
    return high


def _saturated(plan: Plan, kind: Kind, scale: Callable[[Probe], float], overflows: bool) -> list[Stress]:
    found: list[Stress] = []
    for gap in (20.0, 40.0, 200.0, 800.0, 2000.0):
        if overflows and gap > 200.0:
            break
        z = (
            np.array([[gap, 0.0, 0.5, -0.5], [0.0, gap, 0.5, -0.5]])
            if kind != "cross_entropy"
            else np.array([[0.0, gap, 0.5, -0.5], [0.5, 0.0, gap, -0.5]])
        )
        probe = _probe(z)
        truth = probe.truth(kind) * scale(probe)
        symptom = _symptom(plan, probe, truth, 1e-4)
        ahead = f"with one logit {gap:.0f} ahead: {symptom}"
        if symptom in ("NaN", "∞"):
            if kind == "forward":
                found.append(Stress("overflow", f"overflow: {ahead}; an exponential is too large."))
            elif kind != "cross_entropy":
                found.append(Stress("underflow", f"underflow: {ahead}; {_NO_P}."))
            break
        if symptom and not found and float(np.abs(truth).max()) >= 1e-290:
            found.append(Stress("saturated", f"saturated winner: {ahead}; its digits are lost to 1 − p."))
    if kind == "cross_entropy" and not overflows:
        probe = _probe(np.array([[800.0, 0.0, 0.5, -0.5], [0.0, 800.0, 0.5, -0.5]]))
        symptom = _symptom(plan, probe, probe.truth(kind) * scale(probe), 1e-4)
        if symptom:
            found.append(
                Stress(
                    "underflow",
                    f"underflow: with the target 800 behind: {symptom}; p_y is 0 there. Fold cross-entropy in: p − y.",
                )
            )
    return found


def _other_types(plan: Plan, kind: Kind, scale: Callable[[Probe], float], tolerance: float) -> list[Stress]:
    found = []
    whole: Any = np.array([[1, 2, 3, 0], [2, -1, 0, 1]])
    inputs: tuple[tuple[str, Any, float], ...] = (
        ("integer", whole, tolerance),
        ("float32", _BASE.astype(np.float32), max(tolerance, 1e-5)),
    )
    for name, z, limit in inputs:
        if plan.takes_p and name == "integer":
            continue
        probe = _probe(z.astype(np.float64))
        truth = probe.truth(kind) * scale(probe)
        if plan.takes_p:
            given = Probe("stress", z, _DY.astype(np.float32), probe.y)
            symptom = _symptom(
                _InFloat32(plan.call, plan.second, plan.takes_p, plan.swapped, plan.rows), given, truth, limit
            )
        else:
            symptom = _symptom(plan, Probe("stress", z, _DY, probe.y), truth, limit)
        if symptom:
            found.append(
                Stress(
                    f"{name}-input", f"{name} logits: {symptom}. Convert first: z = np.asarray(z, dtype=np.float64)."
                )
            )
    if not plan.rows and not plan.takes_p:
        probe = _probe(_BASE)
        truth = (probe.truth(kind) * scale(probe))[0]
        first = Plan(plan.call, plan.second, plan.takes_p, plan.swapped, True).run(
            Probe("stress", _BASE[:1], _DY[:1], np.array([1]))
        )
        values = None if first.values is None else first.values[0]
        if values is not None and values.shape == truth.shape and not np.allclose(values, truth, rtol=1e-6, atol=1e-12):
            found.append(
                Stress(
                    "single-vector",
                    "single vector: a plain vector of shape (n,) gives wrong numbers; pass it as one row.",
                )
            )
    return found


class _InFloat32(Plan):
    """A plan that passes everything in single precision."""

    def arguments(self, probe: Probe) -> list[object]:
        """Return what the plan passes, the floats in float32."""
        return [a.astype(np.float32) if a.dtype.kind == "f" else a for a in super().arguments(probe)]
