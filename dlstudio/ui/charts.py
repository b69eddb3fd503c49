"""Charts in one look: bars, histograms, lines, heat maps and points; colours are the theme's."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dlstudio.ui.chart_colors import axis_grey, dash_of, palette
from dlstudio.ui.formats import number

SPLIT_ORDER = ("train", "validation", "test")
"""Curves drawn in this order take the theme's first, second and third colour on every page."""

BAR_HEIGHT = 26
HEIGHT = 360
MOST_TICKS = 10
MARK = "#e5484d"
"""The colour of what stands out, on light and on dark pages."""
_THIN = "#7d828c"
_MARGIN = {"l": 8, "r": 16, "t": 28, "b": 8}
_CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d"]}


def show_bars(names: Sequence[str], values: Sequence[float], alt: str, key: str) -> None:
    """Show one horizontal bar a name, the first on top.

    Args:
        names: What the bars are.
        values: Their lengths, at least 0.
        alt: The chart in words, for those who cannot see it.
        key: Key of the element.
    """
    bars = go.Bar(
        x=list(values),
        y=list(range(len(names))),
        orientation="h",
        text=[f"{value:,}" for value in values],
        textposition="outside",
        cliponaxis=False,
        customdata=list(names),
        hovertemplate="%{customdata}: %{x:,}<extra></extra>",
        width=0.7,
    )
    figure = go.Figure(bars)
    figure.update_yaxes(
        autorange="reversed",
        tickmode="array",
        tickvals=list(range(len(names))),
        ticktext=[short_name(name) for name in names],
        showgrid=False,
        automargin=True,
    )
    figure.update_xaxes(
        nticks=4, separatethousands=True, range=[0, 1.12 * max(values, default=1) or 1]
    )
    draw(figure, alt, key, height=60 + BAR_HEIGHT * max(2, len(names)))


def show_histogram(
    edges: Sequence[float], counts: Sequence[int], alt: str, key: str, height: int = 220
) -> None:
    """Show how often values fall into each interval.

    Args:
        edges: Borders of the intervals, one more than there are counts.
        counts: Rows in each interval.
        alt: The chart in words.
        key: Key of the element.
        height: In pixels.
    """
    low, high = list(edges[:-1]), list(edges[1:])
    bars = go.Bar(
        x=[(left + right) / 2 for left, right in zip(low, high, strict=True)],
        y=list(counts),
        width=[right - left for left, right in zip(low, high, strict=True)],
        customdata=[
            f"{number(left, 3)} to {number(right, 3)}"
            for left, right in zip(low, high, strict=True)
        ],
        hovertemplate="%{customdata}: %{y:,} rows<extra></extra>",
    )
    figure = go.Figure(bars)
    figure.update_layout(bargap=0.04)
    figure.update_yaxes(title="rows", nticks=4, separatethousands=True)
    draw(figure, alt, key, height)


def show_lines(
    lines: Mapping[str, Sequence[tuple[float, float]]],
    axes: tuple[str, str],
    alt: str,
    key: str,
    marks: Sequence[tuple[float, str]] = (),
) -> None:
    """Show several lines over one pair of axes, with a legend and zoom.

    Args:
        lines: Points `(x, y)` by the line's name, in the order of their colours.
        axes: Titles of the x and the y axis.
        alt: The chart in words.
        key: Key of the element.
        marks: Places on the x axis where something begins, from left to right, with its words.
    """
    figure = go.Figure(
        [
            go.Scatter(
                x=[x for x, _ in points],
                y=[y for _, y in points],
                name=short_name(name),
                mode="lines" if len(points) > 1 else "markers",
                line={"dash": dash_of(place)},
                hovertemplate="%{y:.4g}",
            )
            for place, (name, points) in enumerate(lines.items())
        ]
    )
    figure.update_layout(
        hovermode="x unified",
        showlegend=True,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0.0, "title": None},
    )
    figure.update_xaxes(title=axes[0])
    figure.update_yaxes(title=axes[1])
    xs = {x for points in lines.values() for x, _ in points}
    if xs and all(float(x).is_integer() for x in xs) and 1 <= max(xs) - min(xs) <= MOST_TICKS:
        figure.update_xaxes(dtick=1)  # there is no epoch 1.5
    right = max((x for points in lines.values() for x, _ in points), default=0.0)
    for row, (x, text) in enumerate(marks):
        _mark(figure, (x, text), row, is_left=x <= right / 2)
    draw(figure, alt, key, HEIGHT)


def _mark(figure: go.Figure, mark: tuple[float, str], row: int, *, is_left: bool) -> None:
    """Draw a thin upright line with words beside it, in a row of their own."""
    x, text = mark
    figure.add_vline(
        x=x,
        line={"width": 1, "color": _THIN},
        annotation={
            "text": html.escape(text),
            "font": {"size": 12},
            "xshift": 4 if is_left else -4,
            "yshift": -16 * row,
        },
        annotation_position="top right" if is_left else "top left",
    )


def show_series(
    times: Sequence[str],
    lines: Mapping[str, Sequence[float | None]],
    marks: Sequence[str],
    alt: str,
    key: str,
) -> None:
    """Show values over time, with dotted lines where something begins.

    Args:
        times: Points in time as ISO 8601, or numbers as text.
        lines: Values by the line's name, as many as there are times; None leaves a gap.
        marks: Times of the dotted lines.
        alt: The chart in words.
        key: Key of the element.
    """
    traces = [
        go.Scatter(
            x=list(times),
            y=list(values),
            name=name,
            mode="lines+markers" if len(times) <= 60 else "lines",
            hovertemplate="%{y:.4g}",
        )
        for name, values in lines.items()
    ]
    figure = go.Figure(traces)
    for mark in marks:
        figure.add_vline(x=mark, line={"dash": "dot", "width": 1}, opacity=0.4)
    figure.update_layout(
        hovermode="x unified",
        showlegend=True,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0.0, "title": None},
    )
    draw(figure, alt, key, HEIGHT)


def show_timelines(
    lines: Mapping[str, tuple[Sequence[str] | Sequence[float], Sequence[float | None]]],
    alt: str,
    key: str,
) -> None:
    """Show values over time, each line with times of its own.

    Args:
        lines: Times (ISO 8601 or numbers) and values by the line's name, in the order of their
            colours; None breaks a line.
        alt: The chart in words.
        key: Key of the element.
    """
    figure = go.Figure(
        [
            go.Scatter(
                x=list(times),
                y=list(values),
                name=short_name(name),
                mode="lines+markers" if len(times) <= 60 else "lines",
                marker={"size": 4},
                line={"width": 1.5, "dash": dash_of(place)},
                connectgaps=False,
                hovertemplate="%{y:.5g}",
            )
            for place, (name, (times, values)) in enumerate(lines.items())
        ]
    )
    figure.update_layout(
        hovermode="x unified",
        showlegend=len(lines) > 1,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0.0, "title": None},
    )
    draw(figure, alt, key, 260)


def show_scatter(
    points: Sequence[tuple[float, float]], axes: tuple[str, str], alt: str, key: str
) -> None:
    """Show points in a plane with the diagonal on which x equals y.

    Args:
        points: Points `(x, y)`.
        axes: Titles of the x and the y axis.
        alt: The chart in words.
        key: Key of the element.
    """
    ends = [value for point in points for value in point]
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    marks = go.Scatter(
        x=[x for x, _ in points],
        y=[y for _, y in points],
        mode="markers",
        marker={"size": 5, "opacity": 0.55},
        hovertemplate=f"{axes[0]} %{{x:.4g}}<br>{axes[1]} %{{y:.4g}}<extra></extra>",
    )
    diagonal = go.Scatter(
        x=[low, high],
        y=[low, high],
        mode="lines",
        line={"dash": "dash", "width": 1},
        hoverinfo="skip",
    )
    figure = go.Figure([marks, diagonal])
    figure.update_layout(showlegend=False)
    figure.update_xaxes(title=axes[0])
    figure.update_yaxes(title=axes[1])
    draw(figure, alt, key, HEIGHT)


def show_heatmap(
    matrix: Sequence[Sequence[float]],
    names: Sequence[str],
    axes: tuple[str, str],
    alt: str,
    key: str,
) -> None:
    """Show a square of numbers as colours, such as a confusion matrix; rows go down.

    Args:
        matrix: Rows of numbers, at least 0.
        names: Names of the rows and of the columns.
        axes: Titles of the columns (below) and of the rows (left).
        alt: The chart in words.
        key: Key of the element.
    """
    places = list(range(len(names)))
    cells = go.Heatmap(
        z=[list(line) for line in matrix],
        x=places,
        y=places,
        zmin=0,
        showscale=False,
        xgap=2,
        ygap=2,
        texttemplate="%{z:,}" if len(names) <= 20 else None,
        customdata=[[(row, column) for column in names] for row in names],
        hovertemplate=f"{axes[1]} %{{customdata[0]}}, {axes[0].lower()} %{{customdata[1]}}: "
        "%{z:,}<extra></extra>",
    )
    figure = go.Figure(cells)
    ticks = {
        "tickmode": "array",
        "tickvals": places,
        "ticktext": [short_name(name, 18) for name in names],
        "showgrid": False,
        "zeroline": False,
        "automargin": True,
    }
    figure.update_xaxes(title=axes[0], **ticks)
    figure.update_yaxes(title=axes[1], autorange="reversed", **ticks)
    draw(figure, alt, key, height=min(760, 140 + 44 * len(names)))


def show_waveform(
    lows: Sequence[float], highs: Sequence[float], seconds: float, alt: str, key: str
) -> None:
    """Show a sound as the range that it moves in over time.

    Args:
        lows: Smallest value of each stretch of time.
        highs: Largest value of each stretch.
        seconds: Length of the sound.
        alt: The chart in words.
        key: Key of the element.
    """
    times = [seconds * (place + 0.5) / len(lows) for place in range(len(lows))]
    look = {"mode": "lines", "line": {"width": 1, "color": palette()[0]}, "hoverinfo": "skip"}
    figure = go.Figure(
        [
            go.Scatter(x=times, y=list(lows), **look),
            go.Scatter(x=times, y=list(highs), fill="tonexty", **look),
        ]
    )
    figure.update_layout(showlegend=False)
    figure.update_xaxes(title="seconds", showgrid=False)
    loudest = max(1e-3, *(abs(value) for value in (*lows, *highs)))
    figure.update_yaxes(range=[-1.05 * loudest, 1.05 * loudest], title="loudness", showgrid=False)
    draw(figure, alt, key, 180)


def show_picture(
    values: np.ndarray, extent: tuple[float, float], axes: tuple[str, str], alt: str, key: str
) -> None:
    """Show numbers as the colours of a picture, such as a spectrogram.

    Args:
        values: `(rows, columns)`; the first row is at the bottom.
        extent: Where the x and the y axis end; both begin at 0.
        axes: Titles of the x and the y axis.
        alt: The chart in words.
        key: Key of the element.
    """
    rows, columns = values.shape
    cells = go.Heatmap(
        z=np.round(values, 1),
        x=np.linspace(0.0, extent[0], columns),
        y=np.linspace(0.0, extent[1], rows),
        colorscale="Viridis",
        showscale=False,
        hoverinfo="skip",
    )
    figure = go.Figure(cells)
    figure.update_xaxes(title=axes[0], showgrid=False)
    figure.update_yaxes(title=axes[1], showgrid=False)
    draw(figure, alt, key, 180)


def draw(figure: go.Figure, alt: str, key: str, height: int, *, is_selectable: bool = False) -> Any:  # noqa: ANN401 - Streamlit's event, which is a dict with attributes
    """Show a figure in the look of all charts.

    Args:
        figure: What to show; its colours are the theme's where it leaves them open.
        alt: The chart in words.
        key: Key of the element.
        height: In pixels.
        is_selectable: Whether a click on a point runs the page again.

    Returns:
        What is selected, for a figure that is selectable.
    """
    figure.update_layout(height=height, margin=_MARGIN, colorway=palette())
    grey = axis_grey()
    quiet = {"tickfont_color": grey, "title_font_color": grey}
    figure.update_xaxes(quiet)
    figure.update_yaxes(quiet)
    config = _CONFIG if _has_pointer() else {**_CONFIG, "displayModeBar": False}
    if not is_selectable:
        return st.plotly_chart(figure, key=key, config=config, alt=alt)
    return st.plotly_chart(
        figure, key=key, config=config, alt=alt, on_select="rerun", selection_mode="points"
    )


def _has_pointer() -> bool:
    """Whether tools that appear on hovering can be had; elsewhere they always cover the legend."""
    return "Mobi" not in st.context.headers.get("User-Agent", "")


def short_name(name: str, most: int = 28) -> str:
    """Cut a name that would take too much room in a chart.

    Args:
        name: The whole name.
        most: How many characters are left at most, the sign of the cut among them.
    """
    return name if len(name) <= most else f"{name[: most - 1]}…"
