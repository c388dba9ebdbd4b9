"""The command line: what can be asked for, and one clear sentence with exit status 2 for what cannot be used."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from intents import sentence

from explorer.cli import Request, UsageError, build_intent, build_lecture, main, parse
from explorer.session.intent import Intent
from explorer.session.presets import START

RENDER = ("render", "--out", "picture.png")


def ask(*words: str) -> tuple[Intent, list[str]]:
    """Return the state that the words ask for, and the notes beside it."""
    return build_intent(parse(list(words)))


def intent_of(*words: str) -> Intent:
    """Return the state that the words ask for, checked to come without a note."""
    intent, notes = ask(*words)
    assert notes == []
    return intent


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text("cat,dog,fox\n1,2,3\n4,5,6\n")
    return path


# -- what can be asked for


def test_nothing_asked_for_is_the_usual_state() -> None:
    assert intent_of() == START


def test_logits_labels_target_and_loss() -> None:
    intent = intent_of("--logits", "2, 1, 0.1", "--labels", "cat, dog,fox", "--target", "fox", "--loss", "focal")
    assert intent == Intent(logits=(2.0, 1.0, 0.1), labels=("cat", "dog", "fox"), target=2, loss="focal")


@pytest.mark.parametrize("words", [("--logits", "-1,2,-0.5"), ("--logits=-1,2,-0.5",), ("--logits", "-1, 2, -0.5")])
@pytest.mark.parametrize("before", [(), RENDER])
def test_logits_may_start_with_a_minus(before: tuple[str, ...], words: tuple[str, ...]) -> None:
    assert intent_of(*before, *words).logits == (-1.0, 2.0, -0.5)


@pytest.mark.parametrize(("text", "target"), [("1", 0), ("3", 2), ("class 2", 1)])
def test_a_target_is_a_number_from_one_or_a_name(text: str, target: int) -> None:
    assert intent_of("--logits", "2,1,0", "--target", text).target == target


def test_a_name_that_is_a_number_is_a_name() -> None:
    assert intent_of("--logits", "2,1,0", "--labels", "3,1,2", "--target", "3").target == 0


def test_an_empty_label_keeps_the_usual_name() -> None:
    assert intent_of("--logits", "2,1", "--labels", "cat,").labels == ("cat", "class 2")


def test_a_state_line_and_what_is_said_beside_it() -> None:
    intent, notes = ask("--state", "softmax1?z=3,1,2&t=2&y=1&colour=red&loss=kl", "--loss", "focal", "--target", "3")
    assert intent == Intent(logits=(3.0, 1.0, 2.0), spread=2.0, target=2, loss="focal")
    assert len(notes) == 1 and "“colour”" in sentence(notes[0])


def test_logits_replace_those_of_a_state_line_and_keep_the_rest() -> None:
    intent = intent_of("--state", "softmax1?z=3,1,2&t=2&y=2&pick=2,2", "--logits", "1,0")
    assert intent == Intent(logits=(1.0, 0.0), spread=2.0, target=1)


def test_a_row_of_a_table_with_its_names(table: Path) -> None:
    expected = Intent(logits=(4.0, 5.0, 6.0), labels=("cat", "dog", "fox"), target=1)
    assert intent_of(str(table), "--row", "2", "--target", "dog") == expected
    assert intent_of(*RENDER, str(table), "--row", "2", "--target", "dog") == expected


def test_a_table_without_a_row_shows_the_first_and_says_so(table: Path) -> None:
    intent, notes = ask(str(table))
    assert intent.logits == (1.0, 2.0, 3.0)
    assert notes == ["table.csv has 2 rows of logits; showing row 1, --row chooses another."]


SAVED: dict[str, Callable[[Path], object]] = {
    "row.npy": lambda path: np.save(path, np.array([1.0, 2.0, 3.0])),
    "integers.npy": lambda path: np.save(path, np.array([[1, 2, 3]], dtype=np.int8)),
    "list.json": lambda path: path.write_text("[1, 2, 3]"),
    "named.json": lambda path: path.write_text(json.dumps({"class 1": 1, "class 2": 2, "class 3": 3})),
    "column.txt": lambda path: path.write_text("1\n2\n3\n"),
    "decimal-commas.csv": lambda path: path.write_text("1,0;2,0;3,0\n"),
}


@pytest.mark.parametrize("name", SAVED)
def test_a_file_is_read(tmp_path: Path, name: str) -> None:
    SAVED[name](tmp_path / name)
    assert intent_of(str(tmp_path / name)) == Intent(logits=(1.0, 2.0, 3.0), target=0)


def test_everything_else_is_passed_on() -> None:
    request = parse(["--theme", "light", "--scale", "1.5", "--view", "explore", "--quit-after", "300"])
    assert (request.theme, request.scale, request.view, request.quit_after) == ("light", 1.5, "explore", 300)
    assert build_intent(request)[0].view == "explore"
    assert parse([]) == Request()


def test_a_picture_and_its_size() -> None:
    request = parse([*RENDER, "--size", "1920X1080", "--scale", "0.75"])
    assert (request.out, request.size, request.scale) == (Path("picture.png"), (1920, 1080), 0.75)
    assert parse(list(RENDER)).size == Request().size
    assert parse([*RENDER, "--size", "320x16384"]).size == (320, 16384)


# -- lectures


def opened(*words: str) -> tuple[str, str, list[str]]:
    """Return the titles of the lecture and of the scene that the words open, and what is said about the file."""
    found = build_lecture(parse(list(words)))
    assert found is not None
    lecture, index, complaints = found
    return lecture.title, lecture.scenes[index].title, complaints


SHIPPED = "The softmax and its derivative"
LECTURE = """format = 1
title = "Mine"
[[scene]]
title = "First"
logits = [1, 2]
[[scene]]
title = "Été, twice: ½"
logits = [2, 1]
spread = "fast"
"""


@pytest.fixture
def lecture(tmp_path: Path) -> Path:
    path = tmp_path / "my.TOML"
    path.write_text(LECTURE)
    return path


def test_logits_are_no_lecture(table: Path) -> None:
    for words in ((), (str(table),), ("--logits", "1,2"), RENDER):
        assert build_lecture(parse(list(words))) is None


def test_a_lecture_is_opened_at_its_first_scene(lecture: Path) -> None:
    title, scene, complaints = opened(str(lecture))
    assert (title, scene) == ("Mine", "First")
    assert len(complaints) == 1 and "my.TOML, scene 2 “Été, twice: ½”, field spread" in sentence(complaints[0])
    assert opened("--lecture", str(lecture))[:2] == ("Mine", "First")
    assert opened(*RENDER, str(lecture))[:2] == ("Mine", "First")


def test_a_lecture_is_opened_at_the_scene_named(lecture: Path) -> None:
    for scene in ("été, Twice: ½", "2"):
        assert opened(str(lecture), "--scene", scene)[1] == "Été, twice: ½"


def test_without_a_file_it_is_the_lecture_of_the_app() -> None:
    assert opened("--lecture") == (SHIPPED, "What softmax does", [])
    assert opened("--scene", "Confidently wrong") == (SHIPPED, "Confidently wrong", [])
    assert opened("--lecture", "--scene", "A tie", "--theme", "light") == (SHIPPED, "A tie", [])
    assert opened("render", "--out-dir", "pictures")[0] == SHIPPED


def test_a_picture_of_each_scene(tmp_path: Path, lecture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("render", str(lecture), "--size", "640x480", "--theme", "light", "--out-dir")
    assert main([*words, str(tmp_path / "all")]) == 0
    said = capsys.readouterr()
    names = ["01-first.png", "02-ete-twice-1-2.png"]
    assert said.out.split() == [str(tmp_path / "all" / name) for name in names]
    assert "field spread" in sentence(said.err.strip())
    assert sorted(path.name for path in (tmp_path / "all").iterdir()) == names
    assert main([*words, str(tmp_path / "one"), "--scene", "2"]) == 0
    assert [path.name for path in (tmp_path / "one").iterdir()] == names[1:]
    first, second, alone = (
        (tmp_path / folder / name).read_bytes()
        for folder, name in (("all", names[0]), ("all", names[1]), ("one", names[1]))
    )
    assert second == alone  # a scene looks the same however one comes to it
    assert first != second


def test_one_picture_of_a_scene(tmp_path: Path, lecture: Path) -> None:
    out = tmp_path / "scene.png"
    assert main(["render", str(lecture), "--scene", "2", "--size", "640x480", "--out", str(out)]) == 0
    assert out.stat().st_size > 1000


# -- what cannot be used

CANNOT = {
    "text": (("--logits", "cat"), "“cat” is not a number"),
    "empty": (("--logits", ""), "There are no numbers"),
    "NaN": (("--logits", "1,nan"), "NaN is not a logit"),
    "infinity": (("--logits", "1,inf"), "+inf is not a logit"),
    "minus infinity": (("--logits", "-inf,1"), "-inf is not a logit"),
    "too many": (("--logits", ",".join("1" * 13)), "at most 12 logits"),
    "an option for logits": (("--logits", "-x"), "“-x” is not a number"),
    "too large with the spread": (("--state", "softmax1?z=1&t=1000", "--logits", "1e306"), "Effective logit 1"),
    "a wrong state line": (("--state", "softmax2?z=1"), "this app reads “softmax1”"),
    "a state line without logits": (("--state", "softmax1?t=1"), "no usable logits"),
    "an empty state line": (("--state", ""), "This is no state line"),
    "too few labels": (("--logits", "1,2,3", "--labels", "cat,dog"), "--labels has 2 labels for 3 logits"),
    "one label": (("--logits", "1,2,3", "--labels", "cat"), "--labels has 1 label for 3 logits"),
    "unknown target": (("--logits", "1,2", "--target", "cow"), "“cow” is no class; choose one of class 1, class 2,"),
    "target zero": (("--logits", "1,2", "--target", "0"), "a number from 1 to 2"),
    "target too high": (("--logits", "1,2", "--target", "3"), "“3” is no class"),
    "a target of two lines": (("--target", "a\nb" * 99), "is no class"),
    "unknown loss": (("--loss", "hinge"), "The loss “hinge” is unknown; choose one of cross_entropy,"),
    "unknown view": (("--view", "moon"), "The view “moon” is unknown; choose one of explore"),
    "a row of nothing": (("--row", "1"), "--row needs a file or --logits with several rows"),
    "a row too far": (("--logits", "1,2", "--row", "2"), "--row 2 does not exist: --logits has 1 row,"),
    "row zero": (("--logits", "1,2\n3,4", "--row", "0"), "--row 0 does not exist: --logits has 2 rows,"),
    "a file and logits": (("no.csv", "--logits", "1,2"), "Give either a file or --logits, not both."),
    "no such file": (("nowhere.csv",), "nowhere.csv” does not exist"),
    "a picture of a whole table": ((*RENDER, "--logits", "1,2\n3,4"), "choose one with --row 1 to --row 2"),
}


def refused(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> str:
    """Return the one line on stderr that the words are refused with, with exit status 2 and nothing on stdout."""
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    line = said.err.removesuffix("\n").removeprefix("softmax-explorer: ")
    assert len(line) == len(said.err) - len("softmax-explorer: \n")
    return sentence(line)


CANNOT_LECTURE = {
    "no such file": (("nowhere.toml",), "nowhere.toml” does not exist"),
    "no such scene": (("--lecture", "--scene", "The end"), "There is no scene “The end”; give its title, or a number"),
    "a scene too far": (("--scene", "99"), "a number from 1 to "),
    "logits too": (("my.toml", "--logits", "1,2"), "A lecture brings its own states; leave out --logits"),
    "a view too": (("--lecture", "--view", "explore"), "leave out --view"),
    "two files": (("a.csv", "--lecture", "b.toml"), "Give one file"),
    "a scene of logits": (("a.csv", "--scene", "1"), "a.csv"),
    "a folder of logits": (("render", "a.csv", "--out-dir", "pictures"), "a.csv"),
    "a folder that is a file": (("render", "--out-dir", str(Path(__file__)), "--scene", "1"), "cannot be made"),
}


@pytest.mark.parametrize(("words", "fragment"), CANNOT_LECTURE.values(), ids=CANNOT_LECTURE)
def test_a_lecture_that_cannot_be_used_is_one_line_and_exit_status_2(
    words: tuple[str, ...], fragment: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fragment in refused(words, capsys)


@pytest.mark.parametrize(("words", "fragment"), CANNOT.values(), ids=CANNOT)
def test_bad_input_is_one_line_and_exit_status_2(
    words: tuple[str, ...], fragment: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError, match=r"^[^\n]+$"):
        ask(*words)
    assert fragment in refused(words, capsys)


def save_pickle(path: Path) -> None:
    """Write an array of Python objects, which only a pickle can hold."""
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)


def make_huge(path: Path) -> None:
    """Write a file of 2 GB that takes no room."""
    path.touch()
    os.truncate(path, 2 * 2**30)


BAD_FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "cube.npy": (lambda path: np.save(path, np.zeros((2, 2, 2))), "shape 2 × 2 × 2"),
    "objects.npy": (save_pickle, "pickle"),
    "nan.npy": (lambda path: np.save(path, np.array([1.0, np.nan])), "NaN is not a logit"),
    "wide.npy": (lambda path: np.save(path, np.zeros((2, 13))), "at most"),
    "complex.npy": (lambda path: np.save(path, np.zeros(2, dtype=complex)), "complex"),
    "words.txt": (lambda path: path.write_text("cat and dog"), "not a number"),
    "empty.csv": (lambda path: path.write_text(""), "no numbers"),
    "broken.json": (lambda path: path.write_text("[1, 2"), "JSON"),
    "binary.csv": (lambda path: path.write_bytes(b"\xff\xfe\x00"), "UTF-8"),
    "strange.xlsx": (lambda path: path.write_text("1,2"), "unknown kind"),
    "folder.csv": (lambda path: path.mkdir(), "folder"),
    "huge.csv": (make_huge, "2.0 GB"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_one_line_and_exit_status_2(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make, fragment = BAD_FILES[name]
    make(tmp_path / name)
    line = refused((str(tmp_path / name),), capsys)
    assert fragment in line
    assert name in line
    assert str(tmp_path) not in line


# -- what argparse says

USAGE = {
    "unknown option": (("--colour", "red"), "--colour"),
    "a theme": (("--theme", "pink"), "invalid choice: 'pink'"),
    "a scale in words": (("--scale", "big"), "a number from 0.75 to 3, not “big”"),
    "too small a scale": (("--scale", "0.74"), "from 0.75 to 3"),
    "too large a scale": (("--scale", "3.01"), "from 0.75 to 3"),
    "no scale at all": (("--scale", "nan"), "from 0.75 to 3"),
    "a row in words": (("--row", "last"), "invalid int value: 'last'"),
    "two files": (("a.csv", "b.csv"), "b.csv"),
    "logits forgotten": (("--logits", "--labels", "a"), "expected one argument"),
    "logits forgotten at the end": (("--logits",), "expected one argument"),
    "no picture named": (("render",), "--out"),
    "a picture and a folder": ((*RENDER, "--out-dir", "pictures"), "--out-dir"),
    "a folder without render": (("--out-dir", "pictures"), "--out-dir"),
    "a size in words": ((*RENDER, "--size", "big"), "“big” is no size; write it as 1920x1080"),
    "half a size": ((*RENDER, "--size", "1920x"), "is no size"),
    "a negative size": ((*RENDER, "--size", "1920x-1"), "is no size"),
    "too small a size": ((*RENDER, "--size", "319x400"), "320 to 16384 pixels a side, not 319x400"),
    "too large a size": ((*RENDER, "--size", "320x16385"), "320 to 16384"),
    "a size of many digits": ((*RENDER, "--size", "9" * 5000 + "x400"), "--size"),
    "a picture without render": (("--out", "x.png"), "--out"),
    "quitting a picture": ((*RENDER, "--quit-after", "1"), "--quit-after"),
}


@pytest.mark.parametrize(("words", "fragment"), USAGE.values(), ids=USAGE)
def test_wrong_usage_is_exit_status_2(
    words: tuple[str, ...], fragment: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("softmax-explorer: ") and said.err.count("\n") == 1
    assert fragment in said.err


@pytest.mark.parametrize(("words", "fragment"), [(("--help",), "--logits"), (("render", "--help"), "--size")])
def test_help(words: tuple[str, ...], fragment: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    said = capsys.readouterr()
    assert (caught.value.code, said.err) == (0, "")
    assert fragment in said.out
    assert "--quit-after" not in said.out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    from explorer import __version__

    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert (caught.value.code, capsys.readouterr().out) == (0, f"Softmax Explorer {__version__}\n")


HELP = """
import sys
from explorer.cli import main
try:
    main(["--help"])
finally:
    heavy = {name.partition(".")[0] for name in sys.modules} & {"numpy", "PySide6", "pyqtgraph"}
    print("heavy:", sorted(heavy), file=sys.stderr)
"""


def test_help_imports_nothing_heavy(root: Path) -> None:
    done = subprocess.run([sys.executable, "-c", HELP], cwd=root, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "heavy: []\n")
