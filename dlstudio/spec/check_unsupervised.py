"""Whether a task that learns the inputs themselves fits its dataset."""

from collections.abc import Iterator

from dlstudio.errors import Problem
from dlstudio.spec.architectures.table import ARCHITECTURE_TITLES, architectures_for
from dlstudio.spec.canvas import check_canvas, told_column
from dlstudio.spec.check_canvas_columns import check_canvas_columns
from dlstudio.spec.check_coder import check_coder
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, DatasetInfo
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind, TaskSpec, ThresholdRule

LABEL_KINDS = (ColumnKind.CATEGORY, ColumnKind.NUMBER, ColumnKind.IDENTIFIER, ColumnKind.TEXT)
FEWEST_CONDITIONS, MOST_CONDITIONS = 2, 100


def check_unsupervised(spec: RunSpec, info: DatasetInfo) -> Iterator[Problem]:
    """Find what only these tasks can have wrong; a part of `check_spec`.

    Args:
        spec: A spec whose task `is_unsupervised`.
        info: The dataset.
    """
    yield from check_canvas(spec.task, info)
    yield from check_canvas_columns(spec, info)
    yield from _label(spec, info)
    yield from check_coder(spec, info)


def check_architecture_fits(spec: RunSpec) -> Iterator[Problem]:
    """Find an architecture that the task cannot use."""
    offered = architectures_for(spec.task.kind)
    kind = spec.architecture.kind
    if kind not in offered:
        titles = " or ".join(ARCHITECTURE_TITLES[name] for name in offered)
        task = spec.task.kind.value.replace("_", " ")
        yield Problem(
            f"{ARCHITECTURE_TITLES[kind]} cannot be used for {task}.",
            f"Choose {titles}, or another task.",
            "architecture.kind",
        )


def _label(spec: RunSpec, info: DatasetInfo) -> Iterator[Problem]:
    task, where = spec.task, "task.targets"
    if len(task.targets) > 1:
        yield Problem(
            f"{len(task.targets)} targets are named; here at most one column can help to judge.",
            "Keep one of them, or none.",
            where,
        )
        return
    if task.label is None or not info.has_column(task.label):
        yield from _anomalies_without_label(spec)
        return
    column = info.column(task.label)
    if column.kind not in LABEL_KINDS:
        yield Problem(
            f"The target {task.label!r} is of kind {column.kind.value}, which is no class.",
            "Choose a column with classes, or none.",
            where,
        )
    elif task.kind is TaskKind.ANOMALY:
        yield from _anomalies(task, column)
    elif told_column(spec) and column.num_classes < FEWEST_CONDITIONS:
        yield Problem(
            f"The target {task.label!r} has no two classes, so there are none to ask samples for.",
            "Turn conditional off, or choose another column or none.",
            where,
        )
    elif told_column(spec) and column.num_classes > MOST_CONDITIONS:
        yield Problem(
            f"The target {task.label!r} has {column.num_classes:,} classes; samples can be asked "
            f"for by at most {MOST_CONDITIONS}.",
            "Turn conditional off, or choose another column.",
            where,
        )


def _anomalies(task: TaskSpec, column: ColumnInfo) -> Iterator[Problem]:
    known = {entry.value.removesuffix(".0") for entry in column.class_counts}
    meant = {value.removesuffix(".0") for value in task.anomalies}
    for value in task.anomalies:
        if known and value.removesuffix(".0") not in known:
            yield Problem(
                f"{value!r} is no value of {column.name!r}.",
                f"Choose among: {', '.join(sorted(known)[:20])}.",
                "task.anomalies",
            )
    is_complete = len(known) == column.num_classes and not column.num_missing
    if known and is_complete and known <= meant and task.normal_only:
        yield Problem(
            f"Every value of {column.name!r} means an anomaly, so that no normal row is left to "
            "learn from.",
            "Take the values of normal rows out of the anomalies, or turn off learning from "
            "normal rows only.",
            "task.anomalies",
        )


def _anomalies_without_label(spec: RunSpec) -> Iterator[Problem]:
    task = spec.task
    if task.targets or task.kind is not TaskKind.ANOMALY:
        return
    if task.anomalies:
        yield Problem(
            "Anomalous values are named, but no target that holds them.",
            "Choose the column that says which rows are anomalies, or name no values.",
            "task.targets",
        )
    if task.threshold_rule is ThresholdRule.BEST_F1:
        yield Problem(
            "The threshold with the best F1 needs rows that are known to be anomalies.",
            "Choose the column that says so as the target, or the rule quantile.",
            "task.threshold_rule",
        )
