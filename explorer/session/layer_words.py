"""The Layer view in words: picks spelled out in numbers, the sizes that matter, what a person can do."""

from math import hypot, inf, log10
from typing import TYPE_CHECKING

from explorer.model.notation import MINUS, number, probability, subscript
from explorer.session.layer_picks import (
    BatchSlope,
    Derivative,
    Descent,
    Feature,
    LayerPick,
    OfLogit,
    OfSoftmax,
    Output,
    Sample,
    Weight,
    WeightSlope,
)

if TYPE_CHECKING:
    from explorer.model.batch import Batch
    from explorer.session.layer_reading import LayerReading
    from explorer.session.snapshot import Snapshot

Run = tuple[str, bool]


def spell(pick: LayerPick, snapshot: "Snapshot") -> list[Run]:
    """Return the formula of a pick as runs of text, the numbers marked."""
    match pick:
        case Descent():
            rate = number(snapshot.intent.training.rate)
            return [("W ← W − η · ∂L/∂W,  η = ", False), (rate, True)]
        case Derivative(t, i, j):
            return _spell_derivative(snapshot.layer, t, i, j)
        case OfLogit(k, i, j):
            return _spell_of_logit(snapshot.layer, k, i, j)
        case OfSoftmax(t, k):
            return _spell_of_softmax(snapshot.layer, t, k)
        case Weight(i, j):
            return _spell_weight(snapshot.layer, i, j)
        case WeightSlope(i, j):
            return _spell_slope(snapshot.layer, i, j)
        case Feature(j):
            return [(f"x{subscript(j)} = ", False), (number(snapshot.intent.layer.x[j]), True)]
        case Output(t):
            return _spell_output(snapshot.layer, t)
        case Sample(index):
            return _spell_sample(snapshot, index)
        case BatchSlope(i, j):
            return _spell_batch_slope(snapshot, i, j)


def weight_name(i: int, j: int) -> str:
    """Return ``W₁₂``, with a comma where a number has two figures."""
    return f"W{pair(i, j)}"


def pair(i: int, j: int) -> str:
    """Return two indices, counted from 1, as subscripts."""
    return f"{subscript(i)}{'' if max(i, j) < 9 else ','}{subscript(j)}"


def _factor(text: str) -> str:
    return f"({text})" if " " in text or text.startswith(MINUS) else text


def _of_jacobian(reading: "LayerReading", t: int, k: int) -> str:
    values, logs = reading.jacobian
    return number(float(values[t, k]), float(logs[t, k]))


def _x(reading: "LayerReading", j: int) -> str:
    return number(reading.choice.x[j])


def derivative_text(reading: "LayerReading", t: int, i: int, j: int) -> str:
    """Return dP_t/dW_ij as it reads on screen."""
    values, logs = reading.of_weights
    column = i * reading.choice.N + j
    return number(float(values[t, column]), float(logs[t, column]))


def _spell_derivative(reading: "LayerReading", t: int, i: int, j: int) -> list[Run]:
    """Say the product of a row and a column: of its T terms only one is not 0."""
    zeros = reading.choice.T - 1
    rest = "" if not zeros else " + 0" if zeros == 1 else f" + {zeros} × 0"
    return [
        (f"∂P{subscript(t)}/∂{weight_name(i, j)} = J{pair(t, i)}·x{subscript(j)}{rest} = ", False),
        (_factor(_of_jacobian(reading, t, i)), True),
        (" × ", False),
        (_factor(_x(reading, j)), True),
        (" = ", False),
        (derivative_text(reading, t, i, j), True),
    ]


def _spell_of_logit(reading: "LayerReading", k: int, i: int, j: int) -> list[Run]:
    name = f"∂a{subscript(k)}/∂{weight_name(i, j)}"
    if k != i:
        return [
            (f"{name} = ", False),
            ("0", True),
            (f": logit {k + 1} does not contain {weight_name(i, j)}, which belongs to class {i + 1}", False),
        ]
    return [(f"{name} = x{subscript(j)} = ", False), (_x(reading, j), True)]


def _spell_of_softmax(reading: "LayerReading", t: int, k: int) -> list[Run]:
    p = reading.p_texts
    name = f"∂P{subscript(t)}/∂a{subscript(k)}"
    if t == k:
        formula, sign = f"P{subscript(t)}·(1 {MINUS} P{subscript(t)})", ""
        s = reading.softmax
        other = probability(float(s.q[t]), float(s.p[t]), float(s.log10_q[t]), float(s.log10_p[t]))
    else:
        formula, sign, other = f"{MINUS}P{subscript(t)}·P{subscript(k)}", MINUS, p[k]
    return [
        (f"{name} = {formula} = {sign}", False),
        (_factor(p[t]), True),
        (" × ", False),
        (_factor(other), True),
        (" = ", False),
        (_of_jacobian(reading, t, k), True),
    ]


def _spell_weight(reading: "LayerReading", i: int, j: int) -> list[Run]:
    return [
        (f"{weight_name(i, j)} = ", False),
        (number(float(reading.layer.W[i, j])), True),
        (f",  a{subscript(i)} = Σⱼ W{subscript(i)}ⱼ·xⱼ = ", False),
        (number(float(reading.softmax.logits[i])), True),
    ]


def slope_text(reading: "LayerReading", i: int, digits: int = 3) -> str:
    """Return dL/da_i as it reads on screen."""
    values, logs = reading.logit_gradient
    return number(float(values[i]), float(logs[i]), digits)


def _spell_slope(reading: "LayerReading", i: int, j: int) -> list[Run]:
    values, logs = reading.weight_gradient
    name = f"∂L/∂a{subscript(i)}"
    if reading.loss.name in ("cross_entropy", "kl"):
        name = f"(P{subscript(i)} {MINUS} y{subscript(i)})"
    return [
        (f"∂L/∂{weight_name(i, j)} = {name}·x{subscript(j)} = ", False),
        (_factor(slope_text(reading, i)), True),
        (" × ", False),
        (_factor(_x(reading, j)), True),
        (" = ", False),
        (number(float(values[i, j]), float(logs[i, j])), True),
    ]


def _spell_output(reading: "LayerReading", t: int) -> list[Run]:
    k = subscript(t)
    return [
        (f"a{k} = Σⱼ W{k}ⱼ·xⱼ = ", False),
        (number(float(reading.softmax.logits[t])), True),
        (f",  P{k} = exp(a{k}) / Σ exp(aⱼ) = ", False),
        (reading.p_texts[t], True),
    ]


def log10_of(x: float) -> float:
    """Return log10 |x|, -inf for 0."""
    return log10(abs(x)) if x else -inf


def size_text(logarithm: float) -> str:
    """Return a size given by its decimal logarithm as it reads on screen."""
    return number(10.0**logarithm if -307.0 < logarithm < 307.0 else 0.0, logarithm)


def p_text(batch: "Batch", index: int) -> str:
    """Return a sample's probability of its class as it reads on screen."""
    columns = batch.p_target, batch.q_target, batch.log10_p_target, batch.log10_q_target
    return probability(*(float(column[index]) for column in columns))


def loss_text(batch: "Batch", index: int) -> str:
    """Return a sample's loss as it reads on screen."""
    return number(float(batch.loss_values[index]), float(batch.log10_losses[index]))


def _spell_sample(snapshot: "Snapshot", index: int | None) -> list[Run]:
    batch = snapshot.batch
    if batch is None or not batch.done or (index is not None and index >= batch.done):
        return [("not computed yet", False)]
    if index is None:
        reduction = snapshot.intent.layer.reduction
        factor = f"1/{batch.done} · " if reduction == "mean" else ""
        silent = batch.done - batch.contributing
        return [
            (f"L = {factor}Σᵣ Lᵣ = ", False),
            (number(batch.value(reduction)), True),
            (f";  {batch.number_format} returns exactly 0 for ", False),
            (f"{silent} of {batch.done}", True),
            (" gradients", False),
        ]
    return [
        (f"sample {index + 1}:  P of its class ", False),
        (p_text(batch, index), True),
        (",  loss ", False),
        (loss_text(batch, index), True),
        (",  ‖∂L/∂W‖ ", False),
        (size_text(float(batch.log10_norms[index])), True),
        (f";  {batch.number_format} returns exactly 0" if batch.lost[index] else "", False),
    ]


def _spell_batch_slope(snapshot: "Snapshot", i: int, j: int) -> list[Run]:
    batch, choice = snapshot.batch, snapshot.intent.layer
    if batch is None or not batch.done:
        return [("not computed yet", False)]
    name = f"∂L/∂{weight_name(i, j)}"
    sample = snapshot.sample
    if sample is not None and sample < batch.done:
        assert snapshot.samples is not None
        slope, x = float(batch.logit_gradients[sample, i]), float(snapshot.samples.features[sample, j])
        size = float(batch.log10_logit_gradients(sample, sample + 1)[0, i])
        return [
            (f"sample {sample + 1}:  {name} = ∂L/∂a{subscript(i)}·x{subscript(j)} = ", False),
            (_factor(number(slope, size)), True),
            (" × ", False),
            (_factor(number(x)), True),
            (" = ", False),
            (number(slope * x, size + log10_of(x)), True),
        ]
    mean = choice.reduction == "mean"
    value, whole = (float(batch.weight_gradient(kind)[i, j]) for kind in ("mean" if mean else "sum", "sum"))
    return [
        (f"{name} = {f'1/{batch.done} · ' if mean else ''}Σᵣ ∂L/∂a{subscript(i)}·x{subscript(j)} = ", False),
        *([(f"1/{batch.done}", True), (" × ", False), (_factor(number(whole)), True), (" = ", False)] if mean else []),
        (number(value), True),
    ]


def usual(snapshot: "Snapshot") -> LayerPick:
    """Return what is spelled out while nothing is pointed at."""
    choice = snapshot.intent.layer
    if choice.page == "batch":
        return Sample(snapshot.sample)
    if choice.page == "training":
        return Descent()
    return Derivative(*choice.picked) if choice.picked is not None else Derivative(0, 0, 0)


def sizes(snapshot: "Snapshot") -> list[tuple[str, str]]:
    """Return the sizes that matter on the page shown, as pairs of number and name."""
    if snapshot.intent.layer.page == "sample":
        reading = snapshot.layer
        return [
            (number(reading.value, reading.log10_value), reading.loss.title),
            (size_text(reading.log10_norm), "‖∂L/∂W‖"),
            (size_text(float(reading.softmax.log10_spectral_norm)), "‖J‖₂"),
        ]
    if snapshot.intent.layer.page == "batch" and snapshot.batch is not None:
        batch, reduction = snapshot.batch, snapshot.intent.layer.reduction
        gradient = batch.weight_gradient(reduction)
        return [
            (number(batch.value(reduction)), f"{batch.loss.title}, {reduction}"),
            (number(hypot(*gradient.ravel().tolist())), "‖∂L/∂W‖"),  # no square overflows
            (f"{batch.done - batch.contributing}", "contribute nothing"),
        ]
    return []


def hint(snapshot: "Snapshot") -> str:
    """Return what a person can do on the page shown."""
    choice = snapshot.intent.layer
    if choice.page == "batch":
        return "click a sample to look at it alone, again for all · arrows, PageUp and PageDown walk"
    if choice.page == "training":
        return "Space runs and pauses · the same seed gives the same start"
    if choice.picked is not None:
        return "pinned derivative · click it again to let go"
    return "point at a matrix: what belongs together lights up · drag x and W · Tab and arrow keys walk"
