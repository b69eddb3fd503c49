"""What every page shares: the window title, the logo and the navigation; then the page itself."""

import streamlit as st

from dlstudio.ui.navigation import all_pages
from dlstudio.ui.page_header import LOGO, WORDMARK

st.set_page_config(page_title="DL Studio", page_icon=str(LOGO), layout="wide")
st.logo(str(WORDMARK), size="medium")
st.navigation(all_pages(), position="top").run()
