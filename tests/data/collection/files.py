"""Folders and archives for the tests of collections, made on the spot."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import soundfile
from PIL import Image

from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset
from dlstudio.data.options import ReadOptions
from dlstudio.settings import Settings


def picture(seed: int = 0, size: tuple[int, int] = (6, 5), image_format: str = "PNG") -> bytes:
    """The bytes of a small colour image, another one for each seed."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8)
    return encoded(Image.fromarray(pixels), image_format)


def huge_picture(side: int) -> bytes:
    """A PNG that says how large it is, and holds its first line alone."""
    header = b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n"
    for chunk in (header, b"IDAT" + zlib.compress(bytes(3 * side + 1)), b"IEND"):
        checksum = struct.pack(">I", zlib.crc32(chunk))
        content += struct.pack(">I", len(chunk) - 4) + chunk + checksum
    return content


def encoded(image: Image.Image, image_format: str = "PNG", **options: object) -> bytes:
    """The bytes of an image in a format."""
    file = io.BytesIO()
    image.save(file, image_format, **options)
    return file.getvalue()


def sound(seed: int = 0) -> bytes:
    """The bytes of a tenth of a second of noise as WAV, another one for each seed."""
    file = io.BytesIO()
    noise = np.random.default_rng(seed).normal(0.0, 0.1, 1_600)
    soundfile.write(file, noise, 16_000, format="WAV")
    return file.getvalue()


def cats_and_dogs(num_files: int = 3) -> dict[str, bytes]:
    """Files of two class folders."""
    return {
        f"{label}/{number}.png": picture(1_000 * place + number)
        for place, label in enumerate(("cat", "dog"))
        for number in range(num_files)
    }


def write_folder(folder: Path, files: Mapping[str, bytes | str]) -> Path:
    """Write files below a folder; a name that ends in "/" is an empty folder."""
    for name, content in files.items():
        path = folder / name
        if name.endswith("/"):
            path.mkdir(parents=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def write_zip(path: Path, files: Mapping[str, bytes | str]) -> Path:
    """Pack files; a name that ends in "/" is an empty folder."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def add_folder(
    settings: Settings, folder: Path, files: Mapping[str, bytes | str], **options: object
) -> Dataset:
    """Make a dataset of files below the folder "data"."""
    path = write_folder(folder / "data", files)
    return add_dataset(settings, path, options=ReadOptions.model_validate(options))


def add_zip(
    settings: Settings, folder: Path, files: Mapping[str, bytes | str], **options: object
) -> Dataset:
    """Make a dataset of files packed into data.zip."""
    path = write_zip(folder / "data.zip", files)
    return add_dataset(settings, path, options=ReadOptions.model_validate(options))
