"""Number columns over time, thinned to what a screen can show, with gaps counted and left open."""

from dataclasses import dataclass

import numpy as np

from dlstudio.data.dataset import Dataset
from dlstudio.data.forecasting.history import History, read_history
from dlstudio.data.forecasting.steps import TimeStep, find_step
from dlstudio.spec.task import TaskKind, TaskSpec

NUM_STRETCHES = 800
LEAST_REGULAR = 0.8


@dataclass(frozen=True)
class SeriesChoice:
    """What is looked at.

    Attributes:
        time: The column that orders the rows.
        columns: Number columns.
        series: The column that tells several series apart, if there is one.
        names: The series that are looked at; all rows if there is no such column.
    """

    time: str
    columns: tuple[str, ...]
    series: str | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One line of a chart.

    Attributes:
        times: Seconds since 1970 or plain numbers, rising, float64 `(num_points,)`.
        values: float64 `(num_points,)`; NaN where the line is broken.
        is_thinned: Whether each stretch of time is shown by its smallest and largest value only.
    """

    times: np.ndarray
    values: np.ndarray
    is_thinned: bool


@dataclass(frozen=True)
class TimeFacts:
    """What the times of the rows are like.

    Attributes:
        step: The usual step between rows.
        is_regular: Whether most rows are one step apart.
        first: The earliest time, in seconds since 1970 or as a plain number.
        last: The latest time.
        num_rows: Rows of the chosen series that have a time.
        num_without_time: Rows without a time.
        num_repeated: Rows with the time of another row of their series.
        num_gaps: Places where steps are missing; 0 if the times are not regular.
        num_missing_steps: How many steps are missing there.
        longest_gap: Steps of the longest of them.
    """

    step: TimeStep
    is_regular: bool
    first: float
    last: float
    num_rows: int
    num_without_time: int
    num_repeated: int
    num_gaps: int
    num_missing_steps: int
    longest_gap: int


@dataclass(frozen=True)
class OverTime:
    """Columns over time.

    Attributes:
        facts: What the times are like; None if no row has one.
        is_calendar: Whether times are points in time rather than plain numbers.
        lines: By column, then by series; the only series has an empty name.
        num_missing: Rows without a value, by column.
    """

    facts: TimeFacts | None
    is_calendar: bool
    lines: dict[str, dict[str, Line]]
    num_missing: dict[str, int]


def read_over_time(dataset: Dataset, choice: SeriesChoice) -> OverTime:
    """Read columns over time.

    Args:
        dataset: The dataset.
        choice: Which columns and series.

    Raises:
        NotFoundError: A column does not exist, or the dataset was removed meanwhile.
    """
    task = TaskSpec(
        kind=TaskKind.FORECASTING,
        inputs=(),
        targets=choice.columns,
        time=choice.time,
        series=choice.series,
    )
    history = read_history(dataset, task)
    wanted = [place for place, name in enumerate(history.names) if name in choice.names]
    is_wanted = np.isin(history.series, wanted) if choice.series else history.series >= 0
    is_timed = np.isfinite(history.times)
    rows = np.flatnonzero(is_wanted & is_timed)
    rows = rows[np.lexsort((history.times[rows], history.series[rows]))]
    if not len(rows):
        return OverTime(None, history.is_calendar, {}, {})
    facts, num_before = _facts(history, rows, int((is_wanted & ~is_timed).sum()))
    columns = {name: _values(history, name)[rows] for name in choice.columns}
    series = history.series[rows]
    lines = {
        column: {
            history.names[place]: _line(
                history.times[rows[series == place]],
                values[series == place],
                num_before[series == place],
            )
            for place in np.unique(series).tolist()
        }
        for column, values in columns.items()
    }
    missing = {name: int(np.isnan(values).sum()) for name, values in columns.items()}
    return OverTime(facts, history.is_calendar, lines, missing)


def thinned(times: np.ndarray, values: np.ndarray, num_gaps_before: np.ndarray) -> Line:
    """Make a line of points: the smallest and largest value of each stretch if there are many.

    Args:
        times: Rising, float64 `(n,)`, at least one.
        values: float64 `(n,)`, finite.
        num_gaps_before: Gaps before each point; the line is broken where the number rises, unless
            the gap is too small to be seen.
    """
    is_thinned = len(times) > 2 * NUM_STRETCHES
    stretch = np.arange(len(times))
    if is_thinned:
        span = max(float(times[-1] - times[0]), np.finfo(np.float64).tiny)
        stretch = np.floor((times - times[0]) / span * NUM_STRETCHES).astype(np.int64)
        order = np.lexsort((values, stretch))
        borders = np.flatnonzero(np.diff(stretch[order])) + 1
        lowest = order[np.concatenate([[0], borders])]
        highest = order[np.concatenate([borders - 1, [len(order) - 1]])]
        kept = np.unique(np.concatenate([lowest, highest]))
        times, values, stretch = times[kept], values[kept], stretch[kept]
        num_gaps_before = num_gaps_before[kept]
    is_gap = np.diff(num_gaps_before) > 0
    is_seen = np.diff(stretch) > 1 if is_thinned else is_gap
    breaks = np.flatnonzero(is_gap & is_seen) + 1
    middle = (times[breaks - 1] + times[breaks]) / 2
    return Line(np.insert(times, breaks, middle), np.insert(values, breaks, np.nan), is_thinned)


def _line(times: np.ndarray, values: np.ndarray, num_before: np.ndarray) -> Line:
    """A line that is broken at gaps in time and at missing values."""
    is_known = np.isfinite(values)
    if not is_known.any():
        return Line(times[:0], values[:0], is_thinned=False)
    num_before = num_before + np.cumsum(~is_known)
    return thinned(times[is_known], values[is_known], num_before[is_known])


def _facts(
    history: History, rows: np.ndarray, num_without_time: int
) -> tuple[TimeFacts, np.ndarray]:
    """What the times are like, and the gaps before each row."""
    times, series = history.times[rows], history.series[rows]
    step = find_step(times, series, is_calendar=history.is_calendar)
    steps_on = np.diff(step.index_of(times))
    is_same = np.diff(series) == 0
    moves = steps_on[is_same & (steps_on > 0)]
    is_regular = bool(len(moves)) and float(np.mean(moves == 1)) >= LEAST_REGULAR
    is_gap = is_same & (steps_on > 1) & is_regular
    gaps = steps_on[is_gap] - 1
    facts = TimeFacts(
        step=step,
        is_regular=is_regular,
        first=float(times.min()),
        last=float(times.max()),
        num_rows=len(rows),
        num_without_time=num_without_time,
        num_repeated=int((is_same & (np.diff(times) == 0)).sum()),
        num_gaps=len(gaps),
        num_missing_steps=int(gaps.sum()),
        longest_gap=int(gaps.max(initial=0)),
    )
    return facts, np.concatenate([[0], np.cumsum(is_gap)])


def _values(history: History, column: str) -> np.ndarray:
    values = np.asarray(history.columns[column], np.float64)
    return np.where(np.isfinite(values), values, np.nan)
