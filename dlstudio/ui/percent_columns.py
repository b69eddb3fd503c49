"""Columns of tables that hold shares, written as on cards: "80.2 %", with a space."""

from collections.abc import Iterable
from typing import Any

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

# Streamlit's own format "percent" writes "80.2%" beside cards that say "80.2 %".
_NUMBER, _BAR = "%.1f\xa0%%", "%.0f\xa0%%"


def in_percent(shares: Iterable[float | None]) -> list[float | None]:
    """Give shares, from 0 to 1 or missing, as the numbers that a column of percent holds."""
    return [None if share is None else 100 * share for share in shares]


def percent_column(**named: Any) -> ColumnConfig:  # noqa: ANN401 - what Streamlit takes
    """Say that a column holds numbers in percent; arguments go to Streamlit's number column."""
    return st.column_config.NumberColumn(format=_NUMBER, **named)


def percent_bars(**named: Any) -> ColumnConfig:  # noqa: ANN401 - what Streamlit takes
    """Say that a column holds 0 to 100 percent, drawn as bars."""
    return st.column_config.ProgressColumn(format=_BAR, min_value=0, max_value=100, **named)
