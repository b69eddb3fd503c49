"""What follows for a spec when its target, its task or its time change; no Streamlit here."""

from collections.abc import Sequence

from dlstudio.errors import SpecError
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, DatasetInfo
from dlstudio.spec.defaults import default_spec, default_split, default_task, usable_inputs
from dlstudio.spec.forecast_columns import SERIES_PREPROCESSING
from dlstudio.spec.forecast_defaults import default_forecast, forecast_split, time_column
from dlstudio.spec.rhythm import is_time_column
from dlstudio.spec.run import RunSpec
from dlstudio.spec.split import SplitMethod
from dlstudio.spec.task import TaskKind, TaskSpec
from dlstudio.spec.unsupervised_defaults import FEWEST_CLASSES, anomalous_values
from dlstudio.ui.design_defaults import with_task
from dlstudio.ui.formats import count, number

MOST_CLASSES_NAMED = 6


def with_targets(spec: RunSpec, info: DatasetInfo, targets: Sequence[str]) -> RunSpec:
    """Change the target: task and split follow from it, everything that was chosen stays.

    Args:
        spec: The spec before.
        info: Its dataset.
        targets: The new targets; they leave the inputs, and former targets do not return to them.
    """
    chosen = tuple(targets)
    task = spec.task.model_copy(
        update={
            "targets": chosen,
            "inputs": tuple(name for name in spec.task.inputs if name not in chosen),
            "known": tuple(name for name in spec.task.known if name not in chosen),
        }
    )
    if task.kind.is_unsupervised:
        return _with_label(spec, info, task)
    if not targets or task.kind is TaskKind.FORECASTING:
        return spec.model_copy(update={"task": task})
    fresh = default_spec(info, targets)
    split = spec.split.model_copy(
        update={"method": fresh.split.method, "column": fresh.split.column}
    )
    changed = with_task(spec, info, task.model_copy(update={"kind": fresh.task.kind}))
    return changed.model_copy(update={"split": split})


def _with_label(spec: RunSpec, info: DatasetInfo, task: TaskSpec) -> RunSpec:
    """Another column that helps to judge: its anomalies, how to split, and what to ask for."""
    anomalies = anomalous_values(task.model_copy(update={"anomalies": ()}), info)
    is_anomaly = task.kind is TaskKind.ANOMALY
    task = task.model_copy(update={"anomalies": anomalies if is_anomaly else ()})
    split = spec.split
    if split.method in (SplitMethod.STRATIFIED, SplitMethod.RANDOM):
        split = default_split(info, task.kind, task.targets)
    return with_task(spec, info, task).model_copy(update={"split": split})


def with_kind(spec: RunSpec, info: DatasetInfo, kind: TaskKind) -> RunSpec:
    """Change the task: from and to a forecast the columns and the split follow.

    Args:
        spec: The spec before.
        info: Its dataset.
        kind: The new task.
    """
    if kind is TaskKind.FORECASTING:
        task = forecast_of(info, spec.task.targets)
        return _rearranged(spec, info, task).model_copy(update={"split": forecast_split(task)})
    if kind.is_unsupervised:
        task = default_task(info, spec.task.targets[:1], kind)
        split = default_split(info, kind, task.targets)
        return _rearranged(spec, info, task).model_copy(update={"split": split})
    if spec.task.kind is TaskKind.FORECASTING or spec.task.kind.is_unsupervised:
        targets = spec.task.targets
        task = TaskSpec(kind=kind, inputs=usable_inputs(info, targets), targets=targets)
        split = default_split(info, kind, targets)
        return _rearranged(spec, info, task).model_copy(update={"split": split})
    changed = with_task(spec, info, spec.task.model_copy(update={"kind": kind}))
    if kind is TaskKind.REGRESSION and spec.split.method is SplitMethod.STRATIFIED:
        split = spec.split.model_copy(update={"method": SplitMethod.RANDOM})
        return changed.model_copy(update={"split": split})
    return changed


def _rearranged(spec: RunSpec, info: DatasetInfo, task: TaskSpec) -> RunSpec:
    """The spec with a task of another sort: settings of columns would not fit."""
    changed = with_task(spec, info, task)
    return changed.model_copy(update={"preprocessing": {}})


def forecast_of(info: DatasetInfo, targets: Sequence[str]) -> TaskSpec:
    """The forecast that a dataset suggests; its target is left open if none is a number.

    Args:
        info: A dataset that `can_forecast`.
        targets: What was to be predicted so far.
    """
    numbers = [
        name
        for name in targets
        if info.has_column(name) and info.column(name).kind is ColumnKind.NUMBER
    ]
    try:
        return default_forecast(info, numbers)
    except SpecError:
        time = time_column(info, numbers)
        return TaskSpec(kind=TaskKind.FORECASTING, inputs=(), targets=(), time=time)


def can_forecast(info: DatasetInfo, targets: Sequence[str]) -> bool:
    """Whether the dataset has a column of times."""
    return time_column(info, targets) is not None


def times_of(info: DatasetInfo) -> list[str]:
    """The columns that could be the time of a forecast."""
    return [column.name for column in info.columns if is_time_column(column)]


def series_of(info: DatasetInfo, task: TaskSpec) -> list[str]:
    """The columns that could tell several series apart."""
    taken = (task.time, *task.targets)
    return [
        column.name
        for column in info.columns
        if column.kind in (ColumnKind.CATEGORY, ColumnKind.IDENTIFIER, ColumnKind.NUMBER)
        and column.name not in taken
    ]


def values_of(info: DatasetInfo, task: TaskSpec) -> list[str]:
    """The columns whose past a forecast could see beside its targets."""
    taken = (task.time, task.series, *task.targets)
    return [
        column.name
        for column in info.columns
        if column.kind in SERIES_PREPROCESSING and column.name not in taken
    ]


def describe_target(column: ColumnInfo, kind: TaskKind) -> str:
    """Say in one line what the target looks like, as plain text."""
    text = _describe_values(column, kind)
    if kind is TaskKind.GENERATION and column.num_classes < FEWEST_CLASSES:
        return f"{text} There is no class to choose, so samples are made without any."
    return text


def _describe_values(column: ColumnInfo, kind: TaskKind) -> str:
    missing = f"; {count(column.num_missing, 'row')} without a value" if column.num_missing else ""
    if kind is not TaskKind.CLASSIFICATION and column.kind is ColumnKind.NUMBER:
        span = (
            f"from {number(column.min)} to {number(column.max)}, on average {number(column.mean)}"
        )
        return f"A number {span}{missing}."
    named = column.top_values[:MOST_CLASSES_NAMED]
    classes = ", ".join(f"{entry.value} ({entry.num_rows:,})" for entry in named)
    rest = column.num_distinct - len(named)
    more = f" and {rest:,} more" if rest > 0 and named else ""
    listed = f": {classes}{more}" if classes else ""
    return f"{count(column.num_distinct, 'class', 'classes')}{listed}{missing}."


def rows_per_part(num_rows: int, fractions: Sequence[float]) -> tuple[int, ...]:
    """About how many rows each part of a split gets."""
    return tuple(round(num_rows * fraction) for fraction in fractions)
