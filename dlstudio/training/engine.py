"""The compiled epoch: many of Keras's own steps inside one call.

Most of the time that `model.fit` takes on small and middle-sized work is Python between steps.
Here the loop over steps is inside a `tf.function`, and the batches are gathered from tensors that
are on the device already. The steps are Keras's `train_step` and `test_step`, untouched, so
losses, metrics, optimizers and models with steps of their own behave as in `fit`.
"""

import math
from collections.abc import Callable
from dataclasses import replace

import keras
import numpy as np
import tensorflow as tf

from dlstudio.training.batches import Batch, batch_of_all
from dlstudio.training.examples import Examples, PreparedData
from dlstudio.training.road import Metrics, Stretch, StretchResult
from dlstudio.training.variables import build_variables

VALIDATION_VALUES_A_BATCH = 2**18
LARGEST_VALIDATION_BATCH = 4096

ONLY_RANDOM_IN_TRAINING = (
    keras.layers.Dropout,
    keras.layers.SpatialDropout1D,
    keras.layers.SpatialDropout2D,
    keras.layers.SpatialDropout3D,
    keras.layers.AlphaDropout,
    keras.layers.GaussianDropout,
    keras.layers.GaussianNoise,
)


class CompiledEpochs:
    """Runs epochs of a compiled Keras model; a `Road`.

    In XLA mode the full batches are run by an XLA-compiled function; the last, smaller batch and
    the validation, by the plain graph.
    """

    def __init__(self, model: keras.Model, data: PreparedData, batch_size: int) -> None:
        """Put the data on the device and trace the graph.

        Args:
            model: A compiled model that `Examples.features` fit.
            data: Training and validation examples.
            batch_size: Examples a training step, at least 1. Validation uses larger batches where
                they fit: its numbers do not depend on them.
        """
        self._model = model
        self.batch_size = batch_size
        self.num_examples = len(data.train)
        self._train = _on_device(batch_of_all(model, data.train))
        self._validation = _on_device(batch_of_all(model, data.validation))
        self._validation_size = len(data.validation)
        self._validation_batch = _validation_batch_size(model, batch_size, data.validation)
        build_variables(model, self._train)
        self._metric_names: tuple[str, ...] = ()
        self._shuffled = self._train
        self._xla: Callable[..., tf.Tensor] | None = None
        self._graph = self._traced_graph()

    @property
    def mode(self) -> str:
        """The way the full batches are run: "graph" or "xla"."""
        return "graph" if self._xla is None else "xla"

    @property
    def num_steps(self) -> int:
        """Training steps of an epoch, the last, smaller one included."""
        return math.ceil(self.num_examples / self.batch_size)

    @property
    def num_validation_steps(self) -> int:
        """Validation steps of an epoch."""
        return math.ceil(self._validation_size / self._validation_batch)

    def use_xla(self) -> None:
        """Run full batches with XLA from now on; compiles at the next call."""
        self._xla = tf.function(
            self._full_batches,
            autograph=False,
            jit_compile=True,
            input_signature=[self._data_signature(), tf.TensorSpec([2], tf.int32)],
        )

    def use_graph(self) -> None:
        """Run everything with the plain graph from now on."""
        self._xla = None

    def begin_epoch(self, order: np.ndarray, first_step: int) -> None:
        """Put the examples into the order of an epoch; see `Road`."""
        del first_step
        rows = tf.constant(order, tf.int32)
        self._shuffled = tf.nest.map_structure(lambda tensor: tf.gather(tensor, rows), self._train)

    def run(self, stretch: Stretch) -> StretchResult:
        """Run a part of the epoch; see `Road`."""
        last_full = min(stretch.last, self.num_examples // self.batch_size)
        if self._xla is None or stretch.first >= last_full:
            return self._run_graph(stretch)
        plan = np.array([stretch.first, last_full], np.int32)
        reached = int(self._xla(self._shuffled, plan))
        if reached < last_full:
            return self._run_graph(Stretch(reached, reached))
        return self._run_graph(replace(stretch, first=last_full))

    def _run_graph(self, stretch: Stretch) -> StretchResult:
        plan = np.array(
            [stretch.first, stretch.last, stretch.validation_first, stretch.validation_last],
            np.int32,
        )
        reached, numbers = self._graph(self._shuffled, plan)
        values = numbers.numpy().tolist()
        count = len(self._metric_names)
        return StretchResult(int(reached), self._named(values[:count]), self._named(values[count:]))

    def _named(self, values: list[float]) -> Metrics:
        return dict(zip(self._metric_names, values, strict=True))

    def _traced_graph(self) -> Callable[..., tuple[tf.Tensor, tf.Tensor]]:
        # Training and validation are one function: tracing and instantiating is most of the time
        # that a small run takes.
        function = tf.function(
            self._train_then_validate,
            autograph=False,
            input_signature=[self._data_signature(), tf.TensorSpec([4], tf.int32)],
        )
        return function.get_concrete_function()

    def _train_then_validate(self, examples: Batch, plan: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        first, last, validation_first, validation_last = tf.unstack(plan)
        self._reset_metrics_if((first == 0) & (last > first))
        reached = self._loop(lambda step: self._train_batch(examples, step), first, last)
        train = self._metrics_tensor()
        if not self._validation_size:
            return reached, tf.concat([train, train], 0)
        self._reset_metrics_if((validation_first == 0) & (validation_last > 0))
        self._validation_loop(validation_first, validation_last)
        return reached, tf.concat([train, self._metrics_tensor()], 0)

    def _full_batches(self, examples: Batch, plan: tf.Tensor) -> tf.Tensor:
        first, last = tf.unstack(plan)
        self._reset_metrics_if(first == 0)
        return self._loop(lambda step: self._full_batch(examples, step), first, last)

    def _loop(
        self, batch_of: Callable[[tf.Tensor], Batch], first: tf.Tensor, last: tf.Tensor
    ) -> tf.Tensor:
        def body(step: tf.Tensor) -> tuple[tf.Tensor]:
            self._model.train_step(batch_of(step))
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
        def body(step: tf.Tensor) -> tuple[tf.Tensor]:
            start = step * self._validation_batch
            count = tf.minimum(self._validation_batch, self._validation_size - start)
            self._model.test_step(_rows(self._validation, start, count))
            return (step + 1,)

        tf.while_loop(lambda step: step < last, body, [first], parallel_iterations=1)

    def _train_batch(self, examples: Batch, step: tf.Tensor) -> Batch:
        if self.num_examples % self.batch_size == 0:
            return self._full_batch(examples, step)
        start = step * self.batch_size
        return _rows(examples, start, tf.minimum(self.batch_size, self.num_examples - start))

    def _full_batch(self, examples: Batch, step: tf.Tensor) -> Batch:
        return _rows(examples, step * self.batch_size, self.batch_size)

    def _data_signature(self) -> Batch:
        return tf.nest.map_structure(lambda t: tf.TensorSpec(t.shape, t.dtype), self._train)

    def _reset_metrics_if(self, condition: tf.Tensor) -> None:
        for variable in self._model.metrics_variables:
            value = tf.convert_to_tensor(variable)
            variable.assign(tf.where(condition, tf.zeros_like(value), value))

    def _metrics_tensor(self) -> tf.Tensor:
        results = self._model.get_metrics_result()
        self._metric_names = tuple(results)
        return tf.stack([tf.cast(value, tf.float32) for value in results.values()])


def _on_device(batch: Batch) -> Batch:
    return tf.nest.map_structure(tf.constant, batch)


def _rows(examples: Batch, start: tf.Tensor, count: tf.Tensor | int) -> Batch:
    def part(tensor: tf.Tensor) -> tf.Tensor:
        rest = tensor.shape[1:]
        return tf.slice(tensor, [start] + [0] * len(rest), [count, *rest])

    return tf.nest.map_structure(part, examples)


def _validation_batch_size(model: keras.Model, batch_size: int, examples: Examples) -> int:
    if not all(_is_fixed_in_validation(layer) for layer in model._flatten_layers()):
        return batch_size
    values = sum(int(np.prod(array.shape[1:])) for array in examples.features.values())
    fitting = VALIDATION_VALUES_A_BATCH // max(values, 1)
    return max(batch_size, min(fitting, LARGEST_VALIDATION_BATCH))


def _is_fixed_in_validation(layer: keras.Layer) -> bool:
    # Recurrent layers draw their dropout masks in validation too: how often must be as in `fit`.
    draws = getattr(layer, "_seed_generators", None) or hasattr(layer, "seed_generator")
    return not draws or isinstance(layer, ONLY_RANDOM_IN_TRAINING)
