"""Whether a threshold flags nearly all rows that are no anomalies, and so says nothing."""

import numpy as np

from dlstudio.reports.generation import Alarm
from dlstudio.spec.task import ThresholdRule

NEARLY_ALL = 0.8
FEWEST_ROWS = 5
NEARLY_ALL_FLAGGED = "nearly_all_flagged"


def nearly_all_flagged(
    scores: np.ndarray, is_anomalous: np.ndarray | None, threshold: float, rule: ThresholdRule
) -> tuple[Alarm, ...]:
    """Look at the rows that ought not to be flagged.

    Flagging every row has a recall of 1, and so, where a share p of the rows are anomalies, an F1
    of 2p / (1 + p): 0.67 for one half, which a threshold that misses some can hardly reach.

    Args:
        scores: Finite; float `(n,)`.
        is_anomalous: Whether each row is known to be an anomaly; None where nobody knows, where all
            rows count as normal.
        threshold: Scores above it are flagged.
        rule: How it was chosen; auto where that is not known.

    Returns:
        One alarm if four in five of at least five such rows are flagged, else none.
    """
    ordinary = scores if is_anomalous is None else scores[~is_anomalous]
    flagged = float((ordinary > threshold).mean()) if len(ordinary) >= FEWEST_ROWS else 0.0
    if flagged < NEARLY_ALL:
        return ()
    which = "rows" if is_anomalous is None else "normal rows"
    share = f"{100 * flagged:.0f} % of the {which}"
    problem = f"The threshold flags {share}, so a flag says next to nothing."
    fix = _FIXES[rule]
    if is_anomalous is not None and len(scores):
        fix = fix.format(share=f"{100 * is_anomalous.mean():.0f} %")
    return (Alarm(code=NEARLY_ALL_FLAGGED, problem=problem, fix=fix),)


_BEST_F1 = (
    "Set the threshold rule to Quantile on the Design page and train again, or train on rows with "
    "far fewer anomalies. The best F1 is often reached by flagging every row where about half of "
    "the rows are anomalies (here {share})."
)
_QUANTILE = (
    "Check that these rows are like the validation rows, which the threshold was chosen from; if "
    "they are, raise the quantile on the Design page and train again."
)
_FIXES = {
    ThresholdRule.BEST_F1: _BEST_F1,
    ThresholdRule.QUANTILE: _QUANTILE,
    ThresholdRule.AUTO: "Check that these rows are like those it was trained on. If they are, set "
    "the threshold rule to Quantile on the Design page and train again.",
}
