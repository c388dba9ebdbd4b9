"""Calls what people write: functions of logits or of p, of batches or of one vector, classes with two passes."""

import contextlib
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


_NUMPY = {name: value for name, value in vars(np).items() if callable(value)}


def replaced_in_numpy() -> tuple[str, ...]:
    """Return the names of NumPy's functions in whose place code has put something of its own."""
    return tuple(name for name, value in _NUMPY.items() if vars(np).get(name) is not value)


@dataclass(frozen=True)
class Outcome:
    """What one call gave: values, or why there are none. ``notes`` are things to mention (a list, a complex dtype)."""

    values: Floats | None = None
    dtype: np.dtype[Any] | None = None
    problem: str = ""  # "raises", "type", "ragged"
    detail: str = ""
    notes: tuple[str, ...] = ()
    changed: str = ""  # which input was written to
    returned: Any = None  # the very array that was returned, which later calls must leave alone

    def is_overwritten(self) -> bool:
        """Whether the array that was returned no longer holds what it held."""
        if self.values is None or not isinstance(self.returned, np.ndarray) or self.returned.dtype.kind not in "fiu":
            return False
        return not np.array_equal(self.returned.astype(np.float64), self.values, equal_nan=True)


@dataclass(frozen=True)
class Plan:
    """One way of calling: what goes first (logits or probabilities), what second, and whether row by row.

    A row is a vector (n,), or with ``column`` an array (n, 1), as code written like textbook formulas takes it.
    """

    call: Callable[..., Any]
    second: Literal["", "dy", "index", "one-hot"] = ""
    takes_p: bool = False
    swapped: bool = False
    rows: bool = False
    column: bool = False

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
            if self.column:
                row = [a if isinstance(a, int) else a[:, None] for a in row]
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
        if self.column and values.shape == (probe.m, probe.n, 1):
            values = values[..., 0]
        first = outcomes[0]
        changed = next((o.changed for o in outcomes if o.changed), "")
        return replace(first, values=values, changed=changed, returned=None)


class CannotCallError(Exception):
    """Nothing here can be called as one of the kinds; the message is a sentence for the user."""


class _Nowhere(io.TextIOBase):
    def write(self, text: str) -> int:
        return len(text)


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Keep what code prints and warns of to itself."""
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
        with quietly():
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
        with quietly():
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
    return Outcome(values, dtype, notes=notes, returned=result)


def _things(dtype: np.dtype[Any]) -> str:
    return "text" if dtype.kind in "US" else "Python objects" if dtype.kind == "O" else f"values of type {dtype}"


def parameters_of(call: Any) -> tuple[list[str], int] | None:
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


def plans_of(
    call: Callable[..., Any], parameters: tuple[list[str], int] | None, kind: Kind | None, name: str
) -> tuple[Plan, ...]:
    names, required = parameters or ([], 0)
    if kind is None and names == ["args", "args"]:  # (*args): as many as it takes
        return (Plan(call), Plan(call, "dy"), Plan(call, "index"), Plan(call, "one-hot"))
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
    swapped = is_swapped(first, second, kind)
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


def is_swapped(first: str, second: str, kind: Kind | None) -> bool:
    """Whether the upstream gradient or the target comes first, told by the names."""
    if kind in (None, "cross_entropy", "squared_error") and _ONLY_TARGET.fullmatch(first):
        return bool(_ONLY_INPUT.fullmatch(second))
    if kind in ("cross_entropy", "squared_error"):
        return False
    return bool(UPSTREAM.fullmatch(first)) and not UPSTREAM.fullmatch(second)


def row_by_row(plan: Plan) -> Plan:
    """Return the same plan for one vector at a time."""
    return replace(plan, rows=True)
