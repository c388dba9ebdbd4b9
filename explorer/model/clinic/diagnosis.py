"""What the clinic says about a function: plain values that can be printed, compared and sent between processes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, TypeAlias, get_args

Verdict: TypeAlias = Literal["correct", "wrong", "unknown", "error"]
Kind: TypeAlias = Literal["forward", "jacobian", "elementwise", "vjp", "cross_entropy", "squared_error"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Diagnosis:
    """What a function computes, and how to mend it.

    Parameters
    ----------
    verdict : "correct", "wrong", "unknown" or "error"
        "correct": right on every moderate probe. "unknown": not right, and no known mistake explains it.
        "error": it could not be run, or returned no numbers.
    label : str
        A short stable name: ``"correct"``, ``"row-sum"``, ``"diagonal-only"``; where two mistakes meet, both
        names joined by ``+``.
    sentence, remedy : str
        What it computes instead, and how to mend it. The remedy of a correct function may be empty.
    kind : str or None
        What the function was recognised as, or None when it could not be called.
    factor : str or None
        The constant factor of the result against what the sentence names: ``"1"``, ``"−1"``, ``"1/m"``, ``"0.7"``.
    stress : tuple of str
        Where a correct function breaks, one sentence each.
    evidence : tuple of str
        The numbers behind the verdict, one line each.
    errors : tuple of (str, float)
        The largest relative error on each probe; infinite where there is no number to compare.
    """

    verdict: Verdict
    label: str
    sentence: str
    remedy: str = ""
    kind: Kind | None = None
    factor: str | None = None
    stress: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    errors: tuple[tuple[str, float], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain values (text, numbers, lists) that JSON can hold; an infinite error becomes None."""
        plain = asdict(self)
        plain["stress"], plain["evidence"] = list(self.stress), list(self.evidence)
        plain["errors"] = [[name, error if error < float("inf") else None] for name, error in self.errors]
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "Diagnosis":
        """Return the diagnosis that ``to_dict`` gave these values for; unknown names are left out."""
        known = {field.name: plain[field.name] for field in fields(cls) if field.name in plain}
        known["stress"], known["evidence"] = tuple(known.get("stress", ())), tuple(known.get("evidence", ()))
        known["errors"] = tuple(
            (name, float("inf") if error is None else float(error)) for name, error in known.get("errors", ())
        )
        return cls(**known)
