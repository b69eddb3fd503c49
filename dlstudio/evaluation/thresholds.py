"""Where the line is drawn between ordinary and anomalous scores.

A row is flagged if its score is above the threshold. Thresholds lie between two scores where they
can, so that rounding in an exported model moves no row across.
"""

from dataclasses import dataclass

import numpy as np

from dlstudio.evaluation.ranking import rank_rows
from dlstudio.reports.anomaly import ThresholdScores
from dlstudio.spec.task import ThresholdRule

MOST_THRESHOLDS = 200
FEW_ANOMALIES = 5
# Of a few operations in float32.
ROUNDING = 1e-6


@dataclass(frozen=True)
class ThresholdChoice:
    """The threshold of a run.

    Attributes:
        value: Scores above it are flagged; None if there were no scores to choose it from.
        rule: How it was chosen: quantile or best_f1.
        quantile: Share of rows at or below it, if the rule is quantile.
        notes: What was unusual, as sentences for people.
    """

    value: float | None
    rule: ThresholdRule
    quantile: float | None = None
    notes: tuple[str, ...] = ()


def all_alike(scores: np.ndarray) -> bool:
    """Whether scores differ by no more than rounding, which depends on a row's place in its batch.

    Args:
        scores: Finite; float `(n,)`. No scores are not alike.
    """
    return len(scores) > 0 and bool(np.ptp(scores) <= ROUNDING * np.abs(scores).max())


def choose_threshold(
    scores: np.ndarray, is_anomalous: np.ndarray | None, rule: ThresholdRule, quantile: float
) -> ThresholdChoice:
    """Choose the threshold from validation rows.

    Args:
        scores: Higher is more anomalous; float `(n,)`. Those that are not finite are left out.
        is_anomalous: Whether each row is known to be an anomaly; bool `(n,)`, or None.
        rule: Quantile takes that of the scores, of normal rows only where they are known; best_f1
            the threshold with the highest F1, of several the highest one; auto takes best_f1 where
            rows of both kinds are there.
        quantile: Share of rows that shall not be flagged; above 0 and below 1. Also used where
            best_f1 was asked for and rows of only one kind are there.
    """
    is_usable = np.isfinite(scores)
    scores = scores[is_usable].astype(np.float64)
    labels = None if is_anomalous is None else is_anomalous[is_usable]
    has_both = labels is not None and bool(labels.any()) and not labels.all()
    notes: list[str] = []
    if rule is ThresholdRule.BEST_F1 and not has_both:
        notes.append(
            "The threshold is a quantile: the best F1 needs normal and anomalous validation rows."
        )
    if all_alike(scores):
        notes.append("All validation rows have the same score, so no threshold can part them.")
    if rule is not ThresholdRule.QUANTILE and has_both and labels is not None:
        if labels.sum() < FEW_ANOMALIES:
            notes.append(_FEW.format(count=_counted(int(labels.sum()))))
        return ThresholdChoice(_best_f1(scores, labels), ThresholdRule.BEST_F1, None, tuple(notes))
    ordinary = scores[~labels] if has_both and labels is not None else scores
    value = float(np.quantile(ordinary, quantile)) if len(ordinary) else None
    if value is None:
        notes.append("There is no threshold: no validation row has a score that is a number.")
    return ThresholdChoice(value, ThresholdRule.QUANTILE, quantile, tuple(notes))


_FEW = (
    "The threshold rests on {count} of the validation rows: a few more could move it far. Try "
    "others in the report, or choose the threshold rule quantile."
)


def _counted(num_anomalies: int) -> str:
    return "1 known anomaly" if num_anomalies == 1 else f"{num_anomalies} known anomalies"


def score_thresholds(
    scores: np.ndarray, is_anomalous: np.ndarray | None, thresholds: np.ndarray
) -> tuple[ThresholdScores, ...]:
    """What each threshold flags.

    Args:
        scores: Finite; float `(n,)`, n at least 1.
        is_anomalous: Bool `(n,)` with both kinds, or None where there are not.
        thresholds: Float `(k,)`.
    """
    num_flagged = _num_above(scores, thresholds)
    shares = num_flagged / len(scores)
    if is_anomalous is None:
        return tuple(
            ThresholdScores(threshold=float(threshold), flagged=float(share))
            for threshold, share in zip(thresholds, shares, strict=True)
        )
    num_positive = is_anomalous.sum()
    hits = _num_above(scores[is_anomalous], thresholds)
    return tuple(
        ThresholdScores(
            threshold=float(threshold),
            flagged=float(shares[index]),
            precision=float(hits[index] / max(1, num_flagged[index])),
            recall=float(hits[index] / num_positive),
            f1=float(2 * hits[index] / (num_flagged[index] + num_positive)),
        )
        for index, threshold in enumerate(thresholds)
    )


def threshold_grid(scores: np.ndarray, chosen: float) -> np.ndarray:
    """Thresholds to try by hand: finest where few rows are flagged.

    Args:
        scores: Finite; float `(n,)`, n at least 1.
        chosen: The run's threshold, which is one of them.

    Returns:
        Rising, float64, at most 200; one of them flags all rows and one flags none.
    """
    levels = np.unique(scores.astype(np.float64))[::-1]
    cuts = np.append(levels[0], _below(levels))
    places = np.arange(len(cuts))
    if len(cuts) >= MOST_THRESHOLDS:
        half = (MOST_THRESHOLDS - 1) // 2
        even = np.linspace(0, len(cuts) - 1, half)
        fine = np.geomspace(1, len(cuts) - 1, half)
        places = np.unique(np.concatenate([even, fine]).round().astype(np.int64))
    return np.unique(np.append(cuts[places], chosen))


def _best_f1(scores: np.ndarray, is_anomalous: np.ndarray) -> float:
    ranking = rank_rows(is_anomalous, scores)
    num_flagged = ranking.true_positives + ranking.false_positives
    f1 = 2 * ranking.true_positives / (num_flagged + is_anomalous.sum())
    return float(_below(ranking.thresholds)[f1.argmax()])


def _below(levels: np.ndarray) -> np.ndarray:
    """For falling scores the threshold that flags each and all higher ones, but no lower one."""
    last = levels[-1] - max(abs(levels[-1]) * 1e-6, 1e-30)
    lower = np.append(levels[1:], last)
    middle = lower + (levels - lower) / 2
    # Between neighbouring floats there is no middle.
    return np.where(middle < levels, middle, lower)


def _num_above(scores: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    ordered = np.sort(scores)
    return len(ordered) - np.searchsorted(ordered, thresholds, side="right")
