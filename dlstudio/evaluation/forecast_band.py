"""How far off a forecast may be, step by step: a band that held most true values of the past.

The band is as wide as the errors of the test part, which the network neither learned from nor was
chosen by. Of n errors of a step the one of rank ceil((n + 1) * 0.8) is its half-width (split
conformal prediction, Vovk et al. 2005): at least 8 of 10 true values lay within it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlstudio.data.forecasting.regular import SeriesTable
from dlstudio.evaluation.forecasting import ForecastRows
from dlstudio.spec.dataset import ColumnInfo

BAND_SHARE = 0.8
# Of fewer errors a step no band could be told apart from their largest.
FEWEST_ERRORS = 10


@dataclass(frozen=True)
class ForecastBand:
    """Half-widths of the band around a forecast.

    Attributes:
        widths: Half-width by step and target, float64 `(horizon, targets)`, in units of the
            target, or of the series' own scale if `is_scaled`; NaN for a target without a band.
        is_scaled: Whether a width is a multiple of the mean error of the seasonal naive forecast
            in the training part of the series, as there are several of different size.
        num_forecasts: Past forecasts that it comes from.
    """

    widths: np.ndarray
    is_scaled: bool
    num_forecasts: int


def band_of_errors(rows: ForecastRows, *, has_series: bool) -> ForecastBand | None:
    """Measure the band in the forecasts of one split.

    Args:
        rows: Its forecasts.
        has_series: Whether they are of several series.

    Returns:
        The band; None if every target has a step with fewer than 10 errors.
    """
    errors = np.abs(rows.predicted - rows.actual)
    if has_series:
        with np.errstate(divide="ignore", invalid="ignore"):
            errors = errors / rows.scale
    horizon, num_targets = int(rows.steps.max(initial=0)), errors.shape[1]
    widths = np.full((horizon, num_targets), np.nan)
    for step in range(horizon):
        of_step = errors[rows.steps == step + 1]
        widths[step] = [_width(of_step[:, place]) for place in range(num_targets)]
    widths[:, ~np.isfinite(widths).all(axis=0)] = np.nan
    if not np.isfinite(widths).any():
        return None
    return ForecastBand(widths, has_series, int((rows.steps == 1).sum()))


def widths_of_series(band: ForecastBand, scales: np.ndarray) -> np.ndarray:
    """Give the band in units of the targets.

    Args:
        band: The band.
        scales: Error of the seasonal naive forecast in training by series and target, float64
            `(n, targets)`; NaN where it is not known.

    Returns:
        float64 `(n, horizon, targets)`; NaN for a series whose size is not known.
    """
    if not band.is_scaled:
        return np.repeat(band.widths[None], len(scales), axis=0)
    return band.widths[None] * scales[:, None, :]


def floors_of_series(table: SeriesTable, targets: Sequence[ColumnInfo]) -> np.ndarray:
    """Where the band of a series ends below: at 0 where no value was ever negative.

    Counts and amounts cannot be negative, and a band of both signs would say that they can. That
    they cannot is concluded only where neither the dataset nor the series at hand has any value
    below 0; of other series nothing is known.

    Args:
        table: The series that are continued.
        targets: The columns that are forecast, as the dataset of the run describes them.

    Returns:
        float64 `(num_series, targets)`: 0 or -inf.
    """
    floors = np.full((table.num_series, len(targets)), -np.inf)
    for place, target in enumerate(targets):
        values = table.columns[target.name]
        is_negative = table.is_observed[:, place] & (values < 0)
        has_negative = np.bincount(table.series[is_negative], minlength=table.num_series) > 0
        if target.min is not None and target.min >= 0:
            floors[~has_negative, place] = 0.0
    return floors


def _width(errors: np.ndarray) -> float:
    known = np.sort(errors[np.isfinite(errors)])
    if len(known) < FEWEST_ERRORS:
        return float("nan")
    rank = min(len(known), int(np.ceil((len(known) + 1) * BAND_SHARE)))
    return float(known[rank - 1])
