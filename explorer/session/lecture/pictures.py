"""What a scene can show, hide or offer, by the names that stand in a lecture file."""

# The pictures of each view, by the names of their modules.
PICTURES: dict[str, tuple[str, ...]] = {
    "explore": ("probabilities", "jacobian", "gradient", "vanishing"),
    "vanishing": ("gradient_size", "formats", "two_losses", "spectrum", "attention"),
    "clinic": ("specimen_list", "code", "verdict", "comparison", "gradient_check"),
    "layer": (
        "layer_features",
        "layer_weights",
        "layer_output",
        "layer_chain",
        "layer_gradient",
        "samples_table",
        "sample_gradients",
        "batch_gradient",
        "regions",
        "training_curves",
        "outcome",
    ),
}
# The controls: "logits" are the rows with name, slider, typed value and target mark, "classes" the buttons − and +.
CONTROLS = ("logits", "classes", "spread", "shift", "loss", "compared", "presets")


def all_pictures() -> tuple[str, ...]:
    """Return the names of the pictures of every view."""
    return tuple(name for names in PICTURES.values() for name in names)
