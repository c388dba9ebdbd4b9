"""The shipped lecture: every number that the room reads is what the model gives at that scene's state.

Captions, questions, right answers and explanations stand as people write them. ``CHECKS`` names, for each scene, the
numbers in them in reading order, each with what the model says; a number more, less or changed fails.
"""

import math
import re
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from explorer.model import LOSSES, Softmax, attention, formats
from explorer.resources import asset
from explorer.session.attention import Attention
from explorer.session.lecture.reading import read_lecture
from explorer.session.lecture.scene import Scene
from explorer.session.lecture.writing import lecture_text
from explorer.session.snapshot import Snapshot, resolve
from explorer.session.vanishing_choice import WIDTHS

LECTURE, COMPLAINTS = read_lecture(asset("lectures/softmax.toml"))
SCENES = {scene.title: scene for scene in LECTURE.scenes}
Check = Callable[[Snapshot], float | bool]

NUMBER = re.compile(r"(?<![\w.])[−]?(?:\d+(?:\.\d+)?(?:e−?\d+)?|½)(?![\w])")
# Not figures but formulas.
FORMULAS = ("p(1 − p)", "−1/p", "1/p", "/√d")


def numbers_of(text: str) -> list[str]:
    """Return the numbers in a text, in order, formulas left out."""
    for formula in FORMULAS:
        text = text.replace(formula, "…")
    return NUMBER.findall(text)


def shown(scene: Scene) -> str:
    """Return what the room reads in the end: distractors are wrong on purpose."""
    question = scene.question
    asked = () if question is None else (question.text, question.answers[question.right], question.explanation)
    return " ".join((scene.caption, *asked))


def agrees(printed: str, value: float) -> bool:
    """Tell whether a printed number is a value rounded to the places it is printed with."""
    plain = printed.replace("−", "-").replace("½", "0.5")
    mantissa, _, exponent = plain.partition("e")
    places = len(mantissa.partition(".")[2])
    half = 0.5 * 10.0 ** (int(exponent or 0) - places)
    return bool(abs(float(plain) - value) <= half * (1.0 + 1e-9))


# -- what the model says


def logit(i: int) -> Check:
    return lambda s: s.intent.logits[i]


def ghost(i: int) -> Check:
    assert i >= 0
    return lambda s: s.intent.ghost[i]  # type: ignore[index]


def p(i: int) -> Check:
    return lambda s: s.softmax.p[i]


def p_before(i: int) -> Check:
    return lambda s: s.ghost.p[i]  # type: ignore[union-attr]


def jacobian(i: int, j: int) -> Check:
    return lambda s: s.jacobian[i, j]


def sent(i: int) -> Check:
    return lambda s: s.chosen.upstream[i]


def arrives(i: int) -> Check:
    return lambda s: s.chosen.arriving[i]


def spread(s: Snapshot) -> float:
    return s.intent.spread


def shift(s: Snapshot) -> float:
    return s.intent.shift


def n(s: Snapshot) -> float:
    return s.intent.n


def gap(s: Snapshot) -> float:
    """Return how far the largest effective logit leads, or the target trails if that is another class."""
    ordered = sorted(s.intent.effective)
    trails = ordered[-1] - s.intent.effective[s.intent.target]
    return trails or ordered[-1] - ordered[-2]


def eigenvalue(s: Snapshot) -> float:
    return float(s.softmax.spectral_norm)


def sums_to_zero(s: Snapshot) -> bool:
    return bool(np.abs(s.jacobian.sum(axis=0)).max() < 1e-15 and np.abs(s.jacobian.sum(axis=1)).max() < 1e-15)


def diagonal_only(s: Snapshot) -> np.ndarray:
    return np.diag(s.jacobian) * s.chosen.upstream


def percent_off(s: Snapshot) -> float:
    return 100.0 * float(np.linalg.norm(diagonal_only(s) - s.chosen.arriving) / np.linalg.norm(s.chosen.arriving))


def norm_of(name: str) -> Check:
    return lambda s: 10.0 ** float(LOSSES[name].log10_grad_norm(s.softmax, s.intent.target))


def returned(name: str) -> Check:
    return lambda s: s.format_table[name]["p_target_minus_1"].value


def lost_from(name: str) -> Check:
    """Return the lead of one of two classes from which a format loses the winner's gradient."""
    return lambda s: formats.gradient_lost_at((1.0, 0.0), 0, format=name) or math.nan


def standard_deviation(s: Snapshot) -> float:
    return float(np.std(s.intent.effective))


def width(s: Snapshot) -> float:
    """Return d: without the root the scores' variance is d."""
    return standard_deviation(s) ** 2


def deviation_of_scores(s: Snapshot, scaled: bool) -> float:
    """Return √d or 1, checked against many scores."""
    d = s.intent.vanishing.width
    expected = 1.0 if scaled else math.sqrt(d)
    found = float(attention.scores(d, draws=4000, keys=10, seed=s.intent.vanishing.seed, scaled=scaled).std())
    assert math.isclose(found, expected, rel_tol=0.03)
    return expected


def only_bfloat16(s: Snapshot) -> bool:
    lost = [name for name in ("bfloat16", "float32", "float64") if returned(name)(s) == 0.0]
    return lost == ["bfloat16"]


def all_equal(s: Snapshot) -> float:
    return float(Softmax([0.0, 0.0, 0.0]).spectral_norm)


def one(s: Snapshot) -> float:
    return 1.0


def decade(s: Snapshot) -> float:
    """Return what a step of ln 10 on the winner's logit divides the largest eigenvalue by."""
    further = s.intent.with_logit(0, s.intent.logits[0] + math.log(10.0))
    return eigenvalue(s) / eigenvalue(resolve(further))


CHECKS: dict[str, list[tuple[str, Check]]] = {
    "What softmax does": [
        ("2", logit(0)),
        ("1", logit(1)),
        ("0.1", logit(2)),
        ("0.659", p(0)),
        ("0.242", p(1)),
        ("0.099", p(2)),
    ],
    "One more for the cat": [
        ("0.840", p(0)),
        ("2.46", lambda s: s.softmax.p[1] / s.softmax.p[2]),
        ("1", one),
        ("2", ghost(0)),
        ("3", logit(0)),
        ("1", lambda s: s.intent.logits[0] - s.intent.ghost[0]),  # type: ignore[index]
        ("2.718", lambda s: (s.softmax.p[0] / s.softmax.p[1]) / (s.ghost.p[0] / s.ghost.p[1])),  # type: ignore[union-attr]
        ("0.9", lambda s: s.intent.logits[1] - s.intent.logits[2]),
        ("2.46", lambda s: s.ghost.p[1] / s.ghost.p[2]),  # type: ignore[union-attr]
    ],
    "Shift invariance": [("100", shift)] * 5,
    "Temperature": [("4", spread), ("0.25", lambda s: 1.0 / s.intent.spread), ("0.659", p_before(0)), ("0.982", p(0))],
    "The derivative is a matrix": [("3", n), ("3", n), ("9", lambda s: s.jacobian.size)],
    "Rows sum to zero": [
        ("0.223", jacobian(2, 2)),
        ("0.163", lambda s: -s.jacobian[2, 1]),
        ("0.060", lambda s: -s.jacobian[2, 0]),
        ("0", sums_to_zero),
        ("0", sums_to_zero),
        ("0", sums_to_zero),
    ],
    "Diagonal only is wrong by half": [
        ("−0.075", lambda s: diagonal_only(s)[2]),
        ("−0.120", arrives(2)),
        ("3", lambda s: s.intent.target + 1),
        ("45", percent_off),
    ],
    "Overflow": [("1000", lambda s: min(s.intent.effective))],
    "Subtract the maximum": [
        ("0", lambda s: max(s.intent.effective) - s.intent.effective[2]),
        ("1", lambda s: math.exp(max(s.intent.effective) - s.intent.effective[2])),
        ("2.6e−869", lambda s: agrees("2.6", 10.0 ** (float(s.softmax.log10_p[0]) + 869.0))),
    ],
    "Cross-entropy folds in": [
        ("−11.1", sent(0)),
        ("−0.910", arrives(0)),
        ("0.245", arrives(1)),
        ("0.665", arrives(2)),
    ],
    "Any other loss goes through J": [
        ("−0.910", sent(0)),
        ("0.245", sent(1)),
        ("0.665", sent(2)),
        ("−0.120", arrives(0)),
        ("−0.043", arrives(1)),
        ("0.163", arrives(2)),
    ],
    "Confidently wrong": [
        ("20", gap),
        ("1.41", norm_of("cross_entropy")),
        ("7.7e−9", norm_of("squared_error")),
        ("1", lambda s: s.softmax.winner + 1),
        ("2", lambda s: s.intent.target + 1),
        ("1e−8", lambda s: bool(np.abs(s.jacobian).max() < 1e-8)),
        ("−4.9e8", sent(1)),
    ],
    "Saturation": [
        ("10", gap),
        ("1.4e−4", eigenvalue),
        ("2.3", lambda s: math.log(10.0)),
        ("10", decade),
    ],
    "Lost in bfloat16": [
        ("6", gap),
        ("1", one),
        ("−0.0025", arrives(0)),
        ("0", returned("bfloat16")),
        ("6", gap),
        ("0", only_bfloat16),
        ("1", one),
        ("5.56", lost_from("bfloat16")),
        ("16.64", lost_from("float32")),
        ("36.74", lost_from("float64")),
    ],
    "Vanished or lost": [("40", gap), ("−4.2e−18", arrives(0)), ("0", returned("float64"))],
    "Attention without the root": [
        ("64", width),
        ("8", standard_deviation),
        ("3.4e−4", lambda s: s.softmax.q[0]),
        ("6.7e−4", eigenvalue),
    ],
    "Why attention divides by √d": [
        ("1024", lambda s: s.intent.vanishing.width),
        ("32", lambda s: deviation_of_scores(s, scaled=False)),
        ("1", lambda s: deviation_of_scores(s, scaled=True)),
    ],
    "The gradient of a weight": [
        ("2", one),
        ("−0.910", arrives(0)),
        ("2", one),
        ("−1.82", lambda s: 2.0 * s.chosen.arriving[0]),
        ("0", lambda s: 0.0 * s.chosen.arriving[0]),
    ],
    "A tie": [
        ("0.488", p(0)),
        ("0.488", eigenvalue),
        ("½", lambda s: bool(eigenvalue(s) < 0.5)),
        ("0.333", all_equal),
        ("0.488", eigenvalue),
        ("½", lambda s: bool(eigenvalue(s) < 0.5)),
        ("0", lambda s: eigenvalue(resolve(s.intent.with_logit(0, 20.0)))),
    ],
    "What to take home": [],
}
# Inputs that a sentence only supposes.
SUPPOSED = {("The gradient of a weight", "2")}


@pytest.mark.parametrize("title", SCENES)
def test_every_number_that_the_room_reads_is_the_models(title: str) -> None:
    scene = SCENES[title]
    checks = CHECKS[title]
    assert numbers_of(shown(scene)) == [printed for printed, _ in checks]
    snapshot = resolve(scene.intent)
    for printed, check in checks:
        value = check(snapshot)
        if (title, printed) not in SUPPOSED:
            assert value is True if isinstance(value, bool) else agrees(printed, float(value)), (printed, value)


def test_numbers_are_found_and_formulas_are_not() -> None:
    text = "1/√d, −1/p: −0.910 × 2 = −1.82, 45 %, 7.7e−9, bfloat16, ½; exp(1000), p(1 − p), 1 − p, class 3."
    assert numbers_of(text) == ["1", "−0.910", "2", "−1.82", "45", "7.7e−9", "½", "1000", "1", "3"]


@pytest.mark.parametrize(
    ("printed", "value", "yes"),
    [
        ("0.659", 0.65949, True), ("0.659", 0.6596, False), ("−0.910", -0.90997, True), ("0.910", -0.91, False),
        ("7.7e−9", 7.712e-9, True), ("7.7e−9", 7.76e-9, False), ("505", 504.66, True), ("½", 0.5, True),
    ],
)  # fmt: skip
def test_what_agrees(printed: str, value: float, yes: bool) -> None:
    assert agrees(printed, value) is yes


# -- the lecture as a whole


def test_it_reads_without_a_complaint_and_is_as_its_writer_would_leave_it() -> None:
    assert COMPLAINTS == []
    assert lecture_text(LECTURE) == LECTURE.source
    assert set(CHECKS) == set(SCENES) and len(SCENES) == len(LECTURE.scenes)


def test_it_is_a_lecture_of_45_minutes() -> None:
    minutes = [re.match(r"(\d+) minutes?\. ", scene.notes) for scene in LECTURE.scenes]
    assert all(minutes), [scene.title for scene, found in zip(LECTURE.scenes, minutes, strict=True) if not found]
    assert sum(int(found[1]) for found in minutes if found) == 45
    assert 14 <= len(LECTURE.scenes) <= 20
    sections = [int(found) for found in re.findall(r"^# -- .*: (\d+) minutes$", LECTURE.source, re.MULTILINE)]
    assert sum(sections) == 45


def test_captions_are_short_enough_for_a_room() -> None:
    for scene in LECTURE.scenes:
        assert 40 <= len(scene.caption) <= 180, scene.title
        assert len(re.findall(r"[.?](?: |$)", scene.caption)) <= 4, scene.title


def test_questions_ask_for_a_prediction() -> None:
    questions = [(scene, scene.question) for scene in LECTURE.scenes if scene.question is not None]
    assert 5 <= len(questions) <= 7
    assert len({question.right for _, question in questions}) >= 3  # nobody learns the place instead
    for scene, question in questions:
        assert question.hidden and set(question.hidden) <= set(scene.pictures), scene.title
        assert question.explanation and len(question.answers) >= 3, scene.title
        assert question.text.endswith("?"), scene.title


def others_shrink_alike(s: Snapshot) -> bool:
    assert s.ghost is not None
    dog, fox = (s.softmax.p[i] / s.ghost.p[i] for i in (1, 2))
    return dog < 1.0 and math.isclose(dog, fox)


def nothing_moves(s: Snapshot) -> bool:
    assert s.ghost is not None
    return bool(np.allclose(s.softmax.p, s.ghost.p, rtol=1e-13, atol=0.0))


def cross_entropy_alone(s: Snapshot) -> bool:
    cross, squared = (norm_of(name)(s) for name in ("cross_entropy", "squared_error"))
    return cross > 1.0 > 1e-6 > squared


def steepest_at_a_tie_of_two(s: Snapshot) -> bool:
    rivals = ([0.0, 0.0, 0.0], [10.0, 0.0, 0.0], [60.0, 50.0, 40.0], [-2.0, -3.0, -1.0])
    return all(eigenvalue(s) > Softmax(rival).spectral_norm for rival in rivals)


TRUTHS: dict[str, tuple[str, Callable[[Snapshot], bool]]] = {
    "One more for the cat": ("Both shrink, and keep their ratio", others_shrink_alike),
    "Shift invariance": ("Nothing", nothing_moves),
    "Rows sum to zero": ("0 everywhere", sums_to_zero),
    "Confidently wrong": ("Only cross-entropy", cross_entropy_alone),
    "Lost in bfloat16": ("Only bfloat16", only_bfloat16),
    "A tie": ("Where two share the lead", steepest_at_a_tie_of_two),
}


def test_right_answers_are_right() -> None:
    assert set(TRUTHS) == {scene.title for scene in LECTURE.scenes if scene.question is not None}
    for title, (answer, truth) in TRUTHS.items():
        question = SCENES[title].question
        assert question is not None and question.answers[question.right] == answer
        assert truth(resolve(SCENES[title].intent)), title


def test_the_root_keeps_attention_alive_at_every_width() -> None:
    snapshot = resolve(SCENES["Why attention divides by √d"].intent)
    band = Attention(snapshot.intent.vanishing.seed)
    medians = [band.medians(d) for d in WIDTHS]
    assert all(scaled > -1.0 for _, scaled in medians)
    assert band.medians(snapshot.intent.vanishing.width)[0] < -4.0


def test_the_layer_has_the_logits_of_its_scene() -> None:
    intent = SCENES["The gradient of a weight"].intent
    layer = intent.layer
    assert tuple(np.array(layer.weights) @ np.array(layer.x)) == intent.logits
    assert (layer.x, layer.target, intent.loss) == ((2.0, 0.0), intent.target, "cross_entropy")


def test_a_lecture_animates_only_where_there_is_a_way() -> None:
    for before, after in pairwise(LECTURE.scenes):
        if after.seconds:
            assert before.intent.n == after.intent.n, after.title
            moved = ("logits", "spread", "shift")
            same = all(getattr(before.intent, name) == getattr(after.intent, name) for name in moved)
            assert not same, after.title
