"""How well anomaly scores part rows, beside other methods, and which rows stand out."""

from dataclasses import dataclass, field

import numpy as np

from dlstudio.evaluation.auc_gap import auc_gap
from dlstudio.evaluation.flagged_normal import nearly_all_flagged
from dlstudio.evaluation.histogram import count_values, histogram_edges
from dlstudio.evaluation.ranking import average_precision, rank_rows, roc_auc
from dlstudio.evaluation.reconstruction import column_shares
from dlstudio.evaluation.thresholds import (
    ThresholdChoice,
    all_alike,
    score_thresholds,
    threshold_grid,
)
from dlstudio.reports.anomaly import (
    AnomalousRow,
    AnomalyDetails,
    Blame,
    RivalScores,
    ScoreCounts,
    ScoreGroup,
)

MOST_ROWS = 50
MOST_BLAMES = 3
LEAST_BLAME = 0.01
LABEL_METRICS = "ROC AUC, PR AUC, precision, recall and F1"


@dataclass(frozen=True)
class ScoredRows:
    """The rows of one split.

    Attributes:
        rows: Row numbers in the dataset; int64 `(n,)`.
        scores: Higher is more anomalous, at least 0; float `(n,)`.
        is_anomalous: Whether each row is known to be an anomaly; bool `(n,)`, None without labels.
        rivals: Scores of other methods by name; float `(n,)` each.
        blames: What to blame, by place among these rows; see `most_anomalous`.
    """

    rows: np.ndarray
    scores: np.ndarray
    is_anomalous: np.ndarray | None = None
    rivals: dict[str, np.ndarray] = field(default_factory=dict)
    blames: dict[int, tuple[Blame, ...]] = field(default_factory=dict)

    def at(self, kept: np.ndarray) -> "ScoredRows":
        """The rows at these places, rising int64 `(k,)`."""
        labels = self.is_anomalous
        new_places = {int(old): new for new, old in enumerate(kept)}
        return ScoredRows(
            rows=self.rows[kept],
            scores=self.scores[kept].astype(np.float64),
            is_anomalous=None if labels is None else labels[kept],
            rivals={name: scores[kept] for name, scores in self.rivals.items()},
            blames={
                new_places[old]: blames for old, blames in self.blames.items() if old in new_places
            },
        )


@dataclass(frozen=True)
class AnomalyScores:
    """What the scores of one split are worth.

    Attributes:
        num_rows: Rows of the split.
        metrics: With labels of both kinds roc_auc, pr_auc and, at the threshold, precision, recall
            and f1; else none.
        details: What stands behind them; None if there is nothing to show.
        notes: Sentences for people.
    """

    num_rows: int
    metrics: dict[str, float]
    details: AnomalyDetails | None
    notes: tuple[str, ...]


def most_anomalous(scores: np.ndarray) -> np.ndarray:
    """Places of the rows with the highest finite scores, at most 50, highest first; int64."""
    finite = np.flatnonzero(np.isfinite(scores))
    return finite[np.argsort(-scores[finite], kind="stable")[:MOST_ROWS]]


def blame_columns(
    original: np.ndarray, reconstructed: np.ndarray, groups: tuple[str, ...]
) -> tuple[tuple[Blame, ...], ...]:
    """Name the columns that cause most of each row's error.

    Args:
        original: Features of a few rows; float `(n, d)`, finite.
        reconstructed: Float `(n, d)`, finite.
        groups: The column or region of each of the d features.

    Returns:
        For each row at most three columns, the worst first; none that causes less than 1 %.
    """
    names, shares = column_shares(original, reconstructed, groups)
    order = np.argsort(-shares, axis=1, kind="stable")[:, :MOST_BLAMES]
    return tuple(
        tuple(
            Blame(column=names[place], share=min(1.0, float(own[place])))
            for place in places
            if own[place] >= LEAST_BLAME
        )
        for own, places in zip(shares, order, strict=True)
    )


def report_anomalies(rows: ScoredRows, choice: ThresholdChoice) -> AnomalyScores:
    """Score one split.

    Args:
        rows: The rows. Those without a finite score are left out and noted.
        choice: The threshold, chosen from validation rows.
    """
    num_rows = len(rows.scores)
    notes: list[str] = []
    finite = np.flatnonzero(np.isfinite(rows.scores))
    if len(finite) < num_rows:
        notes.append(
            f"{num_rows - len(finite):,} of {num_rows:,} rows are left out: their score is not a "
            "finite number."
        )
    if not len(finite) or choice.value is None:
        notes.append("There are no scores to judge." if num_rows else "There are no rows.")
        return AnomalyScores(num_rows, {}, None, tuple(notes))
    rows = rows.at(finite)
    labels = _usable_labels(rows, notes)
    if all_alike(rows.scores):
        notes.append("All rows have the same score, so nothing tells them apart.")
    details = _details(rows, labels, choice, choice.value)
    metrics = {} if labels is None else _metrics(rows.scores, labels, details)
    return AnomalyScores(num_rows, metrics, details, tuple(notes))


def _usable_labels(rows: ScoredRows, notes: list[str]) -> np.ndarray | None:
    """The labels if there are rows of both kinds."""
    labels = rows.is_anomalous
    if labels is None:
        return None
    if labels.all():
        notes.append(f"{LABEL_METRICS} are left out: every row counts as an anomaly.")
        return None
    if not labels.any():
        notes.append(f"{LABEL_METRICS} are left out: no row counts as an anomaly.")
        return None
    return labels


def _metrics(scores: np.ndarray, labels: np.ndarray, details: AnomalyDetails) -> dict[str, float]:
    own = _areas("", scores, labels)
    chosen = details.chosen
    found = {
        "roc_auc": own.roc_auc,
        "pr_auc": own.pr_auc,
        "precision": chosen.precision,
        "recall": chosen.recall,
        "f1": chosen.f1,
    }
    return {name: value for name, value in found.items() if value is not None}


def _areas(name: str, scores: np.ndarray, labels: np.ndarray | None) -> RivalScores:
    if labels is None or not np.isfinite(scores).all():
        return RivalScores(name=name, roc_auc=None, pr_auc=None)
    ranking = rank_rows(labels, scores)
    return RivalScores(name=name, roc_auc=roc_auc(ranking), pr_auc=average_precision(ranking))


def _rivals(rows: ScoredRows, labels: np.ndarray | None) -> tuple[RivalScores, ...]:
    found = []
    for name, scores in rows.rivals.items():
        rival = _areas(name, scores, labels)
        if labels is not None and rival.roc_auc is not None:
            low, high = auc_gap(labels, rows.scores, scores) or (None, None)
            rival = rival.model_copy(update={"ahead_low": low, "ahead_high": high})
        found.append(rival)
    return tuple(found)


def _details(
    rows: ScoredRows, labels: np.ndarray | None, choice: ThresholdChoice, threshold: float
) -> AnomalyDetails:
    edges, is_log = histogram_edges(rows.scores)
    (chosen,) = score_thresholds(rows.scores, labels, np.array([threshold]))
    grid = threshold_grid(rows.scores, threshold)
    return AnomalyDetails(
        edges=tuple(edges.tolist()),
        is_log=is_log,
        histograms=_histograms(rows, edges),
        rule=choice.rule,
        quantile=choice.quantile,
        chosen=chosen,
        threshold_table=score_thresholds(rows.scores, labels, grid),
        rivals=_rivals(rows, labels),
        most_anomalous=_standing_out(rows, threshold),
        alarms=nearly_all_flagged(rows.scores, rows.is_anomalous, threshold, choice.rule),
    )


def _histograms(rows: ScoredRows, edges: np.ndarray) -> tuple[ScoreCounts, ...]:
    labels = rows.is_anomalous
    if labels is None:
        return (ScoreCounts(group=ScoreGroup.ALL, counts=count_values(rows.scores, edges)),)
    return (
        ScoreCounts(group=ScoreGroup.NORMAL, counts=count_values(rows.scores[~labels], edges)),
        ScoreCounts(group=ScoreGroup.ANOMALOUS, counts=count_values(rows.scores[labels], edges)),
    )


def _standing_out(rows: ScoredRows, threshold: float) -> tuple[AnomalousRow, ...]:
    labels = rows.is_anomalous
    return tuple(
        AnomalousRow(
            row=int(rows.rows[place]),
            score=float(rows.scores[place]),
            is_flagged=bool(rows.scores[place] > threshold),
            is_anomalous=None if labels is None else bool(labels[place]),
            blames=rows.blames.get(int(place), ()),
        )
        for place in most_anomalous(rows.scores)
    )
