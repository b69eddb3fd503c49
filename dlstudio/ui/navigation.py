"""The screens of the studio, in the order of the road, and how to get from one to another."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

import streamlit as st

from dlstudio.settings import studio_folder
from dlstudio.ui.session import SessionKey

ROUTER = Path(__file__).parent / "router.py"
PAGES_FOLDER = studio_folder() / "pages"


class Screen(StrEnum):
    """One screen; its value is its address and the name of its file in `pages/`."""

    HOME = "home"
    DATA = "data"
    DESIGN = "design"
    TRAIN = "train"
    RUNS = "runs"
    COMPARE = "compare"
    PREDICT = "predict"


@dataclass(frozen=True)
class ScreenLook:
    """How a screen appears in the navigation and in the heading of its page."""

    title: str
    icon: str
    help: str


LOOKS: Mapping[Screen, ScreenLook] = {
    Screen.HOME: ScreenLook(
        "Home", ":material/home:", "Where to begin, your last runs and what this machine has."
    ),
    Screen.DATA: ScreenLook(
        "Data", ":material/table_chart:", "Add a dataset and see what is in it."
    ),
    Screen.DESIGN: ScreenLook(
        "Design", ":material/account_tree:", "Choose what to predict and shape the network."
    ),
    Screen.TRAIN: ScreenLook(
        "Train", ":material/play_circle:", "Watch networks learn, live, and stop or resume them."
    ),
    Screen.RUNS: ScreenLook(
        "Runs", ":material/list_alt:", "Every network you trained, with its settings and scores."
    ),
    Screen.COMPARE: ScreenLook(
        "Compare",
        ":material/compare_arrows:",
        "Several runs side by side: curves and scores.",
    ),
    Screen.PREDICT: ScreenLook(
        "Predict", ":material/lightbulb:", "Use a trained network on new rows."
    ),
}


def all_pages() -> list[st.Page]:
    """Make the pages for `st.navigation`; Home is the one that opens first."""
    return [_page(screen) for screen in Screen]


def open_screen(screen: Screen, **address: str) -> NoReturn:
    """Leave this page and open another one.

    Args:
        screen: The screen to open.
        address: Query parameters of the new address, such as `dataset="iris"`.
    """
    st.switch_page(_path(screen), query_params=address)


def link_screen(screen: Screen, label: str = "", icon: str = "", **address: str) -> None:
    """Show a link to another screen, or to another view of this one.

    Args:
        screen: The screen to link to.
        label: Text of the link; the screen's title by default.
        icon: A Material icon; the screen's own by default.
        address: Query parameters of the address, such as `run="k3f9a1"`.
    """
    look = LOOKS[screen]
    if st.session_state.get(SessionKey.SCREEN) == screen:
        _show_button(screen, label or look.title, icon or look.icon, address)
        return
    st.page_link(
        _path(screen),
        label=label or look.title,
        icon=icon or look.icon,
        help=look.help,
        query_params=address,
    )


def _show_button(screen: Screen, label: str, icon: str, address: Mapping[str, str]) -> None:
    # A link from a page to itself shows the new view but leaves the old address (Streamlit 1.67).
    key = "&".join(["go", screen, label, *(f"{name}={value}" for name, value in address.items())])
    if st.button(label, icon=icon, type="tertiary", key=key):
        open_screen(screen, **address)


def _page(screen: Screen) -> st.Page:
    look = LOOKS[screen]
    return st.Page(
        _path(screen),
        title=look.title,
        icon=look.icon,
        help=look.help,
        url_path=screen.value,
        default=screen is Screen.HOME,
    )


def _path(screen: Screen) -> str:
    return str(PAGES_FOLDER / f"{screen.value}.py")
