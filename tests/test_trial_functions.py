"""What there is to try in a text of code, and which of it people mean, found without running it."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.trial.functions import CodeError, best, list_functions

CODE = """
import numpy as np
raise SystemExit("never run")

def softmax(z, /, axis=-1, *rest, keep=True):
    def inner(z):
        return z
    return inner(z)

class Layer:
    def forward(self, z): return softmax(z)

class Plain:
    def other(self): pass

class Child(Layer):
    pass

class Callable:
    def __call__(self, z): return z

square = lambda z: z * z
number = 3

if True:
    def branch(z): return z
else:
    def other_branch(z): return z
try:
    def tried(z): return z
except ImportError:
    async def rescued(z): return z

if __name__ == "__main__":
    def only_as_main(z): return z

def square(z, dy): return z
"""


def test_functions_and_classes_are_listed_without_running() -> None:
    found = list_functions(CODE)
    assert [one.text for one in found] == [
        "softmax(z, axis, *rest)",
        "class Layer",
        "class Child",
        "class Callable",
        "branch(z)",
        "other_branch(z)",
        "tried(z)",
        "rescued(z)",
        "square(z, dy)",
    ]
    assert found[0].line == 5


F = "def {}(z): return {}\n"
PICKS = {
    "the only one": (F.format("f", "z"), "f"),
    "the only public one": (F.format("f", "z") + F.format("_g", "z"), "f"),
    "the only private one": (F.format("_g", "z"), "_g"),
    "not the tests": (F.format("f", "z") + F.format("test_f", "z") + "def main(): f(1)\n", "f"),
    "not one without arguments": ("def demo(): pass\n" + F.format("f", "z"), "f"),
    "the one named softmax": (F.format("helper", "z") + F.format("my_softmax", "z"), "my_softmax"),
    "the derivative, not its helper": (
        F.format("softmax", "z") + F.format("grad", "softmax(z)"),
        "grad",
    ),
    "the softmax, not what calls it": (F.format("softmax", "z") + F.format("train", "softmax(z)"), "softmax"),
    "not the gradient check": (F.format("numerical_grad", "z") + F.format("softmax", "z"), "softmax"),
    "not the check handed the function": (F.format("jacobian", "z") + F.format("grad_check", "z"), "jacobian"),
    "the one with softmax in its name": (F.format("softmax_grad", "z") + F.format("grad", "z"), "softmax_grad"),
    "the class": ("class Softmax:\n  def forward(self, z): pass\n" + F.format("helper", "z"), "Softmax"),
    "nothing clear": (F.format("f", "z") + F.format("g", "z"), None),
    "two alike": (F.format("softmax_a", "z") + F.format("softmax_b", "z"), None),
    "none": ("x = 1", None),
}


@pytest.mark.parametrize(("code", "name"), PICKS.values(), ids=PICKS)
def test_the_one_that_people_mean(code: str, name: str | None) -> None:
    chosen = best(list_functions(code))
    assert (chosen.name if chosen else None) == name


@pytest.mark.parametrize(
    ("code", "line"),
    [("x = 1\ndef f(:\n", 2), ("  x = 1", 1), ("'''", 1), ("x = '\\ud800'\n(", 2), ("\0", None), ("(" * 5000, 1)],
)
def test_what_is_no_python_names_its_line(code: str, line: int | None) -> None:
    with pytest.raises(CodeError) as caught:
        list_functions(code)
    assert caught.value.line == line and str(caught.value)


@pytest.mark.parametrize("code", ["-" * 100_000 + "1", "a" + "+a" * 100_000, "[" * 90 + "]" * 90, "a" + ".b" * 50_000])
def test_deep_code_is_refused_or_listed(code: str) -> None:
    limit = sys.getrecursionlimit()
    try:
        assert list_functions(code) == ()
    except CodeError as error:
        assert str(error)
    assert sys.getrecursionlimit() == limit


@given(st.text())
def test_any_text_is_listed_or_refused(code: str) -> None:
    try:
        list_functions(code)
    except CodeError as error:
        assert str(error)
