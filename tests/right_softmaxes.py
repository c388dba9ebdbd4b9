"""Right softmaxes, derivatives and loss gradients in the many ways in which people write them."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Right:
    """A right function, its kind, and a word that its stress must hold ("" for none in particular)."""

    name: str
    kind: str | None
    function: Any
    stress: str = ""


RIGHT: list[Right] = []


def right(kind: str | None, stress: str = "", name: str = "") -> Callable[[Any], Any]:
    """Put a function into the collection."""

    def put(function: Any) -> Any:
        RIGHT.append(Right(name or function.__name__, kind, function, stress))
        return function

    return put


def soft(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@right(None)
def stable(z):
    return soft(z)


@right("forward", "overflow")
def naive(z):
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


@right("forward", "far rows")
def batch_maximum(z):
    e = np.exp(z - z.max())
    return e / e.sum(axis=1, keepdims=True)


@right("forward", "list")
def pure_python(z):
    rows = []
    for row in z:
        top = max(row)
        e = [math.exp(x - top) for x in row]
        rows.append([x / sum(e) for x in e])
    return rows


@right("forward", "float32")
def single_precision(z):
    z = np.asarray(z, dtype=np.float32)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@right("forward")
def through_logsumexp(z):
    top = z.max(axis=-1, keepdims=True)
    return np.exp(z - (top + np.log(np.exp(z - top).sum(axis=-1, keepdims=True))))


@right("forward")
def transposed_inside(x):
    x = x.T - np.max(x, axis=1)
    return (np.exp(x) / np.exp(x).sum(axis=0)).T


@right("forward")
def ratios_of_pairs(z):
    return 1.0 / np.exp(z[:, None, :] - z[:, :, None]).sum(axis=-1)


@right("jacobian", "one vector", "one vector: diag minus outer")
def one_vector_jacobian(z):
    e = np.exp(z - np.max(z))
    s = e / np.sum(e)
    return np.diag(s) - np.outer(s, s)


@right(None)
def jacobian_of_a_column(s):
    s = s.reshape(-1, 1)
    return np.diagflat(s) - np.dot(s, s.T)


@right("jacobian")
def double_loop(z):
    s = soft(z)
    m, n = s.shape
    jac = np.zeros((m, n, n))
    for r in range(m):
        for i in range(n):
            for j in range(n):
                jac[r, i, j] = s[r, i] * ((i == j) - s[r, j])
    return jac


@right("jacobian")
def broadcasting(z):
    s = soft(z)
    return s[:, :, None] * (np.eye(s.shape[1]) - s[:, None, :])


@right(None)
def einsum_jacobian(z):
    s = soft(z)
    return np.einsum("ij,jk->ijk", s, np.eye(s.shape[1])) - np.einsum("ij,ik->ijk", s, s)


@right("jacobian")
def from_probabilities(p):
    return np.einsum("mi,ij->mij", p, np.eye(p.shape[-1])) - np.einsum("mi,mj->mij", p, p)


@right("jacobian")
def complex_step(z):
    n = z.shape[1]
    jac = np.empty((*z.shape, n))
    for j in range(n):
        a = z.astype(complex)
        a[:, j] += 1e-200j
        e = np.exp(a - z.max(axis=1, keepdims=True))
        jac[:, :, j] = (e / e.sum(axis=1, keepdims=True)).imag / 1e-200
    return jac


@right("jacobian", "precision")
def central_differences(z):
    n = z.shape[1]
    jac = np.empty((*z.shape, n))
    for j in range(n):
        h = 1e-5 * np.eye(n)[j]
        jac[:, :, j] = (soft(z + h) - soft(z - h)) / 2e-5
    return jac


@right("jacobian", "precision")
def nudged_in_place(z):
    n, h = z.shape[1], 1e-3
    jac = np.empty((*z.shape, n))
    for j in range(n):
        z[:, j] += h
        up = soft(z)
        z[:, j] -= 2 * h
        down = soft(z)
        z[:, j] += h
        jac[:, :, j] = (up - down) / (2 * h)
    return jac


@right("jacobian")
def of_the_whole_batch(z):
    m, n = z.shape
    s = soft(z)
    jac = np.zeros((m, n, m, n))
    for r in range(m):
        jac[r, :, r, :] = np.diag(s[r]) - np.outer(s[r], s[r])
    return jac


@right(None)
def vjp(z, dy):
    y = soft(z)
    return y * dy - y * np.sum(y * dy, axis=-1, keepdims=True)


@right("vjp")
def of_probabilities(p, dp):
    return p * (dp - np.einsum("ij,ij->i", p, dp)[:, None])


@right(None)
def upstream_first(dout, x):
    s = soft(x)
    return s * (dout - (dout * s).sum(1, keepdims=True))


@right("vjp")
def column_loop(z, dy):
    s = soft(z)
    dz = np.zeros_like(dy)
    for j in range(z.shape[1]):
        column = -s * s[:, j : j + 1]
        column[:, j] += s[:, j]
        dz[:, j] = (column * dy).sum(axis=1)
    return dz


@right("vjp")
def matrix_product(z, dy):
    s = soft(z)
    jac = s[:, :, None] * (np.eye(s.shape[1]) - s[:, None, :])
    return np.einsum("mij,mi->mj", jac, dy)


@right("vjp", "", "one vector: J @ dy")
def one_vector_vjp(z, dy):
    s = soft(z)
    return (np.diag(s) - np.outer(s, s)) @ dy


@right("vjp")
def log_softmax_chain(z, dy):
    p = soft(z)
    g = dy * p
    return g - p * g.sum(axis=1, keepdims=True)


@right("vjp")
def tape(z, dy):
    steps = []

    def exp(a):
        out = np.exp(a)
        steps.append(lambda g: g * out)
        return out

    def normalise(e):
        total = e.sum(axis=1, keepdims=True)
        steps.append(lambda g: g / total - (g * e).sum(axis=1, keepdims=True) / total**2)
        return e / total

    normalise(exp(z - z.max(axis=1, keepdims=True)))
    g = dy
    for step in reversed(steps):
        g = step(g)
    return g


@right(None, "", "class: forward and backward")
class Layer:
    def forward(self, x):
        self.out = soft(x)
        return self.out

    def backward(self, dout):
        s = (dout * self.out).sum(axis=1, keepdims=True)
        return self.out * (dout - s)


@right(None, "", "class: compute and delta")
class ComputeAndDelta:
    def compute(self, x):
        return soft(x)

    def delta(self, x):
        s = self.compute(x)
        return s[..., None] * (np.eye(s.shape[-1]) - s[..., None, :])


@right(None, "", "an object with two passes")
class _Layer(Layer):
    pass


RIGHT[-1] = Right("an object with two passes", "vjp", _Layer())


@right("cross_entropy")
def with_class_numbers(z, y):
    p = soft(z)
    p[np.arange(len(p)), y] -= 1
    return p


@right(None)
def with_one_hot_rows(logits, labels):
    return soft(logits) - labels


@right("cross_entropy")
def mean_over_the_batch(z, y):
    p = soft(z)
    p[range(z.shape[0]), y] -= 1.0
    return p / z.shape[0]


@right("cross_entropy", "underflow")
def through_one_over_p(z, y):
    p = soft(z)
    g = np.zeros_like(p)
    rows = np.arange(len(p))
    g[rows, y] = -1 / p[rows, y]
    return p * (g - (p * g).sum(axis=1, keepdims=True))


@right("cross_entropy")
def loss_and_gradient(z, y):
    p = soft(z)
    loss = -np.log(p[np.arange(len(p)), y]).mean()
    p[np.arange(len(p)), y] -= 1
    return loss, p / len(p)


@right(None)
def predictions_and_truth(y_pred, y_true):
    return y_pred - y_true


@right("cross_entropy", "", "one vector: p[y] -= 1")
def one_vector_cross_entropy(z, y):
    e = np.exp(z - z.max())
    p = e / e.sum()
    p[y] -= 1
    return p


@right("squared_error")
def through_the_jacobian(z, y):
    s = soft(z)
    t = np.eye(z.shape[1])[y]
    jac = s[:, :, None] * (np.eye(z.shape[1]) - s[:, None, :])
    return np.einsum("mij,mj->mi", jac, s - t)


@right(None)
def squared_error_of_one_hot(z, target):
    p = soft(z)
    g = p - target
    return p * (g - (p * g).sum(axis=-1, keepdims=True))


@right("forward")
def tiny_epsilon(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / (e.sum(axis=1, keepdims=True) + 1e-15)


@right(None)
def any_axis(x, axis=-1, temperature=1.0):
    e = np.exp((x - np.amax(x, axis=axis, keepdims=True)) / temperature)
    return e / np.sum(e, axis=axis, keepdims=True)


@right("jacobian", "float32")
def jacobian_in_single_precision(z):
    s = soft(z.astype(np.float32))
    return s[:, :, None] * (np.eye(s.shape[1]) - s[:, None, :])


@right("jacobian")
def five_point_differences(z):
    n, h = z.shape[1], 1e-3
    e = h * np.eye(n)
    steps = [(8, 1), (-8, -1), (-1, 2), (1, -2)]
    return np.stack([sum(w * soft(z + k * e[j]) for w, k in steps) / (12 * h) for j in range(n)], axis=-1)


@right("jacobian", "precision")
def forward_differences(z):
    n, h = z.shape[1], 1e-8
    return np.stack([(soft(z + h * np.eye(n)[j]) - soft(z)) / h for j in range(n)], axis=-1)


@right("vjp")
def one_vector_of_p(s, g):
    return s * (g - np.dot(s, g))


@right(None, "", "class: keeps its results in attributes")
class KeepsResults:
    def forward(self, inputs):
        e = np.exp(inputs - np.max(inputs, axis=1, keepdims=True))
        self.output = e / np.sum(e, axis=1, keepdims=True)

    def backward(self, dvalues):
        self.dinputs = np.empty_like(dvalues)
        for k, (p, d) in enumerate(zip(self.output, dvalues, strict=True)):
            p = p.reshape(-1, 1)
            self.dinputs[k] = np.dot(np.diagflat(p) - np.dot(p, p.T), d)


@right(None, "", "class: one vector at a time")
class OneVector:
    def forward(self, x):
        e = np.exp(x - np.max(x))
        self.output = e / e.sum()
        return self.output

    def backward(self, output_gradient):
        n = np.size(self.output)
        tiled = np.tile(self.output.reshape(-1, 1), n)
        return np.dot(tiled * (np.identity(n) - tiled.T), output_gradient)


@right(None, "", "class: softmax and loss in one")
class LossLayer:
    def forward(self, x, t):
        self.t, self.y = t, soft(x)
        return -np.log(self.y[np.arange(len(x)), t]).mean()

    def backward(self, dout=1):
        g = self.y.copy()
        g[np.arange(len(g)), self.t] -= 1
        return dout * g / len(g)


@right(None)
def cross_entropy_truth_first(y_true, y_pred):
    return (y_pred - y_true) / len(y_true)


@right("vjp", "float32")
def backward_in_float32(z, dy):
    s, g = soft(np.asarray(z, dtype=np.float32)), np.asarray(dy, dtype=np.float32)
    return s * (g - (g * s).sum(axis=1, keepdims=True))


@right("squared_error", "finite differences")
def squared_error_by_central_differences(z, y_true):
    def loss(a):
        return 0.5 * ((soft(a) - y_true) ** 2).sum()

    g, h = np.zeros(z.shape), 1e-6
    for k in np.ndindex(z.shape):
        nudge = np.zeros(z.shape)
        nudge[k] = h
        g[k] = (loss(z + nudge) - loss(z - nudge)) / (2.0 * h)
    return g


@right("forward", "overflow: with one logit 800 ahead")
def least_logit_subtracted(z):
    e = np.exp(z - z.min(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@right("forward", "overflow: with one logit 2000 ahead")
def mean_logit_subtracted(z):
    e = np.exp(z - z.mean(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@right("vjp", "underflow: with one logit 800 ahead")
def divided_by_p_on_the_way(z, dy):
    s = soft(z)
    return s * (dy - (s * s * dy / s).sum(axis=1, keepdims=True))


right("forward", "", "vectorised with a signature")(
    np.vectorize(lambda v: np.exp(v - v.max()) / np.exp(v - v.max()).sum(), signature="(n)->(n)")
)


@right(None, "", "as many arguments as it takes")
def whatever_comes(*given):
    z, dy = given
    s = soft(z)
    return s * (dy - (s * dy).sum(axis=1, keepdims=True))


@right("vjp", "", "column vectors, as in textbooks")
def backward_of_a_column(z, dy):
    assert z.shape[1:] == dy.shape[1:] == (1,)
    s = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    return (np.diagflat(s) - s @ s.T) @ dy
