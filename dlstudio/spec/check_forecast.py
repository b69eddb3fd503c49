"""Whether a forecasting task fits its dataset."""

from collections import Counter
from collections.abc import Iterator

from pydantic import ValidationError

from dlstudio.errors import Problem
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, DatasetInfo
from dlstudio.spec.defaults import unknown_column
from dlstudio.spec.digit_dates import holds_digit_dates
from dlstudio.spec.forecast_columns import (
    SERIES_PREPROCESSING,
    has_forecast_columns,
)
from dlstudio.spec.messages import problems_of
from dlstudio.spec.rhythm import forecast_shape, is_time_column, rhythm_of
from dlstudio.spec.run import RunSpec
from dlstudio.spec.split import SplitMethod

FORECAST_SPLITS = (SplitMethod.TIME, SplitMethod.GROUP)
LARGEST_WINDOW = 10_000_000  # values
SERIES_KINDS = (ColumnKind.CATEGORY, ColumnKind.IDENTIFIER, ColumnKind.TEXT, ColumnKind.NUMBER)


def check_forecast(spec: RunSpec, info: DatasetInfo) -> Iterator[Problem]:
    """Find everything that keeps a forecast from being trained; a part of `check_spec`.

    Args:
        spec: A spec whose task is forecasting.
        info: The dataset.
    """
    yield from _time(spec, info)
    yield from _series(spec, info)
    yield from _targets(spec, info)
    yield from _further_columns(spec, info)
    yield from _split(spec)
    yield from _preprocessing(spec, info)
    if has_forecast_columns(spec, info):
        yield from _lengths(spec, info)


def _time(spec: RunSpec, info: DatasetInfo) -> Iterator[Problem]:
    name, where = spec.task.time, "task.time"
    if name is None:
        yield Problem(
            "A forecast needs to know when each row was measured, but no time column is chosen.",
            "Choose it under Time.",
            where,
        )
    elif not info.has_column(name):
        yield unknown_column(info, name, where)
    elif not is_time_column(info.column(name)):
        kind = info.column(name).kind.value
        yield Problem(
            f"The time column {name!r} is of kind {kind}, which does not order the rows.",
            "Choose a column of dates or numbers, or change its kind on the Data page.",
            where,
        )
    elif info.column(name).num_distinct < 2:
        yield Problem(
            f"The time column {name!r} has {info.column(name).num_distinct} different values.",
            "Choose a column that says when each row was measured.",
            where,
        )
    elif holds_digit_dates(info.column(name)):
        yield Problem(
            f"The time column {name!r} holds dates written as one number, such as "
            f"{info.column(name).min or 0:.0f}; the distance of such numbers is no time.",
            "Set its kind to datetime on the Data page.",
            where,
        )


def _series(spec: RunSpec, info: DatasetInfo) -> Iterator[Problem]:
    name, where = spec.task.series, "task.series"
    if name is None:
        return
    if not info.has_column(name):
        yield unknown_column(info, name, where)
    elif name == spec.task.time:
        yield Problem(
            f"{name!r} is both the time and the series.", "Choose another series column.", where
        )
    elif info.column(name).kind not in SERIES_KINDS:
        yield Problem(
            f"The series column {name!r} is of kind {info.column(name).kind.value}, which names "
            "no series.",
            "Choose a column that names the series, such as a shop or a sensor.",
            where,
        )


def _targets(spec: RunSpec, info: DatasetInfo) -> Iterator[Problem]:
    where = "task.targets"
    if not spec.task.targets:
        yield Problem("No target is chosen.", "Choose the column to forecast.", where)
    for name, count in Counter(spec.task.targets).items():
        if count > 1:
            yield Problem(f"The target {name!r} is named {count} times.", "Name it once.", where)
        if not info.has_column(name):
            yield unknown_column(info, name, where)
            continue
        column = info.column(name)
        if column.kind is not ColumnKind.NUMBER:
            yield Problem(
                f"A forecast continues numbers, but {name!r} is of kind {column.kind.value}.",
                "Choose a number column.",
                where,
            )
        elif column.num_distinct == 0:
            yield Problem(f"The target {name!r} has no values at all.", "Choose another.", where)
        if name in (spec.task.time, spec.task.series):
            yield Problem(
                f"{name!r} is a target and also the time or the series.",
                "Choose another target, or another time or series column.",
                where,
            )


def _further_columns(spec: RunSpec, info: DatasetInfo) -> Iterator[Problem]:
    taken = {spec.task.time: "the time", spec.task.series: "the series"}
    for field, names in (("inputs", spec.task.inputs), ("known", spec.task.known)):
        where = f"task.{field}"
        for name, count in Counter(names).items():
            if count > 1:
                yield Problem(f"{name!r} is named {count} times.", "Name it once.", where)
            if not info.has_column(name):
                yield unknown_column(info, name, where)
                continue
            yield from _further_column(info.column(name), where)
            if name in spec.task.targets:
                yield Problem(
                    f"{name!r} is a target, whose past a forecast sees anyway.",
                    "Remove it here.",
                    where,
                )
            elif name in taken:
                yield Problem(
                    f"{name!r} is {taken[name]} and cannot be a value too.",
                    "Remove it here.",
                    where,
                )
    for name in sorted(set(spec.task.inputs) & set(spec.task.known)):
        yield Problem(
            f"{name!r} is named as an input and as known in advance.",
            "Leave it only in one of them; known in advance includes its past.",
            "task.known",
        )


def _further_column(column: ColumnInfo, where: str) -> Iterator[Problem]:
    if column.kind not in SERIES_PREPROCESSING:
        yield Problem(
            f"{column.name!r} is of kind {column.kind.value}; a forecast takes numbers and "
            "categories beside its targets.",
            "Remove it, or change its kind on the Data page.",
            where,
        )
    elif column.num_distinct == 0:
        yield Problem(f"{column.name!r} has no values at all.", "Remove it.", where)


def _split(spec: RunSpec) -> Iterator[Problem]:
    split = spec.split
    if split.method not in FORECAST_SPLITS:
        yield Problem(
            f"The split method {split.method.value} would let a forecast learn from its own "
            "future.",
            "Choose the method time, or group to keep whole series apart.",
            "split.method",
        )
    elif split.method is SplitMethod.TIME and split.column != spec.task.time:
        yield Problem(
            f"The split goes by {split.column!r}, but the time of the task is {spec.task.time!r}.",
            "Choose the same column.",
            "split.column",
        )
    elif split.method is SplitMethod.GROUP and (
        spec.task.series is None or split.column != spec.task.series
    ):
        yield Problem(
            f"The split keeps the groups of {split.column!r} together, but a forecast can only "
            "keep whole series apart.",
            "Choose the series column, or the method time.",
            "split.column",
        )


def _preprocessing(spec: RunSpec, info: DatasetInfo) -> Iterator[Problem]:
    used = {*spec.task.targets, *spec.task.inputs, *spec.task.known}
    for name, fields in spec.preprocessing.items():
        where = f"preprocessing.{name}"
        if not info.has_column(name):
            yield unknown_column(info, name, where)
        elif name not in used:
            yield Problem(
                f"The forecast does not use {name!r}.", "Remove this entry, or use it.", where
            )
        elif info.column(name).kind in SERIES_PREPROCESSING:
            record = SERIES_PREPROCESSING[info.column(name).kind]
            try:
                record.model_validate(dict(fields))
            except ValidationError as error:
                yield from problems_of(error, record, where)


def _lengths(spec: RunSpec, info: DatasetInfo) -> Iterator[Problem]:
    """Refuse what cannot fit by the counts alone; the rest is found with the data."""
    shape, rhythm = forecast_shape(spec, info), rhythm_of(spec.task, info)
    if spec.task.series is None and shape.window + shape.horizon > rhythm.num_steps:
        yield Problem(
            f"A window of {shape.window:,} and a horizon of {shape.horizon:,} need "
            f"{shape.window + shape.horizon:,} steps, but the series has {rhythm.num_steps:,}.",
            "Shorten the window or the horizon.",
            "task.horizon" if spec.task.window is None else "task.window",
        )
        return
    shares = spec.split.fractions
    shortest = round(min(shares[1:]) * rhythm.num_steps)
    if (
        spec.task.series is None
        and spec.split.method is SplitMethod.TIME
        and 0 < shortest < shape.horizon
    ):
        part = "validation" if shares[1] <= shares[2] else "test"
        yield Problem(
            f"The {part} part has about {shortest:,} steps, fewer than the horizon of "
            f"{shape.horizon:,}.",
            f"Shorten the horizon to at most {shortest:,}, or give the {part} part a larger share.",
            "task.horizon",
        )
    num_columns = len(spec.task.targets) + len(spec.task.inputs) + len(spec.task.known)
    if num_columns * shape.window > LARGEST_WINDOW:
        yield Problem(
            f"A window of {shape.window:,} steps and {len(spec.task.inputs):,} inputs is too large "
            "for a network.",
            "Shorten the window, or choose fewer inputs.",
            "task.window",
        )
