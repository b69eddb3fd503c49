"""Forecasts of a trained model from many origins."""

from collections.abc import Iterator

import keras
import numpy as np

from dlstudio.data.forecasting.regular import SeriesTable
from dlstudio.data.forecasting.windows import horizons_from, windows_before
from dlstudio.evaluation.predictions import PREDICTION, prediction_column
from dlstudio.models.forecast_model import forecast_input_names
from dlstudio.models.forecast_window import ForecastLayout
from dlstudio.spec.inputs.series import SeriesPreprocessing

MOST_BATCH_VALUES = 4_000_000
MOST_BATCH_ROWS = 2_048


def predict_origins(
    model: keras.Model,
    table: SeriesTable,
    layout: ForecastLayout,
    time: str,
    origins: np.ndarray,
) -> np.ndarray:
    """Forecast from origins.

    Args:
        model: The complete model of a run.
        table: The series; what is known in advance reaches a horizon beyond each origin.
        layout: The run's layout.
        time: The time column.
        origins: Places of first forecast steps, int64 `(n,)`; one behind the end is allowed.

    Returns:
        float64 `(n, horizon, targets)` in target units.
    """
    targets = [column.name for column in layout.columns.targets]
    names = [PREDICTION] if len(targets) == 1 else [prediction_column(name) for name in targets]
    predicted = np.empty((len(origins), layout.shape.horizon, len(targets)), np.float64)
    for rows in _batches(len(origins), layout):
        inputs = _inputs(table, layout, time, origins[rows])
        answers = model(inputs, training=False)
        for place, name in enumerate(names):
            predicted[rows, :, place] = np.asarray(keras.ops.convert_to_numpy(answers[name]))
    return predicted


def raw_windows(
    table: SeriesTable, layout: ForecastLayout, origins: np.ndarray
) -> dict[str, np.ndarray]:
    """Gather the raw windows of origins by column, as the saved model takes them.

    Args:
        table: The series.
        layout: The run's layout.
        origins: Places of first forecast steps.

    Returns:
        `(n, window)` a column; of what is known in advance `(n, window + horizon)`.
    """
    shape = layout.shape
    windows: dict[str, np.ndarray] = {}
    for column in layout.columns.columns:
        values = table.columns[column.name]
        before = windows_before(values, origins, shape.window)
        if column.is_known:
            after = horizons_from(values, origins, shape.horizon)
            before = np.concatenate([before, after], axis=1)
        windows[column.name] = before
    return windows


def first_times(table: SeriesTable, origins: np.ndarray) -> np.ndarray:
    """Times of first forecast steps, float64 `(n,)`; they may lie behind the end of a series."""
    return table.step.time_of(table.steps[origins - 1] + 1)


def forecast_times(table: SeriesTable, origins: np.ndarray, horizon: int) -> np.ndarray:
    """Times of all forecast steps, float64 `(n, horizon)`."""
    steps = table.steps[origins - 1][:, None] + 1 + np.arange(horizon)
    return table.step.time_of(steps.ravel()).reshape(steps.shape)


def _inputs(
    table: SeriesTable, layout: ForecastLayout, time: str, origins: np.ndarray
) -> dict[str, object]:
    names = forecast_input_names(layout, time)
    tensor = keras.ops.convert_to_tensor
    windows = raw_windows(table, layout, origins)
    inputs: dict[str, object] = {}
    for column in layout.columns.columns:
        is_number = isinstance(column.settings, SeriesPreprocessing)
        dtype = "float32" if is_number else "string"
        inputs[names[column.name]] = tensor(windows[column.name], dtype=dtype)
    if layout.shape.cycles:
        inputs[names[time]] = tensor(first_times(table, origins)[:, None], dtype="float64")
    return inputs


def _batches(num_origins: int, layout: ForecastLayout) -> Iterator[slice]:
    values = sum(int(np.prod(block.shape)) for block in layout.features.blocks)
    length = max(1, min(MOST_BATCH_ROWS, MOST_BATCH_VALUES // max(1, values)))
    for start in range(0, num_origins, length):
        yield slice(start, start + length)
