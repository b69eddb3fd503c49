"""Continues series with the forecast of a run, or scores it on them."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dlstudio.data.forecasting.ahead import AheadTable, carry_on, only, with_assumed, with_known
from dlstudio.data.forecasting.history import History
from dlstudio.data.forecasting.origins import forecast_origins
from dlstudio.data.forecasting.regular import SeriesTable
from dlstudio.data.forecasting.windows import thinned
from dlstudio.errors import DataError
from dlstudio.evaluation.forecast_band import ForecastBand, floors_of_series, widths_of_series
from dlstudio.evaluation.forecast_table import OriginForecasts, forecast_rows, stored_forecasts
from dlstudio.evaluation.forecasting import report_forecast
from dlstudio.export.ahead_notes import (
    check_known,
    notes_of_assumed,
    notes_of_ends,
    notes_of_floors,
    notes_of_known,
)
from dlstudio.export.forecast_ahead import AheadForecast, next_rows, rows_to_draw
from dlstudio.export.row_writer import open_rows
from dlstudio.export.scoring import ScoringResult
from dlstudio.export.series_rows import SeriesRows
from dlstudio.reports.series import FittedSeries
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.run import RunSpec

if TYPE_CHECKING:
    import keras

    from dlstudio.models.forecast_window import ForecastLayout

MOST_EVALUATED_ROWS = 1_000_000
FEWEST_SHOWN, MOST_SHOWN = 24, 400


@dataclass(frozen=True)
class AheadWishes:
    """What is asked of the next steps.

    Attributes:
        known: Values of the columns that are known in advance, in place of those of the rows.
        assume_known: Whether what nobody gave of them is assumed instead of asked for.
        band: The band of past errors, if it is wanted and there is one.
        drawn_path: Where the table to draw goes, as Parquet, if it is wanted.
    """

    known: History | None = None
    assume_known: bool = False
    band: ForecastBand | None = None
    drawn_path: Path | None = None


class ForecastScorer:
    """A model and the history that it is to continue."""

    def __init__(
        self,
        model: "keras.Model",
        info: DatasetInfo,
        spec: RunSpec,
        fitted: FittedSeries,
        rows: SeriesRows,
    ) -> None:
        """Put them together.

        Args:
            model: The complete model of the run.
            info: The dataset that it was trained on.
            spec: The run's spec.
            fitted: What the run knows of its series.
            rows: The history.
        """
        from dlstudio.models.forecast_window import forecast_layout

        self._model = model
        self._task = spec.task
        self._targets = [info.column(name) for name in spec.task.targets]
        self._fitted = fitted
        self._layout: ForecastLayout = forecast_layout(spec, info)
        self._rows = rows
        self._notes = list(rows.notes)

    def predict(self, path: Path, wishes: AheadWishes) -> ScoringResult:
        """Write the next horizon of every series.

        Args:
            path: CSV or Parquet.
            wishes: What is asked.

        Raises:
            DataError: Every series is too short, or what is known in advance is missing.
        """
        ahead = self._carry_on(wishes)
        predicted = self._predict(ahead.table, ahead.origins)
        widths = self._widths(ahead, wishes.band)
        num_judged = wishes.band.num_forecasts if wishes.band and widths is not None else 0
        forecast = AheadForecast(ahead, predicted, widths, self._floors()[ahead.series])
        self._notes += notes_of_floors(forecast.is_cut, self._task)
        table = next_rows(forecast, self._task)
        with open_rows(path) as writer:
            writer.write(table)
        if wishes.drawn_path is not None:
            with open_rows(wishes.drawn_path) as writer:
                writer.write(rows_to_draw(forecast, self._task, self._num_shown()))
        return ScoringResult(
            num_rows=table.num_rows,
            notes=tuple(self._notes),
            output_path=str(path),
            drawn_path=str(wishes.drawn_path) if wishes.drawn_path else None,
            num_band_forecasts=num_judged,
        )

    def evaluate(self) -> ScoringResult:
        """Forecast from every origin that the file can judge, and score it.

        Raises:
            DataError: No series holds a window and the horizon after it.
        """
        shape = self._layout.shape
        origins = forecast_origins(self._rows.table, shape)
        if not len(origins):
            raise self._too_short(shape.window + shape.horizon, "a window and a horizon")
        origins = thinned(origins, max(1, MOST_EVALUATED_ROWS // shape.horizon))
        predicted = self._predict(self._rows.table, origins)
        forecasts = OriginForecasts(self._rows.table, origins, predicted, self._naive_errors())
        stored = stored_forecasts(forecasts, self._task, "test")
        found = report_forecast(forecast_rows(stored, self._task))
        said = f"{len(origins):,} forecasts of {shape.horizon:,} steps each."
        return ScoringResult(
            num_rows=found.num_rows,
            metrics=found.metrics,
            notes=(said, *found.notes, *self._notes),
        )

    def _predict(self, table: SeriesTable, origins: np.ndarray) -> np.ndarray:
        from dlstudio.evaluation.rolling import predict_origins

        time = str(self._task.time)
        return predict_origins(self._model, table, self._layout, time, origins)

    def _widths(self, ahead: AheadTable, band: ForecastBand | None) -> np.ndarray | None:
        """The band of each series; None if none of them has one."""
        if band is None:
            return None
        widths = widths_of_series(band, self._naive_errors()[ahead.series])
        return widths if np.isfinite(widths).any() else None

    def _floors(self) -> np.ndarray:
        return floors_of_series(self._rows.table, self._targets)

    def _num_shown(self) -> int:
        shape = self._layout.shape
        return min(MOST_SHOWN, max(shape.window, 3 * shape.horizon, FEWEST_SHOWN))

    def _carry_on(self, wishes: AheadWishes) -> AheadTable:
        """The series with what is known of the steps to forecast."""
        window = self._layout.shape.window
        num_kept = max(window, self._num_shown())
        ahead = carry_on(self._rows.table, self._layout.shape.horizon, num_kept)
        is_long = ahead.lengths >= window
        if not is_long.any():
            raise self._too_short(window, "the window")
        self._notes += notes_of_ends(self._rows.table, ahead, window, self._task)
        ahead = only(ahead, is_long)
        if wishes.known is not None:
            ahead, use = with_known(ahead, wishes.known)
            self._notes += notes_of_known(use)
        if wishes.assume_known:
            ahead, counts = with_assumed(ahead, self._task.known)
            self._notes += notes_of_assumed(ahead, counts)
        else:
            check_known(ahead, self._task, self._rows.how_to_know)
        return ahead

    def _too_short(self, needed: int, what: str) -> DataError:
        longest = int(self._rows.table.lengths.max())
        return DataError(
            f"The longest series has {longest:,} steps of {self._rows.table.step.words()}, but "
            f"{what} needs {needed:,}.",
            "Give a file with a longer history.",
            where=str(self._task.time),
        )

    def _naive_errors(self) -> np.ndarray:
        """What the run knows of each series; NaN for series that it never saw."""
        known = self._fitted.naive_errors
        unknown = (None,) * len(self._task.targets)
        rows = [known.get(name, unknown) for name in self._rows.table.names]
        return np.asarray(rows, np.float64)
