"""Lists of records as rows of a table and back; no Streamlit here."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, TypeVar

import pandas as pd
from pydantic import BaseModel

from dlstudio.ui.forms_fields import FormField, Sort, form_fields

KIND = "kind"

Row = TypeVar("Row")


class RowAction(StrEnum):
    """What can be done with a whole row; the values are the labels of its menu."""

    UP = ":material/arrow_upward: Move up"
    DOWN = ":material/arrow_downward: Move down"
    COPY = ":material/content_copy: Duplicate"
    DELETE = ":material/delete: Delete"


def table_fields(classes: Sequence[type[BaseModel]]) -> tuple[FormField, ...]:
    """The columns of a table whose rows are records of one or several classes.

    Args:
        classes: The classes of the rows; several are told apart by their field `kind`.

    Returns:
        Every field of any class once, in the order of the classes; without `kind`.
    """
    fields: dict[str, FormField] = {}
    for record in classes:
        for field in form_fields(record):
            if field.sort not in (Sort.FIXED, Sort.RECORD, Sort.TABLE, Sort.OTHER):
                fields.setdefault(field.about.name, field)
    return tuple(fields.values())


def kinds_of(classes: Sequence[type[BaseModel]]) -> dict[str, type[BaseModel]]:
    """The classes by what their field `kind` says; one without the field is named by its class."""
    return {
        str(record.model_fields[KIND].default)
        if KIND in record.model_fields
        else record.__name__: record
        for record in classes
    }


def frame_of(rows: Sequence[BaseModel], classes: Sequence[type[BaseModel]]) -> pd.DataFrame:
    """Write records as a table with one column a field; fields that a record lacks are empty."""
    names = [field.about.name for field in table_fields(classes)]
    kinds = {record: kind for kind, record in kinds_of(classes).items()}
    columns: dict[str, list[Any]] = {KIND: [kinds[type(row)] for row in rows]}
    for name in names:
        columns[name] = [_plain(getattr(row, name, None)) for row in rows]
    return pd.DataFrame(columns, dtype=object) if not rows else pd.DataFrame(columns)


def records_of(frame: pd.DataFrame, classes: Sequence[type[BaseModel]]) -> tuple[BaseModel, ...]:
    """Read records from an edited table; an empty cell becomes the field's default.

    Raises:
        pydantic.ValidationError: A cell holds what its field does not allow.
    """
    kinds = kinds_of(classes)
    rows: list[BaseModel] = []
    for cells in frame.to_dict("records"):
        record = kinds[str(cells[KIND])]
        values = {
            name: cells[name]
            for name in record.model_fields
            if name in cells and name != KIND and not _is_empty(cells[name])
        }
        rows.append(record.model_validate(values))
    return tuple(rows)


def act_on_row(rows: Sequence[Row], index: int, action: RowAction) -> tuple[Row, ...]:
    """Move, copy or delete one row.

    Args:
        rows: All rows.
        index: Position of the row, counted from 0.
        action: What to do; moving beyond an end changes nothing.

    Returns:
        The rows afterwards.
    """
    changed = list(rows)
    if not 0 <= index < len(changed):
        return tuple(changed)
    if action is RowAction.DELETE:
        del changed[index]
    elif action is RowAction.COPY:
        changed.insert(index + 1, changed[index])
    else:
        other = index - 1 if action is RowAction.UP else index + 1
        if 0 <= other < len(changed):
            changed[index], changed[other] = changed[other], changed[index]
    return tuple(changed)


def _plain(value: Any) -> Any:  # noqa: ANN401 - any field's value
    return value.value if isinstance(value, StrEnum) else value


def _is_empty(value: Any) -> bool:  # noqa: ANN401 - any cell
    return value is None or (isinstance(value, float) and value != value)
