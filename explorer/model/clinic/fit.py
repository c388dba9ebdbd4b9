"""Explains results that no formula gives exactly: number formats, finite differences, a temperature, mixtures."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from explorer.model.clinic.diagnosis import Kind
from explorer.model.clinic.probes import Probe, relative_error
from explorer.model.clinic.source import softmax
from explorer.model.exact import Floats
from explorer.model.notation import number, scientific

Results = tuple[Floats, ...]
Scheme = Literal["forward", "central", "backward"]


@dataclass(frozen=True)
class Fit:
    """What explains the results: a label, what it is in words, how to mend it, the numbers. ``right``: near enough."""

    label: str
    text: str
    remedy: str
    evidence: str
    right: bool = False


def flat(values: Results) -> Floats:
    """Return all entries of all probes as one vector."""
    return np.concatenate([v.reshape(-1) for v in values])


def worst(results: Results, truths: Results) -> float:
    """Return the largest relative error over the probes."""
    return max(relative_error(r, t) for r, t in zip(results, truths, strict=True))


def narrow(results: Results, truths: Results, sizes: Results, formats: set[str]) -> Fit | None:
    """Return the narrow number format that explains small errors.

    ``sizes`` are those of each row's terms, ``formats`` the names of those that the results have, or to which
    the logits are rounded first.
    """
    error = max(relative_error(r, t, s) for r, t, s in zip(results, truths, sizes, strict=True))
    values = flat(results)
    for name, digits, limit in (("float32", 7, 2e-6), ("float16", 3, 1e-2)):
        with np.errstate(over="ignore"):
            held = np.array_equal(values, values.astype(name).astype(np.float64))
        if error <= limit and (held or (name in formats and error > 1e-9)):
            return Fit(
                name,
                f"the right values in {name}, good to about {digits} digits",
                "Convert to float64 first: z = np.asarray(z, dtype=np.float64).",
                f"the largest relative error is {scientific(error)}, as {name} gives",
                right=name == "float32",
            )
    return None


def rounded(results: Results, truths: Results) -> Fit | None:
    """Return to how many decimals the results are rounded."""
    values, true = flat(results), flat(truths)
    for decimals in range(1, 11):
        scaled = values * 10.0**decimals
        if np.abs(scaled - np.round(scaled)).max() <= 1e-6 and np.abs(values - true).max() <= 0.5001 * 10.0**-decimals:
            return Fit(
                "rounded",
                f"the right values rounded to {decimals} decimal{'s' * (decimals > 1)}",
                "Leave out the rounding: it cuts off small probabilities.",
                f"the largest error is {scientific(float(np.abs(values - true).max()))}",
            )
    return None


def noisy(error: float, moved: float, kind: Kind, by: float = 1e-13) -> Fit | None:
    """Return finite differences that are as good as rounding errors over the step allow, or drown in them.

    ``moved`` is how far the result jumps, relatively, when the logits move by ``by``; a smooth function hardly moves.
    """
    if kind == "forward" or moved <= max(0.05 * error, 5e-12):
        return None
    evidence = (
        f"the result jumps by {scientific(moved)} when the logits move by {scientific(by)}: rounding errors over a step"
    )
    if error <= 1e-6:
        return Fit(
            "finite-differences",
            f"finite differences, good to {scientific(error)}",
            "",
            evidence,
            right=True,
        )
    return Fit(
        "step-too-small",
        "finite differences with too small a step: rounding errors are divided by it",
        "Use central differences with a step near 1e−5, or the formula.",
        evidence,
    )


def whole_numbers(results: Results) -> Fit:
    """Return what to say about results of an integer or boolean type."""
    values = flat(results)
    return Fit(
        "whole-numbers",
        f"whole numbers, {number(float(values.min()))} … {number(float(values.max()))}: what lies between is lost",
        "Use an array of floats, and no comparison, // or astype(int) on the way.",
        "the array that it returns holds integers or booleans",
    )


def inaccurate(error: float) -> Fit:
    """Return what to say about results that are nearly right, for no reason that is known."""
    return Fit(
        "inaccurate",
        f"the right values up to a relative error of {scientific(error)}, far more than rounding gives",
        "Look for a small constant, a clip or a rounding, and leave it out.",
        f"the largest relative error is {scientific(error)}",
    )


def epsilon(results: Results, truths: Results, kind: Kind, probes: tuple[Probe, ...]) -> Fit | None:
    """Return what a small constant, added or divided by, explains."""
    values, true = flat(results), flat(truths)
    added = values - true
    constant = float(np.median(added))
    if abs(constant) > 1e-12 and np.abs(added - constant).max() <= 1e-3 * abs(constant) + 1e-15:
        return Fit(
            "epsilon",
            f"the right values plus {number(constant)} in every place",
            "Add nothing to the result; a softmax whose maximum is subtracted never divides by 0.",
            f"every entry is off by {scientific(constant, 3)}",
        )
    ratio = [_row_ratio(r, t) for r, t in zip(results, truths, strict=True)]
    if all(r is not None for r in ratio):
        factors = np.concatenate([r for r in ratio if r is not None])
        small = float(np.abs(factors - 1.0).max())
        lie = f"the factors lie between {factors.min():.10g} and {factors.max():.10g}"
        size = _epsilon_in_sum(factors, probes) if kind == "forward" else None
        if size is not None or (kind != "forward" and small <= 0.2):
            return Fit(
                "epsilon",
                "the right values times a factor near 1 that differs from row to row, as an ε in the sum gives"
                if size is None
                else f"the right values times a factor that differs from row to row: ε = {number(size)} in the sum",
                "Leave the ε out: with the maximum subtracted the sum is at least 1.",
                lie,
            )
        return Fit(
            "row-factor",
            "the right values times a factor that differs from row to row",
            "Normalise every row by its own sum, and by nothing else.",
            lie,
        )
    return None


def _epsilon_in_sum(factors: Floats, probes: tuple[Probe, ...]) -> float | None:
    """Return the ε > 0 for which every factor is S / (S + ε), S the row's sum of exp z, shifted or not."""
    for shifted in (True, False):
        top = [probe.z.max(axis=1, keepdims=True) if shifted else 0.0 for probe in probes]
        sums = np.concatenate([np.exp(probe.z - t).sum(axis=1) for probe, t in zip(probes, top, strict=True)])
        each = sums * (1.0 / factors - 1.0)
        size = float(np.median(each))
        if size > 0.0 and np.abs(each - size).max() <= 1e-3 * size + 1e-14 * float(sums.max()):
            return size
    return None


def _row_ratio(result: Floats, truth: Floats) -> Floats | None:
    rows, true = result.reshape(len(result), -1), truth.reshape(len(truth), -1)
    factors = (rows * true).sum(axis=1) / (true * true).sum(axis=1)
    left = np.abs(rows - factors[:, None] * true).max(axis=1)
    return factors if (left <= 1e-11 * np.abs(true).max(axis=1)).all() and (np.abs(factors) > 1e-9).all() else None


def _loss(kind: Kind, probe: Probe, a: Floats) -> Floats:
    """What is differentiated: p itself, or a scalar for each row; a is (n, m, n), one nudged class at a time."""
    if kind == "cross_entropy":
        log_p = a - a.max(axis=-1, keepdims=True)
        log_p = log_p - np.log(np.exp(log_p).sum(axis=-1, keepdims=True))
        return -np.asarray((log_p * probe.one_hot).sum(axis=-1))
    p = softmax(a)
    if kind == "squared_error":
        return np.asarray(0.5 * ((p - probe.one_hot) ** 2).sum(axis=-1))
    if kind == "vjp":
        return np.asarray((p * probe.dy).sum(axis=-1))
    return p


def differences(kind: Kind, probe: Probe, h: float, scheme: Scheme) -> Floats:
    """Return finite differences with step h of what a function of this kind differentiates."""
    nudge = h * np.eye(probe.n)[:, None, :]
    up = 0.0 if scheme == "backward" else nudge
    down = 0.0 if scheme == "forward" else nudge
    there, here = probe.z + up, probe.z - down
    shape = (probe.n, probe.m, probe.n)
    change = _loss(kind, probe, np.broadcast_to(there, shape)) - _loss(kind, probe, np.broadcast_to(here, shape))
    change = change / (2.0 * h if scheme == "central" else h)
    if kind == "jacobian":
        return np.asarray(np.moveaxis(change, 0, -1))
    if kind == "elementwise":
        return np.asarray(np.einsum("jmj->mj", change))
    return np.asarray(np.moveaxis(change, 0, -1))


def finite_differences(results: Results, truths: Results, kind: Kind, probes: tuple[Probe, ...]) -> Fit | None:
    """Return the scheme and the step, fitted, of which the results are finite differences."""
    if kind == "forward":
        return None
    off = flat(results) - flat(truths)
    size, error = float(np.abs(flat(truths)).max()), worst(results, truths)
    schemes: tuple[tuple[Scheme, float], ...] = (("central", 2.0), ("forward", 1.0), ("backward", 1.0))
    for scheme, order in schemes:

        def at(h: float, scheme: Scheme = scheme) -> Floats:
            return flat(tuple(differences(kind, probe, h, scheme) for probe in probes))

        h0 = 1e-2 if order == 2.0 else 1e-5
        shape = at(h0) - flat(truths)
        slope = float(off @ shape) / float(shape @ shape)
        if slope <= 0.0:
            continue
        h = _snapped(h0 * slope ** (1.0 / order))
        if not 1e-9 < h < 3.0:
            continue
        for _ in range(4):
            left = flat(results) - at(h)
            noise = 40 * 1.2e-16 * (1.0 + size) / h
            if np.abs(left).max() <= min(noise, 0.1 * np.abs(off).max()) + 1e-7 * np.abs(off).max():
                return _differences_fit(scheme, h, error)
            step = (at(1.001 * h) - at(h)) / (0.001 * h)
            h = _snapped(h + float(left @ step) / float(step @ step))
            if not 1e-9 < h < 10.0:
                break
    return None


def transposed_differences(results: Results, truths: Results, kind: Kind, probes: tuple[Probe, ...]) -> Fit | None:
    """Return the scheme and step if the transposed Jacobians are finite differences."""
    if kind != "jacobian":
        return None
    return finite_differences(tuple(np.swapaxes(r, 1, 2) for r in results), truths, kind, probes)


def coarse(results: Results, truths: Results, kind: Kind, in_float32: bool) -> Fit | None:
    """Return what to say of results that do not feel tiny changes of the logits, and are near the truth."""
    values, true = flat(results), flat(truths)
    alike = float(values @ true) / max(float(np.linalg.norm(values) * np.linalg.norm(true)), 1e-300)
    if kind == "forward" or alike < 0.9:
        return None
    evidence = (
        f"the largest relative error is {scientific(worst(results, truths))}; "
        "changes of the logits by 1e−13 are not felt"
    )
    if not in_float32:
        return Fit(
            "rounded",
            "coarse values: something on the way, such as p, is rounded or cut to a few digits",
            "Leave out the rounding: it cuts off small probabilities.",
            evidence,
        )
    return Fit(
        "step-too-small",
        "coarse values, as finite differences give in float32: rounding errors of 1e−7 are divided by the step",
        "Use float64 for finite differences, or the formula.",
        evidence,
    )


def _snapped(h: float) -> float:
    """Return the round step (1, 2 or 5 times a power of ten) that h nearly is, or h itself."""
    if not 1e-300 < h < 1e300:
        return h
    decade = 10.0 ** np.floor(np.log10(h))
    for figure in (1.0, 2.0, 5.0, 10.0):
        if abs(h / (figure * decade) - 1.0) < 0.01:
            return float(f"{figure * decade:.1e}")
    return h


def _differences_fit(scheme: Scheme, h: float, error: float) -> Fit:
    right = error <= 1e-6
    step = "a step" if right else "too large a step"
    remedy = "" if right else "Use the formula, or central differences with a step near 1e−5."
    label = "finite-differences" if right else "step-too-large"
    if not right and scheme != "central" and h <= 1e-2:
        label = f"{scheme}-difference"
        remedy = "Take central differences, (f(z + h) − f(z − h)) / 2h, with a step near 1e−5, or the formula."
    return Fit(
        label,
        f"{scheme} differences with {step}, h = {number(h)}",
        remedy,
        f"fitted step h = {number(h)}; the largest relative error is {scientific(error)}",
        right,
    )


def temperature(results: Results, kind: Kind, probes: tuple[Probe, ...]) -> Fit | None:
    """Return the temperature, fitted, with which the right formula gives the results."""
    values = flat(results)

    def at(spread: float) -> Floats:
        return flat(tuple(_scaled(kind, probe, spread) for probe in probes))

    best, left = 0.0, np.inf
    for spread in np.concatenate([-np.geomspace(10, 0.1, 9), np.geomspace(0.05, 20, 25)]):
        for k in (0, 1, 2) if kind != "forward" else (0,):
            off = float(np.linalg.norm(values - spread**k * at(float(spread))))
            if off < left:
                best, left, power = float(spread), off, k
    if left > 0.5 * float(np.linalg.norm(values)):
        return None
    for _ in range(12):
        here = best**power * at(best)
        nudge = 1e-6 * best
        there = (best + nudge) ** power * at(best + nudge)
        slope = (there - here) / nudge
        change = float((values - here) @ slope) / max(float(slope @ slope), 1e-300)
        best += float(np.clip(change, -0.3 * abs(best), 0.3 * abs(best)))
    off = float(np.abs(values - best**power * at(best)).max())
    if off > 1e-7 * float(np.abs(values).max()) or abs(best - 1.0) < 1e-6:
        return None
    if abs(best - 1.0) < 5e-3:
        return Fit(
            "temperature",
            f"the right formula with {np.exp(best):.8g} in place of e = {np.e:.8g}",
            "Use np.exp: it knows e to all digits.",
            f"fitted factor of the logits {best:.8g}",
        )
    return Fit(
        "temperature",
        f"the right formula for {number(best)}·z in place of z, a temperature of {number(1.0 / best)}"
        + ("", " (differentiated with respect to z)", ", divided by its square")[power],
        "Leave the factor out, or scale the logits before: derivatives are with respect to the softmax's own input.",
        f"fitted factor {best:.8g}, a base of {number(float(np.exp(best)))}",
    )


def _scaled(kind: Kind, probe: Probe, spread: float) -> Floats:
    p = softmax(spread * probe.z)
    if kind == "forward":
        return p
    if kind == "elementwise":
        return p * (1.0 - p)
    if kind == "jacobian":
        return p[:, :, None] * (np.eye(probe.n) - p[:, None, :])
    if kind == "cross_entropy":
        return p - probe.one_hot
    g = probe.dy if kind == "vjp" else p - probe.one_hot
    return np.asarray(p * (g - (p * g).sum(axis=-1, keepdims=True)))
