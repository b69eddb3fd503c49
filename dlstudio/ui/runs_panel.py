"""The table of runs with its column picker, and the actions for the chosen rows."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dlstudio.runs.records import RunFilter, RunRecord
from dlstudio.ui.formats import count
from dlstudio.ui.kept_room import button_width
from dlstudio.ui.navigation import Screen, open_screen
from dlstudio.ui.recent_runs import MOST_RUNS
from dlstudio.ui.runs_columns import (
    RunColumn,
    available_columns,
    column_looks,
    default_columns,
    run_csv,
    run_table,
)
from dlstudio.ui.runs_dialogs import delete_runs, edit_run, toggle_baseline
from dlstudio.ui.services import store
from dlstudio.ui.session import SessionKey
from dlstudio.ui.train_view import GOING_ON

REFRESH_S = 2.0
ROW_HEIGHT = 35
MOST_ROWS_HIGH = 16

_EDIT = ":material/edit: Name, tags, note"
_PIN = ":material/keep: Make baseline"
_UNPIN = ":material/keep_off: Remove as baseline"
_DELETE = ":material/delete: Delete"
_NOTHING_CHOSEN = {"selection": {"rows": []}}


def show_runs(wanted: RunFilter) -> None:
    """Show the runs that a filter lets through; the table follows running ones by itself.

    Args:
        wanted: Which runs.
    """
    is_live = store().count_runs(RunFilter(statuses=GOING_ON)) > 0
    st.fragment(_show_table, run_every=REFRESH_S if is_live else None)(wanted)


def _show_table(wanted: RunFilter) -> None:
    runs = store().list_runs(wanted, MOST_RUNS)
    if not runs:
        st.info("No run matches. Change the search or the filters.", icon=":material/search_off:")
        return
    actions = st.container(horizontal=True, vertical_alignment="center")
    columns = _choose_columns(runs, actions)
    chosen = _choose_rows(runs, columns)
    with actions:
        _show_actions(runs, columns, chosen)
    if len(runs) == MOST_RUNS and (num_runs := store().count_runs(wanted)) > MOST_RUNS:
        st.caption(
            f"The table and its CSV hold the newest {MOST_RUNS:,} of {count(num_runs, 'run')}. "
            "Search or filter to see the others."
        )


def _choose_columns(runs: Sequence[RunRecord], place: DeltaGenerator) -> list[RunColumn]:
    offered = available_columns(runs)
    width = button_width("Columns", num_marks=2)
    with place.popover("Columns", icon=":material/view_column:", width=width):
        keys = st.multiselect(
            "Columns to show",
            list(offered),
            default=default_columns(runs),
            format_func=lambda key: offered[key].title if key in offered else key,
            key="columns",
            bind="query-params",
        )
    return [offered[key] for key in keys if key in offered] or [offered["name"]]


def _choose_rows(runs: Sequence[RunRecord], columns: Sequence[RunColumn]) -> list[RunRecord]:
    event = st.dataframe(
        run_table(runs, columns),
        column_config=column_looks(columns),
        hide_index=True,
        height=ROW_HEIGHT * (1 + min(len(runs), MOST_ROWS_HIGH)) + 3,
        on_select="rerun",
        selection_mode="multi-row",
        key=_table_key(runs),
        placeholder="",
        alt="Table of runs",
    )
    return [runs[row] for row in event["selection"]["rows"] if row < len(runs)]


def _table_key(runs: Sequence[RunRecord]) -> str:
    """A key that stays, so that the table changes in place, unless a choice would be of other runs.

    Streamlit keeps the chosen rows by their positions; a new key forgets them.
    """
    ids = tuple(run.id for run in runs)
    key, shown = st.session_state.get(SessionKey.RUNS_TABLE, ("runs_table", ids))
    if shown != ids and st.session_state.get(key, _NOTHING_CHOSEN)["selection"]["rows"]:
        key = f"runs_table_{hash(ids)}"
    st.session_state[SessionKey.RUNS_TABLE] = (key, ids)
    return key


def _show_actions(
    runs: Sequence[RunRecord], columns: Sequence[RunColumn], chosen: Sequence[RunRecord]
) -> None:
    one = chosen[0] if len(chosen) == 1 else None
    _go("Open", ":material/open_in_full:", Screen.RUNS, one)
    _go("Clone to Design", ":material/content_copy:", Screen.DESIGN, one)
    if st.button(
        "Compare",
        icon=":material/compare_arrows:",
        disabled=len(chosen) < 2,
        width=button_width("Compare"),
    ):
        open_screen(Screen.COMPARE, runs=",".join(run.id for run in chosen))
    _show_more(chosen)
    st.download_button(
        "CSV",
        lambda: run_csv(runs, columns),
        "runs.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        help="The table as it is shown.",
        width=button_width("CSV"),
    )
    hint = count(len(chosen), "run") + " chosen" if chosen else "Tick rows to act on them."
    st.caption(f"{count(len(runs), 'run')}. {hint}")


def _go(label: str, icon: str, screen: Screen, run: RunRecord | None) -> None:
    width = button_width(label)
    if st.button(label, icon=icon, disabled=run is None, width=width) and run is not None:
        open_screen(screen, run=run.id)


def _show_more(chosen: Sequence[RunRecord]) -> None:
    """Offer what is needed less often; a menu, because it closes before a dialog opens."""
    one = chosen[0] if len(chosen) == 1 else None
    pin = _UNPIN if one is not None and one == store().pinned_baseline() else _PIN
    action = st.menu_button(
        "More",
        [_EDIT, pin, _DELETE] if one else [_DELETE],
        icon=":material/more_horiz:",
        disabled=not chosen,
        help="Compare shows how much better or worse other runs are than the baseline.",
        key="runs.more",
        width=button_width("More", num_marks=2),
    )
    if action == _DELETE:
        delete_runs(chosen)
    elif action == _EDIT and one is not None:
        edit_run(one)
    elif action is not None and one is not None:
        toggle_baseline(one)
        st.rerun()
