"""Explore: the first view, four pictures of the softmax as it is now."""

from explorer.panels.gradient import GradientPanel
from explorer.panels.jacobian import JacobianPanel
from explorer.panels.panel import Panel
from explorer.panels.probabilities import ProbabilitiesPanel
from explorer.panels.vanishing import VanishingPanel
from explorer.session.session import Session
from explorer.window.view import View


class ExploreView(View):
    """Probabilities, Jacobian, loss gradient, and the vanishing curve, small."""

    def make_panels(self, session: Session) -> tuple[Panel, ...]:
        return (
            ProbabilitiesPanel(session, self),
            JacobianPanel(session, self),
            GradientPanel(session, self),
            VanishingPanel(session, self),
        )

    def arrange(self) -> None:
        for k, panel in enumerate(self.panels):
            self.pictures.addWidget(panel, k // 2, k % 2)
        for k in (0, 1):
            self.pictures.setRowStretch(k, 1)
            self.pictures.setColumnStretch(k, 1)
