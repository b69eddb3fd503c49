"""Predict: use a trained network on one row, the next steps or a file, or take it away."""

import streamlit as st

from dlstudio.ui.kept_room import keeping_room
from dlstudio.ui.navigation import Screen, link_screen
from dlstudio.ui.page_header import show_empty_state, show_page_header
from dlstudio.ui.predict_file import show_file
from dlstudio.ui.predict_forecast import is_forecast, show_next_steps
from dlstudio.ui.predict_panel import (
    choose_model,
    runs_with_models,
    show_download,
    show_generator,
    show_missing_model,
    show_one_row,
)

show_page_header(Screen.PREDICT, "Use a trained network on new rows, or take it away.")

if show_generator():
    st.stop()
runs = runs_with_models()
show_missing_model(runs)
if not runs:
    show_empty_state("No trained network yet", "Train one, and use it here.")
    link_screen(Screen.HOME, "Start with a sample")
    st.stop()

with keeping_room():
    run = choose_model(runs)
first, file, download = st.tabs(
    ["Next steps" if is_forecast(run) else "One row", "A file", "Download the model"],
    key="tab",
    bind="query-params",
    on_change="rerun",
)
with first:
    if is_forecast(run):
        show_next_steps(run)
    else:
        show_one_row(run)
with file:
    show_file(run)
with download:
    show_download(run)
