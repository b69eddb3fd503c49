"""What a trained model achieves on each split, as numbers that pages and commands show."""

from dlstudio.reports.anomaly import AnomalyDetails
from dlstudio.reports.generation import Alarm, GenerationReport
from dlstudio.reports.reconstruction import CodesSample, ReconstructionDetails
from dlstudio.spec.frozen import Frozen


class Curve(Frozen):
    """A thinned curve: equally many x, y and, where they exist, threshold values."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    thresholds: tuple[float, ...] = ()
    area: float | None = None


class ClassReport(Frozen):
    """One class or label of a classification, on one split."""

    name: str
    precision: float
    recall: float
    f1: float
    num_rows: int


class ClassificationDetails(Frozen):
    """The details behind the metrics of a classification on one split.

    `confusion[i][j]` counts rows of class i that were predicted as class j, in the order of
    `class_names`; for multi-label tasks there is none.
    """

    class_names: tuple[str, ...]
    classes: tuple[ClassReport, ...]
    confusion: tuple[tuple[int, ...], ...] = ()
    roc: tuple[Curve, ...] = ()
    precision_recall: tuple[Curve, ...] = ()


class RegressionDetails(Frozen):
    """The details behind the metrics of one regression target on one split.

    `actual` and `predicted` are a fixed random sample of at most 2,000 rows in target units.
    """

    target: str
    actual: tuple[float, ...]
    predicted: tuple[float, ...]
    residual_edges: tuple[float, ...]
    residual_counts: tuple[int, ...]


class ForecastSample(Frozen):
    """Forecasts of one series that follow each other, beside what came.

    `times` are ISO 8601 or numbers as text; `actual` is None where nothing was measured; `starts`
    are the places at which a new forecast begins, made when all before it was known.
    """

    series: str
    times: tuple[str, ...]
    actual: tuple[float | None, ...]
    predicted: tuple[float, ...]
    starts: tuple[int, ...]


class ForecastDetails(Frozen):
    """The details behind the metrics of one forecast target on one split.

    `by_step` holds one value a step of the horizon by the metric's name; `num_origins` counts the
    forecasts that were made.
    """

    target: str
    num_origins: int
    by_step: dict[str, tuple[float, ...]]
    samples: tuple[ForecastSample, ...]


class SplitReport(Frozen):
    """Everything known about one split; a metric that is undefined is left out of `metrics`."""

    num_rows: int
    metrics: dict[str, float]
    classification: ClassificationDetails | None = None
    regression: tuple[RegressionDetails, ...] = ()
    forecast: tuple[ForecastDetails, ...] = ()
    reconstruction: ReconstructionDetails | None = None
    anomaly: AnomalyDetails | None = None
    notes: tuple[str, ...] = ()


class EvaluationReport(Frozen):
    """The report of a run: one entry a split, keyed "train", "validation" and "test".

    `codes` are some rows of all splits as a network that rebuilds its inputs describes them;
    `alarms` say what is wrong with those. What is wrong with samples stands in `generation`.
    """

    task: str
    splits: dict[str, SplitReport]
    codes: CodesSample | None = None
    generation: GenerationReport | None = None
    alarms: tuple[Alarm, ...] = ()

    @property
    def metrics(self) -> dict[str, dict[str, float]]:
        """Metrics by split and name."""
        return {name: split.metrics for name, split in self.splits.items()}
