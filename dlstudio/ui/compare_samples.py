"""What several runs rebuild or make up, side by side."""

from collections.abc import Sequence

import streamlit as st

from dlstudio.runs.records import RunRecord
from dlstudio.runs.samples import ORIGINALS, SampleFrame, list_frames, read_frame
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.task import TaskKind
from dlstudio.ui.formats import escape_markdown
from dlstudio.ui.frame_view import choose_column, show_film, show_frame
from dlstudio.ui.picture_grid import show_pictures
from dlstudio.ui.run_names import distinct_names
from dlstudio.ui.sample_pictures import SPECTROGRAMS, as_images
from dlstudio.ui.services import store

NUM_SHOWN, NUM_COLUMNS = 20, 10
NARROWEST = 300
CHARTED = (CanvasKind.TABLE, CanvasKind.SERIES)


def show_newest_samples(runs: Sequence[RunRecord]) -> None:
    """Show the newest examples and the filmstrip of each run that makes some; else nothing.

    Args:
        runs: Two or more runs.
    """
    frames = {run.id: frame for run in runs if (frame := _newest(run)) is not None}
    if not frames:
        return
    st.subheader("What they make", anchor=False)
    st.caption("The newest reconstructions or samples of each run, and what was to be rebuilt.")
    column = choose_column(next(iter(frames.values())), "compare.column")
    has_film = st.toggle("Filmstrips: the same examples, epoch by epoch", key="compare.film")
    shown = [run for run in runs if run.id in frames]
    names = distinct_names(shown)
    with st.grid(2, min_column_width=NARROWEST) as grid:
        for run in shown:
            with grid.cell():
                st.markdown(f"**{escape_markdown(names[run.id])}**, epoch {frames[run.id].epoch}")
                _show_run(run, frames[run.id], column, has_film)


def _newest(run: RunRecord) -> SampleFrame | None:
    folder = store().folder(run.id)
    epochs = list_frames(folder)
    return read_frame(folder, epochs[-1]) if epochs else None


def _show_run(run: RunRecord, frame: SampleFrame, column: str | None, has_film: bool) -> None:
    folder, task = store().folder(run.id), run.spec.task.kind
    originals = read_frame(folder, ORIGINALS)
    # Runs of other datasets may have other columns.
    drawn = column if column in frame.columns else next(iter(frame.columns), None)
    if frame.kind in CHARTED:
        show_frame(frame, originals, f"compare.{run.id}", drawn, task)
    else:
        if task is not TaskKind.GENERATION and originals is not None:
            _show_pictures(originals, NUM_COLUMNS)
        _show_pictures(frame, NUM_SHOWN if task is TaskKind.GENERATION else NUM_COLUMNS)
        if frame.kind is CanvasKind.SOUND:
            st.caption(SPECTROGRAMS)
    if has_film:
        show_film(folder, originals, drawn, task)


def _show_pictures(frame: SampleFrame, num_shown: int) -> None:
    show_pictures(as_images(frame.kind, frame.values[:num_shown]))
