"""Room for what the browser draws late, so that what stands below does not jump."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

LABELLED = 68
"""Height of a field with its label in pixels; until its script has come, it is a stub of 40."""

CHOICE = 60
"""Height of a row of buttons to choose from, with its label, in pixels; its stub has 40."""

FIGURE = 60
"""Height of a figure with its label in pixels; until its script has come, it is a stub of 40."""

_FRAME, _MARK, _LETTER = 38, 24, 7  # widths in pixels of the parts of a button


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


def show_figure(label: str, value: str, explanation: str | None) -> None:
    """Show a number with its label in a place of its own, such as a cell of a grid.

    Args:
        label: What it is, in a few words.
        value: The number, written out with its unit.
        explanation: What it means, shown when the mark beside the label is pointed at.
    """
    # A narrow cell has no second line for the room.
    with st.container(horizontal=True, wrap=False, gap=None):
        st.metric(label, value, help=explanation)
        st.container(width=1, gap=None).space(FIGURE)


def button_width(label: str, num_marks: int = 1) -> int:
    """Tell how wide a button in a row is to be from the beginning on, in pixels.

    Left to itself, it is a stub of 16 until its script has come; then a row may need another line,
    and all that stands below moves.

    Args:
        label: What stands on the button.
        num_marks: How many icons, arrows and help marks stand beside it.
    """
    return _FRAME + _MARK * num_marks + _LETTER * len(label)
