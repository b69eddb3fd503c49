"""Train: not built yet."""

from dlstudio.ui.navigation import Screen
from dlstudio.ui.page_header import show_empty_state, show_page_header

show_page_header(Screen.TRAIN, "This page is being built.")
show_empty_state("Nothing here yet", "This page will be here soon.")
