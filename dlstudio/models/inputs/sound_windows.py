"""Windows of sounds that are longer than what the network takes at once.

A long sound is a feature of many steps, of which those behind its end are exactly zero.
"""

import numpy as np

from dlstudio.models.blocks import Block
from dlstudio.models.chance import uniform
from dlstudio.models.tensors import Tensor, layers, ops


def window_name(block: Block) -> str:
    """Name of the layer that gives the window which the network takes."""
    return f"{block.name}_window"


def num_sounding(values: Tensor) -> Tensor:
    """Count the places up to the last that is not zero.

    Args:
        values: `(batch, places)`.

    Returns:
        Int32 `(batch, 1)`; all places where every value is zero.
    """
    # Without a list of places, which would be written into the saved model.
    is_sound = ops.cast(ops.not_equal(ops.flip(values, axis=1), 0), "int32")
    num_behind = ops.cast(ops.argmax(is_sound, axis=1, keepdims=True), "int32")
    return values.shape[1] - num_behind


def within(num_steps: Tensor, length: int) -> Tensor:
    """Mark the first steps.

    Args:
        num_steps: How many, int32 `(batch, 1)`.
        length: Steps in all.

    Returns:
        Bool `(batch, length, 1)`.
    """
    places = np.arange(length, dtype="int32")[None]
    return ops.expand_dims(ops.less(places, num_steps), axis=-1)


def random_window(block: Block, feature: Tensor, drawn: Tensor) -> Tensor:
    """Take one window of each sound, at a random place in training, else the middle one.

    Args:
        block: A block with a `long_shape`.
        feature: `(batch, *block.long_shape)`.
        drawn: What `chance.draw` gave.

    Returns:
        `(batch, *block.shape)`, the output of the layer `window_name(block)`.
    """
    spare = _num_spare(block, feature)
    place = ops.floor(uniform(drawn) * (ops.cast(spare, "float32") + 1.0))
    starts = ops.minimum(ops.cast(place, "int32"), spare)
    window = _gather(block, feature, starts)
    return layers.Identity(dtype=block.dtype, name=window_name(block))(window)


def even_windows(block: Block, feature: Tensor, num_windows: int) -> Tensor:
    """Take windows spread evenly over each sound, from its beginning to its end.

    Args:
        block: A block with a `long_shape`.
        feature: `(batch, *block.long_shape)`.
        num_windows: At least 2. Those of a sound no longer than a window are all alike.

    Returns:
        `(batch * num_windows, *block.shape)`, the windows of one sound beside each other.
    """
    shares = np.linspace(0.0, 1.0, num_windows, dtype="float32")[None]
    spare = ops.cast(_num_spare(block, feature), "float32")
    windows = _gather(block, feature, ops.cast(ops.round(spare * shares), "int32"))
    return ops.reshape(windows, (-1, *block.shape))


def _num_spare(block: Block, feature: Tensor) -> Tensor:
    """Steps by which a sound is longer than the window; int32 `(batch, 1)`."""
    loudest = ops.max(ops.absolute(feature), axis=-1)
    return ops.maximum(num_sounding(loudest) - block.shape[0], 0)


def _gather(block: Block, feature: Tensor, starts: Tensor) -> Tensor:
    """The windows that begin at `(batch, windows)`, one behind the other."""
    length, num_windows = block.shape[0], starts.shape[1]
    steps = np.arange(length, dtype="int32")[None, None]
    places = ops.reshape(ops.expand_dims(starts, axis=-1) + steps, (-1, num_windows * length, 1))
    return ops.take_along_axis(feature, places, axis=1)
