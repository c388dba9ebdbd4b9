"""What training costs: steps a second in each number format, and the picture of decision regions beside matplotlib.

Run ``python tests/benchmarks/training.py`` (matplotlib is in the ``bench`` extra). The steps are those of 1000 points
in 3 classes, everything measured in each of them: loss, accuracy, norms of dL/dW and J, p_max, lost gradients.
A picture is 300 by 300 pixels, computed and painted anew in each of 200 steps; the two programs take turns, so compare
the ratio.
"""

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import matplotlib as mpl
import numpy as np
from _table import table, verdict
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from explorer.model import Training
from explorer.model.datasets import make
from explorer.model.regions import Regions
from explorer.model.rounding import FORMATS
from explorer.model.training import start_layer

_SIDE = 300
_GOAL_STEPS = 2000.0
_GOAL_PICTURE_MS = 5.0
_DATA = make("three_blobs", 1000, 1)


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1000, help="steps of each run (default 1000)")
    parser.add_argument("--frames", type=int, default=200, help="pictures of each program (default 200)")
    wanted = parser.parse_args()
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, matplotlib {mpl.__version__}")
    usual, slowest = _steps(wanted.steps)
    picture = _pictures(wanted.frames)
    print(verdict("a step in float64, all samples", 1e3 / usual, 1e3 / _GOAL_STEPS, " ms"))
    print(verdict("a step of the slowest", 1e3 / slowest, 1e3 / _GOAL_STEPS, " ms"))
    print(verdict("picture of regions, 300 by 300, and points", picture, _GOAL_PICTURE_MS, " ms"))
    return 0


def _training(**choices: object) -> Training:
    return Training(start_layer(3, 2, 1.0, 1), _DATA.X, _DATA.y, rate=0.5, **choices)  # type: ignore[arg-type]


def _steps(count: int) -> tuple[float, float]:
    """Print the steps a second; return those of float64 with all samples, and the slowest."""
    rows, speeds = [], []
    for form in FORMATS:
        row = [form]
        for optimizer in ("sgd", "adam"):
            for batch in (None, 100):
                run = _training(optimizer=optimizer, batch=batch, format=form)
                start = time.perf_counter()
                for _ in range(count):
                    next(run)
                speed = count / (time.perf_counter() - start)
                speeds.append(speed)
                row.append(f"{speed:,.0f}")
        rows.append(row)
    print(table(("steps a second", "sgd, all", "sgd, 100", "adam, all", "adam, 100"), rows))
    return speeds[0], min(speeds)


def _pictures(frames: int) -> float:
    """Print what a picture costs here and in matplotlib; return ours in ms."""
    _application = QApplication.instance() or QApplication([])
    programs = {
        "ours": _ours(),
        "matplotlib, draw": _matplotlib(blit=False),
        "matplotlib, blit": _matplotlib(blit=True),
    }
    times: dict[str, list[float]] = {name: [] for name in programs}
    runs = {name: _training() for name in programs}
    for _ in range(frames):
        for name, draw in programs.items():
            next(runs[name])
            start = time.perf_counter()
            draw(runs[name])
            times[name].append(1e3 * (time.perf_counter() - start))
    medians = {name: float(np.median(values)) for name, values in times.items()}
    rows = [
        [name, f"{median:.2f}", f"{max(times[name]):.2f}", f"{medians['ours'] / median:.3f}"]
        for name, median in medians.items()
    ]
    print(table(("picture", "median ms", "longest ms", "ours takes ×"), rows))
    return medians["ours"]


def _ours() -> Callable[[Training], None]:
    """Return the drawing that the panel does: regions into an image, painted, with a layer of points on top."""
    x = np.linspace(-2.0, 2.0, _SIDE)
    regions, lookup = Regions(_SIDE, _SIDE, 3), np.arange(3 * 64, dtype=np.uint32)
    image = QImage(_SIDE, _SIDE, QImage.Format.Format_RGB32)
    paper = QImage(_SIDE, _SIDE, QImage.Format.Format_RGB32)
    points = QImage(_SIDE, _SIDE, QImage.Format.Format_ARGB32_Premultiplied)
    points.fill(0)

    def draw(run: Training) -> None:
        codes = regions.codes(run.W, run.b, x, x[::-1], 64)
        pixels = np.frombuffer(image.bits(), dtype=np.uint32).reshape(_SIDE, _SIDE)
        lookup.take(codes, out=pixels, mode="clip")
        run.whole_pass().rightly()
        painter = QPainter(paper)
        painter.drawImage(QPointF(0.0, 0.0), image)
        painter.drawImage(QPointF(0.0, 0.0), points)
        painter.end()

    return draw


def _matplotlib(blit: bool) -> Callable[[Training], None]:
    """Return the same in matplotlib: an image and a scatter, updated in place."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3.0, 3.0), dpi=100)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.axis("off")
    side = np.linspace(-2.0, 2.0, _SIDE)
    places = np.stack(np.meshgrid(side, side[::-1]), axis=-1).reshape(-1, 2)
    shown = axes.imshow(np.zeros((_SIDE, _SIDE)), extent=(-2, 2, -2, 2), vmin=0.0, vmax=3.0, animated=blit)
    dots = axes.scatter(*_DATA.X.T, c=_DATA.y, s=12, edgecolors="white", animated=blit)
    canvas.draw()
    background = canvas.copy_from_bbox(figure.bbox)

    def draw(run: Training) -> None:
        logits = places @ run.W.T + run.b
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        p = powers / powers.sum(axis=1, keepdims=True)
        shown.set_data((p.argmax(axis=1) + p.max(axis=1)).reshape(_SIDE, _SIDE))
        if blit:
            canvas.restore_region(background)
            axes.draw_artist(shown)
            axes.draw_artist(dots)
        else:
            canvas.draw()

    return draw


if __name__ == "__main__":
    raise SystemExit(main())
