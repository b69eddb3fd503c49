"""What is known in advance of the steps to forecast: a table to change, or a file."""

from pathlib import Path

import pyarrow as pa
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dlstudio.export.ahead_job import known_rows, with_edits
from dlstudio.runs.records import RunRecord
from dlstudio.spec.dataset import ColumnKind, DatasetInfo
from dlstudio.spec.task import TaskSpec
from dlstudio.ui.formats import escape_markdown
from dlstudio.ui.services import settings
from dlstudio.ui.session import SessionKey
from dlstudio.ui.upload_box import show_upload_box
from dlstudio.ui.uploads import find_upload

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".json", ".jsonl", ".parquet")


def given_file(run: RunRecord) -> Path | None:
    """The file of values known in advance that was given for a run, while it is there."""
    named = st.session_state.get(f"{SessionKey.PREDICT_KNOWN}_{run.id}")
    return Path(named) if named and Path(named).is_file() else None


def take_file(run: RunRecord) -> None:
    """Let a person give what is known in advance as a file, or take it back.

    Args:
        run: A forecast that needs columns known in advance.
    """
    key = f"{SessionKey.PREDICT_KNOWN}_{run.id}"
    task = run.spec.task
    columns = ", ".join(one for one in (task.time, task.series, *task.known) if one)
    given = given_file(run)
    title = "What is known in advance, from a file"
    with st.expander(title, expanded=given is not None, icon=":material/upload_file:"):
        if given is not None:
            st.caption(f"From the file {escape_markdown(given.name)}.")
            st.button("Leave the file out", on_click=lambda: st.session_state.pop(key, None))
        uploaded = show_upload_box(f"{key}_upload", ENDINGS, f"A row a step with {columns}")
        if uploaded is not None:
            path = find_upload(settings(), uploaded.upload_id).path
            st.session_state[key] = str(path)
            st.rerun()


def ask_known(run: RunRecord, info: DatasetInfo, drawn: Path, name: str) -> pa.Table | None:
    """Show the values of one series to be changed.

    Args:
        run: A forecast that needs columns known in advance.
        info: The dataset it was trained on.
        drawn: The table to draw of the forecast without changes.
        name: The series that is shown.

    Returns:
        What is known in advance of all series once something was changed; None before.
    """
    task = run.spec.task
    begun = known_rows(drawn, task, name)
    everything = known_rows(drawn, task, None)
    st.markdown("**Known in advance**")
    st.caption(
        "Where your data does not say, numbers stay as they were last and categories take their "
        "most frequent value of late. Change a value, and the forecast follows."
    )
    edited = st.data_editor(
        begun,
        key=f"known_{run.id}_{drawn.parent.name}_{name}",
        hide_index=True,
        disabled=[str(task.time)],
        column_config=_fields(task, info),
    )
    for_all = False
    if task.series is not None and len(everything) > len(begun):
        for_all = st.toggle(
            "For all series", value=True, help="Changed values hold for every series at that time."
        )
    changed = _changed(begun, edited, task)
    if changed is None:
        return None
    return with_edits(everything, changed, task, None if for_all else name)


def _changed(begun: pa.Table, edited: pa.Table, task: TaskSpec) -> pa.Table | None:
    """The values as a person left them; None if nothing was changed.

    The editor gives other types back, so that tables as a whole are never equal.
    """
    columns = {one: begun.column(one) for one in begun.column_names}
    for one in task.known:
        columns[one] = pa.chunked_array(
            [pa.array(edited.column(one).to_pylist(), begun.schema.field(one).type)]
        )
    changed = pa.table(columns)
    return None if changed.equals(begun) else changed


def _fields(task: TaskSpec, info: DatasetInfo) -> dict[str, ColumnConfig]:
    fields: dict[str, ColumnConfig] = {}
    for name in task.known:
        column = info.column(name)
        if column.kind is ColumnKind.CATEGORY:
            options = [entry.value for entry in column.top_values]
            fields[name] = st.column_config.SelectboxColumn(options=options)
        else:
            fields[name] = st.column_config.NumberColumn()
    return fields
