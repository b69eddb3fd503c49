"""Scores a network that rebuilds its inputs on every part, and keeps codes and errors."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pyarrow as pa

from dlstudio.evaluation.predictions import ROW, SPLIT, write_predictions
from dlstudio.evaluation.report import SPLITS
from dlstudio.models.rebuilding import CODE, EXAMPLE, RECONSTRUCTION, squared_error
from dlstudio.reports.evaluation import EvaluationReport, SplitReport
from dlstudio.spec.run import RunSpec
from dlstudio.training.prepare_unsupervised import CONDITION, CanvasPreparation

ROWS_AT_ONCE = 256


@dataclass(frozen=True)
class EvaluatedRebuilding:
    """What an evaluation came to; `threshold` is None unless anomalies are asked for."""

    report: EvaluationReport
    threshold: float | None


@dataclass(frozen=True)
class Rebuilt:
    """Some rows and what the network made of them; flat, `(n, size)`.

    Attributes:
        rows: Row numbers in the dataset.
        example: What was to be rebuilt.
        reconstruction: What came out.
        codes: `(n, latent_size)`.
        error: Root of the mean squared error, `(n,)`.
    """

    rows: np.ndarray
    example: np.ndarray
    reconstruction: np.ndarray
    codes: np.ndarray
    error: np.ndarray


def evaluate_rebuilding(
    preparation: CanvasPreparation, spec: RunSpec, path: Path
) -> EvaluatedRebuilding:
    """Rebuild every row, keep codes and errors, and score them.

    Args:
        preparation: What was trained; the network holds its best weights.
        spec: The run's spec.
        path: Where codes and errors go, as Parquet; replaced whole.
    """
    tables: list[pa.Table] = []
    splits: dict[str, SplitReport] = {}
    for name in SPLITS:
        squares, num_rows = 0.0, 0
        for part in rebuild_rows(preparation, getattr(preparation.split, name)):
            tables.append(_stored(part, name))
            squares += float(np.square(part.error).sum())
            num_rows += len(part.rows)
        if num_rows:
            metrics = {"rmse": float(np.sqrt(squares / num_rows))}
            splits[name] = SplitReport(num_rows=num_rows, metrics=metrics)
    write_predictions(pa.concat_tables(tables), path)
    return EvaluatedRebuilding(EvaluationReport(task=spec.task.kind.value, splits=splits), None)


def rebuild_rows(preparation: CanvasPreparation, rows: np.ndarray) -> Iterator[Rebuilt]:
    """Run rows through preprocessing and network, a part of them at a time.

    Args:
        preparation: What was trained.
        rows: Row numbers in the dataset.
    """
    names = preparation.preprocessor.columns.names
    for chunk in preparation.source.chunks(names, rows):
        features = preparation.preprocessor.transform(preparation.source.take(names, chunk))
        for start in range(0, len(chunk), ROWS_AT_ONCE):
            some = slice(start, start + ROWS_AT_ONCE)
            batch = {preparation.canvas.feature: features[preparation.canvas.feature][some]}
            if CONDITION in preparation.data.train.features:
                batch[CONDITION] = _conditions(preparation, chunk[some])
            yield _rebuilt(preparation.network, chunk[some], batch)


def _rebuilt(network: keras.Model, rows: np.ndarray, batch: dict[str, np.ndarray]) -> Rebuilt:
    outputs: Any = network(batch, training=False)
    error = keras.ops.convert_to_numpy(keras.ops.sqrt(squared_error(outputs)))
    example, reconstruction, codes = (
        np.asarray(keras.ops.convert_to_numpy(outputs[name]), "float32").reshape(len(rows), -1)
        for name in (EXAMPLE, RECONSTRUCTION, CODE)
    )
    return Rebuilt(rows, example, reconstruction, codes, np.asarray(error, "float64"))


def _conditions(preparation: CanvasPreparation, rows: np.ndarray) -> np.ndarray:
    labels = preparation.labels
    if labels is None:
        return np.zeros((len(rows), 1), "int32")
    number = {name: index for index, name in enumerate(labels.classes)}
    codes = [number.get(text, 0) for text in labels.texts[rows].tolist()]
    return np.asarray(codes, "int32")[:, None]


def _stored(part: Rebuilt, split: str) -> pa.Table:
    columns: dict[str, pa.Array] = {
        ROW: pa.array(part.rows, pa.int64()),
        SPLIT: pa.array([split] * len(part.rows)),
        "reconstruction_error": pa.array(part.error),
    }
    for index in range(part.codes.shape[1]):
        columns[f"code_{index}"] = pa.array(part.codes[:, index])
    return pa.table(columns)
