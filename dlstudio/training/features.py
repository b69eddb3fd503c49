"""Features of many rows: in memory where they fit, else in a file that vanishes by itself."""

import tempfile
from pathlib import Path

import numpy as np
import psutil

from dlstudio.models.preprocessing import Preprocessor
from dlstudio.models.rows import DatasetRows

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
    # The file has no name any more: it is gone with the array, even if the process is killed.
    with tempfile.TemporaryFile(dir=folder) as file:
        return np.memmap(file, dtype, "w+", shape=shape)
