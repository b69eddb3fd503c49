"""The list beside the curves: what runs, what waits, what has just ended."""

import streamlit as st

from dlstudio.runs.records import RunRecord
from dlstudio.ui.formats import escape_markdown
from dlstudio.ui.navigation import Screen, link_screen
from dlstudio.ui.page_header import show_empty_state
from dlstudio.ui.train_texts import progress_text, share_done, status_badge
from dlstudio.ui.train_view import TrainView, focus_on, list_runs, plot_runs, plotted_ids

POLL_S = 5.0
_BOX = "train.draw."


def show_run_list(view: TrainView) -> None:
    """Show the runs with their progress; each can be opened, or drawn beside the one in focus."""
    st.markdown("**Running, waiting and recent**")
    st.fragment(_show_list, run_every=POLL_S if view.is_live else None)(
        view.focus.id, plotted_ids()
    )
    link_screen(Screen.RUNS, "All runs")


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
        _show_run(run, is_focus=False)


def _show_list(focus_id: str, drawn: set[str]) -> None:
    if plotted_ids() != drawn:
        st.rerun()  # the curves stand outside this fragment
    for run in list_runs():
        is_focus = run.id == focus_id
        _show_run(run, is_focus=is_focus, is_drawn=None if is_focus else run.id in drawn)


def _show_run(run: RunRecord, *, is_focus: bool, is_drawn: bool | None = None) -> None:
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
        if is_drawn is not None:
            _show_box(run, is_drawn)


def _show_box(run: RunRecord, is_drawn: bool) -> None:
    key = f"{_BOX}{run.id}"
    if st.session_state.get(key) != is_drawn:
        st.session_state[key] = is_drawn  # the address is the truth, also after Back
    st.checkbox("Draw its curves too", key=key, on_change=_draw_ticked)


def _draw_ticked() -> None:
    # All boxes: clicked fast, a box comes with an address that does not know the one before yet.
    boxes = {
        str(key).removeprefix(_BOX): bool(ticked)
        for key, ticked in st.session_state.items()
        if str(key).startswith(_BOX)
    }
    ticked = {run_id for run_id, is_ticked in boxes.items() if is_ticked}
    plot_runs(plotted_ids() - boxes.keys() | ticked)
