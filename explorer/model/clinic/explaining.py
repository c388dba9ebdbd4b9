"""Explains results that are not right: by the dictionary of formulas, by fits, by experiments."""

from dataclasses import replace

import numpy as np

from explorer.model.clinic import fit, patterns, words
from explorer.model.clinic.case import Finding, Seen
from explorer.model.clinic.confirming import confirmed
from explorer.model.clinic.diagnosis import Diagnosis
from explorer.model.clinic.dictionary import Match, explain
from explorer.model.clinic.fit import Fit, Results
from explorer.model.clinic.mixtures import combination
from explorer.model.clinic.symptoms import by_experiment, is_rounded_to_half, matrix_of, moved
from explorer.model.notation import scientific


def explained(seen: Seen) -> Finding:
    """Return the finding on results that are not right; a fit may show that they are right but for their precision."""
    kind, results = seen.kind, seen.results
    inexact = bool(seen.matches) and seen.matches[0].is_right_for(kind)
    if seen.matches and not inexact:
        return _matched(seen, seen.matches[0])
    if all(np.dtype(name).kind in "biu" for name in seen.dtypes):
        return _fitted(seen, fit.whole_numbers(results), 3.0)
    factor, truths = min(seen.accepted.items(), key=lambda item: fit.worst(results, item[1]))
    near = fit.worst(results, truths)
    if near < 0.3 and kind != "elementwise":
        found = _nearly_right(seen, factor, near, inexact)
        if found is not None:
            return confirmed(seen, factor, found) if found.right else _fitted(seen, found, 3.0)
    if inexact:
        return _fitted(seen, fit.inaccurate(near), 9.0)
    for tolerance in (3e-6, 4e-3):
        loose = explain(seen.form, results, seen.case.seed, tolerance)
        if loose and loose[0].is_right_for(kind):
            break
        if loose and loose[0].cost < 3.0:
            return _matched(seen, loose[0], 1.0)
    return _far_from_right(seen, truths, near)


def _nearly_right(seen: Seen, factor: str, near: float, inexact: bool) -> Fit | None:
    """Return what explains small errors; ``inexact``: a formula that is right explains the results, but not closely."""
    case, kind, results, truths = seen.case, seen.kind, seen.results, seen.accepted[factor]
    shift = moved(case.plan, case.probes, results)
    return (
        fit.noisy(near, shift, kind)
        or fit.rounded(results, truths)
        or fit.narrow(results, truths, tuple(p.size(kind) for p in case.probes), seen.dtypes | _formats(seen, shift))
        or fit.epsilon(results, truths, kind, case.probes)
        or (fit.finite_differences(results, truths, kind, case.probes) if factor == "1" else None)
        or fit.transposed_differences(results, seen.truths, kind, case.probes)
        or (None if inexact else patterns.of(results, truths, kind, case.probes))
    )


def _far_from_right(seen: Seen, nearest: Results, near: float) -> Finding:
    """Try what costs more; ``nearest`` are the truths times the factor that suits best, ``near`` is the error."""
    case, kind, results, truths = seen.case, seen.kind, seen.results, seen.truths
    found = (
        patterns.of(results, nearest, kind, case.probes)
        or fit.finite_differences(results, truths, kind, case.probes)
        or fit.temperature(results, kind, case.probes)
        or combination(results, kind, case.probes)
        or fit.epsilon(results, truths, kind, case.probes)
    )
    if found is not None:
        return _fitted(seen, found, 8.0)
    shift = moved(case.plan, case.probes, results)
    found = fit.noisy(1.0, shift, kind) if shift else None
    if found is None and kind == "vjp":
        linear = _as_matrix(seen)
        if linear is not None:
            return linear
    in_float32 = "float32" in seen.dtypes
    if found is None and shift == 0.0:
        found = fit.coarse(results, truths, kind, in_float32 or moved(case.plan, case.probes, results, 1e-6) > 0.0)
    if found is None and shift == 0.0:  # in float32
        found = fit.noisy(1.0, moved(case.plan, case.probes, results, 1e-6), kind, 1e-6)
    if found is None and seen.changed and near < 1e-2:
        found = fit.inaccurate(near)
    if found is None:
        narrow = 1e-5 if in_float32 else 1e-8
        found = by_experiment(case.plan, kind, case.probes[1], results[1], max(narrow, 30.0 * shift))
    if found is None and near < 1e-2:
        found = fit.inaccurate(near)
    return _unknown(seen) if found is None else _fitted(seen, found, 8.0)


def _formats(seen: Seen, shift: float) -> set[str]:
    """Return the narrow formats to which the logits are rounded before anything else."""
    found = {"float32"} if shift == 0.0 else set()
    if all(is_rounded_to_half(seen.case.plan, p, r) for p, r in zip(seen.case.probes, seen.results, strict=True)):
        found.add("float16")
    return found


def _matched(seen: Seen, match: Match, worse: float = 0.0) -> Finding:
    label, sentence, remedy = words.explained(match, seen.kind)
    evidence = [f"{words.with_factor(match)} explains every entry {_to(match.residual)}"]
    if seen.changed:
        evidence.append(f"it writes to its {seen.changed} argument, too")
    return seen.wrong(
        4.0 + match.cost + worse,
        label,
        sentence,
        remedy,
        (*evidence, *seen.table()),
        match.factor,
    )


def _as_matrix(seen: Seen) -> Finding | None:
    """Explain the matrix by which a backward pass multiplies dy."""
    probes = seen.case.probes
    matrices = matrix_of(seen.case.plan, probes, seen.results)
    if matrices is None:
        return None
    truths = tuple(probe.truth("jacobian") for probe in probes)
    matches = explain("matrix", matrices, seen.case.seed)
    if matches:
        label, sentence, remedy = words.explained(matches[0], "jacobian")
        sentence = f"It multiplies dy by the wrong matrix. {sentence}"
        return seen.wrong(6.0, label, sentence, remedy, seen.table(), matches[0].factor)
    found = patterns.of(matrices, truths, "jacobian", seen.case.probes) or combination(
        matrices, "jacobian", seen.case.probes
    )
    if found is None:
        return None
    return _fitted(seen, replace(found, text=f"dy times a matrix with {found.text}"), 7.0)


def _fitted(seen: Seen, found: Fit, rank: float) -> Finding:
    sentence = f"It computes {found.text}, instead of {words.truth(seen.kind)}."
    if found.label != "combination":
        sentence = f"It returns {found.text}."
    if seen.changed and found.label in ("inaccurate", "step-too-small"):
        return seen.wrong(
            rank,
            "changes-input",
            f"{sentence} It writes to its {seen.changed} argument and does not put it back.",
            "Work on a copy: z = z.copy(); or restore what you nudge before the next step.",
            (found.evidence, *seen.table()),
        )
    remedy = found.remedy or words.remedy(seen.kind)
    return seen.wrong(rank, found.label, sentence, remedy, (found.evidence, *seen.table()))


def _unknown(seen: Seen) -> Finding:
    symptoms = words.symptoms(seen.results, seen.truths, seen.kind)
    sentence = f"It is not {words.truth(seen.kind)}, and no known mistake explains it."
    if symptoms:
        sentence += f" {symptoms[0][:1].upper()}{symptoms[0][1:]}."
    return Finding(
        50.0,
        Diagnosis(
            "unknown",
            "unknown",
            sentence,
            words.remedy(seen.kind),
            seen.kind,
            evidence=(*seen.case.evidence, *symptoms, *seen.table()),
            errors=seen.errors,
        ),
    )


def _to(residual: float) -> str:
    """Return how well a formula explains a result."""
    return f"to {scientific(residual)}" if residual else "exactly"
