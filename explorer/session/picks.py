"""What a person can point at in a picture, and its spelling-out in numbers: the text of the reading line."""

from dataclasses import dataclass
from math import fsum, inf

from explorer.model.notation import MINUS, number, probability, subscript
from explorer.session import clinic_words, layer_picks, layer_words
from explorer.session.curves import SHORT_TITLES as SHORT_TITLES
from explorer.session.curves import sizes_at
from explorer.session.direction import direction_of
from explorer.session.format_words import figures, quantities, true_figures, verdict_text
from explorer.session.snapshot import SWEEP_PLACES, LossReading, Snapshot

# A run of a formula: its text, and whether it is a number that belongs to the picked thing.
Run = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the Jacobian, counted from 0."""

    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum over a row (or a column) of the Jacobian."""

    index: int
    of_row: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of a probability."""

    index: int


@dataclass(frozen=True, slots=True)
class Slope:
    """A bar of a loss gradient: upstream (dL/dp) or arriving (dL/da), of the chosen or the compared loss."""

    index: int
    upstream: bool
    compared: bool


@dataclass(frozen=True, slots=True)
class Along:
    """A place on the curves: an index of the sweep."""

    index: int


@dataclass(frozen=True, slots=True)
class Returned:
    """What a number format returned for a quantity."""

    format: str
    quantity: str


@dataclass(frozen=True, slots=True)
class Eigen:
    """An eigenvalue of J and its vector, counted from the largest."""

    rank: int


@dataclass(frozen=True, slots=True)
class Heads:
    """What the chosen width leaves of J in attention."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A number that the Clinic's specimen returned, by its place in the picture."""

    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the gradient check: an index of its steps."""

    index: int


Pick = Cell | Sum | Bar | Slope | Along | Returned | Eigen | Heads | Entry | Step | layer_picks.LayerPick


def exists(pick: Pick | None, snapshot: Snapshot) -> bool:
    """Tell whether the pick still points at something (classes may have gone)."""
    match pick:
        case None:
            return False
        case Cell(row, column):
            return max(row, column) < snapshot.intent.n
        case Slope(index, _, compared):
            return index < snapshot.intent.n and (not compared or snapshot.compared is not None)
        case Sum(index, _) | Bar(index) | Eigen(index):
            return index < snapshot.intent.n
        case Along(index):
            return index < len(SWEEP_PLACES)
        case Returned(_, quantity):
            return quantity in quantities(snapshot)
        case Heads():
            return True
        case Entry(row, column):
            rows, columns = clinic_words.table(snapshot.examination.truth).shape
            return bool(row < rows and column < columns)
        case Step(index):
            return index < len(snapshot.gradient_check.steps)
        case _:
            return layer_picks.exists(pick, snapshot)


def spell(pick: Pick, snapshot: Snapshot) -> list[Run]:
    """Return the formula of a pick as runs of text: ``∂p₂/∂a₁ = −p₂·p₁ = −0.150 × 0.610 = −0.092``."""
    match pick:
        case Cell(row, column):
            return _spell_cell(snapshot, row, column)
        case Sum(index, of_row):
            return _spell_sum(snapshot, index, of_row)
        case Bar(index):
            return _spell_bar(snapshot, index)
        case Slope():
            return _spell_slope(snapshot, pick)
        case Along(index):
            return _spell_along(snapshot, index)
        case Returned(name, quantity):
            return _spell_returned(snapshot, name, quantity)
        case Eigen(rank):
            return _spell_eigen(snapshot, rank)
        case Heads():
            return _spell_heads(snapshot)
        case Entry(row, column):
            return _spell_entry(snapshot, row, column)
        case Step(index):
            return _spell_step(snapshot, index)
        case _:
            return layer_words.spell(pick, snapshot)


def p_text(snapshot: Snapshot, i: int) -> str:
    """Return p_i as it reads on screen."""
    return snapshot.p_texts[i]


def q_text(snapshot: Snapshot, i: int) -> str:
    """Return 1 - p_i as it reads on screen."""
    s = snapshot.softmax
    return probability(float(s.q[i]), float(s.p[i]), float(s.log10_q[i]), float(s.log10_p[i]))


def _factor(text: str) -> str:
    return f"({text})" if " " in text else text


def _spell_cell(snapshot: Snapshot, row: int, column: int) -> list[Run]:
    i, j = subscript(row), subscript(column)
    value = number(float(snapshot.jacobian[row, column]), float(snapshot.log10_jacobian[row, column]))
    p_i = _factor(p_text(snapshot, row))
    if row == column:
        other, name, sign = _factor(q_text(snapshot, row)), f"p{i}·(1 {MINUS} p{i})", ""
    else:
        other, name, sign = _factor(p_text(snapshot, column)), f"{MINUS}p{i}·p{j}", MINUS
    return [
        (f"∂p{i}/∂a{j} = {name} = {sign}", False),
        (p_i, True),
        (" × ", False),
        (other, True),
        (" = ", False),
        (value, True),
    ]


def _spell_sum(snapshot: Snapshot, index: int, of_row: bool) -> list[Run]:
    entries = snapshot.jacobian[index] if of_row else snapshot.jacobian[:, index]
    k, rest = subscript(index), fsum(entries.tolist())
    name = f"Σⱼ ∂p{k}/∂aⱼ" if of_row else f"Σᵢ ∂pᵢ/∂a{k}"
    runs = [(f"{name} = ", False), ("0", True)]
    if rest != 0.0:
        runs.append((f"  exactly; the float64 entries sum to {number(rest)}", False))
    return runs


def _spell_bar(snapshot: Snapshot, index: int) -> list[Run]:
    k, a = subscript(index), snapshot.intent.effective[index]
    return [
        (f"p{k} = exp(a{k}) / Σ exp(aⱼ),  a{k} = ", False),
        (number(a), True),
        (f",  p{k} = ", False),
        (p_text(snapshot, index), True),
    ]


def _spell_slope(snapshot: Snapshot, pick: Slope) -> list[Run]:
    loss = snapshot.compared if pick.compared else snapshot.chosen
    assert loss is not None
    k = subscript(pick.index)
    if pick.upstream:
        value = upstream_text(loss, pick.index)
        return [(f"{loss.loss.title}:  ∂L/∂p{k} = ", False), (value, True)]
    value = arriving_text(loss, pick.index)
    if loss.loss.name == "cross_entropy":
        y = 1 if pick.index == snapshot.intent.target else 0
        p = _factor(p_text(snapshot, pick.index)) if y else p_text(snapshot, pick.index)
        return [
            (f"Cross-entropy:  ∂L/∂a{k} = p{k} {MINUS} y{k} = ", False),
            (f"{p} {MINUS} {y}", True),
            (" = ", False),
            (value, True),
        ]
    return [(f"{loss.loss.title}:  ∂L/∂a{k} = Σⱼ J{k}ⱼ ∂L/∂pⱼ = ", False), (value, True)]


def _spell_along(snapshot: Snapshot, index: int) -> list[Run]:
    value, sizes = sizes_at(snapshot, index)
    runs: list[Run] = [(f"{direction_of(snapshot.intent).text(value)}:", False)]
    for curve, log10 in sizes:
        runs += [(f"   {curve.short} ", False), (norm_text(log10), True)]
    return runs


def _spell_returned(snapshot: Snapshot, name: str, quantity: str) -> list[Run]:
    reading = snapshot.format_table[name][quantity]
    return [
        (f"{quantities(snapshot)[quantity]} = ", False),
        (true_figures(snapshot, quantity)[0], True),
        (f";  {name} returns ", False),
        (figures(reading.value)[0], True),
        (f":  {verdict_text(reading)}", False),
    ]


def eigenvalue_text(snapshot: Snapshot, rank: int) -> str:
    """Return an eigenvalue, counted from the largest, as it reads on screen."""
    return norm_text(float(snapshot.log10_eigenvalues[-1 - rank]))


def _spell_eigen(snapshot: Snapshot, rank: int) -> list[Run]:
    name, n = f"λ{subscript(rank)}", snapshot.intent.n
    if rank == n - 1:
        return [
            (f"{name} = ", False),
            ("0", True),
            (": J·(1, …, 1)ᵀ = 0, the same added to every logit changes nothing", False),
        ]
    order = sorted(range(n), key=lambda k: -float(snapshot.softmax.log10_p[k]))
    above, below = order[rank], order[rank + 1]
    return [
        (f"p{subscript(below)} = ", False),
        (p_text(snapshot, below), True),
        (f" ≤ {name} = ", False),
        (eigenvalue_text(snapshot, rank), True),
        (f" ≤ p{subscript(above)} = ", False),
        (p_text(snapshot, above), True),
        ("  and ≤ ½" if rank == 0 else "", False),
    ]


def _spell_heads(snapshot: Snapshot) -> list[Run]:
    plain, scaled = snapshot.attention.medians(snapshot.intent.vanishing.width)
    return [
        (f"d = {snapshot.intent.vanishing.width}:  median ‖J‖₂ of q·k ", False),
        (norm_text(plain), True),
        (",  of q·k/√d ", False),
        (norm_text(scaled), True),
    ]


def _spell_entry(snapshot: Snapshot, row: int, column: int) -> list[Run]:
    found = snapshot.examination
    place = f"{clinic_words.row_names(found)[row]}, {clinic_words.column_names(found)[column]}"
    if found.specimen.task == "J":
        place = place.replace(", ", "/∂")
    true = clinic_words.true_texts(found)[row][column]
    runs: list[Run] = [(f"{place}:  true ", False), (true, True), (",  returned ", False)]
    if found.result is None or found.error is None:
        return [*runs, ("nothing", True)]
    value, error = (texts(found)[row][column] for texts in (clinic_words.returned_texts, clinic_words.error_texts))
    runs.append((value, True))
    return runs if error == "—" else [*runs, (",  off by ", False), (error, True)]


def _spell_step(snapshot: Snapshot, index: int) -> list[Run]:
    check, chosen = snapshot.gradient_check, snapshot.intent.clinic.methods
    if not check.defined:
        return [("The gradient is 0 here: there is nothing to be relative to.", False)]
    runs: list[Run] = [("h = ", False), (number(float(check.steps[index])), True), (",  off by", False)]
    for name in chosen:
        runs += [(f"   {name} ", False), (number(float(check.errors[name][index])), True)]
    return runs


def upstream_text(loss: LossReading, index: int) -> str:
    """Return an entry of dL/dp as it reads on screen."""
    return number(float(loss.upstream[index]), float(loss.log10_upstream[index]))


def arriving_text(loss: LossReading, index: int) -> str:
    """Return an entry of dL/da as it reads on screen."""
    return number(float(loss.arriving[index]), float(loss.log10_arriving[index]))


def norm_text(log10_norm: float) -> str:
    """Return a size given by its decimal logarithm as it reads on screen."""
    if log10_norm > 307.0:
        return number(inf, log10_norm)
    return number(10.0**log10_norm if log10_norm > -307.0 else 0.0, log10_norm)
