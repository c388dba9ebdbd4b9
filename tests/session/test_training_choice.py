"""What a person chose for training: checked, restarted by what makes another run, and kept in the state line."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intents import refusal

from explorer.model import LOSSES
from explorer.model.datasets import DATASETS
from explorer.model.datasets import POINTS_RANGE as MODEL_POINTS
from explorer.model.descent import OPTIMIZERS as MODEL_OPTIMIZERS
from explorer.model.recording import NAMES
from explorer.model.rounding import FORMATS as MODEL_FORMATS
from explorer.session.intent import Intent
from explorer.session.state_line import from_line, to_line
from explorer.session.training_choice import (
    AXES,
    CURVES,
    DATA,
    FORMATS,
    LABELLINGS,
    LOADED,
    MOST_CHANGES,
    MOST_SEED,
    MOST_STEPS,
    OPTIMIZERS,
    POINTS_RANGE,
    RATE_RANGE,
    SCALE_RANGE,
    SPEEDS,
    TrainingChoice,
)

RATES = st.floats(*RATE_RANGE)


@st.composite
def choices(draw: st.DrawFn) -> TrainingChoice:
    places = draw(st.sets(st.tuples(st.integers(1, MOST_STEPS), st.sampled_from(("rate", "format"))), max_size=5))
    changes = tuple(
        (*place, draw(RATES if place[1] == "rate" else st.sampled_from(FORMATS))) for place in sorted(places)
    )
    return TrainingChoice(
        data=draw(st.sampled_from((*DATA, LOADED))),
        samples=draw(st.text(max_size=20)),
        labelling=draw(st.sampled_from(LABELLINGS)),
        points=draw(st.integers(*POINTS_RANGE)),
        seed=draw(st.integers(0, MOST_SEED)),
        loss=draw(st.sampled_from(tuple(LOSSES))),
        compared=draw(st.sampled_from((None, *LOSSES, *FORMATS))),
        scale=draw(st.floats(*SCALE_RANGE)),
        rate=draw(RATES),
        optimizer=draw(st.sampled_from(OPTIMIZERS)),
        format=draw(st.sampled_from(FORMATS)),
        batch=draw(st.integers(0, 5000)),
        step=draw(st.integers(0, MOST_STEPS)),
        changes=changes,
        speed=draw(st.sampled_from(SPEEDS)),
        axis=draw(st.sampled_from(AXES)),
        curves=tuple(draw(st.lists(st.sampled_from(CURVES), max_size=8))),
    )


@given(choices())
def test_the_state_line_keeps_every_choice(choice):
    intent = Intent(training=choice)
    assert from_line(to_line(intent)) == (intent, [])


def test_a_saved_line_reads_to_the_same_run_for_ever():
    line = (
        "softmax1?z=1,0&t=1&c=0&y=0&loss=cross_entropy&train.data=two_blobs&train.points=100&train.seed=8&"
        "train.loss=squared_error&train.vs=float32&train.scale=100&train.rate=0.25&train.optimizer=adam&"
        "train.format=bfloat16&train.batch=20&train.step=300&train.changes=200:0.5,250:float16&train.speed=most&"
        "train.axis=linear&train.curves=loss,lost"
    )
    assert from_line(line)[0].training == TrainingChoice(
        data="two_blobs",
        points=100,
        seed=8,
        loss="squared_error",
        compared="float32",
        scale=100.0,
        rate=0.25,
        optimizer="adam",
        format="bfloat16",
        batch=20,
        step=300,
        changes=((200, "rate", 0.5), (250, "format", "float16")),
        speed="most",
        axis="linear",
        curves=("loss", "lost"),
    )


@pytest.mark.parametrize(
    "part", ["changes=7", "changes=x:0.5", "changes=5:fast", "step=1.5", "points=5", "rate=0", "vs=x"]
)
def test_broken_parts_of_a_line_are_named_and_left_out(part):
    intent, complaints = from_line(f"softmax1?z=1,0&train.{part}")
    assert intent.training == TrainingChoice()
    assert len(complaints) == 1


def test_the_names_are_those_of_the_model():
    assert set(DATASETS) == set(DATA)
    assert tuple(MODEL_OPTIMIZERS) == OPTIMIZERS
    assert tuple(MODEL_FORMATS) == FORMATS
    assert NAMES == CURVES
    assert MODEL_POINTS[0] <= POINTS_RANGE[0] < POINTS_RANGE[1] <= MODEL_POINTS[1]


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"labelling": "first"}, "reading of the last column “first”"),
        ({"data": "moons"}, "data set “moons” is unknown"),
        ({"points": 5}, "number of points is 5; it must lie between 6 and 5000"),
        ({"seed": -1}, "seed of training is -1"),
        ({"loss": "hinge"}, "loss to train with “hinge”"),
        ({"compared": "int8"}, "second loss or format “int8”"),
        ({"scale": 101.0}, "scale of the first weights is 101;"),
        ({"rate": float("nan")}, "learning rate is nan"),
        ({"optimizer": "newton"}, "optimizer “newton”"),
        ({"format": "int8"}, "format to train in “int8”"),
        ({"batch": -1}, "batch is -1"),
        ({"step": MOST_STEPS + 1}, "number of steps is 100001"),
        ({"speed": "2"}, "speed of training “2”"),
        ({"axis": "log10"}, "axis of steps"),
        ({"curves": ("weights",)}, "training curve “weights”"),
        ({"changes": ((0, "rate", 1.0),)}, "step of a change is 0"),
        ({"changes": ((5, "rate", -1.0),)}, "learning rate is −1;"),
        ({"changes": ((5, "loss", "kl"),)}, "changed thing “loss”"),
        ({"changes": ((5, "format", "int8"),)}, "format to train in “int8”"),
        ({"changes": ((5, "rate", 1.0), (4, "rate", 1.0))}, "in the order of their steps"),
        ({"changes": ((5, "rate", 1.0), (5, "rate", 2.0))}, "in the order of their steps"),
        ({"changes": tuple((k, "rate", 1.0) for k in range(1, MOST_CHANGES + 2))}, "changed 501 times"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(fields, what):
    assert what in refusal(lambda: TrainingChoice(**fields))


@given(choices(), choices())
def test_what_makes_another_run_starts_anew(one, other):
    for field in (
        "data",
        "points",
        "seed",
        "loss",
        "compared",
        "scale",
        "rate",
        "optimizer",
        "format",
        "batch",
        "samples",
    ):
        value = getattr(other, field)
        after = one.with_setting(**{field: value})
        if value == getattr(one, field):
            assert after == one
        else:
            assert (after.step, after.changes) == (0, ())
    for field in ("step", "speed", "axis", "curves"):
        after = one.with_setting(**{field: getattr(other, field)})
        assert (after.run, after.changes) == (one.run, one.changes)


def test_changes_on_the_way():
    start = TrainingChoice(rate=1.0)
    assert start.with_change("rate", 2.0) == TrainingChoice(rate=2.0)
    later = replace(start, step=10).with_change("rate", 2.0)
    assert later.changes == ((10, "rate", 2.0),)
    assert (later.now("rate"), later.rate, later.run) == (2.0, 1.0, start.run)
    assert later.with_change("rate", 3.0).changes == ((10, "rate", 3.0),)
    assert later.with_change("rate", 1.0).changes == ()
    both = replace(later, step=20).with_change("format", "float16")
    assert both.changes == ((10, "rate", 2.0), (20, "format", "float16"))
    assert both.now("format") == "float16"
    assert replace(both, step=15).now("format") == "float64"
    assert replace(both, step=15).with_change("rate", 5.0).changes == ((10, "rate", 2.0), (15, "rate", 5.0))


def test_the_second_run_differs_in_one_thing():
    assert TrainingChoice().second is None
    one = TrainingChoice(compared="squared_error")
    assert one.second == replace(one, loss="squared_error", compared=None)
    one = TrainingChoice(compared="bfloat16")
    assert one.second == replace(one, format="bfloat16", compared=None)
