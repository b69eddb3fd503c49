"""Estimates of what training a network takes: memory from its shapes, time from a measurement.

Time is counted, not tried: the floating-point operations of a step, divided by how many this
machine does a second in a matrix product of a similar size (measured once a process, in some
10 ms), plus a fixed cost a step. It tells minutes from hours, not seconds from two.
"""

import math
import time
from functools import cache

import keras
import numpy as np
import tensorflow as tf

from dlstudio.models.size import BYTES_A_PARAMETER
from dlstudio.models.tensors import input_shape, layers, output_shape

# A step of the compiled epoch on two CPU cores, without its arithmetic (FACTS: 0.13 ms for a small
# network of a dozen operations).
SECONDS_AN_OPERATION = 1e-5
MEASURED_SIZE = 512
MOST_MEASURED_ROWS = 256


def memory_bytes(network: keras.Model, batch_size: int, num_rows: int) -> int:
    """Estimate the memory that training takes, beside TensorFlow's own 600 MB.

    Args:
        network: The network.
        batch_size: Rows a batch.
        num_rows: Training rows; their features stay in memory.

    Returns:
        Bytes of weights, gradients and optimizer state, of one batch of activations with their
        gradients, and of the features.
    """
    activations = sum(_row_values(operation) for operation in network.operations)
    features = sum(math.prod(tensor.shape[1:]) for tensor in network.inputs)
    return (
        network.count_params() * BYTES_A_PARAMETER
        + 8 * batch_size * activations
        + 4 * num_rows * features
    )


def epoch_seconds(network: keras.Model, batch_size: int, num_rows: int) -> float:
    """Estimate the duration of one epoch on this machine's processor.

    Args:
        network: The network.
        batch_size: Rows a batch.
        num_rows: Training rows.

    Returns:
        Seconds; training only, without validation.
    """
    # Two operations a weight and row forwards, twice as many backwards.
    arithmetic = 6.0 * num_rows * sum(_row_products(layer) for layer in network.layers)
    # Elementwise work and the optimizer are bound by memory: a dozen passes over their values.
    num_steps = math.ceil(num_rows / batch_size)
    passes = 12.0 * (
        num_rows * sum(_row_values(operation) for operation in network.operations)
        + num_steps * network.count_params()
    )
    overhead = num_steps * SECONDS_AN_OPERATION * 3 * len(network.operations)
    speed = _operations_a_second(min(batch_size, MOST_MEASURED_ROWS))
    return overhead + arithmetic / speed + passes / (speed / 10.0)


def _row_values(operation: keras.Operation) -> int:
    return math.prod(output_shape(operation))


def _row_products(layer: keras.Layer) -> float:
    """Multiplications of one row in a layer."""
    if isinstance(layer, layers.Embedding) or not layer.weights:
        return 0.0
    kernel = max(math.prod(weight.shape) for weight in layer.weights)
    repeats = input_shape(layer)[0] if _is_shared_by_members(layer) else 1
    return float(kernel * repeats)


def _is_shared_by_members(layer: keras.Layer) -> bool:
    return isinstance(layer, layers.Dense) and len(input_shape(layer)) == 2


@cache
def _operations_a_second(num_rows: int) -> float:
    """Measure a matrix product of a batch with a square layer; the best of a few tries."""
    rows = tf.constant(np.ones((num_rows, MEASURED_SIZE), "float32"))
    kernel = tf.constant(np.ones((MEASURED_SIZE, MEASURED_SIZE), "float32"))
    durations: list[float] = []
    for _ in range(5):
        start = time.perf_counter()
        tf.linalg.matmul(rows, kernel).numpy()
        durations.append(time.perf_counter() - start)
    return 2.0 * num_rows * MEASURED_SIZE**2 / min(durations)
