"""Charts in one look: bars, histograms, lines and heat maps; colours come from the theme."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import streamlit as st

from dlstudio.ui.formats import number

Option = Mapping[str, object]
"""A JSON object of an ECharts option."""

SPLIT_ORDER = ("train", "validation", "test")
"""Curves drawn in this order take the theme's first, second and third colour on every page."""

BAR_HEIGHT = 26
_GRID = {"left": 8, "right": 24, "top": 24, "bottom": 8, "containLabel": True}


def show_bars(names: Sequence[str], values: Sequence[float], alt: str, key: str) -> None:
    """Show one horizontal bar a name, the first on top.

    Args:
        names: What the bars are.
        values: Their lengths, at least 0.
        alt: The chart in words, for those who cannot see it.
        key: Key of the element.
    """
    option = {
        "grid": _GRID,
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "xAxis": {"type": "value", "splitNumber": 3},
        "yAxis": {
            "type": "category",
            "data": [_short(name) for name in names],
            "inverse": True,
            "axisTick": {"show": False},
        },
        "series": [
            {
                "type": "bar",
                "data": list(values),
                "barMaxWidth": 18,
                "label": {"show": True, "position": "right"},
            }
        ],
    }
    _draw(option, alt, key, height=60 + BAR_HEIGHT * max(2, len(names)))


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
    labels = [f"{number(low, 3)} to {number(high, 3)}" for low, high in pairwise(edges)]
    option = {
        "grid": _GRID,
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "xAxis": {"type": "category", "data": labels, "axisTick": {"show": False}},
        "yAxis": {"type": "value", "name": "rows", "splitNumber": 3},
        "series": [{"type": "bar", "data": list(counts), "barCategoryGap": "4%"}],
    }
    _draw(option, alt, key, height)


def show_lines(
    lines: Mapping[str, Sequence[tuple[float, float]]], axes: tuple[str, str], alt: str, key: str
) -> None:
    """Show several lines over one pair of axes, with a legend and zoom.

    Args:
        lines: Points `(x, y)` by the line's name, in the order of their colours.
        axes: Titles of the x and the y axis.
        alt: The chart in words.
        key: Key of the element.
    """
    option = {
        "grid": {**_GRID, "top": 40, "bottom": 28},
        "legend": {"top": 0, "type": "scroll"},
        "tooltip": {"trigger": "axis"},
        "dataZoom": [{"type": "inside"}],
        "xAxis": {"type": "value", "name": axes[0], "nameLocation": "middle", "nameGap": 26},
        "yAxis": {
            "type": "value",
            "name": axes[1],
            "scale": True,
            "nameTextStyle": {"align": "left"},
        },
        "series": [
            {"type": "line", "name": name, "data": list(points), "showSymbol": len(points) < 2}
            for name, points in lines.items()
        ],
    }
    _draw(option, alt, key, height=360)


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
    labels = [_short(name, 18) for name in names]
    cells = [
        [column, row, value] for row, line in enumerate(matrix) for column, value in enumerate(line)
    ]
    largest = max((value for line in matrix for value in line), default=1)
    option = {
        "grid": {**_GRID, "top": 36, "bottom": 32},
        "tooltip": {"position": "top"},
        "xAxis": {
            "type": "category",
            "data": labels,
            "name": axes[0],
            "nameLocation": "middle",
            "nameGap": 30,
        },
        "yAxis": {
            "type": "category",
            "data": labels,
            "inverse": True,
            "name": axes[1],
            "nameLocation": "start",
        },
        "visualMap": {"min": 0, "max": largest or 1, "show": False},
        "series": [
            {"type": "heatmap", "data": cells, "label": {"show": len(names) <= 20}},
        ],
    }
    _draw(option, alt, key, height=min(760, 140 + 44 * len(names)))


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
    axis = {"type": "value", "scale": True}
    option = {
        "grid": {**_GRID, "top": 36, "bottom": 28},
        "tooltip": {"trigger": "item"},
        "xAxis": {**axis, "name": axes[0], "nameLocation": "middle", "nameGap": 26},
        "yAxis": {**axis, "name": axes[1], "nameTextStyle": {"align": "left"}},
        "series": [
            {
                "type": "scatter",
                "data": [list(point) for point in points],
                "symbolSize": 5,
                "itemStyle": {"opacity": 0.55},
                "large": len(points) > 1000,
            },
            {
                "type": "line",
                "data": [[low, low], [high, high]],
                "showSymbol": False,
                "silent": True,
                "lineStyle": {"type": "dashed", "width": 1},
            },
        ],
    }
    _draw(option, alt, key, height=360)


def _draw(option: Option, alt: str, key: str, height: int) -> None:
    still = {"animation": False, **option}
    st.echarts_chart(still, height=height, key=key, alt=alt)


def _short(name: str, most: int = 28) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"
