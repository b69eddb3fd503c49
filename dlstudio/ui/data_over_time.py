"""Numbers over time: one chart a column, one line a series, gaps left open and counted."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import streamlit as st

from dlstudio.data.dataset import Dataset
from dlstudio.data.over_time import Line, OverTime, SeriesChoice, TimeFacts, read_over_time
from dlstudio.data.time_zones import is_in_utc
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, ColumnRole, DatasetInfo
from dlstudio.ui.charts import show_timelines
from dlstudio.ui.formats import count, escape_markdown, number

MOST_COLUMNS, FIRST_COLUMNS = 8, 3
MOST_SERIES, FIRST_SERIES = 8, 4
MOST_NAMED_SERIES = 1_000
LEAST_DISTINCT = 0.95


def time_columns(info: DatasetInfo) -> list[ColumnInfo]:
    """The columns that order rows in time, those with that role first.

    Args:
        info: The dataset.
    """
    may_be = (ColumnKind.DATETIME, ColumnKind.NUMBER)
    chosen = [one for one in info.columns if one.role is ColumnRole.TIME and one.kind in may_be]
    dates = [one for one in info.columns if one.kind is ColumnKind.DATETIME and one not in chosen]
    return [*chosen, *dates]


def can_be_shown_over_time(info: DatasetInfo) -> bool:
    """Whether a table has times and numbers."""
    times = time_columns(info)
    return bool(times) and bool(_number_columns(info, times[0].name, None))


def show_over_time(dataset: Dataset, target: str | None) -> None:
    """Ask for columns and series, and draw them.

    Args:
        dataset: The dataset version that is shown.
        target: The column to predict, if one is chosen; it is drawn first.
    """
    choice = _ask(dataset.info, target)
    if not choice.columns or (choice.series and not choice.names):
        st.caption("Choose at least one column, and one series if there are several.")
        return
    found = _read_once(dataset.info.fingerprint, choice, dataset)
    if found.facts is None:
        st.caption("No row of this choice has a time.")
        return
    st.markdown(time_words(found.facts, is_calendar=found.is_calendar))
    if is_in_utc(dataset.info, choice.time):
        st.caption("Times are in UTC, because the data names a time zone.")
    key = f"{dataset.info.fingerprint}_{choice.time}_{choice.series}"
    for column in choice.columns:
        _show_column(column, found, key)


def time_words(facts: TimeFacts, *, is_calendar: bool) -> str:
    """Say how often a row comes, from when to when, and what is missing, as Markdown lines.

    Args:
        facts: What the times are like.
        is_calendar: Whether times are points in time.
    """
    step = facts.step.words()
    often = f"A row every **{step.removeprefix('1 ')}**" if is_calendar else f"Steps of **{step}**"
    if not facts.is_regular:
        often = f"Rows come at **irregular times**, {step} apart in the middle"
    when = f"{_moment(facts.first, is_calendar)} to {_moment(facts.last, is_calendar)}"
    lines = [f"{often}, from {when}: {count(facts.num_rows, 'row')}."]
    if facts.num_gaps:
        missing = count(facts.num_missing_steps, "missing step")
        lines.append(
            f"{count(facts.num_gaps, 'gap')} with {missing} in all, {facts.longest_gap:,} in the "
            "longest. Lines are broken there."
        )
    elif facts.is_regular:
        lines.append("No step is missing.")
    if facts.num_repeated:
        lines.append(
            f"{count(facts.num_repeated, 'row')} with the time of another row. If the table holds "
            "several series, choose the column that tells them apart."
        )
    if facts.num_without_time:
        lines.append(f"{count(facts.num_without_time, 'row')} without a time, not shown.")
    return "\n".join(f"- {line}" for line in lines)


def likely_series(info: DatasetInfo, time: str) -> str | None:
    """Guess which column tells series apart: none unless times repeat.

    Args:
        info: The dataset.
        time: The time column.
    """
    num_times = info.column(time).num_distinct
    if not num_times or num_times > LEAST_DISTINCT * info.num_rows:
        return None
    wanted = info.num_rows / num_times
    choices = _series_columns(info)
    return min(choices, key=lambda one: abs(one.num_distinct - wanted)).name if choices else None


def _ask(info: DatasetInfo, target: str | None) -> SeriesChoice:
    key = f"over_time_{info.fingerprint}"
    times = [column.name for column in time_columns(info)]
    time = times[0]
    with st.container(horizontal=True):
        if len(times) > 1:
            time = st.selectbox("Time", times, key=f"{key}_time")
        columns = _number_columns(info, time, target)
        chosen = st.multiselect(
            "Columns",
            columns,
            default=columns[:FIRST_COLUMNS],
            max_selections=MOST_COLUMNS,
            key=f"{key}_columns_{time}_{target}",
        )
        series, names = _ask_series(info, time, key)
    return SeriesChoice(time, tuple(chosen), series, names)


def _ask_series(info: DatasetInfo, time: str, key: str) -> tuple[str | None, tuple[str, ...]]:
    choices = [column.name for column in _series_columns(info)]
    if not choices:
        return None, ()
    likely = likely_series(info, time)
    series = st.selectbox(
        "Series",
        choices,
        index=None if likely is None else choices.index(likely),
        placeholder="The table is one series",
        help="If the table holds several series, such as one a shop: the column that names them.",
        key=f"{key}_series_{time}",
    )
    if series is None:
        return None, ()
    names = [entry.value for entry in info.column(series).top_values[:MOST_NAMED_SERIES]]
    shown = st.multiselect(
        f"Which {series}",
        names,
        default=names[:FIRST_SERIES],
        max_selections=MOST_SERIES,
        key=f"{key}_names_{series}",
    )
    return series, tuple(shown)


def _number_columns(info: DatasetInfo, time: str, target: str | None) -> list[str]:
    """The target first, then inputs in the order of the table."""
    never = (ColumnRole.IGNORE, ColumnRole.SPLIT, ColumnRole.GROUP)
    names = [
        column.name
        for column in info.columns
        if column.kind is ColumnKind.NUMBER and column.name != time and column.role not in never
    ]
    return sorted(names, key=lambda name: name != target)


def _series_columns(info: DatasetInfo) -> list[ColumnInfo]:
    """Columns whose values repeat and are listed in the profile."""
    return [
        column
        for column in info.columns
        if (column.kind is ColumnKind.CATEGORY or column.is_integer)
        and 1 < column.num_distinct <= min(MOST_NAMED_SERIES, info.num_rows // 2)
        and len(column.top_values) == column.num_distinct
    ]


@st.cache_data(max_entries=50, show_spinner="Reading the series …")
def _read_once(fingerprint: str, choice: SeriesChoice, _dataset: Dataset) -> OverTime:
    """A version never changes, so once is enough."""
    return read_over_time(_dataset, choice)


def _show_column(column: str, found: OverTime, key: str) -> None:
    lines = found.lines[column]
    st.markdown(f"**{escape_markdown(column)}**")
    if not any(len(line.times) for line in lines.values()):
        st.caption("No value in these rows.")
        return
    drawn = {
        name: (_axis(line.times, is_calendar=found.is_calendar), _gaps_as_none(line.values))
        for name, line in lines.items()
        if len(line.times)
    }
    show_timelines(drawn, f"{column} over time", f"over_time_{key}_{column}")
    said = _said(lines, found.num_missing[column])
    if said:
        st.caption(said)


def _said(lines: Mapping[str, Line], num_missing: int) -> str:
    parts = [f"{count(num_missing, 'row')} without a value."] if num_missing else []
    if any(line.is_thinned for line in lines.values()):
        parts.append("Long series are drawn by the smallest and the largest value of each stretch.")
    return " ".join(parts)


def _axis(times: np.ndarray, *, is_calendar: bool) -> Sequence[str] | Sequence[float]:
    if not is_calendar:
        return times.tolist()
    moments = np.round(times * 1e3).astype(np.int64).astype("datetime64[ms]")
    return np.datetime_as_string(moments).tolist()


def _gaps_as_none(values: np.ndarray) -> list[float | None]:
    return [None if value != value else value for value in values.tolist()]


def _moment(time: float, is_calendar: bool) -> str:
    if not is_calendar:
        return number(time, 9)
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=round(time))
    is_day = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    return moment.strftime("%Y-%m-%d" if is_day else "%Y-%m-%d %H:%M")
