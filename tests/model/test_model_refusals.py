"""What the model refuses, in sentences, that would otherwise be taken for something else."""

import numpy as np
import pytest

from explorer.model import SoftmaxLayer, Training, sweep

LAYER = SoftmaxLayer([[1.0, 0.0], [0.0, 1.0]])
X = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])


@pytest.mark.parametrize("labels", [[0], [0, 1], [0, 1, 1, 0]])
def test_as_many_labels_as_samples(labels):
    for gradient in (LAYER.weight_gradient, LAYER.bias_gradient, LAYER.loss, LAYER.log10_gradient_norms):
        with pytest.raises(ValueError, match=f"y has {len(labels)} labels, but there are 3 samples"):
            gradient(X, labels, "cross_entropy")


@pytest.mark.parametrize(
    ("setting", "kind", "sentence"),
    [
        ({"batch": 2.5}, TypeError, r"the batch must be a whole number, not 2\.5"),
        ({"batch": True}, TypeError, "the batch must be a whole number, not True"),
        ({"batch": 0}, ValueError, "the batch has 0 samples; it needs at least 1"),
        ({"seed": 1.5}, TypeError, r"the seed must be a whole number, not 1\.5"),
        ({"seed": -1}, ValueError, "the seed is -1; it must not be negative"),
    ],
)
def test_whole_numbers_of_a_training(setting, kind, sentence):
    with pytest.raises(kind, match=sentence):
        Training(LAYER, X, [0, 1, 1], **setting)


def test_one_loss_may_be_a_plain_name():
    one = sweep.along_spread([1.0, 0.0], [1.0, 2.0], target=0, losses="focal")
    several = sweep.along_spread([1.0, 0.0], [1.0, 2.0], target=0, losses=("focal",))
    assert list(one) == list(several)
    assert one.losses == ("focal",)
