"""Colours of 16 bits keep their depth; what is read with 8 or not at all is said."""

import io
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from dlstudio.data.media.deep_grey import LARGEST_16
from dlstudio.data.media.errors import UnreadableMedia
from dlstudio.data.media.images import ImageProbe, decode_image, probe_image, warn_images
from dlstudio.settings import Settings
from dlstudio.spec.inputs.image import ImageDepth, ImagePreprocessing, resolve_image
from tests.data.collection.files import add_folder, cats_and_dogs
from tests.data.media.test_images import settings

RGBA = np.random.default_rng(0).integers(0, LARGEST_16 + 1, (12, 16, 4)).astype(np.uint16)
RGB = RGBA[..., :3]
LZW, DEFLATE, PACKBITS = 5, 8, 32_773
TURNED = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"


def encoded(pixels: np.ndarray, ending: str, compression: int = 1) -> bytes:
    """The bytes of a file that OpenCV writes; it takes blue first."""
    order = [2, 1, 0, 3][: pixels.shape[-1]]
    options = [] if ending == ".png" else [cv2.IMWRITE_TIFF_COMPRESSION, compression]
    return cv2.imencode(ending, pixels[..., order], options)[1].tobytes()


def png(pixels: np.ndarray, color_type: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG of 16 bits, by hand: Pillow writes none in colours."""
    height, width = pixels.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", width, height, 16, color_type, 0, 0, 0)
    parts = ((b"IHDR", head), *chunks, (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )


def claiming(size: tuple[int, int], color_type: int) -> bytes:
    """A small PNG whose head says that it has another width and height."""
    small = png(RGBA, color_type)
    head = b"IHDR" + struct.pack(">IIBBBBB", *size, 16, color_type, 0, 0, 0)
    return small[:12] + head + struct.pack(">I", zlib.crc32(head)) + small[12 + len(head) + 4 :]


def tiff(pixels: np.ndarray, tags: dict[int, int]) -> bytes:
    """An uncompressed TIFF of 16 bits with tags that neither library writes."""
    height, width, channels = pixels.shape
    planes = list(np.moveaxis(pixels, -1, 0)) if tags.get(284) == 2 else [pixels]
    data = [np.ascontiguousarray(plane).astype("<u2").tobytes() for plane in planes]
    fields = {256: [width], 257: [height], 258: [16] * channels, 259: [1], 262: [2]}
    fields |= {273: [0] * len(data), 277: [channels], 278: [height]}
    fields |= {279: [len(part) for part in data]} | {tag: [value] for tag, value in tags.items()}
    # Values that do not fit into their entry stand behind the list of entries.
    behind = 8 + 2 + 12 * len(fields) + 4
    first = behind + sum(4 * len(values) for values in fields.values() if len(values) > 1)
    fields[273] = [first + sum(map(len, data[:place])) for place in range(len(data))]
    entries = rest = b""
    for tag, values in sorted(fields.items()):
        packed = struct.pack(f"<{len(values)}I", *values)
        where = struct.pack("<I", behind + len(rest)) if len(values) > 1 else packed
        rest += packed if len(values) > 1 else b""
        entries += struct.pack("<HHI", tag, 4, len(values)) + where
    head = b"II*\0" + struct.pack("<IH", 8, len(fields))
    return head + entries + b"\0\0\0\0" + rest + b"".join(data)


def turned_bytes() -> bytes:
    """A TIFF of 8 bits that is turned when it is shown."""
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    Image.fromarray((RGB >> 8).astype(np.uint8)).save(file, "TIFF", exif=exif)
    return file.getvalue()


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("pixels", [RGB, RGBA], ids=["RGB", "RGBA"])
@pytest.mark.parametrize(
    ("ending", "compression"),
    [(".png", 1), (".tiff", 1), (".tiff", LZW), (".tiff", DEFLATE), (".tiff", PACKBITS)],
)
def test_all_sixteen_bits_of_a_colour_are_read(
    tmp_path: Path, pixels: np.ndarray, ending: str, compression: int
) -> None:
    opaque = pixels.copy()
    opaque[..., 3:] = LARGEST_16
    path = write(tmp_path / "x", encoded(opaque, ending, compression))
    probe = probe_image(path)
    assert probe.is_deep and not probe.loses_depth
    assert (probe.width, probe.height, probe.num_channels) == (16, 12, 3)
    found = decode_image(path, settings(16, 12, depth="16"))
    assert found.dtype == np.uint16 and np.array_equal(found, RGB)
    # With 8 bits asked for, Pillow gives the upper ones.
    assert np.abs(decode_image(path, settings(16, 12)).astype(int) - (RGB >> 8)).max() <= 1


def test_transparent_parts_are_white_or_keep_their_opacity(tmp_path: Path) -> None:
    path = write(tmp_path / "x.png", encoded(RGBA, ".png"))
    assert probe_image(path).num_channels == 4
    share = RGBA[..., 3:] / LARGEST_16
    on_white = RGB * share + LARGEST_16 * (1 - share)
    assert np.abs(decode_image(path, settings(16, 12, depth="16")) - on_white).max() <= 1.01
    kept = decode_image(path, settings(16, 12, "color_alpha", depth="16"))
    assert np.array_equal(kept[..., 3], RGBA[..., 3])
    seen = share[..., 0] > 0.05
    assert np.abs(kept[seen][:, :3].astype(int) - RGB[seen]).max() <= 12


def test_one_colour_that_is_marked_as_transparent_is_white(tmp_path: Path) -> None:
    mark = struct.pack(">HHH", *map(int, RGB[3, 4]))
    path = write(tmp_path / "x.png", png(RGB, 2, (b"tRNS", mark)))
    found = decode_image(path, settings(16, 12, depth="16"))
    assert found[3, 4].tolist() == [LARGEST_16] * 3
    assert np.array_equal(found[0], RGB[0])


def test_grey_with_opacity_keeps_its_depth(tmp_path: Path) -> None:
    pixels = np.dstack([RGB[..., 0], np.full(RGB.shape[:2], LARGEST_16, np.uint16)])
    path = write(tmp_path / "x.png", png(pixels, 4))
    assert probe_image(path).is_deep
    found = decode_image(path, settings(16, 12, "grey", depth="16"))
    assert np.array_equal(found[..., 0], RGB[..., 0])


def test_colours_become_grey_by_the_eye(tmp_path: Path) -> None:
    path = write(tmp_path / "x.png", encoded(RGB, ".png"))
    found = decode_image(path, settings(16, 12, "grey", depth="16"))
    assert np.abs(found[..., 0] - RGB @ [0.299, 0.587, 0.114]).max() <= 0.51


@pytest.mark.parametrize("fit", ["stretch", "crop", "pad"])
def test_shrinking_averages_all_bits_as_it_does_for_bytes(tmp_path: Path, fit: str) -> None:
    ramp = np.linspace(0, LARGEST_16, 60 * 80 * 3).astype(np.uint16).reshape(60, 80, 3)
    deep = write(tmp_path / "deep.png", encoded(ramp, ".png"))
    flat = tmp_path / "flat.png"
    Image.fromarray((ramp >> 8).astype(np.uint8)).save(flat)
    asked = settings(16, 16, fit=fit, depth="16")
    found = decode_image(deep, asked).astype(int)
    assert np.abs(found - decode_image(flat, asked)).max() <= 2 * 257
    board = np.indices((64, 64)).sum(axis=0)[..., None] % 2 * [201, 0, 201] + 1_000
    board = write(tmp_path / "board.png", encoded(board.astype(np.uint16), ".png"))
    found = decode_image(board, settings(8, 8, fit=fit, depth="16")).astype(int)
    assert np.abs(found - [1_100, 1_000, 1_100]).max() <= 3


def test_padding_is_black_and_opaque(tmp_path: Path) -> None:
    wide = write(tmp_path / "x.png", encoded(np.full((8, 16, 4), 30_000, np.uint16), ".png"))
    found = decode_image(wide, settings(16, 16, "color_alpha", "pad", "16"))
    assert found[0, 0].tolist() == [0, 0, 0, LARGEST_16]
    assert np.abs(found[8, 8].astype(int) - 30_000).max() <= 2


def test_an_image_is_turned_as_its_camera_was(tmp_path: Path) -> None:
    files = {
        "a.png": png(RGB, 2, (b"eXIf", TURNED)),
        "b.tif": tiff(RGB, {0x0112: 6}),
        "c.tif": turned_bytes(),
    }
    for name, content in files.items():
        path = write(tmp_path / name, content)
        probe = probe_image(path)
        assert (probe.width, probe.height) == (12, 16)
        found = decode_image(path, settings(12, 16, depth="16"))
        expected = np.rot90(RGB, -1)
        assert np.array_equal(found, expected // 256 * 257 if name == "c.tif" else expected)


@pytest.mark.parametrize("ending", [".png", ".tiff"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_what_is_cut_off_is_refused(tmp_path: Path, ending: str, share: float) -> None:
    content = encoded(RGB, ".png") if ending == ".png" else tiff(RGB, {})
    path = write(tmp_path / f"x{ending}", content[: int(len(content) * share)])
    for read in (probe_image, lambda path: decode_image(path, settings(8, 8, depth="16"))):
        with pytest.raises(UnreadableMedia, match="is damaged or cut off"):
            read(path)


@pytest.mark.parametrize("ending", [".png", ".tiff"])
def test_content_that_was_changed_is_refused(tmp_path: Path, ending: str) -> None:
    content = bytearray(encoded(RGB, ending, DEFLATE))
    middle = len(content) // 2
    content[middle : middle + 20] = bytes(20)
    path = write(tmp_path / "x", bytes(content))
    with pytest.raises(UnreadableMedia, match="is damaged or cut off"):
        decode_image(path, settings(8, 8, depth="16"))


def test_a_file_that_promises_too_much_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    content = bytearray(png(RGB, 2))
    content[16:24] = struct.pack(">II", 30_000, 30_000)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    path = write(tmp_path / "x.png", bytes(content))
    with pytest.raises(UnreadableMedia, match="at most 80 megapixels"):
        decode_image(path, settings(8, 8, depth="16"))


def test_planes_that_would_be_read_wrongly_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "x.tif", tiff(RGB, {284: 2}))
    with pytest.raises(UnreadableMedia, match="separate planes, .* save it with interleaved"):
        probe_image(path)


@pytest.mark.parametrize(("tags", "is_deep"), [({338: 0}, True), ({338: 1}, False)])
def test_a_fourth_channel_is_what_the_file_says(
    tmp_path: Path, tags: dict[int, int], is_deep: bool
) -> None:
    path = write(tmp_path / "x.tif", tiff(RGBA, tags))
    probe = probe_image(path)
    assert probe.is_deep is is_deep and probe.loses_depth is not is_deep
    if is_deep:  # it says nothing
        assert np.array_equal(decode_image(path, settings(16, 12, depth="16")), RGB)
        return
    # Multiplied by opacity: Pillow knows how to undo it, with 8 bits.
    found = decode_image(path, settings(16, 12, depth="16"))
    assert not (found % 257).any()


def test_a_column_of_deep_colours_is_read_with_all_bits(settings: Settings, tmp_path: Path) -> None:
    files = {**cats_and_dogs(), "cat/a.png": encoded(RGB, ".png")}
    dataset = add_folder(settings, tmp_path, files)
    column = dataset.info.column("image")
    assert column.image is not None and column.image.bits == 16
    assert resolve_image(ImagePreprocessing(), column.image).depth is ImageDepth.BITS_16
    assert all(warning.code != "deep-colors" for warning in dataset.info.warnings)


def test_what_loses_depth_says_so(settings: Settings, tmp_path: Path) -> None:
    files = dict(cats_and_dogs())
    for name in ("a", "b"):
        files[f"cat/{name}.tiff"] = tiff(RGBA, {262: 5} if name == "a" else {338: 1})
    dataset = add_folder(settings, tmp_path, files)
    (warning,) = (w for w in dataset.info.warnings if w.code == "deep-colors")
    assert "2 images have channels of 16 bits in a form of which only the upper 8" in (
        warning.problem
    )
    assert "can be read, the first is 'cat/a.tiff'" in warning.problem
    assert "save measurements as PNG or RGB TIFF" in warning.fix
    column = dataset.info.column("image")
    assert column.image is not None and column.image.bits == 8


def test_ordinary_images_lose_nothing() -> None:
    assert list(warn_images("image", {"a.png": ImageProbe(8, 8, 3, "png")})) == []


def test_bytes_are_left_to_pillow(tmp_path: Path) -> None:
    file = io.BytesIO()
    Image.fromarray((RGB >> 8).astype(np.uint8)).save(file, "PNG")
    probe = probe_image(write(tmp_path / "x.png", file.getvalue()))
    assert not probe.is_deep and not probe.loses_depth


@pytest.mark.parametrize(
    ("color_type", "size", "megabytes"), [(6, (8_400, 8_450), 567), (2, (9_000, 7_500), 405)]
)
def test_colours_that_would_fill_the_memory_are_refused(
    tmp_path: Path, color_type: int, size: tuple[int, int], megabytes: int
) -> None:
    path = write(tmp_path / "x.png", claiming(size, color_type))
    with pytest.raises(UnreadableMedia) as caught:
        probe_image(path)
    width, height = size
    assert caught.value.reason == (
        f"has {width:,} x {height:,} pixels in colours of 16 bits, {megabytes} MB in memory; at "
        "most 400 MB are read; make it smaller, or save it with 8 bits a channel"
    )


def test_a_large_photo_of_sixteen_bits_may_still_be_read(tmp_path: Path) -> None:
    path = write(tmp_path / "x.png", claiming((9_504, 6_336), 2))
    with pytest.raises(UnreadableMedia, match="damaged or cut off"):
        probe_image(path)
