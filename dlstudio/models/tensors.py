"""Keras's tensors, layers and operations, with types that a checker can follow.

Keras 3.15 annotates what `keras.ops` and a layer's call return as a union over all its backends
and None, which makes every formula a type error. Here they are what they are: anything a backend
computes with, symbolic while a model is built.
"""

from typing import Any

import keras

Tensor = Any  # a KerasTensor `(batch, ...)` while a model is built, a tensor while it runs

ops: Any = keras.ops
layers: Any = keras.layers
new_input: Any = keras.Input


def output_shape(operation: keras.Operation) -> tuple[int, ...]:
    """Shape of what a layer or operation of a built network gives, without the batch."""
    output: Any = operation.output
    return tuple(output.shape[1:])


def input_shape(operation: keras.Operation) -> tuple[int, ...]:
    """Shape of the first input of a layer or operation of a built network, without the batch."""
    inputs: Any = keras.tree.flatten(operation.input)
    return tuple(inputs[0].shape[1:])
