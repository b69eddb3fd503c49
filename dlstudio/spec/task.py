"""What the network should learn: which columns go in and which come out."""

from enum import StrEnum
from typing import Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from dlstudio.spec.fields import form_hints
from dlstudio.spec.frozen import Frozen


class TaskKind(StrEnum):
    """What kind of answer is asked for."""

    CLASSIFICATION = "classification"
    REGRESSION = "regression"
    FORECASTING = "forecasting"


FORECAST_ONLY = form_hints("Forecast", shown_if={"kind": ("forecasting",)})
ADVANCED_FORECAST = form_hints("Forecast", advanced=True, shown_if={"kind": ("forecasting",)})


class TaskSpec(Frozen):
    """The task of a run."""

    kind: TaskKind = Field(
        title="Task",
        description="Classification predicts a class, such as yes or no. Regression predicts a "
        "number, such as a price. Forecasting continues a series of numbers over time.",
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
        "with several number columns a regression or forecast predicts all at once.",
    )
    label_separator: str | None = Field(
        default=None,
        title="Label separator",
        description="Set this if one target cell lists several labels, such as 'red|round'. Each "
        "label is then predicted on its own.",
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
        description="Steps of time to forecast. A longer one is harder and needs more rows.",
        json_schema_extra=FORECAST_ONLY,
    )
    window: int | None = Field(
        default=None,
        ge=1,
        le=10_000,
        title="Window",
        description="Steps of the past that the network sees. Should cover one or two rounds of "
        "what repeats, such as 24 months. Empty chooses by the steps and the length of the series.",
        json_schema_extra=FORECAST_ONLY,
    )
    season: int | None = Field(
        default=None,
        ge=1,
        le=10_000,
        title="Season",
        description="Steps after which the series repeats itself, such as 12 months. The network "
        "corrects what it was one season ago. Empty takes what the time between rows suggests.",
        json_schema_extra=ADVANCED_FORECAST,
    )
    calendar: bool = Field(
        default=True,
        title="Calendar",
        description="Tells the network the time of day, the weekday and the time of year of what "
        "it forecasts, where the series is long enough to learn from them.",
        json_schema_extra=FORECAST_ONLY,
    )

    @property
    def is_multi_label(self) -> bool:
        """Whether each row may hold several labels at once."""
        is_classification = self.kind is TaskKind.CLASSIFICATION
        return is_classification and (len(self.targets) > 1 or self.label_separator is not None)

    @model_serializer(mode="wrap")
    def _without_foreign_fields(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what only a forecast needs, and a forecast cannot have."""
        fields = write(self)
        is_forecast = self.kind is TaskKind.FORECASTING
        foreign = ("label_separator",) if is_forecast else _FORECAST_FIELDS
        defaults = type(self).model_fields
        for name in foreign:
            if name in fields and getattr(self, name) == defaults[name].default:
                del fields[name]
        return fields


_FORECAST_FIELDS = ("time", "series", "known", "horizon", "window", "season", "calendar")
