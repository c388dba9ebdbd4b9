"""One program to start, named on the command line; prints the clock once its first frame, content and all, is painted.

Then it waits until its standard input closes, so that its memory can be looked at. It imports nothing early that the
programs themselves do not import.
"""

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import QWidget

_keep: list[object] = []  # what must live until the end


def report_first_frame(parts: "Iterable[QWidget]") -> None:
    """Report, and end the program, as soon as every one of the widgets has been painted."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    class FirstPaint(QObject):
        """Waits for the first paint of each part, then for the end of the frame that it belongs to."""

        def __init__(self) -> None:
            super().__init__()
            self._missing = set(parts)
            for part in self._missing:
                part.installEventFilter(self)

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                watched.removeEventFilter(self)
                self._missing.discard(watched)
                if not self._missing:
                    QTimer.singleShot(0, report)
            return False

    _keep.append(FirstPaint())


def report() -> None:
    """Print the time and Qt's platform, wait until the parent has looked at the memory, and end at once."""
    now = time.monotonic_ns()
    import os

    from PySide6.QtGui import QGuiApplication

    print(now, QGuiApplication.platformName(), flush=True)
    sys.stdin.read()
    os._exit(0)


def bare() -> None:
    """Start Qt with one empty widget."""
    from PySide6.QtWidgets import QApplication, QWidget

    application = QApplication([])
    window = QWidget()
    report_first_frame([window])
    window.show()
    application.exec()


def pyqtgraph_plot() -> None:
    """Start NumPy, pyqtgraph and one plot."""
    import numpy as np
    import pyqtgraph as pg

    application = pg.mkQApp()
    plot = pg.PlotWidget()
    plot.plot(np.arange(10), np.arange(10) ** 2)
    report_first_frame([plot.viewport()])
    plot.show()
    application.exec()


def matplotlib_axes() -> None:
    """Start matplotlib's Qt canvas with four axes."""
    import numpy as np
    from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
    from matplotlib.figure import Figure
    from PySide6.QtWidgets import QApplication

    application = QApplication([])
    figure = Figure()
    canvas = FigureCanvasQTAgg(figure)
    for axes in figure.subplots(2, 2).flat:
        axes.plot(np.arange(10), np.arange(10) ** 2)
    report_first_frame([canvas])
    canvas.show()
    application.exec()


def app() -> None:
    """Start the app as its command does."""
    from explorer import app as explorer_app
    from explorer.cli import main

    start = explorer_app._Start
    make_application = start.application

    def application(self: object) -> object:
        made = make_application(self)
        # What the app imports next anyway, in its own order.
        from explorer.window.main_window import MainWindow

        show = MainWindow.show

        def show_and_report(window: MainWindow) -> None:
            view = window.view
            pictures = [panel.canvas.viewport() for panel in view.panels]
            report_first_frame([*pictures, view.reading, view.controls.rows[0].slider])
            show(window)

        MainWindow.show = show_and_report
        return made

    start.application = application
    main([])


PROGRAMS = {"bare": bare, "pyqtgraph": pyqtgraph_plot, "matplotlib": matplotlib_axes, "app": app}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]]()
