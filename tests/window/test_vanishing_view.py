"""The Vanishing view: what it says agrees with the model, what people do in it is one step, nothing is ever empty."""

import math
import re
import subprocess
import sys
from decimal import Decimal

import mpmath
import pytest
from figures import read
from hands import SIZES, clipped, drag, in_plot, panel, picture, press
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.model import LOSSES, formats, sweep
from explorer.panels.panel import Panel
from explorer.session.format_words import SHORT_VERDICTS, lost_text
from explorer.session.intent import CURVES, NUMBER_FORMATS, Intent
from explorer.session.picks import Along
from explorer.session.presets import START
from explorer.session.snapshot import MARK_EVERY, resolve
from explorer.session.two_losses import chain, story

VERDICTS = "|".join(re.escape(str(verdict)) for verdict in formats.Verdict)


def gap_of(gap: float, **fields: object) -> Intent:
    """Return two classes with a gap, the winner as target."""
    return Intent(logits=(gap, 0.0), target=0, view="vanishing", **fields)  # type: ignore[arg-type]


def row_of(window, name):
    """Return what the table's description says of a format."""
    text = panel(window, "Number formats").description()
    return re.search(rf" {name}: (.*?); loses", text).group(1)


# -- the view, its tab, its keys


def test_tabs_and_keys_change_the_view(make_window):
    window = make_window()
    assert list(window._views) == ["explore"]
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.session.intent.view == "vanishing"
    assert [p.title for p in window.view.panels] == [
        "Gradient size",
        "Number formats",
        "Two losses",
        "Spectrum of J",
        "Attention",
    ]
    assert window.tabs.tabs["vanishing"].isChecked() and [p.isVisible() for p in window.view.panels] == [
        True,
        True,
        True,
        False,
        False,
    ]
    QTest.mouseClick(window.tabs.tabs["explore"], Qt.MouseButton.LeftButton)
    assert window.session.intent.view == "explore" and not window._views["vanishing"].isVisible()
    window.undo()
    assert window.tabs.value == "vanishing"
    QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window.tabs.value == "explore" and window.view.isVisible()


def test_a_start_needs_none_of_it():
    code = (
        "import sys; from PySide6.QtCore import QSettings; from PySide6.QtWidgets import QApplication;"
        "app = QApplication([]); from explorer.session.session import Session;"
        "from explorer.window.main_window import MainWindow;"
        "w = MainWindow(Session(), QSettings('none', QSettings.Format.IniFormat)); w.show(); app.processEvents();"
        "late = {'ml_dtypes', 'explorer.panels.formats', 'explorer.panels.gradient_size', 'explorer.model.formats'};"
        "early = late & set(sys.modules); w.show_vanishing(); app.processEvents();"
        "sys.exit(f'{early}, {late - set(sys.modules)}' if early or late - set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_a_hidden_view_computes_nothing(make_window):
    window = make_window()
    window.show_vanishing()
    picture(window)
    window.session.apply("z", lambda i: i.with_logit(0, 3.0))
    picture(window)
    assert {"sweep", "marks", "format_table"} <= set(vars(window.session.snapshot))
    assert "jacobian" not in vars(window.session.snapshot)
    window.show_explore()
    window.session.apply("z", lambda i: i.with_logit(0, 4.0))
    picture(window)
    assert not {"sweep", "marks", "format_table", "lost_at"} & set(vars(window.session.snapshot))


def test_presets_and_a_reset_stay_in_the_view(make_window):
    window = make_window(START)
    window.show_vanishing()
    window.view.controls.presets.picked.emit("tie")
    assert window.session.intent.logits == (2.0, 2.0, -1.0) and window.tabs.value == "vanishing"
    assert window.view.controls.presets.currentData() == "tie"
    window.session.set("t", spread=5.0)
    window.reset()
    assert window.session.intent.spread == 1.0 and window.tabs.value == "vanishing"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("size", "scale"), SIZES, ids=str)
@pytest.mark.parametrize(
    ("gap", "page"), [(1.0, "formats"), (800.0, "formats"), (800.0, "spectrum"), (1.0, "attention")]
)
def test_nothing_is_clipped(make_window, size, scale, theme, gap, page):
    intent = Intent(logits=(gap, 0.0, 0.5, 1.0, -1.0), target=0, view="vanishing", shown_curves=CURVES)
    intent = intent.with_choice("vanishing", page=page)
    window = make_window(intent, size=size, scale=scale, theme=theme)
    assert (window.width(), window.height()) == size
    numbers = {row.field.text() for row in window.view.controls.rows}
    assert [found for found in clipped(window) if found[1] not in numbers] == []
    assert all(min(p.canvas.plot_size) > 60 for p in window.view.panels if p.isVisible())
    for toggle in panel(window, "Gradient size").toggles.values():
        assert toggle.width() >= toggle.minimumSizeHint().width()


def test_everything_has_a_name(make_window):
    window = make_window(gap_of(5.0))
    size = panel(window, "Gradient size")
    named = [
        *size.tab_chain(),
        *window.view.bar.tab_chain(),
        *window.tabs.tabs.values(),
        *(p.canvas for p in window.view.panels),
    ]
    assert all(widget.accessibleName() for widget in named)
    window.activateWindow()
    window.view.controls.presets.setFocus()
    reached = set()
    for _ in range(60):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.add(QApplication.focusWidget())
    bar, shown = window.view.bar, [p.canvas for p in window.view.panels if p.isVisible()]
    wanted = {*size.toggles.values(), bar.direction, bar.play_button, bar.speed, window.tabs.first, *shown}
    assert wanted <= reached | {tab for tab in window.tabs.tabs.values() if not tab.isChecked()}


# -- gradient size


def test_the_curve_goes_on_below_the_smallest_double(make_window):
    window = make_window(gap_of(800.0, shown_curves=("one_minus_p_max",)))
    size = panel(window, "Gradient size")
    truth = -800.0 / math.log(10.0)
    assert -348 < truth < -347 and size._frame.low < truth
    assert "1 − p_max 3.7e−348" in size.description()
    place = in_plot(size, size._x_here(), float(size._frame.y(truth)))
    seen = picture(size.canvas).pixelColor(place)
    wanted = size._colours["one_minus_p_max"]
    assert max(abs(a - b) for a, b in zip(seen.getRgb(), wanted.getRgb(), strict=True)) < 12


@pytest.mark.parametrize("exponent", [-1.15, 0.43, 0.77])
def test_the_line_runs_where_the_truth_is(make_window, exponent):
    window = make_window(gap_of(5.0, spread=100.0, shown_curves=("spectral_norm",)))
    size = panel(window, "Gradient size")
    q = 1.0 / (1.0 + math.exp(5.0 * 10.0**exponent))
    x, y = float(size._frame.x((exponent + 2.0) / 5.0)), float(size._frame.y(math.log10(2.0 * q * (1.0 - q))))
    image, wanted = picture(size.canvas), size._colours["spectral_norm"].getRgb()
    column = [image.pixelColor(in_plot(size, x, at)).getRgb() for at in range(int(size._frame.bottom))]
    near = [at for at, seen in enumerate(column) if max(abs(a - b) for a, b in zip(seen, wanted, strict=True)) < 60]
    assert near and max(abs(at - y) for at in near) < 5.0


@pytest.mark.parametrize("name", NUMBER_FORMATS)
def test_marks_and_zeros_are_those_of_the_format(make_window, name):
    window = make_window(gap_of(3.0, number_format=name, shown_curves=("one_minus_p_max",)))
    marks = window.session.snapshot.marks
    found = re.search(
        r"1 − p_max returned as 0 first at t = ([^.;]+(\.\d+)?)\.", panel(window, "Gradient size").description()
    )
    first = float(read(found.group(1)).value)
    for spread, returned in zip(
        resolve(window.session.intent).sweep.x[::MARK_EVERY], marks["one_minus_p_max"], strict=True
    ):
        assert formats.compute((3.0, 0.0), 0, format=name, spread=spread)["one_minus_p_max"].value == returned or (
            math.isnan(returned)
        )
        assert (returned == 0.0) == (spread > 0.99 * first) or math.isnan(returned)
    lost = formats.gradient_lost_at((3.0, 0.0), 0, format=name)
    assert lost <= 1.01 * first <= 1.3 * lost


def test_the_format_changes_the_marks_and_its_band(make_window):
    window = make_window(gap_of(5.0))
    size = panel(window, "Gradient size")
    before = picture(size.canvas)
    QTest.mouseClick(size.switch.segments["bfloat16"], Qt.MouseButton.LeftButton)
    assert window.session.intent.number_format == "bfloat16"
    assert picture(size.canvas) != before
    assert "bfloat16: normal numbers down to 1.2e−38" in size.description()


def test_dragging_the_marker_is_one_step_and_paints_no_curve_again(make_window):
    window = make_window(gap_of(5.0))
    size = panel(window, "Gradient size")
    picture(size)
    layer = size._layer_pixmap
    w, h = size.canvas.plot_size
    drag(size.canvas, *(in_plot(size, share * w, 0.5 * h) for share in (0.2, 0.3, 0.35)))
    assert math.isclose(math.log10(window.session.intent.spread), -2.0 + 0.35 * 5.0, abs_tol=0.02)
    assert window.session.undo_stack.count() == 1
    picture(size)
    assert size._layer_pixmap is layer
    window.undo()
    assert window.session.intent.spread == 1.0
    press(size.canvas, Qt.Key.Key_Right)
    assert window.session.intent.spread == 1.047  # a fiftieth of a decade on


def test_a_picture_depends_on_the_state_alone(make_window):
    window = make_window(gap_of(5.0))
    before = picture(window.view)
    for spread in (200.0, 0.01, 30.0):
        window.session.set("t", spread=spread)
        picture(window)
    window.session.set("t", spread=1.0)
    assert picture(window.view) == before


def test_hovering_reads_out_every_curve(make_window):
    window = make_window(Intent(logits=(4.0, 1.0, 0.0), target=1, view="vanishing", shown_curves=CURVES))
    size = panel(window, "Gradient size")
    size.canvas.hovered.emit(QPointF(float(size._frame.x(0.6)), 40.0))
    text = window.view.reading.text()
    assert text.startswith("t = 10.00:")
    at_ten = sweep.along_spread((4.0, 1.0, 0.0), 10.0, target=1, losses=tuple(LOSSES))
    shown = [read(part).value for part in re.findall(r"(?<= )[\d.]+(?:e−\d+)?(?=   |$)", text)]
    wanted = [float(values[0]) for values in at_ten.values()]
    assert [float(value) for value in shown] == pytest.approx(wanted, rel=0.06)
    size.canvas.left.emit()
    assert "1 − p_max" in window.view.reading.text() and "float64 returns" in window.view.reading.text()


def test_toggles_choose_the_curves(make_window):
    window = make_window(gap_of(5.0))
    size = panel(window, "Gradient size")
    before = picture(size.canvas)
    QTest.mouseClick(size.toggles["entropy"], Qt.MouseButton.LeftButton)
    assert window.session.intent.shown_curves == (
        "spectral_norm",
        "entropy",
        "one_minus_p_max",
        "cross_entropy",
        "squared_error",
    )
    assert picture(size.canvas) != before
    window.undo()
    assert picture(size.canvas) == before and not size.toggles["entropy"].isChecked()
    QTest.mouseClick(size.toggles["focal"], Qt.MouseButton.LeftButton)
    QTest.mouseClick(size.toggles["squared_error"], Qt.MouseButton.LeftButton)
    assert "‖∂L/∂a‖ Focal" in size.description() and "Squared" not in size.description()
    window.session.set("none", shown_curves=())
    picture(window)
    assert size.description() == "No curve is chosen; the names above switch them on."


# -- playing


def test_space_plays_and_pauses_and_is_one_step(make_window):
    window = make_window(gap_of(5.0))
    player = window.view.bar.player
    assert not player._timer.isActive()
    window.activateWindow()
    press(panel(window, "Gradient size").canvas, Qt.Key.Key_Space)
    assert player.playing
    spreads = []
    for _ in range(200):
        player.advance(0.1)
        spreads.append(window.session.intent.spread)
    assert max(spreads) == 1000.0 and min(spreads) == 0.01
    turn = spreads.index(1000.0)
    assert spreads[:turn] == sorted(spreads[:turn]) and spreads[turn + 1] < 1000.0
    press(window, Qt.Key.Key_Space)
    assert not player._timer.isActive()
    assert window.session.undo_stack.count() == 1
    window.undo()
    assert window.session.intent.spread == 1.0


def test_playing_gives_way(make_window):
    window = make_window(gap_of(5.0))
    window.view.bar.play_button.click()
    assert window.view.bar.player.playing and "Pause" in window.view.bar.play_button.text()
    window.session.set("t", spread=3.0)
    window.view.bar.player.advance(0.1)
    assert not window.view.bar.player.playing and window.session.intent.spread == 3.0
    press(panel(window, "Number formats").canvas, Qt.Key.Key_Space)
    assert window.view.bar.player.playing
    bar = window.view.bar
    window.show_explore()
    assert not bar.player.playing and "Play" in bar.play_button.text()


def test_the_timer_moves_the_spread(make_window, qtbot):
    window = make_window(gap_of(5.0))
    player = window.view.bar.player
    player.play()
    qtbot.waitUntil(lambda: window.session.intent.spread > 1.02)
    player.pause()
    stopped = window.session.intent.spread
    qtbot.wait(60)
    assert window.session.intent.spread == stopped


# -- number formats


@pytest.mark.parametrize("arithmetic", ["stable", "naive"])
@pytest.mark.parametrize("gap", [5.0, 20.0, 40.0, 800.0])
def test_verdicts_are_the_models(make_window, gap, arithmetic):
    window = make_window(gap_of(gap, arithmetic=arithmetic, spread=1.5))
    table = panel(window, "Number formats")
    painted = []
    words = table.ink.words
    table.ink.words = lambda painter, x, y, text: painted.append(text) or words(painter, x, y, text)
    picture(table.canvas)
    counted = dict.fromkeys(SHORT_VERDICTS, 0)
    for name in NUMBER_FORMATS:
        wanted = formats.compute(
            (gap, 0.0), 0, format=name, stable=arithmetic == "stable", spread=1.5, losses=("cross_entropy",)
        )
        assert re.findall(VERDICTS, row_of(window, name)) == [str(reading.verdict) for reading in wanted.values()]
        for reading in wanted.values():
            counted[str(reading.verdict)] += 1
    assert {verdict: painted.count(word) for verdict, word in SHORT_VERDICTS.items()} == counted


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (5.0, "p_max 0.993 right, 1 − p_max 0.007 inaccurate"),
        (20.0, "1 − p_max 2.1e−9 inaccurate"),
        (40.0, "1 − p_max 0 lost by cancellation, p_y − 1 0 lost by cancellation, smallest p 4.2e−18 right"),
        (800.0, "1 − p_max 0 lost by underflow, p_y − 1 0 lost by underflow, smallest p 0 lost by underflow"),
    ],
)
def test_what_float64_says(make_window, gap, said):
    window = make_window(gap_of(gap))
    assert said in row_of(window, "float64")
    true = panel(window, "Number formats").description().split(".")[0]
    assert "p_max 1," not in true, "the true value is never 1"


def test_a_click_goes_where_the_gradient_is_lost(make_window):
    window = make_window(gap_of(2.0))
    table = panel(window, "Number formats")
    place = table._grid.cell(3, 6).center()
    drag(table.canvas, in_plot(table, place.x(), place.y()))
    lost = formats.gradient_lost_at((2.0, 0.0), 0, format="float16")
    assert window.session.intent.spread == lost
    assert "1 − p_max 0 lost" in row_of(window, "float16") and "0 lost" not in row_of(window, "float32")
    press(table.canvas, Qt.Key.Key_Down)
    press(table.canvas, Qt.Key.Key_Return)
    assert window.session.intent.spread == formats.gradient_lost_at((2.0, 0.0), 0, format="bfloat16")
    window.undo()
    window.undo()
    assert window.session.intent.spread == 1.0
    place = table._grid.cell(2, 0).center()
    drag(table.canvas, in_plot(table, place.x(), place.y()))
    assert window.session.intent.number_format == "float32" and window.session.intent.spread == 1.0


def test_a_spread_out_of_reach_is_a_sentence(make_window):
    window = make_window(Intent(logits=(0.001, 0.0), target=0, view="vanishing"))
    panel(window, "Number formats")._use((1, 6))
    assert window.session.intent.spread == 1.0
    assert window.messages.isVisible() and "between 0.001 and 1000" in window.messages.text()


def test_naive_overflows_and_the_stable_one_does_not_care(make_window):
    window = make_window(Intent(logits=(1.0, 0.0), shift=100.0, target=0, view="vanishing"))
    assert "NaN" not in row_of(window, "float32")
    QTest.mouseClick(panel(window, "Number formats").switch.segments["naive"], Qt.MouseButton.LeftButton)
    assert window.session.intent.arithmetic == "naive"
    assert row_of(window, "float32").count("NaN overflow/NaN") == 5


# -- two losses


STORIES = {
    "wrong": ((20.0, 0.0, 0.0), 1),
    "ahead": ((2.4, 1.0, 0.5, -0.5, -1.2), 3),
    "leads": ((2.0, 1.0, 0.0), 0),
    "won": ((40.0, 0.0), 0),
    "far": ((800.0, 0.0), 0),
    "tie": ((2.0, 2.0, -1.0), 0),
    "uniform": ((0.0,) * 5, 2),
}


@pytest.mark.parametrize(("logits", "target"), STORIES.values(), ids=STORIES)
def test_the_sentence_has_the_true_numbers(make_window, logits, target):
    intent = Intent(logits=logits, target=target, view="vanishing")
    with mpmath.workdps(900):
        e = [mpmath.exp(mpmath.mpf(z)) for z in logits]
        p = [x / mpmath.fsum(e) for x in e]
        error = [x - (i == target) for i, x in enumerate(p)]
        mean = mpmath.fsum(x * g for x, g in zip(p, error, strict=True))
        through = [x * (g - mean) for x, g in zip(p, error, strict=True)]
        sent, shrunk = (mpmath.sqrt(mpmath.fsum(x * x for x in v)) for v in (error, through))
        truth = [Decimal(mpmath.nstr(x, 30)) for x in (sent, shrunk, sent)]
    window = make_window(intent)
    said = re.search(r"from (\S+) to ([^\s;]+); .* so (\S+?) arrives", panel(window, "Two losses").description())
    for text, value in zip(said.groups(), truth, strict=True):
        assert read(text).shows(value), (text, value)


def test_the_sentence_knows_its_case():
    def told(name):
        logits, target = STORIES[name]
        return story(resolve(Intent(logits=logits, target=target)))

    died = "J shrank the squared-error gradient from 1.414 to 7.7e−9"
    assert told("wrong") == f"{died}; cross-entropy’s 1/p cancels the p in J, so 1.414 arrives."
    assert told("leads").startswith("The target leads. J shrank")
    assert told("won").startswith("The target has won. J shrank") and told("won").endswith("small, as the error is.")
    assert told("tie").startswith("The target shares first place.")
    assert told("uniform").startswith("The target shares first place.")
    assert story(resolve(Intent(logits=(3.0,), target=0))).startswith("One class")


def test_the_arrows_are_in_the_description(make_window):
    window = make_window(Intent(logits=(20.0, 0.0, 0.0), target=1, view="vanishing"))
    text = panel(window, "Two losses").description()
    assert "Cross-entropy: upstream 4.9e8, arriving 1.414." in text
    assert "Squared error: upstream 1.414, arriving 7.7e−9." in text


# -- bad input


AWKWARD = {
    "one class": Intent(logits=(800.0,), target=0, view="vanishing"),
    "all equal": Intent(logits=(2.0,) * 5, target=1, view="vanishing", shown_curves=CURVES),
    "a tie at the top": Intent(logits=(9.0, 9.0, 1.0), target=2, view="vanishing", number_format="float8_e4m3fn"),
    "spread at its low end": gap_of(5.0, spread=0.001),
    "spread at its high end": gap_of(5.0, spread=1000.0, number_format="float8_e5m2"),
    "the largest logits": Intent(logits=(1e300, 0.337, -1e300), target=1, view="vanishing", arithmetic="naive"),
    "subnormal logits": Intent(logits=(5e-324, 0.0), target=0, view="vanishing", number_format="float16"),
    "a soft loss": gap_of(30.0, loss="label_smoothing", compared="label_smoothing"),
}


@pytest.mark.parametrize("size", [(1280, 720), (1024, 768)], ids=str)
@pytest.mark.parametrize(("page", "direction"), [("formats", "spread"), ("spectrum", "logit"), ("attention", "gap")])
@pytest.mark.parametrize("intent", AWKWARD.values(), ids=AWKWARD)
def test_bad_input_is_a_picture_or_a_sentence(make_window, intent, page, direction, size):
    intent = intent.with_choice("vanishing", page=page, direction=direction, spectrum_scale="log")
    window = make_window(intent, size=size, scale=1.0 if size[0] > 1100 else 1.5)
    blank = window.look.colour("card")
    for p in filter(Panel.isVisible, window.view.panels):
        image = picture(p.canvas)
        drawn = {image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)}
        assert len(drawn - {blank.name()}) > 3, p.title
        assert p.description().endswith((".", "on.")) and "nan" not in p.description()
    assert chain(window.session.snapshot)
    for name in NUMBER_FORMATS:
        assert lost_text(window.session.snapshot, name)
    w, h = panel(window, "Gradient size").canvas.plot_size
    for share in (0.0, 0.5, 1.0):
        panel(window, "Gradient size")._hover_at(QPointF(share * w, 0.5 * h))
        assert window.view.reading.text()


def test_a_pick_on_the_curves_outlives_a_change(make_window):
    window = make_window(gap_of(5.0))
    window.view.reading.point_at(Along(3))
    window.session.apply("n", lambda i: i.with_classes(1))
    assert window.view.reading.text().startswith("t = ")
