"""The look of the app as typed tokens: colours, sizes and fonts, made once for a theme and a scale."""

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap, QStaticText, QTransform

from explorer.model.exact import Floats

_MOST_SHAPED = 4096
_SHORT = 6  # a number with an exponent that is longer has many figures, each time others


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of one theme, as #rrggbb."""

    name: str
    ground: str
    card: str
    border: str
    field: str
    text: str
    muted: str
    grid: str
    axis: str
    hover: str
    track: str
    accent: str
    on_accent: str
    warning: str
    positive: str
    negative: str
    neutral: str
    classes: tuple[str, ...]


@dataclass(frozen=True)
class Look:
    """Colours at a scale. Lengths are given for scale 1 and asked for through ``px``."""

    colours: Colours
    scale: float = 1.0
    family: str = ""

    def px(self, length: float) -> int:
        """Return a length in whole pixels, at least 1."""
        return max(1, round(length * self.scale))

    def font(self, size: float, bold: bool = False) -> QFont:
        """Return a font of a pixel size given for scale 1."""
        return _font(self.family, self.px(size), bold)

    def colour(self, token: str) -> QColor:
        """Return a colour by its token's name."""
        return QColor(getattr(self.colours, token))

    def class_colour(self, index: int) -> QColor:
        """Return the colour of a class, the same in every picture."""
        return QColor(self.colours.classes[index % len(self.colours.classes)])

    def dot(self, colour: QColor, ratio: float) -> QPixmap:
        """Return a dot with a rim of the card's colour, as a picture: an antialiased circle is slow to draw."""
        radius = self.px(4)
        size = math.ceil((2 * radius + 2) * ratio)
        pixmap = QPixmap(size, size)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(colour)
        painter.setPen(QPen(self.colour("card"), 1.0))
        painter.drawEllipse(QPointF(radius + 1.0, radius + 1.0), radius, radius)
        painter.end()
        return pixmap

    @cached_property
    def class_colours(self) -> list[QColor]:
        """All class colours."""
        return [QColor(name) for name in self.colours.classes]

    @cached_property
    def diverging(self) -> list[QColor]:
        """513 colours from the negative end through neutral (256) to the positive end."""
        ends = [_rgb(c) for c in (self.colours.negative, self.colours.neutral, self.colours.positive)]
        steps = np.linspace(0.0, 2.0, 513)
        channels = [np.interp(steps, (0.0, 1.0, 2.0), [end[k] for end in ends]) for k in range(3)]
        return [QColor(int(r), int(g), int(b)) for r, g, b in np.rint(np.array(channels).T)]

    @cached_property
    def on_diverging(self) -> list[QColor]:
        """The text colour, dark or light, that reads best on each of the diverging colours."""
        dark, light = QColor("#10141b"), QColor("#ffffff")
        return [dark if _luminance(c) > 0.30 else light for c in self.diverging]


class Ink:
    """One font ready to draw short texts. Shaping is what text costs, so plain numbers are kept shaped, widths too."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        metrics = QFontMetricsF(font)
        self._advance = metrics.horizontalAdvance
        self._widths: dict[str, float] = {}
        self._shaped: dict[str, tuple[QStaticText, float]] = {}
        self._elided: dict[tuple[str, int], str] = {}
        self.height = metrics.height()
        self.rise = metrics.capHeight() or 0.7 * metrics.ascent()
        self.lift = 0.5 * self.rise - metrics.ascent()  # from the middle of the capitals to the top of the line

    def width(self, text: str) -> float:
        """Return the width of a text in pixels."""
        widths, total = self._widths, 0.0
        for c in text:
            w = widths.get(c)
            if w is None:
                w = widths[c] = self._advance(c)
            total += w
        return total

    def shaped(self, text: str) -> tuple[QStaticText, float]:
        """Return a text ready to be drawn, and its width."""
        found = self._shaped.get(text)
        if found is None:
            if len(self._shaped) >= _MOST_SHAPED:
                self._shaped.clear()
            static = QStaticText(text)
            static.setTextFormat(Qt.TextFormat.PlainText)
            static.prepare(QTransform(), self.font)
            found = self._shaped[text] = (static, self.width(text))
        return found

    def centre(self, painter: QPainter, x: float, y: float, text: str) -> None:
        """Draw a text with its capitals centred on (x, y)."""
        if "e" in text and len(text) > _SHORT:  # hardly ever the same again
            painter.drawText(QPointF(x - 0.5 * self.width(text), y + 0.5 * self.rise), text)
        else:
            static, width = self.shaped(text)
            painter.drawStaticText(QPointF(x - 0.5 * width, y + self.lift), static)

    def left(self, painter: QPainter, x: float, y: float, text: str) -> None:
        """Draw a text that starts at x, its capitals centred on y."""
        painter.drawText(QPointF(x, y + 0.5 * self.rise), text)

    def words(self, painter: QPainter, x: float, y: float, text: str) -> float:
        """Draw a text that starts at x and seldom changes; return where it ends."""
        static, width = self.shaped(text)
        painter.drawStaticText(QPointF(x, y + self.lift), static)
        return x + width

    def figure(self, painter: QPainter, x: float, y: float, text: str) -> float:
        """Draw a number that starts at x; return where it ends."""
        if "e" in text and len(text) > _SHORT:
            painter.drawText(QPointF(x, y + 0.5 * self.rise), text)
            return x + self.width(text)
        return self.words(painter, x, y, text)

    def right(self, painter: QPainter, x: float, y: float, text: str) -> None:
        """Draw a text that ends at x, its capitals centred on y."""
        painter.drawText(QPointF(x - self.width(text), y + 0.5 * self.rise), text)

    def upright(self, painter: QPainter, x: float, y: float, text: str) -> None:
        """Draw a text turned to run upwards from y, its capitals centred on x."""
        painter.save()
        painter.translate(x, y)
        painter.rotate(-90.0)
        painter.drawText(QPointF(0.0, 0.5 * self.rise), text)
        painter.restore()

    def first_that_fits(self, width: float, *texts: str) -> str:
        """Return the first text not wider than that, else the last one, cut."""
        for text in texts:
            if self.width(text) <= width:
                return text
        return self.elided(texts[-1], width)

    def elided(self, text: str, width: float) -> str:
        """Return the text, cut with an ellipsis where it is wider than the given width."""
        key = text, int(width)
        found = self._elided.get(key)
        if found is None:
            if len(self._elided) >= _MOST_SHAPED:
                self._elided.clear()
            found = self._elided[key] = self._cut(text, width)
        return found

    def _cut(self, text: str, width: float) -> str:
        if self.width(text) <= width:
            return text
        while text and self.width(text) + self.width("…") > width:
            text = text[:-1]
        return text.rstrip() + "…" if text else ""


@lru_cache(maxsize=64)
def _font(family: str, pixels: int, bold: bool) -> QFont:
    font = QFont(family) if family else QFont()
    font.setPixelSize(pixels)
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    return font


def _rgb(name: str) -> Floats:
    colour = QColor(name)
    return np.array([colour.red(), colour.green(), colour.blue()], dtype=np.float64)


def _luminance(colour: QColor) -> float:
    """Return the relative luminance of WCAG 2."""
    parts = [
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
        for c in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
