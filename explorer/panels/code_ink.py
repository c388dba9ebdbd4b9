"""CodeInk: colours Python in a document that is being edited."""

from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from explorer.panels.code_look import code_colours
from explorer.panels.look import Look
from explorer.session.code_runs import CodeRun, code_lines

_LONGEST = 60_000  # characters; longer code stays plain, since every key would read all of it


class CodeInk(QSyntaxHighlighter):
    """Reads the whole document once for each change, and colours the lines that Qt asks for."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._formats: dict[str, QTextCharFormat] = {}
        self._read = -1  # the revision of the document that the lines are of
        self._lines: list[list[CodeRun]] = []
        self._busy = False

    def apply_look(self, look: Look) -> None:
        """Take over the colours."""
        self._formats = {}
        for role, colour in code_colours(look).items():
            ink = QTextCharFormat()
            ink.setForeground(colour)
            if role in ("keyword", "name"):
                ink.setFontWeight(QFont.Weight.DemiBold)
            self._formats[role] = ink
        self.rehighlight()

    def refresh(self) -> None:
        """Colour the lines anew that an edit elsewhere has changed: a quotation mark may turn the whole text about."""
        if self._busy or not self._formats:
            return
        self._busy = True  # colouring a line is a change of the document, too
        block, row = self.document().begin(), 0
        while block.isValid():
            if block.userState() != _mark(self._runs(row)):
                self.rehighlightBlock(block)
            block, row = block.next(), row + 1
        self._busy = False

    def highlightBlock(self, text: str) -> None:
        if not self._formats:
            return
        runs, at = self._runs(self.currentBlock().blockNumber()), 0
        for part, role in runs:
            self.setFormat(at, len(part), self._formats[role])
            at += len(part)
        self.setCurrentBlockState(_mark(runs))

    def _runs(self, row: int) -> list[CodeRun]:
        document = self.document()
        if document.revision() != self._read:
            self._read = document.revision()
            self._lines = code_lines(document.toPlainText() if document.characterCount() <= _LONGEST else "")
        return self._lines[row] if row < len(self._lines) else []


def _mark(runs: list[CodeRun]) -> int:
    """Return a number that stays with the line and tells whether its colours still hold."""
    return hash(tuple(runs)) & 0x7FFFFFFF
