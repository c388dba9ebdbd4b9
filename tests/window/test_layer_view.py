"""The Layer view: one sample and its chain of Jacobians, a batch of any size; what people do in it is one step."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hands import SIZES, clipped, drag, hover, in_plot, panel, picture, press
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.panels.panel import Panel
from explorer.panels.widgets import Segment
from explorer.session.intent import Intent
from explorer.session.layer_choice import LayerChoice
from explorer.session.layer_picks import Derivative, Feature, OfLogit, OfSoftmax, Output, Sample, Weight
from explorer.session.samples import Grid, known_names, register

ONE = ["Sample x", "Weights W", "Output", "Chain of Jacobians", "Weight gradient"]
BATCH = ["Samples", "Sample gradients", "Gradient"]
LARGEST = LayerChoice(
    weights=tuple(tuple(0.1 * (i - j) for j in range(12)) for i in range(12)), x=tuple(range(-5, 7)), picked=(0, 1, 2)
)


def layer_intent(layer: LayerChoice | None = None, **fields: object) -> Intent:
    return Intent(view="layer", layer=layer or LayerChoice(), **fields)  # type: ignore[arg-type]


def shown(window) -> list[str]:
    return [p.title for p in window.view.panels if p.isVisible()]


def centre(p: Panel, rect) -> object:
    return in_plot(p, rect.center().x(), rect.center().y())


def samples_of(m: int, features: int, name: str = "many") -> str:
    """Register m samples of three classes, and return the name they got."""
    rng = np.random.default_rng(m)
    values = np.c_[rng.normal(size=(m, features)), rng.integers(3, size=m)]
    return register(name, Grid(values)).name


# -- the view, its tab, its pages


def test_tab_key_and_pages(make_window):
    window = make_window()
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert window.session.intent.view == "layer" and window.tabs.tabs["layer"].isChecked()
    assert shown(window) == ONE
    QTest.mouseClick(window.view.bar.page.segments["batch"], Qt.MouseButton.LeftButton)
    assert window.session.intent.layer.page == "batch" and shown(window) == BATCH
    assert window.view.controls.batch.isVisible() and not window.view.controls.sample.isVisible()
    window.undo()
    assert shown(window) == ONE
    QTest.mouseClick(window.view.bar.page.segments["training"], Qt.MouseButton.LeftButton)
    assert not set(shown(window)) & {*ONE, *BATCH} and shown(window)


def test_a_start_needs_none_of_it():
    code = (
        "import sys; from PySide6.QtCore import QSettings; from PySide6.QtWidgets import QApplication;"
        "app = QApplication([]); from explorer.session.session import Session;"
        "from explorer.window.main_window import MainWindow;"
        "w = MainWindow(Session(), QSettings('none', QSettings.Format.IniFormat)); w.show(); app.processEvents();"
        "late = {'explorer.model.layer', 'explorer.model.batch', 'explorer.panels.layer_chain',"
        "'explorer.session.layer_reading', 'explorer.session.samples'};"
        "early = late & set(sys.modules); w.show_layer(); app.processEvents();"
        "sys.exit(f'{early}, {late - set(sys.modules)}' if early or late - set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_a_hidden_page_computes_nothing(make_window):
    window = make_window(layer_intent())
    picture(window)
    assert "layer" in vars(window.session.snapshot) and "batch" not in vars(window.session.snapshot)
    window.session.choose("layer", "page", page="batch")
    window.session.choose("layer", "x", x=(3.0, 2.0, 1.0))
    picture(window)
    assert "batch" in vars(window.session.snapshot) and "layer" not in vars(window.session.snapshot)
    window.show_explore()
    window.session.set("n", number_format="float16")
    window.session.choose("layer", "x", x=(3.0, 2.0, 2.0))
    picture(window)
    assert not {"layer", "batch"} & set(vars(window.session.snapshot))


def test_presets_of_the_logits_leave_the_layer_alone(make_window):
    window = make_window(layer_intent(LARGEST))
    window.show_explore()
    window.view.controls.presets.picked.emit("tie")
    assert window.session.intent.layer == LARGEST
    assert window.view.controls.presets.currentData() == "tie"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("size", "scale"), SIZES, ids=str)
@pytest.mark.parametrize("layer", [LayerChoice(), LARGEST], ids=["small", "largest"])
@pytest.mark.parametrize("page", ["sample", "batch"])
def test_nothing_is_clipped(make_window, size, scale, theme, layer, page):
    window = make_window(layer_intent(replace(layer, page=page)), size=size, scale=scale, theme=theme)
    assert (window.width(), window.height()) == size
    assert clipped(window) == []
    assert all(min(p.canvas.plot_size) > 50 for p in window.view.panels if p.isVisible())


@pytest.mark.parametrize("page", ["sample", "batch"])
def test_everything_has_a_name_and_is_reached_with_tab(make_window, page):
    window = make_window(layer_intent(LayerChoice(page=page)))
    window.activateWindow()
    chain = getattr(window.view.controls, page).tab_chain()
    canvases = [p.canvas for p in window.view.panels if p.isVisible()]
    wanted = [w for w in (*chain, *window.view.bar.page.segments.values(), *canvases) if w.isEnabled()]
    assert all(widget.accessibleName() for widget in wanted)
    chain[0].setFocus()
    reached = set()
    for _ in range(80):
        reached.add(QApplication.focusWidget())
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    switches = {w.parent() for w in reached if isinstance(w, Segment)}  # the arrow keys move in a switch
    missed = [w for w in wanted if w not in reached and w.parent() not in switches]
    assert [w.accessibleName() for w in missed] == []


@pytest.mark.parametrize("title", ONE)
def test_every_picture_is_told_in_words(make_window, title):
    window = make_window(layer_intent(LARGEST))
    text = panel(window, title).description()
    assert text.endswith(".") and "nan" not in text
    image = picture(panel(window, title).canvas)
    colours = {image.pixel(x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)}
    assert len(colours) > 8


# -- one sample


def test_pointing_at_a_derivative_lights_up_all_that_it_is_made_of(make_window):
    window = make_window(layer_intent())
    chain = panel(window, "Chain of Jacobians")
    places = chain._places()
    before = {title: picture(panel(window, title).canvas) for title in ONE}
    hover(chain.canvas.viewport(), centre(chain, places.of_weights.cell(1, 5)))
    pick = Derivative(1, 1, 2)
    assert window.view.reading.pick() == pick
    assert window.view.reading.text().startswith("∂P₂/∂W₂₃ = J₂₂·x₃ + 2 × 0 = ")
    for title in ONE:
        assert picture(panel(window, title).canvas) != before[title], title
    accent = window.look.colour("accent").rgb()

    def lit(rect) -> bool:
        image = picture(chain.canvas)
        corner = in_plot(chain, rect.left(), rect.center().y())
        return image.pixel(corner.x() + 0, corner.y()) == accent

    assert lit(places.of_softmax.block(1, 0, 1, 3)) and not lit(places.of_softmax.block(0, 0, 1, 3))
    assert lit(places.of_logits.block(0, 5, 3, 1)) and lit(places.of_weights.cell(1, 5))
    assert not lit(places.of_weights.cell(2, 3))


def test_each_matrix_is_pointed_at(make_window):
    window = make_window(layer_intent())
    chain = panel(window, "Chain of Jacobians")
    places = chain._places()
    for cells, row, column, pick in (
        (places.of_logits, 2, 0, OfLogit(2, 0, 0)),
        (places.of_softmax, 2, 1, OfSoftmax(2, 1)),
        (places.of_weights, 0, 8, Derivative(0, 2, 2)),
    ):
        assert chain.pick_at(QPointF(cells.cell(row, column).center())) == pick
    assert chain.pick_at(QPointF(1.0, 1.0)) is None
    features, weights, output = (panel(window, title) for title in ONE[:3])
    assert weights.pick_at(weights._cells().cell(2, 1).center()) == Weight(2, 1)
    assert features.pick_at(QPointF(features.canvas.plot_size[0] - 2.0, 5.0)) == Feature(2)
    head, row = output._geometry()
    assert output.pick_at(QPointF(5.0, head + 1.5 * row)) == Output(1)


def test_empty_blocks_are_drawn_as_empty(make_window):
    window = make_window(layer_intent(LayerChoice(x=(1.0, 0.0, 2.0))))
    chain = panel(window, "Chain of Jacobians")
    image, places, card = picture(chain.canvas), chain._places(), window.look.colour("card").rgb()

    def colour(row: int, column: int) -> int:
        rect = places.of_logits.cell(row, column)
        corner = in_plot(chain, rect.left() + 4.0, rect.top() + 4.0)
        return image.pixel(corner.x(), corner.y())

    for row in range(3):
        for column in range(9):
            assert (colour(row, column) == card) == (column // 3 != row), (row, column)


def test_a_click_pins_a_derivative_and_a_second_one_lets_it_go(make_window):
    window = make_window(layer_intent())
    chain = panel(window, "Chain of Jacobians")
    place = centre(chain, chain._places().of_weights.cell(2, 4))
    drag(chain.canvas, place)
    assert window.session.intent.layer.picked == (2, 1, 1)
    drag(chain.canvas, place)
    assert window.session.intent.layer.picked is None
    chain.canvas.setFocus()
    press(chain.canvas, Qt.Key.Key_Home)
    press(chain.canvas, Qt.Key.Key_Down)
    press(chain.canvas, Qt.Key.Key_Right)
    press(chain.canvas, Qt.Key.Key_Return)
    assert window.session.intent.layer.picked == (1, 0, 1)
    assert window.undo() is None and window.session.intent.layer.picked is None


def test_a_bar_of_the_sample_is_dragged_in_one_step(make_window):
    window = make_window(layer_intent())
    features = panel(window, "Sample x")
    w, h = features.canvas.plot_size
    drag(features.canvas, *(in_plot(features, 0.5 * w, share * h) for share in (0.6, 0.4, 0.2, 0.1)))
    x = window.session.intent.layer.x
    assert x[0] == 1.0 and x[2] == 2.0 and x[1] > 10.0
    assert window.session.undo_stack.count() == 1
    assert window.view.controls.sample.rows[1].field.text() not in ("", "−0.50")
    window.undo()
    assert window.session.intent.layer == LayerChoice()
    features.canvas.setFocus()
    press(features.canvas, Qt.Key.Key_Right)
    press(features.canvas, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert window.session.intent.layer.x == (1.0, -0.5, 3.0)
    press(features.canvas, Qt.Key.Key_Home)
    assert window.session.intent.layer == LayerChoice()


def test_a_weight_is_dragged_in_one_step(make_window):
    window = make_window(layer_intent())
    weights = panel(window, "Weights W")
    x, y = weights._cells().cell(1, 0).center().x(), weights._cells().cell(1, 0).center().y()
    drag(weights.canvas, *(in_plot(weights, x, y - d) for d in (0, 10, 30, 20)))
    new = window.session.intent.layer.weights
    assert new[1][0] > -0.5 and new[0] == LayerChoice().weights[0] and new[2] == LayerChoice().weights[2]
    assert window.session.undo_stack.count() == 1
    assert window.view.controls.sample.weight_at == (1, 0)
    window.undo()
    assert window.session.intent.layer == LayerChoice()


def test_a_weight_is_typed_where_the_cursor_is(make_window):
    window = make_window(layer_intent(LayerChoice(scale=2.0)))
    window.activateWindow()
    weights, field = panel(window, "Weights W"), window.view.controls.sample.weight
    weights.canvas.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down):
        press(weights.canvas, key)
    assert window.view.controls.sample.weight_label.text().startswith("W₃₂")
    press(weights.canvas, Qt.Key.Key_7)
    assert field.hasFocus() and field.text() == "7"
    QTest.keyClicks(field, ".5")
    press(field, Qt.Key.Key_Return)
    assert window.session.intent.layer.weights[2][1] == 3.75  # times the factor it is what was typed
    assert window.session.snapshot.layer.layer.W[2, 1] == 7.5
    QTest.keyClicks(field, "nonsense")
    press(field, Qt.Key.Key_Return)
    assert "not a number" in window.messages.text() and window.session.snapshot.layer.layer.W[2, 1] == 7.5
    press(field, Qt.Key.Key_Up)
    assert window.session.snapshot.layer.layer.W[2, 1] == 7.6
    press(weights.canvas, Qt.Key.Key_Home)
    assert window.session.snapshot.layer.layer.W[2, 1] == 1.0


def test_a_click_on_a_class_makes_it_the_target(make_window):
    window = make_window(layer_intent())
    output = panel(window, "Output")
    head, row = output._geometry()
    drag(output.canvas, in_plot(output, 20.0, head + 2.5 * row))
    assert window.session.intent.layer.target == 2
    assert "Target: class 3" in output.description()
    press(output.canvas, Qt.Key.Key_Up)
    press(output.canvas, Qt.Key.Key_Return)
    assert window.session.intent.layer.target == 1


def test_the_column_changes_shape_factor_and_weights(make_window):
    window = make_window(layer_intent())
    fields = window.view.controls.sample
    for button in (fields.features.more, fields.classes.more, fields.classes.more, fields.features.fewer):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    layer = window.session.intent.layer
    assert (layer.T, layer.N) == (5, 3) and layer.weights[:3] == LayerChoice().weights
    assert sum(row.isVisible() for row in fields.rows) == 3
    fields.rows[0].field.setFocus()
    fields.rows[0].field.setText("−4,5")
    fields.rows[0].field.setModified(True)
    press(fields.rows[0].field, Qt.Key.Key_Return)
    assert window.session.intent.layer.x[0] == -4.5
    press(fields.scale.slider, Qt.Key.Key_Right)
    assert window.session.intent.layer.scale > 1.0
    QTest.mouseClick(fields.draw, Qt.MouseButton.LeftButton)
    drawn = window.session.intent.layer
    assert drawn.weights != layer.weights and drawn.seed == 2
    while window.session.undo_stack.canUndo():
        window.undo()
    assert window.session.intent.layer == LayerChoice()


def test_the_multiplications_are_on_screen(make_window):
    text = panel(make_window(layer_intent()), "Chain of Jacobians").description()
    assert "product 81, short formula 36" in text


def test_the_extremes_can_be_shown(make_window):
    for T, N in ((1, 1), (1, 12), (12, 1)):
        layer = replace(LayerChoice().with_shape(T, N), chain_scale="log", scale=1000.0)
        window = make_window(layer_intent(layer), size=(1024, 768), scale=1.5)
        for title in ONE:
            assert panel(window, title).description().endswith(".")
        assert window.view.reading.text().startswith("∂P₁/∂W₁₁ = J₁₁·x₁")


AWKWARD = {
    "tiny": (5e-324, -1e-200, 1e-9),
    "enormous": (1e100, -1e100, 0.0),
    "zeros": (0.0, 0.0, 0.0),
    "long": (1.23456789e-5, -98765.4321, 12345678.9),
}


@pytest.mark.parametrize("chain_scale", ["linear", "log"])
@pytest.mark.parametrize("shape", [(3, 3), (12, 12)], ids=str)
@pytest.mark.parametrize("x", AWKWARD.values(), ids=AWKWARD)
def test_awkward_samples_are_drawn_all_the_same(make_window, x, shape, chain_scale, capfd):
    layer = replace(LayerChoice(x=x), chain_scale=chain_scale, picked=(0, 0, 1)).with_shape(*shape)
    window = make_window(layer_intent(layer))
    for title in ONE:
        picture(panel(window, title).canvas)
        text = panel(window, title).description()
        assert text.endswith(".") and "nan" not in text and "inf" not in text
    assert "Error" not in capfd.readouterr().err


# -- a batch


def batch_window(make_window, name="three_rows", **fields):
    return make_window(layer_intent(LayerChoice(page="batch", samples=name, **fields)))


def test_the_table_chooses_a_sample_or_all(make_window):
    window = batch_window(make_window)
    table, whole = panel(window, "Samples"), panel(window, "Gradient")
    assert window.view.reading.pick() == Sample(None)
    drag(table.canvas, in_plot(table, 30.0, 3.5 * table._row))
    assert window.session.intent.layer.sample == 1
    batch, samples = window.session.snapshot.batch, window.session.snapshot.samples
    alone = np.outer(batch.logit_gradients[1], samples.row(1))
    assert np.array_equal(whole.values(), alone)
    drag(table.canvas, in_plot(table, 30.0, 3.5 * table._row))
    assert window.session.intent.layer.sample is None
    assert np.array_equal(whole.values(), batch.weight_gradient("mean"))
    press(table.canvas, Qt.Key.Key_Down)
    press(table.canvas, Qt.Key.Key_PageDown)
    assert window.session.intent.layer.sample == 2
    press(table.canvas, Qt.Key.Key_Home)
    assert window.session.intent.layer.sample is None


def test_mean_and_sum_are_in_sight(make_window):
    window = batch_window(make_window)
    whole = panel(window, "Gradient")
    assert "1/3" in whole._subtitle.text() and "times 1/m" in window.view.controls.batch._factor.text()
    mean = whole.values()
    QTest.mouseClick(window.view.controls.batch.reduction.segments["sum"], Qt.MouseButton.LeftButton)
    assert "1/3" not in whole._subtitle.text() and "no factor" in window.view.controls.batch._factor.text()
    assert np.allclose(whole.values(), 3.0 * mean, rtol=1e-15)
    assert window.session.undo_stack.count() == 1


def test_who_contributes_nothing_depends_on_the_format(make_window):
    weights = ((1000.0,) * 3, (0.0,) * 3, (-1000.0,) * 3)
    window = batch_window(make_window, weights=weights)
    table, each = panel(window, "Samples"), panel(window, "Sample gradients")
    assert window.session.snapshot.batch.contributing == 2
    assert (
        "1 contribute nothing in float64" in table.description()
        and "1 samples contribute nothing" in each.description()
    )
    assert ("1", "contribute nothing") in window.view.reading.sizes()
    window.session.choose("layer", "s", scale=0.1)
    assert window.session.snapshot.batch.contributing == 3
    window.view.bar.format.picked.emit("bfloat16")
    assert window.session.snapshot.batch.contributing == 2
    assert "in bfloat16" in table.description()


def test_a_large_batch_is_worked_through_while_the_window_answers(make_window, qtbot):
    window = batch_window(make_window, samples_of(5000, 200))
    batch = window.session.snapshot.batch
    assert 0 < batch.done < batch.m or not batch.done
    window.session.choose("layer", "c", sample=4999)
    assert window.session.snapshot.batch is batch  # what was seen stays seen
    table = panel(window, "Samples")
    assert table.first + table.in_sight == 5000
    qtbot.waitUntil(lambda: batch.finished, timeout=20_000)
    qtbot.waitUntil(lambda: not window.view._passes.isActive())
    each = panel(window, "Sample gradients").picture()
    picture(window)
    assert each.done == each.rows and each.values.any()
    assert panel(window, "Gradient").values().shape == (3, 200)
    assert "5000 samples of 200 features" in table.description()


def test_passes_rest_while_nobody_looks(make_window):
    window = batch_window(make_window, samples_of(5000, 200, "unseen"))
    window.show_explore()
    assert not window._views["layer"]._passes.isActive()


def test_the_table_scrolls(make_window):
    window = batch_window(make_window, samples_of(300, 2, "scrolled"))
    table = panel(window, "Samples")
    w, h = table.canvas.plot_size
    drag(table.canvas, in_plot(table, w - 4.0, 0.5 * h), in_plot(table, w - 4.0, h + 9.0))
    assert table.first == 300 - table.in_sight and window.session.intent.layer.sample is None
    before = picture(table.canvas)
    press(table.canvas, Qt.Key.Key_Down)
    assert window.session.intent.layer.sample == 0 and table.first == 0
    assert picture(table.canvas) != before


def test_a_row_of_the_heatmap_is_a_sample(make_window):
    window = batch_window(make_window)
    each = panel(window, "Sample gradients")
    area = each._area()
    drag(each.canvas, in_plot(each, area.center().x(), area.top() + 0.9 * area.height()))
    assert window.session.intent.layer.sample == 2
    press(each.canvas, Qt.Key.Key_Up)
    assert window.session.intent.layer.sample == 1


def test_a_sample_is_taken_to_the_other_page(make_window):
    window = batch_window(make_window, "four_rows", sample=2)
    W = window.session.snapshot.batch.layer.W
    gradient = panel(window, "Gradient").values()
    QTest.mouseClick(window.view.controls.batch.take, Qt.MouseButton.LeftButton)
    layer = window.session.intent.layer
    assert layer.page == "sample" and layer.x == (1.0, 4.0) and layer.target == 1
    assert np.allclose(window.session.snapshot.layer.layer.W, W, rtol=1e-15)
    assert np.allclose(window.session.snapshot.layer.weight_gradient[0], gradient, rtol=1e-12)


def test_the_gradient_of_many_features_is_shown_by_its_largest(make_window):
    window = batch_window(make_window, samples_of(20, 900, "wide"))
    whole = panel(window, "Gradient")
    picture(window)
    values, cells = whole.values(), whole._cells()
    assert cells.columns < 900
    slope = whole.pick_at(cells.cell(1, 7).center())
    first, last = 7 * 900 // cells.columns, 8 * 900 // cells.columns
    assert abs(values[1, slope.j]) == np.abs(values[1, first:last]).max()
    assert window.view.controls.batch.take.isEnabled() is False


# -- samples from outside


def test_files_pastes_and_drops_bring_samples(make_window, tmp_path):
    window = batch_window(make_window)
    path = tmp_path / "mine.csv"
    path.write_text("a,b,y\n1,2,0\n3,4,1\n5,6,2\n", encoding="utf-8")
    window.load_file(path)
    assert window.session.intent.layer.samples == "mine.csv" and window.session.snapshot.samples.m == 3
    assert window.session.intent.logits == Intent().logits
    QGuiApplication.clipboard().setText("1 2 3 0\n4 5 6 1")
    window.paste()
    assert window.session.intent.layer.samples == "pasted" and window.session.snapshot.samples.N == 3
    np.save(tmp_path / "array.npy", np.ones((7, 4)))
    window.load_file(tmp_path / "array.npy")
    assert window.session.snapshot.samples.m == 7
    for _ in range(3):
        window.undo()
    assert window.session.intent.layer.samples == "three_rows"
    assert window.view.controls.batch.samples.findData("mine.csv") >= 0


def test_on_the_other_pages_files_are_logits(make_window, tmp_path):
    window = make_window(layer_intent())
    path = tmp_path / "z.csv"
    path.write_text("3,2,1", encoding="utf-8")
    window.load_file(path)
    assert window.session.intent.logits == (3.0, 2.0, 1.0) and window.session.intent.layer == LayerChoice()


BAD = {
    "ragged.csv": ("1,2\n3\n", "Line 2 has 1 number, but line 1 has 2"),
    "text.csv": ("1,2\n3,four\n", "Line 2, column 2: “four” is not a number"),
    "nan.csv": ("1,2\nnan,4\n", "Line 2, column 1: NaN"),
    "label.csv": ("a,y\n1,0\n2,40\n", "Line 3, column 2: the label 40 names no class"),
    "empty.csv": ("", "no samples"),
}


@pytest.mark.parametrize(("name", "content", "says"), [(k, *v) for k, v in BAD.items()], ids=BAD)
def test_a_bad_file_is_a_sentence_and_loses_nothing(make_window, tmp_path, name, content, says):
    window = batch_window(make_window)
    before, names = window.session.snapshot, known_names()
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    window.load_file(path)
    assert says in window.messages.text() and name in window.messages.text()
    assert window.session.snapshot is before and known_names() == names


def test_a_choice_of_labels_that_cannot_be_is_a_sentence(make_window):
    register("no labels", Grid(np.array([[1.0, 2.5], [2.0, 3.5]])))
    window = batch_window(make_window, "no labels")
    window.view.controls.batch.labelling.picked.emit("last")
    assert "the label 2.5 names no class" in window.messages.text()
    assert window.session.intent.layer.labelling == "auto"
    assert window.view.controls.batch.labelling.currentData() == "auto"
    window.view.controls.batch.labelling.picked.emit("none")
    assert window.session.intent.layer.labelling == "none"


def test_samples_that_are_not_here_are_said_so(make_window):
    window = batch_window(make_window, "elsewhere.npy")
    assert "not loaded" in window.view.controls.batch._about.text()
    for title in BATCH:
        assert panel(window, title).description().endswith(".")
    assert window.view.reading.text() == "not computed yet"
    picture(window)
