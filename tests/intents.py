"""Arbitrary Intents for Hypothesis, and what makes a sentence fit for a lecture."""

import math
from collections.abc import Callable

import pytest
from hypothesis import strategies as st

from explorer.model import LOSSES
from explorer.model.specimens import SPECIMENS
from explorer.session import clinic_choice
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
