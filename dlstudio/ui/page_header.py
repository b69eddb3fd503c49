"""What a page begins with, and what it shows where there is nothing yet."""

from pathlib import Path

import streamlit as st

from dlstudio.ui.navigation import LOOKS, Screen

_ASSETS = Path(__file__).parent / "assets"
LOGO = _ASSETS / "logo.svg"
WORDMARK = _ASSETS / "wordmark.svg"


def show_page_header(screen: Screen, lead: str) -> None:
    """Show the page's title and one sentence on what it is for.

    Args:
        screen: The screen that is shown.
        lead: One sentence in plain words.
    """
    look = LOOKS[screen]
    st.title(look.title, anchor=False)
    st.caption(lead)


def show_empty_state(title: str, what_to_do: str, icon: str = ":material/inbox:") -> None:
    """Say that there is nothing here yet and what to do about it; buttons go below the call.

    Args:
        title: What is missing, in a few words.
        what_to_do: One or two sentences that tell the next step.
        icon: A Material icon.
    """
    with st.container(border=True, horizontal_alignment="center", gap="small"):
        st.space("small")
        st.markdown(f"## {icon}", text_alignment="center")
        st.markdown(f"**{title}**", text_alignment="center")
        st.caption(what_to_do, text_alignment="center")
        st.space("small")
