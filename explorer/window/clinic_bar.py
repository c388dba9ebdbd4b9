"""The bar above the Clinic's pictures: what they show, and the seed of the present row's neighbours."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.panels.look import Look
from explorer.panels.widgets import ElidedLabel, Switch
from explorer.session.clinic_choice import MOST_SEED
from explorer.session.session import Session
from explorer.session.snapshot import Snapshot
from explorer.window.widgets import SeedField

PARTS = (("specimens", "Specimens"), ("check", "Gradient check"), ("function", "Your function"))


class ClinicBar(QWidget):
    """Shows the choices and hands them to the Session."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setAccessibleName("Clinic")
        self.page = Switch("Show", PARTS, self)
        self.seed = SeedField("Seed of the three neighbouring rows and of the upstream gradient dy", MOST_SEED, self)
        self._seed_name = ElidedLabel(self)
        self._seed_name.setText("neighbours’ seed")
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.page)
        self._row.addStretch(1)
        self._row.addWidget(self._seed_name)
        self._row.addWidget(self.seed)
        self.page.chosen.connect(self._choose_page)
        self.seed.chosen.connect(self._choose_seed)
        self.seed.refused.connect(session.refused)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the choices; does not write back."""
        clinic = snapshot.intent.clinic
        self.page.show_value(clinic.page if clinic.page in self.page.segments else PARTS[0][0])
        self.seed.show_number(float(clinic.seed))
        for part in (self._seed_name, self.seed):
            part.setVisible(clinic.page == "specimens")

    def apply_look(self, look: Look) -> None:
        """Take over colours, fonts and scale."""
        self._row.setContentsMargins(look.px(4), 0, look.px(4), 0)
        self._row.setSpacing(look.px(8))
        self.page.apply_look(look)
        self.seed.apply_look(look)
        self.seed.setFixedWidth(look.px(64))
        self._seed_name.apply(look.font(12), look.colour("muted"))
        self.setFixedHeight(look.px(28))

    def tab_chain(self) -> list[QWidget]:
        """Return what Tab reaches, in order."""
        return [*self.page.segments.values(), self.seed]

    def _choose_page(self, page: str) -> None:
        self.session.choose("clinic", "Choose what to show", page=page)

    def _choose_seed(self, seed: int) -> None:
        self.session.choose("clinic", "Choose the seed", seed=seed)
