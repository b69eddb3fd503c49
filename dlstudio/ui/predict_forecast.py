"""The next steps of a trained forecast: a chart, a table, and what is known in advance."""

import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import streamlit as st

from dlstudio.export.ahead_job import ahead_job
from dlstudio.export.forecast_ahead import Moment, SeriesAhead, names_to_draw, read_to_draw
from dlstudio.export.scoring import ScoringJob, ScoringResult, ScoringStatus
from dlstudio.runs.records import RunRecord
from dlstudio.spec.task import TaskKind, TaskSpec
from dlstudio.ui.forecast_chart import moment_text, show_forecast_chart
from dlstudio.ui.formats import count, escape_markdown
from dlstudio.ui.predict_known import ask_known, given_file, take_file
from dlstudio.ui.predict_panel import read_dataset_info
from dlstudio.ui.problems import showing_problems
from dlstudio.ui.routes_downloads import scored_file_address
from dlstudio.ui.services import settings, store, supervisor
from dlstudio.ui.session import AddressKey

DIGITS = 5
MOST_ROWS_HIGH = 24  # longer tables scroll


def is_forecast(run: RunRecord) -> bool:
    """Whether a run goes on from its own data instead of answering rows."""
    return run.spec.task.kind is TaskKind.FORECASTING


def show_next_steps(run: RunRecord) -> None:
    """Show what comes after the end of a run's own dataset.

    Args:
        run: A forecast with a model.
    """
    with showing_problems():
        job = _answered(run, given_file(run))
        name = choose_series(job, run.spec.task, AddressKey.SERIES)
        charts = st.container()
        known = _ask_known(run, job, name)
        if known is not None:
            job = _answered(run, known)
        with charts:
            show_charts(job, run.spec.task, name, f"ahead_{run.id}")
        show_steps(job, run.spec.task, name, f"ahead_{run.id}")
        return
    if run.spec.task.known:  # a file that cannot be used must not stay for ever
        take_file(run)


def _ask_known(run: RunRecord, job: ScoringJob, name: str) -> pa.Table | None:
    if not run.spec.task.known:
        return None
    with st.container(border=True):
        known = ask_known(run, read_dataset_info(run), _drawn_path(job), name)
        take_file(run)
    return known


def _answered(run: RunRecord, known: Path | pa.Table | None) -> ScoringJob:
    """The forecast of a run; it is asked for once, and then found."""
    job = ahead_job(settings(), store().folder(run.id), known)
    state = job.poll()
    is_done = state.status is ScoringStatus.DONE and state.result is not None
    if not is_done or not _drawn_path(job).is_file():
        with st.spinner("Forecasting …", show_time=False):
            supervisor().forecast(job.id)
    return job


def choose_series(job: ScoringJob, task: TaskSpec, key: AddressKey) -> str:
    """Let a person choose one of the series that were forecast.

    Args:
        job: A forecast that is done.
        task: The run's task.
        key: The query parameter that keeps the choice.
    """
    names = names_to_draw(_drawn_path(job))
    if len(names) == 1:
        return names[0]
    return st.selectbox(
        f"{task.series or 'Series'} ({len(names):,})",
        names,
        key=key,
        bind="query-params",
        help="Type to search.",
        width=360,
    )


def show_charts(job: ScoringJob, task: TaskSpec, name: str, key: str) -> None:
    """Draw the forecast of one series, and say what it rests on.

    Args:
        job: A forecast that is done.
        task: The run's task.
        name: The series.
        key: Begins the keys of the charts, which stay the same while values are tried.
    """
    result = _result(job)
    series = read_to_draw(_drawn_path(job), task, name)
    st.markdown(_headline(series, name))
    for target in task.targets:
        st.markdown(f"**{escape_markdown(target)}**")
        show_forecast_chart(series, target, f"{key}_{name}_{target}")
    said = _band_words(series, result, task)
    if said:
        st.caption(said)
    for note in result.notes:
        st.caption(escape_markdown(note))


def show_steps(job: ScoringJob, task: TaskSpec, name: str, key: str) -> None:
    """Show the forecast of one series as a table, and offer all of them to take away.

    Args:
        job: A forecast that is done.
        task: The run's task.
        name: The series.
        key: Begins the key of the table.
    """
    series = read_to_draw(_drawn_path(job), task, name)
    _show_table(series, task, key)
    if isinstance(series.times[-1], datetime):
        st.caption("Times are as in your data, or in UTC where it names a time zone.")
    all_series = "" if len(names_to_draw(_drawn_path(job))) == 1 else " of all series"
    st.link_button(
        f"Download the table{all_series} (CSV)",
        scored_file_address(job.id),
        icon=":material/download:",
        type="primary",
    )


def _result(job: ScoringJob) -> ScoringResult:
    return job.poll().result or ScoringResult()


def _drawn_path(job: ScoringJob) -> Path:
    return Path(_result(job).drawn_path or "")


def _headline(series: SeriesAhead, name: str) -> str:
    first = series.num_measured
    num_steps = len(series.steps) - first
    of_series = f" of **{escape_markdown(name)}**" if name else ""
    span = moment_text(series.times[first])
    if num_steps > 1:
        span += f" to {moment_text(series.times[-1])}"
    last = moment_text(series.times[first - 1])
    return f"The next {count(num_steps, 'step')}{of_series} after {last}: **{span}**."


def _band_words(series: SeriesAhead, result: ScoringResult, task: TaskSpec) -> str:
    if not result.num_band_forecasts:
        return "No band is drawn: fewer than 10 forecasts of the past could be checked."
    if all(band[-1] is None for band in series.low.values()):
        return "No band is drawn: this series was not in the training part, so its size is unknown."
    over = ", over all series" if task.series is not None else ""
    known = " Those forecasts were given what is known in advance as it came." if task.known else ""
    judged = count(result.num_band_forecasts, "forecast")
    return (
        "**The band** is as wide as past errors were: on past data (the test part, "
        f"{judged}{over}), at least 8 of 10 true values lay within the band.{known} The future may "
        "be harder than the past."
    )


def _show_table(series: SeriesAhead, task: TaskSpec, key: str) -> None:
    first = series.num_measured
    columns: dict[str, list[Moment] | list[float | None]] = {
        str(task.time): list(series.times[first:])
    }
    for target in task.targets:
        named = "Forecast" if len(task.targets) == 1 else target
        said = {named: series.values, f"{named}, low": series.low, f"{named}, high": series.high}
        for title, values in said.items():
            if target in values and values[target][-1] is not None:
                columns[title] = _rounded(values[target][first:])
    st.dataframe(
        columns,
        hide_index=True,
        height="content" if len(series.times) - first <= MOST_ROWS_HIGH else "auto",
        key=f"{key}_table",
        column_config={
            title: st.column_config.NumberColumn(format="localized") for title in list(columns)[1:]
        },
    )


def _rounded(values: Sequence[float | None]) -> list[float | None]:
    """Numbers with as many decimals as the largest needs for some digits."""
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    decimals = DIGITS - 1 - math.floor(math.log10(largest)) if largest > 0 else 0
    return [None if value is None else round(value, max(0, decimals)) for value in values]
