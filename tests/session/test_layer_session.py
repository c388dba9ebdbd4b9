"""The Layer view's state: what can be chosen, what follows from it, how a pick reads, the line that keeps it."""

import math
from decimal import Decimal, localcontext

import mpmath
import numpy as np
import pytest
from figures import read
from hypothesis import given
from hypothesis import strategies as st
from intents import layers, refusal

from explorer.model import LOSSES, SoftmaxLayer
from explorer.session import layer_words
from explorer.session.intent import Intent
from explorer.session.layer_choice import LayerChoice
from explorer.session.layer_picks import (
    BatchSlope,
    Derivative,
    Descent,
    Feature,
    LayerPick,
    Lights,
    OfLogit,
    OfSoftmax,
    Output,
    Sample,
    Weight,
    WeightSlope,
    lights,
)
from explorer.session.picks import exists, spell
from explorer.session.samples import register
from explorer.session.samples_files import parse_samples
from explorer.session.session import Session
from explorer.session.snapshot import Snapshot, resolve
from explorer.session.state_line import from_line, to_line

SMALL = LayerChoice(weights=((1.0, -0.5), (0.0, 2.0), (0.25, 0.0)), x=(0.5, -2.0), target=2)
STEEP = LayerChoice(weights=((1000.0, 0.0), (0.0, 0.0)), x=(1.0, 0.25))


def at(layer: LayerChoice, **fields: object) -> Snapshot:
    return resolve(Intent(view="layer", layer=layer, **fields))  # type: ignore[arg-type]


def text(pick: LayerPick, snapshot: Snapshot) -> str:
    return "".join(run for run, _ in spell(pick, snapshot))


def figures(pick: LayerPick, snapshot: Snapshot) -> list[str]:
    return [run for run, is_number in spell(pick, snapshot) if is_number]


# -- what can be chosen


BAD = {
    "no weights": ({"weights": ()}, "0 × 0 weights"),
    "too many classes": ({"weights": ((1.0,),) * 13}, "13 × 1 weights, but 1 to 12"),
    "ragged": ({"weights": ((1.0, 2.0), (3.0,))}, "Row 2 of the weights has 1 numbers"),
    "a weight that is none": ({"weights": ((1.0, math.nan),)}, "Weight 1, 2 is nan"),
    "an enormous weight": ({"weights": ((1e101,),)}, "Weight 1, 1 is 1e101"),
    "an infinite feature": ({"x": (math.inf,)}, "Feature 1 is inf"),
    "no such class": ({"target": 3}, "class is 4, but the layer has 3"),
    "a derivative outside": ({"picked": (0, 3, 0)}, "lies outside"),
    "a factor of 0": ({"scale": 0.0}, "between 0.01 and 1000"),
    "a reduction": ({"reduction": "median"}, "“median” is unknown"),
    "a page": ({"page": "two"}, "“two” is unknown"),
    "a sample before the first": ({"sample": -1}, "counts from 1"),
    "a seed": ({"seed": -1}, "seed of the weights"),
}


@pytest.mark.parametrize(("fields", "says"), BAD.values(), ids=BAD)
def test_what_cannot_be_is_refused_in_a_sentence(fields, says):
    assert says in refusal(lambda: LayerChoice(**fields))


def test_a_sample_is_cut_or_filled_to_the_weights():
    assert LayerChoice(x=(1.0, 2.0, 3.0, 4.0)).x == (1.0, 2.0, 3.0)
    assert LayerChoice(x=()).x == (0.0, 0.0, 0.0)
    assert math.copysign(1.0, LayerChoice(x=(-0.0,)).x[0]) == 1.0


def test_a_weight_is_set_with_its_factor():
    steep = LayerChoice(scale=4.0).with_weight(1, 2, 6.0)
    assert steep.weights[1][2] == 1.5 and steep.weights[0] == LayerChoice().weights[0]
    assert at(steep).layer.layer.W[1, 2] == 6.0


@given(layers(), st.integers(1, 12), st.integers(1, 12))
def test_another_shape_keeps_what_fits(layer, T, N):
    other = layer.with_shape(T, N)
    assert (other.T, other.N) == (T, N)
    assert 0 <= other.target < T
    rows, columns = min(T, layer.T), min(N, layer.N)
    assert [row[:columns] for row in other.weights[:rows]] == [row[:columns] for row in layer.weights[:rows]]
    assert not any(value for row in other.weights[rows:] for value in row)


@given(layers())
def test_the_state_line_keeps_the_layer_to_the_bit(layer):
    intent, complaints = from_line(to_line(Intent(layer=layer)))
    assert intent.layer == layer and complaints == []


def test_a_broken_part_is_left_out_and_the_rest_is_kept():
    intent, complaints = from_line("softmax1?z=1,2&W=1,2;3&x=5&factor=7&layer=batch")
    assert intent.layer.weights == LayerChoice().weights and intent.layer.scale == 7.0
    assert intent.layer.x == (5.0, 0.0, 0.0) and intent.layer.page == "batch"
    assert len(complaints) == 1 and "Row 2 of the weights" in complaints[0]


def test_a_drag_is_one_step_and_a_reset_stays_on_the_page():
    session = Session(Intent(view="layer"))
    gesture = session.new_gesture()
    for value in (1.0, 2.0, 3.0):
        session.apply("W", lambda i, v=value: i.with_changes(layer=i.layer.with_weight(0, 0, v)), gesture)
    assert session.undo_stack.count() == 1
    session.choose("layer", "page", page="batch")
    session.reset()
    assert session.intent.layer == LayerChoice(page="batch")


# -- what follows


@given(layers(), st.sampled_from(sorted(LOSSES)))
def test_everything_can_be_resolved(layer, loss):
    reading = at(layer, loss=loss).layer
    DP, Dg = reading.of_weights[0], reading.of_logits[0]
    assert np.array_equal(DP, reading.jacobian[0] @ Dg)
    assert np.isfinite(DP).all() and np.isfinite(reading.weight_gradient[0]).all()
    true = reading.layer.weight_gradient(reading.x, layer.target, loss)
    assert np.array_equal(reading.weight_gradient[0], true)
    assert reading.counts.entries == Dg.size


def test_logarithms_go_on_below_the_smallest_double():
    reading = at(STEEP).layer
    assert not reading.of_weights[0].any()
    expected = -1000.0 / math.log(10.0)
    assert reading.of_weights[1][0] == pytest.approx([expected, expected + math.log10(0.25)] * 2, rel=1e-12)
    norm = expected + 0.5 * math.log10(2.0) + 0.5 * math.log10(1.0625)
    assert reading.log10_norm == pytest.approx(norm, rel=1e-12)


def test_a_batch_uses_the_weights_set_by_hand_where_they_fit():
    fitting = LayerChoice(samples="three_rows", scale=2.0)
    batch = at(fitting).batch
    assert np.array_equal(batch.layer.W, 2.0 * np.array(fitting.weights))
    drawn = at(LayerChoice(samples="four_rows", seed=7)).batch
    again = at(LayerChoice(samples="four_rows", seed=7, x=(3.0,))).batch
    assert drawn.layer.W.shape == (2, 2) and np.array_equal(drawn.layer.W, again.layer.W)
    assert not np.array_equal(drawn.layer.W, at(LayerChoice(samples="four_rows", seed=8)).batch.layer.W)


def test_samples_not_known_here_are_no_error():
    snapshot = at(LayerChoice(page="batch", samples="elsewhere.npy", sample=3))
    assert snapshot.samples is None and snapshot.batch is None and snapshot.sample is None
    assert text(layer_words.usual(snapshot), snapshot) == "not computed yet"
    assert layer_words.sizes(snapshot) == []


def test_a_sample_that_has_gone_gives_way_to_all():
    assert at(LayerChoice(sample=2)).sample == 2
    assert at(LayerChoice(sample=3)).sample is None


def test_labels_that_are_no_classes_are_not_known():
    register("fractions", parse_samples("0.5,1.5\n2,3"))
    assert at(LayerChoice(samples="fractions", labelling="last")).samples is None
    assert at(LayerChoice(samples="fractions")).samples is not None


# -- how a pick reads


MUST_SHOW = {
    "a derivative": (Derivative(0, 0, 1), SMALL, "∂P₁/∂W₁₂ = J₁₁·x₂ + 2 × 0 = 0.163 × (−2.000) = −0.325"),
    "a mixed one": (Derivative(1, 0, 0), SMALL, "∂P₂/∂W₁₁ = J₂₁·x₁ + 2 × 0 = (−0.003) × 0.500 = −0.001"),
    "beyond doubles": (Derivative(0, 0, 1), STEEP, "∂P₁/∂W₁₂ = J₁₁·x₂ + 0 = 5.1e−435 × 0.250 = 1.3e−435"),
    "an entry of Dg": (OfLogit(1, 1, 0), SMALL, "∂a₂/∂W₂₁ = x₁ = 0.500"),
    "an empty one": (
        OfLogit(0, 1, 0),
        SMALL,
        "∂a₁/∂W₂₁ = 0: logit 1 does not contain W₂₁, which belongs to class 2",
    ),
    "a weight": (Weight(1, 1), SMALL, "W₂₂ = 2.000,  a₂ = Σⱼ W₂ⱼ·xⱼ = −4.000"),
    "a feature": (Feature(1), SMALL, "x₂ = −2.000"),
    "a class": (Output(0), SMALL, "a₁ = Σⱼ W₁ⱼ·xⱼ = 1.500,  P₁ = exp(a₁) / Σ exp(aⱼ) = 0.796"),
    "the step": (Descent(), SMALL, "W ← W − η · ∂L/∂W,  η = 0.500"),
}


@pytest.mark.parametrize(("pick", "layer", "formula"), MUST_SHOW.values(), ids=MUST_SHOW)
def test_a_pick_reads(pick, layer, formula):
    snapshot = at(layer)
    assert text(pick, snapshot) == formula


MODERATE_LAYERS = st.builds(
    LayerChoice,
    weights=st.lists(st.lists(st.floats(-30.0, 30.0), min_size=3, max_size=3).map(tuple), min_size=2, max_size=4).map(
        tuple
    ),
    x=st.lists(st.floats(-30.0, 30.0), min_size=3, max_size=3).map(tuple),
    target=st.integers(0, 1),
)


@given(MODERATE_LAYERS, st.data())
def test_the_product_of_a_derivative_holds_to_the_digits_shown(layer, data):
    index = st.integers(0, layer.T - 1)
    pick = data.draw(st.builds(Derivative, index, index, st.integers(0, 2)))
    with localcontext(prec=60):
        left, right, product = (read(shown) for shown in figures(pick, at(layer)))
        slack = left.half_unit * abs(right.value) + right.half_unit * abs(left.value) + left.half_unit * right.half_unit
        assert abs(left.value * right.value - product.value) <= (slack + product.half_unit) * Decimal("1.0001")


@given(MODERATE_LAYERS, st.data(), st.sampled_from(["cross_entropy", "squared_error", "focal"]))
def test_a_slope_is_the_models_to_the_digits_shown(layer, data, loss):
    i, j = data.draw(st.integers(0, layer.T - 1)), data.draw(st.integers(0, 2))
    shown = figures(WeightSlope(i, j), at(layer, loss=loss))[-1]
    true = SoftmaxLayer(layer.weights).weight_gradient(layer.x, layer.target, loss)[i, j]
    if abs(true) > 1e-290:
        assert read(shown).shows(Decimal(float(true)))


def test_the_logit_jacobian_is_spelled_in_the_digits_of_p():
    snapshot = at(LayerChoice(weights=((40.0,), (0.0,), (0.0,)), x=(1.0,)))
    assert text(OfSoftmax(0, 0), snapshot) == "∂P₁/∂a₁ = P₁·(1 − P₁) = (1 − 8.5e−18) × 8.5e−18 = 8.5e−18"
    assert text(OfSoftmax(2, 1), snapshot) == "∂P₃/∂a₂ = −P₃·P₂ = −4.2e−18 × 4.2e−18 = −1.8e−35"


def test_the_batch_is_spelled_with_its_factor_and_who_is_silent():
    choice = LayerChoice(weights=((100.0,) * 3, (0.0,) * 3, (-100.0,) * 3), samples="three_rows", page="batch")
    snapshot = at(choice, number_format="bfloat16")
    assert text(Sample(None), snapshot) == "not computed yet"
    snapshot.batch.run()
    told = text(Sample(None), snapshot)
    assert told.startswith("L = 1/3 · Σᵣ Lᵣ = ") and "bfloat16 returns exactly 0 for 1 of 3 gradients" in told
    assert text(Sample(0), snapshot).endswith("bfloat16 returns exactly 0")
    mean = float(snapshot.batch.weight_gradient("mean")[1, 0])
    assert read(figures(BatchSlope(1, 0), snapshot)[-1]).shows(Decimal(mean))
    assert "1/3 · Σᵣ" in text(BatchSlope(1, 0), snapshot)
    summed = resolve(snapshot.intent.with_choice("layer", reduction="sum"), snapshot)
    assert summed.batch is snapshot.batch and "1/3" not in text(BatchSlope(1, 0), summed)
    one = resolve(snapshot.intent.with_choice("layer", sample=0), snapshot)
    shown = figures(BatchSlope(2, 1), one)
    with mpmath.workdps(150):
        x = [mpmath.mpf(v) for v in snapshot.samples.row(0)]
        a = 100 * mpmath.fsum(x)
        p = mpmath.exp(-2 * a) / (1 + mpmath.exp(-a) + mpmath.exp(-2 * a))
        assert read(shown[-1]).shows(Decimal(mpmath.nstr(p * x[1], 40)))


EVERY: list[LayerPick] = [
    *(Derivative(t, i, j) for t in range(3) for i in range(3) for j in range(2)),
    *(OfLogit(t, i, j) for t in range(3) for i in range(3) for j in range(2)),
    *(OfSoftmax(t, k) for t in range(3) for k in range(3)),
    *(kind(i, j) for kind in (Weight, WeightSlope) for i in range(3) for j in range(2)),
    *(Feature(j) for j in range(2)),
    *(Output(t) for t in range(3)),
]


@pytest.mark.parametrize("loss", LOSSES)
def test_every_pick_that_exists_can_be_spelled(loss):
    snapshot = at(SMALL, loss=loss)
    for pick in [*EVERY, Descent(), Sample(None), Sample(2), BatchSlope(2, 2)]:
        assert exists(pick, snapshot)
        assert text(pick, snapshot).isprintable()


def test_what_has_gone_no_longer_exists():
    smaller = at(SMALL.with_shape(2, 1))
    left = [pick for pick in EVERY if exists(pick, smaller)]
    assert left and all(max(vars_of(pick)) < 2 for pick in left)
    assert not exists(Sample(3), smaller) and not exists(BatchSlope(3, 0), smaller)


def vars_of(pick: LayerPick) -> list[int]:
    return [getattr(pick, name) for name in pick.__slots__]


LIT = {
    "a derivative": (Derivative(0, 1, 2), Lights(0, 1, 1, 2)),
    "an entry of Dg": (OfLogit(0, 1, 2), Lights(None, 0, 1, 2)),
    "an entry of J": (OfSoftmax(0, 1), Lights(0, 1)),
    "a weight": (Weight(1, 2), Lights(None, 1, 1, 2)),
    "a slope": (WeightSlope(1, 2), Lights(None, 1, 1, 2)),
    "a feature": (Feature(2), Lights(j=2)),
    "a class": (Output(2), Lights(2)),
    "nothing": (None, Lights()),
    "a sample": (Sample(2), Lights()),
}


@pytest.mark.parametrize(("pick", "lit"), LIT.values(), ids=LIT)
def test_what_belongs_together_lights_up(pick, lit):
    assert lights(pick) == lit
