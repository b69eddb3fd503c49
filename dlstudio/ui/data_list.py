"""The list of all datasets, searched and paged, each a link to what is in it."""

import streamlit as st

from dlstudio.data.catalog import list_datasets
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.ui import services
from dlstudio.ui.formats import ago, count, escape_markdown, size
from dlstudio.ui.navigation import Screen, link_screen
from dlstudio.ui.page_header import show_empty_state
from dlstudio.ui.paging import show_page_of

PAGE_SIZE = 10


def show_dataset_list() -> None:
    """List the datasets of the workspace, newest first."""
    st.header("Your datasets", anchor=False)
    infos = list_datasets(services.settings())
    if not infos:
        show_empty_state(
            "No datasets yet",
            "Drop a file above, or start with one of the samples on the Home page.",
            ":material/table_chart:",
        )
        return
    if len(infos) > PAGE_SIZE:
        text = st.text_input(
            "Search datasets", placeholder="Part of a name", icon=":material/search:", type="search"
        )
        infos = [info for info in infos if text.lower() in info.name.lower()]
    if not infos:
        st.caption("No dataset has such a name.")
    for info in show_page_of(infos, PAGE_SIZE, key="datasets_page"):
        _show_row(info)


def facts_of(info: DatasetInfo) -> str:
    """Write a dataset's size in a few words."""
    rows, columns = count(info.num_rows, "row"), count(len(info.columns), "column")
    return f"{rows} · {columns} · {size(info.size_bytes)}"


def _show_row(info: DatasetInfo) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="medium"):
        link_screen(Screen.DATA, f"**{escape_markdown(info.name)}**", dataset=info.name)
        st.caption(facts_of(info), width="content")
        st.space("stretch")
        if info.warnings:
            st.markdown(
                f":orange-badge[:material/warning: {count(len(info.warnings), 'hint')}]",
                width="content",
                help="Things about the data that may spoil a network; open it to see them.",
            )
        st.caption(ago(info.created_at), width="content")
