"""Malformed lecture files: each gives one clear sentence that names the place, and hides nothing that is good."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intents import sentence

from explorer.session.lecture.reading import MAX_FILE_BYTES, parse_lecture, read_lecture
from explorer.session.lecture.scene import MAX_SCENES, LectureError

FOLDER = Path(__file__).parent / "lectures"
EXPECTED = tomllib.loads((FOLDER.parent / "lecture_sentences.toml").read_text("utf-8"))
GOOD = 'format = 1\n[[scene]]\ntitle = "Good"\nlogits = [1, 2]\n'


def pattern(said: str) -> str:
    """Return the regular expression for a sentence in which … stands for any words."""
    return re.escape(said).replace("…;", "[^;]+;").replace("…\\.", "[^.]+\\.").replace("\\ ", " ")


@pytest.mark.parametrize("name", EXPECTED)
def test_a_mistake_is_one_sentence_that_names_the_place(name: str) -> None:
    titles, said = EXPECTED[name]["scenes"], EXPECTED[name]["says"]
    path = FOLDER / f"{name}.toml"
    if not titles:
        with pytest.raises(LectureError) as caught:
            read_lecture(path)
        complaints = [str(caught.value)]
    else:
        lecture, complaints = read_lecture(path)
        assert [scene.title for scene in lecture.scenes] == titles
        assert lecture.scenes[0].intent.logits == (2.0, 1.0)  # what is good is whole
        assert lecture.scenes[-1].intent.logits[-1] in (3.0, 1.0)
    (complaint,) = complaints
    assert re.fullmatch(pattern(f"{name}.toml{said}"), sentence(complaint)), complaint


def test_every_file_of_the_folder_is_in_the_table() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(EXPECTED)
    assert len(EXPECTED) >= 25


def test_a_wrong_field_takes_no_other_with_it() -> None:
    text = (
        GOOD
        + """\
spread = "fast"
shift = 3
caption = 7
notes = "Stay."
transition = 2
loss = "focal"
[scene.question]
text = "Which?"
answers = ["a", "b"]
right = 2
explanation = 4
hides = ["sofa", "jacobian"]
"""
    )
    lecture, complaints = parse_lecture(text)
    (scene,) = lecture.scenes
    assert len(complaints) == 4
    assert (scene.intent.spread, scene.intent.shift, scene.intent.loss) == (1.0, 3.0, "focal")
    assert (scene.caption, scene.notes, scene.seconds) == ("", "Stay.", 2.0)
    assert scene.question is not None
    assert (scene.question.right, scene.question.explanation, scene.question.hidden) == (1, "", ("jacobian",))


def test_a_state_may_be_a_line_with_fields_on_top() -> None:
    lecture, complaints = parse_lecture(
        'format = 1\n[[scene]]\ntitle = "A"\nstate = "softmax1?z=1,2&t=3&y=1&loss=kl"\n'
        'spread = 2\nlabels = ["a", "b"]\ntarget = "a"\n'
    )
    intent = lecture.scenes[0].intent
    assert complaints == []
    assert (intent.logits, intent.spread, intent.loss, intent.labels, intent.target) == (
        (1.0, 2.0), 2.0, "kl", ("a", "b"), 0,
    )  # fmt: skip


@pytest.mark.parametrize(("value", "seconds"), [('"cut"', 0.0), ("0", 0.0), ("1.5", 1.5), ("30", 30.0)])
def test_transitions(value: str, seconds: float) -> None:
    lecture, complaints = parse_lecture(f"{GOOD}transition = {value}\n")
    assert (lecture.scenes[0].seconds, complaints) == (seconds, [])


def test_a_mark_at_the_start_and_other_line_ends_make_no_difference(tmp_path: Path) -> None:
    path = tmp_path / "my lecture.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    lecture, complaints = read_lecture(path)
    assert (lecture.title, [scene.title for scene in lecture.scenes], complaints) == ("my lecture", ["Good"], [])


def test_scenes_are_found_by_title_and_number() -> None:
    lecture = parse_lecture(GOOD + '[[scene]]\ntitle = "1"\n[[scene]]\ntitle = "Third"\n')[0]
    assert [lecture.index(name) for name in ("good", " THIRD ", "1", "2", "3")] == [0, 2, 1, 1, 2]
    for name in ("0", "4", "", "²", "9" * 5000):
        with pytest.raises(LectureError, match="There is no scene"):
            lecture.index(name)


# -- bounds


def test_a_file_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    path.write_text(GOOD + "# " + "x" * MAX_FILE_BYTES)
    with pytest.raises(LectureError, match=r"large.toml.*at most 1 MB"):
        read_lecture(path)


@pytest.mark.parametrize(("make", "words"), [(Path.mkdir, "folder"), (lambda path: None, "does not exist")])
def test_a_file_that_is_none_is_one_sentence(tmp_path: Path, make: object, words: str) -> None:
    path = tmp_path / "some.toml"
    make(path)  # type: ignore[operator]
    with pytest.raises(LectureError) as caught:
        read_lecture(path)
    assert words in sentence(str(caught.value))
    assert "some.toml" in str(caught.value)


def test_scenes_beyond_the_limit_are_named() -> None:
    lecture, complaints = parse_lecture("format = 1\n" + '[[scene]]\ntitle = "A"\n' * (MAX_SCENES + 3))
    assert len(lecture.scenes) == MAX_SCENES
    (complaint,) = complaints
    assert "203 scenes" in sentence(complaint)


def test_no_file_makes_more_sentences_than_anyone_reads() -> None:
    lecture, complaints = parse_lecture(GOOD + "panels = [" + '"x", ' * 5000 + "]\n[[scene]]\nlogits = 1\n" * 3)
    assert [scene.title for scene in lecture.scenes] == ["Good"]
    assert len(complaints) == 500
    assert all(sentence(complaint) for complaint in complaints)


# -- whatever comes


ODD_LINES = [
    "[[scene]]", "[scene.question]", 'answers = ["a", "b"]', "right = 1", "text = '''", "'''", "logits = [", "]", "= 3",
    "picked = [[[1]]]", 'state = "softmax1?"', "spread = 1e999", "a.b.c = 1", "[scene]", "[[scene.question]]", "\0",
]  # fmt: skip


@given(st.lists(st.sampled_from([*GOOD.split("\n"), *ODD_LINES])))
def test_any_lines_make_a_lecture_or_a_sentence(lines: list[str]) -> None:
    try:
        lecture, complaints = parse_lecture("\n".join(lines))
    except LectureError as error:
        complaints = [str(error)]
    else:
        assert lecture.scenes
    for complaint in complaints:
        sentence(complaint)


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_leaves_a_good_scene_alone(text: str) -> None:
    lecture, _ = parse_lecture(f"{GOOD}\n[[scene]]\n{text}\n")
    assert lecture.scenes[0].title == "Good"
