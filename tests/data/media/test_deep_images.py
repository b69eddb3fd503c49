"""Grey images of 16 bits and more keep their depth."""

import tracemalloc
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from dlstudio.data.media.deep_grey import LARGEST_16, grey_levels
from dlstudio.data.media.images import (
    ImageProbe,
    decode_image,
    probe_image,
    summarize_images,
)
from dlstudio.spec.inputs.image import ImageDepth, ImagePreprocessing, resolve_image
from tests.data.media.test_images import save, settings

RAMP = np.linspace(0, LARGEST_16, 256).astype(np.uint16).reshape(16, 16)


@pytest.mark.parametrize(
    ("image_format", "options"),
    [("PNG", {}), ("TIFF", {}), ("TIFF", {"compression": "tiff_lzw"})],
)
def test_all_sixteen_bits_are_read(
    tmp_path: Path, image_format: str, options: dict[str, str]
) -> None:
    path = save(tmp_path / "x", Image.fromarray(RAMP), image_format, **options)
    assert probe_image(path).is_deep
    pixels = decode_image(path, settings(16, 16, "grey", depth="16"))
    assert pixels.dtype == np.uint16 and np.array_equal(pixels[..., 0], RAMP)
    assert np.array_equal(decode_image(path, settings(16, 16, "grey"))[..., 0], RAMP >> 8)


def test_big_endian_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.tif"
    assert cv2.imwrite(str(path), RAMP)
    head = path.read_bytes()[:2]
    assert np.array_equal(decode_image(path, settings(16, 16, "grey", depth="16"))[..., 0], RAMP)
    swapped = Image.frombytes("I;16B", (16, 16), RAMP.astype(">u2").tobytes())
    path = save(tmp_path / "y.tif", swapped, "TIFF")
    assert head and path.read_bytes()[:2] in (b"MM", b"II")
    assert np.array_equal(decode_image(path, settings(16, 16, "grey", depth="16"))[..., 0], RAMP)


@pytest.mark.parametrize("fit", ["stretch", "crop", "pad"])
def test_shrinking_averages_all_bits(tmp_path: Path, fit: str) -> None:
    board = (np.indices((64, 64)).sum(axis=0) % 2 * 201 + 1_000).astype(np.uint16)
    path = save(tmp_path / "x.png", Image.fromarray(board), "PNG")
    pixels = decode_image(path, settings(8, 8, "grey", fit, "16")).astype(int)
    assert np.abs(pixels - 1_100).max() <= 3


def test_padding_is_black_and_alpha_is_whole(tmp_path: Path) -> None:
    wide = np.full((8, 16), 300, np.uint16)
    path = save(tmp_path / "x.png", Image.fromarray(wide), "PNG")
    pixels = decode_image(path, settings(16, 16, "color_alpha", "pad", "16"))
    assert pixels.shape == (16, 16, 4) and pixels[..., 3].min() == LARGEST_16
    assert pixels[0, :, :3].max() == 0 and pixels[8, :, :3].min() == 300


def test_a_deep_image_is_turned_as_its_camera_was(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    for name, image in (("a", RAMP), ("b", RAMP.astype(np.float32))):
        path = save(tmp_path / f"{name}.tif", Image.fromarray(image), "TIFF", exif=exif)
        pixels = decode_image(path, settings(16, 16, "grey", depth="16"))[..., 0]
        assert np.array_equal(pixels, np.rot90(RAMP, -1))


def test_bytes_among_deep_images_reach_the_same_white(tmp_path: Path) -> None:
    white = save(tmp_path / "x.png", Image.new("RGB", (8, 8), (255, 128, 0)), "PNG")
    pixels = decode_image(white, settings(8, 8, depth="16"))
    assert pixels.dtype == np.uint16 and pixels[0, 0].tolist() == [LARGEST_16, 128 * 257, 0]


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-3.0, 900.0), (5.0, 5.0)])
def test_real_numbers_use_all_levels(low: float, high: float) -> None:
    values = np.linspace(low, high, 600, dtype=np.float32).reshape(20, 30)
    levels = grey_levels(values, LARGEST_16)
    assert levels.dtype == np.uint16
    expected = (values - (0.0 if high <= 1 else low)) / ((high - low) or 1.0)
    assert np.abs(levels - np.clip(expected, 0, 1) * LARGEST_16).max() <= 1


def test_what_is_no_number_is_black() -> None:
    values = np.array([[np.nan, 0.5, np.inf, 1.0]], np.float32)
    assert grey_levels(values, 255).tolist() == [[0, 128, 0, 255]]


def test_a_large_deep_image_takes_little_more_than_itself() -> None:
    values = np.zeros((6_000, 5_000), np.float32)
    tracemalloc.start()
    grey_levels(values, LARGEST_16)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60e6 + 100e6  # the levels, and a band of rows


def test_a_column_of_deep_grey_is_read_with_all_bits() -> None:
    probes = [ImageProbe(8, 8, 1, "png"), ImageProbe(8, 8, 1, "tiff", is_deep=True)]
    summary = summarize_images(probes)
    assert summary.bits == 16
    assert resolve_image(ImagePreprocessing(), summary).depth is ImageDepth.BITS_16
    chosen = resolve_image(ImagePreprocessing(depth=ImageDepth.BITS_8), summary)
    assert chosen.depth is ImageDepth.BITS_8
    assert resolve_image(ImagePreprocessing(), None).depth is ImageDepth.BITS_8
    assert summarize_images(probes[:1]).bits == 8
