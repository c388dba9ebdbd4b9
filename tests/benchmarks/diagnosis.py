"""How long a diagnosis takes: every wrong and right function of the tests, in one process that is up.

Run from the root: ``python tests/benchmarks/diagnosis.py``. The first diagnosis, which makes the dictionaries, is
shown apart.
"""

import sys
import time
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parents[k]) for k in (1, 2)]  # the collections, and this checkout

from right_softmaxes import RIGHT
from wrong_softmaxes import MISTAKES

from explorer.model.clinic import diagnose

ROUNDS = 5
LIMIT = 100.0  # ms, the median


def main() -> None:
    """Print the median and the 99th percentile, and the slowest function."""
    cases = [*MISTAKES, *RIGHT]
    started = time.perf_counter()
    for case in cases:
        diagnose(case.function, case.kind)
    first = time.perf_counter() - started
    times = np.empty((ROUNDS, len(cases)))
    for k in range(ROUNDS):
        for i, case in enumerate(cases):
            started = time.perf_counter()
            diagnose(case.function, case.kind)
            times[k, i] = 1e3 * (time.perf_counter() - started)
    median, late = np.median(times), np.percentile(times, 99)
    slowest = int(np.median(times, axis=0).argmax())
    print(f"{len(MISTAKES)} wrong and {len(RIGHT)} right functions, {ROUNDS} rounds")
    print(f"first round, with the dictionaries: {1e3 * first / len(cases):.1f} ms each on average")
    print(f"median {median:.1f} ms, 99th percentile {late:.1f} ms")
    print(f"slowest: {cases[slowest].name}, {np.median(times[:, slowest]):.1f} ms")
    print(f"{'met' if median <= LIMIT else 'NOT met'}: median {median:.1f} ms (at most {LIMIT:.0f} ms)")


if __name__ == "__main__":
    main()
