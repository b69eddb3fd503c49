"""How large an image, a sequence or a spectrogram is that autoencoders, VAEs and GANs work on."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from dlstudio.spec.canvas import CanvasKind, canvas_kind
from dlstudio.spec.dataset import ColumnInfo
from dlstudio.spec.inputs.audio import AudioPreprocessing, resolve_audio
from dlstudio.spec.inputs.image import ImagePreprocessing, resolve_image
from dlstudio.spec.inputs.sequence import SequencePreprocessing, resolve_sequence


def canvas_sides(column: ColumnInfo, settings: Mapping[str, Any]) -> tuple[int, ...] | None:
    """Tell the size of an example, as the network will see it.

    Args:
        column: The only input.
        settings: What differs from the default preprocessing of the column.

    Returns:
        Pixels `(height, width)`, `(time steps,)`, or a sound's `(time steps, pitches)`; None for a
        table, and where the settings are wrong, which others find.
    """
    try:
        return _sides(column, settings)
    except ValidationError:
        return None


def _sides(column: ColumnInfo, settings: Mapping[str, Any]) -> tuple[int, ...] | None:
    match canvas_kind([column]):
        case CanvasKind.IMAGE:
            image = ImagePreprocessing.model_validate(dict(settings))
            return tuple(resolve_image(image, column.image).shape[:2])
        case CanvasKind.SOUND:
            sound = AudioPreprocessing.model_validate(dict(settings))
            return tuple(resolve_audio(sound, column.audio).shape)
        case CanvasKind.SERIES:
            series = SequencePreprocessing.model_validate(dict(settings))
            length = resolve_sequence(series, column.sequence).length
            return None if length is None else (length,)
        case _:
            return None
