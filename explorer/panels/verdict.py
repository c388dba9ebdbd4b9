"""The verdict on the chosen specimen: right, right until, or wrong; why, how to mend it, and where it breaks."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from explorer.panels.look import Ink
from explorer.panels.marks import mark
from explorer.panels.panel import Panel
from explorer.session.clinic_words import STANDINGS, headline, sentences, spread_text, standing, way_out
from explorer.session.session import Session


class VerdictPanel(Panel):
    """A headline with its mark, sentences with headings, and a line that goes to the spread at which it breaks."""

    title = "Verdict"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._link = QRectF()
        self._over = False
        canvas = self.canvas
        canvas.pressed.connect(self._press)
        canvas.hovered.connect(self._hover_at)
        canvas.left.connect(self._leave)
        canvas.key.connect(self._key)
        canvas.stepped.connect(self._step)

    def restyle(self) -> None:
        assert self.look is not None
        look = self.look
        self._text, self._muted = QPen(look.colour("text")), QPen(look.colour("muted"))
        self._accent = QPen(look.colour("accent"))
        self._head = Ink(look.font(15, bold=True))
        self._marks = {name: mark(look, name, self.devicePixelRatio(), 15.0) for name in STANDINGS}

    def update_picture(self) -> None:
        self.canvas.repaint_live()

    def update_layout(self) -> None:
        self.canvas.stale_backdrop()

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        """Leave it all to the live part: every sentence may change with the logits."""

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        assert self.look is not None
        look, ink, snapshot = self.look, self.ink, self.snapshot
        y = 0.6 * self._head.height
        picture = self._marks[standing(snapshot, snapshot.examination.specimen)]
        size = picture.height() / picture.devicePixelRatio()
        painter.drawPixmap(QPointF(0.0, y - 0.5 * size), picture)
        painter.setFont(self._head.font)
        painter.setPen(self._text)
        left = size + look.px(7)
        self._head.left(painter, left, y, self._head.elided(headline(snapshot), w - left))
        painter.setFont(ink.font)
        top = 1.35 * self._head.height
        top = self._draw_link(painter, top, w)
        indent = max(ink.width(heading) for heading in ("Error", "Why", "Breaks", "Mend")) + look.px(10)
        for heading, text in sentences(snapshot):
            painter.setPen(self._muted)
            ink.words(painter, 0.0, top + 0.5 * ink.height, heading)
            painter.setPen(self._text)
            area = QRectF(indent, top, w - indent, max(h - top, 1.0))
            flags = int(Qt.TextFlag.TextWordWrap)
            painter.drawText(area, flags, text)
            top += painter.boundingRect(area, flags, text).height() + 0.28 * ink.height

    def _draw_link(self, painter: QPainter, top: float, w: float) -> float:
        """Draw what goes to the breaking point, if there is one elsewhere; return where to go on."""
        text = self._link_text()
        if not text:
            self._link = QRectF()
            return top
        ink = self.ink
        self._link = QRectF(0.0, top, min(ink.width(text) + 4.0, w), 1.25 * ink.height)
        painter.setPen(self._accent)
        ink.words(painter, 0.0, self._link.center().y(), ink.elided(text, w))
        if self._over:
            painter.fillRect(QRectF(0.0, self._link.bottom() - 1.0, ink.width(text), 1.0), self._accent.color())
        return top + 1.6 * ink.height

    def _link_text(self) -> str:
        spread = way_out(self.snapshot)
        return "" if spread is None else f"go to t = {spread_text(spread)}, where it breaks →"

    # -- going there

    def _go(self) -> None:
        spread = way_out(self.snapshot)
        if spread is not None:
            self.session.set("Go where it breaks", spread=spread)

    def _press(self, place: QPointF) -> None:
        if self._link.contains(place):
            self._go()

    def _key(self, key: int) -> None:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go()

    def _step(self, columns: int, rows: int, event: QKeyEvent) -> None:
        """There is nothing to walk to."""

    def _hover_at(self, place: QPointF) -> None:
        over = self._link.contains(place)
        if over != self._over:
            self._over = over
            self.canvas.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
            self.canvas.repaint_live()

    def _leave(self) -> None:
        self._hover_at(QPointF(-1.0, -1.0))

    def description(self) -> str:
        said = " ".join(f"{heading}: {text}" for heading, text in sentences(self.snapshot))
        link = self._link_text()
        return f"{headline(self.snapshot)}. {said}" + (f" Enter: {link[:-2]}." if link else "")
