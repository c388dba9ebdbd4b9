"""Softmax Explorer: the softmax, its whole Jacobian and its loss gradients, live and right to the last digit."""

__version__ = "0.1.0"
