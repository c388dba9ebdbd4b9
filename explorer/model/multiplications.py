"""How many multiplications a softmax layer's derivatives cost: the chain of Jacobians against the short formulas."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Multiplications:
    """Counts for T classes and N features.

    Parameters
    ----------
    product : int
        ``J Dg`` as a product of dense matrices, (T, T) by (T, T N): T terms for each of its T T N entries.
    short : int
        ``P_t (delta_ti - P_i) x_j``: T T for J, one more for each of the T T N entries.
    gradient : int
        ``dL/da x^T``, which needs neither: one for each of the T N weights.
    nonzero, entries : int
        Entries of Dg that are not 0 by construction, and all of them.
    """

    product: int
    short: int
    gradient: int
    nonzero: int
    entries: int


def multiplications(T: int, N: int) -> Multiplications:
    """Return the counts for T classes and N features; raises ValueError below 1."""
    if T < 1 or N < 1:
        raise ValueError(f"a layer needs a class and a feature at least, not {T} and {N}")
    entries = T * T * N
    return Multiplications(T * entries, T * T + entries, T * N, T * N, entries)
