"""The part of the Design page that only a forecast has: time, series, window, horizon, split."""

import streamlit as st

from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.forecast_columns import has_forecast_columns
from dlstudio.spec.rhythm import Cycle, forecast_shape
from dlstudio.spec.run import RunSpec
from dlstudio.spec.split import SplitMethod, SplitSpec
from dlstudio.spec.task import TaskSpec
from dlstudio.ui.design_fractions import show_fractions
from dlstudio.ui.design_state import Design
from dlstudio.ui.design_targets import series_of, times_of, values_of
from dlstudio.ui.formats import count
from dlstudio.ui.forms import record_form
from dlstudio.ui.problems import show_problems

_CYCLES = {Cycle.DAY: "time of day", Cycle.WEEK: "weekday", Cycle.YEAR: "time of year"}
_BY_TIME, _BY_SERIES = "By time", "By series"


def show_forecast(design: Design) -> TaskSpec:
    """Show the fields of a forecast; return the task as edited."""
    place = design.place("task", "kind", "inputs", "targets", "label_separator", "empty_cells")
    task, info = design.spec.task, design.info
    names = {
        "time": times_of(info),
        "series": series_of(info, task),
        "known": values_of(info, task),
    }
    edited = record_form(task, place.offering(names))
    text = describe_forecast(design.spec, info)
    if text:
        st.caption(text)
    return edited


def describe_forecast(spec: RunSpec, info: DatasetInfo) -> str:
    """Say what a forecasting task comes to once everything automatic is decided.

    Args:
        spec: A spec whose task is forecasting.
        info: Its dataset.

    Returns:
        Some sentences; empty while columns are missing or do not fit.
    """
    if not has_forecast_columns(spec, info):
        return ""
    shape = forecast_shape(spec, info)
    parts = [
        f"The network sees the last {count(shape.window, 'step')} and forecasts the next "
        f"{shape.horizon:,}."
    ]
    if shape.season > 1:
        parts.append(f"It corrects what was {shape.season:,} steps before.")
    if shape.cycles:
        told = ", ".join(_CYCLES[cycle] for cycle in shape.cycles)
        parts.append(f"From the calendar it is told the {told}.")
    return " ".join(parts)


def show_forecast_split(design: Design, task: TaskSpec) -> SplitSpec:
    """Show how a forecast is judged: later times, or series that it never saw.

    Args:
        design: What the page works on.
        task: The task as edited; the split goes by its columns.
    """
    split = design.spec.split
    ways = [_BY_TIME, _BY_SERIES] if task.series else [_BY_TIME]
    is_by_series = split.method is SplitMethod.GROUP and task.series is not None
    way = st.segmented_control(
        "Split method",
        ways,
        default=_BY_SERIES if is_by_series else _BY_TIME,
        key=f"{design.key}.split.way.{task.series}",
        help="By time, the past teaches and the latest times judge; no window crosses the border. "
        "By series, whole series judge that the network never saw.",
        required=True,
    )
    show_problems(design.problems, "split.method")
    show_problems(design.problems, "split.column")
    method, column = SplitMethod.TIME, task.time
    if way == _BY_SERIES and task.series:
        method, column = SplitMethod.GROUP, task.series
    fractions = show_fractions(design, "row")
    return split.model_copy(update={"method": method, "column": column, "fractions": fractions})
