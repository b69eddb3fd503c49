"""Images as a grid of small pictures."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dlstudio.data.dataset import Dataset
from dlstudio.data.examples import Example
from dlstudio.data.media.read import decode_files
from dlstudio.spec.dataset import ColumnInfo, ColumnKind
from dlstudio.spec.inputs.image import ImageChannels, ImageFit, ImagePreprocessing
from dlstudio.spec.media import Spread
from dlstudio.ui.formats import escape_markdown

SIDE = 192
NARROWEST = 110


def show_images(dataset: Dataset, column: ColumnInfo, examples: Sequence[Example]) -> None:
    """Show a grid of images, each with its class below.

    Args:
        dataset: The dataset version that is shown.
        column: An image column.
        examples: What to show.
    """
    if column.image is not None:
        color = {1: "grey", 3: "colour", 4: "colour with transparency"}
        formats = ", ".join(f"{number:,} {name}" for name, number in column.image.formats.items())
        st.caption(
            f"{_size(column.image.width)} by {_size(column.image.height)} pixels, "
            f"{color[column.image.num_channels]} · {formats}"
        )
    with st.grid(6, min_column_width=NARROWEST) as grid:
        for example, pixels in zip(examples, _small(dataset, examples), strict=True):
            with grid.cell():
                _show_one(example, pixels)


def _show_one(example: Example, pixels: np.ndarray | None) -> None:
    if pixels is None:
        st.caption("No image")
        return
    name = example.label or example.file
    st.image(pixels, caption=escape_markdown(name), width="stretch")


def _small(dataset: Dataset, examples: Sequence[Example]) -> list[np.ndarray | None]:
    settings = ImagePreprocessing(
        width=SIDE, height=SIDE, fit=ImageFit.PAD, channels=ImageChannels.COLOR
    )
    paths = [dataset.folder / str(example.value) if example.value else None for example in examples]
    return decode_files(ColumnKind.IMAGE, paths, settings)


def _size(spread: Spread) -> str:
    if spread.is_constant:
        return f"{spread.min:,.0f}"
    return f"{spread.min:,.0f} to {spread.max:,.0f}"
