"""The app, the solid-colour floor and the bare pyqtgraph window, each driven by a slider."""

import sys
import tempfile
from pathlib import Path

import numpy as np
import pyqtgraph as pg
from _naive import FLOOR, SPREADS, STEPS, Floats, logit_at, pictures, position_of, start_logits, sweep_position
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QSettings, Qt, qInstallMessageHandler
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from explorer.session.intent import Intent
from explorer.session.lecture.scene import Lecture, Scene
from explorer.session.session import Session
from explorer.window.main_window import MainWindow

SIZE = (1600, 900)
TARGET = 1
_CONTROLS_WIDTH = 270


class App:
    """The whole Explore view: all controls, panels and the reading, driven by the first class's slider."""

    name = "app, Explore view"

    def __init__(self, n: int) -> None:
        intent = Intent(logits=start_logits(n), target=TARGET)
        with tempfile.TemporaryDirectory() as folder:
            settings = QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat)
            self.window = MainWindow(Session(intent), settings, "dark", 1.0)
        self.window.resize(*SIZE)
        view = self.window.view
        self.row = view.controls.rows[0]
        self.parts: dict[str, QWidget] = {"slider": self.row.slider, "typed value": self.row.field}
        self.parts |= {panel.title: panel.canvas.viewport() for panel in view.panels}
        self.parts["reading"] = view.reading

    def change(self, k: int) -> None:
        self.row.slider.setValue(sweep_position(k))


class VanishingApp(App):
    """The whole Vanishing view, driven by the first class's slider."""

    name = "app, Vanishing view"

    def __init__(self, n: int) -> None:
        super().__init__(n)
        self.window.show_vanishing()
        view = self.window.view
        self.row = view.controls.rows[0]
        self.parts = {"slider": self.row.slider, "typed value": self.row.field, "reading": view.reading}
        self.parts |= {panel.title: panel.canvas.viewport() for panel in view.panels[:3]}


class VanishingPlayed(VanishingApp):
    """The Vanishing view while it plays the spread."""

    name = "app, Vanishing view playing"

    def __init__(self, n: int) -> None:
        super().__init__(n)
        spread = self.window.view.controls.spread
        self.parts |= {"slider": spread.slider, "typed value": spread.field}
        self.window.view.bar.player.play()
        self.window.view.bar.player.pause()  # the benchmark sets the pace

    def change(self, k: int) -> None:
        self.window.view.bar.player.advance(0.03)


class SceneAnimated(App):
    """The Explore view while presenting, on the way from one scene to the next, and back."""

    name = "app, between two scenes"

    def __init__(self, n: int) -> None:
        super().__init__(n)
        start = self.window.session.intent
        end = start.with_changes(logits=start.logits[::-1], spread=3.0, shift=5.0)
        caption = "A caption of some length, as it stands above the pictures while a lecture is given."
        scenes = tuple(Scene(f"Scene {k}", intent, caption) for k, intent in enumerate((start, end)))
        self.window.lectures.open(Lecture("Benchmark", scenes))
        stage = self.window.lectures.stage
        stage.pose(0)
        self._keys, self._motion = stage.keys, self.window.lectures.show.motion
        self._ends = (start, end)
        self._session = self.window.session
        self._watch = WhileShown(self._keys, self.window)
        view = self.window.view
        self.parts |= {"second slider": view.controls.rows[1].slider, "spread": view.controls.spread.slider}

    def change(self, k: int) -> None:
        if not self._motion.moving:
            start, end = self._ends if self._session.intent == self._ends[0] else self._ends[::-1]
            self._motion.go("way", start, end, 2.0)
            self._motion._timer.setInterval(1_000_000)  # the benchmark sets the pace
        self._motion.advance(0.02)


class WhileShown(QObject):
    """Has the lecturer's keys listened to while a window is shown, as in a lecture."""

    def __init__(self, keys: QObject, window: QWidget) -> None:
        super().__init__(window)
        self._keys = keys
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            self._keys.install()
        elif event.type() == QEvent.Type.Hide:
            self._keys.remove()
        return False


class AppDragged(App):
    """The app, its slider dragged with the mouse: one undo step that grows."""

    name = "app, slider dragged with the mouse"

    def __init__(self, n: int) -> None:
        super().__init__(n)
        self._pressed = False

    def change(self, k: int) -> None:
        slider = self.row.slider
        if not self._pressed:
            self._pressed = True
            send_mouse(slider, QEvent.Type.MouseButtonPress, QPoint(slider.width() // 2, slider.height() // 2))
        x = 12 + there_and_back(k, slider.width() - 24)
        send_mouse(slider, QEvent.Type.MouseMove, QPoint(x, slider.height() // 2))


class AppSpread(App):
    """The app, the marker of the Vanishing panel dragged: the spread changes, so all logits do."""

    name = "app, spread marker dragged"

    def __init__(self, n: int) -> None:
        super().__init__(n)
        self._pressed = False
        spread = self.window.view.controls.spread
        self.parts |= {"slider": spread.slider, "typed value": spread.field}

    def change(self, k: int) -> None:
        viewport = self.window.view.panels[-1].canvas.viewport()
        x = viewport.width() // 5 + there_and_back(3 * k, viewport.width() * 3 // 4)
        place = QPoint(x, viewport.height() // 2)
        if not self._pressed:
            self._pressed = True
            send_mouse(viewport, QEvent.Type.MouseButtonPress, place)
        send_mouse(viewport, QEvent.Type.MouseMove, place)


class AppTyped(App):
    """The app, a logit typed and entered in its field."""

    name = "app, logit typed"

    def change(self, k: int) -> None:
        self.row.field.entered.emit(logit_at(sweep_position(k)))


def there_and_back(k: int, width: int) -> int:
    """Return the pixel that the pointer reaches at step k, on its way to and fro over a width."""
    return width - abs(width - k % (2 * width))


def send_mouse(widget: QWidget, kind: QEvent.Type, place: QPoint) -> None:
    """Send a mouse event with the left button down."""
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    where = QPointF(place)
    event = QMouseEvent(
        kind, where, QPointF(widget.mapToGlobal(place)), button, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    )
    QApplication.sendEvent(widget, event)


class Compared:
    """A window with a slider per class and one central widget; the ground of all compared programs."""

    name = ""

    def __init__(self, n: int) -> None:
        self.z: Floats = np.array(start_logits(n))
        self.window = QWidget()
        self.window.resize(*SIZE)
        self.sliders: list[QSlider] = []
        column = QWidget()
        column.setFixedWidth(_CONTROLS_WIDTH)
        rows = QVBoxLayout(column)
        for logit in self.z:
            slider = QSlider(Qt.Orientation.Horizontal)
            slider.setRange(0, STEPS)
            slider.setValue(position_of(logit))
            slider.valueChanged.connect(self._moved)
            rows.addWidget(slider)
            self.sliders.append(slider)
        self.parts: dict[str, QWidget] = {"slider": self.sliders[0]}
        layout = QHBoxLayout(self.window)
        layout.addWidget(column)
        layout.addWidget(self.build(n), 1)

    def _moved(self) -> None:
        self.z = np.array([logit_at(slider.value()) for slider in self.sliders])
        self.update()

    def change(self, k: int) -> None:
        """Move the first slider."""
        self.sliders[0].setValue(sweep_position(k))

    def build(self, n: int) -> QWidget:
        """Return the central widget; adds to ``parts`` what each frame must paint."""
        raise NotImplementedError

    def update(self) -> None:
        """Show the logits ``z``."""
        raise NotImplementedError


class Pane(QWidget):
    """A plain widget filled with one colour."""

    def __init__(self, parent: QWidget, area: QRect) -> None:
        super().__init__(parent)
        self.setGeometry(area)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._colour = QColor("#1a1f29")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._colour)
        painter.end()


class Floor(Compared):
    """The least that any program must pay: a slider, and plain widgets where the app has its parts."""

    name = "floor, solid colour"

    def __init__(self, n: int, app: App) -> None:
        window = app.window
        self._areas = {
            name: QRect(part.mapTo(window, QPoint(0, 0)), part.size())
            for name, part in app.parts.items()
            if name != "slider"
        }
        super().__init__(n)

    def build(self, n: int) -> QWidget:
        self._panes = {name: Pane(self.window, area) for name, area in self._areas.items()}
        self.parts |= self._panes
        return QWidget()

    def update(self) -> None:
        for pane in self._panes.values():
            pane.update()


class Pyqtgraph(Compared):
    """Four bare plots, made once and updated in place, ranges and levels fixed, as pyqtgraph's documentation shows."""

    name = "pyqtgraph, four bare plots"

    def build(self, n: int) -> QWidget:
        ground = QWidget()
        grid = QGridLayout(ground)
        titles = ("Probabilities", "Jacobian", "Loss gradient", "Vanishing")
        plots = [pg.PlotWidget(title=title) for title in titles]
        for k, (title, plot) in enumerate(zip(titles, plots, strict=True)):
            grid.addWidget(plot, k // 2, k % 2)
            self.parts[title] = plot.viewport()
        data, classes = pictures(self.z, TARGET), np.arange(n)
        self._bars = pg.BarGraphItem(x=classes, height=data.p, width=0.7, brush="c")
        plots[0].addItem(self._bars)
        plots[0].setXRange(-0.5, n - 0.5)
        plots[0].setYRange(0.0, 1.0)
        self._image = pg.ImageItem(data.jacobian, levels=(-0.25, 0.25), colorMap="CET-D1")
        plots[1].addItem(self._image)
        plots[1].getPlotItem().invertY(True)
        self._gradients = [
            pg.BarGraphItem(x=classes + shift, height=heights, width=0.35, brush=brush)
            for shift, heights, brush in zip((-0.2, 0.2), data.gradients, "cm", strict=True)
        ]
        for bars in self._gradients:
            plots[2].addItem(bars)
        plots[2].setXRange(-0.5, n - 0.5)
        plots[2].setYRange(-1.0, 1.0)
        self._curves = [plots[3].plot(SPREADS, curve, pen=pen) for curve, pen in zip(data.curves, "cmy", strict=True)]
        plots[3].addItem(pg.InfiniteLine(pos=0.0, angle=90))
        plots[3].setLogMode(x=True, y=True)
        plots[3].setXRange(-2.0, 3.0)
        plots[3].setYRange(np.log10(FLOOR), 1.0)
        return ground

    def update(self) -> None:
        data = pictures(self.z, TARGET)
        self._bars.setOpts(height=data.p)
        self._image.setImage(data.jacobian, autoLevels=False)
        for bars, heights in zip(self._gradients, data.gradients, strict=True):
            bars.setOpts(height=heights)
        for curve, values in zip(self._curves, data.curves, strict=True):
            curve.setData(SPREADS, values)


def make_qt_application() -> QApplication:
    """Return the QApplication, with the style that the app uses."""
    qInstallMessageHandler(_say)
    application = QApplication(["benchmark"])
    application.setStyle("Fusion")
    return application


def _say(kind: object, context: object, message: str) -> None:
    """Print what Qt says, but for what the platform without a screen says of each window."""
    if "propagateSizeHints" not in message:
        print(message, file=sys.stderr)
