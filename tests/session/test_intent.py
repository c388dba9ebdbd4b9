"""An Intent is checked when it is made: what it holds can be shown, what it refuses is said in one sentence."""

import math
from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from intents import DOUBLES, LABELS, intents, refusal

from explorer.model import formats
from explorer.session.intake import MAX_CLASSES
from explorer.session.intent import LABEL_LENGTH, NUMBER_FORMATS, SHIFT_RANGE, SPREAD_RANGE, Intent, clean_label
from explorer.session.snapshot import resolve

THREE = Intent(logits=(2.0, 1.0, 0.1), target=1)

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no class": ({"logits": ()}, "There are 0 classes"),
    "too many classes": ({"logits": (0.0,) * 13}, "There are 13 classes, but 1 to 12"),
    "target too high": ({"target": 3}, "The target is class 4, but there are 3 classes"),
    "target too low": ({"target": -1}, "The target is class 0"),
    "picked row": ({"picked": (3, 0)}, "outside the 3×3 Jacobian"),
    "picked column": ({"picked": (0, -1)}, "outside the 3×3 Jacobian"),
    "ghost of another size": ({"ghost": (1.0, 2.0)}, "ghost has 2 classes, but there are 3"),
    "ghost not finite": ({"ghost": (1.0, 2.0, math.inf)}, "not finite"),
    "logit nan": ({"logits": (1.0, math.nan)}, "Logit 2 is nan"),
    "logit inf": ({"logits": (-math.inf, 1.0)}, "Logit 1 is -inf"),
    "spread zero": ({"spread": 0.0}, "The spread is 0.00;"),
    "spread too low": ({"spread": math.nextafter(SPREAD_RANGE[0], 0.0)}, "The spread is 0.0009999999999999998;"),
    "spread too high": ({"spread": math.nextafter(SPREAD_RANGE[1], 2e3)}, "The spread is 1000.0000000000001;"),
    "spread nan": ({"spread": math.nan}, "The spread is nan"),
    "shift too low": ({"shift": -1001.0}, "The shift is −1001.00;"),
    "shift too high": ({"shift": math.inf}, "The shift is inf;"),
    "effective overflow": ({"logits": (1.0, 0.0, 1e306), "spread": 1000.0}, "Effective logit 3"),
    "effective overflow below": ({"logits": (-1e306, 0.0, 1.0), "spread": 1000.0}, "Effective logit 1"),
    "loss": ({"loss": "hinge"}, "The loss “hinge” is unknown; choose one of cross_entropy,"),
    "no loss": ({"loss": None}, "The loss “None”"),
    "long loss": ({"loss": "x" * 10_000}, "…” is unknown"),
    "loss with a line break": ({"loss": "a\nb"}, "The loss"),
    "compared": ({"compared": ""}, "The compared loss “”"),
    "view": ({"view": "moon"}, "The view “moon”"),
    "probability axis": ({"probability_scale": "cubic"}, "linear, log"),
    "Jacobian scale": ({"jacobian_scale": "linear"}, "fixed, auto, log"),
    "number format": ({"number_format": "posit"}, "The number format “posit” is unknown; choose one of float64,"),
    "arithmetic": ({"arithmetic": "exact"}, "stable, naive"),
    "curve": ({"shown_curves": ("entropy", "mood")}, "The curve “mood” is unknown; choose one of spectral_norm,"),
    "gradient scale": ({"gradient_scale": "auto"}, "The gradient scale “auto”"),
}


@pytest.mark.parametrize(("change", "fragment"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_value_is_refused_in_one_sentence(change: dict[str, Any], fragment: str) -> None:
    given_fields = {"logits": (2.0, 1.0, 0.1), "target": 0} | change
    assert fragment in refusal(lambda: Intent(**given_fields))
    if not {"logits", "spread"} <= set(change):
        assert fragment in refusal(lambda: THREE.with_changes(**({"target": 0} | change)))


@pytest.mark.parametrize("spread", SPREAD_RANGE)
@pytest.mark.parametrize("shift", SHIFT_RANGE)
@pytest.mark.parametrize("n", [1, MAX_CLASSES])
def test_the_limits_themselves_are_allowed(spread: float, shift: float, n: int) -> None:
    intent = Intent(logits=(50.0,) * n, spread=spread, shift=shift, target=n - 1)
    assert (intent.n, intent.effective) == (n, (spread * 50.0 + shift,) * n)


def test_effective_logits_are_spread_times_logit_plus_shift() -> None:
    assert replace(THREE, spread=2.0, shift=-3.0).effective == (1.0, -1.0, -2.8)


def test_curves_stand_in_one_order_and_once() -> None:
    assert replace(THREE, shown_curves=("focal", "entropy", "focal")).shown_curves == ("entropy", "focal")
    assert replace(THREE, shown_curves=()).shown_curves == ()


def test_the_number_formats_are_those_of_the_model() -> None:
    assert tuple(formats.FORMATS) == NUMBER_FORMATS


# -- labels


def test_missing_labels_are_added_and_surplus_ones_dropped() -> None:
    assert Intent(logits=(1.0, 2.0, 3.0), target=0).labels == ("class 1", "class 2", "class 3")
    assert Intent(logits=(1.0, 2.0, 3.0), target=0, labels=("cat",)).labels == ("cat", "class 2", "class 3")
    assert Intent(logits=(1.0,), target=0, labels=("cat", "dog")).labels == ("cat",)


CLEANED = {
    "blanks around": ("  cat\t", "cat"),
    "line break": ("cat\nfox", "cat fox"),
    "empty": ("", "class 2"),
    "blank": (" \u00a0\r\n", "class 2"),
    "control characters only": ("\x00\x1b\u202e", "class 2"),
    "too long": ("x" * 100, "x" * LABEL_LENGTH),
    "a blank where it is cut": ("x" * 39 + " y", "x" * 39),
    "any script": ("кошка 猫 🦊", "кошка 猫 🦊"),
}


@pytest.mark.parametrize(("typed", "label"), CLEANED.values(), ids=CLEANED)
def test_labels_are_cleaned_however_they_come(typed: str, label: str) -> None:
    assert THREE.with_label(1, typed).labels == ("class 1", label, "class 3")
    assert replace(THREE, labels=("class 1", typed)).labels == ("class 1", label, "class 3")
    assert THREE.with_logits((0.0, 0.0), ("a", typed)).labels == ("a", label)


@given(LABELS)
def test_a_clean_label_is_printable_short_and_stays_as_it_is(text: str) -> None:
    label = clean_label(text)
    assert label.isprintable()
    assert len(label) <= LABEL_LENGTH
    assert label == label.strip() == clean_label(label)


# -- other numbers of classes


def test_fewer_classes_let_go_of_what_no_longer_fits() -> None:
    full = Intent(logits=(4.0, 3.0, 2.0, 1.0), target=3, picked=(0, 3), ghost=(0.0,) * 4, labels=tuple("abcd"))
    fewer = full.with_classes(2)
    assert (fewer.logits, fewer.labels, fewer.target) == ((4.0, 3.0), ("a", "b"), 1)
    assert (fewer.picked, fewer.ghost) == (None, None)


def test_what_still_fits_is_kept() -> None:
    full = Intent(logits=(4.0, 3.0, 2.0), target=1, picked=(1, 1), ghost=(0.0,) * 3, loss="focal", spread=2.0)
    assert full.with_logits((7.0, 8.0, 9.0)) == replace(full, logits=(7.0, 8.0, 9.0))
    assert full.with_classes(2) == replace(full, logits=(4.0, 3.0), labels=full.labels[:2], ghost=None)


def test_new_classes_start_at_zero() -> None:
    more = replace(THREE, labels=("cat", "dog", "fox")).with_classes(5)
    assert more.logits == (2.0, 1.0, 0.1, 0.0, 0.0)
    assert more.labels == ("cat", "dog", "fox", "class 4", "class 5")
    assert more.target == THREE.target


@pytest.mark.parametrize("n", [0, 13])
def test_an_impossible_number_of_classes_is_refused(n: int) -> None:
    assert f"There are {n} classes" in refusal(lambda: THREE.with_classes(n))


def test_a_logit_too_large_for_the_spread_is_refused() -> None:
    wide = replace(THREE, spread=1000.0)
    assert "Effective logit 2" in refusal(lambda: wide.with_logit(1, 1e306))
    assert wide.with_logit(1, 1e304).effective[1] == 1e307


@given(intents(), st.lists(DOUBLES, min_size=1, max_size=12).map(tuple))
def test_any_logits_can_replace_any_others(intent: Intent, logits: tuple[float, ...]) -> None:
    assume(all(math.isfinite(intent.spread * z + intent.shift) for z in logits))
    after = intent.with_logits(logits)
    assert after.logits == logits
    assert len(after.labels) == after.n > after.target >= 0
    assert replace(after) == after


@given(intents())
def test_every_intent_can_be_resolved(intent: Intent) -> None:
    p = resolve(intent).softmax.p
    assert p.shape == (intent.n,)
    assert abs(float(p.sum()) - 1.0) < 1e-12


# -- frozen


@pytest.mark.parametrize("field", [field.name for field in fields(Intent)])
def test_nothing_can_be_assigned(field: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(THREE, field, None)


def test_changes_make_a_copy() -> None:
    before = repr(THREE)
    changed = [
        THREE.with_logit(0, 5.0),
        THREE.with_label(0, "cat"),
        THREE.with_classes(2),
        THREE.with_changes(shift=1.0),
    ]
    assert repr(THREE) == before
    assert len({THREE, *changed}) == 5
    assert {type(value) for intent in changed for value in (intent.logits, intent.labels)} == {tuple}
