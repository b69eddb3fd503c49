"""Home: the road, the samples, the last runs and the machine."""

from dlstudio.ui.navigation import Screen
from dlstudio.ui.page_header import show_page_header

show_page_header(Screen.HOME, "Train neural networks on your own data, without writing code.")
