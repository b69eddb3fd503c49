"""The part of the Design page that only tasks without a target to predict have."""

import streamlit as st

from dlstudio.spec.canvas import CanvasKind, canvas_kind
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.task import TaskKind, TaskSpec
from dlstudio.ui.design_state import Design
from dlstudio.ui.forms import record_form

_OWN_EDITORS = ("kind", "inputs", "targets", "label_separator", "empty_cells")

TARGET_HELP = {
    TaskKind.REDUCTION: "Optional: colours the picture, and tells whether neighbours in it belong "
    "to the same class.",
    TaskKind.ANOMALY: "Optional: the column that says which rows are known to be anomalies. With "
    "it the report can say how many were found.",
    TaskKind.GENERATION: "Optional: the class of each example, so that you can ask for samples of "
    "one class, and so that classes that are never made are noticed.",
}

_MEANS = {
    TaskKind.REDUCTION: "The network squeezes each {example} into a few numbers and rebuilds it "
    "from them. Those numbers can be drawn, compared and downloaded.",
    TaskKind.ANOMALY: "The network learns to rebuild ordinary {examples}. Where it fails, the "
    "{example} is unlike the others.",
    TaskKind.GENERATION: "The network learns to make new {examples} like those in the data.",
}
_REBUILT = "It sees and rebuilds their spectrograms: which pitch is how loud, step by step."
_OF_SOUNDS = {
    TaskKind.REDUCTION: _REBUILT,
    TaskKind.ANOMALY: _REBUILT,
    TaskKind.GENERATION: "It makes their spectrograms: which pitch is how loud, step by step. They "
    "can be looked at but not played.",
}
_EXAMPLES = {
    CanvasKind.TABLE: ("row", "rows"),
    CanvasKind.IMAGE: ("image", "images"),
    CanvasKind.SERIES: ("sequence", "sequences"),
    CanvasKind.SOUND: ("sound", "sounds"),
}


def show_unsupervised(design: Design) -> TaskSpec:
    """Say what is learned, and show the fields of an anomaly detection; return the task."""
    task = design.spec.task
    st.caption(describe_task(task, design.info))
    if task.kind is not TaskKind.ANOMALY or task.label is None:
        place = design.place("task", *_OWN_EDITORS, "anomalies", "normal_only")
    else:
        place = design.place("task", *_OWN_EDITORS)
    return record_form(task, place.offering({"anomalies": _values(task, design.info)}))


def describe_task(task: TaskSpec, info: DatasetInfo) -> str:
    """Say in plain words what a task that `is_unsupervised` comes to."""
    columns = [column for column in info.columns if column.name in task.inputs]
    kind = canvas_kind(columns) or CanvasKind.TABLE
    example, examples = _EXAMPLES[kind]
    meaning = _MEANS[task.kind].format(example=example, examples=examples)
    return f"{meaning} {_OF_SOUNDS[task.kind]}" if kind is CanvasKind.SOUND else meaning


def _values(task: TaskSpec, info: DatasetInfo) -> list[str]:
    if task.label is None or not info.has_column(task.label):
        return []
    return list(info.column(task.label).classes)
