"""Runs of a choice: the same whichever way one got there; the presets end as their names say."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.session.intent import Intent
from explorer.session.session import Session
from explorer.session.training_choice import MOST_STEPS, TrainingChoice
from explorer.session.training_presets import TRAINING_PRESETS, at_its_end, preset_of
from explorer.session.training_run import Run
from explorer.session.training_runner import TrainingRunner

PRESETS = {preset.name: preset for preset in TRAINING_PRESETS}


def always():
    return True


def at_end(name, second=False):
    preset = PRESETS[name]
    choice = preset.choice.second if second else preset.choice
    run = Run(choice)
    assert run.go_to(preset.steps, always)
    return run, run.recording.at(preset.steps)


# -- the presets end as their names say


def test_squared_error_stalls_where_cross_entropy_learns():
    squared, stalled = at_end("stalls")
    cross, learnt = at_end("stalls", second=True)
    assert (squared.choice.loss, cross.choice.loss) == ("squared_error", "cross_entropy")
    np.testing.assert_array_equal(squared.recording.values("accuracy", 1), cross.recording.values("accuracy", 1))
    assert stalled.gradient_norm < 1e-6
    assert stalled.accuracy < 0.6
    assert learnt.accuracy >= 0.95
    assert squared.verdict.outcome == "saturated"
    assert cross.verdict.outcome in ("learning", "converged")


def test_a_saturated_start_is_saturated_from_the_start_to_the_end():
    assert Run(PRESETS["saturated"].choice).verdict.outcome == "saturated"
    run, last = at_end("saturated")
    assert run.verdict.outcome == "saturated"
    assert last.jacobian_norm < 1e-4


def test_bfloat16_stops_where_float32_goes_on():
    narrow, stopped = at_end("format")
    wide, learnt = at_end("format", second=True)
    assert (narrow.training.format, wide.training.format) == ("bfloat16", "float32")
    assert narrow.verdict.outcome == "lost in the format"
    assert narrow.training.moved == 0.0
    assert wide.verdict.outcome == "learning"
    assert learnt.loss < 0.5 * stopped.loss
    assert wide.training.moved > 0.5


def test_the_converged_run_has_converged():
    run, last = at_end("converged")
    assert run.verdict.outcome == "converged"
    assert last.accuracy == 1.0
    assert last.gradient_norm < 1e-3


def test_a_preset_is_known_by_its_choice_at_any_step():
    for preset in TRAINING_PRESETS:
        assert preset_of(preset.choice) is preset
        assert preset_of(at_its_end(preset)) is preset
    assert preset_of(TrainingChoice()) is None


# -- whichever way


BASE = TrainingChoice(points=60, optimizer="adam", batch=20)


def seen(run):
    return run.step, run.training.W.tolist(), run.training.b.tolist(), run.verdict.sentence, run.verdict.measured


def fresh(choice):
    run = Run(choice)
    run.take_changes(choice.changes)
    run.go_to(choice.step, always)
    return run


@pytest.mark.parametrize("back", [0, 1, 499, 500, 501, 999, 1200])
def test_going_back_and_forth_changes_nothing(back):
    run = fresh(replace(BASE, step=1200))
    run.go_to(back, always)
    assert seen(run) == seen(fresh(replace(BASE, step=back)))
    run.go_to(1200, always)
    assert seen(run) == seen(fresh(replace(BASE, step=1200)))
    assert run.recording.count == 1200


def test_a_change_on_the_way_counts_from_there_on_whether_made_live_or_read():
    live = fresh(replace(BASE, step=900))  # what was computed beyond the change is forgotten
    live.go_to(700, always)
    before = live.recording.values("loss", 700).tolist()
    changed = replace(BASE, step=700).with_change("rate", 0.01).with_change("format", "bfloat16")
    live.take_changes(changed.changes)
    live.go_to(900, always)
    read = fresh(replace(changed, step=900))
    assert seen(live) == seen(read)
    assert live.recording.values("loss", 700).tolist() == before
    assert live.recording.values("loss", 900).tolist() == read.recording.values("loss", 900).tolist()
    assert (live.training.rate, live.training.format) == (0.01, "bfloat16")
    live.take_changes(())
    live.go_to(900, always)
    assert seen(live) == seen(fresh(replace(BASE, step=900)))
    assert seen(live) != seen(read)


def test_a_second_run_in_another_format_keeps_it():
    run = Run(replace(BASE, format="float32"), keeps_format=True)
    run.take_changes(((5, "format", "bfloat16"), (6, "rate", 0.01)))
    run.go_to(10, always)
    assert (run.training.format, run.training.rate) == ("float32", 0.01)


def test_outlines_hold_the_extremes_of_each_stretch():
    run = fresh(replace(BASE, step=1500))
    values = run.recording.values("loss", 1100)
    starts = np.array([0, 1, 2, 10, 100, 1000])
    least, mean, largest = run.recording.outline("loss", starts, 1100)
    parts = np.split(values, starts[1:])
    assert len(values) == 1100
    assert least.tolist() == [part.min() for part in parts]
    assert largest.tolist() == [part.max() for part in parts]
    np.testing.assert_allclose(mean, [part.mean() for part in parts], rtol=1e-13)


# -- the runner


@pytest.fixture
def session():
    return Session(Intent(training=BASE))


@pytest.fixture
def runner(session, qapp):
    """Return a runner that always ends its slice, however slow the machine is."""
    made = TrainingRunner(session)
    made.slice_ns = 10**15
    made.follow(session.intent.training)
    yield made
    made.pause()


def test_a_run_is_one_undo_step_and_its_pause_the_state(session, runner):
    runner.run()
    assert runner.running
    for _ in range(4):
        runner.tick()
    assert session.intent.training.step == 0
    assert runner.choice.step == runner.step == 40
    runner.pause()
    assert session.intent.training.step == 40
    assert session.undo_stack.count() == 1
    runner.follow(session.intent.training)
    assert seen(runner.runs[0]) == seen(fresh(replace(BASE, step=40)))
    session.undo_stack.undo()
    runner.follow(session.intent.training)
    assert runner.step == 0
    assert not runner.running


@pytest.mark.parametrize(("speed", "steps"), [("1", 2), ("10", 20), ("100", 200)])
def test_the_speed_is_steps_a_frame(session, runner, speed, steps):
    session.choose("training", "", speed=speed)
    runner.run()
    for _ in range(2):
        runner.tick()
    assert 0 < runner.step <= steps


def test_one_step_and_back_to_the_start(session, runner):
    for _ in range(3):
        runner.step_once()
        runner.follow(session.intent.training)
    assert runner.step == session.intent.training.step == 3
    runner.change("rate", 3.0)
    runner.follow(session.intent.training)
    assert runner.runs[0].training.rate == 3.0
    runner.back()
    runner.follow(session.intent.training)
    assert (runner.step, session.intent.training) == (0, BASE)
    assert runner.runs[0].training.rate == BASE.rate


def test_rate_and_format_change_while_it_runs(session, runner):
    runner.run()
    runner.tick()
    runner.change("rate", 0.01)
    runner.follow(session.intent.training)
    assert runner.running
    runner.tick()
    runner.change("format", "float16")
    runner.follow(session.intent.training)
    runner.tick()
    runner.pause()
    runner.follow(session.intent.training)
    choice = session.intent.training
    assert choice.changes == ((10, "rate", 0.01), (20, "format", "float16"))
    assert choice.step == 30
    assert seen(runner.runs[0]) == seen(fresh(choice))


def test_another_setting_restarts_and_goes_on_running(session, runner):
    runner.run()
    runner.tick()
    runner.set("", loss="squared_error")
    runner.follow(session.intent.training)
    assert (runner.running, runner.step) == (True, 0)
    runner.tick()
    runner.pause()
    assert session.intent.training == replace(BASE, loss="squared_error", step=10)


def test_two_runs_keep_step(session, runner):
    runner.set("", compared="squared_error")
    runner.follow(session.intent.training)
    runner.run()
    for _ in range(5):
        runner.tick()
    assert [run.step for run in runner.runs] == [50, 50]
    assert [run.choice.loss for run in runner.runs] == ["cross_entropy", "squared_error"]
    np.testing.assert_array_equal(runner.runs[0].data.X, runner.runs[1].data.X)


def test_a_far_state_is_computed_in_slices_without_blocking(session, runner):
    session.choose("training", "", step=40_000, format="bfloat16")
    runner.follow(session.intent.training)
    assert runner.busy
    assert runner.step < 40_000
    runner.slice_ns = 10**6
    before = runner.step
    runner.tick()
    assert runner.step > before
    runner.rest()
    assert not runner.running
    assert session.intent.training.step == 40_000
    session.choose("training", "", step=before)
    runner.follow(session.intent.training)
    runner.settle()
    assert runner.step == before


def test_the_last_step_pauses(session, runner):
    session.choose("training", "", step=MOST_STEPS - 15, points=6, batch=0)
    runner.follow(session.intent.training)
    runner.settle()
    runner.run()
    runner.tick()
    assert runner.running
    runner.tick()
    assert not runner.running
    assert session.intent.training.step == MOST_STEPS
    runner.run()
    assert not runner.running
