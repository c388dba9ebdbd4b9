"""What training is called on screen: data sets, losses, formats, curves and runs."""

from explorer.model import LOSSES
from explorer.session.curves import SHORT_TITLES
from explorer.session.format_words import SHORT_FORMATS
from explorer.session.samples import PRESETS
from explorer.session.training_choice import FORMATS, LOADED, TrainingChoice
from explorer.session.training_run import Run

DATA_TITLES = {
    "two_blobs": "Two blobs",
    "three_blobs": "Three blobs",
    "rings": "Rings",
    "spirals": "Spirals",
    "separable": "Separable, with a margin",
    "mislabelled": "One mislabelled point",
}
OPTIMIZER_TITLES = {"sgd": "Gradient descent", "momentum": "Momentum 0.9", "adam": "Adam"}
# Long and short names of the curves.
CURVE_TITLES = {
    "loss": ("loss", "loss"),
    "accuracy": ("accuracy", "acc."),
    "gradient_norm": ("‖∂L/∂W‖", "‖∂L/∂W‖"),
    "jacobian_norm": ("mean ‖J‖₂", "‖J‖₂"),
    "p_max": ("mean p_max", "p_max"),
    "lost": ("gradient exactly 0", "lost"),
}


def data_title(choice: TrainingChoice) -> str:
    """Return what the data are called."""
    return PRESETS.get(choice.samples, choice.samples) if choice.data == LOADED else DATA_TITLES[choice.data]


def compared_choices() -> list[tuple[str, str]]:
    """Return what a second run can differ in, as values and titles."""
    losses = [(name, loss.title) for name, loss in LOSSES.items()]
    return [("none", "no second run"), *losses, *((name, name) for name in FORMATS)]


def run_title(run: Run, choice: TrainingChoice) -> str:
    """Return what a run is called: its loss, or where two runs differ in the format, that."""
    if choice.compared in FORMATS:
        return run.training.format
    return LOSSES[run.choice.loss].title


def short_run_title(run: Run, choice: TrainingChoice) -> str:
    """Return the same, as short as can be."""
    if choice.compared in FORMATS:
        return SHORT_FORMATS[run.training.format]
    return SHORT_TITLES[run.choice.loss]
