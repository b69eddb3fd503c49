"""Loss and metric of forecasts: steps that were never measured do not count."""

from typing import Any

import keras
import numpy as np

from dlstudio.models.tensors import Tensor, ops


@keras.saving.register_keras_serializable("dlstudio")
class MeasuredSquares(keras.losses.Loss):
    """The mean squared error over the values that are there; NaN targets count as right."""

    def __init__(self, name: str = "mean_squared_error") -> None:
        """Make the loss."""
        super().__init__(name=name)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Give one loss an example, float `(batch, ...)`, from values `(batch, ..., outputs)`."""
        squares, is_known = squared_errors(y_true, y_pred)
        return ops.sum(squares, axis=-1) / ops.maximum(ops.sum(is_known, axis=-1), 1.0)

    def get_config(self) -> dict[str, Any]:
        """What Keras needs to build it again."""
        return {"name": self.name}


@keras.saving.register_keras_serializable("dlstudio")
class ForecastRmse(keras.metrics.Metric):
    """Root mean squared error over all steps in target units; the mean over the targets."""

    def __init__(self, scale: np.ndarray, name: str = "rmse") -> None:
        """Keep what one unit of the output is in units of each target, `(num_targets,)`."""
        super().__init__(name=name)
        self.scale = np.asarray(scale, "float32")
        shape = self.scale.shape
        self.squares: Any = self.add_weight(shape=shape, initializer="zeros", name="squares")
        self.count: Any = self.add_weight(shape=shape, initializer="zeros", name="count")

    def update_state(self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor = None) -> None:
        """Take in a batch of values `(batch, horizon * targets)`, step by step."""
        del sample_weight  # windows all count the same
        steps = (-1, len(self.scale))
        squares, is_known = squared_errors(y_true, y_pred)
        self.squares.assign_add(ops.sum(ops.reshape(squares, steps), axis=0))
        self.count.assign_add(ops.sum(ops.reshape(is_known, steps), axis=0))

    def result(self) -> Tensor:
        """The error so far, a scalar."""
        return ops.mean(ops.sqrt(ops.divide_no_nan(self.squares, self.count)) * self.scale)

    def get_config(self) -> dict[str, Any]:
        """What Keras needs to build it again."""
        return {"scale": self.scale.tolist(), "name": self.name}


def squared_errors(y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
    """Square the errors of values that are there.

    Args:
        y_true: Targets, NaN where there is none.
        y_pred: What the network gives.

    Returns:
        The squares, 0 where there is no target, and 1 where there is one, else 0; float32.
    """
    y_true, y_pred = ops.cast(y_true, "float32"), ops.cast(y_pred, "float32")
    is_known = ops.isfinite(y_true)
    errors = ops.where(is_known, y_true, 0.0) - ops.where(is_known, y_pred, 0.0)
    return ops.square(errors), ops.cast(is_known, "float32")
