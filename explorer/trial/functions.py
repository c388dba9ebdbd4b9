"""What there is to try in a text of code, found without running any of it."""

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

from explorer.trial.source import Source

METHODS = ("compute", "delta", "forward", "backward", "__call__")
_DERIVATIVES = ("softmax", "grad", "deriv", "jacob", "backward", "delta", "vjp")
_CHECKS = ("check", "numeric")  # a gradient check is no gradient


class CodeError(ValueError):
    """Code that is no Python; ``line`` is where, the text says what."""

    def __init__(self, message: str, line: int | None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Found:
    """A function, or a class that has one of METHODS, at the top level of the code."""

    name: str
    line: int
    parameters: tuple[str, ...] = ()
    is_class: bool = False
    calls: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def text(self) -> str:
        """The name as the code has it: ``softmax(z)``, ``class Softmax``."""
        return f"class {self.name}" if self.is_class else f"{self.name}({', '.join(self.parameters)})"


def list_functions(source: Source | str) -> tuple[Found, ...]:
    """Return the functions and classes to try, in the order of the text. Runs nothing; raises CodeError."""
    text = source if isinstance(source, str) else source.text
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape sequence is no concern of ours
            tree = ast.parse(text)
    except SyntaxError as error:
        shown = (error.text or "").strip()
        what = f"{error.msg}: {shown}" if shown else str(error.msg)
        raise CodeError(what[:200], error.lineno) from None
    except (ValueError, RecursionError, MemoryError):
        raise CodeError("this cannot be read as Python code", None) from None
    found = {one.name: one for one in _of_block(tree.body)}  # the last of a name is the one that stays
    return tuple(sorted(found.values(), key=_line))


def best(found: tuple[Found, ...]) -> Found | None:
    """Return the one that people most likely mean, or None where that is not clear.

    The only one; else the only one named after a softmax or a derivative; of those the one that no other calls, since
    a softmax that its own derivative calls is a helper; else the one with softmax in its name.
    """
    left = found
    for narrowed in (_usual, _named, _uncalled, _softmax):
        left = narrowed(left) or left
        if len(left) == 1:
            return left[0]
    return None


def _usual(found: tuple[Found, ...]) -> tuple[Found, ...]:
    odd = ("_", "test_", "main")
    return tuple(one for one in found if not one.name.startswith(odd) and (one.is_class or one.parameters))


def _uncalled(found: tuple[Found, ...]) -> tuple[Found, ...]:
    called = {name for one in found for name in one.calls if name != one.name}
    return tuple(one for one in found if one.name not in called)


def _named(found: tuple[Found, ...]) -> tuple[Found, ...]:
    names = {one: one.name.lower() for one in found}
    return tuple(
        one
        for one, name in names.items()
        if any(word in name for word in _DERIVATIVES) and not any(word in name for word in _CHECKS)
    )


def _softmax(found: tuple[Found, ...]) -> tuple[Found, ...]:
    return tuple(one for one in found if "softmax" in one.name.lower())


def _line(one: Found) -> int:
    return one.line


def _of_block(body: list[ast.stmt]) -> Iterator[Found]:
    for statement in body:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield Found(statement.name, statement.lineno, _parameters(statement.args), calls=_calls(statement))
            case ast.ClassDef():
                methods = {each.name for each in statement.body if isinstance(each, ast.FunctionDef)}
                inherits = any(not (isinstance(base, ast.Name) and base.id == "object") for base in statement.bases)
                if methods & set(METHODS) or (inherits and not methods):
                    yield Found(statement.name, statement.lineno, is_class=True, calls=_calls(statement))
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as value):
                yield Found(name, statement.lineno, _parameters(value.args), calls=_calls(value))
            case ast.If() | ast.Try() | ast.With():
                for part in ("body", "handlers", "orelse", "finalbody"):
                    inner = getattr(statement, part, [])
                    if part == "handlers":
                        inner = [each for handler in inner for each in handler.body]
                    if not _only_as_main(statement):
                        yield from _of_block(inner)


def _only_as_main(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and any(
        isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(statement.test)
    )


def _parameters(given: ast.arguments) -> tuple[str, ...]:
    names = [each.arg for each in (*given.posonlyargs, *given.args)]
    return (*names, f"*{given.vararg.arg}") if given.vararg is not None else tuple(names)


def _calls(part: ast.AST) -> frozenset[str]:
    """Return the names read in a part of the code: what it calls, or hands on to be called."""
    return frozenset(
        node.id for node in ast.walk(part) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )
