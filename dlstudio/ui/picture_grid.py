"""Many small pictures on a page, in lines that a phone breaks before they become too small."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dlstudio.ui.sample_pictures import as_lines

NUM_PLACES = 5
LINES_ABREAST = 2
SMALLEST_PICTURE = 56


def show_pictures(
    pictures: Sequence[np.ndarray], below: Sequence[np.ndarray] = (), places: int = NUM_PLACES
) -> None:
    """Show pictures, two short lines beside each other where there is room for both.

    Args:
        pictures: At least one, uint8 `(height, width, 3)`, all of one size.
        below: For each of them one that stands below it, such as its reconstruction; or none.
        places: Pictures a short line; where only one fits beside, they are a page's width.
    """
    with st.grid(
        LINES_ABREAST, min_column_width=places * SMALLEST_PICTURE, gap=("xxsmall", "xxsmall")
    ):
        for line in as_lines(pictures, places, below):
            st.image(line, width="stretch")
