"""Sounds to hear and to see: a player, the waveform and the spectrogram."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dlstudio.data.dataset import Dataset
from dlstudio.data.examples import Example
from dlstudio.data.media.read import decode_files
from dlstudio.data.media.spectrogram import spectrogram_db
from dlstudio.spec.dataset import ColumnInfo, ColumnKind
from dlstudio.spec.inputs.audio import AudioPreprocessing
from dlstudio.ui.charts import show_picture, show_waveform
from dlstudio.ui.data_media_words import media_lines
from dlstudio.ui.formats import escape_markdown

SAMPLE_RATE = 16_000
LONGEST_S = 10.0
NUM_COLUMNS = 400


def show_sounds(dataset: Dataset, column: ColumnInfo, examples: Sequence[Example]) -> None:
    """Show sounds one below the other, at most ten seconds of each.

    Args:
        dataset: The dataset version that is shown.
        column: An audio column.
        examples: What to show.
    """
    if column.audio is not None:
        st.caption(" · ".join(media_lines(column)))
    paths = [dataset.folder / str(example.value) if example.value else None for example in examples]
    settings = AudioPreprocessing(sample_rate=SAMPLE_RATE, duration_s=LONGEST_S)
    sounds = decode_files(ColumnKind.AUDIO, paths, settings)
    for example, samples in zip(examples, sounds, strict=True):
        with st.container(border=True):
            name = example.file or f"row {example.row + 1:,}"
            st.markdown(f"**{escape_markdown(example.label)}** · {escape_markdown(name)}")
            if samples is None:
                st.caption("No sound")
                continue
            heard = _without_silence_behind(samples)
            st.audio(heard, sample_rate=SAMPLE_RATE)  # browsers do not play every format
            _show_shape(heard, example.row)


def _show_shape(samples: np.ndarray, row: int) -> None:
    seconds = len(samples) / SAMPLE_RATE
    waveform, spectrogram = st.columns(2)
    parts = np.array_split(samples, min(NUM_COLUMNS, len(samples)))
    with waveform:
        show_waveform(
            [float(part.min()) for part in parts],
            [float(part.max()) for part in parts],
            seconds,
            "Loudness over time",
            f"waveform_{row}",
        )
    with spectrogram:
        show_picture(
            spectrogram_db(samples, SAMPLE_RATE),
            (seconds, SAMPLE_RATE / 2_000.0),
            ("seconds", "pitch in kHz"),
            "Strength of each pitch over time",
            f"spectrogram_{row}",
        )


def _without_silence_behind(samples: np.ndarray) -> np.ndarray:
    sounding = np.flatnonzero(samples)
    end = int(sounding[-1]) + 1 if len(sounding) else len(samples)
    return samples[: max(end, SAMPLE_RATE // 10)]
