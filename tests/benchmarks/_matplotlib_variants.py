"""The same pictures with matplotlib's Qt canvas: drawn whole, and with blitting as its documentation shows."""

import numpy as np
from _naive import FLOOR, SPREADS, pictures
from _variants import TARGET, Compared
from matplotlib.artist import Artist
from matplotlib.backend_bases import DrawEvent
from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from PySide6.QtWidgets import QWidget


class MatplotlibDraw(Compared):
    """Four axes, artists made once; each frame sets their data and draws the whole figure."""

    name = "matplotlib, draw()"
    animated = False
    numbers = True  # on the bars and in the cells, as the app has them

    def build(self, n: int) -> QWidget:
        figure = Figure()
        self.canvas = FigureCanvasQTAgg(figure)
        self.parts["canvas"] = self.canvas
        (bars, image), (gradients, curves) = figure.subplots(2, 2)
        data, classes, animated = pictures(self.z, TARGET), np.arange(n), self.animated
        self._bars = bars.bar(classes, data.p, 0.7, animated=animated)
        bars.set(title="Probabilities", ylim=(0.0, 1.0))
        self._image = image.imshow(data.jacobian, cmap="coolwarm", vmin=-0.25, vmax=0.25, animated=animated)
        image.set(title="Jacobian")
        self._on_bars: list[Text] = []
        self._in_cells: list[Text] = []
        if self.numbers:
            look = {"ha": "center", "fontsize": 7, "animated": animated}
            self._on_bars = [bars.text(i, 0.0, "", va="bottom", **look) for i in range(n)]
            self._in_cells = [image.text(j, i, "", va="center", **look) for i in range(n) for j in range(n)]
        self._gradients = [
            gradients.bar(classes + shift, heights, 0.35, animated=animated)
            for shift, heights in zip((-0.2, 0.2), data.gradients, strict=True)
        ]
        gradients.set(title="Loss gradient", ylim=(-1.0, 1.0))
        self._curves = [curves.loglog(SPREADS, curve, animated=animated)[0] for curve in data.curves]
        curves.axvline(1.0)
        curves.set(title="Vanishing", xlim=(1e-2, 1e3), ylim=(FLOOR, 10.0))
        figure.tight_layout()
        return self.canvas

    def set_data(self) -> None:
        """Hand the new data to the artists."""
        data = pictures(self.z, TARGET)
        for container, heights in zip((self._bars, *self._gradients), (data.p, *data.gradients), strict=True):
            for bar, height in zip(container, heights, strict=True):
                bar.set_height(height)
        self._image.set_data(data.jacobian)
        for text, p in zip(self._on_bars, data.p.tolist(), strict=False):
            text.set(y=p, text=f"{p:.3f}")
        for text, entry in zip(self._in_cells, data.jacobian.ravel().tolist(), strict=False):
            text.set_text(f"{entry:.3f}")
        for line, values in zip(self._curves, data.curves, strict=True):
            line.set_ydata(values)

    def artists(self) -> list[Artist]:
        """Return all artists that change."""
        bars = *self._bars, *self._gradients[0], *self._gradients[1]
        return [*bars, self._image, *self._curves, *self._on_bars, *self._in_cells]

    def update(self) -> None:
        self.set_data()
        self.canvas.draw()


class MatplotlibBlit(MatplotlibDraw):
    """The same, but only the artists that change are drawn, over a background kept from the last whole drawing."""

    name = "matplotlib, blitting"
    animated = True

    def build(self, n: int) -> QWidget:
        canvas = super().build(n)
        self._background: object = None
        self.canvas.mpl_connect("draw_event", self._drawn)
        return canvas

    def _drawn(self, event: DrawEvent) -> None:
        self._background = self.canvas.copy_from_bbox(self.canvas.figure.bbox)
        self._draw_artists()

    def _draw_artists(self) -> None:
        for artist in self.artists():
            artist.axes.draw_artist(artist)

    def update(self) -> None:
        self.set_data()
        self.canvas.restore_region(self._background)
        self._draw_artists()
        self.canvas.blit(self.canvas.figure.bbox)


class MatplotlibBare(MatplotlibBlit):
    """Blitting without a single number: less than the app shows, for a sense of what the numbers cost."""

    name = "matplotlib, blitting, no numbers"
    numbers = False
