"""The way to what a trained network is good for: predictions, or samples of one that makes them."""

import streamlit as st

from dlstudio.runs.records import RunRecord
from dlstudio.ui.navigation import Screen, open_screen
from dlstudio.ui.services import store

_REPORT = "Report"


def show_use_button(run: RunRecord) -> None:
    """Offer to predict with a run or to draw samples from it; nothing while it can do neither.

    Args:
        run: The run.
    """
    folder = store().folder(run.id)
    if folder.model.is_file():
        if st.button("Predict and download", icon=":material/lightbulb:"):
            open_screen(Screen.PREDICT, run=run.id)
    elif folder.generator.is_file() and st.button(
        "Draw samples",
        icon=":material/auto_awesome:",
        help="This network makes new examples; it answers nothing about rows.",
    ):
        open_screen(Screen.RUNS, run=run.id, tab=_REPORT)
