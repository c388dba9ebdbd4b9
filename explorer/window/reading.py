"""Reading: one line that spells the picked thing out in numbers, and the sizes that matter beside it."""

import math
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.panels.look import Ink, Look
from explorer.panels.panel import paint_card
from explorer.session import layer_words
from explorer.session.clinic_words import worst
from explorer.session.picks import Cell, Eigen, Entry, Heads, Pick, Returned, Run, Step, exists, norm_text, spell
from explorer.session.presets import preset_of
from explorer.session.session import Session
from explorer.session.snapshot import Snapshot

_SETTLE_MS = 200
_HINT = "point at a picture · a click pins a Jacobian cell · Tab and arrow keys walk"
_PLAY_HINT = "drag the marker, or Space plays · point at a curve or a number · arrow keys step"
_WIDTH_HINT = "drag the marker, or arrow keys step the width · the seed is typed above"
_CLINIC_HINTS = {
    "specimens": "choose a specimen with ↑ ↓ or by typing · pull the logits apart and see what breaks",
    "check": "point at the curves, or walk with ← → · the loss is chosen on the left",
    "function": "Ctrl+Return runs the code · Esc, then Tab, leaves the editor",
}
_DULL = "One class is dull: p is always 1, so J = 0 and no gradient ever flows. Add a class."


class _Slot(NamedTuple):
    """Where a size stands: its name and left edge."""

    name: str
    x: float


class Reading(QWidget):
    """The formula of what is pointed at, else of the pinned cell, else of J's first entry; right of it the sizes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.snapshot: Snapshot = session.snapshot
        self.look: Look | None = None
        self._pointed: Pick | None = None
        self._cover = ""
        self._card_key: object = None
        self._card_pixmap = QPixmap()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Reading")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._describe = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._describe.timeout.connect(self._update_description)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show a snapshot."""
        self.snapshot = snapshot
        self._refresh()

    def point_at(self, pick: Pick | None) -> None:
        """Spell out what is pointed at; None goes back to the pinned cell."""
        self._pointed = pick
        self._refresh()

    def cover(self, text: str) -> None:
        """Show a sentence instead of all numbers; an empty one shows them again."""
        if text != self._cover:
            self._cover = text
            self._refresh()

    def _refresh(self) -> None:
        self.update()
        self._describe.start()  # again with every change: the text is made once they pause

    def apply_look(self, look: Look) -> None:
        """Take over colours, fonts and scale."""
        self.look = look
        serif = QFont(look.font(20))
        serif.setFamilies(["STIX Two Text", "DejaVu Serif", "Cambria", "Times New Roman", "serif"])
        serif.setPixelSize(look.px(19))
        self._formula, self._small = Ink(serif), Ink(look.font(11))
        small_serif = QFont(serif)
        small_serif.setPixelSize(look.px(14))
        self._small_formula = Ink(small_serif)
        self._figures = Ink(look.font(17, bold=True))
        self.setFixedHeight(look.px(62))
        self.update()

    def pick(self) -> Pick:
        """Return what is being spelled out."""
        if exists(self._pointed, self.snapshot):
            assert self._pointed is not None
            return self._pointed
        picked = self.snapshot.intent.picked
        if self.snapshot.intent.view == "vanishing":
            if self.snapshot.intent.vanishing.page == "spectrum":
                return Eigen(self.snapshot.intent.vanishing.eigenvector)
            if self.snapshot.intent.vanishing.page == "attention":
                return Heads()
            return Returned(self.snapshot.intent.number_format, "one_minus_p_max")
        if self.snapshot.intent.view == "clinic":
            if self.snapshot.intent.clinic.page == "check":
                return Step(self.snapshot.gradient_check.best["central"])
            if self.snapshot.intent.clinic.page == "specimens":
                return Entry(*worst(self.snapshot.examination))
        if self.snapshot.intent.view == "layer":
            return layer_words.usual(self.snapshot)
        return Cell(*picked) if picked is not None else Cell(0, 0)

    def runs(self) -> list[Run]:
        """Return the formula as runs of text."""
        return spell(self.pick(), self.snapshot)

    def sizes(self) -> list[tuple[str, str]]:
        """Return the sizes that matter, as pairs of number and name."""
        snapshot = self.snapshot
        if snapshot.intent.view == "layer":
            return layer_words.sizes(snapshot)
        gradients = [(norm_text(loss.log10_norm), f"‖∂L/∂a‖ {loss.loss.title}") for loss in snapshot.losses]
        return [
            (norm_text(float(snapshot.softmax.log10_spectral_norm)), "‖J‖₂ (largest slope)"),
            *dict.fromkeys(gradients),
            (norm_text(float(snapshot.softmax.log10_entropy)), "entropy (nats)"),
        ]

    def _note(self) -> str:
        if self.snapshot.intent.view == "layer":
            return layer_words.hint(self.snapshot)
        if self.snapshot.intent.n == 1:
            return _DULL
        if self.snapshot.intent.view == "vanishing":
            preset = preset_of(self.snapshot.intent)
            hint = _WIDTH_HINT if self.snapshot.intent.vanishing.page == "attention" else _PLAY_HINT
            return preset.look_at if preset and self._pointed is None and hint is _PLAY_HINT else hint
        if self.snapshot.intent.view == "clinic":
            return _CLINIC_HINTS[self.snapshot.intent.clinic.page]
        pinned = self.snapshot.intent.picked is not None and self._pointed is None
        if pinned:
            return "pinned cell · click it again to let go"
        preset = preset_of(self.snapshot.intent)
        return preset.look_at if preset and self._pointed is None else _HINT

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.look is None:
            return
        look = self.look
        painter = QPainter(self)
        if self._cover:
            painter.drawPixmap(0, 0, self._card([]))
            painter.setFont(look.font(13))
            painter.setPen(look.colour("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._cover)
            painter.end()
            return
        runs, sizes, edge = self.runs(), self.sizes(), look.px(14)
        formula = "".join(text for text, _ in runs)
        ink = self._formula if self._formula.width(formula) < 0.6 * self.width() else self._small_formula
        # The formula comes first; as many sizes stand beside it as there is room for.
        slots = self._slots(sizes, self.width() - 2 * edge - ink.width(formula) - look.px(24))
        left = slots[0].x - edge if slots else self.width() - edge
        painter.drawPixmap(0, 0, self._card(slots))
        self._paint_formula(painter, look, runs, ink, left - edge)
        painter.setFont(self._figures.font)
        painter.setPen(look.colour("text"))
        for slot, (figure, _) in zip(slots, sizes, strict=False):
            self._figures.figure(painter, slot.x, 0.37 * self.height(), figure)
        painter.setFont(self._small.font)
        painter.setPen(look.colour("muted"))
        note = self._small.elided(self._note(), left - 2 * edge)
        self._small.words(painter, edge, 0.76 * self.height(), note)
        painter.end()

    def _slots(self, sizes: list[tuple[str, str]], room: float) -> list[_Slot]:
        """Return the places of the sizes that fit into the room at the right; they do not move with their figures."""
        assert self.look is not None
        gap, names = self.look.px(14), [name for _, name in sizes]
        least = max(self._figures.width(figure) for figure in ("−0.0e−000", *(figure for figure, _ in sizes)))
        short = [name.split(" (")[0].replace("‖∂L/∂a‖ ", "∇ ") for name in names]
        for variant in (names, short):
            widths = [max(least, self._small.width(name)) for name in variant]
            if sum(widths) + 2 * gap * len(widths) <= room:
                break
        while widths and sum(widths) + 2 * gap * len(widths) > room:
            widths.pop()
        slots, x = [], float(self.width() - gap)
        for name, width in reversed(list(zip(variant, widths, strict=False))):
            x -= width
            slots.append(_Slot(name, x))
            x -= 2 * gap
        return slots[::-1]

    def _card(self, slots: list[_Slot]) -> QPixmap:
        """Return the card with the names of the sizes, painted anew only if something of it has changed."""
        assert self.look is not None
        look, key = self.look, (self.size(), self.devicePixelRatio(), self.look, slots)
        if self._card_key == key:
            return self._card_pixmap
        self._card_key = key
        self._card_pixmap = QPixmap(self.size() * self.devicePixelRatio())
        self._card_pixmap.setDevicePixelRatio(self.devicePixelRatio())
        paint_card(self._card_pixmap, look, area=self.rect())
        painter = QPainter(self._card_pixmap)
        painter.setFont(self._small.font)
        painter.setPen(look.colour("muted"))
        for slot in slots:
            self._small.left(painter, slot.x, 0.72 * self.height(), slot.name)
            x, height = math.floor(slot.x - look.px(14)), self.height() - 2 * look.px(12)
            painter.fillRect(x, look.px(12), 1, height, look.colour("border"))
        painter.end()
        return self._card_pixmap

    def _paint_formula(self, painter: QPainter, look: Look, runs: list[Run], ink: Ink, right: float) -> None:
        x, y = float(look.px(14)), 0.37 * self.height()
        plain, figure = QPen(look.colour("text")), QPen(look.colour("accent"))
        painter.setFont(ink.font)
        for text, is_figure in runs:
            painter.setPen(figure if is_figure else plain)
            draw = ink.figure if is_figure else ink.words
            x = draw(painter, x, y, ink.elided(text, right - x))

    def sizeHint(self) -> QSize:
        return QSize(600, 62)

    def text(self) -> str:
        """Return the formula as plain text."""
        return "".join(text for text, _ in self.runs())

    def _update_description(self) -> None:
        if self._cover:
            self.setAccessibleDescription(self._cover)
            return
        sizes = ", ".join(f"{name} {figure}" for figure, name in self.sizes())
        self.setAccessibleDescription(f"{self.text()}. {sizes}. {self._note()}")
