"""Scores a forecast from rolling origins on every part, and keeps the forecasts."""

from pathlib import Path

import keras
import numpy as np
import pyarrow as pa

from dlstudio.data.forecasting.origins import OriginSplit
from dlstudio.data.forecasting.regular import SeriesTable
from dlstudio.data.forecasting.windows import naive_errors, target_values, thinned
from dlstudio.evaluation.forecast_table import OriginForecasts, stored_forecasts
from dlstudio.evaluation.predictions import write_predictions
from dlstudio.evaluation.report import SPLITS, build_report
from dlstudio.evaluation.rolling import predict_origins
from dlstudio.models.forecast_window import ForecastLayout
from dlstudio.reports.evaluation import EvaluationReport
from dlstudio.reports.series import FittedSeries
from dlstudio.spec.run import RunSpec
from dlstudio.spec.split import SplitMethod

# Rows that are kept of one part; beyond, every k-th origin is taken.
MOST_ROWS = 1_000_000


def evaluate_forecast(
    model: keras.Model,
    spec: RunSpec,
    layout: ForecastLayout,
    split: OriginSplit,
    path: Path,
) -> EvaluationReport:
    """Forecast from every origin of validation and test, store the forecasts and score them.

    Each forecast knows all values before its origin, as in use. Of the training part only
    forecasts that do not overlap are taken: their score is there to be compared with the others.

    Args:
        model: The complete model of the run, with its best weights.
        spec: The run's spec.
        layout: Its layout.
        split: The series and the forecasts of each part.
        path: Where the forecasts go, as Parquet; replaced whole.

    Returns:
        The report of each part.
    """
    table, scales = split.table, in_sample_errors(spec, layout, split)
    stored: list[pa.Table] = []
    for name in SPLITS:
        origins = getattr(split, name)
        if name == "train":
            origins = _apart(table, origins, layout.shape.horizon)
        origins = thinned(origins, max(1, MOST_ROWS // layout.shape.horizon))
        predicted = predict_origins(model, table, layout, str(spec.task.time), origins)
        forecasts = OriginForecasts(table, origins, predicted, scales)
        stored.append(stored_forecasts(forecasts, spec.task, name))
    everything = pa.concat_tables(stored)
    write_predictions(everything, path)
    return build_report(everything, spec.task)


def fitted_series(spec: RunSpec, layout: ForecastLayout, split: OriginSplit) -> FittedSeries:
    """Keep what forecasts of later files need to know.

    Args:
        spec: The run's spec.
        layout: Its layout.
        split: The series and the forecasts of each part.
    """
    step = split.table.step
    errors = in_sample_errors(spec, layout, split)
    return FittedSeries(
        unit=step.unit.value,
        size=step.size,
        phase=step.phase,
        first_month=step.first_month,
        naive_errors={
            name: tuple(error if np.isfinite(error) else None for error in row)
            for name, row in zip(split.table.names, errors.tolist(), strict=True)
        },
    )


def in_sample_errors(spec: RunSpec, layout: ForecastLayout, split: OriginSplit) -> np.ndarray:
    """The errors of the seasonal naive forecast that mase is measured in.

    Args:
        spec: The run's spec.
        layout: Its layout.
        split: The series and the forecasts of each part.

    Returns:
        float64 `(num_series, targets)`; with a split by group of whole series, whose test series
        have no training part, of all their values.
    """
    is_train = split.parts == 0
    if spec.split.method is SplitMethod.GROUP:
        is_train = np.ones(len(is_train), bool)
    values = target_values(split.table, spec.task.targets)
    return naive_errors(split.table, values, layout.shape.season, is_train)


def _apart(table: SeriesTable, origins: np.ndarray, horizon: int) -> np.ndarray:
    """Origins a horizon apart in each series."""
    first = table.bounds[table.series[origins]]
    return origins[(origins - first) % horizon == 0]
