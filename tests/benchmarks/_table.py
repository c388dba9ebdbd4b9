"""Tables of numbers as plain text."""

from collections.abc import Sequence


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows under heads: the first column flush left, the others flush right."""
    widths = [max(len(line[k]) for line in (heads, *rows)) for k in range(len(heads))]

    def line(cells: Sequence[str]) -> str:
        rest = (f"{cell:>{width}}" for cell, width in zip(cells[1:], widths[1:], strict=True))
        return "  ".join((f"{cells[0]:<{widths[0]}}", *rest))

    return "\n".join((line(heads), "  ".join("-" * width for width in widths), *map(line, rows)))


def verdict(what: str, value: float, limit: float, unit: str = "") -> str:
    """Return a line that says whether a value is within its limit."""
    met = "met     " if value <= limit else "NOT met "
    return f"{met} {what}: {value:.2f}{unit} (at most {limit:.2f}{unit})"
