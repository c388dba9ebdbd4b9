"""Training runs worth watching, each at the step where it has become what its name says."""

from dataclasses import dataclass, replace

from explorer.session.training_choice import TrainingChoice


@dataclass(frozen=True, slots=True)
class TrainingPreset:
    """A named choice and the sentence that says what to look at; ``steps`` is how far it takes to see it."""

    name: str
    title: str
    look_at: str
    choice: TrainingChoice
    steps: int

    def for_watching(self, now: TrainingChoice) -> TrainingChoice:
        """Return the choice at its start, with curves and axis as they are shown now."""
        return replace(self.choice, curves=now.curves, axis=now.axis)


TRAINING_PRESETS = (
    TrainingPreset(
        "stalls",
        "Stalls with squared error, learns with cross-entropy",
        "The same start, sure of wrong classes: squared error’s gradient dies in J, cross-entropy’s does not pass it.",
        TrainingChoice(
            data="three_blobs", seed=8, scale=100.0, rate=1.0, loss="squared_error", compared="cross_entropy"
        ),
        1000,
    ),
    TrainingPreset(
        "saturated",
        "Saturated start",
        "Weights 100 times too large: J is next to 0 before the first step, and stays there.",
        TrainingChoice(data="two_blobs", seed=8, scale=100.0, rate=1.0, loss="squared_error"),
        500,
    ),
    TrainingPreset(
        "format",
        "bfloat16 stops learning, float32 goes on",
        "The gradient is there, but rate × gradient is less than half a unit of bfloat16: no weight moves any more.",
        TrainingChoice(data="three_blobs", seed=0, rate=0.01, format="bfloat16", compared="float32", speed="most"),
        2000,
    ),
    TrainingPreset(
        "converged",
        "Converged: the gradient vanishes because it is right",
        "All are right, p is close to y: gradient and J are both small, and nothing is wrong with that.",
        TrainingChoice(data="separable", rate=1.0, optimizer="momentum"),
        1000,
    ),
)


def at_its_end(preset: TrainingPreset) -> TrainingChoice:
    """Return the choice of a preset after its steps."""
    return replace(preset.choice, step=preset.steps)


def preset_of(choice: TrainingChoice) -> TrainingPreset | None:
    """Return the preset that a choice is a moment of, if there is one."""
    return next((p for p in TRAINING_PRESETS if p.choice.run == choice.run and not choice.changes), None)
