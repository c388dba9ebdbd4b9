"""Hypothesis hunts for the logits on which a digit is lost; ``--hypothesis-profile=hunt`` hunts all night."""

import numpy as np
from hypothesis import example, given, note, settings
from hypothesis import strategies as st
from model_oracle import TrueLoss, Truth, log10_error, mp, ulps

from explorer.model import LOSSES, Softmax

LIMIT = 8.0  # ulp, by contract
OFFSETS = [0.0, 1.0, 0.1, 1e3, -1e3, 1e8, -1e8, 1e15, 1e300, -1e300, 1.7e308, -1.7e308]
GAPS = st.one_of(st.floats(0.0, 40.0), st.floats(30.0, 800.0), st.floats(690.0, 746.0), st.floats(0.0, 1e6))


@st.composite
def spreads(draw: st.DrawFn) -> list[float]:
    """Logits of one size, from 1e-3 to 1e6."""
    size = 10.0 ** draw(st.floats(-3.0, 6.0))
    return [size * x for x in draw(st.lists(st.floats(-1.0, 1.0), min_size=1, max_size=12))]


@st.composite
def near_ties(draw: st.DrawFn) -> list[float]:
    """Logits a few ulp around an offset, some of them a gap below it."""
    offset = draw(st.sampled_from(OFFSETS))
    logits = [
        offset + k * float(np.spacing(offset)) for k in draw(st.lists(st.integers(-4, 4), min_size=1, max_size=8))
    ]
    below = draw(st.lists(GAPS, max_size=4))
    return draw(st.permutations(logits + [offset - gap for gap in below]))


@st.composite
def clusters(draw: st.DrawFn) -> list[float]:
    """Groups of logits at a few heights, close together or tied."""
    heights = [-gap for gap in draw(st.lists(GAPS, min_size=1, max_size=3))]
    width = 10.0 ** draw(st.floats(-17.0, 0.0)) * draw(st.sampled_from([0.0, 1.0]))
    places = st.tuples(st.sampled_from(heights), st.floats(-1.0, 1.0))
    return [height + width * x for height, x in draw(st.lists(places, min_size=2, max_size=12))]


anything = st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=6)
gone = st.lists(st.sampled_from([-np.inf, 0.0, 1.0, -3.5, -720.0]), min_size=1, max_size=6).filter(
    lambda logits: max(logits) > -np.inf
)
hard_logits = st.one_of(spreads(), near_ties(), clusters(), anything, gone)


@settings(max_examples=2 * settings.default.max_examples)
@given(hard_logits)
@example([0.0, -745.0, -745.1])
def test_classes_and_jacobian(logits: list[float]) -> None:
    s, true = Softmax(logits), Truth(logits)
    jacobian, logs = s.jacobian(), s.log10_abs_jacobian()
    for i in range(s.n):
        for name in ("p", "q"):
            value = getattr(true, name)[i]
            assert ulps(getattr(s, name)[i], value) <= LIMIT, name
            assert log10_error(getattr(s, f"log10_{name}")[i], value) <= 1.0, name
        if true.p[i]:
            assert ulps(s.log_p[i], true.log_p[i]) <= LIMIT
        if true.q[i]:
            assert ulps(s.log_q[i], true.log_q[i]) <= LIMIT
        for j in range(s.n):
            assert ulps(jacobian[i, j], true.jacobian(i, j)) <= LIMIT
            assert log10_error(logs[i, j], true.jacobian(i, j)) <= 1.0


@settings(max_examples=2 * settings.default.max_examples)
@given(hard_logits)
def test_sizes_and_eigenvalues(logits: list[float]) -> None:
    s, true = Softmax(logits), Truth(logits)
    assert ulps(s.trace, true.trace()) <= LIMIT
    for name in ("entropy", "frobenius"):
        value = getattr(true, name)()
        assert ulps(getattr(s, name), value) <= LIMIT, name
        assert log10_error(getattr(s, f"log10_{name}"), value) <= 1.0, name
    values = s.eigenvalues()
    assert (np.diff(values) >= 0.0).all()
    for rank, value in enumerate(values):
        assert true.eigenvalue_error(value, rank) <= LIMIT, rank


@settings(max_examples=2 * settings.default.max_examples)
@given(hard_logits, st.data())
def test_losses_of_a_class(logits: list[float], data: st.DataObject) -> None:
    y = data.draw(st.integers(0, len(logits) - 1))
    s, truth = Softmax(logits), Truth(logits)
    for name, loss in LOSSES.items():
        note(name)
        true = TrueLoss(name, truth, np.eye(s.n)[y])
        if abs(true.value[0]) < 1.7e308:
            assert ulps(float(loss.value(s, y)), *true.value) <= LIMIT
        ours, logs = loss.grad_logits(s, y), loss.log10_abs_grad_logits(s, y)
        for i, (value, condition) in enumerate(true.grad_logits):
            flat = i in (y, truth.winner) and name != "label_smoothing" and condition < 1e30
            assert ulps(ours[i], value, 1.0 if flat else 8.0 * condition) <= LIMIT, i
            assert log10_error(logs[i], value, 100.0 * condition) <= 1.0, i
        value, condition = true.norm
        assert log10_error(float(loss.log10_grad_norm(s, y)), value, 8.0 * condition) <= 1.0


@settings(max_examples=2 * settings.default.max_examples)
@given(hard_logits, st.data())
def test_losses_of_a_distribution_and_vjp(logits: list[float], data: st.DataObject) -> None:
    n = len(logits)
    s, truth = Softmax(logits), Truth(logits)
    g = data.draw(st.lists(st.floats(-2.0, 2.0), min_size=n, max_size=n))
    ours = s.vjp(g)
    for i, (value, condition) in enumerate(truth.times_jacobian([mp.mpf(x) for x in g])):
        assert ulps(ours[i], value, condition) <= LIMIT
    weights = np.array(data.draw(st.lists(st.sampled_from([0.0, 1e-6, 0.3, 1.0, 7.0]), min_size=n, max_size=n)))
    weights = np.where(np.isneginf(s.log_p), 0.0, weights * data.draw(st.sampled_from([1.0, s.p + 1e-280])))
    if np.count_nonzero(weights) < 2 or weights.sum() < 1e-250:
        return
    y = weights / weights.sum()
    if y.max() == 1.0:
        return
    for name, loss in LOSSES.items():
        note(name)
        true = TrueLoss(name, truth, y)
        assert ulps(float(loss.value(s, y)), *true.value) <= LIMIT
        ours = loss.grad_logits(s, y)
        for i, (value, condition) in enumerate(true.grad_logits):
            assert ulps(ours[i], value, 8.0 * condition) <= LIMIT, i
