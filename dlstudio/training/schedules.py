"""Learning rates that change while training."""

import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from dlstudio.spec.training import Schedule, TrainingSpec

LARGEST_TABLE = 65_536
NUM_RESTARTS_PARTS = 7  # three cycles, each twice as long as the one before: 1 + 2 + 4
ONE_CYCLE_RISE = 0.3
ONE_CYCLE_START = 1 / 25
ONE_CYCLE_END = 1e-4
EXPONENTIAL_END = 0.01


class TableSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate looked up in a table that spans the whole training.

    A look-up is four operations; computing a cosine with warm-up is about twenty, and optimizers
    with weight decay ask for the learning rate once a variable.
    """

    def __init__(self, rates: np.ndarray, num_steps: int) -> None:
        """Keep the table.

        Args:
            rates: Learning rates evenly spread over training, float32, at most one a step.
            num_steps: Steps of the whole training; afterwards the last rate stays.
        """
        self.rates = np.asarray(rates, np.float32)
        self.num_steps = num_steps
        with tf.init_scope():
            self._table = tf.constant(self.rates)
        self._graph: object | None = None
        self._rate: tf.Tensor | None = None

    def __call__(self, step: Any) -> tf.Tensor:  # noqa: ANN401
        """Give the rate of a step as a scalar float32 tensor."""
        if tf.executing_eagerly():
            return tf.constant(self.rate_at(int(step)))
        graph = tf.compat.v1.get_default_graph()
        if self._rate is None or self._graph is not graph:
            # Within one traced step the counter moves only at the very end, so one look-up serves
            # all variables.
            self._graph, self._rate = graph, self._looked_up(step)
        return self._rate

    def rate_at(self, step: int) -> float:
        """Give the rate of a step, without TensorFlow."""
        step = min(step, self.num_steps - 1)
        return float(self.rates[step * len(self.rates) // self.num_steps])

    def get_config(self) -> dict[str, Any]:
        """What Keras needs to build it again."""
        return {"rates": self.rates.tolist(), "num_steps": self.num_steps}

    def _looked_up(self, step: Any) -> tf.Tensor:  # noqa: ANN401
        position = tf.minimum(tf.cast(step, tf.int64), self.num_steps - 1)
        if len(self.rates) != self.num_steps:
            position = position * len(self.rates) // self.num_steps
        return tf.gather(self._table, position)


def build_schedule(spec: TrainingSpec, num_steps: int) -> TableSchedule | float:
    """Build the learning rate of a run.

    Args:
        spec: Says the schedule, the learning rate at its top and the share of warm-up.
        num_steps: Training steps of all epochs together, at least 1.

    Returns:
        A schedule; a plain number where the rate changes only by the results (reduce on plateau)
        or not at all.
    """
    is_flat = spec.schedule in (Schedule.CONSTANT, Schedule.REDUCE_ON_PLATEAU)
    if is_flat and spec.warmup_fraction == 0:
        return spec.learning_rate
    progress = np.linspace(0.0, 1.0, min(num_steps, LARGEST_TABLE), endpoint=False)
    factors = _with_warmup(SHAPES[spec.schedule], progress, spec.warmup_fraction)
    return TableSchedule((spec.learning_rate * factors).astype(np.float32), num_steps)


def _with_warmup(shape: "Shape", progress: np.ndarray, warmup: float) -> np.ndarray:
    if warmup == 0:
        return shape(progress)
    step = 1 / len(progress)
    rising = (progress + step) / warmup
    return np.where(
        progress < warmup, np.minimum(rising, 1.0), shape((progress - warmup) / (1 - warmup))
    )


def _cosine(progress: np.ndarray) -> np.ndarray:
    return (1 + np.cos(math.pi * progress)) / 2


def _cosine_restarts(progress: np.ndarray) -> np.ndarray:
    # Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.
    place = 1 + NUM_RESTARTS_PARTS * np.clip(progress, 0.0, 1.0)
    length = 2.0 ** np.floor(np.log2(place))
    return _cosine((place - length) / length)


def _one_cycle(progress: np.ndarray) -> np.ndarray:
    # Smith and Topin, "Super-convergence", 2018; with cosine instead of straight lines.
    rise = ONE_CYCLE_START + (1 - ONE_CYCLE_START) * (1 - _cosine(progress / ONE_CYCLE_RISE))
    fall = ONE_CYCLE_END + (1 - ONE_CYCLE_END) * _cosine(
        (progress - ONE_CYCLE_RISE) / (1 - ONE_CYCLE_RISE)
    )
    return np.where(progress < ONE_CYCLE_RISE, rise, fall)


Shape = Callable[[np.ndarray], np.ndarray]

SHAPES: dict[Schedule, Shape] = {
    Schedule.CONSTANT: np.ones_like,
    Schedule.REDUCE_ON_PLATEAU: np.ones_like,
    Schedule.COSINE: _cosine,
    Schedule.COSINE_RESTARTS: _cosine_restarts,
    Schedule.LINEAR: lambda progress: 1 - progress,
    Schedule.EXPONENTIAL: lambda progress: EXPONENTIAL_END**progress,
    Schedule.ONE_CYCLE: _one_cycle,
}
