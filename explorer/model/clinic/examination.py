"""Diagnoses a function: finds what there is to call, tries every way of calling it, keeps the best finding."""

from dataclasses import replace
from typing import Any

from explorer.model.clinic import words
from explorer.model.clinic.attempts import attempted
from explorer.model.clinic.calling import CannotCallError, replaced_in_numpy
from explorer.model.clinic.case import Case, Finding
from explorer.model.clinic.diagnosis import KINDS, Diagnosis, Kind
from explorer.model.clinic.probes import main_probes
from explorer.model.clinic.subjects import Subject, subjects


def diagnose(function: Any, kind: Kind | None = None, *, seed: int = 0) -> Diagnosis:
    """Say what a softmax, its derivative or a loss gradient computes, and how to mend it if it is not right.

    Parameters
    ----------
    function : callable, class or object
        ``f(z)`` giving (m, n), (m, n, n) or (n, n) for one vector; ``f(z, dy)`` or ``f(z, y)`` giving (m, n), the
        target y as class numbers or one-hot. It may take probabilities in place of logits if its parameter is
        named so (p, s, probs, out, …), and one vector, (n,) or (n, 1), if it refuses batches. Of a class or
        an object with two passes (forward/backward, compute/delta, …) both are examined.
    kind : "forward", "jacobian", "elementwise", "vjp", "cross_entropy", "squared_error" or None
        What it is meant to be; None tells it from the signature, the shape and the values. "elementwise" is
        a derivative of shape (m, n), which cannot hold a softmax's: it is never right.
    seed : int
        Chooses the probes; equal seeds give equal diagnoses.

    Returns
    -------
    Diagnosis
        Every exception of the function, SystemExit and KeyboardInterrupt included, becomes the verdict "error".
        It runs in this process: what hangs, hangs here.

    Raises
    ------
    ValueError
        For an unknown kind.

    Notes
    -----
    Conventions: a loss gradient may be the sum's (factor 1) or the batch mean's (factor 1/m); both are correct.
    Squared error is ``½ Σ (p − y)²``: the factor 2 of ``Σ (p − y)²`` is named, and wrong. A function that is
    right until it overflows is correct with a ``stress``, as is one that computes in float32. Finite
    differences are correct up to a relative error of 1e-6. One vector's function that accepts batches
    silently, with wrong numbers, is wrong.
    """
    if kind is not None and kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}: use one of {', '.join(KINDS)}, or None")
    try:
        found = None if replaced_in_numpy() else _diagnosed(function, kind, seed)
    except Exception:
        if not replaced_in_numpy():
            raise
    if names := replaced_in_numpy():  # nothing can be judged by a NumPy that is no longer NumPy
        return Diagnosis("error", "changes-numpy", *words.changes_numpy(names), kind)
    assert found is not None
    return found


def _diagnosed(function: Any, kind: Kind | None, seed: int) -> Diagnosis:
    try:
        found = subjects(function, kind)
        first = _examined(found[0], kind, seed)
    except CannotCallError as problem:
        advice = "Give a function such as f(z), f(z, dy) or f(z, y)."
        return Diagnosis("error", "cannot-call", str(problem), advice, kind)
    d, part = first.diagnosis, found[0].part
    if len(found) == 1:
        return d
    if d.verdict != "correct":
        return replace(d, sentence=words.of_part(part, d.sentence))
    other = _examined(found[1], kind, seed, first.rows).diagnosis
    if other.verdict != "correct":
        return replace(other, sentence=words.of_part(found[1].part, other.sentence))
    more = tuple(f"{found[1].part}: {text}" for text in other.stress if text not in d.stress)
    return replace(d, stress=d.stress + more)


def _examined(subject: Subject, kind: Kind | None, seed: int, rows: bool = False) -> Finding:
    """Examine every way of calling, until one is correct; ``rows``: a single vector at a time."""
    best: Finding | None = None
    meant = subject.kind if subject.part == "forward pass" else subject.kind or kind
    for plan in subject.plans:
        finding = attempted(Case(replace(plan, rows=rows), meant, seed, subject.name, main_probes(seed)))
        if finding.diagnosis.verdict == "correct":
            return finding
        if best is None or finding.rank < best.rank:
            best = finding
    assert best is not None
    return best
