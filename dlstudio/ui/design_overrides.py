"""Preprocessing of columns as tables or forms; only differences are stored. No Streamlit."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from pydantic import BaseModel

from dlstudio.spec.dataset import ColumnKind, DatasetInfo
from dlstudio.spec.forecast_columns import SERIES_PREPROCESSING
from dlstudio.spec.preprocessing import preprocessing_for
from dlstudio.spec.task import TaskKind, TaskSpec
from dlstudio.ui.forms_fields import FormField, is_shown
from dlstudio.ui.forms_rows import frame_of, records_of, table_fields

COLUMN = "column"

Overrides = dict[str, dict[str, Any]]


def preprocessing_records(kind: TaskKind) -> Mapping[ColumnKind, type[BaseModel]]:
    """The class of the settings of each column kind; a forecast has some of its own."""
    return SERIES_PREPROCESSING if kind is TaskKind.FORECASTING else preprocessing_for(kind)


def columns_by_kind(info: DatasetInfo, task: TaskSpec) -> dict[ColumnKind, list[str]]:
    """The columns of each kind that can be preprocessed, in the order of the task.

    Args:
        info: The dataset.
        task: Its inputs count, and for a forecast everything that has a past.
    """
    names = task.inputs
    if task.kind is TaskKind.FORECASTING:
        names = tuple(dict.fromkeys((*task.targets, *task.inputs, *task.known)))
    records = preprocessing_records(task.kind)
    found: dict[ColumnKind, list[str]] = {}
    for name in names:
        if info.has_column(name) and info.column(name).kind in records:
            found.setdefault(info.column(name).kind, []).append(name)
    return found


def column_settings(record: type[BaseModel], fields: Mapping[str, Any] | None) -> BaseModel:
    """The settings of one column.

    Args:
        record: The class of its settings.
        fields: What differs from the default; entries that do not fit the class are left out.
    """
    return record.model_validate(_known(record.model_fields, fields or {}))


def preprocessing_frame(
    record: type[BaseModel], names: Sequence[str], overrides: Mapping[str, Mapping[str, Any]]
) -> pd.DataFrame:
    """One row a column with everything that decides how it becomes numbers.

    Args:
        record: The class of the columns' settings.
        names: The columns.
        overrides: What differs from the default.
    """
    rows = [column_settings(record, overrides.get(name)) for name in names]
    frame = frame_of(rows, [record])
    frame.insert(0, COLUMN, list(names))
    return frame


def shown_fields(record: type[BaseModel], frame: pd.DataFrame) -> dict[str, FormField]:
    """The fields that matter for at least one column, by name.

    Args:
        record: The class of the columns' settings.
        frame: What `preprocessing_frame` gave.
    """
    fields = {field.about.name: field for field in table_fields([record])}
    rows = frame.to_dict("records")
    return {
        name: field
        for name, field in fields.items()
        if not field.about.shown_if or any(is_shown(field, row) for row in rows)
    }


def with_frame(overrides: Overrides, record: type[BaseModel], frame: pd.DataFrame) -> Overrides:
    """Put the rows of an edited table into the overrides.

    Args:
        overrides: The overrides of all columns; not changed.
        record: The class of the settings of the columns in the table.
        frame: What `preprocessing_frame` gave, edited.

    Returns:
        The overrides with only what differs from the default.

    Raises:
        pydantic.ValidationError: A cell holds what its field does not allow.
    """
    rows = records_of(frame.drop(columns=[COLUMN]), [record])
    for name, row in zip(frame[COLUMN], rows, strict=True):
        overrides = with_settings(overrides, str(name), row)
    return overrides


def with_settings(overrides: Overrides, name: str, settings: BaseModel) -> Overrides:
    """Put the settings of one column into the overrides.

    Args:
        overrides: The overrides of all columns; not changed.
        name: The column.
        settings: Its settings.
    """
    changed = {other: fields for other, fields in overrides.items() if other != name}
    differences = settings.model_dump(mode="json", exclude_defaults=True)
    if not differences:
        return changed
    # The column keeps its place, so that the spec only changes where it differs.
    return {**overrides, name: differences}


def for_all(
    overrides: Overrides, names: Sequence[str], differences: Mapping[str, Any]
) -> Overrides:
    """Give several columns the same preprocessing.

    Args:
        overrides: The overrides of all columns; not changed.
        names: The columns.
        differences: What differs from the default, perhaps nothing.
    """
    changed = {name: fields for name, fields in overrides.items() if name not in names}
    if differences:
        changed.update({name: dict(differences) for name in names})
    return changed


def _known(fields: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in fields}
