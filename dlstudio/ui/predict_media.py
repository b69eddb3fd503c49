"""Fields of the Predict page for what cannot be typed: a picture, a sound, a video, a sequence."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from dlstudio.data.media.errors import UnreadableMedia
from dlstudio.data.media.read import decode_files
from dlstudio.data.media.table import MEDIA
from dlstudio.errors import DataError
from dlstudio.spec.dataset import ColumnInfo, ColumnKind
from dlstudio.spec.inputs.audio import AudioPreprocessing
from dlstudio.spec.inputs.image import ImageFit
from dlstudio.spec.inputs.video import VideoPreprocessing
from dlstudio.spec.preprocessing import ColumnPreprocessing
from dlstudio.ui.charts import show_lines, show_waveform
from dlstudio.ui.formats import count, escape_markdown
from dlstudio.ui.predict_cut import show_cut
from dlstudio.ui.predict_steps import ENDINGS, read_steps, steps_of
from dlstudio.ui.problems import showing_problems
from dlstudio.ui.services import settings
from dlstudio.ui.session import SessionKey
from dlstudio.ui.shown_images import shown_images
from dlstudio.ui.upload_box import show_upload_box
from dlstudio.ui.uploads import find_upload

GIVEN_KINDS = (*MEDIA, ColumnKind.SEQUENCE)
SIDE = 256
NUM_FRAMES = 6
SAMPLE_RATE = 16_000
LONGEST_S = 10.0
NUM_COLUMNS = 400
MOST_CHANNELS = 8


_USUAL = {
    ColumnKind.IMAGE: "png, jpg, webp, gif, tiff, bmp",
    ColumnKind.AUDIO: "wav, mp3, flac, ogg, aiff",
    ColumnKind.VIDEO: "mp4, mov, avi, webm, gif",
}


def is_given(column: ColumnInfo) -> bool:
    """Whether a column's values are files or sequences, which nobody types."""
    return column.kind in GIVEN_KINDS


def ask_given(
    run_id: str, columns: Sequence[ColumnInfo], seen: Mapping[str, ColumnPreprocessing]
) -> dict[str, str | None]:
    """Show a box for a file for each column, and what was given.

    Args:
        run_id: The run whose network will answer.
        columns: Columns for which `is_given` holds.
        seen: Resolved, what the network sees of each column.

    Returns:
        By column, the path of a file or a sequence as JSON; None where nothing was given.
    """
    values: dict[str, str | None] = {}
    for column in columns:
        with st.container(border=True):
            st.markdown(f"**{escape_markdown(column.name)}**")
            with showing_problems():
                _take_upload(run_id, column)
            values[column.name] = st.session_state.get(_key(run_id, column))
            with showing_problems():
                _show(column, values[column.name])
                show_cut(column.name, values[column.name], seen.get(column.name))
    return values


def give(run_id: str, column: ColumnInfo, value: str | None) -> None:
    """Put a value into the field of a column; call it in a callback.

    Args:
        run_id: The run whose network will answer.
        column: A column for which `is_given` holds.
        value: The path of a file, or a sequence as JSON; None takes the value away.
    """
    st.session_state[_key(run_id, column)] = value


def _key(run_id: str, column: ColumnInfo) -> str:
    return f"{SessionKey.PREDICT_FIELD}_{run_id}_{column.name}"


def _take_upload(run_id: str, column: ColumnInfo) -> None:
    is_sequence = column.kind is ColumnKind.SEQUENCE
    endings = ENDINGS if is_sequence else tuple(sorted(MEDIA[column.kind].extensions))
    hint = (
        "A CSV file with a row a time step"
        if is_sequence
        else f"One {MEDIA[column.kind].noun}: {_USUAL[column.kind]} and others"
    )
    uploaded = show_upload_box(f"{_key(run_id, column)}_upload", endings, hint)
    if uploaded is None:
        return
    path = find_upload(settings(), uploaded.upload_id).path
    value = read_steps(path, _channels(column)) if is_sequence else checked_file(column.kind, path)
    give(run_id, column, value)
    st.session_state.pop(SessionKey.PREDICT_TRUTH, None)


def checked_file(kind: ColumnKind, path: Path) -> str:
    """Make sure that a file can be decoded.

    Args:
        kind: Image, audio or video.
        path: The file.

    Returns:
        Its path as text.

    Raises:
        DataError: It cannot be decoded; says why.
    """
    try:
        MEDIA[kind].probe(path)
    except UnreadableMedia as error:
        raise DataError(
            f"{path.name!r} {error.reason}.",
            error.own_fix or f"Give another {MEDIA[kind].noun}.",
            where=path.name,
        ) from error
    return str(path)


def _show(column: ColumnInfo, value: str | None) -> None:
    if value is None:
        st.caption("Nothing is given yet.")
        return
    if column.kind is ColumnKind.SEQUENCE:
        _show_steps(column, value)
    elif column.kind is ColumnKind.IMAGE:
        pixels = shown_images([Path(value)], SIDE)[0]
        if pixels is not None:
            st.image(pixels, caption=escape_markdown(Path(value).name))
    elif column.kind is ColumnKind.AUDIO:
        _show_sound(value)
    else:
        _show_frames(value)


def _show_sound(path: str) -> None:
    asked = AudioPreprocessing(sample_rate=SAMPLE_RATE, duration_s=LONGEST_S)
    samples = _decoded(ColumnKind.AUDIO, path, asked)
    sounding = np.flatnonzero(samples)
    samples = samples[: max(SAMPLE_RATE // 10, 1 + int(sounding[-1]) if len(sounding) else 0)]
    st.audio(samples, sample_rate=SAMPLE_RATE)  # browsers do not play every format
    parts = np.array_split(samples, min(NUM_COLUMNS, len(samples)))
    show_waveform(
        [float(part.min()) for part in parts],
        [float(part.max()) for part in parts],
        len(samples) / SAMPLE_RATE,
        "Loudness over time",
        "predict_waveform",
    )


def _show_frames(path: str) -> None:
    look = VideoPreprocessing(num_frames=NUM_FRAMES, width=192, height=144, fit=ImageFit.PAD)
    with st.grid(NUM_FRAMES, min_column_width=90) as grid:
        for frame in _decoded(ColumnKind.VIDEO, path, look):
            with grid.cell():
                st.image(frame, width="stretch")


def _show_steps(column: ColumnInfo, text: str) -> None:
    steps, channels = steps_of(text), _channels(column)
    st.caption(count(len(steps), "time step"))
    places = np.unique(np.linspace(0, len(steps) - 1, NUM_COLUMNS).round().astype(int)).tolist()
    lines = {
        name: [
            (float(place), value) for place in places if (value := steps[place][number]) is not None
        ]
        for number, name in enumerate(channels[:MOST_CHANNELS])
    }
    show_lines(lines, ("time step", ""), "Values over time", f"predict_steps_{column.name}")


def _decoded(
    kind: ColumnKind,
    path: str,
    look: AudioPreprocessing | VideoPreprocessing,
) -> np.ndarray:
    decoded = decode_files(kind, [Path(path)], look)[0]
    assert decoded is not None  # there is a path
    return decoded


def _channels(column: ColumnInfo) -> tuple[str, ...]:
    return column.sequence.channels if column.sequence else ("value",)
