"""How right the numbers are: largest errors in ulp and false zeros, of ours, of plain NumPy and of SciPy.

``python tests/benchmarks/accuracy.py [--cases N] [--seed S]``; the truth is 400-digit arithmetic. A false zero is
an exact 0 where the true value is a normal double; it counts as 2^52 ulp or more.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from _table import table, verdict
from model_oracle import SMALLEST, TrueLoss, Truth, ulps
from scipy import special

from explorer.model import LOSSES, Softmax

Floats = NDArray[np.float64]
Numbers = dict[str, list[float]]
QUANTITIES = (
    "p",
    "1 − p",
    "log p",
    "J",
    "cross-entropy gradient",
    "squared error, winner and target",
    "‖J‖_F",
    "λmax",
    "entropy",
)
GOAL_ULP = 8.0


def random_logits(rng: np.random.Generator) -> Floats:
    """Return logits of the hard kinds: spread from 1e-3 to 1e6, near ties, and offsets up to 1e8."""
    n = int(rng.integers(2, 13))
    logits = rng.normal(size=n) * 10.0 ** rng.uniform(-3.0, rng.choice([1.0, 3.0, 6.0]))
    if rng.random() < 0.3:
        logits[rng.integers(n)] = np.nextafter(logits.max(), np.inf)
    if rng.random() < 0.4:
        logits += rng.normal() * 10.0 ** rng.uniform(0.0, 8.0)
    return logits


def ours(a: Floats, y: int) -> Numbers:
    s = Softmax(a)
    slope = LOSSES["squared_error"].grad_logits(s, y)
    return numbers(
        s.p, s.q, s.log_p, s.jacobian(), LOSSES["cross_entropy"].grad_logits(s, y), slope[[int(s.winner), y]],
        s.frobenius, s.spectral_norm, s.entropy,
    )  # fmt: skip


def numpy_plain(a: Floats, y: int) -> Numbers:
    e = np.exp(a - a.max())
    p = e / e.sum()
    return plain(a, y, p, np.log(p), -(p * np.log(p)).sum())


def scipy_(a: Floats, y: int) -> Numbers:
    p = special.softmax(a)
    return plain(a, y, p, special.log_softmax(a), special.entr(p).sum())


def plain(a: Floats, y: int, p: Floats, log_p: Floats, entropy: float) -> Numbers:
    """Return what the formulas give as they stand in textbooks."""
    jacobian = np.diag(p) - np.outer(p, p)
    error = p - np.eye(len(p))[y]
    slope = jacobian @ error
    return numbers(
        p, 1.0 - p, log_p, jacobian, error, slope[[int(a.argmax()), y]],
        np.linalg.norm(jacobian), np.linalg.eigvalsh(jacobian)[-1], entropy,
    )  # fmt: skip


def numbers(*values: object) -> Numbers:
    return {name: np.ravel(value).tolist() for name, value in zip(QUANTITIES, values, strict=True)}


def errors(found: Numbers, truth: Truth, y: int) -> Iterator[tuple[str, float, bool]]:
    """Yield the name, the error in ulp and whether it is a false zero, for each number."""
    n, one_hot = truth.n, np.eye(truth.n)[y]
    cross = TrueLoss("cross_entropy", truth, one_hot).grad_logits
    square = TrueLoss("squared_error", truth, one_hot).grad_logits
    true = {
        "p": truth.p,
        "1 − p": truth.q,
        "log p": truth.log_p,
        "J": [truth.jacobian(i, j) for i in range(n) for j in range(n)],
        "cross-entropy gradient": [g for g, _ in cross],
        "squared error, winner and target": [square[truth.winner][0], square[y][0]],
        "‖J‖_F": [truth.frobenius()],
        "entropy": [truth.entropy()],
    }
    for name, values in true.items():
        for mine, value in zip(found[name], values, strict=True):
            yield name, ulps(mine, value), mine == 0.0 and abs(value) >= SMALLEST
    mine = found["λmax"][0]
    yield "λmax", truth.eigenvalue_error(mine, n - 1), mine == 0.0 and truth.frobenius() >= 2 * SMALLEST


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    programs: dict[str, Callable[[Floats, int], Numbers]] = {"ours": ours, "plain NumPy": numpy_plain, "SciPy": scipy_}
    worst = {(name, program): 0.0 for name in QUANTITIES for program in programs}
    zeros = dict.fromkeys(worst, 0)
    with np.errstate(all="ignore"):
        for _ in range(given.cases):
            a = random_logits(rng)
            y = int(rng.choice([a.argmax(), rng.integers(len(a))]))
            truth = Truth(a)
            for program, compute in programs.items():
                for name, error, zero in errors(compute(a, y), truth, y):
                    worst[name, program] = max(worst[name, program], error)
                    zeros[name, program] += zero
    print(f"{given.cases} random cases, seed {given.seed}: largest error in ulp (false zeros)\n")
    rows = [
        [name, *(f"{worst[name, p]:.3g} ({zeros[name, p]})".replace("inf", "∞") for p in programs)]
        for name in QUANTITIES
    ]
    print(table(["quantity", *programs], rows))
    print()
    print(verdict("our largest error in ulp", max(worst[name, "ours"] for name in QUANTITIES), GOAL_ULP))
    print(verdict("our false zeros", float(sum(zeros[name, "ours"] for name in QUANTITIES)), 0.0))


if __name__ == "__main__":
    main()
