"""The app as a process without a screen: it starts, quits by itself, draws its picture, and says what is wrong."""

import ctypes.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from intents import sentence
from PySide6.QtGui import QColor, QImage, QPainter

SIZE = (960, 600)
RENDER = ("render", "--out", "picture.png", "--size", "960x600")
linux_only = [
    pytest.mark.may_skip,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only there Qt aborts without a display"),
]


class Shell:
    """Runs the app in a folder of its own, with a home of its own and no display."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.folder, self._root = folder / "here", root
        self.folder.mkdir()
        (folder / "temporary").mkdir()
        self._places = {name: str(folder / "home") for name in ("HOME", "XDG_CONFIG_HOME", "APPDATA")}
        self._places |= {name: str(folder / "temporary") for name in ("TMPDIR", "TEMP", "TMP")}

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the app with these words; every Python warning is an error."""
        return self._run("-m", "explorer", *words, **environment)

    def run_code(self, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a line of Python as the app is run."""
        return self._run("-c", code, **environment)

    def _run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        removed = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
        kept = {name: value for name, value in os.environ.items() if name not in removed}
        command = [sys.executable, "-W", "error", *words]
        around = kept | self._places | {"PYTHONPATH": str(self._root)} | environment
        return subprocess.run(
            command, cwd=self.folder, env=around, capture_output=True, text=True, encoding="utf-8", timeout=60
        )


@pytest.fixture
def shell(root: Path, tmp_path: Path) -> Shell:
    return Shell(root, tmp_path)


def check_picture(image: QImage, size: tuple[int, int]) -> None:
    """Check that a picture has its size, and that there is something to see in each quarter of it."""
    assert (image.width(), image.height()) == size
    for left in (0, size[0] // 2):
        for top in (0, size[1] // 2):
            quarter = image.copy(left, top, size[0] // 2, size[1] // 2)
            places = ((x, y) for x in range(0, quarter.width(), 2) for y in range(0, quarter.height(), 2))
            colours = {quarter.pixel(x, y) for x, y in places}
            assert len(colours) >= 20, f"only {len(colours)} colours in the quarter at {left}, {top}"


@pytest.fixture(scope="module")
def picture(root: Path, tmp_path_factory: pytest.TempPathFactory) -> QImage:
    """Return a picture that the app has drawn, run as a user would."""
    shell = Shell(root, tmp_path_factory.mktemp("picture"))
    done = shell.run(*RENDER, "--logits", "2, 1, 0.1", "--theme", "dark")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return QImage(str(shell.folder / "picture.png"))


# -- the window


def test_the_app_starts_and_quits_by_itself_without_a_word(shell: Shell) -> None:
    done = shell.run("--quit-after", "300", QT_QPA_PLATFORM="offscreen")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_app_starts_with_everything_asked_for(shell: Shell) -> None:
    (shell.folder / "rows.csv").write_text("cat,dog\n1,2\n3,4\n")
    asked = ("rows.csv", "--labels", "a,b", "--target", "b", "--loss", "kl", "--theme", "light", "--scale", "2")
    done = shell.run(*asked, "--quit-after", "300", QT_QPA_PLATFORM="offscreen")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# -- the picture


def test_a_picture_is_drawn(picture: QImage) -> None:
    check_picture(picture, SIZE)


def blank(image: QImage) -> QImage:
    empty = QImage(image.size(), image.format())
    empty.fill(QColor("white"))
    return empty


def half_blank(image: QImage) -> QImage:
    broken = image.copy()
    painter = QPainter(broken)
    painter.fillRect(image.width() // 2, image.height() // 2, image.width(), image.height(), QColor("black"))
    painter.end()
    return broken


BROKEN: dict[str, Callable[[QImage], QImage]] = {
    "one colour": blank,
    "a quarter of one colour": half_blank,
    "another size": lambda image: image.scaled(480, 300),
    "no picture": lambda image: QImage(),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_check_rejects_a_broken_picture(picture: QImage, name: str) -> None:
    with pytest.raises(AssertionError):
        check_picture(BROKEN[name](picture), SIZE)


def test_another_state_is_another_picture_and_the_same_state_the_same(shell: Shell, picture: QImage) -> None:
    for logits, alike in (("2,1,0.1", True), ("2,1,0.2", False)):
        done = shell.run(*RENDER, "--logits", logits, "--theme", "dark")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert (QImage(str(shell.folder / "picture.png")) == picture) == alike


# -- no display

NO_DISPLAY = {
    "none at all": {},
    "one that cannot be reached": {"DISPLAY": ":987"},
    "an empty name": {"DISPLAY": "", "WAYLAND_DISPLAY": ""},
}


@pytest.mark.parametrize("environment", NO_DISPLAY.values(), ids=NO_DISPLAY)
class TestWithoutDisplay:
    """Where there is no display the app says so and draws a picture instead."""

    pytestmark = linux_only

    def test_it_says_so_draws_a_picture_and_names_it(self, shell: Shell, environment: dict[str, str]) -> None:
        done = shell.run("--logits", "2, 1, 0.1", **environment)
        assert done.returncode == 0
        assert sentence(done.stderr.removesuffix("\n"))
        named = Path(done.stdout.removesuffix("\n"))
        assert named == shell.folder / "softmax-explorer.png"
        check_picture(QImage(str(named)), (1600, 900))

    def test_it_draws_elsewhere_where_it_may_not_write(self, shell: Shell, environment: dict[str, str]) -> None:
        (shell.folder / "softmax-explorer.png").mkdir()
        done = shell.run(**environment)
        assert done.returncode == 0
        assert Path(done.stdout.removesuffix("\n")) == shell.folder.parent / "temporary" / "softmax-explorer.png"

    def test_bad_input_is_still_refused(self, shell: Shell, environment: dict[str, str]) -> None:
        done = shell.run("--logits", "cat", **environment)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


@pytest.mark.may_skip
@pytest.mark.skipif(ctypes.util.find_library("xcb-cursor") is None, reason="the library is really missing here")
def test_a_display_out_of_reach_is_not_called_a_missing_library(shell: Shell) -> None:
    done = shell.run(DISPLAY=":987")
    assert "display cannot be opened" in done.stderr
    assert "install" not in done.stderr


# -- what cannot be done

CANNOT = {
    "no such folder": ((*RENDER[:2], "nowhere/picture.png"), "nowhere/picture.png"),
    "a file for a folder": ((*RENDER[:2], "file.txt/picture.png"), "file.txt/picture.png"),
    "a folder for a picture": ((*RENDER[:2], "folder.png"), "folder.png"),
    "another kind of picture": ((*RENDER[:2], "picture.gif"), "ends in .png or .jpg"),
    "no such file": ((*RENDER, "nowhere.csv"), "nowhere.csv"),
    "a bad file": ((*RENDER, "file.txt"), "not a number"),
    "a table without a row": ((*RENDER, "table.csv"), "--row 1 to --row 2"),
    "a bad file for a window": (("file.txt", "--quit-after", "10"), "not a number"),
}


@pytest.mark.parametrize(("words", "fragment"), CANNOT.values(), ids=CANNOT)
def test_what_cannot_be_done_is_one_line_and_exit_status_2(shell: Shell, words: tuple[str, ...], fragment: str) -> None:
    (shell.folder / "file.txt").write_text("these are words")
    (shell.folder / "table.csv").write_text("1,2\n3,4\n")
    (shell.folder / "folder.png").mkdir()
    done = shell.run(*words, QT_QPA_PLATFORM="offscreen")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("softmax-explorer: ")
    assert fragment in sentence(done.stderr.removesuffix("\n"))
    assert not (shell.folder / "picture.png").exists()


# -- what a start needs not


def test_a_start_loads_nothing_of_lectures(shell: Shell) -> None:
    code = (
        "import sys; from explorer import cli; cli.main(['--quit-after', '300']);"
        "print([name for name in sys.modules if 'presenting' in name or 'lecture.' in name or 'logbook.h' in name])"
    )
    done = shell.run_code(code, QT_QPA_PLATFORM="offscreen")
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "[]", "")
