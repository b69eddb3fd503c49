"""Windows and horizons of origins, gathered when they are needed; and the scales of series."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dlstudio.data.forecasting.regular import SeriesTable


def windows_before(values: np.ndarray, origins: np.ndarray, window: int) -> np.ndarray:
    """Gather the values before origins.

    Args:
        values: `(num_places, ...)`.
        origins: Places of first forecast steps, int64 `(n,)`, each at least `window`.
        window: Steps.

    Returns:
        `(n, window, ...)`; only what is asked for is copied.
    """
    return _gathered(values, origins - window, window)


def horizons_from(values: np.ndarray, origins: np.ndarray, horizon: int) -> np.ndarray:
    """Gather the values from origins on.

    Args:
        values: `(num_places, ...)`.
        origins: Places of first forecast steps, int64 `(n,)`.
        horizon: Steps.

    Returns:
        `(n, horizon, ...)`.
    """
    return _gathered(values, origins, horizon)


def thinned(origins: np.ndarray, most: int) -> np.ndarray:
    """Take every k-th origin, so that at most so many are left; neighbours are nearly the same.

    Args:
        origins: int64 `(n,)`.
        most: At least 1.
    """
    return origins[:: max(1, -(-len(origins) // most))]


def target_values(table: SeriesTable, targets: tuple[str, ...]) -> np.ndarray:
    """The targets side by side, float32 `(num_places, num_targets)`; gaps are filled."""
    return np.stack([table.columns[name] for name in targets], axis=1)


def naive_errors(
    table: SeriesTable, values: np.ndarray, season: int, is_in_sample: np.ndarray
) -> np.ndarray:
    """Mean error of the seasonal naive forecast within the training part, for scaling errors.

    Hyndman and Koehler 2006, "Another look at measures of forecast accuracy". A series whose
    training part is not longer than a season is judged by its changes from step to step.

    Args:
        table: The series.
        values: float `(num_places, num_targets)`.
        season: Steps of a season, at least 1.
        is_in_sample: Places of the training part, bool `(num_places,)`.

    Returns:
        float64 `(num_series, num_targets)`; NaN where it is not defined, or 0.
    """
    seasonal = _mean_changes(table, values, season, is_in_sample)
    if season > 1:
        changes = _mean_changes(table, values, 1, is_in_sample)
        seasonal = np.where(np.isfinite(seasonal), seasonal, changes)
    return np.where(seasonal > 0, seasonal, np.nan)


def series_scales(
    table: SeriesTable, values: np.ndarray, is_in_sample: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and spread of the measured values of each series in the training part.

    Args:
        table: The series.
        values: float `(num_places, num_targets)`.
        is_in_sample: Places of the training part, bool `(num_places,)`.

    Returns:
        Two float64 arrays `(num_series, num_targets)`; where a series has no training part, or
        does not vary there, those of all series together, at least a spread above 0.
    """
    used = table.is_observed & is_in_sample[:, None]
    counts, sums, squares = (
        _sum_by_series(table, np.where(used, part, 0.0))
        for part in (1.0, values.astype(np.float64), values.astype(np.float64) ** 2)
    )
    means = sums / np.maximum(counts, 1)
    spreads = np.sqrt(np.maximum(squares / np.maximum(counts, 1) - means**2, 0.0))
    total = np.maximum(counts.sum(axis=0), 1)
    mean = sums.sum(axis=0) / total
    spread = np.sqrt(np.maximum(squares.sum(axis=0) / total - mean**2, 0.0))
    spread = np.where(spread > 1e-6 * np.abs(mean), spread, np.maximum(np.abs(mean), 1.0))
    means = np.where(counts > 0, means, mean)
    is_flat = (spreads <= 1e-6 * np.abs(means)) | (counts < 2)
    return means, np.where(is_flat, spread, spreads)


def _gathered(values: np.ndarray, first: np.ndarray, length: int) -> np.ndarray:
    windows = sliding_window_view(values, length, axis=0)[first]
    return np.moveaxis(windows, -1, 1)


def _mean_changes(
    table: SeriesTable, values: np.ndarray, lag: int, is_in_sample: np.ndarray
) -> np.ndarray:
    used = table.is_observed & is_in_sample[:, None]
    has_both = np.zeros_like(used)
    changes = np.zeros(values.shape, np.float64)
    series = table.series
    is_same = series[lag:] == series[:-lag]
    has_both[lag:] = used[lag:] & used[:-lag] & is_same[:, None]
    changes[lag:] = np.abs(values[lag:].astype(np.float64) - values[:-lag])
    counts = _sum_by_series(table, has_both.astype(np.float64))
    sums = _sum_by_series(table, np.where(has_both, changes, 0.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(counts > 0, sums / counts, np.nan)


def _sum_by_series(table: SeriesTable, values: np.ndarray) -> np.ndarray:
    series = table.series
    sums = [np.bincount(series, weights=column, minlength=table.num_series) for column in values.T]
    return np.stack(sums, axis=1)
