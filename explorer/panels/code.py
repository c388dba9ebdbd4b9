"""The code of the chosen specimen, coloured: the very text that is run."""

from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from explorer.panels.code_look import code_colours, code_font
from explorer.panels.panel import Panel
from explorer.panels.widgets import Segment
from explorer.session.clinic_words import KIND_TITLES
from explorer.session.code_runs import CodeRun, code_lines
from explorer.session.session import Session

_SIZES = (16.0, 15.0, 14.0, 13.0, 12.0, 11.0, 10.0, 9.0)  # pixels for scale 1, the first that fits is taken
_LEADING = 1.32


class CodePanel(Panel):
    """Painted once for each specimen: code does not move with the logits."""

    title = "Code"
    handed_over = Signal()  # a person wants to change the code and try it

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.try_button = Segment("try", "change it and try →", self)
        self.try_button.setCheckable(False)
        self.try_button.setAccessibleName("Change this code and try it, in Your function")
        self.try_button.setToolTip("Copies the code to Your function")
        self.try_button.clicked.connect(self.handed_over)
        self._header.addWidget(self.try_button)
        self._shown: tuple[str, bool] | None = None
        self._brief = False
        self.all_fits = True  # are all lines readable to their end?
        self._lines: list[list[CodeRun]] = []
        self._size = _SIZES[0]

    def tab_chain(self) -> list[QWidget]:
        return [self.try_button, self.canvas]

    def restyle(self) -> None:
        assert self.look is not None
        self.try_button.look = self.look
        self.try_button.setFont(self.look.font(11))
        self.try_button.updateGeometry()
        self._colours = code_colours(self.look)
        self._fit()

    def show_brief(self, brief: bool) -> None:
        """Leave out what the function calls, where there is little room."""
        self._brief = brief
        self.show_snapshot(self.snapshot)

    def update_picture(self) -> None:
        specimen = self.snapshot.examination.specimen
        if (specimen.name, self._brief) != self._shown:
            self._shown = (specimen.name, self._brief)
            self._lines = code_lines(specimen.own_code if self._brief else specimen.code)
            self.set_subtitle(specimen.title)
            self.try_button.setVisible(specimen.can_be_diagnosed)
            self._fit()

    def update_layout(self) -> None:
        self._fit()

    def _fit(self) -> None:
        """Take the largest size at which all lines fit."""
        assert self.look is not None
        w, h = self.canvas.plot_size
        widest = max((sum(len(text) for text, _ in line) for line in self._lines), default=0)
        for size in _SIZES:
            metrics = QFontMetricsF(code_font(self.look, size))
            self._size = size
            wide, high = metrics.horizontalAdvance("0") * widest, self._leading(metrics) * len(self._lines)
            self.all_fits = wide <= w and high <= h
            if self.all_fits:
                break
        self.canvas.stale_backdrop()

    def _leading(self, metrics: QFontMetricsF) -> float:
        return round(_LEADING * metrics.ascent() + metrics.descent())

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        assert self.look is not None
        plain, bold = (code_font(self.look, self._size, heavy) for heavy in (False, True))
        metrics = QFontMetricsF(plain)
        leading, advance = self._leading(metrics), metrics.horizontalAdvance("0")
        for k, line in enumerate(self._lines):
            x, y = 0.0, k * leading + _LEADING * metrics.ascent()
            for text, role in line:
                painter.setFont(bold if role in ("keyword", "name") else plain)
                painter.setPen(self._colours[role])
                painter.drawText(QPointF(x, y), text)
                x += advance * len(text)

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        """Leave it all to the backdrop."""

    def description(self) -> str:
        specimen = self.snapshot.examination.specimen
        return f"{KIND_TITLES[specimen.kind]}, {specimen.title}: {specimen.code}"
