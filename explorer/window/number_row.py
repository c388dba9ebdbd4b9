"""NumberRow: a name, a slider and a typed value for one number of the state."""

from abc import abstractmethod

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.panels.look import Look
from explorer.panels.stepping import factor
from explorer.panels.widgets import ElidedLabel
from explorer.session.axes import Axis
from explorer.session.session import Session
from explorer.window.slider import Slider
from explorer.window.widgets import NumberField


class NumberRow(QWidget):
    """Shows a number and hands changes on; which number, a subclass says. ``spoken`` is its accessible name."""

    field_type: type[NumberField] = NumberField

    def __init__(
        self, session: Session, name: str, axis: Axis, parent: QWidget | None = None, spoken: str = ""
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.name = ElidedLabel(self)
        self.name.setText(name)
        self.slider = Slider(spoken or name, axis, session.new_gesture, self)
        self.field = self.field_type(f"{spoken or name}, typed", self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.name)
        self._row.addWidget(self.slider, 1)
        self._row.addWidget(self.field)
        self.slider.edited.connect(self._edit)
        self.slider.reset_asked.connect(self._reset)
        self.field.entered.connect(self._type)
        self.field.refused.connect(session.refused)
        self.field.stepped.connect(self._step)

    @abstractmethod
    def value(self) -> float:
        """Return the number as it is in the state."""

    @abstractmethod
    def _edit(self, value: float, gesture: int | None) -> None:
        """Change the number."""

    @abstractmethod
    def _reset(self) -> None:
        """Set the number back to where it started."""

    def show_value(self, value: float) -> None:
        """Show a number; does not write back."""
        self.slider.show_number(value)
        self.field.show_number(value)

    def apply_look(self, look: Look) -> None:
        """Take over colours and sizes."""
        self._row.setSpacing(look.px(3))
        self.name.apply(look.font(12), look.colour("text"))
        self.slider.apply_look(look, look.colour("axis"))
        self.field.apply_look(look)

    def fit_width(self, width: int) -> None:
        """Share the width between name, slider and number."""
        self.name.setFixedWidth(max(round(0.29 * width), self.name.sizeHint().width()))
        self.field.setFixedWidth(round(0.235 * width))

    def _type(self, value: float) -> None:
        self._edit(value, None)
        self.field.show_number(self.value())  # what was typed may have been refused

    def _step(self, direction: int, event: QKeyEvent) -> None:
        self._edit(self.slider.axis.step(self.value(), direction * factor(event)), self.session.new_gesture())
