"""What a sweep costs: every curve of the Vanishing view at 400 spreads, against a Python loop over SciPy's softmax.

Run ``python tests/benchmarks/sweep.py`` (SciPy is in the ``bench`` extra). The two take turns, so that noise of the
machine hits both alike: compare the ratio, not the milliseconds. The loop computes the same quantities by the
textbook formulas; it need not be right to the last digit, and where the softmax saturates it is not.
"""

import argparse
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import scipy
from _table import table, verdict
from numpy.typing import NDArray
from scipy.special import entr, softmax

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from explorer.model import LOSSES, Softmax, attention, formats
from explorer.model.eigen import eigenvectors
from explorer.model.sweep import along_spread

Floats = NDArray[np.float64]

TARGET = 3
SPREADS = np.logspace(-2.0, 3.0, 400)
WIDTHS = tuple(2**k for k in range(2, 13))
_GOAL_SWEEP_MS = 3.0
_GOAL_FORMAT_MS = 20.0
_GOAL_ATTENTION_MS = 150.0


def main() -> int:
    """Run the benchmark."""
    wanted = _parse()
    print(
        f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}, {platform.machine()}"
    )
    for n in wanted.n:
        _compare(n, wanted.rounds)
    _report_rest(wanted.rounds)
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100, help="times each is run (default 100)")
    parser.add_argument("--n", type=int, nargs="+", default=[3, 10], help="numbers of classes (default 3 10)")
    return parser.parse_args()


def ours(z: Floats) -> dict[str, tuple[Floats, Floats]]:
    """Return all curves with all losses, as values and as decimal logarithms."""
    found = along_spread(z, SPREADS, target=TARGET % len(z), losses=tuple(LOSSES))
    return {name: (found[name], found.log10(name)) for name in found}


def loop(z: Floats) -> dict[str, tuple[Floats, Floats]]:
    """Return the same with one call of SciPy's softmax per spread."""
    rows = [_at(spread * z, TARGET % len(z)) for spread in SPREADS]
    curves = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    with np.errstate(divide="ignore"):
        return {name: (values, np.log10(values)) for name, values in curves.items()}


def _at(a: Floats, target: int) -> dict[str, float]:
    p = softmax(a)
    y = np.zeros(len(p))
    y[target] = 1.0
    jacobian = np.diag(p) - np.outer(p, p)
    error, q = p - y, 1.0 - p[target]
    gradients = {
        "cross_entropy": error,
        "squared_error": jacobian @ error,
        "label_smoothing": p - (0.9 * y + 0.1 / len(p)),
        "focal": error * (q * q + 2.0 * q * entr(p[target])),
        "kl": error,
    }
    sizes = {
        "spectral_norm": np.linalg.eigvalsh(jacobian)[-1],
        "frobenius": np.linalg.norm(jacobian),
        "max_abs_jacobian": np.abs(jacobian).max(),
        "entropy": entr(p).sum(),
        "one_minus_p_max": 1.0 - p.max(),
    }
    return sizes | {f"gradient_norm:{name}": np.linalg.norm(gradient) for name, gradient in gradients.items()}


def _compare(n: int, rounds: int) -> None:
    z = np.round(2.4 * np.cos(1.7 * np.arange(n)), 2)
    _check_same(z)
    names, times = ("explorer, one pass", "SciPy in a loop"), ([], [])
    for _ in range(rounds):
        for kept, run in zip(times, (ours, loop), strict=True):
            kept.append(_milliseconds(lambda run=run: run(z)))
    middle = [statistics.median(kept) for kept in times]
    print(f"\n{len(ours(z))} curves at {len(SPREADS)} spreads, n = {n}; medians of {rounds} rounds")
    heads = ("", "median ms", "fastest ms", "ratio")
    cells = [
        (name, f"{typical:.2f}", f"{min(kept):.2f}", f"{typical / middle[0]:.1f}")
        for name, kept, typical in zip(names, times, middle, strict=True)
    ]
    print(table(heads, cells))
    print(verdict(f"full sweep, n = {n}", middle[0], _GOAL_SWEEP_MS, " ms"))


def _check_same(z: Floats) -> None:
    """Make sure that both compute the same thing, where the textbook formulas still can."""
    mild = SPREADS < 2.0
    theirs = loop(z)
    for name, (values, _) in ours(z).items():
        np.testing.assert_allclose(values[mild], theirs[name][0][mild], rtol=1e-9, err_msg=name)


def _report_rest(rounds: int) -> None:
    """Time what else the view asks for."""
    z = np.round(2.4 * np.cos(1.7 * np.arange(10)), 2)
    found = along_spread(z, SPREADS, target=TARGET, losses=tuple(LOSSES))
    dozen = Softmax(np.round(2.4 * np.cos(1.7 * np.arange(12)), 2))

    def all_lost() -> None:
        for name in formats.FORMATS:
            formats.gradient_lost_at(z, TARGET, format=name)

    parts: tuple[tuple[str, Callable[[], object], float], ...] = (
        ("all marks of bfloat16, n = 10", lambda: dict(formats.marks(found, format="bfloat16")), _GOAL_FORMAT_MS),
        ("table of all formats, n = 10", lambda: formats.table(z, TARGET), _GOAL_SWEEP_MS),
        ("where each format loses the gradient", all_lost, _GOAL_FORMAT_MS),
        ("eigenvectors, n = 12", lambda: eigenvectors(dozen), _GOAL_SWEEP_MS),
        ("attention band, 11 widths, 200 draws", lambda: attention.band(WIDTHS), _GOAL_ATTENTION_MS),
    )
    print(f"\nThe rest of the view; medians of {rounds} rounds")
    for what, run, goal in parts:
        print(verdict(what, statistics.median(_milliseconds(run) for _ in range(rounds)), goal, " ms"))


def _milliseconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return 1e3 * (time.perf_counter() - start)


if __name__ == "__main__":
    sys.exit(main())
