"""LayerReading: all that follows from the Layer view's one sample, each part on first use; and the batch's layer."""

from functools import cached_property

import numpy as np

from explorer.model import LOSSES, Softmax, SoftmaxLayer
from explorer.model.batch import Batch, log10_loss
from explorer.model.exact import Floats, quiet
from explorer.model.multiplications import Multiplications, multiplications
from explorer.model.notation import probability
from explorer.session.intake import IntakeError
from explorer.session.intent import Intent
from explorer.session.layer_choice import LayerChoice
from explorer.session.samples import Samples, samples_named


class LayerReading:
    """The layer at one sample. Logarithms are decimal, of sizes; they go on below the smallest double."""

    def __init__(self, choice: LayerChoice, loss: str) -> None:
        self.choice, self.loss = choice, LOSSES[loss]

    @cached_property
    def layer(self) -> SoftmaxLayer:
        """The layer with its weights, the factor included."""
        return SoftmaxLayer(self.choice.scale * np.array(self.choice.weights))

    @cached_property
    def x(self) -> Floats:
        """The sample (N,)."""
        return np.array(self.choice.x)

    @cached_property
    def softmax(self) -> Softmax:
        """The softmax of its logits (T,)."""
        return self.layer(self.x)

    @cached_property
    def p_texts(self) -> list[str]:
        """The probabilities as they read on screen."""
        s = self.softmax
        columns = s.p.tolist(), s.q.tolist(), s.log10_p.tolist(), s.log10_q.tolist()
        return [probability(*numbers) for numbers in zip(*columns, strict=True)]

    @cached_property
    def jacobian(self) -> tuple[Floats, Floats]:
        """J (T, T) and its logarithms."""
        return self.softmax.jacobian(), self.softmax.log10_abs_jacobian()

    @cached_property
    def of_logits(self) -> tuple[Floats, Floats]:
        """Dg (T, T N) and its logarithms."""
        Dg = self.layer.jacobian_logits(self.x)
        return Dg, _log10(Dg)

    @cached_property
    @quiet
    def of_weights(self) -> tuple[Floats, Floats]:
        """DP (T, T N) by the short formula, and its logarithms."""
        T, N = self.choice.T, self.choice.N
        logs = self.jacobian[1][:, :, None] + _log10(self.x)
        return self.layer.jacobian_weights(self.x), logs.reshape(T, T * N)

    @cached_property
    def value(self) -> float:
        """The loss."""
        return float(self.loss.value(self.softmax, self.choice.target))

    @cached_property
    def log10_value(self) -> float:
        """The logarithm of the loss."""
        return float(log10_loss(self.loss, self.softmax, self.choice.target))

    @cached_property
    def logit_gradient(self) -> tuple[Floats, Floats]:
        """dL/da (T,) and its logarithms."""
        s, target = self.softmax, self.choice.target
        return self.loss.grad_logits(s, target), self.loss.log10_abs_grad_logits(s, target)

    @cached_property
    @quiet
    def weight_gradient(self) -> tuple[Floats, Floats]:
        """dL/dW (T, N) and its logarithms."""
        gradient, logs = self.logit_gradient
        return np.multiply.outer(gradient, self.x), np.add.outer(logs, _log10(self.x))

    @cached_property
    def log10_norm(self) -> float:
        """The logarithm of the Frobenius norm of dL/dW."""
        return float(self.layer.log10_gradient_norms(self.x, self.choice.target, self.loss))

    @property
    def counts(self) -> Multiplications:
        """Multiplications of the product and of the short formulas."""
        return multiplications(self.choice.T, self.choice.N)


def samples_of(choice: LayerChoice) -> Samples | None:
    """Return the samples that the choice names, None if they are not known here, or their labels no classes."""
    try:
        return samples_named(choice.samples, choice.labelling)
    except IntakeError:
        return None


def fits(choice: LayerChoice, samples: Samples) -> bool:
    """Tell whether the weights set by hand fit the samples."""
    return choice.N == samples.N and choice.T >= samples.T


def layer_for(choice: LayerChoice, samples: Samples) -> SoftmaxLayer:
    """Return the layer for samples: the weights set by hand if they fit, else drawn with the seed; times the factor.

    Drawn weights are normal with variance 1/N, which gives features of size 1 logits of size 1.
    """
    if fits(choice, samples):
        return SoftmaxLayer(choice.scale * np.array(choice.weights))
    return SoftmaxLayer(choice.scale * drawn_weights(samples.T, samples.N, choice.seed))


def drawn_weights(classes: int, features: int, seed: int) -> Floats:
    """Return random weights (T, N), the same for the same seed."""
    weights: Floats = np.random.default_rng(seed).standard_normal((classes, features)) / np.sqrt(features)
    return weights


def batch_of(intent: Intent, samples: Samples) -> Batch:
    """Return the layer on the samples, before its first pass."""
    layer = layer_for(intent.layer, samples)
    return Batch(layer, samples.rows, samples.labels, intent.loss, intent.number_format)


@quiet
def _log10(values: Floats) -> Floats:
    logs: Floats = np.log10(np.abs(values))
    return logs
