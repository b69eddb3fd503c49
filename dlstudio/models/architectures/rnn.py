"""The recurrent network: reads a block step by step."""

from collections.abc import Iterator
from typing import Any

import keras

from dlstudio.models.architectures.cnn import convolve
from dlstudio.models.architectures.dense import build_dense
from dlstudio.models.architectures.steps import num_steps, steps_of
from dlstudio.models.blocks import Block, BlockKind, EncoderSize, Entered
from dlstudio.models.inputs.averages import average_over_time, largest_over_time
from dlstudio.models.tensors import Tensor, layers, ops
from dlstudio.spec.architectures.rnn import Cell, RecurrentLayer, RnnSpec, StepSummary

_LAYERS = {Cell.LSTM: layers.LSTM, Cell.GRU: layers.GRU, Cell.SIMPLE: layers.SimpleRNN}
# Weights of one unit for each of its inputs: the gates of the cell.
_GATES = {Cell.LSTM: 4, Cell.GRU: 3, Cell.SIMPLE: 1}


def encode(spec: RnnSpec, block: Block, entered: Entered, seeds: Iterator[int]) -> Tensor:
    """Build the recurrent layers over a block; see `Builder`.

    Padding stands in front of what is read, as zeros, so that the last step is the last value.
    """
    if _sees_frames(spec, block):
        steps = _read_frames(spec, block, entered, seeds)
    else:
        steps = convolve(spec.convolutions, block.name, steps_of(block, entered), seeds)
    tensor = steps.tensor
    is_last_only = spec.summary is StepSummary.LAST
    for number, layer in enumerate(spec.layers, start=1):
        has_steps = number < len(spec.layers) or not is_last_only
        name = f"{block.name}_{layer.cell.value}_{number}"
        tensor = recurrent(layer, name, tensor, seeds, has_steps=has_steps)
    read = Entered(tensor, steps.mask)
    match spec.summary:
        case StepSummary.LAST:
            return tensor
        case StepSummary.AVERAGE:
            return average_over_time(read, block.name)
        case StepSummary.MAX:
            return largest_over_time(read, block.name)


def count(spec: RnnSpec, block: Block) -> EncoderSize:
    """Tell how large the encoder of a block is; see `Builder`."""
    width, num_places = num_steps(block)[1], 1
    if _sees_frames(spec, block):
        width, num_places = block.shape[-1], 2
    num_weights = 0
    for row in spec.convolutions:
        kernel = row.kernel**num_places
        num_weights += kernel * row.filters * (width + (row.filters if row.residual else 0))
        width = row.filters
    for layer in spec.layers:
        directions = 2 if layer.bidirectional else 1
        num_weights += directions * _GATES[layer.cell] * layer.units * (width + layer.units)
        width = directions * layer.units
    return EncoderSize(num_weights, width)


def _sees_frames(spec: RnnSpec, block: Block) -> bool:
    return block.kind is BlockKind.VIDEO and bool(spec.convolutions)


def _read_frames(spec: RnnSpec, block: Block, entered: Entered, seeds: Iterator[int]) -> Entered:
    """Convolve each frame of a video for itself: `(batch, frames, filters of the last row)`."""
    frames, *picture = block.shape
    pictures = ops.reshape(entered.tensor, (-1, *picture))
    seen = convolve(spec.convolutions, block.name, Entered(pictures), seeds).tensor
    seen = layers.GlobalAveragePooling2D(name=f"{block.name}_frames")(seen)
    return Entered(ops.reshape(seen, (-1, frames, spec.convolutions[-1].filters)), entered.mask)


def build(spec: RnnSpec, features: Tensor, seeds: Iterator[int]) -> Tensor:
    """Build the dense layers behind the recurrent ones; see `Builder`."""
    return build_dense(spec.dense_layers, features, seeds)


def recurrent(
    layer: RecurrentLayer, name: str, inputs: Tensor, seeds: Iterator[int], *, has_steps: bool
) -> Tensor:
    """Build one recurrent layer.

    Args:
        layer: The row as a person sets it.
        name: Its name.
        inputs: `(batch, time, channels)`.
        seeds: Source of seeds.
        has_steps: Whether to give the output of every step, not only of the last.

    Returns:
        `(batch, time, units)` or `(batch, units)`; twice the units in both directions.
    """
    options: dict[str, Any] = {
        "units": layer.units,
        "return_sequences": has_steps,
        "recurrent_dropout": layer.recurrent_dropout,
        "kernel_initializer": keras.initializers.GlorotUniform(seed=next(seeds)),
        "recurrent_initializer": keras.initializers.Orthogonal(seed=next(seeds)),
        "seed": next(seeds),
    }
    cell = _LAYERS[layer.cell](**options, name=name)
    if layer.bidirectional:
        options["recurrent_initializer"] = keras.initializers.Orthogonal(seed=next(seeds))
        options["kernel_initializer"] = keras.initializers.GlorotUniform(seed=next(seeds))
        back = _LAYERS[layer.cell](**options, go_backwards=True, name=f"{name}_back")
        cell = layers.Bidirectional(cell, backward_layer=back, name=f"{name}_both")
    outputs = cell(inputs)
    if layer.dropout:
        outputs = layers.Dropout(layer.dropout, seed=next(seeds), name=f"{name}_dropout")(outputs)
    return outputs
