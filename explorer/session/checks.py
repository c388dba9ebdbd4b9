"""What the frozen records of a person's choices check themselves with."""

from explorer.session.intake import quote


class IntentError(ValueError):
    """A change that cannot be: one sentence that says what, where, and what to do."""


def one_of(what: str, value: object, values: tuple[str | None, ...]) -> None:
    """Raise IntentError, with the names to choose from, for a value that is none of them."""
    if value not in values:
        names = ", ".join(name for name in values if name is not None)
        raise IntentError(f"The {what} {quote(str(value))} is unknown; choose one of {names}.")


def between(what: str, value: int | float, low: int | float, high: int | float) -> None:
    """Raise IntentError for a number out of range."""
    if not low <= value <= high:
        raise IntentError(f"The {what} is {value}; it must lie between {low} and {high}.")
