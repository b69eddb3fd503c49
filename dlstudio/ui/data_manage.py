"""Renaming and removing a dataset, and the list of its versions."""

import streamlit as st

from dlstudio.data.catalog import (
    checked_name,
    list_versions,
    open_dataset,
    remove_dataset,
    rename_dataset,
    versions_only_here,
)
from dlstudio.data.summaries import summarise
from dlstudio.runs.queue import ACTIVE
from dlstudio.runs.records import RunFilter, RunStatus
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.ui import services
from dlstudio.ui.data_list import facts_of
from dlstudio.ui.formats import ago, count, escape_markdown
from dlstudio.ui.navigation import Screen, open_screen
from dlstudio.ui.problems import showing_problems
from dlstudio.ui.session import AddressKey


def show_manage_menu(name: str) -> None:
    """Show the buttons that rename and remove a dataset; each opens a box that asks first.

    Args:
        name: The dataset.
    """
    with st.popover("Rename", icon=":material/edit:"):
        _ask_name(name)
    with st.popover("Remove", icon=":material/delete:"):
        _ask_removal(name)


def show_versions(info: DatasetInfo) -> None:
    """List all versions of a dataset, newest first.

    Args:
        info: The version that is shown.
    """
    st.caption("A version never changes. Runs remember the version that they learned from.")
    versions = list_versions(services.settings(), info.name)
    current = open_dataset(services.settings(), info.name).info.fingerprint
    for place, version in enumerate(versions):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**Version {len(versions) - place}**", width="content")
            st.caption(
                f"{facts_of(summarise(version))} · {ago(version.created_at)}", width="content"
            )
            st.space("stretch")
            if version.fingerprint == info.fingerprint:
                st.badge("shown", color="green")
            elif st.button("Show", key=f"show_{version.fingerprint}"):
                _show_version(version.fingerprint, is_current=version.fingerprint == current)


def _show_version(fingerprint: str, *, is_current: bool) -> None:
    # Not a link: a link would drop the open tab, which is bound to the address.
    if is_current:
        st.query_params.pop(AddressKey.VERSION, None)
    else:
        st.query_params[AddressKey.VERSION] = fingerprint
    st.rerun()


def _ask_name(name: str) -> None:
    new_name = st.text_input("New name", value=name, max_chars=80)
    if st.button("Rename it", type="primary", key="confirm_rename"):
        with showing_problems():
            # A queued run finds its version under any name; one at work has its files open.
            _require_unused(name, ACTIVE)
            rename_dataset(services.settings(), name, new_name)
            open_screen(Screen.DATA, dataset=checked_name(new_name))


def _ask_removal(name: str) -> None:
    num_runs = services.store().count_runs(RunFilter(datasets=(name,)))
    st.markdown(
        f"**{escape_markdown(name)}** and all its versions will be deleted from this machine. "
        "This cannot be undone."
    )
    if num_runs:
        st.markdown(
            f"{count(num_runs, 'run')} learned from it: they stay, but cannot be trained again."
        )
    if st.button("Remove it", type="primary", icon=":material/delete:", key="confirm_remove"):
        with showing_problems():
            _require_unused(name, (RunStatus.QUEUED, *ACTIVE))
            remove_dataset(services.settings(), name)
            open_screen(Screen.DATA)


def _require_unused(name: str, statuses: tuple[RunStatus, ...]) -> None:
    only_here = versions_only_here(services.settings(), name)
    services.store().require_unused_data(name, only_here, statuses)
