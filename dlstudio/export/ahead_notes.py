"""What should be said of the next steps: where they begin, and what is known of them."""

import numpy as np

from dlstudio.data.forecasting.ahead import AheadTable, KnownUse
from dlstudio.data.forecasting.origins import last_measured
from dlstudio.data.forecasting.regular import SeriesTable
from dlstudio.errors import DataError
from dlstudio.evaluation.forecasting import time_texts
from dlstudio.evaluation.notes import list_names
from dlstudio.spec.task import TaskSpec


def notes_of_ends(
    table: SeriesTable, ahead: AheadTable, window: int, task: TaskSpec
) -> tuple[str, ...]:
    """Say which series are too short, end early, or end without a value.

    Args:
        table: The series as they are.
        ahead: The same with the steps to forecast, before any was left out.
        window: Steps that the network needs.
        task: The run's task.
    """
    said: list[str] = []
    lengths = np.zeros(table.num_series, np.int64)
    lengths[ahead.series] = ahead.lengths
    is_short = lengths < window
    if is_short.any():
        names = _names(table, is_short)
        said.append(
            f"Series with fewer values than the window of {window:,} were left out "
            f"({len(names):,}): {list_names(names)}."
        )
    ends = last_measured(table)
    num_open = np.where(is_short, 0, table.bounds[1:] - ends)
    if num_open.any() and not task.known:
        targets = " and ".join(repr(target) for target in task.targets)
        said.append(
            f"The last steps hold no value of {targets} (up to {int(num_open.max()):,}): the "
            "forecast begins with the first of them."
        )
    last = np.full(table.num_series, np.iinfo(np.int64).min)
    last[~is_short] = table.steps[ends[~is_short] - 1]
    is_early = ~is_short & (last < last.max())
    if is_early.any():
        latest = time_texts(
            table.step.time_of(last.max(keepdims=True)), is_calendar=table.step.is_calendar
        )[0]
        names = _names(table, is_early)
        said.append(
            f"Series that end before {_day(latest)}, where others do, are forecast from their own "
            f"end on ({len(names):,}): {list_names(names)}."
        )
    return tuple(said)


def notes_of_floors(is_cut: np.ndarray, task: TaskSpec) -> tuple[str, ...]:
    """Say where bands were cut at 0.

    Args:
        is_cut: For which targets a band was cut, bool `(targets,)`.
        task: The run's task.
    """
    cut = [target for target, is_so in zip(task.targets, is_cut.tolist(), strict=True) if is_so]
    if not cut:
        return ()
    return (
        f"The band of {' and '.join(repr(target) for target in cut)} is cut at 0, because no value "
        "so far was negative; the forecast itself is not changed.",
    )


def notes_of_known(use: KnownUse) -> tuple[str, ...]:
    """Say what of a table of values that are known in advance was of no use."""
    said: list[str] = []
    if use.unknown_series:
        said.append(
            "Values known in advance of series without a history were not used "
            f"({len(use.unknown_series):,}): {list_names(use.unknown_series)}."
        )
    if use.num_outside:
        rows = "1 row is" if use.num_outside == 1 else f"{use.num_outside:,} rows are"
        said.append(f"{rows} for none of the steps to forecast, and of no use.")
    return tuple(said)


def notes_of_assumed(ahead: AheadTable, counts: dict[str, int]) -> tuple[str, ...]:
    """Say what was assumed of the columns that are known in advance.

    Args:
        ahead: The series.
        counts: How many values were assumed, by column.
    """
    return tuple(
        f"{name!r} is known in advance, but the data does not hold it for the future: "
        + (
            "its most frequent value of late is assumed."
            if ahead.table.columns[name].dtype == object
            else "it is assumed to stay as it was last."
        )
        for name in counts
    )


def check_known(ahead: AheadTable, task: TaskSpec, how_to_know: str) -> None:
    """Refuse to forecast without what is known in advance.

    Args:
        ahead: The series with what was given.
        task: The run's task.
        how_to_know: How it can be given, as the fix of the problem.

    Raises:
        DataError: A value is missing; names the first series that lacks any.
    """
    future = ahead.future
    for name in task.known:
        is_open = ~ahead.table.has_value[name][future].all(axis=1)
        if is_open.any():
            problem = _what_is_missing(ahead, task, int(np.argmax(is_open)), name)
            raise DataError(problem, how_to_know, where=name)


def _what_is_missing(ahead: AheadTable, task: TaskSpec, place: int, name: str) -> str:
    table, horizon = ahead.table, ahead.horizon
    num_given = int(table.has_value[name][ahead.future[place]].sum())
    first = table.times(ahead.origins[place : place + 1])
    since = time_texts(first, is_calendar=table.step.is_calendar)[0]
    of_series = f" of {table.names[ahead.series[place]]!r}" if task.series else ""
    return (
        f"{name!r} is known in advance, but {num_given:,} of the {horizon:,} values{of_series} "
        f"that are needed from {_day(since)} on are given."
    )


def _names(table: SeriesTable, is_chosen: np.ndarray) -> list[str]:
    return [table.names[place] for place in np.flatnonzero(is_chosen)]


def _day(text: str) -> str:
    return text.removesuffix("T00:00:00")
