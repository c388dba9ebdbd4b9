"""Decision regions: the plane coloured by the class that a layer gives it, and the points it is trained on."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget

from explorer.model.datasets import DataSet
from explorer.model.exact import Floats
from explorer.model.notation import MINUS, number
from explorer.model.regions import Regions
from explorer.model.verdict import percent
from explorer.panels.confusion import confusion, draw_confusion
from explorer.panels.look import Look
from explorer.panels.panel import Panel
from explorer.session.session import Session
from explorer.session.training_choice import DATA
from explorer.session.training_run import Run
from explorer.session.training_runner import TrainingRunner
from explorer.session.training_words import data_title, run_title, short_run_title

_LEVELS = 64
_PALE, _STRONG = 0.10, 0.62  # how much of the class colour where p is 1/T, and where it is 1
_ROOM = 1.08  # from the outermost point to the edge
_CROWD = 700  # more points are drawn smaller
_COARSE = 6  # pixels between the places looked at for the middle of a region
_LEAST = 0.02  # of the picture: a smaller region gets no number


class RegionsPanel(Panel):
    """One picture for each run: regions as an image at the resolution drawn, on top the points."""

    title = "Decision regions"

    def __init__(self, session: Session, runner: TrainingRunner, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.runner = runner
        self._painters: dict[int, Regions] = {}
        self._images: dict[int, QImage] = {}
        self._layers: dict[int, tuple[object, QPixmap]] = {}
        self._middles: dict[int, dict[int, QPointF]] = {}
        self._hover: QPointF | None = None
        runner.advanced.connect(self._advance)
        self.canvas.hovered.connect(self._hover_at)
        self.canvas.left.connect(self._leave)

    # -- showing

    def restyle(self) -> None:
        assert self.look is not None
        look = self.look
        self._text, self._card = look.colour("text"), look.colour("card")
        self._lookups: dict[int, NDArray[np.uint32]] = {}
        self._markers: dict[tuple[int, bool, bool, bool, bool], QPixmap] = {}
        self._layers = {}

    def update_picture(self) -> None:
        self.runner.follow(self.snapshot.intent.training)
        self._name()
        self.canvas.repaint_live()

    def update_layout(self) -> None:
        self.canvas.repaint_live()

    def _advance(self) -> None:
        if self.isVisible() and self.look is not None:
            self._describe.start()
            self.canvas.repaint_live()

    def _name(self) -> None:
        name = data_title(self.snapshot.intent.training)
        runs = self.runner.runs
        mislabelled = bool(runs and runs[0].data.mislabelled)
        if runs and runs[0].data.X.shape[1] != 2:
            features = f"{runs[0].data.X.shape[1]} features: no plane to draw"
            self.set_subtitle(self.ink.first_that_fits(self.subtitle_room(), f"{name} · {features}", features))
            return
        marks = "hollow: wrong · ×: gradient exactly 0" + (" · ring: mislabelled" if mislabelled else "")
        room = self.subtitle_room()
        self.set_subtitle(self.ink.first_that_fits(room, f"{name} · {marks}", marks, name, ""))

    # -- geometry

    def _areas(self, w: float, h: float) -> list[QRectF]:
        """Return where the pictures of the runs lie: side by side or one above the other, whichever is larger."""
        assert self.look is not None
        count, gap, line = len(self.runner.runs), self.look.px(8), 1.5 * self.ink.height
        if count < 2:
            return [QRectF(0.0, line, w, max(h - line, 1.0))] * count
        part = (w - gap) / 2.0
        if min(part, h - line) >= min(w, (h - gap) / 2.0 - line):
            return [QRectF(k * (part + gap), line, part, max(h - line, 1.0)) for k in range(2)]
        part = (h - gap) / 2.0
        return [QRectF(0.0, k * (part + gap) + line, w, max(part - line, 1.0)) for k in range(2)]

    @staticmethod
    def _frame(area: QRectF, data: DataSet) -> tuple[float, float, float, float]:
        """Return the features in the middle, and pixels per unit: of points made here the same for both features."""
        if data.name in DATA:
            scale = 0.5 * min(area.width(), area.height()) / (_ROOM * float(np.abs(data.X).max()))
            return 0.0, 0.0, scale, scale
        low, high = data.X.min(axis=0), data.X.max(axis=0)
        reach = np.where(high > low, high - low, 1.0) * _ROOM
        middle = low + 0.5 * (high - low)
        x, y = (0.9 * np.array([area.width(), area.height()]) / reach).tolist()
        return float(middle[0]), float(middle[1]), x, y

    # -- painting

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        """Nothing stays the same from frame to frame."""

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        assert self.look is not None
        areas = self._areas(w, h)
        painter.setFont(self.ink.font)
        if not areas:
            self._say(painter, QRectF(0.0, 0.0, w, h), self.runner.complaint)
        self._painters = {k: p for k, p in self._painters.items() if k < len(areas)}
        for k, (run, area) in enumerate(zip(self.runner.runs, areas, strict=True)):
            if run.data.X.shape[1] == 2:
                painter.drawImage(area.topLeft(), self._image(k, run, area))
                painter.drawPixmap(area.topLeft(), self._points(k, run, area))
                self._number(painter, self._middles[k], area)
            else:
                found = confusion(run.data.y, run.given, run.data.classes)
                draw_confusion(painter, area, found, self.look, self.ink)
            self._head(painter, run, area)

    def _say(self, painter: QPainter, area: QRectF, sentence: str) -> None:
        """Write a sentence where there is no picture."""
        painter.setPen(self._text)
        flags = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignCenter)
        painter.drawText(area, flags, sentence)

    def _number(self, painter: QPainter, middles: dict[int, QPointF], area: QRectF) -> None:
        """Write each class's number into the middle of its region, on a ground of its own."""
        painter.setFont(self.ink.font)
        for k, middle in middles.items():
            at, half = area.topLeft() + middle, 0.5 * self.ink.width(f" {k + 1} ")
            painter.fillRect(
                QRectF(at.x() - half, at.y() - 0.6 * self.ink.height, 2.0 * half, 1.2 * self.ink.height), self._card
            )
            painter.setPen(self._text)
            self.ink.centre(painter, at.x(), at.y(), str(k + 1))

    def _head(self, painter: QPainter, run: Run, area: QRectF) -> None:
        """Write above a picture what runs there, and how many are right, or what is under the pointer."""
        choice = self.snapshot.intent.training
        painter.setFont(self.ink.font)
        painter.setPen(self._text)
        y = area.top() - 0.75 * self.ink.height
        right, lost = run.states
        share = f"{percent(float(right.mean()))} right"
        zeros = f" · {percent(float(lost.mean()))} without a gradient" if lost.any() else ""
        texts = [f"{run_title(run, choice)} · {share}{zeros}", f"{short_run_title(run, choice)} · {share}"]
        if self.runner.busy:
            texts = [f"step {run.step} of {choice.step} …"]
        elif self._hover is not None:
            texts = [text for text in (self._reading(run),) if text] or texts
        self.ink.left(painter, area.left(), y, self.ink.first_that_fits(area.width(), *texts))

    def _reading(self, run: Run) -> str:
        """Return p at the place pointed at, the same in every picture."""
        assert self._hover is not None
        inside = [other for other in self._areas(*self.canvas.plot_size) if other.contains(self._hover)]
        if not inside or run.data.X.shape[1] != 2:
            return ""
        x, y = self._place_at(inside[0], run.data, self._hover)
        logits = run.training.W @ np.array([x, y]) + run.training.b
        if not np.isfinite(logits).all():
            return "the logits are not finite"
        powers = np.exp(logits - logits.max())
        p = " · ".join(number(value) for value in (powers / powers.sum()).tolist())
        return f"at ({x:.2f}, {y:.2f}): p = {p}".replace("-", MINUS)

    def _place_at(self, area: QRectF, data: DataSet, place: QPointF) -> tuple[float, float]:
        x, y, across, up = self._frame(area, data)
        middle = area.center()
        return x + (place.x() - middle.x()) / across, y + (middle.y() - place.y()) / up

    def _image(self, k: int, run: Run, area: QRectF) -> QImage:
        """Return the regions, at the pixels of the screen."""
        ratio = self.devicePixelRatio()
        w, h = max(round(area.width() * ratio), 1), max(round(area.height() * ratio), 1)
        classes = run.data.classes
        painter = self._painters.get(k)
        if painter is None or (painter.w, painter.h, painter.classes) != (w, h, classes):
            painter = self._painters[k] = Regions(w, h, classes)
            self._images[k] = QImage(w, h, QImage.Format.Format_RGB32)
        x0, y0, across, up = self._frame(area, run.data)
        x = np.asarray(x0 + (np.arange(w) + 0.5 - 0.5 * w) / (across * ratio), dtype=np.float64)
        y = np.asarray(y0 + (0.5 * h - 0.5 - np.arange(h)) / (up * ratio), dtype=np.float64)
        codes = painter.codes(run.training.W, run.training.b, x, y, _LEVELS)
        self._middles[k] = _middles(codes[::_COARSE, ::_COARSE] // _LEVELS, classes, _COARSE / ratio)
        image = self._images[k]
        pixels = np.frombuffer(image.bits(), dtype=np.uint32).reshape(h, w)  # Qt's memory: it outlives nobody
        self._lookup(classes).take(codes, out=pixels, mode="clip")
        image.setDevicePixelRatio(ratio)
        return image

    def _lookup(self, classes: int) -> NDArray[np.uint32]:
        """Return the colour of each class at each level of p, from the card's colour to nearly its own."""
        assert self.look is not None
        if classes not in self._lookups:
            ground = _channels(self.look.colour("card"))
            p = np.linspace(0.0, 1.0, _LEVELS)
            share = _PALE + (_STRONG - _PALE) * np.clip((p - 1.0 / classes) / (1.0 - 1.0 / classes), 0.0, 1.0)
            rows = [ground + share[:, None] * (_channels(self.look.class_colour(c)) - ground) for c in range(classes)]
            rgb = np.rint(np.concatenate(rows)).astype(np.uint32)
            self._lookups[classes] = (255 << 24) + (rgb[:, 0] << 16) + (rgb[:, 1] << 8) + rgb[:, 2]
        return self._lookups[classes]

    def _points(self, k: int, run: Run, area: QRectF) -> QPixmap:
        """Return the points, painted again only when what is marked on them changes."""
        right, lost = run.states
        data, ratio = run.data, self.devicePixelRatio()
        key = (data, right.tobytes(), lost.tobytes(), area.width(), area.height(), ratio)
        found = self._layers.get(k)
        if found is not None and found[0] == key:
            return found[1]
        size = area.size()
        pixmap = QPixmap(max(math.ceil(size.width() * ratio), 1), max(math.ceil(size.height() * ratio), 1))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        x0, y0, across, up = self._frame(area, data)
        xs = 0.5 * size.width() + across * (data.X[:, 0] - x0)
        ys = 0.5 * size.height() - up * (data.X[:, 1] - y0)
        small = len(data.y) > _CROWD
        wrong_last = np.argsort(~right, kind="stable")
        for i in wrong_last.tolist():
            style = int(data.y[i]), bool(right[i]), bool(lost[i]), i in data.mislabelled, small
            marker = self._marker(*style)
            half = 0.5 * marker.width() / ratio
            painter.drawPixmap(QPointF(xs[i] - half, ys[i] - half), marker)
        painter.end()
        self._layers[k] = key, pixmap
        return pixmap

    def _marker(self, of: int, right: bool, lost: bool, mislabelled: bool, small: bool) -> QPixmap:
        """Return a point: a shape and a colour for each class, hollow where it is wrong, crossed where it is lost."""
        assert self.look is not None
        key = of, right, lost, mislabelled, small
        if key not in self._markers:
            self._markers[key] = _draw_marker(self.look, self.devicePixelRatio(), *key)
        return self._markers[key]

    # -- pointing

    def _hover_at(self, place: QPointF) -> None:
        self._hover = place
        self.canvas.repaint_live()

    def _leave(self) -> None:
        self._hover = None
        self.canvas.repaint_live()

    # -- in words

    def description(self) -> str:
        choice = self.snapshot.intent.training
        if not self.runner.runs:
            return self.runner.complaint
        points = len(self.runner.runs[0].data.y)
        parts = [f"{data_title(choice)}, {points} points, after {self.runner.step} steps."]
        for run in self.runner.runs:
            right, lost = run.states
            title = run_title(run, choice)
            parts.append(f"{title}: {percent(float(right.mean()))} right, {percent(float(lost.mean()))} lost.")
        return " ".join(parts)


def _middles(winners: NDArray[np.int32], classes: int, pixels: float) -> dict[int, QPointF]:
    """Return the middle of each class's region, which is convex, so that it lies within."""
    found = {}
    for k in range(classes):
        rows, columns = np.nonzero(winners == k)
        if len(rows) > _LEAST * winners.size:
            found[k] = QPointF(pixels * (float(columns.mean()) + 0.5), pixels * (float(rows.mean()) + 0.5))
    return found


def _channels(colour: QColor) -> Floats:
    return np.array([colour.red(), colour.green(), colour.blue()], dtype=np.float64)


def _draw_marker(look: Look, ratio: float, of: int, right: bool, lost: bool, mislabelled: bool, small: bool) -> QPixmap:
    radius = look.px(5 if not small else 3.4) * (0.8 if small else 0.85)
    reach = radius * (2.3 if mislabelled else 1.5) + 2.0
    side = math.ceil(2.0 * reach * ratio)
    pixmap = QPixmap(side, side)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    middle = QPointF(0.5 * side / ratio, 0.5 * side / ratio)
    colour, card = look.class_colour(of), look.colour("card")
    painter.setPen(QPen(card, 1.2) if right else QPen(colour, look.px(2)))
    painter.setBrush(colour if right else card)
    shape = of % 4
    if shape == 0:
        painter.drawEllipse(middle, radius, radius)
    else:
        corners, turn, size = ((4, 0.25, 1.25), (3, 0.25, 1.3), (4, 0.0, 1.25))[shape - 1]
        angles = [2.0 * math.pi * ((c + (0.5 if shape == 1 else 0.0)) / corners - turn) for c in range(corners)]
        points = [middle + QPointF(math.cos(a), math.sin(a)) * (size * radius) for a in angles]
        painter.drawPolygon(QPolygonF(points))
    text = look.colour("text")
    if lost:
        painter.setPen(QPen(text, 1.4))
        arm = 0.75 * radius
        for sign in (-1.0, 1.0):
            painter.drawLine(middle + QPointF(-arm, -sign * arm), middle + QPointF(arm, sign * arm))
    if mislabelled:
        painter.setPen(QPen(text, look.px(1.5)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(middle, 2.1 * radius, 2.1 * radius)
    painter.end()
    return pixmap
