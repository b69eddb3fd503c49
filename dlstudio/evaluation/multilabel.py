"""What a classifier with several labels a row achieves.

`accuracy` is the exact match: the share of rows whose labels are all right. precision, recall and
f1 are means over the labels (macro), as are roc_auc and log_loss; each label is scored by itself
among the details.
"""

from dataclasses import dataclass

import numpy as np

from dlstudio.evaluation.class_scores import score_labels
from dlstudio.evaluation.classification import MOST_CURVES, log_loss
from dlstudio.evaluation.notes import list_names
from dlstudio.evaluation.ranking import (
    Ranking,
    precision_recall_curve,
    rank_rows,
    roc_auc,
    roc_curve,
)
from dlstudio.reports.evaluation import ClassificationDetails, Curve, SplitReport


@dataclass(frozen=True)
class LabelPredictions:
    """The predictions of one split.

    Attributes:
        label_names: The labels in the model's order.
        actual: Which labels each row holds; bool `(n, num_labels)`.
        predicted: Which labels were predicted; bool `(n, num_labels)`.
        probabilities: float64 `(n, num_labels)` in [0, 1].
    """

    label_names: tuple[str, ...]
    actual: np.ndarray
    predicted: np.ndarray
    probabilities: np.ndarray


def report_labels(rows: LabelPredictions) -> SplitReport:
    """Score one split.

    Args:
        rows: The predictions.

    Returns:
        The report; what is undefined is left out of the metrics and noted.
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
    notes = ["accuracy is the share of rows whose labels are all right.", *_rows_of_no_label(rows)]
    scores = score_labels(rows.actual, rows.predicted)
    rankings = [
        rank_rows(rows.actual[:, index], rows.probabilities[:, index])
        for index in range(len(rows.label_names))
    ]
    metrics = {"accuracy": float((rows.actual == rows.predicted).all(axis=1).mean())}
    metrics |= {name: float(getattr(scores, name).mean()) for name in ("precision", "recall", "f1")}
    metrics |= scores.weighted() | {"log_loss": _mean_log_loss(rows)}
    metrics |= _mean_area(rows.label_names, rankings, notes)
    roc, precision_recall = _curves(rows.label_names, rankings, notes)
    details = ClassificationDetails(
        class_names=rows.label_names,
        classes=scores.reports(rows.label_names),
        roc=roc,
        precision_recall=precision_recall,
    )
    return SplitReport(
        num_rows=num_rows, metrics=metrics, classification=details, notes=tuple(notes)
    )


def _rows_of_no_label(rows: LabelPredictions) -> list[str]:
    """How often no label applies: said because precision and recall do not see such rows."""
    holds_none = ~rows.actual.any(axis=1)
    count = int(holds_none.sum())
    if not count:
        return []
    right = int((~rows.predicted.any(axis=1) & holds_none).sum())
    held, told = ("row holds", "it") if count == 1 else ("rows hold", "them")
    return [f"{count:,} {held} none of the labels; for {right:,} of {told} none was predicted."]


def _mean_log_loss(rows: LabelPredictions) -> float:
    losses = [
        log_loss(actual.astype(np.int64), np.stack([1.0 - probability, probability], axis=1))
        for actual, probability in zip(rows.actual.T, rows.probabilities.T, strict=True)
    ]
    return float(np.mean(losses))


def _mean_area(
    label_names: tuple[str, ...], rankings: list[Ranking], notes: list[str]
) -> dict[str, float]:
    areas = [roc_auc(ranking) for ranking in rankings]
    undefined = [name for name, area in zip(label_names, areas, strict=True) if area is None]
    if undefined:
        notes.append(
            f"ROC AUC is left out: all rows or no row hold the label {list_names(undefined)}."
        )
        return {}
    return {"roc_auc": float(np.mean([area for area in areas if area is not None]))}


def _curves(
    label_names: tuple[str, ...], rankings: list[Ranking], notes: list[str]
) -> tuple[tuple[Curve, ...], tuple[Curve, ...]]:
    if len(label_names) > MOST_CURVES:
        notes.append(f"Curves are left out: there are {len(label_names):,} labels.")
        return (), ()
    named = list(zip(rankings, label_names, strict=True))
    roc = [roc_curve(ranking, name) for ranking, name in named]
    precision_recall = [precision_recall_curve(ranking, name) for ranking, name in named]
    return (
        tuple(curve for curve in roc if curve),
        tuple(curve for curve in precision_recall if curve),
    )
