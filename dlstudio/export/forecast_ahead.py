"""The next steps of series as tables: one to take away, one to draw.

The table to draw has the end of each series and its forecast below each other: `series`, `time`,
`step` (from 1; 0 for what was measured), then by place in the task `value_0` ..., with a band
`low_0` and `high_0` ..., and for each column that is known in advance `known_0` ....
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dlstudio.data.forecasting.ahead import AheadTable
from dlstudio.evaluation.forecast_table import times_array
from dlstudio.evaluation.predictions import value_table
from dlstudio.spec.task import TaskSpec

SERIES, TIME, STEP = "series", "time", "step"
VALUE, LOW, HIGH, KNOWN = "value_", "low_", "high_", "known_"
DAY_S = 86_400

Moment = date | datetime | float | int
Cell = float | str | None


@dataclass(frozen=True)
class AheadForecast:
    """What a model says of the next steps.

    Attributes:
        ahead: The series; only those that are forecast have an origin.
        predicted: float64 `(n, horizon, targets)` in target units.
        widths: Half-width of the band, of the same shape, NaN where there is none; None without
            any band.
        floors: Where the band ends below, whatever its width: float64 `(n, targets)`, -inf where
            nothing is known; None for no such end at all.
    """

    ahead: AheadTable
    predicted: np.ndarray
    widths: np.ndarray | None
    floors: np.ndarray | None = None

    @property
    def band(self) -> tuple[np.ndarray, np.ndarray] | None:
        """The lower and the upper end of the band, in the shape of `predicted`.

        Where no true value lies below the floor, cutting the band there takes none out of it. A
        forecast that is itself below the floor keeps its place, and the band begins with it.
        """
        if self.widths is None:
            return None
        low = self.predicted - self.widths
        if self.floors is not None:
            low = np.maximum(low, np.minimum(self.predicted, self.floors[:, None, :]))
        return low, self.predicted + self.widths

    @property
    def is_cut(self) -> np.ndarray:
        """For which targets the band of any series is cut at its floor, bool `(targets,)`."""
        if self.band is None or self.widths is None:
            return np.zeros(self.predicted.shape[-1], bool)
        return np.any(self.band[0] > self.predicted - self.widths, axis=(0, 1))


@dataclass(frozen=True)
class SeriesAhead:
    """One series as it is drawn: its end, then its forecast.

    Attributes:
        times: When each row is.
        steps: 0 for what was measured, then the steps of the forecast from 1.
        values: By target, what was measured (None where nothing was), then the forecast.
        low: By target, the lower end of the band; None where there is none.
        high: By target, its upper end.
        known: By column, what is known in advance.
    """

    times: tuple[Moment, ...]
    steps: tuple[int, ...]
    values: dict[str, tuple[float | None, ...]]
    low: dict[str, tuple[float | None, ...]]
    high: dict[str, tuple[float | None, ...]]
    known: dict[str, tuple[Cell, ...]]

    @property
    def num_measured(self) -> int:
        """Rows before the forecast."""
        return self.steps.count(0)


def next_rows(forecast: AheadForecast, task: TaskSpec) -> pa.Table:
    """Write the forecast as it is taken away: one row a step with series, time and forecast.

    Args:
        forecast: The forecast; with a band, two more columns a target say where it lies.
        task: The run's task.
    """
    ahead, num_steps = forecast.ahead, forecast.predicted.size // len(task.targets)
    columns: dict[str, pa.Array] = {}
    if task.series is not None:
        names = np.asarray(ahead.table.names, object)[np.repeat(ahead.series, ahead.horizon)]
        columns[task.series] = pa.array(names, pa.string())
    columns[str(task.time)] = _moments(ahead, ahead.future.ravel())
    said = [("", forecast.predicted)]
    if forecast.band is not None:
        said += zip(("_low", "_high"), forecast.band, strict=True)
    for ending, values in said:
        table = value_table(task.targets, values.reshape(num_steps, -1))
        for name in table.column_names:
            columns[f"{name}{ending}"] = pa.array(table.column(name).to_numpy(), from_pandas=True)
    return pa.table(columns)


def rows_to_draw(forecast: AheadForecast, task: TaskSpec, num_shown: int) -> pa.Table:
    """Write the forecast as it is drawn.

    Args:
        forecast: The forecast.
        task: The run's task.
        num_shown: Measured steps of each series to show at most.
    """
    ahead, table = forecast.ahead, forecast.ahead.table
    begins = ahead.origins - np.minimum(ahead.lengths, num_shown)
    lengths = ahead.origins + ahead.horizon - begins
    row = np.repeat(np.arange(len(begins)), lengths)
    places = begins[row] + np.arange(lengths.sum()) - (np.cumsum(lengths) - lengths)[row]
    step = places - ahead.origins[row]
    is_ahead = step >= 0
    columns: dict[str, pa.Array] = {
        SERIES: pa.array(np.asarray(table.names, object)[table.series[places]], pa.string()),
        TIME: _moments(ahead, places),
        STEP: pa.array(np.maximum(step + 1, 0)),
    }
    for place, target in enumerate(task.targets):
        values = table.columns[target][places].astype(np.float64)
        values[~table.is_observed[places, place]] = np.nan
        values[is_ahead] = forecast.predicted[:, :, place].ravel()
        columns[f"{VALUE}{place}"] = pa.array(values, from_pandas=True)
        for name, end in zip((LOW, HIGH), forecast.band or (), strict=False):
            drawn = np.full(len(places), np.nan)
            drawn[is_ahead] = end[:, :, place].ravel()
            columns[f"{name}{place}"] = pa.array(drawn, from_pandas=True)
    for place, name in enumerate(task.known):
        columns[f"{KNOWN}{place}"] = pa.array(table.columns[name][places], from_pandas=True)
    return pa.table(columns)


def names_to_draw(path: Path) -> tuple[str, ...]:
    """The series of a table to draw, in its order; one empty name where there is only one.

    Args:
        path: What `rows_to_draw` made, as Parquet.
    """
    names = pq.read_table(path, columns=[SERIES]).column(SERIES)
    return tuple(names.unique().to_pylist())


def read_to_draw(path: Path, task: TaskSpec, name: str) -> SeriesAhead:
    """Read one series of a table to draw.

    Args:
        path: What `rows_to_draw` made, as Parquet.
        task: The run's task.
        name: One of `names_to_draw`.
    """
    table = pq.read_table(path, filters=[(SERIES, "==", name)])
    has_band = f"{LOW}0" in table.column_names

    def by_name(kind: str, names: tuple[str, ...]) -> dict[str, tuple]:
        return {
            one: tuple(table.column(f"{kind}{place}").to_pylist())
            for place, one in enumerate(names)
        }

    return SeriesAhead(
        times=tuple(table.column(TIME).to_pylist()),
        steps=tuple(table.column(STEP).to_pylist()),
        values=by_name(VALUE, task.targets),
        low=by_name(LOW, task.targets) if has_band else {},
        high=by_name(HIGH, task.targets) if has_band else {},
        known=by_name(KNOWN, task.known),
    )


def _moments(ahead: AheadTable, places: np.ndarray) -> pa.Array:
    """Times as they are written; dates where no time of day is needed."""
    table = ahead.table
    times, is_calendar = table.times(places), table.step.is_calendar
    written = times_array(times, is_calendar=is_calendar)
    if not is_calendar:
        return written
    if np.all(np.rint(times) % DAY_S == 0):
        return written.cast(pa.date32())
    return written.cast(pa.timestamp("s")) if np.all(times == np.rint(times)) else written
