"""What the Predict page says of one row's inputs that are longer than the network takes."""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from dlstudio.data.media.audio import sound_length
from dlstudio.data.media.video import video_length
from dlstudio.spec.cut_inputs import describe_cut, is_cut
from dlstudio.spec.inputs.audio import AudioPreprocessing
from dlstudio.spec.inputs.sequence import SequencePreprocessing
from dlstudio.spec.inputs.text import TextPreprocessing
from dlstudio.spec.inputs.video import VideoPreprocessing
from dlstudio.spec.preprocessing import ColumnPreprocessing
from dlstudio.spec.text_pieces import count_tokens
from dlstudio.ui.formats import escape_markdown
from dlstudio.ui.predict_steps import num_known_steps, steps_of


def show_cut(column: str, value: str | None, seen: ColumnPreprocessing | None) -> None:
    """Say if a sequence, a text, a sound or a video is longer than the network takes.

    Args:
        column: The column's name.
        value: A sequence as JSON, a text, or the path of a file; None where nothing was given.
        seen: Resolved, what the network sees of the column.
    """
    if not value or seen is None:
        return
    length = _length(value, seen)
    if is_cut(seen, length):
        told = describe_cut(column, seen, [length], 1)
        st.warning(escape_markdown(told), icon=":material/content_cut:")


def show_cut_texts(row: Mapping[str, object], seen: Mapping[str, ColumnPreprocessing]) -> None:
    """Say which texts of a row are longer than the network takes.

    Args:
        row: One value a column.
        seen: Resolved, what the network sees of each column.
    """
    for name, value in row.items():
        if isinstance(seen.get(name), TextPreprocessing) and isinstance(value, str):
            show_cut(name, value, seen.get(name))


def _length(value: str, seen: ColumnPreprocessing) -> float:
    """In time steps, words, letters or seconds; 0 for what is never cut."""
    match seen:
        case SequencePreprocessing():
            return num_known_steps(steps_of(value))
        case TextPreprocessing():
            return count_tokens(value, seen.unit)
        case AudioPreprocessing():
            return sound_length(Path(value))
        case VideoPreprocessing() if seen.frame_rate is not None:
            return video_length(Path(value))
        case _:
            return 0
