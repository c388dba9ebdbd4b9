"""What f(z) of shape (m, n) may compute: the softmax, or a "derivative" that is none."""

from collections.abc import Callable

import numpy as np

from explorer.model.clinic.diagnosis import Kind
from explorer.model.clinic.formula import Formula
from explorer.model.clinic.terms import USE_MATRIX, USE_OFF, hard, through, total
from explorer.model.exact import Floats


def maps() -> tuple[Formula, ...]:
    """Return the formulas of forward passes and elementwise derivatives."""

    def make(
        label: str, text: str, remedy: str, cost: float, of: Callable[[Floats], Floats], kind: Kind = "elementwise"
    ) -> Formula:
        return Formula(label, text, remedy, cost, lambda s, v: of(s), kind)

    return (
        Formula("softmax", "p", "", 0.0, lambda s, v: s, "forward", True),
        make("diagonal-only", "p(1 − p), the diagonal of the Jacobian only", USE_OFF, 0.3, lambda s: s * (1 - s)),
        make("square", "p²", USE_MATRIX, 0.8, lambda s: s * s),
        make("complement", "1 − p", USE_MATRIX, 0.8, lambda s: 1 - s),
        make("tanh-rule", "1 − p², the rule of the hyperbolic tangent", USE_MATRIX, 0.8, lambda s: 1 - s * s),
        make("plus-sign", "p(1 + p)", USE_MATRIX, 1.0, lambda s: s * (1 + s)),
        make("diagonal-of-j-squared", "p²(1 − p)", USE_MATRIX, 1.2, lambda s: s * s * (1 - s)),
        make("diagonal-of-j-squared", "(p(1 − p))²", USE_MATRIX, 1.2, lambda s: (s * (1 - s)) ** 2),
        make(
            "diagonal-of-j-squared",
            "the diagonal of J·J",
            USE_MATRIX,
            1.2,
            lambda s: s * s * (1 - 2 * s + total(s * s)),
        ),
        make("jacobian-times-p", "p(p − Σp²), which is J·p", USE_MATRIX, 1.0, lambda s: through(s, s)),
        make("mixed-sum", "p − Σp²", USE_MATRIX, 1.2, lambda s: s - total(s * s)),
        make("mixed-sum", "p(1 − Σp²)", USE_MATRIX, 1.2, lambda s: s * (1 - total(s * s))),
        make("mixed-sum", "Σp² in every place", USE_MATRIX, 1.4, lambda s: total(s * s) + 0 * s),
        make(
            "mixed-sum", "1 − Σp², the trace of J, in every place", USE_MATRIX, 1.4, lambda s: 1 - total(s * s) + 0 * s
        ),
        make(
            "rolled-product", "p_i p_(i+1), one off-diagonal entry", USE_MATRIX, 1.2, lambda s: s * np.roll(s, -1, -1)
        ),
        make("rolled-product", "p_i p_(i−1), one off-diagonal entry", USE_MATRIX, 1.2, lambda s: s * np.roll(s, 1, -1)),
        make(
            "rolled-product",
            "p(1 − p) − p_i p_(i+1)",
            USE_MATRIX,
            1.3,
            lambda s: s * (1 - s) - s * np.roll(s, -1, -1),
        ),
        make(
            "rolled-product", "p(1 − p) − p_i p_(i−1)", USE_MATRIX, 1.3, lambda s: s * (1 - s) - s * np.roll(s, 1, -1)
        ),
        make("one-row", "the first row of J", USE_MATRIX, 1.2, lambda s: s[..., :1] * (np.eye(s.shape[-1])[0] - s)),
        make("one-row", "the last row of J", USE_MATRIX, 1.2, lambda s: s[..., -1:] * (np.eye(s.shape[-1])[-1] - s)),
        make("one-row", "the winner's row of J", USE_MATRIX, 1.2, lambda s: s.max(-1, keepdims=True) * (hard(s) - s)),
        make("log-derivative", "1/p, the derivative of the logarithm", USE_MATRIX, 1.2, lambda s: 1 / s),
        make("log-derivative", "log p", USE_MATRIX, 1.4, np.log),
        make("entropy-term", "p log p", USE_MATRIX, 1.2, lambda s: s * np.log(s)),
        make("entropy-term", "p(log p + 1)", USE_MATRIX, 1.4, lambda s: s * (np.log(s) + 1)),
        make(
            "class-difference", "np.gradient of p along the classes", USE_MATRIX, 1.0, lambda s: np.gradient(s, axis=-1)
        ),
        make("reciprocal", "p/(1 − p)", USE_MATRIX, 1.2, lambda s: s / (1 - s)),
        make("reciprocal", "1/(1 − p)", USE_MATRIX, 1.2, lambda s: 1 / (1 - s)),
        make("reciprocal", "1/(p(1 − p))", USE_MATRIX, 1.2, lambda s: 1 / (s * (1 - s))),
        make("exponential-of-p", "exp p", USE_MATRIX, 1.4, np.exp),
        make("root", "√(p(1 − p))", USE_MATRIX, 1.4, lambda s: np.sqrt(s * (1 - s))),
        make("shifted", "p − 1/n", USE_MATRIX, 1.4, lambda s: s - 1 / s.shape[-1]),
        make("twice-minus", "p(1 − 2p)", USE_MATRIX, 1.1, lambda s: s * (1 - 2 * s)),
        make(
            "twice-minus",
            "p(1 − p)(1 − 2p), the second derivative",
            USE_MATRIX,
            1.1,
            lambda s: s * (1 - s) * (1 - 2 * s),
        ),
        make("twice-minus", "1 − 2p", USE_MATRIX, 1.3, lambda s: 1 - 2 * s),
        make(
            "wrong-axis-sum",
            "J summed over the batch: p(1 − p) summed over the rows",
            USE_MATRIX,
            1.3,
            lambda s: total(s * (1 - s), -2) + 0 * s,
        ),
        make(
            "wrong-axis-sum",
            "p(1 − Σ of p over the batch)",
            "Sum over the classes, not over the batch.",
            1.3,
            lambda s: s * (1 - total(s, -2)),
        ),
        make(
            "wrong-axis-sum", "p − p·Σp over the whole batch", USE_MATRIX, 1.4, lambda s: s * (1 - total(s, (-2, -1)))
        ),
        make(
            "quotient-rule",
            "e(1 − p): the quotient rule with S in place of S²",
            USE_MATRIX,
            1.0,
            lambda s: s * (1 - s / total(s)),
        ),
        make(
            "quotient-rule",
            "(S − e)/S²: the quotient rule without e",
            USE_MATRIX,
            1.0,
            lambda s: (total(s) - s) / total(s) ** 2,
        ),
        make("quotient-rule", "1/S − e/S²", USE_MATRIX, 1.0, lambda s: 1 / total(s) - s / total(s) ** 2),
        make("half-power", "p·√(1 − p)", USE_MATRIX, 2.0, lambda s: s * np.sqrt(1 - s)),
    )
