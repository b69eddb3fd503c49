"""Data: add a dataset, or see what is in one; the address says which."""

import streamlit as st

from dlstudio.ui.data_add import show_add_data
from dlstudio.ui.data_detail import show_dataset
from dlstudio.ui.data_jobs import show_jobs
from dlstudio.ui.data_list import show_dataset_list
from dlstudio.ui.navigation import Screen
from dlstudio.ui.page_header import show_page_header
from dlstudio.ui.session import AddressKey

name = st.query_params.get(AddressKey.DATASET)

if name:
    show_dataset(name, st.query_params.get(AddressKey.VERSION))
else:
    show_page_header(
        Screen.DATA,
        "Add tables, images, sounds, videos, texts or series, and see what is in them "
        "before a network learns.",
    )
    show_jobs()
    show_add_data()
    show_dataset_list()
