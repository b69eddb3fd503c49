"""What a run rebuilds or makes up, epoch by epoch, while it trains and afterwards."""

from collections.abc import Sequence

import streamlit as st

from dlstudio.runs.records import RunRecord
from dlstudio.runs.samples import ORIGINALS, list_frames, read_frame
from dlstudio.spec.task import TaskKind
from dlstudio.ui.frame_view import FEWEST_EPOCHS, choose_column, show_film, show_frame
from dlstudio.ui.services import store

EVERY_S = 2.0
_NEWEST = "newest"
_REBUILT = "Validation examples, and beside them what the network makes of their codes."
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
    newest = read_frame(folder, epochs[-1]) if epochs else None
    if newest is None:
        return
    kind = run.spec.task.kind
    title = "Samples" if kind is TaskKind.GENERATION else "Reconstructions"
    heading = st.container()
    column = choose_column(newest, f"samples.{run_id}.column")
    chosen = _chosen_epoch(run_id, epochs)
    heading.markdown(f"**{title}**, epoch {chosen}", help=_HELP[kind])
    frame = newest if chosen == epochs[-1] else read_frame(folder, chosen)
    originals = read_frame(folder, ORIGINALS)
    if frame is not None:
        show_frame(frame, originals, run_id, column, kind)
    if len(epochs) < FEWEST_EPOCHS:
        return
    film = st.expander(
        "Filmstrip: the same examples, epoch by epoch",
        icon=":material/theaters:",
        key=f"samples.{run_id}.film",
        on_change="rerun",
    )
    if film.open:
        with film:
            show_film(folder, originals, column, kind)


def _chosen_epoch(run_id: str, epochs: Sequence[int]) -> int:
    if len(epochs) == 1:
        return epochs[0]
    chosen = st.select_slider(
        "Epoch",
        # The browser keeps a choice by its words: a number would stay while the newest goes on.
        [*epochs[:-1], _NEWEST],
        value=_NEWEST,
        key=f"samples.{run_id}.epoch",
    )
    return chosen if isinstance(chosen, int) else epochs[-1]
