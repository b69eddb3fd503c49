"""Networks that are ensembles: one loss a member while training, one answer when asked.

Such a network gives `(batch, members, outputs)`. Training each member on its own loss, and
averaging probabilities only for the answer, is what makes the members differ and the average
better (Gorishniy et al. 2024, "TabM"). Outputs `(batch, outputs)` of other networks pass through.
"""

import math
from typing import Any

import keras

from dlstudio.models.targets import TargetKind
from dlstudio.models.tensors import Tensor, ops

SMALLEST_PROBABILITY = 1e-7


class MemberLoss(keras.losses.Loss):
    """The mean over the members of any loss."""

    def __init__(self, loss: keras.losses.Loss) -> None:
        """Wrap a loss.

        Args:
            loss: A loss that takes logits or values of shape `(batch, outputs)`.
        """
        super().__init__(name=loss.name, reduction=loss.reduction)
        self.loss = loss

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Give the loss of each example, `(batch,)`."""
        if len(y_pred.shape) == 2:
            return self.loss.call(y_true, y_pred)
        num_members = y_pred.shape[1]
        has_class_numbers = len(y_true.shape) == 1 or y_true.shape[-1] < y_pred.shape[-1]
        each = ops.reshape(y_true, (-1, 1)) if has_class_numbers else ops.expand_dims(y_true, 1)
        targets = ops.repeat(each, num_members, axis=1)
        return ops.mean(self.loss.call(targets, y_pred), axis=1)


class MemberMetric(keras.metrics.Metric):
    """Any metric, of what the members answer together."""

    def __init__(self, metric: keras.metrics.Metric, kind: TargetKind) -> None:
        """Wrap a metric.

        Args:
            metric: A metric of logits or values of shape `(batch, outputs)`.
            kind: What the outputs mean.
        """
        super().__init__(name=metric.name)
        self.metric: Any = metric
        self.kind = kind

    def update_state(self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor = None) -> None:
        """Take in a batch of targets and outputs."""
        self.metric.update_state(y_true, average_members(y_pred, self.kind), sample_weight)

    def result(self) -> Tensor:
        """Give the metric of all batches so far."""
        return self.metric.result()

    def reset_state(self) -> None:
        """Begin anew."""
        self.metric.reset_state()


def average_members(outputs: Tensor, kind: TargetKind) -> Tensor:
    """Combine the members' outputs into those of one network.

    Args:
        outputs: Logits or values, `(batch, members, outputs)` or `(batch, outputs)`.
        kind: What they mean.

    Returns:
        `(batch, outputs)`: the logits of the mean probability, or the mean value.
    """
    if len(outputs.shape) == 2:
        return outputs
    if kind is TargetKind.VALUES:
        return ops.mean(outputs, axis=1)
    if kind is TargetKind.CLASSES:
        log_probabilities = ops.log_softmax(outputs, axis=-1)
        return ops.logsumexp(log_probabilities, axis=1) - math.log(outputs.shape[1])
    probability = ops.mean(ops.sigmoid(outputs), axis=1)
    probability = ops.clip(probability, SMALLEST_PROBABILITY, 1.0 - SMALLEST_PROBABILITY)
    return ops.log(probability) - ops.log(1.0 - probability)
