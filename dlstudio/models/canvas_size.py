"""Refuses autoencoders, VAEs and GANs that would not fit into memory, before they are built."""

import math
from collections.abc import Iterator, Sequence

from dlstudio.models.architectures.cnn import shrunk
from dlstudio.models.architectures.coder import body_of
from dlstudio.models.architectures.decoder import first_places, kernel_of
from dlstudio.models.architectures.gan import discriminator_rows, generator_rows
from dlstudio.models.canvas import Canvas
from dlstudio.models.size import Part, refuse_too_large
from dlstudio.spec.architectures.cnn import ConvBlock
from dlstudio.spec.architectures.coder import Body, CoderSpec
from dlstudio.spec.architectures.gan import GanSpec
from dlstudio.spec.architectures.rnn import Cell, RecurrentLayer
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.layers import DenseLayer

_GATES = {Cell.LSTM: 4, Cell.GRU: 3}
FEWER_UNITS = "Give this layer fewer units, or make the inputs smaller."
FEWER_FILTERS = "Give this block fewer filters, or make the inputs smaller."
SMALLER_INPUTS = "Make the inputs smaller, or let strides and pooling shrink them further."


def check_canvas_size(architecture: CoderSpec | GanSpec, canvas: Canvas) -> None:
    """Refuse a network whose weights alone would fill the memory.

    Args:
        architecture: The layers.
        canvas: The form of an example.

    Raises:
        SpecError: It is too large; the problem names the layer with the most weights.
    """
    if isinstance(architecture, GanSpec):
        refuse_too_large(list(_game(architecture, canvas)))
    else:
        refuse_too_large(list(_coder(architecture, canvas)))


def _coder(spec: CoderSpec, canvas: Canvas) -> Iterator[Part]:
    body, width = body_of(spec, canvas), canvas.size
    if body is Body.CONVOLUTIONAL:
        yield from _convolutions(spec.blocks, canvas.shape, "architecture.blocks")
        width = _flat_width(spec.blocks, canvas.shape)
    elif body is Body.RECURRENT:
        width = math.prod(canvas.shape[1:])
        yield from _recurrent(spec.recurrent_layers, width, "architecture.recurrent_layers")
        width = spec.recurrent_layers[-1].units
    yield from _decoder(spec, canvas, width)
    yield from _dense(spec.layers, width, "architecture.layers")
    width = spec.layers[-1].units if spec.layers else width
    yield Part(width * spec.latent_size, "architecture.latent_size", FEWER_UNITS)


def _decoder(spec: CoderSpec, canvas: Canvas, flat: int) -> Iterator[Part]:
    """What is behind the code; `flat` is the width of what is in front of the dense layers."""
    body, rows = body_of(spec, canvas), spec.decoder_rows
    where = "architecture.layers" if spec.mirrored else "architecture.decoder_layers"
    yield from _dense(rows, spec.latent_size, where)
    width = rows[-1].units if rows else spec.latent_size
    if body is Body.RECURRENT:
        if not spec.mirrored:
            steps, field = spec.decoder_recurrent_layers, "architecture.decoder_recurrent_layers"
            yield from _recurrent(steps, width, field)
        return
    if body is Body.CONVOLUTIONAL and spec.has_own_blocks:
        yield from _transposed(spec, canvas.shape)
        flat = math.prod(first_places(spec.decoder_blocks, canvas.shape[:-1])) * spec.first_channels
    elif body is Body.CONVOLUTIONAL:
        yield from _convolutions(spec.blocks, canvas.shape, "architecture.blocks")
    yield Part(width * flat, where if rows else "task.inputs", SMALLER_INPUTS)


def _game(spec: GanSpec, canvas: Canvas) -> Iterator[Part]:
    rows = generator_rows(spec, canvas)
    field = "architecture.generator_layers"
    yield from _dense(rows, spec.latent_size + canvas.num_classes, field)
    width = rows[-1].units if rows else spec.latent_size + canvas.num_classes
    blocks = () if canvas.kind is CanvasKind.TABLE else spec.generator_blocks[::-1]
    yield from _convolutions(blocks, canvas.shape, "architecture.generator_blocks")
    where = "architecture.generator_blocks" if blocks else "architecture.latent_size"
    yield Part(width * _flat_width(blocks, canvas.shape), where, SMALLER_INPUTS)
    blocks = () if canvas.kind is CanvasKind.TABLE else spec.discriminator_blocks
    yield from _convolutions(blocks, canvas.shape, "architecture.discriminator_blocks")
    width = _flat_width(blocks, canvas.shape)
    field = "architecture.discriminator_layers"
    yield from _dense(discriminator_rows(spec, canvas), width, field)


def _convolutions(rows: Sequence[ConvBlock], shape: tuple[int, ...], field: str) -> Iterator[Part]:
    channels = shape[-1]
    for number, row in enumerate(rows):
        incoming = channels + (row.filters if row.residual else 0)
        weights = row.kernel ** (len(shape) - 1) * row.filters * incoming
        yield Part(weights, f"{field}.{number}.filters", FEWER_FILTERS)
        channels = row.filters


def _transposed(spec: CoderSpec, shape: tuple[int, ...]) -> Iterator[Part]:
    channels = spec.first_channels
    for number, block in enumerate(spec.decoder_blocks):
        weights = kernel_of(block) ** (len(shape) - 1) * block.filters * channels
        yield Part(weights, f"architecture.decoder_blocks.{number}.filters", FEWER_FILTERS)
        channels = block.filters


def _flat_width(rows: Sequence[ConvBlock], shape: tuple[int, ...]) -> int:
    """Numbers that are left of an example behind convolutions."""
    places, channels = shape[:-1], shape[-1]
    for row in rows:
        places, channels = tuple(shrunk(size, row) for size in places), row.filters
    return math.prod(places) * channels


def _recurrent(rows: Sequence[RecurrentLayer], width: int, field: str) -> Iterator[Part]:
    for number, row in enumerate(rows):
        weights = _GATES.get(row.cell, 1) * row.units * (width + row.units)
        yield Part(weights, f"{field}.{number}.units", FEWER_UNITS)
        width = row.units * (2 if row.bidirectional else 1)


def _dense(rows: Sequence[DenseLayer], width: int, field: str) -> Iterator[Part]:
    for number, row in enumerate(rows):
        yield Part(width * row.units, f"{field}.{number}.units", FEWER_UNITS)
        width = row.units
