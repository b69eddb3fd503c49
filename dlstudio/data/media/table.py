"""Every kind of media: how its files are told, checked, described and decoded."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dlstudio.data.media.audio import (
    AUDIO_EXTENSIONS,
    decode_audio,
    probe_audio,
    summarize_audio,
    warn_audio,
)
from dlstudio.data.media.images import (
    IMAGE_EXTENSIONS,
    decode_image,
    probe_image,
    summarize_images,
    warn_images,
)
from dlstudio.data.media.video import (
    VIDEO_EXTENSIONS,
    decode_video,
    probe_video,
    summarize_videos,
    warn_videos,
)
from dlstudio.spec.dataset import ColumnKind, QualityWarning


def _no_warnings(_column: str, _probes: Mapping[str, Any]) -> tuple[QualityWarning, ...]:
    return ()


@dataclass(frozen=True)
class MediaKind:
    """What can be done with the files of a kind.

    A probe is a small record of one file; only `summarize` of the same kind looks into it.

    Attributes:
        noun: What one file is called, for messages.
        extensions: Endings of names, in lower case with their dot.
        probe: Decodes a whole file to check it; raises `UnreadableMedia`.
        summarize: Turns the probes of a column, at least one, into its summary in `ColumnInfo`.
        decode: Decodes a file as its resolved settings ask, for a network.
        warn: Says which files can be decoded but tell little, from the column's name and the
            probes by file name.
    """

    noun: str
    extensions: frozenset[str]
    probe: Callable[[Path], Any]
    summarize: Callable[[list[Any]], Any]
    decode: Callable[[Path, Any], np.ndarray]
    warn: Callable[[str, Mapping[str, Any]], Iterable[QualityWarning]] = _no_warnings


MEDIA: dict[ColumnKind, MediaKind] = {
    ColumnKind.IMAGE: MediaKind(
        "image", IMAGE_EXTENSIONS, probe_image, summarize_images, decode_image, warn_images
    ),
    ColumnKind.AUDIO: MediaKind(
        "sound", AUDIO_EXTENSIONS, probe_audio, summarize_audio, decode_audio, warn_audio
    ),
    ColumnKind.VIDEO: MediaKind(
        "video", VIDEO_EXTENSIONS, probe_video, summarize_videos, decode_video, warn_videos
    ),
}
