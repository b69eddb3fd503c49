"""Sequences as a network makes or rebuilds them, as small charts; no Streamlit here."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dlstudio.runs.samples import SampleFrame

MOST_CHANNELS = 2
LINE_HEIGHT = 110
LOWEST = 260
FADED = 0.2


def sequences_figure(
    frame: SampleFrame, originals: SampleFrame | None, num_shown: int, colors: Sequence[str]
) -> go.Figure:
    """Draw some sequences below each other, each channel in a colour of its own.

    Args:
        frame: What the network made.
        originals: What it was to rebuild, drawn as thin lines; None for samples.
        num_shown: How many sequences.
        colors: The theme's colours.
    """
    num_shown = min(num_shown, len(frame.values))
    figure = _subplots(num_shown, 1)
    for place in range(num_shown):
        original = originals.values[place] if originals is not None else None
        _draw(figure, frame.values[place], original, (place + 1, 1), colors)
    return _finished(figure)


def film_figure(frames: Sequence[SampleFrame], num_shown: int, colors: Sequence[str]) -> go.Figure:
    """Draw the same sequences through the epochs, a line an epoch.

    Args:
        frames: Some epochs, in order; at least one.
        num_shown: How many sequences side by side.
        colors: The theme's colours.
    """
    num_shown = min(num_shown, len(frames[0].values))
    figure = _subplots(len(frames), num_shown, [f"epoch {frame.epoch}" for frame in frames])
    for row, frame in enumerate(frames, start=1):
        for place in range(num_shown):
            _draw(figure, frame.values[place], None, (row, place + 1), colors)
    return _finished(figure)


def height_of(num_lines: int) -> int:
    """Pixels that a figure with so many lines of charts needs."""
    return max(LOWEST, LINE_HEIGHT * num_lines)


def path_figure(values: Sequence[np.ndarray] | np.ndarray, channel: int, color: str) -> go.Figure:
    """Draw sequences of a path, from faded at its beginning to full at its end.

    Args:
        values: The sequences, float `(time, channels)` each.
        channel: Which channel is drawn.
        color: The colour of all lines.
    """
    last = max(1, len(values) - 1)
    figure = go.Figure(
        [
            go.Scatter(
                y=steps[:, channel],
                mode="lines",
                line={"color": color, "width": 2},
                opacity=FADED + (1.0 - FADED) * place / last,
                name=f"{place + 1} of {len(values)}",
                hovertemplate="%{y:.4g}",
            )
            for place, steps in enumerate(values)
        ]
    )
    figure.update_layout(showlegend=False)
    figure.update_xaxes(title="time step")
    return figure


def without_filling(steps: np.ndarray, original: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """Leave out the zeros that short sequences are filled with in front.

    Args:
        steps: What was rebuilt, `(time, channels)`.
        original: What went in, `(time, channels)`.

    Returns:
        Both without these steps, and how many they are.
    """
    is_filled = (original == 0.0).all(axis=1)
    num_filled = int(is_filled.argmin()) if not is_filled.all() else 0
    return steps[num_filled:], original[num_filled:], num_filled


def _draw(
    figure: go.Figure,
    steps: np.ndarray,
    original: np.ndarray | None,
    place: tuple[int, int],
    colors: Sequence[str],
) -> None:
    steps, given, _ = without_filling(steps, steps if original is None else original)
    row, column = place
    for channel in range(min(MOST_CHANNELS, steps.shape[1])):
        color = colors[channel % len(colors)]
        if original is not None:
            thin = {"color": color, "width": 1}
            line = go.Scatter(y=given[:, channel], mode="lines", line=thin, name="given")
            figure.add_trace(line, row=row, col=column)
        dashed = {"color": color, "width": 2, "dash": "solid" if original is None else "dot"}
        name = f"channel {channel + 1}" if original is None else "rebuilt"
        line = go.Scatter(y=steps[:, channel], mode="lines", line=dashed, name=name)
        figure.add_trace(line, row=row, col=column)


def _subplots(num_rows: int, num_columns: int, titles: Sequence[str] = ()) -> go.Figure:
    return make_subplots(
        rows=num_rows,
        cols=num_columns,
        row_titles=list(titles) or None,
        shared_xaxes=True,
        shared_yaxes=True,
        vertical_spacing=0.12 / max(1, num_rows),
        horizontal_spacing=0.02,
    )


def _finished(figure: go.Figure) -> go.Figure:
    figure.update_traces(hovertemplate="%{y:.3g}")
    figure.update_layout(showlegend=False)
    figure.update_xaxes(showticklabels=False, showgrid=False)
    figure.update_yaxes(nticks=3, matches="y")
    return figure
