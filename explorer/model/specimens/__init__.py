"""Softmax derivatives that people really write, right and wrong: their code, run and compared with the truth.

>>> from explorer.model.specimens import SPECIMENS, examine
>>> examine(SPECIMENS["naive"], [1000.0, 0.0], 0).verdict
'right until'
"""

from explorer.model.specimens.breaking import breaking_point
from explorer.model.specimens.catalogue import SPECIMENS
from explorer.model.specimens.examination import VERDICTS, Examination, examine, right_here
from explorer.model.specimens.running import TOLERANCE
from explorer.model.specimens.specimen import KINDS, TASKS, Specimen

__all__ = [
    "KINDS",
    "SPECIMENS",
    "TASKS",
    "TOLERANCE",
    "VERDICTS",
    "Examination",
    "Specimen",
    "breaking_point",
    "examine",
    "right_here",
]
