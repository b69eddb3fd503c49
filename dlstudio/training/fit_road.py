"""Keras's own step functions, fed batch by batch: the road for what the engine cannot run.

This is the inner loop of `model.fit` without its callbacks: the functions come from
`make_train_function` and `make_test_function`, so whatever `fit` can run, this can. Batches are cut
from host memory in the same seeded order as the engine's, so data larger than the device streams,
and a distribution strategy splits them over its devices.
"""

import math
import time
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from dlstudio.training.batches import Batch, BatchReader, batch_of_all, first_rows
from dlstudio.training.examples import PreparedData
from dlstudio.training.order import epoch_order
from dlstudio.training.road import Metrics, Stretch, StretchResult
from dlstudio.training.variables import build_variables

CALL_S = 0.25
MOST_STEPS_A_CALL = 32
STEPS_TO_MEASURE = 8  # the first is left out: it traces
FEWEST_STEPS_TO_GROUP = 200  # tracing anew must pay within an epoch


class FitRoad:
    """Runs epochs of a compiled Keras model as `fit` would; a `Road`."""

    mode = "fit"
    runs_whole_epochs = False

    def __init__(self, model: keras.Model, data: PreparedData, batch_size: int) -> None:
        """Keep the data where it is; nothing is traced before the first step.

        Args:
            model: A compiled model.
            data: Training and validation examples; arrays may be memory-mapped files.
            batch_size: Examples a step, for training and validation.
        """
        self._model = model
        self._batch_size = batch_size
        self._train = batch_of_all(model, data.train)
        self._validation = batch_of_all(model, data.validation)
        self._read_train = BatchReader(model, data.train)
        self._read_validation = BatchReader(model, data.validation)
        self._num_examples = len(data.train)
        self._num_validation = len(data.validation)
        self._train_batches: Iterator[Batch] = iter(())
        self._validation_batches: Iterator[Batch] = iter(())
        self._steps_a_call = 1
        self._step_times_s: list[float] = []
        self._train_metrics: Metrics = {}
        self.retrace()

    @property
    def num_steps(self) -> int:
        """Training steps of an epoch."""
        return math.ceil(self._num_examples / self._batch_size)

    @property
    def num_validation_steps(self) -> int:
        """Validation steps of an epoch."""
        return math.ceil(self._num_validation / self._batch_size)

    def retrace(self) -> None:
        """Build the variables; Keras traces at the next step. See `Road`."""
        self._steps_a_call, self._step_times_s = 1, []
        # Before anything is traced, so that a checkpoint finds all variables to restore.
        with self._model.distribute_strategy.scope():
            build_variables(self._model, self._read_train(first_rows(self._train)))

    def begin_epoch(self, seed: int, epoch: int, first_step: int) -> None:
        """Start reading batches in the order of an epoch; see `Road`."""
        rows = epoch_order(seed, epoch, self._num_examples)[first_step * self._batch_size :]
        self._train_batches = iter(self._batches(self._train, rows, self._read_train))

    def run(self, stretch: Stretch) -> StretchResult:
        """Run a part of the epoch, perhaps a few steps more than asked; see `Road`."""
        step = stretch.first
        if stretch.validation_first == 0:
            step = self._run_training(stretch)
            self._train_metrics = self._metrics()
        if stretch.num_validation_steps:
            self._run_validation(stretch)
            return StretchResult(step, self._train_metrics, self._metrics())
        return StretchResult(step, self._train_metrics)

    def _run_training(self, stretch: Stretch) -> int:
        model = self._model
        if stretch.num_steps and stretch.first == 0:
            model.reset_metrics()
        step = stretch.first
        while step < stretch.last:
            self._group_steps()
            # Keras reads this when it traces, which may happen at any call.
            model.steps_per_execution = self._steps_a_call
            model.make_train_function()
            run_steps: Any = model.train_function
            started = time.perf_counter()
            logs = run_steps(self._train_batches)
            is_finite = math.isfinite(float(logs.get("loss", 0.0)))
            self._step_times_s.append(time.perf_counter() - started)
            step = min(step + self._steps_a_call, self.num_steps)
            if not is_finite:
                break
        return step

    def _run_validation(self, stretch: Stretch) -> None:
        model = self._model
        model.steps_per_execution = 1
        model.make_test_function()
        run_step: Any = model.test_function
        if stretch.validation_first == 0:
            model.reset_metrics()
            rows = np.arange(self._num_validation, dtype=np.int32)
            batches = self._batches(self._validation, rows, self._read_validation)
            self._validation_batches = iter(batches)
        for _ in range(stretch.validation_first, stretch.validation_last):
            run_step(self._validation_batches)

    def _group_steps(self) -> None:
        # Once, after a few steps: several steps a call where a step is short.
        model = self._model
        if len(self._step_times_s) != STEPS_TO_MEASURE or model.run_eagerly:
            return
        step_s = float(np.median(self._step_times_s[1:]))
        count = min(MOST_STEPS_A_CALL, int(CALL_S / max(step_s, 1e-6)))
        if count > 1 and self.num_steps >= FEWEST_STEPS_TO_GROUP:
            self._steps_a_call = count
            model.train_function = None

    def _metrics(self) -> Metrics:
        return {name: float(value) for name, value in self._model.get_metrics_result().items()}

    def _batches(self, examples: Batch, rows: np.ndarray, reader: BatchReader) -> tf.data.Dataset:
        arrays = tf.nest.flatten(examples)

        def load(numbers: tf.Tensor) -> Batch:
            parts = tf.numpy_function(
                lambda picked: [array[picked] for array in arrays],
                [numbers],
                [array.dtype for array in arrays],
                stateful=False,
            )
            for part, array in zip(parts, arrays, strict=True):
                part.set_shape([None, *array.shape[1:]])
            return reader(tf.nest.pack_sequence_as(examples, parts))

        options = tf.data.Options()
        options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.OFF
        # Nothing is left to tune, and whoever stops in mid-epoch waits seconds for its thread.
        options.autotune.enabled = False
        batches = tf.data.Dataset.from_tensor_slices(rows).batch(self._batch_size)
        batches = batches.map(load, num_parallel_calls=2).prefetch(2).with_options(options)
        return self._model.distribute_strategy.experimental_distribute_dataset(batches)
