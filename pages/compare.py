"""Compare: several runs side by side."""

import streamlit as st

from dlstudio.ui.compare_baseline import choose_baseline, show_pin
from dlstudio.ui.compare_panel import (
    MOST_RUNS,
    choose_runs,
    show_curves,
    show_data_check,
    show_differences,
    show_scores,
)
from dlstudio.ui.compare_samples import show_newest_samples
from dlstudio.ui.kept_room import keeping_room
from dlstudio.ui.navigation import Screen, link_screen
from dlstudio.ui.page_header import show_empty_state, show_page_header
from dlstudio.ui.services import store

show_page_header(Screen.COMPARE, "Several runs side by side: scores, curves and what you changed.")

if store().count_runs() < 2:
    show_empty_state("Nothing to compare yet", "Train two networks, then see which is better.")
    link_screen(Screen.HOME, "Start with a sample")
    st.stop()

box = st.container(border=True)
pick, pin = box.columns([3, 1])
with pick, keeping_room():
    runs = choose_runs()

if len(runs) < 2:
    show_empty_state("Choose two or more runs", "Pick them above, or tick them on the Runs page.")
    link_screen(Screen.RUNS, "All runs")
    st.stop()

with pin, keeping_room():
    baseline = choose_baseline(runs)
with box:
    show_pin(runs, baseline, MOST_RUNS)

show_data_check(runs)
show_scores(runs, baseline)
show_newest_samples(runs)

st.subheader("Curves", anchor=False)
show_curves(runs)

st.subheader("What you changed", anchor=False)
show_differences(runs)
