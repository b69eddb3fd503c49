"""The first batch of a forecast's training: windows as the network sees them."""

import numpy as np

from dlstudio.data.dataset import Dataset
from dlstudio.models.forecast_window import (
    FUTURE,
    HISTORY,
    ForecastLayout,
    measure,
    with_differences,
)
from dlstudio.models.tensors import ops
from dlstudio.reports.first_batch import FirstBatch, LinesSeen
from dlstudio.spec.forecast_columns import SeriesColumn
from dlstudio.spec.run import RunSpec
from dlstudio.training.order import epoch_order
from dlstudio.training.prepare_forecast import prepare_forecast
from dlstudio.training.seen import numbers_seen, series_seen
from dlstudio.training.series_windows import SeriesWindows

MOST_WINDOWS = 6


def first_forecast_batch(dataset: Dataset, spec: RunSpec) -> FirstBatch:
    """Compute what the network of a forecast sees first.

    Args:
        dataset: The dataset that the spec names.
        spec: A spec without problems, whose task is forecasting.

    Returns:
        Some windows of the first batch of the first epoch, each measured by its own level and
        spread.

    Raises:
        DataError: The rows are no series, or too short for the window and the horizon.
    """
    preparation = prepare_forecast(dataset, spec)
    layout, train = preparation.preprocessor.layout, preparation.data.train
    num_windows = len(train.targets)
    order = epoch_order(spec.training.seed, 0, num_windows)
    shown = order[: min(preparation.batch_size, MOST_WINDOWS)]
    assert isinstance(train.gathering, SeriesWindows)
    features, _ = train.gathering.at(train.targets[shown])
    return FirstBatch(
        batch_size=min(preparation.batch_size, num_windows),
        rows=(),
        labels=tuple(f"Window {place + 1:,} of {num_windows:,}" for place in shown.tolist()),
        lines=tuple(_lines(layout, features)),
        numbers=numbers_seen(layout.features, features),
        notes=("Each window is measured by its own level and spread where its scaling says so.",),
    )


def _lines(layout: ForecastLayout, features: dict[str, np.ndarray]) -> list[LinesSeen]:
    future = features.get(FUTURE)
    measured = measure(
        layout,
        ops.convert_to_tensor(features[HISTORY]),
        None if future is None else ops.convert_to_tensor(future),
    )
    history = ops.convert_to_numpy(with_differences(layout, measured.history))
    names = [name for column in layout.columns.columns for name in _names(column)]
    lines = [series_seen("The past", names, np.asarray(history))]
    if measured.future is not None:
        known = [name for column in layout.columns.known for name in _names(column)]
        values = np.asarray(ops.convert_to_numpy(measured.future))
        lines.append(series_seen("Known in advance", known, values))
    return lines


def _names(column: SeriesColumn) -> list[str]:
    if column.categories:
        return [f"{column.name} {value}" for value in column.categories]
    return [column.name]
