"""Numbers what is handed to a component in the browser, so that it can tell newer from older."""

import time
from collections.abc import Mapping
from typing import Any

import streamlit as st

from dlstudio.ui.session import SessionKey


def numbered(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Add a number to a component's data that grows whenever the data change.

    Streamlit calls a component's script once for each new data. The calls that are made while the
    browser still loads the script wait for it, and Chromium then lets them go in any order: a
    component shows what has the highest number, not what came last.

    Args:
        data: What the component shows, as JSON; has no "number" of its own.
        key: The component's key on the page.

    Returns:
        The data with "number", an int that a double holds exactly.
    """
    handed = st.session_state.setdefault(SessionKey.COMPONENT_DATA, {})
    # A page that finds its server again has a new session: its numbers begin above the old ones.
    number, last = handed.get(key, (time.time_ns() // 1_000_000, data))
    if data != last:
        number += 1
    handed[key] = (number, data)
    return {**data, "number": number}
