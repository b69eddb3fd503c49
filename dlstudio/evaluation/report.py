"""From stored predictions to a report; needs no model."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dlstudio.evaluation.classification import ClassPredictions, report_classification
from dlstudio.evaluation.forecast_table import forecast_rows
from dlstudio.evaluation.forecasting import report_forecast
from dlstudio.evaluation.multilabel import LabelPredictions, report_labels
from dlstudio.evaluation.predictions import (
    ACTUAL,
    PREDICTION,
    SPLIT,
    actual_column,
    class_names_of,
    prediction_column,
    probability_column,
)
from dlstudio.evaluation.regression import report_regression
from dlstudio.reports.evaluation import EvaluationReport, SplitReport
from dlstudio.spec.task import TaskKind, TaskSpec

SPLITS = ("train", "validation", "test")


def build_report(table: pa.Table, task: TaskSpec) -> EvaluationReport:
    """Score every split of a run.

    Args:
        table: Stored predictions, see `dlstudio.evaluation.predictions`.
        task: The run's task.

    Returns:
        The report of each split that has rows.
    """
    present = set(table.column(SPLIT).unique().to_pylist())
    splits = {
        split: report_split(table.filter(pc.field(SPLIT) == split), task)
        for split in SPLITS
        if split in present
    }
    return EvaluationReport(task=task.kind.value, splits=splits)


def report_split(table: pa.Table, task: TaskSpec) -> SplitReport:
    """Score rows.

    Args:
        table: Actual values and predictions; other columns are ignored.
        task: What was predicted.
    """
    if task.kind is TaskKind.FORECASTING:
        return report_forecast(forecast_rows(table, task))
    if task.kind is TaskKind.REGRESSION:
        return _report_values(table, task.targets)
    if task.is_multi_label:
        return _report_labels(table)
    return _report_classes(table)


def _report_classes(table: pa.Table) -> SplitReport:
    class_names = class_names_of(table)
    actual = table.column(ACTUAL)
    unseen = sorted(set(actual.unique().to_pylist()) - set(class_names))
    return report_classification(
        ClassPredictions(
            class_names=class_names,
            actual=_indices(actual, [*class_names, *unseen]),
            predicted=_indices(table.column(PREDICTION), class_names),
            probabilities=_matrix(table, [probability_column(name) for name in class_names]),
            unseen_names=tuple(unseen),
        )
    )


def _report_labels(table: pa.Table) -> SplitReport:
    names = class_names_of(table)
    return report_labels(
        LabelPredictions(
            label_names=names,
            actual=_matrix(table, [actual_column(name) for name in names]) > 0.5,
            predicted=_matrix(table, [prediction_column(name) for name in names]) > 0.5,
            probabilities=_matrix(table, [probability_column(name) for name in names]),
        )
    )


def _report_values(table: pa.Table, targets: tuple[str, ...]) -> SplitReport:
    if len(targets) == 1:
        actual, predicted = [ACTUAL], [PREDICTION]
    else:
        actual = [actual_column(name) for name in targets]
        predicted = [prediction_column(name) for name in targets]
    return report_regression(targets, _matrix(table, actual), _matrix(table, predicted))


def _indices(values: pa.ChunkedArray, names: list[str] | tuple[str, ...]) -> np.ndarray:
    options = pc.SetLookupOptions(value_set=pa.array(names, pa.string()))
    found = pc.call_function("index_in", [values], options)
    return found.to_numpy().astype(np.int64)


def _matrix(table: pa.Table, names: list[str]) -> np.ndarray:
    """Columns side by side; float64 `(n, len(names))`."""
    matrix = np.empty((table.num_rows, len(names)), dtype=np.float64)
    for index, name in enumerate(names):
        matrix[:, index] = table.column(name).to_numpy()
    return matrix
