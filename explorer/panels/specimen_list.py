"""The list of specimens by kind, each with its verdict at the present logits; keys and typing walk in it."""

from dataclasses import dataclass

from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from explorer.panels.marks import mark
from explorer.panels.panel import Panel
from explorer.session.clinic_words import KIND_TITLES, STANDING_WORDS, STANDINGS, specimens_by_kind, standing
from explorer.session.session import Session

_TYPING_MS = 1000  # a pause as long begins a new word


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list: a kind's heading, or a specimen of it."""

    kind: str
    name: str = ""


class SpecimenListPanel(Panel):
    """All kinds with their specimens where they fit, else only the specimens of the chosen one's kind."""

    title = "Specimens"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._kinds = specimens_by_kind()
        self._specimens = {s.name: s for found in self._kinds.values() for s in found}
        self._lines: list[Line] = []
        self._row = 1.0
        self._hover: int | None = None
        self._typed = ""
        self._clock = QElapsedTimer()
        canvas = self.canvas
        canvas.pressed.connect(self._press)
        canvas.hovered.connect(self._hover_at)
        canvas.left.connect(self._leave)
        canvas.stepped.connect(self._step)
        canvas.key.connect(self._key)

    # -- showing

    def restyle(self) -> None:
        assert self.look is not None
        look = self.look
        self._text, self._muted = QPen(look.colour("text")), QPen(look.colour("muted"))
        self._lit, self._track, self._accent = look.colour("hover"), look.colour("track"), look.colour("accent")
        self._marks: dict[str, QPixmap] = {name: mark(look, name, self.devicePixelRatio()) for name in STANDINGS}
        self._lay_out()

    def update_picture(self) -> None:
        self._lay_out()
        self.canvas.repaint_live()

    def update_layout(self) -> None:
        self._lay_out()
        self.canvas.stale_backdrop()

    def _lay_out(self) -> None:
        _, h = self.canvas.plot_size
        least = 1.12 * self.ink.height
        whole = [line for kind in self._kinds for line in self._of_kind(kind)]
        if len(whole) * least <= h:
            self._lines = whole
        else:
            chosen = self._specimens[self._chosen].kind
            self._lines = [
                line for kind in self._kinds for line in (self._of_kind(kind) if kind == chosen else [Line(kind)])
            ]
        self._row = min(h / max(len(self._lines), 1), 1.7 * self.ink.height)

    def _of_kind(self, kind: str) -> list[Line]:
        return [Line(kind), *(Line(kind, s.name) for s in self._kinds[kind])]

    @property
    def _chosen(self) -> str:
        return self.snapshot.intent.clinic.specimen

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        """Leave it all to the live part: texts are kept shaped."""

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        assert self.look is not None
        look, ink, row = self.look, self.ink, self._row
        painter.setFont(ink.font)
        size = self._marks["right"].height() / self._marks["right"].devicePixelRatio()
        for k, line in enumerate(self._lines):
            y = (k + 0.5) * row
            if k == self._hover:
                painter.fillRect(QRectF(0.0, k * row, w, row), self._lit)
            if not line.name:
                painter.setPen(self._muted)
                folded = k + 1 == len(self._lines) or self._lines[k + 1].name == ""
                title = KIND_TITLES[line.kind] + (f" ({len(self._kinds[line.kind])})" if folded else "")
                ink.words(painter, 0.0, y, ink.elided(title, w))
                continue
            if line.name == self._chosen:
                painter.fillRect(QRectF(0.0, k * row + 0.5, w, row - 1.0), self._track)
                painter.fillRect(QRectF(0.0, k * row + 0.5, look.px(3), row - 1.0), self._accent)
            specimen = self._specimens[line.name]
            painter.drawPixmap(QPointF(look.px(7), y - 0.5 * size), self._marks[standing(self.snapshot, specimen)])
            painter.setPen(self._text)
            left = look.px(11) + size
            ink.words(painter, left, y, ink.elided(specimen.title, w - left))

    # -- choosing

    def _choose(self, value: str) -> None:
        self.session.choose("clinic", "Choose a specimen", specimen=value)

    def _line_at(self, place: QPointF) -> int | None:
        k = int(place.y() // max(self._row, 1.0))
        return k if 0 <= k < len(self._lines) else None

    def _press(self, place: QPointF) -> None:
        k = self._line_at(place)
        if k is not None:
            line = self._lines[k]
            self._choose(line.name or self._kinds[line.kind][0].name)

    def _hover_at(self, place: QPointF) -> None:
        k = self._line_at(place)
        if k != self._hover:
            self._hover = k
            self.setToolTip("" if k is None or not self._lines[k].name else self._said(self._lines[k].name))
            self.canvas.repaint_live()

    def _leave(self) -> None:
        self._hover = None
        self.canvas.repaint_live()

    def _step(self, columns: int, rows: int, event: QKeyEvent) -> None:
        names = list(self._specimens)
        at = names.index(self._chosen) + rows
        if columns:  # from kind to kind
            kinds = list(self._kinds)
            kind = kinds[(kinds.index(self._specimens[self._chosen].kind) + columns) % len(kinds)]
            at = names.index(self._kinds[kind][0].name)
        self._choose(names[min(max(at, 0), len(names) - 1)])

    def _key(self, key: int) -> None:
        if key == Qt.Key.Key_Home:
            self.session.reset_field("clinic.specimen")

    def event(self, event: QEvent) -> bool:
        """Keep letters from the window's shortcuts: they look for a specimen."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_text(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._is_text(event):
            self._look_for(event.text().lower())
        else:
            super().keyPressEvent(event)

    def _is_text(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        return plain and self.canvas.hasFocus() and event.text().isalnum()

    def _look_for(self, letter: str) -> None:
        if self._clock.isValid() and self._clock.elapsed() < _TYPING_MS:
            self._typed += letter
        else:
            self._typed = letter
        self._clock.start()
        names = list(self._specimens)
        start = names.index(self._chosen) + (len(self._typed) == 1)  # one letter again goes on to the next
        titles = [(name, self._specimens[name].title.lower()) for name in (*names[start:], *names[:start])]
        begin = (name for name, title in titles if title.startswith(self._typed))
        within = (name for name, title in titles if f" {self._typed}" in title)
        found = next(begin, None) or next(within, None)
        if found is not None:
            self._choose(found)

    # -- in words

    def _said(self, name: str) -> str:
        specimen = self._specimens[name]
        return f"{specimen.title}: {STANDING_WORDS[standing(self.snapshot, specimen)]}"

    def description(self) -> str:
        chosen = self._specimens[self._chosen]
        rest = "; ".join(self._said(name) for name in self._specimens)
        return f"Chosen: {chosen.kind}, {self._said(self._chosen)}. {rest}."
