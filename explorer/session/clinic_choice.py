"""What a person chose in the Clinic view alone."""

from dataclasses import dataclass

from explorer.session.checks import IntentError, between, one_of
from explorer.session.intake import quote

PAGES = ("specimens", "check", "function")
METHODS = ("forward", "central", "complex")
FIRST = "naive"
MOST_SEED = 2**32 - 2  # the upstream gradient takes the next one


@dataclass(frozen=True, slots=True)
class ClinicChoice:
    """A frozen record; checked on creation.

    ``page`` is what the view shows; ``specimen`` the implementation on show; ``seed`` gives the present row its three
    neighbours and backward passes their upstream gradient; ``methods`` are the curves of the gradient check, put in
    the order of METHODS. Raises IntentError for what lies outside these limits.
    """

    page: str = "specimens"
    specimen: str = FIRST
    seed: int = 0
    methods: tuple[str, ...] = METHODS

    def __post_init__(self) -> None:
        one_of("part of the Clinic", self.page, PAGES)
        if self.specimen != FIRST:
            from explorer.model.specimens import SPECIMENS  # only now: a start needs none of them

            if self.specimen not in SPECIMENS:
                raise IntentError(f"The specimen {quote(self.specimen)} is unknown; choose one of the Clinic’s list.")
        between("seed", self.seed, 0, MOST_SEED)
        for name in self.methods:
            one_of("method", name, METHODS)
        object.__setattr__(self, "methods", tuple(name for name in METHODS if name in self.methods))
