"""How a datetime column becomes numbers."""

from pydantic import Field

from dlstudio.spec.part import SpecPart


class DatetimePreprocessing(SpecPart):
    """A datetime column."""

    cyclic_parts: bool = Field(
        default=True,
        title="Cyclic parts",
        description="Feeds hour, weekday, day of month and month as positions on a circle, so "
        "that December is next to January. Turn off if the calendar plays no part.",
    )
    trend: bool = Field(
        default=True,
        title="Trend",
        description="Also feeds the time itself, so that slow changes can be learned. Turn off if "
        "predictions lie far in the future.",
    )
