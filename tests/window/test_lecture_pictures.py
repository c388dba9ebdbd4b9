"""The names in lecture files are those of the pictures and controls that there are."""

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.session.intent import VIEWS
from explorer.session.lecture.pictures import CONTROLS, PICTURES
from explorer.session.session import Session
from explorer.window.controls import Controls
from explorer.window.main_window import _make_view


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_has_the_pictures_that_a_scene_may_name(name: str, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    view = _make_view(name, Session(), window)
    assert PICTURES[name] == tuple(type(panel).__module__.rpartition(".")[2] for panel in view.panels)


def test_the_names_of_controls_are_those_of_their_widgets(qtbot: QtBot) -> None:
    controls = Controls(Session())
    qtbot.addWidget(controls)
    others = {"logits": "rows", "classes": "more"}
    assert [name for name in CONTROLS if not hasattr(controls, others.get(name, name))] == []
