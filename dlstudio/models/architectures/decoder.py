"""Transposed convolutions that unfold numbers into a picture or series of any size."""

import math
from collections.abc import Iterator, Mapping

import keras

from dlstudio.models.architectures.cnn import normalize
from dlstudio.models.architectures.dense import activate, suited_initializer
from dlstudio.models.tensors import Tensor, layers
from dlstudio.spec.architectures.cnn import ConvBlock
from dlstudio.spec.architectures.decoder import DecoderBlock, mirrored_blocks
from dlstudio.spec.layers import Normalization

DECODER = "decoder"
_TRANSPOSED = {1: layers.Conv1DTranspose, 2: layers.Conv2DTranspose}
_CONVOLUTIONS = {1: layers.Conv1D, 2: layers.Conv2D}


def unfold(
    rows: tuple[ConvBlock, ...],
    shape: tuple[int, ...],
    hidden: Tensor,
    seeds: Iterator[int],
    prefix: str,
) -> Tensor:
    """Unfold numbers by the convolutions of an encoder, turned around.

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
    blocks = mirrored_blocks(rows)
    num_channels = rows[-1].filters if rows else shape[-1]
    first = (*first_places(blocks, shape[:-1]), num_channels)
    picture = _first_picture(first, hidden, seeds, prefix)
    names = (f"{prefix}_block_{number}" for number in range(len(rows), 0, -1))
    return _enlarged(dict(zip(names, blocks, strict=True)), picture, shape, seeds)


def unfold_blocks(
    blocks: tuple[DecoderBlock, ...],
    num_channels: int,
    shape: tuple[int, ...],
    hidden: Tensor,
    seeds: Iterator[int],
) -> Tensor:
    """Unfold numbers by the rows of a decoder.

    Args:
        blocks: From the code outwards. Together they may enlarge to more than the shape: what is
            too large is cut off behind each.
        num_channels: Channels of the picture that they begin with.
        shape: What should come out, `(*places, channels)`.
        hidden: `(batch, width)`.
        seeds: Source of seeds.

    Returns:
        Float32 `(batch, *shape)`, any number.
    """
    first = (*first_places(blocks, shape[:-1]), num_channels)
    picture = _first_picture(first, hidden, seeds, DECODER)
    named = {f"{DECODER}_block_{number}": block for number, block in enumerate(blocks, start=1)}
    return _enlarged(named, picture, shape, seeds)


def kernel_of(block: DecoderBlock) -> int:
    """The kernel of a block, in each direction."""
    # One that the stride divides reaches every place equally often: no checkerboards.
    return max(1, math.ceil(block.kernel / block.stride)) * block.stride


def first_places(blocks: tuple[DecoderBlock, ...], sides: tuple[int, ...]) -> tuple[int, ...]:
    """The sides of the picture that the blocks begin with, to come to these sides at least."""
    factor = math.prod(block.stride for block in blocks)
    return tuple(math.ceil(size / factor) for size in sides)


def _enlarged(
    blocks: Mapping[str, DecoderBlock],
    picture: Tensor,
    shape: tuple[int, ...],
    seeds: Iterator[int],
) -> Tensor:
    """Build blocks by their names, from the code outwards, and the output."""
    rows = tuple(blocks.values())
    for number, (name, block) in enumerate(blocks.items(), start=1):
        picture = _larger(block, name, picture, seeds)
        picture = _cropped(picture, first_places(rows[number:], shape[:-1]))
        if block.dropout:
            dropout = layers.Dropout(block.dropout, seed=next(seeds), name=f"{name}_dropout")
            picture = dropout(picture)
    return _CONVOLUTIONS[len(shape) - 1](
        shape[-1],
        3,
        padding="same",
        dtype="float32",
        kernel_initializer=keras.initializers.GlorotUniform(seed=next(seeds)),
        name="output",
    )(picture)


def _first_picture(
    shape: tuple[int, ...], hidden: Tensor, seeds: Iterator[int], prefix: str
) -> Tensor:
    width = math.prod(shape)
    initializer = keras.initializers.HeNormal(seed=next(seeds))
    name = f"{prefix}_unfold"
    flat = layers.Dense(width, kernel_initializer=initializer, name=name)(hidden)
    flat = layers.Activation("relu", name=f"{name}_activation")(flat)
    return layers.Reshape(shape, name=f"{name}_shape")(flat)


def _larger(block: DecoderBlock, name: str, picture: Tensor, seeds: Iterator[int]) -> Tensor:
    initializer = {
        "class_name": suited_initializer(block.activation).value,
        "config": {"seed": next(seeds)},
    }
    picture = _TRANSPOSED[len(picture.shape) - 2](
        block.filters,
        kernel_of(block),
        strides=block.stride,
        padding="same",
        use_bias=block.normalization is not Normalization.BATCH,
        kernel_initializer=keras.initializers.get(initializer),
        name=name,
    )(picture)
    return activate(normalize(block, name, picture), block.activation, name)


def _cropped(tensor: Tensor, sides: tuple[int, ...]) -> Tensor:
    """Cut what a smaller picture that was rounded up gave too much."""
    if tuple(tensor.shape[1:-1]) == sides:
        return tensor
    return tensor[(slice(None), *(slice(0, size) for size in sides))]
