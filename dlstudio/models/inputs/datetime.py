"""Datetime columns: positions on circles, and the time itself.

Everything is arithmetic on seconds since 1970 in float64, so that the saved model needs no
calendar: float32 would know today's time only to two minutes.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from dlstudio.models.columns import DatetimeColumn
from dlstudio.models.tensors import Tensor, ops

DAY_S = 86_400.0
# The proleptic Gregorian calendar repeats itself; far beyond any real date it would lose precision.
LARGEST_S = 1e13
CYCLES = ("hour", "weekday", "day of month", "month")


def datetime_features(columns: Sequence[DatetimeColumn]) -> tuple[str, ...]:
    """Names of the features that datetime columns give, in order."""
    cyclic = [column.name for column in columns if column.settings.cyclic_parts]
    circles = [
        f"{name} {cycle} ({part})" for cycle in CYCLES for part in ("sin", "cos") for name in cyclic
    ]
    trends = [column.name for column in columns if column.settings.trend]
    missing = [f"{column.name} is missing" for column in columns if column.may_be_missing]
    return (*circles, *trends, *missing)


def build_datetimes(
    columns: Sequence[DatetimeColumn], values: np.ndarray, datetimes: Tensor
) -> list[Tensor]:
    """Fit the columns and build their features.

    Args:
        columns: At least one datetime column.
        values: The training rows, float64 `(num_rows, num_columns)`, seconds since 1970; NaN is
            missing.
        datetimes: Symbolic input, float64 `(batch, num_columns)`.

    Returns:
        Float32 `(batch, ...)` tensors, in the order of `datetime_features`, within -3 and 3.
    """
    is_known = ops.isfinite(datetimes)
    middle, scale = _span(values)
    seconds = ops.where(is_known, datetimes, middle)
    seconds = ops.minimum(ops.maximum(seconds, -LARGEST_S), LARGEST_S)
    features: list[Tensor] = []
    cyclic = _positions(column.settings.cyclic_parts for column in columns)
    if len(cyclic):
        known = ops.cast(ops.take(is_known, cyclic, axis=1), "float32")
        for fraction in _cycle_fractions(ops.take(seconds, cyclic, axis=1)):
            angle = 2.0 * np.pi * ops.cast(fraction, "float32")
            features += [ops.sin(angle) * known, ops.cos(angle) * known]
    trend = _positions(column.settings.trend for column in columns)
    if len(trend):
        place = ops.take((seconds - middle) * scale, trend, axis=1)
        place = ops.cast(place, "float32")
        features.append(place / ops.sqrt(1.0 + ops.square(place / 3.0)))
    missing = _positions(column.may_be_missing for column in columns)
    if len(missing):
        unknown = ops.logical_not(ops.take(is_known, missing, axis=1))
        features.append(ops.cast(unknown, "float32"))
    return features


def _cycle_fractions(seconds: Tensor) -> list[Tensor]:
    """How far each cycle has gone, from 0 to 1, in the order of `CYCLES`."""
    days = ops.floor(seconds / DAY_S)
    hour = seconds / DAY_S - days
    weekday = (days + 3.0) - 7.0 * ops.floor((days + 3.0) / 7.0)  # 1970-01-01 was a Thursday
    month, day = _civil(days)
    return [hour, weekday / 7.0, (day - 1.0) / 31.0, (month - 1.0) / 12.0]


def _civil(days: Tensor) -> tuple[Tensor, Tensor]:
    """Month and day of month (Howard Hinnant, "chrono-compatible low-level date algorithms")."""
    shifted = days + 719_468.0  # days since 0000-03-01
    day_of_era = shifted - 146_097.0 * ops.floor(shifted / 146_097.0)
    year_of_era = ops.floor(
        (
            day_of_era
            - ops.floor(day_of_era / 1_460.0)
            + ops.floor(day_of_era / 36_524.0)
            - ops.floor(day_of_era / 146_096.0)
        )
        / 365.0
    )
    leap_days = ops.floor(year_of_era / 4.0) - ops.floor(year_of_era / 100.0)
    day_of_year = day_of_era - (365.0 * year_of_era + leap_days)  # from 1 March
    month_from_march = ops.floor((5.0 * day_of_year + 2.0) / 153.0)
    day = day_of_year - ops.floor((153.0 * month_from_march + 2.0) / 5.0) + 1.0
    month = ops.where(month_from_march < 10.0, month_from_march + 3.0, month_from_march - 9.0)
    return month, day


def _span(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Middle of each column's training range, and the factor that maps the range to -1 .. 1."""
    middle = np.zeros(values.shape[1])
    scale = np.zeros(values.shape[1])
    for index, column in enumerate(values.T):
        known = column[np.isfinite(column)]
        if len(known):
            known = np.clip(known, -LARGEST_S, LARGEST_S)
            middle[index] = (known.min() + known.max()) / 2.0
            width = known.max() - known.min()
            scale[index] = 2.0 / width if width > 0 else 0.0
    return middle, scale


def _positions(chosen: Iterable[bool]) -> np.ndarray:
    return np.flatnonzero(np.asarray(list(chosen))).astype("int32")
