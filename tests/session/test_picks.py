"""The reading line: its numbers are those of the mathematics, to the digits shown, and its products hold."""

import math
from decimal import Decimal, localcontext

import mpmath
import pytest
from figures import read
from hypothesis import example, given
from hypothesis import strategies as st
from intents import MODERATE, intents

from explorer.model import LOSSES
from explorer.model.notation import MINUS
from explorer.session.intent import Intent
from explorer.session.picks import (
    SHORT_TITLES,
    Bar,
    Cell,
    Pick,
    Slope,
    Sum,
    exists,
    norm_text,
    p_text,
    q_text,
    spell,
)
from explorer.session.snapshot import Snapshot, resolve

FORTY = resolve(Intent(logits=(40.0, 0.0, 0.0), target=0))
THOUSAND = resolve(Intent(logits=(1000.0, 0.0, 0.0), target=1))
GAPS = st.floats(-2000.0, 2000.0) | MODERATE | st.sampled_from([0.0, 40.0, -1000.0])
MILD = intents(MODERATE, largest=4).map(lambda intent: intent.with_changes(spread=1.0))
WIDE = intents(GAPS, largest=4).map(lambda intent: intent.with_changes(spread=1.0))


def text(pick: Pick, snapshot: Snapshot) -> str:
    """Return the formula as one text."""
    return "".join(run for run, _ in spell(pick, snapshot))


def figures(pick: Pick, snapshot: Snapshot) -> list[str]:
    """Return the numbers of a formula."""
    return [run for run, is_number in spell(pick, snapshot) if is_number]


MUST_SHOW = {
    "first cell at gap 40": (Cell(0, 0), FORTY, "∂p₁/∂a₁ = p₁·(1 − p₁) = (1 − 8.5e−18) × 8.5e−18 = 8.5e−18"),
    "beside it": (Cell(0, 1), FORTY, "∂p₁/∂a₂ = −p₁·p₂ = −(1 − 8.5e−18) × 4.2e−18 = −4.2e−18"),
    "two losers": (Cell(2, 1), FORTY, "∂p₃/∂a₂ = −p₃·p₂ = −4.2e−18 × 4.2e−18 = −1.8e−35"),
    "first cell at gap 1000": (Cell(0, 0), THOUSAND, "∂p₁/∂a₁ = p₁·(1 − p₁) = (1 − 1e−434) × 1e−434 = 1e−434"),
    "two losers at gap 1000": (Cell(1, 2), THOUSAND, "∂p₂/∂a₃ = −p₂·p₃ = −5.1e−435 × 5.1e−435 = −2.6e−869"),
    "a bar": (Bar(0), FORTY, "p₁ = exp(a₁) / Σ exp(aⱼ),  a₁ = 40.00,  p₁ = 1 − 8.5e−18"),
    "a loser's bar": (Bar(1), THOUSAND, "p₂ = exp(a₂) / Σ exp(aⱼ),  a₂ = 0,  p₂ = 5.1e−435"),
    "what arrives": (Slope(0, False, False), FORTY, "Cross-entropy:  ∂L/∂a₁ = p₁ − y₁ = (1 − 8.5e−18) − 1 = −8.5e−18"),
    "what arrives at a loser": (
        Slope(2, False, False),
        FORTY,
        "Cross-entropy:  ∂L/∂a₃ = p₃ − y₃ = 4.2e−18 − 0 = 4.2e−18",
    ),
    "what is sent": (Slope(1, True, False), THOUSAND, "Cross-entropy:  ∂L/∂p₂ = −2.0e434"),
    "what is not sent": (Slope(0, True, False), THOUSAND, "Cross-entropy:  ∂L/∂p₁ = 0"),
    "what squared error leaves": (
        Slope(0, False, True),
        FORTY,
        "Squared error:  ∂L/∂a₁ = Σⱼ J₁ⱼ ∂L/∂pⱼ = −1.1e−34",
    ),
    "one class": (Cell(0, 0), resolve(Intent(logits=(3.0,), target=0)), "∂p₁/∂a₁ = p₁·(1 − p₁) = 1 × 0 = 0"),
}


@pytest.mark.parametrize(("pick", "snapshot", "formula"), MUST_SHOW.values(), ids=MUST_SHOW)
def test_a_pick_reads(pick: Pick, snapshot: Snapshot, formula: str) -> None:
    assert text(pick, snapshot) == formula


def test_nothing_reads_as_zero_at_gap_1000_but_what_is() -> None:
    cells = [figures(Cell(i, j), THOUSAND) for i in range(3) for j in range(3)]
    assert "0" not in {figure for cell in cells for figure in cell}


def test_a_sum_is_zero_and_the_round_off_is_told() -> None:
    assert figures(Sum(1, True), FORTY) == figures(Sum(1, False), FORTY) == ["0"]
    assert text(Sum(0, True), FORTY) == "Σⱼ ∂p₁/∂aⱼ = 0"
    rest = math.fsum(FORTY.jacobian[:, 1].tolist())
    assert rest != 0.0
    told = text(Sum(1, False), FORTY).removeprefix("Σᵢ ∂pᵢ/∂a₂ = 0  exactly; the float64 entries sum to ")
    assert read(told).shows(Decimal(rest))


# -- the numbers, against 60-digit arithmetic


def truths(intent: Intent) -> list[mpmath.mpf]:
    """Return p by its definition; the working precision is the caller's."""
    e = [mpmath.exp(mpmath.mpf(a)) for a in intent.effective]
    return [x / mpmath.fsum(e) for x in e]


def check(shown: str, truth: mpmath.mpf) -> None:
    """Check that a text is the truth, rounded; the working precision is the caller's."""
    figure = read(shown)
    value, half = mpmath.mpf(str(figure.value)), mpmath.mpf(str(figure.half_unit))
    assert abs(value - truth) <= half * 1.00001, (shown, truth)
    assert (shown == "0") == (truth == 0)


@given(WIDE, st.data())
@example(FORTY.intent, None)
@example(THOUSAND.intent, None)
def test_the_numbers_of_a_cell_are_true(intent: Intent, data: st.DataObject | None) -> None:
    index = st.integers(0, intent.n - 1)
    i, j = data.draw(st.tuples(index, index)) if data else (0, 0)
    row, column, product = figures(Cell(i, j), resolve(intent))
    largest, least = max(intent.effective), min(intent.effective)
    with mpmath.workdps(60 + math.ceil((largest - least) / 2.3)):  # so that 1 − p keeps its figures
        p = truths(intent)
        for shown, truth in ((row, p[i]), (column, 1 - p[i] if i == j else p[j])):
            if shown.startswith(f"(1 {MINUS} "):
                shown, truth = shown.removeprefix(f"(1 {MINUS} ").removesuffix(")"), 1 - truth
            check(shown, truth)
        check(product, p[i] * (1 - p[i]) if i == j else -p[i] * p[j])


@given(MILD, st.data())
def test_the_product_holds_to_the_digits_shown(intent: Intent, data: st.DataObject) -> None:
    index = st.integers(0, intent.n - 1)
    cell = data.draw(st.builds(Cell, index, index))
    sign = 1 if cell.row == cell.column else -1
    with localcontext(prec=60):
        left, right, product = (read(shown) for shown in figures(cell, resolve(intent)))
        slack = left.half_unit * right.value + right.half_unit * left.value + left.half_unit * right.half_unit
        assert abs(sign * left.value * right.value - product.value) <= (slack + product.half_unit) * Decimal("1.0001")


@given(WIDE, st.data())
def test_p_and_its_complement_make_one(intent: Intent, data: st.DataObject) -> None:
    i, snapshot = data.draw(st.integers(0, intent.n - 1)), resolve(intent)
    p, q = read(p_text(snapshot, i)), read(q_text(snapshot, i))
    assert abs(p.value + q.value - 1) <= p.half_unit + q.half_unit
    assert not {p_text(snapshot, i), q_text(snapshot, i)} & {"1.000", "0.000"}


@given(MILD, st.data())
def test_the_numbers_of_a_gradient_are_those_of_the_model(intent: Intent, data: st.DataObject) -> None:
    snapshot, i = resolve(intent), data.draw(st.integers(0, intent.n - 1))
    for compared in range(len(snapshot.losses)):
        loss = snapshot.losses[compared]
        assert read(figures(Slope(i, True, bool(compared)), snapshot)[-1]).shows(Decimal(float(loss.upstream[i])))
        assert read(figures(Slope(i, False, bool(compared)), snapshot)[-1]).shows(Decimal(float(loss.arriving[i])))
        assert text(Slope(i, True, bool(compared)), snapshot).startswith(f"{loss.loss.title}:")


@given(MILD, st.data())
def test_the_difference_of_cross_entropy_holds(intent: Intent, data: st.DataObject) -> None:
    i = data.draw(st.integers(0, intent.n - 1))
    snapshot = resolve(intent.with_changes(loss="cross_entropy"))
    difference, value = figures(Slope(i, False, False), snapshot)
    p, y = difference.rsplit(f" {MINUS} ", 1)
    assert y == ("1" if i == intent.target else "0")
    with localcontext(prec=60):
        shown, result = read(p), read(value)
        assert abs(shown.value - int(y) - result.value) <= (shown.half_unit + result.half_unit) * Decimal("1.0001")


@given(st.floats(-1e6, 300.0))
def test_a_size_reads_by_its_logarithm(log10: float) -> None:
    shown = norm_text(log10)
    with mpmath.workdps(40):
        check(shown, mpmath.mpf(10) ** mpmath.mpf(log10))


def test_a_size_of_nothing_is_zero() -> None:
    assert norm_text(-math.inf) == "0"


# -- what can be picked


def every_pick(n: int) -> list[Pick]:
    """Return every pick there is with n classes and a compared loss."""
    pairs: list[Pick] = [Cell(i, j) for i in range(n) for j in range(n)]
    sums: list[Pick] = [Sum(i, of_row) for i in range(n) for of_row in (True, False)]
    slopes: list[Pick] = [Slope(i, up, vs) for i in range(n) for up in (True, False) for vs in (True, False)]
    return [*pairs, *sums, *slopes, *(Bar(i) for i in range(n))]


@pytest.mark.parametrize("loss", LOSSES)
def test_every_pick_that_exists_can_be_spelled(loss: str) -> None:
    snapshot = resolve(Intent(logits=(3.0, 1.0, -2.0), target=1, loss=loss, compared="kl"))
    for pick in every_pick(3):
        assert exists(pick, snapshot)
        assert text(pick, snapshot).isprintable()
        assert figures(pick, snapshot)


def test_what_has_gone_no_longer_exists() -> None:
    two = resolve(Intent(logits=(3.0, 1.0), target=1))
    gone = [pick for pick in every_pick(3) if pick not in every_pick(2)]
    assert gone
    assert not any(exists(pick, two) for pick in [*gone, None])
    assert all(exists(pick, two) for pick in every_pick(2))


def test_without_a_compared_loss_its_gradient_cannot_be_picked() -> None:
    alone = resolve(Intent(logits=(3.0, 1.0), target=1, compared=None))
    assert not exists(Slope(0, True, True), alone)
    assert exists(Slope(0, True, False), alone)


def test_every_loss_has_a_short_title_of_its_own() -> None:
    assert SHORT_TITLES.keys() == LOSSES.keys()
    assert len(set(SHORT_TITLES.values())) == len(LOSSES)
