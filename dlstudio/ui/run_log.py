"""What happened to a run: its newest events and the end of its log, and the way to all of both."""

from collections.abc import Iterator
from datetime import UTC, datetime

import streamlit as st

from dlstudio.runs.folders import read_log_tail
from dlstudio.runs.records import EventKind, RunEvent, RunRecord
from dlstudio.ui.csv_text import csv_text
from dlstudio.ui.formats import ago, count, escape_markdown
from dlstudio.ui.routes_downloads import run_file_address
from dlstudio.ui.services import store

MOST_EVENTS = 50
_PAGE = 1_000


def show_log(run: RunRecord) -> None:
    """Show the newest events of a run, the last first, and the end of what its worker printed.

    Args:
        run: The run.
    """
    st.subheader("What happened", anchor=False)
    for event in store().newest_events(run.id, MOST_EVENTS):
        st.caption(f"{ago(_moment(event))}: {event_words(event)}")
    num_events = store().count_events(run.id)
    if num_events > MOST_EVENTS:
        st.caption(f"These are the newest {MOST_EVENTS:,} of {count(num_events, 'event')}.")
    st.download_button(
        "All events (CSV)",
        lambda: events_csv(run),
        "events.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    folder = store().folder(run.id)
    tail = read_log_tail(folder)
    if not tail.strip():
        return
    st.subheader("What the worker says", anchor=False)
    st.code(tail, language=None)
    if len(tail.encode()) < folder.log.stat().st_size:
        st.caption("This is its end; the file holds all of it.")
    address = run_file_address(run.id, folder.log.name)
    st.link_button("Download worker.log", address, icon=":material/download:")


def events_csv(run: RunRecord) -> str:
    """Write all events of a run as CSV, oldest first, with times in UTC.

    Args:
        run: The run.
    """
    rows = ([_moment(event).isoformat(), event.kind.value, event.text] for event in _all(run))
    return csv_text([["time", "event", "text"], *rows])


def event_words(event: RunEvent) -> str:
    """Say as Markdown what happened; what the trainer said stands for itself."""
    text = escape_markdown(event.text)
    if event.kind is EventKind.MESSAGE:
        return text
    return f"**{event.kind.value.replace('-', ' ').capitalize()}.** {text}".rstrip()


def _all(run: RunRecord) -> Iterator[RunEvent]:
    last_id = 0
    while events := store().list_events(run.id, last_id, _PAGE):
        yield from events
        last_id = events[-1].id


def _moment(event: RunEvent) -> datetime:
    return datetime.fromtimestamp(event.time, UTC)
