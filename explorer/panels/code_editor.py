"""CodeEditor: a plain text editor for Python, with line numbers; Tab indents, and after Esc it leaves."""

from PySide6.QtCore import QMimeData, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from explorer.panels.code_ink import CodeInk
from explorer.panels.code_look import code_font
from explorer.panels.look import Look

_INDENT = 4


class CodeEditor(QPlainTextEdit):
    """An editor with its own undo. Tab inserts blanks; Esc, then Tab or Shift+Tab, goes on to the next control."""

    focused = Signal(bool)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look: Look | None = None
        self._marked: int | None = None
        self.setAccessibleName(name)
        self.setAccessibleDescription("Tab indents; press Esc and then Tab to leave the editor.")
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self._gutter = _Gutter(self)
        self._ink = CodeInk(self.document())
        self.blockCountChanged.connect(self._fit_gutter)
        self.updateRequest.connect(self._scroll_gutter)
        self.textChanged.connect(self._ink.refresh)

    @property
    def code(self) -> str:
        """The text in it."""
        return self.toPlainText()

    def replace_code(self, text: str) -> None:
        """Put another text in place of the present one; Ctrl+Z brings that back."""
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Take text alone: a file that is dropped goes to the panel."""
        return not source.hasUrls() and super().canInsertFromMimeData(source)

    def mark_line(self, line: int | None) -> None:
        """Mark a line, counted from 1, and bring it into sight; None takes the mark away."""
        self._marked = line
        found = []
        block = self.document().findBlockByNumber(line - 1) if line is not None else None
        if block is not None and block.isValid() and self.look is not None:
            mark = QTextEdit.ExtraSelection()
            mark.cursor = QTextCursor(block)
            mark.format.setBackground(self.look.colour("track"))
            mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            found.append(mark)
            cursor = self.textCursor()
            if not cursor.hasSelection():
                self.setTextCursor(QTextCursor(block))
        self.setExtraSelections(found)
        self._gutter.update()

    def apply_look(self, look: Look) -> None:
        """Take over colours, fonts and scale."""
        self.look = look
        self.setFont(code_font(look, 12))
        self._ink.apply_look(look)
        self.setTabStopDistance(_INDENT * self.fontMetrics().horizontalAdvance(" "))
        colours, role = self.palette(), QPalette.ColorRole
        for key, token in ((role.Base, "field"), (role.Text, "text"), (role.Highlight, "accent")):
            colours.setColor(key, look.colour(token))
        colours.setColor(role.HighlightedText, look.colour("on_accent"))
        self.setPalette(colours)
        self.document().setDocumentMargin(look.px(5))
        self._fit_gutter()
        self.mark_line(self._marked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = event.key(), event.modifiers()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if modifiers & Qt.KeyboardModifier.ControlModifier:
                event.ignore()  # the panel runs the code
            else:
                self._new_line()
        elif key == Qt.Key.Key_Escape and not self.tabChangesFocus():
            self.setTabChangesFocus(True)
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self._indent(1 if key == Qt.Key.Key_Tab else -1)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.setTabChangesFocus(False)
        self.focused.emit(False)

    def _new_line(self) -> None:
        """Start a line indented as the present one, or deeper after a colon."""
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        indent = len(before) - len(before.lstrip(" ")) + (_INDENT if before.rstrip().endswith(":") else 0)
        cursor.insertText("\n" + " " * indent)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _indent(self, way: int) -> None:
        """Indent the lines selected, or insert blanks up to the next stop; with way −1 take indentation away."""
        cursor = self.textCursor()
        if way > 0 and not cursor.hasSelection():
            cursor.insertText(" " * (_INDENT - cursor.positionInBlock() % _INDENT))
            self.setTextCursor(cursor)
            return
        document = self.document()
        first = document.findBlock(cursor.selectionStart()).blockNumber()
        last = document.findBlock(max(cursor.selectionStart(), cursor.selectionEnd() - 1)).blockNumber()
        edit = QTextCursor(document)
        edit.beginEditBlock()
        for number in range(first, last + 1):
            block = document.findBlockByNumber(number)
            edit.setPosition(block.position())
            if way > 0:
                edit.insertText(" " * _INDENT)
            else:
                text = block.text()
                spare = min(_INDENT, len(text) - len(text.lstrip(" ")))
                edit.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor, spare)
                edit.removeSelectedText()
        edit.endEditBlock()

    # -- line numbers

    def gutter_width(self) -> int:
        """Return the width of the line numbers."""
        figures = max(2, len(str(self.blockCount())))
        edge = self.look.px(8) if self.look is not None else 8
        return figures * self.fontMetrics().horizontalAdvance("0") + 2 * edge

    def _fit_gutter(self, _: int = 0) -> None:
        self.setViewportMargins(self.gutter_width(), 0, 0, 0)
        area = self.contentsRect()
        self._gutter.setGeometry(QRect(area.left(), area.top(), self.gutter_width(), area.height()))

    def _scroll_gutter(self, area: QRect, dy: int) -> None:
        if dy:
            self._gutter.scroll(0, dy)
        else:
            self._gutter.update(0, area.y(), self._gutter.width(), area.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_gutter()

    def paint_gutter(self, painter: QPainter, area: QRect) -> None:
        """Paint the numbers of the lines in an area."""
        if self.look is None:
            return
        painter.fillRect(area, self.look.colour("field"))
        painter.setFont(self.font())
        block = self.firstVisibleBlock()
        place = self.blockBoundingGeometry(block).translated(self.contentOffset())
        width, edge = self._gutter.width(), self.look.px(8)
        while block.isValid() and place.top() <= area.bottom():
            number = block.blockNumber() + 1
            if block.isVisible() and place.bottom() >= area.top():
                marked = number == self._marked
                painter.setPen(self.look.colour("warning" if marked else "axis"))
                text = f"▸{number}" if marked else str(number)
                line = QRect(0, round(place.top()), width - edge, self.fontMetrics().height())
                painter.drawText(line, Qt.AlignmentFlag.AlignRight, text)
            block = block.next()
            place = self.blockBoundingGeometry(block).translated(self.contentOffset())


class _Gutter(QWidget):
    """The strip of line numbers."""

    def __init__(self, editor: CodeEditor) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:
        return QSize(self._editor.gutter_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._editor.paint_gutter(painter, event.rect())
        painter.end()
