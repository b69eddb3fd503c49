"""Sequences as lines over time, one line a channel."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dlstudio.data.dataset import Dataset
from dlstudio.data.examples import Example
from dlstudio.spec.dataset import ColumnInfo
from dlstudio.ui.charts import show_lines
from dlstudio.ui.formats import count, escape_markdown

MOST_CHANNELS = 8
MOST_POINTS = 400


def show_sequences(dataset: Dataset, column: ColumnInfo, examples: Sequence[Example]) -> None:
    """Show sequences side by side.

    Args:
        dataset: The dataset version that is shown.
        column: A sequence column.
        examples: What to show.
    """
    channels = column.sequence.channels if column.sequence else ("value",)
    if column.sequence is not None:
        length = column.sequence.length
        steps = f"{length.min:,.0f} to {length.max:,.0f} time steps"
        if length.is_constant:
            steps = f"{length.min:,.0f} time steps each"
        st.caption(f"{count(len(channels), 'channel')} · {steps}")
        if len(channels) > MOST_CHANNELS:
            st.caption(f"The first {MOST_CHANNELS} channels are drawn.")
    with st.grid(2, min_column_width=300) as grid:
        for example in examples:
            with grid.cell(), st.container(border=True):
                name = example.file or f"row {example.row + 1:,}"
                st.markdown(f"**{escape_markdown(example.label)}** · {escape_markdown(name)}")
                _show_one(example, channels, dataset.info.fingerprint)


def _show_one(example: Example, channels: Sequence[str], key: str) -> None:
    values = np.asarray(example.value if isinstance(example.value, list) else [], "float64")
    steps = values.reshape(-1, len(channels))
    if not len(steps):
        st.caption("No sequence")
        return
    places = np.unique(np.linspace(0, len(steps) - 1, MOST_POINTS).round().astype(int))
    lines = {
        name: [(float(place), float(steps[place, number])) for place in places.tolist()]
        for number, name in enumerate(channels[:MOST_CHANNELS])
    }
    show_lines(lines, ("time step", ""), "Values over time", f"sequence_{key}_{example.row}")
