"""Forecasts as they are stored: one row a step.

Columns: `row` (row number in the dataset, -1 where there is none), `split`, `series`, `time`,
`step` (from 1), `scale` (mean error of the seasonal naive forecast in the training part of the
series), `actual` and `prediction`; with several targets `scale_<target>`, `actual_<target>` and
`prediction_<target>`.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dlstudio.data.forecasting.regular import SeriesTable
from dlstudio.evaluation.forecasting import ForecastRows
from dlstudio.evaluation.predictions import (
    ACTUAL,
    PREDICTION,
    ROW,
    SPLIT,
    actual_column,
    prediction_column,
)
from dlstudio.spec.task import TaskSpec

SERIES, TIME, STEP, SCALE = "series", "time", "step", "scale"


@dataclass(frozen=True)
class OriginForecasts:
    """What a model said from some origins.

    Attributes:
        table: The series.
        origins: Places of first forecast steps, int64 `(n,)`.
        predicted: float64 `(n, horizon, targets)` in target units.
        scales: Error of the naive forecast in training, float64 `(num_series, targets)`.
    """

    table: SeriesTable
    origins: np.ndarray
    predicted: np.ndarray
    scales: np.ndarray


def stored_forecasts(forecasts: OriginForecasts, task: TaskSpec, split: str) -> pa.Table:
    """Arrange forecasts as they are stored.

    Args:
        forecasts: What the model said; every horizon lies within the table.
        task: The run's task.
        split: "train", "validation" or "test".
    """
    table, origins = forecasts.table, forecasts.origins
    num_origins, horizon, _ = forecasts.predicted.shape
    places = origins[:, None] + np.arange(horizon)
    series = np.repeat(table.series[origins], horizon)
    columns: dict[str, pa.Array] = {
        ROW: pa.array(table.rows[places].ravel()),
        SPLIT: pa.array([split] * (num_origins * horizon), pa.string()),
        SERIES: pa.array(np.asarray(table.names, object)[series], pa.string()),
        TIME: times_array(table.times(places.ravel()), is_calendar=table.step.is_calendar),
        STEP: pa.array(np.tile(np.arange(1, horizon + 1), num_origins)),
    }
    for kind in (SCALE, ACTUAL, PREDICTION):
        for place, target in enumerate(task.targets):
            actual = table.columns[target][places].ravel().astype(np.float64)
            values = {
                SCALE: forecasts.scales[series, place],
                ACTUAL: np.where(table.is_observed[places, place].ravel(), actual, np.nan),
                PREDICTION: forecasts.predicted[:, :, place].ravel(),
            }
            columns[value_column(kind, target, task)] = pa.array(values[kind])
    return pa.table(columns)


def forecast_rows(table: pa.Table, task: TaskSpec) -> ForecastRows:
    """Read stored forecasts back for scoring.

    Args:
        table: What `stored_forecasts` made, of one split.
        task: The run's task.
    """
    times = table.column(TIME)
    is_calendar = pa.types.is_timestamp(times.type)
    numbers = times.cast(pa.int64()).to_numpy() / 1e6 if is_calendar else times.to_numpy()

    def matrix(kind: str) -> np.ndarray:
        columns = [table.column(value_column(kind, name, task)).to_numpy() for name in task.targets]
        return np.stack([np.asarray(column, np.float64) for column in columns], axis=1)

    return ForecastRows(
        targets=task.targets,
        actual=matrix(ACTUAL),
        predicted=matrix(PREDICTION),
        scale=matrix(SCALE),
        steps=table.column(STEP).to_numpy(),
        series=np.asarray(table.column(SERIES).to_pylist(), object),
        times=np.asarray(numbers, np.float64),
        is_calendar=is_calendar,
    )


def times_array(times: np.ndarray, *, is_calendar: bool) -> pa.Array:
    """Times as they are written: timestamps in UTC, or numbers, whole ones without a fraction."""
    if is_calendar:
        return pa.array(np.rint(times * 1e6).astype(np.int64)).cast(pa.timestamp("us"))
    if len(times) and np.all(times == np.rint(times)) and np.all(np.abs(times) < 2**53):
        return pa.array(times.astype(np.int64))
    return pa.array(times)


def value_column(kind: str, target: str, task: TaskSpec) -> str:
    """Name the column of a target: "actual", "prediction" or "scale", or one of several."""
    if len(task.targets) == 1:
        return kind
    names = {ACTUAL: actual_column, PREDICTION: prediction_column}
    return names[kind](target) if kind in names else f"{kind}_{target}"
