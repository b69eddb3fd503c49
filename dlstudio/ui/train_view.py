"""Which runs the Train page shows: the one in focus, those beside it, those in its curves."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

import streamlit as st

from dlstudio.runs.records import RunFilter, RunRecord, RunStatus
from dlstudio.ui import services
from dlstudio.ui.session import AddressKey

MOST_RECENT = 5
MOST_PLOTTED = 8
GOING_ON = (RunStatus.RUNNING, RunStatus.STOPPING, RunStatus.QUEUED)


@dataclass(frozen=True)
class TrainView:
    """What the page shows.

    Attributes:
        focus: The run that is shown in full.
        listed: Runs that go on, the queue in its order, then the latest that are over.
        plotted: Runs whose curves are drawn, the focus first.
    """

    focus: RunRecord
    listed: tuple[RunRecord, ...]
    plotted: tuple[RunRecord, ...]

    @property
    def is_live(self) -> bool:
        """Whether anything shown may change by itself."""
        return any(not run.status.is_over for run in (self.focus, *self.listed))


def open_view() -> TrainView | None:
    """Find the runs that the address names; None if there is no run at all.

    Raises:
        NotFoundError: The address names a run that does not exist.
    """
    listed = list_runs()
    asked = st.query_params.get(AddressKey.RUN)
    if asked is None and not listed:
        return None
    focus = services.store().get_run(asked) if asked else listed[0]
    st.query_params[AddressKey.RUN] = focus.id
    return TrainView(focus, listed, _plotted(focus))


def list_runs() -> tuple[RunRecord, ...]:
    """Runs that go on, in the order in which they will be done, then the latest that are over."""
    store = services.store()
    going_on = store.list_runs(RunFilter(statuses=GOING_ON))
    over = store.list_runs(
        RunFilter(statuses=tuple(status for status in RunStatus if status.is_over)),
        limit=MOST_RECENT,
    )
    return (*sorted(going_on, key=_turn), *over)


def focus_on(run_id: str) -> None:
    """Show another run in full from the next run of the page on."""
    st.query_params[AddressKey.RUN] = run_id
    plot_runs(plotted_ids() - {run_id})


def plot_runs(ids: Set[str]) -> None:
    """Draw the curves of these runs, and of no others, beside those of the focus."""
    if ids:
        st.query_params[AddressKey.RUNS] = ",".join(sorted(ids))
    elif AddressKey.RUNS in st.query_params:
        del st.query_params[AddressKey.RUNS]


def plotted_ids() -> set[str]:
    """Ids of the runs that are drawn beside the focus, as the address names them."""
    return {part for part in st.query_params.get(AddressKey.RUNS, "").split(",") if part}


def _plotted(focus: RunRecord) -> tuple[RunRecord, ...]:
    wanted = plotted_ids() - {focus.id}
    if not wanted:
        return (focus,)
    others: Sequence[RunRecord] = services.store().list_runs()
    chosen = [run for run in others if run.id in wanted]
    return (focus, *chosen[: MOST_PLOTTED - 1])


def _turn(run: RunRecord) -> tuple[int, float]:
    place = run.queue_position
    return (0, run.started_at or 0.0) if place is None else (1, float(place))
