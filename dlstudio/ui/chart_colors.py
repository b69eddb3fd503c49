"""The theme's colours that Streamlit's template for Plotly leaves out, and dashes beside them."""

from typing import Any

import streamlit as st

_DASHES = ("solid", "dash", "dot")


def palette() -> list[str]:
    """Give the colours of lines and bars, in their order."""
    return list(_theme_value("chartCategoricalColors"))


def axis_grey() -> str:
    """Give the colour of the words along axes; Streamlit's own is too faint on white, 3.7 to 1."""
    return str(_theme_value("grayColor"))


def dash_of(place: int) -> str:
    """Say how a line is dashed, so that lines of the same colour can be told apart.

    Args:
        place: Place of the line, counted from 0; colours repeat where they are used up.
    """
    return _DASHES[place // len(palette()) % len(_DASHES)]


def _theme_value(name: str) -> Any:  # noqa: ANN401 - a colour or a list of colours
    shown = "dark" if st.context.theme.type == "dark" else "light"
    return st.get_option(f"theme.{shown}.{name}")
