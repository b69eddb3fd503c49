"""The studio's web server: `streamlit run app.py` starts everything."""

import streamlit as st

from dlstudio.ui.known_hosts import MIDDLEWARE
from dlstudio.ui.lifespan import lifespan
from dlstudio.ui.navigation import ROUTER
from dlstudio.ui.on_error import show_script_error
from dlstudio.ui.routes import ROUTES

app = st.App(
    ROUTER,
    routes=ROUTES,
    middleware=MIDDLEWARE,
    lifespan=lifespan,
    on_script_error=show_script_error,
)
