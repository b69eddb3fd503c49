"""Predicts the rows of a run, keeps the predictions and scores them."""

from pathlib import Path

import keras
import numpy as np
import pyarrow as pa

from dlstudio.data.dataset import Dataset
from dlstudio.data.splits import Split
from dlstudio.evaluation.predict import predict_raw
from dlstudio.evaluation.predictions import (
    ACTUAL,
    actual_column,
    stored_table,
    write_predictions,
)
from dlstudio.evaluation.report import SPLITS, build_report
from dlstudio.models.columns import input_columns
from dlstudio.models.inputs.table import describe_blocks
from dlstudio.models.rows import DatasetRows
from dlstudio.models.targets import class_texts, codec_of
from dlstudio.reports.evaluation import EvaluationReport
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind


def evaluate_splits(
    model: keras.Model, dataset: Dataset, spec: RunSpec, split: Split, path: Path
) -> EvaluationReport:
    """Predict every split from raw rows, store the predictions and score them.

    Args:
        model: The complete model of the run, with its best weights.
        dataset: The dataset that it was trained on.
        spec: The run's spec.
        split: Which rows belong to which split.
        path: Where the predictions go, as Parquet; replaced whole.

    Returns:
        The report of each split that has rows.
    """
    blocks = describe_blocks(input_columns(spec, dataset.info).structured)
    source = DatasetRows(dataset, [*spec.task.inputs, *spec.task.targets], blocks)
    tables = [
        _predict_rows(model, source, dataset.info, spec, (name, rows))
        for name in SPLITS
        for rows in source.chunks(spec.task.inputs, getattr(split, name))
        if len(rows)
    ]
    table = pa.concat_tables(tables)
    write_predictions(table, path)
    return build_report(table, spec.task)


def _predict_rows(
    model: keras.Model,
    source: DatasetRows,
    info: DatasetInfo,
    spec: RunSpec,
    part: tuple[str, np.ndarray],
) -> pa.Table:
    split, rows = part
    raw = source.take([*spec.task.inputs, *spec.task.targets], rows)
    predicted = predict_raw(model, raw, info, spec)
    return stored_table(rows, split, actual_table(raw, info, spec), predicted)


def actual_table(raw: dict[str, np.ndarray], info: DatasetInfo, spec: RunSpec) -> pa.Table:
    """The actual values of the targets, beside which predictions are stored.

    Args:
        raw: Raw columns, the targets among them; none of their values is missing.
        info: The dataset that the model was trained on.
        spec: The run's spec.

    Returns:
        Column `actual`: the class as text or the number; several targets have `actual_<target>`,
        labels `actual_<label>` with true or false.
    """
    targets = spec.task.targets
    if spec.task.kind is TaskKind.REGRESSION:
        names = [ACTUAL] if len(targets) == 1 else [actual_column(name) for name in targets]
        values = [pa.array(raw[target].astype(np.float64)) for target in targets]
        return pa.table(dict(zip(names, values, strict=True)))
    if spec.task.is_multi_label:
        codec = codec_of(spec, info)
        labels = codec.encode({target: raw[target] for target in targets}) > 0.5
        return pa.table(
            {
                actual_column(name): pa.array(labels[:, index])
                for index, name in enumerate(codec.label_names)
            }
        )
    return pa.table({ACTUAL: pa.array(class_texts(raw[targets[0]]), pa.string())})
