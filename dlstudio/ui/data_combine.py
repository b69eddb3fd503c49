"""Joining the rows or columns of a table to sequences, which makes another dataset."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from dlstudio.data.combine import combine_columns, combine_rows
from dlstudio.data.combining.wide_columns import matching_columns, pattern_of
from dlstudio.data.dataset import Dataset
from dlstudio.data.sequence_hints import SequenceHint, suggest_sequences
from dlstudio.errors import DataError
from dlstudio.spec.dataset import ColumnKind, DatasetInfo
from dlstudio.ui import services
from dlstudio.ui.data_add import free_name
from dlstudio.ui.data_media_words import FIXED_KINDS
from dlstudio.ui.formats import escape_markdown
from dlstudio.ui.navigation import Screen, open_screen
from dlstudio.ui.problems import showing_problems
from dlstudio.ui.sources import pass_on_source

HINT_CODE = "looks-like-sequences"
FEWEST_COLUMNS = 2
_EXPLAINED = (
    "A network for sequences looks at all time steps of a recording at once and learns what "
    "belongs to the whole recording, such as the activity or the diagnosis. The table stays as it "
    "is; a new dataset is made beside it."
)


def show_combine_hint(dataset: Dataset) -> None:
    """Offer to join a table to sequences, if it looks like readings of sensors.

    Args:
        dataset: The current version of a dataset.
    """
    hints = [one for one in dataset.info.warnings if one.code == HINT_CODE]
    if not hints:
        return
    with st.container(border=True):
        st.markdown(":material/timeline: **This looks like readings of sensors**")
        st.markdown(escape_markdown(hints[0].problem))
        with st.expander("Join them to sequences", icon=":material/merge:"):
            _show_forms(dataset, _hint_once(dataset.info.fingerprint, dataset))


def show_combine(dataset: Dataset) -> None:
    """Offer to join any table to sequences.

    Args:
        dataset: The current version of a dataset.
    """
    info = dataset.info
    is_table = not any(column.kind in FIXED_KINDS for column in info.columns)
    is_hinted = any(one.code == HINT_CODE for one in info.warnings)
    if is_hinted or not is_table or len(info.columns) < FEWEST_COLUMNS:
        return
    with st.expander("If rows or columns are time steps of sequences", icon=":material/merge:"):
        _show_forms(dataset, None)


def _show_forms(dataset: Dataset, hint: SequenceHint | None) -> None:
    st.caption(_EXPLAINED)
    columns_first = hint is not None and bool(hint.columns)
    forms: dict[str, Callable[[DatasetInfo, SequenceHint], None]] = {
        "Each row is a time step": _show_rows_form,
        "Each column is a time step": _show_columns_form,
    }
    names = list(forms)[::-1] if columns_first else list(forms)
    chosen = st.segmented_control(
        "What is a time step?",
        names,
        default=names[0],
        key=f"combine_what_{dataset.info.fingerprint}",
        required=True,
    )
    forms[chosen or names[0]](dataset.info, hint or SequenceHint())


def _show_rows_form(info: DatasetInfo, hint: SequenceHint) -> None:
    times = [
        one.name for one in info.columns if one.kind in (ColumnKind.DATETIME, ColumnKind.NUMBER)
    ]
    ids = [one.name for one in info.columns if one.kind is not ColumnKind.TEXT]
    with st.form(f"combine_rows_{info.fingerprint}", border=False):
        by = st.multiselect(
            "Columns that name the sequence",
            ids,
            default=[hint.by] if hint.by in ids else [],
            help="Rows with the same value belong to the same sequence, such as one recording or "
            "one patient. With several columns, the same values in all of them.",
        )
        time = st.selectbox(
            "Column that orders the rows",
            times,
            index=times.index(hint.time) if hint.time in times else None,
            placeholder="As they stand in the table",
            help="A time or a counter. Choose one if the rows of a sequence are not in order.",
        )
        name = _ask_name(info)
        if st.form_submit_button("Combine rows into sequences", icon=":material/merge:"):
            with showing_problems():
                _check_chosen(by)
                _combine(info, lambda: combine_rows(services.settings(), info.name, by, time, name))


def _show_columns_form(info: DatasetInfo, hint: SequenceHint) -> None:
    names = info.column_names
    with st.form(f"combine_columns_{info.fingerprint}", border=False):
        pattern = st.text_input(
            "Columns that are time steps",
            value=pattern_of(names, hint.columns) if hint.columns else "",
            placeholder="t_* or t_0..t_99",
            help="A pattern such as t_* for all columns whose names begin so and hold a number, "
            "or the first and the last column with two points between them. Several channels, "
            "such as x_0, x_1 … and y_0, y_1 …, are told apart by their names.",
        )
        name = _ask_name(info)
        if st.form_submit_button("Combine columns into sequences", icon=":material/merge:"):
            with showing_problems():
                columns = matching_columns(names, pattern.strip())
                _combine(
                    info, lambda: combine_columns(services.settings(), info.name, columns, name)
                )


def _ask_name(info: DatasetInfo) -> str:
    free = free_name(services.settings(), Path(f"{info.name.replace('.', ' ')} sequences"))
    return st.text_input("Name of the new dataset", value=free, max_chars=80)


def _check_chosen(by: Sequence[str]) -> None:
    if not by:
        raise DataError(
            "No column names the sequence of a row.",
            "Choose at least one column whose value repeats in all rows of a sequence.",
            where="Columns that name the sequence",
        )


def _combine(info: DatasetInfo, make: Callable[[], Dataset]) -> None:
    with st.spinner("Joining them to sequences …"):
        made = make()
        pass_on_source(services.settings(), info.fingerprint, made.info.fingerprint)
    open_screen(Screen.DATA, dataset=made.info.name)


@st.cache_data(max_entries=100, show_spinner=False)
def _hint_once(fingerprint: str, _dataset: Dataset) -> SequenceHint | None:
    """Looking for sequences reads rows; a version never changes, so once is enough."""
    return suggest_sequences(_dataset)
