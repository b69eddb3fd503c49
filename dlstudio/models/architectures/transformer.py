"""The Transformer encoder (Vaswani et al. 2017), normalised in front (Xiong et al. 2020)."""

import math
from collections.abc import Iterator

import keras
import numpy as np

from dlstudio.models.architectures.dense import activate, build_dense
from dlstudio.models.architectures.steps import num_steps, steps_of
from dlstudio.models.blocks import Block, BlockKind, EncoderSize, Entered
from dlstudio.models.inputs.averages import average_over_time
from dlstudio.models.tensors import Tensor, layers, ops
from dlstudio.spec.architectures.transformer import AttentionBlock, Positions, TransformerSpec

# Attention costs the square of the steps.
MOST_AUTOMATIC_STEPS = 256
POSITION_SPREAD = 0.02
LONGEST_WAVE = 10_000.0


def encode(spec: TransformerSpec, block: Block, entered: Entered, seeds: Iterator[int]) -> Tensor:
    """Build the encoder over a block; see `Builder`.

    Images are cut into square patches, everything else into patches along time.
    """
    patches = _patches(spec, block, entered, seeds)
    tensor = _with_positions(spec, block, patches.tensor, seeds)
    mask = None if patches.mask is None else ops.greater(patches.mask, 0.0)
    attention_mask = None if mask is None else ops.expand_dims(mask, axis=1)
    for number, layer in enumerate(spec.layers, start=1):
        name = f"{block.name}_encoder_{number}"
        tensor = _attend(layer, name, tensor, attention_mask, seeds)
        tensor = _think(layer, name, tensor, seeds)
    tensor = layers.LayerNormalization(name=f"{block.name}_encoder_normalization")(tensor)
    return average_over_time(Entered(tensor, patches.mask), block.name)


def count(spec: TransformerSpec, block: Block) -> EncoderSize:
    """Tell how large the encoder of a block is; see `Builder`."""
    steps, channels = num_steps(block)
    size = patch_size(spec, block)
    width = spec.width
    is_image = block.kind is BlockKind.IMAGE
    entrance = size * size * block.shape[-1] if is_image else size * channels
    num_weights = entrance * width
    if spec.positions is Positions.LEARNED:
        num_weights += steps * width
    for layer in spec.layers:
        num_weights += 4 * width * width + 2 * width * layer.feed_forward
    return EncoderSize(num_weights, width)


def build(spec: TransformerSpec, features: Tensor, seeds: Iterator[int]) -> Tensor:
    """Build the dense layers behind the encoder; see `Builder`."""
    return build_dense(spec.dense_layers, features, seeds)


def patch_size(spec: TransformerSpec, block: Block) -> int:
    """Neighbouring steps, or pixels in each direction, that become one."""
    if spec.patch is not None:
        return min(spec.patch, *block.shape[:2]) if block.kind is BlockKind.IMAGE else spec.patch
    if block.kind is BlockKind.IMAGE:
        height, width = block.shape[:2]
        return max(1, math.ceil(math.sqrt(height * width / MOST_AUTOMATIC_STEPS)))
    return max(1, math.ceil(num_steps(block)[0] / MOST_AUTOMATIC_STEPS))


def _patches(
    spec: TransformerSpec, block: Block, entered: Entered, seeds: Iterator[int]
) -> Entered:
    size = patch_size(spec, block)
    options = {
        "filters": spec.width,
        "kernel_size": size,
        "strides": size,
        "padding": "same",
        "kernel_initializer": keras.initializers.GlorotUniform(seed=next(seeds)),
        "name": f"{block.name}_patches",
    }
    if block.kind is BlockKind.IMAGE:
        tensor = layers.Conv2D(**options)(entered.tensor)
        _, height, width, channels = tensor.shape
        shape = (height * width, channels)
        return Entered(layers.Reshape(shape, name=f"{block.name}_in_a_row")(tensor))
    steps = steps_of(block, entered)
    tensor = layers.Conv1D(**options)(steps.tensor)
    if steps.mask is None or size == 1:
        return Entered(tensor, steps.mask)
    places = ops.expand_dims(steps.mask, axis=-1)
    mask = ops.squeeze(ops.max_pool(places, size, size, padding="same"), axis=-1)
    return Entered(tensor, mask)


def _with_positions(
    spec: TransformerSpec, block: Block, tensor: Tensor, seeds: Iterator[int]
) -> Tensor:
    _, steps, width = tensor.shape
    match spec.positions:
        case Positions.NONE:
            return tensor
        case Positions.SINES:
            return ops.add(tensor, ops.cast(_waves(steps, width), tensor.dtype))
        case Positions.LEARNED:
            # A learned table is an embedding of 0, 1, 2 …, the same for each row of the batch.
            numbers = ops.cumsum(ops.ones_like(tensor[:, :, 0], dtype="int32"), axis=1)
            initializer = keras.initializers.RandomNormal(stddev=POSITION_SPREAD, seed=next(seeds))
            table = layers.Embedding(
                steps + 1,
                width,
                embeddings_initializer=initializer,
                name=f"{block.name}_positions",
            )
            return layers.Add(name=f"{block.name}_placed")([tensor, table(numbers)])


def _waves(steps: int, width: int) -> np.ndarray:
    """Sines and cosines of falling frequency, float32 `(1, steps, width)`."""
    half = math.ceil(width / 2)
    rates = LONGEST_WAVE ** (-np.arange(half) / half)
    angles = np.arange(steps)[:, None] * rates[None, :]
    waves = np.concatenate([np.sin(angles), np.cos(angles)], axis=1)[:, :width]
    return waves[None].astype("float32")


def _attend(
    layer: AttentionBlock, name: str, tensor: Tensor, mask: Tensor | None, seeds: Iterator[int]
) -> Tensor:
    normalized = layers.LayerNormalization(name=f"{name}_attention_normalization")(tensor)
    attention = layers.MultiHeadAttention(
        layer.heads,
        tensor.shape[-1] // layer.heads,
        dropout=layer.dropout,
        kernel_initializer=keras.initializers.GlorotUniform(seed=next(seeds)),
        seed=next(seeds),
        name=f"{name}_attention",
    )(normalized, normalized, attention_mask=mask)
    return layers.Add(name=f"{name}_attended")([tensor, _drop(layer, name, attention, seeds)])


def _think(layer: AttentionBlock, name: str, tensor: Tensor, seeds: Iterator[int]) -> Tensor:
    """The two dense layers of a block, the same for each step."""
    name = f"{name}_dense"
    hidden = layers.LayerNormalization(name=f"{name}_normalization")(tensor)
    for number, units in enumerate((layer.feed_forward, tensor.shape[-1]), start=1):
        initializer = keras.initializers.GlorotUniform(seed=next(seeds))
        hidden = layers.Dense(units, kernel_initializer=initializer, name=f"{name}_{number}")(
            hidden
        )
        if number == 1:
            hidden = activate(hidden, layer.activation, name)
    return layers.Add(name=f"{name}_added")([tensor, _drop(layer, name, hidden, seeds)])


def _drop(layer: AttentionBlock, name: str, tensor: Tensor, seeds: Iterator[int]) -> Tensor:
    if not layer.dropout:
        return tensor
    return layers.Dropout(layer.dropout, seed=next(seeds), name=f"{name}_dropout")(tensor)
