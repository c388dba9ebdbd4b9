"""Confirms a function that is right on the main probes: on more probes, on copies of its arrays, under stress."""

from dataclasses import replace

import numpy as np

from explorer.model.clinic import words
from explorer.model.clinic.calling import Outcome
from explorer.model.clinic.case import Finding, Seen
from explorer.model.clinic.diagnosis import Diagnosis
from explorer.model.clinic.fit import Fit
from explorer.model.clinic.probes import Probe, more_probes, relative_error
from explorer.model.clinic.stress import where_it_breaks
from explorer.model.exact import Floats


def confirmed(seen: Seen, factor: str, inexact: Fit | None) -> Finding:
    """Return the finding that it is correct, or where it fails; ``inexact`` says why it is right only nearly."""
    case, kind = seen.case, seen.kind

    def scale(probe: Probe) -> float:
        return 1.0 / probe.m if factor == "1/m" and not case.plan.rows else 1.0

    tolerance = 1e-9 if inexact is None else 1e-5
    for probe in more_probes(case.seed):
        outcome = case.plan.run(probe)
        values = None if outcome.values is None else case.blocks(outcome.values, probe)
        truth = probe.truth(kind) * scale(probe)
        floor = 0.0 if inexact is None else probe.size(kind) * scale(probe)
        error = float("inf") if values is None else relative_error(values, truth, floor)
        if kind == "forward" and values is not None and values.shape == truth.shape:
            error = max(error, _entry_error(values, truth) if inexact is None else 0.0)
        loose = probe.name == "a winner 17 ahead"
        limit = (1e-4 if kind != "forward" else 1e-7) if loose else tolerance
        if inexact is not None and loose:
            continue
        if not error <= limit:
            return _elsewhere(seen, probe, outcome, error)
    if any(outcome.is_overwritten() for outcome in seen.outcomes):
        return seen.wrong(
            1.0,
            "shared-buffer",
            "The values are right, but a later call overwrites the array that an earlier call returned.",
            "Return a new array from every call, or a copy of the buffer.",
            seen.table(),
            factor,
        )
    if seen.changed:
        return seen.wrong(
            1.0,
            "changes-input",
            f"The values are right, but it writes to its {seen.changed} argument.",
            "Work on a copy: z = z - z.max(axis=-1, keepdims=True), not z -= …",
            seen.table(),
            factor,
        )
    stress = where_it_breaks(case.plan, kind, scale, 1e-6 if inexact is None else 1e-4)
    last = case.plan.run(case.probes[0])
    values = None if last.values is None else case.blocks(last.values, case.probes[0])
    if values is None or not np.array_equal(values, seen.results[0]):
        error = float("inf") if values is None else relative_error(values, seen.results[0])
        return _elsewhere(seen, replace(case.probes[0], name="the first batch again"), last, error)
    sentences = tuple(s.sentence for s in stress)
    if inexact is not None:
        sentences = (f"precision: {inexact.text}; {inexact.evidence}.", *sentences)
    if seen.outcomes[0].notes:
        sentences += tuple(f"type: it {note}." for note in seen.outcomes[0].notes)
    label = words.label_of_correct(stress, inexact)
    sentence = words.correct(kind, factor, case.plan, stress, inexact)
    remedy = words.remedy_of_correct(stress, inexact)
    return Finding(
        0.0,
        Diagnosis(
            "correct",
            label,
            sentence,
            remedy,
            kind,
            factor,
            sentences,
            (*case.evidence, *seen.table()),
            seen.errors,
        ),
        case.plan.rows,
    )


def _elsewhere(seen: Seen, probe: Probe, outcome: Outcome, error: float) -> Finding:
    label, sentence, remedy = words.elsewhere(probe.name, outcome)
    evidence = (f"{probe.name}: " + (outcome.detail or words.of_error(error)),)
    return seen.case.wrong(2.0, label, sentence, remedy, evidence, seen.kind, None, (*seen.errors, (probe.name, error)))


def _entry_error(values: Floats, truth: Floats) -> float:
    """The largest error relative to each entry itself, far coarser than the row's; 1e-300 stands for 0."""
    return float((np.abs(values - truth) / np.maximum(truth, 1e-300)).max()) * 1e-3
