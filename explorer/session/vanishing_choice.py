"""What a person chose in the Vanishing view alone."""

from dataclasses import dataclass, replace

from explorer.session.checks import IntentError, between, one_of

PAGES = ("formats", "spectrum", "attention")
DIRECTIONS = ("spread", "logit", "gap")
SPEEDS = ("0.5", "1", "2", "4")
SPECTRUM_SCALES = ("linear", "log")
WIDTHS: tuple[int, ...] = tuple(2**k for k in range(2, 13))  # 4 to 4096
MOST_SEED = 2**32 - 1


@dataclass(frozen=True, slots=True)
class VanishingChoice:
    """A frozen record; checked on creation.

    ``page`` is what stands below or instead of the curves; ``direction`` and ``logit`` (a class, from 0) say which
    way the logits diverge; ``speed`` multiplies the speed of playing; ``eigenvector`` counts from the largest
    eigenvalue, 0, to the null vector, n − 1; ``width`` and ``seed`` belong to the random queries and keys.
    Raises IntentError for what lies outside these limits.
    """

    page: str = "formats"
    direction: str = "spread"
    logit: int = 0
    speed: str = "1"
    spectrum_scale: str = "linear"
    eigenvector: int = 0
    width: int = 64
    seed: int = 1

    def __post_init__(self) -> None:
        one_of("page", self.page, PAGES)
        one_of("direction", self.direction, DIRECTIONS)
        one_of("speed", self.speed, SPEEDS)
        one_of("spectrum's scale", self.spectrum_scale, SPECTRUM_SCALES)
        between("seed", self.seed, 0, MOST_SEED)
        if self.width not in WIDTHS:
            raise IntentError(f"The width is {self.width}; it must be a power of two from {WIDTHS[0]} to {WIDTHS[-1]}.")

    def for_classes(self, n: int) -> "VanishingChoice":
        """Return what of it fits n classes: a class that has gone gives way to the first."""
        if max(self.logit, self.eigenvector) < n:
            return self
        return replace(self, logit=min(self.logit, n - 1), eigenvector=min(self.eigenvector, n - 1)) if n else self
