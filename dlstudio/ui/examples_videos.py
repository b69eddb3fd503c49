"""Videos as strips of frames."""

from collections.abc import Sequence

import streamlit as st

from dlstudio.data.dataset import Dataset
from dlstudio.data.examples import Example
from dlstudio.data.media.read import decode_files
from dlstudio.spec.dataset import ColumnInfo, ColumnKind
from dlstudio.spec.inputs.image import ImageFit
from dlstudio.spec.inputs.video import VideoPreprocessing
from dlstudio.ui.data_media_words import media_lines
from dlstudio.ui.formats import escape_markdown

NUM_FRAMES = 6
WIDTH, HEIGHT = 192, 144


def show_videos(dataset: Dataset, column: ColumnInfo, examples: Sequence[Example]) -> None:
    """Show a strip of frames for each video, spread evenly over its length.

    Args:
        dataset: The dataset version that is shown.
        column: A video column.
        examples: What to show.
    """
    if column.video is not None:
        st.caption(" · ".join(media_lines(column)))
    settings = VideoPreprocessing(
        num_frames=NUM_FRAMES, width=WIDTH, height=HEIGHT, fit=ImageFit.PAD
    )
    paths = [dataset.folder / str(example.value) if example.value else None for example in examples]
    videos = decode_files(ColumnKind.VIDEO, paths, settings)
    for example, frames in zip(examples, videos, strict=True):
        with st.container(border=True):
            name = example.file or f"row {example.row + 1:,}"
            st.markdown(f"**{escape_markdown(example.label)}** · {escape_markdown(name)}")
            if frames is None:
                st.caption("No video")
                continue
            with st.grid(NUM_FRAMES, min_column_width=90) as grid:
                for frame in frames:
                    with grid.cell():
                        st.image(frame, width="stretch")
