"""Scores a saved model that rebuilds its inputs on rows of a file."""

from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa

from dlstudio.evaluation.anomaly import ScoredRows, report_anomalies
from dlstudio.evaluation.flagged_normal import nearly_all_flagged
from dlstudio.evaluation.thresholds import ThresholdChoice
from dlstudio.models.assemble_rebuilding import ERROR, SCORE
from dlstudio.reports.evaluation import SplitReport
from dlstudio.reports.generation import Alarm
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind, ThresholdRule
from dlstudio.training.prepare_unsupervised import labels_of

NORMAL_ONLY = "RMSE is that of normal rows alone."


def whose_errors(is_anomalous: np.ndarray) -> tuple[str, ...]:
    """Say that errors leave anomalies out, where they do.

    Args:
        is_anomalous: Bool `(n,)`; the errors are those of the other rows.
    """
    return (NORMAL_ONLY,) if 0 < is_anomalous.sum() < len(is_anomalous) else ()


class RebuildingCheck:
    """Errors and scores of the rows so far."""

    def __init__(self, spec: RunSpec, info: DatasetInfo) -> None:
        """Begin without rows.

        Args:
            spec: The run's spec.
            info: The dataset that the model was trained on.
        """
        self._spec = spec
        self._info = info
        self._errors: list[np.ndarray] = []
        self._scores: list[np.ndarray] = []
        self._is_anomaly: list[np.ndarray] = []
        self._is_labelled = spec.task.kind is TaskKind.ANOMALY and spec.task.label is not None

    def add(self, answers: pa.Table, raw: Mapping[str, np.ndarray]) -> None:
        """Count some rows.

        Args:
            answers: What `predict_raw` gives for them.
            raw: Their raw columns; with the label where the file has it.
        """
        self._errors.append(answers.column(ERROR).to_numpy())
        if SCORE in answers.column_names:
            self._scores.append(answers.column(SCORE).to_numpy())
        self._is_labelled = self._is_labelled and self._spec.task.label in raw
        labels = labels_of(self._spec, self._info, raw) if self._is_labelled else None
        if labels is not None:
            self._is_anomaly.append(labels.is_anomaly)

    def result(self) -> SplitReport:
        """Score the rows so far; without a finite error there is no metric."""
        errors = np.concatenate([np.empty(0), *self._errors])
        is_normal = np.isfinite(errors)
        metrics, notes = {}, ()
        if self._is_labelled and self._scores:
            is_anomalous = np.concatenate(self._is_anomaly)
            rows = ScoredRows(
                rows=np.arange(len(errors)),
                scores=np.concatenate(self._scores),
                is_anomalous=is_anomalous,
            )
            is_normal &= ~is_anomalous
            # Scores are multiples of the threshold, whatever it was and came from.
            judged = report_anomalies(rows, ThresholdChoice(1.0, ThresholdRule.AUTO))
            alarms = judged.details.alarms if judged.details else ()
            metrics = dict(judged.metrics)
            notes = (*judged.notes, *whose_errors(is_anomalous), *_said(alarms))
        elif self._scores:
            notes = self._notes_without_labels()
        if is_normal.any():
            metrics["rmse"] = float(np.sqrt(np.square(errors[is_normal]).mean()))
        return SplitReport(num_rows=len(errors), metrics=metrics, notes=notes)

    def _notes_without_labels(self) -> tuple[str, ...]:
        """That nobody knows the anomalies, and whether nearly all rows count as such."""
        scores, label = np.concatenate(self._scores), self._spec.task.label
        unknown = () if label is None else (_UNKNOWN.format(label=label),)
        alarms = nearly_all_flagged(scores[np.isfinite(scores)], None, 1.0, ThresholdRule.AUTO)
        return (*unknown, *_said(alarms))


_UNKNOWN = "The file has no column {label!r}, so that nobody knows which rows are anomalies."


def _said(alarms: Iterable[Alarm]) -> list[str]:
    return [f"{alarm.problem} {alarm.fix}" for alarm in alarms]
