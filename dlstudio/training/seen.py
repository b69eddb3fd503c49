"""Features as the network sees them, turned into pictures, lines, words and numbers to look at."""

import base64
import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from dlstudio.models.blocks import Block, BlockKind
from dlstudio.models.layout import FeatureLayout
from dlstudio.reports.first_batch import LinesSeen, NumbersSeen, PicturesSeen

MOST_CHANNELS = 8
MOST_STEPS = 400
MOST_NUMBERS = 40
DIGITS = 4
# Spectrograms are scaled by their standard deviation: what lies further out is black or white.
LARGEST_DEVIATION = 2.5
# Corners of Viridis, dark to light.
_COLORS = np.array(
    [(68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37)], "float64"
)


def images_seen(block: Block, values: np.ndarray) -> PicturesSeen:
    """Show images or videos.

    Args:
        block: Of images or videos.
        values: As they enter the network, -1 to 1, `(n, height, width, channels)` or
            `(n, frames, height, width, channels)`.
    """
    pixels = np.clip(np.rint((values + 1.0) * 127.5), 0, 255).astype("uint8")
    if block.kind is BlockKind.IMAGE:
        pixels = pixels[:, None]
    *_, height, width, channels = pixels.shape
    color = {1: "grey", 3: "colour", 4: "colour with transparency"}.get(channels, "")
    frames = "" if block.kind is BlockKind.IMAGE else f"{pixels.shape[1]} frames of "
    return PicturesSeen(
        column=block.column.name,
        meaning=f"{frames}{width} × {height} pixels, {color}",
        frames=tuple(tuple(_png(frame) for frame in example) for example in pixels),
    )


def spectrograms_seen(block: Block, values: np.ndarray) -> PicturesSeen:
    """Show spectrograms as pictures.

    Args:
        block: Of sounds.
        values: As they enter the network, around 0, `(n, time, pitches)`.
    """
    shares = np.clip((values / LARGEST_DEVIATION + 1.0) / 2.0, 0.0, 1.0)
    places = np.linspace(0.0, 1.0, len(_COLORS))
    colors = np.stack([np.interp(shares, places, _COLORS[:, part]) for part in range(3)], axis=-1)
    upright = np.flip(np.swapaxes(colors, 1, 2), axis=1).astype("uint8")
    _, num_times, num_pitches = values.shape
    return PicturesSeen(
        column=block.column.name,
        meaning=f"{num_times} moments by {num_pitches} pitches; low pitches below",
        frames=tuple((_png(picture),) for picture in upright),
    )


def series_seen(column: str, names: Sequence[str], values: np.ndarray) -> LinesSeen:
    """Show values over time.

    Args:
        column: What they belong to.
        names: Names of the channels; further channels are not shown.
        values: As they enter the network, `(n, steps, channels)`.
    """
    num_steps = values.shape[1]
    shown = values[:, :, : min(len(names), MOST_CHANNELS)]
    places = np.unique(np.linspace(0, num_steps - 1, MOST_STEPS).round().astype(int))
    rounded = np.round(shown[:, places].astype("float64"), DIGITS)
    more = len(names) - MOST_CHANNELS
    left_out = f", the first {MOST_CHANNELS} of {len(names)} channels" if more > 0 else ""
    return LinesSeen(
        column=column,
        meaning=f"{num_steps:,} steps{left_out}",
        channels=tuple(names[:MOST_CHANNELS]),
        values=tuple(tuple(map(tuple, example.T.tolist())) for example in rounded),
    )


def numbers_seen(layout: FeatureLayout, features: dict[str, np.ndarray]) -> NumbersSeen | None:
    """Show the numbers of columns without a structure; those that are not all 0 first.

    Args:
        layout: Names them.
        features: The features by name; "dense" and "index" count.
    """
    parts, names = [], []
    if "dense" in features:
        parts.append(features["dense"])
        names += layout.dense_names
    if "index" in features:
        parts.append(features["index"])
        names += [f"{column} (place)" for table in layout.tables for column in table.columns]
    if not parts:
        return None
    numbers = np.concatenate([part.astype("float64") for part in parts], axis=1)
    places = np.argsort(~numbers.any(axis=0), kind="stable")[:MOST_NUMBERS]
    places.sort()
    return NumbersSeen(
        names=tuple(names[place] for place in places.tolist()),
        values=tuple(map(tuple, np.round(numbers[:, places], DIGITS).tolist())),
        num_more=len(names) - len(places),
    )


def _png(pixels: np.ndarray) -> str:
    """A picture `(height, width, channels)` as a PNG file in Base64."""
    flat = pixels[..., 0] if pixels.shape[-1] == 1 else pixels
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(flat)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode("ascii")
