"""Arbitrary Intents for Hypothesis, and what makes a sentence fit for a lecture."""

import math
from collections.abc import Callable

import pytest
from hypothesis import strategies as st

from explorer.model import LOSSES
from explorer.model.specimens import SPECIMENS
from explorer.session import clinic_choice, layer_choice
from explorer.session.checks import IntentError
from explorer.session.clinic_choice import METHODS, ClinicChoice
from explorer.session.intent import (
    ARITHMETICS,
    CURVES,
    GRADIENT_SCALES,
    JACOBIAN_SCALES,
    NUMBER_FORMATS,
    PROBABILITY_SCALES,
    SHIFT_RANGE,
    SPREAD_RANGE,
    VIEWS,
    Intent,
)
from explorer.session.layer_choice import LayerChoice
from explorer.session.vanishing_choice import (
    DIRECTIONS,
    MOST_SEED,
    PAGES,
    SPECTRUM_SCALES,
    SPEEDS,
    WIDTHS,
    VanishingChoice,
)

DOUBLES = st.floats(allow_nan=False, allow_infinity=False)
MODERATE = st.floats(-30.0, 30.0)
LABELS = st.text(st.characters(), max_size=60) | st.sampled_from(
    ["a&b=c", "1,5", "100 %", "%41", "wer?", "line\nbreak", "é, ü", "猫", "🦊", "\u202eabc", "a" * 39 + " b", " "]
)


def intents(logits: st.SearchStrategy[float] = DOUBLES, largest: int = 12) -> st.SearchStrategy[Intent]:
    """Return a strategy for Intents with everything in them that can be chosen."""
    return st.integers(1, largest).flatmap(lambda n: _intents(n, logits))


@st.composite
def _intents(draw: st.DrawFn, n: int, logits: st.SearchStrategy[float]) -> Intent:
    row = st.lists(logits, min_size=n, max_size=n).map(tuple)
    z, index = draw(row), st.integers(0, n - 1)
    spread, shift = draw(st.floats(*SPREAD_RANGE) | st.just(1.0)), draw(st.floats(*SHIFT_RANGE) | st.just(0.0))
    if not all(math.isfinite(spread * value + shift) for value in z):
        spread = 1.0
    return Intent(
        logits=z,
        spread=spread,
        shift=shift,
        target=draw(index),
        loss=draw(st.sampled_from(tuple(LOSSES))),
        compared=draw(st.sampled_from((None, *LOSSES))),
        labels=tuple(draw(st.lists(LABELS, max_size=n))),
        picked=draw(st.none() | st.tuples(index, index)),
        ghost=draw(st.none() | row),
        view=draw(st.sampled_from(VIEWS)),
        probability_scale=draw(st.sampled_from(PROBABILITY_SCALES)),
        jacobian_scale=draw(st.sampled_from(JACOBIAN_SCALES)),
        gradient_scale=draw(st.sampled_from(GRADIENT_SCALES)),
        number_format=draw(st.sampled_from(NUMBER_FORMATS)),
        arithmetic=draw(st.sampled_from(ARITHMETICS)),
        shown_curves=tuple(draw(st.lists(st.sampled_from(CURVES), max_size=8))),
        vanishing=draw(_vanishing(index)),
        clinic=draw(_CLINIC),
        layer=draw(layers()),
    )


SAMPLE_NAMES = st.sampled_from(["three_rows", "four_rows", "a&b=c.csv", "100 % (2)", "猫.npy"])


@st.composite
def layers(draw: st.DrawFn) -> LayerChoice:
    """Return a LayerChoice of any shape up to 12 × 12."""
    T, N = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    number = st.floats(-1e100, 1e100) | MODERATE
    if draw(st.booleans()):  # many weights take long to draw
        weights = tuple(tuple(draw(st.lists(number, min_size=N, max_size=N))) for _ in range(T))
    else:
        weights = ((draw(number),) * N,) * T
    classes, features = st.integers(0, T - 1), st.integers(0, N - 1)
    return LayerChoice(
        page=draw(st.sampled_from(layer_choice.PAGES)),
        weights=weights,
        x=tuple(draw(st.lists(number, min_size=N, max_size=N))),
        scale=draw(st.floats(*layer_choice.SCALE_RANGE)),
        target=draw(classes),
        chain_scale=draw(st.sampled_from(layer_choice.CHAIN_SCALES)),
        picked=draw(st.none() | st.tuples(classes, classes, features)),
        samples=draw(SAMPLE_NAMES),
        labelling=draw(st.sampled_from(layer_choice.LABELLINGS)),
        sample=draw(st.none() | st.integers(0, 99_999)),
        reduction=draw(st.sampled_from(layer_choice.REDUCTIONS)),
        seed=draw(st.integers(0, layer_choice.MOST_SEED)),
    )


_CLINIC = st.builds(
    ClinicChoice,
    page=st.sampled_from(clinic_choice.PAGES),
    specimen=st.sampled_from(tuple(SPECIMENS)),
    seed=st.integers(0, clinic_choice.MOST_SEED),
    methods=st.lists(st.sampled_from(METHODS)).map(tuple),
)


def _vanishing(index: st.SearchStrategy[int]) -> st.SearchStrategy[VanishingChoice]:
    return st.builds(
        VanishingChoice,
        page=st.sampled_from(PAGES),
        direction=st.sampled_from(DIRECTIONS),
        logit=index,
        speed=st.sampled_from(SPEEDS),
        spectrum_scale=st.sampled_from(SPECTRUM_SCALES),
        eigenvector=index,
        width=st.sampled_from(WIDTHS),
        seed=st.integers(0, MOST_SEED),
    )


def refusal(make: Callable[[], object]) -> str:
    """Return the sentence that make is refused with, checked to be one."""
    with pytest.raises(IntentError) as caught:
        make()
    assert str(caught.value)[:1].isupper()
    return sentence(str(caught.value))


def sentence(text: str) -> str:
    """Check that a text is one short line that ends in a full stop, and return it."""
    assert text.isprintable(), repr(text)
    assert text.endswith("."), text
    assert len(text) < 250, text
    return text
