"""The Vanishing view's bar and pages: directions, playing speed, the spectrum, attention."""

import math
import re

import numpy as np
import pytest
from hands import drag, in_plot, panel, picture, press
from hypothesis import given
from intents import MODERATE, intents
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from explorer.model import Softmax, attention
from explorer.session.attention import Attention
from explorer.session.curves import KNOWN_CURVES, size_here
from explorer.session.direction import AlongGap, AlongLogit, AlongSpread, direction_of
from explorer.session.intent import CURVES, Intent
from explorer.session.picks import Eigen, spell
from explorer.session.snapshot import resolve
from explorer.session.vanishing_choice import WIDTHS

FIVE = Intent(logits=(2.0, 1.0, 0.5, -0.5, -1.0), target=1, view="vanishing", shown_curves=CURVES)


def choose(intent, **fields):
    """Return the intent with choices of the Vanishing view changed."""
    return intent.with_choice("vanishing", **fields)


# -- which way the logits diverge


@given(intents(MODERATE))
def test_a_state_lies_on_its_own_curves(intent):
    snapshot = resolve(intent)
    way = direction_of(intent)
    if isinstance(way, AlongGap) and not way.equal_losers(intent):
        intent = way.moved(intent, max(way.value(intent), 0.01))
        snapshot = resolve(intent)
    found = way.sweep(intent, np.array([way.value(intent)]), tuple(snapshot.readings))
    for curve in KNOWN_CURVES.values():
        here, there = size_here(snapshot, curve), float(found.log10(curve.quantity)[0])
        assert here == there or math.isclose(here, there, rel_tol=1e-6, abs_tol=1e-6), curve.title


@pytest.mark.parametrize("way", [AlongSpread(), AlongLogit(3), AlongGap()], ids=lambda way: type(way).__name__)
@pytest.mark.parametrize("place", [0.0, 0.21, 0.5, 0.83, 1.0])
def test_there_and_back_along_a_direction(way, place):
    moved = way.at(FIVE, place)
    assert way.place(moved) == pytest.approx(place, abs=0.003)
    assert way.stepped(moved, 1.0) != moved or place == 1.0
    assert way.rest(moved) == way.rest(FIVE)


def test_the_axis_says_which_way(make_window):
    window = make_window(FIVE, size=(1600, 900))
    size, bar = panel(window, "Gradient size"), window.view.bar
    said = {}
    for index in range(bar.direction.count()):
        bar.direction.setCurrentIndex(index)
        bar.direction._activated(index)
        picture(window)
        said[bar.direction.currentText()] = size._subtitle.text()
    assert len(said) == 7 and len(set(said.values())) == 7
    assert said["spread t"].startswith("against the spread t ")
    assert said["logit z₂ · class 2"].startswith("against the logit z₂ of class 2 alone ")
    assert said["gap, equal losers"].startswith("against the gap of the winner over equal losers ")


def test_a_logit_alone_follows_its_slider(make_window):
    window = make_window(choose(FIVE, direction="logit", logit=2))
    size = panel(window, "Gradient size")
    w, h = size.canvas.plot_size
    drag(size.canvas, *(in_plot(size, share * w, 0.5 * h) for share in (0.5, 0.7, 0.8)))
    z = window.session.intent.logits
    assert z[:2] + z[3:] == FIVE.logits[:2] + FIVE.logits[3:] and z[2] > 3.0
    slider = window.view.controls.rows[2].slider
    assert slider.axis.place(z[2]) == pytest.approx(0.8, abs=0.01)
    assert window.session.undo_stack.count() == 1
    press(size.canvas, Qt.Key.Key_Right)
    assert window.session.intent.logits[2] == pytest.approx(z[2] + 0.1)
    press(size.canvas, Qt.Key.Key_Home)
    assert window.session.intent.logits == FIVE.logits


def test_the_gap_makes_the_losers_equal_and_undo_brings_them_back(make_window):
    window = make_window(FIVE)
    bar, size = window.view.bar, panel(window, "Gradient size")
    bar._choose_direction("gap")
    assert window.session.intent.logits == (2.0, 1.0, 1.0, 1.0, 1.0)
    picture(window)
    assert "gap 1.000" in size.description()
    press(size.canvas, Qt.Key.Key_Right)
    assert window.session.intent.logits[0] == pytest.approx(1.0 + 10.0**0.02, rel=1e-3)
    window.undo()
    window.undo()
    assert window.session.intent == FIVE
    window.session.set("t", spread=4.0)
    bar._choose_direction("gap")
    w, h = size.canvas.plot_size
    drag(size.canvas, *(in_plot(size, share * w, 0.5 * h) for share in (0.5, 0.8)))
    assert AlongGap().value(window.session.intent) == pytest.approx(100.0, rel=0.02)


def test_curves_stay_while_one_moves_along(make_window):
    for direction in ("spread", "logit", "gap"):
        window = make_window(AlongGap().moved(choose(FIVE, direction=direction), 2.0))
        size = panel(window, "Gradient size")
        picture(size)
        layer, found = size._layer_pixmap, window.session.snapshot.sweep
        press(size.canvas, Qt.Key.Key_Right)
        picture(size)
        assert window.session.snapshot.sweep is found and size._layer_pixmap is layer


@pytest.mark.parametrize("direction", ["spread", "logit", "gap"])
def test_playing_goes_to_both_ends_of_any_direction(make_window, direction):
    start = AlongGap().moved(choose(FIVE, direction=direction, speed="4"), 2.0)
    window = make_window(start)
    player = window.view.bar.player
    player.play()
    values = []
    for _ in range(60):
        player.advance(0.1)
        values.append(direction_of(start).value(window.session.intent))
    ends = {"spread": (0.01, 1000.0), "logit": (-50.0, 50.0), "gap": (0.01, 1000.0)}[direction]
    assert (min(values), max(values)) == pytest.approx(ends) and player.playing
    window.undo()
    assert window.session.intent == start


def test_the_speed_is_a_factor_and_a_choice(make_window):
    window = make_window(FIVE)
    bar = window.view.bar
    seen = {}
    for _ in range(4):
        window.session.set("t", spread=1.0)
        bar.player.play()
        bar.player.advance(0.1)
        bar.player.pause()
        seen[bar.speed.text()] = math.log10(window.session.intent.spread)
        QTest.mouseClick(bar.speed, Qt.MouseButton.LeftButton)
    assert list(seen) == ["×1", "×2", "×4", "×½"] and bar.speed.text() == "×1"
    assert [seen[s] / seen["×1"] for s in ("×½", "×2", "×4")] == pytest.approx([0.5, 2.0, 4.0], rel=0.02)


# -- the spectrum


def test_the_spectrum_is_that_of_the_jacobian(make_window):
    window = make_window(choose(FIVE, page="spectrum"))
    text = panel(window, "Spectrum of J").description()
    values, vectors = np.linalg.eigh(Softmax(FIVE.effective).jacobian())
    shown = [float(x) for x in re.search(r"first, .*?: ([\d., ]+)\. Prob", text).group(1).split(", ")]
    assert shown == pytest.approx(values[::-1], abs=6e-4) and shown[-1] == 0.0
    entries = [
        float(x.replace("−", "-")) for x in re.findall(r"class \d ([−\d.e]*\d)", text[text.index("Eigenvector") :])
    ]
    assert np.abs(np.dot(entries, vectors[:, -1])) == pytest.approx(1.0, abs=1e-3)


def test_an_eigenvector_is_picked_by_click_and_key(make_window):
    window = make_window(choose(FIVE, page="spectrum"))
    spectrum = panel(window, "Spectrum of J")
    before = picture(spectrum.canvas)
    QTest.mouseClick(
        spectrum.canvas.viewport(),
        Qt.MouseButton.LeftButton,
        pos=in_plot(spectrum, 30.0, 2.5 * spectrum._row()),
    )
    assert window.session.intent.vanishing.eigenvector == 2 and picture(spectrum.canvas) != before
    assert window.view.reading.text().startswith("p₄ = ")
    for _ in range(5):
        press(spectrum.canvas, Qt.Key.Key_Down)
    assert window.session.intent.vanishing.eigenvector == 4
    assert "changes nothing" in window.view.reading.text()
    press(spectrum.canvas, Qt.Key.Key_Home)
    assert window.session.intent.vanishing.eigenvector == 0
    window.session.apply("n", lambda intent: choose(intent, eigenvector=4).with_classes(2))
    assert window.session.intent.vanishing.eigenvector == 1


def test_an_eigenvalue_lies_where_it_is_drawn(make_window):
    window = make_window(choose(FIVE, page="spectrum"), theme="light")
    spectrum = panel(window, "Spectrum of J")
    w, _ = spectrum.canvas.plot_size
    value = float(Softmax(FIVE.effective).spectral_norm)
    left, right, _ = spectrum._split(w)
    x = left + value * (right - left) / spectrum._range[1]
    place, accent = in_plot(spectrum, x, 0.5 * spectrum._row()), window.look.colour("accent")
    assert picture(spectrum.canvas).pixelColor(place) == accent
    window.session.apply("z", lambda intent: intent.with_logit(0, 5.0))
    assert picture(spectrum.canvas).pixelColor(in_plot(spectrum, x, 0.5 * spectrum._row())) != window.look.colour(
        "accent"
    )


def test_the_spectrum_goes_on_below_the_smallest_double():
    snapshot = resolve(Intent(logits=(800.0, 0.0, -1.0), target=0))
    text = "".join(part for part, _ in spell(Eigen(0), snapshot))
    assert re.search(r"λ₁ = [\d.]+e−348 ≤ p₁", text)


# -- attention


def test_attention_shows_the_bands_of_the_seed(make_window):
    window = make_window(choose(FIVE, page="attention", width=4096, seed=7))
    text = panel(window, "Attention").description()
    band = attention.band(WIDTHS, seed=7, scaled=False)
    assert "seed 7" in text and "√d = 64.00" in text
    shown = re.search(r"median ‖J‖₂ is ([\d.]+)e−(\d+)\.", text)
    truth = f"{float(band.values[1, -1]):.1e}".split("e-")
    assert (shown.group(1), int(shown.group(2))) == (truth[0], int(truth[1]))
    assert [p.title for p in window.view.panels if p.isVisible()] == ["Attention"]


@pytest.mark.parametrize("scaled", [False, True])
def test_the_scores_are_told(make_window, scaled):
    window = make_window(choose(FIVE, page="attention", width=256, seed=3))
    before, after = "divided by √d: " if scaled else "of one draw: ", r"\." if scaled else ";"
    text = panel(window, "Attention").description()
    told = re.search(rf"{before}([−\d., e]+\d){after}", text).group(1).replace("−", "-").split(", ")
    assert [float(score) for score in told] == pytest.approx(Attention(3).scores(256, scaled), rel=0.06, abs=0.06)


def test_the_seed_is_typed(make_window):
    window = make_window(choose(FIVE, page="attention"))
    shown, field = panel(window, "Attention"), window.view.bar.seed
    before = picture(shown)
    assert field.text() == "1"
    for typed, seed in (("12", 12), ("2.5", 12), ("-1", 12), ("1e99", 12), ("nan", 12), ("cat", 12)):
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, typed)
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert window.session.intent.vanishing.seed == seed, typed
        assert window.messages.isVisible() == (typed != "12")
        assert field.text() == "12"
    assert picture(shown) != before
    press(field, Qt.Key.Key_Up)
    assert window.session.intent.vanishing.seed == 13
    window.undo()
    window.undo()
    assert picture(shown) == before


def test_the_width_is_dragged_and_stepped(make_window):
    window = make_window(choose(FIVE, page="attention"))
    shown = panel(window, "Attention")
    box = shown._box()
    ends = (in_plot(shown, x, 100.0) for x in (box.left() + 3.0, box.center().x(), box.right() - 2.0))
    drag(shown.canvas, *ends)
    assert window.session.intent.vanishing.width == 4096 and window.session.undo_stack.count() == 1
    press(shown.canvas, Qt.Key.Key_Left)
    assert window.session.intent.vanishing.width == 2048
    shown.canvas.hovered.emit(QPointF(10.0, 10.0))
    assert window.view.reading.text().startswith("d = 2048:")
    press(window, Qt.Key.Key_Space)
    assert not window.view.bar.player.playing


@pytest.mark.parametrize("scaled", [False, True])
def test_scores_become_logits(make_window, scaled):
    window = make_window(choose(FIVE, page="attention", width=256, seed=3).with_changes(spread=2.0, shift=1.0))
    bar = window.view.bar
    (bar.take_scaled if scaled else bar.take_plain).click()
    intent = window.session.intent
    assert intent.effective == pytest.approx(Attention(3).scores(256, scaled), rel=1e-3)
    assert intent.labels[9] == "key 10" and intent.vanishing.page == "formats"
    window.undo()
    assert window.session.intent.logits == FIVE.logits and window.session.intent.vanishing.page == "attention"
