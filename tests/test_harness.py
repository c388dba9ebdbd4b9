"""The harness itself: what it must reject, it rejects."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

SUSPECTS = """
import warnings
from pathlib import Path
import pytest
from PySide6.QtCore import QSettings, qWarning
from PySide6.QtWidgets import QLabel

kept = []

def test_fails_skipped():
    pytest.skip("not today")

@pytest.mark.skipif(True, reason="never here")
def test_fails_skipped_by_condition():
    pass

@pytest.mark.may_skip
def test_passes_allowed():
    pytest.skip("not here")

@pytest.mark.xfail(reason="known")
def test_passes_expected_failure():
    assert False

def test_fails_widget_left(qtbot):
    kept.append(QLabel("left"))
    kept[-1].show()

def test_fails_hidden_widget_left(qtbot):
    kept.append(QLabel("left"))

def test_passes_widget_given_away(qtbot):
    label = QLabel("given")
    qtbot.addWidget(label)
    label.show()
    kept.append(label)

def test_passes_widget_gone(qtbot):
    QLabel("gone").show()

def test_fails_qt_warning():
    qWarning("look out")

def test_fails_python_warning():
    warnings.warn("look out")

def test_passes_settings_written():
    QSettings().setValue("theme", "dark")

def test_passes_settings_apart():
    assert QSettings().value("theme") is None
"""
SKIPPED_FILE = """
import pytest
pytest.skip("all of it", allow_module_level=True)
"""


def test_the_harness_rejects_what_it_must(root: Path, tmp_path: Path) -> None:
    shutil.copy(root / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_suspects.py").write_text(SUSPECTS)
    (tmp_path / "test_skipped.py").write_text(SKIPPED_FILE)
    options = ("-c", str(root / "pyproject.toml"), "--rootdir", str(tmp_path), "--no-cov", "-p", "no:cacheprovider")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-rA", "--continue-on-collection-errors", str(tmp_path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    bad = {line.split(" - ")[0] for line in done.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))}
    expected = {line[4:].partition("(")[0] for line in SUSPECTS.splitlines() if line.startswith("def test_fails")}
    assert {place.rpartition("::")[2] for place in bad if "::" in place} == expected, done.stdout
    assert {place for place in bad if "::" not in place} == {"ERROR test_skipped.py"}


def test_settings_are_those_of_this_test_only(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = QSettings()
    assert settings.format() == QSettings.Format.IniFormat
    assert Path(settings.fileName()).is_relative_to(tmp_path_factory.getbasetemp())
    native = QSettings("Softmax Explorer", "Softmax Explorer")
    assert native.allKeys() == settings.allKeys() == []


def test_there_is_no_screen(qapp: QApplication) -> None:
    assert qapp.platformName() == "offscreen"
