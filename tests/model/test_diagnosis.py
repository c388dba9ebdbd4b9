"""The clinic names what people get wrong, and calls nothing correct that is not."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from right_softmaxes import RIGHT
from wrong_softmaxes import MISTAKES, Mistake

from explorer.model.clinic import KINDS, Diagnosis, diagnose
from explorer.model.clinic.probes import relative_error

SEEDS = range(25)


def soft(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def test_the_collections_are_large_enough_and_name_everything_once():
    assert len(MISTAKES) >= 90
    assert len(RIGHT) >= 20
    assert len({m.name for m in MISTAKES}) == len(MISTAKES)
    assert len({r.name for r in RIGHT}) == len(RIGHT)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_mistake_is_named_whatever_the_probes(seed: int):
    found = {m.name: diagnose(m.function, m.kind, seed=seed) for m in MISTAKES}
    assert {name: d.label for name, d in found.items()} == {m.name: m.label for m in MISTAKES}
    assert not [name for name, d in found.items() if d.verdict in ("correct", "unknown")]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_right_function_is_called_correct_whatever_the_probes(seed: int):
    found = {r.name: diagnose(r.function, r.kind, seed=seed) for r in RIGHT}
    assert {name: d.verdict for name, d in found.items()} == dict.fromkeys(found, "correct")
    assert not [r.name for r in RIGHT if r.stress not in " ".join(found[r.name].stress) + found[r.name].sentence]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.name)
def test_a_mistake_is_not_correct_when_its_kind_is_left_open(mistake: Mistake):
    assert diagnose(mistake.function).verdict != "correct" or mistake.name in OPEN


# What is right as something else: p − y without J is cross-entropy's gradient, and so on.
OPEN = {"jacobian_on_top", "p_minus_y", "softmax_in_place_of_derivative", "derivative_of_something_else"}


def test_every_diagnosis_says_what_and_how_and_survives_json():
    for case in (*MISTAKES, *RIGHT):
        d = diagnose(case.function, case.kind)
        assert d.sentence.endswith((".", "…")), d
        assert "  " not in d.sentence and "None" not in d.sentence.replace("returns None", ""), d
        assert d.remedy or d.verdict == "correct", d
        assert d.kind in (*KINDS, None)
        assert Diagnosis.from_dict(json.loads(json.dumps(d.to_dict()))) == d


def _kinds():
    def jacobian(z):
        s = soft(z)
        return s[:, :, None] * (np.eye(s.shape[1]) - s[:, None, :])

    def vjp(z, dy):
        s = soft(z)
        return s * (dy - (s * dy).sum(axis=1, keepdims=True))

    def cross_entropy(z, y):
        return soft(z) - np.eye(z.shape[1])[y]

    def squared_error(z, y):
        return vjp(z, cross_entropy(z, y))

    return {
        "forward": soft,
        "jacobian": jacobian,
        "vjp": vjp,
        "cross_entropy": cross_entropy,
        "squared_error": squared_error,
    }


OF_KIND = _kinds()


@given(kind=st.sampled_from(sorted(OF_KIND)), factor=st.floats(-50, 50).filter(lambda c: abs(c - 1) > 1e-6))
def test_no_multiple_of_a_right_function_is_correct(kind, factor):
    function = OF_KIND[kind]
    assert diagnose(lambda *given: factor * function(*given), kind).verdict != "correct"


@given(
    kind=st.sampled_from(sorted(OF_KIND)),
    place=st.integers(0, 10**6),
    size=st.sampled_from([1e-7, -1e-6, 1e-3, 0.1, np.nan, np.inf]),
    seed=st.integers(0, 5),
)
def test_no_function_with_one_wrong_entry_is_correct(kind, place, size, seed):
    def wrong(*given):
        values = np.array(OF_KIND[kind](*given))
        values.flat[place % values.size] += size
        return values

    assert diagnose(wrong, kind, seed=seed).verdict != "correct"


@given(kind=st.sampled_from(sorted(OF_KIND)), shift=st.integers(1, 1))
def test_no_function_with_its_classes_moved_is_correct(kind, shift):
    assert diagnose(lambda *given: np.roll(OF_KIND[kind](*given), shift, axis=-1), kind).verdict != "correct"
    assert diagnose(lambda *given: OF_KIND[kind](*given)[..., ::-1], kind).verdict != "correct"


@given(kind=st.sampled_from(sorted(OF_KIND)), bound=st.floats(0.5, 14.0), seed=st.integers(0, 3))
def test_no_function_that_cuts_logits_off_is_correct(kind, bound, seed):
    def wrong(z, *rest):
        return OF_KIND[kind](np.clip(z, -bound, bound), *rest)

    assert diagnose(wrong, kind, seed=seed).verdict != "correct"


ROWS = {
    "first": lambda z: np.arange(len(z)) == 0,
    "sixth": lambda z: np.arange(len(z)) == 5,
    "first class wins": lambda z: z.argmax(axis=1) == 0,
    "last class wins": lambda z: z.argmax(axis=1) == z.shape[1] - 1,
    "negative": lambda z: (z < 0).all(axis=1),
    "positive": lambda z: (z > 0).all(axis=1),
    "tie": lambda z: (z == z.max(axis=1, keepdims=True)).sum(axis=1) > 1,
    "small p": lambda z: soft(z).min(axis=1) < 1e-6,
    "two classes": lambda z: np.full(len(z), z.shape[1] == 2),
    "many classes": lambda z: np.full(len(z), z.shape[1] > 7),
    "one row": lambda z: np.full(len(z), len(z) == 1),
    "square": lambda z: np.full(len(z), z.shape[0] == z.shape[1]),
    "wide": lambda z: np.full(len(z), z.shape[0] < z.shape[1]),
}


@pytest.mark.parametrize("kind", sorted(OF_KIND))
@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
def test_a_function_that_is_wrong_on_some_rows_only_is_not_correct(kind, rows):
    def wrong(z, *rest):
        right = OF_KIND[kind](z, *rest)
        return np.where(rows(z).reshape(-1, *[1] * (right.ndim - 1)), 1.01, 1.0) * right

    for seed in range(3):
        assert diagnose(wrong, kind, seed=seed).verdict != "correct"


DYS = {
    "one-hot": lambda dy: (dy != 0).sum(axis=1) == 1,
    "large": lambda dy: np.abs(dy).max(axis=1) > 4,
    "negative": lambda dy: (dy < 0).all(axis=1),
}


@pytest.mark.parametrize("rows", DYS.values(), ids=DYS)
def test_a_backward_pass_that_is_wrong_for_some_dy_only_is_not_correct(rows):
    def wrong(z, dy):
        return np.where(rows(dy)[:, None], 1.01, 1.0) * OF_KIND["vjp"](z, dy)

    for seed in range(3):
        assert diagnose(wrong, "vjp", seed=seed).verdict != "correct"


@pytest.mark.parametrize("kind", sorted(OF_KIND))
def test_a_function_that_remembers_is_not_correct(kind):
    kept = []

    def wrong(*given):
        if not kept:
            kept.append(OF_KIND[kind](*given))
        return kept[0]

    assert diagnose(wrong, kind).verdict != "correct"


@pytest.mark.parametrize(
    ("broken", "word"),
    [
        (SystemExit(3), "SystemExit"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (GeneratorExit(), "GeneratorExit"),
        (MemoryError("no room"), "no room"),
        (ValueError("bad\nsecond line"), "ValueError: bad"),
        (BaseException(), "BaseException"),
    ],
)
def test_whatever_is_raised_becomes_a_sentence(broken, word):
    def raises(z):
        raise broken

    d = diagnose(raises, "forward")
    assert d.verdict == "error"
    assert word in d.sentence
    assert "second line" not in d.sentence


def test_endless_recursion_is_an_error():
    def again(z):
        return again(z)

    assert diagnose(again).verdict == "error"
    assert "RecursionError" in diagnose(again).sentence


def test_prints_and_warnings_go_nowhere(capsys):
    import sys
    import warnings

    def loud(z):
        print("hello")
        print("oh", file=sys.stderr)
        warnings.warn("careful", UserWarning, stacklevel=1)
        np.log(np.zeros(3))
        return soft(z)

    assert diagnose(loud).verdict == "correct"
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "value",
    [
        "text",
        b"bytes",
        {},
        set(),
        None,
        object(),
        np.array(["a"]),
        1j * np.ones((3, 5)),
        lambda: 0,
        [[1], [1, 2]],
        print,
    ],
)
def test_what_is_no_array_of_numbers_is_an_error(value):
    d = diagnose(lambda z: value, "forward")
    assert d.verdict == "error"
    assert d.sentence.startswith("It returns")


def test_a_function_with_too_many_arguments_is_an_error_that_names_them():
    d = diagnose(lambda z, dy, cache: z, "vjp")
    assert (d.verdict, d.label) == ("error", "cannot-call")
    assert "z, dy, cache" in d.sentence


def test_a_function_with_too_few_arguments_is_an_error():
    d = diagnose(lambda z: z, "vjp")
    assert (d.verdict, d.label) == ("error", "cannot-call")
    assert "upstream gradient" in d.sentence


@pytest.mark.parametrize("value", [3, "text", None, np.ones(3)])
def test_what_cannot_be_called_is_an_error(value):
    assert diagnose(value).verdict == "error"


def test_a_class_that_needs_arguments_is_an_error_with_a_sentence():
    class Sized:
        def __init__(self, n):
            self.n = n

        def forward(self, x):
            return soft(x)

    d = diagnose(Sized)
    assert d.verdict == "error"
    assert "Sized" in d.sentence


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="unknown kind 'gradient': use one of forward"):
        diagnose(soft, "gradient")


def test_the_factor_of_a_batch_mean_is_stated():
    d = diagnose(lambda z, y: OF_KIND["cross_entropy"](z, y) / len(z), "cross_entropy")
    assert (d.verdict, d.factor) == ("correct", "1/m")
    assert "1/m" in d.sentence


def test_overflow_is_found_where_it_happens():
    def naive(z):
        e = np.exp(z)
        return e / e.sum(axis=1, keepdims=True)

    d = diagnose(naive)
    assert (d.verdict, d.label) == ("correct", "overflow")
    assert "about 71" in d.stress[0] or "about 70" in d.stress[0]


def test_raw_logits_are_wrong_for_logits_and_right_for_probabilities():
    assert diagnose(lambda z, dy: z * (dy - (z * dy).sum(axis=1, keepdims=True))).label == "raw-logits"
    assert diagnose(lambda p, dy: p * (dy - (p * dy).sum(axis=1, keepdims=True))).verdict == "correct"


def test_a_diagnosis_depends_on_the_seed_alone():
    for mistake in MISTAKES[:20]:
        if mistake.label != "not-deterministic":
            first = diagnose(mistake.function, mistake.kind, seed=3)
            diagnose(mistake.function, mistake.kind, seed=4)
            assert diagnose(mistake.function, mistake.kind, seed=3) == first


def _late(values):
    """Return a function that is right six times, then returns something else."""
    calls = []

    def late(z):
        calls.append(z)
        if len(calls) <= 6:
            return soft(z)
        if isinstance(values, BaseException):
            raise values
        return soft(z) * values

    return late


async def _asynchronous(z):
    return soft(z)


class _NotPrintableError(Exception):
    def __str__(self):
        raise RuntimeError


class _NoArray:
    def __array__(self, *_):
        raise ValueError


def _raises_what_cannot_be_printed(z):
    raise _NotPrintableError


@pytest.mark.parametrize("kind", [None, *KINDS])
@pytest.mark.parametrize(
    "function",
    [
        _late(np.nan),
        _late(np.inf),
        _late(2.0),
        _late(ValueError("late")),
        _asynchronous,
        _raises_what_cannot_be_printed,
        lambda z, *rest: soft(z) * 1e300,
        lambda z, *rest: soft(z) * 1e-300,
        lambda z, *rest: np.full(z.shape, np.nan),
        lambda z, *rest: np.where(z == z.max(), np.inf, soft(z)),
        lambda z, *rest: np.empty((0,)),
        lambda z, *rest: np.empty((len(z), 0)),
        lambda z, *rest: np.ones((2, 2, 2, 2, 2)),
        lambda z, *rest: z > 0,
        lambda z, *rest: np.zeros(z.shape, dtype=[("a", "f8")]),
        lambda z, *rest: np.zeros(z.shape, dtype="datetime64[D]"),
        lambda z, *rest: _NoArray(),
        lambda z, *rest: np.random.default_rng().normal(size=np.random.default_rng().integers(1, 5, size=2)),
        lambda z, *rest: z.resize((1, z.size), refcheck=False),
        lambda z, *, mode: soft(z),
        lambda: 0,
        type,
        len,
        np,
    ],
)
def test_nothing_odd_gets_through_as_an_exception_or_as_correct(function, kind):
    d = diagnose(function, kind)
    assert d.verdict != "correct"
    assert d.sentence
    assert Diagnosis.from_dict(json.loads(json.dumps(d.to_dict()))) == d


def test_several_results_are_told_apart():
    def loss_and_gradient(z, y):
        p = soft(z)
        return -np.log(p[np.arange(len(z)), y]).mean(), p - np.eye(z.shape[1])[y]

    d = diagnose(loss_and_gradient, "cross_entropy")
    assert d.verdict == "correct"
    assert "several values" in " ".join(d.stress)


def test_a_caller_s_floating_point_settings_survive():
    before = np.geterr()
    diagnose(lambda z: [np.seterr(all="raise"), soft(z)][1])
    assert np.geterr() == before


@pytest.mark.parametrize(
    ("function", "word"),
    [
        (lambda z: soft(np.clip(z, -50, 50)), "large logits"),
        (lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True), "overflow"),
        (lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(axis=1, keepdims=True), "far rows"),
        (lambda z: np.array(soft(z).tolist() if z.dtype.kind == "f" else np.zeros(z.shape)), "integer logits"),
        (lambda z: soft(z) if z.dtype == np.float64 else np.zeros(z.shape), "float32 logits"),
        (lambda z: soft(z) if z.shape[1] > 1 else 1.0 / (1.0 + np.exp(-z)), "a single class"),
    ],
)
def test_the_place_where_a_right_function_breaks_is_named(function, word):
    d = diagnose(function, "forward")
    assert d.verdict == "correct"
    assert word in " ".join(d.stress)


@pytest.mark.parametrize("early", [True, False])
def test_a_numpy_in_which_functions_are_replaced_judges_nothing(monkeypatch: pytest.MonkeyPatch, early: bool):
    def replace() -> None:
        monkeypatch.setattr(np, "abs", lambda x: 0.0 * x)

    if early:
        replace()
    d = diagnose(lambda z: [replace(), z][1], "forward")
    assert (d.verdict, d.label) == ("error", "changes-numpy")
    assert "np.abs" in d.sentence


@pytest.mark.parametrize("calls", [10, 30])
def test_a_function_that_goes_wrong_after_many_calls_is_not_correct(calls: int):
    count = 0

    def forgets(z):
        nonlocal count
        count += 1
        return soft(z) if count < calls else soft(2.0 * z)

    assert diagnose(forgets, "forward").verdict != "correct"


def test_what_raises_after_many_calls_is_not_blamed_on_the_logits():
    left = [None] * 25

    def runs_out(z):
        left.pop()
        return soft(z)

    d = diagnose(runs_out, "forward")
    assert (d.verdict, d.label) == ("wrong", "remembers")
    assert "after many calls it raises IndexError" in d.sentence


def test_the_least_size_of_a_row_may_differ_from_row_to_row():
    result, truth = np.array([[1.0, 0.0], [0.0, 0.0]]), np.array([[0.5, 0.0], [0.0, 0.25]])
    assert relative_error(result, truth) == 1.0
    assert relative_error(result, truth, np.array([5.0, 0.5])) == 0.5
    assert relative_error(result, truth, 5.0) == 0.1
