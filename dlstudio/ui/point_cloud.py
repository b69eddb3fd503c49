"""Points in a plane or in space, coloured by a column; shows nothing by itself."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from dlstudio.ui.charts import MARK, short_name

MOST_GROUPS = 10
NUM_COLOURS = 6
OTHERS, MISSING = "others", "missing"
SIZE = {2: 6, 3: 3}
MARKED_SIZE = 12


@dataclass(frozen=True)
class Cloud:
    """Points and what colours them.

    Attributes:
        rows: Row numbers in the dataset, one a point.
        points: `(n, axes)` with 2 or 3 axes.
        title: What the colours mean; empty without colours.
        values: One value a point; empty without colours.
        is_number: Whether the values are numbers, which are shown as a scale.
    """

    rows: Sequence[int]
    points: np.ndarray
    title: str = ""
    values: Sequence[object] = ()
    is_number: bool = False


def cloud_figure(cloud: Cloud, marked: int | None = None) -> go.Figure:
    """Draw a cloud.

    Args:
        cloud: The points; a click on one selects it, with its row number as custom data.
        marked: The row whose point stands out; None for no row.
    """
    figure = go.Figure(list(_traces(cloud)))
    if marked is not None and marked in cloud.rows:
        figure.add_trace(_mark(cloud, list(cloud.rows).index(marked)))
    # The legend's points are of one size: those in space would be too small there.
    legend = {"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0.0, "title": None}
    legend |= {"itemsizing": "constant"}
    has_legend = bool(cloud.values) and not cloud.is_number
    figure.update_layout(showlegend=has_legend, legend=legend, dragmode="pan")
    if cloud.points.shape[1] == 3:
        axis = {"title": "", "showticklabels": False}
        figure.update_layout(scene={"xaxis": axis, "yaxis": axis, "zaxis": axis}, dragmode="orbit")
    else:
        figure.update_xaxes(title="first axis", zeroline=False)
        figure.update_yaxes(title="second axis", zeroline=False)
    return figure


def groups_of(values: Sequence[object]) -> list[str]:
    """Texts of values; all but the ten most frequent ones become "others"."""
    texts = [MISSING if value is None else str(value) for value in values]
    frequent = {text for text, _ in Counter(texts).most_common(MOST_GROUPS)}
    return [text if text in frequent else OTHERS for text in texts]


def _traces(cloud: Cloud) -> Iterator[go.Scattergl | go.Scatter3d]:
    everywhere = np.ones(len(cloud.points), bool)
    if not cloud.values:
        yield _trace(cloud, everywhere, "", {})
    elif cloud.is_number:
        numbers = np.asarray(
            [np.nan if value is None else value for value in cloud.values], "float64"
        )
        bar = {"title": {"text": short_name(cloud.title), "side": "right"}}
        look = {"color": numbers, "colorscale": "Viridis", "showscale": True, "colorbar": bar}
        yield _trace(cloud, everywhere, "", look)
    else:
        groups = groups_of(cloud.values)
        names = sorted(set(groups), key=lambda name: (name in (OTHERS, MISSING), name))
        for place, name in enumerate(names):
            # Colours repeat after a few groups.
            look: dict[str, object] = {"symbol": "circle" if place < NUM_COLOURS else "diamond"}
            is_here = np.asarray([group == name for group in groups])
            yield _trace(cloud, is_here, name, look)


def _mark(cloud: Cloud, place: int) -> go.Scattergl | go.Scatter3d:
    """A red diamond, which no group has."""
    x, y, *rest = cloud.points[place].tolist()
    options: dict[str, object] = {
        "x": [x],
        "y": [y],
        "mode": "markers",
        "name": f"row {cloud.rows[place] + 1:,}",
        "customdata": [[cloud.rows[place]]],
        "marker": {"size": MARKED_SIZE, "color": MARK, "symbol": "diamond"},
        "showlegend": True,
        "hoverinfo": "name",
    }
    return go.Scatter3d(z=rest, **options) if rest else go.Scattergl(**options)


def _trace(
    cloud: Cloud, is_here: np.ndarray, name: str, look: dict[str, object]
) -> go.Scattergl | go.Scatter3d:
    points = cloud.points[is_here]
    rows = np.asarray(cloud.rows)[is_here]
    said = f"{name}<br>" if name else ""
    options: dict[str, object] = {
        "x": points[:, 0],
        "y": points[:, 1],
        "mode": "markers",
        "name": name,
        "customdata": [[row] for row in rows.tolist()],
        "text": [f"{row + 1:,}" for row in rows.tolist()],
        "hovertemplate": f"{said}row %{{text}}<extra></extra>",
        "marker": {"size": SIZE[points.shape[1]], "opacity": 0.7, **look},
    }
    if points.shape[1] == 3:
        return go.Scatter3d(z=points[:, 2], **options)
    return go.Scattergl(**options)
