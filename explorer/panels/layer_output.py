"""Output: for each class its logit, probability, target and dL/da; a click, or Enter, makes a class the target."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from explorer.model.notation import number, scientific
from explorer.panels.layer_panel import LayerPanel
from explorer.panels.look import Ink
from explorer.session.layer_picks import LayerPick, Output
from explorer.session.layer_words import slope_text
from explorer.session.session import Session


class OutputPanel(LayerPanel):
    """A row per class, and the loss below."""

    title = "Output"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.set_subtitle("P = S(Wx) · click a class: target")
        self._cursor = 0
        self.canvas.pressed.connect(self._press)
        self.canvas.stepped.connect(self._step)
        self.canvas.key.connect(self._key)

    def _geometry(self) -> tuple[float, float]:
        """Return the heights of the head and of a row."""
        h, ink = self.canvas.plot_size[1], self.ink
        head = 1.3 * ink.height
        return head, max((h - head - 1.5 * ink.height) / self.snapshot.intent.layer.T, 1.0)

    def _columns(self) -> tuple[Ink, list[float]]:
        """Return the ink and the left edges of the columns: class, logit, bar, P, target, gradient, end.

        In a narrow panel the mark of the target stands beside the class, and long numbers are written small.
        """
        assert self.look is not None
        w, look, reading = self.canvas.plot_size[0], self.look, self.snapshot.layer
        narrow = w < 20.0 * self.ink.height
        texts = (text for t, p in enumerate(reading.p_texts) for text in (p, slope_text(reading, t, 2)))
        small = self._geometry()[1] < 0.95 * self.ink.height or (narrow and max(map(len, texts)) > 6)
        ink = self.small if small else self.ink
        mark, long = ink.width("◎"), ink.width("1 − 0.0e−00") + 5.0 if narrow else ink.width("1 − 0.0e−000") + 8.0
        if narrow:
            first = look.px(14) + ink.width("12 ") + mark
            widths = [first, ink.width("−00.00") + 6.0, 0.0, long if small else ink.width("0.000") + look.px(12), 0.0]
            widths.append(ink.width("−0e−00") if small else ink.width("−0.00") + 4.0)
        else:
            wide = w > 26.0 * ink.height
            first = ink.width("class 12") + 22.0 if wide else look.px(14) + ink.width("12 ")
            widths = [
                first,
                ink.width("−0.0e−000" if wide else "−00.00") + 8.0,
                0.0,
                long,
                mark + 12.0,
                ink.width("−0.0e−00") + 8.0,
            ]
        widths[2] = max(w - sum(widths), 0.0)
        return ink, [sum(widths[:k]) for k in range(len(widths) + 1)]

    def draw_backdrop(self, painter: QPainter, w: float, h: float) -> None:
        assert self.look is not None
        (head, row), (ink, lefts) = self._geometry(), self._columns()
        reading, target = self.snapshot.layer, self.snapshot.intent.layer.target
        n, look = reading.choice.T, self.look
        painter.setFont(ink.font)
        painter.setPen(self.muted)
        marked, named = lefts[5] > lefts[4], lefts[1] > 60.0 * look.scale
        titles = ("class" if named else "", "a = Wx", "", "P", "y" if marked else "", "∂L/∂a")
        for k, title in enumerate(titles):
            ink.left(painter, lefts[k] + (look.px(14) if k == 0 else 0.0), 0.5 * head, title)
        p = reading.softmax.p.tolist()
        for t in range(n):
            y, size = head + (t + 0.5) * row, min(look.px(8), row - 2.0)
            painter.fillRect(QRectF(1.0, round(y - size / 2), size, size), look.class_colour(t))
            painter.setPen(self.text)
            name = ink.first_that_fits(lefts[1] - look.px(16), f"class {t + 1}", f"{t + 1}")
            ink.left(painter, look.px(14), y, name)
            logit = float(reading.softmax.logits[t])
            ink.left(painter, lefts[1], y, ink.first_that_fits(lefts[2] - lefts[1] - 4.0, number(logit), _short(logit)))
            bar = QRectF(lefts[2], round(y - 0.32 * row), max(lefts[3] - lefts[2] - 10.0, 0.0), round(0.64 * row))
            painter.fillRect(bar, look.colour("track"))
            painter.fillRect(QRectF(bar.left(), bar.top(), bar.width() * p[t], bar.height()), look.class_colour(t))
            room = lefts[4] - lefts[3] - 4.0
            ink.left(painter, lefts[3], y, ink.first_that_fits(room, *self._chances(t)))
            if t == target:
                ink.left(painter, lefts[4] if marked else lefts[1] - ink.width("◎ "), y, "◎")
            gradients = slope_text(reading, t), slope_text(reading, t, 2)
            ink.left(painter, lefts[5], y, ink.first_that_fits(w - lefts[5], *gradients))
        painter.setPen(self.text)
        painter.setFont(self.ink.font)
        formula = " = −log P" if reading.loss.name == "cross_entropy" else ""
        value = number(reading.value, reading.log10_value)
        text = self.ink.first_that_fits(w, f"L {reading.loss.title}{formula} = {value}", f"L = {value}")
        self.ink.left(painter, look.px(14), h - 0.6 * self.ink.height, text)

    def _chances(self, t: int) -> tuple[str, ...]:
        """Return P of a class as it reads, and shorter."""
        s, full = self.snapshot.layer.softmax, self.snapshot.layer.p_texts[t]
        if float(s.p[t]) < 0.9995:
            return full, number(float(s.p[t]), float(s.log10_p[t]), 2)
        return full, f"1 − {number(float(s.q[t]), float(s.log10_q[t]), 2)}" if " " in full else full

    def draw_live(self, painter: QPainter, w: float, h: float) -> None:
        head, row = self._geometry()
        lit, n = self.lights, self.snapshot.intent.layer.T
        painter.setBrush(Qt.BrushStyle.NoBrush)
        rows = {k for k in (lit.t, lit.k if lit.t is None else lit.t) if k is not None and k < n}
        for t in rows:
            painter.setPen(QPen(self.accent, 1.0))
            painter.drawRect(QRectF(0.0, round(head + t * row), w - 1.0, round(row) - 1.0))

    def pick_at(self, place: QPointF) -> LayerPick | None:
        head, row = self._geometry()
        t = int((place.y() - head) // row)
        return Output(t) if 0 <= t < self.snapshot.intent.layer.T else None

    def cursor_pick(self) -> LayerPick | None:
        self._cursor = min(self._cursor, self.snapshot.intent.layer.T - 1)
        return Output(self._cursor)

    def _press(self, place: QPointF) -> None:
        pick = self.pick_at(place)
        if isinstance(pick, Output):
            self._cursor = pick.t
            self._make_target()

    def _make_target(self) -> None:
        self.session.choose("layer", "Choose the sample’s class", target=self._cursor)

    def _step(self, columns: int, rows: int, event: QKeyEvent) -> None:
        self._cursor = min(max(self._cursor + rows, 0), self.snapshot.intent.layer.T - 1)
        self.point_at(Output(self._cursor))

    def _key(self, key: int) -> None:
        if key == Qt.Key.Key_Home:
            self.session.reset_field("layer.target")
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._make_target()

    def description(self) -> str:
        reading = self.snapshot.layer
        rows = [
            f"class {t + 1}: logit {number(float(reading.softmax.logits[t]))}, P {reading.p_texts[t]}, "
            f"∂L/∂a {slope_text(reading, t)}"
            for t in range(reading.choice.T)
        ]
        loss = f"{reading.loss.title} {number(reading.value, reading.log10_value)}"
        return f"{'; '.join(rows)}. Target: class {reading.choice.target + 1}. {loss}."


def _short(logit: float) -> str:
    """Return a large or tiny logit with a digit less; others need no shorter text."""
    return scientific(logit, 0) if logit and not 1e-3 <= abs(logit) < 1e4 else number(logit)
