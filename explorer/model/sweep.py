"""Gradient sizes as functions of the spread: one vectorised pass over all spreads."""

from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from explorer.model.exact import Floats
from explorer.model.losses import LOSSES
from explorer.model.softmax import Softmax


class Sweep:
    """Quantities along a sweep, each computed on first use, as value and as decimal logarithm.

    Names: ``spectral_norm``, ``frobenius``, ``entropy``, ``one_minus_p_max``, and ``gradient_norm:<loss>``
    for each loss asked for.
    """

    def __init__(self, spreads: Floats, softmax: Softmax, target: int | None, losses: tuple[str, ...]) -> None:
        self.spreads, self.softmax = spreads, softmax
        self._target, self._losses = target, losses

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names that can be asked for."""
        gradients = () if self._target is None else tuple(f"gradient_norm:{name}" for name in self._losses)
        return ("spectral_norm", "frobenius", "entropy", "one_minus_p_max", *gradients)

    def log10(self, name: str) -> Floats:
        """Return decimal logarithms (m,), which go on below the smallest double; KeyError for an unknown name."""
        if name not in self.names:
            raise KeyError(f"unknown quantity {name!r}; choose one of {', '.join(self.names)}")
        kind, _, loss = name.partition(":")
        if kind == "gradient_norm":
            assert self._target is not None
            return LOSSES[loss].log10_grad_norm(self.softmax, self._target)
        by_name = {
            "spectral_norm": "log10_spectral_norm",
            "frobenius": "log10_frobenius",
            "entropy": "log10_entropy",
            "one_minus_p_max": "log10_one_minus_p_max",
        }
        logs: Floats = getattr(self.softmax, by_name[kind])
        return logs

    def __getitem__(self, name: str) -> Floats:
        """Return values (m,): 0 only where the true value underflows."""
        return np.power(10.0, self.log10(name))


def along_spread(
    z: ArrayLike,
    spreads: ArrayLike,
    *,
    shift: float = 0.0,
    target: int | None = None,
    losses: tuple[str, ...] = (),
) -> Sweep:
    """Sweep the softmax of ``t z + shift`` over the spreads t (m,), for logits z (n,).

    Pure; one vectorised pass, no loop over spreads. ValueError for logits or a target that do not fit.
    Effective logits that overflow are taken at the largest double.
    """
    t = np.asarray(spreads, dtype=np.float64).reshape(-1)
    largest = np.finfo(np.float64).max
    with np.errstate(over="ignore"):
        effective = np.clip(t[:, None] * np.asarray(z, dtype=np.float64) + shift, -largest, largest)
    return Sweep(t, Softmax(effective), target, losses)
