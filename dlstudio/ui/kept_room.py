"""Room for what the browser draws late, so that what stands below does not jump."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

LABELLED = 68
"""Height of a field with its label in pixels; until its script has come, it is a stub of 40."""


@contextmanager
def keeping_room(height: int = LABELLED, width: int | None = None) -> Iterator[None]:
    """Draw elements where at least this height is theirs from the beginning on.

    Args:
        height: In pixels; elements that are higher than it are not cut.
        width: In pixels, 16 of them for the room; as wide as the page has it by default.
    """
    # A row is as high as its highest part.
    with st.container(horizontal=True, gap=None, width=width or "stretch"):
        with st.container(width="stretch", gap=None):
            yield
        st.container(width=1, gap=None).space(height)
