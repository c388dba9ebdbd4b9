"""CaptionBar: what is said to the room: the caption, or the question with its answers, or what was revealed."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from explorer.panels.look import Look
from explorer.panels.panel import paint_card
from explorer.panels.widgets import ElidedLabel
from explorer.session.lecture.scene import MAX_ANSWERS
from explorer.session.lecture.show import REVEALED, Show
from explorer.window.presenting.answers import AnswerRow, HandsField
from explorer.window.widgets import Button

_LARGE = (21.0, 20.0, 19.0, 18.0, 17.0, 16.0, 15.0, 14.0, 13.0, 12.0, 11.0)  # for a room, the first that fits
_SMALL = _LARGE[6:]  # in the window of one person
_SHARE = 0.3  # of the window's height
_SHARE_ASKING = 0.42


class CaptionBar(QWidget):
    """Shows a Show in as many lines as it needs, in the largest letters that leave the pictures their room."""

    def __init__(self, show: Show, parent: QWidget) -> None:
        super().__init__(parent)
        self._of = show
        self.look: Look | None = None
        self.large = False
        self.setAccessibleName("Caption")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.heading, self.state = ElidedLabel(self), ElidedLabel(self)
        self.state.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.words = _words(self)
        self.right = _words(self)
        self.explanation = _words(self)
        self.rows = [AnswerRow(k, self) for k in range(MAX_ANSWERS)]
        self.hands = [HandsField(k, self) for k in range(MAX_ANSWERS)]
        for row in self.rows:
            row.clicked.connect(self._answer)
        for field in self.hands:
            field.counted.connect(self._count)
            field.stepped.connect(self._step)
        self.back = Button("◀", "Previous scene (Ctrl+PgUp)", self)
        self.on = Button("▶", "Next scene, or reveal (Ctrl+PgDown)", self)
        self.back.clicked.connect(show.previous)
        self.on.clicked.connect(show.next)
        show.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what there is now; never writes back."""
        show, scene = self._of, self._of.scene
        self._set(self.heading, f"{show.index + 1} / {len(show.lecture.scenes)}   {scene.title}")
        self._set(self.state, "changed · R brings the scene back" if show.differs else "")
        question = scene.question
        asking = question is not None and show.asking
        self._set(self.words, question.text if question is not None and asking else scene.caption)
        for k, (row, field) in enumerate(zip(self.rows, self.hands, strict=True)):
            wanted = question is not None and asking and k < len(question.answers)
            row.setVisible(wanted)
            field.setVisible(wanted)
            if wanted and question is not None:
                row.show_answer(question.answers[k], show.choice == k)
                field.show_count(show.hands[k])
        revealed = question is not None and show.phase == REVEALED
        self._set(self.right, self._right() if revealed else "")
        self._set(self.explanation, question.explanation if question is not None and revealed else "")
        self.setAccessibleDescription(" ".join(filter(None, (self.words.text(), self.right.text()))))
        self._set_button(self.on, "Reveal" if asking else "▶")
        self.back.setEnabled(show.index > 0)
        self.on.setEnabled(asking or show.following is not None)
        self._place()

    @staticmethod
    def _set_button(button: Button, text: str) -> None:
        if button.text() != text:
            button.setText(text)

    def _right(self) -> str:
        """Return the right answer, and what the room thought."""
        show, question = self._of, self._of.scene.question
        assert question is not None
        text = f"✓ {question.right + 1}  {question.answers[question.right]}"
        hands = [count for count in show.hands if count is not None]
        if hands:
            text += f"   · {show.hands[question.right] or 0} of {sum(hands)} hands"
        elif show.choice is not None and show.choice != question.right:
            text += f"   · the room chose {show.choice + 1}"
        elif show.choice is not None:
            text += "   · as the room said"
        return text

    @staticmethod
    def _set(label: QLabel, text: str) -> None:
        if label.text() != text:
            label.setText(text)

    # -- places

    def apply_look(self, look: Look) -> None:
        """Take over colours, fonts and scale."""
        self.look = look
        self.heading.apply(look.font(12, bold=True), look.colour("muted"))
        self.state.apply(look.font(12, bold=True), look.colour("warning"))
        self._fonts: tuple[float, ...] = ()
        for button in (self.back, self.on):
            button.apply_look(look)
        for row in self.rows:
            row.look = look
        for field in self.hands:
            field.apply_look(look)
        for label, token in ((self.words, "text"), (self.right, "accent"), (self.explanation, "text")):
            _colour(label, look.colour(token))
        self._place()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """Choose the size of the letters, and put everything in its place."""
        if self.look is None or self.width() < 100:
            return
        limit = self.window().height() * (_SHARE_ASKING if self._of.asking else _SHARE)
        for size in _LARGE if self.large else _SMALL:
            height = self._lay_out(size, move=False)
            if height <= limit:
                break
        self._lay_out(size, move=True)
        if height != self.height():
            self.setFixedHeight(height)

    def _lay_out(self, size: float, move: bool) -> int:
        """Return the height that letters of a size take; place everything if asked to."""
        assert self.look is not None
        look, edge = self.look, self.look.px(19)
        w, y = self.width() - 2 * edge, look.px(7)
        head, right = QFontMetrics(look.font(12, bold=True)).height(), self.width() - edge
        if not self.large:  # in front of a room there are keys for it
            head = max(head, look.px(26))
        if move:
            for button in (self.on, self.back):
                button.setVisible(not self.large)
                if not self.large:
                    right -= button.sizeHint().width()
                    button.setGeometry(right, y, button.sizeHint().width(), head)
                    right -= look.px(4)
            aside = min(self.state.sizeHint().width(), w // 2)
            self.heading.setGeometry(edge, y, right - edge - aside - look.px(8), head)
            self.state.setGeometry(right - aside - look.px(4), y, aside, head)
        y += head + look.px(3)
        asking = self._of.asking
        parts = ((self.words, size, asking), (self.right, 0.88 * size, True), (self.explanation, 0.78 * size, False))
        for label, letters, bold in parts:
            y += self._lay_words(label, look.font(letters, bold), edge, y, w, move)
        if asking:
            y = self._lay_answers(look.font(0.85 * size), edge, y, w, move)
        return y + look.px(8)

    def _lay_words(self, label: QLabel, font: QFont, x: int, y: int, w: int, move: bool) -> int:
        assert self.look is not None
        height = _height(font, label.text(), w) if label.text() else 0
        if move:
            label.setFont(font)
            label.setVisible(height > 0)
            label.setGeometry(x, y, w, height)
        return height + self.look.px(2) if height else 0

    def _lay_answers(self, font: QFont, x: int, y: int, w: int, move: bool) -> int:
        """Place the answers in two columns where each fits into one line there, else one below the other."""
        assert self.look is not None and self._of.scene.question is not None
        px, answers = self.look.px, self._of.scene.question.answers
        metrics = QFontMetrics(font)
        hands, gap, left = metrics.horizontalAdvance("hands  "), px(5), metrics.height() + px(18) + px(10)
        half = (w - gap) // 2
        widest = max(metrics.horizontalAdvance(answer) for answer in answers)
        columns = 2 if widest + left + hands + gap <= half else 1
        width = half if columns == 2 else w
        room = width - hands - gap - left
        height = max(_height(font, answer, room) for answer in answers) + px(8)
        lines = -(-len(answers) // columns)
        if move:
            for k in range(len(answers)):
                left_edge, top = x + (k // lines) * (half + gap), y + px(3) + (k % lines) * (height + gap)
                self.rows[k].setFont(font)
                self.rows[k].setGeometry(left_edge, top, width - hands - gap, height)
                self.hands[k].setFont(font)
                self.hands[k].setFixedHeight(height)
                self.hands[k].setGeometry(left_edge + width - hands, top, hands, height)
        return y + px(3) + lines * (height + gap)

    def sizeHint(self) -> QSize:
        return QSize(600, self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(100, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.look is not None:
            painter = QPainter(self)
            painter.fillRect(self.rect(), self.look.colour("ground"))
            painter.end()
            gap = self.look.px(7)
            paint_card(self, self.look, self.rect().adjusted(gap, gap // 2, -gap, 0))

    # -- what people do

    def _answer(self) -> None:
        row = self.sender()
        if isinstance(row, AnswerRow):
            self._of.answer(row.index)

    def _step(self, index: int, by: int) -> None:
        if 0 <= index + by < len(self._of.hands):
            self.hands[index + by].setFocus()

    def _count(self, index: int, count: int | None) -> None:
        self._of.count_hands(index, count)


def _words(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    return label


def _colour(label: QLabel, colour: QColor) -> None:
    palette = label.palette()
    palette.setColor(palette.ColorRole.WindowText, colour)
    label.setPalette(palette)


def _height(font: QFont, text: str, width: int) -> int:
    return QFontMetrics(font).boundingRect(0, 0, max(width, 20), 10_000, int(Qt.TextFlag.TextWordWrap), text).height()
