"""An epoch as TensorFlow graphs: Keras's own steps inside loops that TensorFlow runs."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from dlstudio.training.batches import Batch, BatchReader
from dlstudio.training.road import Metrics

Traced = Callable[[Batch, np.ndarray], tuple[tf.Tensor, tf.Tensor]]
FullBatches = Callable[[Batch, np.ndarray], tf.Tensor]


@dataclass(frozen=True)
class EpochPlan:
    """How an epoch is cut into batches.

    Attributes:
        num_examples: Training examples.
        batch_size: Examples a training step, at most all of them.
        num_validation: Validation examples; may be 0.
        validation_batch_size: Examples a validation step.
        is_whole: Whether each call runs a whole epoch, its validation included. Such a graph is
            smaller, so it is traced sooner.
    """

    num_examples: int
    batch_size: int
    num_validation: int
    validation_batch_size: int
    is_whole: bool = False

    @property
    def num_steps(self) -> int:
        """Training steps, the last, smaller one included."""
        return math.ceil(self.num_examples / self.batch_size)

    @property
    def num_full_steps(self) -> int:
        """Training steps with a full batch."""
        return self.num_examples // self.batch_size

    @property
    def num_validation_steps(self) -> int:
        """Validation steps."""
        return math.ceil(self.num_validation / self.validation_batch_size)


class EpochGraph:
    """Traces the functions that run a part of an epoch; they change the model's variables."""

    def __init__(
        self,
        model: keras.Model,
        plan: EpochPlan,
        examples: tuple[Batch, Batch],
        readers: tuple[BatchReader, BatchReader],
    ) -> None:
        """Keep what is to be traced.

        Args:
            model: A compiled model whose variables are built.
            plan: How the examples are cut into batches.
            examples: All training and all validation examples as tensors; of the former only shapes
                and dtypes count.
            readers: Make what a step takes of rows of either.
        """
        train, validation = examples
        self._model = model
        self._plan = plan
        self._signature = tf.nest.map_structure(lambda t: tf.TensorSpec(t.shape, t.dtype), train)
        self._validation = validation
        self._read_train, self._read_validation = readers
        self._metric_names: tuple[str, ...] = ()

    def named(self, values: list[float]) -> Metrics:
        """Say which metric each number of a call is."""
        return dict(zip(self._metric_names, values, strict=True))

    def traced(self) -> Traced:
        """Trace training and validation as one function of shuffled examples and a plan.

        The plan is int32 `(4,)`: first and last training step, first and last validation step.
        The function gives the step that was reached, and all metrics as one vector. One function
        for both, because tracing is most of the time that a small run takes.
        """
        function = tf.function(
            self._train_then_validate,
            autograph=False,
            input_signature=[self._signature, tf.TensorSpec([4], tf.int32)],
        )
        return function.get_concrete_function()

    def xla(self) -> FullBatches:
        """Make the function that XLA compiles when it is first called.

        It takes shuffled examples and int32 `(2,)`, the first and the last training step, all with
        a full batch, and gives the step that was reached. Validation stays in the graph: compiling
        it takes as long as some hundred epochs save.
        """
        return tf.function(
            self._full_batches,
            autograph=False,
            jit_compile=True,
            input_signature=[self._signature, tf.TensorSpec([2], tf.int32)],
        )

    def _train_then_validate(self, examples: Batch, plan: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        first, last, validation_first, validation_last = tf.unstack(plan)
        self._reset_metrics_if((first == 0) & (last > first))
        reached = self._loop(lambda step: self._train_batch(examples, step), first, last)
        train = self._metrics_tensor()
        if not self._plan.num_validation:
            return reached, tf.concat([train, train], 0)
        if self._plan.is_whole and self._plan.num_validation_steps == 1:
            self._reset_metrics()
            self._model.test_step(self._read_validation(self._validation))
        else:
            self._reset_metrics_if((validation_first == 0) & (validation_last > 0))
            self._validation_loop(validation_first, validation_last)
        return reached, tf.concat([train, self._metrics_tensor()], 0)

    def _full_batches(self, examples: Batch, plan: tf.Tensor) -> tf.Tensor:
        first, last = tf.unstack(plan)
        self._reset_metrics_if((first == 0) & (last > first))
        return self._loop(lambda step: self._full_batch(examples, step), first, last)

    def _loop(
        self, batch_of: Callable[[tf.Tensor], Batch], first: tf.Tensor, last: tf.Tensor
    ) -> tf.Tensor:
        def body(step: tf.Tensor) -> tuple[tf.Tensor]:
            self._model.train_step(self._read_train(batch_of(step)))
            return (step + 1,)

        def goes_on(step: tf.Tensor) -> tf.Tensor:
            # A loss that is not a number spoils every weight: stop at the step where it appears.
            return (step < last) & ((step == first) | self._loss_is_finite())

        return tf.while_loop(goes_on, body, [first], parallel_iterations=1)[0]

    def _loss_is_finite(self) -> tf.Tensor:
        tracker = getattr(self._model, "_loss_tracker", None)
        if tracker is None:
            return tf.constant(True)
        return tf.math.is_finite(tf.convert_to_tensor(tracker.total))

    def _validation_loop(self, first: tf.Tensor, last: tf.Tensor) -> None:
        size, num_all = self._plan.validation_batch_size, self._plan.num_validation

        def body(step: tf.Tensor) -> tuple[tf.Tensor]:
            start = step * size
            # All rows as they lie have a fixed shape, and need not be copied.
            rows = (
                _rows(self._validation, start, tf.minimum(size, num_all - start))
                if self._plan.num_validation_steps > 1
                else self._validation
            )
            self._model.test_step(self._read_validation(rows))
            return (step + 1,)

        tf.while_loop(lambda step: step < last, body, [first], parallel_iterations=1)

    def _train_batch(self, examples: Batch, step: tf.Tensor) -> Batch:
        size, num_all = self._plan.batch_size, self._plan.num_examples
        if num_all % size == 0:
            return self._full_batch(examples, step)
        start = step * size
        return _rows(examples, start, tf.minimum(size, num_all - start))

    def _full_batch(self, examples: Batch, step: tf.Tensor) -> Batch:
        return _rows(examples, step * self._plan.batch_size, self._plan.batch_size)

    def _reset_metrics_if(self, condition: tf.Tensor) -> None:
        for variable in self._model.metrics_variables:
            value = tf.convert_to_tensor(variable)
            variable.assign(tf.where(condition, tf.zeros_like(value), value))

    def _reset_metrics(self) -> None:
        for variable in self._model.metrics_variables:
            variable.assign(tf.zeros(variable.shape, variable.dtype))

    def _metrics_tensor(self) -> tf.Tensor:
        results = self._model.get_metrics_result()
        self._metric_names = tuple(results)
        return tf.stack([tf.cast(value, tf.float32) for value in results.values()])


def _rows(examples: Batch, start: tf.Tensor, count: tf.Tensor | int) -> Batch:
    def part(tensor: tf.Tensor) -> tf.Tensor:
        rest = tensor.shape[1:]
        return tf.slice(tensor, [start] + [0] * len(rest), [count, *rest])

    return tf.nest.map_structure(part, examples)
