"""What follows for a spec when its target or its inputs change; no Streamlit here."""

from collections.abc import Sequence

from dlstudio.spec.dataset import ColumnInfo, ColumnKind, DatasetInfo
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.run import RunSpec
from dlstudio.spec.split import SplitMethod
from dlstudio.spec.task import TaskKind
from dlstudio.ui.formats import count, number

MOST_CLASSES_NAMED = 6


def with_targets(spec: RunSpec, info: DatasetInfo, targets: Sequence[str]) -> RunSpec:
    """Change the target: task and split follow from it, everything that was chosen stays.

    Args:
        spec: The spec before.
        info: Its dataset.
        targets: The new targets; they leave the inputs, and former targets do not return to them.
    """
    inputs = tuple(name for name in spec.task.inputs if name not in targets)
    changed = {"targets": tuple(targets), "inputs": inputs}
    if not targets:
        return spec.model_copy(update={"task": spec.task.model_copy(update=changed)})
    fresh = default_spec(info, targets)
    task = spec.task.model_copy(update={**changed, "kind": fresh.task.kind})
    split = spec.split.model_copy(
        update={"method": fresh.split.method, "column": fresh.split.column}
    )
    return spec.model_copy(update={"task": task, "split": split})


def with_kind(spec: RunSpec, kind: TaskKind) -> RunSpec:
    """Change the task; a split that only suits classes becomes a random one."""
    task = spec.task.model_copy(update={"kind": kind})
    is_stratified = spec.split.method is SplitMethod.STRATIFIED
    if kind is TaskKind.REGRESSION and is_stratified:
        split = spec.split.model_copy(update={"method": SplitMethod.RANDOM})
        return spec.model_copy(update={"task": task, "split": split})
    return spec.model_copy(update={"task": task})


def describe_target(column: ColumnInfo, kind: TaskKind) -> str:
    """Say in one line what the target looks like, as plain text."""
    missing = f"; {count(column.num_missing, 'row')} without a value" if column.num_missing else ""
    if kind is TaskKind.REGRESSION and column.kind is ColumnKind.NUMBER:
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
