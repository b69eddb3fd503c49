"""Watch networks learn, live; stop, resume and queue them."""

import streamlit as st

from dlstudio.ui.curves_help import show_curves_help
from dlstudio.ui.formats import escape_markdown
from dlstudio.ui.live_chart import show_live_chart
from dlstudio.ui.navigation import Screen
from dlstudio.ui.page_header import show_page_header
from dlstudio.ui.problems import showing_problems
from dlstudio.ui.train_actions import show_actions
from dlstudio.ui.train_alarms import show_live_alarms
from dlstudio.ui.train_list import show_choice, show_run_list
from dlstudio.ui.train_report import show_report
from dlstudio.ui.train_samples import show_samples
from dlstudio.ui.train_status import show_log, show_status, show_weights_note
from dlstudio.ui.train_view import open_view

show_page_header(Screen.TRAIN, "Watch networks learn. You may close this page: training goes on.")

view = None
with showing_problems():
    view = open_view()
if view is None:
    show_choice()
    st.stop()

run_side, list_side = st.columns([3, 1], gap="large")
with run_side:
    st.subheader(escape_markdown(view.focus.name), anchor=False)
    show_actions(view.focus)
    show_status(view.focus)
    show_live_alarms(view.focus)
    show_live_chart(view.plotted, key="train.curves")
    show_curves_help()
    show_samples(view.focus)
    show_weights_note(view.focus)
    show_report(view.focus)
    show_log(view.focus)
with list_side:
    show_run_list(view)
