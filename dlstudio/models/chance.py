"""Random changes in training that leave the network's use untouched.

Keras's Random* layers change their input whenever nobody says `training=False`. `GaussianNoise`
does so in training only; its numbers, which are exactly 0 otherwise, say here both whether the
network is being trained and what is drawn. Its seed is one of the network's variables, so that a
resumed run draws what it would have drawn.
"""

import math

from dlstudio.models.tensors import Tensor, layers, ops


def draw(rows: Tensor, seed: int, name: str) -> Tensor:
    """Draw one number a row, normally distributed; 0 unless the network is being trained.

    Args:
        rows: Any tensor `(batch, ...)` with whole known sides.
        seed: Where the draws begin.
        name: Name of the layer.

    Returns:
        Float32 `(batch, 1)`.
    """
    first = ops.reshape(rows, (-1, math.prod(rows.shape[1:])))[:, :1]
    nothing = ops.cast(ops.zeros_like(first), "float32")
    return layers.GaussianNoise(1.0, seed=seed, dtype="float32", name=name)(nothing)


def uniform(drawn: Tensor) -> Tensor:
    """Spread drawn numbers evenly.

    Args:
        drawn: What `draw` gave.

    Returns:
        Float32 `(batch, 1)` in [0, 1]; 0.5 unless the network is being trained.
    """
    return 0.5 + 0.5 * ops.erf(drawn / math.sqrt(2.0))


def is_training(drawn: Tensor) -> Tensor:
    """Whether the network is being trained.

    Args:
        drawn: What `draw` gave.

    Returns:
        Bool `(batch, 1)`.
    """
    return ops.not_equal(drawn, 0.0)


def on_axis(values: Tensor, num_axes: int) -> Tensor:
    """Give one number a row the axes of a larger tensor.

    Args:
        values: `(batch, 1)`.
        num_axes: Axes of the larger tensor, with the batch.

    Returns:
        `(batch, 1, ..., 1)`.
    """
    return ops.reshape(values, (-1, *[1] * (num_axes - 1)))
