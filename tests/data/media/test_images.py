"""Images of every sort: what they are, how they decode, and what is said of broken ones."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlstudio.data.media.errors import UnreadableMedia
from dlstudio.data.media.images import (
    IMAGE_EXTENSIONS,
    decode_image,
    probe_image,
    summarize_images,
)
from dlstudio.spec.inputs.image import ImageChannels, ImageDepth, ImageFit, ImagePreprocessing
from tests.data.collection.files import huge_picture

RED = (220, 30, 20)


def settings(
    width: int, height: int, channels: str = "color", fit: str = "stretch", depth: str = "8"
) -> ImagePreprocessing:
    return ImagePreprocessing(
        width=width,
        height=height,
        channels=ImageChannels(channels),
        fit=ImageFit(fit),
        depth=ImageDepth(depth),
    )


def save(path: Path, image: Image.Image, image_format: str, **options: object) -> Path:
    image.save(path, image_format, **options)
    return path


@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF"])
def test_every_format_is_read(tmp_path: Path, image_format: str) -> None:
    path = save(tmp_path / "x", Image.new("RGB", (24, 16), RED), image_format)
    probe = probe_image(path)
    assert (probe.width, probe.height, probe.format) == (24, 16, image_format.lower())
    pixels = decode_image(path, settings(24, 16))
    assert pixels.shape == (16, 24, 3) and pixels.dtype == np.uint8
    assert np.abs(pixels.astype(int) - RED).max() <= 6


@pytest.mark.parametrize(
    ("mode", "num_channels"),
    [("1", 1), ("L", 1), ("I;16", 1), ("LA", 1), ("P", 3), ("RGB", 3), ("RGBA", 3), ("CMYK", 3)],
)
def test_every_mode_is_read(tmp_path: Path, mode: str, num_channels: int) -> None:
    image = Image.new("RGB", (10, 8), RED)
    image = Image.fromarray(np.full((8, 10), 40_000, np.uint16)) if mode == "I;16" else image
    image = image if mode in ("I;16", "RGB") else image.convert(mode)
    path = save(tmp_path / "x.tif", image, "TIFF")
    assert probe_image(path).num_channels == num_channels
    for channels, count in (("grey", 1), ("color", 3), ("color_alpha", 4)):
        assert decode_image(path, settings(9, 8, channels)).shape == (8, 9, count)


def test_sixteen_bits_become_eight_if_asked(tmp_path: Path) -> None:
    ramp = np.linspace(0, 65_535, 64).astype(np.uint16).reshape(8, 8)
    path = save(tmp_path / "x.png", Image.fromarray(ramp), "PNG")
    assert np.array_equal(decode_image(path, settings(8, 8, "grey"))[..., 0], ramp >> 8)


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-3.0, 900.0)])
def test_real_numbers_become_bytes(tmp_path: Path, low: float, high: float) -> None:
    values = np.linspace(low, high, 64, dtype=np.float32).reshape(8, 8)
    path = save(tmp_path / "x.tif", Image.fromarray(values), "TIFF")
    pixels = decode_image(path, settings(8, 8, "grey"))
    assert (pixels.min(), pixels.max()) == (0, 255)


def test_an_image_is_turned_as_its_camera_was(tmp_path: Path) -> None:
    pixels = np.zeros((16, 32, 3), np.uint8)
    pixels[:, :16] = 255  # the left half is white
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise: left becomes top
    path = save(tmp_path / "x.jpg", Image.fromarray(pixels), "JPEG", exif=exif, quality=95)
    assert (probe_image(path).width, probe_image(path).height) == (16, 32)
    shown = decode_image(path, settings(16, 32, "grey"))[..., 0]
    assert shown[:14].min() > 200 and shown[18:].max() < 50


def test_a_palette_of_greys_is_grey(tmp_path: Path) -> None:
    grey = Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8))
    assert probe_image(save(tmp_path / "x.gif", grey, "GIF")).num_channels == 1


def test_transparent_parts_are_a_channel_or_white(tmp_path: Path) -> None:
    image = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    path = save(tmp_path / "x.png", image, "PNG")
    assert probe_image(path).num_channels == 4
    assert decode_image(path, settings(8, 8)).min() == 255
    assert decode_image(path, settings(8, 8, "color_alpha"))[..., 3].max() == 0


def test_a_colour_may_stand_for_transparent(tmp_path: Path) -> None:
    path = save(tmp_path / "x.png", Image.new("RGB", (8, 8), RED), "PNG", transparency=RED)
    assert probe_image(path).num_channels == 4
    assert decode_image(path, settings(8, 8)).min() == 255


def test_the_first_picture_of_an_animation_is_taken(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 8), color) for color in (RED, (0, 0, 255))]
    path = save(tmp_path / "x.gif", frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert decode_image(path, settings(8, 8))[0, 0, 0] > 200


def test_the_content_decides_and_not_the_name(tmp_path: Path) -> None:
    path = save(tmp_path / "x.png", Image.new("RGB", (8, 8), RED), "JPEG")
    assert probe_image(path).format == "jpeg"


def wide_image(path: Path) -> Path:
    """20 x 10: a white square in the middle, black to its left and right."""
    pixels = np.zeros((10, 20, 3), np.uint8)
    pixels[:, 5:15] = 255
    return save(path, Image.fromarray(pixels), "PNG")


def test_crop_keeps_the_middle(tmp_path: Path) -> None:
    path = wide_image(tmp_path / "x.png")
    assert decode_image(path, settings(10, 10, fit="crop")).min() == 255


def test_pad_adds_black_above_and_below(tmp_path: Path) -> None:
    pixels = decode_image(wide_image(tmp_path / "x.png"), settings(20, 20, fit="pad"))
    assert pixels[:5].max() == 0 and pixels[15:].max() == 0
    assert pixels[5:15, 5:15].min() == 255


def test_stretch_shows_everything(tmp_path: Path) -> None:
    pixels = decode_image(wide_image(tmp_path / "x.png"), settings(10, 10))
    assert pixels[:, :2].max() == 0 and pixels[:, 4:6].min() == 255


def test_shrinking_averages_and_does_not_pick(tmp_path: Path) -> None:
    board = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    path = save(tmp_path / "x.png", Image.fromarray(board), "PNG")
    pixels = decode_image(path, settings(8, 8, "grey"))
    assert np.abs(pixels.astype(int) - 127).max() <= 2


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (2_000, 3)])
def test_odd_shapes_are_brought_to_size(tmp_path: Path, size: tuple[int, int]) -> None:
    path = save(tmp_path / "x.jpg", Image.new("RGB", size, RED), "JPEG")
    for fit in ImageFit:
        assert decode_image(path, settings(24, 32, fit=fit.value)).shape == (32, 24, 3)


def reason_of(path: Path) -> str:
    with pytest.raises(UnreadableMedia) as caught:
        probe_image(path)
    with pytest.raises(UnreadableMedia):
        decode_image(path, settings(8, 8))
    assert path.name in caught.value.problem
    return caught.value.reason


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"")
    assert reason_of(tmp_path / "x.png") == "is empty (0 bytes)"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"Hello, I am no picture.\n" * 9, "a text"),
        (b"%PDF-1.7\n\0", "a PDF document"),
        (b"<!DOCTYPE html><p>404</p>", "a web page"),
        (b"PK\x03\x04\0\0", "a ZIP archive"),
    ],
)
def test_a_file_that_is_something_else_is_named(tmp_path: Path, content: bytes, what: str) -> None:
    (tmp_path / "x.jpg").write_bytes(content)
    assert reason_of(tmp_path / "x.jpg") == f"is {what}, not an image"


@pytest.mark.parametrize(
    ("content", "which"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a HEIC"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1", "an AVIF"),
        (b"8BPS\0\x01", "a Photoshop"),
    ],
)
def test_an_image_in_another_format_is_named(tmp_path: Path, content: bytes, which: str) -> None:
    (tmp_path / "x.jpg").write_bytes(content)
    expected = f"is {which} image; PNG, JPEG, BMP, GIF, WebP and TIFF can be read"
    assert reason_of(tmp_path / "x.jpg") == expected


def test_junk_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.jpg").write_bytes(np.random.default_rng(0).bytes(500))
    assert reason_of(tmp_path / "x.jpg") == "is damaged, or not an image that can be read"


def test_a_file_cut_off_in_its_beginning_is_told(tmp_path: Path) -> None:
    path = save(tmp_path / "x.png", Image.new("RGB", (24, 16), RED), "PNG")
    path.write_bytes(path.read_bytes()[:20])
    assert reason_of(path).startswith("is damaged or cut off")


@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF"])
def test_a_file_that_was_cut_off_is_told(tmp_path: Path, image_format: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (80, 80, 3), np.uint8)
    path = save(tmp_path / "x", Image.fromarray(noise), image_format)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "damaged" in reason_of(path)


def test_a_huge_image_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(huge_picture(30_000))
    assert reason_of(path) == "has 900 megapixels; at most 80 megapixels are read"


def test_an_image_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "x.png", Image.new("1", (9_000, 9_000)), "PNG")
    assert reason_of(path) == "has 9,000 x 9,000 pixels; at most 80 megapixels are read"


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_any_bytes_give_an_image_or_a_reason(tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    path = tmp_path / "x"
    for image_format in ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF"):
        file = io.BytesIO()
        Image.fromarray(generator.integers(0, 256, (20, 20, 3), np.uint8)).save(file, image_format)
        for _ in range(60):
            content = bytearray(file.getvalue())
            for place in generator.integers(0, len(content), 6):
                content[place] = generator.integers(0, 256)
            path.write_bytes(content)
            try:
                probe_image(path)
                assert decode_image(path, settings(8, 8)).shape == (8, 8, 3)
            except UnreadableMedia as error:
                assert error.reason


def test_a_summary_holds_all_images(tmp_path: Path) -> None:
    grey = save(tmp_path / "1.png", Image.new("L", (10, 30)), "PNG")
    color = save(tmp_path / "2.jpg", Image.new("RGB", (20, 8)), "JPEG")
    summary = summarize_images([probe_image(path) for path in (grey, color, color)])
    assert (summary.width.min, summary.width.median, summary.width.max) == (10, 20, 20)
    assert summary.num_channels == 3 and summary.formats == {"jpeg": 2, "png": 1}


def test_endings_are_lower_case() -> None:
    assert all(ending == ending.lower() and ending[0] == "." for ending in IMAGE_EXTENSIONS)
