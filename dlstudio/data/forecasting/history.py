"""The rows of a forecasting task as they are: times, series and values, in the file's order."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dlstudio.data.dataset import Dataset, read_table
from dlstudio.data.raw import numbers_from_table, raw_from_table, raw_values, read_raw
from dlstudio.spec.dataset import ColumnKind, DatasetInfo
from dlstudio.spec.task import TaskSpec


@dataclass(frozen=True)
class History:
    """Rows of one or several series, in any order.

    Attributes:
        times: Seconds since 1970 in UTC, or plain numbers; float64 `(num_rows,)`, NaN if missing.
        series: Place of each row's series in `names`, int64 `(num_rows,)`; -1 if missing.
        names: Names of the series in the order of their texts; one empty name without a column.
        columns: Raw values by column, as from `read_raw`.
        is_calendar: Whether times are points in time.
    """

    times: np.ndarray
    series: np.ndarray
    names: tuple[str, ...]
    columns: dict[str, np.ndarray]
    is_calendar: bool


def value_columns(task: TaskSpec) -> tuple[str, ...]:
    """The columns whose past a forecast sees: targets, inputs and what is known in advance."""
    return tuple(dict.fromkeys((*task.targets, *task.inputs, *task.known)))


def read_history(dataset: Dataset, task: TaskSpec) -> History:
    """Read what a forecasting task needs of a dataset.

    Args:
        dataset: The dataset.
        task: Its columns exist.
    """
    assert task.time is not None  # `check_spec` refuses a forecast without a time column
    times = _times_of(read_table(dataset, [task.time]).column(0))
    keys = [task.series] if task.series is not None else []
    texts = [_texts_of(column) for column in read_table(dataset, keys).columns]
    columns = read_raw(dataset, value_columns(task))
    return _history(times, texts, columns, dataset.info, task)


def history_of_table(table: pa.Table, info: DatasetInfo, task: TaskSpec) -> History:
    """Read what a forecasting task needs of any table, as for prediction.

    Args:
        table: The table.
        info: The dataset whose kinds hold.
        task: The run's task.

    Raises:
        DataError: Columns are missing.
    """
    assert task.time is not None
    keys = (task.series,) if task.series is not None else ()
    raw = raw_from_table(table, info, (task.time, *keys, *value_columns(task)))
    # Raw numbers are float32, which cannot tell one second or one large key from the next.
    exact = {
        name: numbers_from_table(table, info, name)
        for name in (task.time, *keys)
        if info.column(name).kind is ColumnKind.NUMBER
    }
    times = exact.get(task.time, raw[task.time])
    texts = [_texts_of_raw(exact.get(key, raw[key])) for key in keys]
    columns = {name: raw[name] for name in value_columns(task)}
    return _history(times, texts, columns, info, task)


def _history(
    times: np.ndarray,
    texts: list[np.ndarray],
    columns: Mapping[str, np.ndarray],
    info: DatasetInfo,
    task: TaskSpec,
) -> History:
    is_calendar = info.column(task.time or "").kind is ColumnKind.DATETIME
    if not texts:
        codes, names = np.zeros(len(times), np.int64), ("",)
    else:
        found, codes = np.unique(texts[0], return_inverse=True)
        names = tuple(found.tolist())
        if names and names[0] == "":
            names, codes = names[1:], codes - 1
    return History(times, codes.astype(np.int64), names, dict(columns), is_calendar)


def _times_of(values: pa.ChunkedArray) -> np.ndarray:
    if pa.types.is_timestamp(values.type):
        return raw_values(values)
    times = np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64)
    return np.where(np.isfinite(times), times, np.nan)


def _texts_of(values: pa.ChunkedArray) -> np.ndarray:
    if pa.types.is_string(values.type):
        return raw_values(values).astype(str)
    return _texts_of_raw(np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64))


def _texts_of_raw(values: np.ndarray) -> np.ndarray:
    """Texts of a key column; whole numbers without ".0", missing ones empty."""
    if values.dtype == object:
        return values.astype(str)
    distinct, place = np.unique(values, return_inverse=True)
    texts = [f"{value:.15g}" if np.isfinite(value) else "" for value in distinct.tolist()]
    return np.asarray(texts, dtype=str)[place]
