"""Rows of a table as a network makes or rebuilds them, beside real ones; no Streamlit here."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from dlstudio.runs.samples import SampleFrame

MOST_BINS, MOST_CATEGORIES = 24, 12
ROWS_SHOWN = 8
MISSING, OTHERS = "missing", "others"
REAL, MADE, REBUILT = "Real rows", "Samples", "Rebuilt"
ARROW = " → "


def texts_of(frame: SampleFrame, column: str) -> list[str]:
    """The cells of a column, "missing" where there is no value."""
    cells = frame.values[:, frame.columns.index(column)].tolist()
    return [cell or MISSING for cell in cells]


def numbers_of(frame: SampleFrame, column: str) -> np.ndarray:
    """The numbers of a column, float64 `(n,)`; NaN where there is no value."""
    cells = frame.values[:, frame.columns.index(column)].tolist()
    return np.asarray([float(cell) if cell else np.nan for cell in cells])


def first_rows(frame: SampleFrame, originals: SampleFrame | None = None) -> dict[str, list[str]]:
    """The first rows by column.

    Args:
        frame: What the network made.
        originals: What it was to rebuild: cells then read "given → rebuilt"; None for samples.
    """
    shown: dict[str, list[str]] = {}
    for name in frame.columns:
        cells = texts_of(frame, name)[:ROWS_SHOWN]
        if originals is not None and name in originals.columns:
            given = texts_of(originals, name)[:ROWS_SHOWN]
            cells = [ARROW.join(pair) for pair in zip(given, cells, strict=False)]
        shown[name] = cells
    return shown


def distribution_figure(frame: SampleFrame, real: SampleFrame, column: str) -> go.Figure:
    """Draw how often samples have each value of a column, beside real rows.

    Args:
        frame: Samples.
        real: Real rows.
        column: One of the columns of both.
    """
    if column in frame.numbers:
        figure = _histograms(numbers_of(frame, column), numbers_of(real, column))
        figure.update_xaxes(title=column)
    else:
        shares = {MADE: _shares(texts_of(frame, column)), REAL: _shares(texts_of(real, column))}
        figure = _bars(shares, REAL)
    figure.update_yaxes(title="share of rows", ticksuffix=_PERCENT, rangemode="tozero")
    return figure


def rebuilt_figure(frame: SampleFrame, originals: SampleFrame, column: str) -> go.Figure:
    """Draw what came out of each row against what went in.

    Args:
        frame: What the network rebuilt.
        originals: What went in; the same rows.
        column: One of the columns of both.
    """
    if column not in frame.numbers:
        shares = {
            "Given": _shares(texts_of(originals, column)),
            REBUILT: _shares(texts_of(frame, column)),
        }
        figure = _bars(shares, "Given")
        figure.update_yaxes(title="share of rows", ticksuffix=_PERCENT, rangemode="tozero")
        return figure
    given, rebuilt = numbers_of(originals, column), numbers_of(frame, column)
    is_known = np.isfinite(given) & np.isfinite(rebuilt)
    ends = [float(given[is_known].min()), float(given[is_known].max())] if is_known.any() else []
    marker = {"size": 5, "opacity": 0.55}
    figure = go.Figure(
        [
            go.Scatter(
                x=given[is_known],
                y=rebuilt[is_known],
                mode="markers",
                marker=marker,
                hovertemplate="given %{x:.4g}<br>rebuilt %{y:.4g}<extra></extra>",
            ),
            go.Scatter(
                x=ends, y=ends, mode="lines", line={"dash": "dash", "width": 1}, hoverinfo="skip"
            ),
        ]
    )
    figure.update_layout(showlegend=False)
    figure.update_xaxes(title=f"{column}, given")
    # A picture that keeps its scale from epoch to epoch shows what moves.
    room = 0.08 * (ends[1] - ends[0]) if ends else 0.0
    limits = [ends[0] - room, ends[1] + room] if room else None
    figure.update_yaxes({"title": "rebuilt", "range": limits})
    return figure


def kept_words(frame: SampleFrame, originals: SampleFrame, column: str) -> str:
    """Say how well a column comes back."""
    if column not in frame.numbers:
        pairs = zip(texts_of(originals, column), texts_of(frame, column), strict=False)
        same = [given == rebuilt for given, rebuilt in pairs]
        return f"{sum(same):,} of {len(same):,} rows come back with the same value."
    return "Each point is a row. On the line, it comes back as it was."


def samples_film(
    frames: Sequence[SampleFrame], real: SampleFrame, column: str, colors: Sequence[str]
) -> go.Figure:
    """Draw a column of samples through the epochs, and last of real rows.

    Args:
        frames: Some epochs, in order.
        real: Real rows.
        column: One of the columns of all.
        colors: The theme's colours, at least two.
    """
    if column not in real.numbers:
        return _stacked(frames, real, column)
    spreads = {f"{frame.epoch}": numbers_of(frame, column) for frame in frames}
    figure = go.Figure([_box(values, name, colors[0]) for name, values in spreads.items()])
    figure.add_trace(_box(numbers_of(real, column), REAL.lower(), colors[1]))
    return _with_epochs(figure, column)


def rebuilt_film(
    frames: Sequence[SampleFrame], originals: SampleFrame, column: str, colors: Sequence[str]
) -> go.Figure:
    """Draw through the epochs how far a column comes back from what it was.

    Args:
        frames: Some epochs, in order.
        originals: What went in; the same rows.
        column: One of the columns of all.
        colors: The theme's colours.
    """
    if column not in originals.numbers:
        return _stacked(frames, originals, column)
    given = numbers_of(originals, column)
    spreads = {f"{frame.epoch}": numbers_of(frame, column) - given for frame in frames}
    figure = go.Figure([_box(values, name, colors[0]) for name, values in spreads.items()])
    return _with_epochs(figure, f"{column}: rebuilt minus given")


def _with_epochs(figure: go.Figure, title: str) -> go.Figure:
    figure.update_layout(showlegend=False)
    figure.update_xaxes(title="epoch", type="category")
    figure.update_yaxes(title=title)
    return figure


def _box(values: np.ndarray, name: str, color: str) -> go.Box:
    known = values[np.isfinite(values)]
    line = {"width": 1.5, "color": color}
    return go.Box(y=known, x=[name] * len(known), name=name, boxpoints=False, line=line)


def _histograms(made: np.ndarray, real: np.ndarray) -> go.Figure:
    known = real[np.isfinite(real)]
    if not len(known):
        return go.Figure()
    edges = _edges(known)
    middles = (edges[1:] + edges[:-1]) / 2
    heights = {
        name: np.histogram(np.clip(values[np.isfinite(values)], edges[0], edges[-1]), edges)[0]
        * (100.0 / max(1, len(values)))
        for name, values in ((MADE, made), (REAL, real))
    }
    figure = go.Figure(
        [
            go.Bar(
                x=middles,
                y=heights[MADE],
                width=np.diff(edges),
                name=MADE,
                opacity=0.65,
                hovertemplate="%{y:.1f} % of the samples near %{x:.4g}<extra></extra>",
            ),
            go.Scatter(
                x=edges,
                y=[*heights[REAL], heights[REAL][-1]],
                mode="lines",
                line={"shape": "hv", "width": 2},
                name=REAL,
                hovertemplate="%{y:.1f} % of the real rows from %{x:.4g} on<extra></extra>",
            ),
        ]
    )
    figure.update_layout(bargap=0.02, legend=_LEGEND)
    return figure


def _edges(known: np.ndarray) -> np.ndarray:
    """Borders of bins; those of whole numbers hold as many of them each."""
    low, high = float(known.min()), float(known.max())
    if (known == np.round(known)).all():
        width = max(1.0, math.ceil((high - low + 1.0) / MOST_BINS))
        return np.arange(low - 0.5, high + 0.5 + width, width)
    return np.linspace(low, max(high, low + 1e-9), MOST_BINS + 1)


def _shares(texts: Sequence[str]) -> Mapping[str, float]:
    return {text: 100.0 * number / len(texts) for text, number in Counter(texts).most_common()}


def _bars(shares: Mapping[str, Mapping[str, float]], ordered_by: str) -> go.Figure:
    names = _names(shares, shares[ordered_by])
    figure = go.Figure(
        [
            go.Bar(
                x=names,
                y=[_share_of(each, name, names) for name in names],
                name=title,
                hovertemplate="%{x}: %{y:.1f} %",
            )
            for title, each in shares.items()
        ]
    )
    figure.update_layout(barmode="group", legend=_LEGEND)
    figure.update_xaxes(type="category")
    return figure


def _stacked(frames: Sequence[SampleFrame], real: SampleFrame, column: str) -> go.Figure:
    shares = {f"{frame.epoch}": _shares(texts_of(frame, column)) for frame in frames}
    shares[REAL.lower()] = _shares(texts_of(real, column))
    names = _names(shares, shares[REAL.lower()])
    figure = go.Figure(
        [
            go.Bar(
                x=list(shares),
                y=[_share_of(each, name, names) for each in shares.values()],
                name=name,
                hovertemplate=f"{name}: %{{y:.1f}} %",
            )
            for name in names
        ]
    )
    figure.update_layout(barmode="stack", legend=_LEGEND)
    figure.update_xaxes(title="epoch", type="category")
    figure.update_yaxes(title="share of rows", ticksuffix=_PERCENT, range=[0, 100])
    return figure


def _names(shares: Mapping[str, Mapping[str, float]], first: Mapping[str, float]) -> list[str]:
    every = list(dict.fromkeys([*first, *(name for each in shares.values() for name in each)]))
    return every if len(every) <= MOST_CATEGORIES else [*every[: MOST_CATEGORIES - 1], OTHERS]


def _share_of(shares: Mapping[str, float], name: str, names: Sequence[str]) -> float:
    if name == OTHERS and name not in shares:
        return sum(value for other, value in shares.items() if other not in names)
    return shares.get(name, 0.0)


_PERCENT = "\xa0%"
_LEGEND = {"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0.0, "title": None}
