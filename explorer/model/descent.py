"""Gradient descent: three update rules as small pure functions, and the loop around them.

A rule takes the weights, the gradient, what it remembers and the rate, and returns new weights and a new memory. Each
of its operations passes through ``fl``, which rounds to a number format; left out, it computes in float64.
"""

import math
from collections.abc import Callable
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from explorer.model.exact import Floats

Rounding: TypeAlias = Callable[[Floats], Floats]

MOMENTUM = 0.9
BETAS = (0.9, 0.999)
EPSILON = 1e-8


def unrounded(x: Floats) -> Floats:
    """Return x itself: float64 rounds by itself."""
    return x


class Memory(NamedTuple):
    """What a rule remembers: how many updates there were, and running means of gradients and of their squares."""

    updates: int
    mean: Floats
    square: Floats


Update: TypeAlias = tuple[Floats, Memory]


def remember(weights: Floats) -> Memory:
    """Return the memory before the first update."""
    zeros = np.zeros_like(weights)
    return Memory(0, zeros, zeros)


def sgd(weights: Floats, gradient: Floats, memory: Memory, rate: float, fl: Rounding = unrounded) -> Update:
    """``w - rate g``."""
    step = fl(_constant(rate, fl) * gradient)
    return fl(weights - step), memory._replace(updates=memory.updates + 1)


def momentum(weights: Floats, gradient: Floats, memory: Memory, rate: float, fl: Rounding = unrounded) -> Update:
    """``v = 0.9 v + g``, ``w - rate v`` (Polyak 1964)."""
    mean = fl(fl(_constant(MOMENTUM, fl) * memory.mean) + gradient)
    step = fl(_constant(rate, fl) * mean)
    return fl(weights - step), Memory(memory.updates + 1, mean, memory.square)


def adam(weights: Floats, gradient: Floats, memory: Memory, rate: float, fl: Rounding = unrounded) -> Update:
    """Adam (Kingma and Ba 2015): betas 0.9 and 0.999, epsilon 1e-8.

    The corrections ``1 - beta^t`` and the factors made of them are computed in float64 and then rounded.
    """
    count = memory.updates + 1
    first, second = BETAS
    keep, take = _constant(first, fl), _constant(1.0 - first, fl)
    mean = fl(fl(keep * memory.mean) + fl(take * gradient))
    keep, take = _constant(second, fl), _constant(1.0 - second, fl)
    square = fl(fl(keep * memory.square) + fl(take * fl(gradient * gradient)))
    unbiased = fl(_constant(1.0 / (1.0 - second**count), fl) * square)
    size = fl(fl(np.sqrt(unbiased)) + _constant(EPSILON, fl))
    step = fl(fl(_constant(rate / (1.0 - first**count), fl) * mean) / size)
    return fl(weights - step), Memory(count, mean, square)


OPTIMIZERS = MappingProxyType({"sgd": sgd, "momentum": momentum, "adam": adam})


def rule_named(name: str) -> Callable[[Floats, Floats, Memory, float, Rounding], Update]:
    """Return the update rule of that name; ValueError names the choices."""
    if name not in OPTIMIZERS:
        raise ValueError(f"there is no optimizer {name!r}; choose from {', '.join(OPTIMIZERS)}")
    return OPTIMIZERS[name]


def checked_rate(rate: float) -> float:
    """Return the rate; ValueError unless it is positive and finite."""
    if not 0.0 < rate < math.inf:
        raise ValueError(f"the rate is {rate}; it must be a positive, finite number")
    return float(rate)


def descend(
    gradient: Callable[[Floats], Floats], start: ArrayLike, *, rate: float, steps: int, optimizer: str = "sgd"
) -> Floats:
    """Return the weights after a number of steps down a gradient, in float64.

    Parameters
    ----------
    gradient : function
        Takes weights (any shape) and returns the gradient there, in the same shape.
    start : array-like
        The weights to begin with; never written to.
    rate, steps, optimizer
        The learning rate, the number of steps, a name in ``OPTIMIZERS``.

    Raises ValueError for an unknown optimizer or a rate that is not positive.
    """
    rule, rate = rule_named(optimizer), checked_rate(rate)
    weights = np.array(start, dtype=np.float64)
    memory = remember(weights)
    for _ in range(steps):
        weights, memory = rule(weights, gradient(weights), memory, rate, unrounded)
    return weights


def _constant(value: float, fl: Rounding) -> Floats | float:
    """Return a factor as the format holds it."""
    return value if fl is unrounded else fl(np.array([value]))
