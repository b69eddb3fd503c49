"""Rows of a dataset on the canvas of a network, and the classes that they have."""

from collections.abc import Iterator
from itertools import count

import keras
import numpy as np
import pyarrow as pa

from dlstudio.models.canvas import CONDITION, Canvas, to_canvas
from dlstudio.models.tensors import new_input
from dlstudio.training.prepare_unsupervised import CanvasPreparation

ROWS_AT_ONCE = 256


def canvas_rows(preparation: CanvasPreparation, rows: np.ndarray) -> np.ndarray:
    """Read rows as the network would rebuild or make them up.

    Args:
        preparation: What was trained.
        rows: Row numbers in the dataset.

    Returns:
        Float32 `(n, *canvas.shape)`.
    """
    canvas = preparation.canvas
    to_units = _to_units(canvas)
    made = np.empty((len(rows), *canvas.shape), "float32")
    done = 0
    for features in feature_batches(preparation, rows):
        part = np.asarray(to_units(features[canvas.feature], training=False))
        made[done : done + len(part)] = part
        done += len(part)
    return made


def feature_batches(
    preparation: CanvasPreparation, rows: np.ndarray
) -> Iterator[dict[str, np.ndarray]]:
    """Yield what the network takes, by name, for a part of the rows at a time.

    Args:
        preparation: What was trained.
        rows: Row numbers in the dataset.
    """
    canvas, names = preparation.canvas, preparation.preprocessor.columns.names
    for chunk in preparation.source.chunks(names, rows):
        features = preparation.preprocessor.transform(preparation.source.take(names, chunk))
        values = features[canvas.feature]
        for start in range(0, len(chunk), ROWS_AT_ONCE):
            some = slice(start, start + ROWS_AT_ONCE)
            batch = {canvas.feature: values[some]}
            if canvas.num_classes:
                batch[CONDITION] = np.maximum(classes_of(preparation, chunk[some]), 0)[:, None]
            yield batch


def canvas_rows_of(preparation: CanvasPreparation, table: pa.Table) -> np.ndarray:
    """Read rows that are not in the dataset as the network would make them up.

    Args:
        preparation: What was trained.
        table: Rows with the input columns, all of them numbers or categories.

    Returns:
        Float32 `(n, *canvas.shape)`.
    """
    columns, canvas = preparation.preprocessor.columns, preparation.canvas
    raw = {}
    for column in columns.numbers:
        numbers = table.column(column.name).cast(pa.float64()).to_numpy(zero_copy_only=False)
        raw[column.name] = numbers.astype(preparation.source.raw[column.name].dtype)
    for column in columns.categories:
        texts = [text or "" for text in table.column(column.name).to_pylist()]
        raw[column.name] = np.asarray(texts, object)
    features = preparation.preprocessor.transform(raw)[canvas.feature]
    return np.asarray(_to_units(canvas)(features, training=False), "float32")


def classes_of(preparation: CanvasPreparation, rows: np.ndarray) -> np.ndarray:
    """Class numbers of rows, int32 `(n,)`; -1 where the class is missing."""
    labels = preparation.labels
    if labels is None:
        return np.full(len(rows), -1, "int32")
    number = {name: index for index, name in enumerate(labels.classes)}
    return np.asarray([number.get(text, -1) for text in labels.texts[rows].tolist()], "int32")


def _to_units(canvas: Canvas) -> keras.Model:
    feature = new_input(canvas.feature_shape, name=canvas.feature, dtype=canvas.feature_dtype)
    return keras.Model(feature, to_canvas(canvas, feature, count(1)), name="to_canvas")
