"""A list of records, such as the layers of a network, edited as a table of rows."""

from collections.abc import Iterable
from typing import Any

import streamlit as st
from pydantic import BaseModel, ValidationError

from dlstudio.spec.messages import problems_of
from dlstudio.ui.forms_fields import FormField, Sort
from dlstudio.ui.forms_labels import choice_label
from dlstudio.ui.forms_rows import (
    KIND,
    RowAction,
    act_on_row,
    frame_of,
    kinds_of,
    records_of,
    table_fields,
)
from dlstudio.ui.kept_room import button_width
from dlstudio.ui.problems import show_problems

_ACTIONS = "actions"
_PLACE = "place"
ROW, MOST_ROWS_SEEN = 35, 10  # height in pixels; longer tables are scrolled


def records_table(field: FormField, rows: tuple[BaseModel, ...], key: str) -> tuple[BaseModel, ...]:
    """Show records as an editable table with a menu a row and a button to add one.

    Args:
        field: The field that holds the records.
        rows: The records as they are now.
        key: Beginning of the widgets' keys; a new one begins afresh with `rows`.

    Returns:
        The records as edited; `rows` itself if nothing was changed.
    """
    st.markdown(f"**{field.about.title}**", help=field.about.help)
    columns = table_fields(field.records)
    num_advanced = sum(column.about.is_advanced for column in columns)
    base = _base_rows(rows, key)
    edited = rows
    if base:
        edited = _edit(field, base, key)
    else:
        st.caption(field.about.if_empty or "There are none. The input goes straight to the output.")
    st.session_state[f"{key}.rows"] = edited
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Add a row",
            icon=":material/add:",
            width=button_width("Add a row"),
            key=f"{key}.add",
            on_click=_add,
            args=(field, key),
            disabled=field.about.max_length is not None and len(base) >= field.about.max_length,
        )
        if num_advanced:
            st.toggle(
                "More columns",
                key=f"{key}.more",
                width=button_width("More columns", num_marks=2),
                help="Shows the columns that are rarely needed: "
                + ", ".join(c.about.title.lower() for c in columns if c.about.is_advanced)
                + ".",
            )
        if base:
            show_column_help(_shown_columns(field, key))
    return rows if edited == rows else edited


def _base_rows(rows: tuple[BaseModel, ...], key: str) -> tuple[BaseModel, ...]:
    """What the editor was given at first; its own memory holds the edits since then."""
    pending = st.session_state.pop(f"{key}.pending", None)
    if pending is not None:
        st.session_state[f"{key}.base"] = pending
    elif _editor_key(key) not in st.session_state:
        st.session_state[f"{key}.base"] = rows
    return st.session_state[f"{key}.base"]


def _edit(field: FormField, base: tuple[BaseModel, ...], key: str) -> tuple[BaseModel, ...]:
    frame = frame_of(base, field.records)
    frame.insert(0, _PLACE, range(1, len(base) + 1))
    frame[_ACTIONS] = [[action.value for action in RowAction]] * len(base)
    edited = st.data_editor(
        frame,
        hide_index=True,
        column_order=_column_order(field, key),
        column_config=_columns_config(field, key),
        disabled=[_PLACE],
        num_rows="fixed",
        height=ROW * (1 + min(len(base), MOST_ROWS_SEEN)) + 2,
        placeholder=choice_label(None),
        key=_editor_key(key),
        alt=field.about.title,
    )
    try:
        return records_of(edited, field.records)
    except ValidationError as error:
        show_problems(problems_of(error, field.records[0], field.about.title))
        return base


def _column_order(field: FormField, key: str) -> list[str]:
    kind = [KIND] if len(field.records) > 1 else []
    return [_PLACE, *kind, *(c.about.name for c in _shown_columns(field, key)), _ACTIONS]


def _shown_columns(field: FormField, key: str) -> list[FormField]:
    shows_all = bool(st.session_state.get(f"{key}.more"))
    return [c for c in table_fields(field.records) if shows_all or not c.about.is_advanced]


def _columns_config(field: FormField, key: str) -> dict[str, Any]:
    config: dict[str, Any] = {
        _PLACE: st.column_config.NumberColumn("#", width=34, help="Place of the row."),
        KIND: st.column_config.SelectboxColumn(
            "Kind", options=list(kinds_of(field.records)), format_func=choice_label, required=True
        ),
        _ACTIONS: st.column_config.ButtonColumn(
            "",
            width=44,
            help="Move, duplicate or delete the row.",
            type="tertiary",
            on_click=_act,
            args=(key,),
            key=f"{key}.action",
        ),
    }
    for column in table_fields(field.records):
        config[column.about.name] = column_config(column)
    return config


def show_column_help(fields: Iterable[FormField]) -> None:
    """Offer what the columns of a table mean: the help of a header is seen by pointing at it only.

    Args:
        fields: The fields that the columns edit.
    """
    label = "What the columns mean"
    width = button_width(label, num_marks=2)
    with st.popover(label, icon=":material/help:", type="tertiary", width=width):
        st.markdown("\n\n".join(f"**{one.about.title}**: {one.about.help}" for one in fields))


def column_config(field: FormField, held: Iterable[str] = ()) -> Any:  # noqa: ANN401 - they share no type
    """The settings of a table column that edits a field.

    Args:
        field: The field.
        held: What its cells hold: a choice that is not offered can still be seen and changed.
    """
    about = field.about
    is_required = not field.may_be_empty
    width = 40 + 8 * max(4, len(about.title))  # the title with its icon, unabridged
    if field.sort is Sort.FLAG:
        return st.column_config.CheckboxColumn(
            about.title, help=about.help, default=bool(field.default), required=True, width=width
        )
    if field.sort in (Sort.WHOLE, Sort.NUMBER):
        return st.column_config.NumberColumn(
            about.title,
            help=about.help,
            required=is_required,
            default=field.default,
            min_value=about.minimum,
            max_value=about.maximum,
            step=1 if field.sort is Sort.WHOLE else None,
            format="%d" if field.sort is Sort.WHOLE else "%g",
            width=width,
        )
    if about.choices:
        return st.column_config.SelectboxColumn(
            about.title,
            help=about.help,
            options=list(dict.fromkeys([*about.choices, *held])),
            format_func=choice_label,
            required=is_required,
            width=width,
        )
    return st.column_config.TextColumn(about.title, help=about.help, required=is_required)


def _editor_key(key: str) -> str:
    return f"{key}.editor.{st.session_state.get(f'{key}.version', 0)}"


def _act(key: str) -> None:
    click = st.session_state[f"{key}.action"]
    _replace_rows(
        key, act_on_row(st.session_state[f"{key}.rows"], click.row, RowAction(click.label))
    )


def _add(field: FormField, key: str) -> None:
    rows = st.session_state[f"{key}.rows"]
    _replace_rows(key, (*rows, rows[-1] if rows else field.records[0]()))


def _replace_rows(key: str, rows: tuple[BaseModel, ...]) -> None:
    """Give the editor new rows; it forgets its edits, which are part of them already."""
    st.session_state[f"{key}.pending"] = rows
    st.session_state[f"{key}.version"] = st.session_state.get(f"{key}.version", 0) + 1
