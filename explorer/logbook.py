"""The log: what went wrong behind the scenes, once each, in a file of bounded size."""

import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logging import Logger

_MAX_BYTES = 256 * 1024
_NAME = "softmax_explorer"  # the logger's

folder: Path | None = None  # where the file goes; None keeps no file
_said: set[tuple[str, str, str]] = set()
_opened: set[Path] = set()


def report(sentence: str, error: BaseException) -> None:
    """Log a sentence and the traceback of an error; the same again is not logged again."""
    key = sentence, type(error).__name__, str(error)
    if key in _said:
        return
    if len(_said) >= 1000:
        _said.clear()
    _said.add(key)
    import logging  # only now: a run without errors needs none of it
    from traceback import format_exception

    logger = logging.getLogger(_NAME)
    _open_file(logger)
    # As text: whoever keeps the record must not keep the frames alive, a painter may be among their variables.
    logger.error("%s\n%s", sentence, "".join(format_exception(error)))


def log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Log what nobody has caught; the app goes on."""
    report("Something failed.", error)
    sys.__excepthook__(kind, error, trace)


def _open_file(logger: "Logger") -> None:
    if folder is None or folder in _opened:
        return
    from logging import Formatter
    from logging.handlers import RotatingFileHandler

    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            folder / "log.txt", maxBytes=_MAX_BYTES, backupCount=1, encoding="utf-8", delay=True
        )
    except OSError:
        return
    handler.setFormatter(Formatter("%(asctime)s %(message)s"))
    logger.addHandler(handler)
    _opened.add(folder)
