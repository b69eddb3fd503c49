"""Networks that rebuild their example: what they give, and their halves."""

from typing import Any

import keras

from dlstudio.models.tensors import Tensor, ops

EXAMPLE, RECONSTRUCTION, CODE, KNOWN = "example", "reconstruction", "code", "known"
PRESENCE = "presence"
IN_UNITS = "reconstruction_in_units"


def squared_error(outputs: dict[str, Tensor]) -> Tensor:
    """Mean squared error of each example.

    Args:
        outputs: What such a network gives.

    Returns:
        Float32 `(batch,)`; what is padding does not count.
    """
    difference = ops.cast(outputs[RECONSTRUCTION], "float32") - ops.cast(
        outputs[EXAMPLE], "float32"
    )
    squares = ops.square(difference)
    axes = tuple(range(1, len(squares.shape)))
    if KNOWN not in outputs:
        return ops.mean(squares, axis=axes)
    known = ops.cast(outputs[KNOWN], "float32")
    num_known = ops.sum(known, axis=axes) * float(squares.shape[-1])
    return ops.sum(squares * known, axis=axes) / ops.maximum(num_known, 1.0)


def decoder_of(network: keras.Model) -> keras.Model:
    """The half of a network that turns codes into examples; it shares the weights.

    Args:
        network: A functional network with the outputs "code" and "reconstruction".

    Returns:
        A model of `(batch, latent_size)`, and of further inputs of the network that only the
        decoder reads, by name.
    """
    outputs: Any = network.output
    return keras.Model(outputs[CODE], outputs[RECONSTRUCTION], name="decoder")
