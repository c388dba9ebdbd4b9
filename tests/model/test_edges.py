"""What comes in and what goes out: types, shapes, bad input, -inf, the ends of the range, warnings, read-only arrays."""

import warnings
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from explorer.model import LOSSES, Softmax

INF, NAN, HUGE = np.inf, np.nan, 1.7e308

PROPERTIES = (
    "p q log_p log_q log10_p log10_q shares gaps winner entropy frobenius spectral_norm trace moments q_rest"
    " log10_entropy log10_frobenius log10_spectral_norm log10_one_minus_p_max p_top q_top winner_place logits"
).split()
METHODS: dict[str, Callable[[Softmax], Any]] = {
    "jacobian": lambda s: s.jacobian(),
    "log10_abs_jacobian": lambda s: s.log10_abs_jacobian(),
    "eigenvalues": lambda s: s.eigenvalues(),
    "vjp": lambda s: s.vjp(np.arange(s.n)),
    "log10_abs_vjp": lambda s: s.log10_abs_vjp(np.arange(s.n)),
    **{
        f"{loss}.{name} {kind}": lambda s, loss=loss, name=name, y=y: getattr(LOSSES[loss], name)(s, y(s))
        for loss in LOSSES
        for name in ("value", "grad_p", "grad_logits", "log10_abs_grad_p", "log10_abs_grad_logits", "log10_grad_norm")
        for kind, y in {"class": lambda s: s.n - 1, "soft": lambda s: np.full(s.n, 1.0 / s.n)}.items()
    },
}

REFUSED: list[tuple[Any, type[Exception], str]] = [
    ([1.0, NAN, 2.0], ValueError, r"logit at index \(1,\) is nan"),
    ([[1.0, 2.0], [3.0, INF]], ValueError, r"logit at index \(1, 1\) is inf"),
    ([-INF, -INF], ValueError, "all logits are -inf"),
    ([[1.0, 2.0], [-INF, -INF]], ValueError, r"all logits in row \(1,\) are -inf"),
    ([], ValueError, r"not \(0,\)"),
    (np.zeros((3, 0)), ValueError, r"not \(3, 0\)"),
    (1.0, ValueError, r"not \(\)"),
    ([1.0, 2j], TypeError, r"logit at index \(1,\) is 2j"),
    (np.array([1j, 0]), TypeError, r"logit at index \(0,\)"),
    (["1.0", "2.0"], TypeError, r"logit at index \(0,\) is '1.0', not a real number"),
    ([1.0, None], TypeError, r"logit at index \(1,\) is None"),
    ([[1.0, 2.0], [1.0, "x"]], TypeError, r"logit at index \(1, 1\) is 'x'"),
    (np.array(["2020-01-01"], dtype="datetime64[D]"), TypeError, r"logit at index \(0,\)"),
    ("1, 2", TypeError, "'1, 2'"),
    (None, TypeError, "None"),
    ([[1.0, 2.0], [3.0]], ValueError, "rows differ in length"),
    ([1, 10**400], ValueError, r"logit at index \(1,\) is too large for a float64"),
]

ACCEPTED: dict[str, tuple[Any, list[float]]] = {
    "list": ([1, 2.5], [1.0, 2.5]),
    "float32": (np.array([0.1, 3.0], dtype=np.float32), [float(np.float32(0.1)), 3.0]),
    "float16": (np.array([0.1, 3.0], dtype=np.float16), [float(np.float16(0.1)), 3.0]),
    "int8": (np.array([-128, 127], dtype=np.int8), [-128.0, 127.0]),
    "uint64": (np.array([2**64 - 1, 0], dtype=np.uint64), [2.0**64, 0.0]),
    "big-endian": (np.array([1.5, 2.0], dtype=">f8"), [1.5, 2.0]),
    "bool": ([True, False], [1.0, 0.0]),
    "huge int": ([10**30, 0], [1e30, 0.0]),
    "fractions": ([Fraction(1, 4), 2], [0.25, 2.0]),
}

EXTREME: dict[str, Any] = {
    "ends": [HUGE, -HUGE, 0.0],
    "largest": [np.finfo(np.float64).max, -np.finfo(np.float64).max, 1.0],
    "subnormal": [5e-324, -5e-324, 0.0],
    "one finite": [-INF, 3.0, -INF],
    "some gone": [1.0, -INF, 1.0, -2000.0],
    "alone": [3.0],
    "far": [0.0, -700.0, -740.0, -1e3, -1e9],
    "offset": [1e300, np.nextafter(1e300, 0.0), -1e300],
    "batch of all": [[HUGE, -HUGE, 0.0], [-INF, 3.0, -INF], [0.0, 0.0, 0.0], [0.0, -745.0, -1e4], [1.0, 2.0, 3.0]],
    "no rows": np.zeros((0, 5)),
    "no rows at all": np.zeros((2, 0, 3)),
}


@pytest.mark.parametrize(("logits", "error", "words"), REFUSED, ids=[str(case[0])[:30] for case in REFUSED])
def test_bad_logits_are_refused_with_their_place(logits: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        Softmax(logits)


@pytest.mark.parametrize(("given", "meant"), ACCEPTED.values(), ids=ACCEPTED)
def test_other_number_types(given: Any, meant: list[float]) -> None:
    ours, plain = Softmax(given), Softmax(meant)
    assert ours.logits.dtype == ours.p.dtype == np.float64
    np.testing.assert_array_equal(ours.logits, meant)
    np.testing.assert_array_equal(ours.p, plain.p)


@pytest.mark.parametrize(
    ("y", "error", "words"),
    [
        (3, ValueError, "target class 3 does not exist: classes are 0 to 2"),
        (-1, ValueError, "target class -1 does not exist"),
        ([0, 0], ValueError, r"shape \(2,\), but p has \(3,\)"),
        (np.array([[0, 1, 0]] * 2), ValueError, r"shape \(2, 3\), but p has \(3,\)"),
        (1.0, TypeError, "must be an integer, not 1.0"),
        (True, TypeError, "must be an integer, not True"),
        (None, TypeError, "must be an integer, not None"),
        ("fox", TypeError, "must be an integer, not 'fox'"),
        ([0.5, 0.5, 0.5], ValueError, "must sum to 1, not to 1.5"),
        ([0.5, 0.5, NAN], ValueError, r"index \(2,\) is nan"),
        ([0.5, -0.5, 1.0], ValueError, r"index \(1,\) is -0.5"),
        ([INF, 0.0, 0.0], ValueError, r"index \(0,\) is inf"),
        ([0.5, 0.5, None], TypeError, r"target probability at index \(2,\) is None"),
        ([0.5, 0.5, 0j], TypeError, r"target probability at index \(0,\)|index \(2,\)"),
    ],
)
def test_bad_targets_are_refused(y: Any, error: type[Exception], words: str) -> None:
    for loss in LOSSES.values():
        for method in (loss.value, loss.grad_p, loss.log10_grad_norm):
            with pytest.raises(error, match=words):
                method(Softmax([1.0, 2.0, 3.0]), y)


def test_bad_targets_of_a_batch() -> None:
    s, loss = Softmax(np.zeros((2, 3))), LOSSES["cross_entropy"]
    with pytest.raises(ValueError, match=r"target indices have shape \(3,\), but the batch has \(2,\)"):
        loss.value(s, [0, 1, 2])
    with pytest.raises(ValueError, match="target class 5"):
        loss.value(s, [0, 5])
    with pytest.raises(ValueError, match="must sum to 1, not to 2"):
        loss.value(s, [[1.0, 0.0, 0.0], [1.0, 1.0, 0.0]])


@pytest.mark.parametrize(
    ("g", "error", "words"),
    [
        ([1.0, 2.0], ValueError, r"shape \(2,\), but p has \(3,\)"),
        ([1.0, NAN, 0.0], ValueError, r"not finite at index \(1,\)"),
        ([[0.0, 0.0, 0.0], [0.0, 0.0, -INF]], ValueError, r"not finite at index \(1, 2\)"),
        ([1.0, 2.0, "x"], TypeError, r"upstream gradient at index \(2,\) is 'x'"),
        ([1j, 0, 0], TypeError, r"upstream gradient at index \(0,\)"),
    ],
)
def test_bad_upstream_gradients_are_refused(g: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        Softmax([1.0, 2.0, 3.0]).vjp(g)


@pytest.mark.parametrize("logits", EXTREME.values(), ids=EXTREME)
def test_no_warning_and_no_nan(logits: Any) -> None:
    """Whatever the caller's error state, nothing warns, nothing is NaN, and the caller's state is left alone."""
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        s = Softmax(logits)
        for name in PROPERTIES:
            assert not any(np.isnan(part).any() for part in np.atleast_1d(getattr(s, name))), name
        for name, method in METHODS.items():
            assert not np.isnan(method(s)).any(), name
        assert set(np.geterr().values()) == {"raise"}


def test_minus_infinity_is_an_exact_zero() -> None:
    s, without = Softmax([1.0, -INF, 0.0]), Softmax([1.0, 0.0])
    assert s.p[1] == 0.0
    assert s.q[1] == 1.0
    assert s.log_p[1] == s.log10_p[1] == -INF
    assert s.log_q[1] == s.log10_q[1] == 0.0
    np.testing.assert_array_equal(s.p[[0, 2]], without.p)
    jacobian, logs = s.jacobian(), s.log10_abs_jacobian()
    assert (jacobian[1] == 0.0).all()
    assert (logs[1] == -INF).all()
    np.testing.assert_array_equal(jacobian[::2, ::2], without.jacobian())
    assert s.entropy == without.entropy


def test_one_class() -> None:
    s = Softmax([5.0])
    assert (s.p, s.q, s.entropy, s.frobenius, s.trace, s.spectral_norm) == (1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    assert (s.log_p, s.log_q, s.log10_q, s.log10_entropy) == (0.0, -INF, -INF, -INF)
    assert s.jacobian() == 0.0
    assert s.log10_abs_jacobian() == -INF
    assert s.vjp([3.0]) == 0.0


def test_logarithms_stop_at_the_largest_double_and_never_read_as_zero() -> None:
    s = Softmax([HUGE, -HUGE, -HUGE])
    assert np.isfinite(s.log_p).all()
    assert s.log10_p[1] == pytest.approx(-2.0 * (HUGE * np.log10(np.e)))
    assert s.log10_q[0] == s.log10_p[1]
    assert s.log10_entropy == pytest.approx(s.log10_p[1])
    assert s.log10_frobenius == pytest.approx(s.log10_p[1])
    assert np.isfinite(s.log10_abs_jacobian()).all()


def test_input_is_never_written_to_and_never_shared() -> None:
    logits, g, y = np.array([[1.0, 2.0, -900.0]]), np.array([1.0, 2.0, 3.0]), np.array([[0.5, 0.25, 0.25]])
    copies = logits.copy(), g.copy(), y.copy()
    for given in (logits, g, y):
        given.flags.writeable = False
    s = Softmax(logits)
    for method in METHODS.values():
        method(s)
    s.vjp(g)
    for loss in LOSSES.values():
        loss.grad_logits(s, y)
    for given, copy in zip((logits, g, y), copies, strict=True):
        np.testing.assert_array_equal(given, copy)
    logits.flags.writeable = True
    logits[0, 0] = 77.0
    assert s.logits[0, 0] == 1.0


@pytest.mark.parametrize("logits", [[1.0, 2.0, -800.0], [[1.0, 2.0], [900.0, 0.0]]], ids=["row", "batch"])
def test_results_cannot_spoil_the_softmax(logits: Any) -> None:
    """What is kept is read-only; what is not read-only is new at each call."""
    s = Softmax(logits)
    for name in PROPERTIES:
        for part in getattr(s, name) if name == "moments" else (getattr(s, name),):
            if isinstance(part, np.ndarray):
                assert not part.flags.writeable, name
    before = {name: np.array(method(s), copy=True) for name, method in METHODS.items()}
    for method in METHODS.values():
        result = method(s)
        if isinstance(result, np.ndarray) and result.flags.writeable:
            result[...] = 99.0
    for name, method in METHODS.items():
        np.testing.assert_array_equal(method(s), before[name], err_msg=name)


def test_a_single_value_is_a_numpy_scalar() -> None:
    s = Softmax([1.0, 2.0])
    for value in (s.entropy, s.trace, s.log10_entropy, LOSSES["kl"].value(s, 0), LOSSES["kl"].log10_grad_norm(s, 0)):
        assert isinstance(value, np.float64)
    assert isinstance(s.winner, np.intp)
