"""One row of a list, in a box."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def list_row() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Begin a row.

    Returns:
        Where to say what it is, at the left, and what is new about it, at the right; on a phone
        the second stands below the first, without a gap.
    """
    row = st.container(
        border=True,
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        gap="small",
    )

    def group() -> DeltaGenerator:
        return row.container(horizontal=True, vertical_alignment="center", width="content")

    return group(), group()
