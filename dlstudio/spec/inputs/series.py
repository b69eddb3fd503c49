"""How a column of a time series becomes numbers for a forecast."""

from enum import StrEnum

from pydantic import Field

from dlstudio.spec.part import SpecPart


class SeriesScaling(StrEnum):
    """What the values of a window are measured against."""

    AUTO = "auto"
    WINDOW = "window"
    TRAINING = "training"
    NONE = "none"


class SeriesPreprocessing(SpecPart):
    """A number column of a forecast: a target, an input or what is known in advance."""

    scaling: SeriesScaling = Field(
        default=SeriesScaling.AUTO,
        title="Scaling",
        description="Window measures each window by its own level and spread, so that one network "
        "serves series of any size and follows their trend; training uses those of all training "
        "rows. None leaves the values as they are. Automatic takes window for targets and "
        "training for other columns.",
    )
    differencing: bool = Field(
        default=False,
        title="Differences",
        description="Feeds the change from step to step instead of the values, for series that "
        "drift.",
    )


class SeriesCategoryPreprocessing(SpecPart):
    """A category column of a forecast; each of its values becomes a number of its own."""

    max_categories: int = Field(
        default=20,
        ge=1,
        le=200,
        title="Most categories",
        description="The most frequent values are told apart; rarer and new ones count as other. "
        "More include values too rare to learn from; fewer lump more together.",
    )


def resolve_series(settings: SeriesPreprocessing, *, is_target: bool) -> SeriesPreprocessing:
    """Replace the automatic scaling by what it stands for.

    Args:
        settings: What was asked.
        is_target: Whether the column is forecast.
    """
    if settings.scaling is not SeriesScaling.AUTO:
        return settings
    scaling = SeriesScaling.WINDOW if is_target else SeriesScaling.TRAINING
    return settings.model_copy(update={"scaling": scaling})
