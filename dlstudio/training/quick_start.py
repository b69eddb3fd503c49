"""Getting small trainings off the ground: what TensorFlow does that they do not need.

A network for a few hundred rows trains in a tenth of a second; tracing it takes longer than that.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context  # has no public name

MOST_STEPS = 4_000
MOST_MULTIPLICATIONS = 2e10
# Multiplications in a training step below which its operations are started one after another.
SMALL_STEP = 4e6
IN_TURN = "SINGLE_THREADED_EXECUTOR"
DISABLED = "disable_meta_optimizer"


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Keep Python from searching TensorFlow's many objects for garbage again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def graph_optimization(is_wanted: bool) -> Iterator[None]:
    """Let TensorFlow rewrite the graphs that are first run inside this block, or not.

    Args:
        is_wanted: False leaves graphs as they were traced: they start about 0.1 s sooner, and
            their steps take about a tenth longer. The arithmetic is the same.
    """
    before = tf.config.optimizer.get_experimental_options().get(DISABLED, False)
    tf.config.optimizer.set_experimental_options({DISABLED: before or not is_wanted})
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options({DISABLED: before})


def is_short(model: keras.Model, num_examples: int, num_steps: int, num_epochs: int) -> bool:
    """Whether a training is over before rewriting its graph would pay.

    Args:
        model: The network; only those whose inputs are flat tables can be short.
        num_examples: Training examples.
        num_steps: Training steps of all epochs together.
        num_epochs: How often each example is seen.
    """
    inputs = getattr(model, "inputs", None)
    if not inputs or any(len(tensor.shape) > 2 for tensor in inputs):
        return False
    multiplications = 3.0 * model.count_params() * num_examples * num_epochs
    return num_steps <= MOST_STEPS and multiplications <= MOST_MULTIPLICATIONS


def executor(model: keras.Model, batch_size: int) -> str | None:
    """Choose how TensorFlow starts the operations of a step.

    Several threads that look for the next operation take longer than operations on small tables
    or single time steps do: in turn they are up to 1.7 times as fast, and the first step comes
    0.03 s sooner. Large ones gain from several threads. The arithmetic is the same.

    Args:
        model: The network, which may be compiled; of those that are not functional nothing is
            known.
        batch_size: Examples a training step.

    Returns:
        TensorFlow's name of an executor; None for its own choice.
    """
    if not getattr(model, "inputs", None) or tf.config.list_logical_devices("GPU"):
        return None
    if _has_conditions(model):
        return None
    return IN_TURN if 3.0 * _values_at_once(model) * batch_size <= SMALL_STEP else None


@contextmanager
def in_executor(name: str | None) -> Iterator[None]:
    """Trace and call functions so that an executor runs them; both must be done in this block."""
    with context.function_executor_type(name):
        yield


def _has_conditions(model: keras.Model) -> bool:
    """Whether steps have branches, which may wait for ever if operations are started in turn.

    Each condition then keeps a thread until its branch has run on another: one core has too few
    for any, two have too few for the one within another of a loss that is scaled.
    """
    if isinstance(getattr(model, "optimizer", None), keras.optimizers.LossScaleOptimizer):
        return True
    return any(
        isinstance(layer, keras.layers.SpectralNormalization) for layer in model._flatten_layers()
    )


def _values_at_once(layer: keras.Layer) -> float:
    """Multiplications of one operation for one example: recurrent layers go step by step."""
    if isinstance(layer, keras.Model):
        return sum(_values_at_once(part) for part in layer.layers)
    shape = getattr(getattr(layer, "output", None), "shape", None)
    is_recurrent = isinstance(layer, (keras.layers.RNN, keras.layers.Bidirectional))
    if shape is None or is_recurrent:
        return layer.count_params()
    return layer.count_params() * float(np.prod(shape[1:-1]))
