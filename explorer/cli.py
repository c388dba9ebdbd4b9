"""The command line: what was asked for, as plain values; nothing heavy is imported to say ``--help``."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.errors import UsageError

if TYPE_CHECKING:
    from explorer.session.intent import Intent
    from explorer.session.lecture.scene import Lecture


@dataclass(frozen=True, slots=True)
class Request:
    """Everything the command line can ask for."""

    file: Path | None = None
    lecture: Path | None = None  # an empty path means the one that comes with the app
    scene: str | None = None
    row: int | None = None
    logits: str | None = None
    labels: str | None = None
    target: str | None = None
    loss: str | None = None
    state: str | None = None
    theme: str | None = None
    scale: float | None = None
    view: str | None = None
    out: Path | None = None  # render to this file instead of opening a window
    out_dir: Path | None = None  # render each scene into this folder
    size: tuple[int, int] = (1600, 900)
    quit_after: int | None = None  # milliseconds; for smoke tests

    @property
    def renders(self) -> bool:
        """Whether pictures are asked for instead of a window."""
        return self.out is not None or self.out_dir is not None


def main(argv: Sequence[str] | None = None) -> int:
    """Run the app; return its exit status: 0, or 2 for input that cannot be used. ``check`` has its own."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        if words[:1] == ["check"]:
            from explorer import check  # needs no Qt, nor NumPy in this process

            return check.run(words[1:])
        request = parse(words) if words else Request()
        from explorer import app  # only now: --help and usage errors need no Qt

        return app.run(request)
    except UsageError as error:
        print(f"softmax-explorer: {error}", file=sys.stderr)
        return 2


def parse(words: list[str]) -> Request:
    """Return what the words ask for; exits after --help and --version. Raises UsageError for what cannot be used."""
    from explorer.arguments import values  # only now: a start without arguments needs no argparse

    return Request(**values(words))


def build_lecture(request: Request) -> tuple["Lecture", int, list[str]] | None:
    """Return the lecture asked for, the scene to open counted from 0, and a sentence for each mistake in the file.

    None if no lecture was asked for. Raises UsageError when it cannot be used, or is asked for beside other states.
    """
    if not _wants_lecture(request):
        return None
    from explorer.resources import asset
    from explorer.session.lecture.reading import read_lecture
    from explorer.session.lecture.scene import LectureError

    given = request.file if request.lecture is None else request.lecture
    if request.file is not None and request.lecture is not None:
        raise UsageError("Give one file: a lecture, or logits.")
    for name in ("row", "logits", "labels", "target", "loss", "state", "view"):
        if getattr(request, name) is not None:
            raise UsageError(f"A lecture brings its own states; leave out --{name}, or the lecture.")
    if given is not None and given.name and given.suffix.lower() != ".toml":
        raise UsageError(f"{given.name} is no lecture; a lecture is a .toml file.")
    path = given if given is not None and given.name else asset("lectures/softmax.toml")
    try:
        lecture, complaints = read_lecture(path)
        return lecture, 0 if request.scene is None else lecture.index(request.scene), complaints
    except LectureError as error:
        raise UsageError(str(error)) from None


def _wants_lecture(request: Request) -> bool:
    named = request.file is not None and request.file.suffix.lower() == ".toml"
    return named or request.lecture is not None or request.scene is not None or request.out_dir is not None


def build_intent(request: Request) -> tuple["Intent", list[str]]:
    """Return the state asked for, and a sentence for each part of it that was left out or needs a choice.

    Raises UsageError when the input cannot be used.
    """
    from explorer.session.checks import IntentError
    from explorer.session.intake import IntakeError
    from explorer.session.presets import START
    from explorer.session.state_line import from_line

    try:
        intent, notes = from_line(request.state) if request.state is not None else (START, [])
        intent = _with_logits(request, intent, notes)
        if request.labels is not None:
            intent = _with_labels(request.labels, intent)
        if request.target is not None:
            intent = intent.with_changes(target=_target(request.target, intent))
        if request.loss is not None:
            intent = intent.with_changes(loss=request.loss)
        if request.view is not None:
            intent = intent.with_changes(view=request.view)
    except (IntakeError, IntentError) as error:
        raise UsageError(str(error)) from None
    return intent, notes


def _with_logits(request: Request, intent: "Intent", notes: list[str]) -> "Intent":
    from explorer.session.intake import IntakeError, count, parse_text
    from explorer.session.intake_files import about_file, read_file

    if request.logits is not None and request.file is not None:
        raise UsageError("Give either a file or --logits, not both.")
    if request.logits is not None:
        table, source = parse_text(request.logits), "--logits"
    elif request.file is not None:
        try:
            table, source = read_file(request.file), request.file.name
        except IntakeError as error:
            raise UsageError(about_file(request.file, error)) from None
    elif request.row is not None:
        raise UsageError("--row needs a file or --logits with several rows.")
    else:
        return intent
    rows = len(table.rows)
    if request.row is not None and not 1 <= request.row <= rows:
        raise UsageError(f"--row {request.row} does not exist: {source} has {count(rows, 'row')}, counted from 1.")
    if request.row is None and rows > 1:
        if request.out is not None:
            raise UsageError(f"{source} has {rows} rows of logits; choose one with --row 1 to --row {rows}.")
        notes.append(f"{source} has {rows} rows of logits; showing row 1, --row chooses another.")
    start = intent.with_changes(target=0, ghost=None, picked=None) if request.state is None else intent
    return start.with_logits(table.row((request.row or 1) - 1), table.labels)


def _with_labels(text: str, intent: "Intent") -> "Intent":
    from explorer.session.intake import count

    labels = tuple(label.strip() for label in text.split(","))
    if len(labels) != intent.n:
        named, present = count(len(labels), "label"), count(intent.n, "logit")
        raise UsageError(f"--labels has {named} for {present}; give one for each.")
    for index, label in enumerate(labels):
        intent = intent.with_label(index, label)
    return intent


def _target(text: str, intent: "Intent") -> int:
    if text in intent.labels:
        return intent.labels.index(text)
    if text.isdecimal() and 1 <= int(text) <= intent.n:
        return int(text) - 1
    from explorer.session.intake import quote

    names = ", ".join(intent.labels)
    raise UsageError(f"--target {quote(text)} is no class; choose one of {names}, or a number from 1 to {intent.n}.")
