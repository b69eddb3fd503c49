"""Decoded files on disk, so that each is decoded once for all runs with the same settings."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np

from dlstudio.data.dataset import Dataset
from dlstudio.data.media.read import decode_column
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnInfo
from dlstudio.spec.preprocessing import ColumnPreprocessing

CHUNK_BYTES = 64 * 1024**2
# What changes values only behind the decoder has no part in a file's name in the cache.
DECODING_FIELDS = (
    *("width", "height", "fit", "channels", "depth"),
    *("sample_rate", "duration_s", "kept_s", "num_frames", "frame_rate"),
)
MIN_FREE_SHARE = 0.05

Report = Callable[[str], None]


def cached_column(
    settings: Settings,
    dataset: Dataset,
    column: ColumnInfo,
    values: np.ndarray,
    decoding: tuple[ColumnPreprocessing, tuple[int, ...], str],
    report: Report,
) -> np.ndarray | None:
    """Open the decoded values of a whole column, decoding them first if that was never done.

    Args:
        settings: Where the cache lives, and how large it may be.
        dataset: The dataset.
        column: An image, audio or video column of it.
        values: All cells of the column.
        decoding: The column's resolved settings, the shape of a decoded value and its type.
        report: Is told how far the decoding is, in words.

    Returns:
        A read-only array on disk, `(num_rows, *shape)`; None if it would not fit into the cache.

    Raises:
        DataError: A file is gone or cannot be decoded; names it.
    """
    record, shape, dtype = decoding
    folder = settings.cache_folder
    name = _name(dataset.info.fingerprint, column.name, record)
    path = folder / name
    if not path.exists():
        size = len(values) * int(np.prod(shape)) * np.dtype(dtype).itemsize
        folder.mkdir(parents=True, exist_ok=True)
        if not _make_room(settings, size):
            return None
        partial = folder / f".{name}.{os.getpid()}"
        try:
            array = np.lib.format.open_memmap(
                partial, "w+", dtype=np.dtype(dtype), shape=(len(values), *shape)
            )
            _fill(array, dataset, column, values, record, report)
            array.flush()
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    os.utime(path)
    return np.load(path, mmap_mode="r")


def forget_dataset(settings: Settings, fingerprint: str) -> None:
    """Remove what was decoded of a dataset version.

    Args:
        settings: Where the cache lives.
        fingerprint: The version.
    """
    for path in settings.cache_folder.glob(f"{fingerprint[:16]}-*.npy"):
        path.unlink(missing_ok=True)


def _fill(
    array: np.ndarray,
    dataset: Dataset,
    column: ColumnInfo,
    values: np.ndarray,
    record: ColumnPreprocessing,
    report: Report,
) -> None:
    step = max(1, CHUNK_BYTES // max(1, array[:1].nbytes))
    for start in range(0, len(values), step):
        rows = slice(start, start + step)
        decode_column(column.kind, dataset.folder, values[rows], record, array[rows])
        num_done = min(len(values), start + step)
        report(f"Decoded {num_done:,} of {len(values):,} files of {column.name!r}.")


def _name(fingerprint: str, column: str, record: ColumnPreprocessing) -> str:
    asked = record.model_dump_json(include=set(DECODING_FIELDS))
    digest = hashlib.sha256(f"{column}\n{type(record).__name__}\n{asked}".encode()).hexdigest()
    return f"{fingerprint[:16]}-{digest[:24]}.npy"


def _make_room(settings: Settings, size: int) -> bool:
    """Remove what was not used for longest until there is room; say whether there is."""
    folder = settings.cache_folder
    files = sorted(folder.glob("*.npy"), key=_last_use)
    total = sum(_size(path) for path in files)
    if size > settings.cache_bytes or size > _free(folder) + total:
        return False
    for path in files:
        if total + size <= settings.cache_bytes and size <= _free(folder):
            break
        total -= _size(path)
        path.unlink(missing_ok=True)
    return size <= _free(folder)


def _free(folder: Path) -> float:
    """Bytes on the disk of a folder that the cache may take more."""
    usage = shutil.disk_usage(folder)
    return usage.free - MIN_FREE_SHARE * usage.total


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # another process made room
        return 0


def _last_use(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another process made room
        return 0.0
