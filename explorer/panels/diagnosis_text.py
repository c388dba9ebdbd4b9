"""DiagnosisText: what came of a trial as text that can be read, selected and copied."""

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QTextBrowser, QWidget

from explorer.panels.look import Look
from explorer.trial.outcome import Outcome
from explorer.trial.report import VERDICTS, readable, texts
from explorer.trial.source import KINDS

_COLOURS = {"correct": "accent", "wrong": "warning", "unknown": "text", "error": "warning"}
_SHOWN_OUTPUT = 12  # lines


class DiagnosisText(QTextBrowser):
    """Shows a hint, or the outcome of a trial: verdict, sentence, remedy, evidence, errors."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Diagnosis")
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.look: Look | None = None
        self._outcome: Outcome | None = None
        self._hint = ""

    def show_hint(self, text: str) -> None:
        """Show a quiet line in place of a diagnosis."""
        self._outcome, self._hint = None, text
        self._show()

    def show_outcome(self, outcome: Outcome) -> None:
        """Show what came of a trial."""
        self._outcome = outcome
        self._show()

    def apply_look(self, look: Look) -> None:
        """Take over colours, fonts and scale."""
        self.look = look
        self.setFont(look.font(12))
        self.document().setDefaultFont(look.font(12))
        self.document().setDocumentMargin(look.px(4))
        colours, role = self.palette(), QPalette.ColorRole
        for key, token in ((role.Base, "card"), (role.Text, "text"), (role.Highlight, "accent")):
            colours.setColor(key, look.colour(token))
        colours.setColor(role.HighlightedText, look.colour("on_accent"))
        self.setPalette(colours)
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()  # Ctrl+Return runs the code
        else:
            super().keyPressEvent(event)

    def _show(self) -> None:
        if self.look is None:
            return
        if self._outcome is None:
            self.setHtml(_paragraph(escape(self._hint), self._name("muted")))
        else:
            self.setHtml(self._html(self._outcome))
        self.setAccessibleDescription(self.toPlainText())

    def _html(self, outcome: Outcome) -> str:
        assert self.look is not None
        found, gap = outcome.diagnosis or {}, self.look.px(9)
        muted = self._name("muted")
        kind = str(found.get("kind") or "")
        taken = f", taken as {KINDS[kind].partition(',')[0]}" if kind in KINDS else ""
        label = str(found.get("label") or "")
        parts = [
            f'<p style="margin:0 0 {gap // 2}px 0; font-size:{self.look.px(17)}px; font-weight:600;'
            f' color:{self._name(_COLOURS[outcome.verdict])}">{escape(VERDICTS[outcome.verdict])}</p>'
        ]
        if outcome.function:
            named = f" · {label}" if label not in ("", outcome.verdict) else ""
            parts.append(_paragraph(escape(f"{outcome.function}{taken}{named}"), muted, gap))
        parts.append(_paragraph(_escaped(outcome.sentence or str(found.get("sentence", ""))), "", gap))
        if found.get("remedy"):
            parts.append(self._titled("Mend it", [str(found["remedy"])]))
        parts.append(self._titled("Where it breaks", texts(found.get("stress"))))
        parts.append(self._titled("Evidence", texts(found.get("evidence"))))
        parts.append(self._errors(outcome))
        parts += [_paragraph(_escaped(note), muted, gap // 2) for note in outcome.notes]
        if outcome.output:
            lines = readable(outcome.output).splitlines()
            shown = [line[:200] for line in lines[:_SHOWN_OUTPUT]] + (["…"] if len(lines) > _SHOWN_OUTPUT else [])
            parts.append(self._titled("It printed", shown))
        return "".join(parts)

    def _titled(self, title: str, lines: list[str]) -> str:
        if not lines:
            return ""
        assert self.look is not None
        gap, muted = self.look.px(9), self._name("muted")
        rest = "<br>".join(_escaped(line) for line in lines)
        return _paragraph(escape(title), muted, self.look.px(1)) + _paragraph(rest, "", gap)

    def _errors(self, outcome: Outcome) -> str:
        if not outcome.table:
            return ""
        assert self.look is not None
        muted = self._name("muted")
        rows = "".join(
            f'<tr><td style="padding-right:{self.look.px(16)}px">{_escaped(name)}</td>'
            f'<td align="right">{_escaped(error)}</td></tr>'
            for name, error in outcome.table
        )
        title = _paragraph("Largest relative error", muted, self.look.px(1))
        return f'{title}<table cellspacing="0" cellpadding="0">{rows}</table>{_paragraph("", "", self.look.px(2))}'

    def _name(self, token: str) -> str:
        assert self.look is not None
        return str(getattr(self.look.colours, token))


def _paragraph(html: str, colour: str, below: int = 0) -> str:
    ink = f" color:{colour};" if colour else ""
    return f'<p style="margin:0 0 {below}px 0;{ink}">{html}</p>'


def _escaped(text: str) -> str:
    return escape(readable(text))
