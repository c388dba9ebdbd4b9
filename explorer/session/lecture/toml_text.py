"""Values as TOML writes them, so that people like to read them and every double comes back bit for bit."""

import textwrap
from typing import Any

_WIDTH = 100  # characters; a longer text or list gets lines of its own
_FOLDED = ("caption", "text", "explanation")  # where a lecture reads line breaks as blanks
_ESCAPES = {'"': '\\"', "\\": "\\\\"}


def setting(key: str, value: Any) -> str:
    """Return ``key = value`` with the end of the line; value is a text, number, true or false, or a tuple of these."""
    if isinstance(value, str) and ("\n" in value or len(value) > _WIDTH):
        return f'{key} = """\n{_lines(value, folded=key in _FOLDED)}"""\n'
    if isinstance(value, tuple) and len(short := _written(value)) > _WIDTH and isinstance(value[0], str | tuple):
        entries = "".join(f"  {_written(entry)},\n" for entry in value)
        return f"{key} = [\n{entries}]\n"
    return f"{key} = {short if isinstance(value, tuple) and len(short) > _WIDTH else _written(value)}\n"


def _written(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            text = repr(value)
            return text[:-2] if text.endswith(".0") else text
        case int():
            return str(value)
        case str():
            return f'"{"".join(map(_escaped, value))}"'
    return f"[{', '.join(map(_written, value))}]"


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return character if character.isprintable() else f"\\U{ord(character):08x}"


def _lines(text: str, folded: bool) -> str:
    """Return a text for between three quotation marks."""
    if folded and "\n" not in text:
        text = textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
    text = "\n".join("".join(c if c == '"' else _escaped(c) for c in line) for line in text.split("\n"))
    return text.replace('"""', '\\"\\"\\"')
