"""The mathematics of the softmax: pure NumPy, usable from a notebook without any window.

>>> from explorer.model import Softmax, LOSSES
>>> s = Softmax([40, 0, 0])
>>> float(s.jacobian()[0, 0])
8.496708510583178e-18
"""

from explorer.model.losses import LOSSES, Loss
from explorer.model.softmax import Softmax

__all__ = ["LOSSES", "Loss", "Softmax"]
