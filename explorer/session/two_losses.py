"""The story of two losses: what each sends back, what J makes of it, and one sentence with the numbers."""

import math

from explorer.session.curves import gap
from explorer.session.picks import norm_text
from explorer.session.snapshot import Snapshot

_SATURATED = -3.0  # decimal logarithm of an error that is small


def chain(snapshot: Snapshot) -> list[tuple[str, float, float]]:
    """Return title and decimal logarithms of the norms of dL/dp and dL/da, for cross-entropy and squared error."""
    losses = snapshot.readings["cross_entropy"], snapshot.readings["squared_error"]
    return [(loss.loss.title, loss.log10_upstream_norm, loss.log10_norm) for loss in losses]


def story(snapshot: Snapshot) -> str:
    """Say what happened on the way through J, in numbers.

    For two classes and more J at least halves squared error's upstream gradient, and what cross-entropy delivers,
    p − y, is just what squared error sent.
    """
    intent = snapshot.intent
    if intent.n == 1:
        return "One class: p is always 1, so J = 0, and nothing arrives whatever a loss sends."
    cross, squared = snapshot.readings["cross_entropy"], snapshot.readings["squared_error"]
    sent, shrunk, arrives = (norm_text(x) for x in (squared.log10_upstream_norm, squared.log10_norm, cross.log10_norm))
    if cross.log10_norm == -math.inf:
        return "The target has everything: p − y is 0, and nothing is sent."
    told = (
        f"J shrank the squared-error gradient from {sent} to {shrunk}; "
        f"cross-entropy’s 1/p cancels the p in J, so {arrives} arrives"
    )
    lead = max(intent.effective)
    if intent.effective[intent.target] < lead:
        return f"{told}."
    if gap(snapshot) == 0.0:
        return f"The target shares first place. {told}."
    if cross.log10_norm < _SATURATED:
        return f"The target has won. {told}: small, as the error is."
    return f"The target leads. {told}."
