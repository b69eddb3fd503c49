"""What the visitor chose for the live curves, as the address keeps it."""

from collections.abc import Mapping

import streamlit as st

from dlstudio.ui.session import AddressKey, SessionKey

# In the order in which the browser names them: assets/live_choices.js, which knows the values.
_KEYS = (AddressKey.METRIC, AddressKey.ACROSS, AddressKey.SMOOTHING, AddressKey.LOG)


def read_choices() -> dict[str, str]:
    """Read what the address says about the curves; what it does not name is as usual.

    An address that says nothing gets what was last chosen in this tab: it goes along from run to
    run.
    """
    named = {key.value: st.query_params[key] for key in _KEYS if key in st.query_params}
    if not named and (latest := st.session_state.get(SessionKey.CURVE_CHOICES)):
        keep_choices(latest)
        return dict(latest)
    st.session_state[SessionKey.CURVE_CHOICES] = named
    return named


def keep_choices(chosen: Mapping[str, str]) -> None:
    """Write into the address what was chosen.

    Args:
        chosen: Texts by the address's key; a key that is absent is as usual and leaves the address.
    """
    ordered = {key.value: chosen[key] for key in _KEYS if key in chosen}
    others = {name: text for name, text in st.query_params.to_dict().items() if name not in _KEYS}
    st.query_params.from_dict({**others, **ordered})
    st.session_state[SessionKey.CURVE_CHOICES] = ordered
