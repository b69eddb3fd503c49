"""Moving between the versions of a dataset: the address says which one is shown."""

import streamlit as st

from dlstudio.spec.dataset import DatasetInfo
from dlstudio.ui.session import AddressKey


def show_new_version(info: DatasetInfo) -> None:
    """Go to the current version of a dataset and say that it is new.

    Args:
        info: The version that has just been made.
    """
    st.toast(f"Saved as a new version of {info.name}.", icon=":material/check:")
    st.query_params[AddressKey.DATASET] = info.name
    st.query_params.pop(AddressKey.VERSION, None)
    st.rerun()
