"""What the network sees of a structured column once everything automatic is decided, in words."""

from pydantic import ValidationError

from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.inputs.audio import AudioFeatures, AudioPreprocessing, describe_long_sounds
from dlstudio.spec.inputs.image import ImageChannels, ImagePreprocessing
from dlstudio.spec.inputs.sequence import SequencePreprocessing, describe_long_sequences
from dlstudio.spec.inputs.text import TextPreprocessing, TextUnit, describe_long_texts
from dlstudio.spec.inputs.video import VideoPreprocessing
from dlstudio.spec.preprocessing import ColumnPreprocessing, resolve_preprocessing
from dlstudio.spec.run import RunSpec
from dlstudio.ui.formats import count, number

_COLORS = {
    ImageChannels.GREY: "grey",
    ImageChannels.COLOR: "in colour",
    ImageChannels.COLOR_ALPHA: "in colour with transparency",
}


def describe_sight(spec: RunSpec, info: DatasetInfo, name: str) -> str:
    """Say what the network sees of one value of a column.

    Args:
        spec: The spec; its other columns may be wrong.
        info: The dataset.
        name: An input column of the dataset.

    Returns:
        Sentences as plain text; empty for kinds of which there is nothing to say, and while
        the column's settings are wrong.
    """
    task = spec.task.model_copy(update={"inputs": (name,)})
    fields = {name: spec.preprocessing.get(name, {})}
    alone = spec.model_copy(update={"task": task, "preprocessing": fields})
    try:
        settings = resolve_preprocessing(alone, info)[name]
    except ValidationError:
        return ""
    return _sentence(settings, info, name)


def _sentence(settings: ColumnPreprocessing, info: DatasetInfo, name: str) -> str:
    match settings:
        case ImagePreprocessing():
            height, width, _ = settings.shape
            return f"The network sees {width:,} × {height:,} pixels, {_COLORS[settings.channels]}."
        case VideoPreprocessing():
            frames, height, width, _ = settings.shape
            color = _COLORS[settings.channels]
            return f"The network sees {frames:,} frames of {width:,} × {height:,} pixels, {color}."
        case AudioPreprocessing():
            more = describe_long_sounds(settings, info.column(name).audio)
            return f"{_sound(settings)} {more}".strip()
        case SequencePreprocessing():
            sequence = info.column(name).sequence
            channels = count(len(sequence.channels) if sequence else 1, "channel")
            seen = f"The network sees {count(settings.length or 1, 'time step')} of {channels}."
            return f"{seen} {describe_long_sequences(settings, sequence)}".strip()
        case TextPreprocessing() if settings.is_sequence:
            unit = "character" if settings.unit is TextUnit.CHARACTER else "word"
            read = f"The network reads the first {count(settings.length or 1, unit)} in order."
            more = describe_long_texts(settings, info.column(name).max_length)
            return f"{read} {more}".strip()
        case TextPreprocessing(unit=TextUnit.BOTH):
            return "The network sees which words and groups of letters occur, without their order."
        case TextPreprocessing():
            return "The network sees which words occur, without their order."
        case _:
            return ""


def _sound(settings: AudioPreprocessing) -> str:
    heard = f"The network hears {number(settings.duration_s)} s of each sound"
    if settings.features is AudioFeatures.WAVEFORM:
        return f"{heard}, as {count(settings.num_samples, 'sample')}."
    frames, pitches = settings.shape
    return f"{heard}, as a picture of {frames:,} moments by {pitches:,} pitches."
