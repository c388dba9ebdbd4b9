"""One formula of the dictionary, and the forms that results have."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from explorer.model.clinic.diagnosis import Kind
from explorer.model.exact import Floats

Form: TypeAlias = Literal["map", "matrix", "vjp", "target"]
FORM_OF: dict[Kind, Form] = {
    "forward": "map",
    "elementwise": "map",
    "jacobian": "matrix",
    "vjp": "vjp",
    "cross_entropy": "target",
    "squared_error": "target",
}


@dataclass(frozen=True)
class Formula:
    """One thing to compute from s and v (the upstream gradient or the one-hot target; ignored by maps).

    ``kind`` is what a function with this formula means to be; ``right`` says that it is the right formula for it.
    """

    label: str
    text: str
    remedy: str
    cost: float
    of: Callable[[Floats, Floats], Floats]
    kind: Kind
    right: bool = False
