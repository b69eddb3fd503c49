"""The search and the filters above the table of runs; all of them live in the address."""

import streamlit as st

from dlstudio.runs.records import RunFilter, RunStatus
from dlstudio.ui.forms_labels import choice_label
from dlstudio.ui.run_status import STATUS_LOOKS
from dlstudio.ui.services import store


def choose_filter() -> RunFilter:
    """Show the search field and the filters.

    Returns:
        What the person asks for; everything is empty at first.
    """
    offered = store().filter_choices()
    search, filters = st.columns([3, 1], vertical_alignment="bottom")
    text = search.text_input(
        "Search",
        key="search",
        bind="query-params",
        placeholder="Name, dataset, tag or note",
        icon=":material/search:",
        label_visibility="collapsed",
    )
    with filters.popover("Filters", icon=":material/filter_list:", width="stretch"):
        statuses = st.multiselect(
            "Status",
            [status.value for status in RunStatus],
            format_func=lambda value: STATUS_LOOKS[RunStatus(value)].label,
            key="status",
            bind="query-params",
        )
        datasets = st.multiselect(
            "Dataset",
            offered.datasets,
            key="datasets",
            bind="query-params",
        )
        architectures = st.multiselect(
            "Architecture",
            offered.architectures,
            format_func=choice_label,
            key="architectures",
            bind="query-params",
        )
        tags = st.multiselect("Tags (all of them)", offered.tags, key="tags", bind="query-params")
    return RunFilter(
        text=text or "",
        statuses=tuple(RunStatus(value) for value in statuses),
        datasets=tuple(datasets),
        architectures=tuple(architectures),
        tags=tuple(tags),
    )
