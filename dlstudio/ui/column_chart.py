"""How one column is spread: a histogram for amounts, bars for names, words for media."""

import streamlit as st

from dlstudio.spec.dataset import ColumnInfo, ColumnKind
from dlstudio.spec.labels import NO_LABEL
from dlstudio.ui.charts import show_bars, show_histogram
from dlstudio.ui.data_media_words import FIXED_KINDS, media_lines
from dlstudio.ui.formats import escape_markdown

MOST_BARS = 15
_SPOKEN = {NO_LABEL: f"{NO_LABEL} (no label)"}


def show_column_chart(column: ColumnInfo, key: str) -> None:
    """Show the distribution of a column.

    Args:
        column: The column.
        key: Key of the element.
    """
    if column.kind in FIXED_KINDS:
        st.markdown("\n".join(f"- {line}" for line in media_lines(column)))
        st.caption("The Examples tab shows them.")
    elif column.histogram_counts:
        alt = f"Rows by value of {column.name}"
        show_histogram(column.histogram_edges, column.histogram_counts, alt, key)
    elif column.top_values and column.top_values[0].num_rows > 1:
        shown = column.top_values[:MOST_BARS]
        show_bars(
            [_SPOKEN.get(entry.value, entry.value) for entry in shown],
            [entry.num_rows for entry in shown],
            alt=f"Rows by value of {column.name}",
            key=key,
        )
        if column.num_distinct > len(shown):
            st.caption(f"The {len(shown)} most frequent of {column.num_distinct:,} values.")
    elif column.top_values:
        examples = ", ".join(f"“{entry.value[:80]}”" for entry in column.top_values[:3])
        st.caption(f"Hardly any value appears twice. Examples: {escape_markdown(examples)}")
    else:
        st.caption("There are no values to show.")


def spark_values(column: ColumnInfo, most: int = 20) -> list[float]:
    """The distribution as a few bar heights, for a small chart inside a table."""
    if column.histogram_counts:
        return [float(number) for number in column.histogram_counts]
    is_wordy = column.kind in (ColumnKind.TEXT, ColumnKind.IDENTIFIER, *FIXED_KINDS)
    if is_wordy or not column.top_values or column.top_values[0].num_rows <= 1:
        return []
    return [float(entry.num_rows) for entry in column.top_values[:most]]
