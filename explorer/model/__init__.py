"""The mathematics of the softmax: pure NumPy, usable from a notebook without any window.

>>> from explorer.model import Softmax, LOSSES
>>> s = Softmax([40, 0, 0])
>>> float(s.jacobian()[0, 0])
8.496708510583178e-18
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from explorer.model.losses import LOSSES, Loss
from explorer.model.softmax import Softmax

if TYPE_CHECKING:
    from explorer.model.layer import SoftmaxLayer
    from explorer.model.training import Training

__all__ = ["LOSSES", "Loss", "Softmax", "SoftmaxLayer", "Training"]

_LATER = {
    "SoftmaxLayer": "explorer.model.layer",
    "Training": "explorer.model.training",
}  # not needed for the first picture


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
