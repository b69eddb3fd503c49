"""Scores a network that rebuilds its inputs on every part, and keeps codes and errors."""

from dataclasses import dataclass

import numpy as np

from dlstudio.evaluation.code_activity import code_alarms
from dlstudio.evaluation.codes_sample import sample_codes
from dlstudio.evaluation.neighbour_accuracy import (
    MOST_TRAIN_ROWS,
    SAMPLE_SEED,
    LabelledCodes,
    compare_codes,
)
from dlstudio.evaluation.place_names import place_names
from dlstudio.evaluation.rebuilding_anomalies import choose_cut, score_anomalies
from dlstudio.evaluation.rebuilding_check import whose_errors
from dlstudio.evaluation.rebuilding_rivals import RebuildingRivals, fit_rivals
from dlstudio.evaluation.rebuilding_tables import RebuildingFiles, write_rebuilding
from dlstudio.evaluation.rebuilt_rows import rebuild_rows
from dlstudio.evaluation.rebuilt_split import RebuiltSplit
from dlstudio.evaluation.reconstruction import ReconstructionErrors
from dlstudio.evaluation.report import SPLITS
from dlstudio.evaluation.thresholds import ThresholdChoice
from dlstudio.models.code_notes import code_notes
from dlstudio.reports.evaluation import EvaluationReport, SplitReport
from dlstudio.reports.reconstruction import CodesSample, NeighbourAccuracy
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from dlstudio.training.prepare_unsupervised import CanvasPreparation, Labels

MOST_CLASSES = 100
TRAIN = "train"


@dataclass(frozen=True)
class EvaluatedRebuilding:
    """What an evaluation came to; `threshold` is None unless anomalies are asked for."""

    report: EvaluationReport
    threshold: float | None


def evaluate_rebuilding(
    preparation: CanvasPreparation, spec: RunSpec, files: RebuildingFiles
) -> EvaluatedRebuilding:
    """Rebuild every row, keep codes and errors, and score them beside the rivals.

    Args:
        preparation: What was trained; the network holds its best weights.
        spec: The run's spec, of a dimensionality reduction or an anomaly detection.
        files: Where codes and errors go; replaced whole.
    """
    latent_size = int(preparation.network.output["code"].shape[-1])
    rivals = fit_rivals(preparation, spec.task.kind, latent_size, spec.training.seed)
    passed = {
        name: _pass_through(preparation, rivals, rows)
        for name in SPLITS
        if len(rows := getattr(preparation.split, name))
    }
    cut = None
    if spec.task.kind is TaskKind.ANOMALY:
        cut = choose_cut(spec.task, passed["validation"])
    threshold = cut.value if cut else None
    write_rebuilding(passed, preparation.labels, threshold, files)
    notes = (*code_notes(spec, preparation.canvas), *rivals.notes)
    splits = {name: _with_notes(_report(preparation, passed, name, cut), notes) for name in passed}
    report = EvaluationReport(
        task=spec.task.kind.value,
        splits=splits,
        codes=_sample(passed),
        alarms=code_alarms(preparation),
    )
    return EvaluatedRebuilding(report, threshold)


def _pass_through(
    preparation: CanvasPreparation, rivals: RebuildingRivals, rows: np.ndarray
) -> RebuiltSplit:
    """Rebuild the rows of a split."""
    num_codes = rivals.pca.num_components
    errors = ReconstructionErrors(
        place_names(preparation.canvas), preparation.network.output["code"].shape[-1], rivals.pca
    )
    labels = preparation.labels
    is_anomalous = None if labels is None else labels.is_anomaly[rows]
    kept = _kept(len(rows))
    is_kept = np.zeros(len(rows), bool)
    is_kept[kept] = True
    codes, row_errors, pca_codes = [], [], [np.empty((0, num_codes))]
    scores: dict[str, list[np.ndarray]] = {}
    done = 0
    for part in rebuild_rows(preparation, rows):
        here = slice(done, done + len(part.rows))
        done = here.stop
        normal = slice(None) if is_anomalous is None else ~is_anomalous[here]
        known = None if part.known is None else part.known[normal]
        errors.add(part.example[normal], part.reconstruction[normal], known)
        pca_codes.append(rivals.pca.encode(part.example[is_kept[here]]))
        codes.append(part.codes)
        row_errors.append(part.error)
        for name, values in rivals.scores(part.example).items():
            scores.setdefault(name, []).append(values)
    return RebuiltSplit(
        rows=rows,
        codes=np.concatenate(codes),
        errors=np.concatenate(row_errors),
        reconstruction=errors,
        kept=kept,
        pca_codes=np.concatenate(pca_codes),
        is_anomalous=is_anomalous,
        rivals={name: np.concatenate(values) for name, values in scores.items()},
    )


def _kept(num_rows: int) -> np.ndarray:
    """Places of the rows whose PCA codes are kept; rising."""
    if num_rows <= MOST_TRAIN_ROWS:
        return np.arange(num_rows)
    drawn = np.random.default_rng(SAMPLE_SEED).choice(num_rows, MOST_TRAIN_ROWS, replace=False)
    return np.sort(drawn)


def _report(
    preparation: CanvasPreparation,
    passed: dict[str, RebuiltSplit],
    name: str,
    cut: ThresholdChoice | None,
) -> SplitReport:
    split, labels = passed[name], preparation.labels
    neighbours = None
    if cut is None and labels is not None and name != TRAIN:
        neighbours = _neighbours(labels, passed[TRAIN], split)
    found = split.reconstruction.result(neighbours)
    report = SplitReport(
        num_rows=len(split.rows),
        metrics=found.metrics,
        reconstruction=found.details,
        notes=found.notes,
    )
    if cut is None:
        return report
    judged = score_anomalies(preparation, split, cut)
    notes = (*cut.notes, *judged.notes, *(found.notes if found.num_rows else ()))
    if split.is_anomalous is not None:
        notes = (*notes, *whose_errors(split.is_anomalous))
    return report.model_copy(
        update={
            "metrics": {**judged.metrics, **found.metrics},
            "anomaly": judged.details,
            "notes": notes,
        }
    )


def _with_notes(report: SplitReport, notes: tuple[str, ...]) -> SplitReport:
    return report.model_copy(update={"notes": (*report.notes, *notes)})


def _neighbours(
    labels: Labels, train: RebuiltSplit, other: RebuiltSplit
) -> NeighbourAccuracy | None:
    """How well codes tell the classes of the label apart; None if it holds no classes."""
    if len(labels.classes) > MOST_CLASSES or not (train.is_finite and other.is_finite):
        return None
    train_codes, other_codes = (
        LabelledCodes(
            split.codes[split.kept], split.pca_codes, labels.texts[split.rows[split.kept]]
        )
        for split in (train, other)
    )
    return compare_codes(labels.column, train_codes, other_codes)


def _sample(passed: dict[str, RebuiltSplit]) -> CodesSample | None:
    """Rows of all parts for a scatter plot."""
    splits = list(passed.values())
    if not all(split.is_finite for split in splits):
        return None
    rows = np.concatenate([split.rows[split.kept] for split in splits])
    order = np.argsort(rows, kind="stable")
    return sample_codes(
        rows[order],
        np.concatenate([split.codes[split.kept] for split in splits])[order],
        np.concatenate([split.pca_codes for split in splits])[order],
    )
