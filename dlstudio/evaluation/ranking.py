"""How well scores put the rows of a class first: ROC and precision-recall curves and areas.

Plain NumPy, held to scikit-learn's numbers by the tests: importing scikit-learn would cost a fresh
worker one to three seconds at the very end of a short run.
"""

from dataclasses import dataclass

import numpy as np

from dlstudio.reports.evaluation import Curve

MOST_CURVE_POINTS = 200


@dataclass(frozen=True)
class Ranking:
    """Rows counted from the highest score down, one entry a distinct score.

    Attributes:
        thresholds: The distinct scores, falling; float64 `(k,)`.
        true_positives: Rows of the class with at least that score; float64 `(k,)`.
        false_positives: Other rows with at least that score; float64 `(k,)`.
    """

    thresholds: np.ndarray
    true_positives: np.ndarray
    false_positives: np.ndarray

    @property
    def is_complete(self) -> bool:
        """Whether there are rows of the class and rows that are not; else no area is defined."""
        return bool(len(self.thresholds)) and bool(
            self.true_positives[-1] > 0 and self.false_positives[-1] > 0
        )


def rank_rows(is_positive: np.ndarray, scores: np.ndarray) -> Ranking:
    """Count rows from the highest score down.

    Args:
        is_positive: Whether each row belongs to the class; bool `(n,)`.
        scores: How sure the model is that it does; float `(n,)`, finite.

    Returns:
        The counts; rows of equal score share one entry.
    """
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order].astype(np.float64)
    positives = np.cumsum(is_positive[order], dtype=np.float64)
    last_of_score = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
    last_of_score = last_of_score[last_of_score >= 0]
    return Ranking(
        thresholds=ordered[last_of_score],
        true_positives=positives[last_of_score],
        false_positives=1.0 + last_of_score - positives[last_of_score],
    )


def roc_auc(ranking: Ranking) -> float | None:
    """Area under the ROC curve, in [0, 1]; None unless both kinds of rows are there."""
    if not ranking.is_complete:
        return None
    x, y = _roc_points(ranking)
    return float(np.trapezoid(y, x))


def average_precision(ranking: Ranking) -> float | None:
    """Mean precision over the steps of recall, in [0, 1]; None unless both kinds are there."""
    if not ranking.is_complete:
        return None
    x, y = _precision_recall_points(ranking)
    return float(np.sum(np.diff(x) * y[1:]))


def roc_curve(ranking: Ranking, name: str) -> Curve | None:
    """The ROC curve: x is the false-positive rate, y the true-positive rate.

    Args:
        ranking: The rows, ranked.
        name: The class that counts as positive.

    Returns:
        At most 200 points with the area of the full curve; None if it is not defined.
    """
    if not ranking.is_complete:
        return None
    x, y = _roc_points(ranking)
    return _thinned(name, x, y, ranking.thresholds, roc_auc(ranking))


def precision_recall_curve(ranking: Ranking, name: str) -> Curve | None:
    """The precision-recall curve: x is the recall, y the precision.

    Args:
        ranking: The rows, ranked.
        name: The class that counts as positive.

    Returns:
        At most 200 points with the average precision as area; None if it is not defined.
    """
    if not ranking.is_complete:
        return None
    x, y = _precision_recall_points(ranking)
    return _thinned(name, x, y, ranking.thresholds, average_precision(ranking))


def _roc_points(ranking: Ranking) -> tuple[np.ndarray, np.ndarray]:
    x = np.concatenate([[0.0], ranking.false_positives / ranking.false_positives[-1]])
    y = np.concatenate([[0.0], ranking.true_positives / ranking.true_positives[-1]])
    return x, y


def _precision_recall_points(ranking: Ranking) -> tuple[np.ndarray, np.ndarray]:
    found = ranking.true_positives + ranking.false_positives
    x = np.concatenate([[0.0], ranking.true_positives / ranking.true_positives[-1]])
    y = np.concatenate([[1.0], ranking.true_positives / found])
    return x, y


def _thinned(
    name: str, x: np.ndarray, y: np.ndarray, thresholds: np.ndarray, area: float | None
) -> Curve:
    """Keep points at equal distances along the curve, so that steep parts stay sharp."""
    length = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    wanted = np.linspace(0.0, length[-1], MOST_CURVE_POINTS - 1)
    kept = np.unique(np.append(np.searchsorted(length, wanted), len(x) - 1).clip(max=len(x) - 1))
    if len(x) <= MOST_CURVE_POINTS:
        kept = np.arange(len(x))
    # The curve begins before the first row: no probability is above 1.
    levels = np.concatenate([[1.0], thresholds])
    return Curve(
        name=name,
        x=tuple(x[kept].tolist()),
        y=tuple(y[kept].tolist()),
        thresholds=tuple(levels[kept].tolist()),
        area=area,
    )
