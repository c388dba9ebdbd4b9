"""Panel: the card around one picture: title, switch, canvas, and its numbers as text for a screen reader."""

from abc import abstractmethod

from PySide6.QtCore import QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.logbook import report
from explorer.panels.canvas import FAILED, Canvas
from explorer.panels.look import Ink, Look
from explorer.panels.widgets import ElidedLabel, Switch
from explorer.session.picks import Pick
from explorer.session.session import Session
from explorer.session.snapshot import Snapshot

_SETTLE_MS = 200  # a screen reader gets the numbers once a drag pauses


class Panel(QWidget):
    """One picture. ``show_snapshot`` updates it in place and never writes back; what people do goes to the Session."""

    pointed = Signal(object)  # a Pick, or None: what is under the pointer or was reached with the keys

    title = ""
    axes: tuple[str, ...] = ()  # pyqtgraph's axes that the picture has: "left", "bottom"
    switch_name = "scale"
    switch_field = ""  # the field of the Intent that the switch sets; "group.field" in a group of choices
    switch_choices: tuple[tuple[str, str], ...] = ()  # (value, text)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.snapshot: Snapshot = session.snapshot
        self.look: Look | None = None
        self._stale = self._headed = True
        self.setAccessibleName(self.title)
        self.canvas = Canvas(self.title, self.axes, self.draw_live, self.draw_backdrop, self)
        self.canvas.resized.connect(self._canvas_resized)
        self._title = ElidedLabel(self)
        self._title.setText(self.title)
        self._subtitle = ElidedLabel(self)
        self._layout = QVBoxLayout(self)
        header = self._header = QHBoxLayout()
        header.addWidget(self._title)
        header.addWidget(self._subtitle, 1)
        self.switch: Switch | None = None
        if self.switch_choices:
            self.switch = Switch(f"{self.title} {self.switch_name}", self.switch_choices, self)
            self.switch.chosen.connect(self._choose)
            header.addWidget(self.switch)
        self._layout.addLayout(header)
        self._layout.addWidget(self.canvas, 1)
        self._describe = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._describe.timeout.connect(self._update_description)
        self.canvas.focused.connect(self._focus_changed)
        self.canvas.broke.connect(self._failed)
        self._cover: Cover | None = None

    @property
    def name(self) -> str:
        """The panel's name in a lecture file: that of its module."""
        return type(self).__module__.rpartition(".")[2]

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show a snapshot; a hidden panel only notes it and computes nothing."""
        self.snapshot = snapshot
        if not self.isVisible() or self.look is None or self.covered:
            self._stale = True
            return
        self._stale = False
        if self.canvas.failed:  # another snapshot, another try
            self.canvas.failed = False
            self.canvas.stale_backdrop()
        try:
            if self.switch is not None:
                self.switch.show_value(snapshot.intent.value_of(self.switch_field))
            self.update_picture()
        except Exception as error:
            self._failed(error)
        self._describe.start()  # again with every change: the text is made once they pause

    @property
    def covered(self) -> bool:
        """Is the picture hidden behind a sentence?"""
        return self._cover is not None

    def cover(self, text: str) -> None:
        """Hide the picture behind a sentence, at the same size; an empty one shows the picture again."""
        if self._cover is not None:
            if text:
                self._cover.setText(text)
                return
            self._cover.hide()
            self._cover.deleteLater()
            self._cover = None
            self.setEnabled(True)
            self.show_snapshot(self.snapshot)
        elif text:
            self.canvas.setAccessibleDescription(text)
            self._describe.stop()
            self._cover = Cover(self.title, text, self)
            self._cover.setGeometry(self.rect())
            if self.look is not None:
                self._cover.apply_look(self.look)
            self._cover.show()
            self.setEnabled(False)  # nothing under it takes the focus

    def _failed(self, error: Exception) -> None:
        """Say so in the picture's place, and in the log."""
        self.canvas.failed = True
        self.canvas.repaint_live()
        report(f"The picture “{self.title}” failed.", error)

    def apply_look(self, look: Look) -> None:
        """Take over colours, fonts and scale."""
        self.look = look
        edge = look.px(10)
        self._layout.setContentsMargins(edge, look.px(6), edge, look.px(6))
        self._layout.setSpacing(look.px(2))
        self._header.setSpacing(look.px(8))
        self._title.apply(look.font(13, bold=True), look.colour("text"))
        self._subtitle.apply(look.font(11), look.colour("muted"))
        if self.switch is not None:
            self.switch.apply_look(look)
        self.canvas.apply_look(look)
        self.ink = Ink(look.font(11))
        if self._cover is not None:
            self._cover.apply_look(look)
        try:
            self.restyle()
        except Exception as error:
            self._failed(error)
        self.update()
        self.show_snapshot(self.snapshot)

    def tab_chain(self) -> list[QWidget]:
        """Return what Tab reaches in the panel, in order."""
        return [*(self.switch.segments.values() if self.switch else ()), self.canvas]

    def show_header(self, on: bool) -> None:
        """Show title and subtitle, or leave their room to the picture."""
        if on != self._headed:
            self._headed = on
            self._title.setVisible(on)
            self._subtitle.setVisible(on)

    def set_subtitle(self, text: str) -> None:
        """Set the line beside the title."""
        self._subtitle.setText(text)

    def subtitle_room(self) -> float:
        """Return the width that is left for the subtitle."""
        return float(self._subtitle.width())

    @abstractmethod
    def restyle(self) -> None:
        """Apply colours and fonts to the plot's items; ``look`` and ``ink`` are set."""

    @abstractmethod
    def update_picture(self) -> None:
        """Bring the plot's items up to the snapshot."""

    @abstractmethod
    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        """Draw what stays the same from frame to frame, in pixels of the plot; ``look`` is set."""

    @abstractmethod
    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        """Draw the rest, in every frame; ``look`` is set."""

    def update_layout(self) -> None:
        """Follow a new size of the plot."""

    def _canvas_resized(self) -> None:
        if self.look is None:
            return
        try:
            self.update_layout()
        except Exception as error:
            self._failed(error)

    @abstractmethod
    def description(self) -> str:
        """Return every number of the picture as text."""

    def _update_description(self) -> None:
        if self.covered:
            return
        try:
            self.canvas.setAccessibleDescription(FAILED if self.canvas.failed else self.description())
        except Exception as error:
            self._failed(error)

    def _choose(self, value: str) -> None:
        self.session.apply(
            f"{self.title}: {self.switch_name}", lambda intent: intent.with_value(self.switch_field, value)
        )

    def _focus_changed(self, _: bool) -> None:
        self.update()

    def point_at(self, pick: Pick | None) -> None:
        """Tell the reading line what is pointed at."""
        self.pointed.emit(pick)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.show_snapshot(self.snapshot)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 90)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.look is not None:
            self._subtitle.setVisible(self._headed and self.width() >= self.look.px(300))
        if self._cover is not None:
            self._cover.setGeometry(self.rect())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.look is not None:
            paint_card(self, self.look, self.rect(), self.canvas.hasFocus())


class Cover(QWidget):
    """A card with a sentence in a picture's place."""

    def __init__(self, title: str, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._title, self._text = title, text
        self._look: Look | None = None
        self.setAccessibleName(f"{title}: {text}")

    def setText(self, text: str) -> None:  # noqa: N802 - as a label of Qt's
        """Show another sentence."""
        self._text = text
        self.setAccessibleName(f"{self._title}: {text}")
        self.update()

    def apply_look(self, look: Look) -> None:
        """Take over colours, fonts and scale."""
        self._look = look
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._look is None:
            return
        look, middle = self._look, int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
        paint_card(self, look, self.rect())
        painter = QPainter(self)
        edge, half = look.px(12), self.height() // 2
        painter.setFont(look.font(15, bold=True))
        painter.setPen(look.colour("text"))
        painter.drawText(
            self.rect().adjusted(edge, edge, -edge, -half), middle | int(Qt.AlignmentFlag.AlignBottom), self._title
        )
        painter.setFont(look.font(13))
        painter.setPen(look.colour("muted"))
        painter.drawText(self.rect().adjusted(edge, half + look.px(4), -edge, -edge), middle, self._text)
        painter.end()


def paint_card(device: QWidget | QPixmap, look: Look, area: QRect, focused: bool = False) -> None:
    """Paint the rounded card that every part of the window stands on."""
    painter = QPainter(device)
    painter.fillRect(area, look.colour("ground"))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(look.colour("card"))
    painter.setPen(QPen(look.colour("accent" if focused else "border"), 2.0 if focused else 1.0))
    radius = look.px(8)
    painter.drawRoundedRect(QRectF(area).adjusted(1.0, 1.0, -1.0, -1.0), radius, radius)
    painter.end()
