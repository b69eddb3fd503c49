"""Estimates of what training a network takes: memory from its shapes, time from a measurement.

Time is counted, not tried: the floating-point operations of a step, divided by how many this
machine does a second in a matrix product of a similar size (measured once a process, in some
10 ms), plus a fixed cost a step. It tells minutes from hours, not seconds from two.
"""

import math
import time
from collections.abc import Sequence
from functools import cache

import keras
import numpy as np
import tensorflow as tf

from dlstudio.models.adversarial import GanNetwork
from dlstudio.models.layer_costs import network_cost
from dlstudio.models.size import BYTES_A_PARAMETER
from dlstudio.spec.dataset import ColumnKind, DatasetInfo

# A step of the compiled epoch on two CPU cores, without its arithmetic (FACTS: 0.13 ms for a small
# network of a dozen operations).
SECONDS_AN_OPERATION = 1e-5
# A step of a recurrent layer that waits for the one before it, forwards and backwards.
SECONDS_A_WAIT = 1e-4
# The examples on the device, in the order of the epoch, and the arrays they came from.
COPIES = 3
# What a cell of the table takes while features are made of it (measured on a million rows).
NUMBER_BYTES, TEXT_BYTES = 20, 80
MEASURED_SIZE = 512
MOST_MEASURED_ROWS = 256


def memory_bytes(network: keras.Model, batch_size: int, num_rows: int) -> int:
    """Estimate the memory that training takes, beside TensorFlow's own 600 MB.

    Args:
        network: The network.
        batch_size: Rows a batch.
        num_rows: Rows of training and validation; their features stay in memory.

    Returns:
        Bytes of weights, gradients and optimizer state, of one batch of activations with their
        gradients, and of the features.
    """
    return int(
        network.count_params() * BYTES_A_PARAMETER
        + 8 * batch_size * network_cost(network).values
        + COPIES * num_rows * row_bytes(network)
    )


def row_bytes(network: keras.Model) -> int:
    """Bytes of the features of one row; images are bytes until they enter the network."""
    return sum(
        math.prod(tensor.shape[1:]) * np.dtype(tensor.dtype).itemsize for tensor in network.inputs
    )


def table_bytes(info: DatasetInfo, columns: Sequence[str]) -> int:
    """Estimate the memory that the cells of a table take, files not counted.

    Args:
        info: The dataset.
        columns: Inputs and targets.
    """
    texts = (ColumnKind.CATEGORY, ColumnKind.TEXT, ColumnKind.IDENTIFIER)
    kinds = [info.column(name).kind for name in columns]
    return info.num_rows * sum(TEXT_BYTES if kind in texts else NUMBER_BYTES for kind in kinds)


def epoch_seconds(network: keras.Model, batch_size: int, num_rows: int) -> float:
    """Estimate the duration of one epoch on this machine's processor.

    Args:
        network: The network.
        batch_size: Rows a batch.
        num_rows: Training rows.

    Returns:
        Seconds; training only, without validation.
    """
    cost = network_cost(network)
    # Two operations a weight and row forwards, twice as many backwards.
    arithmetic = num_rows * (6.0 * cost.products + 2.0 * cost.fixed_products)
    # Elementwise work and the optimizer are bound by memory: a dozen passes over their values.
    num_steps = math.ceil(num_rows / batch_size)
    passes = 12.0 * (num_rows * cost.values + num_steps * network.count_params())
    operations = 3 * _num_operations(network) * SECONDS_AN_OPERATION
    overhead = num_steps * (operations + cost.steps * SECONDS_A_WAIT)
    speed = _operations_a_second(min(batch_size, MOST_MEASURED_ROWS))
    return overhead + arithmetic / speed + passes / (speed / 10.0)


def _num_operations(network: keras.Model) -> int:
    if isinstance(network, GanNetwork):  # the discriminator looks three times a step
        return len(network.generator.operations) + 3 * len(network.discriminator.operations)
    return len(network.operations)


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
