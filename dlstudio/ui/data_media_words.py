"""The images, sounds, videos or sequences of a column in words: sizes, formats, durations."""

from collections.abc import Mapping

from dlstudio.spec.dataset import ColumnInfo, ColumnKind
from dlstudio.spec.media import AudioSummary, ImageSummary, SequenceSummary, Spread, VideoSummary
from dlstudio.ui.formats import count, duration, escape_markdown, number

FILE_KINDS = (ColumnKind.IMAGE, ColumnKind.AUDIO, ColumnKind.VIDEO)
FIXED_KINDS = (*FILE_KINDS, ColumnKind.SEQUENCE)
"""Kinds that follow from what was read; no other kind can be made of them, or become one."""

MOST_CHANNELS_NAMED = 12
_COLORS = {1: "grey", 3: "colour", 4: "colour with transparency"}
_SOUND_CHANNELS = {1.0: "one channel (mono)", 2.0: "two channels (stereo)"}


def media_lines(column: ColumnInfo) -> list[str]:
    """Describe what a column holds, one fact a line, as Markdown; empty for other kinds.

    Args:
        column: The column.
    """
    lines: list[str] = []
    if column.image is not None:
        lines = _image_lines(column.image)
    elif column.audio is not None:
        lines = _audio_lines(column.audio)
    elif column.video is not None:
        lines = _video_lines(column.video)
    elif column.sequence is not None:
        lines = _sequence_lines(column.sequence)
    return [line for line in lines if line]


def media_example(column: ColumnInfo) -> str:
    """Describe what a column holds in a few words for a table; empty for other kinds."""
    lines = media_lines(column)
    return lines[0].replace("\\", "") if lines else ""


def file_name(path: object) -> str | None:
    """The name of a stored file without the dataset's own folder; None for a missing one."""
    return None if path is None else str(path).removeprefix("files/")


def _image_lines(images: ImageSummary) -> list[str]:
    lines = [f"{_spread(images.width)} by {_spread(images.height)} pixels"]
    if not (images.width.is_constant and images.height.is_constant):
        lines.append(
            f"{number(images.width.median)} by {number(images.height.median)} pixels in the "
            "middle; a network sees all in one size, chosen on Design under Columns"
        )
    colors = _COLORS.get(images.num_channels, "colour")
    depth = f", {images.bits} bits a pixel" if images.bits > 8 else ""
    return [*lines, f"{colors}{depth}", _formats(images.formats)]


def _audio_lines(sounds: AudioSummary) -> list[str]:
    channels = _SOUND_CHANNELS.get(sounds.num_channels.min, "several channels")
    if not sounds.num_channels.is_constant:
        channels = f"{_spread(sounds.num_channels)} channels"
    return [
        f"{_durations(sounds.duration_s)} long",
        f"{_spread(sounds.sample_rate)} samples a second",
        f"{channels}; a network hears them mixed to one",
        _formats(sounds.formats),
    ]


def _video_lines(videos: VideoSummary) -> list[str]:
    return [
        f"{_durations(videos.duration_s)} long",
        f"{_spread(videos.frame_rate)} frames a second",
        f"{_spread(videos.width)} by {_spread(videos.height)} pixels",
        _formats(videos.formats),
    ]


def _sequence_lines(sequences: SequenceSummary) -> list[str]:
    names = sequences.channels[:MOST_CHANNELS_NAMED]
    more = len(sequences.channels) - len(names)
    named = ", ".join(escape_markdown(name) for name in names) + (f" and {more} more" * bool(more))
    lines = [
        f"{_spread(sequences.length)} time steps of {count(len(sequences.channels), 'channel')}",
        f"channels: {named}",
    ]
    if sequences.num_missing_values:
        lines.append(f"{count(sequences.num_missing_values, 'reading')} missing inside them")
    return lines


def _spread(spread: Spread) -> str:
    if spread.is_constant:
        return number(spread.min)
    return f"{number(spread.min)} to {number(spread.max)}"


def _durations(spread: Spread) -> str:
    if spread.is_constant:
        return _seconds(spread.min)
    middle = _seconds(spread.median)
    return f"{_seconds(spread.min)} to {_seconds(spread.max)} ({middle} in the middle)"


def _seconds(seconds: float) -> str:
    return duration(seconds) if seconds >= 10 else f"{number(seconds, 2)} s"


def _formats(formats: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {name.upper()}" for name, number in formats.items())
