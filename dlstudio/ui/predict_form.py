"""A form made from the columns a network was trained on: one field a column."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from dlstudio.spec.dataset import ColumnInfo, ColumnKind, DatasetInfo
from dlstudio.ui.formats import number
from dlstudio.ui.kept_room import keeping_room
from dlstudio.ui.session import SessionKey

Value = float | str | None

FIELDS_A_ROW = 3
TEXT_HEIGHT = 120
LONG_TEXT = 60  # letters of the longest text from which a field has several lines
MOST_FIELDS = 60
YEARS_AROUND = 50
MIDDLE = 4  # position of the median in ColumnInfo.quantiles


def ask_row(columns: Sequence[ColumnInfo]) -> dict[str, Value] | None:
    """Show the form.

    Args:
        columns: The inputs of the network.

    Returns:
        One value a column once the person asks for a prediction, None before; an empty field is
        a missing value.
    """
    if len(columns) > MOST_FIELDS:
        return _ask_in_a_table(columns)
    with st.form("one_row", border=False):
        values: dict[str, Value] = {}
        short = [column for column in columns if not _is_long(column)]
        for start in range(0, len(short), FIELDS_A_ROW):
            places = st.columns(FIELDS_A_ROW)
            for place, column in zip(places, short[start : start + FIELDS_A_ROW], strict=False):
                with place, keeping_room():
                    values[column.name] = _field(column)
        for column in columns:
            if _is_long(column):
                values[column.name] = _field(column)
        asked = st.form_submit_button("Predict", type="primary", icon=":material/lightbulb:")
    return values if asked else None


def typical_row(columns: Sequence[ColumnInfo]) -> dict[str, Value]:
    """A row of medians and most frequent values, to begin with."""
    return {column.name: _typical(column) for column in columns}


def fill_form(columns: Sequence[ColumnInfo], row: dict[str, Value]) -> None:
    """Put a row's values into the form; call it in a callback, before the form is shown.

    Args:
        columns: The inputs of the network.
        row: One value a column.
    """
    for column in columns:
        value = row.get(column.name)
        st.session_state[_key(column)] = _for_widget(column, value)


def input_columns(info: DatasetInfo, inputs: Sequence[str]) -> list[ColumnInfo]:
    """The columns of a dataset that a network takes, in its order."""
    return [info.column(name) for name in inputs]


def _key(column: ColumnInfo) -> str:
    return f"{SessionKey.PREDICT_FIELD}_{column.name}"


def _field(column: ColumnInfo) -> Value:
    key = _key(column)
    if key not in st.session_state:
        st.session_state[key] = _for_widget(column, _typical(column))
    if column.kind is ColumnKind.NUMBER:
        return st.number_input(
            column.name,
            value=None,
            step=1.0 if column.is_integer else None,
            format="%.0f" if column.is_integer else "%g",
            placeholder="missing",
            help=f"In training: {number(column.min)} to {number(column.max)}.",
            key=key,
        )
    if column.kind is ColumnKind.CATEGORY:
        return st.selectbox(
            column.name,
            column.classes,
            index=None,
            placeholder="missing",
            accept_new_options=True,
            help="A value that did not occur in training may be typed in.",
            key=key,
        )
    if column.kind is ColumnKind.DATETIME:
        first, last = _allowed_times(column)
        moment = st.datetime_input(
            column.name, value=None, min_value=first, max_value=last, key=key
        )
        return moment.isoformat() if moment else None
    if _is_long(column):
        return st.text_area(column.name, placeholder="missing", key=key, height=TEXT_HEIGHT) or None
    return st.text_input(column.name, placeholder="missing", key=key) or None


def _allowed_times(column: ColumnInfo) -> tuple[datetime, datetime]:
    """What may be chosen: the times of the data and some decades around them.

    Left to itself, the field takes ten years around today only.
    """
    known = [datetime.fromisoformat(text) for text in (column.first, column.last) if text]
    years = [moment.year for moment in known or [datetime.now()]]
    first, last = min(years) - YEARS_AROUND, max(years) + YEARS_AROUND
    return datetime(max(1, first), 1, 1), datetime(min(9999, last), 12, 31, 23, 59)


def _is_long(column: ColumnInfo) -> bool:
    """Whether a column holds texts of more than a few words."""
    return column.kind is ColumnKind.TEXT and (column.max_length or 0) > LONG_TEXT


def _for_widget(column: ColumnInfo, value: Value) -> float | int | str | datetime | None:
    if value is None:
        return "" if column.kind is ColumnKind.TEXT else None
    if column.kind is ColumnKind.NUMBER:
        return float(value)
    if column.kind is ColumnKind.DATETIME:
        return datetime.fromisoformat(str(value)).replace(tzinfo=None)
    return str(value)


def _typical(column: ColumnInfo) -> Value:
    if column.kind is ColumnKind.NUMBER:
        return column.quantiles[MIDDLE] if column.quantiles else column.mean
    if column.kind is ColumnKind.DATETIME:
        return column.last
    return column.top_values[0].value if column.top_values else None


def _ask_in_a_table(columns: Sequence[ColumnInfo]) -> dict[str, Value] | None:
    """With very many columns a table with one line a column is quicker to fill in."""
    key = f"{SessionKey.PREDICT_FIELD}_table"
    texts = [_text(st.session_state.get(_key(column), _typical(column))) for column in columns]
    edited = st.data_editor(
        {"Column": [column.name for column in columns], "Value": texts},
        disabled=["Column"],
        hide_index=True,
        key=key,
    )
    if not st.button("Predict", type="primary", icon=":material/lightbulb:"):
        return None
    given = dict(zip(columns, edited["Value"], strict=True))
    return {column.name: _parse(column, text) for column, text in given.items()}


def _text(value: object) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _parse(column: ColumnInfo, text: str | None) -> Value:
    if not text:
        return None
    if column.kind is not ColumnKind.NUMBER:
        return text
    try:
        return float(text)
    except ValueError:
        return None
