"""What every page shares: the window title, the logo and the navigation; then the page itself."""

import streamlit as st

from dlstudio.ui.first_page import note_page
from dlstudio.ui.navigation import Screen, all_pages
from dlstudio.ui.page_header import LOGO, WORDMARK
from dlstudio.ui.session import SessionKey

st.set_page_config(page_title="DL Studio", page_icon=str(LOGO), layout="wide")
st.logo(str(WORDMARK), size="medium")
page = st.navigation(all_pages(), position="top")
st.session_state[SessionKey.SCREEN] = page.url_path or Screen.HOME
try:
    page.run()
finally:  # a page may stop early
    note_page()
