"""Points in time that are written as one number, such as 2020, 202001, 20200131 or 1580428800."""

import numpy as np
import pyarrow as pa

FIRST_YEAR, LAST_YEAR = 1_000, 2_999
# Where fewer of the numbers are dates, they count the time since 1970.
MIN_SHARE_OF_DATES = 0.9
# Below each size numbers are seconds, milliseconds, microseconds and nanoseconds: all of them lie
# between the years -1199 and 5138.
_MICROSECONDS = ((1e11, 1e6), (1e14, 1e3), (1e17, 1.0), (1e20, 1e-3))


def datetimes_of_numbers(numbers: np.ndarray) -> pa.Array:
    """Read numbers as points in time.

    What they are is told by all of them together: years, months such as 202001 or days such as
    20200131; or else the time since 1970 in seconds, or by their size in parts of seconds.

    Args:
        numbers: float64 `(n,)`; NaN where missing.

    Returns:
        timestamp[us] `(n,)`; null where a number is missing or no such date.
    """
    is_known = np.isfinite(numbers)
    is_whole = is_known & (np.abs(numbers) < 1e8) & (np.floor(numbers) == numbers)
    whole = np.where(is_whole, numbers, 0).astype(np.int64)
    for year, month, day in (
        (whole, 1, 1),
        (whole // 100, whole % 100, 1),
        (whole // 10_000, whole // 100 % 100, whole % 100),
    ):
        days, is_date = _days(year, np.asarray(month), np.asarray(day))
        if is_known.any() and is_date[is_known].mean() >= MIN_SHARE_OF_DATES:
            return _timestamps(days.astype("datetime64[us]").astype(np.int64), is_date)
    return _since_1970(numbers, is_known)


def _days(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Days, datetime64[D], and whether there is such a day."""
    is_date = (year >= FIRST_YEAR) & (year <= LAST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1)
    months = np.where(is_date, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(is_date, day - 1, 0)
    return days, is_date & (days.astype("datetime64[M]") == months)


def _since_1970(numbers: np.ndarray, is_known: np.ndarray) -> pa.Array:
    usual = float(np.median(np.abs(numbers[is_known]))) if is_known.any() else 0.0
    for limit, microseconds in _MICROSECONDS:
        if usual < limit:
            is_time = is_known & (np.abs(numbers) < limit)
            micros = np.where(is_time, numbers, 0) * microseconds
            return _timestamps(micros.astype(np.int64), is_time)
    return _timestamps(np.zeros(len(numbers), np.int64), np.zeros(len(numbers), bool))


def _timestamps(micros: np.ndarray, is_known: np.ndarray) -> pa.Array:
    return pa.array(micros, mask=~is_known).cast(pa.timestamp("us"))
