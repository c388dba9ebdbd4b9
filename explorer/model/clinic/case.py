"""What an examination hands on: one way of calling a function, what came back from it, and what that shows."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from explorer.model.clinic import words
from explorer.model.clinic.calling import Outcome, Plan
from explorer.model.clinic.diagnosis import Diagnosis, Kind
from explorer.model.clinic.dictionary import Match
from explorer.model.clinic.fit import Results
from explorer.model.clinic.formula import FORM_OF, Form
from explorer.model.clinic.probes import Probe
from explorer.model.clinic.shapes import whole_jacobian
from explorer.model.exact import Floats


@dataclass(frozen=True)
class Finding:
    """A diagnosis of one way of calling; the lower the rank, the better it explains what happened."""

    rank: float
    diagnosis: Diagnosis
    rows: bool = False  # it was called with one vector at a time


@dataclass(frozen=True, eq=False)
class Case:
    """One way of calling a function, what the function is meant to be, and the main probes to call it on."""

    plan: Plan
    kind: Kind | None
    seed: int
    name: str
    probes: tuple[Probe, ...]
    evidence: tuple[str, ...] = ()  # told before all other evidence

    @property
    def wanted(self) -> Form:
        """The form that the results should have."""
        if self.kind is not None:
            return FORM_OF[self.kind]
        return "map" if not self.plan.second else "vjp" if self.plan.second == "dy" else "target"

    @property
    def likely_kind(self) -> Kind | None:
        """What it is meant to be, or else what its arguments suggest."""
        return self.kind or words.likely_kind(self.plan.second)

    def blocks(self, values: Floats, probe: Probe) -> Floats:
        """Return the values, a whole batch's Jacobian as one matrix for each row."""
        blocks = whole_jacobian(values, probe) if not self.plan.second else None
        return values if blocks is None else blocks

    def wrong(
        self,
        rank: float,
        label: str,
        sentence: str,
        remedy: str,
        evidence: tuple[str, ...],
        kind: Kind | None = None,
        factor: str | None = None,
        errors: tuple[tuple[str, float], ...] = (),
    ) -> Finding:
        """Return the finding that it is wrong."""
        told = (*self.evidence, *evidence)
        kind = kind or self.likely_kind
        return Finding(rank, Diagnosis("wrong", label, sentence, remedy, kind, factor, (), told, errors))


@dataclass(frozen=True, eq=False)
class Seen:
    """What came back from the main probes, beside the truth."""

    case: Case
    form: Form
    kind: Kind
    results: Results
    truths: Results
    errors: tuple[tuple[str, float], ...]
    matches: list[Match]
    outcomes: list[Outcome]

    @cached_property
    def dtypes(self) -> set[str]:
        """The names of the number formats that came back."""
        return {str(outcome.dtype) for outcome in self.outcomes}

    @property
    def changed(self) -> str:
        """Which argument it writes to, "" for none."""
        return next((outcome.changed for outcome in self.outcomes if outcome.changed), "")

    @property
    def largest(self) -> float:
        """The largest entry, without its sign."""
        return max(float(np.abs(r).max()) for r in self.results)

    @cached_property
    def accepted(self) -> dict[str, Results]:
        """The factors with which the results would be right, "1" and for a loss "1/m", with the truths times them."""
        if FORM_OF[self.kind] != "target":
            return {"1": self.truths}
        means = tuple(t / probe.m for t, probe in zip(self.truths, self.case.probes, strict=True))
        return {"1": self.truths, "1/m": means}

    def table(self) -> tuple[str, ...]:
        """Return the first entries beside the true ones."""
        index = (0,) * (self.results[0].ndim - 1)
        yours = ", ".join(f"{x:.6g}" for x in self.results[0][index][:3])
        true = ", ".join(f"{x:.6g}" for x in self.truths[0][index][:3])
        return (f"first entries: yours {yours}; true {true}".replace("-", "−"),)

    def wrong(
        self,
        rank: float,
        label: str,
        sentence: str,
        remedy: str,
        evidence: tuple[str, ...],
        factor: str | None = None,
    ) -> Finding:
        """Return the finding that it is wrong, with the errors on the main probes."""
        return self.case.wrong(rank, label, sentence, remedy, evidence, self.kind, factor, self.errors)
