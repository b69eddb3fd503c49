"""What the numbers of an example belong to, in words: columns, regions, channels or pitches."""

from itertools import product

import numpy as np

from dlstudio.models.canvas import Canvas
from dlstudio.spec.canvas import CanvasKind

HEIGHTS = ("top", "upper middle", "lower middle", "bottom")
WIDTHS = ("left", "centre left", "centre right", "right")
PITCHES = ("lowest pitches", "low pitches", "high pitches", "highest pitches")


def place_names(canvas: Canvas) -> tuple[str, ...]:
    """Name what each number of an example belongs to.

    Args:
        canvas: The form of an example.

    Returns:
        `canvas.size` names: columns of a table; of an image one of four by four regions, such as
        "top, left"; channels of a sequence; of a sound one of four ranges of pitch.
    """
    match canvas.kind:
        case CanvasKind.IMAGE:
            height, width, channels = canvas.shape
            regions = product(_parts(HEIGHTS, height), _parts(WIDTHS, width))
            return tuple(f"{up}, {aside}" for up, aside in regions for _ in range(channels))
        case CanvasKind.SERIES:
            return _channel_names(canvas) * canvas.shape[0]
        case CanvasKind.SOUND:
            return tuple(_parts(PITCHES, canvas.shape[1])) * canvas.shape[0]
        case _:
            return canvas.columns


def _parts(names: tuple[str, ...], length: int) -> list[str]:
    """The part of each of `length` places, when these are divided as evenly as can be."""
    return [names[place] for place in (np.arange(length) * len(names)) // length]


def _channel_names(canvas: Canvas) -> tuple[str, ...]:
    num_channels = canvas.shape[-1]
    info = canvas.block.column.info.sequence if canvas.block else None
    if info is not None and len(info.channels) == num_channels:
        return tuple(info.channels)
    return tuple(f"channel {number}" for number in range(1, num_channels + 1))
