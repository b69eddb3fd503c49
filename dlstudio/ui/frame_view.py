"""One epoch of what a network makes or rebuilds, and all epochs together, for each kind of data."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from dlstudio.runs.folders import RunFolder
from dlstudio.runs.samples import SampleFrame, list_frames, read_frame
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.task import TaskKind
from dlstudio.ui import series_frames, table_frames, word_frames
from dlstudio.ui.chart_colors import palette
from dlstudio.ui.charts import draw
from dlstudio.ui.formats import escape_markdown
from dlstudio.ui.picture_grid import show_pictures
from dlstudio.ui.sample_pictures import SPECTROGRAMS, as_images

NUM_COLUMNS = 10
MOST_SERIES = 4
FEWEST_EPOCHS, MOST_EPOCHS = 3, 8
TABLE_HEIGHT = 320
NARROWEST_TEXT = 180


def choose_column(frame: SampleFrame, key: str) -> str | None:
    """Let a person choose a column of a table that has several; None for what is no table.

    Args:
        frame: Any frame of the run.
        key: Key of the widget.
    """
    if frame.kind is not CanvasKind.TABLE:
        return None
    if len(frame.columns) == 1:
        return frame.columns[0]
    first = frame.columns.index(frame.numbers[0]) if frame.numbers else 0
    return st.selectbox("Column", frame.columns, index=first, key=key, width=260)


def show_frame(
    frame: SampleFrame,
    originals: SampleFrame | None,
    key: str,
    column: str | None = None,
    task: TaskKind = TaskKind.REDUCTION,
) -> None:
    """Show a frame, beside the originals if there are some.

    Args:
        frame: What the network made.
        originals: What it was to rebuild, or real rows beside samples of a table.
        key: Beginning of the elements' keys.
        column: Of a table, the column that is drawn.
        task: The run's task.
    """
    if frame.kind is CanvasKind.TABLE:
        if originals is not None and column is not None and column in originals.columns:
            _show_table(frame, originals, key, column, task)
    elif frame.kind is CanvasKind.SERIES:
        _show_series(frame, originals, key)
    else:
        _show_pictures(frame, originals)


def show_film(
    folder: RunFolder, real: SampleFrame | None, column: str | None, task: TaskKind
) -> None:
    """Show the same examples through the epochs; nothing where there are fewer than three.

    Args:
        folder: The run's folder.
        real: What the frames are compared with, if they are.
        column: Of a table, the column that is drawn.
        task: The run's task.
    """
    epochs, key = list_frames(folder), f"film.{folder.path.name}"
    if len(epochs) < FEWEST_EPOCHS:
        return
    places = np.unique(np.linspace(0, len(epochs) - 1, MOST_EPOCHS).round().astype(int))
    found = [read_frame(folder, epochs[place]) for place in places.tolist()]
    frames = [frame for frame in found if frame is not None]
    if not frames:
        return
    if frames[0].kind is CanvasKind.SERIES:
        figure = series_frames.film_figure(frames, MOST_SERIES, palette())
        height = series_frames.height_of(len(frames))
        draw(figure, "The same sequences, a line an epoch", key, height)
    elif frames[0].kind is not CanvasKind.TABLE:
        for frame in frames:
            st.caption(f"Epoch {frame.epoch}")
            pictures = as_images(frame.kind, frame.values[:NUM_COLUMNS])
            show_pictures(pictures)
    elif real is not None and column in real.texts:
        _show_words_films(frames, real, column)
    elif real is not None and column is not None:
        film = _FILMS.get(task, table_frames.rebuilt_film)
        alt = f"{column} through the epochs"
        draw(film(frames, real, column, palette()), alt, key, TABLE_HEIGHT)


_FILMS = {TaskKind.GENERATION: table_frames.samples_film}


def _show_table(
    frame: SampleFrame, real: SampleFrame, key: str, column: str, task: TaskKind
) -> None:
    if column in frame.texts:
        st.caption(word_frames.found_words(frame, real, column))
        _show_words(word_frames.words_of_rows(frame, real, column), "Words of each text")
        return
    if task is TaskKind.GENERATION:
        figure = table_frames.distribution_figure(frame, real, column)
        rows = table_frames.first_rows(frame)
        said = "How often each value occurs among samples and among training rows."
    else:
        figure = table_frames.rebuilt_figure(frame, real, column)
        rows = table_frames.first_rows(frame, real)
        said = table_frames.kept_words(frame, real, column)
    draw(figure, f"{column}: {said}", f"frame.{key}.column", TABLE_HEIGHT)
    st.caption(said)
    st.dataframe(rows, hide_index=True, key=f"frame.{key}.rows")


def _show_words_films(frames: Sequence[SampleFrame], real: SampleFrame, column: str) -> None:
    with st.grid(word_frames.FILM_TEXTS, min_column_width=NARROWEST_TEXT):
        for number, lines in enumerate(word_frames.words_films(frames, real, column), 1):
            _show_words(lines, f"Words that are expected of text {number}, a line an epoch")


def _show_words(rows: Mapping[str, Sequence[str]], alt: str) -> None:
    # Unlike those of a data frame, its cells break long lines instead of hiding what is behind.
    st.table(rows, border="horizontal", hide_index=True, hide_header=False, alt=alt)


def _show_pictures(frame: SampleFrame, originals: SampleFrame | None) -> None:
    pictures = as_images(frame.kind, frame.values)
    if originals is None:
        show_pictures(pictures)
        _show_captions(frame.captions)
    else:
        before = as_images(originals.kind, originals.values)
        show_pictures(before[: 2 * NUM_COLUMNS], pictures[: 2 * NUM_COLUMNS])
        st.caption("A line of examples, then a line of what the network rebuilt.")
    if frame.kind is CanvasKind.SOUND:
        st.caption(SPECTROGRAMS)


def _show_series(frame: SampleFrame, originals: SampleFrame | None, key: str) -> None:
    figure = series_frames.sequences_figure(frame, originals, MOST_SERIES, palette())
    num_lines = min(MOST_SERIES, len(frame.values))
    height = series_frames.height_of(num_lines)
    draw(figure, "Sequences that the network made", f"frame.{key}.series", height)
    num_channels = frame.values.shape[-1]
    said = "Thin: what went in. Dotted: what the network rebuilt." if originals else ""
    if num_channels > series_frames.MOST_CHANNELS:
        said = f"{said} The first {series_frames.MOST_CHANNELS} of {num_channels} channels."
    if said:
        st.caption(f"{said} Values are scaled.".strip())
    if originals is None:
        _show_captions(frame.captions[:MOST_SERIES])


def _show_captions(captions: Sequence[str]) -> None:
    if captions:
        classes = ", ".join(dict.fromkeys(captions))
        st.caption(f"Asked for in turn: {escape_markdown(classes)}.")
