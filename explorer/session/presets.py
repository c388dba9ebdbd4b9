"""Presets: states worth starting from, each with the sentence that says what to look at."""

from dataclasses import dataclass

from explorer.session.intent import Intent

SAMPLE_ROW = (0.3394572666491664, 0.3089068053925853, 0.3516359279582483)


@dataclass(frozen=True, slots=True)
class Preset:
    """A named state."""

    name: str
    title: str
    look_at: str
    intent: Intent


PRESETS = (
    Preset(
        "ahead",
        "One class pulls ahead",
        "The largest logit takes two thirds; the target, class 4, gets little.",
        Intent(target=3),
    ),
    Preset(
        "uniform",
        "Uniform",
        "Equal logits: every class has 1/n, and the trace of J, 1 − Σp², is as large as it gets.",
        Intent(logits=(0.0,) * 5, target=0),
    ),
    Preset(
        "confidently_wrong",
        "Confidently wrong",
        "The target loses by a gap of 20: cross-entropy still sends 1.41, squared error only 7.7e−9.",
        Intent(logits=(20.0, 0.0, 0.0), target=1, gradient_scale="log", jacobian_scale="log"),
    ),
    Preset(
        "tie",
        "A tie",
        "Two equal leaders: p is close to ½ for both, where J is steepest.",
        Intent(logits=(2.0, 2.0, -1.0), target=0),
    ),
    Preset("one_two_three", "[1, 2, 3]", "The textbook row.", Intent(logits=(1.0, 2.0, 3.0), target=2)),
    Preset("one_two_five", "[1, 2, 5]", "The winner at 0.936.", Intent(logits=(1.0, 2.0, 5.0), target=0)),
    Preset(
        "thousands",
        "[1000, 2000, 3000]",
        "Naive exp overflows to NaN; here p goes on down to 2.6e−869.",
        Intent(
            logits=(1000.0, 2000.0, 3000.0),
            target=2,
            probability_scale="log",
            jacobian_scale="log",
            gradient_scale="log",
        ),
    ),
    Preset(
        "sample_row",
        "Sample row of 3 features",
        "The row already sums to 1: softmax of a softmax is nearly uniform.",
        Intent(logits=SAMPLE_ROW, target=0),
    ),
    Preset(
        "shift",
        "Shift invariance",
        "Move the shift: the bars stay on their ghost, since the same is added to every logit.",
        Intent(logits=(2.0, 1.0, 0.0, -1.0), target=0, shift=100.0, ghost=(2.0, 1.0, 0.0, -1.0)),
    ),
    Preset(
        "one_hot",
        "One hot",
        "A gap of 50: p looks one-hot, yet J is 7.7e−22, not 0.",
        Intent(
            logits=(50.0, 0.0, 0.0, 0.0, 0.0),
            target=0,
            probability_scale="log",
            jacobian_scale="log",
            gradient_scale="log",
        ),
    ),
)

START = PRESETS[0].intent  # what the app opens with


def preset_of(intent: Intent) -> Preset | None:
    """Return the preset whose state this is, in whichever view and whatever the layer, if there is one."""
    alike = [preset for preset in PRESETS if preset.intent.logits == intent.logits]  # hardly ever any: tell it fast
    same = {"view": intent.view, "layer": intent.layer, "training": intent.training}
    return next((preset for preset in alike if preset.intent.with_changes(**same) == intent), None)
