"""Calls what people write: functions of logits or of p, of batches or of one vector, classes with two passes."""

import contextlib
import functools
import inspect
import io
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from explorer.model.clinic.diagnosis import Kind
from explorer.model.clinic.probes import Probe
from explorer.model.exact import Floats

PROBABILITIES = re.compile(
    r"(p|s|y|o|q|ps|sm|sig|out|outputs?|activations?|y_?hat|y_?pred|preds?|predictions?|yhat|probs?|probas?|proba|"
    r".*probabilit(y|ies)|.*probs?|.*softmax.*|soft|s_out|sm_out|cache|cached|y_?out)",
    re.IGNORECASE,
)
UPSTREAM = re.compile(
    r"(d[a-z]?|dout|dy|dp|ds|dl|dz|d_?out(put)?s?|g|gy|gp|gs|gout|grads?|grad_?(out(put)?s?|y|p|s)|gradients?|.*grad(ient)?s?|upstream.*|delta|"
    r"d_?[a-z]+|v|vec|cotangent|error|err|output_gradient|d[lL]_?d.*)",
    re.IGNORECASE,
)
TARGET = re.compile(
    r"(y|t|ys|ts|tgt|targets?|labels?|.*label.*|.*target.*|y_?true|true|truth|y_?one_?hot|one_?hot|onehot|classes|class_?(index|idx|id)?|"
    r"idx|index|k|c|gold|expected|desired)",
    re.IGNORECASE,
)
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
class Outcome:
    """What one call gave: values, or why there are none. ``notes`` are things to mention (a list, a complex dtype)."""

    values: Floats | None = None
    dtype: np.dtype[Any] | None = None
    problem: str = ""  # "raises", "type", "ragged"
    detail: str = ""
    notes: tuple[str, ...] = ()
    changed: str = ""  # which input was written to


@dataclass(frozen=True)
class Plan:
    """One way of calling: what goes first (logits or probabilities), what second, and whether row by row."""

    call: Callable[..., Any]
    second: Literal["", "dy", "index", "one-hot"] = ""
    takes_p: bool = False
    swapped: bool = False
    rows: bool = False

    def arguments(self, probe: Probe) -> list[Any]:
        """Return fresh copies of what this plan passes for a whole batch."""
        first = np.array(probe.p if self.takes_p else probe.z)
        if not self.second:
            return [first]
        second: Any = {"dy": probe.dy, "index": probe.y, "one-hot": probe.one_hot}[self.second].copy()
        return [second, first] if self.swapped else [first, second]

    def run(self, probe: Probe) -> Outcome:
        """Call it on a batch; nothing that the function does gets out, except through what it returns."""
        arguments = self.arguments(probe)
        if not self.rows:
            return called(self.call, arguments)
        outcomes = []
        for r in range(probe.m):
            row = [a[r] if a.ndim > 1 else int(a[r]) for a in arguments]
            outcome = called(self.call, row)
            if outcome.values is None:
                return outcome
            outcomes.append(outcome)
        shapes = {o.values.shape for o in outcomes if o.values is not None}
        if len(shapes) != 1:
            return Outcome(problem="type", detail="returns arrays of different shapes for vectors of one length")
        values = np.stack([o.values for o in outcomes if o.values is not None])
        if values.shape == (probe.m, 1, probe.n):  # (1, n) for a vector is as good
            values = values[:, 0]
        first = outcomes[0]
        changed = next((o.changed for o in outcomes if o.changed), "")
        return replace(first, values=values, changed=changed)


@dataclass(frozen=True)
class Subject:
    """What there is to diagnose: ways to call it, its kind if that is known, and the names it goes by."""

    plans: tuple[Plan, ...]
    kind: Kind | None
    name: str
    part: str = ""  # "forward pass", "backward pass" of a class


class CannotCallError(Exception):
    """Nothing here can be called as one of the kinds; the message is a sentence for the user."""


class _Nowhere(io.TextIOBase):
    def write(self, text: str) -> int:
        return len(text)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    sink = _Nowhere()  # not a StringIO: code may print more than there is memory
    with (
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        contextlib.redirect_stdout(sink),
        contextlib.redirect_stderr(sink),
    ):
        warnings.simplefilter("ignore")
        yield


def called(call: Callable[..., Any], arguments: list[Any]) -> Outcome:
    """Call a function with arguments that are ours to lose; report what it returned, raised or changed."""
    before = [np.array(a) for a in arguments]
    try:
        with _quiet():
            result = call(*arguments)
    except BaseException as error:  # SystemExit and KeyboardInterrupt are no way out
        text = _text_of(error)
        detail = type(error).__name__ + (f": {text[0][:160]}" if text else "")
        return Outcome(problem="raises", detail=detail)
    outcome = _values(result, before[0].shape, len(arguments) == 1)
    changed = ""
    for old, new, name in zip(before, arguments, ("first", "second"), strict=False):
        if isinstance(new, np.ndarray) and not _same(old, new):
            changed = name
    return replace(outcome, changed=changed)


def _text_of(error: BaseException) -> list[str]:
    try:
        return str(error).strip().splitlines()
    except Exception:  # an exception that cannot even be printed
        return []


def _same(old: Floats, new: Floats) -> bool:
    """Restored up to rounding counts as unchanged."""
    if old.shape != new.shape:
        return False
    return bool((np.abs(old - new) <= 1e-12 * (1.0 + np.abs(old))).all())


def _values(result: Any, shape: tuple[int, ...], alone: bool) -> Outcome:
    notes: tuple[str, ...] = ()
    if result is None:
        return Outcome(problem="type", detail="returns None: the return statement is missing")
    if isinstance(result, str | bytes | dict | set) or callable(result):
        return Outcome(problem="type", detail=f"returns a {type(result).__name__}, not an array of numbers")
    if isinstance(result, tuple) and 1 < len(result) <= 4:  # (loss, gradient), (p, gradient)
        fitting = [part for part in result if np.ndim(part) >= 1 and np.shape(part)[: len(shape)] == shape]
        if fitting:
            which, result = ("first", fitting[0]) if alone else ("last", fitting[-1])
            notes = (f"returns several values; the {which} one of fitting shape is judged",)
    if inspect.iscoroutine(result):
        result.close()
        return Outcome(problem="type", detail="returns a coroutine: leave out async")
    if inspect.isgenerator(result):
        return Outcome(problem="type", detail="returns a generator: it uses yield in place of return")
    try:
        with _quiet():
            array = np.asarray(result)
    except BaseException as error:
        return Outcome(problem="type", detail=f"returns no array of numbers ({type(error).__name__})")
    dtype = array.dtype
    if isinstance(result, list | tuple):
        notes += ("returns a Python list, not an array",)
    if dtype.kind == "O":
        notes += ("returns an array of Python objects, not of floats",)
    if dtype.kind == "c":
        if np.abs(array.imag).max(initial=0.0) > 1e-12 * np.abs(array.real).max(initial=0.0):
            return Outcome(problem="type", detail="returns complex numbers with an imaginary part")
        notes += ("returns complex numbers whose imaginary part is 0",)
        array = array.real
    try:
        if dtype.kind not in "fciubO":
            raise TypeError
        values = np.array(array, dtype=np.float64)
    except BaseException:
        return Outcome(problem="type", detail=f"returns {_things(dtype)}, not numbers")
    return Outcome(values, dtype, notes=notes)


def _things(dtype: np.dtype[Any]) -> str:
    return "text" if dtype.kind in "US" else "Python objects" if dtype.kind == "O" else f"values of type {dtype}"


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
    return (Subject(_plans(function, _parameters(function), kind, name), kind, name),)


def _parameters(call: Any) -> tuple[list[str], int] | None:
    """Return the names of the positional parameters, and how many are required; None where unknown."""
    try:
        signature = inspect.signature(call)
    except (TypeError, ValueError):
        return None
    names, required = [], 0
    for parameter in signature.parameters.values():
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            names.append(parameter.name)
            required += parameter.default is parameter.empty
        elif parameter.kind is parameter.VAR_POSITIONAL:
            names += ["args", "args"]
    return names, required


def _plans(
    call: Callable[..., Any], parameters: tuple[list[str], int] | None, kind: Kind | None, name: str
) -> tuple[Plan, ...]:
    names, required = parameters or ([], 0)
    two = kind in ("vjp", "cross_entropy", "squared_error")
    if kind is None:
        two = required >= 2 or _second_is_left_out(call)
    if parameters is not None:
        if required > 2:
            raise CannotCallError(
                f"{name} needs {required} arguments ({', '.join(names[:required])}); a function of the clinic takes "
                "the logits, or the logits and an upstream gradient or target."
            )
        if two and len(names) < 2:
            raise CannotCallError(
                f"{name} takes {len(names)} argument{'s' * (len(names) != 1)}, but the kind {kind} needs two: "
                "the logits and " + ("an upstream gradient dy." if kind == "vjp" else "a target y.")
            )
        if not two and required > 1:
            raise CannotCallError(f"{name} needs {required} arguments, but the kind {kind} takes the logits only.")
        if not names:
            raise CannotCallError(f"{name} takes no argument; it needs the logits.")
    if not two:
        named_p = bool(names) and _is_p(names[0])
        return tuple(Plan(call, takes_p=p) for p in ((True, False) if named_p and kind != "forward" else (False,)))
    first, second = (names[0], names[1]) if len(names) > 1 else ("z", "v")
    swapped = _is_swapped(first, second, kind)
    if swapped:
        first, second = second, first
    to_target = kind in ("cross_entropy", "squared_error") or (
        kind is None and bool(TARGET.fullmatch(second)) and not (second == "y" and first in ("dy", "dout"))
    )
    seconds: tuple[Literal["dy", "index", "one-hot"], ...] = ("index", "one-hot") if to_target else ("dy",)
    orders = (True, False) if _is_p(first) else (False,)
    return tuple(Plan(call, s, p, swapped) for p in orders for s in seconds)


def _is_p(name: str) -> bool:
    """Whether a parameter's name says that it holds probabilities; a capital A is an activation, a the logits."""
    return bool(PROBABILITIES.fullmatch(name) or re.fullmatch(r"A\d?|AL", name))


def _second_is_left_out(call: Callable[..., Any]) -> bool:
    """Whether the second parameter is a target or an upstream gradient that may be None."""
    try:
        parameters = list(inspect.signature(call).parameters.values())
    except (TypeError, ValueError):
        return False
    if len(parameters) < 2 or parameters[1].default is not None:
        return False
    return bool(TARGET.fullmatch(parameters[1].name) or UPSTREAM.fullmatch(parameters[1].name))


_ONLY_TARGET = re.compile(r"t|targets?|labels?|y_?true|true|truth|y_?one_?hot|one_?hot|onehot|y", re.IGNORECASE)
_ONLY_INPUT = re.compile(r"z|x|logits?|scores?|y_?pred|y_?hat|p|s|probs?|out(put)?s?|pred(iction)?s?|a", re.IGNORECASE)


def _is_swapped(first: str, second: str, kind: Kind | None) -> bool:
    """Whether the upstream gradient or the target comes first, told by the names."""
    if kind in (None, "cross_entropy", "squared_error") and _ONLY_TARGET.fullmatch(first):
        return bool(_ONLY_INPUT.fullmatch(second))
    if kind in ("cross_entropy", "squared_error"):
        return False
    return bool(UPSTREAM.fullmatch(first)) and not UPSTREAM.fullmatch(second)


def row_by_row(plan: Plan) -> Plan:
    """Return the same plan for one vector at a time."""
    return replace(plan, rows=True)


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
        plans = _plans(call, parameters, kind or told, f"{title}.{backward}")
        found.append(Subject(plans, kind or told, f"{title}.{backward}", "backward pass"))
    if forth is not None and (kind in (None, "forward") or back is None):
        parameters = _parameters(forth)
        if parameters is None or parameters[1] <= 1 or back is None:
            told = kind if back is None else "forward"
            found.append(
                Subject(
                    _plans(forth, parameters, told, f"{title}.{forward}"), told, f"{title}.{forward}", "forward pass"
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
        with _quiet():
            return given()
    except BaseException as error:
        raise CannotCallError(
            f"The class {given.__name__} cannot be made without arguments ({type(error).__name__}: {error})."
        ) from None


def _both(
    forth: Callable[..., Any] | None, back: Callable[..., Any], name: str, kind: Kind | None
) -> tuple[Callable[..., Any], tuple[list[str], int] | None, Kind | None]:
    """Return a function that runs both passes, forward first, its parameters, and the kind that they tell."""
    parameters = _parameters(back)
    if forth is None or parameters is None:
        return back, parameters, None
    before: Callable[..., Any] = forth
    names, required = parameters
    forth_parameters = _parameters(forth)
    if (
        forth_parameters is not None and forth_parameters[1] >= 2
    ):  # forward(z, y) gives the loss, backward() its gradient

        def after_loss(z: Any, y: Any) -> Any:
            before(z, y)
            return back() if required == 0 else back(1.0)

        return after_loss, (["z", "y"], 2), None
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
        before(np.array(second if _is_swapped(names[0], names[1], kind) else first))
        return back(first, second)

    return two, (names, required), None
