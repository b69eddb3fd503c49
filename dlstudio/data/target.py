"""What a target looks like: which task it suggests, its classes or its distribution."""

from dlstudio.data.dataset import Dataset
from dlstudio.spec.dataset import ClassCount, ColumnInfo, ColumnKind, ColumnRole, DatasetInfo
from dlstudio.spec.defaults import suggest_task
from dlstudio.spec.frozen import Frozen
from dlstudio.spec.task import TaskKind

TYPICAL_NAMES = (
    "target",
    "label",
    "labels",
    "class",
    "y",
    "outcome",
    "response",
    "diagnosis",
    "species",
    "survived",
    "churn",
    "churned",
    "default",
    "attrition",
    "status",
    "quality",
    "price",
    "rating",
    "score",
)
MAX_CLASSES_BY_PLACE = 100


class TargetDescription(Frozen):
    """What a column is as a target.

    Attributes:
        name: The column.
        task: The task it suggests.
        reason: Why, in one sentence.
        num_missing: Rows without a value, or with an infinite one; training leaves them out.
        classes: The classes with their rows, most frequent first; for classification only.
        column: The profile of the column, with its distribution.
    """

    name: str
    task: TaskKind
    reason: str
    num_missing: int
    classes: tuple[ClassCount, ...]
    column: ColumnInfo


def suggest_target(info: DatasetInfo) -> str | None:
    """Guess which column a person wants to predict.

    Args:
        info: The dataset.

    Returns:
        A column that has the role of a target, else one with a typical name, else the last one
        that can be a target; None if none can.
    """
    chosen = info.with_role(ColumnRole.TARGET)
    if chosen:
        return chosen[0]
    candidates = [column for column in info.columns if _can_be_target(column)]
    for name in TYPICAL_NAMES:
        for column in candidates:
            if column.name.lower() == name:
                return column.name
    return candidates[-1].name if candidates else None


def describe_target(dataset: Dataset, target: str) -> TargetDescription:
    """Describe a column as a target.

    Args:
        dataset: The dataset.
        target: The column's name.

    Raises:
        NotFoundError: There is no such column.
    """
    column = dataset.info.column(target)
    task = suggest_task([column])
    return TargetDescription(
        name=column.name,
        task=task,
        reason=_reason(column, task),
        num_missing=column.num_missing + column.num_infinite,
        classes=column.class_counts if task is TaskKind.CLASSIFICATION else (),
        column=column,
    )


def _can_be_target(column: ColumnInfo) -> bool:
    if column.role is not ColumnRole.INPUT or column.num_classes < 2:
        return False
    if column.kind is ColumnKind.CATEGORY:
        return column.num_distinct <= MAX_CLASSES_BY_PLACE
    return column.kind is ColumnKind.NUMBER


def _reason(column: ColumnInfo, task: TaskKind) -> str:
    if task is TaskKind.REGRESSION:
        return f"{column.name!r} holds {column.num_distinct:,} different numbers: a quantity."
    noun = "value" if column.num_classes == 1 else "values"
    return f"{column.name!r} holds {column.num_classes:,} different {noun}: classes."
