"""The first batch of the draft's training as the network sees it, in a window over the page."""

import base64
import io
from collections.abc import Sequence

import streamlit as st
from PIL import Image

from dlstudio.reports.first_batch import (
    FirstBatch,
    LinesSeen,
    NumbersSeen,
    PicturesSeen,
    WordsSeen,
)
from dlstudio.spec.run import RunSpec
from dlstudio.ui import services
from dlstudio.ui.charts import show_lines
from dlstudio.ui.design_state import Design
from dlstudio.ui.formats import count, escape_markdown
from dlstudio.ui.problems import showing_problems

MOST_WORDS = 120
NARROWEST_PICTURE = 110
SHARP_SIDE = 320


def show_first_batch_button(design: Design) -> None:
    """Show the button that opens the first batch; it needs a spec without problems."""
    if st.button(
        "Show the first batch",
        icon=":material/visibility:",
        disabled=bool(design.problems),
        width="stretch",
        help="A few training examples exactly as the network sees them: decoded, resized, scaled "
        "and changed at random as in training.",
    ):
        _open(design.spec)


@st.dialog("The first batch, as the network sees it", width="large")
def _open(spec: RunSpec) -> None:
    with showing_problems(), st.spinner("Reading the first examples…", show_time=False):
        batch = services.supervisor().first_batch(spec)
        show_first_batch(batch)


def show_first_batch(batch: FirstBatch) -> None:
    """Show a few examples of a batch, with their targets.

    Args:
        batch: What the worker computed.
    """
    st.caption(
        f"{count(len(batch.labels), 'example')} of {batch.batch_size:,} in the first batch of the "
        "first epoch."
    )
    for note in batch.notes:
        st.caption(escape_markdown(note))
    for pictures in batch.pictures:
        _show_pictures(pictures, batch.labels)
    for lines in batch.lines:
        _show_lines(lines, batch.labels)
    for words in batch.words:
        _show_words(words, batch.labels)
    if batch.numbers is not None:
        _show_numbers(batch.numbers, batch)


def _show_pictures(seen: PicturesSeen, labels: Sequence[str]) -> None:
    st.markdown(f"**{escape_markdown(seen.column)}** · {escape_markdown(seen.meaning)}")
    if any(len(frames) > 1 for frames in seen.frames):
        for frames, label in zip(seen.frames, labels, strict=True):
            st.caption(escape_markdown(label))
            with st.grid(8, min_column_width=64, gap="xsmall") as grid:
                for frame in frames:
                    with grid.cell():
                        st.image(_sharp(frame), width="stretch")
        return
    with st.grid(4, min_column_width=NARROWEST_PICTURE) as grid:
        for frames, label in zip(seen.frames, labels, strict=True):
            with grid.cell():
                st.image(_sharp(frames[0]), caption=escape_markdown(label), width="stretch")


def _sharp(frame: str) -> Image.Image:
    """A picture whose pixels can be told apart: a browser would blur what it enlarges."""
    picture = Image.open(io.BytesIO(base64.b64decode(frame)))
    factor = max(1, SHARP_SIDE // max(picture.size))
    size = (picture.width * factor, picture.height * factor)
    return picture.resize(size, Image.Resampling.NEAREST)


def _show_lines(seen: LinesSeen, labels: Sequence[str]) -> None:
    st.markdown(f"**{escape_markdown(seen.column)}** · {escape_markdown(seen.meaning)}")
    with st.grid(2, min_column_width=280) as grid:
        for number, (values, label) in enumerate(zip(seen.values, labels, strict=True)):
            with grid.cell():
                st.caption(escape_markdown(label))
                lines = {
                    name: [(float(step), value) for step, value in enumerate(channel)]
                    for name, channel in zip(seen.channels, values, strict=True)
                }
                key = f"first_batch.{seen.column}.{number}"
                show_lines(lines, ("step", ""), f"{seen.column} of {label}", key)


def _show_words(seen: WordsSeen, labels: Sequence[str]) -> None:
    st.markdown(
        f"**{escape_markdown(seen.column)}** · :orange-badge[unknown] words were not learned, "
        ":gray-badge[·] is padding"
    )
    for words, label in zip(seen.words, labels, strict=True):
        with st.container(border=True, gap="xsmall"):
            st.caption(escape_markdown(label))
            st.markdown(words_text(words, seen.unknown))


def words_text(words: Sequence[str], unknown: str) -> str:
    """Write the words of a text as Markdown: padding as a count, unknown words marked.

    Args:
        words: The words; an empty one is padding, which stands in front.
        unknown: What stands for a word that was not learned.
    """
    read = [word for word in words if word]
    num_padding = len(words) - len(read)
    parts = [f":gray-badge[{num_padding:,} × padding]"] if num_padding else []
    parts += [
        ":orange-badge[unknown]" if word == unknown else escape_markdown(word)
        for word in read[:MOST_WORDS]
    ]
    more = len(read) - MOST_WORDS
    return " ".join([*parts, f"… and {more:,} more"] if more > 0 else parts)


def _show_numbers(seen: NumbersSeen, batch: FirstBatch) -> None:
    more = f"; {seen.num_more:,} more are not shown" if seen.num_more else ""
    st.markdown(f"**Numbers** · {count(len(seen.names), 'number')} an example{more}")
    columns = {name: [row[place] for row in seen.values] for place, name in enumerate(seen.names)}
    target = "target" if "target" not in columns else "the target"
    st.dataframe(
        {target: list(batch.labels), **columns}, hide_index=True, key="first_batch.numbers"
    )
