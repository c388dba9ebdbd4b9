"""Specimens: the code shown is the code run, right ones are right and break where mathematics says, wrong ones do
what is said of them."""

import math
from dataclasses import replace

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.model import Softmax
from explorer.model.specimens import KINDS, SPECIMENS, TASKS, breaking_point, examine, right_here

LAST_EXP = 709.782712893384  # the largest x whose exp is a double
START = (2.4, 1.0, 0.5, -0.5, -1.2)
RIGHT = [s for s in SPECIMENS.values() if not s.wrong]
WRONG = [s for s in SPECIMENS.values() if s.wrong]
EXACT = [s for s in RIGHT if s.name != "central-in-place"]  # whose error is its truncation
NEVER = ("stable", "sum-of-the-others", "fused-from-the-others")
MODERATE = st.lists(st.floats(-1.5, 1.5), min_size=2, max_size=6)


def function(name):
    return SPECIMENS[name].function


def names(specimens):
    return [s.name for s in specimens]


def batch(logits=START, **how):
    """Return the four rows that a specimen is tried on."""
    return examine(SPECIMENS["stable"], logits, 0, **how).rows


def one_hot(rows, target):
    return np.eye(rows.shape[-1])[[target] * len(rows)]


# -- the catalogue


def test_the_catalogue_has_what_people_write():
    assert names(RIGHT) == [
        *("naive", "stable", "batch-maximum"),
        *("double-loop", "diagonal-minus-outer", "broadcast-batch", "einsum-batch", "sum-of-the-others"),
        *("vjp", "column-loop", "fused-cross-entropy", "fused-from-the-others", "minus-one-over-p"),
        *("central-in-place", "complex-step"),
    ]
    assert names(WRONG) == [
        *("batch-sum", "wrong-axis", "softmax-twice", "off-diagonal-only", "plus-sign"),
        *("row-sum", "rolled-products", "lost-minus", "ratio-form", "sigmoid-rule"),
        *("repeated-index", "without-the-sum", "target-entry-only"),
        *("central-on-integers", "forward-difference", "step-too-small"),
    ]
    kinds = [s.kind for s in SPECIMENS.values()]
    assert kinds == sorted(kinds, key=KINDS.index) and set(kinds) == set(KINDS)
    assert {s.task for s in SPECIMENS.values()} == set(TASKS)
    assert {s.name for s in RIGHT if not s.breaks} == set(NEVER) and not any(s.breaks for s in WRONG)


@pytest.mark.parametrize("specimen", SPECIMENS.values(), ids=SPECIMENS)
def test_words_are_sentences(specimen):
    for text in (specimen.why, specimen.mend):
        assert text.endswith(".") and text[0].isprintable() and len(text) < 130, text
    assert not specimen.breaks.endswith(".") and len(specimen.breaks) < 120
    assert len(specimen.title) < 28
    lines = specimen.code.splitlines()
    assert max(map(len, lines)) <= 51 and len(lines) <= 16 and len(specimen.own_code.splitlines()) <= 11
    assert specimen.code.startswith(specimen.own_code)


@pytest.mark.parametrize("specimen", SPECIMENS.values(), ids=SPECIMENS)
def test_the_code_shown_is_the_code_run(specimen):
    space = {"np": np}
    exec(specimen.code, space)
    shown = replace(specimen, function=space[specimen.function.__name__])
    for logits in (START, (900.0, 1.0)):
        run, again = examine(specimen, logits, 1), examine(shown, logits, 1)
        assert run.result.tobytes() == again.result.tobytes() and run.breaks_at == again.breaks_at


# -- the truth


def true_softmax(row):
    with mpmath.workdps(60):
        e = [mpmath.exp(mpmath.mpf(float(a)) - max(row)) for a in row]
        return [x / mpmath.fsum(e) for x in e]


@pytest.mark.parametrize("spread", [1.0, 30.0])
@pytest.mark.parametrize("name", ["stable", "broadcast-batch", "vjp", "fused-cross-entropy", "target-entry-only"])
def test_the_truth_is_that_of_sixty_digits(name, spread):
    given = []
    keeps = replace(SPECIMENS[name], function=lambda z, dy=None: (given.append(dy), SPECIMENS[name].function(z, dy))[1])
    found = examine(keeps if name == "vjp" else SPECIMENS[name], START, 1, spread=spread, breaks_at=None)
    for k, (row, truth) in enumerate(zip(found.rows, found.truth, strict=True)):
        p, n = true_softmax(row), len(row)
        with mpmath.workdps(60):
            error = [p[i] - (i == 1) for i in range(n)]
            jacobian = [[p[i] * ((i == j) - p[j]) for j in range(n)] for i in range(n)]
            sent = given[0][k] if given else error
            through = [mpmath.fsum(jacobian[i][j] * sent[j] for j in range(n)) for i in range(n)]
        wanted = {"p": p, "J": jacobian, "J dy": through, "p − y": error, "J (p − y)": through}[found.specimen.task]
        wanted = np.array(wanted, dtype=object).astype(float)
        scale = np.abs(wanted).max(axis=-1, keepdims=True)
        assert (np.abs(truth - wanted) <= 2e-15 * scale).all()


# -- right ones


@given(MODERATE, st.integers(0, 1), st.integers(0, 50))
@pytest.mark.parametrize("specimen", EXACT, ids=names(EXACT))
def test_right_ones_agree_to_twelve_digits(specimen, logits, target, seed):
    found = examine(specimen, logits, target, seed=seed)
    assert found.largest <= 1e-12 and found.right_here and found.symptom == ""
    assert found.verdict == ("right until" if found.breaks_at else "right")


def test_the_central_difference_errs_by_its_truncation():
    found, p = examine(SPECIMENS["central-in-place"], START, 0), Softmax(START).p
    third = p * (1 - p) * (1 - 2 * p)
    assert (np.abs(found.result - found.truth - 1e-6 / 6.0 * third) <= 1e-12).all()
    assert found.largest < 1e-7 and found.verdict == "right until"


@given(st.lists(st.floats(-40.0, 40.0), min_size=1, max_size=6), st.floats(0.001, 1000.0))
@pytest.mark.parametrize("name", NEVER)
def test_some_never_break(name, logits, spread):
    found = examine(SPECIMENS[name], logits, 0, spread=spread)
    assert found.largest < 1e-11 and found.breaks_at is None and found.verdict == "right"


# -- right until


@pytest.mark.parametrize("specimen", [s for s in RIGHT if s.breaks], ids=[s.name for s in RIGHT if s.breaks])
@pytest.mark.parametrize("logits", [START, (20.0, 0.0), (3.0, 2.9, -7.0)], ids=str)
@pytest.mark.parametrize("seed", [0, 7])
def test_a_breaking_point_parts_right_from_wrong(specimen, logits, seed):
    at = breaking_point(specimen, logits, 0, seed=seed)
    if at is None:
        assert examine(specimen, logits, 0, seed=seed, spread=1000.0).right_here
        return
    before, after, beyond = (examine(specimen, logits, 0, seed=seed, spread=at * k) for k in (0.7, 1.0, 1.3))
    assert before.right_here and not after.right_here and not beyond.right_here
    assert before.verdict == after.verdict == "right until" and before.breaks_at == at
    assert after.symptom


@pytest.mark.parametrize("logits", [(10.0, 0.0), (0.0, 25.0, 3.0)], ids=str)
def test_naive_breaks_where_exp_overflows(logits):
    at = breaking_point(SPECIMENS["naive"], logits, 0)
    assert at == pytest.approx(LAST_EXP / batch(logits).max(), rel=1e-6)
    found = examine(SPECIMENS["naive"], logits, 0, spread=1.01 * at)
    assert np.isnan(found.result).any() and "NaN" in found.symptom and found.largest == math.inf


def test_naive_breaks_downwards_too():
    found = examine(SPECIMENS["naive"], (0.0, 0.1), 0, shift=-760.0)
    assert found.breaks_at == 0.001 and found.verdict == "wrong" and found.symptom == "8 of 8 numbers are NaN."


def test_the_batch_maximum_breaks_where_a_row_underflows():
    logits = (3.0, 0.0, 1.0)
    at = breaking_point(SPECIMENS["batch-maximum"], logits, 0)
    tops = batch(logits).max(axis=-1)
    assert 708.0 < at * (tops.max() - tops.min()) < 745.2
    found = examine(SPECIMENS["batch-maximum"], logits, 0, spread=at * 746.0 / 708.0)
    lowest = int(tops.argmin())
    assert np.isnan(found.result[lowest]).all() and np.isfinite(found.result[int(tops.argmax())]).all()


def test_minus_one_over_p_breaks_where_one_over_p_overflows():
    logits = (20.0, 0.0, 5.0)
    rows = batch(logits)
    assert (rows.argmax(axis=-1) == 0).all()
    at = breaking_point(SPECIMENS["minus-one-over-p"], logits, 1)
    assert at == pytest.approx(LAST_EXP / (rows[:, 0] - rows[:, 1]).max(), rel=1e-6)
    assert "NaN" in examine(SPECIMENS["minus-one-over-p"], logits, 1, spread=at).symptom


@pytest.mark.parametrize("name", ["double-loop", "diagonal-minus-outer", "broadcast-batch", "einsum-batch"])
def test_jacobians_lose_the_winners_digits(name):
    logits = (5.0, 0.0, 0.0)
    at = breaking_point(SPECIMENS[name], logits, 0)
    rows = batch(logits, spread=at)[: 1 if SPECIMENS[name].one_row else 4]
    assert 1e-11 < Softmax(rows).q_top.min() < 3e-10  # half a unit in the last place of 1 is 1e−6 of it
    gone = examine(SPECIMENS[name], logits, 0, spread=8.0)  # a gap of 40
    corner = gone.result.reshape(-1, 3, 3)[0, 0, 0]
    assert corner == 0.0 and gone.largest > 0.99 and gone.truth.reshape(-1, 3, 3)[0, 0, 0] == Softmax((40, 0, 0)).q[0]


@pytest.mark.parametrize("name", ["fused-cross-entropy", "complex-step"])
def test_p_minus_one_loses_its_digits_for_a_winning_target(name):
    at = breaking_point(SPECIMENS[name], (5.0, 0.0), 0)
    rows = batch((5.0, 0.0), spread=at)[: 1 if SPECIMENS[name].one_row else 4]
    assert 1e-11 < Softmax(rows).q[:, 0].min() < 3e-10
    assert breaking_point(SPECIMENS[name], (0.0, 25.0), 0) is None


# -- wrong ones


@pytest.mark.parametrize("specimen", WRONG, ids=names(WRONG))
@pytest.mark.parametrize("logits", [START, (1.0, 2.0, 3.0), (0.3, 0.2), (5.0, -3.0, 2.0, 1.0)], ids=str)
def test_wrong_ones_are_wrong_whatever_the_spread(specimen, logits):
    for spread in (0.1, 1.0, 4.0):
        if specimen.name == "forward-difference" and spread > 1.0:
            continue  # a loss that is almost a straight line has no curvature to err by
        found = examine(specimen, logits, 1, spread=spread)
        assert found.verdict == "wrong" and found.symptom and found.breaks_at is None, spread


def test_what_the_forward_passes_return_instead():
    z = batch()
    assert function("batch-sum")(z).sum() == pytest.approx(1.0) and (function("batch-sum")(z).sum(axis=-1) < 0.9).all()
    assert function("wrong-axis")(z).sum(axis=0) == pytest.approx(np.ones(5))
    assert function("softmax-twice")(z) == pytest.approx(Softmax(Softmax(z).p).p, rel=1e-13)


def test_what_the_jacobians_return_instead():
    p = Softmax(START).p
    assert function("off-diagonal-only")(np.array(START)) == pytest.approx(-np.outer(p, p), rel=1e-13)
    assert function("plus-sign")(np.array(START)).sum(axis=-1) == pytest.approx(2.0 * p, rel=1e-13)


@pytest.mark.parametrize("name", ["row-sum", "rolled-products"])
@pytest.mark.parametrize("spread", [0.1, 1.0, 10.0, 100.0])
def test_row_sums_are_zero_whatever_the_logits(name, spread):
    assert np.abs(function(name)(spread * batch())).max() < 3e-16
    if spread <= 1.0:
        assert examine(SPECIMENS[name], START, 1, spread=spread).symptom.startswith("Only round-off")


def test_what_the_other_derivatives_return():
    z = batch()
    p = Softmax(z).p
    assert function("lost-minus")(z) == pytest.approx(2.0 * p * (1.0 - p), rel=1e-13)
    for name in ("ratio-form", "sigmoid-rule"):
        assert function(name)(z) == pytest.approx(p * (1.0 - p), rel=1e-12)
    with np.errstate(all="ignore"):
        assert np.isnan(function("ratio-form")(np.array([[1000.0, 0.0]]))).any()
    found = examine(SPECIMENS["ratio-form"], (1000.0, 0.0), 0)
    assert found.verdict == "wrong" and found.symptom == "4 of 8 numbers are NaN."


@pytest.mark.parametrize("n", [3, 5, 10])
def test_the_diagonal_only_is_off_by_half(n):
    rng = np.random.default_rng(5)
    misses = []
    for _ in range(200):
        z, dy = rng.normal(size=(1, n)), rng.normal(size=(1, n))
        true = Softmax(z).vjp(dy)
        misses.append(np.linalg.norm(dy * function("sigmoid-rule")(z) - true) / np.linalg.norm(true))
    assert 0.3 < np.median(misses) < 0.7


def test_what_the_backward_passes_return_instead():
    z, rng = batch(), np.random.default_rng(3)
    s, dy = Softmax(z), rng.normal(size=z.shape)
    diagonal = np.einsum("mii->mi", s.jacobian())
    assert function("repeated-index")(z, dy) == pytest.approx(dy * diagonal, rel=1e-13)
    assert function("without-the-sum")(z, dy) == pytest.approx(s.p * dy, rel=1e-13)
    g, h = function("target-entry-only")(z, one_hot(z, 2)), 1e-5
    for i, nudge in enumerate(h * np.eye(5)):
        up, down = (0.5 * (Softmax(z + sign * nudge).p[:, 2] - 1.0) ** 2 for sign in (1.0, -1.0))
        assert g[:, i] == pytest.approx((up - down) / (2.0 * h), rel=1e-6, abs=1e-11)


def loss(z, y):
    return float(mpmath.log(mpmath.fsum(mpmath.exp(float(a)) for a in z)) - float(z[y]))


def test_a_nudge_on_integers_is_cut_off():
    found = examine(SPECIMENS["central-on-integers"], (3.2, 1.9, 1.0), 2)
    z = np.array([3.0, 2.0, 1.0])
    assert np.array_equal(found.rows[0], z)
    wanted = [(loss(z, 2) - loss(z - one, 2)) / 2e-3 for one in np.eye(3)]  # 3 + h is 3, 3 − h is 2
    assert found.result == pytest.approx(wanted, rel=1e-9) and found.largest > 100.0


def test_the_forward_difference_errs_by_half_the_curvature():
    found, p = examine(SPECIMENS["forward-difference"], START, 1), Softmax(START).p
    assert found.result - found.truth == pytest.approx(0.5e-3 * p * (1.0 - p), rel=2e-3)


def test_a_step_too_small_leaves_round_off():
    found = examine(SPECIMENS["step-too-small"], START, 1)
    assert 1e-6 < found.largest < 0.1
    units = found.result * 2e-13 / 2.0**-53
    assert units == pytest.approx(np.rint(units), abs=1e-6)  # whole units in the last place of the loss


# -- the examination


def test_neighbours_are_seeded_and_stay():
    rows = batch(seed=4)
    assert rows.shape == (4, 5) and tuple(rows[0]) == START
    assert np.array_equal(batch(seed=4), rows) and not np.array_equal(batch(seed=5)[1:], rows[1:])
    assert np.array_equal(batch((*START, 0.0), seed=4)[:, :5], rows)
    assert batch(seed=4, spread=2.0, shift=1.0) == pytest.approx(2.0 * rows + 1.0)


def test_all_at_once_says_the_same_as_one_by_one():
    for spread in (0.5, 1.0, 20.0, 300.0):
        at_once = right_here(tuple(SPECIMENS.values()), START, 1, spread=spread, shift=2.0, seed=3)
        one_by_one = {
            name: examine(s, START, 1, spread=spread, shift=2.0, seed=3, breaks_at=None).right_here
            for name, s in SPECIMENS.items()
        }
        assert at_once == one_by_one


@pytest.mark.parametrize("logits", [(0.0,), (1e300, -1e300), (0.0, 0.0, 0.0), (5e-324, 0.0), tuple(range(12))], ids=str)
@pytest.mark.parametrize("spread", [0.001, 1000.0])
def test_every_specimen_bears_every_logit(logits, spread):
    for specimen in SPECIMENS.values():
        if not math.isfinite(spread * max(logits)):
            continue
        found = examine(specimen, logits, 0, spread=spread)
        assert found.result.shape == found.truth.shape == found.error.shape
        assert np.isfinite(found.truth).all() and found.largest >= 0.0
        assert bool(found.symptom) != found.right_here


def odd(function):
    return replace(SPECIMENS["stable"], function=function)


def raises(z):
    raise ZeroDivisionError("division by zero")


def spoils(z):
    z[:] = 0.0
    return z


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (raises, "It raised ZeroDivisionError: division by zero."),
        (lambda z: z[0], "It returned shape (5,), not (4, 5)."),
        (lambda z: z / 0.0, "20 of 20 numbers are infinite."),
        (lambda z: "p", "It raised ValueError: could not convert string to float: 'p'."),
        (lambda z: np.full(z.shape, 1e-30), "Only round-off, the truth reaches 0.676."),
    ],
)
def test_a_failure_is_a_sentence(function, said):
    found = examine(odd(function), START, 0)
    assert found.symptom == said and found.verdict == "wrong"


def test_nothing_given_is_written_to():
    z = np.array(START)
    found = examine(odd(spoils), z, 0)
    assert tuple(z) == START and tuple(found.rows[0]) == START
