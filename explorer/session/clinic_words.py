"""What the Clinic says of a specimen, in words and figures, from a snapshot alone."""

import math
from typing import TYPE_CHECKING

import numpy as np

from explorer.model.exact import Floats
from explorer.model.notation import MINUS, number, subscript
from explorer.session.intent import SPREAD_RANGE
from explorer.session.snapshot import Snapshot

if TYPE_CHECKING:
    from explorer.model.specimens import Examination, Specimen

STANDINGS = ("right", "until", "wrong")
STANDING_WORDS = {"right": "right", "until": "right here, not everywhere", "wrong": "wrong"}
HEADINGS = ("Error", "Why", "Breaks", "Mend")  # of what is said of a specimen
KIND_TITLES = {
    "forward pass": "Forward passes",
    "Jacobian": "Jacobians",
    "derivative": "“Derivatives”",
    "backward pass": "Backward passes",
    "gradient check": "Gradient checks",
}
METHOD_TITLES = {"forward": "forward difference", "central": "central difference", "complex": "complex step"}


def specimens_by_kind() -> "dict[str, tuple[Specimen, ...]]":
    """Return the specimens of each kind, in the order in which they are listed."""
    from explorer.model.specimens import KINDS, SPECIMENS

    return {kind: tuple(s for s in SPECIMENS.values() if s.kind == kind) for kind in KINDS}


def standing(snapshot: Snapshot, specimen: "Specimen") -> str:
    """Return how a specimen stands at the present logits: one of STANDINGS; a wrong one may be right by luck."""
    if not snapshot.right_here[specimen.name]:
        return "wrong"
    return "until" if specimen.breaks or specimen.wrong else "right"


def headline(snapshot: Snapshot) -> str:
    """Return the verdict on the chosen specimen in a few words."""
    found = snapshot.examination
    if found.verdict == "right until" and found.breaks_at is not None:
        until = f"right until t = {spread_text(found.breaks_at)}"
        return until.capitalize() if found.right_here else f"Wrong here, {until}"
    if found.verdict == "right":
        if found.specimen.wrong:
            return "Right here, by luck"
        return f"Right up to t = {number(SPREAD_RANGE[1], digits=2)}" if found.specimen.breaks else "Right"
    return "Wrong" if found.specimen.wrong else "Wrong here"


def spread_text(spread: float) -> str:
    """Return a spread at which something breaks."""
    return number(spread)


def error_text(found: "Examination") -> str:
    """Return the largest relative error, and what is the matter, as sentences."""
    if not math.isfinite(found.largest):
        return found.symptom
    error = f"Largest relative error {number(found.largest)}"
    return f"{error}: o{found.symptom[1:]}" if found.symptom.startswith("Only") else f"{error}."


def sentences(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Return what there is to say of the chosen specimen, each sentence with a heading."""
    found = snapshot.examination
    specimen = found.specimen
    said = [("Error", error_text(found)), ("Why", specimen.why)]
    if specimen.breaks:
        said.append(("Breaks", f"{specimen.breaks[0].upper()}{specimen.breaks[1:]}."))
    said.append(("Mend", specimen.mend))
    return said


def longest_sentences(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Return the sentences on the chosen specimen, the one on its error as long as it can get by dragging logits."""
    error = "Largest relative error 1.000: only round-off, the truth reaches 0.0e−00."
    return [(heading, error if heading == "Error" else text) for heading, text in sentences(snapshot)]


def way_out(snapshot: Snapshot) -> float | None:
    """Return the spread at which the chosen specimen breaks, if one can go there."""
    found = snapshot.examination
    if found.verdict != "right until" or found.breaks_at == snapshot.intent.spread:
        return None
    return found.breaks_at


def table(values: Floats) -> Floats:
    """Return what is drawn of a result: a matrix, the present row's Jacobian of a batch, or one row."""
    return values.reshape(-1, values.shape[-1])[: values.shape[-2] if values.ndim > 1 else 1]


def row_names(found: "Examination") -> list[str]:
    """Return the names of the rows drawn."""
    rows = len(table(found.truth))
    if found.specimen.task == "J":
        return [f"∂p{subscript(i)}" for i in range(rows)]
    return ["here", *(f"row {i + 1}" for i in range(1, rows))]


def column_names(found: "Examination") -> list[str]:
    """Return the names of the columns drawn."""
    columns = table(found.truth).shape[1]
    letter = "p" if found.specimen.task == "p" else "a"
    return [f"{letter}{subscript(j)}" for j in range(columns)]


def worst(found: "Examination") -> tuple[int, int]:
    """Return row and column of the largest error drawn; NaN counts as the largest."""
    if found.error is None:
        return 0, 0
    errors = table(found.error)
    row, column = np.unravel_index(int(np.argmax(errors)), errors.shape)
    return int(row), int(column)


def returned_texts(found: "Examination", digits: int = 3) -> list[list[str]]:
    """Return the numbers drawn of the result, row by row; empty where nothing came back."""
    if found.result is None:
        return []
    of_p = found.specimen.task == "p"
    return [[_returned(value, digits, of_p) for value in row] for row in table(found.result).tolist()]


def _returned(value: float, digits: int, of_p: bool) -> str:
    if of_p and 0.9995 <= value <= 1.0:
        return "1" if value == 1.0 else _almost_one(number(1.0 - value), digits)
    return number(value, digits=digits)


def true_texts(found: "Examination", digits: int = 3) -> list[list[str]]:
    """Return the true numbers drawn, row by row: no 0 but an exact one, no p of 1.000."""
    values, logs = table(found.truth), table(found.log10_truth)
    texts = [
        [number(value, log, digits) for value, log in zip(*pair, strict=True)]
        for pair in zip(values.tolist(), logs.tolist(), strict=True)
    ]
    if found.specimen.task == "p":
        q, log10_q = found.true_complement
        for row, column in np.argwhere(values >= 0.9995).tolist():
            rest = float(q[row, column]), float(log10_q[row, column])
            texts[row][column] = "1" if rest[1] == -math.inf else _almost_one(number(*rest), digits)
    return texts


def _almost_one(rest: str, digits: int) -> str:
    return f"1 {MINUS} {rest}" if digits > 2 else "<1"


def error_texts(found: "Examination", digits: int = 3) -> list[list[str]]:
    """Return the relative errors drawn, row by row."""
    if found.error is None:
        return []
    return [[relative_text(error, digits) for error in row] for row in table(found.error).tolist()]


def relative_text(error: float, digits: int = 3) -> str:
    """Return a relative error as a few figures."""
    return "—" if math.isinf(error) else number(error, digits=digits)
