"""Examples that a network rebuilt or made up, as pictures; no Streamlit here."""

import math
from collections.abc import Sequence

import numpy as np

from dlstudio.export.samples_writer import spectrogram_pictures
from dlstudio.spec.canvas import CanvasKind

GAP = 2
SMALLEST_SIDE = 56


def as_images(kind: CanvasKind, values: np.ndarray) -> list[np.ndarray]:
    """Turn examples into pictures.

    Args:
        kind: What their axes are; images or sounds.
        values: Images uint8 `(n, height, width, channels)`, sounds `(n, time, pitches, 1)`.

    Returns:
        One picture each, uint8 `(height, width, 3)`, small ones enlarged without blurring.
    """
    if kind is CanvasKind.SOUND:
        values = spectrogram_pictures(values)
    colored = values[..., :3] if values.shape[-1] >= 3 else np.repeat(values[..., :1], 3, axis=-1)
    factor = max(1, math.ceil(SMALLEST_SIDE / min(colored.shape[1:3])))
    return [np.kron(image, np.ones((factor, factor, 1), np.uint8)) for image in colored]


def as_grid(pictures: Sequence[np.ndarray], num_columns: int) -> np.ndarray:
    """Put pictures of one size in rows; empty places and gaps are transparent.

    Args:
        pictures: At least one, uint8 `(height, width, 3)`.
        num_columns: Pictures a row.

    Returns:
        uint8 `(rows * height, columns * width, 4)`, with gaps between.
    """
    height, width = pictures[0].shape[:2]
    num_columns = min(num_columns, len(pictures))
    num_rows = math.ceil(len(pictures) / num_columns)
    shape = (num_rows * (height + GAP) - GAP, num_columns * (width + GAP) - GAP, 4)
    grid = np.zeros(shape, np.uint8)
    for place, picture in enumerate(pictures):
        top = place // num_columns * (height + GAP)
        left = place % num_columns * (width + GAP)
        grid[top : top + height, left : left + width, :3] = picture
        grid[top : top + height, left : left + width, 3] = 255
    return grid
