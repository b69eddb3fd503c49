"""Preprocessing of many columns as one table a kind; only differences are stored. No Streamlit."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from dlstudio.spec.dataset import ColumnKind, DatasetInfo
from dlstudio.spec.preprocessing import PREPROCESSING_BY_KIND
from dlstudio.ui.forms_rows import frame_of, records_of

COLUMN = "column"

Overrides = dict[str, dict[str, Any]]


def columns_by_kind(info: DatasetInfo, inputs: Sequence[str]) -> dict[ColumnKind, list[str]]:
    """The input columns of each kind that can be preprocessed, in the order of the inputs."""
    found: dict[ColumnKind, list[str]] = {}
    for name in inputs:
        if name in info.column_names and info.column(name).kind in PREPROCESSING_BY_KIND:
            found.setdefault(info.column(name).kind, []).append(name)
    return found


def preprocessing_frame(
    kind: ColumnKind, names: Sequence[str], overrides: Mapping[str, Mapping[str, Any]]
) -> pd.DataFrame:
    """One row a column with everything that decides how it becomes numbers.

    Args:
        kind: The kind of all the columns.
        names: The columns.
        overrides: What differs from the default; entries that do not fit the kind are left out.
    """
    record = PREPROCESSING_BY_KIND[kind]
    rows = [
        record.model_validate(_known(record.model_fields, overrides.get(name, {})))
        for name in names
    ]
    frame = frame_of(rows, [record])
    frame.insert(0, COLUMN, list(names))
    return frame


def with_frame(overrides: Overrides, kind: ColumnKind, frame: pd.DataFrame) -> Overrides:
    """Put the rows of an edited table into the overrides.

    Args:
        overrides: The overrides of all columns; not changed.
        kind: The kind of the columns in the table.
        frame: What `preprocessing_frame` gave, edited.

    Returns:
        The overrides with only what differs from the default.

    Raises:
        pydantic.ValidationError: A cell holds what its field does not allow.
    """
    record = PREPROCESSING_BY_KIND[kind]
    changed = {name: dict(fields) for name, fields in overrides.items()}
    rows = records_of(frame.drop(columns=[COLUMN]), [record])
    for name, row in zip(frame[COLUMN], rows, strict=True):
        differences = row.model_dump(mode="json", exclude_defaults=True)
        if differences:
            changed[str(name)] = differences
        else:
            changed.pop(str(name), None)
    return changed


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
