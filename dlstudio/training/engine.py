"""The compiled epoch: many of Keras's own steps inside one call.

Most of the time that `model.fit` takes on small and middle-sized work is Python between steps.
Here the loop over steps is inside a `tf.function`, and the batches are gathered from tensors that
are on the device already. The steps are Keras's `train_step` and `test_step`, untouched, so
losses, metrics, optimizers and models with steps of their own behave as in `fit`.
"""

from dataclasses import replace

import keras
import numpy as np
import tensorflow as tf

from dlstudio.training.batches import Batch, BatchReader, batch_of_all, first_rows
from dlstudio.training.epoch_graph import EpochGraph, EpochPlan, FullBatches
from dlstudio.training.examples import PreparedData
from dlstudio.training.quick_start import executor, in_executor
from dlstudio.training.road import Stretch, StretchResult
from dlstudio.training.shuffles import Shuffles
from dlstudio.training.variables import build_variables

VALIDATION_VALUES_A_BATCH = 2**19
LARGEST_VALIDATION_BATCH = 2**14

ONLY_RANDOM_IN_TRAINING = (
    keras.layers.Dropout,
    keras.layers.SpatialDropout1D,
    keras.layers.SpatialDropout2D,
    keras.layers.SpatialDropout3D,
    keras.layers.AlphaDropout,
    keras.layers.GaussianDropout,
    keras.layers.GaussianNoise,
)
RECURRENT_CELLS = (keras.layers.SimpleRNNCell, keras.layers.LSTMCell, keras.layers.GRUCell)


class CompiledEpochs:
    """Runs epochs of a compiled Keras model; a `Road`.

    In XLA mode an XLA-compiled function runs the full batches; the plain graph runs the rest.
    """

    def __init__(
        self, model: keras.Model, data: PreparedData, batch_size: int, is_short: bool = False
    ) -> None:
        """Put the data on the device and trace the graph.

        Args:
            model: A compiled model that `Examples.features` fit.
            data: Training and validation examples.
            batch_size: Examples a training step, at least 1. Validation uses larger batches where
                they fit: its numbers do not depend on them.
            is_short: Whether to run each epoch in one call, which starts sooner.
        """
        self._plan = EpochPlan(
            num_examples=len(data.train),
            batch_size=min(batch_size, len(data.train)),
            num_validation=len(data.validation),
            validation_batch_size=_validation_batch_size(model, batch_size, data),
            is_whole=is_short,
        )
        self._train = _on_device(batch_of_all(model, data.train))
        self._shuffled, self._shuffles = self._train, Shuffles(self._train)
        self._model = model
        self._readers = BatchReader(model, data.train), BatchReader(model, data.validation)
        self._compiled: FullBatches | None = None
        self._is_xla = False
        self._executor = executor(model, self._plan.batch_size)
        self._validation = _on_device(batch_of_all(model, data.validation))
        self._trace()

    @property
    def mode(self) -> str:
        """The way the full batches are run: "graph" or "xla"."""
        return "xla" if self._is_xla else "graph"

    @property
    def runs_whole_epochs(self) -> bool:
        """Whether a call always runs to the end of the epoch, its validation included."""
        return self._plan.is_whole

    @property
    def num_examples(self) -> int:
        """Training examples."""
        return self._plan.num_examples

    @property
    def num_full_steps(self) -> int:
        """Training steps of an epoch with a full batch."""
        return self._plan.num_full_steps

    @property
    def num_steps(self) -> int:
        """Training steps of an epoch, the last, smaller one included."""
        return self._plan.num_steps

    @property
    def num_validation_steps(self) -> int:
        """Validation steps of an epoch."""
        return self._plan.num_validation_steps

    def retrace(self) -> None:
        """Trace anew, and compile if the mode says so; see `Road`."""
        self._trace()
        self._compiled = None
        if self._is_xla:
            self.use_xla()

    def _trace(self) -> None:
        model, examples = self._model, (self._train, self._validation)
        build_variables(model, self._readers[0](first_rows(self._train)))
        self._graph = EpochGraph(model, self._plan, examples, self._readers)
        with in_executor(self._executor):
            self._run_both = self._graph.traced()

    def use_xla(self) -> None:
        """Compile with XLA if that is to be done, and run full batches so; nothing is trained.

        Raises:
            Exception: What XLA raises for networks that it cannot compile; the mode is kept.
        """
        if self._compiled is None:
            compiled = self._graph.xla()
            compiled(self._train, np.zeros(2, np.int32))
            self._compiled = compiled
        self._is_xla = True

    def use_graph(self) -> None:
        """Run everything with the plain graph from now on."""
        self._is_xla = False

    def begin_epoch(self, seed: int, epoch: int, first_step: int) -> None:
        """Put the examples into the order of an epoch; see `Road`."""
        del first_step
        self._shuffled = self._shuffles.of_epoch(seed, epoch)

    def run(self, stretch: Stretch) -> StretchResult:
        """Run a part of the epoch; see `Road`."""
        if self._compiled is None or not self._is_xla:
            return self._run_graph(stretch)
        reached = self._run_full_batches(self._compiled, stretch)
        if reached < min(stretch.last, self._plan.num_full_steps):
            return self._run_graph(Stretch(reached, reached))
        return self._run_graph(replace(stretch, first=reached))

    def _run_full_batches(self, xla: FullBatches, stretch: Stretch) -> int:
        last = min(stretch.last, self._plan.num_full_steps)
        if stretch.first >= last:
            return stretch.first
        return int(xla(self._shuffled, np.array([stretch.first, last], np.int32)))

    def _run_graph(self, stretch: Stretch) -> StretchResult:
        plan = np.array(
            [stretch.first, stretch.last, stretch.validation_first, stretch.validation_last],
            np.int32,
        )
        with in_executor(self._executor):
            reached, numbers = self._run_both(self._shuffled, plan)
        values = numbers.numpy().tolist()
        count = len(values) // 2
        named = self._graph.named
        return StretchResult(int(reached), named(values[:count]), named(values[count:]))


def _on_device(batch: Batch) -> Batch:
    return tf.nest.map_structure(tf.constant, batch)


def _validation_batch_size(model: keras.Model, batch_size: int, data: PreparedData) -> int:
    if not all(_is_fixed_in_validation(layer) for layer in model._flatten_layers()):
        return batch_size
    inputs = tf.nest.flatten(getattr(model, "inputs", None) or [])
    arrays = list(data.validation.features.values()) or inputs
    values = sum(int(np.prod(array.shape[1:])) for array in arrays)
    fitting = VALIDATION_VALUES_A_BATCH // max(values, 1)
    return max(batch_size, min(fitting, LARGEST_VALIDATION_BATCH))


def _is_fixed_in_validation(layer: keras.Layer) -> bool:
    draws = getattr(layer, "_seed_generators", None) or hasattr(layer, "seed_generator")
    if isinstance(layer, RECURRENT_CELLS):
        # With dropout they draw their masks in validation too: how often must be as in `fit`.
        return layer.dropout == layer.recurrent_dropout == 0
    return not draws or isinstance(layer, ONLY_RANDOM_IN_TRAINING)
