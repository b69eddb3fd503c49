"""Examples that a network rebuilt or made up, as pictures; no Streamlit here."""

import math
from collections.abc import Sequence

import numpy as np

from dlstudio.export.samples_writer import spectrogram_pictures
from dlstudio.spec.canvas import CanvasKind

SPECTROGRAMS = "Sounds as spectrograms: time runs to the right, pitch upwards, and light is loud."
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


def as_lines(
    pictures: Sequence[np.ndarray], num_places: int, below: Sequence[np.ndarray] = ()
) -> list[np.ndarray]:
    """Put pictures of one size in short lines, each a picture of its own.

    Args:
        pictures: Uint8 `(height, width, 3)` each.
        num_places: Pictures a line; the last one is filled up with empty places.
        below: For each picture one that stands below it in the same line; or none.

    Returns:
        The lines, uint8 `(height, width, 4)`, twice as high with pictures below.
    """
    lines: list[np.ndarray] = []
    for start in range(0, len(pictures), num_places):
        rows = [list(some[start : start + num_places]) for some in (pictures, below) if len(some)]
        filled = [[*row, *[None] * (num_places - len(row))] for row in rows]
        lines.append(as_grid([picture for row in filled for picture in row], num_places))
    return lines


def as_grid(pictures: Sequence[np.ndarray | None], num_columns: int) -> np.ndarray:
    """Put pictures of one size in rows; empty places and gaps are transparent.

    Args:
        pictures: Uint8 `(height, width, 3)`, None for an empty place, the first one is none.
        num_columns: Pictures a row.

    Returns:
        uint8 `(rows * height, columns * width, 4)`, with gaps between.
    """
    first = pictures[0]
    assert first is not None
    height, width = first.shape[:2]
    num_columns = min(num_columns, len(pictures))
    num_rows = math.ceil(len(pictures) / num_columns)
    shape = (num_rows * (height + GAP) - GAP, num_columns * (width + GAP) - GAP, 4)
    grid = np.zeros(shape, np.uint8)
    for place, picture in enumerate(pictures):
        if picture is None:
            continue
        top = place // num_columns * (height + GAP)
        left = place % num_columns * (width + GAP)
        grid[top : top + height, left : left + width, :3] = picture
        grid[top : top + height, left : left + width, 3] = 255
    return grid
