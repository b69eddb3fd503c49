"""The report of a forecast: forecast against truth, and the error of each step."""

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dlstudio.reports.evaluation import ForecastDetails, ForecastSample
from dlstudio.reports.metrics import metric_info
from dlstudio.ui.charts import show_lines, show_series
from dlstudio.ui.formats import count, escape_markdown
from dlstudio.ui.percent_columns import in_percent, percent_column


def show_forecast(details: ForecastDetails) -> None:
    """Show how one target was forecast on one split.

    Args:
        details: What the report knows of it.
    """
    st.subheader(escape_markdown(details.target), anchor=False)
    _show_sample(details)
    left, right = st.columns(2)
    with left:
        _show_steps(details)
    with right:
        _show_table(details)


def _show_sample(details: ForecastDetails) -> None:
    samples = details.samples
    if not samples:
        return
    place = 0
    if len(samples) > 1:
        place = st.selectbox(
            "Series",
            range(len(samples)),
            format_func=lambda index: samples[index].series,
            key=f"forecast_series_{details.target}",
            width=320,
        )
    sample = samples[place]
    show_series(
        sample.times,
        {"Truth": sample.actual, "Forecast": sample.predicted},
        [sample.times[start] for start in sample.starts],
        f"Forecast and true values of {details.target} over time.",
        f"forecast_{details.target}",
    )
    st.caption(_said(details, sample))


def _said(details: ForecastDetails, sample: ForecastSample) -> str:
    num_shown = len(sample.starts)
    is_calendar = "T" in sample.times[0]
    zone = " Times are as in your data, or in UTC where it names a time zone." * is_calendar
    which = f"{num_shown:,} that follow each other are shown" if num_shown > 1 else "One is shown"
    return (
        f"Scores are over {count(details.num_origins, 'forecast')} of this part, each from a later "
        f"time than the one before (rolling origins). {which}: each begins at a dotted line and "
        f"knew only what came before it.{zone}"
    )


def _show_steps(details: ForecastDetails) -> None:
    errors = details.by_step.get("mae", ())
    st.markdown("**Error by step**", help="The further ahead, the harder it usually gets.")
    show_lines(
        {
            metric_info(name).title: [
                (float(step), value) for step, value in enumerate(details.by_step[name], start=1)
            ]
            for name in ("rmse", "mae")
            if name in details.by_step
        },
        ("Step of the forecast", "Error"),
        f"Error of each of {len(errors)} steps.",
        f"forecast_steps_{details.target}",
    )


def _show_table(details: ForecastDetails) -> None:
    st.markdown("**Every step**", help="Over all forecasts of this part.")
    num_steps = max((len(values) for values in details.by_step.values()), default=0)
    table: dict[str, list[float | None]] = {
        "Step": [float(step) for step in range(1, num_steps + 1)]
    }
    for name, values in details.by_step.items():
        is_share = metric_info(name).is_share
        table[metric_info(name).title] = in_percent(values) if is_share else list(values)
    st.dataframe(
        table,
        hide_index=True,
        key=f"forecast_table_{details.target}",
        column_config={
            "Step": st.column_config.NumberColumn(format="%d"),
            **{metric_info(name).title: _step_look(name) for name in details.by_step},
        },
    )


def _step_look(name: str) -> ColumnConfig:
    info = metric_info(name)
    if info.is_share:
        return percent_column(help=info.help)
    return st.column_config.NumberColumn(format="%.4g", help=info.help)
