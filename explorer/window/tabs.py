"""Tabs: the views of the window by name; flat, with a line below the present one."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from explorer.panels.look import Look


class Tab(QAbstractButton):
    """One view's name."""

    def __init__(self, value: str, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.value = value
        self.look: Look | None = None
        self.setText(text)
        self.setAccessibleName(f"View: {text}")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        if self.look is None:
            return QSize(60, 26)
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + self.look.px(22), self.look.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.look is None:
            return
        px, on = self.look.px, self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1.0, 1.0, -1.0, -1.0)
        painter.setPen(QPen(self.look.colour("accent"), 2.0) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(
            self.look.colour("track" if on else "hover") if on or self.underMouse() else Qt.BrushStyle.NoBrush
        )
        painter.drawRoundedRect(area, px(5), px(5))
        if on:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.look.colour("accent"))
            line = QRectF(area.left() + px(5), area.bottom() - px(2), area.width() - 2 * px(5), px(2))
            painter.drawRoundedRect(line, 1.0, 1.0)
        painter.setPen(self.look.colour("text" if on or self.underMouse() else "muted"))
        painter.setFont(self.font())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()


class Tabs(QWidget):
    """The names of the views side by side; Tab reaches them, the arrow keys move among them."""

    chosen = Signal(str)

    def __init__(self, views: tuple[tuple[str, str], ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Views")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._group = QButtonGroup(self)
        self.tabs: dict[str, Tab] = {}
        for value, text in views:
            tab = self.tabs[value] = Tab(value, text, self)
            self._group.addButton(tab)
            self._row.addWidget(tab)
        self._group.buttonToggled.connect(self._toggled)
        self._shown = ""

    @property
    def value(self) -> str:
        """The view shown."""
        return self._shown

    @property
    def first(self) -> Tab:
        """The first tab."""
        return next(iter(self.tabs.values()))

    @property
    def last(self) -> Tab:
        """The last tab."""
        return next(reversed(self.tabs.values()))

    def show_value(self, value: str) -> None:
        """Show which view there is; does not write back."""
        if value != self._shown:
            self._shown = value
            self.tabs[value].setChecked(True)

    def _toggled(self, tab: Tab, on: bool) -> None:
        if on and tab.value != self._shown:
            self.chosen.emit(tab.value)

    def apply_look(self, look: Look) -> None:
        """Take over fonts and colours."""
        self._row.setSpacing(look.px(4))
        for tab in self.tabs.values():
            tab.look = look
            tab.setFont(look.font(13))
            tab.updateGeometry()
            tab.update()
