"""Panels and the reading line: what is picked, what it says, and that colours and words agree with the numbers."""

import numpy as np
import pytest
from hands import drag, hover, in_plot, panel, picture, press
from PySide6.QtCore import Qt

from explorer.model.notation import number
from explorer.session.intent import Intent
from explorer.session.picks import Bar, Cell, Slope, Sum


def centre(jacobian, row, column):
    cell = jacobian._grid(*jacobian.canvas.plot_size).cell(row, column)
    return in_plot(jacobian, cell.center().x(), cell.center().y())


def test_pointing_at_a_cell_spells_it_out(window):
    jacobian = panel(window, "Jacobian")
    hover(jacobian.canvas, centre(jacobian, 1, 0))
    assert window.view.reading.pick() == Cell(1, 0)
    assert window.view.reading.text() == "∂p₂/∂a₁ = −p₂·p₁ = −0.167 × 0.676 = −0.113"
    grid = jacobian._grid(*jacobian.canvas.plot_size)
    hover(jacobian.canvas, in_plot(jacobian, grid.right + 20, grid.top + 1.5 * grid.height))
    assert window.view.reading.pick() == Sum(1, of_row=True)
    assert window.view.reading.text().startswith("Σⱼ ∂p₂/∂aⱼ = 0")


def test_a_click_pins_and_a_second_one_lets_go(window):
    jacobian = panel(window, "Jacobian")
    place = centre(jacobian, 2, 2)
    drag(jacobian.canvas, place)
    assert window.session.intent.picked == (2, 2)
    drag(jacobian.canvas, place)
    assert window.session.intent.picked is None


def test_arrow_keys_walk_and_enter_pins(window):
    jacobian = panel(window, "Jacobian")
    jacobian.canvas.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Left):
        press(jacobian.canvas, key)
    assert window.view.reading.pick() == Cell(0, 1)
    press(jacobian.canvas, Qt.Key.Key_Return)
    assert window.session.intent.picked == (0, 1)


def test_the_walk_stays_inside_when_classes_go(window):
    jacobian = panel(window, "Jacobian")
    jacobian.canvas.setFocus()
    for _ in range(9):
        press(jacobian.canvas, Qt.Key.Key_Down)
    window.session.apply("fewer", lambda i: i.with_classes(2))
    picture(window)
    press(jacobian.canvas, Qt.Key.Key_Left)
    assert window.view.reading.pick() == Cell(1, 0)


def test_saturated_reading_tells_the_truth(make_window):
    window = make_window(Intent(logits=(40.0, 0.0, 0.0), target=0))
    assert window.view.reading.text() == "∂p₁/∂a₁ = p₁·(1 − p₁) = (1 − 8.5e−18) × 8.5e−18 = 8.5e−18"
    window.session.apply("gap", lambda i: i.with_logit(0, 1000.0))
    assert window.view.reading.text().endswith("(1 − 1.0e−434) × 1.0e−434 = 1.0e−434") or (
        window.view.reading.text().endswith("(1 − 1e−434) × 1e−434 = 1e−434")
    )
    assert "0" not in [figure for figure, _ in window.view.reading.sizes()]


def test_gradient_and_probability_are_pointed_at(window):
    bars, gradient = panel(window, "Probabilities"), panel(window, "Loss gradient")
    hover(bars.canvas, in_plot(bars, 5, 50))
    assert window.view.reading.pick() == Bar(0)
    band = next(b for b in gradient._bands if b.compared and not b.upstream)
    x = band.area.left() + 0.7 * band.area.width()
    hover(gradient.canvas, in_plot(gradient, x, band.area.center().y()))
    assert window.view.reading.pick() == Slope(3, upstream=False, compared=True)
    value = window.session.snapshot.compared.arriving[3]
    assert window.view.reading.text().endswith(number(float(value)))


@pytest.mark.parametrize("scale", ["fixed", "auto", "log"])
def test_colours_are_signed_and_zero_is_neutral(make_window, scale):
    window = make_window(Intent(logits=(3.0, 1.0, -30.0), jacobian_scale=scale))
    snapshot = window.session.snapshot
    places = panel(window, "Jacobian").scale().places(snapshot.jacobian, snapshot.log10_jacobian)
    for i in range(3):
        for j in range(3):
            assert (places[i][j] > 256) == (i == j) or places[i][j] == 256
    assert places[2][2] > 256 if scale == "log" else places[2][2] == 256
    assert places[0][0] > places[2][2]


def test_an_exact_zero_is_neutral_on_every_scale(make_window):
    zero, nothing = np.zeros((1, 1)), np.full((1, 1), -np.inf)
    for scale in ("fixed", "auto", "log"):
        window = make_window(Intent(logits=(3.0, 1.0), jacobian_scale=scale))
        assert panel(window, "Jacobian").scale().places(zero, nothing) == [[256]]


def test_heatmap_shows_the_colour_it_says(window):
    jacobian = panel(window, "Jacobian")
    image = picture(jacobian.canvas)
    corner = jacobian._grid(*jacobian.canvas.plot_size).cell(0, 0)
    place = in_plot(jacobian, corner.left() + 3, corner.top() + 3)
    snapshot = window.session.snapshot
    index = jacobian.scale().places(snapshot.jacobian, snapshot.log10_jacobian)[0][0]
    expected = window.look.diverging[index]
    assert image.pixelColor(place) == expected
    window.session.set("t", spread=30.0)
    assert picture(jacobian.canvas).pixelColor(place) != expected


def test_ghost_is_drawn_and_let_go(window):
    bars = panel(window, "Probabilities")
    plain = picture(bars)
    window.freeze()
    assert window.session.intent.ghost == window.session.intent.effective
    assert picture(bars) != plain
    window.freeze()
    assert picture(bars) == plain


def test_descriptions_hold_every_number(make_window, qtbot):
    window = make_window(Intent(logits=(40.0, 0.0, 0.0), target=0))
    jacobian = panel(window, "Jacobian").canvas
    qtbot.waitUntil(lambda: "8.5e−18" in jacobian.accessibleDescription())
    assert "1 − 8.5e−18" in panel(window, "Probabilities").description()
    assert jacobian.accessibleDescription().count("4.2e−18") == 6
    assert "‖J‖₂ 1.3e−17" in panel(window, "Vanishing").description()
    gradient = panel(window, "Loss gradient").description()
    assert "class 1 −8.5e−18, class 2 4.2e−18, class 3 4.2e−18" in gradient
    window.session.apply("more", lambda i: i.with_logit(0, 30.0))
    qtbot.waitUntil(lambda: "8.5e−18" not in jacobian.accessibleDescription())


def test_one_class_is_a_sentence_not_an_empty_picture(make_window):
    window = make_window(Intent(logits=(5.0,), target=0))
    picture(window)
    assert "nothing can vanish" in panel(window, "Vanishing")._nothing()
    assert window.view.reading.text().endswith("= 0")


def test_hidden_panels_compute_nothing(make_window):
    window = make_window()
    window.hide()
    window.session.apply("z", lambda i: i.with_logit(0, 3.0))
    assert "curves" not in vars(window.session.snapshot)
    window.show()
    picture(window)
    assert "curves" in vars(window.session.snapshot)
