"""The regular step of a time column, and where a point in time stands on it."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

DAY_S = 86_400.0
# Calendar steps by the usual days between two of them: shortest, longest, months.
MONTH_STEPS = ((26.0, 33.0, 1), (80.0, 100.0, 3), (175.0, 190.0, 6), (358.0, 372.0, 12))
FEWEST_DAYS_TO_MISS_WEEKENDS = 8


class StepUnit(StrEnum):
    """What a step is measured in."""

    SECOND = "second"
    MONTH = "month"  # months differ in length, so that no number of seconds is a month
    WORKING_DAY = "working day"  # Monday to Friday
    NUMBER = "number"  # the time column holds plain numbers


@dataclass(frozen=True)
class TimeStep:
    """Points in time that are a step apart.

    Attributes:
        unit: What `size` is measured in.
        size: Length of a step, above 0.
        phase: For seconds and numbers, one point on the grid; for months and working days, the
            seconds from the beginning of the month or day, negative from its end.
        first_month: For several months, which of them, from 0.
    """

    unit: StepUnit
    size: float
    phase: float = 0.0
    first_month: int = 0

    @property
    def is_calendar(self) -> bool:
        """Whether times are seconds since 1970 rather than plain numbers."""
        return self.unit is not StepUnit.NUMBER

    def index_of(self, times: np.ndarray) -> np.ndarray:
        """Number the steps.

        Args:
            times: Seconds since 1970 or plain numbers, float64 `(n,)`, finite.

        Returns:
            int64 `(n,)`: the nearest step of each time; steps that follow each other differ by 1.
        """
        if self.unit is StepUnit.MONTH:
            return np.rint((_months(times) - self.first_month) / self.size).astype(np.int64)
        if self.unit is StepUnit.WORKING_DAY:
            days = np.floor(times / DAY_S).astype(np.int64).astype("datetime64[D]")
            return np.busday_count(np.datetime64("1970-01-01"), days).astype(np.int64)
        return np.rint((times - self.phase) / self.size).astype(np.int64)

    def time_of(self, index: np.ndarray) -> np.ndarray:
        """Give the time of steps; the inverse of `index_of`.

        Args:
            index: int64 `(n,)`.

        Returns:
            float64 `(n,)`, seconds since 1970 or plain numbers.
        """
        if self.unit is StepUnit.MONTH:
            from_end = 1 if self.phase < 0 else 0
            months = index * round(self.size) + self.first_month + from_end
            return _seconds(months.astype("datetime64[M]")) + self.phase
        if self.unit is StepUnit.WORKING_DAY:
            days = np.busday_offset(np.datetime64("1970-01-01"), index, roll="forward")
            return _seconds(days) + self.phase
        return index * self.size + self.phase

    def words(self) -> str:
        """The step as a person says it, such as "30 minutes"."""
        if self.unit is StepUnit.SECOND:
            return _duration(self.size)
        if self.unit is StepUnit.MONTH:
            return {1: "1 month", 3: "1 quarter", 12: "1 year"}.get(
                round(self.size), f"{self.size:g} months"
            )
        return "1 working day" if self.unit is StepUnit.WORKING_DAY else f"{self.size:g}"


def find_step(times: np.ndarray, series: np.ndarray, *, is_calendar: bool) -> TimeStep:
    """Tell the regular step of times.

    Args:
        times: float64 `(n,)`, finite, sorted within each series; at least one.
        series: Number of the series of each, `(n,)`, sorted.
        is_calendar: Whether times are seconds since 1970.

    Returns:
        The step: the median distance of neighbours, or the calendar step that it stands for.
    """
    distances = np.diff(times)[np.diff(series) == 0]
    distances = distances[distances > 0]
    # The lower median: the mean of a step and a gap would be neither.
    median = float(np.sort(distances)[(len(distances) - 1) // 2]) if len(distances) else 1.0
    if not is_calendar:
        return TimeStep(StepUnit.NUMBER, median, float(times[0]))
    days = median / DAY_S
    for low, high, months in MONTH_STEPS:
        if low <= days <= high and not _is_constant(distances):
            first_month = int(_mode(_months(times) % months))
            return TimeStep(StepUnit.MONTH, months, _phase_in(times, "datetime64[M]"), first_month)
    if abs(days - 1.0) < 0.01 and _misses_weekends(times):
        return TimeStep(StepUnit.WORKING_DAY, 1.0, _phase_in(times, "datetime64[D]"))
    return TimeStep(StepUnit.SECOND, median, _common_phase(times, median))


def _is_constant(distances: np.ndarray) -> bool:
    """Whether months are none, such as with a row every 28 days."""
    return len(distances) >= 4 and bool(np.ptp(distances) < DAY_S / 2)


def _misses_weekends(times: np.ndarray) -> bool:
    days = np.unique(np.floor(times / DAY_S).astype(np.int64))
    weekday = (days + 3) % 7  # 1970-01-01 was a Thursday
    is_long = len(days) >= FEWEST_DAYS_TO_MISS_WEEKENDS
    return is_long and not np.any(weekday >= 5)


def _phase_in(times: np.ndarray, unit: str) -> float:
    """The usual seconds from the beginning of a month or day, or before its end if that fits."""
    begun = _floored(times, unit)
    after = times - _seconds(begun)
    before = times - _seconds(begun + 1)
    from_start, from_end = _mode(after), _mode(before)
    if np.mean(before == from_end) > np.mean(after == from_start):
        return from_end
    return from_start


def _common_phase(times: np.ndarray, size: float) -> float:
    return _mode(np.round(np.mod(times, size), 6))


def _mode(values: np.ndarray) -> float:
    distinct, counts = np.unique(values, return_counts=True)
    return float(distinct[np.argmax(counts)])


def _months(times: np.ndarray) -> np.ndarray:
    return _floored(times, "datetime64[M]").astype(np.int64)


def _floored(times: np.ndarray, unit: str) -> np.ndarray:
    return np.floor(times).astype(np.int64).astype("datetime64[s]").astype(unit)


def _seconds(points: np.ndarray) -> np.ndarray:
    return points.astype("datetime64[s]").astype(np.int64).astype(np.float64)


_UNITS: tuple[tuple[float, str], ...] = (
    (7 * DAY_S, "week"),
    (DAY_S, "day"),
    (3_600.0, "hour"),
    (60.0, "minute"),
    (1.0, "second"),
)


def _duration(seconds: float) -> str:
    for size, name in _UNITS:
        count = seconds / size
        if count >= 1 and abs(count - round(count)) < 1e-9:
            return f"1 {name}" if round(count) == 1 else f"{round(count):,} {name}s"
    return f"{seconds:g} seconds"
