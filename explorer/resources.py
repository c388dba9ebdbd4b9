"""Where the files beside the code lie: in the installed package, or in a checkout."""

from pathlib import Path

_HERE = Path(__file__).parent


def asset(name: str) -> Path:
    """Return the path of a file of ``assets/``."""
    installed = _HERE / "assets" / name
    return installed if installed.exists() else _HERE.parent / "assets" / name
