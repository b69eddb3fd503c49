"""How rows are divided into training, validation and test."""

from enum import StrEnum

from pydantic import Field

from dlstudio.spec.fields import form_hints
from dlstudio.spec.part import SpecPart


class SplitMethod(StrEnum):
    """How rows are assigned to splits."""

    RANDOM = "random"
    STRATIFIED = "stratified"
    GROUP = "group"
    TIME = "time"
    GIVEN = "given"


class SplitSpec(SpecPart):
    """The division of the rows."""

    method: SplitMethod = Field(
        default=SplitMethod.RANDOM,
        title="Split method",
        description="Random draws rows by chance. Stratified keeps the share of each class or "
        "label equal in all parts. Group keeps rows of one person or device together. Time trains "
        "on the past and tests on the future. Given uses a column that says train, validation or "
        "test. Rows with equal files (images, sounds, videos) always stay together at random, "
        "stratified and by group.",
    )
    fractions: tuple[float, float, float] = Field(
        default=(0.7, 0.15, 0.15),
        title="Train, validation, test",
        description="Shares of the rows. Training rows teach the network, validation rows choose "
        "the best epoch, test rows judge the result once. "
        "More test rows make the final score more certain; more training rows make the network "
        "better.",
    )
    column: str | None = Field(
        default=None,
        title="Split column",
        description="The column that holds the group, the time or the name of the part. Only for "
        "the methods group, time and given.",
        json_schema_extra=form_hints(shown_if={"method": ("group", "time", "given")}),
    )
    seed: int = Field(
        default=7,
        ge=0,
        le=2**31 - 1,
        title="Split seed",
        description="Which of many random splits is taken: the same seed gives the same split. "
        "Keep it when you compare runs; no seed is better than another.",
    )
