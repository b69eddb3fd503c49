"""The rows of a dataset, a page at a time; only the page that is shown is read from the disk."""

import numpy as np
import pyarrow as pa
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dlstudio.data.dataset import Dataset, read_page
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.media import SequenceSummary
from dlstudio.ui.data_media_words import FILE_KINDS, file_name
from dlstudio.ui.formats import count
from dlstudio.ui.paging import show_pages

PAGE_SIZE = 50
MOST_COLUMNS = 100
MOST_POINTS = 60
ROW_NUMBER = "row"


def show_rows(dataset: Dataset) -> None:
    """Show a page of rows as they are stored.

    Args:
        dataset: The dataset version that is shown.
    """
    info = dataset.info
    first = show_pages(info.num_rows, PAGE_SIZE, key=f"rows_page_{info.fingerprint}")
    names = list(info.column_names)
    if len(names) > MOST_COLUMNS:
        st.caption(f"{count(len(names), 'column')}, {MOST_COLUMNS} at a time:")
        begin = show_pages(len(names), MOST_COLUMNS, key=f"rows_columns_{info.fingerprint}")
        names = names[begin : begin + MOST_COLUMNS]
    page = read_page(dataset, first, PAGE_SIZE).select(names)
    st.dataframe(
        numbered(readable(page, info), first),
        hide_index=True,
        height="content",
        column_config=_look(page, info),
        alt=f"Rows {first + 1} to {first + page.num_rows} of {info.name}",
    )


def readable(page: pa.Table, info: DatasetInfo) -> pa.Table:
    """Replace stored paths by file names, and sequences by a few values of their first channel.

    Args:
        page: Some rows.
        info: The dataset that they belong to.
    """
    for place, name in enumerate(page.column_names):
        column = info.column(name)
        if column.kind in FILE_KINDS:
            cells = pa.array(map(file_name, page.column(place).to_pylist()), pa.string())
            page = page.set_column(place, name, cells)
        elif column.sequence is not None:
            page = page.set_column(place, name, _lines(page.column(place), column.sequence))
    return page


def _lines(cells: pa.ChunkedArray, sequences: SequenceSummary) -> pa.Array:
    """At most `MOST_POINTS` values of the first channel of each sequence."""
    lines = []
    for cell in cells:
        if not cell.is_valid:
            lines.append(None)
            continue
        values = np.asarray(cell.values.to_numpy(zero_copy_only=False), np.float64)
        first = values[:: len(sequences.channels)]
        known = first[np.isfinite(first)]
        places = np.unique(np.linspace(0, len(known) - 1, MOST_POINTS).astype(int))
        lines.append(known[places].tolist() if len(known) else [])
    return pa.array(lines, pa.list_(pa.float64()))


def _look(page: pa.Table, info: DatasetInfo) -> dict[str, ColumnConfig]:
    config = st.column_config
    look: dict[str, ColumnConfig] = {
        ROW_NUMBER: config.NumberColumn("#", pinned=True, width="small")
    }
    for name in page.column_names:
        sequences = info.column(name).sequence
        if sequences is not None:
            what = f"The first channel, {sequences.channels[0]}, over time."
            look[name] = config.LineChartColumn(help=what, width="medium")
    return look


def numbered(page: pa.Table, first: int) -> pa.Table:
    """Put the row numbers, counted from 1, before the columns of a page.

    Args:
        page: Some rows.
        first: Position of the page's first row, from 0.
    """
    numbers = pa.array(range(first + 1, first + 1 + page.num_rows), pa.int64())
    name = ROW_NUMBER
    while name in page.column_names:  # a column of the data may have that name
        name += " "
    return page.add_column(0, name, numbers)
