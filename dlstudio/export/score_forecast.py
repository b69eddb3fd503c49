"""Continues the series of a file with the forecast of a run, or scores it on them."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from dlstudio.data.forecasting.history import History, history_of_table
from dlstudio.data.forecasting.origins import forecast_origins, last_measured
from dlstudio.data.forecasting.regular import SeriesTable, describe, regularise
from dlstudio.data.forecasting.steps import StepUnit, TimeStep
from dlstudio.data.forecasting.windows import thinned
from dlstudio.data.raw import count_unreadable
from dlstudio.errors import DataError
from dlstudio.evaluation.forecast_table import (
    OriginForecasts,
    forecast_rows,
    stored_forecasts,
    times_array,
)
from dlstudio.evaluation.forecasting import report_forecast, time_texts
from dlstudio.evaluation.notes import list_names
from dlstudio.evaluation.predictions import value_table
from dlstudio.export.row_writer import open_rows
from dlstudio.export.scoring import ScoringResult
from dlstudio.reports.series import FittedSeries
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskSpec

if TYPE_CHECKING:
    import keras

    from dlstudio.models.forecast_window import ForecastLayout

MOST_EVALUATED_ROWS = 1_000_000
DAY_S = 86_400


def forecast_file_columns(task: TaskSpec) -> tuple[str, ...]:
    """The columns that a file must have to be continued or scored."""
    keys = (task.time, task.series)
    values = (*task.targets, *task.inputs, *task.known)
    return tuple(name for name in (*keys, *values) if name is not None)


class ForecastScorer:
    """A model and the history that it is to continue."""

    def __init__(
        self,
        model: "keras.Model",
        info: DatasetInfo,
        spec: RunSpec,
        fitted: FittedSeries,
        batches: Iterator[pa.Table],
    ) -> None:
        """Read the file's series.

        Args:
            model: The complete model of the run.
            info: The dataset that it was trained on.
            spec: The run's spec.
            fitted: What the run knows of its series.
            batches: The file's rows.

        Raises:
            DataError: The rows are no series with the step of the run.
        """
        from dlstudio.models.forecast_window import forecast_layout

        self._model = model
        self._spec = spec
        self._task = spec.task
        self._fitted = fitted
        self._layout: ForecastLayout = forecast_layout(spec, info)
        table, notes = _read_all(batches, info, forecast_file_columns(spec.task))
        history = history_of_table(table, info, spec.task)
        self.num_rows = len(history.times)
        self._table, odd = regularise(history, spec.task.targets, _step_of(fitted))
        self._notes = [*notes, *describe(odd, self._table.step)]
        _check_step(history, self._table, str(spec.task.time))

    def predict(self, path: Path) -> ScoringResult:
        """Write the next horizon of every series.

        Args:
            path: CSV or Parquet.

        Raises:
            DataError: Every series is too short, or what is known in advance is missing.
        """
        origins = self._latest_origins()
        self._check_known(origins)
        predicted = self._predict(origins)
        table = self._next_rows(origins, predicted)
        with open_rows(path) as writer:
            writer.write(table)
        return ScoringResult(
            num_rows=table.num_rows, notes=tuple(self._notes), output_path=str(path)
        )

    def evaluate(self) -> ScoringResult:
        """Forecast from every origin that the file can judge, and score it.

        Raises:
            DataError: No series holds a window and the horizon after it.
        """
        shape = self._layout.shape
        origins = forecast_origins(self._table, shape)
        if not len(origins):
            raise self._too_short(shape.window + shape.horizon, "a window and a horizon")
        origins = thinned(origins, max(1, MOST_EVALUATED_ROWS // shape.horizon))
        forecasts = OriginForecasts(
            self._table, origins, self._predict(origins), self._naive_errors()
        )
        stored = stored_forecasts(forecasts, self._task, "test")
        found = report_forecast(forecast_rows(stored, self._task))
        said = f"{len(origins):,} forecasts of {shape.horizon:,} steps each."
        return ScoringResult(
            num_rows=found.num_rows,
            metrics=found.metrics,
            notes=(said, *found.notes, *self._notes),
        )

    def _predict(self, origins: np.ndarray) -> np.ndarray:
        from dlstudio.evaluation.rolling import predict_origins

        time = str(self._task.time)
        return predict_origins(self._model, self._table, self._layout, time, origins)

    def _latest_origins(self) -> np.ndarray:
        """The place behind the last value of each series that is long enough."""
        ends = last_measured(self._table)
        is_long = ends - self._table.bounds[:-1] >= self._layout.shape.window
        if not is_long.any():
            raise self._too_short(self._layout.shape.window, "the window")
        if not is_long.all():
            names = [self._table.names[place] for place in np.flatnonzero(~is_long)]
            self._notes.append(
                f"{len(names):,} series have fewer values than the window of "
                f"{self._layout.shape.window:,} and were left out: {list_names(names)}."
            )
        return ends[is_long]

    def _too_short(self, needed: int, what: str) -> DataError:
        longest = int(self._table.lengths.max())
        return DataError(
            f"The longest series of the file has {longest:,} steps of "
            f"{self._table.step.words()}, but {what} needs {needed:,}.",
            "Give a file with a longer history.",
            where=str(self._task.time),
        )

    def _check_known(self, origins: np.ndarray) -> None:
        horizon, table = self._layout.shape.horizon, self._table
        if not self._task.known:
            return
        series = table.series[origins - 1]
        for origin, place in zip(origins.tolist(), series.tolist(), strict=True):
            end = min(origin + horizon, int(table.bounds[place + 1]))
            for name in self._task.known:
                num_given = int(table.has_value[name][origin:end].sum())
                if num_given < horizon:
                    raise self._known_missing(name, place, origin, num_given)

    def _known_missing(self, name: str, place: int, origin: int, num_given: int) -> DataError:
        horizon = self._layout.shape.horizon
        first = self._table.step.time_of(self._table.steps[origin - 1 : origin] + 1)
        since = time_texts(first, is_calendar=self._table.step.is_calendar)[0]
        of_series = f" of {self._table.names[place]!r}" if self._task.series else ""
        targets = " and ".join(repr(target) for target in self._task.targets)
        return DataError(
            f"{name!r} is known in advance, but the file holds {num_given:,} of the {horizon:,} "
            f"values{of_series} that are needed from {since} on.",
            f"Add a row for each of the {horizon:,} steps to forecast, with {name!r} filled in and "
            f"{targets} left empty.",
            where=name,
        )

    def _next_rows(self, origins: np.ndarray, predicted: np.ndarray) -> pa.Table:
        """One row a step: series, time, forecast."""
        from dlstudio.evaluation.rolling import forecast_times

        table, horizon = self._table, self._layout.shape.horizon
        columns: dict[str, pa.Array] = {}
        if self._task.series is not None:
            series = np.repeat(table.series[origins - 1], horizon)
            names = np.asarray(table.names, object)[series]
            columns[self._task.series] = pa.array(names, pa.string())
        times = forecast_times(table, origins, horizon).ravel()
        columns[str(self._task.time)] = _written_times(times, is_calendar=table.step.is_calendar)
        forecast = value_table(self._task.targets, predicted.reshape(len(times), -1))
        for name in forecast.column_names:
            columns[name] = forecast.column(name)
        return pa.table(columns)

    def _naive_errors(self) -> np.ndarray:
        """What the run knows of each series; NaN for series that it never saw."""
        known = self._fitted.naive_errors
        unknown = (None,) * len(self._task.targets)
        rows = [known.get(name, unknown) for name in self._table.names]
        return np.asarray(rows, np.float64)


def _read_all(
    batches: Iterator[pa.Table], info: DatasetInfo, columns: tuple[str, ...]
) -> tuple[pa.Table, list[str]]:
    """The needed columns of all rows, and notes about cells that cannot be read."""
    num_unreadable: Counter[str] = Counter()
    parts: list[pa.Table] = []
    for batch in batches:
        num_unreadable.update(count_unreadable(batch, info, columns))
        parts.append(batch.select([name for name in batch.column_names if name in columns]))
    notes = [
        f"{count:,} cells of {name!r} are no {info.column(name).kind.value} and count as missing."
        for name, count in num_unreadable.items()
    ]
    return pa.concat_tables(parts), notes


def _step_of(fitted: FittedSeries) -> TimeStep:
    return TimeStep(StepUnit(fitted.unit), fitted.size, fitted.phase, fitted.first_month)


def _check_step(history: History, table: SeriesTable, time: str) -> None:
    """Refuse a file whose rows are much closer or farther apart than those of the run."""
    places = np.flatnonzero(table.rows >= 0)
    apart = np.diff(table.steps[places])[np.diff(table.series[places]) == 0]
    is_finer = len(places) < 0.7 * np.isfinite(history.times).sum()
    is_coarser = len(apart) >= 2 and np.median(apart) > 1.5
    if is_finer or is_coarser:
        relation = "closer together" if is_finer else "farther apart"
        raise DataError(
            f"The run forecasts steps of {table.step.words()}, but most rows of the file are "
            f"{relation}.",
            "Give a file with the same step as the dataset of the run.",
            where=time,
        )


def _written_times(times: np.ndarray, *, is_calendar: bool) -> pa.Array:
    """Dates where no time of day is needed."""
    written = times_array(times, is_calendar=is_calendar)
    if not is_calendar:
        return written
    if np.all(np.rint(times) % DAY_S == 0):
        return written.cast(pa.date32())
    return written.cast(pa.timestamp("s")) if np.all(times == np.rint(times)) else written
