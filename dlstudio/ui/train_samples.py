"""What a run rebuilds or makes up, epoch by epoch, while it trains and afterwards."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dlstudio.runs.folders import RunFolder
from dlstudio.runs.records import RunRecord
from dlstudio.runs.samples import ORIGINALS, SampleFrame, list_frames, read_frame
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.task import TaskKind
from dlstudio.ui.charts import show_lines
from dlstudio.ui.sample_pictures import as_grid, as_images
from dlstudio.ui.services import store

EVERY_S = 2.0
NUM_COLUMNS = 10
MOST_SERIES = 4
_REBUILT = "Validation examples, and below them what the network makes of their codes."
_HELP = {
    TaskKind.GENERATION: "Made from the same random numbers each time, so that you can follow "
    "one example through the epochs. They should become clearer, and stay different.",
    TaskKind.REDUCTION: _REBUILT,
    TaskKind.ANOMALY: _REBUILT,
}


def show_samples(run: RunRecord) -> None:
    """Show the newest frame, and earlier ones on request; nothing for runs without frames.

    Args:
        run: The run in focus.
    """
    if not run.spec.task.kind.is_unsupervised:
        return
    _show(run.id) if run.status.is_over else _show_live(run.id)


@st.fragment(run_every=EVERY_S)
def _show_live(run_id: str) -> None:
    _show(run_id)


def _show(run_id: str) -> None:
    run, folder = store().get_run(run_id), store().folder(run_id)
    epochs = list_frames(folder)
    if not epochs:
        return
    kind = run.spec.task.kind
    title = "Samples" if kind is TaskKind.GENERATION else "Reconstructions"
    st.markdown(f"**{title}**", help=_HELP[kind])
    frame = read_frame(folder, _chosen_epoch(run_id, epochs))
    if frame is not None:
        show_frame(frame, read_frame(folder, ORIGINALS), run_id)
    _show_film(folder, epochs)


def show_frame(frame: SampleFrame, originals: SampleFrame | None, key: str) -> None:
    """Show a frame, below the originals if there are some.

    Args:
        frame: What the network made.
        originals: What it was to rebuild; None for samples.
        key: Beginning of the widgets' keys.
    """
    if frame.kind is CanvasKind.SERIES:
        _show_series(frame, originals, key)
        return
    pictures = as_images(frame.kind, frame.values)
    if originals is None:
        st.image(as_grid(pictures, NUM_COLUMNS), width="stretch")
        _show_captions(frame)
        return
    before = as_images(originals.kind, originals.values)
    st.image(as_grid(_in_turn(before, pictures), min(NUM_COLUMNS, len(before))), width="stretch")
    st.caption("A line of examples, then a line of what the network rebuilt.")


def _in_turn(before: list[np.ndarray], after: list[np.ndarray]) -> list[np.ndarray]:
    """A line of originals, a line of their reconstructions, and so on; whole lines only."""
    num_shown = min(len(before), 2 * NUM_COLUMNS)
    width = min(NUM_COLUMNS, num_shown)
    lines: list[np.ndarray] = []
    for start in range(0, num_shown - width + 1, width):
        lines += [*before[start : start + width], *after[start : start + width]]
    return lines


def _show_captions(frame: SampleFrame) -> None:
    if frame.captions:
        classes = ", ".join(dict.fromkeys(frame.captions))
        st.caption(f"Asked for in turn: {classes}.")


def _chosen_epoch(run_id: str, epochs: Sequence[int]) -> int:
    if len(epochs) == 1:
        return epochs[0]
    chosen = st.select_slider(
        "Epoch",
        [*epochs[:-1], "newest"],
        value="newest",
        key=f"samples.{run_id}.epoch",
        format_func=lambda epoch: f"{epoch}" if isinstance(epoch, int) else f"{epochs[-1]}",
    )
    return chosen if isinstance(chosen, int) else epochs[-1]


def _show_film(folder: RunFolder, epochs: Sequence[int]) -> None:
    """The first few examples through the epochs, one line an epoch."""
    if len(epochs) < 3:
        return
    with st.expander("Filmstrip: the same examples, epoch by epoch", icon=":material/theaters:"):
        num_shown = 8
        places = sorted({round(i * (len(epochs) - 1) / (num_shown - 1)) for i in range(num_shown)})
        for place in places:
            frame = read_frame(folder, epochs[place])
            if frame is None or frame.kind is CanvasKind.SERIES:
                continue
            st.caption(f"Epoch {frame.epoch}")
            pictures = as_images(frame.kind, frame.values[:NUM_COLUMNS])
            st.image(as_grid(pictures, NUM_COLUMNS), width="stretch")


def _show_series(frame: SampleFrame, originals: SampleFrame | None, key: str) -> None:
    grid = st.grid(2, min_column_width=260)
    for index in range(min(MOST_SERIES, len(frame.values))):
        with grid.cell():
            lines = _lines("Rebuilt" if originals else "Made", frame, index)
            if originals is not None and index < len(originals.values):
                lines = _lines("Original", originals, index) | lines
            show_lines(
                lines, ("Step", "Scaled value"), "A sequence", f"samples.{key}.series.{index}"
            )


def _lines(name: str, frame: SampleFrame, index: int) -> dict[str, list[tuple[float, float]]]:
    """The first channels of a sequence."""
    values = frame.values[index]
    return {
        f"{name} {channel + 1}" if values.shape[1] > 1 else name: [
            (float(step), float(value)) for step, value in enumerate(values[:, channel])
        ]
        for channel in range(min(2, values.shape[1]))
    }
