"""How well anomaly scores part rows, at one threshold and at all others.

A row is flagged if its score is above the threshold.
"""

from enum import StrEnum

from dlstudio.reports.generation import Alarm
from dlstudio.spec.frozen import Frozen
from dlstudio.spec.task import ThresholdRule

ISOLATION_FOREST = "isolation_forest"
PCA = "pca"


class ScoreGroup(StrEnum):
    """Whose scores are counted."""

    ALL = "all"
    NORMAL = "normal"
    ANOMALOUS = "anomalous"


class ScoreCounts(Frozen):
    """The scores of one group, counted between the edges that all groups share."""

    group: ScoreGroup
    counts: tuple[int, ...]


class ThresholdScores(Frozen):
    """What a threshold does on one split; the last three exist where normal and anomalous rows do.

    `flagged` is the share of rows above it. Where nothing is flagged, `precision` counts as 0.
    """

    threshold: float
    flagged: float
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None


class Standing(StrEnum):
    """How another method ranks rows, beside the network."""

    BETTER = "better"
    WORSE = "worse"
    CANNOT_TELL = "cannot tell"


class RivalScores(Frozen):
    """How another method ranks the same rows; None where the areas are not defined.

    `ahead_low` and `ahead_high` hold, in 95 of 100 cases, by how much the network's ROC AUC is
    ahead of this one's; None where the rows are too few to tell.
    """

    name: str
    roc_auc: float | None
    pr_auc: float | None
    ahead_low: float | None = None
    ahead_high: float | None = None

    @property
    def standing(self) -> Standing:
        """Whether this method ranks the rows better or worse than the network, beyond chance."""
        if self.ahead_high is not None and self.ahead_high < 0.0:
            return Standing.BETTER
        if self.ahead_low is not None and self.ahead_low > 0.0:
            return Standing.WORSE
        return Standing.CANNOT_TELL


class Blame(Frozen):
    """The share of a row's squared error that one column causes; in [0, 1]."""

    column: str
    share: float


class AnomalousRow(Frozen):
    """A row of the dataset with a high score; `is_anomalous` is None where nobody knows."""

    row: int
    score: float
    is_flagged: bool
    is_anomalous: bool | None = None
    blames: tuple[Blame, ...] = ()


class AnomalyDetails(Frozen):
    """The details behind the metrics of anomaly scores on one split.

    `edges` are shared by the `histograms` of all groups; `is_log` says that they are equally far
    apart in their logarithm. The threshold comes from validation rows by `rule`, never "auto";
    `quantile` is set if the rule is. `threshold_table` rises in the threshold, has at most 200
    entries, the chosen one among them. `most_anomalous` has the highest score first. `alarms` say
    what is wrong with the threshold here.
    """

    edges: tuple[float, ...]
    is_log: bool
    histograms: tuple[ScoreCounts, ...]
    rule: ThresholdRule
    quantile: float | None
    chosen: ThresholdScores
    threshold_table: tuple[ThresholdScores, ...]
    rivals: tuple[RivalScores, ...]
    most_anomalous: tuple[AnomalousRow, ...]
    alarms: tuple[Alarm, ...] = ()
