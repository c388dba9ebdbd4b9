"""What there is to diagnose in a function, a class or an object: which passes, and how each can be called."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.model.clinic.calling import (
    TARGET,
    UPSTREAM,
    CannotCallError,
    Plan,
    is_swapped,
    parameters_of,
    plans_of,
    quietly,
)
from explorer.model.clinic.diagnosis import Kind

_FORWARD = (
    "forward",
    "compute",
    "__call__",
    "call",
    "activate",
    "activation",
    "apply",
    "softmax",
    "value",
    "fn",
    "f",
    "predict",
)
_RESULTS = ("output", "outputs", "out", "y", "p", "probs", "result", "a")
_GRADIENTS = ("dinputs", "dinput", "input_gradient", "grad_input", "dx", "dz", "dlogits", "grad", "gradient")
_BACKWARD = (
    "backward",
    "delta",
    "backprop",
    "backpropagate",
    "derivative",
    "gradient",
    "grad",
    "prime",
    "deriv",
    "jacobian",
    "bwd",
    "vjp",
    "df",
    "diff",
    "differentiate",
)


@dataclass(frozen=True)
class Subject:
    """What there is to diagnose: ways to call it, its kind if that is known, and the names it goes by."""

    plans: tuple[Plan, ...]
    kind: Kind | None
    name: str
    part: str = ""  # "forward pass", "backward pass" of a class


def subjects(function: Any, kind: Kind | None) -> tuple[Subject, ...]:
    """Return what to diagnose: one subject for a function, the backward and the forward pass for a class.

    Raises CannotCallError with a sentence.
    """
    if inspect.isclass(function) or not inspect.isroutine(function):
        made = _of_class(function, kind)
        if made:
            return made
    if not callable(function):
        raise CannotCallError(f"This is no function: a value of type {type(function).__name__} cannot be called.")
    name = str(getattr(function, "__name__", type(function).__name__))
    return (Subject(plans_of(function, parameters_of(function), kind, name), kind, name),)


def _of_class(given: Any, kind: Kind | None) -> tuple[Subject, ...]:
    owner = given if inspect.isclass(given) else type(given)
    forward = next((name for name in _FORWARD if callable(getattr(owner, name, None)) and _is_own(owner, name)), None)
    backward = next((name for name in _BACKWARD if callable(getattr(owner, name, None))), None)
    if forward is None and backward is None:
        return ()
    if forward == "__call__" and backward is None and not inspect.isclass(given):
        return ()  # an object that is a function
    outcome = _made(given)
    forth = _kept(outcome, forward, _RESULTS) if forward else None
    back = _kept(outcome, backward, _GRADIENTS) if backward else None
    title = owner.__name__
    found = []
    if back is not None and kind != "forward":
        call, parameters, told = _both(forth, back, backward or "", kind)
        plans = plans_of(call, parameters, kind or told, f"{title}.{backward}")
        found.append(Subject(plans, kind or told, f"{title}.{backward}", "backward pass"))
    if forth is not None and (kind in (None, "forward") or back is None):
        parameters = parameters_of(forth)
        if parameters is None or parameters[1] <= 1 or back is None:
            told = kind if back is None else "forward"
            found.append(
                Subject(
                    plans_of(forth, parameters, told, f"{title}.{forward}"), told, f"{title}.{forward}", "forward pass"
                )
            )
    return tuple(found)


def _kept(layer: Any, name: str, attributes: tuple[str, ...]) -> Callable[..., Any]:
    """Return a method; one that returns None but keeps its result in an attribute returns that."""
    method: Callable[..., Any] = getattr(layer, name)

    @functools.wraps(method)
    def call(*given: Any) -> Any:
        result = method(*given)
        if result is not None:
            return result
        return next((getattr(layer, a) for a in attributes if isinstance(getattr(layer, a, None), np.ndarray)), None)

    return call


def _is_own(owner: type, name: str) -> bool:
    return name != "__call__" or any("__call__" in vars(base) for base in owner.__mro__[:-1])


def _made(given: Any) -> Any:
    if not inspect.isclass(given):
        return given
    try:
        with quietly():
            return given()
    except BaseException as error:
        raise CannotCallError(
            f"The class {given.__name__} cannot be made without arguments ({type(error).__name__}: {error})."
        ) from None


def _both(
    forth: Callable[..., Any] | None, back: Callable[..., Any], name: str, kind: Kind | None
) -> tuple[Callable[..., Any], tuple[list[str], int] | None, Kind | None]:
    """Return a function that runs both passes, forward first, its parameters, and the kind that they tell."""
    parameters = parameters_of(back)
    if forth is None or parameters is None:
        return back, parameters, None
    before: Callable[..., Any] = forth
    names, required = parameters
    forth_parameters = parameters_of(forth)
    if (
        forth_parameters is not None and forth_parameters[1] >= 2
    ):  # forward(z, y) gives the loss, backward() its gradient

        def after_loss(z: Any, y: Any) -> Any:
            before(z, y)
            return back() if required == 0 else back(1.0)

        first, second = forth_parameters[0][:2]
        known = TARGET.fullmatch(second) or is_swapped(first, second, None)
        return after_loss, ([first, second if known else "y"], 2), None
    if required == 0 and (not names or kind in (None, "jacobian", "elementwise")):

        def after(z: Any) -> Any:
            before(z)
            return back()

        return after, (["z"], 1), None
    if required <= 1:
        word = names[0]
        is_target = kind in ("cross_entropy", "squared_error") or (
            kind is None and name.startswith("back") and word in ("t", "target", "targets", "labels", "label", "y_true")
        )
        is_upstream = kind == "vjp" or (
            kind is None
            and not is_target
            and (name.startswith(("back", "bwd", "vjp")) or bool(UPSTREAM.fullmatch(word)))
        )
        if is_target or is_upstream:

            def with_second(z: Any, second: Any) -> Any:
                before(z)
                return back(second)

            return with_second, (["z", word if is_target else "dy"], 2), None if is_target else "vjp"

        def derivative(x: Any) -> Any:
            before(np.array(x))
            return back(x)

        return derivative, (names[:1], 1), None

    def two(first: Any, second: Any) -> Any:
        before(np.array(second if is_swapped(names[0], names[1], kind) else first))
        return back(first, second)

    return two, (names, required), None
