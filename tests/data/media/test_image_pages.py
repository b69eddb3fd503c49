"""Image files with several pages: the first is read, and that the others are not is said."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from dlstudio.data.media.images import ImageProbe, probe_image, warn_images
from dlstudio.settings import Settings
from tests.data.collection.files import add_folder, cats_and_dogs

PAGES = [Image.new("RGB", (12, 8), color) for color in ("red", "green", "blue")]


def _file(image_format: str, pages: list[Image.Image], **options: object) -> bytes:
    file = BytesIO()
    pages[0].save(file, image_format, save_all=True, append_images=pages[1:], **options)
    return file.getvalue()


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "jpeg"])
def test_pages_of_a_tiff_are_counted(tmp_path: Path, compression: str | None) -> None:
    path = tmp_path / "scan.tiff"
    path.write_bytes(_file("TIFF", PAGES, compression=compression))
    probe = probe_image(path)
    assert (probe.width, probe.height, probe.num_channels, probe.num_pages) == (12, 8, 3, 3)


def test_smaller_copies_of_a_page_are_no_pages(tmp_path: Path) -> None:
    small = PAGES[0].resize((6, 4))
    path = tmp_path / "pyramid.tiff"
    small.encoderinfo = {"tiffinfo": {254: 1}}
    path.write_bytes(_file("TIFF", [PAGES[0], small, PAGES[1]]))
    assert probe_image(path).num_pages == 2


def test_a_damaged_second_page_does_not_spoil_the_first(tmp_path: Path) -> None:
    content = _file("TIFF", PAGES[:2])
    path = tmp_path / "cut.tiff"
    path.write_bytes(content[: len(content) - len(content) // 3])
    assert probe_image(path).num_pages >= 1


@pytest.mark.parametrize("image_format", ["GIF", "WEBP", "PNG"])
def test_frames_are_counted_too(tmp_path: Path, image_format: str) -> None:
    path = tmp_path / "moving"
    path.write_bytes(_file(image_format, PAGES))
    assert probe_image(path).num_pages == 3


def test_what_is_not_read_is_told(settings: Settings, tmp_path: Path) -> None:
    files = {**cats_and_dogs(), "cat/scan.tiff": _file("TIFF", PAGES)}
    (warning,) = (
        each
        for each in add_folder(settings, tmp_path, files).info.warnings
        if each.code == "several-pages"
    )
    assert warning.problem == (
        "1 file holds several pages or frames, of which the first is read and 2 are not; the "
        "first such file is 'cat/scan.tiff' with 3."
    )
    assert "Save each page as an image of its own" in warning.fix


def test_images_of_one_page_are_not_told() -> None:
    assert list(warn_images("image", {"a.png": ImageProbe(8, 8, 3, "png")})) == []
