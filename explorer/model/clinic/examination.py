"""Examines a function: calls it, compares it with the truth, explains what it computes instead."""

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from explorer.model.clinic import fit, patterns, shapes, words
from explorer.model.clinic.calling import CannotCallError, Outcome, Plan, replaced_in_numpy, row_by_row
from explorer.model.clinic.diagnosis import KINDS, Diagnosis, Kind
from explorer.model.clinic.dictionary import Match, explain
from explorer.model.clinic.fit import Fit
from explorer.model.clinic.formula import FORM_OF, Form
from explorer.model.clinic.mixtures import combination
from explorer.model.clinic.probes import Probe, main_probes, more_probes, relative_error
from explorer.model.clinic.stress import where_it_breaks
from explorer.model.clinic.subjects import Subject, subjects
from explorer.model.clinic.symptoms import by_experiment, matrix_of
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


_ALONE = 15.0  # added to the rank where only single vectors are taken: other arguments may suit a batch
_WILD = 1e100  # larger results are no better than infinite ones


@dataclass(frozen=True)
class _Finding:
    """A diagnosis of one way of calling; the lower the rank, the better it explains what happened."""

    rank: float
    diagnosis: Diagnosis
    rows: bool = False  # it was called with one vector at a time


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


def _examined(subject: Subject, kind: Kind | None, seed: int, rows: bool = False) -> _Finding:
    """Examine every way of calling, until one is correct; ``rows``: a single vector at a time."""
    best: _Finding | None = None
    meant = subject.kind if subject.part == "forward pass" else subject.kind or kind
    for plan in subject.plans:
        plan = replace(plan, rows=rows)
        finding = _Examination(plan, meant, seed, subject.name).finding()
        if finding.diagnosis.verdict == "correct":
            return finding
        if best is None or finding.rank < best.rank:
            best = finding
    assert best is not None
    return best


class _Examination:
    """One way of calling a function, examined."""

    def __init__(self, plan: Plan, kind: Kind | None, seed: int, name: str) -> None:
        self.plan, self.kind, self.seed, self.name = plan, kind, seed, name
        self.probes = main_probes(seed)
        self.evidence: list[str] = []

    def finding(self) -> _Finding:
        """Call it on the main probes and judge what comes back."""
        outcomes = [self.plan.run(probe) for probe in self.probes]
        form = self._form(outcomes, self.plan)
        last = outcomes[3].values
        if form is None and last is not None and (three := self._form(outcomes[:3], self.plan)) is not None:
            shape = shapes.right_shape(three, self.probes[3])
            if last.size == np.prod(shape):  # as squeeze does
                whole = [*outcomes[:3], replace(outcomes[3], values=last.reshape(shape), returned=None)]
                return self._single_row(self._judged(whole, three), last.shape)
        if form is None:
            readable = self._readable(outcomes)
            if readable is not None:
                return readable
            alone = row_by_row(self.plan)
            rows = [alone.run(probe) for probe in self.probes]
            row_form = self._form(rows, alone)
            if all(o.problem == "raises" for o in (*outcomes, *rows)):
                column = replace(alone, column=True)
                columns = [column.run(probe) for probe in self.probes]
                column_form = self._form(columns, column)
                if column_form is not None:
                    alone, rows, row_form = column, columns, column_form
            square = outcomes[2].values
            guess: Form = row_form or self._wanted()
            if (
                square is not None
                and square.shape == shapes.right_shape(guess, self.probes[2])
                and shapes.without_keepdims(square, self.probes[2], guess)
            ):
                return self._keepdims(outcomes)
            if row_form == "target" and (picked := self._picks_rows()) is not None:
                return picked
            if row_form is not None:
                self.plan = alone
                self.evidence.append("called with one vector at a time: it does not take a batch")
                found = self._judged(rows, row_form)
                return replace(found, rank=found.rank + _ALONE)
            return self._misfit(outcomes, rows)
        return self._judged(outcomes, form)

    # Shapes

    def _wanted(self) -> Form:
        if self.kind is not None:
            return FORM_OF[self.kind]
        return "map" if not self.plan.second else "vjp" if self.plan.second == "dy" else "target"

    def _form(self, outcomes: list[Outcome], plan: Plan) -> Form | None:
        """Return the form that all outcomes have, or None."""
        forms: set[Form] = set()
        for outcome, probe in zip(outcomes, self.probes, strict=False):
            values = outcome.values
            if values is None:
                return None
            shape = values.shape
            if plan.second:
                if shape != (probe.m, probe.n):
                    return None
                forms.add(FORM_OF[self.kind] if self.kind else "vjp" if plan.second == "dy" else "target")
            elif shape == (probe.m, probe.n):
                forms.add("map")
            elif shape == (probe.m, probe.n, probe.n) or shapes.whole_jacobian(values, probe) is not None:
                forms.add("matrix")
            else:
                return None
        if len(forms) > 1:
            return None
        form = forms.pop()
        return None if form == "matrix" and self.kind == "forward" else form

    def _single_row(self, finding: _Finding, shape: tuple[int, ...]) -> _Finding:
        """Return a finding on a function that gives a batch of one row another shape."""
        d = finding.diagnosis
        if d.verdict != "correct":
            return finding
        sentence = f"It is right on batches, but for a batch of one row the shape is {shape}."
        remedy = "Keep the batch axis: no squeeze(), and keepdims=True."
        return self._wrong(2.0, "single-row", sentence, remedy, d.evidence, d.kind, d.factor, d.errors)

    def _keepdims(self, outcomes: list[Outcome]) -> _Finding:
        failed = next((o.detail for o in outcomes if o.detail), "the shape is wrong")
        sentence = (
            "The sums of the rows are broadcast along the columns: keepdims=True is missing. "
            "It fails unless the batch is square, and then it is silently wrong."
        )
        remedy = "Write keepdims=True: e / e.sum(axis=-1, keepdims=True), and the same for the maximum."
        return self._wrong(5.0, "keepdims-missing", sentence, remedy, (f"on {self.probes[0].name}: {failed}",))

    def _misfit(self, outcomes: list[Outcome], rows: list[Outcome]) -> _Finding:
        kind = self.kind
        if all(o.problem == "raises" for o in outcomes) and any(o.problem != "raises" for o in rows):
            outcomes = rows
        problem = next((o for o in outcomes if o.problem == "raises"), None)
        kind_now = kind or words.likely_kind(self.plan.second)
        if problem is not None:
            label, sentence, remedy = words.raised(
                problem.detail, all(o.problem == "raises" for o in outcomes), self.probes, outcomes
            )
            evidence = tuple(f"{p.name}: {o.detail or 'returns'}" for p, o in zip(self.probes, outcomes, strict=True))
            return _Finding(80.0, Diagnosis("error", label, sentence, remedy, kind_now, evidence=evidence))
        problem = next((o for o in outcomes if o.values is None), None)
        if problem is not None:
            sentence = f"It {problem.detail}."
            return _Finding(
                70.0, Diagnosis("error", "no-numbers", sentence, "Return a NumPy array of floats.", kind_now)
            )
        return self._misshapen([o.values for o in outcomes if o.values is not None])

    def _picks_rows(self) -> _Finding | None:
        """Return the finding on p[y] -= 1 in a function whose softmax does take a batch."""
        square = self.probes[2]
        probe = Probe(square.name, square.z, square.dy, np.array([2, 0, 2, 1]))
        values = self.plan.run(probe).values
        if self.plan.second != "index" or values is None or values.shape != probe.z.shape:
            return None
        hit = np.array([1.0, 1.0, 1.0, 0.0])[:, None]
        if all(np.abs(values - c * (probe.p - hit)).max() > 1e-9 for c in (1.0, 0.25)):
            return None
        sentence = "It subtracts 1 from whole rows: p[y] -= 1 picks rows, not classes (right only for one vector)."
        return self._wrong(
            5.0,
            "rows-for-classes",
            sentence,
            "Use p[np.arange(m), y] -= 1.",
            ("it raises when a class number exceeds the rows",),
        )

    def _readable(self, outcomes: list[Outcome]) -> _Finding | None:
        """Return the finding on right values in a wrong shape, such as a transposed batch."""
        values = [o.values for o in outcomes if o.values is not None]
        if len(values) < len(outcomes):
            return None
        finding = self._misshapen(values)
        return finding if "the values are" in finding.diagnosis.sentence else None

    def _misshapen(self, values: list[Floats]) -> _Finding:
        found = [
            shapes.recognise(v.shape, probe, bool(self.plan.second), self._wanted())
            if v.shape != shapes.right_shape(self._wanted(), probe)
            else None
            for v, probe in zip(values, self.probes, strict=True)
        ]
        kinds = [f for f in found if f is not None]
        first = kinds[0]
        evidence = (f"the shape is {values[0].shape} for logits of shape {self.probes[0].z.shape}",)
        sentence = f"It returns {first.text}."
        if first.read is not None and all(f is None or f.label == first.label for f in found):
            form = first.form if first.form == "matrix" else self._wanted()
            try:
                read = tuple(
                    v if f is None or f.read is None else f.read(v, probe)
                    for v, f, probe in zip(values, found, self.probes, strict=True)
                )
            except ValueError:
                read = ()
            if first.label == "transposed" and read:  # a square batch is transposed, too
                read = tuple(v.T if f is None else w for v, w, f in zip(values, read, found, strict=True))
            if read and all(r.shape == shapes.right_shape(form, p) for r, p in zip(read, self.probes, strict=True)):
                matches = explain(form, read, self.seed)
                if matches:
                    sentence = f"It returns {first.text}; the values are {words.with_factor(matches[0])}."
        sentence += words.of_reduced(values, self.probes, self.kind, self.plan.second)
        return self._wrong(20.0, first.label, sentence, first.remedy, evidence)

    # Values

    def _judged(self, outcomes: list[Outcome], form: Form) -> _Finding:
        results = tuple(
            self._blocks(o.values, probe)
            for o, probe in zip(outcomes, self.probes, strict=True)
            if o.values is not None
        )
        dtypes = {str(o.dtype) for o in outcomes}
        notes = outcomes[0].notes
        changed = next((o.changed for o in outcomes if o.changed), "")
        if not all((np.abs(r) < _WILD).all() for r in results):
            return self._not_finite(results, form)
        matches = explain(form, results, self.seed)
        kind = self._told_kind(form, results, matches)
        truths = tuple(probe.truth(kind) for probe in self.probes)
        errors = tuple(
            (probe.name, relative_error(r, t)) for probe, r, t in zip(self.probes, results, truths, strict=True)
        )
        for _ in range(2):
            again = self.plan.run(self.probes[0]).values
            if again is None or not np.array_equal(self._blocks(again, self.probes[0]), results[0]):
                return self._unsteady(kind, errors, again, results[0])
        factor = self._factor(kind, results, truths)
        seen = _Seen(form, kind, results, truths, errors, matches, dtypes, notes, changed, outcomes)
        if factor is not None:
            return self._right(seen, factor, None)
        largest = max(float(np.abs(r).max()) for r in results)
        if largest < 1e-14 or (largest < 1e-9 and self._moved(results) > 1e-5):
            return self._zero(seen)
        return self._explained(seen)

    def _blocks(self, values: Floats, probe: Probe) -> Floats:
        blocks = shapes.whole_jacobian(values, probe) if not self.plan.second else None
        return values if blocks is None else blocks

    def _told_kind(self, form: Form, results: tuple[Floats, ...], matches: list[Match]) -> Kind:
        if form == "matrix":
            return "jacobian"
        if self.kind is not None and FORM_OF[self.kind] == form:
            return self.kind
        if form == "map" and (self.kind == "jacobian" or _DERIVATIVE.search(self.name)):
            return "elementwise"
        if form == "target":
            for kind, pattern in _OF_NAME:
                if pattern.search(self.name):
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
            kind: fit.worst(results, tuple(p.truth(kind) for p in self.probes))
            for kind in ("cross_entropy", "squared_error")
        }
        return "cross_entropy" if near["cross_entropy"] <= near["squared_error"] else "squared_error"

    def _factor(self, kind: Kind, results: tuple[Floats, ...], truths: tuple[Floats, ...]) -> str | None:
        """Return the factor with which the results are right, "1" or for a loss "1/m", or None."""
        if kind == "elementwise":
            return None
        if fit.worst(results, truths) <= RIGHT:
            return "1"
        if FORM_OF[kind] == "target":
            means = tuple(t / probe.m for t, probe in zip(truths, self.probes, strict=True))
            if fit.worst(results, means) <= RIGHT:
                return "1/m"
        return None

    def _right(self, seen: "_Seen", factor: str, inexact: Fit | None) -> _Finding:
        kind = seen.kind

        def scale(probe: Probe) -> float:
            return 1.0 / probe.m if factor == "1/m" and not self.plan.rows else 1.0

        tolerance = 1e-9 if inexact is None else 1e-5
        more = []
        for probe in more_probes(self.seed):
            outcome = self.plan.run(probe)
            values = None if outcome.values is None else self._blocks(outcome.values, probe)
            truth = probe.truth(kind) * scale(probe)
            floor = 0.0 if inexact is None else probe.size(kind) * scale(probe)
            error = float("inf") if values is None else relative_error(values, truth, floor)
            if kind == "forward" and values is not None and values.shape == truth.shape:
                error = max(error, _entry_error(values, truth) if inexact is None else 0.0)
            loose = probe.name == "a winner 17 ahead"
            more.append((probe.name, error))
            limit = (1e-4 if kind != "forward" else 1e-7) if loose else tolerance
            if inexact is not None and loose:
                continue
            if not error <= limit:
                return self._elsewhere(seen, probe, outcome, error)
        if any(outcome.is_overwritten() for outcome in seen.outcomes):
            return self._wrong(
                1.0,
                "shared-buffer",
                "The values are right, but a later call overwrites the array that an earlier call returned.",
                "Return a new array from every call, or a copy of the buffer.",
                seen.table(),
                kind,
                factor,
                seen.errors,
            )
        if seen.changed:
            return self._wrong(
                1.0,
                "changes-input",
                f"The values are right, but it writes to its {seen.changed} argument.",
                "Work on a copy: z = z - z.max(axis=-1, keepdims=True), not z -= …",
                seen.table(),
                kind,
                factor,
                seen.errors,
            )
        stress = where_it_breaks(self.plan, kind, scale, 1e-6 if inexact is None else 1e-4)
        last = self.plan.run(self.probes[0])
        values = None if last.values is None else self._blocks(last.values, self.probes[0])
        if values is None or not np.array_equal(values, seen.results[0]):
            error = float("inf") if values is None else relative_error(values, seen.results[0])
            return self._elsewhere(seen, replace(self.probes[0], name="the first batch again"), last, error)
        sentences = tuple(s.sentence for s in stress)
        if inexact is not None:
            sentences = (f"precision: {inexact.text}; {inexact.evidence}.", *sentences)
        if seen.notes:
            sentences += tuple(f"type: it {note}." for note in seen.notes)
        label = words.label_of_correct(stress, inexact)
        sentence = words.correct(kind, factor, self.plan, stress, inexact)
        remedy = words.remedy_of_correct(stress, inexact)
        return _Finding(
            0.0,
            Diagnosis(
                "correct",
                label,
                sentence,
                remedy,
                kind,
                factor,
                sentences,
                (*self.evidence, *seen.table()),
                seen.errors,
            ),
            self.plan.rows,
        )

    def _elsewhere(self, seen: "_Seen", probe: Probe, outcome: Outcome, error: float) -> _Finding:
        label, sentence, remedy = words.elsewhere(probe.name, outcome)
        evidence = (f"{probe.name}: " + (outcome.detail or words.of_error(error)),)
        return self._wrong(2.0, label, sentence, remedy, evidence, seen.kind, None, (*seen.errors, (probe.name, error)))

    def _zero(self, seen: "_Seen") -> _Finding:
        largest = max(float(np.abs(r).max()) for r in seen.results)
        label, sentence, remedy = words.zero(
            seen.kind, largest, all(d.startswith(("int", "uint")) for d in seen.dtypes)
        )
        evidence = (f"the largest entry is {scientific(largest)}" if largest else "every entry is 0",)
        return self._wrong(1.0, label, sentence, remedy, evidence, seen.kind, None, seen.errors)

    def _not_finite(self, results: tuple[Floats, ...], form: Form) -> _Finding:
        bad = sum(int((~np.isfinite(r)).sum()) for r in results)
        kind = self.kind or words.likely_kind(self.plan.second)
        what = "NaN or infinite numbers" if bad else "numbers beyond 1e100"
        sentence = f"It returns {what} on ordinary logits between −6 and 3.5."
        remedy = "Look for a logarithm or a root of a negative number, or a division by 0."
        raw = self.plan.second == "" and form == "map"
        if raw and all((np.isnan(r) == (p.z < 0)).all() for r, p in zip(results, self.probes, strict=True)):
            sentence += " It does so exactly where the logit is negative: a logarithm or root of the logits."
        evidence = (f"{bad} of {sum(r.size for r in results)} entries are not finite",)
        return self._wrong(30.0, "not-finite", sentence, remedy, evidence, kind)

    def _unsteady(
        self, kind: Kind, errors: tuple[tuple[str, float], ...], again: Floats | None, before: Floats
    ) -> _Finding:
        if again is not None and again.shape == before.shape and np.isfinite(again).all():
            moved = f"two calls with equal logits differ by up to {scientific(float(np.abs(again - before).max()))}"
        else:
            moved = "a second call with equal logits fails"
        return self._wrong(
            1.5,
            "not-deterministic",
            "It gives different results for the same logits: it is random, or remembers earlier calls.",
            "Remove noise, dropout and global state: the result may depend on the arguments only.",
            (moved,),
            kind,
            None,
            errors,
        )

    def _explained(self, seen: "_Seen") -> _Finding:
        kind, results, truths = seen.kind, seen.results, seen.truths
        inexact = seen.matches and seen.matches[0].is_right_for(kind)
        if seen.matches and not inexact:
            return self._matched(seen, seen.matches[0])
        if all(np.dtype(name).kind in "biu" for name in seen.dtypes):
            return self._fitted(seen, fit.whole_numbers(results), 3.0)
        error = fit.worst(results, truths)
        scaled = ("1", truths)
        if FORM_OF[kind] == "target":
            means = tuple(t / probe.m for t, probe in zip(truths, self.probes, strict=True))
            if fit.worst(results, means) < error:
                scaled = ("1/m", means)
        near = fit.worst(results, scaled[1])
        if near < 0.3 and kind != "elementwise":
            moved = self._moved(results)
            found = (
                fit.noisy(near, moved, kind)
                or fit.rounded(results, scaled[1])
                or fit.narrow(results, scaled[1], self._sizes(kind), seen.dtypes | self._formats(results, moved))
                or fit.epsilon(results, scaled[1], kind, self.probes)
                or (fit.finite_differences(results, truths, kind, self.probes) if scaled[0] == "1" else None)
                or fit.transposed_differences(results, truths, kind, self.probes)
                or (None if inexact else patterns.of(results, scaled[1], kind, self.probes))
            )
            if found is not None and found.right:
                return self._right(seen, scaled[0], found)
            if found is not None:
                return self._fitted(seen, found, 3.0)
        if inexact:
            return self._fitted(seen, fit.inaccurate(near), 9.0)
        for tolerance in (3e-6, 4e-3):
            loose = explain(seen.form, results, self.seed, tolerance)
            if loose and loose[0].is_right_for(kind):
                break
            if loose and loose[0].cost < 3.0:
                return self._matched(seen, loose[0], 1.0)
        found = (
            patterns.of(results, scaled[1], kind, self.probes)
            or fit.finite_differences(results, truths, kind, self.probes)
            or fit.temperature(results, kind, self.probes)
            or combination(results, kind, self.probes)
            or fit.epsilon(results, truths, kind, self.probes)
            or (fit.noisy(1.0, moved, kind) if (moved := self._moved(results)) else None)
        )
        if found is None and kind == "vjp":
            linear = self._as_matrix(seen)
            if linear is not None:
                return linear
        if found is None and moved == 0.0:
            found = fit.coarse(results, truths, kind, "float32" in seen.dtypes or self._moved(results, 1e-6) > 0.0)
        if found is None and moved == 0.0:  # in float32
            found = fit.noisy(1.0, self._moved(results, 1e-6), kind, 1e-6)
        if found is None and seen.changed and near < 1e-2:
            found = fit.inaccurate(near)
        if found is None:
            narrow = 1e-5 if "float32" in seen.dtypes else 1e-8
            found = by_experiment(self.plan, kind, self.probes[1], results[1], max(narrow, 30.0 * moved))
        if found is None and near < 1e-2:
            found = fit.inaccurate(near)
        if found is not None:
            return self._fitted(seen, found, 8.0)
        return self._unknown(seen)

    def _sizes(self, kind: Kind) -> tuple[Floats, ...]:
        return tuple(probe.size(kind) for probe in self.probes)

    def _formats(self, results: tuple[Floats, ...], moved: float) -> set[str]:
        """Return the narrow formats to which the logits are rounded before anything else."""
        found = {"float32"} if moved == 0.0 else set()
        if all(self._is_rounded_to_half(p, r) for p, r in zip(self.probes, results, strict=True)):
            found.add("float16")
        return found

    def _is_rounded_to_half(self, probe: Probe, result: Floats) -> bool:
        """Return whether all logits with the same neighbour in float16 give the same result."""
        half = probe.z.astype(np.float16)
        for part in (0.0, 0.45, -0.45):
            z = half.astype(np.float64) + part * np.spacing(half).astype(np.float64)
            again = self.plan.run(Probe(probe.name, z, probe.dy, probe.y)).values
            if again is None or not np.array_equal(again, result):
                return False
        return True

    def _moved(self, results: tuple[Floats, ...], by: float = 1e-13) -> float:
        """Return how far the results move, relative to their rows, when the logits move a little."""
        return max(self._moved_on(probe, result, by) for probe, result in zip(self.probes, results, strict=True))

    def _moved_on(self, probe: Probe, result: Floats, by: float) -> float:
        nudged = self.plan.run(Probe(probe.name, probe.z + by, probe.dy, probe.y)).values
        other = self.plan.run(Probe(probe.name, probe.z * (1.0 + by), probe.dy, probe.y)).values
        if nudged is None or other is None or nudged.shape != result.shape:
            return 0.0
        if not (np.isfinite(nudged).all() and np.isfinite(other).all()):
            return 0.0
        return max(relative_error(nudged, result), relative_error(other, result))

    def _matched(self, seen: "_Seen", match: Match, worse: float = 0.0) -> _Finding:
        label, sentence, remedy = words.explained(match, seen.kind)
        evidence = [f"{words.with_factor(match)} explains every entry to {scientific(match.residual)}"]
        if seen.changed:
            evidence.append(f"it writes to its {seen.changed} argument, too")
        return self._wrong(
            4.0 + match.cost + worse,
            label,
            sentence,
            remedy,
            (*evidence, *seen.table()),
            seen.kind,
            match.factor,
            seen.errors,
        )

    def _as_matrix(self, seen: "_Seen") -> _Finding | None:
        """Explain the matrix by which a backward pass multiplies dy."""
        matrices = matrix_of(self.plan, self.probes, seen.results)
        if matrices is None:
            return None
        truths = tuple(probe.truth("jacobian") for probe in self.probes)
        matches = explain("matrix", matrices, self.seed)
        if matches:
            label, sentence, remedy = words.explained(matches[0], "jacobian")
            sentence = f"It multiplies dy by the wrong matrix. {sentence}"
            return self._wrong(6.0, label, sentence, remedy, seen.table(), seen.kind, matches[0].factor, seen.errors)
        found = patterns.of(matrices, truths, "jacobian", self.probes) or combination(matrices, "jacobian", self.probes)
        if found is None:
            return None
        return self._fitted(seen, replace(found, text=f"dy times a matrix with {found.text}"), 7.0)

    def _fitted(self, seen: "_Seen", found: Fit, rank: float) -> _Finding:
        sentence = f"It computes {found.text}, instead of {words.truth(seen.kind)}."
        if found.label != "combination":
            sentence = f"It returns {found.text}."
        if seen.changed and found.label in ("inaccurate", "step-too-small"):
            return self._wrong(
                rank,
                "changes-input",
                f"{sentence} It writes to its {seen.changed} argument and does not put it back.",
                "Work on a copy: z = z.copy(); or restore what you nudge before the next step.",
                (found.evidence, *seen.table()),
                seen.kind,
                None,
                seen.errors,
            )
        remedy = found.remedy or words.remedy(seen.kind)
        return self._wrong(
            rank, found.label, sentence, remedy, (found.evidence, *seen.table()), seen.kind, None, seen.errors
        )

    def _unknown(self, seen: "_Seen") -> _Finding:
        symptoms = words.symptoms(seen.results, seen.truths, seen.kind)
        sentence = f"It is not {words.truth(seen.kind)}, and no known mistake explains it."
        if symptoms:
            sentence += f" {symptoms[0][:1].upper()}{symptoms[0][1:]}."
        return _Finding(
            50.0,
            Diagnosis(
                "unknown",
                "unknown",
                sentence,
                words.remedy(seen.kind),
                seen.kind,
                evidence=(*self.evidence, *symptoms, *seen.table()),
                errors=seen.errors,
            ),
        )

    def _wrong(
        self,
        rank: float,
        label: str,
        sentence: str,
        remedy: str,
        evidence: tuple[str, ...],
        kind: Kind | None = None,
        factor: str | None = None,
        errors: tuple[tuple[str, float], ...] = (),
    ) -> _Finding:
        kind = kind or self.kind or words.likely_kind(self.plan.second)
        told = (*self.evidence, *evidence)
        return _Finding(rank, Diagnosis("wrong", label, sentence, remedy, kind, factor, (), told, errors))


@dataclass(frozen=True, eq=False)
class _Seen:
    """What came back from the main probes, beside the truth."""

    form: Form
    kind: Kind
    results: tuple[Floats, ...]
    truths: tuple[Floats, ...]
    errors: tuple[tuple[str, float], ...]
    matches: list[Match]
    dtypes: set[str]
    notes: tuple[str, ...]
    changed: str
    outcomes: list[Outcome]

    def table(self) -> tuple[str, ...]:
        """Return the first entries beside the true ones."""
        index = (0,) * (self.results[0].ndim - 1)
        yours = ", ".join(f"{x:.6g}" for x in self.results[0][index][:3])
        true = ", ".join(f"{x:.6g}" for x in self.truths[0][index][:3])
        return (f"first entries: yours {yours}; true {true}".replace("-", "−"),)


def _entry_error(values: Floats, truth: Floats) -> float:
    """The largest error relative to each entry itself, far coarser than the row's; 1e-300 stands for 0."""
    return float((np.abs(values - truth) / np.maximum(truth, 1e-300)).max()) * 1e-3
