"""How a video column becomes numbers: a few frames of one size."""

from pydantic import Field

from dlstudio.spec.fields import form_hints
from dlstudio.spec.inputs.image import AUGMENTATION, Flip, ImageChannels, ImageFit
from dlstudio.spec.media import VideoSummary
from dlstudio.spec.part import SpecPart

DEFAULT_SIDE = 64
MOST_FRAMES = 256


class VideoPreprocessing(SpecPart):
    """A video column."""

    num_frames: int = Field(
        default=16,
        ge=2,
        le=MOST_FRAMES,
        title="Frames",
        description="Frames of each video that the network sees. More follow quick movements and "
        "cost time and memory; too few miss them.",
    )
    frame_rate: float | None = Field(
        default=None,
        gt=0.0,
        le=120.0,
        title="Frame rate",
        description="Frames a second, from the beginning; short videos repeat their last frame. "
        "More follow quick movements and see less of a long video; fewer see more of it, "
        "coarsely. Automatic spreads the frames evenly over the whole video.",
    )
    width: int = Field(
        default=DEFAULT_SIDE,
        ge=8,
        le=512,
        title="Width",
        description="Pixels across that the network sees. More show finer detail and cost time "
        "and memory; too few blur what matters.",
    )
    height: int = Field(
        default=DEFAULT_SIDE,
        ge=8,
        le=512,
        title="Height",
        description="Pixels down that the network sees. More show finer detail and cost time and "
        "memory; too few blur what matters.",
    )
    fit: ImageFit = Field(
        default=ImageFit.CROP,
        title="Other shapes",
        description="Videos of another shape are cropped at the edges, padded with black, or "
        "stretched.",
    )
    channels: ImageChannels = Field(
        default=ImageChannels.COLOR,
        title="Colour",
        description="Choose grey if colour tells nothing: it is faster. Automatic takes colour.",
        json_schema_extra=form_hints(offered=("auto", "grey", "color")),
    )
    flip: Flip = Field(
        default=Flip.NONE,
        title="Flip",
        description="Also trains on mirrored videos. Horizontal swaps left and right and suits "
        "most scenes; vertical and both suit views from above. None where left and right differ, "
        "as in gestures and writing.",
        json_schema_extra=form_hints(AUGMENTATION),
    )
    brightness: float = Field(
        default=0.0,
        ge=0.0,
        le=0.8,
        title="Brightness",
        description="Makes videos lighter or darker at random by up to this share, as changing "
        "light does. 0.1 to 0.3 is usual; too much makes them white or black. 0 turns it off.",
        json_schema_extra=form_hints(AUGMENTATION),
    )

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Frames, height, width and channels of the network's input."""
        return (self.num_frames, self.height, self.width, self.channels.num_values or 3)


def resolve_video(settings: VideoPreprocessing, summary: VideoSummary | None) -> VideoPreprocessing:
    """Replace what is left to choose by what suits the videos.

    Args:
        settings: What was asked.
        summary: What the profile found; None if the column was never profiled.

    Returns:
        Settings whose channels are decided.
    """
    if settings.channels is ImageChannels.AUTO:
        return settings.model_copy(update={"channels": ImageChannels.COLOR})
    return settings
