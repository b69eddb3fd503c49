"""The way to what a trained network is good for: predictions, or samples of one that makes them."""

import streamlit as st

from dlstudio.runs.records import RunRecord
from dlstudio.ui.kept_room import button_width
from dlstudio.ui.navigation import Screen, open_screen
from dlstudio.ui.services import store
from dlstudio.ui.session import AddressKey

_REPORT = "Report"


def show_use_button(run: RunRecord) -> None:
    """Offer to predict with a run or to draw samples from it; nothing while it can do neither.

    Args:
        run: The run.
    """
    folder = store().folder(run.id)
    if folder.model.is_file():
        label = "Predict and download"
        if st.button(label, icon=":material/lightbulb:", width=button_width(label)):
            open_screen(Screen.PREDICT, run=run.id)
    elif folder.generator.is_file() and st.button(
        "Draw samples",
        icon=":material/auto_awesome:",
        help="This network makes new examples; it answers nothing about rows.",
        on_click=_turn_to_report,
        width=button_width("Draw samples"),
    ):
        open_screen(Screen.RUNS, run=run.id)


def _turn_to_report() -> None:
    # A page that is opened from itself keeps its tab (Streamlit 1.67).
    st.session_state[AddressKey.TAB.value] = _REPORT
