"""Least-squares mixtures: results that are a sum of simple terms with fitted weights."""

from collections.abc import Callable

import numpy as np

from explorer.model.clinic.diagnosis import Kind
from explorer.model.clinic.fit import Fit, Results, flat
from explorer.model.clinic.probes import Probe
from explorer.model.exact import Floats

_Basis = tuple[tuple[str, Callable[[Floats, Floats], Floats]], ...]


def _sum(x: Floats) -> Floats:
    return np.asarray(x.sum(axis=-1, keepdims=True))


_OF_MAP: _Basis = (
    ("p", lambda p, v: p),
    ("p²", lambda p, v: p * p),
    ("1", lambda p, v: np.ones_like(p)),
    ("p³", lambda p, v: p**3),
    ("p Σp²", lambda p, v: p * _sum(p * p)),
    ("Σp²", lambda p, v: _sum(p * p) + 0 * p),
    ("log p", lambda p, v: np.log(p)),
    ("p log p", lambda p, v: p * np.log(p)),
)
_OF_MATRIX: _Basis = (
    ("diag(p)", lambda p, v: p[:, :, None] * np.eye(p.shape[1])),
    ("p pᵀ", lambda p, v: p[:, :, None] * p[:, None, :]),
    ("diag(p²)", lambda p, v: (p * p)[:, :, None] * np.eye(p.shape[1])),
    ("I", lambda p, v: np.broadcast_to(np.eye(p.shape[1]), (*p.shape, p.shape[1]))),
    ("p_i", lambda p, v: np.broadcast_to(p[:, :, None], (*p.shape, p.shape[1]))),
    ("p_j", lambda p, v: np.broadcast_to(p[:, None, :], (*p.shape, p.shape[1]))),
    ("1", lambda p, v: np.ones((*p.shape, p.shape[1]))),
)
_OF_VJP: _Basis = (
    ("p∘dy", lambda p, v: p * v),
    ("p Σ p·dy", lambda p, v: p * _sum(p * v)),
    ("p²∘dy", lambda p, v: p * p * v),
    ("dy", lambda p, v: v),
    ("p", lambda p, v: p),
    ("p Σ dy", lambda p, v: p * _sum(v)),
    ("Σ p·dy", lambda p, v: _sum(p * v) + 0 * p),
    ("p²", lambda p, v: p * p),
    ("p² Σ p·dy", lambda p, v: p * p * _sum(p * v)),
    ("Σ dy", lambda p, v: _sum(v) + 0 * p),
    ("1", lambda p, v: np.ones_like(p)),
)
_OF_TARGET: _Basis = (
    ("p", lambda p, v: p),
    ("y", lambda p, v: v),
    ("1", lambda p, v: np.ones_like(p)),
    ("p∘y", lambda p, v: p * v),
    ("p²", lambda p, v: p * p),
    ("p Σp²", lambda p, v: p * _sum(p * p)),
    ("p p_y", lambda p, v: p * _sum(p * v)),
    ("p²∘y", lambda p, v: p * p * v),
    ("p²(1 − p)", lambda p, v: p * p * (1 - p)),
    ("p p_y²", lambda p, v: p * _sum(p * v) ** 2),
    ("1/n", lambda p, v: np.full_like(p, 1.0 / p.shape[1])),
)
_BASES: dict[Kind, _Basis] = {
    "forward": _OF_MAP,
    "elementwise": _OF_MAP,
    "jacobian": _OF_MATRIX,
    "vjp": _OF_VJP,
    "cross_entropy": _OF_TARGET,
    "squared_error": _OF_TARGET,
}


def combination(results: Results, kind: Kind, probes: tuple[Probe, ...]) -> Fit | None:
    """Return the mixture of simple terms, fitted by least squares, that the results are."""
    basis = _BASES[kind]
    columns = [
        np.concatenate([of(probe.p, probe.dy if kind == "vjp" else probe.one_hot).reshape(-1) for probe in probes])
        for _, of in basis
    ]
    values, matrix = flat(results), np.stack(columns, axis=1)
    kept = list(range(len(basis)))
    weights, ok = _solved(matrix, values)
    if not ok:
        return None
    for k in sorted(kept, key=lambda k: abs(weights[k]) * float(np.abs(matrix[:, k]).max())):  # drop what is not needed
        fewer = [j for j in kept if j != k]
        if fewer and _solved(matrix[:, fewer], values)[1]:
            kept = fewer
    weights, _ = _solved(matrix[:, kept], values)
    if len(kept) > 4:
        return None
    text = " ".join(
        f"{'− ' if w < 0 else '+ ' if i else ''}{abs(w):.4g}·{basis[k][0]}"
        for i, (k, w) in enumerate(zip(kept, weights, strict=True))
    )
    return Fit(
        "combination",
        f"{text}",
        "",
        f"your result = {text}, fitted by least squares",
    )


def _solved(matrix: Floats, values: Floats) -> tuple[Floats, bool]:
    weights: Floats = np.asarray(np.linalg.lstsq(matrix, values, rcond=1e-12)[0], dtype=np.float64)
    left = float(np.abs(values - matrix @ weights).max())
    return weights, left <= 1e-8 * float(np.abs(values).max())
