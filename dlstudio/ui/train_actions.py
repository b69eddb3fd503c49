"""What can be done with the run in focus: stop, kill, resume, move in the queue, go on from it."""

from collections.abc import Callable

import streamlit as st

from dlstudio.errors import StudioError
from dlstudio.runs.records import RunRecord, RunStatus
from dlstudio.ui import services
from dlstudio.ui.kept_room import button_width
from dlstudio.ui.navigation import Screen, open_screen
from dlstudio.ui.problems import show_problems
from dlstudio.ui.removed_dataset import can_be_resumed, show_removed_dataset
from dlstudio.ui.report_row import dataset_of
from dlstudio.ui.run_use import show_use_button


def show_actions(run: RunRecord) -> None:
    """Show why the run failed, if it did, and the buttons that fit its status."""
    is_lost = run.status.is_over and dataset_of(run) is None
    if run.problem is not None and not (is_lost and run.problem.where.startswith("dataset")):
        show_problems([run.problem])
    if is_lost:
        show_removed_dataset(run)
    with st.container(horizontal=True, vertical_alignment="center"):
        if run.status is RunStatus.QUEUED:
            _show_queue_buttons(run)
        elif run.status.is_active:
            _show_stop_buttons(run)
        else:
            _show_buttons_afterwards(run, is_lost=is_lost)


def _show_queue_buttons(run: RunRecord) -> None:
    place, store = run.queue_position or 1, services.store()
    is_first = place == 1
    if st.button("Move up", icon=":material/arrow_upward:", disabled=is_first):
        _act(lambda: store.move_in_queue(run.id, place - 1))
    if st.button("Move down", icon=":material/arrow_downward:"):
        _act(lambda: store.move_in_queue(run.id, place + 1))
    if st.button("Train next", icon=":material/vertical_align_top:", disabled=is_first):
        _act(lambda: store.move_in_queue(run.id, 1))
    if st.button("Cancel", icon=":material/close:"):
        _act(lambda: services.supervisor().stop(run.id))


def _show_stop_buttons(run: RunRecord) -> None:
    kept = run.spec.training.keep.value
    label = f"Stop and keep the {kept}"
    if st.button(
        label,
        icon=":material/stop:",
        type="primary",
        disabled=run.status is RunStatus.STOPPING,
        help=f"Ends training now and finishes the run with the {kept} epoch so far.",
        width=button_width(label),
    ):
        _act(lambda: services.supervisor().stop(run.id))
    with st.popover("Kill", icon=":material/dangerous:", key="train.kill"):
        st.markdown(
            "**End the worker at once?** What it learned since its last checkpoint is lost; the "
            "run can be resumed from there. Prefer Stop, unless the run hangs."
        )
        if st.button("Kill the worker", type="primary", key="train.kill.confirm"):
            _act(lambda: services.supervisor().kill(run.id))


def _show_buttons_afterwards(run: RunRecord, *, is_lost: bool) -> None:
    if run.status is RunStatus.FINISHED and st.button(
        "Full report",
        icon=":material/analytics:",
        type="primary",
        width=button_width("Full report"),
    ):
        open_screen(Screen.RUNS, run=run.id)
    can_go_on = not is_lost and can_be_resumed(run)
    if can_go_on and st.button(
        "Resume",
        icon=":material/resume:",
        type="primary",
        help="Goes on where the last checkpoint was, as if it had never ended.",
        width=button_width("Resume"),
    ):
        _act(lambda: services.supervisor().resume(run.id))
    show_use_button(run)
    width = button_width("Compare")
    if st.button("Compare", icon=":material/compare_arrows:", width=width):
        open_screen(Screen.COMPARE, runs=run.id)
    is_next = not can_go_on and run.status is RunStatus.FAILED
    style = "primary" if is_next else "secondary"
    label = "Change and train again"
    width = button_width(label)
    if not is_lost and st.button(label, icon=":material/edit:", type=style, width=width):
        open_screen(Screen.DESIGN, run=run.id)


def _act(action: Callable[[], object]) -> None:
    """Do it and show the run as it is then; a refusal is shown instead."""
    try:
        action()
    except StudioError as error:
        show_problems(error.problems)
        return
    st.rerun()
