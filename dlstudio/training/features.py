"""Features of many rows: in memory where they fit, else in a file that vanishes by itself."""

import shutil
import tempfile
from pathlib import Path

import numpy as np
import psutil

from dlstudio.errors import TrainingError
from dlstudio.models.preprocessing import Preprocessor
from dlstudio.models.rows import DatasetRows
from dlstudio.settings import GIGABYTE

# Training keeps the examples twice, and the network needs memory too.
MEMORY_SHARE = 0.2


def compute_features(
    preprocessor: Preprocessor, source: DatasetRows, rows: np.ndarray, folder: Path
) -> dict[str, np.ndarray]:
    """Compute the features of rows, a part of them at a time.

    Args:
        preprocessor: Fitted on the training rows.
        source: The dataset's rows.
        rows: Row numbers.
        folder: Where a file is made if the features would not fit into memory.

    Returns:
        One array a feature, `(num_rows, ...)`; larger ones are memory-mapped files.

    Raises:
        TrainingError: They fit neither into memory nor onto the disk.
    """
    columns = preprocessor.columns.names
    features = {
        name: _allocate((len(rows), *shape), dtype, folder)
        for name, (shape, dtype) in preprocessor.features.items()
    }
    done = 0
    for chunk in source.chunks(columns, rows):
        for name, values in preprocessor.transform(source.take(columns, chunk)).items():
            features[name][done : done + len(chunk)] = values
        done += len(chunk)
    return features


def _allocate(shape: tuple[int, ...], dtype: str, folder: Path) -> np.ndarray:
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    if size <= MEMORY_SHARE * psutil.virtual_memory().available:
        return np.empty(shape, dtype)
    folder.mkdir(parents=True, exist_ok=True)
    _check_space(size, folder)
    # The file has no name any more: it is gone with the array, even if the process is killed.
    with tempfile.TemporaryFile(dir=folder) as file:
        return np.memmap(file, dtype, "w+", shape=shape)


def _check_space(size: int, folder: Path) -> None:
    """Look before: a process that writes into a mapped file on a full disk is killed."""
    free = shutil.disk_usage(folder).free
    if size > free:
        raise TrainingError(
            f"The prepared data needs {size / GIGABYTE:,.1f} GB, which is too much for the memory, "
            f"and the disk that holds {str(folder)!r} has {free / GIGABYTE:,.1f} GB free.",
            "Free space on the disk, choose fewer columns or smaller settings under Preprocessing, "
            "or set DLSTUDIO_HOME to a folder on a larger disk.",
            where="preprocessing",
        )
