"""The rows of a dataset, a page at a time; only the page that is shown is read from the disk."""

import pyarrow as pa
import streamlit as st

from dlstudio.data.dataset import Dataset, read_page
from dlstudio.ui.formats import count
from dlstudio.ui.paging import show_pages

PAGE_SIZE = 50
MOST_COLUMNS = 100
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
        numbered(page, first),
        hide_index=True,
        height="content",
        column_config={ROW_NUMBER: st.column_config.NumberColumn("#", pinned=True, width="small")},
        alt=f"Rows {first + 1} to {first + page.num_rows} of {info.name}",
    )


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
