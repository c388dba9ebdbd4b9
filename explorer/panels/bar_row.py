"""One row of numbers as bars in the colours of their classes, each with its figure at its end."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from explorer.panels.look import Ink, Look


@dataclass(frozen=True, slots=True)
class Scale:
    """The values at the lower and the upper end of the bars, 0 between them or at an end."""

    low: float
    high: float

    @classmethod
    def of(cls, *rows: Sequence[float]) -> "Scale":
        """Return a scale for all finite numbers of some rows."""
        finite = [value for row in rows for value in row if math.isfinite(value)]
        low, high = min(0.0, *finite, 0.0), max(0.0, *finite, 0.0)
        return cls(low, high if high > low else low + 1.0)

    def share(self, value: float) -> float:
        """Return where a value lies, from 0 at the upper end to 1 at the lower."""
        half = 0.5 * self.high - 0.5 * self.low  # halves: the ends may be as far apart as doubles go
        return min(max((0.5 * self.high - 0.5 * value) / half, 0.0), 1.0)


def draw_bars(
    painter: QPainter,
    area: QRectF,
    values: Sequence[float],
    scale: Scale,
    texts: Sequence[str],
    colours: Sequence[QColor],
    look: Look,
    ink: Ink,
) -> None:
    """Draw the bars of finite values; what is none has its text only. Leaves room for figures above and below."""
    room = 1.3 * ink.height
    top = area.top() + room
    height = max(area.height() - room - (room if scale.low < 0.0 else 0.0), 1.0)
    each = area.width() / len(values)
    zero = top + height * scale.share(0.0)
    painter.setFont(ink.font)
    for k, (value, text) in enumerate(zip(values, texts, strict=True)):
        left, width = area.left() + (k + 0.18) * each, 0.64 * each
        end = top + height * scale.share(value) if math.isfinite(value) else zero
        painter.fillRect(QRectF(left, min(zero, end), width, abs(end - zero)), colours[k])
        painter.setPen(look.colour("text" if math.isfinite(value) else "warning"))
        if not math.isfinite(value):
            reach = min(0.5 * width, float(look.px(6)))
            cross = QRectF(left + 0.5 * width - reach, zero - reach, 2.0 * reach, 2.0 * reach)
            painter.drawLine(cross.topLeft(), cross.bottomRight())
            painter.drawLine(cross.bottomLeft(), cross.topRight())
            end -= reach
        below = math.isfinite(value) and value < 0.0
        ink.centre(painter, left + 0.5 * width, end + (0.6 if below else -0.6) * ink.height, text)
    painter.fillRect(QRectF(area.left(), round(zero), area.width(), 1.0), look.colour("axis"))
