"""The Design page before there is a draft: datasets to begin with and drafts to go on with."""

from datetime import UTC, datetime

import streamlit as st

from dlstudio.data.summaries import list_summaries
from dlstudio.ui import services
from dlstudio.ui.design_drafts import Draft, list_drafts, remove_draft
from dlstudio.ui.formats import ago, count, escape_markdown
from dlstudio.ui.navigation import Screen, link_screen, open_screen
from dlstudio.ui.page_header import show_empty_state


def show_start() -> None:
    """Offer every dataset and the latest drafts."""
    datasets = list_summaries(services.settings())
    if not datasets:
        show_empty_state(
            "There is no data yet",
            "A network learns from a table. Add one, or take a sample; then come back.",
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
        with st.grid("auto", min_column_width=260):
            for info in datasets:
                with st.container(border=True, height="stretch"):
                    st.markdown(f"**{escape_markdown(info.name)}**")
                    rows, columns = count(info.num_rows, "row"), count(info.num_columns, "column")
                    st.caption(f"{rows}, {columns}")
                    st.space("stretch")
                    if st.button("Design a network", key=f"begin.{info.fingerprint}.{info.name}"):
                        open_screen(Screen.DESIGN, dataset=info.name)


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
