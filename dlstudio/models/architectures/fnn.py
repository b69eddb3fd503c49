"""The feed-forward network, alone or as an ensemble that shares its weights."""

import math
from collections.abc import Iterator

import keras

from dlstudio.models.architectures.dense import build_dense
from dlstudio.models.blocks import Block, BlockKind, EncoderSize, Entered
from dlstudio.models.inputs.averages import average_over_time
from dlstudio.models.tensors import Tensor, layers
from dlstudio.spec.architectures.fnn import FnnSpec


def encode(_spec: FnnSpec, block: Block, entered: Entered, _seeds: Iterator[int]) -> Tensor:
    """Bring a block into one vector, without weights of its own.

    Args:
        _spec: The architecture.
        block: The block.
        entered: The block inside the network.
        _seeds: Source of seeds.

    Returns:
        `(batch, width)`: words and sounds are averaged over time, frames of a video over the
        video, everything else is laid out flat.
    """
    if block.kind in (BlockKind.TOKENS, BlockKind.SOUND):
        return average_over_time(entered, block.name)
    tensor = entered.tensor
    if block.kind is BlockKind.VIDEO:
        tensor = layers.AveragePooling3D((block.shape[0], 1, 1), name=f"{block.name}_mean")(tensor)
    return layers.Flatten(name=f"{block.name}_flat")(tensor)


def count(_spec: FnnSpec, block: Block) -> EncoderSize:
    """Tell how large the encoder of a block is."""
    match block.kind:
        case BlockKind.TOKENS:
            return EncoderSize(0, block.column.settings.model_dump()["embedding_dim"])
        case BlockKind.SOUND:
            return EncoderSize(0, block.shape[-1])
        case BlockKind.VIDEO:
            return EncoderSize(0, math.prod(block.shape[1:]))
        case _:
            return EncoderSize(0, math.prod(block.shape))


def build(spec: FnnSpec, features: Tensor, seeds: Iterator[int]) -> Tensor:
    """Build the hidden layers.

    Args:
        spec: The architecture.
        features: What the columns give, `(batch, num_features)`.
        seeds: Source of seeds for initialisers and dropout.

    Returns:
        `(batch, units)`; `(batch, members, units)` if the spec asks for an ensemble.
    """
    hidden = features
    if spec.input_dropout:
        hidden = layers.Dropout(spec.input_dropout, seed=next(seeds), name="input_dropout")(hidden)
    if spec.ensemble_size > 1:
        hidden = _spread(hidden, spec.ensemble_size, seeds)
    return build_dense(spec.layers, hidden, seeds)


def _spread(features: Tensor, num_members: int, seeds: Iterator[int]) -> Tensor:
    """Give each member its own random weighting of the features.

    TabM-mini (Gorishniy et al. 2024): this and an output of its own are all that members do not
    share. Scales and offsets of their own after each layer make a step two thirds longer.
    """
    return layers.EinsumDense(
        "bd,kd->bkd",
        output_shape=(num_members, features.shape[-1]),
        kernel_initializer=keras.initializers.RandomNormal(stddev=1.0, seed=next(seeds)),
        name="member_weights",
    )(features)
