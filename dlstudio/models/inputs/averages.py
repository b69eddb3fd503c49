"""One vector of what happens over time."""

from dlstudio.models.blocks import Entered
from dlstudio.models.tensors import Tensor, layers, ops

SMALLEST_COUNT = 1.0


def average_over_time(entered: Entered, name: str) -> Tensor:
    """Average a block over time, without its padding.

    Args:
        entered: A block `(batch, time, channels)`.
        name: The layer is named after it.

    Returns:
        `(batch, channels)`; 0 where there is nothing but padding.
    """
    if entered.mask is None:
        return layers.GlobalAveragePooling1D(name=f"{name}_average")(entered.tensor)
    weights = ops.expand_dims(ops.cast(entered.mask, entered.tensor.dtype), axis=-1)
    total = ops.sum(ops.multiply(entered.tensor, weights), axis=1)
    return ops.divide(total, ops.maximum(ops.sum(weights, axis=1), SMALLEST_COUNT))


def largest_over_time(entered: Entered, name: str) -> Tensor:
    """The largest value of each channel over time, without its padding.

    Args:
        entered: A block `(batch, time, channels)`.
        name: The layer is named after it.

    Returns:
        `(batch, channels)`; 0 where there is nothing but padding.
    """
    if entered.mask is None:
        return layers.GlobalMaxPooling1D(name=f"{name}_max")(entered.tensor)
    is_value = ops.expand_dims(ops.greater(entered.mask, 0.0), axis=-1)
    lowest = ops.cast(-1e4, entered.tensor.dtype)
    largest = ops.max(ops.where(is_value, entered.tensor, lowest), axis=1)
    return ops.where(ops.any(is_value, axis=1), largest, ops.zeros_like(largest))
