"""Video columns: frames of one size; scaling and augmentation are part of the network."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import numpy as np

from dlstudio.data.media.read import decode_column
from dlstudio.models.blocks import Block, BlockKind, Entered, StructuredColumn
from dlstudio.models.chance import draw, on_axis, uniform
from dlstudio.models.tensors import Tensor, layers, new_input, ops
from dlstudio.spec.dataset import ColumnKind
from dlstudio.spec.inputs.image import Flip, ImageFit
from dlstudio.spec.inputs.video import VideoPreprocessing

LARGEST_VALUE = 255.0
_ROWS, _COLUMNS = 2, 3
_FLIPPED_AXES = {
    Flip.NONE: (),
    Flip.HORIZONTAL: (_COLUMNS,),
    Flip.VERTICAL: (_ROWS,),
    Flip.BOTH: (_ROWS, _COLUMNS),
}


def describe(column: StructuredColumn, name: str) -> Block:
    """Tell the block of a video column; see `BlockInput`."""
    shape = _settings(column).shape
    return Block(name, BlockKind.VIDEO, column, shape, "uint8", shape, "uint8")


def decode(block: Block, values: np.ndarray, folder: Path) -> np.ndarray:
    """Read frames of video files at the block's size; see `BlockInput`."""
    frames = np.empty((len(values), *block.decoded_shape), "uint8")
    decode_column(ColumnKind.VIDEO, folder, values, block.column.settings, frames)
    return frames


def raw_input(block: Block, name: str) -> Tensor:
    """Make an input of as many frames as the block has, of any size; see `BlockInput`."""
    num_frames, *_, num_channels = block.shape
    return new_input((num_frames, None, None, num_channels), name=name, dtype="uint8")


def bring_to_shape(block: Block, raw: Tensor) -> Tensor:
    """Resize frames as the reader of files does; see `BlockInput`."""
    _, height, width, _ = block.shape
    fit = _settings(block.column).fit
    resizing = layers.Resizing(
        height,
        width,
        crop_to_aspect_ratio=fit is ImageFit.CROP,
        pad_to_aspect_ratio=fit is ImageFit.PAD,
        antialias=True,
    )
    each_frame = layers.TimeDistributed(resizing, name=f"{block.name}_resize")
    resized = each_frame(ops.cast(raw, "float32"))
    return ops.cast(ops.round(ops.clip(resized, 0.0, LARGEST_VALUE)), "uint8")


def build(_block: Block, _rows: np.ndarray, decoded: Tensor) -> Tensor:
    """Nothing is fitted: pixels stay bytes until they enter the network; see `BlockInput`."""
    return ops.cast(decoded, "uint8")


def enter(block: Block, feature: Tensor, seeds: Iterator[int]) -> Entered:
    """Scale pixels to -1 .. 1 and augment in training, each video as a whole; see `BlockInput`."""
    settings = _settings(block.column)
    scale = 2.0 / LARGEST_VALUE
    tensor = layers.Rescaling(scale, offset=-1.0, name=f"{block.name}_scale")(feature)
    for axis in _FLIPPED_AXES[settings.flip]:
        drawn = draw(feature, next(seeds), f"{block.name}_flip_{axis}")
        tensor = ops.where(on_axis(drawn > 0.0, 5), ops.flip(tensor, axis=axis), tensor)
    if settings.brightness:
        drawn = draw(feature, next(seeds), f"{block.name}_brightness")
        # As for images: a share of the range from black to white.
        change = 2.0 * settings.brightness * (2.0 * uniform(drawn) - 1.0)
        # Keras takes a second operand of this shape for a bias where sizes happen to agree.
        tensor = ops.clip(ops.cast(on_axis(change, 5), tensor.dtype) + tensor, -1.0, 1.0)
    return Entered(tensor)


def _settings(column: StructuredColumn) -> VideoPreprocessing:
    return cast("VideoPreprocessing", column.settings)
