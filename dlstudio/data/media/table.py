"""Every kind of media: how its files are told, checked, described and decoded."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dlstudio.data.media.images import (
    IMAGE_EXTENSIONS,
    decode_image,
    probe_image,
    summarize_images,
)
from dlstudio.spec.dataset import ColumnKind


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
    """

    noun: str
    extensions: frozenset[str]
    probe: Callable[[Path], Any]
    summarize: Callable[[list[Any]], Any]
    decode: Callable[[Path, Any], np.ndarray]


MEDIA: dict[ColumnKind, MediaKind] = {
    ColumnKind.IMAGE: MediaKind(
        "image", IMAGE_EXTENSIONS, probe_image, summarize_images, decode_image
    ),
}
