"""The way between two scenes: exact at both ends, inside the span between, a cut where there is no way."""

import math
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from intents import intents

from explorer.session.intent import Intent
from explorer.session.lecture.transition import between

FRACTIONS = st.floats(0.0, 1.0)


def of_size(n: int) -> st.SearchStrategy[Intent]:
    """Return a strategy for states of n classes."""
    return intents(largest=4).map(lambda intent: intent.with_changes(ghost=None).with_classes(n))


def there_is_a_way(pair: tuple[Intent, Intent]) -> bool:
    """Tell whether every mixture of the two has finite effective logits."""
    largest = max(Fraction(abs(z)) for intent in pair for z in intent.logits)
    return largest * Fraction(max(intent.spread for intent in pair)) < Fraction(1.7e308)


PAIRS = st.integers(1, 4).flatmap(lambda n: st.tuples(of_size(n), of_size(n)).filter(there_is_a_way))


@given(PAIRS, st.floats(max_value=0.0))
def test_the_start_has_the_first_numbers_and_the_last_choices(pair: tuple[Intent, Intent], fraction: float) -> None:
    start, end = pair
    now = between(start, end, fraction)
    expected = {"logits": start.logits, "spread": start.spread, "shift": start.shift}
    assert repr(now) == repr(end.with_changes(**expected))


@given(PAIRS, st.floats(min_value=1.0))
def test_the_end_is_the_scene_itself(pair: tuple[Intent, Intent], fraction: float) -> None:
    assert between(*pair, fraction) is pair[1]


@given(PAIRS, FRACTIONS)
def test_on_the_way_everything_lies_between(pair: tuple[Intent, Intent], fraction: float) -> None:
    start, end = pair
    now = between(start, end, fraction)
    for a, b, z in zip(start.logits, end.logits, now.logits, strict=True):
        assert min(a, b) <= z <= max(a, b)
    assert min(start.spread, end.spread) <= now.spread <= max(start.spread, end.spread)
    assert min(start.shift, end.shift) <= now.shift <= max(start.shift, end.shift)
    same = {"logits": now.logits, "spread": now.spread, "shift": now.shift}
    assert now == end.with_changes(**same)


@given(PAIRS, FRACTIONS, FRACTIONS)
def test_nothing_turns_back_on_the_way(pair: tuple[Intent, Intent], one: float, other: float) -> None:
    start, end = pair
    sooner, later = (between(start, end, fraction) for fraction in sorted((one, other)))
    slack = 1e-12
    for a, b, z, later_z in zip(start.logits, end.logits, sooner.logits, later.logits, strict=True):
        room = slack * max(abs(a), abs(b))
        assert (later_z - z) * math.copysign(1.0, b - a) >= -room or b == a


@given(intents(), intents(), FRACTIONS)
def test_another_number_of_classes_is_a_cut(start: Intent, end: Intent, fraction: float) -> None:
    if start.n != end.n:
        assert between(start, end, fraction) is end


def test_halfway() -> None:
    start = Intent(logits=(0.0, 2.0), spread=0.25, shift=-10.0, target=0, view="vanishing")
    end = Intent(logits=(4.0, 2.0), spread=16.0, shift=20.0, target=1, labels=("cat", "dog"))
    now = between(start, end, 0.5)
    assert (now.logits, now.shift) == ((2.0, 2.0), 5.0)
    assert math.isclose(now.spread, 2.0)
    assert (now.target, now.view, now.labels) == (1, "explore", ("cat", "dog"))


def test_what_stays_the_same_stays_to_the_last_bit() -> None:
    start = Intent(logits=(0.1, 0.3), spread=0.7, shift=0.1, target=0)
    end = Intent(logits=(0.1, 5.0), spread=0.7, shift=0.1, target=0)
    for k in range(101):
        now = between(start, end, k / 100)
        assert (now.logits[0], now.spread, now.shift) == (0.1, 0.7, 0.1)


def test_a_way_through_infinity_is_a_cut() -> None:
    start = Intent(logits=(1e308, 0.0), spread=1.0, target=0)
    end = Intent(logits=(1e305, 0.0), spread=1000.0, target=0)
    assert [between(start, end, k / 4) for k in range(5)] == [end] * 5  # not there and back


def test_the_longest_way_does_not_overflow() -> None:
    start, end = Intent(logits=(-1.7e308,), target=0), Intent(logits=(1.7e308,), target=0)
    assert between(start, end, 0.5).logits == (0.0,)
