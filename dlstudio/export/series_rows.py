"""The series that a forecast is to continue: from a file, or from the dataset of its run."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dlstudio.data.dataset import Dataset
from dlstudio.data.forecasting.history import History, history_of_table, read_history
from dlstudio.data.forecasting.regular import SeriesTable, describe, regularise
from dlstudio.data.forecasting.steps import StepUnit, TimeStep
from dlstudio.data.raw import count_unreadable
from dlstudio.errors import DataError
from dlstudio.evaluation.notes import list_names
from dlstudio.reports.series import FittedSeries
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.task import TaskSpec


def forecast_file_columns(task: TaskSpec) -> tuple[str, ...]:
    """The columns that a file must have to be continued or scored."""
    keys = (task.time, task.series)
    values = (*task.targets, *task.inputs, *task.known)
    return tuple(name for name in (*keys, *values) if name is not None)


def known_file_columns(task: TaskSpec) -> tuple[str, ...]:
    """The columns of a file of values that are known in advance."""
    keys = (task.series, task.time)
    return tuple(name for name in (*keys, *task.known) if name is not None)


@dataclass(frozen=True)
class SeriesRows:
    """The series that a forecast is to continue.

    Attributes:
        table: The series.
        notes: What should be said of them.
        how_to_know: How what is known in advance can be given, as the fix of a problem.
    """

    table: SeriesTable
    notes: tuple[str, ...]
    how_to_know: str = ""


def rows_of_file(
    batches: Iterator[pa.Table], info: DatasetInfo, task: TaskSpec, fitted: FittedSeries
) -> SeriesRows:
    """Read the series of a file.

    Args:
        batches: The file's rows.
        info: The dataset that the run was trained on.
        task: The run's task.
        fitted: What the run knows of its series.

    Raises:
        DataError: The rows are no series with the step of the run.
    """
    table, notes = _read_all(batches, info, forecast_file_columns(task))
    history = history_of_table(table, info, task)
    series, odd = regularise(history, task.targets, _step_of(fitted))
    _check_step(history, series, str(task.time))
    targets = " and ".join(repr(target) for target in task.targets)
    how = (
        f"Add a row for each of the {task.horizon:,} steps to forecast, with "
        f"{list_names(task.known)} filled in and {targets} left empty."
    )
    return SeriesRows(series, (*notes, *describe(odd, series.step)), how)


def rows_of_dataset(dataset: Dataset, task: TaskSpec, fitted: FittedSeries) -> SeriesRows:
    """Read the series that a run was trained on, or later ones of the same dataset.

    Args:
        dataset: The dataset.
        task: The run's task.
        fitted: What the run knows of its series.

    Raises:
        NotFoundError: The dataset was removed meanwhile.
    """
    history = read_history(dataset, task)
    series, odd = regularise(history, task.targets, _step_of(fitted))
    columns = list_names(known_file_columns(task))
    how = (
        f"Give a file with the columns {columns} and a row for each of the {task.horizon:,} steps "
        "to forecast, as in: dlstudio predict RUN --known FILE."
    )
    return SeriesRows(series, describe(odd, series.step), how)


def known_of_file(batches: Iterator[pa.Table], info: DatasetInfo, task: TaskSpec) -> History:
    """Read values that are known in advance.

    Args:
        batches: A row a step, with the time, the columns that are known in advance and, unless
            they hold for every series, the series.
        info: The dataset that the run was trained on.
        task: The run's task.

    Raises:
        DataError: A column is missing.
    """
    table = pa.concat_tables(batches)
    series = task.series if task.series in table.column_names else None
    known = {"targets": (), "inputs": (), "series": series}
    return history_of_table(table, info, task.model_copy(update=known))


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
