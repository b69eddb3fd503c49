"""What answers a quality warning at once: an edit of columns, or a setting of the run."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from dlstudio.data.edit import ColumnChange
from dlstudio.data.group_hints import LOOKS_LIKE_GROUPS
from dlstudio.data.numbers import PLAIN_NUMBERS, parse_numbers
from dlstudio.data.quality import columns_with
from dlstudio.data.target_quality import LISTS_LABELS
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, ColumnRole, DatasetInfo, QualityWarning
from dlstudio.spec.inputs.number import NumberPreprocessing, NumberScaling
from dlstudio.spec.labels import likely_separator
from dlstudio.spec.run import RunSpec
from dlstudio.spec.training import ClassWeights

LEAVE_OUT = "Leave the column out"
USELESS = ("all-missing", "constant", "target-leak")
_KIND_LABELS = {
    "identifier-like": "Treat it as a name of the row",
    "mixed-types": "Read it as numbers",
    "dates-in-digits": "Read it as dates",
    "unreadable-cells": "Read it as categories",
    LOOKS_LIKE_GROUPS: "Keep rows of one together",
}
_NEW_KINDS = {
    "identifier-like": ColumnKind.IDENTIFIER,
    "mixed-types": ColumnKind.NUMBER,
    "dates-in-digits": ColumnKind.DATETIME,
    "unreadable-cells": ColumnKind.CATEGORY,
}


@dataclass(frozen=True)
class ColumnFix:
    """An edit of columns, which makes a new version of the dataset.

    Attributes:
        label: What a button that does it says.
        changes: The edit.
    """

    label: str
    changes: tuple[ColumnChange, ...]


def column_fix(info: DatasetInfo, warning: QualityWarning) -> ColumnFix | None:
    """Find the edit of columns that answers a warning.

    Args:
        info: The dataset that was warned about.
        warning: One of its warnings; one about many columns at once is answered for all of them.

    Returns:
        The fix; None where only the file, or the design of the network, can be changed.
    """
    columns = [info.column(warning.where)] if warning.where else columns_with(info, warning.code)
    changes = [change for column in columns if (change := _change(column, warning.code))]
    if not changes:
        return None
    label = _label(columns, warning.code)
    return ColumnFix(
        label if len(changes) == 1 else f"{label}: {len(changes):,} columns", (*changes,)
    )


def joint_fix(info: DatasetInfo, warnings: Sequence[QualityWarning]) -> ColumnFix | None:
    """Find the edit that answers several warnings of one kind at once.

    Args:
        info: The dataset that was warned about.
        warnings: Warnings with the same code, at least one.

    Returns:
        The fix; None where fewer than two columns would change, not all in the same way, or only
        one of them can: rows belong together by one column.
    """
    if warnings[0].code == LOOKS_LIKE_GROUPS:
        return None
    fixes = [fix for warning in warnings if (fix := column_fix(info, warning))]
    changes = tuple(dict.fromkeys(change for fix in fixes for change in fix.changes))
    labels = {fix.label for fix in fixes}
    if len(fixes) < 2 or len(changes) < 2 or len(labels) != 1:
        return None
    return ColumnFix(_for_all(labels.pop(), len(changes)), changes)


def joint_setting(
    info: DatasetInfo, spec: RunSpec, warnings: Sequence[QualityWarning]
) -> tuple[str, RunSpec] | None:
    """Find the settings of a run that answer several warnings of one kind at once.

    Args:
        info: The dataset that was warned about.
        spec: The draft of a run on it.
        warnings: Warnings with the same code.

    Returns:
        What a button that does it says, and the draft with the settings; None where fewer than two
        of the warnings are answered by a setting of their own.
    """
    labels: list[str] = []
    for warning in warnings:
        answered = setting_fix(info, spec, warning)
        if answered is not None and answered[1] != spec:
            labels.append(answered[0])
            spec = answered[1]
    return (_for_all(labels[0], len(labels)), spec) if len(labels) > 1 else None


def setting_fix(
    info: DatasetInfo, spec: RunSpec, warning: QualityWarning
) -> tuple[str, RunSpec] | None:
    """Find the setting of a run that answers a warning.

    Args:
        info: The dataset that was warned about.
        spec: The draft of a run on it.
        warning: A warning about the dataset or its target.

    Returns:
        What a button that does it says, and the draft with the setting; None if no setting helps.
    """
    if warning.code == "class-imbalance":
        training = spec.training.model_copy(update={"class_weights": ClassWeights.BALANCED})
        return "Design with balanced class weights", spec.model_copy(update={"training": training})
    if warning.code == LISTS_LABELS and spec.task.targets == (warning.where,):
        separator = likely_separator(info.column(warning.where))
        task = spec.task.model_copy(update={"label_separator": separator})
        return "Design with several labels a row", spec.model_copy(update={"task": task})
    if warning.code == "extreme-outliers" and warning.where in spec.task.inputs:
        scaling = {"scaling": NumberScaling.QUANTILE.value}
        return "Design with quantile scaling", _with_settings(spec, warning.where, scaling)
    if warning.code == "missing-values" and warning.where in spec.task.inputs:
        return "Choose in Design how gaps are filled", spec
    return None


def _change(column: ColumnInfo, code: str) -> ColumnChange | None:
    if code in USELESS:
        is_used = column.role is not ColumnRole.IGNORE
        return ColumnChange(name=column.name, role=ColumnRole.IGNORE) if is_used else None
    if code == "identifier-like" and column.kind is ColumnKind.IDENTIFIER:
        return ColumnChange(name=column.name, kind=_own_kind(column), role=ColumnRole.INPUT)
    if code == LOOKS_LIKE_GROUPS:
        is_free = column.role is not ColumnRole.GROUP
        return ColumnChange(name=column.name, role=ColumnRole.GROUP) if is_free else None
    if code not in _NEW_KINDS or column.kind is _NEW_KINDS[code]:
        return None
    kind = _NEW_KINDS[code]
    role = ColumnRole.IGNORE if kind is ColumnKind.IDENTIFIER else None
    return ColumnChange(name=column.name, kind=kind, role=role)


def _label(columns: Sequence[ColumnInfo], code: str) -> str:
    if code in USELESS:
        return LEAVE_OUT
    if code == "identifier-like" and columns[0].kind is ColumnKind.IDENTIFIER:
        return f"Use it as a {_own_kind(columns[0])}"
    return _KIND_LABELS[code]


def _for_all(label: str, num_columns: int) -> str:
    return f"For all {num_columns:,} columns: {label[0].lower()}{label[1:]}"


def _own_kind(column: ColumnInfo) -> ColumnKind:
    """What an identifier would be if its values meant something."""
    values = [entry.value for entry in column.top_values]
    numbers = parse_numbers(pa.array(values, pa.string()), PLAIN_NUMBERS)
    return ColumnKind.TEXT if numbers.null_count else ColumnKind.NUMBER


def _with_settings(spec: RunSpec, column: str, settings: dict[str, str]) -> RunSpec:
    known = {**spec.preprocessing.get(column, {}), **settings}
    NumberPreprocessing.model_validate(known)
    return spec.model_copy(update={"preprocessing": {**spec.preprocessing, column: known}})
