"""A batch gives bit for bit what its rows give one by one, whatever its shape, memory layout and neighbours."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from explorer.model import LOSSES, Softmax

PER_ROW = [
    "entropy",
    "frobenius",
    "spectral_norm",
    "trace",
    "winner",
    "log10_entropy",
    "log10_frobenius",
    "log10_spectral_norm",
]
PER_CLASS = ["p", "q", "log_p", "log_q", "log10_p", "log10_q", "shares", "gaps"]
LOSS_METHODS = ["value", "grad_p", "grad_logits", "log10_abs_grad_p", "log10_abs_grad_logits", "log10_grad_norm"]

QUANTITIES: dict[str, Callable[[Softmax], Any]] = {
    **{name: lambda s, name=name: getattr(s, name) for name in (*PER_ROW, *PER_CLASS)},
    "moments": lambda s: np.concatenate(s.moments, axis=-1),
    "q_rest": lambda s: s.q_rest[..., 0],
    "log10_one_minus_p_max": lambda s: s.log10_one_minus_p_max,
    "jacobian": lambda s: s.jacobian() if s.n < 200 else s.p,
    "log10_abs_jacobian": lambda s: s.log10_abs_jacobian() if s.n < 200 else s.p,
    "eigenvalues": lambda s: s.eigenvalues() if s.n < 200 else s.p,
}


def rows(n: int, count: int = 23) -> np.ndarray:
    """Return rows (count, n) of every kind side by side: mild, saturated, tied, near ties, far tails, -inf."""
    random = np.random.default_rng(n)
    logits = random.normal(size=(count, n)) * 10.0 ** random.uniform(-3.0, 6.0, size=(count, 1))
    logits[1::7] = random.normal(size=(len(logits[1::7]), n)) - 900.0 * (np.arange(n) != n // 2)
    logits[2::7] = np.round(random.normal(size=(len(logits[2::7]), n)))
    logits[3::7] = 1e8 + np.spacing(1e8) * random.integers(-3, 4, size=(len(logits[3::7]), n))
    logits[4::7] -= 720.0 * (np.arange(n) != 0)
    logits[5::7, 1::2] = -np.inf
    logits[6] = np.where(np.arange(n) % 2, 1.7e308, -1.7e308)
    return logits


def targets(n: int, count: int) -> dict[str, tuple[Any, Callable[[Any], Any]]]:
    """Return targets of a batch, and of each how to take the one of row r."""
    random = np.random.default_rng(n + 1)
    soft = random.dirichlet(np.ones(n), size=count)
    soft[::3] = np.eye(n)[random.integers(0, n, size=len(soft[::3]))]  # one-hot rows among soft ones
    return {
        "one class": (n - 1, lambda r: n - 1),
        "classes": ((classes := random.integers(0, n, size=count)), lambda r: classes[r]),
        "distributions": (soft, lambda r: soft[r]),
        "one distribution": (soft[1], lambda r: soft[1]),
    }


def same_bits(batch: Any, row: Any, name: str) -> None:
    batch, row = np.asarray(batch), np.asarray(row)
    assert batch.shape == row.shape, name
    assert batch.dtype == row.dtype, name
    assert batch.tobytes() == row.tobytes(), name


SIZES = [1, 2, 3, 8, 10, 129, 1000]


@pytest.mark.parametrize("n", SIZES)
def test_softmax(n: int) -> None:
    logits = rows(n)
    batch, singles = Softmax(logits), [Softmax(row) for row in logits]
    for name, quantity in QUANTITIES.items():
        values = quantity(batch)
        for r, single in enumerate(singles):
            same_bits(values[r], quantity(single), f"{name}, row {r}")


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_losses(loss: Any, n: int) -> None:
    logits = rows(n)
    batch, singles = Softmax(logits), [Softmax(row) for row in logits]
    for kind, (y, of_row) in targets(n, len(logits)).items():
        for name in LOSS_METHODS:
            values = getattr(loss, name)(batch, y)
            for r, single in enumerate(singles):
                same_bits(values[r], getattr(loss, name)(single, of_row(r)), f"{name} {kind}, row {r}")


@pytest.mark.parametrize("n", SIZES)
def test_vjp(n: int) -> None:
    logits = rows(n)
    batch, random = Softmax(logits), np.random.default_rng(5)
    g = random.normal(size=logits.shape) * 10.0 ** random.uniform(-5.0, 5.0, size=(len(logits), 1))
    g[::4] *= 1e300  # these need room, their neighbours do not
    for upstream, of_row in ((g, lambda r: g[r]), (g[1], lambda r: g[1])):
        values, logs = batch.vjp(upstream), batch.log10_abs_vjp(upstream)
        for r, row in enumerate(logits):
            same_bits(values[r], Softmax(row).vjp(of_row(r)), f"row {r}")
            same_bits(logs[r], Softmax(row).log10_abs_vjp(of_row(r)), f"log10, row {r}")
    many = Softmax(logits[0]).vjp(g)  # many upstream gradients of one softmax
    for r, row in enumerate(g):
        same_bits(many[r], Softmax(logits[0]).vjp(row), f"upstream {r}")


@pytest.mark.parametrize("shape", [(2, 3, 10), (6, 1, 10), (1, 6, 10), (3, 1, 2, 10)], ids=str)
def test_more_axes(shape: tuple[int, ...]) -> None:
    flat = rows(10)[:6]
    deep, plain = Softmax(flat.reshape(shape)), Softmax(flat)
    for name, quantity in QUANTITIES.items():
        ours, theirs = quantity(deep), quantity(plain)
        same_bits(ours.reshape(theirs.shape), theirs, name)
    classes = np.arange(6)
    for loss in LOSSES.values():
        for name in LOSS_METHODS:
            ours = getattr(loss, name)(deep, classes.reshape(shape[:-1]))
            theirs = getattr(loss, name)(plain, classes)
            same_bits(ours.reshape(theirs.shape), theirs, f"{loss.name}.{name}")


LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "Fortran order": np.asfortranarray,
    "every second column": lambda a: np.repeat(a, 2, axis=1)[:, ::2],
    "every second row": lambda a: np.repeat(a, 2, axis=0)[::2],
    "backwards": lambda a: a[::-1, ::-1].copy()[::-1, ::-1],
    "transposed": lambda a: np.ascontiguousarray(a.T).T,
    "unaligned": lambda a: np.frombuffer(b"x" + a.tobytes(), dtype=np.uint8)[1:].view(np.float64).reshape(a.shape),
    "big-endian": lambda a: a.astype(">f8"),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("n", [3, 10, 129])
def test_memory_layout(layout: Callable[[np.ndarray], np.ndarray], n: int) -> None:
    logits = rows(n)
    ours, plain = Softmax(layout(logits)), Softmax(logits)
    for name, quantity in QUANTITIES.items():
        same_bits(quantity(ours), quantity(plain), name)
    g, y = np.random.default_rng(2).normal(size=logits.shape), np.full(logits.shape, 1.0 / n)
    same_bits(plain.vjp(layout(g)), plain.vjp(g), "vjp")
    for loss in LOSSES.values():
        same_bits(loss.grad_logits(plain, layout(y)), loss.grad_logits(plain, y), loss.name)


def test_broadcast_rows_and_narrow_types() -> None:
    row = np.array([1.0, 2.5, -300.0, 2.5])
    batch = Softmax(np.broadcast_to(row, (3, 4)))
    for dtype in (np.float16, np.float32, np.int32, ">f4"):
        narrow = row.astype(dtype)
        same_bits(Softmax(narrow).p, Softmax(narrow.astype(np.float64)).p, str(dtype))
    for name, quantity in QUANTITIES.items():
        for r in range(3):
            same_bits(quantity(batch)[r], quantity(Softmax(row)), name)


def test_shift_that_is_exact_changes_nothing() -> None:
    logits = np.array([3.0, 1.5, -20.25, 3.0])
    for shift in (1.0, -1024.0, 2.0**40):
        for name, quantity in QUANTITIES.items():
            same_bits(quantity(Softmax(logits + shift)), quantity(Softmax(logits)), name)


def test_large_row_in_a_batch() -> None:
    logits = np.random.default_rng(3).normal(size=(2, 131072)) * np.array([[3.0], [300.0]])
    batch = Softmax(logits)
    for name in (*PER_CLASS, *PER_ROW):
        for r in range(2):
            same_bits(getattr(batch, name)[r], getattr(Softmax(logits[r]), name), name)
