"""The Design page before there is a draft: datasets to begin with and drafts to go on with."""

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from dlstudio.data.summaries import DatasetSummary, list_summaries
from dlstudio.ui import services
from dlstudio.ui.design_drafts import Draft, list_drafts, remove_draft
from dlstudio.ui.formats import ago, count, escape_markdown
from dlstudio.ui.navigation import Screen, link_screen, open_screen
from dlstudio.ui.page_header import show_empty_state
from dlstudio.ui.paging import show_page_of

PAGE_SIZE = 12


def show_start() -> None:
    """Offer the latest drafts and every dataset, newest first."""
    datasets = list_summaries(services.settings())
    if not datasets:
        show_empty_state(
            "There is no data yet",
            "A network learns from data. Add some, or take a sample; then come back.",
            ":material/table_chart:",
        )
        link_screen(Screen.DATA, "Add data")
    drafts = list_drafts(services.settings())
    if drafts:
        st.subheader("Go on with a draft", anchor=False)
        with st.grid("auto", min_column_width=260):
            for draft in drafts:
                _show_draft(draft)
    if datasets:
        st.subheader("Begin with a dataset", anchor=False)
        _show_datasets(datasets)


def _show_datasets(datasets: Sequence[DatasetSummary]) -> None:
    """Cards of the newest datasets; more of them by name or page by page."""
    if len(datasets) > PAGE_SIZE:
        text = st.text_input(
            "Search datasets", placeholder="Part of a name", icon=":material/search:", type="search"
        )
        datasets = [one for one in datasets if text.lower() in one.name.lower()]
    if not datasets:
        st.caption("No dataset has such a name.")
    shown = show_page_of(datasets, PAGE_SIZE, key="begin.page")
    with st.grid("auto", min_column_width=260):
        for summary in shown:
            _show_dataset(summary)


def _show_dataset(summary: DatasetSummary) -> None:
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{escape_markdown(summary.name)}**")
        st.caption(
            f"{count(summary.num_rows, 'row')}, {count(summary.num_columns, 'column')}, "
            f"{ago(summary.created_at)}"
        )
        st.space("stretch")
        if st.button("Design a network", key=f"begin.{summary.fingerprint}.{summary.name}"):
            open_screen(Screen.DESIGN, dataset=summary.name)


def _show_draft(draft: Draft) -> None:
    spec = draft.spec
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{escape_markdown(spec.name or 'Unnamed')}**")
        target = ", ".join(spec.task.targets) or "no target yet"
        moment = ago(datetime.fromtimestamp(draft.updated_at, UTC))
        st.caption(f"{escape_markdown(spec.dataset.name)} → {escape_markdown(target)} · {moment}")
        st.space("stretch")
        with st.container(horizontal=True):
            if st.button("Open", key=f"open.{draft.id}"):
                open_screen(Screen.DESIGN, draft=draft.id)
            if st.button(
                "", icon=":material/delete:", help="Delete this draft", key=f"remove.{draft.id}"
            ):
                remove_draft(services.settings(), draft.id)
                st.rerun()
