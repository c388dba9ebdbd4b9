"""Experiments on a function: what its result depends on, what it should depend on, and how finely."""

from dataclasses import replace
from functools import partial

import numpy as np

from explorer.model.clinic.calling import Plan
from explorer.model.clinic.diagnosis import Kind
from explorer.model.clinic.fit import Fit
from explorer.model.clinic.probes import Probe, relative_error
from explorer.model.exact import Floats, Indices


def _run(plan: Plan, z: Floats, dy: Floats, y: Indices) -> Floats | None:
    return plan.run(Probe("experiment", z, dy, y)).values


def _same(a: Floats | None, b: Floats | None, near: float) -> bool:
    """Two results that agree; no result counts as agreeing, since it shows nothing."""
    if a is None or b is None or a.shape != b.shape:
        return True
    return bool(np.abs(a - b).max() <= near * max(float(np.abs(a).max()), 1e-300))


def by_experiment(plan: Plan, kind: Kind, probe: Probe, result: Floats, near: float) -> Fit | None:
    """Return what experiments on a batch (4, 7) show: arguments swapped, rows or classes mixed, and so on.

    Results that differ by no more than ``near``, relatively, are the same.
    """
    z, dy, y = probe.z, probe.dy, probe.y
    same = partial(_same, near=near)
    if plan.second == "dy":
        other = replace(plan, swapped=not plan.swapped).run(probe).values
        if other is not None and relative_error(other, probe.truth(kind)) < 1e-9:
            return Fit(
                "arguments-swapped",
                "the right values if the upstream gradient comes first and the logits second",
                "Take the logits first, f(z, dy), or name the parameters dy and z.",
                "with the arguments swapped every entry is right",
            )
    if same(result, _run(plan, 0.5 * z[::-1] + 0.3, dy, y)) and kind != "elementwise":
        return Fit("constant", "the same values whatever the logits", "Use the logits.", "other logits change nothing")
    if not plan.rows and probe.m > 1:
        rows = np.array([1, *range(1, probe.m)])
        changed = _run(plan, z[rows], dy[rows], y[rows])
        if changed is not None and changed.shape == result.shape and not same(result[1:], changed[1:]):
            return Fit(
                "rows-mixed",
                "values in which the rows of the batch influence each other",
                "Treat each row by itself: axis=-1 and keepdims=True in every sum and maximum, no dot across rows.",
                "changing the first row changes the results of the others",
            )
    order = np.roll(np.arange(probe.n), 3)
    moved = _run(plan, z[:, order], dy[:, order], np.argsort(order)[y])
    back = None if moved is None or moved.shape != result.shape else moved[..., np.argsort(order)]
    if back is not None and kind == "jacobian":
        back = back[:, np.argsort(order), :]
    if not same(result, back):
        return Fit(
            "class-order-matters",
            "values that depend on the order of the classes",
            "All classes are alike: look for a loop bound, an index or a slice that treats one of them differently.",
            "putting the classes in another order changes more than the order of the results",
        )
    if kind == "forward":
        return _other_growth(plan, probe, result, near)
    if plan.second == "dy":
        for times, what in ((2.0, "twice dy does not give twice the result"), (-1.0, "−dy does not give minus")):
            if not same(times * result, _run(plan, z, times * dy, y)):
                return Fit(
                    "not-linear-in-dy",
                    "values that are not proportional to dy, as J·dy is",
                    "Use dy as it is: do not cut, round, square or normalise it, nor the result.",
                    what + " the result" * (times < 0),
                )
    if plan.takes_p or same(result, _run(plan, z + 0.7, dy, y)):
        return None
    return Fit(
        "not-shift-invariant",
        "values that change when the same number is added to all logits of a row, which a softmax never notices",
        "Compute p = e / e.sum(axis=-1, keepdims=True) first, and use nothing but p.",
        "adding 0.7 to every logit changes the result",
    )


def _other_growth(plan: Plan, probe: Probe, result: Floats, near: float) -> Fit | None:
    """Return whether a forward pass is g(z), or g(z) over its sum, for a g that is not the exponential."""
    z, dy, y = probe.z, probe.dy, probe.y
    nudged = z.copy()
    nudged[:, 0] += 8.0  # now it is the largest
    after = _run(plan, nudged, dy, y)
    if after is None or after.shape != result.shape:
        return None
    if _same(result[:, 1:], after[:, 1:], near):
        return Fit(
            "unnormalised",
            "values that each depend on their own logit only",
            "Divide by the sum over the classes: e / e.sum(axis=-1, keepdims=True).",
            "moving the first logit leaves the other results alone",
        )
    with np.errstate(all="ignore"):
        top = 1 + np.abs(result[:, 1:]).argmax(axis=1)[:, None]
        ratio = after[:, 1:] / np.take_along_axis(after, top, axis=1)
        before = result[:, 1:] / np.take_along_axis(result, top, axis=1)
    known = np.isfinite(ratio) & np.isfinite(before)
    ratio, before = ratio[known], before[known]
    if ratio.size < 3 or np.abs(ratio - before).max() > 1e-8 * np.abs(before).max():
        return None
    if np.abs(result.sum(axis=-1) - 1.0).max() < 1e-9:
        return Fit(
            "wrong-exponential",
            "some other function of each logit, divided by its sum: not the exponential",
            "Use np.exp of the unchanged logits, without cutting, rounding or bending them.",
            "the ratio of two results depends on their own logits only, but not as exp(z_i − z_j)",
        )
    return None


def matrix_of(plan: Plan, probes: tuple[Probe, ...], results: tuple[Floats, ...]) -> tuple[Floats, ...] | None:
    """Return the matrices (m, n, n) by which a function of (z, dy) multiplies dy, or None if it is not linear."""
    found = []
    for probe, result in zip(probes, results, strict=True):
        columns = []
        for k in range(probe.n):
            unit = np.zeros_like(probe.dy)
            unit[:, k] = 1.0
            column = _run(plan, probe.z, unit, probe.y)
            if column is None or column.shape != result.shape:
                return None
            columns.append(column)
        matrix = np.stack(columns, axis=-1)
        left = np.abs((matrix * probe.dy[:, None, :]).sum(axis=-1) - result).max()
        if not left <= 1e-9 * max(float(np.abs(result).max()), 1e-300):
            return None
        found.append(matrix)
    return tuple(found)


def moved(plan: Plan, probes: tuple[Probe, ...], results: tuple[Floats, ...], by: float = 1e-13) -> float:
    """Return how far the results move, relative to their rows, when the logits move a little."""
    return max(_moved_on(plan, probe, result, by) for probe, result in zip(probes, results, strict=True))


def _moved_on(plan: Plan, probe: Probe, result: Floats, by: float) -> float:
    nudged = _run(plan, probe.z + by, probe.dy, probe.y)
    other = _run(plan, probe.z * (1.0 + by), probe.dy, probe.y)
    if nudged is None or other is None or nudged.shape != result.shape:
        return 0.0
    if not (np.isfinite(nudged).all() and np.isfinite(other).all()):
        return 0.0
    return max(relative_error(nudged, result), relative_error(other, result))


def is_rounded_to_half(plan: Plan, probe: Probe, result: Floats) -> bool:
    """Return whether all logits with the same neighbour in float16 give the same result."""
    half = probe.z.astype(np.float16)
    for part in (0.0, 0.45, -0.45):
        z = half.astype(np.float64) + part * np.spacing(half).astype(np.float64)
        again = _run(plan, z, probe.dy, probe.y)
        if again is None or not np.array_equal(again, result):
            return False
    return True
