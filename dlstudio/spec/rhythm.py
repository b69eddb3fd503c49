"""The rhythm of a time column: its usual step, what repeats, and what a forecast takes from it.

All of this follows from the dataset's description alone, so that previews are exact without data.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dlstudio.spec.dataset import ColumnInfo, ColumnKind, DatasetInfo
from dlstudio.spec.run import RunSpec
from dlstudio.spec.split import SplitSpec
from dlstudio.spec.task import TaskSpec

MINUTE_S, HOUR_S, DAY_S = 60.0, 3_600.0, 86_400.0
WEEK_S, YEAR_S = 7 * DAY_S, 365.2425 * DAY_S
# Longest and shortest usual days of a step, and how many such steps make a year.
STEPS_A_YEAR = ((6.5, 7.5, 52), (26.0, 33.0, 12), (80.0, 100.0, 4))
# A round must be seen a few times before it can be learned from.
FEWEST_ROUNDS = 3
LONGEST_SEASON = 400
LONGEST_WINDOW = 512
LONGEST_DOUBLED_SEASON = 60
FEWEST_WINDOW_STEPS = 8
# From here on the straight line and small steps help; on 66 windows the line gained nothing, and
# small steps ended far from the goal.
MANY_WINDOWS = 1_000
LONGEST_AUTOMATIC_HORIZON = 48


class Cycle(StrEnum):
    """What the calendar tells of a point in time."""

    DAY = "day"
    WEEK = "week"
    YEAR = "year"


@dataclass(frozen=True)
class Rhythm:
    """What is known of the steps of a time column.

    Attributes:
        step_s: Usual seconds between steps; None where times are plain numbers.
        num_steps: About how many steps the usual series has; the longest may have many more.
        seasons: Steps after which something repeats, the shortest first; those that the series
            shows often enough.
    """

    step_s: float | None
    num_steps: int
    seasons: tuple[int, ...]


@dataclass(frozen=True)
class ForecastShape:
    """What a forecasting task comes to.

    Attributes:
        window: Steps of the past that the network sees.
        horizon: Steps that it forecasts.
        season: Steps after which the series repeats itself; 1 if nothing is known to repeat.
        cycles: What the calendar tells the network.
        num_windows: About how many windows there are to learn from.
    """

    window: int
    horizon: int
    season: int
    cycles: tuple[Cycle, ...]
    num_windows: int = 0

    @property
    def has_many_windows(self) -> bool:
        """Whether there is enough to learn a straight line and small steps with."""
        return self.num_windows >= MANY_WINDOWS


def forecast_shape(spec: RunSpec, info: DatasetInfo) -> ForecastShape:
    """Resolve what is automatic in a forecasting task.

    Args:
        spec: A spec whose time and series columns exist.
        info: The dataset it names.
    """
    return _shape(spec.task, info, spec.split.fractions[0])


def _shape(task: TaskSpec, info: DatasetInfo, share: float) -> ForecastShape:
    rhythm = rhythm_of(task, info)
    season = _season(task, rhythm)
    window = task.window or _window(rhythm, season, task.horizon, share)
    cycles = _cycles(rhythm, share) if task.calendar else ()
    if task.series is None:
        num_windows = round(rhythm.num_steps * share) - window - task.horizon
    else:
        num_series = info.column(task.series).num_distinct
        num_windows = round(info.num_rows * share) - num_series * (window + task.horizon)
    num_windows = max(0, num_windows)
    return ForecastShape(window, task.horizon, season, cycles, num_windows)


def usual_shape(task: TaskSpec, info: DatasetInfo) -> ForecastShape:
    """What a forecasting task comes to with the usual split.

    Args:
        task: A forecast, perhaps one that still lacks its time.
        info: The dataset.
    """
    keys = (task.time, *((task.series,) if task.series is not None else ()))
    if not all(name in info.column_names for name in keys):
        return ForecastShape(FEWEST_WINDOW_STEPS, task.horizon, 1, ())
    return _shape(task, info, SplitSpec().fractions[0])


def rhythm_of(task: TaskSpec, info: DatasetInfo) -> Rhythm:
    """Tell the rhythm of a task's time column.

    Args:
        task: Its time and series columns exist.
        info: The dataset.
    """
    column = info.column(task.time or "")
    num_rows = info.num_rows
    if task.series is not None:
        num_rows = _usual_length(info.column(task.series), num_rows)
    if column.kind is not ColumnKind.DATETIME or column.first is None or column.last is None:
        return Rhythm(None, min(max(1, column.num_distinct), num_rows), ())
    span_s = (_parsed(column.last) - _parsed(column.first)).total_seconds()
    mean_s = span_s / max(1, column.num_distinct - 1)
    step_s = column.step_s or mean_s or DAY_S
    # Months differ in length; without gaps there are as many steps as times.
    num_steps = max(1, column.num_distinct, round(span_s / step_s) + 1)
    if task.series is not None:
        num_steps = min(num_steps, num_rows)
    seasons = tuple(
        season
        for season in _seasons(step_s, mean_s)
        if num_steps >= FEWEST_ROUNDS * season and season <= LONGEST_SEASON
    )
    return Rhythm(step_s, num_steps, seasons)


def _usual_length(series: ColumnInfo, num_rows: int) -> int:
    """Rows of the usual series.

    The median, because one long series lifts the mean above all the others. It serves shorter ones,
    too: what is automatic takes less than half of it. Older datasets know only the mean.
    """
    return max(1, series.usual_count or num_rows // max(1, series.num_distinct))


def automatic_horizon(rhythm: Rhythm) -> int:
    """The horizon that a new spec begins with: one season, if the series is long enough."""
    season = rhythm.seasons[0] if rhythm.seasons else 12
    longest = max(1, rhythm.num_steps // 10)
    return min(season, LONGEST_AUTOMATIC_HORIZON, longest)


def _season(task: TaskSpec, rhythm: Rhythm) -> int:
    return task.season or (rhythm.seasons[-1] if rhythm.seasons else 1)


def _seasons(step_s: float, mean_s: float) -> tuple[int, ...]:
    """Steps of a day, a week and a year, as far as they are longer than a step."""
    days = step_s / DAY_S
    for low, high, count in STEPS_A_YEAR:
        if low <= days <= high:
            return (count,)
    if 0.9 <= days <= 1.1:
        # Five rows a week are working days.
        is_working_days = 1.3 <= mean_s / DAY_S <= 1.5
        return (5,) if is_working_days else (7,)
    if step_s >= DAY_S:
        return ()
    return tuple(round(cycle_s / step_s) for cycle_s in (DAY_S, WEEK_S))


def _window(rhythm: Rhythm, season: int, horizon: int, share: float) -> int:
    """Two short seasons or one long one, unless the series is too short to learn from them."""
    num_train = int(rhythm.num_steps * share)
    rounds = 2 * season if season <= LONGEST_DOUBLED_SEASON else season
    wanted = max(rounds, 2 * horizon if season == 1 else horizon, FEWEST_WINDOW_STEPS)
    longest = max(1, (num_train - horizon) // 2)
    return max(1, min(wanted, longest, LONGEST_WINDOW))


def _cycles(rhythm: Rhythm, share: float) -> tuple[Cycle, ...]:
    """The cycles that are longer than a step and were seen several times in training."""
    if rhythm.step_s is None:
        return ()
    seen_s = rhythm.num_steps * rhythm.step_s * share
    lengths = {Cycle.DAY: DAY_S, Cycle.WEEK: WEEK_S, Cycle.YEAR: YEAR_S}
    return tuple(
        cycle
        for cycle, length_s in lengths.items()
        if rhythm.step_s < 0.6 * length_s and seen_s >= 2 * length_s
    )


def _parsed(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)


def is_time_column(column: ColumnInfo) -> bool:
    """Whether a column can order the rows of a series."""
    return column.kind in (ColumnKind.DATETIME, ColumnKind.NUMBER)
