"""Colours of 16 bits a channel: Pillow would cut them to 8, so OpenCV decodes these files."""

import re
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from dlstudio.data.media import opencv
from dlstudio.data.media.deep_grey import LARGEST_16, bands
from dlstudio.data.media.image_fit import fit_image, upright, with_mark_of
from dlstudio.spec.inputs.image import ImageChannels, ImagePreprocessing

# How Pillow names the pixels of files that OpenCV gives as they are. Others: "CMYK", and "RGBa",
# whose colours were multiplied by their opacity. The X of "RGBX" means nothing.
_READ = re.compile(r"(LA|RGB|RGBA|RGBX);16[BLN]")
_GREY_WEIGHTS = (0.299, 0.587, 0.114)
_BITS, _COMPRESSION, _SAMPLES, _PLANES = 258, 259, 277, 284
_APART, _NOT_COMPRESSED = 2, 1


def has_deep_channels(image: Image.Image) -> bool:
    """Whether a file has several channels of 16 bits.

    Args:
        image: Opened, and not yet loaded: a loaded image has forgotten its file.
    """
    return ";16" in _pixels_of(image) and image.mode in ("RGB", "RGBA", "LA", "CMYK", "RGBX")


def has_unreadable_planes(image: Image.Image) -> bool:
    """Whether a file holds what neither Pillow nor OpenCV reads rightly: 16 bits, plane by plane.

    Args:
        image: Opened.
    """
    if not isinstance(image, TiffImageFile) or not _has_planes(image):
        return False
    tags = image.tag_v2
    is_deep = max(tags.get(_BITS, (1,))) == 16 and tags.get(_SAMPLES, 1) > 1
    return is_deep and tags.get(_COMPRESSION, _NOT_COMPRESSED) == _NOT_COMPRESSED


def deep_color_bytes(image: Image.Image) -> int:
    """How large an image is that `read_deep_color` decodes; 0 if it is none.

    Args:
        image: Opened, and not yet loaded.
    """
    found = _READ.fullmatch(_pixels_of(image))
    if not found:
        return 0
    num_channels = 3 if found[1] == "RGB" and not image.has_transparency_data else 4
    return image.width * image.height * num_channels * 2


def read_deep_color(path: Path, image: Image.Image) -> np.ndarray | None:
    """Decode colours of 16 bits a channel.

    Args:
        path: The file.
        image: The same file, opened and not yet loaded, of a size that was checked.

    Returns:
        uint16 `(height, width, 3 or 4)`, as the file has them: blue, green, red and, if the image
        can be transparent, opacity. None if it is no such image, or one that OpenCV cannot read:
        Pillow then says what is wrong with it, or reads its upper 8 bits.
    """
    pixels = _pixels_of(image)
    if not _READ.fullmatch(pixels) or _has_planes(image):
        return None
    try:
        # Its `imread` fails on TIFFs that lie on their side, and on some names on Windows.
        found = opencv.cv2.imdecode(np.memmap(path, np.uint8, "r"), opencv.cv2.IMREAD_UNCHANGED)
    except opencv.cv2.error:
        return None
    if found is None or found.dtype != np.uint16 or found.shape[:2] != image.size[::-1]:
        return None
    return found[..., :3] if pixels.startswith("RGBX") else found


def fit_deep_color(
    colors: np.ndarray, image: Image.Image, settings: ImagePreprocessing
) -> np.ndarray:
    """Bring colours of 16 bits to the size and channels that a network sees.

    Args:
        colors: Of `read_deep_color`; changed where they are transparent.
        image: The file they were read from, for its orientation.
        settings: Resolved: width, height and channels are decided.

    Returns:
        uint16 `(height, width, channels)`; transparent parts are white unless there is a channel
        for them, and what padding adds is black.
    """
    height, width, _ = settings.shape

    def fitted(levels: np.ndarray) -> np.ndarray:
        """One channel, float32; Pillow averages no channels of 16 bits together."""
        channel = with_mark_of(image, levels.astype(np.float32))
        return np.asarray(fit_image(upright(channel), (width, height), settings.fit))

    # As clearness instead of opacity, so that the black of padding is opaque.
    clear = fitted(_multiply_by_opacity(colors)) if colors.shape[-1] == 4 else 0.0
    parts = [fitted(colors[..., place]) for place in (2, 1, 0)]
    if settings.channels is ImageChannels.COLOR_ALPHA:
        opacity = np.broadcast_to(LARGEST_16 - clear, (height, width))
        share = LARGEST_16 / np.maximum(opacity, 1.0)
        parts = [*(part * share for part in parts), opacity]
    else:
        parts = [part + clear for part in parts]
    if settings.channels is ImageChannels.GREY:
        parts = [sum(part * w for part, w in zip(parts, _GREY_WEIGHTS, strict=True))]
    return np.clip(np.round(np.stack(parts, axis=-1)), 0, LARGEST_16).astype(np.uint16)


def _multiply_by_opacity(colors: np.ndarray) -> np.ndarray:
    """Darken what is transparent, in place, so that it does not colour its neighbours.

    Returns:
        How far each pixel is from opaque, uint16 `(height, width)`.
    """
    for rows in bands(colors):
        share = colors[rows, :, 3:].astype(np.float32) / LARGEST_16
        colors[rows, :, :3] = np.round(colors[rows, :, :3] * share)
    return LARGEST_16 - colors[..., 3]


def _pixels_of(image: Image.Image) -> str:
    """How the first tile of a file keeps its pixels, in Pillow's words such as "RGB;16B"."""
    tiles = getattr(image, "tile", [])
    if not tiles:
        return ""
    args = tiles[0].args
    return str(args[0] if isinstance(args, tuple) and args else args)


def _has_planes(image: Image.Image) -> bool:
    """Whether a TIFF keeps each channel by itself."""
    return isinstance(image, TiffImageFile) and image.tag_v2.get(_PLANES) == _APART
