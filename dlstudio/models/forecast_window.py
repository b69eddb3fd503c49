"""The window of a forecast: channels on a common scale, each window by its own level and spread.

Measuring a window against its own mean and spread, and giving the forecast back in the same
measure (reversible instance normalisation, Kim et al. 2022), makes the network indifferent to the
units of a series: one network serves shops that sell ten and ten thousand, without a table of
series, and a series that grew beyond all training values is no new territory.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dlstudio.models.blocks import Block, BlockKind
from dlstudio.models.columns import InputColumn
from dlstudio.models.layout import FeatureLayout
from dlstudio.models.tensors import Tensor, ops
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.forecast_columns import SeriesColumn, SeriesColumns, forecast_columns
from dlstudio.spec.inputs.sequence import SequencePreprocessing
from dlstudio.spec.inputs.series import SeriesPreprocessing, SeriesScaling
from dlstudio.spec.rhythm import DAY_S, WEEK_S, YEAR_S, Cycle, ForecastShape, forecast_shape
from dlstudio.spec.run import RunSpec

HISTORY, FUTURE = "history", "future"
# Below this share of its level a window's spread is rounding.
SMALLEST_SPREAD = 1e-6
CYCLE_S = {Cycle.DAY: DAY_S, Cycle.WEEK: WEEK_S, Cycle.YEAR: YEAR_S}


@dataclass(frozen=True)
class ForecastLayout:
    """What a forecast takes and gives, known without looking at the data.

    Attributes:
        shape: Window, horizon and season.
        columns: The columns in the order of their channels.
        features: The calendar as dense numbers; the blocks "history", `(window, channels)`, and,
            if something is known in advance, "future", `(horizon, known channels)`.
    """

    shape: ForecastShape
    columns: SeriesColumns
    features: FeatureLayout

    @property
    def num_targets(self) -> int:
        """How many columns are forecast; they are the first channels."""
        return len(self.columns.targets)

    @property
    def num_outputs(self) -> int:
        """Outputs of the network: the horizon times the targets, step by step."""
        return self.shape.horizon * self.num_targets

    @property
    def known_channels(self) -> np.ndarray:
        """Channels that are known in advance, int32."""
        return _channels(self.columns, lambda column: column.is_known)


def forecast_layout(spec: RunSpec, info: DatasetInfo) -> ForecastLayout:
    """Compute the layout of a forecast.

    Args:
        spec: A spec without problems, whose task is forecasting.
        info: The dataset it names.
    """
    shape, columns = forecast_shape(spec, info), forecast_columns(spec, info)
    blocks = [_block(HISTORY, (shape.window, columns.num_channels), columns)]
    if columns.num_known_channels:
        blocks.append(_block(FUTURE, (shape.horizon, columns.num_known_channels), columns))
    calendar = tuple(f"{cycle.value} ({part})" for cycle in shape.cycles for part in ("sin", "cos"))
    return ForecastLayout(shape, columns, FeatureLayout(calendar, (), (), tuple(blocks)))


@dataclass(frozen=True)
class Measured:
    """A window measured against itself.

    Attributes:
        history: `(batch, window, channels)`.
        future: `(batch, horizon, known channels)`; None if nothing is known in advance.
        level: What is 0 for each target, `(batch, 1, targets)`.
        spread: What is 1 for each target, `(batch, 1, targets)`.
    """

    history: Tensor
    future: Tensor | None
    level: Tensor
    spread: Tensor


def measure(layout: ForecastLayout, history: Tensor, future: Tensor | None) -> Measured:
    """Measure the channels that ask for it against their own window.

    Args:
        layout: The layout.
        history: Float32 `(batch, window, channels)`.
        future: Float32 `(batch, horizon, known channels)`, if anything is known in advance.
    """
    is_measured = np.zeros(layout.columns.num_channels, "float32")
    is_measured[_channels(layout.columns, _is_by_window)] = 1.0
    level = ops.mean(history, axis=1, keepdims=True) * is_measured
    centered = history - level
    spread = ops.sqrt(ops.mean(ops.square(centered), axis=1, keepdims=True))
    spread = ops.maximum(spread, SMALLEST_SPREAD * ops.absolute(level) + 1e-20)
    spread = spread * is_measured + (1.0 - is_measured)
    if future is not None:
        known = layout.known_channels
        future = (future - ops.take(level, known, axis=2)) / ops.take(spread, known, axis=2)
    targets = slice(0, layout.num_targets)
    return Measured(centered / spread, future, level[:, :, targets], spread[:, :, targets])


def with_differences(layout: ForecastLayout, history: Tensor) -> Tensor:
    """Replace the channels that ask for it by their changes from step to step; 0 at first.

    Args:
        layout: The layout.
        history: `(batch, window, channels)`.
    """
    changing = _channels(layout.columns, _is_differenced)
    if not len(changing):
        return history
    is_change = np.zeros(layout.columns.num_channels, "float32")
    is_change[changing] = 1.0
    before = ops.concatenate([history[:, :1], history[:, :-1]], axis=1)
    return history - before * is_change


def season_before(layout: ForecastLayout, history: Tensor) -> Tensor:
    """The seasonal naive forecast: what the targets were one season ago, again and again.

    Args:
        layout: The layout.
        history: `(batch, window, channels)`.

    Returns:
        `(batch, horizon, targets)`; the last value where the window is shorter than a season.
    """
    shape = layout.shape
    season = shape.season if shape.season <= shape.window else 1
    steps = shape.window - season + np.arange(shape.horizon) % season
    return ops.take(history[:, :, : layout.num_targets], steps.astype("int32"), axis=1)


def calendar_of(layout: ForecastLayout, seconds: Tensor) -> Tensor:
    """The place of points in time on the circles of the calendar.

    Args:
        layout: The layout.
        seconds: Seconds since 1970, float64 `(batch, 1)`.

    Returns:
        Float32 `(batch, num_dense)`, within -1 and 1.
    """
    parts: list[Tensor] = []
    for cycle in layout.shape.cycles:
        rounds = seconds / CYCLE_S[cycle]
        angle = 2.0 * np.pi * ops.cast(rounds - ops.floor(rounds), "float32")
        parts += [ops.sin(angle), ops.cos(angle)]
    return ops.concatenate(parts, axis=1)


def channel_slices(columns: SeriesColumns) -> dict[str, slice]:
    """Where the channels of each column stand."""
    slices: dict[str, slice] = {}
    first = 0
    for column in columns.columns:
        slices[column.name] = slice(first, first + column.num_channels)
        first += column.num_channels
    return slices


def _channels(columns: SeriesColumns, is_chosen: Callable[[SeriesColumn], bool]) -> np.ndarray:
    slices = channel_slices(columns)
    chosen = [
        np.arange(slices[column.name].start, slices[column.name].stop)
        for column in columns.columns
        if is_chosen(column)
    ]
    return np.concatenate([np.zeros(0, int), *chosen]).astype("int32")


def _is_by_window(column: SeriesColumn) -> bool:
    settings = column.settings
    return isinstance(settings, SeriesPreprocessing) and settings.scaling is SeriesScaling.WINDOW


def _is_differenced(column: SeriesColumn) -> bool:
    return isinstance(column.settings, SeriesPreprocessing) and column.settings.differencing


def _block(name: str, shape: tuple[int, int], columns: SeriesColumns) -> Block:
    return Block(
        name=name,
        kind=BlockKind.SERIES,
        column=InputColumn(columns.targets[0].info, SequencePreprocessing(length=shape[0])),
        decoded_shape=shape,
        decoded_dtype="float32",
        shape=shape,
        dtype="float32",
    )
