"""The list beside the curves: what runs, what waits, what has just ended."""

import streamlit as st

from dlstudio.runs.records import RunRecord
from dlstudio.ui.formats import escape_markdown
from dlstudio.ui.navigation import Screen, link_screen
from dlstudio.ui.page_header import show_empty_state
from dlstudio.ui.train_texts import progress_text, share_done, status_badge
from dlstudio.ui.train_view import TrainView, focus_on, list_runs, plotted_ids, toggle_plot

POLL_S = 5.0


def show_run_list(view: TrainView) -> None:
    """Show the runs with their progress; each can be opened, or drawn beside the one in focus."""
    st.markdown("**Running, waiting and recent**")
    st.fragment(_show_list, run_every=POLL_S if view.is_live else None)(view.focus.id)


def show_choice() -> None:
    """Show what there is to watch when the address names nothing that can be shown."""
    runs = list_runs()
    if not runs:
        show_empty_state(
            "Nothing has been trained yet",
            "Design a network and press Train; its curves appear here.",
            ":material/play_circle:",
        )
        link_screen(Screen.DESIGN, "Design a network")
    for run in runs:
        _show_run(run, is_focus=False, is_drawn=False)


def _show_list(focus_id: str) -> None:
    drawn = plotted_ids()
    for run in list_runs():
        _show_run(run, is_focus=run.id == focus_id, is_drawn=run.id in drawn)


def _show_run(run: RunRecord, *, is_focus: bool, is_drawn: bool) -> None:
    with st.container(border=True, gap="xsmall", key=f"train.card.{run.id}"):
        mark = ":material/visibility: " if is_focus else ""
        if st.button(
            f"{mark}**{escape_markdown(run.name)}**",
            key=f"train.open.{run.id}",
            type="tertiary",
            help="Show this run",
            disabled=is_focus,
        ):
            focus_on(run.id)
            st.rerun()
        st.caption(f"{status_badge(run.status)} {progress_text(run)}")
        if run.status.is_active:
            st.progress(share_done(run))
        if not is_focus:
            st.checkbox(
                "Draw its curves too",
                is_drawn,
                key=f"train.draw.{run.id}",
                on_change=toggle_plot,
                args=(run.id,),
            )
    if not is_focus and is_drawn != (run.id in plotted_ids()):
        st.rerun()
