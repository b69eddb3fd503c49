"""Data: add a dataset and see what is in it."""

from dlstudio.ui.navigation import Screen
from dlstudio.ui.page_header import show_page_header

show_page_header(Screen.DATA, "Add a dataset and see what is in it.")
