"""A diagnosis as lines of text, made from plain values."""

from typing import Any

from explorer.trial.outcome import Outcome
from explorer.trial.source import KINDS

VERDICTS = {"correct": "✓ Correct", "wrong": "✗ Wrong", "unknown": "? Unknown", "error": "! Could not be run"}


def readable(text: str) -> str:
    """Return printed text without control characters, which could move a terminal's cursor."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def report_lines(outcome: Outcome) -> list[str]:
    """Return a diagnosis for a terminal."""
    found = outcome.diagnosis or {}
    kind = str(found.get("kind") or "")
    as_what = f", taken as {KINDS[kind].partition(',')[0]}" if kind in KINDS else ""
    label = f" · {found['label']}" if found.get("label") not in ("", None, outcome.verdict) else ""
    lines = [
        f"{outcome.name}: {outcome.function}{as_what}",
        "",
        f"{VERDICTS[outcome.verdict]}{label}",
        outcome.sentence or str(found.get("sentence", "")),
    ]
    if found.get("remedy"):
        lines += ["", f"Mend it: {found['remedy']}"]
    for title, name in (("Evidence", "evidence"), ("Where it breaks", "stress")):
        entries = texts(found.get(name))
        if entries:
            lines += ["", f"{title}:", *(f"  {entry}" for entry in entries)]
    if outcome.table:
        width = max(len(name) for name, _ in outcome.table)
        lines += ["", "Largest relative error:", *(f"  {name:{width}}  {error}" for name, error in outcome.table)]
    if outcome.notes:
        lines += ["", *outcome.notes]
    return [readable(line) for line in lines]


def texts(value: Any) -> list[str]:
    """Return a text, or a list of texts, as a list."""
    if not value:
        return []
    if isinstance(value, str):
        return [value]
    return [str(entry) for entry in value]
