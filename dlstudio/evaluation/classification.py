"""What a classifier with one class a row achieves.

With two classes, precision, recall and F1 are those of the second class in class order (the order
of the probability columns), which the report says; with more they are macro averages.
"""

from dataclasses import dataclass

import numpy as np

from dlstudio.evaluation.class_scores import ClassScores, score_classes
from dlstudio.evaluation.notes import list_names
from dlstudio.evaluation.ranking import (
    Ranking,
    precision_recall_curve,
    rank_rows,
    roc_auc,
    roc_curve,
)
from dlstudio.reports.evaluation import ClassificationDetails, Curve, SplitReport

MOST_CURVES = 20
MOST_CONFUSION_CLASSES = 200


@dataclass(frozen=True)
class ClassPredictions:
    """The predictions of one split.

    Attributes:
        class_names: The classes the model knows, in its order.
        actual: Class of each row: an index into `class_names` followed by `unseen_names`.
        predicted: Index into `class_names` for each row.
        probabilities: float64 `(n, len(class_names))`; each row sums to 1.
        unseen_names: Classes of the rows that the model never saw in training.
    """

    class_names: tuple[str, ...]
    actual: np.ndarray
    predicted: np.ndarray
    probabilities: np.ndarray
    unseen_names: tuple[str, ...] = ()

    @property
    def all_names(self) -> tuple[str, ...]:
        """Known and unseen classes."""
        return self.class_names + self.unseen_names


def report_classification(rows: ClassPredictions) -> SplitReport:
    """Score one split.

    Args:
        rows: The predictions.

    Returns:
        The report. Metrics: accuracy, precision, recall, f1, each of the last three also as
        `..._weighted`, roc_auc (of the second class with two classes, else the macro average of
        one class against the rest) and log_loss. What is undefined is left out and noted.
    """
    num_rows = len(rows.actual)
    if num_rows == 0:
        return SplitReport(num_rows=0, metrics={}, notes=("There are no rows.",))
    if not np.isfinite(rows.probabilities).all():
        return SplitReport(
            num_rows=num_rows,
            metrics={},
            notes=("Some predicted probabilities are not numbers, so nothing could be scored.",),
        )
    scores = score_classes(rows.actual, rows.predicted, len(rows.all_names))
    notes: list[str] = []
    metrics = {"accuracy": float(np.mean(rows.actual == rows.predicted))}
    metrics |= _precision_and_recall(rows, scores, notes)
    metrics |= _probability_metrics(rows, notes)
    return SplitReport(
        num_rows=num_rows,
        metrics=metrics,
        classification=_details(rows, scores, notes),
        notes=tuple(notes),
    )


def _precision_and_recall(
    rows: ClassPredictions, scores: ClassScores, notes: list[str]
) -> dict[str, float]:
    if len(rows.class_names) != 2:
        return scores.averages()
    positive = rows.class_names[1]
    if scores.num_actual[1] == 0:
        notes.append(f"Precision, recall and F1 are left out: no row is of the class {positive!r}.")
        return scores.weighted()
    notes.append(f"Precision, recall and F1 are those of the class {positive!r}.")
    return scores.of_class(1) | scores.weighted()


def _probability_metrics(rows: ClassPredictions, notes: list[str]) -> dict[str, float]:
    is_known = rows.actual < len(rows.class_names)
    if not is_known.all():
        notes.append(
            f"{int((~is_known).sum())} rows are of classes that the model never saw "
            f"({list_names(rows.unseen_names)}): they count as wrong, and are left out of ROC AUC "
            "and log loss."
        )
    actual, probabilities = rows.actual[is_known], rows.probabilities[is_known]
    if not len(actual):
        return {}
    metrics = {"log_loss": log_loss(actual, probabilities)}
    missing = set(range(len(rows.class_names))) - set(actual.tolist())
    if missing:
        names = [rows.class_names[index] for index in sorted(missing)]
        notes.append(f"ROC AUC is left out: there is no row of {list_names(names)}.")
        return metrics
    areas = [roc_auc(_rank(actual, probabilities, index)) for index in _ranked_classes(rows)]
    return metrics | {"roc_auc": float(np.mean([area for area in areas if area is not None]))}


def log_loss(actual: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean of the negative logarithm of the probability given to the actual class.

    Args:
        actual: Class indices; int `(n,)`, n at least 1.
        probabilities: float64 `(n, num_classes)`; kept 2.2e-16 away from 0 and 1.
    """
    chosen = probabilities[np.arange(len(actual)), actual]
    smallest = np.finfo(np.float64).eps
    return float(-np.log(chosen.clip(smallest, 1.0 - smallest)).mean())


def _ranked_classes(rows: ClassPredictions) -> list[int]:
    """With two classes the curves of both say the same: only the positive one is kept."""
    num_classes = len(rows.class_names)
    return [1] if num_classes == 2 else list(range(num_classes))


def _rank(actual: np.ndarray, probabilities: np.ndarray, index: int) -> Ranking:
    return rank_rows(actual == index, probabilities[:, index])


def _details(
    rows: ClassPredictions, scores: ClassScores, notes: list[str]
) -> ClassificationDetails:
    roc, precision_recall = _curves(rows, notes)
    return ClassificationDetails(
        class_names=rows.all_names,
        classes=scores.reports(rows.all_names),
        confusion=_confusion(rows, notes),
        roc=roc,
        precision_recall=precision_recall,
    )


def _confusion(rows: ClassPredictions, notes: list[str]) -> tuple[tuple[int, ...], ...]:
    size = len(rows.all_names)
    if size > MOST_CONFUSION_CLASSES:
        notes.append(f"The confusion matrix is left out: there are {size:,} classes.")
        return ()
    cells = np.bincount(rows.actual * size + rows.predicted, minlength=size * size)
    return tuple(tuple(line) for line in cells.reshape(size, size).tolist())


def _curves(
    rows: ClassPredictions, notes: list[str]
) -> tuple[tuple[Curve, ...], tuple[Curve, ...]]:
    classes = _ranked_classes(rows)
    if len(classes) > MOST_CURVES:
        notes.append(f"Curves are left out: there are {len(classes):,} classes.")
        return (), ()
    ranked = [
        (rows.class_names[index], _rank(rows.actual, rows.probabilities, index))
        for index in classes
    ]
    roc = [roc_curve(ranking, name) for name, ranking in ranked]
    precision_recall = [precision_recall_curve(ranking, name) for name, ranking in ranked]
    return (
        tuple(curve for curve in roc if curve),
        tuple(curve for curve in precision_recall if curve),
    )
