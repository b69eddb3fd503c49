"""What the network should learn: which columns go in and which come out."""

from enum import StrEnum
from typing import Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from dlstudio.spec.fields import form_hints
from dlstudio.spec.part import SpecPart


class TaskKind(StrEnum):
    """What kind of answer is asked for."""

    CLASSIFICATION = "classification"
    REGRESSION = "regression"
    FORECASTING = "forecasting"
    REDUCTION = "dimensionality_reduction"
    ANOMALY = "anomaly_detection"
    GENERATION = "generation"

    @property
    def is_unsupervised(self) -> bool:
        """Whether the inputs themselves are what is learned; a target is then only a help."""
        return self in (TaskKind.REDUCTION, TaskKind.ANOMALY, TaskKind.GENERATION)


class ThresholdRule(StrEnum):
    """How the score is chosen from which a row counts as an anomaly."""

    AUTO = "auto"
    QUANTILE = "quantile"
    BEST_F1 = "best_f1"


class EmptyCells(StrEnum):
    """What a cell says in which labels could be listed and are not."""

    UNKNOWN = "unknown"  # nobody wrote the labels down; the row has no part in the run
    NO_LABEL = "no_label"  # none of the labels applies; the row trains like any other


ANOMALY_ONLY = form_hints("Anomalies", shown_if={"kind": ("anomaly_detection",)})
FORECAST_ONLY = form_hints("Forecast", shown_if={"kind": ("forecasting",)})
ADVANCED_FORECAST = form_hints("Forecast", advanced=True, shown_if={"kind": ("forecasting",)})


class TaskSpec(SpecPart):
    """The task of a run."""

    kind: TaskKind = Field(
        title="Task",
        description="Classification predicts a class, such as yes or no. Regression predicts a "
        "number, such as a price. Forecasting continues a series of numbers over time. "
        "Dimensionality reduction describes each row by a few numbers. Anomaly detection finds "
        "rows that are unlike the others. Generation makes new examples like those in the data.",
    )
    inputs: tuple[str, ...] = Field(
        title="Inputs",
        description="Columns the network may look at. Leave out what you would not know when you "
        "predict. A forecast always sees the past of its targets; inputs are further columns whose "
        "past it sees.",
    )
    targets: tuple[str, ...] = Field(
        title="Target",
        description="The column to predict. With several yes/no columns a classification predicts "
        "each of them (multi-label); "
        "with several number columns a regression or forecast predicts all at once. Dimensionality "
        "reduction, anomaly detection and generation need none: a column with classes only helps "
        "to judge them, says which rows are anomalies, or which kind of example to make.",
    )
    label_separator: str | None = Field(
        default=None,
        title="Label separator",
        description="Set this if one target cell lists several labels, such as 'red|round'. Each "
        "label is then predicted on its own. A cell that holds [] says that no label applies.",
    )
    empty_cells: EmptyCells = Field(
        default=EmptyCells.UNKNOWN,
        title="An empty cell means",
        description="Only where cells list several labels. Unknown: nobody wrote down which labels "
        "apply, so the row is left out. No label: none of them applies, and the network learns "
        "that too.",
    )

    time: str | None = Field(
        default=None,
        title="Time",
        description="The column that says when each row was measured: dates, or numbers that count "
        "up.",
        json_schema_extra=FORECAST_ONLY,
    )
    series: str | None = Field(
        default=None,
        title="Series",
        description="The column that tells several series apart, such as the shop. Empty if the "
        "table holds one series.",
        json_schema_extra=FORECAST_ONLY,
    )
    known: tuple[str, ...] = Field(
        default=(),
        title="Known in advance",
        description="Columns whose values are known for the time that is forecast, such as "
        "holidays or prices. A forecast needs them for its whole horizon.",
        json_schema_extra=FORECAST_ONLY,
    )
    horizon: int = Field(
        default=12,
        ge=1,
        le=1_000,
        title="Horizon",
        description="Steps of time to forecast. A longer one is harder and needs more rows; a "
        "shorter one is more exact and ends sooner.",
        json_schema_extra=FORECAST_ONLY,
    )
    window: int | None = Field(
        default=None,
        ge=1,
        le=10_000,
        title="Window",
        description="Steps of the past that the network sees. Should cover one or two rounds of "
        "what repeats, such as 24 months. Too short misses what repeats; too long leaves few "
        "windows to learn from. Automatic chooses by the steps and the length of the series.",
        json_schema_extra=FORECAST_ONLY,
    )
    season: int | None = Field(
        default=None,
        ge=1,
        le=10_000,
        title="Season",
        description="Steps after which the series repeats itself, such as 12 months. The network "
        "corrects what it was one season ago; a season that is longer or shorter than the true "
        "one gives it a poor start. Automatic takes what the time between rows suggests.",
        json_schema_extra=ADVANCED_FORECAST,
    )
    calendar: bool = Field(
        default=True,
        title="Calendar",
        description="Tells the network the time of day, the weekday and the time of year of what "
        "it forecasts, where the series is long enough to learn from them.",
        json_schema_extra=FORECAST_ONLY,
    )

    anomalies: tuple[str, ...] = Field(
        default=(),
        title="Anomalous values",
        description="Which values of the target mean that a row is an anomaly. Empty takes the "
        "rarest one.",
        json_schema_extra=ANOMALY_ONLY,
    )
    normal_only: bool = Field(
        default=True,
        title="Learn from normal rows only",
        description="Leaves known anomalies out of training, so that the network never learns "
        "what they look like. Without a target it learns from all rows.",
        json_schema_extra=ANOMALY_ONLY,
    )
    threshold_rule: ThresholdRule = Field(
        default=ThresholdRule.AUTO,
        title="Threshold",
        description="From which score a row counts as an anomaly. Quantile flags a set share of "
        "ordinary rows; best F1 takes what separates known anomalies best in the validation rows. "
        "Automatic takes best F1 where anomalies are known, else quantile.",
        json_schema_extra=ANOMALY_ONLY,
    )
    threshold_quantile: float = Field(
        default=0.99,
        gt=0.0,
        lt=1.0,
        title="Quantile",
        description="Share of the validation rows that are not flagged. 0.99 flags one in a "
        "hundred. Higher misses more anomalies; lower raises more false alarms.",
        json_schema_extra=ANOMALY_ONLY,
    )

    @property
    def is_multi_label(self) -> bool:
        """Whether each row may hold several labels at once."""
        is_classification = self.kind is TaskKind.CLASSIFICATION
        return is_classification and (len(self.targets) > 1 or self.label_separator is not None)

    @property
    def label(self) -> str | None:
        """The column that helps to judge a task without a target to predict, if there is one."""
        return self.targets[0] if self.kind.is_unsupervised and self.targets else None

    @model_serializer(mode="wrap")
    def _without_foreign_fields(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what only other tasks need, unless it was set."""
        fields = write(self)
        defaults = type(self).model_fields
        for name in _foreign_fields(self):
            if name in fields and getattr(self, name) == defaults[name].default:
                del fields[name]
        return fields


_FORECAST_FIELDS = ("time", "series", "known", "horizon", "window", "season", "calendar")
_ANOMALY_FIELDS = ("anomalies", "normal_only", "threshold_rule", "threshold_quantile")


def _foreign_fields(task: TaskSpec) -> tuple[str, ...]:
    """The fields that mean nothing to a task."""
    kind = task.kind
    foreign: tuple[str, ...] = () if task.label_separator else ("empty_cells",)
    if kind is TaskKind.FORECASTING or kind.is_unsupervised:
        foreign += ("label_separator",)
    if kind is not TaskKind.FORECASTING:
        foreign += _FORECAST_FIELDS
    if kind is not TaskKind.ANOMALY:
        foreign += _ANOMALY_FIELDS
    return foreign
