"""The predictions of a run, row by row: how their columns are named, written and read.

Columns of a stored table: `row` (row number in the dataset), `split`, the actual values (`actual`,
or `actual_<target>` and `actual_<label>`), then the columns that `predict` writes.
Probabilities and numbers are float64, so that whoever computes a metric from the file or from a
CSV of it gets the same digits.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dlstudio.errors import DataError, NotFoundError
from dlstudio.evaluation.whole_file import written_whole
from dlstudio.spec.labels import label_text

ROW = "row"
SPLIT = "split"
ACTUAL = "actual"
PREDICTION = "prediction"
PROBABILITY_PREFIX = "probability_"


def prediction_column(name: str) -> str:
    """The column with the prediction for one of several targets or labels."""
    return f"{PREDICTION}_{name}"


def probability_column(name: str) -> str:
    """The column with the probability of a class or label."""
    return f"{PROBABILITY_PREFIX}{name}"


def actual_column(name: str) -> str:
    """The column with the actual value of one of several targets or labels."""
    return f"{ACTUAL}_{name}"


def class_table(
    class_names: Sequence[str], predicted: np.ndarray, probabilities: np.ndarray
) -> pa.Table:
    """Columns `prediction` and `probability_<class>`.

    Args:
        class_names: In the order of the model.
        predicted: Class indices; int `(n,)`.
        probabilities: float64 `(n, num_classes)`.
    """
    names = np.asarray(class_names, dtype=object)
    columns: dict[str, pa.Array] = {PREDICTION: pa.array(names[predicted], pa.string())}
    for index, name in enumerate(class_names):
        columns[probability_column(name)] = pa.array(probabilities[:, index])
    return pa.table(columns)


def label_table(
    label_names: Sequence[str],
    predicted: np.ndarray,
    probabilities: np.ndarray,
    separator: str | None = None,
) -> pa.Table:
    """Columns `prediction_<label>` (1 or 0) and `probability_<label>`.

    Args:
        label_names: In the order of the model.
        predicted: int or bool `(n, num_labels)`.
        probabilities: float64 `(n, num_labels)`.
        separator: What stands between two labels of a cell, if cells list them: a column
            `prediction` in front then lists them likewise, "[]" where no label was predicted.
    """
    columns: dict[str, pa.Array] = {}
    if separator is not None:
        columns[PREDICTION] = _listed(label_names, predicted, separator)
    for index, name in enumerate(label_names):
        columns[prediction_column(name)] = pa.array(predicted[:, index].astype(np.int8))
    for index, name in enumerate(label_names):
        columns[probability_column(name)] = pa.array(probabilities[:, index])
    return pa.table(columns)


def _listed(label_names: Sequence[str], predicted: np.ndarray, separator: str) -> pa.Array:
    kinds, place = np.unique(predicted.astype(bool), axis=0, return_inverse=True)
    texts = [
        label_text([label_names[at] for at in np.flatnonzero(row).tolist()], separator)
        for row in kinds
    ]
    return pa.array(np.asarray(texts, object)[place.reshape(-1)], pa.string())


def value_table(targets: Sequence[str], predicted: np.ndarray) -> pa.Table:
    """Column `prediction`, or `prediction_<target>` for each of several targets.

    Args:
        targets: Names of the targets.
        predicted: float64 `(n, num_targets)` in target units.
    """
    names = [PREDICTION] if len(targets) == 1 else [prediction_column(name) for name in targets]
    return pa.table({name: pa.array(predicted[:, index]) for index, name in enumerate(names)})


def stored_table(rows: np.ndarray, split: str, actual: pa.Table, predicted: pa.Table) -> pa.Table:
    """Join what is stored of one split.

    Args:
        rows: Row numbers in the dataset; int64 `(n,)`.
        split: "train", "validation" or "test".
        actual: The columns with actual values.
        predicted: The columns with predictions.
    """
    table = pa.table({ROW: pa.array(rows, pa.int64()), SPLIT: pa.array([split] * len(rows))})
    for source in (actual, predicted):
        for name in source.column_names:
            table = table.append_column(name, source.column(name))
    return table


def write_predictions(table: pa.Table, path: Path) -> None:
    """Write a stored table as Parquet; the file appears whole or not at all."""
    with written_whole(path) as partial:
        pq.write_table(table, partial, compression="zstd")


def read_predictions(path: Path, split: str | None = None) -> pa.Table:
    """Read the stored predictions of a run.

    Args:
        path: The run's `predictions.parquet`.
        split: Only this split; all of them by default.

    Raises:
        NotFoundError: The run has no stored predictions.
        DataError: The file is damaged.
    """
    if not path.is_file():
        raise NotFoundError(
            f"There are no predictions at {path}.",
            "Wait until the run has finished, or train it again.",
            where=path.name,
        )
    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(
            f"The predictions at {path} cannot be read: {error}.",
            "Train the run again.",
            where=path.name,
        ) from error
    return table if split is None else table.filter(pc.field(SPLIT) == split)


def class_names_of(table: pa.Table) -> tuple[str, ...]:
    """The classes or labels of a table of predictions, in the model's order."""
    return tuple(
        name.removeprefix(PROBABILITY_PREFIX)
        for name in table.column_names
        if name.startswith(PROBABILITY_PREFIX)
    )
