"""The verdict on the chosen specimen: right, right until, or wrong; why, how to mend it, and where it breaks."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from explorer.panels.look import Ink
from explorer.panels.marks import mark
from explorer.panels.panel import Panel
from explorer.session.clinic_words import (
    HEADINGS,
    STANDINGS,
    headline,
    longest_sentences,
    sentences,
    spread_text,
    standing,
    way_out,
)
from explorer.session.session import Session

_GAP = 0.3  # lines between sentences
_LONGEST_HEADLINE = "Wrong here, right until t = 0.0000"
_LONGEST_LINK = "go to t = 0.0000 →"


class VerdictPanel(Panel):
    """A headline with its mark, sentences with headings, and a line that goes to the spread at which it breaks."""

    title = "Verdict"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._link = QRectF()
        self._over = False
        self.all_fits = True  # are all sentences readable to their end?
        self._fitted: tuple[object, ...] = ()
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
        self._inks = [Ink(look.font(size)) for size in (15, 14, 13, 12, 11, 10)]
        self._fit, self._fitted = self._inks[0], ()
        self._marks = {name: mark(look, name, self.devicePixelRatio(), 15.0) for name in STANDINGS}

    def update_picture(self) -> None:
        self.canvas.repaint_live()

    def update_layout(self) -> None:
        self.canvas.stale_backdrop()

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        """Leave it all to the live part: every sentence may change with the logits."""

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        assert self.look is not None
        look, snapshot, head = self.look, self.snapshot, self._head
        y = 0.6 * head.height
        picture = self._marks[standing(snapshot, snapshot.examination.specimen)]
        size = picture.height() / picture.devicePixelRatio()
        painter.drawPixmap(QPointF(0.0, y - 0.5 * size), picture)
        painter.setFont(head.font)
        painter.setPen(self._text)
        left, top = size + look.px(7), 1.45 * head.height
        text = head.elided(headline(snapshot), w - left)
        head.left(painter, left, y, text)
        beside = left + head.width(text) + look.px(16)
        top = self._draw_link(painter, w, y, beside, top)
        ink = self._ink_for(painter, w, h)
        said_here = sentences(snapshot)
        heights = self._heights(painter, ink, w, said_here)
        for (heading, said), height in zip(said_here, heights, strict=True):
            painter.setPen(self._muted)
            ink.words(painter, 0.0, top + 0.5 * ink.height, heading)
            painter.setPen(self._text)
            area = QRectF(self._indent(ink), top, w - self._indent(ink), height)
            painter.drawText(area, int(Qt.TextFlag.TextWordWrap), said)
            top += height + _GAP * ink.height

    def _indent(self, ink: Ink) -> float:
        return max(map(ink.width, HEADINGS)) + 0.7 * ink.height

    def _heights(self, painter: QPainter, ink: Ink, w: float, said: list[tuple[str, str]]) -> list[float]:
        """Return the height of each sentence, its lines wrapped."""
        painter.setFont(ink.font)
        area = QRectF(0.0, 0.0, max(w - self._indent(ink), 1.0), 1e4)
        flags = int(Qt.TextFlag.TextWordWrap)
        return [painter.boundingRect(area, flags, text).height() for _, text in said]

    def _ink_for(self, painter: QPainter, w: float, h: float) -> Ink:
        """Return the largest font in which all sentences fit, however long those that change with the logits get."""
        specimen = self.snapshot.examination.specimen
        if (w, h, specimen.name) != self._fitted:
            assert self.look is not None
            self._fitted = (w, h, specimen.name)
            said = longest_sentences(self.snapshot)
            needed = self._head.width(_LONGEST_HEADLINE) + self._inks[3].width(_LONGEST_LINK) + self.look.px(38)
            link = 1.5 * self._inks[3].height if specimen.breaks and needed > w else 0.0
            room = h - 1.45 * self._head.height - link
            largest = 0 if room > self.look.px(230) else 2  # large letters only where all is large
            for ink in self._inks[largest:]:
                self._fit, heights = ink, self._heights(painter, ink, w, said)
                self.all_fits = sum(heights) + _GAP * ink.height * (len(heights) - 1) <= room
                if self.all_fits:
                    break
        return self._fit

    def _draw_link(self, painter: QPainter, w: float, y: float, beside: float, top: float) -> float:
        """Draw what goes to the breaking point, beside the headline or below it; return where to go on."""
        text, ink = self._link_text(), self._inks[3]
        if not text:
            self._link = QRectF()
            return top
        below = beside + ink.width(text) > w
        left, middle = (0.0, top + 0.5 * ink.height) if below else (beside, y)
        self._link = QRectF(left, middle - 0.65 * ink.height, min(ink.width(text), w - left), 1.3 * ink.height)
        painter.setFont(ink.font)
        painter.setPen(self._accent)
        ink.words(painter, left, middle, ink.elided(text, w - left))
        if self._over:
            line = QRectF(left, round(self._link.bottom()) - 1.0, self._link.width(), 1.0)
            painter.fillRect(line, self._accent.color())
        return top + 1.5 * ink.height if below else top

    def _link_text(self) -> str:
        spread = way_out(self.snapshot)
        return "" if spread is None else f"go to t = {spread_text(spread)} →"

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
