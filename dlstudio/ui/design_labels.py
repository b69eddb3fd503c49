"""The part of the Design page that reads several labels out of one cell."""

import streamlit as st

from dlstudio.spec.dataset import ColumnInfo, DatasetInfo
from dlstudio.spec.fields import describe_fields
from dlstudio.spec.labels import MOST_LABELS, NO_LABEL, known_labels
from dlstudio.spec.task import EmptyCells, TaskKind, TaskSpec
from dlstudio.ui.design_state import Design, replace_spec
from dlstudio.ui.formats import count
from dlstudio.ui.problems import show_problems

_HELP = {field.name: field for field in describe_fields(TaskSpec)}
_EMPTY_CELLS = {
    EmptyCells.UNKNOWN: "Not known: leave the row out",
    EmptyCells.NO_LABEL: "None of the labels",
}


def show_label_lists(design: Design) -> None:
    """Offer several labels in one cell, where that can be: one target with classes."""
    task = design.spec.task
    if task.kind is not TaskKind.CLASSIFICATION or len(task.targets) != 1:
        return
    about, key = _HELP["label_separator"], f"{design.key}.task.label_separator"
    empty_cells = EmptyCells.UNKNOWN
    with st.expander("Several labels in one cell", type="compact", key=f"{key}.more"):
        separator = task.label_separator or ""
        text = st.text_input(
            about.title, separator, key=key, help=about.help, placeholder="|", width=200
        )
        show_problems(design.problems, "task.label_separator")
        if separator:
            empty_cells = _show_empty_cells(design)
    changed = task.model_copy(
        update={
            "label_separator": text or None,
            "empty_cells": empty_cells if text else EmptyCells.UNKNOWN,
        }
    )
    if changed != task:
        replace_spec(design, design.spec.model_copy(update={"task": changed}))


def _show_empty_cells(design: Design) -> EmptyCells:
    """Ask what an empty cell says; tell how many there are."""
    task, about = design.spec.task, _HELP["empty_cells"]
    chosen = st.segmented_control(
        about.title,
        list(EmptyCells),
        default=task.empty_cells,
        key=f"{design.key}.task.empty_cells",
        help=about.help,
        format_func=_EMPTY_CELLS.__getitem__,
        required=True,
    )
    show_problems(design.problems, "task.empty_cells")
    text = describe_label_lists(design.info, task)
    if text:
        st.caption(text)
    return EmptyCells(chosen or task.empty_cells)


def describe_label_lists(info: DatasetInfo, task: TaskSpec) -> str:
    """Say in a line how many labels a target lists, and how many of its cells list none.

    Args:
        info: The dataset, as `dlstudio.data.label_lists` opened it for the spec.
        task: A task with one target.

    Returns:
        Plain text; empty if the target does not exist or lists no labels that are known.
    """
    (target,) = task.targets
    if not task.label_separator or not info.has_column(target):
        return ""
    labels = known_labels(info, target, task.label_separator)
    if not labels or len(labels) > MOST_LABELS:
        return ""
    column = info.column(target)
    empty = ", which are left out"
    if task.empty_cells is EmptyCells.NO_LABEL:
        empty = ", which say that no label applies"
    said = [
        count(len(labels), "label"),
        *_counted(_num_without_label(column), f"with {NO_LABEL}: no label applies"),
        *_counted(column.num_missing, f"without an entry{empty}"),
    ]
    return f"{'; '.join(said)}."


def _num_without_label(column: ColumnInfo) -> int:
    return sum(entry.num_rows for entry in column.top_values if entry.value.strip() == NO_LABEL)


def _counted(num_rows: int, what: str) -> list[str]:
    return [f"{count(num_rows, 'row')} {what}"] if num_rows else []
