"""Joins a network with its optimizer, loss and metrics."""

import math
from typing import Any

import keras
import numpy as np

from dlstudio.models.adversarial import GanNetwork
from dlstudio.models.architectures.vae import VaeNetwork
from dlstudio.models.members import MemberLoss, MemberMetric
from dlstudio.models.targets import target_kind
from dlstudio.spec.task import TaskKind, TaskSpec
from dlstudio.spec.training import TrainingSpec
from dlstudio.training.forecast_loss import ForecastRmse, MeasuredSquares
from dlstudio.training.optimizers import build_optimizer

# The target of each network moves, so that old gradients mislead: Radford et al. 2016.
GAME_MOMENTUM = 0.5


def compile_model(
    model: keras.Model,
    task: TaskSpec,
    training: TrainingSpec,
    num_steps: int,
    target_scale: np.ndarray | None = None,
) -> None:
    """Compile a network that ends in logits or values; nothing is traced yet.

    Args:
        model: The network; its last axis holds one logit a class (or one for two classes), one a
            label, or one value a target. With three axes the middle one holds the members of an
            ensemble (`dlstudio.models.members`).
        task: Decides loss and metrics.
        training: Optimizer, schedule and label smoothing.
        num_steps: Training steps of all epochs together; the schedule spans them.
        target_scale: What one unit of a value's output is in units of the target,
            `(num_targets,)`, so that the curves show rmse in target units; 1 by default.
    """
    if task.kind.is_unsupervised:
        compile_own_loss(model, training, num_steps)
        return
    num_outputs = int(model.output_shape[-1])
    loss = _build_loss(task, training.label_smoothing, num_outputs)
    metric = _build_metric(task, num_outputs, target_scale)
    if len(model.output_shape) == 3:
        # An ensemble: each member learns by itself, and they are measured together.
        loss, metric = MemberLoss(loss), MemberMetric(metric, target_kind(task))
    model.compile(
        optimizer=build_optimizer(training, num_steps),
        loss=loss,
        metrics=[metric],
        jit_compile=False,  # pyright: ignore[reportArgumentType]
    )


def compile_own_loss(model: keras.Model, training: TrainingSpec, num_steps: int) -> None:
    """Compile a network that knows its loss and metrics itself.

    Args:
        model: The network.
        training: Optimizer and schedule.
        num_steps: Training steps of all epochs together.
    """
    if isinstance(model, GanNetwork):
        _compile_game(model, training, num_steps)
        return
    optimizer = build_optimizer(training, num_steps)
    if isinstance(model, VaeNetwork):
        model.num_steps = num_steps
    model.compile(optimizer=optimizer, jit_compile=False)  # pyright: ignore[reportArgumentType]


def _compile_game(model: GanNetwork, training: TrainingSpec, num_steps: int) -> None:
    """Give each of the two networks its optimizer, of which the discriminator's may be faster."""
    game = model.game
    rate = training.learning_rate * game.discriminator_rate
    faster = training.model_copy(update={"learning_rate": rate})
    optimizer = build_optimizer(training, num_steps)
    second = build_optimizer(faster, num_steps * game.discriminator_steps)
    for each in (optimizer, second):
        if isinstance(each, keras.optimizers.Adam):
            each.beta_1 = GAME_MOMENTUM
    model.compile(optimizer, second, jit_compile=False)  # pyright: ignore[reportArgumentType]


def num_training_steps(num_examples: int, batch_size: int, num_epochs: int) -> int:
    """Count the steps of all epochs; the last batch of an epoch may be smaller."""
    return max(1, math.ceil(num_examples / batch_size)) * num_epochs


def _build_loss(task: TaskSpec, smoothing: float, num_outputs: int) -> keras.losses.Loss:
    if task.kind is TaskKind.FORECASTING:
        return MeasuredSquares()
    if task.kind is TaskKind.REGRESSION:
        return keras.losses.MeanSquaredError()
    if task.is_multi_label or num_outputs == 1:
        return keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=smoothing)
    if smoothing > 0:
        return SmoothedCrossentropy(smoothing)
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def _build_metric(
    task: TaskSpec, num_outputs: int, target_scale: np.ndarray | None
) -> keras.metrics.Metric:
    if task.kind is TaskKind.FORECASTING:
        return ForecastRmse(np.ones(len(task.targets)) if target_scale is None else target_scale)
    if task.kind is TaskKind.REGRESSION:
        return ScaledRmse(num_outputs, target_scale)
    if task.is_multi_label:
        # As the report counts it: a row is right if all its labels are.
        return keras.metrics.MeanMetricWrapper(_all_labels_right, name="accuracy")
    if num_outputs == 1:
        # A logit above 0 is a probability above one half.
        return keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0)
    return keras.metrics.SparseCategoricalAccuracy(name="accuracy")


@keras.saving.register_keras_serializable("dlstudio")
class SmoothedCrossentropy(keras.losses.Loss):
    """Cross-entropy of class numbers with label smoothing.

    Szegedy et al., "Rethinking the Inception architecture", 2016. Keras itself smooths one-hot
    targets only.
    """

    def __init__(self, smoothing: float, name: str = "smoothed_crossentropy") -> None:
        """Keep the share of the target that is spread over all classes, in [0, 1)."""
        super().__init__(name=name)
        self.smoothing = smoothing

    def call(self, y_true: Any, y_pred: Any) -> Any:  # noqa: ANN401
        """Give one loss an example, float `(batch,)`, from class numbers and logits."""
        log_probabilities: Any = keras.ops.log_softmax(y_pred)
        spread: Any = keras.ops.mean(-log_probabilities, axis=-1)
        exact: Any = keras.losses.sparse_categorical_crossentropy(y_true, y_pred, from_logits=True)
        return (1 - self.smoothing) * exact + self.smoothing * spread

    def get_config(self) -> dict[str, object]:
        """What Keras needs to build it again."""
        return {"smoothing": self.smoothing, "name": self.name}


@keras.saving.register_keras_serializable("dlstudio")
class ScaledRmse(keras.metrics.Metric):
    """Root mean squared error in target units: the mean over the targets of each one's own."""

    def __init__(
        self, num_targets: int, scale: np.ndarray | None = None, name: str = "rmse"
    ) -> None:
        """Keep what one unit of the output is in units of the target, `(num_targets,)`."""
        super().__init__(name=name)
        self.num_targets = num_targets
        self.scale = np.ones(num_targets) if scale is None else np.asarray(scale)
        self.squares: Any = self.add_weight(shape=(num_targets,), initializer="zeros")
        self.count: Any = self.add_weight(shape=(), initializer="zeros")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # noqa: ANN401
        """Take in a batch of targets and outputs."""
        ops = keras.ops
        errors: Any = ops.subtract(ops.cast(y_true, "float32"), ops.cast(y_pred, "float32"))
        squares: Any = ops.square(errors * ops.cast(self.scale, "float32"))
        ones: Any = ops.ones_like(squares[:, :1])
        weights: Any = ones
        if sample_weight is not None:
            weights = ones * ops.reshape(ops.cast(sample_weight, "float32"), (-1, 1))
        self.squares.assign_add(ops.sum(squares * weights, axis=0))
        self.count.assign_add(ops.sum(weights))

    def result(self) -> Any:  # noqa: ANN401
        """The error so far, a scalar."""
        mean: Any = keras.ops.divide_no_nan(self.squares, self.count)
        return keras.ops.mean(keras.ops.sqrt(mean))

    def get_config(self) -> dict[str, object]:
        """What Keras needs to build it again."""
        return {
            "num_targets": self.num_targets,
            "scale": self.scale.tolist(),
            "name": self.name,
        }


def _all_labels_right(y_true: Any, y_pred: Any) -> Any:  # noqa: ANN401
    """1 for each row whose labels are all right, else 0; a logit of 0 or more is a yes."""
    said = keras.ops.greater_equal(y_pred, 0)
    right = keras.ops.all(keras.ops.equal(said, keras.ops.greater(y_true, 0.5)), axis=-1)
    return keras.ops.cast(right, "float32")
