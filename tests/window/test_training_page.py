"""The training as a page of the Layer view: it runs with Space, stops when left, and is finished in a saved picture."""

import numpy as np
import pytest
from hands import picture, press
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from explorer.app import render
from explorer.session.intent import Intent
from explorer.session.training_choice import TrainingChoice
from explorer.session.training_presets import TRAINING_PRESETS, at_its_end


def training(**fields):
    return Intent(view="layer", training=TrainingChoice(points=60, **fields)).with_choice("layer", page="training")


def test_space_runs_and_pauses(make_window):
    window = make_window(training())
    part = window.view.training
    press(part.regions.canvas, Qt.Key.Key_Space)
    assert part.runner.running
    part.runner.tick()
    window.play()
    assert not part.runner.running
    assert window.session.intent.training.step >= 10
    assert part.bar.steps.text() == f"{window.session.intent.training.step} steps"


@pytest.mark.parametrize("leave", ["page", "view", "close"])
def test_it_stops_when_nobody_looks(make_window, leave):
    window = make_window(training())
    runner = window.view.training.runner
    runner.run()
    runner.tick()
    if leave == "page":
        window.session.choose("layer", "", page="sample")
    elif leave == "view":
        window.show_explore()
    else:
        window.close()
    QApplication.processEvents()
    assert not runner.running
    assert not runner._timer.isActive()
    assert window.session.intent.training.step == runner.step > 0


def test_a_page_nobody_looks_at_computes_nothing(make_window):
    window = make_window(training(step=5000).with_choice("layer", page="sample"))
    runner = window.view.training.runner
    assert runner.runs == ()
    window.session.choose("layer", "", page="training")
    QApplication.processEvents()
    assert runner.runs[0].step > 0
    window.view.settle()
    assert runner.step == 5000
    assert window.view.training.controls.points.field.text() == "60"


def test_a_saved_picture_waits_for_the_last_step(make_window, tmp_path):
    intent = training(step=9000, format="bfloat16")
    early, late = make_window(intent), make_window(intent)
    late.view.settle()
    assert render(early, tmp_path / "a.png", (1280, 720)) == 0
    assert render(late, tmp_path / "b.png", (1280, 720)) == 0
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize("preset", TRAINING_PRESETS, ids=lambda preset: preset.name)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_presets_say_what_became_of_them(make_window, preset, theme):
    intent = Intent(view="layer", training=at_its_end(preset)).with_choice("layer", page="training")
    window = make_window(intent, theme=theme)
    window.view.settle()
    words = {"stalls": "Saturated", "saturated": "Saturated", "format": "Lost in the format", "converged": "Converged"}
    assert words[preset.name] in window.view.training.outcome.description()
    image = picture(window)
    assert len(np.unique([image.pixel(x, 400) for x in range(0, image.width(), 5)])) > 5
