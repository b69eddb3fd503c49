"""Files of a folder or archive that cannot be read: which, why, and going on without them."""

from collections.abc import Sequence

import pyarrow as pa
import streamlit as st

from dlstudio.data.jobs import IngestJob, start_ingest
from dlstudio.errors import Problem
from dlstudio.ui import services
from dlstudio.ui.formats import count, escape_markdown
from dlstudio.ui.navigation import Screen, open_screen
from dlstudio.ui.problems import show_problems, showing_problems

LEAVE_OUT_FIELD = "leave_out_broken"
MOST_ROWS_SHOWN = 12
ROW_HEIGHT = 35


def broken_files(problems: Sequence[Problem]) -> list[Problem]:
    """The problems that each tell about one file; they begin with its name.

    Args:
        problems: Why a file, folder or archive could not be read.
    """
    return [one for one in problems if one.where and one.problem.startswith(repr(one.where))]


def show_broken_files(job: IngestJob, problems: Sequence[Problem]) -> None:
    """List broken files with their reasons and offer to go on without them.

    Args:
        job: The reading that stopped because of them.
        problems: What it said; holds at least one broken file.
    """
    broken = broken_files(problems)
    others = [one for one in problems if one not in broken]
    may_go_on = any(one.where == LEAVE_OUT_FIELD for one in others)
    if may_go_on:
        st.error(escape_markdown(others[0].problem), icon=":material/broken_image:")
    else:
        show_problems(others[:1])
    _show_table(broken)
    for more in others[1:]:
        st.caption(more.problem)
    if may_go_on:
        st.caption(
            "Nothing was added so far. Mend the files and add all again, or go on without them: "
            "what was left out stays listed under “How it was read”."
        )
        if st.button(
            "Leave them out and go on",
            key=f"leave_out_{job.id}",
            icon=":material/playlist_remove:",
            type="primary",
        ):
            _read_without(job)


def broken_table(broken: Sequence[Problem]) -> pa.Table:
    """Build the list of broken files, one row a file.

    Args:
        broken: Problems that each tell about one file.
    """
    reasons = [one.problem.removeprefix(repr(one.where)).strip().rstrip(".") for one in broken]
    return pa.table(
        {
            "File": pa.array([one.where for one in broken], pa.string()),
            "What is wrong": pa.array(reasons, pa.string()),
        }
    )


def _show_table(broken: Sequence[Problem]) -> None:
    is_long = len(broken) > MOST_ROWS_SHOWN
    st.dataframe(
        broken_table(broken),
        hide_index=True,
        height=ROW_HEIGHT * (MOST_ROWS_SHOWN + 1) if is_long else "content",
        alt=f"{count(len(broken), 'file')} that cannot be read, with the reason",
    )


def _read_without(job: IngestJob) -> None:
    """Read the same upload again; the job that stopped is forgotten once the new one has begun."""
    with showing_problems():
        options = job.options.model_copy(update={LEAVE_OUT_FIELD: True})
        again = start_ingest(services.settings(), job.path, job.name, options)
        job.dismiss()
        open_screen(Screen.DATA, job=again.id)
