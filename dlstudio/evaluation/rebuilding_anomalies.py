"""Anomalies by the error of their reconstruction: the threshold, the scores, what is to blame."""

from dataclasses import replace

import numpy as np

from dlstudio.evaluation.anomaly import (
    AnomalyScores,
    ScoredRows,
    blame_columns,
    most_anomalous,
    report_anomalies,
)
from dlstudio.evaluation.place_names import place_names
from dlstudio.evaluation.rebuilt_rows import rebuild_rows
from dlstudio.evaluation.rebuilt_split import RebuiltSplit
from dlstudio.evaluation.thresholds import ThresholdChoice, choose_threshold
from dlstudio.models.assemble_rebuilding import SMALLEST_THRESHOLD
from dlstudio.reports.anomaly import Blame
from dlstudio.spec.task import TaskSpec
from dlstudio.training.prepare_unsupervised import CanvasPreparation


def choose_cut(task: TaskSpec, validation: RebuiltSplit) -> ThresholdChoice:
    """Choose the threshold from validation rows, as the saved model will hold it.

    Args:
        task: An anomaly detection.
        validation: The rows.

    Returns:
        The choice; its value, if there is one, is a float32 above 0, not above what was chosen.
    """
    choice = choose_threshold(
        validation.errors, validation.is_anomalous, task.threshold_rule, task.threshold_quantile
    )
    if choice.value is None:
        return choice
    value = np.float32(choice.value)
    if value > choice.value:  # rounded up it might reach the next score
        value = np.nextafter(value, np.float32(0))
    return replace(choice, value=max(float(value), SMALLEST_THRESHOLD))


def score_anomalies(
    preparation: CanvasPreparation, split: RebuiltSplit, cut: ThresholdChoice
) -> AnomalyScores:
    """Score the rows of one part.

    Args:
        preparation: What was trained.
        split: The rows.
        cut: The threshold.
    """
    rows = ScoredRows(
        rows=split.rows,
        scores=split.errors,
        is_anomalous=split.is_anomalous,
        rivals=split.rivals,
        blames=_blames(preparation, split),
    )
    return report_anomalies(rows, cut)


def _blames(preparation: CanvasPreparation, split: RebuiltSplit) -> dict[int, tuple[Blame, ...]]:
    """What is to blame for the highest scores, by place."""
    places = most_anomalous(split.errors)
    found: list[tuple[Blame, ...]] = []
    for part in rebuild_rows(preparation, split.rows[places]):
        rebuilt = part.reconstruction
        if part.known is not None:
            rebuilt = np.where(part.known, rebuilt, part.example)
        found += blame_columns(part.example, rebuilt, place_names(preparation.canvas))
    return dict(zip(places.tolist(), found, strict=True))
