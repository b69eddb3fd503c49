"""Texts to read, and how long they are."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dlstudio.data.dataset import Dataset, read_table
from dlstudio.data.examples import Example
from dlstudio.spec.dataset import ColumnInfo
from dlstudio.ui.charts import show_histogram
from dlstudio.ui.formats import count, number

MOST_LETTERS = 600
MOST_MEASURED = 20_000
NUM_BARS = 30


def show_texts(dataset: Dataset, column: ColumnInfo, examples: Sequence[Example]) -> None:
    """Show texts and a histogram of their lengths.

    Args:
        dataset: The dataset version that is shown.
        column: A text column.
        examples: What to show.
    """
    lengths = _lengths_once(dataset.info.fingerprint, column.name, dataset)
    if lengths:
        st.caption(
            f"{number(float(np.median(lengths)), 3)} words in the middle, "
            f"{count(max(lengths), 'word')} at most"
        )
        counts, edges = np.histogram(lengths, NUM_BARS)
        show_histogram(
            edges.tolist(),
            counts.tolist(),
            "Texts by number of words",
            f"text_lengths_{column.name}",
            height=160,
        )
    for example in examples:
        with st.container(border=True):
            if example.label:
                st.badge(example.label[:60])
            text = "" if example.value is None else str(example.value)
            shown = text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]} …"
            st.text(shown or "No text")


@st.cache_data(max_entries=100, show_spinner=False)
def _lengths_once(fingerprint: str, column: str, _dataset: Dataset) -> list[int]:
    """Words of the first texts; a version never changes, so once is enough."""
    num_rows = min(MOST_MEASURED, _dataset.info.num_rows)
    cells = read_table(_dataset, [column], np.arange(num_rows)).column(0)
    return [len(text.split()) for text in cells.to_pylist() if text is not None]
