"""The list of all datasets, searched and paged, each a link to what is in it."""

import streamlit as st

from dlstudio.data.summaries import DatasetSummary, list_summaries
from dlstudio.ui import services
from dlstudio.ui.formats import ago, count, escape_markdown, size
from dlstudio.ui.list_row import list_row
from dlstudio.ui.navigation import Screen, link_screen
from dlstudio.ui.page_header import show_empty_state
from dlstudio.ui.paging import show_page_of

PAGE_SIZE = 10


def show_dataset_list() -> None:
    """List the datasets of the workspace, newest first."""
    st.header("Your datasets", anchor=False)
    summaries = list_summaries(services.settings())
    if not summaries:
        show_empty_state(
            "No datasets yet",
            "Drop a file above, or start with one of the samples on the Home page.",
            ":material/table_chart:",
        )
        return
    if len(summaries) > PAGE_SIZE:
        text = st.text_input(
            "Search datasets", placeholder="Part of a name", icon=":material/search:", type="search"
        )
        summaries = [one for one in summaries if text.lower() in one.name.lower()]
    if not summaries:
        st.caption("No dataset has such a name.")
    for summary in show_page_of(summaries, PAGE_SIZE, key="datasets_page"):
        _show_row(summary)


def facts_of(summary: DatasetSummary) -> str:
    """Write a dataset's size in a few words."""
    rows, columns = count(summary.num_rows, "row"), count(summary.num_columns, "column")
    return f"{rows} · {columns} · {size(summary.size_bytes)}"


def _show_row(summary: DatasetSummary) -> None:
    what, news = list_row()
    with what:
        link_screen(Screen.DATA, f"**{escape_markdown(summary.name)}**", dataset=summary.name)
        st.caption(facts_of(summary), width="content")
    with news:
        if summary.num_warnings:
            st.markdown(
                f":orange-badge[:material/warning: {count(summary.num_warnings, 'hint')}]",
                width="content",
                help="Things about the data that may spoil a network; open it to see them.",
            )
        st.caption(ago(summary.created_at), width="content")
