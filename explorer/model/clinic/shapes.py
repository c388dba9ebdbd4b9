"""Results of another shape than they should have: what the shape says, and how to read the values all the same."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explorer.model.clinic.formula import Form
from explorer.model.clinic.probes import Probe
from explorer.model.clinic.source import softmax
from explorer.model.exact import Floats


@dataclass(frozen=True)
class Misshapen:
    """A shape that is recognised: label, what it is, how to mend it; ``read`` makes the right shape of it if it can."""

    label: str
    text: str
    remedy: str
    read: Callable[[Floats, Probe], Floats] | None = None
    form: Form | None = None


def right_shape(form: Form, probe: Probe) -> tuple[int, ...]:
    """Return the shape that a result should have."""
    return (probe.m, probe.n, probe.n) if form == "matrix" else (probe.m, probe.n)


def whole_jacobian(values: Floats, probe: Probe) -> Floats | None:
    """Return the blocks (m, n, n) of a whole batch's Jacobian, (m, n, m, n) or (mn, mn), if its other blocks are 0."""
    m, n = probe.z.shape
    if values.shape != (m, n, m, n) and (m == 1 or values.shape != (m * n, m * n)):
        return None
    blocks = values.reshape(m, n, m, n).transpose(0, 2, 1, 3)
    rows = np.arange(m)
    others = blocks.copy()
    others[rows, rows] = 0.0
    return np.array(blocks[rows, rows]) if not np.abs(others).max() > 1e-12 else None


def recognise(shape: tuple[int, ...], probe: Probe, two: bool, wants: Form) -> Misshapen:
    """Return what a shape (not the right one) means; ``two``: the function took two arguments."""
    m, n = probe.z.shape
    keep = (
        f"Return an array of the logits' shape, here ({m}, {n})."
        if wants != "matrix"
        else "Return one matrix for each row, shape (m, n, n)."
    )
    table: dict[tuple[int, ...], Misshapen] = {}

    def add(
        key: tuple[int, ...],
        label: str,
        text: str,
        remedy: str,
        read: Callable[[Floats, Probe], Floats] | None = None,
        form: Form | None = None,
    ) -> None:
        table.setdefault(key, Misshapen(label, text, remedy, read, form))

    if two and wants != "matrix":
        add(
            (m, n, n),
            "jacobian-returned",
            "a matrix for each row",
            "Multiply the Jacobian by the upstream gradient: np.einsum('mij,mj->mi', J, g).",
        )
    if wants == "matrix":
        add(
            (n, n, m),
            "axes-order",
            "the matrices with the batch axis last",
            "Put the batch axis first.",
            lambda v, p: np.moveaxis(v, -1, 0),
            "matrix",
        )
        add(
            (n, m, n),
            "axes-order",
            "the matrices with the batch axis in the middle",
            "Put the batch axis first.",
            lambda v, p: np.moveaxis(v, 1, 0),
            "matrix",
        )
        add((n, n), "batch-summed", "a single matrix for the whole batch", keep)
        add(
            (m * n, m * n),
            "whole-array",
            "one matrix over all entries of the batch, as if it were a single vector",
            keep,
        )
        add(
            (m, n * n),
            "flattened",
            "each row's matrix flattened",
            keep,
            lambda v, p: v.reshape(p.m, p.n, p.n),
            "matrix",
        )
        add((m, m), "wrong-axis", "a matrix over the rows of the batch, (m, m)", keep)
        add((n, m, m), "wrong-axis", "matrices over the rows of the batch, not over the classes", keep)
        add((m, m, n), "wrong-axis", "rows paired with rows, not classes with classes", keep)
    add(
        (n, m),
        "transposed",
        "the transposed array, (n, m)",
        "Return it as (m, n): leave out .T.",
        lambda v, p: v.T,
        "map",
    )
    add((m * n,), "flattened", "all entries in one line", keep, lambda v, p: v.reshape(p.m, p.n), "map")
    add((m * n, 1), "flattened", "all entries in one column", keep, lambda v, p: v.reshape(p.m, p.n), "map")
    add((1, m * n), "flattened", "all entries in one line", keep, lambda v, p: v.reshape(p.m, p.n), "map")
    for key in ((m, 1, n), (m, n, 1), (1, m, n)):
        add(key, "extra-axis", "an axis of length 1 too many", keep, lambda v, p: v.reshape(p.m, p.n), "map")
    add((), "scalar", "a single number", keep)
    add((1,), "scalar", "a single number", keep)
    add((m,), "one-number-per-row", "one number for each row", keep)
    add((m, 1), "one-number-per-row", "one number for each row", keep)
    add((n,), "batch-reduced", "one vector for the whole batch: it is summed, averaged or cut over the rows", keep)
    add((1, n), "batch-reduced", "one row for the whole batch: it is summed, averaged or cut over the rows", keep)
    add(
        (m, n - 1),
        "class-missing",
        "one class too few",
        "Let the loop run over all classes: range(n) ends at n − 1 by itself.",
    )
    add(
        (m - 1, n),
        "row-missing",
        "one row too few",
        "Let the loop run over all rows: range(m) ends at m − 1 by itself.",
    )
    add((m, n + 1), "extra-class", "one class too many", keep)
    add((m, m), "wrong-axis", "a matrix over the rows of the batch, (m, m)", keep)
    add(
        (m, m, n),
        "broadcast",
        "every row combined with every other one",
        "Keep the target's shape: (m, 1) or one-hot (m, n).",
    )
    add((m * n, m * n), "whole-array", "one matrix over all entries of the batch, as if it were a single vector", keep)
    add((m, n, n), "jacobian-returned", "a matrix for each row", keep)
    add((n, n), "batch-mixed", "a matrix over the classes, summed over the batch", keep)
    return table.get(shape, Misshapen("wrong-shape", f"an array of shape {shape}", keep))


def without_keepdims(values: Floats, probe: Probe, form: Form) -> bool:
    """Whether a square batch shows sums (or maxima) of rows that were broadcast along columns."""
    z, n = probe.z, probe.n
    sources = [softmax(z)]
    for top in (np.zeros(n), z.max(axis=1)):
        for exponentials in (np.exp(z - top), np.exp(z - top[:, None])):
            sources += [exponentials / exponentials.sum(axis=1), exponentials / exponentials.sum(axis=1)[:, None]]
    right = softmax(z)
    y = probe.one_hot
    for k, s in enumerate(sources):
        made: list[Floats] = []
        if form == "map" and k:
            made += [s, s * (1 - s)]
        if form == "matrix":
            made += [s[:, :, None] * (np.eye(n) - s[:, None, :])] if k else []
        if form == "vjp":
            made += [s * (probe.dy - (s * probe.dy).sum(axis=1))]
            made += [s * (probe.dy - (s * probe.dy).sum(axis=1)[:, None])] if k else []
        if form == "target":
            g = s - y
            made += [s * (g - (s * g).sum(axis=1))]
            made += [g, s * (g - (s * g).sum(axis=1)[:, None])] if k else []
        for candidate in made:
            size = float(np.abs(values).max())
            close = candidate.shape == values.shape and float(np.abs(candidate - values).max()) <= 1e-9 * size
            if (close and not np.allclose(s, right, rtol=1e-9)) or (close and k == 0):
                return True
    return False
