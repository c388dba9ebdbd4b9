"""Specimen: one implementation that people write, with what is to be said about it."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

KINDS = ("forward pass", "Jacobian", "derivative", "backward pass", "gradient check")

# What a specimen is to compute, and how its truth is written.
TASKS = {
    "p": "p",
    "J": "J",
    "J dy": "J dy, dy seeded",
    "p − y": "p − y",
    "J (p − y)": "J (p − y)",
}


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


@dataclass(frozen=True)
class Specimen:
    """An implementation under a stable name.

    ``function`` takes logits z, of the batch (m, n) or, where ``one_row``, of one row (n,); backward passes take the
    upstream gradient dy or one-hot targets y besides, gradient checks a loss before z. ``task`` (of TASKS) is what
    it is to compute; a derivative's result is multiplied by dy first, for that is what people use it for.
    ``why`` says what it does, ``mend`` what to do about it, ``breaks`` what breaks a right one when the logits are
    pulled apart; it is empty for one that never breaks. ``wrong`` ones are wrong at any spread.
    """

    name: str
    title: str
    kind: str
    function: Callable[..., Any]
    task: str
    why: str
    mend: str
    breaks: str = ""
    wrong: bool = False
    one_row: bool = False
    integers: bool = False
    helpers: tuple[Callable[..., Any], ...] = ()

    @property
    def can_be_diagnosed(self) -> bool:
        """Is it a function of logits, as the diagnosis of people's own functions expects?"""
        return self.kind != "gradient check"

    @cached_property
    def code(self) -> str:
        """The source of the function, the very text that is run, and of what it calls."""
        return "\n\n".join([self.own_code, *(inspect.getsource(part).rstrip() for part in self.helpers)])

    @cached_property
    def own_code(self) -> str:
        """The source of the function alone."""
        return inspect.getsource(self.function).rstrip()
