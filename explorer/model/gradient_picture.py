"""The gradients of many samples in a picture of few pixels: every pixel holds the largest entry of its block."""

import numpy as np
from numpy.typing import NDArray

from explorer.model.batch import Batch
from explorer.model.exact import Floats, quiet


class GradientPicture:
    """Sample r's gradient dL/dW, row-major, is row r of a matrix (m, T N); here it is cut into blocks.

    Parameters
    ----------
    batch : Batch
        Its samples; the picture follows its passes.
    rows, columns : int
        At most that many blocks of samples, and of features per class.

    Attributes
    ----------
    values : (rows, T columns)
        Of each block the entry of the largest size, with its sign; 0 where no sample was seen yet.
    silent : (rows,)
        How many samples of the block contribute nothing in the number format.

    Notes
    -----
    Exact: as an entry is ``dL/da_i x_j``, the largest of a block of features is that of the largest or the smallest
    of them. O(m (N + T columns)), the matrix is never formed.
    """

    def __init__(self, batch: Batch, rows: int, columns: int) -> None:
        self.batch = batch
        self.rows, columns = max(min(rows, batch.m), 1), max(min(columns, batch.layer.N), 1)
        self.starts = np.arange(self.rows + 1) * batch.m // self.rows
        self._features = (np.arange(columns) * batch.layer.N // columns).tolist()
        self.values: Floats = np.zeros((self.rows, batch.layer.T * columns))
        self.silent: NDArray[np.intp] = np.zeros(self.rows, dtype=np.intp)
        self.done = 0  # blocks of samples

    def follow(self) -> bool:
        """Take in all blocks of samples that the batch has seen whole; return whether there were any."""
        last = int(np.searchsorted(self.starts, self.batch.done, side="right")) - 1
        if last <= self.done:
            return False
        while self.done < last:
            stop = min(self._stop_for(self.done), last)
            self._take(self.done, stop)
            self.done = stop
        return True

    def _stop_for(self, block: int) -> int:
        """Return the block to stop before, so that about a thousand samples are read at once."""
        return max(int(np.searchsorted(self.starts, self.starts[block] + 1000, side="right")) - 1, block + 1)

    @quiet
    def _take(self, first: int, last: int) -> None:
        start, stop = int(self.starts[first]), int(self.starts[last])
        x, g = self.batch.rows(start, stop), self.batch.logit_gradients[start:stop]
        high = np.maximum.reduceat(x, self._features, axis=1)[:, None, :]
        low = np.minimum.reduceat(x, self._features, axis=1)[:, None, :]
        ends = g[:, :, None] * high, g[:, :, None] * low
        most, least = (f(*ends).reshape(stop - start, -1) for f in (np.maximum, np.minimum))
        cuts = (self.starts[first:last] - start).tolist()
        most, least = np.maximum.reduceat(most, cuts, axis=0), np.minimum.reduceat(least, cuts, axis=0)
        self.values[first:last] = np.where(-least > most, least, most)
        self.silent[first:last] = np.add.reduceat(self.batch.lost[start:stop].astype(np.intp), cuts)
