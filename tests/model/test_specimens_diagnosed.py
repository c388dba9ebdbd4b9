"""The diagnosis of people's functions and the Clinic's specimens were written apart; they agree on every specimen."""

import numpy as np
import pytest

from explorer.model.clinic import diagnose
from explorer.model.specimens import SPECIMENS

LABELS = {
    "naive": "overflow",
    "batch-maximum": "far-rows",
    "batch-sum": "whole-array",
    "wrong-axis": "wrong-axis",
    "softmax-twice": "double-softmax",
    "off-diagonal-only": "outer-only",
    "plus-sign": "plus-sign",
    "row-sum": "row-sum",
    "rolled-products": "row-sum",
    "lost-minus": "sign-lost",
    "ratio-form": "diagonal-only",
    "sigmoid-rule": "diagonal-only",
    "repeated-index": "diagonal-only",
    "without-the-sum": "sum-missing",
    "minus-one-over-p": "underflow",
    "target-entry-only": "target-only",
}


@pytest.mark.parametrize("name", [name for name, s in SPECIMENS.items() if s.kind != "gradient check"])
def test_the_code_shown_is_diagnosed_as_what_it_is(name):
    specimen, space = SPECIMENS[name], {"np": np}
    exec(specimen.code, space)
    found = diagnose(space[specimen.function.__name__])
    assert found.verdict == ("wrong" if specimen.wrong else "correct")
    assert found.label == LABELS.get(name, "correct")
