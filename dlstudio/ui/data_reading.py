"""How a file was read: what was guessed, what could not be read, and reading it again."""

from collections.abc import Sequence

import pyarrow as pa
import streamlit as st

from dlstudio.data.collection.remarks import LEFT_OUT_CODES
from dlstudio.data.options import FileFormat, ReadOptions
from dlstudio.spec.dataset import DatasetInfo, SourceInfo, UnreadableEntry
from dlstudio.ui import services
from dlstudio.ui.data_options import option_words, show_options_form
from dlstudio.ui.formats import count, escape_markdown, size
from dlstudio.ui.sources import find_source


def show_reading(info: DatasetInfo) -> None:
    """Show where the data came from and every guess that was made.

    Args:
        info: The dataset version that is shown.
    """
    source = info.source
    st.markdown(
        f"Read from **{escape_markdown(source.file_name)}**: "
        f"{size(source.size_bytes)}, {option_words('format', source.format)}."
    )
    _show_unreadable(source)
    for warning in info.warnings:
        if warning.code in LEFT_OUT_CODES:
            st.markdown(f":material/info: {escape_markdown(warning.problem)}")
    show_repeated(source)
    st.subheader("What was guessed", anchor=False)
    if source.format != FileFormat.COLLECTION:
        st.caption(
            "If numbers, dates or letters look wrong, change the guess and read the file again."
        )
    path = find_source(services.settings(), info.fingerprint)
    if path is None:
        _show_options(source)
        st.caption("The file itself is no longer here. Upload it again to read it differently.")
        return
    show_options_form(path, info.name, options_of(source), key=info.fingerprint)


def show_repeated(source: SourceInfo) -> None:
    """Say how many repeated rows were left out; nothing if none were.

    Args:
        source: Where the data came from.
    """
    num_rows = source.num_rows_repeated
    if num_rows:
        were = "was" if num_rows == 1 else "were"
        st.markdown(f":material/info: {count(num_rows, 'repeated row')} {were} left out.")


def options_of(source: SourceInfo) -> ReadOptions:
    """Turn what was used into options that would read the file in the same way."""
    known = {key: value for key, value in source.options.items() if key in ReadOptions.model_fields}
    return ReadOptions.model_validate({**known, "format": source.format})


def _show_options(source: SourceInfo) -> None:
    fields = ReadOptions.model_fields
    lines = [
        f"- {fields[key].title or key}: **{escape_markdown(option_words(key, value))}**"
        for key, value in source.options.items()
        if key in fields and value is not None
    ]
    st.markdown("\n".join(lines) or "Nothing had to be guessed.")


def _show_unreadable(source: SourceInfo) -> None:
    num_rows, num_cells = source.num_rows_rejected, source.num_cells_unreadable
    is_collection = source.format == FileFormat.COLLECTION
    if not num_rows and not num_cells:
        what = "file that was taken" if is_collection else "row and every cell"
        st.markdown(f":material/check_circle: Every {what} could be read.")
        return
    noun = "file" if is_collection else "row"
    were = "was" if num_rows == 1 else "were"
    lost = f"{count(num_rows, noun)} could not be read and {were} left out."
    parts = [lost] if num_rows else []
    if num_cells:
        parts.append(f"{count(num_cells, 'cell')} could not be read and became empty.")
    st.warning(" ".join(parts), icon=":material/warning:")
    entries = source.unreadable
    st.dataframe(
        _files_left_out(entries) if is_collection else _cells_left_out(entries),
        hide_index=True,
        alt=f"{noun.capitalize()}s and cells that could not be read",
    )
    if len(entries) < num_rows + num_cells:
        st.caption(f"The first {len(entries):,} of {num_rows + num_cells:,}.")


def _files_left_out(entries: Sequence[UnreadableEntry]) -> pa.Table:
    columns = {
        "File": pa.array([entry.text for entry in entries], pa.string()),
        "What is wrong": pa.array([entry.reason for entry in entries], pa.string()),
    }
    if any(entry.line is not None for entry in entries):
        lines = [entry.line for entry in entries]
        columns["Line of the table"] = pa.array(lines, pa.int64())
    return pa.table(columns)


def _cells_left_out(entries: Sequence[UnreadableEntry]) -> pa.Table:
    return pa.table(
        {
            "Line": pa.array([entry.line for entry in entries], pa.int64()),
            "Column": [entry.column for entry in entries],
            "Content": [entry.text for entry in entries],
            "Reason": [entry.reason for entry in entries],
        }
    )
