"""Image columns: pixels of one size; scaling and augmentation are part of the network."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import numpy as np

from dlstudio.data.media.read import decode_column
from dlstudio.models.blocks import Block, BlockKind, Entered, StructuredColumn
from dlstudio.models.tensors import Tensor, layers, new_input, ops
from dlstudio.spec.dataset import ColumnKind
from dlstudio.spec.inputs.image import Flip, ImageDepth, ImageFit, ImagePreprocessing

NUM_COLORS = 3  # the first channels of an image that is not grey; a fourth one is its opacity
LARGEST_VALUES = {"uint8": 255.0, "uint16": 65_535.0}
_FLIPS = {
    Flip.HORIZONTAL: "horizontal",
    Flip.VERTICAL: "vertical",
    Flip.BOTH: "horizontal_and_vertical",
}


def describe(column: StructuredColumn, name: str) -> Block:
    """Tell the block of an image column; see `BlockInput`."""
    shape = _settings(column).shape
    dtype = "uint16" if _settings(column).depth is ImageDepth.BITS_16 else "uint8"
    return Block(name, BlockKind.IMAGE, column, shape, dtype, shape, dtype)


def decode(block: Block, values: np.ndarray, folder: Path) -> np.ndarray:
    """Read image files at the block's size; see `BlockInput`."""
    pixels = np.empty((len(values), *block.decoded_shape), block.decoded_dtype)
    decode_column(ColumnKind.IMAGE, folder, values, block.column.settings, pixels)
    return pixels


def raw_input(block: Block, name: str) -> Tensor:
    """Make an input of images of any size, 0 to 255 or 65,535; see `BlockInput`."""
    return new_input((None, None, block.shape[-1]), name=name, dtype=block.dtype)


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
    return _rounded(block, resized)


def build(block: Block, rows: np.ndarray, decoded: Tensor) -> Tensor:
    """Spread 16-bit shades over the range that training rows use; see `BlockInput`.

    Sensors of 10 to 14 bits fill a small part of 16. Pixels of 8 bits stay as they are, and so does
    opacity. All stay whole numbers until they enter the network.
    """
    if block.dtype == "uint8":
        return ops.cast(decoded, "uint8")
    low, high = _range_of(rows[..., :NUM_COLORS])
    largest, num_colors = LARGEST_VALUES[block.dtype], min(NUM_COLORS, block.shape[-1])
    levels = ops.cast(decoded, "float32")
    shades = ops.multiply(ops.subtract(levels[..., :num_colors], low), largest / (high - low))
    if num_colors < block.shape[-1]:
        shades = ops.concatenate([shades, levels[..., num_colors:]], axis=-1)
    return _rounded(block, shades)


def enter(block: Block, feature: Tensor, seeds: Iterator[int]) -> Entered:
    """Scale pixels to -1 .. 1 and augment them in training; see `BlockInput`."""
    settings = _settings(block.column)
    moves, shades = list(movements(settings, block, seeds)), list(shadings(settings, block, seeds))
    largest = LARGEST_VALUES[block.dtype]
    if not moves and not shades:
        return Entered(_scale(f"{block.name}_scale", 2.0 / largest, -1.0)(feature))
    tensor = _scale(f"{block.name}_unit", 1.0 / largest, 0.0)(feature)
    for layer in moves:
        tensor = layer(tensor)
    opacity = tensor[..., NUM_COLORS:] if shades and block.shape[-1] > NUM_COLORS else None
    if opacity is not None:
        tensor = tensor[..., :NUM_COLORS]
    for layer in shades:
        tensor = layer(tensor)
    if opacity is not None:
        tensor = ops.concatenate([tensor, opacity], axis=-1)
    return Entered(_scale(f"{block.name}_scale", 2.0, -1.0)(tensor))


def _range_of(rows: np.ndarray) -> tuple[float, float]:
    """The darkest and the lightest shade of pixels; the whole range if there is only one."""
    low, high = (float(rows.min()), float(rows.max())) if rows.size else (0.0, 0.0)
    return (low, high) if high > low else (0.0, LARGEST_VALUES["uint16"])


def _rounded(block: Block, values: Tensor) -> Tensor:
    """Whole pixels of the block's type."""
    largest = LARGEST_VALUES[block.dtype]
    return ops.cast(ops.round(ops.clip(values, 0.0, largest)), block.dtype)


def _scale(name: str, factor: float, offset: float) -> Tensor:
    return layers.Rescaling(factor, offset=offset, name=name)


def movements(settings: ImagePreprocessing, block: Block, seeds: Iterator[int]) -> Iterator[Tensor]:
    """The layers that move what is in images at random, in training only.

    Args:
        settings: What to change and how much.
        block: Names the layers.
        seeds: Source of seeds.

    Yields:
        Layers for images with values from 0 to 1.
    """
    if settings.flip is not Flip.NONE:
        name = f"{block.name}_flip"
        yield layers.RandomFlip(_FLIPS[settings.flip], seed=next(seeds), name=name)
    # What is moved into the picture from outside repeats the edge.
    edge = {"fill_mode": "nearest"}
    if settings.crop:
        # The place of the window, then its size: moved by half of what is cut off on both sides,
        # the window never leaves the picture.
        name, share = f"{block.name}_crop", settings.crop
        place = (share / 2, share / 2)
        yield layers.RandomTranslation(*place, seed=next(seeds), name=f"{name}_place", **edge)
        yield layers.RandomZoom((-share, -share), seed=next(seeds), name=name, **edge)
    if settings.shift:
        name, share = f"{block.name}_shift", settings.shift
        yield layers.RandomTranslation(share, share, seed=next(seeds), name=name, **edge)
    if settings.rotation:
        name, turn = f"{block.name}_rotation", settings.rotation / 360.0
        yield layers.RandomRotation(turn, seed=next(seeds), name=name, **edge)
    if settings.zoom:
        name = f"{block.name}_zoom"
        yield layers.RandomZoom(settings.zoom, seed=next(seeds), name=name, **edge)


def shadings(settings: ImagePreprocessing, block: Block, seeds: Iterator[int]) -> Iterator[Tensor]:
    """The layers that change light and colours of images at random, in training only.

    Args:
        settings: What to change and how much.
        block: Names the layers.
        seeds: Source of seeds.

    Yields:
        Layers for grey values or three colours from 0 to 1, without opacity.
    """
    light, contrast = settings.brightness, settings.contrast
    color = settings.color if block.shape[-1] >= NUM_COLORS else 0.0
    for name, share, kind, factor in (
        ("brightness", light, layers.RandomBrightness, (-light, light)),
        # Of one number Keras would only strengthen.
        ("contrast", contrast, layers.RandomContrast, (contrast, contrast)),
        ("color", color, layers.RandomSaturation, _saturation(color)),
    ):
        if share:
            full_name = f"{block.name}_{name}"
            yield kind(factor, value_range=(0.0, 1.0), seed=next(seeds), name=full_name)


def _saturation(share: float) -> tuple[float, float]:
    """From and to where Keras draws f, to multiply the strength of colours by f / (1 - f).

    That is from 1 - share to 1 + share; f = 0.5 leaves colours as they are.
    """
    return ((1.0 - share) / (2.0 - share), (1.0 + share) / (2.0 + share))


def _settings(column: StructuredColumn) -> ImagePreprocessing:
    return cast("ImagePreprocessing", column.settings)
