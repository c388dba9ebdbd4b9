"""Judges results of a right shape: what they are meant to be, and whether they are right, steady and finite."""

import re

import numpy as np

from explorer.model.clinic import fit, words
from explorer.model.clinic.calling import Outcome
from explorer.model.clinic.case import Case, Finding, Seen
from explorer.model.clinic.confirming import confirmed
from explorer.model.clinic.diagnosis import Kind
from explorer.model.clinic.dictionary import Match, explain
from explorer.model.clinic.explaining import explained
from explorer.model.clinic.fit import Results
from explorer.model.clinic.formula import FORM_OF, Form
from explorer.model.clinic.probes import relative_error
from explorer.model.clinic.symptoms import moved
from explorer.model.exact import Floats
from explorer.model.notation import scientific

RIGHT = 1e-11  # a result this near the truth, relative to its row, is right
_DERIVATIVE = re.compile(
    r"(^|[_.])(d|ds|dp|grad|gradient|derivative|deriv|der|prime|delta|jac|jacobian|backward|backprop|bwd|df|d?softmax_?grad|dsoft(max)?)($|[_.\d])",
    re.IGNORECASE,
)
_OF_NAME: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("squared_error", re.compile(r"mse|squared|quadratic|brier|(^|[_.])(se|l2)($|[_.])", re.IGNORECASE)),
    ("cross_entropy", re.compile(r"cross|entropy|xent|nll|log_?loss|(^|[_.])ce($|[_.])", re.IGNORECASE)),
)
_WILD = 1e100  # larger results are no better than infinite ones


def judged(case: Case, outcomes: list[Outcome], form: Form) -> Finding:
    """Return the finding on what came back from the main probes, all of it of one form."""
    results = tuple(
        case.blocks(o.values, probe) for o, probe in zip(outcomes, case.probes, strict=True) if o.values is not None
    )
    if not all((np.abs(r) < _WILD).all() for r in results):
        return _not_finite(case, results, form)
    matches = explain(form, results, case.seed)
    kind = _told_kind(case, form, results, matches)
    truths = tuple(probe.truth(kind) for probe in case.probes)
    errors = tuple((probe.name, relative_error(r, t)) for probe, r, t in zip(case.probes, results, truths, strict=True))
    seen = Seen(case, form, kind, results, truths, errors, matches, outcomes)
    for _ in range(2):
        again = case.plan.run(case.probes[0]).values
        if again is None or not np.array_equal(case.blocks(again, case.probes[0]), results[0]):
            return _unsteady(seen, again)
    factor = _factor(seen)
    if factor is not None:
        return confirmed(seen, factor, None)
    if seen.largest < 1e-14 or (seen.largest < 1e-9 and moved(case.plan, case.probes, results) > 1e-5):
        return _zero(seen)
    return explained(seen)


def _told_kind(case: Case, form: Form, results: Results, matches: list[Match]) -> Kind:
    if form == "matrix":
        return "jacobian"
    if case.kind is not None and FORM_OF[case.kind] == form:
        return case.kind
    if form == "map" and (case.kind == "jacobian" or _DERIVATIVE.search(case.name)):
        return "elementwise"
    if form == "target":
        for kind, pattern in _OF_NAME:
            if pattern.search(case.name):
                return kind
    if matches:
        return matches[0].formula.kind
    if form == "vjp":
        return "vjp"
    if form == "map":
        if max(float(np.abs(r).max()) for r in results) < 1e-9:
            return "elementwise"
        return "forward"
    near = {
        kind: fit.worst(results, tuple(p.truth(kind) for p in case.probes))
        for kind in ("cross_entropy", "squared_error")
    }
    return "cross_entropy" if near["cross_entropy"] <= near["squared_error"] else "squared_error"


def _factor(seen: Seen) -> str | None:
    """Return the factor with which the results are right, "1" or for a loss "1/m", or None."""
    if seen.kind == "elementwise":
        return None
    return next((name for name, truths in seen.accepted.items() if fit.worst(seen.results, truths) <= RIGHT), None)


def _zero(seen: Seen) -> Finding:
    whole = all(name.startswith(("int", "uint")) for name in seen.dtypes)
    label, sentence, remedy = words.zero(seen.kind, seen.largest, whole)
    evidence = (f"the largest entry is {scientific(seen.largest)}" if seen.largest else "every entry is 0",)
    return seen.wrong(1.0, label, sentence, remedy, evidence)


def _not_finite(case: Case, results: Results, form: Form) -> Finding:
    bad = sum(int((~np.isfinite(r)).sum()) for r in results)
    what = "NaN or infinite numbers" if bad else "numbers beyond 1e100"
    sentence = f"It returns {what} on ordinary logits between −6 and 3.5."
    remedy = "Look for a logarithm or a root of a negative number, or a division by 0."
    raw = case.plan.second == "" and form == "map"
    if raw and all((np.isnan(r) == (p.z < 0)).all() for r, p in zip(results, case.probes, strict=True)):
        sentence += " It does so exactly where the logit is negative: a logarithm or root of the logits."
    evidence = (f"{bad} of {sum(r.size for r in results)} entries are not finite",)
    return case.wrong(30.0, "not-finite", sentence, remedy, evidence)


def _unsteady(seen: Seen, again: Floats | None) -> Finding:
    before = seen.results[0]
    if again is not None and again.shape == before.shape and np.isfinite(again).all():
        told = f"two calls with equal logits differ by up to {scientific(float(np.abs(again - before).max()))}"
    else:
        told = "a second call with equal logits fails"
    return seen.wrong(
        1.5,
        "not-deterministic",
        "It gives different results for the same logits: it is random, or remembers earlier calls.",
        "Remove noise, dropout and global state: the result may depend on the arguments only.",
        (told,),
    )
