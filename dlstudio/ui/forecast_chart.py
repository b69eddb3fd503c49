"""A forecast as it is drawn: the end of the history, then the steps to come and their band."""

from datetime import date

import plotly.graph_objects as go

from dlstudio.export.forecast_ahead import Moment, SeriesAhead
from dlstudio.ui.chart_colors import palette
from dlstudio.ui.charts import HEIGHT, draw
from dlstudio.ui.formats import count, number

BAND_OPACITY = 0.22
MOST_MARKED = 80
DIGITS = 5
GREY = "#8b8f98"  # seen on light and on dark pages

Point = str | float


def show_forecast_chart(series: SeriesAhead, target: str, key: str) -> None:
    """Draw one target of one series.

    Args:
        series: Its end and its forecast.
        target: One of the targets.
        key: Key of the element.
    """
    times = [_point(moment) for moment in series.times]
    values, first = series.values[target], series.num_measured
    measured, forecast = palette()[0], palette()[1]
    mode = "lines+markers" if len(times) <= MOST_MARKED else "lines"
    look = {"mode": mode, "marker": {"size": 5}, "connectgaps": False}
    last = max((place for place in range(first) if values[place] is not None), default=first)
    traces = [
        *_band(series, target, times, forecast),
        go.Scatter(
            x=times[:first],
            y=list(values[:first]),
            name="History",
            line={"color": measured, "width": 2},
            hovertemplate=f"%{{y:,.{DIGITS}g}}",
            **look,
        ),
        go.Scatter(  # joins what was measured last to what comes first
            x=times[last : first + 1 : max(1, first - last)],
            y=list(values[last : first + 1 : max(1, first - last)]),
            mode="lines",
            line={"color": forecast, "width": 2, "dash": "dot"},
            showlegend=False,
            hoverinfo="skip",
        ),
        go.Scatter(
            x=times[first:],
            y=list(values[first:]),
            name="Forecast",
            line={"color": forecast, "width": 2},
            customdata=_band_texts(series, target),
            hovertemplate=f"%{{y:,.{DIGITS}g}}%{{customdata}}",
            **look,
        ),
    ]
    figure = go.Figure(traces)
    figure.add_vline(x=times[last], line={"dash": "dot", "width": 1, "color": GREY})
    figure.update_layout(
        hovermode="x unified",
        showlegend=True,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0.0, "title": None},
    )
    figure.update_yaxes(automargin=True)
    draw(figure, _in_words(series, target), key, HEIGHT)


def moment_text(moment: Moment) -> str:
    """Write a time as short as it is exact: a date, a date with a time of day, or a number."""
    if isinstance(moment, date):
        return moment.isoformat().replace("T", " ").removesuffix(":00").removesuffix(" 00:00")
    return number(float(moment), 9)


def _band(series: SeriesAhead, target: str, times: list[Point], colour: str) -> list[go.Scatter]:
    first = series.num_measured
    low, high = series.low.get(target, ())[first:], series.high.get(target, ())[first:]
    if not low or low[0] is None:
        return []
    return [
        go.Scatter(
            x=[*times[first:], *times[first:][::-1]],
            y=[*high, *low[::-1]],
            name="8 of 10 past values",
            mode="lines",
            line={"width": 0},
            fill="toself",
            fillcolor=_with_opacity(colour),
            hoverinfo="skip",
        )
    ]


def _band_texts(series: SeriesAhead, target: str) -> list[str]:
    """What is said of the band beside each value."""
    first = series.num_measured
    low, high = series.low.get(target, ())[first:], series.high.get(target, ())[first:]
    if not low or low[0] is None:
        return [""] * (len(series.steps) - first)
    return [f" ({number(bottom)} to {number(top)})" for bottom, top in zip(low, high, strict=True)]


def _with_opacity(colour: str) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {BAND_OPACITY})"


def _point(moment: Moment) -> Point:
    return moment.isoformat() if isinstance(moment, date) else float(moment)


def _in_words(series: SeriesAhead, target: str) -> str:
    first = series.num_measured
    ahead = series.values[target][first:]
    return (
        f"{target}: {count(first, 'measured step')}, then a forecast of "
        f"{count(len(ahead), 'step')} from {moment_text(series.times[first])}, "
        f"{number(ahead[0])}, to {moment_text(series.times[-1])}, {number(ahead[-1])}."
    )
