"""Images as a grid of small pictures."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dlstudio.data.dataset import Dataset
from dlstudio.data.examples import Example, read_examples, rows_by_class
from dlstudio.spec.dataset import ColumnInfo
from dlstudio.spec.media import Spread
from dlstudio.ui.formats import count, escape_markdown
from dlstudio.ui.shown_images import shown_images

SIDE = 192
NARROWEST = 110
NUM_EACH, STRIP_SIDE, GAP = 8, 128, 6


def show_images(dataset: Dataset, column: ColumnInfo, examples: Sequence[Example]) -> None:
    """Show a grid of images, each with its class below.

    Args:
        dataset: The dataset version that is shown.
        column: An image column.
        examples: What to show.
    """
    _show_sizes(column)
    with st.grid(6, min_column_width=NARROWEST) as grid:
        for example, pixels in zip(examples, _small(dataset, examples), strict=True):
            with grid.cell():
                _show_one(example, pixels)


def show_images_by_class(dataset: Dataset, column: ColumnInfo, label_column: str) -> None:
    """Show a row of images of each class, so that classes can be compared at a glance.

    Args:
        dataset: The dataset version that is shown.
        column: An image column.
        label_column: The column with the classes.
    """
    _show_sizes(column)
    classes = dataset.info.column(label_column)
    counts = {entry.value: entry.num_rows for entry in classes.top_values}
    rows = rows_by_class(dataset, label_column, NUM_EACH)
    for name in classes.classes:
        if name not in rows:
            continue
        examples = read_examples(dataset, column.name, label_column, rows[name])
        st.markdown(f"**{escape_markdown(name)}** · {count(counts[name], 'image')}")
        st.image(image_strip(_small(dataset, examples, STRIP_SIDE), NUM_EACH), width="stretch")


def image_strip(images: Sequence[np.ndarray | None], num_places: int) -> np.ndarray:
    """Put images of one size side by side; empty places and gaps are transparent.

    Args:
        images: uint8 `(side, side, 3)` each; None where there is no image.
        num_places: Places of the strip, at least as many as images.

    Returns:
        uint8 `(side, width, 4)`.
    """
    side = next((image.shape[0] for image in images if image is not None), STRIP_SIDE)
    strip = np.zeros((side, num_places * (side + GAP) - GAP, 4), np.uint8)
    for place, image in enumerate(images):
        if image is not None:
            left = place * (side + GAP)
            strip[:, left : left + side, :3] = image
            strip[:, left : left + side, 3] = 255
    return strip


def _show_sizes(column: ColumnInfo) -> None:
    if column.image is not None:
        color = {1: "grey", 3: "colour", 4: "colour with transparency"}
        formats = ", ".join(f"{number:,} {name}" for name, number in column.image.formats.items())
        st.caption(
            f"{_size(column.image.width)} by {_size(column.image.height)} pixels, "
            f"{color[column.image.num_channels]}{_depth(column.image.bits)} · {formats}"
        )


def _show_one(example: Example, pixels: np.ndarray | None) -> None:
    if pixels is None:
        st.caption("No image")
        return
    name = example.label or example.file
    st.image(pixels, caption=escape_markdown(name), width="stretch")


def _small(
    dataset: Dataset, examples: Sequence[Example], side: int = SIDE
) -> list[np.ndarray | None]:
    paths = [dataset.folder / str(example.value) if example.value else None for example in examples]
    return shown_images(paths, side)


def _depth(bits: int) -> str:
    return f" of {bits} bits, shown with stretched contrast" if bits > 8 else ""


def _size(spread: Spread) -> str:
    if spread.is_constant:
        return f"{spread.min:,.0f}"
    return f"{spread.min:,.0f} to {spread.max:,.0f}"
