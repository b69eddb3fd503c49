"""Columns that are rebuilt or made up: as they are, unless somebody asks for random changes."""

from pydantic import Field

from dlstudio.spec.fields import form_hints
from dlstudio.spec.inputs.audio import AudioPreprocessing, LongSounds
from dlstudio.spec.inputs.image import AUGMENTATION, ImagePreprocessing


class UnchangedImagePreprocessing(ImagePreprocessing):
    """An image column; nothing is moved, since it would be learned as part of the images."""

    shift: float = Field(
        default=0.0,
        ge=0.0,
        le=0.5,
        title="Shift",
        description="Moves images at random by up to this share of their size. The network then "
        "learns that images are moved, and makes moved ones: more so the larger it is. Leave it "
        "off (0) unless your images are too few.",
        json_schema_extra=form_hints(AUGMENTATION),
    )
    rotation: float = Field(
        default=0.0,
        ge=0.0,
        le=180.0,
        title="Rotation",
        description="Turns images at random by up to this many degrees. The network then learns "
        "that images are turned, and makes turned ones: more so the larger it is. Leave it off "
        "(0) unless your images are too few.",
        json_schema_extra=form_hints(AUGMENTATION),
    )
    zoom: float = Field(
        default=0.0,
        ge=0.0,
        le=0.5,
        title="Zoom",
        description="Enlarges or shrinks images around their middle at random by up to this "
        "share. The network then makes larger and smaller ones: more so the larger it is. Leave "
        "it off (0) unless your images are too few.",
        json_schema_extra=form_hints(AUGMENTATION),
    )


class UnchangedAudioPreprocessing(AudioPreprocessing):
    """A sound column; nothing is moved or hidden, and what is rebuilt is always the beginning."""

    long_sounds: LongSounds = Field(
        default=LongSounds.BEGINNING,
        title="Longer sounds",
        description="Only the beginning of each sound is rebuilt or made up; what comes later is "
        "left out.",
        json_schema_extra=form_hints(advanced=True, offered=("beginning",)),
    )
    time_shift: float = Field(
        default=0.0,
        ge=0.0,
        le=0.5,
        title="Time shift",
        description="Moves sounds at random by up to this share of their length. The network then "
        "makes moved ones: more so the larger it is. Leave it off (0) unless your sounds are too "
        "few.",
        json_schema_extra=form_hints(AUGMENTATION),
    )
    time_mask: float = Field(
        default=0.0,
        ge=0.0,
        le=0.5,
        title="Time mask",
        description="Hides a random stretch of up to this share of the time, which is then "
        "learned as silence: more so the larger it is. Leave it off (0).",
        json_schema_extra=form_hints(AUGMENTATION),
    )
    frequency_mask: float = Field(
        default=0.0,
        ge=0.0,
        le=0.5,
        title="Pitch mask",
        description="Hides a random band of up to this share of the pitches, which is then "
        "learned as silence: more so the larger it is. Leave it off (0).",
        json_schema_extra=form_hints(AUGMENTATION),
    )
