"""Videos: checked, described and decoded, by the one decoder of ingest and training."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dlstudio.data.media import opencv
from dlstudio.data.media.errors import UnreadableMedia
from dlstudio.data.media.spreads import spread
from dlstudio.data.media.video_file import (
    MOST_DECODED_FRAMES,
    NO_FRAMES_FIX,
    Video,
    open_video,
)
from dlstudio.spec.dataset import QualityWarning
from dlstudio.spec.inputs.image import ImageChannels, ImageFit
from dlstudio.spec.inputs.video import VideoPreprocessing
from dlstudio.spec.media import VideoSummary

VIDEO_EXTENSIONS = frozenset({".mp4", ".m4v", ".mov", ".qt", ".avi", ".gif", ".webm", ".mkv"})
# Of long videos only these many frames are decoded to check them.
NUM_CHECKED = 16
STILL_VIDEOS = "still-videos"


@dataclass(frozen=True, slots=True)
class VideoProbe:
    """What one video is.

    Attributes:
        duration_s: Its length in seconds.
        frame_rate: Frames a second.
        width: Pixels across, as shown.
        height: Pixels down, as shown.
        num_frames: Frames that can be decoded; of a long video, as its header says.
        format: Such as "mp4"; its content's, whatever its name says.
    """

    duration_s: float
    frame_rate: float
    width: int
    height: int
    num_frames: int
    format: str


def probe_video(path: Path) -> VideoProbe:
    """Check a video by decoding all of it, or frames from all over it if it is long.

    Args:
        path: The file.

    Raises:
        UnreadableMedia: It is no video, damaged, cut off, without frames or too large.
    """
    with open_video(path) as video:
        reason = video.missing_end()
        if reason:
            raise UnreadableMedia(reason, path)
        first = next(video.frames([0]), None)
        if first is None:
            raise UnreadableMedia("holds no frame that can be decoded", path, NO_FRAMES_FIX)
        if video.num_frames > MOST_DECODED_FRAMES:
            _evenly(path, video, NUM_CHECKED, (8, 8, ImageFit.STRETCH))
        height, width, _ = first.shape
        return VideoProbe(
            duration_s=video.duration_s,
            frame_rate=video.frame_rate,
            width=width,
            height=height,
            num_frames=video.num_frames,
            format=video.format,
        )


def video_length(path: Path) -> float:
    """Read how long a video is.

    Args:
        path: The file.

    Returns:
        Seconds, as its header says; 0 if it cannot be read, which decoding tells.
    """
    try:
        with open_video(path) as video:
            return video.duration_s
    except (UnreadableMedia, OSError):
        return 0.0


def decode_video(path: Path, settings: VideoPreprocessing) -> np.ndarray:
    """Decode some frames of a video to the size and channels that a network sees.

    Args:
        path: The file.
        settings: Resolved: the channels are decided.

    Returns:
        uint8 `(num_frames, height, width, channels)`. Frames stand in the middle of equal parts of
        the video, or follow each other at the settings' rate; a video with too few repeats some.

    Raises:
        UnreadableMedia: It is no video, damaged, without frames or too large.
    """
    size = (settings.height, settings.width, settings.fit)
    with open_video(path) as video:
        if settings.frame_rate is None:
            frames = _evenly(path, video, settings.num_frames, size)
        else:
            step = video.frame_rate / settings.frame_rate
            places = [round(number * step) for number in range(settings.num_frames)]
            frames = _fitted(video, places, size)
            if not frames:
                raise UnreadableMedia("holds no frame that can be decoded", path, NO_FRAMES_FIX)
            frames += [frames[-1]] * (settings.num_frames - len(frames))
    return np.stack([_to_channels(frame, settings.channels) for frame in frames])


def warn_videos(column: str, probes: Mapping[str, VideoProbe]) -> Iterator[QualityWarning]:
    """Tell which videos among others are still pictures.

    Args:
        column: The column of the videos.
        probes: What was found in each, by its name.
    """
    stills = [name for name, probe in probes.items() if probe.num_frames == 1]
    if not stills:
        return
    subject, verb = ("file", "holds") if len(stills) == 1 else ("files", "hold")
    fix = "Remove them if they are no videos."
    if stills[0].lower().endswith(".gif"):
        fix = f"Choose image under Kind of files (file_kind=image) if pictures are the data. {fix}"
    yield QualityWarning(
        code=STILL_VIDEOS,
        where=column,
        problem=f"{len(stills):,} {subject} of {len(probes):,} {verb} a single frame and nothing "
        f"that moves, the first is {stills[0]!r}; they are read as videos like the others.",
        fix=fix,
    )


def summarize_videos(probes: Sequence[VideoProbe]) -> VideoSummary:
    """Describe the videos of a column.

    Args:
        probes: At least one.
    """
    return VideoSummary(
        duration_s=spread([probe.duration_s for probe in probes]),
        frame_rate=spread([probe.frame_rate for probe in probes]),
        width=spread([probe.width for probe in probes]),
        height=spread([probe.height for probe in probes]),
        formats=dict(Counter(probe.format for probe in probes).most_common()),
    )


Size = tuple[int, int, ImageFit]


def _evenly(path: Path, video: Video, count: int, size: Size) -> list[np.ndarray]:
    """Frames from the middle of equal parts; a header that promises too many is corrected."""
    num_frames = video.num_frames
    frames = _fitted(video, _middles(num_frames, count), size)
    if len(frames) < count:
        num_frames = video.count()
        if not num_frames:
            raise UnreadableMedia("holds no frame that can be decoded", path, NO_FRAMES_FIX)
        frames = _fitted(video, _middles(num_frames, count), size)
    if len(frames) < count:
        raise UnreadableMedia("is damaged or cut off", path)
    return frames


def _middles(num_frames: int, count: int) -> list[int]:
    return [(2 * number + 1) * num_frames // (2 * count) for number in range(count)]


def _fitted(video: Video, places: Sequence[int], size: Size) -> list[np.ndarray]:
    """Frames of one size, in the order of `places`, which may repeat; fewer if the video ends."""
    different = sorted(set(places))
    found = {
        place: _fit(frame, *size)
        for place, frame in zip(different, video.frames(different), strict=False)
    }
    return [found[place] for place in places if place in found]


def _fit(frame: np.ndarray, height: int, width: int, fit: ImageFit) -> np.ndarray:
    """Bring a frame to a size, averaging over what becomes one pixel."""
    old_height, old_width, _ = frame.shape
    if fit is ImageFit.STRETCH:
        return _resize(frame, height, width)
    if fit is ImageFit.CROP:
        share = min(old_height / height, old_width / width)
        rows, columns = max(1, round(height * share)), max(1, round(width * share))
        top, left = (old_height - rows) // 2, (old_width - columns) // 2
        return _resize(frame[top : top + rows, left : left + columns], height, width)
    share = min(height / old_height, width / old_width)
    inner = _resize(frame, max(1, round(old_height * share)), max(1, round(old_width * share)))
    rows, columns, _ = inner.shape
    padded = np.zeros((height, width, 3), "uint8")
    top, left = (height - rows) // 2, (width - columns) // 2
    padded[top : top + rows, left : left + columns] = inner
    return padded


def _resize(frame: np.ndarray, height: int, width: int) -> np.ndarray:
    is_smaller = height * width < frame.shape[0] * frame.shape[1]
    method = opencv.cv2.INTER_AREA if is_smaller else opencv.cv2.INTER_LINEAR
    return opencv.cv2.resize(np.ascontiguousarray(frame), (width, height), interpolation=method)


def _to_channels(frame: np.ndarray, channels: ImageChannels) -> np.ndarray:
    if channels is ImageChannels.GREY:
        return opencv.cv2.cvtColor(frame, opencv.cv2.COLOR_RGB2GRAY)[:, :, None]
    if channels is ImageChannels.COLOR_ALPHA:
        return opencv.cv2.cvtColor(frame, opencv.cv2.COLOR_RGB2RGBA)
    return frame
