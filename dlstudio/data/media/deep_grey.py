"""Grey images of more than 8 bits: X-rays, microscopes, heights, and real numbers in TIFF files."""

from collections.abc import Iterator

import numpy as np
from PIL import Image

from dlstudio.data.media.image_fit import with_mark_of
from dlstudio.spec.inputs.image import ImageChannels

LARGEST_16 = 65_535
# What 255 of an 8-bit image is multiplied by to be white.
BYTES_TO_16 = 257
_DEEP_MODES = ("I", "F")
# Real numbers are converted so many at a time: whole copies of 80 megapixels take 320 MB each.
_VALUES_AT_ONCE = 4_000_000


def is_deep_grey(image: Image.Image) -> bool:
    """Whether an image is grey with 16 bits or more a pixel."""
    return image.mode in _DEEP_MODES or image.mode.startswith("I;16")


def to_16_bit(image: Image.Image) -> Image.Image:
    """Bring deep grey to 16 bits; see `grey_levels`.

    Returns:
        Levels up to 65,535 with the same orientation mark, in the mode "F": Pillow averages
        images of the mode "I;16" wrongly.
    """
    return with_mark_of(image, grey_levels(np.asarray(image), LARGEST_16).astype(np.float32))


def to_8_bit(image: Image.Image) -> Image.Image:
    """Bring deep grey to 8 bits; see `grey_levels`.

    Returns:
        An image of the mode "L" with the same orientation mark.
    """
    return with_mark_of(image, grey_levels(np.asarray(image), 255))


def grey_levels(values: np.ndarray, largest: int) -> np.ndarray:
    """Turn the pixels of deep grey into levels.

    Args:
        values: Whole numbers, of which 0 to 65,535 are kept; or real numbers, which are taken as 0
            to 1 or, if some lie beyond, spread from the smallest to the largest. `(height, width)`.
        largest: Level of white, 255 or 65,535.

    Returns:
        uint8 or uint16 `(height, width)`.
    """
    levels = np.empty(values.shape, np.uint8 if largest < LARGEST_16 else np.uint16)
    if values.dtype.kind in "iu":
        shift = 8 if largest < LARGEST_16 else 0
        for rows in bands(values):
            levels[rows] = np.clip(values[rows], 0, LARGEST_16) >> shift
        return levels
    low = min(float(_finite(values[rows]).min()) for rows in bands(values))
    high = max(float(_finite(values[rows]).max()) for rows in bands(values))
    if low >= 0.0 and high <= 1.0:
        low, high = 0.0, 1.0
    for rows in bands(values):
        share = (_finite(values[rows]) - low) / (high - low or 1.0)
        levels[rows] = np.round(share * largest)
    return levels


def to_deep_channels(levels: np.ndarray, channels: ImageChannels) -> np.ndarray:
    """Give grey levels the channels that a network sees.

    Args:
        levels: 0 to 65,535, float32 `(height, width)`.
        channels: Decided, not auto.

    Returns:
        uint16 `(height, width, channels)`; nothing is transparent.
    """
    grey = np.round(levels).astype(np.uint16)
    parts = [grey] * min(3, channels.num_values)
    if channels is ImageChannels.COLOR_ALPHA:
        parts.append(np.full_like(grey, LARGEST_16))
    return np.stack(parts, axis=-1)


def bands(values: np.ndarray) -> Iterator[slice]:
    """Slices of rows, each of so few that work on them takes little memory."""
    step = max(1, _VALUES_AT_ONCE // max(1, values.shape[1]))
    for first in range(0, len(values), step):
        yield slice(first, first + step)


def _finite(values: np.ndarray) -> np.ndarray:
    return np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
