"""Whether samples can stand in for real rows: train on either, test on held-out rows.

The predictor is a histogram gradient boosting of trees, which needs no tuning and takes missing
values and categories as they are. The comparison is that of Esteban et al. 2017, "Real-valued
(medical) time series generation", called TSTR there.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from dlstudio.evaluation.compared_tables import ComparedColumn, ComparedTables, compared_columns
from dlstudio.reports.generation import SyntheticScore

MOST_ROWS = 20_000
MOST_CATEGORIES = 255
MOST_CLASSES = 50
FEW_ROWS = 5_000
# There is a tree for each class in each round. On 2,000 rows of Adult fewer rounds were as good or
# better and took a third of the time: 36 countries 0.912 (0.912), 14 occupations 0.295 (0.278).
MOST_TREES, FEWEST_ROUNDS, MOST_ROUNDS = 400, 20, 100


@dataclass(frozen=True)
class _Rows:
    """Rows with a known target: float64 `(n, num_inputs)` and `(n,)`."""

    inputs: np.ndarray
    target: np.ndarray


@dataclass(frozen=True)
class _Predictor:
    """What is trained: for a number or a category, and which inputs are categories."""

    is_number: bool
    is_category: np.ndarray
    seed: int


def score_synthetic(tables: ComparedTables, seed: int) -> SyntheticScore | None:
    """Train a predictor on samples and one on as many real rows, and score both.

    Args:
        tables: The tables and the target; at most 20,000 rows of each are used.
        seed: What rows are drawn with, and the predictor's.

    Returns:
        Accuracy for a category and R² for a number, on held-out rows whose target is known. None
        without a target, without another column or rows to learn from and to test on, with more
        than 50 classes, or where the target is the same in all held-out rows.
    """
    columns = compared_columns(tables, MOST_ROWS, seed)
    target = next((column for column in columns if column.name == tables.target), None)
    inputs = [column for column in columns if column is not target]
    if target is None or not inputs:
        return None
    num_rows = min(len(target.samples), len(target.train))
    synthetic = _rows([c.samples[:num_rows] for c in inputs], target.samples[:num_rows])
    real = _rows([c.train[:num_rows] for c in inputs], target.train[:num_rows])
    held_out = _rows([c.held_out for c in inputs], target.held_out)
    num_different = len(np.unique(held_out.target))
    is_too_fine = not target.is_number and num_different > MOST_CLASSES
    if num_different < 2 or is_too_fine or not min(len(synthetic.target), len(real.target)):
        return None
    predictor = _Predictor(target.is_number, np.array([_is_category(c) for c in inputs]), seed)
    return SyntheticScore(
        target=target.name,
        measure="r2" if target.is_number else "accuracy",
        synthetic=_score(predictor, held_out, _predicted(predictor, synthetic, held_out)),
        real=_score(predictor, held_out, _predicted(predictor, real, held_out)),
        baseline=_score(predictor, held_out, _constant(predictor, real)),
    )


def _rows(inputs: list[np.ndarray], target: np.ndarray) -> _Rows:
    matrix = np.stack([_as_numbers(values) for values in inputs], axis=1)
    known = _as_numbers(target)
    is_known = ~np.isnan(known)
    return _Rows(inputs=matrix[is_known], target=known[is_known])


def _as_numbers(values: np.ndarray) -> np.ndarray:
    """Codes of categories as numbers, NaN where missing."""
    if values.dtype.kind == "f":
        return values
    return np.where(values < 0, np.nan, values.astype(np.float64))


def _is_category(column: ComparedColumn) -> bool:
    """Categories that are too many for the trees are taken as numbers: an order without meaning."""
    if column.is_number:
        return False
    sides = (column.samples, column.train, column.held_out)
    return max(int(side.max()) for side in sides) < MOST_CATEGORIES


def _predicted(predictor: _Predictor, train: _Rows, test: _Rows) -> np.ndarray:
    if len(np.unique(train.target)) < 2:
        return _constant(predictor, train)
    # Imported here: it takes one to three seconds, and only tables with a target need it.
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    kind: Any = (
        HistGradientBoostingRegressor if predictor.is_number else HistGradientBoostingClassifier
    )
    model = kind(
        categorical_features=predictor.is_category,
        early_stopping=False,
        max_iter=_num_rounds(predictor, train),
        random_state=predictor.seed,
    )
    # Beside other work a second thread makes small tables a hundred times slower.
    num_threads = 1 if len(train.inputs) <= FEW_ROWS else None
    with threadpool_limits(num_threads, user_api="openmp"):
        return model.fit(train.inputs, train.target).predict(test.inputs)


def _num_rounds(predictor: _Predictor, train: _Rows) -> int:
    num_classes = 1 if predictor.is_number else len(np.unique(train.target))
    num_trees = num_classes if num_classes > 2 else 1  # one tree tells two classes apart
    return min(MOST_ROUNDS, max(FEWEST_ROUNDS, MOST_TREES // num_trees))


def _constant(predictor: _Predictor, train: _Rows) -> np.ndarray:
    """The mean, or the most frequent class."""
    if predictor.is_number:
        return np.array([train.target.mean()])
    classes, counts = np.unique(train.target, return_counts=True)
    return classes[[counts.argmax()]]


def _score(predictor: _Predictor, test: _Rows, predicted: np.ndarray) -> float:
    if not predictor.is_number:
        return float(np.mean(test.target == predicted))
    spread = np.mean((test.target - test.target.mean()) ** 2)
    return float(1.0 - np.mean((test.target - predicted) ** 2) / spread)
