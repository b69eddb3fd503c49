"""Encoders and decoders around a code, dense, convolutional or recurrent."""

import math
from collections.abc import Iterator
from typing import Any

import keras

from dlstudio.models.architectures.cnn import convolve
from dlstudio.models.architectures.decoder import DECODER, unfold, unfold_blocks
from dlstudio.models.architectures.dense import build_dense
from dlstudio.models.architectures.rnn import recurrent
from dlstudio.models.blocks import Entered
from dlstudio.models.canvas import Canvas
from dlstudio.models.tensors import Tensor, layers, ops
from dlstudio.spec.architectures.coder import Body, CoderSpec
from dlstudio.spec.architectures.rnn import RecurrentLayer
from dlstudio.spec.bodies import body_for

ENCODER = "encoder"


def body_of(spec: CoderSpec, canvas: Canvas) -> Body:
    """The kind of layers that "auto" stands for."""
    return body_for(spec, canvas.kind)


def build_encoder(
    spec: CoderSpec,
    canvas: Canvas,
    example: Tensor,
    seeds: Iterator[int],
    beside: Tensor | None = None,
) -> Tensor:
    """Build everything in front of the code.

    Args:
        spec: The layers.
        canvas: The form of an example.
        example: `(batch, *canvas.shape)`.
        seeds: Source of seeds.
        beside: What the dense layers are told besides, `(batch, any)`.

    Returns:
        `(batch, width)`.
    """
    hidden = example
    match body_of(spec, canvas):
        case Body.CONVOLUTIONAL:
            hidden = convolve(spec.blocks, ENCODER, Entered(hidden), seeds).tensor
        case Body.RECURRENT:
            hidden = _as_steps(hidden)
            for number, row in enumerate(spec.recurrent_layers, start=1):
                is_last = number == len(spec.recurrent_layers)
                name = f"{ENCODER}_{row.cell.value}_{number}"
                hidden = recurrent(row, name, hidden, seeds, has_steps=not is_last)
        case _:
            pass
    if len(hidden.shape) > 2:
        hidden = layers.Flatten(name=f"{ENCODER}_flat")(hidden)
    if beside is not None:
        hidden = ops.concatenate([hidden, beside], axis=-1)
    return build_dense(spec.layers, hidden, seeds, prefix=f"{ENCODER}_layer")


def build_decoder(spec: CoderSpec, canvas: Canvas, code: Tensor, seeds: Iterator[int]) -> Tensor:
    """Build everything behind the code.

    Args:
        spec: The layers.
        canvas: The form of an example.
        code: `(batch, latent_size)`.
        seeds: Source of seeds.

    Returns:
        Float32 `(batch, *canvas.shape)`, any number.
    """
    hidden = build_dense(spec.decoder_rows, code, seeds, prefix=f"{DECODER}_layer")
    match body_of(spec, canvas):
        case Body.CONVOLUTIONAL:
            if not spec.has_own_blocks:
                return unfold(spec.blocks, canvas.shape, hidden, seeds, DECODER)
            blocks, num_channels = spec.decoder_blocks, spec.first_channels
            return unfold_blocks(blocks, num_channels, canvas.shape, hidden, seeds)
        case Body.RECURRENT:
            return _unroll(spec.decoder_recurrent_rows, canvas, hidden, seeds)
        case _:
            return _reshaped(_output(canvas.size, hidden, seeds), canvas.shape)


def _unroll(
    rows: tuple[RecurrentLayer, ...], canvas: Canvas, hidden: Tensor, seeds: Iterator[int]
) -> Tensor:
    """Read the code at every step, from the code outwards."""
    num_steps, width = canvas.shape[0], math.prod(canvas.shape[1:])
    steps = layers.RepeatVector(num_steps, name=f"{DECODER}_repeat")(hidden)
    for number, row in enumerate(rows, start=1):
        name = f"{DECODER}_{row.cell.value}_{number}"
        steps = recurrent(row, name, steps, seeds, has_steps=True)
    return _reshaped(_output(width, steps, seeds), canvas.shape)


def _as_steps(tensor: Tensor) -> Tensor:
    """Series of numbers a step; a sound's pitches are the numbers of a step."""
    if len(tensor.shape) == 3:
        return tensor
    return ops.reshape(tensor, (-1, tensor.shape[1], math.prod(tensor.shape[2:])))


def _output(width: int, hidden: Tensor, seeds: Iterator[int]) -> Tensor:
    options: dict[str, Any] = {"dtype": "float32", "name": "output"}
    initializer = keras.initializers.GlorotUniform(seed=next(seeds))
    return layers.Dense(width, kernel_initializer=initializer, **options)(hidden)


def _reshaped(tensor: Tensor, shape: tuple[int, ...]) -> Tensor:
    if tuple(tensor.shape[1:]) == shape:
        return tensor
    return layers.Reshape(shape, dtype="float32", name="output_shape")(tensor)
