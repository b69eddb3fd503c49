"""Choose what to predict and shape the network, beside an exact preview of it."""

import streamlit as st

from dlstudio.ui.design_first_batch import show_first_batch_button
from dlstudio.ui.design_network import use_asked_preset
from dlstudio.ui.design_preview import show_preview
from dlstudio.ui.design_sections import show_sections
from dlstudio.ui.design_start import show_start
from dlstudio.ui.design_state import open_design
from dlstudio.ui.design_toolbar import show_toolbar, show_train_button
from dlstudio.ui.navigation import Screen
from dlstudio.ui.page_header import show_page_header
from dlstudio.ui.problems import showing_problems

show_page_header(Screen.DESIGN, "Choose what to predict and shape the network that learns it.")

design = None
with showing_problems():
    design = open_design()
if design is None:
    show_start()
    st.stop()

show_toolbar(design)
use_asked_preset(design)
form_side, network_side = st.columns([3, 2], gap="large")
with form_side:
    show_sections(design)
with network_side:
    show_train_button(design)
    show_first_batch_button(design)
    show_preview(design)
