"""A Snapshot computes nothing until asked, takes over what did not change, and never shows anything stale."""

import math
from collections.abc import Callable
from functools import cached_property

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from intents import MODERATE, intents

from explorer.model import LOSSES
from explorer.session.intent import SPREAD_RANGE, Intent
from explorer.session.snapshot import CURVE_SPREADS, LossReading, Snapshot, resolve

START = Intent(logits=(2.0, 1.0, 0.1), target=0, ghost=(1.0, 2.0, 3.0))
PARTS = frozenset(name for name, part in vars(Snapshot).items() if isinstance(part, cached_property))
OF_SOFTMAX = {
    "softmax",
    "jacobian",
    "log10_jacobian",
    "jacobian_sums",
    "p_texts",
    "log10_eigenvalues",
    "eigenvectors",
}
OF_LOGITS = {"curves", "sweep", "marks", "lost_at", "breaks_at"}
OF_BATCH = {"right_here", "examination"}
OF_LAYER = {"layer", "samples", "batch"}
LOSS_PARTS = frozenset(name for name, part in vars(LossReading).items() if isinstance(part, cached_property))


def computed(snapshot: Snapshot) -> dict[str, object]:
    """Return the parts that have been computed or taken over."""
    return {name: part for name, part in vars(snapshot).items() if name in PARTS}


def asked(intent: Intent) -> Snapshot:
    """Return a snapshot of which every part has been asked for."""
    snapshot = resolve(intent)
    for name in PARTS:
        getattr(snapshot, name)
    return snapshot


def test_the_parts_are_known() -> None:
    rest = {"readings", "format_table", "ghost", "attention", "gradient_check"}
    assert OF_SOFTMAX | OF_LOGITS | OF_BATCH | OF_LAYER | rest == PARTS


def test_a_snapshot_computes_nothing_until_asked() -> None:
    snapshot = resolve(START)
    assert computed(snapshot) == {}
    assert computed(resolve(START.with_logit(0, 5.0), snapshot)) == {}
    assert snapshot.jacobian.shape == (3, 3)
    assert set(computed(snapshot)) == {"softmax", "jacobian"}
    assert not LOSS_PARTS & set(vars(snapshot.chosen))
    assert snapshot.chosen.arriving.shape == (3,)
    assert LOSS_PARTS & set(vars(snapshot.chosen)) == {"arriving"}


KEPT: dict[str, tuple[Callable[[Intent], Intent], set[str]]] = {
    "nothing": (lambda i: i, set(PARTS)),
    "what is only looks": (
        lambda i: i.with_changes(picked=(0, 1), jacobian_scale="log", labels=("cat",)),
        set(PARTS),
    ),
    "a logit": (lambda i: i.with_logit(1, 3.0), {"ghost", "attention"} | OF_LAYER),
    "another number of classes": (lambda i: i.with_classes(4), {"attention"} | OF_LAYER),
    "the spread": (lambda i: i.with_changes(spread=2.0), {"ghost", "attention"} | OF_LOGITS | OF_LAYER),
    "the shift": (lambda i: i.with_changes(shift=2.0), {"ghost", "curves", "attention"} | OF_LAYER),
    "the target": (lambda i: i.with_changes(target=1), {"ghost", "lost_at", "attention"} | OF_SOFTMAX | OF_LAYER),
    "the loss": (
        lambda i: i.with_changes(loss="focal"),
        PARTS - {"curves", "format_table", "gradient_check", "layer", "batch"},
    ),
    "the compared loss": (lambda i: i.with_changes(compared="kl"), PARTS - {"curves"}),
    "no compared loss": (lambda i: i.with_changes(compared=None), PARTS - {"curves"}),
    "the number format": (lambda i: i.with_changes(number_format="float16"), PARTS - {"marks", "batch"}),
    "the arithmetic": (lambda i: i.with_changes(arithmetic="naive"), PARTS - {"marks", "format_table", "lost_at"}),
    "the view and its curves": (lambda i: i.with_changes(view="vanishing", shown_curves=()), set(PARTS)),
    "the direction": (lambda i: i.with_choice("vanishing", direction="gap"), PARTS - {"sweep", "marks"}),
    "the seed": (lambda i: i.with_choice("vanishing", seed=5), PARTS - {"attention"}),
    "what else is chosen there": (
        lambda i: i.with_choice("vanishing", page="spectrum", speed="4", eigenvector=1, width=4, logit=1),
        set(PARTS),
    ),
    "the specimen": (lambda i: i.with_choice("clinic", specimen="vjp"), PARTS - {"breaks_at", "examination"}),
    "the neighbours": (lambda i: i.with_choice("clinic", seed=5), PARTS - OF_BATCH - {"breaks_at"}),
    "the page": (lambda i: i.with_choice("clinic", page="check", methods=()), set(PARTS)),
    "a weight": (lambda i: i.with_choice("layer", weights=((1.0,), (2.0,))), PARTS - {"layer", "batch"}),
    "the factor": (lambda i: i.with_choice("layer", scale=2.0), PARTS - {"layer", "batch"}),
    "a feature": (lambda i: i.with_choice("layer", x=(1.0, 2.0, 3.0)), PARTS - {"layer"}),
    "the sample's class": (lambda i: i.with_choice("layer", target=1), PARTS - {"layer"}),
    "the samples": (lambda i: i.with_choice("layer", samples="four_rows"), PARTS - {"samples", "batch"}),
    "the labels": (lambda i: i.with_choice("layer", labelling="none"), PARTS - {"samples", "batch"}),
    "the drawn weights": (lambda i: i.with_choice("layer", seed=2), PARTS - {"batch"}),
    "what else is chosen in the layer": (
        lambda i: i.with_choice("layer", page="batch", sample=1, reduction="sum", chain_scale="log", picked=(0, 1, 0)),
        set(PARTS),
    ),
    "the ghost": (lambda i: i.with_changes(ghost=None), PARTS - {"ghost"}),
}


@pytest.mark.parametrize(("change", "kept"), KEPT.values(), ids=KEPT)
def test_a_change_keeps_exactly_what_it_does_not_touch(change: Callable[[Intent], Intent], kept: set[str]) -> None:
    before = asked(START)
    after = resolve(change(START), before)
    assert set(computed(after)) == kept
    assert all(part is vars(before)[name] for name, part in computed(after).items())


def test_other_logits_with_the_same_effective_ones_keep_the_softmax_but_not_the_curves() -> None:
    before = asked(START)
    after = resolve(START.with_changes(logits=(4.0, 2.0, 0.2), spread=0.5), before)
    assert set(computed(after)) == PARTS - OF_LOGITS - OF_BATCH


@given(intents(MODERATE, largest=4), st.data())
def test_what_is_taken_over_is_never_stale(intent: Intent, data: st.DataObject) -> None:
    other = data.draw(intents(MODERATE, largest=4))
    names = data.draw(
        st.sets(
            st.sampled_from(
                ["spread", "shift", "loss", "compared", "jacobian_scale", "number_format", "arithmetic", "clinic"]
            )
        )
    )
    change = {name: getattr(other, name) for name in names}
    if other.n == intent.n:
        rest = data.draw(st.sets(st.sampled_from(["logits", "target", "ghost", "picked"])))
        change |= {name: getattr(other, name) for name in rest}
    now = intent.with_changes(**change)
    same(resolve(now, asked(intent)), resolve(now))


def same(ours: Snapshot, fresh: Snapshot) -> None:
    """Check that two snapshots hold the same numbers, bit for bit."""
    for name in ("jacobian", "log10_jacobian", "jacobian_sums"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(fresh, name))
    np.testing.assert_array_equal(ours.softmax.p, fresh.softmax.p)
    assert ours.curves.keys() == fresh.curves.keys()
    for name, curve in fresh.curves.items():
        np.testing.assert_array_equal(ours.curves[name], curve)
    for name in fresh.sweep.names:
        np.testing.assert_array_equal(ours.sweep.log10(name), fresh.sweep.log10(name))
        np.testing.assert_array_equal(ours.marks[name], fresh.marks[name])
    for name, computed_in in fresh.format_table.items():
        assert {k: repr(v) for k, v in ours.format_table[name].items()} == {k: repr(v) for k, v in computed_in.items()}
    assert ours.lost_at == fresh.lost_at
    assert ours.right_here == fresh.right_here and ours.breaks_at == fresh.breaks_at
    assert ours.examination.specimen is fresh.examination.specimen
    for name in ("rows", "result", "truth", "error"):
        np.testing.assert_array_equal(getattr(ours.examination, name), getattr(fresh.examination, name))
    for name, errors in fresh.gradient_check.errors.items():
        np.testing.assert_array_equal(ours.gradient_check.errors[name], errors)
    assert (ours.ghost is None) == (fresh.ghost is None)
    if ours.ghost is not None and fresh.ghost is not None:
        np.testing.assert_array_equal(ours.ghost.p, fresh.ghost.p)
    assert [reading.loss.name for reading in ours.losses] == [reading.loss.name for reading in fresh.losses]
    for reading, new in zip(ours.losses, fresh.losses, strict=True):
        for name in LOSS_PARTS:
            np.testing.assert_array_equal(getattr(reading, name), getattr(new, name))


def test_resolving_is_pure() -> None:
    before = asked(START)
    parts, text = dict(vars(before)), repr(START)
    resolve(START.with_classes(7), before)
    assert repr(START) == text
    assert vars(before).keys() == parts.keys()
    assert all(vars(before)[name] is part for name, part in parts.items())
    same(resolve(START), resolve(START))


def test_the_revision_grows_by_one() -> None:
    first = resolve(START)
    second = resolve(START, first)
    assert (first.revision, second.revision, resolve(START, second).revision) == (1, 2, 3)


# -- what the parts are


@given(intents(MODERATE, largest=5))
def test_the_parts_are_those_of_the_model(intent: Intent) -> None:
    snapshot = resolve(intent)
    np.testing.assert_array_equal(snapshot.softmax.logits, intent.effective)
    np.testing.assert_array_equal(snapshot.jacobian, snapshot.softmax.jacobian())
    loss = LOSSES[intent.loss]
    np.testing.assert_array_equal(snapshot.chosen.upstream, loss.grad_p(snapshot.softmax, intent.target))
    np.testing.assert_array_equal(snapshot.chosen.arriving, loss.grad_logits(snapshot.softmax, intent.target))
    assert snapshot.chosen.value == loss.value(snapshot.softmax, intent.target)
    names = [name for name in (intent.loss, intent.compared) if name is not None]
    assert [reading.loss.name for reading in snapshot.losses] == names
    assert set(snapshot.curves) == {"spectral_norm", *(f"gradient_norm:{name}" for name in names)}


@given(intents(st.floats(-3.0, 3.0), largest=5))
def test_values_and_their_logarithms_agree(intent: Intent) -> None:
    snapshot = resolve(intent.with_changes(spread=1.0))
    for reading in snapshot.losses:
        np.testing.assert_allclose(10.0**reading.log10_upstream, np.abs(reading.upstream), rtol=1e-12)
        np.testing.assert_allclose(10.0**reading.log10_arriving, np.abs(reading.arriving), rtol=1e-12)
        assert math.isclose(10.0**reading.log10_norm, math.hypot(*reading.arriving), rel_tol=1e-12)


@given(intents(st.floats(-3.0, 3.0), largest=5), st.integers(0, len(CURVE_SPREADS) - 1))
def test_the_curves_go_through_the_present_state(intent: Intent, index: int) -> None:
    snapshot = resolve(intent.with_changes(spread=min(float(CURVE_SPREADS[index]), SPREAD_RANGE[1])))
    present = {f"gradient_norm:{reading.loss.name}": reading.log10_norm for reading in snapshot.losses}
    present["spectral_norm"] = float(snapshot.softmax.log10_spectral_norm)
    for name, value in present.items():
        assert math.isclose(snapshot.curves[name][index], value, rel_tol=1e-9, abs_tol=1e-9) or (
            snapshot.curves[name][index] == value == -math.inf
        )


def test_the_sums_of_the_jacobian_are_those_of_its_entries() -> None:
    snapshot = resolve(Intent())
    assert snapshot.jacobian_sums == [math.fsum(row) for row in snapshot.jacobian]
    assert max(map(abs, snapshot.jacobian_sums)) < 1e-15
