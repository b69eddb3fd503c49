"""Series with one value a step: sorted, averaged where times repeat, filled where there is a gap.

The stated rule for gaps: a step without a value takes the last value before it, which is what was
known at that time; a linear filling would tell the network the future. Filled values are seen by
the network, but are never learned from or scored as targets.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from dlstudio.data.forecasting.history import History
from dlstudio.data.forecasting.steps import TimeStep, find_step
from dlstudio.errors import DataError

# A grid that is mostly empty means that the rows are no series: the memory stays bounded.
MOST_STEPS_A_ROW = 50
FEWEST_SPARE_STEPS = 100_000
# Where more rows than this repeat a time, a series column is missing rather than a few rows odd.
MOST_REPEATED = 0.2


@dataclass(frozen=True)
class SeriesTable:
    """Regular series, one after the other.

    Attributes:
        names: Name of each series; one empty name if the table holds a single one.
        bounds: Where each series begins in the arrays, and the end; int64 `(num_series + 1,)`.
        steps: Number of the step of each place, int64 `(num_places,)`.
        step: What one step is.
        columns: Raw values by column, `(num_places,)`, filled; numbers are float32 and NaN only
            where a series has no value at all.
        has_value: Where each column had a value of its own, bool `(num_places,)` a column.
        is_observed: Whether each target was measured, bool `(num_places, num_targets)`.
        rows: The row that a place comes from, int64 `(num_places,)`; -1 where it was filled.
    """

    names: tuple[str, ...]
    bounds: np.ndarray
    steps: np.ndarray
    step: TimeStep
    columns: dict[str, np.ndarray]
    has_value: dict[str, np.ndarray]
    is_observed: np.ndarray
    rows: np.ndarray

    @property
    def num_series(self) -> int:
        """How many series there are."""
        return len(self.names)

    @property
    def lengths(self) -> np.ndarray:
        """Steps of each series, int64 `(num_series,)`."""
        return np.diff(self.bounds)

    @property
    def series(self) -> np.ndarray:
        """The series of each place, int64 `(num_places,)`."""
        return np.repeat(np.arange(self.num_series), self.lengths)

    def times(self, places: np.ndarray) -> np.ndarray:
        """Times of places, float64: seconds since 1970 or plain numbers."""
        return self.step.time_of(self.steps[places])


@dataclass(frozen=True)
class Irregularities:
    """What was odd about the rows; counts, and an example where one helps.

    Attributes:
        num_without_time: Rows without a time, left out.
        num_without_series: Rows without a series, left out.
        num_unordered: Rows that stood before an earlier one of their series.
        num_repeated: Rows whose step had a row already; their numbers were averaged.
        num_filled: Steps that were missing.
        num_gaps: Runs of missing steps.
        longest_gap: Steps of the longest run.
        num_missing_targets: Target values that are missing in rows that are there.
    """

    num_without_time: int = 0
    num_without_series: int = 0
    num_unordered: int = 0
    num_repeated: int = 0
    num_filled: int = 0
    num_gaps: int = 0
    longest_gap: int = 0
    num_missing_targets: int = 0


def regularise(
    history: History, targets: tuple[str, ...], step: TimeStep | None = None
) -> tuple[SeriesTable, Irregularities]:
    """Bring rows onto a regular grid of steps.

    Args:
        history: The rows, in any order.
        targets: Columns whose presence is noted; a series begins with the first value of any.
        step: The step; found in the times by default.

    Returns:
        The series, and what was odd.

    Raises:
        DataError: No row has a time, the times are no series, or too many repeat.
    """
    kept = np.flatnonzero(np.isfinite(history.times) & (history.series >= 0))
    if not len(kept):
        raise DataError(
            "No row has a time that can be read.",
            "Choose the column that holds the time, or correct its kind on the Data page.",
            where="task.time",
        )
    order = kept[np.lexsort((history.times[kept], history.series[kept]))]
    times, series = history.times[order], history.series[order]
    step = step or find_step(times, series, is_calendar=history.is_calendar)
    index = step.index_of(times)
    grid = _Grid.of(index, series, len(history.names))
    _check_sparse(grid, len(order), step)
    places = grid.places(index, series)
    is_first = np.append(True, np.diff(places) > 0)
    _check_repeated(history, order, is_first)
    columns, is_known = _placed(history, order, places, grid.size)
    rows = np.full(grid.size, -1, np.int64)
    rows[places[is_first]] = order[is_first]
    observed = np.stack([is_known[name] for name in targets], axis=1)
    table = SeriesTable(
        names=history.names,
        bounds=grid.bounds,
        steps=grid.steps(),
        step=step,
        columns=_filled(columns, is_known, grid.starts()),
        has_value=is_known,
        is_observed=observed,
        rows=rows,
    )
    return table, _irregularities(history, order, table, is_first)


@dataclass(frozen=True)
class _Grid:
    """Where each series begins, in steps and in places."""

    first: np.ndarray
    bounds: np.ndarray

    @staticmethod
    def of(index: np.ndarray, series: np.ndarray, num_series: int) -> "_Grid":
        last = np.full(num_series, -1, np.int64)
        first = np.zeros(num_series, np.int64)
        last[series] = index  # sorted within a series: the last one stays
        first[series[::-1]] = index[::-1]
        present = np.zeros(num_series, bool)
        present[series] = True
        lengths = np.where(present, last - first + 1, 0)
        return _Grid(first, np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))

    @property
    def size(self) -> int:
        return int(self.bounds[-1])

    def places(self, index: np.ndarray, series: np.ndarray) -> np.ndarray:
        return self.bounds[series] + index - self.first[series]

    def starts(self) -> np.ndarray:
        """The first place of the series of each place."""
        return np.repeat(self.bounds[:-1], np.diff(self.bounds))

    def steps(self) -> np.ndarray:
        lengths = np.diff(self.bounds)
        return np.arange(self.size) - self.starts() + np.repeat(self.first, lengths)


def _check_sparse(grid: _Grid, num_rows: int, step: TimeStep) -> None:
    if grid.size > MOST_STEPS_A_ROW * num_rows + FEWEST_SPARE_STEPS:
        raise DataError(
            f"The times are too uneven: with a step of {step.words()}, {num_rows:,} rows would "
            f"spread over {grid.size:,} steps.",
            "Check the time column, or sum the rows up by hour, day or month before uploading.",
            where="task.time",
        )


def _check_repeated(history: History, order: np.ndarray, is_first: np.ndarray) -> None:
    is_same_time = ~is_first & np.append(False, np.diff(history.times[order]) == 0)
    if is_same_time.sum() <= MOST_REPEATED * len(order):
        return
    known = " of the same series" if len(history.names) > 1 else ""
    raise DataError(
        f"{int(is_same_time.sum()):,} of {len(order):,} rows have the time of another row{known}.",
        "Choose the column that tells the series apart under Series, or leave out repeated rows.",
        where="task.series",
    )


def _placed(
    history: History, order: np.ndarray, places: np.ndarray, size: int
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Values on the grid and where there are any; numbers of one step are averaged."""
    columns: dict[str, np.ndarray] = {}
    is_known: dict[str, np.ndarray] = {}
    for name, values in history.columns.items():
        ordered = values[order]
        if ordered.dtype == object:
            present = ordered != ""
            placed = np.full(size, "", object)
            placed[places[present]] = ordered[present]
            columns[name], is_known[name] = placed, placed != ""
            continue
        present = np.isfinite(ordered)
        at, numbers = places[present], ordered[present].astype(np.float64)
        counts = np.bincount(at, minlength=size)
        sums = np.bincount(at, weights=numbers, minlength=size)
        is_known[name] = counts > 0
        columns[name] = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    return columns, is_known


def _filled(
    columns: Mapping[str, np.ndarray], is_known: Mapping[str, np.ndarray], starts: np.ndarray
) -> dict[str, np.ndarray]:
    """Take the last value before a gap; before the first value of a series, the first one."""
    filled: dict[str, np.ndarray] = {}
    for name, values in columns.items():
        source = last_known(is_known[name], starts)
        filled[name] = values[source]
        if values.dtype != object:
            filled[name] = filled[name].astype(np.float32)
    return filled


def last_known(is_known: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """For each place the last known one up to it, or the first after it in its series.

    Args:
        is_known: bool `(num_places,)`.
        starts: First place of each place's series, int64 `(num_places,)`.

    Returns:
        int64 `(num_places,)`; a place of a series without any known value stays itself.
    """
    size = len(is_known)
    numbers = np.arange(size)
    before = np.maximum.accumulate(np.where(is_known, numbers, -1))
    after = np.minimum.accumulate(np.where(is_known, numbers, size)[::-1])[::-1]
    is_inside = after < size
    same = np.zeros(size, bool)
    same[is_inside] = starts[after[is_inside]] == starts[is_inside]
    return np.where(before >= starts, before, np.where(same, after, numbers))


def _irregularities(
    history: History, order: np.ndarray, table: SeriesTable, is_first: np.ndarray
) -> Irregularities:
    has_time, has_series = np.isfinite(history.times), history.series >= 0
    is_filled = table.rows < 0
    gap_starts = np.flatnonzero(is_filled & ~np.append(False, is_filled[:-1]))
    gap_ends = np.flatnonzero(is_filled & ~np.append(is_filled[1:], False))
    gaps = gap_ends - gap_starts + 1
    in_series = history.series[order]
    by_file = np.lexsort((order, in_series))
    backwards = np.diff(history.times[order][by_file]) < 0
    return Irregularities(
        num_without_time=int((~has_time).sum()),
        num_without_series=int((has_time & ~has_series).sum()),
        num_unordered=int((backwards & (np.diff(in_series[by_file]) == 0)).sum()),
        num_repeated=int((~is_first).sum()),
        num_filled=int(is_filled.sum()),
        num_gaps=len(gaps),
        longest_gap=int(gaps.max()) if len(gaps) else 0,
        num_missing_targets=int((~table.is_observed[~is_filled]).sum()),
    )


def describe(odd: Irregularities, step: TimeStep) -> tuple[str, ...]:
    """Say what was odd, one sentence each; empty for tidy series."""
    early = "came before an earlier one; all rows were sorted by time."
    same = "a step of time with another row; their numbers were averaged"
    return (
        *_told(odd.num_without_time, "without a time {} left out.", "was", "were"),
        *_told(odd.num_without_series, "without a series {} left out.", "was", "were"),
        *_told(odd.num_unordered, early),
        *_told(odd.num_repeated, f"{{}} {same} (a step is {step.words()}).", "shares", "share"),
        *_missing_steps(odd, step),
        *_missing_targets(odd),
    )


def _told(count: int, text: str, one: str = "", several: str = "") -> Iterator[str]:
    """A sentence about rows, in which "{}" is the verb; nothing about none."""
    if count:
        yield f"{_rows(count)} {text.format(one if count == 1 else several)}"


def _missing_steps(odd: Irregularities, step: TimeStep) -> Iterator[str]:
    if odd.num_filled == 1:
        yield (
            f"1 step of {step.words()} is missing; it takes the last value before it and is not "
            "scored."
        )
    elif odd.num_filled:
        gaps = "1 gap" if odd.num_gaps == 1 else f"{odd.num_gaps:,} gaps"
        yield (
            f"{odd.num_filled:,} steps of {step.words()} are missing in {gaps}, the longest of "
            f"{odd.longest_gap:,}; they take the last value before them and are not scored."
        )


def _missing_targets(odd: Irregularities) -> Iterator[str]:
    if odd.num_missing_targets == 1:
        yield "1 target value is missing; it takes the last value before it and is not scored."
    elif odd.num_missing_targets:
        yield (
            f"{odd.num_missing_targets:,} target values are missing; they take the last value "
            "before them and are not scored."
        )


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
