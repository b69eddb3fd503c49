"""The last layer: logits of classes or labels, or standardised values."""

import math
from collections.abc import Iterator

import keras

from dlstudio.models.tensors import Tensor, layers


def build_head(hidden: Tensor, num_outputs: int, seeds: Iterator[int]) -> Tensor:
    """Add the last layer, in float32 whatever the network computes in.

    Args:
        hidden: Output of the architecture, `(batch, units)` or `(batch, members, units)`.
        num_outputs: Classes, labels or target values, at least 1.
        seeds: Source of seeds.

    Returns:
        Float32 `(batch, num_outputs)` or `(batch, members, num_outputs)`.
    """
    if len(hidden.shape) == 2:
        initializer = keras.initializers.GlorotUniform(seed=next(seeds))
        return layers.Dense(
            num_outputs, kernel_initializer=initializer, dtype="float32", name="output"
        )(hidden)
    _, num_members, units = hidden.shape
    # Keras would count the members as inputs and begin with weights that are too small.
    limit = math.sqrt(6.0 / (units + num_outputs))
    return layers.EinsumDense(
        "bkd,kdo->bko",
        output_shape=(num_members, num_outputs),
        bias_axes="ko",
        kernel_initializer=keras.initializers.RandomUniform(-limit, limit, seed=next(seeds)),
        dtype="float32",
        name="output",
    )(hidden)
