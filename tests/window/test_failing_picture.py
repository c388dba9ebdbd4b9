"""A picture that raises: it says so in its place, the rest goes on, the log names it, a later state tries again."""

import logging

import pytest
from hands import panel, picture
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication

from explorer import logbook
from explorer.panels.canvas import FAILED


@pytest.fixture(autouse=True)
def _fresh_log(monkeypatch, tmp_path):
    monkeypatch.setattr(logbook, "_said", set())
    monkeypatch.setattr(logbook, "folder", tmp_path / "data")
    yield
    logger = logging.getLogger("softmax_explorer")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()


class Fault:
    """Raises until it is mended; may leave the painter in disorder."""

    def __init__(self, works, disorder=False):
        self.works, self.disorder, self.broken, self.calls = works, disorder, True, 0

    def __call__(self, *arguments):
        self.calls += 1
        if not self.broken:
            return self.works(*arguments)
        if self.disorder:
            painter = arguments[0]
            assert isinstance(painter, QPainter)
            painter.save()
            painter.translate(30.0, 30.0)
            painter.save()
            painter.setOpacity(0.1)
        raise RuntimeError("a fault made on purpose")


PLACES = ["update_picture", "draw_live", "draw_backdrop", "description", "update_layout"]


def breaking(window, monkeypatch, place):
    broken = panel(window, "Jacobian")
    on = broken.canvas if place.startswith("draw") else broken
    name = f"_{place}" if place.startswith("draw") else place
    fault = Fault(getattr(on, name), disorder=place.startswith("draw"))
    monkeypatch.setattr(on, name, fault)
    return broken, fault


def provoke(window, broken, place):
    broken.canvas.stale_backdrop()
    window.session.set("t", spread=window.session.intent.spread + 1.0)
    if place == "description":
        broken._update_description()
    if place == "update_layout":
        broken._canvas_resized()
    QApplication.processEvents()


@pytest.mark.parametrize("place", PLACES)
def test_the_rest_goes_on_and_a_later_state_tries_again(make_window, monkeypatch, caplog, place):
    window, sound = make_window(), make_window()
    broken, fault = breaking(window, monkeypatch, place)
    provoke(window, broken, place)
    assert broken.canvas.failed
    failed = picture(broken)
    calls = fault.calls
    assert failed == picture(broken) and fault.calls == calls  # not tried again for every frame
    for title in ("Probabilities", "Loss gradient", "Vanishing"):
        provoke(sound, panel(sound, title), "") if title == "Probabilities" else None
        assert picture(panel(window, title)) == picture(panel(sound, title))
    assert [record.getMessage().split("\n")[0] for record in caplog.records] == ["The picture “Jacobian” failed."]
    assert caplog.records[0].exc_info is None
    assert "a fault made on purpose" in caplog.text and "Traceback" in caplog.text
    provoke(window, broken, place)
    assert len(caplog.records) == 1  # once
    fault.broken = False
    window.session.set("t", spread=1.5)
    sound.session.set("t", spread=1.5)
    assert not broken.canvas.failed
    assert picture(broken) == picture(panel(sound, "Jacobian")) != failed
    text = (logbook.folder / "log.txt").read_text(encoding="utf-8")
    assert "The picture “Jacobian” failed." in text and "Traceback" in text


def test_the_sentence_stands_in_its_place(window, monkeypatch):
    broken, _ = breaking(window, monkeypatch, "draw_live")
    provoke(window, broken, "draw_live")
    broken._update_description()
    assert broken.canvas.accessibleDescription() == FAILED
    colours = {picture(broken.canvas).pixelColor(x, y).name() for x in range(0, 300, 3) for y in range(100, 200, 3)}
    assert len(colours) > 5  # letters


def test_the_log_stays_small(tmp_path):
    for k in range(3000):
        logbook.report(f"Sentence {k}.", ValueError("x" * 500))
    files = list((tmp_path / "data").iterdir())
    assert {file.name for file in files} == {"log.txt", "log.txt.1"}
    assert all(file.stat().st_size <= 256 * 1024 for file in files)


def test_no_folder_no_file(monkeypatch, tmp_path):
    monkeypatch.setattr(logbook, "folder", None)
    logbook.report("Nothing to keep it in.", ValueError())
    assert not list(tmp_path.iterdir())
