"""What a person can do to runs: rename, tag, note, pin, delete."""

from collections.abc import Sequence

import streamlit as st

from dlstudio.export.scoring import remove_jobs_of
from dlstudio.runs.edits import RunEdit, change_run, delete_if_there
from dlstudio.runs.records import RunRecord
from dlstudio.ui.formats import count, escape_markdown
from dlstudio.ui.problems import showing_problems
from dlstudio.ui.services import settings, store


@st.dialog("Name, tags and note")
def edit_run(run: RunRecord) -> None:
    """Ask for a new name, tags and note, and keep them.

    Args:
        run: The run as it is now.
    """
    name = st.text_input("Name", run.name, max_chars=200)
    tags = st.multiselect(
        "Tags",
        sorted({*store().list_tags(), *run.tags}),
        default=list(run.tags),
        accept_new_options=True,
        help="Short words to find and group runs by. Type a new one and press Enter.",
    )
    note = st.text_area("Note", run.note, help="What you tried and what you learned from it.")
    if st.button("Save", type="primary", icon=":material/save:"):
        with showing_problems():
            change_run(store(), run, RunEdit(name, tuple(tags), note))
            st.rerun()


@st.dialog("Delete runs?")
def delete_runs(runs: Sequence[RunRecord]) -> None:
    """Ask whether runs may be deleted, and delete them.

    Args:
        runs: The runs; those that train right now are refused.
    """
    st.markdown(
        f"{count(len(runs), 'run')} with curves, model and predictions will be deleted. "
        "This cannot be undone."
    )
    st.markdown("\n".join(f"- {escape_markdown(run.name)}" for run in runs[:20]))
    if st.button("Delete", type="primary", icon=":material/delete:"):
        with showing_problems():
            for run in runs:
                delete_if_there(store(), run.id)
                remove_jobs_of(settings(), store().folder(run.id))
            st.rerun()


def toggle_baseline(run: RunRecord) -> None:
    """Pin a run as the baseline that others are compared with, or remove the pin."""
    pinned = store().pinned_baseline()
    store().pin_baseline(None if pinned and pinned.id == run.id else run.id)
