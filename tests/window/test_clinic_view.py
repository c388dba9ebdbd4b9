"""The Clinic: what it shows is what the model found, every specimen is within reach, and nothing is ever empty."""

import math
import re
import subprocess
import sys

import pytest
from figures import read
from hands import SIZES, clipped, drag, in_plot, panel, picture, press
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.model.gradient_check import METHODS
from explorer.model.specimens import KINDS, SPECIMENS, examine
from explorer.session.clinic_choice import ClinicChoice
from explorer.session.clinic_words import STANDING_WORDS
from explorer.session.intent import Intent
from explorer.session.presets import START

LOGITS = (2.4, 1.0, 0.5, -0.5, -1.2)
PANELS = ["Specimens", "Code", "Verdict", "Result and truth", "Gradient check"]
PARTS = {"examination", "right_here", "breaks_at"}


def showing(specimen: str = "naive", logits=LOGITS, page="specimens", **fields) -> Intent:
    """Return a state of the Clinic with a specimen chosen."""
    clinic = ClinicChoice(page=page, specimen=specimen)
    return Intent(**({"logits": logits, "target": 0, "view": "clinic", "clinic": clinic} | fields))


def shown_panels(window):
    """Return the titles of the panels that can be seen."""
    return [p.title for p in window.view.panels if p.isVisible()]


# -- the view, its tab, its keys


def test_tab_and_key_bring_it(make_window):
    window = make_window()
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert window.session.intent.view == "clinic" and window.tabs.tabs["clinic"].isChecked()
    assert [p.title for p in window.view.panels] == PANELS
    assert shown_panels(window) == PANELS[:-1]
    QTest.mouseClick(window.view.bar.page.segments["check"], Qt.MouseButton.LeftButton)
    assert shown_panels(window) == ["Gradient check"] and window.session.intent.clinic.page == "check"
    window.undo()
    assert shown_panels(window) == PANELS[:-1]
    QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window.tabs.value == "explore"


def test_your_function_has_a_part_of_its_own(make_window):
    window = make_window(showing(page="function"))
    assert shown_panels(window) == [] and window.view.function_panel.isVisible()


def test_a_start_needs_none_of_it():
    code = (
        "import sys; from PySide6.QtCore import QSettings; from PySide6.QtWidgets import QApplication;"
        "app = QApplication([]); from explorer.session.session import Session;"
        "from explorer.window.main_window import MainWindow;"
        "w = MainWindow(Session(), QSettings('none', QSettings.Format.IniFormat)); w.show(); app.processEvents();"
        "late = {'explorer.panels.code', 'explorer.panels.comparison', 'explorer.model.specimens', 'tokenize',"
        " 'explorer.session.code_runs'} - {'tokenize'};"
        "early = late & set(sys.modules); w.show_clinic(); app.processEvents();"
        "sys.exit(f'{early}, {late - set(sys.modules)}' if early or late - set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_what_cannot_be_seen_is_not_computed(make_window):
    window = make_window(showing())
    picture(window)
    window.session.apply("z", lambda i: i.with_logit(0, 3.0))
    picture(window)
    assert set(vars(window.session.snapshot)) >= PARTS and "gradient_check" not in vars(window.session.snapshot)
    window.session.choose("clinic", "page", page="check")
    window.session.apply("z", lambda i: i.with_logit(0, 4.0))
    picture(window)
    assert "gradient_check" in vars(window.session.snapshot) and not PARTS & set(vars(window.session.snapshot))
    window.show_explore()
    window.session.apply("z", lambda i: i.with_logit(0, 5.0))
    picture(window)
    assert not (PARTS | {"gradient_check"}) & set(vars(window.session.snapshot))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("size", "scale"), SIZES, ids=str)
@pytest.mark.parametrize("page", ["specimens", "check"])
def test_nothing_is_clipped(make_window, size, scale, theme, page):
    window = make_window(showing(page=page), size=size, scale=scale, theme=theme)
    assert (window.width(), window.height()) == size
    numbers = {row.field.text() for row in window.view.controls.rows}
    assert [found for found in clipped(window) if found[1] not in numbers] == []
    assert all(min(p.canvas.plot_size) > 50 for p in window.view.panels if p.isVisible())
    for toggle in panel(window, "Gradient check").toggles.values():
        assert page != "check" or toggle.width() >= toggle.minimumSizeHint().width()


@pytest.mark.parametrize(("size", "scale"), SIZES, ids=str)
@pytest.mark.parametrize("spread", [1.0, 300.0])
def test_code_words_and_names_are_readable_to_their_end(make_window, size, scale, spread):
    window = make_window(showing(spread=spread), size=size, scale=scale)
    code, verdict, found = (panel(window, title) for title in ("Code", "Verdict", "Specimens"))
    elided = []
    cut = found.ink.elided
    found.ink.elided = lambda text, width: elided.append(text) or cut(text, width)
    for name in SPECIMENS:
        window.session.choose("clinic", "next", specimen=name)
        elided.clear()
        picture(window.view)
        assert code.all_fits and verdict.all_fits, name
        w, _ = found.canvas.plot_size
        left = found.look.px(11) + found.look.px(11)
        assert SPECIMENS[name].title in elided
        assert all(found.ink.width(text) <= w - left for text in elided), name


def test_everything_has_a_name_and_tab_reaches_it(make_window):
    window = make_window(showing())
    window.activateWindow()
    wanted = {p.canvas for p in window.view.panels if p.isVisible()} | {window.view.bar.seed, window.tabs.first}
    assert all(widget.accessibleName() for widget in wanted)
    window.view.controls.presets.setFocus()
    reached = []
    for _ in range(40):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())
    assert wanted - {window.tabs.first} <= set(reached)
    places = [reached.index(panel(window, title).canvas) for title in PANELS[:-1]]
    assert places == sorted(places) and all(widget.accessibleName() for widget in reached)


def test_a_picture_depends_on_the_state_alone(make_window):
    window = make_window(showing("vjp"))
    before = picture(window.view)
    for spread, specimen in ((300.0, "naive"), (20.0, "double-loop"), (1.0, "central-on-integers")):
        window.session.set("t", spread=spread)
        window.session.choose("clinic", "s", specimen=specimen)
        picture(window)
    window.session.choose("clinic", "s", specimen="vjp")
    assert picture(window.view) == before


# -- the list


@pytest.mark.parametrize("spread", [1.0, 40.0, 700.0])
def test_marks_are_the_models(make_window, spread):
    window = make_window(showing(spread=spread))
    text = panel(window, "Specimens").description()
    for specimen in SPECIMENS.values():
        here = examine(specimen, LOGITS, 0, spread=spread, breaks_at=None).right_here
        never = here and not specimen.breaks and not specimen.wrong
        word = STANDING_WORDS["wrong" if not here else "right" if never else "until"]
        assert f" {specimen.title}: {word}" in text


def test_marks_differ_in_shape(make_window):
    window = make_window(showing())
    marks = panel(window, "Specimens")._marks
    shapes = set()
    for pixmap in marks.values():
        image = pixmap.toImage()
        shapes.add(
            tuple(image.pixelColor(x, y).alpha() > 127 for x in range(image.width()) for y in range(image.height()))
        )
    assert len(shapes) == 3


def test_arrows_walk_and_every_step_can_be_undone(make_window):
    window = make_window(showing())
    canvas = panel(window, "Specimens").canvas
    names = list(SPECIMENS)
    press(canvas, Qt.Key.Key_Up)
    assert window.session.intent.clinic.specimen == names[0]
    press(canvas, Qt.Key.Key_Down)
    press(canvas, Qt.Key.Key_Down)
    assert window.session.intent.clinic.specimen == names[2]
    press(canvas, Qt.Key.Key_Right)
    assert SPECIMENS[window.session.intent.clinic.specimen].kind == KINDS[1]
    press(canvas, Qt.Key.Key_Left)
    press(canvas, Qt.Key.Key_Left)
    assert SPECIMENS[window.session.intent.clinic.specimen].kind == KINDS[-1]
    press(canvas, Qt.Key.Key_Home)
    assert window.session.intent.clinic.specimen == names[0]
    window.undo()
    assert SPECIMENS[window.session.intent.clinic.specimen].kind == KINDS[-1]


def test_typing_looks_for_a_specimen_and_keeps_its_letters(make_window):
    window = make_window(showing())
    window.activateWindow()
    found = panel(window, "Specimens")
    found.canvas.setFocus()
    QTest.keyClicks(found.canvas, "fo")
    assert window.session.intent.clinic.specimen == "forward-difference"
    assert window.session.intent.ghost is None, "F belongs to the list while it has the focus"
    found._clock.invalidate()  # a pause
    QTest.keyClicks(found.canvas, "r")
    first = window.session.intent.clinic.specimen
    found._clock.invalidate()
    QTest.keyClicks(found.canvas, "r")
    assert window.session.intent.clinic.specimen != first, "the same letter goes on to the next"
    panel(window, "Verdict").canvas.setFocus()
    QTest.keyClick(panel(window, "Verdict").canvas, Qt.Key.Key_F)
    assert window.session.intent.ghost is not None


@pytest.mark.parametrize(("size", "scale"), SIZES, ids=str)
def test_a_click_chooses(make_window, size, scale):
    window = make_window(showing(), size=size, scale=scale)
    found = panel(window, "Specimens")
    picture(window)
    for kind in KINDS:  # where the list is short, a kind's heading opens it
        k = next(k for k, line in enumerate(found._lines) if line.kind == kind)
        drag(found.canvas, in_plot(found, 30.0, (k + 0.5) * found._row))
        assert SPECIMENS[window.session.intent.clinic.specimen].kind == kind
        picture(window)
        k = max(k for k, line in enumerate(found._lines) if line.kind == kind)
        drag(found.canvas, in_plot(found, 30.0, (k + 0.5) * found._row))
        assert window.session.intent.clinic.specimen == found._lines[k].name
        picture(window)
        assert len(found._lines) * found._row <= found.canvas.plot_size[1] + 1.0


# -- code, verdict, comparison


def test_the_code_is_that_of_the_specimen(make_window):
    window = make_window(showing("row-sum"))
    code = panel(window, "Code")
    assert SPECIMENS["row-sum"].code in code.description()
    shown = "\n".join("".join(text for text, _ in line) for line in code._lines)
    assert shown == SPECIMENS["row-sum"].code
    small = make_window(showing("row-sum"), size=(1024, 768), scale=1.5)
    shown = "\n".join("".join(text for text, _ in line) for line in panel(small, "Code")._lines)
    assert shown == SPECIMENS["row-sum"].own_code


def test_code_does_not_move_with_the_logits(make_window):
    window = make_window(showing("double-loop"))
    code = panel(window, "Code")
    picture(code)
    backdrop = code.canvas._backdrop
    window.session.apply("z", lambda i: i.with_logit(0, 5.0))
    picture(code)
    assert code.canvas._backdrop is backdrop


def test_the_verdict_goes_where_it_breaks(make_window):
    window = make_window(showing(logits=(10.0, 0.0, 1.0)))
    verdict = panel(window, "Verdict")
    assert verdict.description().startswith("Right until t = ")
    assert verdict.description().endswith("→.") is False and "Enter: go to t = " in verdict.description()
    press(verdict.canvas, Qt.Key.Key_Return)
    at = window.session.intent.spread
    assert at == examine(SPECIMENS["naive"], (10.0, 0.0, 1.0), 0).breaks_at
    assert verdict.description().startswith("Wrong here, right until t = ") and "Enter" not in verdict.description()
    assert "NaN" in panel(window, "Result and truth").description()
    window.undo()
    assert window.session.intent.spread == 1.0
    picture(verdict)
    place = verdict._link.center()
    verdict.canvas.hovered.emit(place)
    assert verdict.canvas.viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor
    drag(verdict.canvas, in_plot(verdict, place.x(), place.y()))
    assert window.session.intent.spread == at
    press(verdict.canvas, Qt.Key.Key_Return)
    assert window.session.undo_stack.count() == 1, "there is nowhere to go from here"


def test_pulling_a_logit_turns_a_right_one_wrong(make_window):
    window = make_window(showing())
    gesture, said = window.session.new_gesture(), []
    for z in (100.0, 500.0, 709.0, 710.0, 900.0):
        window.session.apply("pull", lambda i, z=z: i.with_logit(0, z), gesture)
        said.append(panel(window, "Verdict").description().split(".")[0].split(" t =")[0])
    assert said == ["Right until"] * 3 + ["Wrong here, right until"] * 2
    assert window.session.undo_stack.count() == 1


@pytest.mark.parametrize("name", ["stable", "double-loop", "broadcast-batch", "vjp", "complex-step"])
def test_the_tables_hold_the_models_numbers(make_window, name):
    window = make_window(showing(name))
    found = examine(SPECIMENS[name], LOGITS, 0)
    text = panel(window, "Result and truth").description()
    returned, true = re.fullmatch(r"returned: (.*?)\. true: (.*)\.", text).groups()
    for part, values in ((returned, found.result), (true, found.truth)):
        rows = [re.sub(r"^(here|row \d|∂p.) ", "", row).split(", ") for row in part.split("; ")]
        numbers = [[float(read(cell).value) for cell in row] for row in rows]
        wanted = values if values.ndim == 2 else values[0] if values.ndim == 3 else values[None, :]
        for row, true_row in zip(numbers, wanted.tolist(), strict=True):
            assert row == pytest.approx(true_row, rel=0.06, abs=6e-4)


def test_pointing_at_a_cell_spells_it_out(make_window):
    window = make_window(showing("double-loop", logits=(1.0, 2.0)))
    tables = panel(window, "Result and truth")
    picture(tables)
    for area in tables._tiles()[0]:
        tables.canvas.hovered.emit(tables._cell(area, (2, 2), 0, 1).center())
        assert window.view.reading.text() == "∂p₁/∂a₂:  true −0.197,  returned −0.197,  off by 0"
        tables.canvas.left.emit()
    tables.canvas.setFocus()
    press(tables.canvas, Qt.Key.Key_Right)
    press(tables.canvas, Qt.Key.Key_Down)
    press(tables.canvas, Qt.Key.Key_Down)
    assert window.view.reading.text().startswith("∂p₂/∂a₂:  true 0.197")
    before = picture(tables.canvas)
    press(tables.canvas, Qt.Key.Key_Left)
    assert picture(tables.canvas) != before
    window.session.apply("n", lambda i: i.with_classes(1))
    assert window.view.reading.text().startswith("∂p₁/∂a₁:  true 0,  returned 0")


def test_what_is_no_number_is_hatched(make_window):
    window = make_window(showing(logits=(1000.0, 0.0)))
    tables = panel(window, "Result and truth")
    image = picture(tables.canvas)
    cell = tables._cell(tables._tiles()[0][0], (4, 2), 0, 0)
    warning = tables.look.colour("warning").getRgb()
    edge = [image.pixelColor(in_plot(tables, cell.left() + k, cell.center().y())).getRgb() for k in range(-1, 3)]
    assert min(max(abs(a - b) for a, b in zip(seen, warning, strict=True)) for seen in edge) < 40


def test_the_seed_changes_the_neighbours(make_window):
    window = make_window(showing())
    seed, tables = window.view.bar.seed, panel(window, "Result and truth")
    before = tables.description()
    seed.setFocus()
    seed.selectAll()
    QTest.keyClicks(seed, "7")
    press(seed, Qt.Key.Key_Return)
    assert window.session.intent.clinic.seed == 7
    assert tables.description() != before
    assert tables.description().split(";")[0] == before.split(";")[0], "the present row stays"
    seed.selectAll()
    QTest.keyClicks(seed, "1.5")
    press(seed, Qt.Key.Key_Return)
    assert window.session.intent.clinic.seed == 7 and window.messages.isVisible()


# -- the gradient check


def test_the_best_steps_are_the_models(make_window):
    window = make_window(showing(page="check"))
    text = panel(window, "Gradient check").description()
    check = window.session.snapshot.gradient_check
    found = re.findall(r"best step ([^,]+), relative error ([^;.]+(?:\.\d+)?(?:e−\d+)?)", text)
    for method, (step, error) in zip(METHODS, found, strict=True):
        best = check.best[method]
        assert float(read(step).value) == pytest.approx(check.steps[best], rel=0.06)
        assert float(read(error).value) == pytest.approx(check.errors[method][best], rel=0.06)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("index", [2, 6, 20])
def test_the_line_runs_where_the_error_is(make_window, method, index):
    clinic = ClinicChoice(page="check", methods=(method,))
    window = make_window(showing().with_changes(clinic=clinic))
    check, plot = window.session.snapshot.gradient_check, panel(window, "Gradient check")
    x = plot._x(math.log10(check.steps[index]))
    y = plot._y(math.log10(check.errors[method][index]))
    image, wanted = picture(plot.canvas), plot._pens[method].color().getRgb()
    near = [image.pixelColor(in_plot(plot, x + dx, y + dy)).getRgb() for dx in range(-8, 9) for dy in range(-8, 9)]
    assert any(max(abs(a - b) for a, b in zip(seen, wanted, strict=True)) < 60 for seen in near)


def test_methods_are_told_apart_by_more_than_colour(make_window):
    window = make_window(showing(page="check"))
    assert len({pen.style() for pen in panel(window, "Gradient check")._pens.values()}) == len(METHODS)


def test_toggles_choose_the_methods(make_window):
    window = make_window(showing(page="check"))
    check = panel(window, "Gradient check")
    before = picture(check.canvas)
    for key in METHODS:
        QTest.mouseClick(check.toggles[key], Qt.MouseButton.LeftButton)
    assert window.session.intent.clinic.methods == ()
    assert check.description() == "No method is chosen; the names above switch them on."
    assert picture(check.canvas) != before
    window.undo()
    assert window.session.intent.clinic.methods == ("complex",)


def test_hovering_and_arrows_read_every_curve_out(make_window):
    window = make_window(showing(page="check"))
    check = panel(window, "Gradient check")
    check.canvas.hovered.emit(QPointF(check._x(-3.0), 40.0))
    assert window.view.reading.text().startswith("h = 0.001,  off by   forward ")
    check.canvas.left.emit()
    assert window.view.reading.text().startswith("h = 1.0e−5,"), "the best step of the central difference"
    check.canvas.setFocus()
    press(check.canvas, Qt.Key.Key_Right)
    text = window.view.reading.text()
    assert text.startswith("h = 2.2e−5,")
    for _ in range(100):
        press(check.canvas, Qt.Key.Key_Left)
    assert window.view.reading.text().startswith("h = 1.0e−16,")


def test_the_check_follows_the_loss_and_the_logits(make_window):
    window = make_window(showing(page="check"))
    check = panel(window, "Gradient check")
    before = check.description()
    window.session.set("loss", loss="squared_error")
    assert check.description().startswith("Gradient check of Squared error") and check.description() != before
    window.session.set("t", spread=3.0)
    assert check.description() != before


# -- bad input

AWKWARD = {
    "one class": showing("double-loop", logits=(800.0,)),
    "all equal": showing("lost-minus", logits=(2.0,) * 5),
    "twelve classes": showing("column-loop", logits=tuple(float(k) for k in range(12))),
    "spread at its low end": showing(spread=0.001),
    "spread at its high end": showing("minus-one-over-p", spread=1000.0),
    "the largest logits": showing("central-on-integers", logits=(1e300, 0.337, -1e300)),
    "subnormal logits": showing("softmax-twice", logits=(5e-324, 0.0)),
    "a check of nothing": showing(logits=(800.0, 0.0), page="check"),
    "a check of one class": showing(logits=(1.0,), page="check"),
    "a check far out": showing(logits=(1e300, 0.0), page="check", target=1, loss="squared_error"),
}


@pytest.mark.parametrize("size", [(1280, 720), (1024, 768)], ids=str)
@pytest.mark.parametrize("intent", AWKWARD.values(), ids=AWKWARD)
def test_bad_input_is_a_picture_or_a_sentence(make_window, intent, size):
    window = make_window(intent, size=size, scale=1.0 if size[0] > 1100 else 1.5)
    blank = window.look.colour("card")
    for p in window.view.panels:
        if not p.isVisible():
            continue
        image = picture(p.canvas)
        drawn = {image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)}
        assert len(drawn - {blank.name()}) > 3, p.title
        assert p.description()
    assert window.view.reading.text()
    tables = panel(window, "Result and truth")
    if tables.isVisible():
        w, h = tables.canvas.plot_size
        for share in (0.1, 0.5, 0.9):
            tables._hover_at(QPointF(share * w, 0.4 * h))
            assert window.view.reading.text()


def test_presets_and_a_reset_stay_in_the_view(make_window):
    window = make_window(START)
    window.show_clinic()
    window.view.controls.presets.picked.emit("thousands")
    assert window.session.intent.logits == (1000.0, 2000.0, 3000.0) and window.tabs.value == "clinic"
    assert panel(window, "Verdict").description().startswith("Wrong here")
    window.reset()
    assert window.tabs.value == "clinic"


# -- bars


def test_one_row_is_bars_on_one_scale(make_window):
    window = make_window(showing("central-in-place", target=1))
    tables = panel(window, "Result and truth")
    image, areas = picture(tables.canvas), tables._tiles()[0]
    truth, look = window.session.snapshot.examination.truth, tables.look

    def height(area, k):
        """Return how many pixels of a bar there are, and whether they lie above the others'."""
        x = area.left() + (k + 0.5) * area.width() / 5.0
        colour = look.class_colour(k).name()
        seen = [image.pixelColor(in_plot(tables, x, y)).name() for y in range(round(area.top()), round(area.bottom()))]
        places = [y for y, name in enumerate(seen) if name == colour]
        return len(places), min(places)

    for area in areas[:2]:
        sizes = [height(area, k) for k in range(3)]
        room = area.height() - 2.6 * tables.ink.height
        assert sizes[1][0] == pytest.approx(room * -truth[1] / (truth.max() - truth.min()), abs=3)
        for k in (0, 2):
            assert sizes[k][0] / sizes[1][0] == pytest.approx(abs(truth[k] / truth[1]), abs=0.04)
            assert sizes[k][1] < sizes[1][1], "p − y is below 0 for the target only"


def test_bars_bear_every_number(make_window):
    from explorer.panels.bar_row import Scale

    assert Scale.of([math.nan, math.inf, 2.0], [-1.0]) == Scale(-1.0, 2.0)
    assert Scale.of([0.0], []) == Scale(0.0, 1.0)
    assert Scale(-1.7e308, 1.7e308).share(0.0) == 0.5
    window = make_window(showing("central-in-place", logits=(1e308, 0.0, -1e308), target=1))
    tables = panel(window, "Result and truth")
    assert picture(tables.canvas) != picture(panel(make_window(showing("central-in-place")), "Result and truth").canvas)


# -- a specimen becomes one's own


def test_a_specimen_can_be_changed_and_tried(make_window, qtbot):
    window = make_window(showing("row-sum"))
    own, code = window.view.function_panel, panel(window, "Code")
    before = own.editor.code
    QTest.mouseClick(code.try_button, Qt.MouseButton.LeftButton)
    assert window.session.intent.clinic.page == "function" and own.isVisible()
    assert own.editor.code == f"import numpy as np\n\n{SPECIMENS['row-sum'].code}\n"
    assert own.function.currentData() == "row_sum"
    own.editor.undo()
    assert own.editor.code == before, "what was typed is one step away"
    own.editor.redo()
    with qtbot.waitSignal(own.run.finished, timeout=60_000) as done:
        own.start()
    assert done.args[0].diagnosis["label"] == "row-sum"


def test_a_gradient_check_is_no_function_to_try(make_window):
    window = make_window(showing("complex-step"))
    assert not panel(window, "Code").try_button.isVisible()
    window.session.choose("clinic", "s", specimen="vjp")
    assert panel(window, "Code").try_button.isVisible()


@pytest.mark.parametrize("page", ["specimens", "check", "function"])
def test_every_part_begins_at_the_same_height(make_window, page):
    window = make_window(showing(page=page))
    view = window.view
    tops = {p.mapTo(window, p.rect().topLeft()).y() for p in (view.list_panel, view.check_panel) if p.isVisible()}
    if page == "function":
        tops = {view.function_panel.mapTo(window, view.function_panel.rect().topLeft()).y()}
    bar = view.bar.mapTo(window, view.bar.rect().bottomLeft()).y() + 1
    assert tops == {bar + view.pictures.verticalSpacing()}


def test_letters_keep_their_size_while_a_logit_is_dragged(make_window):
    window = make_window(showing("vjp"))
    verdict, sizes = panel(window, "Verdict"), set()
    for z in (0.0, 2.0, 15.0, 30.0, 60.0, 800.0):
        window.session.apply("z", lambda i, z=z: i.with_logit(0, z))
        picture(verdict)
        sizes.add(verdict._fit.font.pixelSize())
    assert len(sizes) == 1 and verdict.all_fits


def test_numbers_keep_their_size_while_a_logit_is_dragged(make_window):
    window = make_window(showing("broadcast-batch"))
    tables, sizes = panel(window, "Result and truth"), set()
    for z in (1.0, 1.5, 2.4, 5.0, 7.0, 9.0, 12.0):
        window.session.apply("z", lambda i, z=z: i.with_logit(0, z))
        area = tables._tiles()[0][0]
        ink, texts = tables._fitting(area.width() / 5.0, area.height() / 5.0)
        sizes.add(ink.font.pixelSize())
        assert all(ink.width(text) <= area.width() / 5.0 for row in texts for text in row)
    assert len(sizes) == 1
