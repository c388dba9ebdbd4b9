"""Every quantity against the reference values of truth.json, which were made elsewhere, in 80 digits and more."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.model import LOSSES, Softmax

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "truth.json").read_text())["cases"]
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
SMALLEST = np.finfo(np.float64).tiny

PER_CLASS = ("p", "q", "log_p")
PER_ROW = ("entropy", "frobenius", "spectral_norm")


def check(ours: Any, truth: dict[str, Any], log10: Any = None, size: Any = 0.0) -> None:
    """Hold ours to 8 ulp of the true values (or of ``size``, where that is larger), log10 to 1e-12 relative."""
    for x, v, log, least, our_log in zip(
        np.ravel(ours),
        np.ravel(truth["v"]),
        np.ravel(np.array(truth["log10"], dtype=object)),
        np.broadcast_to(np.ravel(size), np.size(ours)),
        np.full(np.size(ours), None) if log10 is None else np.ravel(log10),
        strict=True,
    ):
        if log is None:
            assert x == 0.0
            assert our_log is None or our_log == -math.inf
            continue
        if abs(v) >= SMALLEST:
            assert abs(x - v) <= 8 * np.spacing(max(abs(v), least)), (x, v)
        else:
            assert abs(x) <= 2 * SMALLEST, (x, v)
            assert math.copysign(1.0, x) == math.copysign(1.0, v) or our_log is None, (x, v)
        if our_log is not None:
            slack = 1e-12 * abs(log) + 4e-15 * max(1.0, least / abs(v) if v else 1.0)
            assert abs(our_log - log) <= slack, (our_log, log)


@each_case
@pytest.mark.parametrize("name", PER_CLASS)
def test_classes(case: dict[str, Any], name: str) -> None:
    s = Softmax(case["logits"])
    check(getattr(s, name), case[name], getattr(s, f"log10_{name}") if name != "log_p" else None)


@each_case
@pytest.mark.parametrize("name", PER_ROW)
def test_sizes(case: dict[str, Any], name: str) -> None:
    s = Softmax(case["logits"])
    check(getattr(s, name), case[name], getattr(s, f"log10_{name}"))


@each_case
def test_jacobian(case: dict[str, Any]) -> None:
    s = Softmax(case["logits"])
    check(s.jacobian(), case["jacobian"], s.log10_abs_jacobian())


@each_case
@pytest.mark.parametrize("name", LOSSES)
def test_losses(case: dict[str, Any], name: str) -> None:
    s, loss = Softmax(case["logits"]), LOSSES[name]
    y = case["distribution"] if name == "kl" else case["target"]
    # p - t cancels for a soft target t: its digits are those of the larger one.
    target = {"kl": case["distribution"], "label_smoothing": 0.1 / s.n}.get(name)
    size = np.zeros(s.n) if target is None else np.maximum(s.p, target)
    if name == "label_smoothing":
        size[case["target"]] = 1.0
    check(loss.value(s, y), case["loss"][name], size=np.abs(s.p - y).sum() if name == "kl" else 0.0)
    check(loss.grad_logits(s, y), case["grad"][name], loss.log10_abs_grad_logits(s, y), size)


def test_the_cases_are_there() -> None:
    assert len(CASES) == 28
    assert sum(len(case["logits"]) for case in CASES) == 93
