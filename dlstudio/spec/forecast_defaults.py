"""What a new forecast begins with: its columns, its split and its training."""

from collections.abc import Sequence

from dlstudio.errors import Problem, SpecError
from dlstudio.spec.architectures.cnn import CnnSpec, ConvBlock, PlaceSummary
from dlstudio.spec.architectures.fnn import FnnSpec
from dlstudio.spec.architectures.rnn import Cell, RecurrentLayer, RnnSpec
from dlstudio.spec.architectures.table import ARCHITECTURES, ArchitectureSpec
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, ColumnRole, DatasetInfo
from dlstudio.spec.layers import DenseLayer, Normalization
from dlstudio.spec.rhythm import automatic_horizon, rhythm_of, usual_shape
from dlstudio.spec.split import SplitMethod, SplitSpec
from dlstudio.spec.task import TaskKind, TaskSpec
from dlstudio.spec.training import TrainingSpec

TIME_NAMES = ("time", "date", "datetime", "timestamp", "year", "month", "week", "day", "period")
INDEX_NAMES = ("t", "step", "index", "rownames", "row", "rowid", "id")
MOST_INPUTS = 20
ENSEMBLE_SIZE = 4
LONGEST_PLAIN_WINDOW = 64
LEARNING_RATE_OF_MANY = 0.001


def default_forecast(info: DatasetInfo, targets: Sequence[str] = ()) -> TaskSpec:
    """Choose the columns of a forecast by their roles, kinds and names.

    Args:
        info: The dataset.
        targets: Columns to forecast; by default those with the role target, or the only number
            column that there is.

    Returns:
        The task; its horizon is one season if the series is long enough.

    Raises:
        SpecError: There is no column of times, or none to forecast.
    """
    time = time_column(info, targets)
    if time is None:
        raise SpecError(
            [
                Problem(
                    f"{info.name!r} has no column of dates or times, which a forecast needs.",
                    "Set the kind of the time column to datetime on the Data page.",
                    "task.time",
                )
            ]
        )
    series = series_column(info, time, targets)
    chosen = tuple(targets) or forecast_targets(info, time, series)
    if not chosen:
        raise SpecError(
            [
                Problem(
                    f"No column of {info.name!r} is chosen as the target.",
                    f"Choose what to forecast, one of: {', '.join(_numbers(info, time)[:20])}.",
                    "task.targets",
                )
            ]
        )
    inputs = _inputs(info, (time, *chosen, *((series,) if series else ())))
    task = TaskSpec(
        kind=TaskKind.FORECASTING, inputs=inputs, targets=chosen, time=time, series=series
    )
    horizon = automatic_horizon(rhythm_of(task, info))
    return task.model_copy(update={"horizon": horizon})


def forecast_split(task: TaskSpec) -> SplitSpec:
    """All series are cut at the same moments."""
    return SplitSpec(method=SplitMethod.TIME, column=task.time)


def forecast_architecture(architecture: str, window: int) -> ArchitectureSpec:
    """The network that a forecast begins with (`benchmarks/forecasting.md`).

    Args:
        architecture: A key of `ARCHITECTURES`.
        window: Steps of the past that it sees.

    Returns:
        For a feed-forward network an ensemble of four that shares its layers: it took 4 % of
        the error on taylor's half-hours, and neither gained nor lost on shorter series.
        Convolutions keep the place of what they find, which decides when it comes back, and
        recurrent layers read long windows after convolutions have made them shorter.
    """
    if architecture == "fnn":
        return FnnSpec(ensemble_size=ENSEMBLE_SIZE)
    if architecture == "cnn":
        return CnnSpec(
            layers=(_convolution(32), _convolution(32)),
            summary=PlaceSummary.FLATTEN,
            dense_layers=(DenseLayer(units=128, dropout=0.1),),
        )
    if architecture == "rnn":
        is_long = window > LONGEST_PLAIN_WINDOW
        return RnnSpec(
            convolutions=(_convolution(32), _convolution(32)) if is_long else (),
            layers=(RecurrentLayer(cell=Cell.GRU, units=64),),
        )
    return ARCHITECTURES[architecture]()


def forecast_training(task: TaskSpec, info: DatasetInfo) -> TrainingSpec:
    """The training that a forecast begins with.

    Smaller steps gained a tenth on series with thousands of windows, such as taylor's half-hours;
    airline's 66 windows make so few steps an epoch that they end far from the goal.

    Args:
        task: A forecast, perhaps one that still lacks its time.
        info: The dataset.
    """
    if usual_shape(task, info).has_many_windows:
        return TrainingSpec(learning_rate=LEARNING_RATE_OF_MANY)
    return TrainingSpec()


def _convolution(filters: int) -> ConvBlock:
    """Without batch statistics, which would blur the level that a window is measured by."""
    return ConvBlock(filters=filters, kernel=5, normalization=Normalization.NONE)


def time_column(info: DatasetInfo, targets: Sequence[str]) -> str | None:
    """The column that says when each row was measured; None if there is none at first sight."""
    roles = [name for name in info.with_role(ColumnRole.TIME) if name not in targets]
    if roles:
        return roles[0]
    free = [column for column in info.columns if column.name not in targets]
    dates = [column for column in free if column.kind is ColumnKind.DATETIME]
    if dates:
        return max(dates, key=lambda column: column.num_distinct).name
    counting = [column for column in free if _counts_time(column)]
    counting.sort(key=lambda column: column.name.lower() not in TIME_NAMES)
    return counting[0].name if counting else None


def series_column(info: DatasetInfo, time: str, targets: Sequence[str]) -> str | None:
    """The column that tells series apart; None if no time repeats or none explains it."""
    num_times = info.column(time).num_distinct
    if num_times >= info.num_rows - info.column(time).num_missing:
        return None
    groups = info.with_role(ColumnRole.GROUP)
    if groups:
        return groups[0]
    kinds = (ColumnKind.CATEGORY, ColumnKind.IDENTIFIER)
    fitting = [
        column
        for column in info.columns
        if column.kind in kinds
        and column.name not in (time, *targets)
        and 1 < column.num_distinct < info.num_rows / 2
        and column.num_distinct * num_times >= info.num_rows
    ]
    if not fitting:
        return None
    # Where every series has every time, the product is the number of rows.
    return min(fitting, key=lambda column: column.num_distinct * num_times).name


def forecast_targets(info: DatasetInfo, time: str, series: str | None) -> tuple[str, ...]:
    """Columns with the role target that are numbers, or the only number there is."""
    numbers = [name for name in _numbers(info, time) if name != series]
    roles = tuple(name for name in info.with_role(ColumnRole.TARGET) if name in numbers)
    return roles or (tuple(numbers) if len(numbers) == 1 else ())


def _numbers(info: DatasetInfo, time: str) -> list[str]:
    return [
        column.name
        for column in info.columns
        if column.kind is ColumnKind.NUMBER and column.name != time and not _is_index(info, column)
    ]


def _inputs(info: DatasetInfo, taken: Sequence[str]) -> tuple[str, ...]:
    chosen = [
        column.name
        for column in info.columns
        if column.kind is ColumnKind.NUMBER
        and column.role is ColumnRole.INPUT
        and column.name not in taken
        and column.num_distinct > 1
        and not _is_index(info, column)
    ]
    return tuple(chosen[:MOST_INPUTS])


def _counts_time(column: ColumnInfo) -> bool:
    is_named = column.name.lower() in (*TIME_NAMES, *INDEX_NAMES)
    return column.kind is ColumnKind.NUMBER and is_named and column.num_distinct > 1


def _is_index(info: DatasetInfo, column: ColumnInfo) -> bool:
    """Whether a column only counts the rows."""
    return (
        column.is_integer
        and column.num_distinct == info.num_rows
        and column.min in (0.0, 1.0)
        and column.max == column.min + info.num_rows - 1
    )
