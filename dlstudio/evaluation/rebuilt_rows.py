"""Rows beside what a network that rebuilds its inputs makes of them, some at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from dlstudio.evaluation.canvas_rows import feature_batches
from dlstudio.models.rebuilding import CODE, EXAMPLE, KNOWN, RECONSTRUCTION, squared_error
from dlstudio.training.prepare_unsupervised import CanvasPreparation


@dataclass(frozen=True)
class Rebuilt:
    """Some rows and what the network made of them; flat, `(n, size)`.

    Attributes:
        rows: Row numbers in the dataset.
        example: What was to be rebuilt; float32.
        reconstruction: What came out; float32.
        known: Which numbers are no padding, bool; None if all are.
        codes: Float32 `(n, latent_size)`.
        error: Root of the mean squared error, float32 `(n,)`; padding does not count.
    """

    rows: np.ndarray
    example: np.ndarray
    reconstruction: np.ndarray
    known: np.ndarray | None
    codes: np.ndarray
    error: np.ndarray


def rebuild_rows(preparation: CanvasPreparation, rows: np.ndarray) -> Iterator[Rebuilt]:
    """Run rows through preprocessing and network, a part of them at a time.

    Args:
        preparation: What was trained.
        rows: Row numbers in the dataset.
    """
    done = 0
    for batch in feature_batches(preparation, rows):
        size = len(batch[preparation.canvas.feature])
        yield _rebuilt(preparation.network, rows[done : done + size], batch)
        done += size


def _rebuilt(network: keras.Model, rows: np.ndarray, batch: dict[str, np.ndarray]) -> Rebuilt:
    outputs: Any = network(batch, training=False)
    shape, known = outputs[EXAMPLE].shape, None
    if KNOWN in outputs:
        is_known = np.asarray(keras.ops.convert_to_numpy(outputs[KNOWN])) > 0.5
        known = np.broadcast_to(is_known, shape).reshape(len(rows), -1)
    example, reconstruction, codes = (
        np.asarray(keras.ops.convert_to_numpy(outputs[name]), "float32").reshape(len(rows), -1)
        for name in (EXAMPLE, RECONSTRUCTION, CODE)
    )
    error = np.asarray(keras.ops.convert_to_numpy(keras.ops.sqrt(squared_error(outputs))))
    return Rebuilt(rows, example, reconstruction, known, codes, error)
