"""The columns of a forecast, with what is done to each and where its numbers stand."""

from dataclasses import dataclass

from dlstudio.spec.dataset import ColumnInfo, ColumnKind, DatasetInfo
from dlstudio.spec.inputs.series import (
    SeriesCategoryPreprocessing,
    SeriesPreprocessing,
    resolve_series,
)
from dlstudio.spec.rhythm import is_time_column
from dlstudio.spec.run import RunSpec

SERIES_PREPROCESSING: dict[
    ColumnKind, type[SeriesPreprocessing] | type[SeriesCategoryPreprocessing]
] = {
    ColumnKind.NUMBER: SeriesPreprocessing,
    ColumnKind.CATEGORY: SeriesCategoryPreprocessing,
}


@dataclass(frozen=True)
class SeriesColumn:
    """One column of a forecast.

    Attributes:
        info: The column.
        settings: Its resolved preprocessing.
        is_target: Whether it is forecast.
        is_known: Whether it is known in advance.
    """

    info: ColumnInfo
    settings: SeriesPreprocessing | SeriesCategoryPreprocessing
    is_target: bool
    is_known: bool

    @property
    def name(self) -> str:
        """The column's name."""
        return self.info.name

    @property
    def categories(self) -> tuple[str, ...]:
        """Values that are told apart, most frequent first; empty for numbers."""
        if not isinstance(self.settings, SeriesCategoryPreprocessing):
            return ()
        return tuple(entry.value for entry in self.info.top_values[: self.settings.max_categories])

    @property
    def num_channels(self) -> int:
        """Numbers that stand for one value."""
        is_category = isinstance(self.settings, SeriesCategoryPreprocessing)
        return max(1, len(self.categories)) if is_category else 1


@dataclass(frozen=True)
class SeriesColumns:
    """All columns of a forecast: targets first, then inputs, then what is known in advance."""

    columns: tuple[SeriesColumn, ...]

    @property
    def targets(self) -> tuple[SeriesColumn, ...]:
        """The columns that are forecast."""
        return tuple(column for column in self.columns if column.is_target)

    @property
    def known(self) -> tuple[SeriesColumn, ...]:
        """The columns that are known in advance."""
        return tuple(column for column in self.columns if column.is_known)

    @property
    def num_channels(self) -> int:
        """Numbers a step of the window."""
        return sum(column.num_channels for column in self.columns)

    @property
    def num_known_channels(self) -> int:
        """Numbers a step of the horizon that are known in advance."""
        return sum(column.num_channels for column in self.known)


def has_forecast_columns(spec: RunSpec, info: DatasetInfo) -> bool:
    """Whether all columns of a forecast exist and have a kind that it can use."""
    task = spec.task
    values = (*task.targets, *task.inputs, *task.known)
    keys = () if task.series is None else (task.series,)
    names = info.column_names
    return (
        task.time in names
        and is_time_column(info.column(task.time or ""))
        and all(name in names for name in (*keys, *values))
        and all(info.column(name).kind in SERIES_PREPROCESSING for name in values)
    )


def forecast_columns(spec: RunSpec, info: DatasetInfo) -> SeriesColumns:
    """Resolve the columns of a forecast.

    Args:
        spec: A spec without problems, whose task is forecasting.
        info: The dataset it names.
    """
    task = spec.task
    columns: list[SeriesColumn] = []
    for name in (*task.targets, *task.inputs, *task.known):
        column = info.column(name)
        record = SERIES_PREPROCESSING[column.kind]
        settings = record.model_validate(dict(spec.preprocessing.get(name, {})))
        is_target = name in task.targets
        if isinstance(settings, SeriesPreprocessing):
            settings = resolve_series(settings, is_target=is_target)
        columns.append(SeriesColumn(column, settings, is_target, name in task.known))
    return SeriesColumns(tuple(columns))
