"""How a column of sequences becomes numbers: one length for all, channels on a common scale."""

from enum import StrEnum

from pydantic import Field

from dlstudio.spec.fields import form_hints
from dlstudio.spec.frozen import Frozen
from dlstudio.spec.media import SequenceSummary

LONGEST_AUTOMATIC = 1_000
AUGMENTATION = "Augmentation"


class SequenceScaling(StrEnum):
    """How the values of a channel are brought to a common range."""

    STANDARD = "standard"
    MIN_MAX = "min_max"
    PER_SEQUENCE = "per_sequence"
    NONE = "none"


class SequencePreprocessing(Frozen):
    """A column of sequences, such as sensor readings over time."""

    length: int | None = Field(
        default=None,
        ge=1,
        le=100_000,
        title="Length",
        description="Time steps that the network sees. Shorter sequences are filled up in front, "
        "of longer ones the last steps are taken. Empty takes the longest, up to 1,000.",
    )
    scaling: SequenceScaling = Field(
        default=SequenceScaling.STANDARD,
        title="Scaling",
        description="Standard and min_max scale each channel by all training rows; per_sequence "
        "scales each sequence by itself, for when only its shape matters.",
    )
    differencing: bool = Field(
        default=False,
        title="Differences",
        description="Feeds the change from step to step instead of the values, for series that "
        "drift.",
    )
    noise: float = Field(
        default=0.0,
        ge=0.0,
        le=1.0,
        title="Noise",
        description="Strength of random noise added while training, in standard deviations. 0.02 "
        "to 0.1 is usual.",
        json_schema_extra=form_hints(AUGMENTATION),
    )
    time_shift: float = Field(
        default=0.0,
        ge=0.0,
        le=0.5,
        title="Time shift",
        description="Moves sequences at random by up to this share of their length.",
        json_schema_extra=form_hints(AUGMENTATION),
    )


def resolve_sequence(
    settings: SequencePreprocessing, summary: SequenceSummary | None
) -> SequencePreprocessing:
    """Replace an empty length by what suits the sequences.

    Args:
        settings: What was asked.
        summary: What the profile found; None if the column was never profiled.
    """
    if settings.length is not None:
        return settings
    longest = int(summary.length.max) if summary else 1
    return settings.model_copy(update={"length": max(1, min(LONGEST_AUTOMATIC, longest))})
