"""Encoders and decoders around a code, dense, convolutional or recurrent."""

import math
from collections.abc import Iterator
from typing import Any

import keras

from dlstudio.models.architectures.cnn import convolve, normalize
from dlstudio.models.architectures.dense import activate, build_dense, suited_initializer
from dlstudio.models.architectures.rnn import recurrent
from dlstudio.models.blocks import Entered
from dlstudio.models.canvas import Canvas
from dlstudio.models.tensors import Tensor, layers, ops
from dlstudio.spec.architectures.cnn import ConvBlock, Pooling
from dlstudio.spec.architectures.coder import Body, CoderSpec
from dlstudio.spec.architectures.rnn import RecurrentLayer
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.layers import Normalization

ENCODER, DECODER = "encoder", "decoder"
_TRANSPOSED = {1: layers.Conv1DTranspose, 2: layers.Conv2DTranspose}
_CONVOLUTIONS = {1: layers.Conv1D, 2: layers.Conv2D}
_AUTOMATIC = {
    CanvasKind.TABLE: Body.DENSE,
    CanvasKind.IMAGE: Body.CONVOLUTIONAL,
    CanvasKind.SERIES: Body.CONVOLUTIONAL,
    CanvasKind.SOUND: Body.CONVOLUTIONAL,
}


def body_of(spec: CoderSpec, canvas: Canvas) -> Body:
    """The kind of layers that "auto" stands for."""
    return _AUTOMATIC[canvas.kind] if spec.body is Body.AUTO else spec.body


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
            return unfold(spec.blocks, canvas.shape, hidden, seeds, DECODER)
        case Body.RECURRENT:
            return _unroll(spec.recurrent_layers, canvas, hidden, seeds)
        case _:
            return _reshaped(_output(canvas.size, hidden, seeds), canvas.shape)


def unfold(
    rows: tuple[ConvBlock, ...],
    shape: tuple[int, ...],
    hidden: Tensor,
    seeds: Iterator[int],
    prefix: str,
) -> Tensor:
    """Unfold numbers into a picture or series by transposed convolutions.

    Args:
        rows: Convolutions in the order of an encoder, from the picture inwards; each makes the
            picture as much larger as it would make it smaller.
        shape: What should come out, `(*places, channels)`.
        hidden: `(batch, width)`.
        seeds: Source of seeds.
        prefix: The layers are named after it.

    Returns:
        Float32 `(batch, *shape)`, any number.
    """
    places = _places_after(rows, shape[:-1])
    filters = rows[-1].filters if rows else shape[-1]
    tensor = _first_picture((*places[-1], filters), hidden, seeds, prefix)
    for number in range(len(rows) - 1, -1, -1):
        row = rows[number]
        num_filters = rows[number - 1].filters if number else max(8, row.filters // 2)
        name = f"{prefix}_block_{number + 1}"
        tensor = _larger(row, num_filters, name, tensor, seeds)
        tensor = _cropped(tensor, places[number])
    return _CONVOLUTIONS[len(shape) - 1](
        shape[-1],
        3,
        padding="same",
        dtype="float32",
        kernel_initializer=keras.initializers.GlorotUniform(seed=next(seeds)),
        name="output",
    )(tensor)


def factor_of(row: ConvBlock) -> int:
    """How many times smaller a convolution makes a picture."""
    return row.stride * (row.pool_size if row.pooling is not Pooling.NONE else 1)


def _places_after(rows: tuple[ConvBlock, ...], sides: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The sides before the first convolution, after it, after the second, ..."""
    found = [sides]
    for row in rows:
        found.append(tuple(math.ceil(size / factor_of(row)) for size in found[-1]))
    return found


def _first_picture(
    shape: tuple[int, ...], hidden: Tensor, seeds: Iterator[int], prefix: str
) -> Tensor:
    width = math.prod(shape)
    initializer = keras.initializers.HeNormal(seed=next(seeds))
    name = f"{prefix}_unfold"
    flat = layers.Dense(width, kernel_initializer=initializer, name=name)(hidden)
    flat = layers.Activation("relu", name=f"{name}_activation")(flat)
    return layers.Reshape(shape, name=f"{name}_shape")(flat)


def _larger(
    row: ConvBlock, num_filters: int, name: str, tensor: Tensor, seeds: Iterator[int]
) -> Tensor:
    factor, num_places = factor_of(row), len(tensor.shape) - 2
    # A kernel that the stride divides reaches every place equally often: no checkerboards.
    kernel = max(1, math.ceil(row.kernel / factor)) * factor
    initializer = {
        "class_name": suited_initializer(row.activation).value,
        "config": {"seed": next(seeds)},
    }
    tensor = _TRANSPOSED[num_places](
        num_filters,
        kernel,
        strides=factor,
        padding="same",
        use_bias=row.normalization is not Normalization.BATCH,
        kernel_initializer=keras.initializers.get(initializer),
        name=name,
    )(tensor)
    return activate(normalize(row, name, tensor), row.activation, name)


def _cropped(tensor: Tensor, sides: tuple[int, ...]) -> Tensor:
    """Cut what a smaller picture that was rounded up gave too much."""
    if tuple(tensor.shape[1:-1]) == sides:
        return tensor
    return tensor[(slice(None), *(slice(0, size) for size in sides))]


def _unroll(
    rows: tuple[RecurrentLayer, ...], canvas: Canvas, hidden: Tensor, seeds: Iterator[int]
) -> Tensor:
    """Read the code at every step, with the encoder's layers in reverse order."""
    num_steps, width = canvas.shape[0], math.prod(canvas.shape[1:])
    steps = layers.RepeatVector(num_steps, name=f"{DECODER}_repeat")(hidden)
    for number, row in enumerate(reversed(rows), start=1):
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
