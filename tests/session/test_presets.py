"""The presets: every number that a sentence promises is there in the model."""

import re
from collections.abc import Callable

import pytest
from figures import read

from explorer.session.intent import Intent
from explorer.session.picks import norm_text, p_text
from explorer.session.presets import PRESETS, Preset, preset_of
from explorer.session.snapshot import Snapshot, resolve
from explorer.session.state_line import from_line, to_line

BY_NAME = {preset.name: preset for preset in PRESETS}
QUOTED = re.compile(r"\d+(?:\.\d+)?(?:e[+−-]?\d+)?|½|[a-z]+ thirds|NaN|²")


def gap(s: Snapshot) -> float:
    """Return how far the first logit leads."""
    return s.intent.effective[0] - max(s.intent.effective[1:])


# What each sentence quotes, and whether it is so.
CLAIMS: dict[str, dict[str, Callable[[Snapshot], bool]]] = {
    "ahead": {
        "two thirds": lambda s: abs(float(s.softmax.p.max()) - 2 / 3) < 0.01,
        "4": lambda s: s.intent.target == 3 and s.softmax.p[3] < 0.05,
    },
    "uniform": {
        "1": lambda s: set(s.softmax.p) == {1 / s.intent.n} and float(s.softmax.trace) == 1 - 1 / s.intent.n,
        "²": lambda s: abs(float(s.softmax.trace) - (1.0 - float((s.softmax.p**2).sum()))) < 1e-15,
    },
    "confidently_wrong": {
        "20": lambda s: gap(s) == 20.0 and s.intent.target == 1,
        "1.41": lambda s: s.chosen.loss.name == "cross_entropy" and shown("1.41", 10.0**s.chosen.log10_norm),
        "7.7e−9": lambda s: s.compared is not None and norm_text(s.compared.log10_norm) == "7.7e−9",
    },
    "tie": {"½": lambda s: s.softmax.p[0] == s.softmax.p[1] and abs(float(s.softmax.p[0]) - 0.5) < 0.02},
    "one_two_three": {},
    "one_two_five": {"0.936": lambda s: p_text(s, 2) == "0.936"},
    "thousands": {"2.6e−869": lambda s: p_text(s, 0) == "2.6e−869", "NaN": lambda s: max(s.intent.effective) > 709.8},
    "sample_row": {"1": lambda s: abs(sum(s.intent.logits) - 1.0) < 1e-12},
    "shift": {},
    "one_hot": {
        "50": lambda s: gap(s) == 50.0,
        "7.7e−22": lambda s: shown("7.7e−22", float(abs(s.jacobian).max())),
        "0": lambda s: bool((s.jacobian != 0.0).all()),
    },
}


def shown(text: str, truth: float) -> bool:
    """Tell whether a text is a number, rounded."""
    figure = read(text)
    return abs(float(figure.value) - truth) <= float(figure.half_unit)


@pytest.mark.parametrize("preset", PRESETS, ids=BY_NAME)
def test_every_number_quoted_is_true(preset: Preset) -> None:
    snapshot, claims = resolve(preset.intent), CLAIMS[preset.name]
    assert set(QUOTED.findall(preset.look_at)) == set(claims), "quoted numbers and checked ones differ"
    untrue = [quoted for quoted, holds in claims.items() if not holds(snapshot)]
    assert untrue == []


def test_the_claims_would_notice_other_logits() -> None:
    """The twin: each claim that quotes a number fails for some other preset's state."""
    snapshots = [resolve(preset.intent) for preset in PRESETS]
    for name, claims in CLAIMS.items():
        for quoted, holds in claims.items():
            assert not all(holds(snapshot) for snapshot in snapshots) or quoted in "²0", (name, quoted)


def test_at_least_the_presets_of_the_specification_are_there() -> None:
    expected = {
        "uniform": (0.0,) * 5,
        "one_two_three": (1.0, 2.0, 3.0),
        "one_two_five": (1.0, 2.0, 5.0),
        "thousands": (1000.0, 2000.0, 3000.0),
        "sample_row": (0.3394572666491664, 0.3089068053925853, 0.3516359279582483),
    }
    assert {name: BY_NAME[name].intent.logits for name in expected} == expected
    assert {"ahead", "confidently_wrong", "tie", "shift", "one_hot"} <= BY_NAME.keys()


def test_names_titles_and_states_are_unique() -> None:
    for values in ([p.name for p in PRESETS], [p.title for p in PRESETS], [to_line(p.intent) for p in PRESETS]):
        assert len(set(values)) == len(PRESETS)


@pytest.mark.parametrize("preset", PRESETS, ids=BY_NAME)
def test_a_preset_fits_in_a_line_and_in_the_menu(preset: Preset) -> None:
    assert from_line(to_line(preset.intent)) == (preset.intent, [])
    assert preset.name.isidentifier()
    assert preset.look_at.endswith(".") and preset.look_at[0].isupper()
    assert 0 < len(preset.title) <= 40


def test_a_state_knows_its_preset() -> None:
    assert [preset_of(preset.intent) for preset in PRESETS] == list(PRESETS)
    assert preset_of(Intent(logits=(0.25,), target=0)) is None


def test_the_shift_preset_stays_on_its_ghost_at_any_shift() -> None:
    intent = BY_NAME["shift"].intent
    for shift in (-1000.0, -100.0, 0.0, 100.0, 1000.0):
        snapshot = resolve(intent.with_changes(shift=shift))
        assert snapshot.ghost is not None
        assert snapshot.softmax.p.tolist() == snapshot.ghost.p.tolist()


def test_the_sample_row_is_nearly_uniform() -> None:
    p = resolve(BY_NAME["sample_row"].intent).softmax.p
    assert 0.32 < p.min() < p.max() < 0.35


def test_one_pulls_ahead() -> None:
    assert resolve(BY_NAME["ahead"].intent).softmax.winner == 0


def test_the_trace_is_largest_where_all_are_equal() -> None:
    uniform = BY_NAME["uniform"].intent
    traces = [float(resolve(uniform.with_logit(0, z)).softmax.trace) for z in (-1.0, -0.1, 0.0, 0.1, 1.0)]
    assert traces[2] == max(traces)
    assert traces.count(traces[2]) == 1
