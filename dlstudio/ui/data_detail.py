"""One dataset: what it is, what to predict, and the tabs with everything about it."""

from collections.abc import Callable

import streamlit as st

from dlstudio.data.catalog import open_dataset
from dlstudio.data.dataset import Dataset
from dlstudio.data.summaries import summarise
from dlstudio.data.target import suggest_target
from dlstudio.spec.dataset import ColumnKind, DatasetInfo
from dlstudio.ui import services
from dlstudio.ui.data_columns import show_columns
from dlstudio.ui.data_combine import show_combine, show_combine_hint
from dlstudio.ui.data_examples import show_examples, structured_columns
from dlstudio.ui.data_list import facts_of
from dlstudio.ui.data_manage import show_manage_menu, show_versions
from dlstudio.ui.data_media_words import FIXED_KINDS
from dlstudio.ui.data_over_time import can_be_shown_over_time, show_over_time
from dlstudio.ui.data_overview import show_overview
from dlstudio.ui.data_reading import show_reading
from dlstudio.ui.data_rows import show_rows
from dlstudio.ui.formats import ago, escape_markdown
from dlstudio.ui.kept_room import keeping_room
from dlstudio.ui.navigation import Screen, link_screen, open_screen
from dlstudio.ui.problems import showing_problems
from dlstudio.ui.session import AddressKey


def show_dataset(name: str, version: str | None) -> None:
    """Show everything about a dataset.

    Args:
        name: The dataset's name.
        version: Fingerprint of an older version; None for the current one.
    """
    link_screen(Screen.DATA, "All datasets", icon=":material/arrow_back:")
    with showing_problems():
        dataset = open_dataset(services.settings(), name, version)
        current = open_dataset(services.settings(), name).info
        is_current = dataset.info.fingerprint == current.fingerprint
        _show_title(dataset.info)
        if not is_current:
            st.warning(
                "This is an older version of the dataset. It cannot be changed; "
                "runs start from the current one.",
                icon=":material/history:",
            )
        target = _show_next_step(dataset.info)
        _show_tabs(dataset, target, is_current)


def _show_title(info: DatasetInfo) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(escape_markdown(info.name), anchor=False, width="content")
        st.space("stretch")
        show_manage_menu(info.name)
    source = escape_markdown(info.source.file_name)
    st.caption(f"{facts_of(summarise(info))} · read from {source} {ago(info.created_at)}")


def _show_next_step(info: DatasetInfo) -> str | None:
    """Ask what to predict and lead on to Design."""
    never = (ColumnKind.IDENTIFIER, *FIXED_KINDS)
    choices = [column.name for column in info.columns if column.kind not in never]
    asked = st.query_params.get(AddressKey.TARGET)
    wanted = asked if asked in choices else suggest_target(info)
    with st.container(border=True):
        question, way_on = st.columns([4, 1], vertical_alignment="bottom")
        with question, keeping_room():
            target = st.selectbox(
                "What should the network predict?",
                choices,
                index=choices.index(wanted) if wanted in choices else None,
                placeholder="Choose the column with the answers",
                help="The target: the column that the network learns to fill in from all others. "
                "Pick what you will not know for new rows, such as the price or the diagnosis.",
                key=f"target_{info.fingerprint}",
            )
        if way_on.button(
            "Design a network",
            icon=":material/arrow_forward:",
            icon_position="right",
            type="primary",
            width="stretch",
            help="Go on to the Design page with this data.",
        ):
            chosen = {AddressKey.TARGET.value: target} if target else {}
            open_screen(Screen.DESIGN, dataset=info.name, **chosen)
    return target


def _show_tabs(dataset: Dataset, target: str | None, is_current: bool) -> None:
    content: dict[str, Callable[[], None]] = {
        "Overview": lambda: _show_overview(dataset, target, is_current),
        "Examples": lambda: show_examples(dataset, target),
        "Over time": lambda: show_over_time(dataset, target),
        "Columns": lambda: _show_columns(dataset, is_current),
        "Rows": lambda: show_rows(dataset),
        "How it was read": lambda: show_reading(dataset.info),
        "Versions": lambda: show_versions(dataset.info),
    }
    if not structured_columns(dataset):
        del content["Examples"]
    if not can_be_shown_over_time(dataset.info):
        del content["Over time"]
    tabs = st.tabs(list(content), key=AddressKey.TAB.value, on_change="rerun", bind="query-params")
    for tab, show in zip(tabs, content.values(), strict=True):
        if tab.open:
            with tab:
                show()


def _show_overview(dataset: Dataset, target: str | None, is_current: bool) -> None:
    if is_current:
        show_combine_hint(dataset)
    show_overview(dataset, target, can_change=is_current)


def _show_columns(dataset: Dataset, is_current: bool) -> None:
    show_columns(dataset.info, can_change=is_current)
    if is_current:
        show_combine(dataset)
