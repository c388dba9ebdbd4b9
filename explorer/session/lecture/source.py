"""A lecture's text in pieces: the head, a block for each scene, and in a block its statements with their comments.

Only where pieces begin and end is found here; what they say is read by tomllib.
"""

import re
import tomllib
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_SCENE = re.compile(r"[ \t]*\[\[[ \t]*scene[ \t]*\]\][ \t]*(#.*)?")
_TABLE = re.compile(r"[ \t]*\[[ \t]*scene[ \t]*\.(.*)\][ \t]*(#.*)?")
_KEY = re.compile(r"[ \t]*([A-Za-z0-9_.-]+)[ \t]*=")
_LONGEST_STATEMENT = 400  # lines

# More than 32 names joined by dots: tomllib needs memory that grows with the square of their number.
_DEEP = re.compile(r"""(?<![\w"'-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){32}""", re.ASCII)


class TooDeepError(ValueError):
    """A text is nested deeper than any lecture; ``lines_above`` of it are in front of the place."""

    def __init__(self, lines_above: int) -> None:
        super().__init__("nested too deep")
        self.lines_above = lines_above


def loads(text: str) -> dict[str, Any]:
    """Return what a TOML text says. Raises ValueError if it is none, or is nested too deep."""
    if deep := _DEEP.search(text):
        raise TooDeepError(text.count("\n", 0, deep.start()))
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise TooDeepError(0) from None


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of the text from ``first``, counted from 1."""

    text: str
    first: int


@dataclass(frozen=True, slots=True)
class Statement:
    """``key`` and its value, or the head of a table (key None), with the comments and blank lines above it."""

    table: str  # "" for the scene's own fields, "question" for those of its question
    key: str | None
    comments: str
    text: str

    @property
    def name(self) -> str:
        """Its key, with the table in front."""
        return ".".join(filter(None, (self.table, self.key)))

    @property
    def indent(self) -> str:
        """The blanks in front of it."""
        return self.text[: len(self.text) - len(self.text.lstrip(" \t"))]


def blocks(text: str) -> tuple[Block, list[Block]]:
    """Cut a text into what stands before the first scene, and a block for each line ``[[scene]]``.

    Comments directly above such a line belong to its block. So does a line like it within a text of several lines,
    wrongly: but then nothing in a file with an unclosed text could hide the scenes that follow.
    """
    lines = text.split("\n")
    cuts = [0]
    for start, line in enumerate(lines):
        if _SCENE.fullmatch(line):
            while start > cuts[-1] and lines[start - 1].lstrip().startswith("#"):
                start -= 1
            cuts.append(start)
    cuts.append(len(lines))
    pieces = [Block("\n".join(lines[a:b]), a + 1) for a, b in pairwise(cuts)]
    return pieces[0], pieces[1:]


def statements(block: str) -> list[Statement] | None:
    """Cut the block of a scene into statements; None if it cannot be cut."""
    lines = block.rstrip("\n").split("\n")
    found: list[Statement] = []
    table, k = "", 0
    while k < len(lines):
        first = k
        while k < len(lines) and (not lines[k].strip() or lines[k].lstrip().startswith("#")):
            k += 1
        comments = "".join(line + "\n" for line in lines[first:k])
        if k == len(lines):
            found.append(Statement(table, None, comments, ""))
        elif head := _TABLE.fullmatch(lines[k]) or _SCENE.fullmatch(lines[k]):
            table = head[1].strip() if head.re is _TABLE else ""
            found.append(Statement(table, None, comments, lines[k] + "\n"))
            k += 1
        else:
            end = _end_of_statement(lines, k)
            key = _KEY.match(lines[k])
            if end is None or key is None:
                return None
            found.append(Statement(table, key[1], comments, "".join(line + "\n" for line in lines[k:end])))
            k = end
    return found


def _end_of_statement(lines: list[str], start: int) -> int | None:
    for end in range(start + 1, min(len(lines), start + _LONGEST_STATEMENT) + 1):
        try:
            loads("\n".join(lines[start:end]))
        except ValueError:
            continue
        return end
    return None
