"""Which class a layer in the plane gives each place of a picture, and how surely: a few passes of float32 a frame."""

import numpy as np
from numpy.typing import NDArray

from explorer.model.exact import Floats, quiet

Codes = NDArray[np.int32]


class Regions:
    """Computes pictures of one size, h rows and w columns, again and again in the same memory."""

    def __init__(self, w: int, h: int, classes: int) -> None:
        self.w, self.h, self.classes = w, h, classes
        self._logits = np.empty((classes, h, w), dtype=np.float32)
        self._best = np.empty((h, w), dtype=np.float32)
        self._mask = np.empty((h, w), dtype=np.bool_)
        self._winner = np.empty((h, w), dtype=np.int32)

    @quiet
    def codes(self, W: Floats, b: Floats, x: Floats, y: Floats, levels: int) -> Codes:
        """Return ``class * levels + level`` of each place, (h, w), in memory that the next call writes to again.

        Parameters
        ----------
        W, b : (T, 2), (T,)
            The layer.
        x, y : (w,), (h,)
            The features of the columns and of the rows.
        levels : int
            The winner's p from 0 to 1 in whole steps, 0 to ``levels - 1``. The class is the first with the largest
            logit; where logits are not finite it is the first, at level 0.
        """
        logits, best, winner, mask = self._logits, self._best, self._winner, self._mask
        columns = (W[:, :1] * x).astype(np.float32)
        rows = (W[:, 1:] * y + b[:, None]).astype(np.float32)
        winner.fill(0)
        for k in range(self.classes):
            np.add(columns[k], rows[k, :, None], out=logits[k])
            if k == 0:
                np.copyto(best, logits[0])
            else:
                np.greater(logits[k], best, out=mask)
                np.copyto(winner, k, where=mask)
                np.maximum(best, logits[k], out=best)
        logits -= best
        np.exp(logits, out=logits)
        sum_ = np.add.reduce(logits, axis=0, out=best)
        np.divide(levels - 1, sum_, out=sum_)
        if not np.isfinite(columns).all() or not np.isfinite(rows).all():
            np.nan_to_num(sum_, copy=False, nan=0.0)
        sum_ += 0.5
        winner *= levels
        winner += sum_.astype(np.int32)
        return winner
