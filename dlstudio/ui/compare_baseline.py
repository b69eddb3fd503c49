"""The run that others are measured against: chosen for one comparison, or pinned for all."""

from collections.abc import Sequence

import streamlit as st

from dlstudio.runs.baseline import baseline_position, is_left_out, left_out_words
from dlstudio.runs.records import RunRecord
from dlstudio.ui.formats import escape_markdown
from dlstudio.ui.kept_room import button_width
from dlstudio.ui.run_names import distinct_names
from dlstudio.ui.runs_dialogs import toggle_baseline
from dlstudio.ui.services import store
from dlstudio.ui.session import AddressKey

_CHOSEN = "compared_baseline"
_ADD, _PIN, _UNPIN = "Add the pinned baseline", "Pin this baseline", "Remove the pin"


def choose_baseline(runs: Sequence[RunRecord]) -> RunRecord:
    """Let a person choose the run that the others are measured against in this comparison.

    Args:
        runs: At least one run.

    Returns:
        The run that the address names if it is among them, else the pinned run, else the first.
    """
    ids = [run.id for run in runs]
    names = distinct_names(runs)
    named = _named_baseline(runs)
    start = named or runs[baseline_position(runs, store().pinned_baseline())]
    st.session_state[_CHOSEN] = start.id
    chosen = st.selectbox(
        "Baseline",
        ids,
        format_func=lambda run_id: str(names.get(run_id, run_id)),
        help="The run that the others are measured against here. Pin it to have it chosen in every "
        "comparison that it is part of.",
        key=_CHOSEN,
        on_change=_keep_baseline,
    )
    return runs[ids.index(chosen)]


def show_pin(runs: Sequence[RunRecord], baseline: RunRecord, most_runs: int) -> None:
    """Say where the pinned run is not among the runs, and offer to add it or to pin another.

    Args:
        runs: The runs that are compared.
        baseline: The one that the others are measured against.
        most_runs: How many runs can be compared.
    """
    pinned = store().pinned_baseline()
    is_told = pinned is not None and is_left_out(runs, pinned) and not _named_baseline(runs)
    if pinned is not None and is_told:
        name = distinct_names([*runs, pinned])[pinned.id]
        st.info(left_out_words(f"**{escape_markdown(name)}**"), icon=":material/keep:")
    with st.container(horizontal=True):
        if pinned is not None and is_told:
            st.button(
                _ADD,
                icon=":material/add:",
                disabled=len(runs) >= most_runs,
                help=f"No more than {most_runs} runs can be compared: remove one first."
                if len(runs) >= most_runs
                else None,
                on_click=_add_run,
                args=(pinned.id,),
                width=button_width(_ADD),
            )
        is_pinned = pinned is not None and pinned.id == baseline.id
        label = _UNPIN if is_pinned else _PIN
        st.button(
            label,
            icon=":material/keep_off:" if is_pinned else ":material/keep:",
            help="The pinned baseline is chosen in every comparison that it is part of.",
            on_click=toggle_baseline,
            args=(baseline,),
            key="compare.pin",
            width=button_width(label),
        )


def _named_baseline(runs: Sequence[RunRecord]) -> RunRecord | None:
    wanted = st.query_params.get(AddressKey.BASELINE)
    return next((run for run in runs if run.id == wanted), None)


def _keep_baseline() -> None:
    st.query_params[AddressKey.BASELINE] = st.session_state[_CHOSEN]


def _add_run(run_id: str) -> None:
    named = st.query_params.get(AddressKey.RUNS, "")
    st.query_params[AddressKey.RUNS] = f"{named},{run_id}"
