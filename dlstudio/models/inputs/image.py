"""Image columns: pixels of one size; scaling and augmentation are part of the network."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import numpy as np

from dlstudio.data.media.read import decode_column
from dlstudio.models.blocks import Block, BlockKind, Entered, StructuredColumn
from dlstudio.models.tensors import Tensor, layers, new_input, ops
from dlstudio.spec.dataset import ColumnKind
from dlstudio.spec.inputs.image import Flip, ImageFit, ImagePreprocessing

LARGEST_VALUE = 255.0
_FLIPS = {
    Flip.HORIZONTAL: "horizontal",
    Flip.VERTICAL: "vertical",
    Flip.BOTH: "horizontal_and_vertical",
}


def describe(column: StructuredColumn, name: str) -> Block:
    """Tell the block of an image column; see `BlockInput`."""
    shape = _settings(column).shape
    return Block(name, BlockKind.IMAGE, column, shape, "uint8", shape, "uint8")


def decode(block: Block, values: np.ndarray, folder: Path) -> np.ndarray:
    """Read image files at the block's size; see `BlockInput`."""
    pixels = np.empty((len(values), *block.decoded_shape), "uint8")
    decode_column(ColumnKind.IMAGE, folder, values, block.column.settings, pixels)
    return pixels


def raw_input(block: Block, name: str) -> Tensor:
    """Make an input of images of any size, 0 to 255; see `BlockInput`."""
    return new_input((None, None, block.shape[-1]), name=name, dtype="uint8")


def bring_to_shape(block: Block, raw: Tensor) -> Tensor:
    """Resize images as the reader of files does; see `BlockInput`."""
    height, width, _ = block.shape
    fit = _settings(block.column).fit
    resized = layers.Resizing(
        height,
        width,
        crop_to_aspect_ratio=fit is ImageFit.CROP,
        pad_to_aspect_ratio=fit is ImageFit.PAD,
        antialias=True,
        name=f"{block.name}_resize",
    )(ops.cast(raw, "float32"))
    return ops.cast(ops.round(ops.clip(resized, 0.0, LARGEST_VALUE)), "uint8")


def build(_block: Block, _rows: np.ndarray, decoded: Tensor) -> Tensor:
    """Nothing is fitted: pixels stay bytes until they enter the network; see `BlockInput`."""
    return ops.cast(decoded, "uint8")


def enter(block: Block, feature: Tensor, seeds: Iterator[int]) -> Entered:
    """Scale pixels to -1 .. 1 and augment them in training; see `BlockInput`."""
    changes = list(augmentation(_settings(block.column), block, seeds))
    if not changes:
        return Entered(_scale(f"{block.name}_scale", 2.0 / LARGEST_VALUE, -1.0)(feature))
    tensor = _scale(f"{block.name}_unit", 1.0 / LARGEST_VALUE, 0.0)(feature)
    for layer in changes:
        tensor = layer(tensor)
    return Entered(_scale(f"{block.name}_scale", 2.0, -1.0)(tensor))


def _scale(name: str, factor: float, offset: float) -> Tensor:
    return layers.Rescaling(factor, offset=offset, name=name)


def augmentation(
    settings: ImagePreprocessing, block: Block, seeds: Iterator[int]
) -> Iterator[Tensor]:
    """The layers that change images at random, in training only.

    Args:
        settings: What to change and how much.
        block: Names the layers.
        seeds: Source of seeds.

    Yields:
        Layers for images with values from 0 to 1.
    """
    value_range = (0.0, 1.0)
    if settings.flip is not Flip.NONE:
        name = f"{block.name}_flip"
        yield layers.RandomFlip(_FLIPS[settings.flip], seed=next(seeds), name=name)
    # What is moved into the picture from outside repeats the edge.
    edge = {"fill_mode": "nearest"}
    if settings.shift:
        name, share = f"{block.name}_shift", settings.shift
        yield layers.RandomTranslation(share, share, seed=next(seeds), name=name, **edge)
    if settings.rotation:
        name, turn = f"{block.name}_rotation", settings.rotation / 360.0
        yield layers.RandomRotation(turn, seed=next(seeds), name=name, **edge)
    if settings.zoom:
        name = f"{block.name}_zoom"
        yield layers.RandomZoom(settings.zoom, seed=next(seeds), name=name, **edge)
    for name, share, kind in (
        ("brightness", settings.brightness, layers.RandomBrightness),
        ("contrast", settings.contrast, layers.RandomContrast),
        ("color", settings.color if block.shape[-1] == 3 else 0.0, layers.RandomSaturation),
    ):
        if share:
            full_name = f"{block.name}_{name}"
            yield kind(share, value_range=value_range, seed=next(seeds), name=full_name)


def _settings(column: StructuredColumn) -> ImagePreprocessing:
    return cast("ImagePreprocessing", column.settings)
