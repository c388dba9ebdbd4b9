"""Gradient checks that people write: finite differences of a loss at one row of logits."""

import numpy as np

from explorer.model.specimens.specimen import Specimen


def cross_entropy(z, y):  # the loss
    top = z.real.max()
    total = np.exp(z - top).sum()
    return np.log(total) + top - z[y]


def central_in_place(loss, z):
    h, g = 1e-3, np.zeros(len(z))
    for i in range(len(z)):
        old = z[i]
        z[i] = old + h
        up = loss(z)
        z[i] = old - h
        g[i] = (up - loss(z)) / (2 * h)
        z[i] = old
    return g


def central_on_integers(loss, z):
    z = np.rint(z).astype(int)  # as typed
    h, g = 1e-3, np.zeros(len(z))
    for i in range(len(z)):
        old = z[i]
        z[i] = old + h
        up = loss(z)
        z[i] = old - h
        g[i] = (up - loss(z)) / (2 * h)
        z[i] = old
    return g


def forward_difference(loss, z):
    h, start = 1e-3, loss(z)
    g = np.zeros(len(z))
    for i in range(len(z)):
        moved = z.copy()
        moved[i] += h
        g[i] = (loss(moved) - start) / h
    return g


def step_too_small(loss, z):
    h, g = 1e-13, np.zeros(len(z))
    for i in range(len(z)):
        step = np.zeros(len(z))
        step[i] = h
        up = loss(z + step)
        down = loss(z - step)
        g[i] = (up - down) / (2 * h)
    return g


def complex_step(loss, z):
    h, g = 1e-20, np.zeros(len(z))
    for i in range(len(z)):
        step = np.zeros(len(z))
        step[i] = h
        up = loss(z + 1j * step)
        g[i] = up.imag / h
    return g


_ROUNDS = "the gradient falls to the size of round-off over the step, ε/h = 2e−13"

GRADIENT_CHECKS = (
    Specimen(
        "central-in-place",
        "Central, h = 1e−3, in place",
        "gradient check",
        central_in_place,
        "p − y",
        why="Truncation is h²/6: seven digits agree, enough for a tolerance of 1e−6.",
        mend="Nothing, as long as z holds floats; h = 1e−5 gains four more digits.",
        breaks=_ROUNDS,
        one_row=True,
        helpers=(cross_entropy,),
    ),
    Specimen(
        "central-on-integers",
        "The same on integers",
        "gradient check",
        central_on_integers,
        "p − y",
        why="In an array of integers the nudge is cut off: 2 + h stays 2 and 2 − h becomes 1. A right gradient fails.",
        mend="Convert first: z = z.astype(float).",
        wrong=True,
        one_row=True,
        helpers=(cross_entropy,),
        integers=True,
    ),
    Specimen(
        "forward-difference",
        "Forward, h = 1e−3",
        "gradient check",
        forward_difference,
        "p − y",
        why="One-sided: truncation costs h/2 times the curvature, so only three or four digits agree.",
        mend="Take the central difference (f(z + h) − f(z − h)) / 2h: its error falls with h².",
        wrong=True,
        one_row=True,
        helpers=(cross_entropy,),
    ),
    Specimen(
        "step-too-small",
        "Central, h = 1e−13",
        "gradient check",
        step_too_small,
        "p − y",
        why="The loss moves by no more than its own round-off: ε/h leaves two or three digits.",
        mend="The best step of the central difference is near ε^⅓ = 6e−6.",
        wrong=True,
        one_row=True,
        helpers=(cross_entropy,),
    ),
    Specimen(
        "complex-step",
        "Complex step, h = 1e−20",
        "gradient check",
        complex_step,
        "p − y",
        why="Im f(z + ih)/h has no difference that could cancel: every digit agrees, however small h is.",
        mend="Nothing to mend; the loss must take complex numbers.",
        breaks="in this loss the target’s p − 1 cancels once p nears 1; the step itself stays exact",
        one_row=True,
        helpers=(cross_entropy,),
    ),
)
