"""Lectures to files and back: bit for bit, and what was written by hand stays."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intents import sentence
from scenes import LECTURES, scenes

from explorer.session.clinic_choice import ClinicChoice
from explorer.session.intent import Intent
from explorer.session.layer_choice import LayerChoice
from explorer.session.lecture import writing
from explorer.session.lecture.fields import state_fields
from explorer.session.lecture.reading import parse_lecture, read_lecture
from explorer.session.lecture.scene import Lecture, LectureError, Question, Scene
from explorer.session.lecture.writing import lecture_text, write_lecture
from explorer.session.training_choice import TrainingChoice
from explorer.session.vanishing_choice import VanishingChoice

BY_HAND = """\
# For the spring term.
format = 1
title = "Two scenes"    # short

# -- the first ten minutes

[[scene]]
title = "One"           # the start
caption = '''
A caption on
two lines.'''
logits = [1, 2.50, 3]   # the textbook row
labels = ["cat", "dog", "fox"]
target = "fox"

  [scene.question]
  # asked twice a year
  text = "Which is largest?"
  answers = ["cat", "dog", "fox"]
  right = 3             # fox

# -- the rest
[[scene]]
title = "Two"
state = "softmax1?z=1,2&t=3"
spread = 4
# the end
"""


def read(text: str) -> Lecture:
    """Return the lecture in a text, checked to come without a complaint."""
    lecture, complaints = parse_lecture(text)
    assert complaints == []
    return lecture


@given(LECTURES)
def test_a_lecture_comes_back_bit_for_bit(lecture: Lecture) -> None:
    text = lecture_text(lecture)
    again = parse_lecture(text)[0]
    assert again == lecture
    assert repr(again.scenes[0].intent) == repr(lecture.scenes[0].intent)  # == takes 0 and −0 for the same
    assert lecture_text(again) == text


@given(st.lists(scenes(), min_size=1, max_size=2).map(tuple), st.data())
def test_an_edited_lecture_comes_back_bit_for_bit(replaced: tuple[Scene, ...], data: st.DataObject) -> None:
    lecture = read(BY_HAND)
    old = data.draw(st.lists(st.sampled_from(lecture.scenes), max_size=2).map(tuple))
    edited = tuple(
        scene.with_changes(origin=data.draw(st.sampled_from([None, 0, 1, 7]))) for scene in (*replaced, *old)
    )
    after = lecture.with_changes(scenes=edited)
    assert parse_lecture(lecture_text(after))[0] == after


def test_a_lecture_that_did_not_change_is_written_as_it_was() -> None:
    assert lecture_text(read(BY_HAND)) == BY_HAND
    assert lecture_text(read(BY_HAND.replace("\n", "\r\n"))) == BY_HAND


def test_only_the_fields_that_changed_are_written_anew() -> None:
    lecture = read(BY_HAND)
    one, two = lecture.scenes
    assert one.question is not None
    one = one.with_changes(
        caption="Other.", intent=one.intent.with_changes(shift=2.0), question=one.question.with_changes(right=0)
    )
    expected = (
        BY_HAND.replace("caption = '''\nA caption on\ntwo lines.'''", 'caption = "Other."')
        .replace("  right = 3             # fox\n", "  right = 1\n")
        .replace('target = "fox"\n', 'target = "fox"\nshift = 2\n')
    )
    assert lecture_text(lecture.with_changes(scenes=(one, two))) == expected


def test_a_state_line_gives_way_to_fields_when_the_state_changes() -> None:
    lecture = read(BY_HAND)
    one, two = lecture.scenes
    text = lecture_text(lecture.with_changes(scenes=(one, two.with_changes(intent=two.intent.with_logit(0, 9.0)))))
    assert "softmax1?" not in text
    assert "logits = [9, 2]" in text and "spread = 4\n" in text and "# the end" in text


def test_scenes_change_places_with_their_comments() -> None:
    lecture = read(BY_HAND)
    text = lecture_text(lecture.with_changes(scenes=lecture.scenes[::-1]))
    assert text.index("# -- the rest") < text.index('"Two"') < text.index('"One"           # the start')
    assert [scene.title for scene in read(text).scenes] == ["Two", "One"]


def test_a_deleted_scene_goes_and_a_new_one_comes() -> None:
    lecture = read(BY_HAND)
    new = Scene("New", Intent(logits=(0.5, 0.25)), question=Question("Q?", ("a", "b"), 1, hidden=("jacobian",)))
    text = lecture_text(lecture.with_changes(scenes=(new, lecture.scenes[1])))
    assert '"One"' not in text
    assert text.startswith("# For the spring term.\n")
    expected = """\
[[scene]]
title = "New"
logits = [0.5, 0.25]
target = 1

[scene.question]
text = "Q?"
answers = ["a", "b"]
right = 2
hides = ["jacobian"]

# -- the rest
[[scene]]
title = "Two"
"""
    assert expected in text


def test_a_new_title_of_the_lecture() -> None:
    lecture = read(BY_HAND)
    assert lecture_text(lecture.with_changes(title="Other")) == BY_HAND.replace(
        'title = "Two scenes"    # short', 'title = "Other"'
    )


def test_what_could_not_be_read_stays_in_the_file() -> None:
    broken = BY_HAND.replace("spread = 4", 'spread = "fast"\nbogus = 1').replace(
        "# -- the rest\n", '[[scene]]\ntitle = "Lost"\nlogits = "none"\n\n[[scene]]\ntitle = = 3\n\n# -- the rest\n'
    )
    lecture, complaints = parse_lecture(broken)
    assert [scene.title for scene in lecture.scenes] == ["One", "Two"] and len(complaints) == 4
    one, two = lecture.scenes
    text = lecture_text(lecture.with_changes(scenes=(one.with_changes(title="First"), two)))
    for kept in ('spread = "fast"', "bogus = 1", 'title = "Lost"', "title = = 3"):
        assert kept in text
    again, complaints_again = parse_lecture(text)
    assert [scene.title for scene in again.scenes] == ["First", "Two"] and len(complaints_again) == 4


@pytest.mark.parametrize(
    "text",
    [
        'format = 1\nscene = [{ title = "A", logits = [1, 2] }, { title = "B" }]\n',
        'format = 1\n[[scene]]\ntitle = "A"\nnotes = """\n[[scene]]\n"""\n[[scene]]\ntitle = "B"\n',
        'format = 1\n["scene"]\ntitle = "A"\n',
        'format = 1\n[[scene]]\ntitle = "A"\nquestion = { text = "Q", answers = ["a", "b"], right = 1 }\n',
    ],
)
def test_an_unusual_file_is_changed_rightly_too(text: str) -> None:
    lecture = parse_lecture(text)[0]
    question = Question("Why?", ("a", "b"), 1)
    changed = lecture.with_changes(scenes=tuple(s.with_changes(question=question) for s in lecture.scenes))
    assert parse_lecture(lecture_text(changed))[0] == changed


def test_every_field_of_a_state_is_written() -> None:
    other = Intent(
        logits=(1.0, 2.0), spread=2.0, shift=3.0, target=1, loss="focal", compared=None, labels=("a", "b"),
        picked=(1, 0), ghost=(0.0, 1.0), view="vanishing", probability_scale="log", jacobian_scale="log",
        gradient_scale="log", number_format="float16", arithmetic="naive", shown_curves=("entropy",),
        vanishing=VanishingChoice("spectrum", "logit", 1, "4", "log", 1, 128, 2**32 - 1),
        clinic=ClinicChoice("check", "row-sum", 5, ("central",)),
    )  # fmt: skip
    usual = Intent(logits=(1.0, 2.0), target=0)
    untouched = {name for name, _ in state_fields() if other.value_of(name) == usual.value_of(name)}
    own = {name for name in untouched if not name.startswith(("layer.", "training."))}  # drawn by the tests above
    assert own == {"logits"}  # a field more needs another value above
    text = lecture_text(Lecture("", (Scene("All", other),)))
    for line in ('compared = "none"', "target = 2", "picked = [2, 1]", "ghost = [0, 1]", "vanishing.logit = 2"):
        assert line in text.splitlines()
    assert read(text).scenes[0].intent == other


def test_groups_of_choices_are_written_too() -> None:
    layer = LayerChoice(weights=((1.0, 2.0), (3.0, 4.5)), x=(0.5, 1.0), target=1, picked=(1, 0, 1), sample=0)
    training = TrainingChoice(step=50, changes=((10, "rate", 0.25), (20, "format", "bfloat16")), compared="focal")
    intent = Intent(view="layer", layer=layer, training=training)
    text = lecture_text(Lecture("", (Scene("All", intent),)))
    assert read(text).scenes[0].intent == intent
    for line in (
        "layer.weights = [[1, 2], [3, 4.5]]",
        "layer.target = 2",
        "layer.picked = [2, 1, 2]",
        "layer.sample = 1",
        'training.changes = [[10, "rate", 0.25], [20, "format", "bfloat16"]]',
    ):
        assert line in text.splitlines()


# -- the file


def test_a_saved_lecture_is_the_one_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    path.write_text(BY_HAND)
    path.chmod(0o640)
    lecture, _ = read_lecture(path)
    changed = lecture.with_changes(scenes=lecture.scenes[::-1])
    saved = write_lecture(changed, path)
    assert saved == changed and saved.path == path
    assert saved.scenes[0].origin == 0  # the next save starts from the file as it is now
    assert (read_lecture(path)[0], path.stat().st_mode & 0o777) == (saved, 0o640)
    assert list(tmp_path.iterdir()) == [path]


def test_a_save_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "my.toml"
    path.write_text(BY_HAND)
    lecture, _ = read_lecture(path)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing.os, "fsync", full)
    with pytest.raises(LectureError) as caught:
        write_lecture(lecture.with_changes(title="Other"), path)
    assert "my.toml" in sentence(str(caught.value)) and "No space left" in str(caught.value)
    assert path.read_text() == BY_HAND
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(LectureError, match="choose another folder"):
        write_lecture(read(BY_HAND), tmp_path / "none" / "my.toml")
