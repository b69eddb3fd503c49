"""What may spoil a model of one target."""

# pyarrow makes its compute functions at run time, so pyright cannot see them.
# pyright: reportAttributeAccessIssue=false

from collections.abc import Iterator

import pyarrow.compute as pc
import pyarrow.parquet as pq

from dlstudio.data.dataset import Dataset
from dlstudio.data.leaks import find_leaks
from dlstudio.data.numbers import is_missing_marker, trim
from dlstudio.data.typed_table import CELLS_FILE
from dlstudio.spec.dataset import ClassCount, ColumnInfo, ColumnKind, QualityWarning
from dlstudio.spec.defaults import suggest_task
from dlstudio.spec.labels import likely_separator
from dlstudio.spec.task import TaskKind

LISTS_LABELS = "lists-labels"
TARGET_MISSING = "target-missing"
MIN_ROWS_PER_CLASS = 10
MAX_IMBALANCE = 10
MAX_NAMED = 5


def target_warnings(dataset: Dataset, target: str) -> tuple[QualityWarning, ...]:
    """Find what may spoil a model that predicts a column.

    Args:
        dataset: The dataset.
        target: The column to predict.

    Returns:
        Warnings about the target itself and about columns that give it away.

    Raises:
        NotFoundError: There is no such column.
    """
    column = dataset.info.column(target)
    warnings = [*_value_warnings(dataset, column)]
    if column.num_classes > 1:
        if suggest_task([column]) is TaskKind.CLASSIFICATION:
            warnings += [*_label_lists(column)] or [*_class_warnings(column)]
        warnings += _leak_warnings(dataset, column)
    return tuple(warnings)


def _value_warnings(dataset: Dataset, column: ColumnInfo) -> Iterator[QualityWarning]:
    num_rows = dataset.info.num_rows
    num_missing = column.num_missing + column.num_infinite
    what = "missing or infinite" if column.num_infinite else "missing"
    if 0 < num_missing < num_rows:
        rows = "1 row, which is" if num_missing == 1 else f"{num_missing:,} rows, which are"
        problem = f"is {what} in {rows} left out of training"
        fix = "Fill the gaps in the file if the answers are known."
        if word := _word_for_gaps(dataset, column):
            problem += f"; some say {word!r}"
            fix = f"Set its kind to category if {word!r} is a class of its own; else f{fix[1:]}"
        elif likely_separator(column) is not None:
            fix += " If they say that no label applies, set An empty cell means (task.empty_cells)"
            fix += " to no label (no_label)."
        yield _warning(TARGET_MISSING, column, f"{problem}.", fix)
    if column.num_classes <= 1:
        yield _warning(
            "one-class",
            column,
            "has no two different values, so there is nothing to learn.",
            "Choose another target, or add rows with other values.",
        )


def _word_for_gaps(dataset: Dataset, column: ColumnInfo) -> str:
    """A word such as NA among numbers that are classes, where it may be a class; "" if none is."""
    path = dataset.folder / CELLS_FILE
    is_class = (
        column.kind is ColumnKind.NUMBER and suggest_task([column]) is not TaskKind.REGRESSION
    )
    name = f"c{dataset.info.place(column.name)}"
    if not is_class or not path.exists() or name not in pq.read_schema(path).names:
        return ""
    texts = trim(pq.read_table(path, columns=[name]).column(0))
    words = pc.filter(texts, pc.fill_null(is_missing_marker(texts), False))
    return words[0].as_py() if len(words) else ""


def _label_lists(column: ColumnInfo) -> Iterator[QualityWarning]:
    """Lists of labels; counts of the combinations would say nothing."""
    separator = likely_separator(column)
    if separator is not None:
        cell = next(cell.value for cell in column.top_values if separator in cell.value)
        yield _warning(
            LISTS_LABELS,
            column,
            f"seems to list several labels in one cell, such as {cell!r}; as it is, every "
            "combination is a class of its own.",
            f"Set Label separator (task.label_separator) to {separator!r}, so that each label is "
            "predicted on its own.",
        )


def _class_warnings(column: ColumnInfo) -> Iterator[QualityWarning]:
    classes = column.class_counts
    is_complete = len(classes) == column.num_classes
    if not is_complete:
        yield _warning(
            "many-classes",
            column,
            f"has {column.num_classes:,} classes.",
            "Check that this is the column to predict; join rare classes in the file.",
        )
    most, least = classes[0], classes[-1]
    if is_complete and most.num_rows >= MAX_IMBALANCE * least.num_rows:
        yield _warning(
            "class-imbalance",
            column,
            f"has {most.num_rows:,} rows of {most.value!r} and only {least.num_rows:,} of "
            f"{least.value!r}.",
            "Set Class weights (training.class_weights) to balanced, and judge by F1 or ROC AUC "
            "rather than accuracy.",
        )
    rare = [entry for entry in classes if entry.num_rows < MIN_ROWS_PER_CLASS]
    if rare:
        yield _warning(
            "few-rows-per-class",
            column,
            f"has fewer than {MIN_ROWS_PER_CLASS} rows of {_named(rare)}.",
            "Collect more rows of these classes, or join them with others in the file.",
        )


def _leak_warnings(dataset: Dataset, column: ColumnInfo) -> Iterator[QualityWarning]:
    for leak in find_leaks(dataset, column.name):
        # 99.96 % must not be shown as a round 100 %.
        shown = f"{int(leak.score * 1000) / 10:g} %"
        how = (
            f"tells {column.name!r} alone in {shown} of the rows"
            if leak.task is TaskKind.CLASSIFICATION
            else f"alone explains {shown} of the variance of {column.name!r}"
        )
        yield QualityWarning(
            code="target-leak",
            where=leak.column,
            problem=f"The column {leak.column!r} {how}; it may be known only afterwards.",
            fix=f"Set the role of {leak.column!r} to ignore unless you know it when you predict.",
        )


def _named(classes: list[ClassCount]) -> str:
    names = ", ".join(f"{entry.value!r} ({entry.num_rows})" for entry in classes[:MAX_NAMED])
    more = len(classes) - MAX_NAMED
    return f"{names} and {more:,} more classes" if more > 0 else names


def _warning(code: str, column: ColumnInfo, problem: str, fix: str) -> QualityWarning:
    return QualityWarning(
        code=code, where=column.name, problem=f"The target {column.name!r} {problem}", fix=fix
    )
