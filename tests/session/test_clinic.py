"""The Clinic's choices are checked, its code is coloured without loss, its words agree with the numbers."""

import math

import numpy as np
import pytest
from figures import read
from hypothesis import given
from hypothesis import strategies as st
from intents import refusal, sentence

from explorer.model import gradient_check
from explorer.model.specimens import SPECIMENS, TOLERANCE
from explorer.session import clinic_words
from explorer.session.clinic_choice import FIRST, METHODS, MOST_SEED, ClinicChoice
from explorer.session.code_runs import ROLES, code_lines
from explorer.session.intent import Intent
from explorer.session.picks import Entry, Step, exists, spell
from explorer.session.snapshot import Snapshot, resolve

START = (2.4, 1.0, 0.5, -0.5, -1.2)


def seen(specimen: str, logits: tuple[float, ...] = START, target: int = 1, **fields: float) -> Snapshot:
    """Return a snapshot with a specimen chosen."""
    return resolve(Intent(logits=logits, target=target, clinic=ClinicChoice(specimen=specimen), **fields))  # type: ignore[arg-type]


# -- what can be chosen


def test_what_cannot_be_is_refused_in_a_sentence() -> None:
    assert "“surgery”" in refusal(lambda: ClinicChoice(page="surgery"))
    assert "“softmin”" in refusal(lambda: ClinicChoice(specimen="softmin"))
    assert "-1" in refusal(lambda: ClinicChoice(seed=-1))
    assert "4294967295" in refusal(lambda: ClinicChoice(seed=MOST_SEED + 1))
    assert "“backward”" in refusal(lambda: ClinicChoice(methods=("backward",)))
    assert ClinicChoice(methods=("complex", "forward", "complex")).methods == ("forward", "complex")


def test_names_that_are_known_without_the_catalogue_are_in_it() -> None:
    assert FIRST in SPECIMENS and METHODS == gradient_check.METHODS


def test_the_largest_seed_works() -> None:
    snapshot = resolve(Intent(logits=START, clinic=ClinicChoice(specimen="vjp", seed=MOST_SEED)))
    assert snapshot.examination.right_here


# -- code


@pytest.mark.parametrize("specimen", SPECIMENS.values(), ids=SPECIMENS)
def test_colours_lose_no_letter(specimen) -> None:
    lines = code_lines(specimen.code)
    assert ["".join(text for text, _ in line) for line in lines] == specimen.code.splitlines()
    assert {role for line in lines for _, role in line} <= set(ROLES)
    runs = [run for line in lines for run in line]
    assert ("def", "keyword") in runs and (specimen.function.__name__, "name") in runs
    assert ("return", "keyword") in runs


@given(st.text(st.sampled_from("def f(x):\n \t\"'#1.e\\é∂[{"), max_size=60))
def test_text_that_is_no_python_stays_whole(text: str) -> None:
    assert ["".join(part for part, _ in line) for line in code_lines(text)] == text.splitlines()


def test_roles() -> None:
    code = 'def f(x):  # why\n    """two\n    lines"""\n    return sum(x, 1.5) if x else None'
    runs = [run for line in code_lines(code) for run in line]
    for run in [
        ("def", "keyword"),
        ("f", "name"),
        ("# why", "comment"),
        ('"""two', "string"),
        ('    lines"""', "string"),
        ("sum", "builtin"),
        ("1.5", "number"),
        ("None", "keyword"),
    ]:
        assert run in runs, run
    assert code_lines('a = """one\n"""') == [[("a = ", "plain"), ('"""one', "string")], [('"""', "string")]]


# -- words


@pytest.mark.parametrize("name", SPECIMENS)
@pytest.mark.parametrize("spread", [1.0, 30.0, 900.0])
def test_headlines_and_marks_say_what_the_numbers_say(name: str, spread: float) -> None:
    snapshot = seen(name, spread=spread)
    found, specimen = snapshot.examination, SPECIMENS[name]
    headline, standing = clinic_words.headline(snapshot), clinic_words.standing(snapshot, specimen)
    assert (standing == "wrong") == (not found.largest <= TOLERANCE) == headline.startswith("Wrong")
    assert (standing == "right") == (headline == "Right" and not specimen.breaks)
    if specimen.breaks and found.breaks_at is None:
        assert headline == "Right up to t = 1000"
    if found.breaks_at is not None:
        assert headline.endswith(f"ight until t = {clinic_words.number(found.breaks_at)}")
        assert clinic_words.way_out(snapshot) == found.breaks_at
    for heading, text in clinic_words.sentences(snapshot):
        assert heading in clinic_words.HEADINGS
        sentence(text)


def test_luck_is_called_luck() -> None:
    snapshot = seen("forward-difference", (9.0, 0.0), 1, spread=5.0)
    assert clinic_words.headline(snapshot) == "Right here, by luck"
    assert clinic_words.standing(snapshot, SPECIMENS["forward-difference"]) == "until"


def test_there_is_no_way_out_to_where_one_is() -> None:
    at = seen("naive").breaks_at
    assert at is not None
    assert clinic_words.way_out(seen("naive", spread=at)) is None
    assert clinic_words.headline(seen("naive", spread=at)).startswith("Wrong here, right until")


def test_numbers_shorten_by_rounding() -> None:
    found = seen("vjp", (1e-9, 0.0, 40.0)).examination
    for texts in (clinic_words.returned_texts, clinic_words.true_texts, clinic_words.error_texts):
        for row, brief in zip(texts(found), texts(found, 2), strict=True):
            for text, short in zip(row, brief, strict=True):
                assert len(short) <= len(text) and len(short) <= 7
                full, rounded = (read(part).value for part in (text, short))
                assert full == rounded or abs(rounded / full - 1) < 0.6


def test_no_zero_but_an_exact_one_and_no_probability_of_one() -> None:
    stable = seen("stable", (0.0, 40.0, 4000.0), 0).examination
    assert clinic_words.true_texts(stable)[0] == ["6.6e−1738", "1.6e−1720", "1 − 1.6e−1720"]
    assert clinic_words.true_texts(stable, 2)[0] == ["7e−1738", "2e−1720", "<1"]
    assert clinic_words.returned_texts(stable)[0] == ["0", "0", "1"]
    naive = seen("naive", (0.0, 9.0), 0).examination
    assert clinic_words.returned_texts(naive)[0] == ["1.2e−4", "1 − 1.2e−4"]
    assert clinic_words.true_texts(seen("stable", (7.0,), 0).examination)[0] == ["1"]
    jacobian = seen("double-loop", (0.0, 1000.0), 0).examination
    assert clinic_words.true_texts(jacobian) == [["5.1e−435", "−5.1e−435"], ["−5.1e−435", "5.1e−435"]]


@given(st.lists(st.floats(-900.0, 900.0), min_size=2, max_size=5), st.sampled_from(tuple(SPECIMENS)))
def test_the_truth_and_its_logarithms_agree(logits: list[float], name: str) -> None:
    found = seen(name, tuple(logits), 0).examination
    big = np.abs(found.truth) > 1e-290
    assert found.log10_truth.shape == found.truth.shape
    np.testing.assert_allclose(found.log10_truth[big], np.log10(np.abs(found.truth[big])), rtol=1e-9, atol=1e-9)
    assert (found.log10_truth[~big] < -289.0).all()


def text_of(snapshot: Snapshot, pick: Entry | Step) -> str:
    return "".join(text for text, _ in spell(pick, snapshot))


def test_what_is_pointed_at_is_spelled_out() -> None:
    row_sum = seen("row-sum")
    assert text_of(row_sum, Entry(0, 0)).startswith("here, a₁:  true ")
    assert text_of(row_sum, Entry(1, 2)).endswith("off by 1.000") or "off by" in text_of(row_sum, Entry(1, 2))
    loop = seen("double-loop", (1.0, 2.0), 0)
    assert text_of(loop, Entry(0, 1)) == "∂p₁/∂a₂:  true −0.197,  returned −0.197,  off by 0"
    naive = seen("naive", (1000.0, 0.0), 0)
    assert text_of(naive, Entry(0, 0)) == "here, p₁:  true 1 − 5.1e−435,  returned NaN"
    assert clinic_words.worst(naive.examination) == (0, 0)


def test_a_step_is_spelled_out() -> None:
    snapshot = resolve(Intent(logits=START, clinic=ClinicChoice(page="check", methods=("central",))))
    best = snapshot.gradient_check.best["central"]
    text = text_of(snapshot, Step(best))
    assert text.startswith("h = 1.0e−5,  off by   central 1.") and "forward" not in text
    dull = resolve(Intent(logits=(1.0,)))
    assert text_of(dull, Step(0)) == "The gradient is 0 here: there is nothing to be relative to."


def test_picks_that_have_gone_are_known() -> None:
    snapshot = seen("double-loop")
    assert exists(Entry(4, 4), snapshot) and not exists(Entry(5, 0), snapshot) and not exists(Entry(0, 5), snapshot)
    assert not exists(Entry(1, 0), seen("complex-step")) and exists(Step(45), snapshot)
    assert not exists(Step(46), snapshot)


@pytest.mark.parametrize("name", SPECIMENS)
@pytest.mark.parametrize("logits", [(3.0,), START, tuple(range(12))], ids=len)
def test_tables_have_a_name_for_every_row_and_column(name: str, logits: tuple[float, ...]) -> None:
    found = seen(name, logits, 0).examination
    truth = clinic_words.table(found.truth)
    assert truth.shape == (len(clinic_words.row_names(found)), len(clinic_words.column_names(found)))
    assert truth.ndim == 2 and truth.shape[1] == len(logits)
    assert np.array_equal(truth[0], found.truth.reshape(-1, len(logits))[0])
    assert math.isfinite(float(truth.sum()))
