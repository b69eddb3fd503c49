"""Samples as files: one picture, an archive of pictures, a table, arrays."""

import io
import math
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pv
import pyarrow.parquet as pq
from PIL import Image

from dlstudio.errors import DataError
from dlstudio.evaluation.whole_file import written_whole
from dlstudio.spec.canvas import CanvasKind

GAP = 2
SUITED = {
    CanvasKind.IMAGE: (".png", ".zip", ".npz"),
    CanvasKind.TABLE: (".csv", ".parquet"),
    CanvasKind.SERIES: (".csv", ".parquet", ".npz"),
    CanvasKind.SOUND: (".png", ".zip", ".npz"),
}
_DARK, _LIGHT = np.asarray([68.0, 1.0, 84.0]), np.asarray([253.0, 231.0, 37.0])
_MIDDLE = np.asarray([33.0, 145.0, 140.0])


def check_ending(kind: CanvasKind, path: Path) -> None:
    """Refuse a file that cannot hold what is made.

    Raises:
        DataError: Names the endings that can.
    """
    if path.suffix.lower() not in SUITED[kind]:
        raise DataError(
            f"Samples of this run are of the form {kind.value}, which {path.suffix!r} cannot hold.",
            f"Choose a name that ends in {' or '.join(SUITED[kind])}.",
            where="-o",
        )


def write_drawn(
    kind: CanvasKind,
    drawn: np.ndarray | pa.Table,
    classes: Sequence[str],
    path: Path,
    channels: Sequence[str] = (),
) -> None:
    """Write samples; the file appears whole or not at all.

    Args:
        kind: What they are.
        drawn: What `Generator.draw` gave.
        classes: The class of each; empty without classes.
        path: A file with an ending that suits them.
        channels: Names of the channels of sequences, if they are known.
    """
    ending = path.suffix.lower()
    if kind is CanvasKind.SOUND and isinstance(drawn, np.ndarray) and ending != ".npz":
        drawn = spectrogram_pictures(drawn)
    with written_whole(path) as partial:
        if isinstance(drawn, np.ndarray) and ending in (".csv", ".parquet"):
            drawn = long_table(drawn, classes, channels)
        if isinstance(drawn, pa.Table):
            write = pv.write_csv if ending == ".csv" else pq.write_table
            write(drawn, str(partial))
        elif ending == ".png":
            partial.write_bytes(as_png(picture_of(drawn)))
        elif ending == ".zip":
            partial.write_bytes(archive_of(drawn, classes))
        else:
            with partial.open("wb") as file:
                names = np.asarray(list(classes), np.str_)
                np.savez_compressed(file, allow_pickle=False, values=drawn, classes=names)


def long_table(
    values: np.ndarray, classes: Sequence[str], channels: Sequence[str] = ()
) -> pa.Table:
    """Sequences `(n, time, channels)` as a table with a row a step: sample, step, values.

    Steps of NaN alone are left out; the first of those that are left is step 0.
    """
    is_there, num_channels = _is_there(values), values.shape[-1]
    samples, places = np.nonzero(is_there)
    columns = {"sample": samples, "step": places - is_there.argmax(axis=1)[samples]}
    free = len(set(channels) - {*columns, "class"}) == num_channels
    names = channels if free else [f"value_{place}" for place in range(num_channels)]
    columns |= {name: values[is_there, place] for place, name in enumerate(names)}
    table = pa.table(columns)
    if not classes:
        return table
    return table.append_column("class", pa.array(np.asarray(list(classes))[samples]))


def steps_there(sequence: np.ndarray) -> np.ndarray:
    """The steps that a sequence has: `(time, channels)` without those of NaN alone."""
    return sequence[_is_there(sequence)]


def _is_there(values: np.ndarray) -> np.ndarray:
    return np.logical_not(np.isnan(values).all(axis=-1))


def spectrogram_pictures(values: np.ndarray) -> np.ndarray:
    """Draw spectrograms `(n, time, pitches, 1)`, any numbers.

    Returns:
        uint8 `(n, pitches, time, 3)`: time to the right, pitch upwards, quiet dark and loud light.
    """
    turned = np.swapaxes(values[..., 0], 1, 2)[:, ::-1]
    low, high = np.percentile(turned, (2, 98))
    share = np.clip((turned - low) / max(float(high - low), 1e-9), 0.0, 1.0)[..., None]
    lower = _DARK + (_MIDDLE - _DARK) * share * 2.0
    upper = _MIDDLE + (_LIGHT - _MIDDLE) * (share * 2.0 - 1.0)
    return np.where(share < 0.5, lower, upper).astype(np.uint8)


def picture_of(images: np.ndarray) -> np.ndarray:
    """Lay images `(n, height, width, channels)` out as one that is about as wide as high."""
    count, height, width, channels = images.shape
    num_columns = math.ceil(math.sqrt(count * height / width))
    num_rows = math.ceil(count / num_columns)
    shape = (num_rows * (height + GAP) - GAP, num_columns * (width + GAP) - GAP, channels)
    picture = np.full(shape, 255, "uint8")
    for place, image in enumerate(images):
        top = place // num_columns * (height + GAP)
        left = place % num_columns * (width + GAP)
        picture[top : top + height, left : left + width] = image
    return picture


def as_png(image: np.ndarray) -> bytes:
    """Write an image, uint8 `(height, width, channels)`, as PNG."""
    stored = io.BytesIO()
    Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image).save(stored, "PNG")
    return stored.getvalue()


def archive_of(images: np.ndarray, classes: Sequence[str]) -> bytes:
    """Write images as a ZIP of PNGs; with classes in a folder each, ready to be added as data."""
    folders = _folders(classes)
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        for place, image in enumerate(images):
            folder = f"{folders[classes[place]]}/" if classes else ""
            archive.writestr(f"{folder}sample_{place + 1:06d}.png", as_png(image))
    return stored.getvalue()


def _folders(classes: Sequence[str]) -> dict[str, str]:
    """A folder's name for each class: no paths, all different."""
    folders: dict[str, str] = {}
    for name in dict.fromkeys(classes):
        plain = "".join(c if c.isalnum() or c in " -_." else "_" for c in name).strip(" .")
        taken = {folder.lower() for folder in folders.values()}
        is_free = plain and plain.lower() not in taken
        folders[name] = plain if is_free else f"{plain or 'class'}_{len(folders) + 1}"
    return folders
