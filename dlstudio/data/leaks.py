"""Columns that alone give the target away."""

# pyarrow makes its compute functions at run time, so pyright cannot see them.
# pyright: reportAttributeAccessIssue=false

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dlstudio.data.dataset import Dataset, read_table
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, ColumnRole
from dlstudio.spec.defaults import suggest_task
from dlstudio.spec.task import TaskKind

MAX_ROWS = 20_000
MAX_CELLS = 10_000_000
MIN_ROWS = 30
COLUMNS_AT_ONCE = 200
MIN_ACCURACY = 0.99
# A column must do clearly better than always naming the most frequent class.
MIN_SHARE_OF_ERRORS_GONE = 0.9
MIN_R2 = 0.999


@dataclass(frozen=True)
class Leak:
    """A column that predicts the target nearly perfectly.

    Attributes:
        column: Its name.
        score: Accuracy, or R² for a quantity, on rows that did not show the relation.
        task: Which of the two the score is.
    """

    column: str
    score: float
    task: TaskKind


@dataclass(frozen=True)
class _Goal:
    """The target's values in two halves of the sampled rows: to learn from, and to test on."""

    task: TaskKind
    learn: np.ndarray
    test: np.ndarray


def find_leaks(dataset: Dataset, target: str) -> list[Leak]:
    """Find columns from which alone the target follows.

    Half of a sample of rows shows the relation (the target of each category, or of the nearest
    number), the other half tests it. A missing value counts as a value.

    Args:
        dataset: The dataset.
        target: The column to predict.

    Returns:
        Columns that name the right class for 99 of 100 rows and make at most a tenth of the
        errors of always naming the most frequent one, or explain 99.9 % of a quantity's variance.
    """
    task = suggest_task([dataset.info.column(target)])
    candidates = [column for column in dataset.info.columns if _may_leak(column, target)]
    rows, values = _sample(dataset, target, len(candidates))
    if len(rows) < MIN_ROWS or len(np.unique(values)) < 2:
        return []
    goal = _Goal(task, values[0::2], values[1::2])
    leaks: list[Leak] = []
    for first in range(0, len(candidates), COLUMNS_AT_ONCE):
        group = candidates[first : first + COLUMNS_AT_ONCE]
        table = read_table(dataset, [column.name for column in group], rows)
        for column, cells in zip(group, table.columns, strict=True):
            score = _score(_codes(cells), goal, column)
            if score >= _needed_score(goal):
                leaks.append(Leak(column.name, score, task))
    return leaks


def _may_leak(column: ColumnInfo, target: str) -> bool:
    return (
        column.name != target
        and column.role is ColumnRole.INPUT
        and column.kind in (ColumnKind.NUMBER, ColumnKind.CATEGORY, ColumnKind.DATETIME)
        and column.num_distinct > 1
    )


def _sample(dataset: Dataset, target: str, num_candidates: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows with a target in random order, and their targets as numbers."""
    num_rows = dataset.info.num_rows
    wanted = min(num_rows, MAX_ROWS, max(1_000, MAX_CELLS // max(1, num_candidates)))
    rows = np.random.default_rng(0).permutation(num_rows)[:wanted]
    column = read_table(dataset, [target], rows).column(0)
    is_known = pc.is_valid(column).to_numpy()
    return rows[is_known], _codes(column)[is_known]


def _codes(cells: pa.ChunkedArray) -> np.ndarray:
    """float64 in which equal cells are equal; a missing cell is a value below all others."""
    if pa.types.is_string(cells.type):
        whole = pa.concat_arrays(cells.chunks) if cells.num_chunks else pa.array([], cells.type)
        numbers = pc.cast(whole.dictionary_encode().indices, pa.float64())
    else:
        plain = pc.cast(cells, pa.int64()) if pa.types.is_timestamp(cells.type) else cells
        numbers = pc.cast(plain, pa.float64(), safe=False)
    values = np.array(numbers.to_numpy(zero_copy_only=False), dtype=np.float64)
    is_usable = np.isfinite(values)
    values[~is_usable] = (values[is_usable].min() if is_usable.any() else 0.0) - 1.0
    return values


def _needed_score(goal: _Goal) -> float:
    if goal.task is TaskKind.REGRESSION:
        return MIN_R2
    _, counts = np.unique(goal.test, return_counts=True)
    baseline = counts.max() / counts.sum()
    return max(MIN_ACCURACY, 1.0 - (1.0 - MIN_SHARE_OF_ERRORS_GONE) * (1.0 - baseline))


def _score(values: np.ndarray, goal: _Goal, column: ColumnInfo) -> float:
    learn, test = values[0::2], values[1::2]
    if column.kind is ColumnKind.CATEGORY:
        predicted = _by_category(learn, test, goal)
    elif goal.task is TaskKind.REGRESSION:
        distinct, places = np.unique(learn, return_inverse=True)
        means = np.bincount(places, goal.learn) / np.bincount(places)
        predicted = np.interp(test, distinct, means)
    else:
        predicted = _by_nearest(learn, test, goal)
    if goal.task is TaskKind.CLASSIFICATION:
        return float(np.mean(predicted == goal.test))
    variance = float(np.mean((goal.test - goal.test.mean()) ** 2))
    return 1.0 - float(np.mean((predicted - goal.test) ** 2)) / variance if variance else 0.0


def _by_category(learn: np.ndarray, test: np.ndarray, goal: _Goal) -> np.ndarray:
    """The mean, or the most frequent class, of each category; NaN-free also for unseen ones."""
    distinct, places = np.unique(learn, return_inverse=True)
    if goal.task is TaskKind.REGRESSION:
        answers, fallback = np.bincount(places, goal.learn) / np.bincount(places), goal.learn.mean()
    else:
        classes, class_places = np.unique(goal.learn, return_inverse=True)
        pairs, counts = np.unique(places * len(classes) + class_places, return_counts=True)
        by_count = pairs[np.argsort(counts, kind="stable")]
        answers = np.empty(len(distinct))
        # The most frequent class of a category is written last and stays.
        answers[by_count // len(classes)] = classes[by_count % len(classes)]
        fallback = np.nan
    found = np.minimum(np.searchsorted(distinct, test), len(distinct) - 1)
    return np.where(distinct[found] == test, answers[found], fallback)


def _by_nearest(learn: np.ndarray, test: np.ndarray, goal: _Goal) -> np.ndarray:
    """The class of the nearest number."""
    order = np.argsort(learn, kind="stable")
    numbers, classes = learn[order], goal.learn[order]
    after = np.clip(np.searchsorted(numbers, test), 1, len(numbers) - 1)
    is_before = test - numbers[after - 1] <= numbers[after] - test
    return classes[after - is_before]
