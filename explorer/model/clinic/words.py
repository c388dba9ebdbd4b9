"""The sentences of the clinic, for students: what it computes instead, and how to mend it."""

import numpy as np

from explorer.model.clinic import sources
from explorer.model.clinic.calling import Outcome, Plan
from explorer.model.clinic.diagnosis import Kind
from explorer.model.clinic.dictionary import Match
from explorer.model.clinic.fit import Fit, Results
from explorer.model.clinic.probes import Probe
from explorer.model.clinic.stress import Stress
from explorer.model.exact import Floats
from explorer.model.losses import LOSSES
from explorer.model.notation import number, scientific

_TRUTH: dict[Kind, str] = {
    "forward": "the softmax of each row",
    "jacobian": "the Jacobian diag(p) − p pᵀ",
    "elementwise": "the derivative of the softmax, which is a matrix",
    "vjp": "p∘(dy − Σ p·dy)",
    "cross_entropy": "the gradient of cross-entropy, p − y",
    "squared_error": "the gradient of squared error, J(p − y)",
}
_REMEDY: dict[Kind, str] = {
    "forward": "Use e = np.exp(z - z.max(axis=-1, keepdims=True)); p = e / e.sum(axis=-1, keepdims=True).",
    "jacobian": "Use p[:, :, None] * (np.eye(n) - p[:, None, :]).",
    "elementwise": "Keep the matrix diag(p) − p pᵀ and multiply it by the upstream gradient.",
    "vjp": "Use p * (dy - (p * dy).sum(axis=-1, keepdims=True)).",
    "cross_entropy": "Use p − y, with y one-hot.",
    "squared_error": "With g = p - y use p * (g - (p * g).sum(axis=-1, keepdims=True)).",
}


def truth(kind: Kind) -> str:
    """Return what a function of this kind should give."""
    return _TRUTH[kind]


def remedy(kind: Kind) -> str:
    """Return the right formula as advice."""
    return _REMEDY[kind]


def likely_kind(second: str) -> Kind | None:
    """Return the kind that the second argument alone tells."""
    return None if not second else "vjp" if second == "dy" else "cross_entropy"


def of_part(part: str, sentence: str) -> str:
    """Return a sentence about one pass of a class."""
    return f"In the {part}: {sentence[:1].lower()}{sentence[1:]}"


def with_factor(match: Match) -> str:
    """Return a match as words: factor × formula, with what stands for p."""
    if match.formula.label == "softmax":
        text = match.source.text
    elif match.source is sources.TRUE:
        text = match.formula.text
    else:
        head, _, tail = match.source.text.partition(": ")
        text = f"{match.formula.text}, with {head}{f' ({tail})' if tail else ''} in place of p"
    return text if match.factor == "1" else f"{match.factor} × ({text})"


def explained(match: Match, kind: Kind) -> tuple[str, str, str]:
    """Return label, sentence and remedy of an exact match that is not the truth."""
    formula, source, factor = match.formula, match.source, match.factor
    right_formula = formula.right and formula.kind == kind
    if right_formula and source is sources.TRUE:
        return _factor_only(factor, kind)
    text = with_factor(match)
    if kind == "elementwise" and formula.label == "softmax" and source is sources.TRUE:
        return (
            "returns-p",
            f"It computes {text}, the softmax itself, not its derivative.",
            _REMEDY[kind],
        )
    labels, remedies = [], []
    if formula.right and formula.kind != kind:
        label, advice = _other_kind(formula.kind, kind)
        labels.append(label)
        remedies.append(advice)
    elif not right_formula:
        labels.append(formula.label)
        remedies.append(formula.remedy)
    if source is not sources.TRUE:
        labels.insert(0, source.label)
        remedies.insert(0, source.remedy)
    if kind == "elementwise" and factor == "2" and labels == ["diagonal-only"]:
        return (
            "sign-lost",
            "It computes 2p(1 − p): the sum of a Jacobian row with the minus sign of the off-diagonal terms lost.",
            "The off-diagonal terms are −p_i p_j. With the right sign each row sums to 0, so keep the matrix.",
        )
    if kind == "elementwise" and source.label == "sigmoid" and formula.label == "diagonal-only":
        labels = ["sigmoid-rule"]
    sentence = f"It computes {text}, instead of {_TRUTH[kind]}."
    if kind == "elementwise" and labels == ["diagonal-only"]:
        missing = "Every probability depends on every logit: the off-diagonal terms −p_i p_j are missing."
        sentence = f"It computes {text}. {missing}"
    return "+".join(dict.fromkeys(filter(None, labels))), sentence, " ".join(dict.fromkeys(filter(None, remedies)))


def _other_kind(formula: Kind, kind: Kind) -> tuple[str, str]:
    if kind == "squared_error" and formula == "cross_entropy":
        return "jacobian-missing", _REMEDY[kind] + " p − y alone is the gradient at p, or cross-entropy's."
    if kind == "cross_entropy" and formula == "squared_error":
        return "jacobian-twice", "p − y is the gradient at the logits already: do not multiply it by J again."
    if formula == "forward":
        return ("" if kind == "elementwise" else "returns-p"), _REMEDY[kind]
    return formula.replace("_", "-"), _REMEDY[kind]


def _factor_only(factor: str, kind: Kind) -> tuple[str, str, str]:
    what = _TRUTH[kind]
    if factor == "−1":
        uphill = ", so training goes uphill" if kind != "forward" else ""
        return "sign", f"It computes minus {what}: the sign is wrong{uphill}.", "Turn the sign round."
    labels = {
        "2": "factor-2",
        "½": "factor-half",
        "1/m": "factor-1/m",
        "1/n": "factor-1/n",
        "1/(mn)": "factor-1/mn",
        "ln 2": "log-base-2",
        "1/ln 2": "log-base-2",
        "ln 10": "log-base-10",
        "1/ln 10": "log-base-10",
    }
    label = labels.get(factor, "factor")
    note = ""
    if kind == "squared_error" and factor in ("2", "2/m", "2/n", "2/(mn)"):
        note = " That is the gradient of (p − y)² without the ½."
    elif label.startswith("log-base"):
        note = " A logarithm to another base does that."
    elif "m" in factor:
        note = " The batch's mean does not belong here." if kind not in ("cross_entropy", "squared_error") else ""
    elif "n" in factor:
        note = " The mean is taken over the classes: np.mean without an axis, or with the wrong one."
    return (
        label,
        f"It computes {factor} × {what}: right up to a constant factor of {factor}.{note}",
        f"Leave out the factor {factor}, or state it as your convention.",
    )


def zero(kind: Kind, largest: float, whole: bool) -> tuple[str, str, str]:
    """Return label, sentence and remedy of a function that returns only zeros."""
    if whole:
        return (
            "zero",
            "It returns integers, all of them 0: they cut every number below 1 off.",
            "Use an array of floats.",
        )
    if kind in ("elementwise", "vjp") and (largest > 0.0 or kind == "elementwise"):
        what = "0" if largest == 0.0 else f"0 up to {scientific(largest)}"
        return (
            "row-sum",
            f"It computes the sum of each Jacobian row, {what} whatever the logits, as probabilities always sum to 1.",
            _REMEDY["elementwise"],
        )
    if largest > 0.0:
        return (
            "row-sum",
            f"It returns 0 up to {scientific(largest)}: the sum of each Jacobian row, or differences with all logits "
            "nudged at once, which a softmax never notices.",
            "Nudge one logit at a time; " + _REMEDY[kind],
        )
    if kind == "forward":
        return (
            "zero",
            "It returns only zeros: probabilities below 1 are cut to 0 by integers or //, or never written.",
            "Use floats and true division, /. " + _REMEDY[kind],
        )
    return "zero", "It returns only zeros.", _REMEDY[kind]


def raised(detail: str, always: bool, probes: tuple[Probe, ...], outcomes: list[Outcome]) -> tuple[str, str, str]:
    """Return label, sentence and remedy of a function that raises."""
    name = detail.split(":")[0]
    if always:
        sentence = f"It raises {detail}."
        label = "raises"
    else:
        failed = ", ".join(p.name for p, o in zip(probes, outcomes, strict=True) if o.problem == "raises")
        sentence = f"It raises {detail} on batches of shape {failed}, but not on all."
        label = "raises-sometimes"
    advice = {
        "SystemExit": "Do not leave the program inside the function: return the result.",
        "KeyboardInterrupt": "Do not raise KeyboardInterrupt inside the function.",
        "NameError": "Define or import the name that is missing.",
        "RecursionError": "The function calls itself without an end: add one.",
        "NotImplementedError": "Write the function's body.",
    }.get(name, "Make it run on a batch of logits of shape (m, n), one row for each sample.")
    return label, sentence.replace("..", "."), advice


def changes_numpy(names: tuple[str, ...]) -> tuple[str, str]:
    """Return sentence and remedy of code that replaces functions of NumPy."""
    some = ", ".join(f"np.{name}" for name in names[:3]) + (", …" if len(names) > 3 else "")
    sentence = f"It puts something of its own in place of {some}, which all other code then uses, too."
    return sentence, "Give your function a name of its own, and leave NumPy's as they are."


def of_reduced(values: list[Floats], probes: tuple[Probe, ...], kind: Kind | None, second: str) -> str:
    """Return what a result with too few numbers is, if it is known, as a second sentence."""
    if second in ("index", "one-hot"):
        for name in ("cross_entropy", "squared_error"):
            loss = LOSSES[name]
            each = [np.asarray(loss.value(p.softmax, p.y)) for p in probes]
            for what, expected in (
                ("for each row", each),
                ("averaged over the batch", [e.mean() for e in each]),
                ("summed over the batch", [e.sum() for e in each]),
            ):
                if _same(values, expected):
                    return f" It is the loss ({loss.title.lower()}, {what}), not its gradient."
        gradient = [p.truth("cross_entropy") for p in probes]
        for what, expected in (
            ("the mean of p − y over the batch", [g.mean(axis=0) for g in gradient]),
            ("the sum of p − y over the batch", [g.sum(axis=0) for g in gradient]),
        ):
            if _same(values, expected):
                return f" It holds {what}."
    if second == "":
        for what, expected in (
            ("the sums of p, always 1", [p.p.sum(axis=1) for p in probes]),
            ("the largest p of each row", [p.p.max(axis=1) for p in probes]),
            ("the number of the winning class", [p.z.argmax(axis=1) for p in probes]),
            ("the mean of p over the batch", [p.p.mean(axis=0) for p in probes]),
            ("the first row of p", [p.p[0] for p in probes]),
            ("the Jacobians summed over the batch", [p.softmax.jacobian().sum(axis=0) for p in probes]),
            ("the Jacobians averaged over the batch", [p.softmax.jacobian().mean(axis=0) for p in probes]),
            ("the first row's Jacobian", [p.softmax.jacobian()[0] for p in probes]),
        ):
            if _same(values, [np.asarray(e) for e in expected]):
                return f" It holds {what}."
    if second == "dy":
        for what, expected in (
            ("the mean of J·dy over the batch", [p.truth("vjp").mean(axis=0) for p in probes]),
            ("the sum of J·dy over the batch", [p.truth("vjp").sum(axis=0) for p in probes]),
            ("Σ p·dy of each row", [(p.p * p.dy).sum(axis=1) for p in probes]),
        ):
            if _same(values, expected):
                return f" It holds {what}."
    return ""


def _same(values: list[Floats], expected: list[Floats]) -> bool:
    return all(
        v.size == np.size(e) and bool(np.allclose(v.reshape(-1), np.reshape(e, -1), rtol=1e-9, atol=1e-12))
        for v, e in zip(values, expected, strict=True)
    )


def of_error(error: float) -> str:
    """Return an error as a line of evidence."""
    if error == float("inf"):
        return "there are entries that are not finite, or the shape is wrong"
    return f"the largest relative error is {scientific(error)}"


def elsewhere(probe: str, outcome: Outcome) -> tuple[str, str, str]:
    """Return label, sentence and remedy of a function that is right on the main probes only."""
    stateless = "Remove global state and caches: the result may depend on the arguments only."
    label, remedy = {
        "another 3×5": ("remembers", stateless),
        "the first batch again": ("remembers", stateless),
        "6×3": ("tall-batch", "Nothing may depend on whether there are more rows than classes."),
        "3×2": ("two-classes", "Two classes need no special case."),
        "2×13": ("many-classes", "Use the number of classes of the input: z.shape[-1]."),
        "a winner 17 ahead": ("small-probabilities", "Do not clip or round small probabilities, nor add an ε."),
        "other dy": ("upstream-gradient", "The formula is the same for every dy: one-hot, zero, large or negative."),
        "logits about 30": ("large-logits", "Do not clip logits; subtract each row's maximum."),
        "logits about −30": (
            "large-logits",
            "Do not clip logits, nor add an ε to the sum; subtract each row's maximum.",
        ),
        "only positive logits": ("positive-logits", "Treat logits of either sign alike."),
        "only negative logits": ("negative-logits", "Treat logits of either sign alike."),
        "a logit of 0": ("zero-logits", "0 is a logit like any other: mark padding by −inf, or by a mask."),
        "equal logits": ("ties", "The formula is the same for equal logits."),
    }.get(probe, ("elsewhere", ""))
    what = "it raises " + outcome.detail if outcome.problem == "raises" else "its result is wrong"
    where = f"on {probe}" if "×" in probe else f"with {probe}"
    if probe == "the first batch again":
        where = "after many calls"
    return label, f"It is right on the first batches, but {where} {what}.", remedy


def label_of_correct(stress: tuple[Stress, ...], inexact: Fit | None) -> str:
    """Return the label of a correct function: "correct", or the first thing that a user should know."""
    if inexact is not None:
        return inexact.label
    return next(
        (s.label for s in stress if s.label in ("overflow", "far-rows", "underflow", "large-logits")), "correct"
    )


def correct(kind: Kind, factor: str, plan: Plan, stress: tuple[Stress, ...], inexact: Fit | None) -> str:
    """Return the sentence for a correct function."""
    what = {
        "forward": "the softmax of each row",
        "jacobian": "the Jacobian of the softmax",
        "vjp": "the softmax's backward pass, p∘(dy − Σ p·dy)",
        "cross_entropy": "the gradient of cross-entropy, p − y",
        "squared_error": "the gradient of squared error, J(p − y)",
        "elementwise": "",
    }[kind]
    sentence = f"It computes {what}"
    if factor == "1/m":
        sentence += ", averaged over the batch (factor 1/m)"
    if plan.takes_p:
        sentence += ", from probabilities p"
    if plan.rows:
        sentence += ", for one column vector (n, 1) at a time" if plan.column else ", for one vector at a time"
    if inexact is not None:
        sentence += f": {inexact.text}"
    serious = [s for s in stress if s.label in ("overflow", "far-rows", "underflow", "large-logits", "integer-input")]
    if serious:
        return f"{sentence}. Right for moderate logits, but: {serious[0].sentence}"
    return sentence + "."


def remedy_of_correct(stress: tuple[Stress, ...], inexact: Fit | None) -> str:
    """Return advice for a correct function, if there is any."""
    if any(s.label in ("overflow", "far-rows", "underflow") for s in stress):
        return "Subtract each row's own maximum before the exponential: z - z.max(axis=-1, keepdims=True)."
    if any(s.label == "integer-input" for s in stress):
        return "Convert to float first: z = np.asarray(z, dtype=np.float64)."
    return inexact.remedy if inexact is not None else ""


def symptoms(results: Results, truths: Results, kind: Kind) -> tuple[str, ...]:
    """Return what can be said about results that nothing explains."""
    found = []
    values, true = np.concatenate([r.ravel() for r in results]), np.concatenate([t.ravel() for t in truths])
    right = float(np.mean(np.abs(values - true) <= 1e-9 * np.abs(true).max()))
    if right > 0.0:
        found.append(f"{100 * right:.0f} % of the entries are right")
    sums = np.concatenate([r.sum(axis=-1).ravel() for r in results])
    if kind == "forward":
        found.append(f"the rows sum to {number(float(sums.min()))} … {number(float(sums.max()))}, not to 1")
        if np.abs(sums - 1.0).max() < 1e-9:
            found[-1] = "the rows do sum to 1"
    else:
        if np.abs(sums).max() < 1e-12:
            found.append("the rows sum to 0, as they must")
        elif kind != "elementwise":
            found.append(f"the rows sum to {number(float(sums.min()))} … {number(float(sums.max()))}, not to 0")
    if kind == "jacobian" and not all(np.allclose(r, np.swapaxes(r, 1, 2), rtol=1e-9) for r in results):
        found.append("the matrices are not symmetric")
    alike = float(values @ true) / max(float(np.linalg.norm(values) * np.linalg.norm(true)), 1e-300)
    found.append(f"the cosine between the result and the truth is {number(alike)}")
    return tuple(found)
