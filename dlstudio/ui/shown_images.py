"""Images of files as a person sees them, dark measurements of 16 bits included."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dlstudio.data.media.deep_grey import BYTES_TO_16
from dlstudio.data.media.read import decode_files
from dlstudio.spec.dataset import ColumnKind
from dlstudio.spec.inputs.image import ImageChannels, ImageDepth, ImageFit, ImagePreprocessing

# Of the shades of a 16-bit image this many per cent at both ends become black and white.
CUT_PERCENT = 0.2


def shown_images(paths: Sequence[Path | None], side: int) -> list[np.ndarray | None]:
    """Decode images for a page, whole and padded to squares.

    Args:
        paths: The files; None where there is none.
        side: Pixels across and down.

    Returns:
        uint8 `(side, side, 3)` each; None where there is no file.

    Raises:
        DataError: A file is gone or cannot be decoded; names it.
    """
    look = ImagePreprocessing(
        width=side,
        height=side,
        fit=ImageFit.PAD,
        channels=ImageChannels.COLOR,
        depth=ImageDepth.BITS_16,
    )
    found = decode_files(ColumnKind.IMAGE, paths, look)
    return [None if pixels is None else _to_bytes(pixels) for pixels in found]


def _to_bytes(pixels: np.ndarray) -> np.ndarray:
    """Images of 8 bits as they are; those of 16 spread over all shades, or they would be black."""
    as_bytes, rest = np.divmod(pixels, BYTES_TO_16)
    if not rest.any():
        return as_bytes.astype(np.uint8)
    low, high = np.percentile(pixels, [CUT_PERCENT, 100.0 - CUT_PERCENT])
    share = (pixels.astype(np.float32) - low) / max(high - low, 1.0)
    return np.round(np.clip(share, 0.0, 1.0) * 255.0).astype(np.uint8)
