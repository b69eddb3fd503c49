"""One row beside its reconstruction: how unlike the others it is, and what is to blame."""

import base64

import numpy as np
import streamlit as st

from dlstudio.reports.rebuilt_row import RebuiltExample, RebuiltRow
from dlstudio.spec.canvas import CanvasKind
from dlstudio.ui.charts import show_lines
from dlstudio.ui.formats import count, escape_markdown, number
from dlstudio.ui.percent_columns import in_percent, percent_bars
from dlstudio.ui.report_anomaly import blame_words
from dlstudio.ui.sample_pictures import SPECTROGRAMS, as_images
from dlstudio.ui.word_weights import show_words

MOST_CODES = 64
WIDTH = 260
MOST_CHANNELS = 3
BEFORE, AFTER, MISSING = "Given", "Rebuilt", "–"


def show_rebuilt(row: RebuiltRow) -> None:
    """Show what a network says of one row.

    Args:
        row: Its answer.
    """
    verdict = verdict_words(row)
    if row.score is None:
        st.info(verdict, icon=":material/compress:")
    elif row.score > 1.0:
        st.warning(verdict, icon=":material/priority_high:")
    else:
        st.success(verdict, icon=":material/check_circle:")
    with st.container(horizontal=True):
        if row.score is not None:
            st.metric("Anomaly score", f"{number(row.score, 3)} ×", help=_SCORE_HELP, border=True)
        st.metric("Reconstruction error", number(row.error, 4), help=_ERROR_HELP, border=True)
    if row.example is not None:
        _show_example(row.example)
    if row.values and not _is_one_text(row):
        _show_values(row)
    show_words(row.words, "rebuilt")
    with st.expander(f"Its code: {count(len(row.codes), 'number')}", icon=":material/tag:"):
        st.code("  ".join(number(value, 4) for value in row.codes[:MOST_CODES]), language=None)


_SCORE_HELP = "The reconstruction error as a multiple of the threshold; above 1 a row is flagged."
_ERROR_HELP = "How far the row comes out from how it went in, on the scale of the network."


def _is_one_text(row: RebuiltRow) -> bool:
    """Whether there is nothing but a text, which is rebuilt as words and takes all the error."""
    return len(row.values) == 1 and row.values[0].rebuilt == MISSING


def verdict_words(row: RebuiltRow) -> str:
    """Say in plain words how unlike the others a row is, and why."""
    blamed = blame_words(
        [blame.model_copy(update={"column": escape_markdown(blame.column)}) for blame in row.blames]
    )
    if row.score is None:
        said = f"Rebuilt from {count(len(row.codes), 'number')}."
        return said if _is_one_text(row) else f"{said} Most of the error: {blamed}."
    times = number(row.score, 2)
    if row.score > 1.0:
        return f"**Unlike the others**: {times} times the threshold. To blame: {blamed}."
    return f"**Like the others**: {times} times the threshold. Most of the error: {blamed}."


def unpack(example: RebuiltExample) -> tuple[np.ndarray, np.ndarray]:
    """What was given and what was rebuilt of it, as arrays of the example's shape."""
    kind = np.uint8 if example.kind == CanvasKind.IMAGE else np.float32
    given, rebuilt = (
        np.frombuffer(base64.b64decode(text), kind).reshape(example.shape)
        for text in (example.given, example.rebuilt)
    )
    return given, rebuilt


def _show_example(example: RebuiltExample) -> None:
    given, rebuilt = unpack(example)
    if example.kind == CanvasKind.SERIES:
        lines = {
            f"{title} {channel + 1}" if given.shape[1] > 1 else title: [
                (float(step), float(value)) for step, value in enumerate(values[:, channel])
            ]
            for channel in worst_channels(given, rebuilt)
            for title, values in ((BEFORE, given), (AFTER, rebuilt))
        }
        alt = "The sequence and its reconstruction"
        show_lines(lines, ("time step", "scaled value"), alt, "rebuilt_series")
        if given.shape[1] > MOST_CHANNELS:
            channels = count(given.shape[1], "channel")
            st.caption(f"The {MOST_CHANNELS} of {channels} with the largest error.")
        return
    pictures = as_images(CanvasKind(example.kind), np.stack([given, rebuilt]))
    with st.container(horizontal=True):
        for title, picture in zip((BEFORE, AFTER), pictures, strict=True):
            st.image(picture, caption=title, width=WIDTH)
    if example.kind == CanvasKind.SOUND:
        st.caption(SPECTROGRAMS)


def worst_channels(given: np.ndarray, rebuilt: np.ndarray) -> list[int]:
    """The channels to draw: those with the largest error, in their order.

    Args:
        given: A sequence, float `(time, channels)`.
        rebuilt: What the network makes of it, in the same form.
    """
    worst_first = np.argsort(-np.square(given - rebuilt).sum(axis=0), kind="stable")
    return sorted(worst_first[:MOST_CHANNELS].tolist())


def _show_values(row: RebuiltRow) -> None:
    st.dataframe(
        {
            "Column": [value.column for value in row.values],
            BEFORE: [value.given for value in row.values],
            AFTER: [value.rebuilt for value in row.values],
            "Share of the error": in_percent(value.share for value in row.values),
        },
        hide_index=True,
        key="rebuilt_values",
        column_config={
            "Share of the error": percent_bars(),
        },
    )
