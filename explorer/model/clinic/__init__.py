"""The clinic: says what a softmax, its derivative or a loss gradient really computes, and how to mend it.

>>> import numpy as np
>>> from explorer.model.clinic import diagnose
>>> d = diagnose(lambda z: np.exp(z) / np.exp(z).sum(), kind="forward")
>>> d.verdict, d.label
('wrong', 'whole-array')
"""

from explorer.model.clinic.diagnosis import KINDS, Diagnosis, Kind, Verdict
from explorer.model.clinic.examination import diagnose

__all__ = ["KINDS", "Diagnosis", "Kind", "Verdict", "diagnose"]
