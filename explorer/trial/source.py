"""Source: a text of Python code and where it came from, read without running any of it."""

import io
import stat
import tokenize
from dataclasses import dataclass
from pathlib import Path

LARGEST = 1_000_000  # bytes; a file of code has a hundred thousand at most
STDIN = "-"

KINDS = {
    "forward": "the softmax, (m, n)",
    "jacobian": "its Jacobian, (m, n, n)",
    "elementwise": "a derivative per entry, (m, n)",
    "vjp": "a backward pass, f(z, dy)",
    "cross_entropy": "cross-entropy's gradient, f(z, y)",
    "squared_error": "squared error's gradient, f(z, y)",
}  # explorer.model.clinic's kinds, named here because the command line shows them without NumPy


class SourceError(ValueError):
    """Code that cannot be read; the text is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class Source:
    """Python code as text, the file it came from if it came from one, and what to call it."""

    text: str
    path: Path | None = None
    name: str = "your code"

    @property
    def folder(self) -> str | None:
        """The folder that holds the file's helpers, or None for code that is no file."""
        return str(self.path.resolve().parent) if self.path is not None else None


def read_source(path: Path) -> Source:
    """Return the code in a file. Raises SourceError in one sentence when there is none to read."""
    name = path.name or str(path)
    try:
        kind = path.stat()
        if stat.S_ISDIR(kind.st_mode):
            raise SourceError(f"“{name}” is a folder; name a .py file in it.")
        if not stat.S_ISREG(kind.st_mode):  # a pipe or a device may never end
            raise SourceError(f"“{name}” is no ordinary file; save the code to a .py file.")
        if kind.st_size > LARGEST:
            raise SourceError(_too_large(name, kind.st_size))
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except SourceError:
        raise
    except FileNotFoundError:
        raise SourceError(f"The file “{name}” does not exist; check its name and folder.") from None
    except PermissionError:
        raise SourceError(f"The file “{name}” may not be read; change its permissions.") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise SourceError(f"The file “{name}” cannot be read: {why}.") from None
    return Source(decoded(data, name), path, name)


def decoded(data: bytes, name: str) -> str:
    """Return the text of a file's bytes, in the encoding that it names, else UTF-8. Raises SourceError."""
    if len(data) > LARGEST:
        raise SourceError(_too_large(name, len(data)))
    if b"\0" in data:
        raise SourceError(f"“{name}” is no text of Python code: it holds binary data.")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        raise SourceError(f"“{name}” is not in UTF-8, nor in an encoding it names; save it as UTF-8.") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _too_large(name: str, size: int) -> str:
    amount = f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"
    return f"“{name}” has {amount}; code may have 1 MB at most, so give the function a file of its own."
