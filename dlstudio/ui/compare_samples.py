"""What several runs rebuild or make up, side by side."""

from collections.abc import Sequence

import streamlit as st

from dlstudio.runs.records import RunRecord
from dlstudio.runs.samples import ORIGINALS, SampleFrame, list_frames, read_frame
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.task import TaskKind
from dlstudio.ui.formats import escape_markdown
from dlstudio.ui.sample_pictures import as_grid, as_images
from dlstudio.ui.services import store

NUM_SHOWN, NUM_COLUMNS = 20, 10
NARROWEST = 300


def show_newest_samples(runs: Sequence[RunRecord]) -> None:
    """Show the newest pictures of each run that makes some; nothing if none does.

    Args:
        runs: Two or more runs.
    """
    frames = {run.id: frame for run in runs if (frame := _newest(run)) is not None}
    if not frames:
        return
    st.subheader("What they make", anchor=False)
    st.caption("The newest reconstructions or samples of each run, and what was to be rebuilt.")
    shown = [run for run in runs if run.id in frames]
    with st.grid(2, min_column_width=NARROWEST) as grid:
        for run in shown:
            with grid.cell():
                _show_run(run, frames[run.id])


def _newest(run: RunRecord) -> SampleFrame | None:
    folder = store().folder(run.id)
    epochs = list_frames(folder)
    frame = read_frame(folder, epochs[-1]) if epochs else None
    # Sequences need a chart each; they are on the page of the run.
    return None if frame is None or frame.kind is CanvasKind.SERIES else frame


def _show_run(run: RunRecord, frame: SampleFrame) -> None:
    st.markdown(f"**{escape_markdown(run.name)}**, epoch {frame.epoch}")
    if run.spec.task.kind is not TaskKind.GENERATION:
        originals = read_frame(store().folder(run.id), ORIGINALS)
        if originals is not None:
            _show_pictures(originals, NUM_COLUMNS)
    _show_pictures(frame, NUM_SHOWN if run.spec.task.kind is TaskKind.GENERATION else NUM_COLUMNS)


def _show_pictures(frame: SampleFrame, num_shown: int) -> None:
    pictures = as_images(frame.kind, frame.values[:num_shown])
    st.image(as_grid(pictures, NUM_COLUMNS), width="stretch")
