"""The report of a network that rebuilds its inputs: beside PCA, by column, and its codes."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dlstudio.data.dataset import Dataset, read_table
from dlstudio.reports.reconstruction import CodesSample, ColumnError, ReconstructionDetails
from dlstudio.runs.records import RunRecord
from dlstudio.runs.samples import ORIGINALS, list_frames, read_frame
from dlstudio.spec.dataset import ColumnKind
from dlstudio.ui.charts import BAR_HEIGHT, draw, show_histogram
from dlstudio.ui.formats import count, escape_markdown, number, share
from dlstudio.ui.frame_view import choose_column, show_frame
from dlstudio.ui.point_cloud import Cloud, cloud_figure
from dlstudio.ui.report_row import dataset_of, show_row
from dlstudio.ui.routes_downloads import run_file_address
from dlstudio.ui.services import store
from dlstudio.ui.session import SessionKey

MOST_BARS = 15
CLOUD_HEIGHT = 460
NO_COLOUR = "nothing"
COLOURED_KINDS = (
    ColumnKind.NUMBER,
    ColumnKind.CATEGORY,
    ColumnKind.IDENTIFIER,
    ColumnKind.TEXT,
    ColumnKind.DATETIME,
)


def show_reconstruction(details: ReconstructionDetails) -> None:
    """Show how well the rows of one split were rebuilt.

    Args:
        details: What the report knows of it.
    """
    st.subheader("What comes back out of the codes", anchor=False)
    st.markdown(kept_words(details))
    left, right = st.columns(2)
    with left:
        _show_columns(details.by_column, details.num_columns)
    with right:
        st.markdown(
            "**Rows by their error**",
            help="How far each row comes out from how it went in. A long tail to the right are "
            "rows unlike the others.",
        )
        errors = details.row_errors
        if len(errors.counts) > 1:
            alt = "How often reconstruction errors of each size occur."
            show_histogram(errors.edges, errors.counts, alt, "row_errors", height=300)
        else:
            st.caption("All rows have the same error.")


def kept_words(details: ReconstructionDetails) -> str:
    """Say in words what codes keep, beside PCA."""
    numbers = count(details.num_components, "number")
    if details.explained is None or details.pca_explained is None:
        return f"Each row is described by {numbers}. All rows are the same here."
    said = (
        f"Described by {numbers} a row, the network keeps **{_kept(details.explained)}** of what "
        f"differs between rows. PCA with as many numbers, which knows straight directions only, "
        f"keeps **{_kept(details.pca_explained)}**."
    )
    found = details.neighbours
    if found is not None and found.codes is not None and found.pca is not None:
        said += (
            f" By its code alone, **{share(found.codes, 1.0)}** of the rows get their "
            f"{escape_markdown(found.label)} from the rows with the most similar codes (PCA: "
            f"**{share(found.pca, 1.0)}**)."
        )
    return said


def show_reconstructed_examples(run: RunRecord) -> None:
    """Show originals beside reconstructions; of texts the words that weigh most.

    Args:
        run: The run.
    """
    folder = store().folder(run.id)
    epochs = list_frames(folder)
    frame = read_frame(folder, epochs[-1]) if epochs else None
    if frame is not None:
        st.subheader("Originals and reconstructions", anchor=False)
        column = choose_column(frame, "report.column")
        show_frame(frame, read_frame(folder, ORIGINALS), f"report.{run.id}", column)


def show_codes(codes: CodesSample, run: RunRecord) -> None:
    """Show codes as points, coloured by a column, and the row that was clicked.

    Args:
        codes: Some rows of the run.
        run: The run.
    """
    st.subheader(
        "The rows as points",
        help="Rows whose codes are alike lie close to each other. Colour them by a column to see "
        "whether it decides where they lie.",
        anchor=False,
    )
    dataset = dataset_of(run)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source = st.segmented_control(
            "Codes of",
            ["The network", "PCA"],
            default="The network",
            required=True,
            help="PCA (principal component analysis) is the usual way without a network: it knows "
            "straight directions only.",
        )
        axes = st.segmented_control(
            "Axes",
            [2, 3],
            default=2,
            required=True,
            help="2 draw a plane, 3 a space that can be turned.",
            key="codes_axes",
        )
        name = _chosen_colour(run, dataset)
        st.link_button(
            "Codes of all rows (CSV)",
            run_file_address(run.id, store().folder(run.id).codes.name),
            icon=":material/download:",
        )
    points = codes.codes if source == "The network" else codes.pca
    cloud = _cloud(codes.rows, points, int(axes or 2), dataset, name)
    picked = _draw_cloud(cloud, f"codes.{run.id}")
    st.caption(_said(codes, source == "The network", cloud))
    if picked is not None and dataset is not None:
        show_row(run, dataset, picked, f"codes.{run.id}.row")


def _kept(explained: float) -> str:
    return share(explained, 1.0) if explained > 0 else "nothing"


def _show_columns(columns: Sequence[ColumnError], num_columns: int) -> None:
    st.markdown(
        "**Error by column or region**",
        help="What the network rebuilds worst, on the scale that it works on, beside PCA. Columns "
        "that have nothing to do with the others cannot be squeezed.",
    )
    shown = columns[:MOST_BARS]
    names = [column.name for column in shown]
    figure = go.Figure(
        [
            go.Bar(
                y=list(range(len(shown))),
                x=[getattr(column, field) for column in shown],
                name=title,
                orientation="h",
                customdata=names,
                hovertemplate="%{customdata}: %{x:.3g}",
            )
            for title, field in (("Network", "rmse"), ("PCA", "pca_rmse"))
        ]
    )
    figure.update_yaxes(
        autorange="reversed",
        tickvals=list(range(len(shown))),
        ticktext=[name if len(name) <= 28 else f"{name[:27]}…" for name in names],
        showgrid=False,
        automargin=True,
    )
    legend = {"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0.0}
    figure.update_layout(barmode="group", bargap=0.3, legend=legend)
    draw(figure, "Error of each column", "column_errors", 90 + BAR_HEIGHT * max(3, len(shown)))
    if num_columns > len(shown):
        st.caption(f"The {len(shown)} largest of {num_columns:,}.")


def _chosen_colour(run: RunRecord, dataset: Dataset | None) -> str | None:
    if dataset is None:
        return None
    names = [column.name for column in dataset.info.columns if column.kind in COLOURED_KINDS]
    label = run.spec.task.label
    place = names.index(label) + 1 if label in names else 0
    chosen = st.selectbox("Coloured by", [NO_COLOUR, *names], index=place, width=260)
    return None if chosen == NO_COLOUR else chosen


def _cloud(
    rows: Sequence[int],
    points: Sequence[Sequence[float]],
    num_axes: int,
    dataset: Dataset | None,
    name: str | None,
) -> Cloud:
    places = np.asarray(points, "float64").reshape(len(rows), -1)
    if places.shape[1] < num_axes:
        places = np.pad(places, ((0, 0), (0, num_axes - places.shape[1])))
    cloud = Cloud(rows, places[:, :num_axes])
    if dataset is None or name is None:
        return cloud
    values = read_table(dataset, [name], np.asarray(rows)).column(0).to_pylist()
    is_number = dataset.info.column(name).kind is ColumnKind.NUMBER and len(set(values)) > 10
    return Cloud(rows, cloud.points, name, values, is_number)


def _draw_cloud(cloud: Cloud, key: str) -> int | None:
    """Draw the points; the row of the one that is selected, if there is one."""
    alt = "Codes of rows as points"
    if cloud.points.shape[1] == 3:
        # Streamlit passes no clicks on points in space on.
        picked = _chosen_row(cloud, f"{key}.row")
        draw(cloud_figure(cloud, picked), alt, f"{key}.space", CLOUD_HEIGHT)
        return picked
    event = draw(cloud_figure(cloud), alt, f"{key}.plane", CLOUD_HEIGHT, is_selectable=True)
    points: Sequence[Mapping[str, Any]] = cast("Any", event).selection.points if event else ()
    return int(points[0]["customdata"][0]) if points else None


def _chosen_row(cloud: Cloud, key: str) -> int | None:
    """Let a person choose a row by its name; it stays chosen when colours change names."""
    kept, shown = f"{SessionKey.ROW_IN_SPACE}.{key}", f"{key}.{cloud.title}"
    # The browser keeps a choice by its words, and other colours change those of every row.
    if shown not in st.session_state and kept in st.session_state:
        st.session_state[shown] = st.session_state[kept]
    chosen = st.selectbox(
        "Row to look at",
        range(len(cloud.rows)),
        index=None,
        format_func=lambda place: row_name(cloud, place),
        placeholder="Type a row number",
        key=shown,
        width=320,
    )
    st.session_state[kept] = chosen
    return None if chosen is None else cloud.rows[chosen]


def row_name(cloud: Cloud, place: int) -> str:
    """Name a point: its row, and what colours it."""
    value = f": {cloud.values[place]}" if cloud.values else ""
    return f"{cloud.rows[place] + 1}{value}"


def _said(codes: CodesSample, is_network: bool, cloud: Cloud) -> str:
    way = "Click on a point to see its row."
    if cloud.points.shape[1] == 3:
        way = "Point at one to see its number, and choose the row above to look at it."
    shown = f"{count(len(codes.rows), 'row')}. {way}"
    if is_network and codes.is_projected:
        return f"The main directions of codes of {number(codes.num_codes)} numbers, for {shown}"
    return f"Shows {shown}"
