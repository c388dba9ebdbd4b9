"""What a function may have made of the probabilities s: the right formula, or one that people write instead.

Every formula works on stacks: s is (..., m, n), where the leading axis runs over the sources.
"""

from explorer.model.clinic.formula import Form, Formula
from explorer.model.clinic.formulas_losses import losses
from explorer.model.clinic.formulas_maps import maps
from explorer.model.clinic.formulas_matrices import matrices
from explorer.model.clinic.formulas_vjps import vjps

FORMULAS: dict[Form, tuple[Formula, ...]] = {
    "map": maps(),
    "matrix": matrices(),
    "vjp": vjps(),
    "target": losses(),
}
