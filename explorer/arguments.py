"""The arguments of the command line, read with argparse."""

import argparse
import math
from pathlib import Path
from typing import Any, NoReturn

from explorer import __version__
from explorer.errors import UsageError

_LARGEST_PICTURE = 16_384
_SMALLEST_SCALE, _LARGEST_SCALE = 0.75, 3.0


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence instead of a page of usage."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}; see {self.prog} --help.")


def values(words: list[str]) -> dict[str, Any]:
    """Return the values given, by the names of the fields of a Request."""
    render = words[:1] == ["render"]
    parser = _parser(render)
    given = parser.parse_args(_with_minus(words[1:] if render else words))
    if render and (given.out is None) == (given.out_dir is None):
        parser.error("name the picture with --out, or a folder for all scenes of a lecture with --out-dir")
    return {name: value for name, value in vars(given).items() if value is not None}


def _with_minus(words: list[str]) -> list[str]:
    """Join ``--logits -1,2`` to ``--logits=-1,2``: argparse takes a word that starts with a minus for an option."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] == "--logits" and word[:1] == "-" and word[:2] != "--":
            joined[-1] = f"--logits={word}"
        else:
            joined.append(word)
    return joined


def _parser(render: bool) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="softmax-explorer render" if render else "softmax-explorer",
        description="Draw the window into a picture, without a screen."
        if render
        else "See the softmax, its Jacobian and the gradients of a loss, live. "
        "'softmax-explorer render --out picture.png' draws the window without a screen; "
        "'softmax-explorer check file.py' diagnoses your own softmax or its derivative.",
    )
    parser.add_argument(
        "file", nargs="?", type=Path, help="logits to load: .csv, .txt, .json or .npy; or a lecture: .toml"
    )
    parser.add_argument(
        "--lecture",
        nargs="?",
        type=Path,
        const=Path(),
        metavar="FILE",
        help="a lecture; without FILE the one that comes with the app",
    )
    parser.add_argument("--scene", help="the scene of the lecture: its title, or a number counted from 1")
    parser.add_argument("--row", type=int, help="which row of a table of logits, counted from 1")
    parser.add_argument("--logits", help='logits, for example "2, 1, 0.1"')
    parser.add_argument("--labels", help="class names, for example cat,dog,fox")
    parser.add_argument("--target", help="the target: a class name, or a number counted from 1")
    parser.add_argument("--loss", help="cross_entropy, squared_error, label_smoothing, focal or kl")
    parser.add_argument("--state", metavar="LINE", help='a state line, for example "softmax1?z=2,1,0.1&t=1"')
    parser.add_argument("--theme", choices=("system", "light", "dark"))
    parser.add_argument("--scale", type=_scale, help="size of the whole interface, 0.75 to 3; 1.5 for a projector")
    parser.add_argument("--view", help="the view to open: explore, vanishing, clinic or layer")
    if render:
        parser.add_argument("--out", type=Path, help="the picture to write, .png or .jpg")
        parser.add_argument(
            "--out-dir", type=Path, metavar="FOLDER", help="a picture of each scene of a lecture goes here"
        )
        parser.add_argument("--size", type=_size, metavar="WxH", help="its size in pixels, for example 1920x1080")
    else:
        parser.add_argument("--version", action="version", version=f"Softmax Explorer {__version__}")
        parser.add_argument("--quit-after", type=int, metavar="MS", help=argparse.SUPPRESS)
    return parser


def _scale(text: str) -> float:
    try:
        scale = float(text)
    except ValueError:
        scale = math.nan
    if not _SMALLEST_SCALE <= scale <= _LARGEST_SCALE:
        raise argparse.ArgumentTypeError(f"a scale is a number from 0.75 to 3, not “{text}”")
    return scale


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"“{text}” is no size; write it as 1920x1080")
    size = int(width), int(height)
    if not (min(size) >= 320 and max(size) <= _LARGEST_PICTURE):
        raise argparse.ArgumentTypeError(f"a picture has 320 to {_LARGEST_PICTURE} pixels a side, not {text}")
    return size


def check_values(words: list[str]) -> dict[str, Any]:
    """Return the values given to ``check``, by the names of the fields of a CheckRequest."""
    from_stdin = [word for word in words if word.startswith("-:")]  # argparse takes it for an option
    others = [word for word in words if word not in from_stdin]
    given = _check_parser().parse_args([*others, "--", *from_stdin] if from_stdin else others)
    return {name: value for name, value in vars(given).items() if value is not None}


def _check_parser() -> argparse.ArgumentParser:
    from explorer.trial.source import KINDS

    kinds = "\n".join(f"  {name:15}{text}" for name, text in KINDS.items())
    parser = _Parser(
        prog="softmax-explorer check",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Diagnose a softmax, or a derivative of one, that you wrote: whether it is right, what it\n"
        "computes instead, how to mend it, and where a right one breaks.\n\n"
        "This RUNS the code, with your rights: it can do all that you can do to your files and on the\n"
        "network. It runs in a process of its own that is ended after a time and, on Linux, held to an\n"
        "amount of memory; that protects against accidents, not against malice.",
        epilog=f"kinds:\n{kinds}\n\nexit status: 0 correct, 1 wrong or unknown, 2 could not be run",
    )
    parser.add_argument("target", metavar="file.py[:function]", help="the code; - reads it from standard input")
    parser.add_argument("--kind", choices=tuple(KINDS), metavar="K", help="what it should compute; else told by itself")
    parser.add_argument("--json", action="store_true", default=None, help="print the diagnosis as JSON")
    parser.add_argument("--seconds", type=_seconds, metavar="S", help="how long it may run, 0.1 to 3600; 10")
    parser.add_argument("--memory", type=_memory, metavar="MB", help="how much memory it may take, 16 to 1048576; 1024")
    return parser


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0.1 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"a time is a number of seconds from 0.1 to 3600, not “{text}”")
    return seconds


def _memory(text: str) -> int:
    if not (text.isdecimal() and len(text) < 9 and 16 <= int(text) <= 2**20):
        raise argparse.ArgumentTypeError(f"memory is a number of megabytes from 16 to 1048576, not “{text}”")
    return int(text)
