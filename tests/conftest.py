"""The strict harness: no screen, settings of its own, no widget left behind, no test skipped unnoticed."""

import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before anything imports Qt

import pytest
from hypothesis import settings
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtWidgets import QApplication, QWidget

settings.register_profile("explorer", derandomize=True, deadline=None, max_examples=100)
settings.register_profile("hunt", deadline=None, max_examples=5000)  # --hypothesis-profile=hunt, for a long night
settings.load_profile("explorer")

_OF_QT = {"QTipLabel"}  # windows that Qt makes by itself and keeps


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker without which a skipped test is a failure."""
    config.addinivalue_line("markers", "may_skip: this test cannot run everywhere; any other skip is a failure")


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a test after a function's name, not its address: the same test has the same name in every process."""
    return getattr(val, "__name__", None) if callable(val) else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip that nobody allowed into a failure: a test skipped for ever proves nothing."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and item.get_closest_marker("may_skip") is None:
        report.outcome = "failed"
        report.longrepr = f"skipped without the marker may_skip: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn the skip of a whole file into a failure."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"a whole file was skipped: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _own_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep each test's remembered settings apart from those of the others and of whoever runs the tests."""
    folder = str(tmp_path_factory.mktemp("settings"))
    for kind in (QSettings.Format.IniFormat, QSettings.Format.NativeFormat):
        for scope in (QSettings.Scope.UserScope, QSettings.Scope.SystemScope):
            QSettings.setPath(kind, scope, folder)
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QCoreApplication.setOrganizationName("Softmax Explorer")
    QCoreApplication.setApplicationName("Softmax Explorer")


@pytest.fixture(autouse=True)
def _no_widget_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail after a test that leaves a window alive; pytest-qt has closed those given to qtbot by then."""
    if not {"qtbot", "qapp"} & set(request.fixturenames):
        yield
        return
    before = set(QApplication.topLevelWidgets())
    yield
    left = _windows_since(before)
    if left:
        named = ", ".join(f"{type(widget).__name__} “{widget.windowTitle()}”" for widget in left)
        for widget in left:
            widget.hide()
            widget.deleteLater()
        pytest.fail(f"left alive after the test: {named}; give it to qtbot.addWidget, or a parent")


def _windows_since(before: set[QWidget]) -> list[QWidget]:
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    found = [widget for widget in QApplication.topLevelWidgets() if widget not in before]
    return [widget for widget in found if widget.metaObject().className() not in _OF_QT]


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the checkout."""
    return Path(__file__).parent.parent
