"""Files that are being read: how far they are, in words, found again after a refresh."""

from collections.abc import Sequence

import streamlit as st

from dlstudio.data.jobs import (
    IngestJob,
    IngestState,
    IngestStatus,
    find_jobs,
    forget_old_jobs,
    open_job,
)
from dlstudio.data.progress import IngestProgress
from dlstudio.ui import services
from dlstudio.ui.data_broken import broken_files, show_broken_files
from dlstudio.ui.data_options import show_options_form
from dlstudio.ui.formats import ago_s, count, escape_markdown
from dlstudio.ui.navigation import Screen, open_screen
from dlstudio.ui.problems import show_problems, showing_problems
from dlstudio.ui.session import AddressKey
from dlstudio.ui.sources import remember_source
from dlstudio.ui.uploads import remove_upload, upload_of

REFRESH_S = 0.4


def show_jobs() -> None:
    """Show the reading job of the address first, then any other of this week.

    Of others that failed only a line is shown: they may be another person's.
    """
    watched = st.query_params.get(AddressKey.JOB)
    with showing_problems():
        forget_old_jobs(services.settings())
        jobs = find_jobs(services.settings())
        if watched and watched not in [job.id for job in jobs]:
            jobs = [open_job(services.settings(), watched), *jobs]
        for job in sorted(jobs, key=lambda job: job.id != watched):
            _show_job(job)
        _show_dismiss_all([job for job in jobs if job.id != watched])


def progress_words(progress: IngestProgress) -> str:
    """Say what happens now and how much of it is done.

    Args:
        progress: The last sign of life of a job.
    """
    if not progress.num_rows:
        return progress.phase
    noun = "file" if progress.phase.endswith("files") else "row"
    return f"{progress.phase}: {count(progress.num_rows, noun)} so far"


def _show_job(job: IngestJob) -> None:
    state = job.poll()
    is_watched = st.query_params.get(AddressKey.JOB) == job.id
    if state.status is IngestStatus.RUNNING:
        st.fragment(_watch, run_every=REFRESH_S)(job)
    elif state.status is IngestStatus.FAILED:
        _show_failure(job, state) if is_watched else _show_failed_line(job)
    elif is_watched:
        _open_result(job, state)
    else:
        _show_ready(job, state)


def _watch(job: IngestJob) -> None:
    """Show the progress; runs again and again on its own until the job has ended."""
    state = job.poll()
    if state.status is not IngestStatus.RUNNING:
        st.rerun()
    with st.container(border=True):
        st.markdown(f"**Reading {escape_markdown(_title(job))}**")
        progress = state.progress
        st.progress(min(1.0, progress.fraction), escape_markdown(progress_words(progress)))
        if st.button("Cancel", key=f"cancel_{job.id}", icon=":material/close:"):
            _forget(job)
            open_screen(Screen.DATA)


def _show_failure(job: IngestJob, state: IngestState) -> None:
    with st.container(border=True):
        st.markdown(f"**{escape_markdown(_title(job))} could not be read**")
        if broken_files(state.problems):
            show_broken_files(job, state.problems)
        else:
            show_problems(state.problems)
            st.caption("Nothing was added. Change how it is read and try again, or drop another.")
            show_options_form(job.path, _title(job), job.options, key=job.id)
        if st.button("Dismiss", key=f"dismiss_{job.id}"):
            _forget(job)
            open_screen(Screen.DATA)


def _show_failed_line(job: IngestJob) -> None:
    """A job that nobody asked for here has failed: whose it is knows what came of it."""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":material/error: **{escape_markdown(_title(job))}** could not be read "
            f"({ago_s(job.started_s)}).",
            width="content",
        )
        st.space("stretch")
        if st.button("See why", key=f"why_{job.id}"):
            open_screen(Screen.DATA, job=job.id)
        if st.button("Dismiss", key=f"dismiss_{job.id}"):
            _forget(job)
            st.rerun()


def _show_dismiss_all(jobs: Sequence[IngestJob]) -> None:
    """One click for several lines about files that could not be read."""
    failed = [job for job in jobs if job.poll().status is IngestStatus.FAILED]
    if len(failed) > 1 and st.button(f"Dismiss all {len(failed)} that could not be read"):
        for job in failed:
            _forget(job)
        st.rerun()


def _show_ready(job: IngestJob, state: IngestState) -> None:
    """A job that another tab started has ended well."""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        name = escape_markdown(state.name or "")
        st.markdown(f":material/check_circle: **{name}** has been read.", width="content")
        st.space("stretch")
        if st.button("Open it", key=f"open_{job.id}"):
            _open_result(job, state)


def _open_result(job: IngestJob, state: IngestState) -> None:
    remember_source(services.settings(), state.fingerprint or "", job.path)
    job.dismiss()
    open_screen(Screen.DATA, dataset=state.name or "")


def _forget(job: IngestJob) -> None:
    """Nothing came of the job: its upload is of no more use."""
    job.dismiss()
    upload_id = upload_of(services.settings(), job.path)
    if upload_id is not None:
        remove_upload(services.settings(), upload_id)


def _title(job: IngestJob) -> str:
    return job.name or job.path.name
