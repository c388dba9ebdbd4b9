"""Findings on results that have no right shape: raised, None, a missing keepdims, a transposed batch."""

import numpy as np

from explorer.model.clinic import shapes, words
from explorer.model.clinic.calling import Outcome
from explorer.model.clinic.case import Case, Finding
from explorer.model.clinic.diagnosis import Diagnosis
from explorer.model.clinic.dictionary import explain
from explorer.model.clinic.probes import Probe
from explorer.model.exact import Floats


def single_row(case: Case, finding: Finding, shape: tuple[int, ...]) -> Finding:
    """Return a finding on a function that gives a batch of one row another shape."""
    d = finding.diagnosis
    if d.verdict != "correct":
        return finding
    sentence = f"It is right on batches, but for a batch of one row the shape is {shape}."
    remedy = "Keep the batch axis: no squeeze(), and keepdims=True."
    return case.wrong(2.0, "single-row", sentence, remedy, d.evidence, d.kind, d.factor, d.errors)


def keepdims(case: Case, outcomes: list[Outcome]) -> Finding:
    """Return the finding on sums of rows that only a square batch can broadcast."""
    failed = next((o.detail for o in outcomes if o.detail), "the shape is wrong")
    sentence = (
        "The sums of the rows are broadcast along the columns: keepdims=True is missing. "
        "It fails unless the batch is square, and then it is silently wrong."
    )
    remedy = "Write keepdims=True: e / e.sum(axis=-1, keepdims=True), and the same for the maximum."
    return case.wrong(5.0, "keepdims-missing", sentence, remedy, (f"on {case.probes[0].name}: {failed}",))


def picks_rows(case: Case) -> Finding | None:
    """Return the finding on p[y] -= 1 in a function whose softmax does take a batch."""
    square = case.probes[2]
    probe = Probe(square.name, square.z, square.dy, np.array([2, 0, 2, 1]))
    values = case.plan.run(probe).values
    if case.plan.second != "index" or values is None or values.shape != probe.z.shape:
        return None
    hit = np.array([1.0, 1.0, 1.0, 0.0])[:, None]
    if all(np.abs(values - c * (probe.p - hit)).max() > 1e-9 for c in (1.0, 0.25)):
        return None
    sentence = "It subtracts 1 from whole rows: p[y] -= 1 picks rows, not classes (right only for one vector)."
    return case.wrong(
        5.0,
        "rows-for-classes",
        sentence,
        "Use p[np.arange(m), y] -= 1.",
        ("it raises when a class number exceeds the rows",),
    )


def readable(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Return the finding on right values in a wrong shape, such as a transposed batch."""
    values = [o.values for o in outcomes if o.values is not None]
    if len(values) < len(outcomes):
        return None
    finding = _misshapen(case, values)
    return finding if "the values are" in finding.diagnosis.sentence else None


def misfit(case: Case, outcomes: list[Outcome], rows: list[Outcome]) -> Finding:
    """Return the finding on results that have no right shape, whether on batches or on single vectors."""
    if all(o.problem == "raises" for o in outcomes) and any(o.problem != "raises" for o in rows):
        outcomes = rows
    problem = next((o for o in outcomes if o.problem == "raises"), None)
    if problem is not None:
        label, sentence, remedy = words.raised(
            problem.detail, all(o.problem == "raises" for o in outcomes), case.probes, outcomes
        )
        evidence = tuple(f"{p.name}: {o.detail or 'returns'}" for p, o in zip(case.probes, outcomes, strict=True))
        return Finding(80.0, Diagnosis("error", label, sentence, remedy, case.likely_kind, evidence=evidence))
    problem = next((o for o in outcomes if o.values is None), None)
    if problem is not None:
        sentence = f"It {problem.detail}."
        return Finding(
            70.0, Diagnosis("error", "no-numbers", sentence, "Return a NumPy array of floats.", case.likely_kind)
        )
    return _misshapen(case, [o.values for o in outcomes if o.values is not None])


def _misshapen(case: Case, values: list[Floats]) -> Finding:
    found = [
        shapes.recognise(v.shape, probe, bool(case.plan.second), case.wanted)
        if v.shape != shapes.right_shape(case.wanted, probe)
        else None
        for v, probe in zip(values, case.probes, strict=True)
    ]
    kinds = [f for f in found if f is not None]
    first = kinds[0]
    evidence = (f"the shape is {values[0].shape} for logits of shape {case.probes[0].z.shape}",)
    sentence = f"It returns {first.text}."
    if first.read is not None and all(f is None or f.label == first.label for f in found):
        form = first.form if first.form == "matrix" else case.wanted
        try:
            read = tuple(
                v if f is None or f.read is None else f.read(v, probe)
                for v, f, probe in zip(values, found, case.probes, strict=True)
            )
        except ValueError:
            read = ()
        if first.label == "transposed" and read:  # a square batch is transposed, too
            read = tuple(v.T if f is None else w for v, w, f in zip(values, read, found, strict=True))
        if read and all(r.shape == shapes.right_shape(form, p) for r, p in zip(read, case.probes, strict=True)):
            matches = explain(form, read, case.seed)
            if matches:
                sentence = f"It returns {first.text}; the values are {words.with_factor(matches[0])}."
    sentence += words.of_reduced(values, case.probes, case.kind, case.plan.second)
    return case.wrong(20.0, first.label, sentence, first.remedy, evidence)
