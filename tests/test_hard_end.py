"""A process killed without warning: the next start offers to go on, and the state is the very same."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

# What a person does, as a script inside the app: it begins once the window is there.
_DRIVE = """
import sys
import time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from explorer import app, cli
from explorer.session.state_line import to_line

def window():
    return next(w for w in QApplication.topLevelWidgets() if hasattr(w, "lectures"))

def act():
    w = window()
    if w._going_on is None and not settled(w):
        QTimer.singleShot(20, act)
        return
    {act}

began = time.monotonic()
def settled(w):
    return "--quit-after" in sys.argv or "render" in sys.argv or time.monotonic() > began + 30

real = QApplication.exec
def start(*_):
    QTimer.singleShot(0, act)
    return real()
QApplication.exec = start
sys.exit(app.run(cli.parse(sys.argv[1:])))
"""
_CHANGE = """
    w.lectures.next(); w.lectures.next(); w.lectures.next()
    w.session.set("t", spread=0.1 + 0.2, shift=-1e-7)
    w.session.apply("t", lambda i: i.with_logit(0, 1.1 * 1.1))
    print(to_line(w.session.intent), w.lectures.show.index, flush=True)
"""
_GO_ON = """
    buttons = [b for b in w.messages.buttons if b.text() == "Go on"]
    offered = w.messages.isVisible() and len(buttons) == 1
    if offered:
        buttons[0].click()
    print(offered, flush=True)
    print(to_line(w.session.intent), w.lectures.show.index if w.lectures.show else None, flush=True)
    w.close()
"""


class Home:
    """A home folder of its own, and the app in it."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.folder = folder
        places = {name: str(folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "APPDATA", "LOCALAPPDATA")}
        self._around = os.environ | places | {"PYTHONPATH": str(root), "QT_QPA_PLATFORM": "offscreen"}

    def start(self, act: str, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-W", "error", "-c", _DRIVE.replace("{act}", act.strip()), *words]
        return subprocess.Popen(
            command, env=self._around, stdout=subprocess.PIPE, text=True, encoding="utf-8", cwd=self.folder
        )

    def kept(self) -> list[Path]:
        return list(self.folder.rglob("where.json"))


@pytest.fixture
def home(root: Path, tmp_path: Path) -> Home:
    return Home(root, tmp_path)


def test_after_kill_the_next_start_goes_on_bit_for_bit(home: Home, root: Path) -> None:
    app = home.start(_CHANGE, str(root / "assets" / "lectures" / "softmax.toml"))
    assert app.stdout is not None
    said = app.stdout.readline().strip()
    line, _, index = said.rpartition(" ")
    for _ in range(2000):  # until the last state has been written
        if home.kept() and json.loads(home.kept()[0].read_text(encoding="utf-8"))["state"] == line:
            break
        time.sleep(0.01)
    app.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    assert app.wait(30) != 0
    app.stdout.close()
    assert int(index) >= 1

    again = home.start(_GO_ON)
    out, _ = again.communicate(timeout=60)
    assert out.splitlines() == ["True", said]
    assert again.returncode == 0
    assert home.kept() == []  # a clean end leaves nothing behind
    third = home.start(_GO_ON)
    assert third.communicate(timeout=60)[0].splitlines()[0] == "False"


def test_runs_that_end_by_themselves_keep_nothing(home: Home) -> None:
    for words in (("--quit-after", "300", "--logits", "1,2"), ("render", "--out", "a.png", "--size", "640x480")):
        app = home.start("w.session.set('t', spread=2.0) if hasattr(w, 'session') else None", *words)
        app.communicate(timeout=60)
        assert app.returncode == 0
    assert not list(home.folder.rglob("lock")) and home.kept() == []
