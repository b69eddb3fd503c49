"""Images as they are shown, at the size that a network sees."""

import numpy as np
from PIL import Image, ImageOps
from PIL.TiffImagePlugin import TiffImageFile

from dlstudio.spec.inputs.image import ImageFit

ORIENTATION = 0x0112
"""The EXIF tag that says how a camera was held."""


def is_turned(image: Image.Image) -> bool:
    """Whether width and height change places when an image is shown."""
    return _mark_of(image) in (5, 6, 7, 8)


def upright(image: Image.Image) -> Image.Image:
    """Turn an image as its camera was held."""
    return ImageOps.exif_transpose(image) if _mark_of(image) else image


def with_mark_of(image: Image.Image, pixels: np.ndarray) -> Image.Image:
    """Make an image of pixels that were read from another, with the same orientation mark."""
    made = Image.fromarray(pixels)
    mark = _mark_of(image)
    if mark:
        made.getexif()[ORIENTATION] = mark
    return made


def fit_image(image: Image.Image, size: tuple[int, int], fit: ImageFit) -> Image.Image:
    """Bring an image to a size, averaging over what becomes one pixel.

    Args:
        image: Upright, in a mode that Pillow averages rightly.
        size: Width and height.
        fit: What becomes of an image of another shape.
    """
    if image.size == size:
        return image
    if fit is ImageFit.STRETCH:
        return image.resize(size, Image.Resampling.BILINEAR, reducing_gap=3.0)
    width, height = image.size
    if fit is ImageFit.CROP:
        share = min(width / size[0], height / size[1])
        left, top = (width - size[0] * share) / 2, (height - size[1] * share) / 2
        box = (left, top, left + size[0] * share, top + size[1] * share)
        return image.resize(size, Image.Resampling.BILINEAR, box=box, reducing_gap=3.0)
    share = min(size[0] / width, size[1] / height)
    inner = (max(1, round(width * share)), max(1, round(height * share)))
    small = image.resize(inner, Image.Resampling.BILINEAR, reducing_gap=3.0)
    return _padded(small, size)


def _padded(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    if image.mode not in ("L", "RGB", "RGBA", "F"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    black = (0, 0, 0, 255) if image.mode == "RGBA" else 0
    canvas = Image.new(image.mode, size, black)
    canvas.paste(image, ((size[0] - image.width) // 2, (size[1] - image.height) // 2))
    return canvas


def _mark_of(image: Image.Image) -> int | None:
    """How a camera was held; None for a TIFF, which Pillow and OpenCV turn by themselves."""
    return None if isinstance(image, TiffImageFile) else image.getexif().get(ORIENTATION)
