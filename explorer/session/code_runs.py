"""Python code as runs of text, each with its role, so that a picture or an editor can colour it."""

import builtins
import io
import keyword
import tokenize

ROLES = ("plain", "keyword", "name", "builtin", "number", "string", "comment")
CodeRun = tuple[str, str]  # text, role

_BUILTINS = frozenset(name for name in dir(builtins) if name[:1].islower())


def code_lines(code: str) -> list[list[CodeRun]]:
    """Return the runs of each line; put together they are the line again. Text that is no Python stays plain."""
    lines = code.splitlines()
    found: list[list[tuple[int, int, str]]] = [[] for _ in lines]
    after_def = False
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            role = _role(token, after_def)
            if token.type == tokenize.NAME:
                after_def = token.string in ("def", "class")
            if role == "plain":
                continue
            (first, start), (last, end) = token.start, token.end
            for row in range(first, last + 1):  # a string may run over several lines
                left = start if row == first else 0
                right = end if row == last else len(lines[row - 1])
                found[row - 1].append((left, right, role))
    except (tokenize.TokenError, IndentationError, SyntaxError):
        pass  # what was understood before the error keeps its colours
    return [_runs(line, places) for line, places in zip(lines, found, strict=True)]


def _role(token: tokenize.TokenInfo, after_def: bool) -> str:
    match token.type:
        case tokenize.NAME if keyword.iskeyword(token.string):
            return "keyword"
        case tokenize.NAME if after_def:
            return "name"
        case tokenize.NAME if token.string in _BUILTINS:
            return "builtin"
        case tokenize.NUMBER:
            return "number"
        case tokenize.STRING:
            return "string"
        case tokenize.COMMENT:
            return "comment"
    return "plain"


def _runs(line: str, places: list[tuple[int, int, str]]) -> list[CodeRun]:
    runs: list[CodeRun] = []
    at = 0
    for left, right, role in places:
        if left > at:
            runs.append((line[at:left], "plain"))
        runs.append((line[left:right], role))
        at = right
    if at < len(line):
        runs.append((line[at:], "plain"))
    return runs
