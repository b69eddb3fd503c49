"""What the profile tells about columns of images, sounds, videos and sequences."""

from dlstudio.spec.frozen import Frozen


class Spread(Frozen):
    """Smallest, middle and largest value over the rows of a column."""

    min: float
    median: float
    max: float

    @property
    def is_constant(self) -> bool:
        """Whether all values are the same."""
        return self.min == self.max


class ImageSummary(Frozen):
    """The images of a column, in pixels as they are shown (after their rotation was applied).

    `num_channels` is what holds all of them: 1 if every image is grey, 4 if one is transparent,
    else 3. `formats` counts files, such as {"png": 120}. `bits` is 16 if an image has more than 8
    a pixel and channel that are read, else 8.
    """

    width: Spread
    height: Spread
    num_channels: int
    formats: dict[str, int] = {}
    bits: int = 8


class AudioSummary(Frozen):
    """The sounds of a column; durations in seconds, rates in samples a second."""

    duration_s: Spread
    sample_rate: Spread
    num_channels: Spread
    formats: dict[str, int] = {}


class VideoSummary(Frozen):
    """The videos of a column; durations in seconds, sizes in pixels."""

    duration_s: Spread
    frame_rate: Spread
    width: Spread
    height: Spread
    formats: dict[str, int] = {}


MediaSummary = ImageSummary | AudioSummary | VideoSummary
# The field of `ColumnInfo` that holds each.
MEDIA_FIELDS: dict[type[MediaSummary], str] = {
    ImageSummary: "image",
    AudioSummary: "audio",
    VideoSummary: "video",
}


class SequenceSummary(Frozen):
    """The sequences of a column; lengths in time steps.

    `channels` names the values of a time step. A sequence is stored as one flat list of float32,
    time step by time step, so that its length is the list's length divided by the channels. The
    amplitude of a sequence is the standard deviation of its readings.
    """

    channels: tuple[str, ...]
    length: Spread
    num_missing_values: int = 0
    amplitude: Spread | None = None
