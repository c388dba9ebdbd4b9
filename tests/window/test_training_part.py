"""The training's panels, bar and settings in a bare window: they show the state, run in slices, stop when hidden."""

from dataclasses import replace

import numpy as np
import pytest
from hands import press
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QWidget,
)

from explorer.panels.confusion import confusion
from explorer.panels.look import Look
from explorer.session.intent import Intent
from explorer.session.samples import Grid, register, samples_named
from explorer.session.session import Session
from explorer.session.training_choice import CURVES, TrainingChoice
from explorer.session.training_presets import TRAINING_PRESETS, at_its_end
from explorer.window.theme import DARK, LIGHT
from explorer.window.training_part import TrainingPart

STALLS = next(preset for preset in TRAINING_PRESETS if preset.name == "stalls")


class Bare(QWidget):
    """A window with nothing but the training."""

    def __init__(self, choice, size=(1280, 720), scale=1.0, colours=LIGHT):
        super().__init__()
        self.session = Session(Intent(training=choice))
        self.part = TrainingPart(self.session, self)
        self.part.runner.slice_ns = 10**12  # a loaded machine takes as many steps as an idle one
        look = Look(colours, scale)
        row, grid = QHBoxLayout(self), QGridLayout()
        row.addWidget(self.part.controls)
        row.addLayout(grid, 1)
        self.part.controls.setFixedWidth(look.px(250))
        self.part.arrange(grid, 0)
        grid.setRowStretch(1, 1)
        for column in range(12):
            grid.setColumnStretch(column, 1)
        self.part.apply_look(look)
        for panel in self.part.panels:
            panel.apply_look(look)
        self.part.controls.fit_width(look.px(240))
        self.resize(*size)
        self.session.changed.connect(self.show_snapshot)
        self.show_snapshot(self.session.snapshot)

    def show_snapshot(self, snapshot):
        self.part.show_snapshot(snapshot)
        for panel in self.part.panels:
            panel.show_snapshot(snapshot)

    @property
    def choice(self):
        return self.session.intent.training


@pytest.fixture
def make_bare(qtbot):
    made = []

    def make(choice=None, **more):
        window = Bare(choice or TrainingChoice(points=60), **more)
        made.append(window.session)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        window.show_snapshot(window.session.snapshot)
        window.part.runner.settle()
        window.show_snapshot(window.session.snapshot)
        QApplication.processEvents()
        return window

    yield make
    for session in made:  # collected in one cycle with their session, undo commands written in Python crash Qt
        session.undo_stack.clear()


def pixels(widget):
    QApplication.processEvents()
    image = widget.grab().toImage().convertToFormat(widget.grab().toImage().Format.Format_RGB32)
    return np.frombuffer(image.constBits(), dtype=np.uint32).reshape(image.height(), image.width()).copy()


# -- the bar


def test_run_pause_step_and_back(make_bare):
    window = make_bare()
    bar, runner = window.part.bar, window.part.runner
    assert bar.steps.text() == "0 steps"
    QTest.mouseClick(bar.step_button, Qt.MouseButton.LeftButton)
    assert (window.choice.step, bar.steps.text()) == (1, "1 step")
    QTest.mouseClick(bar.run_button, Qt.MouseButton.LeftButton)
    assert bar.run_button.text() == "❚❚ Pause"
    runner.tick()
    assert bar.steps.text() == "11 steps"
    QTest.mouseClick(bar.run_button, Qt.MouseButton.LeftButton)
    assert (bar.run_button.text(), window.choice.step) == ("▶ Run", 11)
    QTest.mouseClick(bar.back_button, Qt.MouseButton.LeftButton)
    assert (window.choice.step, bar.steps.text()) == (0, "0 steps")
    window.session.undo_stack.undo()
    assert (window.choice.step, runner.step) == (11, 11)


@pytest.mark.parametrize("name", ["regions", "curves", "outcome"])
def test_space_runs_and_home_goes_back(make_bare, name):
    window = make_bare(TrainingChoice(points=60, step=5))
    canvas = getattr(window.part, name).canvas
    press(canvas, Qt.Key.Key_Space)
    assert window.part.runner.running
    press(canvas, Qt.Key.Key_Space)
    assert not window.part.runner.running
    press(canvas, Qt.Key.Key_Home)
    assert window.choice.step == 0


def test_a_running_window_goes_on_by_itself_and_a_hidden_one_stops(make_bare, qtbot):
    window = make_bare()
    runner = window.part.runner
    runner.run()
    qtbot.waitUntil(lambda: runner.step >= 30)
    window.part.set_visible(False)
    assert not runner.running
    assert not runner._timer.isActive()
    assert window.choice.step == runner.step >= 30
    window.part.set_visible(True)
    assert not runner._timer.isActive()


def test_idle_there_is_no_timer(make_bare):
    window = make_bare(at_its_end(STALLS))
    assert not window.part.runner._timer.isActive()


# -- pictures depend on the state alone


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_a_paused_run_looks_like_the_state_read(make_bare, colours):
    live = make_bare(STALLS.choice, colours=colours)
    live.part.runner.run()
    for _ in range(6):
        live.part.runner.tick()
    live.part.runner.change("rate", 3.0)
    for _ in range(3):
        live.part.runner.tick()
    live.part.runner.pause()
    read = make_bare(live.choice, colours=colours)
    for name in ("regions", "curves", "outcome"):
        one, other = (pixels(getattr(window.part, name).canvas) for window in (live, read))
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    "fields", [{"step": 30}, {"seed": 2}, {"data": "rings"}, {"scale": 30.0}, {"format": "bfloat16"}]
)
def test_another_state_looks_otherwise(make_bare, fields):
    one, other = (
        make_bare(TrainingChoice(points=60, step=90)),
        make_bare(replace(TrainingChoice(points=60, step=90), **fields)),
    )
    for name in ("regions", "curves"):
        pictures = [pixels(getattr(window.part, name).canvas) for window in (one, other)]
        assert (pictures[0] != pictures[1]).any(), name


def test_regions_have_the_colours_of_their_classes(make_bare):
    window = make_bare(TrainingChoice(data="separable", step=300, rate=5.0))
    panel, run = window.part.regions, window.part.runner.runs[0]
    area = panel._areas(*panel.canvas.plot_size)[0]
    image = panel._image(0, run, area)
    lookup = panel._lookup(2)
    for x in (3, image.width() // 2, image.width() - 4):
        for y in (3, image.height() // 2, image.height() - 4):
            place = panel._place_at(area, run.data, area.topLeft() + QPointF(x + 0.5, y + 0.5))
            s = run.training.layer(place)
            level = round(63.0 * float(s.p_top[0]))
            near = lookup[64 * int(s.winner) + max(level - 1, 0) : 64 * int(s.winner) + level + 2]
            assert image.pixel(x, y) in near


def test_points_stand_where_they_are_and_are_marked(make_bare):
    window = make_bare(TrainingChoice(data="mislabelled", points=60, step=300))
    panel, run = window.part.regions, window.part.runner.runs[0]
    area = panel._areas(*panel.canvas.plot_size)[0]
    right, _ = run.states
    assert np.flatnonzero(~right).tolist() == [0]
    image = panel._points(0, run, area).toImage()
    place = {}
    for i, point in enumerate(run.data.X):
        scale = panel._frame(area, run.data)[2]
        place[i] = QPoint(round(0.5 * area.width() + scale * point[0]), round(0.5 * area.height() - scale * point[1]))
    assert image.pixelColor(place[0]) == panel.look.colour("card")
    alone = [
        i
        for i in range(1, 60)
        if min(np.hypot(*(run.data.X[i] - x)) for k, x in enumerate(run.data.X) if k != i) > 0.15
    ]
    assert alone
    for i in alone:
        assert image.pixelColor(place[i]) == panel.look.class_colour(int(run.data.y[i]))


# -- samples that were loaded


def table(features, labels):
    rng = np.random.default_rng(0)
    y = np.arange(40) % labels
    return Grid(np.column_stack([rng.standard_normal((40, features)) + 3.0 * y[:, None], y]))


def test_loaded_samples_are_trained_on_and_drawn_where_they_lie(make_bare):
    name = register("moons", table(2, 2)).name
    window = make_bare()
    window.session.choose("layer", "", samples=name)
    data = window.part.controls.data
    assert data.itemText(data.findData("samples")) == f"samples: {name}"
    data.picked.emit("samples")
    assert (window.choice.data, window.choice.samples) == ("samples", name)
    assert not window.part.controls.points.isEnabled()
    assert window.part.controls.points.field.text() == "40"
    window.session.choose("training", "", step=50)
    panel, run = window.part.regions, window.part.runner.runs[0]
    np.testing.assert_array_equal(run.data.X, samples_named(name).features)
    assert run.recording.at(50).accuracy > 0.9
    area = panel._areas(*panel.canvas.plot_size)[0]
    x0, y0, across, up = panel._frame(area, run.data)
    places = np.column_stack([across * (run.data.X[:, 0] - x0), up * (run.data.X[:, 1] - y0)])
    assert (np.abs(places) < 0.5 * np.array([area.width(), area.height()])).all()
    assert np.abs(places).max(axis=0) == pytest.approx(0.4167 * np.array([area.width(), area.height()]), rel=0.01)
    assert f"{name}, 40 points, after 50 steps" in panel.description()


def test_more_features_train_without_a_picture(make_bare):
    name = register("wide", table(5, 3)).name
    window = make_bare(TrainingChoice(data="samples", samples=name, step=20))
    assert window.part.runner.runs[0].training.W.shape == (3, 5)
    assert "Learning" in window.part.outcome.description()
    run = window.part.runner.runs[0]
    given = run.training.layer(run.data.X).winner
    for i, j in np.ndindex(3, 3):
        assert confusion(run.data.y, run.given, 3)[i, j] == np.sum((run.data.y == i) & (given == j))
    shown = set(np.unique(pixels(window.part.regions.canvas)).tolist())
    assert not shown & set(window.part.regions._lookup(3)[63::64].tolist())
    window.part.controls.data.picked.emit("three_blobs")
    window.session.choose("training", "", step=300)
    shown = set(np.unique(pixels(window.part.regions.canvas)).tolist())
    assert shown & set(window.part.regions._lookup(3)[63::64].tolist())


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"samples": "gone.csv"}, "The samples “gone.csv” are not loaded here: open their file on the page A batch."),
        ({"samples": "vast"}, "The samples have 257 features; training takes at most 256."),
    ],
)
def test_samples_of_no_use_are_a_sentence_and_can_be_left(make_bare, fields, sentence):
    register("vast", table(257, 2))
    window = make_bare(TrainingChoice(data="samples", step=30, **fields))
    part = window.part
    assert (part.outcome.description(), part.regions.description()) == (sentence, sentence)
    part.runner.toggle()
    part.runner.step_once()
    assert not part.runner.running
    assert not part.runner._timer.isActive()
    part.controls.data.picked.emit("two_blobs")
    assert (window.choice.data, len(part.runner.runs)) == ("two_blobs", 1)


# -- settings


def test_settings_show_the_choice_and_change_it(make_bare):
    window = make_bare(TrainingChoice(points=60, step=40))
    controls = window.part.controls
    controls.data.picked.emit("rings")
    assert (window.choice.data, window.choice.step) == ("rings", 0)
    controls.loss.picked.emit("squared_error")
    controls.compared.picked.emit("cross_entropy")
    controls.optimizer.picked.emit("adam")
    assert (window.choice.loss, window.choice.compared, window.choice.optimizer) == (
        "squared_error",
        "cross_entropy",
        "adam",
    )
    assert len(window.part.runner.runs) == 2
    for count, value in ((controls.points, 100.0), (controls.seed, 7.0), (controls.batch, 20.0)):
        count.field.entered.emit(value)
        assert getattr(window.choice, count.of) == value
        assert count.field.text() == str(int(value))
    controls.scale.field.entered.emit(20.0)
    controls.rate.field.entered.emit(0.25)
    assert (window.choice.scale, window.choice.rate) == (20.0, 0.25)


def test_rate_and_format_are_changes_on_the_way(make_bare):
    window = make_bare(TrainingChoice(points=60, step=40))
    window.part.controls.rate.field.entered.emit(2.0)
    window.part.controls.format.picked.emit("bfloat16")
    assert window.choice.changes == ((40, "format", "bfloat16"), (40, "rate", 2.0))
    assert window.choice.step == 40
    assert window.part.controls.format.currentData() == "bfloat16"
    assert window.part.controls.rate.field.text() == "2"
    window.part.runner.back()
    assert window.part.controls.format.currentData() == "float64"


def test_what_cannot_be_is_said_and_changes_nothing(make_bare):
    window = make_bare()
    said = []
    window.session.refused.connect(said.append)
    before = window.session.intent
    controls = window.part.controls
    controls.points.field.entered.emit(2.5)
    controls.points.field.entered.emit(1e6)
    controls.scale.field.entered.emit(1000.0)
    controls.rate.field.entered.emit(-1.0)
    assert window.session.intent == before
    assert said == [
        "2.50 is no whole number; type one for the points of training.",
        "The number of points is 1000000; it must lie between 6 and 5000.",
        "The scale of the first weights is 1000; it must lie between 0.01 and 100.",
        "The learning rate is −1; it must lie between 1e−06 and 1e+06.",
    ]


@pytest.mark.parametrize("preset", TRAINING_PRESETS, ids=lambda preset: preset.name)
def test_a_preset_starts_at_its_start_and_is_recognised(make_bare, preset):
    window = make_bare(TrainingChoice(points=60, axis="linear"))
    window.part.controls.preset.picked.emit(preset.name)
    assert window.choice == replace(preset.choice, axis="linear")
    assert window.part.controls.preset.currentData() == preset.name
    window.part.controls.seed.field.entered.emit(3.0)
    assert window.part.controls.preset.currentText() == "a run of your own"


def test_home_sets_a_control_back(make_bare):
    window = make_bare(TrainingChoice(points=60, loss="focal", rate=0.25))
    window.part.controls.loss.picked.emit("squared_error")
    press(window.part.controls.loss, Qt.Key.Key_Home)
    window.part.controls.rate.field.entered.emit(2.0)
    press(window.part.controls.rate.slider, Qt.Key.Key_Home)
    assert (window.choice.loss, window.choice.rate) == ("focal", 0.25)


# -- curves


def test_keys_switch_curves_and_show_the_value_pointed_at(make_bare):
    window = make_bare(TrainingChoice(points=60, step=100))
    panel, run = window.part.curves, window.part.runner.runs[0]
    assert panel.toggles["loss"].figure == f"{run.recording.at(100).loss:.3f}"
    panel.canvas.hovered.emit(QPointF(0.0, 20.0))
    assert panel.toggles["loss"].figure == f"{run.recording.at(1).loss:.3f}"
    press(panel.canvas, Qt.Key.Key_Right)
    assert panel.toggles["loss"].figure == f"{run.recording.at(2).loss:.3f}"
    panel.canvas.left.emit()
    panel.toggles["p_max"].click()
    assert window.choice.curves == ("loss", "accuracy", "gradient_norm", "jacobian_norm", "p_max")
    for key in CURVES:
        if panel.toggles[key].isChecked():
            panel.toggles[key].click()
    assert window.choice.curves == ()


def test_curves_lie_where_the_values_are(make_bare):
    window = make_bare(TrainingChoice(points=60, step=100, curves=("loss",), axis="linear"))
    panel = window.part.curves
    frame, recording = panel._frame, window.part.runner.runs[0].recording
    image = panel.canvas.grab().toImage()
    corner = panel.canvas._corner()
    for step in (1, 20, 100):
        x = frame.x(step)
        y = float(frame.y(np.log10(recording.at(step).loss)))
        colours = {
            image.pixelColor(round(corner.x() + x + dx), round(corner.y() + y + dy)).name()
            for dx in (-1, 0, 1)
            for dy in (-2, -1, 0, 1, 2)
            if 0 <= x + dx < frame.w
        }
        assert panel._colours["loss"].name() in colours


def test_exact_zeros_lie_in_the_strip(make_bare):
    window = make_bare(TrainingChoice(points=60, step=100, curves=("lost",)))
    panel = window.part.curves
    assert window.part.runner.runs[0].recording.at(100).lost == 0.0
    assert float(panel._frame.y(np.array(-np.inf))) > panel._frame.bottom
    image = panel.canvas.grab().toImage()
    corner, y = panel.canvas._corner(), panel._frame.bottom + 0.5 * panel._frame.strip
    assert image.pixelColor(round(corner.x() + 50), round(corner.y() + y)).name() == panel._colours["lost"].name()


# -- words


def test_pictures_say_their_numbers(make_bare):
    window = make_bare(at_its_end(STALLS))
    regions, curves, outcome = (panel.description() for panel in window.part.panels)
    assert regions == (
        "Three blobs, 300 points, after 1000 steps. Squared error: 33.3 % right, 0 % lost. "
        "Cross-entropy: 99.0 % right, 0 % lost."
    )
    assert curves.startswith(
        "After 1000 steps: SE: loss 0.667, accuracy 0.333, ‖∂L/∂W‖ 6.4e−7, mean ‖J‖₂ 6.6e−7, mean p_max 1 − 3.3e−7"
    )
    assert outcome.startswith("Squared error: Saturated: ‖∂L/∂W‖ is 6.4e−7 though only 33.3 % are right")
    assert "Cross-entropy: Learning" in outcome


def test_every_control_and_picture_has_a_name(make_bare):
    window = make_bare()
    part, kinds = window.part, (QAbstractButton, QAbstractSlider, QComboBox, QLineEdit)
    controls = [w for w in part.controls.findChildren(QWidget) if isinstance(w, kinds) and w.isVisible()]
    panels = [widget for panel in part.panels for widget in panel.tab_chain()]
    assert len(controls) == 13
    for widget in (*controls, *part.bar.tab_chain(), *panels):
        assert widget.accessibleName(), widget
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus


@pytest.mark.parametrize(("size", "scale"), [((1280, 610), 1.0), ((1920, 970), 1.0), ((1024, 600), 1.5)])
def test_nothing_is_clipped(make_bare, size, scale):
    window = make_bare(at_its_end(STALLS), size=size, scale=scale)
    for widget in window.findChildren(QWidget):
        parent = widget.parentWidget()
        inner = parent is not None and parent.objectName() != "qt_scrollarea_viewport"
        if widget.isVisible() and widget.window() is window and inner:
            assert parent.rect().contains(widget.geometry()), (type(widget).__name__, widget.accessibleName())
    bar = window.part.bar
    for widget in (bar.run_button, bar.step_button, bar.back_button, bar.steps):
        assert widget.fontMetrics().horizontalAdvance(widget.text()) <= widget.width(), widget.text()
