"""Where forecasts begin: in training, validation and test, with no forecast across a boundary.

An origin is the place of the first forecast step. The network sees the window before it and
answers for the horizon from it on. Each horizon lies within one part, so that no value is both
learned from and scored; the window of a validation or test forecast may reach back into what came
before, as it will when the network is used.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dlstudio.data.equal_files import group_codes
from dlstudio.data.forecasting.regular import SeriesTable
from dlstudio.data.splits import TEST, TRAIN, VALIDATION, by_group
from dlstudio.errors import DataError
from dlstudio.spec.rhythm import ForecastShape
from dlstudio.spec.split import SplitMethod, SplitSpec

PART_NAMES = {TRAIN: "training", VALIDATION: "validation", TEST: "test"}


@dataclass(frozen=True)
class OriginSplit:
    """The forecasts of the three parts.

    Attributes:
        table: The series.
        train: Places of first forecast steps, int64, in the order of series and time.
        validation: The same for validation.
        test: The same for test.
        parts: The part of each place of the table, int8 `(num_places,)`.
        left_out: Names of the series that are too short for any forecast.
    """

    table: SeriesTable
    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    parts: np.ndarray
    left_out: tuple[str, ...]


def split_origins(table: SeriesTable, shape: ForecastShape, split: SplitSpec) -> OriginSplit:
    """Find every forecast that each part holds.

    Args:
        table: The series.
        shape: Window and horizon.
        split: By time, all series are cut at the same moments; by group, whole series are put
            into one part.

    Raises:
        DataError: No series is long enough, or a part holds no whole horizon.
    """
    parts = _parts(table, split)
    origins = forecast_origins(table, shape)
    if not len(origins):
        raise _too_short(table, shape)
    last = origins + shape.horizon - 1
    part_of = np.where(parts[origins] == parts[last], parts[origins], -1)
    found = {part: origins[part_of == part] for part in PART_NAMES}
    for part, places in found.items():
        if not len(places):
            raise _part_too_short(table, shape, parts, part)
    has_forecast = np.isin(np.arange(table.num_series), table.series[origins])
    left_out = tuple(table.names[place] for place in np.flatnonzero(~has_forecast))
    return OriginSplit(table, found[TRAIN], found[VALIDATION], found[TEST], parts, left_out)


def forecast_origins(table: SeriesTable, shape: ForecastShape) -> np.ndarray:
    """Every place from which a whole horizon with a whole window before it can be scored.

    Args:
        table: The series.
        shape: Window and horizon.

    Returns:
        int64, in the order of series and time. Each horizon holds a measured target; each window
        begins at or after the first one of its series.
    """
    begins, ends = _observed_bounds(table)
    first, last = begins + shape.window, ends - shape.horizon
    counts = np.maximum(last - first + 1, 0)
    offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    origins = np.repeat(first, counts) + offsets
    measured = np.concatenate([[0], np.cumsum(table.is_observed.any(axis=1))])
    return origins[measured[origins + shape.horizon] > measured[origins]]


def _observed_bounds(table: SeriesTable) -> tuple[np.ndarray, np.ndarray]:
    """The first place with a measured target of each series, and the one behind the last."""
    places = np.flatnonzero(table.is_observed.any(axis=1))
    series = table.series[places]
    begins = np.zeros(table.num_series, np.int64)
    ends = np.zeros(table.num_series, np.int64)
    begins[series[::-1]] = places[::-1]
    ends[series] = places + 1
    return begins, ends


def last_measured(table: SeriesTable) -> np.ndarray:
    """The place behind the last measured target of each series, int64 `(num_series,)`."""
    return _observed_bounds(table)[1]


def _parts(table: SeriesTable, split: SplitSpec) -> np.ndarray:
    fractions = np.asarray(split.fractions, np.float64)
    fractions = fractions / fractions.sum()
    if split.method is SplitMethod.GROUP:
        generator = np.random.default_rng(split.seed)
        return by_group(group_codes(pa.array(table.series)), fractions, generator)
    steps = np.sort(table.steps[table.is_observed.any(axis=1)])
    if not len(steps):
        return np.zeros(len(table.steps), np.int8)
    cuts = [
        steps[min(len(steps) - 1, round(len(steps) * share))]
        for share in (fractions[0], fractions[0] + fractions[1])
    ]
    return np.searchsorted(cuts, table.steps, side="right").astype(np.int8)


def _too_short(table: SeriesTable, shape: ForecastShape) -> DataError:
    begins, ends = _observed_bounds(table)
    longest = int((ends - begins).max(initial=0))
    subject = "The series has" if table.num_series == 1 else "The longest series has"
    return DataError(
        f"{subject} {longest:,} steps of {table.step.words()}, but a window of {shape.window:,} "
        f"and a horizon of {shape.horizon:,} need {shape.window + shape.horizon:,}.",
        "Shorten the window or the horizon, or collect more rows.",
        where="task.window",
    )


def _part_too_short(
    table: SeriesTable, shape: ForecastShape, parts: np.ndarray, part: int
) -> DataError:
    inside = parts == part
    longest = int(np.bincount(table.series[inside], minlength=1).max()) if inside.any() else 0
    name = PART_NAMES[part]
    needed, what = shape.horizon, f"the horizon of {shape.horizon:,}"
    if part == TRAIN:
        needed += shape.window
        what = f"the window of {shape.window:,} and the horizon of {shape.horizon:,} together"
    if longest >= needed:  # long enough, but nothing was measured there
        return DataError(
            f"No forecast of the {name} part has a measured target and a whole window before it.",
            "Change the shares of the split, or fill in missing targets.",
            where="split.fractions",
        )
    return DataError(
        f"The {name} part holds {longest:,} steps of {table.step.words()}, fewer than {what}.",
        f"Shorten the {'window or the ' if part == TRAIN else ''}horizon, or give the {name} part "
        "a larger share.",
        where="task.horizon",
    )
