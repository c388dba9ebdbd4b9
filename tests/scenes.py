"""Arbitrary scenes and lectures for Hypothesis."""

from hypothesis import strategies as st
from intents import DOUBLES, intents

from explorer.session.lecture.pictures import CONTROLS, all_pictures
from explorer.session.lecture.scene import LENGTHS, MAX_ANSWERS, MAX_SECONDS, MIN_ANSWERS, Lecture, Question, Scene
from explorer.session.lecture.scene import line as one_line

TRICKY = st.sampled_from(
    [
        'say "yes"',
        '"""',
        'ends in "',
        'four """" marks',
        "a \\ b \\",
        "# no comment",
        "[[scene]]",
        "a\n[[scene]]\nb",
        "first\n\n  # third, indented",
        "tab\there",
        "é 猫 🦊 − ‖J‖",
        "\u2028line separator",
        "\ud800 alone",
        "\x00\x7f",
        "x = 1",
        "word " * 30,
        "long-" * 15,
        "'''",
    ]
)
TEXTS = TRICKY | st.text(st.characters(), max_size=70)


def named(kind: str) -> st.SearchStrategy[str]:
    """Return a strategy for texts of a kind that must not be empty."""
    return TEXTS.map(lambda text: text[: LENGTHS[kind]]).filter(lambda text: one_line(text, kind) != "")


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Draw a question."""
    answers = st.lists(
        named("answer"), min_size=MIN_ANSWERS, max_size=MAX_ANSWERS, unique_by=lambda text: one_line(text, "answer")
    )
    given = draw(answers)
    hidden = tuple(draw(st.lists(st.sampled_from(all_pictures()), max_size=3)))
    right = draw(st.integers(0, len(given) - 1))
    return Question(draw(named("question")), tuple(given), right, draw(TEXTS), hidden)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Draw a scene with everything in it that can be chosen."""
    return Scene(
        title=draw(named("title")),
        intent=draw(intents(DOUBLES, largest=4)),
        caption=draw(TEXTS),
        notes=draw(TEXTS),
        question=draw(st.none() | questions()),
        panels=draw(st.none() | st.lists(st.sampled_from(all_pictures()), min_size=1, max_size=3).map(tuple)),
        controls=draw(st.none() | st.lists(st.sampled_from(CONTROLS), max_size=3).map(tuple)),
        seconds=draw(st.sampled_from([0.0, 1.0, 0.1]) | st.floats(0.0, MAX_SECONDS)),
    )


LECTURES = st.builds(
    Lecture, TEXTS.map(lambda text: text[: LENGTHS["title"]]), st.lists(scenes(), min_size=1, max_size=3).map(tuple)
)
