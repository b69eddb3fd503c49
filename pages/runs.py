"""Runs: every network that was trained, one at a time or as a table."""

import streamlit as st

from dlstudio.ui.navigation import Screen, link_screen
from dlstudio.ui.page_header import show_empty_state, show_page_header
from dlstudio.ui.problems import showing_problems
from dlstudio.ui.run_detail import show_run
from dlstudio.ui.runs_filters import choose_filter
from dlstudio.ui.runs_panel import show_runs
from dlstudio.ui.services import store
from dlstudio.ui.session import AddressKey

run_id = st.query_params.get(AddressKey.RUN)

if run_id:
    with showing_problems():
        show_run(store().get_run(run_id))
elif store().count_runs() == 0:
    show_page_header(Screen.RUNS, "Every network you trained, with its settings and scores.")
    show_empty_state("No runs yet", "Train a network, and it appears here with its scores.")
    link_screen(Screen.HOME, "Start with a sample")
else:
    show_page_header(Screen.RUNS, "Every network you trained, with its settings and scores.")
    show_runs(choose_filter())
