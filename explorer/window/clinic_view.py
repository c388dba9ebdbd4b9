"""Clinic: the third view, made on its first visit; derivatives that people write, against the truth."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from explorer.model.specimens import SPECIMENS, Specimen
from explorer.panels.code import CodePanel
from explorer.panels.comparison import ComparisonPanel
from explorer.panels.gradient_check import GradientCheckPanel
from explorer.panels.look import Look
from explorer.panels.panel import Panel
from explorer.panels.specimen_list import SpecimenListPanel
from explorer.panels.verdict import VerdictPanel
from explorer.panels.your_function import YourFunctionPanel
from explorer.session.session import Session
from explorer.session.snapshot import Snapshot
from explorer.window.clinic_bar import PARTS, ClinicBar
from explorer.window.view import View

_NARROW = 760  # pixels for scale 1: below it the verdict stands below everything


class ClinicView(View):
    """One part at a time: the specimens with code, verdict and comparison; the gradient check; or code of one's own."""

    wide = ("code", "comparison", "gradient_check")
    _narrow: bool | None = None

    def make_panels(self, session: Session) -> tuple[Panel, ...]:
        self.bar = ClinicBar(session, self)
        self.list_panel = SpecimenListPanel(session, self)
        self.code_panel = CodePanel(session, self)
        self.code_panel.handed_over.connect(self._hand_over)
        self.verdict_panel = VerdictPanel(session, self)
        self.comparison_panel = ComparisonPanel(session, self)
        self.check_panel = GradientCheckPanel(session, self)
        self.function_panel = YourFunctionPanel(session, self)
        # What stands on each part of the view; another part is another row here, and in PARTS.
        self.parts: dict[str, tuple[QWidget, ...]] = {
            "specimens": (self.list_panel, self.code_panel, self.verdict_panel, self.comparison_panel),
            "check": (self.check_panel,),
            "function": (self.function_panel,),
        }
        return self.list_panel, self.code_panel, self.verdict_panel, self.comparison_panel, self.check_panel

    def arrange(self) -> None:
        self.pictures.addWidget(self.bar, 0, 0, 1, 3)
        self.pictures.addWidget(self.check_panel, 4, 0, 1, 3)
        self.pictures.addWidget(self.function_panel, 5, 0, 1, 3)  # a row of its own: a hidden neighbour costs the gap
        self._place(narrow=False)
        self._show_part()

    def _place(self, narrow: bool) -> None:
        """Put the verdict beside the code, or below everything where the window is narrow."""
        if narrow == self._narrow or self.shown is not None:
            return
        self._narrow = narrow
        grid = self.pictures
        for panel in self.parts["specimens"]:
            grid.removeWidget(panel)
        grid.addWidget(self.list_panel, 1, 0, 2, 1)
        grid.addWidget(self.code_panel, 1, 1, 1, 2 if narrow else 1)
        grid.addWidget(self.comparison_panel, 2, 1, 1, 2)
        if narrow:
            grid.addWidget(self.verdict_panel, 3, 0, 1, 3)
        else:
            grid.addWidget(self.verdict_panel, 1, 2)
        for column, stretch in enumerate((42, 58, 0) if narrow else (24, 40, 36)):
            grid.setColumnStretch(column, stretch)
        self.code_panel.show_brief(narrow)
        for panel in (self.verdict_panel, self.comparison_panel):
            panel.show_header(not narrow)  # the headline and the tables have names of their own
        self._share_rows()

    def rearrange(self) -> None:
        self._narrow = None
        super().rearrange()
        self._fit(self.controls.look)

    def _share_rows(self) -> None:
        """Share the height out: the code gets what its lines need, the comparison the rest."""
        if self.shown is not None:
            return
        if self._part != "specimens":
            stretches = (0, 0, 0, 0, int(self._part == "check"), int(self._part == "function"))
        elif self._narrow:
            top = 42 + 14 * len(self._specimen.own_code.splitlines())
            stretches = (0, top, 234 - top, 122, 0, 0)
        else:
            top = min(max(44 + 18 * len(self._specimen.code.splitlines()), 235), 330)
            stretches = (0, top, 570 - top, 0, 0, 0)
        for row, stretch in enumerate(stretches):
            self.pictures.setRowStretch(row, stretch)

    @property
    def _specimen(self) -> Specimen:
        return SPECIMENS[self.list_panel.snapshot.intent.clinic.specimen]

    @property
    def _part(self) -> str:
        """The part shown; the first where the state names one that is not here."""
        page = self.list_panel.snapshot.intent.clinic.page
        return page if page in self.parts else PARTS[0][0]

    def _show_part(self) -> None:
        if self.shown is not None:
            return
        for part, panels in self.parts.items():
            for panel in panels:
                panel.setVisible(part == self._part)
        self.controls.setVisible(self._part != "function")  # your function is tried on logits of its own
        self._share_rows()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        before = self.list_panel.snapshot.intent.clinic
        self.bar.show_snapshot(snapshot)
        super().show_snapshot(snapshot)
        self.function_panel.show_snapshot(snapshot)
        if snapshot.intent.clinic.page != before.page:
            self._show_part()
        if snapshot.intent.clinic.specimen != before.specimen:
            self._share_rows()

    def _hand_over(self) -> None:
        """Take the specimen's code over to one's own."""
        specimen = self._specimen
        self.function_panel.take(f"import numpy as np\n\n{specimen.code}\n", specimen.function.__name__)
        self.code_panel.session.choose("clinic", "Try a specimen", page="function")
        self.function_panel.editor.setFocus()

    def tab_chain(self) -> list[QWidget]:
        return [*self.bar.tab_chain(), *self.function_panel.tab_chain()]

    def _fit(self, look: Look | None) -> None:
        if look is not None:
            self._place(narrow=self.width() < look.px(_NARROW))

    def apply_look(self, look: Look) -> None:
        self._fit(look)
        self.bar.apply_look(look)
        self.function_panel.apply_look(look)
        super().apply_look(look)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(self.controls.look)
