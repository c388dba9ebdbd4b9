"""All specimens by name, in the order in which they are listed."""

from types import MappingProxyType

from explorer.model.specimens.backward_passes import BACKWARD_PASSES
from explorer.model.specimens.derivatives import DERIVATIVES
from explorer.model.specimens.forward_passes import FORWARD_PASSES
from explorer.model.specimens.gradient_checks import GRADIENT_CHECKS
from explorer.model.specimens.jacobians import JACOBIANS

SPECIMENS = MappingProxyType(
    {s.name: s for s in (*FORWARD_PASSES, *JACOBIANS, *DERIVATIVES, *BACKWARD_PASSES, *GRADIENT_CHECKS)}
)
