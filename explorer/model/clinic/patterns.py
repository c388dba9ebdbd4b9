"""Where a result is right and where it is not: the symptoms of a mistake that no formula explains."""

import numpy as np
from numpy.typing import NDArray

from explorer.model.clinic.diagnosis import Kind
from explorer.model.clinic.fit import Fit, Results
from explorer.model.clinic.formula import FORM_OF
from explorer.model.clinic.probes import Probe
from explorer.model.exact import Floats

Mask = NDArray[np.bool_]


def _wrong(result: Floats, truth: Floats) -> Mask:
    scale = np.abs(truth).max(axis=tuple(range(1, truth.ndim)), keepdims=True)
    return np.asarray(np.abs(result - truth) > 1e-9 * scale)


def _masks(kind: Kind, probe: Probe) -> dict[str, tuple[Mask, str, str]]:
    """For each pattern the entries it means, what to say, and how to mend it."""
    m, n = probe.z.shape
    matrix = kind == "jacobian"
    shape = (m, n, n) if matrix else (m, n)
    rows, last = np.indices(shape)[0], np.indices(shape)[-1]
    loop, alone = "Let the loop run over all {}: range(n) ends at n − 1 by itself.", "Treat every row by itself."
    found = {
        "last-class": (last == n - 1, "in the last class", loop.format("classes")),
        "first-class": (last == 0, "in the first class", loop.format("classes")),
        "last-row": (rows == m - 1, "in the last row", loop.format("rows")),
        "first-row": (rows == 0, "in the first row", loop.format("rows")),
        "all-but-first-row": (rows != 0, "in every row but the first", alone),
        "all-but-last-row": (rows != m - 1, "in every row but the last", alone),
        "all-but-first-class": (last != 0, "in every class but the first", loop.format("classes")),
        "all-but-last-class": (last != n - 1, "in every class but the last", loop.format("classes")),
    }
    if matrix:
        i = np.indices(shape)[1]
        found |= {
            "diagonal": (i == last, "on the diagonal", "The diagonal is p_i(1 − p_i)."),
            "off-diagonal": (i != last, "off the diagonal", "Off the diagonal J is −p_i p_j."),
            "last-class-row": (i == n - 1, "in the last row of each matrix", loop.format("classes")),
            "first-class-row": (i == 0, "in the first row of each matrix", loop.format("classes")),
            "last-class-edges": ((i == n - 1) | (last == n - 1), "in the last row and column", loop.format("classes")),
            "first-class-edges": ((i == 0) | (last == 0), "in the first row and column", loop.format("classes")),
            "last-corner": ((i == n - 1) & (last == n - 1), "in the last corner", loop.format("classes")),
            "first-corner": ((i == 0) & (last == 0), "in the first corner", loop.format("classes")),
            "upper-triangle": (i < last, "above the diagonal", "Fill both triangles: J is symmetric."),
            "lower-triangle": (i > last, "below the diagonal", "Fill both triangles: J is symmetric."),
        }
        return found
    hard = np.eye(n, dtype=bool)[probe.z.argmax(axis=1)]
    found |= {
        "winner": (hard, "in each row's largest class", "The formula is the same for every class."),
        "all-but-winner": (~hard, "in every class but the largest", "The formula is the same for every class."),
        "negative-logits": (probe.z < 0, "where the logit is negative", "Do not cut negative logits off."),
        "positive-logits": (probe.z > 0, "where the logit is positive", "Treat logits of either sign alike."),
    }
    if FORM_OF[kind] == "target":
        target = probe.one_hot > 0
        found |= {
            "target": (target, "at the target class", "There the gradient of cross-entropy is p_y − 1."),
            "last-target": (target & (rows == m - 1), "at the target of the last row", loop.format("rows")),
            "off-target": (~target, "in every class but the target", "There the gradient of cross-entropy is p_j."),
        }
    if kind == "vjp":
        found |= {
            "negative-dy": (probe.dy < 0, "where dy is negative", "Use dy with its sign."),
            "positive-dy": (probe.dy > 0, "where dy is positive", "Use dy with its sign."),
        }
    return found


def of(results: Results, truths: Results, kind: Kind, probes: tuple[Probe, ...]) -> Fit | None:
    """Return the pattern of wrong entries that all probes share."""
    wrong = [_wrong(r, t) for r, t in zip(results, truths, strict=True)]
    if not any(w.any() for w in wrong):
        return None
    kept = _nudges_kept(results, truths) if kind == "jacobian" else None
    if kept is not None:
        return kept
    cut = _cut_off(results, truths, kind, probes)
    if cut is not None:
        return cut
    where = [_masks(kind, probe) for probe in probes]
    for name in where[0]:
        masks = [w[name][0] for w in where]
        inside = all((w <= mask).all() for w, mask in zip(wrong, masks, strict=True))
        hit = sum(int(w.sum()) for w in wrong) / max(sum(int(mask.sum()) for mask in masks), 1)
        if not inside or hit < 0.75:
            continue
        text, remedy = where[0][name][1:]
        entries = np.concatenate([r[w] for r, w in zip(results, wrong, strict=True)])
        zero = bool((entries == 0.0).all())
        return Fit(
            f"{name}-{'zero' if zero else 'wrong'}",
            f"the right values, except {text}, where it returns {'0' if zero else 'something else'}",
            remedy,
            f"{len(entries)} of {sum(w.size for w in wrong)} entries are wrong, all of them {text}",
        )
    if (FORM_OF[kind] == "map" or kind == "jacobian") and (below := _below_a_threshold(results, truths, wrong)):
        return below
    return _one_batch(wrong, probes) or _rearranged(results, truths, wrong)


def _nudges_kept(results: Results, truths: Results) -> Fit | None:
    """Return whether column j of the Jacobians holds the sum of the columns up to j, as nudges left in place give."""
    sums = [np.cumsum(t, axis=-1) for t in truths]
    if max(float(np.abs(r - s).max()) for r, s in zip(results, sums, strict=True)) > 1e-3:
        return None
    return Fit(
        "nudge-kept",
        "in column j the sum of the columns 0 … j: each nudge stays in place while the next logit is nudged",
        "Take the nudge back before the next one, or work on a fresh copy.",
        "the last column is 0, as all logits are nudged by then",
    )


def _one_batch(wrong: list[Mask], probes: tuple[Probe, ...]) -> Fit | None:
    """Return whether only the batch of one row, or only the square one, is wrong."""
    bad = [(probe, int(w.sum())) for probe, w in zip(probes, wrong, strict=True) if w.any()]
    if len(bad) > 1:
        return None
    probe, count = bad[0]
    text = f"the right values, but not for logits of shape {probe.name}"
    if probe.m == 1:
        remedy = "One row needs no case of its own: keep the batch axis, no squeeze()."
        return Fit("single-row", text, remedy, f"{count} of its entries are wrong")
    if probe.m == probe.n:
        remedy = "As many rows as classes is no special case: write axis=-1 and keepdims=True."
        return Fit("square-batch", text, remedy, f"{count} of its entries are wrong")
    return None


def _rearranged(results: Results, truths: Results, wrong: list[Mask]) -> Fit | None:
    """Return whether the sizes are right and only signs wrong, or the values of each row in another order."""
    pairs = list(zip(results, truths, strict=True))
    count = f"{sum(int(w.sum()) for w in wrong)} of {sum(w.size for w in wrong)} entries are wrong"
    if not any(_wrong(np.abs(r), np.abs(t)).any() for r, t in pairs):
        if not any((r < 0).any() for r in results):
            text, remedy = "the absolute values of the right ones", "Keep the signs: leave out the absolute value."
            return Fit("absolute", text, remedy, count)
        return Fit("sign", "the right values, but some with the wrong sign", "Check the sign of each term.", count)
    if not any(_wrong(np.sort(r), np.sort(t)).any() for r, t in pairs):
        text, remedy = "the right values of each row, but in another order", "Keep every class in its place."
        return Fit("class-order", text, remedy, count)
    return None


def _cut_off(results: Results, truths: Results, kind: Kind, probes: tuple[Probe, ...]) -> Fit | None:
    """Return whether the results are the truth clipped, or small entries of each row are cut off."""
    if kind == "cross_entropy":  # look at the p in p − y
        ones = [probe.one_hot for probe in probes]
        results = tuple(r + y for r, y in zip(results, ones, strict=True))
        truths = tuple(probe.p for probe in probes)
    values, true = np.concatenate([r.ravel() for r in results]), np.concatenate([t.ravel() for t in truths])
    low, high = float(values.min()), float(values.max())
    remedy = (
        "Do not clip the result: small probabilities matter, and with the maximum subtracted nothing needs clipping."
    )
    cut_by = float(np.abs(np.clip(true, low, high) - true).max())
    if np.abs(np.clip(true, low, high) - values).max() <= 1e-9 * min(np.abs(true).max(), 1e3 * cut_by):
        count = int(((true < low) | (true > high)).sum())
        return Fit(
            "clipped",
            f"the right values clipped to {low:.4g} … {high:.4g}".replace("-", "−"),
            remedy,
            f"{count} of {true.size} entries are cut",
        )
    if results[0].ndim > 2 or (values < 0).any():
        return None
    cut, level = 0, set()
    for result, truth in zip(results, truths, strict=True):
        for r, t in zip(result, truth, strict=True):
            factor = r[t.argmax()] / t.max()
            off = np.abs(r - factor * t) > 1e-9 * t.max()
            if factor <= 0.0 or (off.any() and t[off].max() >= t[~off].min()):
                return None
            cut += int(off.sum())
            level |= {f"{x / factor:.6g}" for x in r[off]}
    if len(level) != 1:
        return None
    text = f"the softmax with its small entries set to {level.pop()}"
    return Fit("clipped", text, remedy, f"{cut} of {true.size} entries are changed, in every row the smallest")


def _below_a_threshold(results: Results, truths: Results, wrong: list[Mask]) -> Fit | None:
    true, values = np.concatenate([t.ravel() for t in truths]), np.concatenate([r.ravel() for r in results])
    mask = np.concatenate([w.ravel() for w in wrong])
    if mask.mean() > 0.6:
        return None
    if true[mask].max() < true[~mask].min():
        level, side = float(true[mask].max()), "below"
    elif true[mask].min() > true[~mask].max():
        level, side = float(true[mask].min()), "above"
    else:
        return None
    same = float(np.ptp(values[mask])) == 0.0
    return Fit(
        "clipped",
        f"the right values, but those {side} {level:.2g} are "
        + (f"replaced by {values[mask][0]:.4g}" if same else "changed"),
        "Do not clip the result: small probabilities matter, and with the maximum subtracted nothing needs clipping.",
        f"{int(mask.sum())} of {mask.size} entries are wrong, all {side} {level:.2g}",
    )
