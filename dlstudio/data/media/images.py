"""Images: checked, described and decoded for ingest and training alike, all but a few by Pillow."""

import math
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import BinaryIO

import numpy as np
from PIL import Image, UnidentifiedImageError

from dlstudio.data.foreign import name_content
from dlstudio.data.media.deep_color import (
    deep_color_bytes,
    fit_deep_color,
    has_deep_channels,
    has_unreadable_planes,
    read_deep_color,
)
from dlstudio.data.media.deep_grey import (
    BYTES_TO_16,
    is_deep_grey,
    to_8_bit,
    to_16_bit,
    to_deep_channels,
)
from dlstudio.data.media.errors import PILLOW_ERRORS, UnreadableMedia
from dlstudio.data.media.image_fit import fit_image, is_turned, upright
from dlstudio.data.media.image_pages import count_pages, warn_pages
from dlstudio.data.media.spreads import spread
from dlstudio.spec.dataset import QualityWarning
from dlstudio.spec.inputs.image import ImageChannels, ImageDepth, ImageFit, ImagePreprocessing
from dlstudio.spec.media import ImageSummary

IMAGE_EXTENSIONS = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".gif", ".webp", ".tif", ".tiff"}
)
# The content decides which of these a file is.
PILLOW_FORMATS = ("PNG", "JPEG", "BMP", "DIB", "GIF", "WEBP", "TIFF")
# Below Pillow's own alarm at 89 million. In RGBA this is 320 MB.
MAX_PIXELS = 80_000_000
# Of colours of 16 bits, which OpenCV decodes twice over: checking one takes 1.24 GB.
MAX_DEEP_COLOR_BYTES = 400 * 1_000_000
# Images above this are decoded one at a time, so that threads do not need it together.
LARGE_PIXELS = 8_000_000
_one_large = Lock()
# Tags that Pillow cannot make sense of are no business of the person who adds a dataset.
warnings.filterwarnings("ignore", category=UserWarning, module="PIL")
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
_OTHER_IMAGES = (
    (4, b"ftyphei", "a HEIC"),
    (4, b"ftypmif1", "a HEIC"),
    (4, b"ftypavif", "an AVIF"),
    (0, b"\0\0\0\x0cjP  ", "a JPEG 2000"),
    (0, b"8BPS", "a Photoshop"),
)
_SIZE_FIX = "Make it smaller: at most {0:,} x {0:,} pixels, or as many in another shape.".format(
    math.isqrt(MAX_PIXELS)
)
_GREY_MODES = frozenset({"1", "L", "LA"})


@dataclass(frozen=True, slots=True)
class ImageProbe:
    """What one image is.

    Attributes:
        width: Pixels across, as shown.
        height: Pixels down, as shown.
        num_channels: 1 if it is grey, 4 if a part is transparent, else 3.
        format: Such as "png"; its content's, whatever its name says.
        is_deep: Whether it has 16 bits or more a pixel and channel, all of which are read.
        loses_depth: Whether its channels have 16 bits, of which the upper 8 are read.
        num_pages: Images that the file holds, of which the first is read.
    """

    width: int
    height: int
    num_channels: int
    format: str
    is_deep: bool = False
    loses_depth: bool = False
    num_pages: int = 1


def probe_image(path: Path) -> ImageProbe:
    """Check an image by decoding all of it.

    Args:
        path: The file.

    Raises:
        UnreadableMedia: It is no image, damaged, cut off or too large.
    """
    with _opened(path) as image:
        # First of all: to look for a PNG's orientation loads it, and its tiles are gone.
        is_deep = is_deep_grey(image) or read_deep_color(path, image) is not None
        loses_depth = not is_deep and has_deep_channels(image)
        width, height = image.size
        if is_turned(image):
            width, height = height, width
        # Many cameras write MPO, a JPEG with a second view behind it.
        image_format = "jpeg" if image.format == "MPO" else str(image.format).lower()
        image.draft(None, (max(1, width // 8), max(1, height // 8)))
        image.load()
        num_channels = _num_channels(image)
        return ImageProbe(
            width, height, num_channels, image_format, is_deep, loses_depth, count_pages(image)
        )


def decode_image(path: Path, settings: ImagePreprocessing) -> np.ndarray:
    """Decode an image to the size and channels that a network sees.

    Args:
        path: The file.
        settings: Resolved: width, height, channels and depth are decided.

    Returns:
        uint8 or, with a depth of 16 bits, uint16 `(height, width, channels)`; transparent parts
        are white unless there is a channel for them, and what padding adds is black.

    Raises:
        UnreadableMedia: It is no image, damaged, cut off or too large.
    """
    height, width, num_channels = settings.shape
    is_deep = settings.depth is ImageDepth.BITS_16
    with _opened(path) as image:
        colors = read_deep_color(path, image) if is_deep else None
        if colors is not None:
            return fit_deep_color(colors, image, settings)
        needed = (height, width) if is_turned(image) else (width, height)
        _draft(image, needed, settings.fit)
        if is_deep and is_deep_grey(image):
            fitted = fit_image(upright(to_16_bit(image)), (width, height), settings.fit)
            return to_deep_channels(np.asarray(fitted), settings.channels)
        fitted = fit_image(upright(_averageable(image)), (width, height), settings.fit)
        pixels = np.asarray(_to_channels(fitted, settings.channels), dtype=np.uint8)
    if is_deep:
        pixels = pixels.astype(np.uint16) * BYTES_TO_16
    return pixels.reshape(height, width, num_channels)


def is_animation(file: BinaryIO) -> bool:
    """Whether a file is an image that moves.

    Args:
        file: Its content, from the beginning.
    """
    try:
        with Image.open(file, formats=PILLOW_FORMATS) as image:
            return bool(getattr(image, "is_animated", False))
    except (UnidentifiedImageError, Image.DecompressionBombError, *PILLOW_ERRORS):
        return False


def summarize_images(probes: Sequence[ImageProbe]) -> ImageSummary:
    """Describe the images of a column.

    Args:
        probes: At least one.
    """
    return ImageSummary(
        width=spread([probe.width for probe in probes]),
        height=spread([probe.height for probe in probes]),
        num_channels=max(probe.num_channels for probe in probes),
        formats=dict(Counter(probe.format for probe in probes).most_common()),
        bits=16 if any(probe.is_deep for probe in probes) else 8,
    )


def warn_images(column: str, probes: Mapping[str, ImageProbe]) -> Iterator[QualityWarning]:
    """Tell which images lose depth when they are read, and of which files more is not read.

    Args:
        column: The column of the images.
        probes: What the files are, by name.
    """
    yield from warn_pages(column, {name: probe.num_pages for name, probe in probes.items()})
    deep = [name for name, probe in probes.items() if probe.loses_depth]
    if deep:
        noun = "image has" if len(deep) == 1 else "images have"
        yield QualityWarning(
            code="deep-colors",
            where=column,
            problem=f"{len(deep):,} {noun} channels of 16 bits in a form of which only the upper 8 "
            f"can be read, the first is {deep[0]!r}.",
            fix="Nothing needs to be done for photos; save measurements as PNG or RGB TIFF.",
        )


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """An image whose size was checked; whatever fails while it is open is said in words."""
    with path.open("rb") as file:
        image = _identify(path, file)
        lock = _one_large if image.width * image.height > LARGE_PIXELS else _NO_LOCK
        with lock, image:
            try:
                yield image
            except UnreadableMedia:
                raise
            except Image.DecompressionBombError as error:
                raise UnreadableMedia(_too_large(str(error)), path, _SIZE_FIX) from error
            except PILLOW_ERRORS as error:
                raise UnreadableMedia(f"is damaged or cut off ({_reason(error)})", path) from error


def _identify(path: Path, file: BinaryIO) -> Image.Image:
    try:
        image = Image.open(file, formats=PILLOW_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadableMedia(_too_large(str(error)), path, _SIZE_FIX) from error
    except UnidentifiedImageError as error:
        file.seek(0)
        raise UnreadableMedia(_why_no_image(file.read(4096)), path) from error
    except PILLOW_ERRORS as error:
        raise UnreadableMedia(f"is damaged or cut off ({_reason(error)})", path) from error
    if image.width * image.height > MAX_PIXELS:
        size = f"{image.width:,} x {image.height:,} pixels"
        raise UnreadableMedia(_over_limit(size), path, _SIZE_FIX)
    if deep_color_bytes(image) > MAX_DEEP_COLOR_BYTES:
        raise UnreadableMedia(_too_deep(image), path)
    if has_unreadable_planes(image):
        raise UnreadableMedia(
            "keeps its colours of 16 bits in separate planes, which cannot be read; save it with "
            "interleaved channels",
            path,
        )
    return image


def _why_no_image(head: bytes) -> str:
    if not head:
        return "is empty (0 bytes)"
    for place, mark, which in _OTHER_IMAGES:
        if head[place:].startswith(mark):
            return f"is {which} image; PNG, JPEG, BMP, GIF, WebP and TIFF can be read"
    what = name_content(head)
    if what is not None and what.endswith("picture"):
        return "is damaged or cut off"
    return f"is {what}, not an image" if what else "is damaged, or not an image that can be read"


def _too_large(pillow_words: str) -> str:
    found = re.search(r"\((\d+) pixels\)", pillow_words)
    return _over_limit(f"{int(found[1]) / 1e6:,.0f} megapixels" if found else "too many pixels")


def _over_limit(size: str) -> str:
    return f"has {size}; at most {MAX_PIXELS // 1_000_000} megapixels are read"


def _too_deep(image: Image.Image) -> str:
    megabytes = deep_color_bytes(image) // 1_000_000
    return (
        f"has {image.width:,} x {image.height:,} pixels in colours of 16 bits, {megabytes:,} MB in "
        f"memory; at most {MAX_DEEP_COLOR_BYTES // 1_000_000:,} MB are read; make it smaller, or "
        "save it with 8 bits a channel"
    )


def _reason(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:120].rstrip(".")


def _num_channels(image: Image.Image) -> int:
    if image.has_transparency_data:
        alpha = image.convert("RGBA").getchannel("A")
        if alpha.getextrema() != (255, 255):
            return 4
    if image.mode in _GREY_MODES or is_deep_grey(image):
        return 1
    if image.mode in ("P", "PA"):
        palette = np.asarray(image.convert("RGB").getcolors(256) or [(0, (0, 1, 2))], dtype=object)
        return 1 if all(len(set(color)) == 1 for _, color in palette) else 3
    return 3


def _draft(image: Image.Image, needed: tuple[int, int], fit: ImageFit) -> None:
    """Let a JPEG be decoded at a half, a quarter or an eighth where that loses nothing."""
    shares = [side / length for side, length in zip(needed, image.size, strict=True)]
    share = 2 * (min(shares) if fit is ImageFit.PAD else max(shares))
    if share < 1:
        image.draft(None, (int(image.width * share) + 1, int(image.height * share) + 1))


def _averageable(image: Image.Image) -> Image.Image:
    """Bring deep grey to 8 bits, and whatever cannot be averaged to colours."""
    if is_deep_grey(image):
        return to_8_bit(image)
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("P", "PA"):
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    if image.mode in ("L", "RGB") and image.has_transparency_data:
        return image.convert("RGBA")  # one colour is marked as transparent
    return image


def _to_channels(image: Image.Image, channels: ImageChannels) -> Image.Image:
    if channels is ImageChannels.COLOR_ALPHA:
        return image.convert("RGBA")
    if image.has_transparency_data:
        colors = image.convert("RGBA")
        white = Image.new("RGBA", image.size, (255, 255, 255, 255))
        image = Image.alpha_composite(white, colors)
    return image.convert("L" if channels is ImageChannels.GREY else "RGB")


class _NoLock:
    """Stands for a lock where none is needed."""

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(self, *exception: object) -> None:
        """Do nothing."""


_NO_LOCK = _NoLock()
