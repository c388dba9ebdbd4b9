"""KeysPage: the key map over the window, made from the table of commands."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from explorer.panels.look import Ink, Look
from explorer.window.commands import OTHER_KEYS, CommandAction


class KeysPage(QWidget):
    """A page that any key or click closes."""

    def __init__(self, actions: dict[str, CommandAction], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Keys")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.look: Look | None = None
        self.lines: list[tuple[str, str]] = [
            (
                "  or  ".join(
                    QKeySequence(k).toString(QKeySequence.SequenceFormat.NativeText) for k in action.command.keys
                ),
                action.command.text.rstrip("…"),
            )
            for action in actions.values()
            if action.command.keys
        ] + list(OTHER_KEYS)
        self.setAccessibleDescription("; ".join(f"{keys}: {text}" for keys, text in self.lines))
        self._before: QWidget | None = None
        self.hide()

    def open(self) -> None:
        """Show the page over the whole window."""
        parent = self.parentWidget()
        self._before = parent.window().focusWidget() if parent else None
        self.setGeometry(parent.rect() if parent else self.geometry())
        self.show()
        self.raise_()
        self.setFocus()

    def close_page(self) -> None:
        """Hide the page and give the focus back."""
        self.hide()
        if self._before is not None:
            self._before.setFocus()

    def apply_look(self, look: Look) -> None:
        """Take over colours and fonts."""
        self.look = look
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.close_page()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.close_page()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.look is None:
            return
        look, painter = self.look, QPainter(self)
        painter.fillRect(self.rect(), look.colour("card"))
        title, edge, top = Ink(look.font(18, bold=True)), look.px(28), look.px(56)
        painter.setFont(title.font)
        painter.setPen(look.colour("text"))
        title.left(painter, edge, edge, "Keys")
        columns, step, bold, plain = self._fit(look, self.height() - top - look.px(16))
        per_column = -(-len(self.lines) // columns)
        keys_width = max(bold.width(keys) for keys, _ in self.lines) + look.px(14)
        width = (self.width() - edge) / columns
        for k, (keys, text) in enumerate(self.lines):
            x, y = edge + (k // per_column) * width, top + (k % per_column + 0.5) * step
            painter.setFont(bold.font)
            painter.setPen(look.colour("accent"))
            bold.left(painter, x, y, keys)
            painter.setFont(plain.font)
            painter.setPen(look.colour("text"))
            plain.left(painter, x + keys_width, y, plain.elided(text, width - keys_width - look.px(8)))
        painter.end()

    def _fit(self, look: Look, height: float) -> tuple[int, float, Ink, Ink]:
        """Return columns, line height and fonts: two columns where whole sentences fit into them, else one."""
        for columns, most in ((2, 13.0), (2, 12.0), (2, 11.0), (1, 13.0)):
            step = min(look.px(30), height / -(-len(self.lines) // columns))
            size = min(most, step / look.scale / 1.35)
            bold, plain = Ink(look.font(size, bold=True)), Ink(look.font(size))
            widest = max(bold.width(keys) for keys, _ in self.lines) + max(plain.width(text) for _, text in self.lines)
            if widest + look.px(24) <= (self.width() - look.px(28)) / columns:
                break
        return columns, step, bold, plain
