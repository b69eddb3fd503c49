"""The convolutional network, in as many dimensions as a block has places."""

import math
from collections.abc import Iterator

import keras

from dlstudio.models.architectures.backbones import apply_backbone, backbone_width
from dlstudio.models.architectures.dense import activate, build_dense, suited_initializer
from dlstudio.models.blocks import Block, BlockKind, EncoderSize, Entered
from dlstudio.models.inputs.averages import average_over_time, largest_over_time
from dlstudio.models.tensors import Tensor, layers, ops
from dlstudio.spec.architectures.cnn import (
    Backbone,
    CnnSpec,
    ConvBlock,
    PlaceSummary,
    Pooling,
)
from dlstudio.spec.architectures.decoder import DecoderBlock
from dlstudio.spec.layers import Normalization

# Keras's 0.99 needs hundreds of steps until the statistics are those of the data: small datasets,
# which have fewer, then score like chance (two of six runs on 40 and 120 sequences).
NORMALIZATION_MOMENTUM = 0.9
_CONVOLUTIONS = {1: layers.Conv1D, 2: layers.Conv2D, 3: layers.Conv3D}
_POOLINGS = {
    (Pooling.MAX, 1): layers.MaxPooling1D,
    (Pooling.MAX, 2): layers.MaxPooling2D,
    (Pooling.MAX, 3): layers.MaxPooling3D,
    (Pooling.AVERAGE, 1): layers.AveragePooling1D,
    (Pooling.AVERAGE, 2): layers.AveragePooling2D,
    (Pooling.AVERAGE, 3): layers.AveragePooling3D,
}
_AVERAGES = {2: layers.GlobalAveragePooling2D, 3: layers.GlobalAveragePooling3D}
_LARGEST = {2: layers.GlobalMaxPooling2D, 3: layers.GlobalMaxPooling3D}


def encode(spec: CnnSpec, block: Block, entered: Entered, seeds: Iterator[int]) -> Tensor:
    """Build the convolutions over a block; see `Builder`.

    Images and spectrograms are looked at in two dimensions, videos in three, everything else
    along time.
    """
    if spec.backbone is not Backbone.NONE and block.kind is BlockKind.IMAGE:
        return apply_backbone(spec, block, entered.tensor)
    tensor = entered.tensor
    if is_spectrogram(block):
        tensor = ops.expand_dims(tensor, axis=-1)
    convolved = convolve(spec.layers, block.name, Entered(tensor, entered.mask), seeds)
    return _summarize(spec.summary, block.name, convolved)


def count(spec: CnnSpec, block: Block) -> EncoderSize:
    """Tell how large the encoder of a block is; see `Builder`."""
    if spec.backbone is not Backbone.NONE and block.kind is BlockKind.IMAGE:
        return EncoderSize(0, backbone_width(spec.backbone))
    places, channels = _places(block)
    num_weights = 0
    for row in spec.layers:
        kernel = row.kernel ** len(places)
        num_weights += kernel * row.filters * (channels + (row.filters if row.residual else 0))
        channels = row.filters
        places = tuple(shrunk(size, row) for size in places)
    is_flat = spec.summary is PlaceSummary.FLATTEN
    return EncoderSize(num_weights, channels * (math.prod(places) if is_flat else 1))


def build(spec: CnnSpec, features: Tensor, seeds: Iterator[int]) -> Tensor:
    """Build the dense layers behind the convolutions; see `Builder`."""
    return build_dense(spec.dense_layers, features, seeds)


def is_spectrogram(block: Block) -> bool:
    """Whether a block is a sound as a picture of time and pitch."""
    return block.kind is BlockKind.SOUND and block.shape[-1] > 1


def convolve(
    rows: tuple[ConvBlock, ...], name: str, entered: Entered, seeds: Iterator[int]
) -> Entered:
    """Build convolutions one after the other.

    Args:
        rows: The blocks as a person sets them.
        name: The layers are named after it and their number.
        entered: What to convolve, `(batch, *places, channels)`.
        seeds: Source of seeds.

    Returns:
        What comes out, with the mask made smaller as the places are.
    """
    tensor, mask = entered.tensor, entered.mask
    for number, row in enumerate(rows, start=1):
        tensor = _block(row, f"{name}_block_{number}", tensor, seeds)
        mask = _smaller_mask(mask, row)
    return Entered(tensor, mask)


def shrunk(size: int, row: ConvBlock) -> int:
    """Places that are left of `size` after a block; a place is never pooled away."""
    size = math.ceil(size / row.stride)
    return math.ceil(size / row.pool_size) if row.pooling is not Pooling.NONE else size


def _block(row: ConvBlock, name: str, inputs: Tensor, seeds: Iterator[int]) -> Tensor:
    outputs = _convolution(row, name, inputs, row.stride, seeds)
    outputs = activate(normalize(row, name, outputs), row.activation, name)
    if row.residual:
        second = _convolution(row, f"{name}_second", outputs, 1, seeds)
        second = normalize(row, f"{name}_second", second)
        shortcut = _shortcut(row, name, inputs, outputs, seeds)
        outputs = layers.Add(name=f"{name}_add")([second, shortcut])
        outputs = activate(outputs, row.activation, f"{name}_add")
    if row.pooling is not Pooling.NONE:
        pooling = _POOLINGS[row.pooling, len(inputs.shape) - 2]
        outputs = pooling(row.pool_size, padding="same", name=f"{name}_pool")(outputs)
    if row.dropout:
        dropout = layers.Dropout(row.dropout, seed=next(seeds), name=f"{name}_dropout")
        outputs = dropout(outputs)
    return outputs


def _convolution(
    row: ConvBlock, name: str, inputs: Tensor, stride: int, seeds: Iterator[int]
) -> Tensor:
    initializer = {
        "class_name": suited_initializer(row.activation).value,
        "config": {"seed": next(seeds)},
    }
    return _CONVOLUTIONS[len(inputs.shape) - 2](
        row.filters,
        row.kernel,
        strides=stride,
        padding="same",
        use_bias=row.normalization is not Normalization.BATCH,
        kernel_initializer=keras.initializers.get(initializer),
        name=name,
    )(inputs)


def normalize(row: ConvBlock | DecoderBlock, name: str, tensor: Tensor) -> Tensor:
    """Keep the numbers behind a convolution in a stable range, as its row asks.

    Args:
        row: The convolution as a person sets it.
        name: The layer is named after it.
        tensor: `(batch, *places, channels)`.
    """
    match row.normalization:
        case Normalization.BATCH:
            return layers.BatchNormalization(
                momentum=NORMALIZATION_MOMENTUM, name=f"{name}_normalization"
            )(tensor)
        case Normalization.LAYER:
            return layers.LayerNormalization(name=f"{name}_normalization")(tensor)
        case _:
            return tensor


def _shortcut(
    row: ConvBlock, name: str, inputs: Tensor, outputs: Tensor, seeds: Iterator[int]
) -> Tensor:
    """The input of a residual block, brought to the shape of its output."""
    if tuple(inputs.shape) == tuple(outputs.shape):
        return inputs
    return _CONVOLUTIONS[len(inputs.shape) - 2](
        row.filters,
        1,
        strides=row.stride,
        padding="same",
        use_bias=False,
        kernel_initializer=keras.initializers.GlorotUniform(seed=next(seeds)),
        name=f"{name}_shortcut",
    )(inputs)


def _smaller_mask(mask: Tensor | None, row: ConvBlock) -> Tensor | None:
    """A place that is left holds a value if one of those it came from does."""
    if mask is None:
        return None
    for factor in (row.stride, row.pool_size if row.pooling is not Pooling.NONE else 1):
        if factor > 1:
            places = ops.expand_dims(mask, axis=-1)
            mask = ops.squeeze(ops.max_pool(places, factor, factor, padding="same"), axis=-1)
    return mask


def _summarize(summary: PlaceSummary, name: str, entered: Entered) -> Tensor:
    num_dimensions = len(entered.tensor.shape) - 2
    if summary is PlaceSummary.FLATTEN:
        return layers.Flatten(name=f"{name}_flat")(entered.tensor)
    if summary is PlaceSummary.AVERAGE:
        if num_dimensions == 1:
            return average_over_time(entered, name)
        return _AVERAGES[num_dimensions](name=f"{name}_average")(entered.tensor)
    if num_dimensions == 1:
        return largest_over_time(entered, name)
    return _LARGEST[num_dimensions](name=f"{name}_max")(entered.tensor)


def _places(block: Block) -> tuple[tuple[int, ...], int]:
    """Places and channels of a block inside the network."""
    if block.kind is BlockKind.TOKENS:
        return block.shape, block.column.settings.model_dump()["embedding_dim"]
    if is_spectrogram(block):
        return block.shape, 1
    return block.shape[:-1], block.shape[-1]
