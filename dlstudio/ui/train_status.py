"""The state of the run in focus, kept up to date while it goes on."""

import time

import streamlit as st

from dlstudio.runs.folders import read_log_tail
from dlstudio.runs.records import RunRecord
from dlstudio.runs.room import room_problem, waits_for_room
from dlstudio.ui import services
from dlstudio.ui.fine_tuning import read_dataset_info
from dlstudio.ui.formats import duration, escape_markdown, size
from dlstudio.ui.kept_room import keeping_room, show_figure
from dlstudio.ui.problems import problem_text
from dlstudio.ui.train_report import show_scores
from dlstudio.ui.train_texts import (
    engine_text,
    fine_tuning_text,
    heartbeat_text,
    processors_text,
    progress_text,
    share_done,
    speed_text,
    status_badge,
    step_text,
    weights_text,
)

POLL_S = 2.0
PROGRESS = 40  # height in pixels
_WORKER_HELP = (
    "The worker is the process that trains, apart from this page. The engine is the way in which "
    "it runs epochs: the fastest here is taken by itself, and all learn equally well. XLA is a "
    "compiler that makes some networks faster."
)


def show_status(run: RunRecord) -> None:
    """Show status, progress, time left, speed and resources; polled only while they change."""
    st.fragment(_show_latest, run_every=None if run.status.is_over else POLL_S)(run)


def show_weights_note(run: RunRecord) -> None:
    """Say below the curves what makes them look odd; nothing where they do not."""
    info = read_dataset_info(run)
    note = " ".join(filter(None, (weights_text(run, info), fine_tuning_text(run, info))))
    if note:
        st.caption(note)


def show_log(run: RunRecord) -> None:
    """Show the end of what the worker printed, read only while it is open."""
    details = st.expander(
        "What the worker says", icon=":material/terminal:", key="train.log", on_change="rerun"
    )
    if details.open:
        with details:
            st.fragment(_show_log_tail, run_every=None if run.status.is_over else POLL_S)(run.id)


def _show_latest(seen: RunRecord) -> None:
    run = services.store().get_run(seen.id)
    if run.status != seen.status:
        st.rerun()  # buttons and report outside this fragment depend on the status
    with keeping_room(PROGRESS):
        st.progress(share_done(run), _where(run))
    if problem := room_problem(run, services.settings().runs_folder):
        st.warning(problem_text(problem), icon=":material/hard_drive:")
    with st.grid(4, min_column_width=130, gap="small"):
        if run.status.is_over:
            show_scores(run)
        else:
            _show_pace(run)
        title = "Time taken" if run.status.is_over else "Time so far"
        show_figure(title, duration(run.duration_s), "In all attempts together.")
    notes = (heartbeat_text(run, time.time()), processors_text(run), engine_text(run))
    text = escape_markdown(" ".join(note for note in notes if note))
    st.caption(text, help=_WORKER_HELP if text else None)


def _where(run: RunRecord) -> str:
    step = step_text(run)
    return f"{status_badge(run.status)} {progress_text(run)}" + (f", {step}" if step else "")


def _show_pace(run: RunRecord) -> None:
    is_trained = run.is_being_scored or waits_for_room(run)
    progress = None if is_trained else run.progress
    show_figure(
        "Time left",
        duration(progress.eta_s) if progress else "–",
        "Estimated, until the last epoch. Early stopping may end the run sooner; the scoring "
        "that follows is not counted.",
    )
    show_figure("Speed", speed_text(progress), "Training rows looked at per second.")
    show_figure(
        "Memory",
        size(run.resources.memory_bytes) if run.resources else "–",
        "Main memory that the worker uses.",
    )


def _show_log_tail(run_id: str) -> None:
    text = read_log_tail(services.store().folder(run_id), num_bytes=8_192)
    st.code(text or "Nothing yet.", language="text", height=220, wrap_lines=True)
